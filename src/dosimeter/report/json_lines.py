"""JSON Lines and JSON, as docs/schema/survey.v1.json describes them (DESIGN §7).

Every character outside ASCII is escaped, so no line of it can act on a terminal or end early.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final, TextIO

from dosimeter.model.census import AtLeast, Claimed, Count, Counts, Estimated, Exact, Unknown
from dosimeter.model.facts import TlsSeen
from dosimeter.model.survey import SurveyHeader
from dosimeter.model.text import ServerText
from dosimeter.model.verdict import Severity, Verdict
from dosimeter.report.archive import LADDER, Archive
from dosimeter.report.document import Document
from dosimeter.report.figures import Figures, Tally, Totals
from dosimeter.report.words import utc

SCHEMA_VERSION: Final = "1"

Json = dict[str, object]

_NOT_COUNTED: Final = Counts()


def write_json_lines(document: Document, out: TextIO) -> None:
    """The header, one line for every endpoint, the totals."""
    survey = document.header.id
    _write_line(header_object(document.header), out)
    for archive in document.endpoints():
        _write_line(archive_object(survey, archive), out)
    _write_line(totals_object(survey, document.totals), out)


def stream_json_lines(header: SurveyHeader, archives: Iterable[Archive], out: TextIO) -> None:
    """The same lines in the order the archives come, in memory that does not grow with their number."""
    tally = Tally()
    _write_line(header_object(header), out)
    for archive in archives:
        tally.add(archive)
        _write_line(archive_object(header.id, archive), out)
    _write_line(totals_object(header.id, tally.totals()), out)


def write_json(document: Document, out: TextIO) -> None:
    """One object with the same header, archives and totals; one line of it for each of them."""
    survey = document.header.id
    out.write(f'{{"schema_version": "{SCHEMA_VERSION}", "type": "report",\n"header": ')
    out.write(_encode(header_object(document.header)))
    out.write(',\n"archives": [')
    comma = "\n"
    for archive in document.endpoints():
        out.write(comma + _encode(archive_object(survey, archive)))
        comma = ",\n"
    out.write('],\n"totals": ')
    out.write(_encode(totals_object(survey, document.totals)))
    out.write("}\n")


def header_object(header: SurveyHeader) -> Json:
    """The survey header: who asked what, under which scope, with which version."""
    return {
        "schema_version": SCHEMA_VERSION,
        "type": "survey",
        "survey": header.id,
        "tool": "dosimeter",
        "version": header.tool_version,
        "ruleset_version": header.ruleset_version,
        "scope_sha256": header.scope_sha256,
        "authorised_by": header.authorised_by,
        "reference": header.reference,
        "touch": header.touch.word,
        "started": utc(header.started),
        "completed": utc(header.completed) if header.completed else None,
        "state": header.state.value,
        "geo_source": None,
    }


def archive_object(survey: str, archive: Archive) -> Json:
    """One endpoint with its verdict, its reasons and what became of each question."""
    endpoint, verdict = archive.endpoint, archive.verdict
    return {
        "schema_version": SCHEMA_VERSION,
        "type": "archive",
        "survey": survey,
        "address": endpoint.address,
        "name": endpoint.name,
        "endpoints": [
            {"port": endpoint.port, "service": endpoint.service.value, "exposure": verdict.exposure.value}
        ],
        "exposure": verdict.exposure.value,
        "severity": verdict.severity.word,
        "confidence": verdict.confidence.value,
        "speaks_dicom": verdict.speaks_dicom,
        "protections": [protection.value for protection in verdict.protections],
        "accepts_writes": verdict.accepts_writes,
        "worklist": verdict.worklist,
        "decoy": {"tier": verdict.decoy.tier.value, "reasons": list(verdict.decoy.reasons)},
        "product": _product(verdict),
        "tls": _tls(archive.tls),
        "counts": {
            "patients": _count(_NOT_COUNTED.patients),
            "studies": _count(_NOT_COUNTED.studies),
            "series": _count(_NOT_COUNTED.series),
            "instances": _count(_NOT_COUNTED.instances),
        },
        "retrievable_instances": _count(Unknown()),
        "attributes": None,
        "country": None,
        "operator": None,
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
            {"title": remedy.title, "steps": list(remedy.steps), "retest": remedy.retest}
            for remedy in verdict.remedies
        ],
        "attempts": {
            "completed": archive.attempts.completed,
            "failed": archive.attempts.failed,
            "skipped": archive.attempts.skipped,
        },
        "failures": [
            {"probe": failure.probe, "cause": failure.cause.value, "detail": failure.detail}
            for failure in archive.failures
        ],
        "not_asked": [{"probe": skip.probe, "why": skip.why} for skip in archive.not_asked],
        "began": utc(archive.began),
        "ended": utc(archive.ended),
    }


def totals_object(survey: str, totals: Totals) -> Json:
    """All figures, with and without the suspected decoys."""
    return {
        "schema_version": SCHEMA_VERSION,
        "type": "totals",
        "survey": survey,
        "with_decoys": _figures(totals.with_decoys),
        "without_decoys": _figures(totals.without_decoys),
        "suspected_decoys": totals.suspected_decoys,
        "attempts": {
            "completed": totals.attempts.completed,
            "failed": totals.attempts.failed,
            "skipped": totals.attempts.skipped,
        },
        "errors": [
            {"cause": line.cause.value, "questions": line.questions, "endpoints": line.endpoints}
            for line in totals.errors
        ],
        "not_asked": [
            {"probe": line.probe, "why": line.why, "endpoints": line.endpoints} for line in totals.not_asked
        ],
    }


def _figures(figures: Figures) -> Json:
    return {
        "endpoints": figures.endpoints,
        "archives": figures.archives,
        "open_to_anybody": figures.open_to_anybody,
        "exposure": {exposure.value: figures.on(exposure) for exposure in LADDER},
        "severity": {severity.word: figures.of(severity) for severity in Severity},
        "accepts_writes": figures.accepts_writes,
        "worklist": figures.worklist,
    }


def _product(verdict: Verdict) -> Json | None:
    product = verdict.product
    if product is None:
        return None
    return {"name": product.name, "version": product.version, "confidence": product.confidence.value}


def _tls(seen: TlsSeen | None) -> Json | None:
    if seen is None:
        return None
    certificate = seen.certificate
    return {
        "protocol": _text(seen.protocol),
        "cipher_suite": _text(seen.cipher_suite),
        "client_certificate": seen.client_certificate.value,
        "alert": _text(seen.alert),
        "certificate": None
        if certificate is None
        else {
            "subject": certificate.subject.text,
            "issuer": certificate.issuer.text,
            "not_before": certificate.not_before,
            "not_after": certificate.not_after,
            "key": certificate.key.text,
            "self_signed": certificate.self_signed,
            "sha256": certificate.sha256,
        },
    }


def _text(text: ServerText | None) -> str | None:
    return None if text is None else text.text


def _count(count: Count) -> Json:
    match count:
        case Exact(value) | AtLeast(value) | Claimed(value):
            return {"kind": count.kind, "value": value}
        case Estimated(value, low, high):
            return {"kind": count.kind, "value": value, "low": low, "high": high}
        case Unknown():
            return {"kind": count.kind}


def _encode(value: Json) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False)


def _write_line(value: Json, out: TextIO) -> None:
    out.write(_encode(value) + "\n")
