"""Archives with one string in every field that a server, an inventory or a table of owners can fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dosimeter.exposure.joining import Link, LinkEvidence
from dosimeter.model.attempt import Attempt, Cause, Completed, Failed, Skipped
from dosimeter.model.census import Census, Counts, Exact, ModalityCount
from dosimeter.model.facts import CertificateSeen, ClientCertificate, TlsSeen
from dosimeter.model.place import Country, DataSource, Operator, Owner, Place
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.text import ServerText
from dosimeter.model.verdict import (
    Advisory,
    Confidence,
    Decoy,
    DecoyTier,
    Exposure,
    Product,
    Severity,
)
from dosimeter.model.web import (
    AttributeFill,
    AttributesSampled,
    ProtocolSeen,
    SampledOver,
    SuiteSeen,
    TlsPostureSeen,
)
from dosimeter.report.archive import Archive, Door, findings_of
from dosimeter.report.document import Document, build_document
from dosimeter.report.joined import archive_of
from dosimeter.report.neighbour import Neighbour, NeighbourAt, NeighbourKind
from tests.unit.report import counted, samples


def poisoned(texts: Sequence[str]) -> Document:
    """A document with an archive and a neighbour for each text, and the first one in its header."""
    archives = [each for number, text in enumerate(texts) for each in _poisoned(number, text)]
    header = replace(counted.HEADER, authorised_by=texts[0], reference=texts[0])
    return build_document(header, archives)


def _poisoned(number: int, text: str) -> list[Archive]:
    endpoint = Endpoint(f"127.{80 + number // 250}.{number % 250}.1", 2762, name=text)
    said = replace(
        samples.verdict(Exposure.QUERYABLE, Severity.HIGH),
        decoy=Decoy(DecoyTier.LOW, (text,)),
        product=Product(text, text, Confidence.ANNOUNCED),
        reasons=(samples.reason("find", Severity.HIGH, text, text),),
        remedies=(samples.CLOSE_ORTHANC,),
        advisories=(Advisory(text, text, text, text, text, text),),
    )
    doors = [
        Door(each, findings_of(_attempts(text), said, service=each.service), samples.STARTED, samples.STARTED)
        for each in (endpoint, replace(endpoint, port=8443, service=Service.WEB_TLS))
    ]
    census = Census(
        counts=Counts(studies=Exact(700)),
        modalities=(ModalityCount(text, 700, verified=True),),
        remarks=(text,),
    )
    beside = replace(endpoint, port=2575, service=Service.HL7)
    neighbour = Neighbour(NeighbourKind.FHIR, is_open=True, says=text)
    archive = archive_of(
        doors,
        said,
        census,
        links=(Link(0, 1, LinkEvidence.SAME_TITLE, text),),
        neighbours=(NeighbourAt(beside, neighbour),),
    )
    source = DataSource(text)
    place = Place(
        Country(text, source), Operator(64500 + number, text, source), Owner(text, text, text, source)
    )
    silent = findings_of(
        (Failed("dicom_associate", Cause.BUSY, text),), samples.verdict(Exposure.INCONCLUSIVE, speaks=False)
    )
    apart = Archive(
        beside, replace(silent, neighbour=neighbour), samples.STARTED, samples.STARTED, place=place
    )
    return [replace(archive, place=place), apart]


def _attempts(text: str) -> tuple[Attempt, ...]:
    hostile = _forged(text)
    certificate = CertificateSeen(
        hostile, hostile, text, text, hostile, self_signed=True, sha256=text, names=(hostile,)
    )
    seen = TlsSeen(hostile, hostile, certificate, ClientCertificate.OPTIONAL, hostile)
    posture = TlsPostureSeen(
        (ProtocolSeen(text, accepted=True),), (SuiteSeen(text, text),), is_whole=True, handshakes=1
    )
    sampled = AttributesSampled(SampledOver.QIDO_RS, 20, (AttributeFill(text, 20, 0, 0, 0),))
    return (
        Failed("dicom_tls", Cause.TLS_FAILED, text, (seen,)),
        Skipped("null_retrieve", text),
        Completed("tls_posture", (posture, sampled)),
    )


def _forged(text: str) -> ServerText:
    """A ServerText that holds what ``ServerText.of`` would never let in."""
    forged = object.__new__(ServerText)
    object.__setattr__(forged, "text", text)
    return forged
