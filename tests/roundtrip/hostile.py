"""A survey in which every text that a server, an inventory or a table of owners says is hostile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dosimeter.model.facts import CertificateSeen, ClientCertificate, TlsSeen
from dosimeter.model.place import Country, DataSource, Operator, Owner, Place
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.text import ServerText
from dosimeter.model.verdict import Advisory, Confidence, Exposure, Product, Severity
from dosimeter.report.archive import Archive, findings_of
from dosimeter.report.document import Document, build_document
from tests.injection_strings import injections
from tests.unit.report import samples

FIELDS = 11
"""How many texts of one archive are hostile."""


def hostile_survey() -> Document:
    """All two thousand strings, each in one field, eleven to an archive."""
    return build_document(samples.HEADER, _archives())


def _archives() -> Iterator[Archive]:
    texts = [each.text for each in injections()]
    for number, at in enumerate(range(0, len(texts), FIELDS)):
        yield _archive(number, [texts[(at + step) % len(texts)] for step in range(FIELDS)])


def _archive(number: int, texts: list[str]) -> Archive:
    name, product, version, says, subject, issuer, operator, organisation, sector, contact, source = texts
    said = replace(
        samples.verdict(Exposure.QUERYABLE, Severity.HIGH),
        product=Product(str(ServerText.of(product)), str(ServerText.of(version)), Confidence.ANNOUNCED),
        reasons=(samples.reason("queryable", Severity.HIGH, str(ServerText.of(says)), "dicom_associate#0"),),
        remedies=(samples.CLOSE_ORTHANC,),
        advisories=(Advisory("CVE-2023-33466", "Orthanc", str(ServerText.of(version)), None, "x", "y"),),
    )
    seen = TlsSeen(
        ServerText.of("TLSv1.3"),
        ServerText.of("TLS_AES_256_GCM_SHA384"),
        _certificate(subject, issuer),
        ClientCertificate.OPTIONAL,
        None,
    )
    registry = DataSource(source)
    place = Place(
        Country("FR", registry),
        Operator(64500, operator, registry),
        Owner(organisation, sector, contact, registry),
    )
    endpoint = Endpoint(f"127.55.{number // 250}.{number % 250 + 1}", 2762, Service.DICOM_TLS, name)
    findings = replace(findings_of((), said), tls=seen)
    return replace(samples.judged(endpoint, said), findings=findings, place=place)


def _certificate(subject: str, issuer: str) -> CertificateSeen:
    return CertificateSeen(
        subject=ServerText.of(subject),
        issuer=ServerText.of(issuer),
        not_before="2025-01-01T00:00:00Z",
        not_after="2027-01-01T00:00:00Z",
        key=ServerText.of("RSA 2048"),
        self_signed=True,
        sha256="ab" * 32,
    )
