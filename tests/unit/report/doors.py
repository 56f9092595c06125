"""A survey of archives with several doors: DICOM and web, a login wall, neighbours, a sampled archive."""

from __future__ import annotations

from dataclasses import replace

from dosimeter.exposure.archive_verdict import judge_archive
from dosimeter.exposure.joining import Link, LinkEvidence
from dosimeter.model.attempt import Attempt, Cause, Completed, Failed, Skipped
from dosimeter.model.census import NOT_COUNTED, Census, Claimed, Counts, Exact, Things
from dosimeter.model.facts import CertificateSeen, ClientCertificate, TlsSeen
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.text import ServerText
from dosimeter.model.verdict import (
    Advisory,
    Confidence,
    Exposure,
    Product,
    Protection,
    Remedy,
    Severity,
    TlsProfile,
    Verdict,
)
from dosimeter.model.web import (
    AttributeFill,
    AttributesSampled,
    BodyShape,
    CounterRead,
    MediaType,
    MllpAnswered,
    MllpEnding,
    ProductCounted,
    ProtocolSeen,
    Purpose,
    SampledOver,
    SuiteSeen,
    TlsPostureSeen,
    WebAnswered,
)
from dosimeter.report.archive import Archive, Door, findings_of
from dosimeter.report.document import Document, build_document
from dosimeter.report.joined import archive_of
from dosimeter.report.neighbour import NeighbourAt
from tests.unit.report import counted, samples

HEADER = counted.HEADER

ADDRESS = "127.46.0.10"
ORTHANC = Product("Orthanc", "1.10.1", Confidence.ANNOUNCED)
ADVISORY = Advisory(
    "CVE-2023-33466",
    "Orthanc",
    "1.10.1",
    "1.12.0",
    "Whoever may use the REST interface can overwrite files of the server",
    "https://nvd.nist.gov/vuln/detail/CVE-2023-33466",
)


def answered(
    asked: str,
    purpose: Purpose,
    *,
    status: int = 200,
    specified: bool = True,
    body: BodyShape = BodyShape.JSON_EMPTY_LIST,
) -> WebAnswered:
    """One answer over HTTP."""
    return WebAnswered(asked, purpose, "GET", f"/{asked}", status, body, MediaType.JSON, specified)


def dicom_door() -> Door:
    """Anybody can search it."""
    said = replace(
        counted.said(Exposure.QUERYABLE),
        product=Product("Orthanc", None, Confidence.ANNOUNCED),
        remedies=(samples.CLOSE_ORTHANC,),
    )
    return door(Endpoint(ADDRESS, 11112), said, counted.attempts(fetches=False), counted.CLAIMED)


def web_door() -> Door:
    """Its REST interface answers anybody."""
    facts = (
        answered("orthanc_statistics", Purpose.COUNTER, body=BodyShape.JSON_OBJECT),
        answered("qido_rs", Purpose.QUERY),
        answered("wado_rs", Purpose.RETRIEVE, status=404, body=BodyShape.JSON_OBJECT),
    )
    said = replace(
        samples.verdict(Exposure.BROWSABLE, Severity.CRITICAL),
        product=ORTHANC,
        accepts_writes=True,
        advisories=(ADVISORY,),
        reasons=(
            samples.reason(
                "web_counters",
                Severity.CRITICAL,
                "Its own counters answered with no login.",
                "orthanc#0",
            ),
        ),
        remedies=(Remedy("Orthanc: ask for a password", ("Set `AuthenticationEnabled` to `true`.",)),),
    )
    census = Census(counts=Counts(Claimed(32), Claimed(48), Claimed(54), Claimed(225)))
    return door(Endpoint(ADDRESS, 8042, Service.WEB), said, (Completed("orthanc", facts),), census)


