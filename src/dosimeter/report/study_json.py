"""The study as JSON: funnel, tables and published figures, every amount with its kind."""

from __future__ import annotations

from typing import Final

from dosimeter.report.counts_json import Json, cell_object
from dosimeter.report.study import (
    Amount,
    FindingLine,
    FunnelStep,
    Grouping,
    PublishedComparison,
    PublishedFigure,
    Shown,
    Study,
    StudyRow,
    Withheld,
)

_DIGITS: Final = 6
"""A share is rounded to so many decimals."""


def study_object(study: Study) -> Json:
    """All figures of the study; its pages of words are for readers, and not in it."""
    return {
        "edition": study.edition.value,
        "edition_note": study.edition_note or None,
        "funnel": [_step(step) for step in study.funnel],
        "whole": _row(study.whole),
        "with_decoys": _row(study.with_decoys),
        "suspected_decoys": study.decoys,
        "by": {grouping.by.value: _grouping(grouping) for grouping in study.groupings},
        "findings": [_finding(line) for line in study.findings],
        "attributes": [
            {"attribute": line.name, "filled": line.filled, "looked": line.looked}
            for line in study.attributes
        ],
        "published": [_comparison(each) for each in study.published],
        "sources": [
            {"name": source.name, "as_of": None if source.as_of is None else source.as_of.isoformat()}
            for source in study.sources
        ],
    }


def _step(step: FunnelStep) -> Json:
    return {
        "step": step.key,
        "archives": step.number,
        "with_decoys": step.with_decoys,
        "share": None if step.share is None else round(step.share, _DIGITS),
    }


def _grouping(grouping: Grouping) -> Json:
    return {"rows": [_row(row) for row in grouping.rows], "notes": list(grouping.notes)}


def _row(row: StudyRow) -> Json:
    return {
        "key": row.key,
        "label": row.label,
        "studied": row.studied,
        "archives": row.archives,
        "queryable": row.queryable,
        "retrievable": row.retrievable,
        "browsable": row.browsable,
        "patients": _amount(row.patients),
        "studies": _amount(row.studies),
        "linked": _amount(row.linked),
        "downloadable": _amount(row.downloadable),
    }


def _amount(amount: Amount) -> Json:
    return {
        **shown_object(amount.cell),
        "claimed": amount.claimed,
        "archives_claiming": amount.claims,
        "archives_not_counted": amount.uncounted,
    }


def shown_object(shown: Shown) -> Json:
    """A number with its kind; of one that is withheld, the kind alone."""
    return {"kind": shown.kind} if isinstance(shown, Withheld) else cell_object(shown)


def _finding(line: FindingLine) -> Json:
    return {
        "rule": line.rule,
        "severity": line.severity.word,
        "says": line.says,
        "reference": line.reference,
        "archives": line.archives,
        "remedies": list(line.remedies),
    }


def _comparison(each: PublishedComparison) -> Json:
    here = {"share": round(each.here, _DIGITS)} if isinstance(each.here, float) else _amount(each.here)
    return {
        "key": each.key,
        "region": each.region or None,
        "unit": each.unit.value,
        "here": here,
        "published": [_figure(figure) for figure in each.published],
    }


def _figure(figure: PublishedFigure) -> Json:
    return {
        "study": figure.study,
        "year": figure.year,
        "value": figure.value,
        "floor": figure.floor,
        "definition": figure.definition,
        "published": figure.published,
        "source": figure.source,
    }
