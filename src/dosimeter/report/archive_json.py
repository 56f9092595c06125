"""An archive as a JSON object: its doors, its verdict, and what became of each question (DESIGN §7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dosimeter.exposure.joining import Link
from dosimeter.model.facts import CertificateSeen, TlsSeen
from dosimeter.model.text import ServerText
from dosimeter.model.verdict import Advisory, Product, Verdict
from dosimeter.model.web import TlsPostureSeen
from dosimeter.report.archive import Archive, Door, Findings
from dosimeter.report.attributes import attributes_of
from dosimeter.report.counts_json import Json, breakdown_object, cell_object, cost_object, counts_object
from dosimeter.report.neighbour import NeighbourAt
from dosimeter.report.place_json import country_word, operator_word, place_object
from dosimeter.report.words import utc

SCHEMA_VERSION: Final = "1"


def archive_object(survey: str, archive: Archive) -> Json:
    """The whole object. ``address`` and ``port`` are those of the principal door."""
    doors = archive.doors
    whole = archive_json(survey, archive.findings)
    for remedy in _objects(whole["remedies"]):
        remedy["retest"] = archive.retest
    return {
        **whole,
        "address": archive.endpoint.address,
        "name": archive.endpoint.name,
        "same_as": archive.same_as,
        "endpoints": [{**door_json(door.findings), **_place(door)} for door in doors],
        "country": country_word(archive.place),
        "operator": operator_word(archive.place.operator),
        "place": place_object(archive.place),
        "first_seen": None if archive.first_seen is None else utc(archive.first_seen),
        "links": [_link(link) for link in archive.links],
        "neighbours": [_neighbour(each) for each in archive.neighbours],
        **answers_json([door.findings for door in doors]),
        "began": utc(archive.began),
        "ended": utc(archive.ended),
    }


def archive_json(survey: str, findings: Findings) -> Json:
    """What archives that answered alike have in common; null where each has its own."""
    verdict = findings.verdict
    return {
        "schema_version": SCHEMA_VERSION,
        "type": "archive",
        "survey": survey,
        "address": None,
        "name": None,
        "endpoints": [],
        "is_archive": findings.is_archive,
        "exposure": verdict.exposure.value,
        "severity": verdict.severity.word,
        "confidence": verdict.confidence.value,
        "speaks_dicom": verdict.speaks_dicom,
        "protections": [protection.value for protection in verdict.protections],
        "accepts_writes": verdict.accepts_writes,
        "worklist": verdict.worklist,
        "decoy": {"tier": verdict.decoy.tier.value, "reasons": list(verdict.decoy.reasons)},
        "product": _product(verdict.product),
        "advisories": [_advisory(each) for each in verdict.advisories],
        "tls": _tls(findings),
        "links": [],
        "neighbours": [],
        "counts": counts_object(findings.census.counts),
        "retrievable_instances": cell_object(findings.retrievable_instances),
        **breakdown_object(findings.census),
        "count_cost": cost_object(findings.counting_cost),
        "same_as": None,
        "attributes": _attributes(findings),
        "country": None,
        "operator": None,
        "place": None,
        "first_seen": None,
        "reasons": [
            {
                "rule": reason.rule,
                "severity": reason.severity.word,
                "fact": reason.fact,
                "says": reason.says,
                "reference": reason.reference,
            }
            for reason in verdict.reasons
        ],
        "remedies": [
            {"title": remedy.title, "steps": list(remedy.steps), "retest": None}
            for remedy in verdict.remedies
        ],
        "attempts": {
            "completed": findings.attempts.completed,
            "failed": findings.attempts.failed,
            "skipped": findings.attempts.skipped,
        },
        "failures": [],
        "not_asked": [],
        "began": None,
        "ended": None,
    }


def door_json(findings: Findings) -> Json:
    """One door; null where each has its own."""
    verdict = findings.verdict
    return {
        "address": None,
        "port": None,
        "name": None,
        "service": findings.service.value,
        "exposure": verdict.exposure.value,
        "severity": verdict.severity.word,
        "speaks_dicom": verdict.speaks_dicom,
        "protections": [protection.value for protection in verdict.protections],
        "product": _product(verdict.product),
        "tls": _tls(findings),
        "same_as": None,
    }


def answers_json(doors: Sequence[Findings]) -> Json:
    """What has no answer, and what was not asked; ``door`` is the place among ``endpoints``."""
    return {
        "failures": [
            {"probe": each.probe, "cause": each.cause.value, "detail": each.detail, "door": place}
            for place, findings in enumerate(doors)
            for each in findings.failures
        ],
        "not_asked": [
            {"probe": each.probe, "why": each.why, "door": place}
            for place, findings in enumerate(doors)
            for each in findings.not_asked
        ],
    }


def _place(door: Door) -> Json:
    return {
        "address": door.endpoint.address,
        "port": door.endpoint.port,
        "name": door.endpoint.name,
        "same_as": door.same_as,
    }


def _link(link: Link) -> Json:
    return {"evidence": link.evidence.name.lower(), "says": link.says}


def _neighbour(each: NeighbourAt) -> Json:
    return {
        "address": each.endpoint.address,
        "port": each.endpoint.port,
        "service": each.endpoint.service.value,
        "kind": each.neighbour.kind.value,
        "is_open": each.neighbour.is_open,
        "patients": cell_object(each.neighbour.patients),
        "studies": cell_object(each.neighbour.studies),
        "says": each.neighbour.says,
    }


def _product(product: Product | None) -> Json | None:
    if product is None:
        return None
    return {"name": product.name, "version": product.version, "confidence": product.confidence.value}


def _advisory(advisory: Advisory) -> Json:
    return {
        "id": advisory.id,
        "product": advisory.product,
        "version": advisory.version,
        "fixed_in": advisory.fixed_in,
        "confidence": "announced",
        "says": advisory.says,
        "source": advisory.source,
    }


def _attributes(findings: Findings) -> Json | None:
    known = attributes_of(findings)
    if known is None:
        return None
    return {
        "looked": known.looked,
        "obliged": [
            {"attribute": each.attribute, "label": each.label, "why": each.why} for each in known.obliged
        ],
        "sampled": [
            {
                "over": sample.over.value,
                "answers": sample.answers,
                "fills": [
                    {
                        "attribute": fill.attribute,
                        "filled": fill.filled,
                        "empty": fill.empty,
                        "absent": fill.absent,
                        "test_like": fill.test_like,
                    }
                    for fill in sample.fills
                ],
            }
            for sample in findings.samples
        ],
    }


def _tls(findings: Findings) -> Json | None:
    seen, posture = findings.tls, findings.tls_posture
    if seen is None:
        return None
    return {
        "protocol": _text(seen.protocol),
        "cipher_suite": _text(seen.cipher_suite),
        "client_certificate": seen.client_certificate.value,
        "alert": _text(seen.alert),
        "certificate": _certificate(seen),
        "profile": _profile(findings.verdict),
        "posture": None if posture is None else _posture(posture),
    }


def _profile(verdict: Verdict) -> str | None:
    return None if verdict.tls_profile is None else verdict.tls_profile.value


def _posture(posture: TlsPostureSeen) -> Json:
    return {
        "versions": [{"protocol": each.protocol, "accepted": each.accepted} for each in posture.protocols],
        "suites": [
            {"protocol": each.protocol, "suite": each.suite, "group_bits": each.group_bits}
            for each in posture.suites
        ],
        "is_whole": posture.is_whole,
        "prefers_own_order": posture.prefers_own_order,
    }


def _certificate(seen: TlsSeen) -> Json | None:
    certificate: CertificateSeen | None = seen.certificate
    if certificate is None:
        return None
    return {
        "subject": certificate.subject.text,
        "issuer": certificate.issuer.text,
        "not_before": certificate.not_before,
        "not_after": certificate.not_after,
        "key": certificate.key.text,
        "self_signed": certificate.self_signed,
        "sha256": certificate.sha256,
        "names": [name.text for name in certificate.names],
        "signature": _text(certificate.signature),
        "chain": None if certificate.chain is None else list(certificate.chain),
    }


def _text(text: ServerText | None) -> str | None:
    return None if text is None else text.text


def _objects(value: object) -> list[Json]:
    return value if isinstance(value, list) else []
