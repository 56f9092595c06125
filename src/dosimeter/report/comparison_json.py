"""A comparison as data: one JSON document, or a CSV table of its archives; in English for every reader."""

from __future__ import annotations

import csv
import json
from typing import Final, TextIO

from dosimeter.model.census import Things
from dosimeter.model.scope import Touch
from dosimeter.model.survey import SurveyHeader
from dosimeter.report.comparison_parts import ComparedArchive, Comparison
from dosimeter.report.counts_json import Json, cell_object, sum_object
from dosimeter.report.csv import harmless_cell

SCHEMA_VERSION: Final = "1"

_COLUMNS: Final = (
    "address",
    "port",
    "change",
    "because",
    "exposure_then",
    "exposure_now",
    "exposure_as_told",
    "severity",
    "studies_then",
    "studies_now",
    "country",
    "organisation",
)


def write_comparison_json(comparison: Comparison, out: TextIO) -> None:
    """Write one object (docs/schema/comparison.v1.json).

    Raises:
        OSError: ``out`` cannot be written.
    """
    document: Json = {
        "schema_version": SCHEMA_VERSION,
        "type": "comparison",
        "old": _survey(comparison.old),
        "new": _survey(comparison.new),
        "headline": comparison.headline,
        "sentences": list(comparison.sentences),
        "rejudged": comparison.rejudged,
        "decoys": comparison.decoys,
        "changes": [
            {"change": line.change, "archives": line.number, "network": line.network, "method": line.method}
            for line in comparison.changes
        ],
        "figures": [
            {"key": line.key, "as_told": line.told, "then": line.old, "now": line.new}
            for line in comparison.figures
        ],
        "linked": _then_and_now(comparison, "holdings"),
        "downloadable": _then_and_now(comparison, "downloadable"),
        "countries": [
            {
                "country": row.country,
                "open_then": row.old,
                "open_now": row.new,
                "closed": row.closed,
                "appeared": row.appeared,
                "unknown": row.unknown,
                "images_now": row.images,
                "cohort": row.cohort,
            }
            for row in comparison.countries
        ],
        "archives": [_archive(each) for each in comparison.archives],
    }
    json.dump(document, out, indent=1, ensure_ascii=False)
    out.write("\n")


def write_comparison_csv(comparison: Comparison, out: TextIO) -> None:
    """Write a row for each archive.

    Raises:
        OSError: ``out`` cannot be written.
    """
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for each in comparison.archives:
        writer.writerow("" if cell is None else harmless_cell(str(cell)) for cell in _row(each))


def _survey(header: SurveyHeader) -> Json:
    return {
        "survey": header.id,
        "started": header.started.isoformat(),
        "ruleset_version": header.ruleset_version,
        "tool_version": header.tool_version,
        "touch": header.touch.word,
        "scope_sha256": header.scope_sha256,
        "state": header.state,
    }


def _then_and_now(comparison: Comparison, which: str) -> Json:
    before, now = getattr(comparison, f"old_{which}"), getattr(comparison, f"new_{which}")
    return {
        things.value: {
            "then": sum_object(before.of(things)) if comparison.old.touch >= Touch.PROVE else None,
            "now": sum_object(now.of(things)) if comparison.new.touch >= Touch.PROVE else None,
        }
        for things in Things
    }


def _archive(each: ComparedArchive) -> Json:
    return {
        "address": each.endpoint.address,
        "port": each.endpoint.port,
        "change": each.change,
        "because": each.because,
        "then": each.old,
        "now": each.new,
        "as_told": each.told,
        "severity": each.severity.word,
        "studies_then": None if each.old_studies is None else cell_object(each.old_studies),
        "studies_now": None if each.new_studies is None else cell_object(each.new_studies),
        "country": each.country,
        "organisation": each.organisation,
        "says": each.says,
    }


def _row(each: ComparedArchive) -> tuple[object, ...]:
    studies = (
        None if count is None else cell_object(count).get("value")
        for count in (each.old_studies, each.new_studies)
    )
    return (
        each.endpoint.address,
        each.endpoint.port,
        each.change.value,
        each.because.value,
        each.old,
        each.new,
        each.told,
        each.severity.word,
        *studies,
        each.country,
        each.organisation,
    )