def guarded_door() -> Door:
    """The same behind a proxy that asks for a password, inside TLS."""
    certificate = CertificateSeen(
        subject=ServerText.of("CN=pacs.example"),
        issuer=ServerText.of("CN=Example CA"),
        not_before="2026-01-01T00:00:00Z",
        not_after="2027-01-01T00:00:00Z",
        key=ServerText.of("RSA 2048"),
        self_signed=False,
        sha256="cd" * 32,
        names=(ServerText.of("pacs.example"),),
    )
    seen = TlsSeen(
        ServerText.of("TLSv1.3"),
        ServerText.of("TLS_AES_256_GCM_SHA384"),
        certificate,
        ClientCertificate.NOT_ASKED,
        None,
    )
    posture = TlsPostureSeen(
        protocols=(
            ProtocolSeen("TLSv1", accepted=False),
            ProtocolSeen("TLSv1.1", accepted=False),
            ProtocolSeen("TLSv1.2", accepted=True),
            ProtocolSeen("TLSv1.3", accepted=True),
        ),
        suites=(
            SuiteSeen("TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 256),
            SuiteSeen("TLSv1.3", "TLS_AES_256_GCM_SHA384"),
        ),
        is_whole=False,
        handshakes=7,
    )
    wall = answered("web_landing", Purpose.LANDING, status=401, specified=False, body=BodyShape.EMPTY)
    said = replace(
        samples.verdict(Exposure.GUARDED),
        protections=(Protection.TLS, Protection.HTTP_LOGIN),
        product=Product("Orthanc", None, Confidence.ANNOUNCED),
        reasons=(
            samples.reason("http_login", Severity.INFO, "Every web request was refused.", "web_landing#0"),
        ),
        tls_profile=TlsProfile.BCP195_RFC8996,
    )
    attempts: tuple[Attempt, ...] = (
        Completed("web_landing", (seen, wall)),
        Completed("tls_posture", (posture,)),
        Failed("dicomweb_store", Cause.TIMED_OUT, "No answer within 10 s."),
    )
    return door(Endpoint(ADDRESS, 8443, Service.WEB_TLS, name="pacs.example"), said, attempts)


def door(
    endpoint: Endpoint, said: Verdict, attempts: tuple[Attempt, ...], census: Census = NOT_COUNTED
) -> Door:
    """One door."""
    findings = findings_of(attempts, said, census, endpoint.service)
    return Door(endpoint, findings, samples.STARTED, samples.STARTED)


def fhir_facts() -> tuple[Attempt, ...]:
    """A FHIR server that counts its patients for anybody."""
    counters = ProductCounted("fhir", "fhir_patient_count", (CounterRead(Things.PATIENTS, 1_234),))
    return (
        Completed(
            "fhir",
            (
                answered("fhir_metadata", Purpose.NEIGHBOUR, body=BodyShape.JSON_OBJECT),
                answered("fhir_patient_count", Purpose.NEIGHBOUR, body=BodyShape.JSON_OBJECT),
                counters,
            ),
        ),
    )


def fhir() -> Archive:
    """On the machine of the archive."""
    said = replace(
        samples.verdict(Exposure.BROWSABLE, Severity.CRITICAL, speaks=False),
        reasons=(
            samples.reason("fhir_open", Severity.CRITICAL, "A FHIR server counted patients.", "fhir#1"),
        ),
    )
    return alone(Endpoint(ADDRESS, 8080, Service.WEB), said, fhir_facts())


def hl7() -> Archive:
    """Waits for messages, on a machine of its own."""
    said = samples.verdict(Exposure.INCONCLUSIVE, Severity.LOW, speaks=False)
    facts = (MllpAnswered(MllpEnding.SILENT, 500),)
    return alone(Endpoint("127.46.0.30", 2575, Service.HL7), said, (Completed("hl7_mllp", facts),))


def wall() -> Archive:
    """Asks for a login before anything else."""
    said = replace(
        samples.verdict(Exposure.GUARDED, speaks=False),
        protections=(Protection.LOGIN_FORM,),
        reasons=(
            samples.reason(
                "login_wall",
                Severity.INFO,
                "Refuses, before anything else, whoever does not log in; what is behind was not seen.",
                "web_landing#0",
            ),
        ),
    )
    landing = answered("web_landing", Purpose.LANDING, specified=False, body=BodyShape.HTML_LOGIN)
    return alone(Endpoint("127.46.0.20", 443, Service.WEB_TLS), said, (Completed("web_landing", (landing,)),))


def sampled() -> Archive:
    """Answers anybody; twenty answers were looked at."""
    fills = (
        AttributeFill("PatientName", 20, 0, 0, 2),
        AttributeFill("PatientID", 20, 0, 0, 0),
        AttributeFill("PatientBirthDate", 17, 3, 0, 0),
        AttributeFill("PatientAddress", 0, 5, 15, 0),
    )
    attempts: tuple[Attempt, ...] = (
        *counted.attempts(fetches=True),
        Completed("sample_dimse", (AttributesSampled(SampledOver.DIMSE, 20, fills),)),
    )
    return alone(Endpoint("127.46.0.11", 104), counted.said(Exposure.RETRIEVABLE), attempts)


def alone(endpoint: Endpoint, said: Verdict, attempts: tuple[Attempt, ...]) -> Archive:
    """One endpoint."""
    findings = findings_of(attempts, said, service=endpoint.service)
    return Archive(endpoint, findings, samples.STARTED, samples.STARTED)


def three_doors() -> Archive:
    """Guarded at one door, searchable at another, and open to a browser at the third."""
    doors = (dicom_door(), web_door(), guarded_door())
    links = (
        Link(
            0,
            1,
            LinkEvidence.NAMED_PORT,
            f"the web face at {ADDRESS}:8042 names 11112 as its DICOM port",
        ),
        Link(
            1,
            2,
            LinkEvidence.SAME_TITLE,
            f"{ADDRESS}:8042 and {ADDRESS}:8443 show the same identity and AE title",
        ),
    )
    census = Census(counts=Counts(Exact(32), Exact(48), Claimed(54), Claimed(225)))
    neighbour = fhir().findings.neighbour
    assert neighbour is not None
    return joined(*doors, census=census, links=links, neighbours=(NeighbourAt(fhir().endpoint, neighbour),))


def joined(
    *doors: Door,
    census: Census,
    links: tuple[Link, ...] = (),
    neighbours: tuple[NeighbourAt, ...] = (),
) -> Archive:
    """One archive with these doors."""
    verdict = judge_archive(
        [each.findings.verdict for each in doors], doors=[each.endpoint.authority for each in doors]
    )
    return archive_of(doors, verdict, census, links=links, neighbours=neighbours)


def survey() -> list[Archive]:
    """All of them, a web server that is nothing of the kind, and a closed port."""
    ordinary = alone(
        Endpoint("127.46.0.40", 80, Service.WEB),
        samples.verdict(Exposure.NOT_DICOM, speaks=False),
        (Completed("web_landing", ()), Skipped("dicomweb_query", "no sign of an archive")),
    )
    return [three_doors(), fhir(), hl7(), wall(), sampled(), ordinary, samples.unreachable(1)]


def document(*archives: Archive) -> Document:
    """The document of these, or of the whole survey."""
    return build_document(HEADER, archives or survey())
