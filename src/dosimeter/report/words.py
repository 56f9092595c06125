"""The words of a report, in one place: what each value is called and what it means."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from dosimeter.exposure.rules import RULESET_VERSION
from dosimeter.model.attempt import Cause
from dosimeter.model.facts import CertificateSeen, ClientCertificate, TlsSeen
from dosimeter.model.message import Message, commas, many, say, semicolons
from dosimeter.model.scope import Touch
from dosimeter.model.survey import SurveyHeader
from dosimeter.model.target import Service
from dosimeter.model.verdict import Confidence, DecoyTier, Exposure, Protection, Severity, TlsProfile
from dosimeter.model.web import TlsPostureSeen
from dosimeter.report.neighbour import NeighbourKind

PROTOCOL_NAME: Final = {
    Service.DICOM: "dicom",
    Service.DICOM_TLS: "dicom-tls",
    Service.WEB: "http",
    Service.WEB_TLS: "https",
    Service.HL7: "mllp",
}
"""What other tools call the protocol of a door."""

EXPOSURE_WORD: Final = {
    Exposure.UNREACHABLE: say("unreachable"),
    Exposure.NOT_DICOM: say("not DICOM"),
    Exposure.INCONCLUSIVE: say("inconclusive"),
    Exposure.GUARDED: say("guarded"),
    Exposure.ASSOCIATES: say("associates"),
    Exposure.NAME_GATED: say("name-gated"),
    Exposure.QUERYABLE: say("queryable"),
    Exposure.RETRIEVABLE: say("retrievable"),
    Exposure.BROWSABLE: say("browsable"),
}

EXPOSURE_SAYS: Final = {
    Exposure.UNREACHABLE: say("No connection could be made."),
    Exposure.NOT_DICOM: say("Something answered, and what it answered was not DICOM."),
    Exposure.INCONCLUSIVE: say("Nothing was proved, and safety least of all."),
    Exposure.GUARDED: say(
        "Speaks DICOM, or stands behind TLS or a login, and refused all that a stranger asked."
    ),
    Exposure.ASSOCIATES: say("Accepted a stranger's association and answered no query."),
    Exposure.NAME_GATED: say("Refused the stranger, and answered a caller that knew an AE title."),
    Exposure.QUERYABLE: say("Answered a stranger's null query."),
    Exposure.RETRIEVABLE: say("Answered a stranger's null retrieve."),
    Exposure.BROWSABLE: say("Answered HTTP requests about its patients or images with no login."),
}

EXPOSURE_PLAINLY: Final = {
    Exposure.UNREACHABLE: say("nothing there"),
    Exposure.NOT_DICOM: say("something else"),
    Exposure.INCONCLUSIVE: say("not known"),
    Exposure.GUARDED: say("refuses strangers"),
    Exposure.ASSOCIATES: say("greets strangers, tells them nothing"),
    Exposure.NAME_GATED: say("opens to whoever knows a name"),
    Exposure.QUERYABLE: say("anybody can search it"),
    Exposure.RETRIEVABLE: say("anybody can fetch from it"),
    Exposure.BROWSABLE: say("anybody with a web browser"),
}

STUDY_WORD: Final = {
    Exposure.GUARDED: say("studied"),
    Exposure.ASSOCIATES: say("studied"),
    Exposure.NAME_GATED: say("studied"),
    Exposure.QUERYABLE: say("accessible"),
    Exposure.RETRIEVABLE: say("accessible, its images downloadable"),
    Exposure.BROWSABLE: say("accessible, no protection"),
}
"""The word of the 2019 Greenbone study for the same finding (DESIGN §3)."""

CAUSE_WORD: Final = {
    Cause.REFUSED: say("refused"),
    Cause.UNREACHABLE: say("unreachable"),
    Cause.TIMED_OUT: say("timed out"),
    Cause.CLOSED_EARLY: say("closed early"),
    Cause.NOT_DICOM: say("not DICOM"),
    Cause.NOT_HTTP: say("not HTTP"),
    Cause.BUSY: say("busy"),
    Cause.BAD_PEER: say("broke the rules"),
    Cause.TLS_FAILED: say("TLS failed"),
    Cause.OUT_OF_SCOPE: say("out of scope"),
    Cause.INTERRUPTED: say("interrupted"),
    Cause.LOCAL: say("our machine"),
    Cause.FAULT: say("our fault"),
}

CAUSE_SAYS: Final = {
    Cause.REFUSED: say("The machine answered that nothing listens on this port."),
    Cause.UNREACHABLE: say("The network answered that there is no way to this address."),
    Cause.TIMED_OUT: say("No answer came before the deadline."),
    Cause.CLOSED_EARLY: say("The peer closed the connection before it answered."),
    Cause.NOT_DICOM: say("What came back was not DICOM."),
    Cause.NOT_HTTP: say("What came back was not HTTP."),
    Cause.BUSY: say("The archive said that it has too much to do. Ask again later."),
    Cause.BAD_PEER: say("The peer spoke, but not as the standard (of DICOM, or of TLS) allows."),
    Cause.TLS_FAILED: say("The TLS handshake failed."),
    Cause.OUT_OF_SCOPE: say("The scope does not allow this connection; no packet was sent."),
    Cause.INTERRUPTED: say("The survey was stopped while this was asked."),
    Cause.LOCAL: say("The machine that runs the survey could not ask."),
    Cause.FAULT: say("A fault in dosimeter itself. Please report it."),
}

PROTECTION_WORD: Final = {
    Protection.CALLED_AE_CHECK: say("called AE title checked"),
    Protection.CALLING_AE_CHECK: say("calling AE title checked"),
    Protection.QUERY_POLICY: say("queries refused by policy"),
    Protection.ASSOCIATION_POLICY: say("association refused by policy"),
    Protection.TLS: say("TLS"),
    Protection.CLIENT_CERTIFICATE: say("client certificate"),
    Protection.HTTP_LOGIN: say("login by HTTP authentication"),
    Protection.LOGIN_FORM: say("login form"),
    Protection.SINGLE_SIGN_ON: say("single sign-on"),
    Protection.HTTP_FORBIDDEN: say("web requests forbidden"),
}

PROTECTION_SHORT: Final = {
    Protection.CALLED_AE_CHECK: say("called AE"),
    Protection.CALLING_AE_CHECK: say("calling AE"),
    Protection.QUERY_POLICY: say("query policy"),
    Protection.ASSOCIATION_POLICY: say("association policy"),
    Protection.TLS: say("TLS"),
    Protection.CLIENT_CERTIFICATE: say("client certificate"),
    Protection.HTTP_LOGIN: say("HTTP login"),
    Protection.LOGIN_FORM: say("login form"),
    Protection.SINGLE_SIGN_ON: say("single sign-on"),
    Protection.HTTP_FORBIDDEN: say("forbidden"),
}

SERVICE_SAYS: Final = {
    Service.DICOM: say("DICOM in clear"),
    Service.DICOM_TLS: say("DICOM inside TLS"),
    Service.WEB: say("HTTP in clear"),
    Service.WEB_TLS: say("HTTPS"),
    Service.HL7: say("HL7 v2 (MLLP)"),
}

TLS_PROFILE_SAYS: Final = {
    TlsProfile.BCP195_RFC8996: say("keeps to the BCP 195 RFC 8996, 9325 profile (PS3.15 B.12)"),
    TlsProfile.MODIFIED_BCP195_RFC8996: say(
        "keeps to the modified BCP 195 RFC 8996, 9325 profile (PS3.15 B.13)"
    ),
    TlsProfile.BCP195: say("keeps to the BCP 195 profile, retired (PS3.15 B.9)"),
    TlsProfile.NON_DOWNGRADING_BCP195: say(
        "keeps to the non-downgrading BCP 195 profile, retired (PS3.15 B.10)"
    ),
    TlsProfile.EXTENDED_BCP195: say("keeps to the extended BCP 195 profile, retired (PS3.15 B.11)"),
    TlsProfile.AES: say("keeps to the AES profile, retired (PS3.15 B.3)"),
    TlsProfile.BASIC: say("keeps to the basic profile, retired (PS3.15 B.1)"),
    TlsProfile.NONE: say("keeps to no profile of PS3.15"),
}

NEIGHBOUR_WORD: Final = {NeighbourKind.FHIR: say("FHIR"), NeighbourKind.HL7: say("HL7 v2")}

CLIENT_CERTIFICATE_SAYS: Final = {
    ClientCertificate.NOT_ASKED: say("not asked for"),
    ClientCertificate.OPTIONAL: say("asked for, and went on without"),
    ClientCertificate.REQUIRED: say("required"),
    ClientCertificate.UNKNOWN: say("not known"),
}

DECOY_SAYS: Final = {
    DecoyTier.NONE: say("no sign of a decoy"),
    DecoyTier.LOW: say("weak signs of a decoy"),
    DecoyTier.MEDIUM: say("may be a decoy or a demonstration"),
    DecoyTier.HIGH: say("probably a decoy or a demonstration"),
}

DECOY_WORD: Final = {
    DecoyTier.NONE: say("none"),
    DecoyTier.LOW: say("low"),
    DecoyTier.MEDIUM: say("medium"),
    DecoyTier.HIGH: say("high"),
}

SEVERITY_WORD: Final = {
    Severity.INFO: say("info"),
    Severity.LOW: say("low"),
    Severity.MEDIUM: say("medium"),
    Severity.HIGH: say("high"),
    Severity.CRITICAL: say("critical"),
}

CONFIDENCE_SAYS: Final = {
    Confidence.ANNOUNCED: say("it says so itself"),
    Confidence.OBSERVED: say("seen on the wire"),
    Confidence.COUNTED: say("counted"),
}

TOUCH_SAYS: Final = {
    Touch.NEGOTIATE: say("associations, C-ECHO, TLS handshakes and public web pages; no query"),
    Touch.PROVE: say(
        "null queries and null retrieves, which move no patient data from a conformant archive, "
        "and a product's own counters"
    ),
    Touch.COUNT: say(
        "queries whose answers are counted; identifiers cross the network unread and are not kept"
    ),
    Touch.SAMPLE: say("personal attributes of at most 20 answers, each reduced to whether it is filled"),
}

KNOWN: Final = {True: say("yes"), False: say("no"), None: say("not known")}
"""What was learnt, never a guess."""

PROBE_SAYS: Final = {
    "dicom_associate": say("association as a stranger"),
    "dicom_tls": say("TLS handshake"),
    "dicom_echo": say("C-ECHO"),
    "null_query_study_root": say("null query, Study Root"),
    "null_query_patient_root": say("null query, Patient Root"),
    "null_query_worklist": say("null query, worklist"),
    "null_retrieve": say("null retrieve"),
    "ae_titles": say("AE titles from the scope"),
    "count": say("census"),
    "sample_dimse": say("sample of answers, DICOM"),
    "sample_qido": say("sample of answers, DICOMweb"),
    "web_landing": say("first web page"),
    "web_control": say("web path that cannot exist"),
    "dicomweb_query": say("null query, DICOMweb"),
    "dicomweb_retrieve": say("null retrieve, DICOMweb"),
    "wado_uri": say("null retrieve, WADO-URI"),
    "dicomweb_store": say("STOW-RS, nothing stored"),
    "dicomweb_worklist": say("null query, UPS-RS"),
    "fhir": say("FHIR"),
    "tls_posture": say("TLS versions and suites"),
    "hl7_mllp": say("empty HL7 v2 frame"),
}


def probe_says(probe: str) -> Message:
    """The question in words; the name of one that this version does not know."""
    return PROBE_SAYS[probe] if probe in PROBE_SAYS else say("{only}", only=probe)


def probes_in_words(probes: Iterable[str]) -> Message:
    """``C-ECHO; null query, Study Root``."""
    return semicolons([probe_says(probe) for probe in probes])


def archives_in_words(number: int) -> Message:
    """``1 archive``, ``4 archives``, ``12,000 archives``."""
    return many("{number} archive", "{number} archives", number)


def endpoints_in_words(number: int) -> Message:
    """``1 endpoint``, ``4 endpoints``."""
    return many("{number} endpoint", "{number} endpoints", number)


def hosts_in_words(number: int) -> Message:
    """``1 host``, ``4 hosts``."""
    return many("{number} host", "{number} hosts", number)


def questions_in_words(number: int) -> Message:
    """``1 question``, ``4 questions``."""
    return many("{number} question", "{number} questions", number)


def touch_in_words(touch: Touch) -> Message:
    """What the survey was allowed, and what that means."""
    return say("{touch}: {says}", touch=touch.word, says=TOUCH_SAYS[touch])


def rules_in_words(header: SurveyHeader) -> Message:
    """``rules 2026.11.3``; of a survey made with older ones also those that judge it in this report."""
    if header.ruleset_version == RULESET_VERSION:
        return say("rules {version}", version=header.ruleset_version)
    return say("rules {version}, judged again by {now}", version=header.ruleset_version, now=RULESET_VERSION)


_SECONDS: Final = len("2026-11-24T10:02:13")


def utc(moment: datetime) -> str:
    """ISO 8601 in UTC, to the second: ``2026-11-24T10:02:13Z``."""
    there = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return there.isoformat(timespec="seconds")[:_SECONDS] + "Z"


def tls_in_words(seen: TlsSeen) -> Message:
    """What the handshake showed, in one line."""
    words: list[str] = [str(seen.protocol) if seen.protocol else say("the handshake was not finished")]
    if seen.cipher_suite:
        words.append(str(seen.cipher_suite))
    words.append(say("client certificate {how}", how=CLIENT_CERTIFICATE_SAYS[seen.client_certificate]))
    if seen.certificate:
        words.append(_certificate_in_words(seen.certificate))
    if seen.alert:
        words.append(say("ended with alert {alert}", alert=str(seen.alert)))
    return semicolons(words)


def _certificate_in_words(certificate: CertificateSeen) -> Message:
    subject, until = str(certificate.subject), str(certificate.not_after)
    if certificate.self_signed:
        return say("certificate of {subject} valid until {until}, self-signed", subject=subject, until=until)
    return say("certificate of {subject} valid until {until}", subject=subject, until=until)


def posture_in_words(profile: TlsProfile | None, posture: TlsPostureSeen | None) -> Message:
    """``keeps to …; accepts TLS 1.2 and TLS 1.3``; empty where neither was learnt."""
    words = [] if profile is None else [TLS_PROFILE_SAYS[profile]]
    if posture is not None:
        words += _versions_in_words(posture)
        if not posture.is_whole:
            words.append(say("not all was asked: it may accept more"))
    return semicolons(words)


_VERSION: Final = {
    "SSLv3": "SSL 3.0",
    "TLSv1": "TLS 1.0",
    "TLSv1.1": "TLS 1.1",
    "TLSv1.2": "TLS 1.2",
    "TLSv1.3": "TLS 1.3",
}


def _versions_in_words(posture: TlsPostureSeen) -> list[Message]:
    def named(*, accepted: bool) -> Message:
        return commas(
            [
                _VERSION.get(each.protocol, each.protocol)
                for each in posture.protocols
                if each.accepted is accepted
            ]
        )

    yes, no = named(accepted=True), named(accepted=False)
    suites = len({each.suite for each in posture.suites})
    words = []
    if yes and suites:
        with_suites = many("{number} suite", "{number} suites", suites)
        words.append(say("accepts {versions} with {suites}", versions=yes, suites=with_suites))
    elif yes:
        words.append(say("accepts {versions}", versions=yes))
    return [*words, say("refuses {versions}", versions=no)] if no else words
