"""One survey with an archive on every rung, and one with every trap a report must show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dosimeter.model.attempt import Attempt, Cause, Completed, Failed, Skipped
from dosimeter.model.facts import CertificateSeen, ClientCertificate, TlsSeen
from dosimeter.model.scope import Touch
from dosimeter.model.survey import SurveyHeader, SurveyState
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.text import ServerText
from dosimeter.model.verdict import (
    Confidence,
    Decoy,
    DecoyTier,
    Exposure,
    Product,
    Protection,
    Reason,
    Remedy,
    Severity,
    Verdict,
)
from dosimeter.report.archive import Archive, findings_of
from dosimeter.report.document import Document, build_document

STARTED = datetime(2026, 11, 24, 10, 0, 0, tzinfo=UTC)

HEADER = SurveyHeader(
    id="20261124-7f3a9c",
    tool_version="0.1.0",
    ruleset_version="2026.11",
    scope_sha256="9f2c7b1e" * 8,
    authorised_by="Claire Martin",
    reference="ISSO-2026-114",
    touch=Touch.PROVE,
    started=STARTED,
    completed=STARTED + timedelta(minutes=3, seconds=12),
    state=SurveyState.COMPLETED,
)

QUESTIONS = (
    "dicom_associate",
    "dicom_echo",
    "null_query_study_root",
    "null_query_patient_root",
    "null_query_worklist",
    "null_retrieve",
)

ORTHANC = Product("Orthanc", None, Confidence.ANNOUNCED)
DCMTK = Product("DCMTK", "3.6.7", Confidence.ANNOUNCED)

CLOSE_ORTHANC = Remedy(
    title="Orthanc: refuse strangers",
    steps=(
        'In `orthanc.json` set "DicomAlwaysAllowFind": false and "DicomAlwaysAllowGet": false.',
        "Set `DicomCheckCalledAet` to `true` and list every peer in `DicomModalities`.",
        "Give each peer the `AllowFind` and `AllowGet` it needs there, and no more.",
        "Restart Orthanc.",
    ),
)
NARROW_WRITES = Remedy(
    title="Orthanc: take images from known modalities alone",
    steps=("Set `DicomAlwaysAllowStore` to `false` in `orthanc.json` and restart Orthanc.",),
)
ADDRESS_TITLES = Remedy(
    title="Check addresses, not names",
    steps=(
        "Set `DicomCheckModalityHost` to `true`, so that a title counts only from its own address.",
        "Put the archive in a network of its own, with a firewall that lets the modalities in.",
    ),
)


def reason(rule: str, severity: Severity, says: str, fact: str) -> Reason:
    """A reason with a reference that the report quotes."""
    return Reason(rule, severity, says, fact, "PS3.4 C.4.1")


def verdict(exposure: Exposure, severity: Severity = Severity.INFO, *, speaks: bool = True) -> Verdict:
    """A bare verdict: nothing learnt beside the rung."""
    return Verdict(
        exposure=exposure,
        severity=severity,
        confidence=Confidence.OBSERVED,
        speaks_dicom=speaks,
        protections=(),
        accepts_writes=None,
        worklist=None,
        decoy=Decoy(),
        product=None,
        reasons=(),
        remedies=(),
    )


def judged(endpoint: Endpoint, said: Verdict, attempts: tuple[Attempt, ...] | None = None) -> Archive:
    """An endpoint that answered every question, unless attempts are given."""
    kept = tuple(Completed(probe, ()) for probe in QUESTIONS) if attempts is None else attempts
    return Archive(endpoint, findings_of(kept, said), STARTED, STARTED + timedelta(seconds=2))


def retrievable() -> Archive:
    """Open to anybody in every way."""
    said = replace(
        verdict(Exposure.RETRIEVABLE, Severity.CRITICAL),
        accepts_writes=True,
        worklist=True,
        product=ORTHANC,
        reasons=(
            reason("writes", Severity.MEDIUM, "Takes images from a stranger.", "dicom_associate#0"),
            reason("get", Severity.CRITICAL, "A stranger's null retrieve was answered.", "null_retrieve#0"),
            reason("find", Severity.HIGH, "A stranger's null query was answered.", "null_query_study_root#0"),
        ),
        remedies=(CLOSE_ORTHANC, NARROW_WRITES),
    )
    return judged(Endpoint("127.20.0.8", 4242, name="pacs-test.example"), said)


def queryable() -> Archive:
    """Answers queries inside TLS that anybody may open, and refuses to retrieve."""
    certificate = CertificateSeen(
        subject=ServerText.of("CN=archive.example"),
        issuer=ServerText.of("CN=archive.example"),
        not_before="2025-01-01T00:00:00Z",
        not_after="2027-01-01T00:00:00Z",
        key=ServerText.of("RSA 2048"),
        self_signed=True,
        sha256="ab" * 32,
    )
    seen = TlsSeen(
        ServerText.of("TLSv1.3"),
        ServerText.of("TLS_AES_256_GCM_SHA384"),
        certificate,
        ClientCertificate.OPTIONAL,
        None,
    )
    said = replace(
        verdict(Exposure.QUERYABLE, Severity.HIGH),
        protections=(Protection.TLS,),
        accepts_writes=False,
        worklist=False,
        product=DCMTK,
        reasons=(
            reason("find", Severity.HIGH, "A stranger's null query was answered.", "null_query_study_root#0"),
        ),
        remedies=(ADDRESS_TITLES,),
    )
    attempts: tuple[Attempt, ...] = (
        Failed("dicom_associate", Cause.NOT_DICOM, "A TLS alert came back."),
        Completed("dicom_tls", (seen,)),
        *(Completed(probe, ()) for probe in QUESTIONS),
    )
    return judged(Endpoint("127.20.0.7", 2762, Service.DICOM_TLS), said, attempts)


def decoy() -> Archive:
    """Answers anybody, and finds what cannot exist."""
    said = replace(
        verdict(Exposure.QUERYABLE, Severity.HIGH),
        decoy=Decoy(DecoyTier.HIGH, ("found a study that cannot exist",)),
        product=Product("dicompot", None, Confidence.ANNOUNCED),
        accepts_writes=True,
        worklist=False,
        reasons=(
            reason("find", Severity.HIGH, "A stranger's null query was answered.", "null_query_study_root#0"),
        ),
    )
    return judged(Endpoint("127.20.0.9", 11112), said)


def name_gated() -> Archive:
    """Opens to a title of the scope."""
    said = replace(
        verdict(Exposure.NAME_GATED, Severity.MEDIUM),
        protections=(Protection.CALLED_AE_CHECK,),
        reasons=(
            reason("title", Severity.MEDIUM, "Answered a caller that knew the title ARCHIVE.", "ae_titles#3"),
        ),
        remedies=(ADDRESS_TITLES,),
        product=DCMTK,
    )
    attempts: tuple[Attempt, ...] = (
        Completed("dicom_associate", ()),
        Skipped("null_retrieve", "the association was refused"),
        Completed("ae_titles", ()),
    )
    return judged(Endpoint("127.20.0.6", 104), said, attempts)


def associates() -> Archive:
    """Greets anybody, takes images, tells nothing."""
    said = replace(
        verdict(Exposure.ASSOCIATES, Severity.MEDIUM),
        protections=(Protection.QUERY_POLICY,),
        accepts_writes=True,
        worklist=False,
        product=ORTHANC,
        reasons=(reason("writes", Severity.MEDIUM, "Takes images from a stranger.", "dicom_associate#0"),),
        remedies=(NARROW_WRITES,),
    )
    return judged(Endpoint("127.20.0.5", 4242), said)


def guarded() -> Archive:
    """Refuses a stranger at the door."""
    said = replace(
        verdict(Exposure.GUARDED),
        protections=(Protection.CALLED_AE_CHECK, Protection.CLIENT_CERTIFICATE),
        accepts_writes=False,
        decoy=Decoy(DecoyTier.LOW, ("answers very quickly",)),
    )
    return judged(Endpoint("2001:db8::4", 104), said, (Completed("dicom_associate", ()),))


def busy() -> Archive:
    """Speaks DICOM and has no time: never shown as safe."""
    failed = Failed("dicom_associate", Cause.BUSY, "It said that a local limit is exceeded.")
    return judged(Endpoint("127.20.0.3", 104), verdict(Exposure.INCONCLUSIVE, Severity.LOW), (failed,))


def silent() -> Archive:
    """Took the connection and said nothing."""
    failed = Failed("dicom_associate", Cause.TIMED_OUT, "No answer within 10 s.")
    said = verdict(Exposure.INCONCLUSIVE, speaks=False)
    return judged(Endpoint("127.20.0.11", 104), said, (failed,))


def spared(why: str = "a web port: nothing but HTTP would be sent there", port: int = 8042) -> Archive:
    """Nothing was sent there."""
    said = replace(
        verdict(Exposure.INCONCLUSIVE, Severity.LOW, speaks=False),
        reasons=(
            reason("not_asked", Severity.LOW, f"Not asked ({why}): what is there is not known.", "none"),
        ),
    )
    return judged(Endpoint("127.20.0.12", port, Service.WEB), said, (Skipped("dicom_associate", why),))


def not_dicom() -> Archive:
    """An SSH server."""
    failed = Failed("dicom_associate", Cause.NOT_DICOM, "The answer looks like SSH.")
    said = verdict(Exposure.NOT_DICOM, speaks=False)
    return judged(Endpoint("127.20.0.2", 11112), said, (failed,))


def unreachable(number: int) -> Archive:
    """A closed port."""
    failed = Failed("dicom_associate", Cause.REFUSED, "The connection was refused.")
    address = f"127.{21 + number // 65536}.{number // 256 % 256}.{number % 256}"
    return judged(Endpoint(address, 104), verdict(Exposure.UNREACHABLE, speaks=False), (failed,))


def every_rung() -> list[Archive]:
    """One endpoint on each rung but ``browsable``, a decoy, and three closed ports."""
    return [
        unreachable(1),
        not_dicom(),
        busy(),
        guarded(),
        associates(),
        name_gated(),
        queryable(),
        retrievable(),
        decoy(),
        silent(),
        unreachable(2),
        unreachable(3),
    ]


def document() -> Document:
    """The document of ``every_rung``."""
    return build_document(HEADER, every_rung())
