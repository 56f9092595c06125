"""The words of a report, in one place: what each value is called and what it means."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from dosimeter.exposure.rules import RULESET_VERSION
from dosimeter.model.attempt import Cause
from dosimeter.model.facts import ClientCertificate, TlsSeen
from dosimeter.model.scope import Touch
from dosimeter.model.survey import SurveyHeader
from dosimeter.model.target import Service
from dosimeter.model.verdict import Confidence, DecoyTier, Exposure, Protection, TlsProfile
from dosimeter.model.web import TlsPostureSeen
from dosimeter.report.neighbour import NeighbourKind

EXPOSURE_WORD: Final = {
    Exposure.UNREACHABLE: "unreachable",
    Exposure.NOT_DICOM: "not DICOM",
    Exposure.INCONCLUSIVE: "inconclusive",
    Exposure.GUARDED: "guarded",
    Exposure.ASSOCIATES: "associates",
    Exposure.NAME_GATED: "name-gated",
    Exposure.QUERYABLE: "queryable",
    Exposure.RETRIEVABLE: "retrievable",
    Exposure.BROWSABLE: "browsable",
}

EXPOSURE_SAYS: Final = {
    Exposure.UNREACHABLE: "No connection could be made.",
    Exposure.NOT_DICOM: "Something answered, and what it answered was not DICOM.",
    Exposure.INCONCLUSIVE: "Nothing was proved, and safety least of all.",
    Exposure.GUARDED: "Speaks DICOM, or stands behind TLS or a login, and refused all that a stranger asked.",
    Exposure.ASSOCIATES: "Accepted a stranger's association and answered no query.",
    Exposure.NAME_GATED: "Refused the stranger, and answered a caller that knew an AE title.",
    Exposure.QUERYABLE: "Answered a stranger's null query.",
    Exposure.RETRIEVABLE: "Answered a stranger's null retrieve.",
    Exposure.BROWSABLE: "Answered HTTP requests about its patients or images with no login.",
}

EXPOSURE_PLAINLY: Final = {
    Exposure.UNREACHABLE: "nothing there",
    Exposure.NOT_DICOM: "something else",
    Exposure.INCONCLUSIVE: "not known",
    Exposure.GUARDED: "refuses strangers",
    Exposure.ASSOCIATES: "greets strangers, tells them nothing",
    Exposure.NAME_GATED: "opens to whoever knows a name",
    Exposure.QUERYABLE: "anybody can search it",
    Exposure.RETRIEVABLE: "anybody can fetch from it",
    Exposure.BROWSABLE: "anybody with a web browser",
}

STUDY_WORD: Final = {
    Exposure.GUARDED: "studied",
    Exposure.ASSOCIATES: "studied",
    Exposure.NAME_GATED: "studied",
    Exposure.QUERYABLE: "accessible",
    Exposure.RETRIEVABLE: "accessible, its images downloadable",
    Exposure.BROWSABLE: "accessible, no protection",
}
"""The word of the 2019 Greenbone study for the same finding (DESIGN §3)."""

CAUSE_WORD: Final = {
    Cause.REFUSED: "refused",
    Cause.UNREACHABLE: "unreachable",
    Cause.TIMED_OUT: "timed out",
    Cause.CLOSED_EARLY: "closed early",
    Cause.NOT_DICOM: "not DICOM",
    Cause.NOT_HTTP: "not HTTP",
    Cause.BUSY: "busy",
    Cause.BAD_PEER: "broke the rules",
    Cause.TLS_FAILED: "TLS failed",
    Cause.OUT_OF_SCOPE: "out of scope",
    Cause.INTERRUPTED: "interrupted",
    Cause.LOCAL: "our machine",
    Cause.FAULT: "our fault",
}

CAUSE_SAYS: Final = {
    Cause.REFUSED: "The machine answered that nothing listens on this port.",
    Cause.UNREACHABLE: "The network answered that there is no way to this address.",
    Cause.TIMED_OUT: "No answer came before the deadline.",
    Cause.CLOSED_EARLY: "The peer closed the connection before it answered.",
    Cause.NOT_DICOM: "What came back was not DICOM.",
    Cause.NOT_HTTP: "What came back was not HTTP.",
    Cause.BUSY: "The archive said that it has too much to do. Ask again later.",
    Cause.BAD_PEER: "The peer spoke, but not as the standard (of DICOM, or of TLS) allows.",
    Cause.TLS_FAILED: "The TLS handshake failed.",
    Cause.OUT_OF_SCOPE: "The scope does not allow this connection; no packet was sent.",
    Cause.INTERRUPTED: "The survey was stopped while this was asked.",
    Cause.LOCAL: "The machine that runs the survey could not ask.",
    Cause.FAULT: "A fault in dosimeter itself. Please report it.",
}

PROTECTION_WORD: Final = {
    Protection.CALLED_AE_CHECK: "called AE title checked",
    Protection.CALLING_AE_CHECK: "calling AE title checked",
    Protection.QUERY_POLICY: "queries refused by policy",
    Protection.ASSOCIATION_POLICY: "association refused by policy",
    Protection.TLS: "TLS",
    Protection.CLIENT_CERTIFICATE: "client certificate",
    Protection.HTTP_LOGIN: "login by HTTP authentication",
    Protection.LOGIN_FORM: "login form",
    Protection.SINGLE_SIGN_ON: "single sign-on",
    Protection.HTTP_FORBIDDEN: "web requests forbidden",
}

PROTECTION_SHORT: Final = {
    Protection.CALLED_AE_CHECK: "called AE",
    Protection.CALLING_AE_CHECK: "calling AE",
    Protection.QUERY_POLICY: "query policy",
    Protection.ASSOCIATION_POLICY: "association policy",
    Protection.TLS: "TLS",
    Protection.CLIENT_CERTIFICATE: "client certificate",
    Protection.HTTP_LOGIN: "HTTP login",
    Protection.LOGIN_FORM: "login form",
    Protection.SINGLE_SIGN_ON: "single sign-on",
    Protection.HTTP_FORBIDDEN: "forbidden",
}

SERVICE_SAYS: Final = {
    Service.DICOM: "DICOM in clear",
    Service.DICOM_TLS: "DICOM inside TLS",
    Service.WEB: "HTTP in clear",
    Service.WEB_TLS: "HTTPS",
    Service.HL7: "HL7 v2 (MLLP)",
}

TLS_PROFILE_SAYS: Final = {
    TlsProfile.BCP195_RFC8996: "keeps to the BCP 195 RFC 8996, 9325 profile (PS3.15 B.12)",
    TlsProfile.MODIFIED_BCP195_RFC8996: "keeps to the modified BCP 195 RFC 8996, 9325 profile (PS3.15 B.13)",
    TlsProfile.BCP195: "keeps to the BCP 195 profile, retired (PS3.15 B.9)",
    TlsProfile.NON_DOWNGRADING_BCP195: "keeps to the non-downgrading BCP 195 profile, retired (PS3.15 B.10)",
    TlsProfile.EXTENDED_BCP195: "keeps to the extended BCP 195 profile, retired (PS3.15 B.11)",
    TlsProfile.AES: "keeps to the AES profile, retired (PS3.15 B.3)",
    TlsProfile.BASIC: "keeps to the basic profile, retired (PS3.15 B.1)",
    TlsProfile.NONE: "keeps to no profile of PS3.15",
}

NEIGHBOUR_WORD: Final = {NeighbourKind.FHIR: "FHIR", NeighbourKind.HL7: "HL7 v2"}

CLIENT_CERTIFICATE_SAYS: Final = {
    ClientCertificate.NOT_ASKED: "not asked for",
    ClientCertificate.OPTIONAL: "asked for, and went on without",
    ClientCertificate.REQUIRED: "required",
    ClientCertificate.UNKNOWN: "not known",
}

DECOY_SAYS: Final = {
    DecoyTier.NONE: "no sign of a decoy",
    DecoyTier.LOW: "weak signs of a decoy",
    DecoyTier.MEDIUM: "may be a decoy or a demonstration",
    DecoyTier.HIGH: "probably a decoy or a demonstration",
}

CONFIDENCE_SAYS: Final = {
    Confidence.ANNOUNCED: "it says so itself",
    Confidence.OBSERVED: "seen on the wire",
    Confidence.COUNTED: "counted",
}

TOUCH_SAYS: Final = {
    Touch.NEGOTIATE: "associations, C-ECHO, TLS handshakes and public web pages; no query",
    Touch.PROVE: "null queries and null retrieves, which move no patient data from a conformant archive, "
    "and a product's own counters",
    Touch.COUNT: "queries whose answers are counted; identifiers cross the network unread and are not kept",
    Touch.SAMPLE: "personal attributes of at most 20 answers, each reduced to whether it is filled",
}

KNOWN: Final = {True: "yes", False: "no", None: "not known"}
"""What was learnt, never a guess."""

PROBE_SAYS: Final = {
    "dicom_associate": "association as a stranger",
    "dicom_tls": "TLS handshake",
    "dicom_echo": "C-ECHO",
    "null_query_study_root": "null query, Study Root",
    "null_query_patient_root": "null query, Patient Root",
    "null_query_worklist": "null query, worklist",
    "null_retrieve": "null retrieve",
    "ae_titles": "AE titles from the scope",
    "count": "census",
    "sample_dimse": "sample of answers, DICOM",
    "sample_qido": "sample of answers, DICOMweb",
    "web_landing": "first web page",
    "web_control": "web path that cannot exist",
    "dicomweb_query": "null query, DICOMweb",
    "dicomweb_retrieve": "null retrieve, DICOMweb",
    "wado_uri": "null retrieve, WADO-URI",
    "dicomweb_store": "STOW-RS, nothing stored",
    "dicomweb_worklist": "null query, UPS-RS",
    "fhir": "FHIR",
    "tls_posture": "TLS versions and suites",
    "hl7_mllp": "empty HL7 v2 frame",
}


def probes_in_words(probes: Iterable[str]) -> str:
    """``C-ECHO; null query, Study Root``."""
    return "; ".join(PROBE_SAYS.get(probe, probe) for probe in probes)


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """``1 archive``, ``4 archives``, ``12,000 archives``."""
    noun = singular if number == 1 else plural or f"{singular}s"
    return f"{number:,} {noun}"


def touch_in_words(touch: Touch) -> str:
    """What the survey was allowed, and what that means."""
    return f"{touch.word}: {TOUCH_SAYS[touch]}"


def rules_in_words(header: SurveyHeader) -> str:
    """``rules 2026.11.3``; of a survey made with older ones also those that judge it in this report."""
    old = f"rules {header.ruleset_version}"
    return old if header.ruleset_version == RULESET_VERSION else f"{old}, judged again by {RULESET_VERSION}"


_SECONDS: Final = len("2026-11-24T10:02:13")


def utc(moment: datetime) -> str:
    """ISO 8601 in UTC, to the second: ``2026-11-24T10:02:13Z``."""
    there = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return there.isoformat(timespec="seconds")[:_SECONDS] + "Z"


def day_and_time(moment: datetime) -> str:
    """For people: ``24 November 2026, 10:02 UTC``."""
    there = moment.astimezone(UTC)
    return f"{there.day} {_MONTHS[there.month - 1]} {there.year}, {there:%H:%M} UTC"


def tls_in_words(seen: TlsSeen) -> str:
    """What the handshake showed, in one line."""
    words = [str(seen.protocol) if seen.protocol else "the handshake was not finished"]
    if seen.cipher_suite:
        words.append(str(seen.cipher_suite))
    words.append(f"client certificate {CLIENT_CERTIFICATE_SAYS[seen.client_certificate]}")
    if seen.certificate:
        signed = ", self-signed" if seen.certificate.self_signed else ""
        words.append(
            f"certificate of {seen.certificate.subject} valid until {seen.certificate.not_after}{signed}"
        )
    if seen.alert:
        words.append(f"ended with alert {seen.alert}")
    return "; ".join(words)


def posture_in_words(profile: TlsProfile | None, posture: TlsPostureSeen | None) -> str:
    """``keeps to …; accepts TLS 1.2 and TLS 1.3``; empty where neither was learnt."""
    words = [] if profile is None else [TLS_PROFILE_SAYS[profile]]
    if posture is not None:
        words += _versions_in_words(posture)
        if not posture.is_whole:
            words.append("not all was asked: it may accept more")
    return "; ".join(words)


_VERSION: Final = {
    "SSLv3": "SSL 3.0",
    "TLSv1": "TLS 1.0",
    "TLSv1.1": "TLS 1.1",
    "TLSv1.2": "TLS 1.2",
    "TLSv1.3": "TLS 1.3",
}


def _versions_in_words(posture: TlsPostureSeen) -> list[str]:
    def named(*, accepted: bool) -> str:
        return ", ".join(
            _VERSION.get(each.protocol, each.protocol)
            for each in posture.protocols
            if each.accepted is accepted
        )

    yes, no = named(accepted=True), named(accepted=False)
    suites = len({each.suite for each in posture.suites})
    words = [f"accepts {yes}" + (f" with {counted(suites, 'suite')}" if suites else "")] if yes else []
    return [*words, f"refuses {no}"] if no else words


_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
