"""The tables of a study as plain rows of cells, for whatever writes sheets, columns or pages.

A number with its kind takes several cells: ``…_kind`` is one of ``exact``, ``at_least``, ``estimated``,
``unknown``, ``fewer_than`` and ``withheld``; the number itself is empty for the last two kinds of which none
is known, and the upper end of what is hidden for ``fewer_than``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from dosimeter.model.census import AtLeast, Claimed, Estimated, Exact, Unknown
from dosimeter.report.small_cells import FewerThan
from dosimeter.report.study import Amount, Grouping, Shown, Study, StudyRow, Withheld

TableCell: TypeAlias = str | int | float | None
"""Text, a number, or nothing."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table. ``name`` is a file name without its ending; every row has a cell for each column."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[TableCell, ...], ...]


_AMOUNTS: Final = ("patients", "studies", "images_linked", "images_downloadable")
_OF_AN_AMOUNT: Final = ("", "_kind", "_low", "_high", "_claimed", "_not_counted")
_ROW_COLUMNS: Final = (
    "key",
    "label",
    "studied",
    "archives",
    "queryable",
    "retrievable",
    "browsable",
    *(f"{amount}{part}" for amount in _AMOUNTS for part in _OF_AN_AMOUNT),
)


def tables_of(study: Study) -> tuple[Table, ...]:
    """Every table of the study that has a row: funnel, totals, the groupings, findings and the rest."""
    tables = (
        _funnel(study),
        Table(
            "totals",
            _ROW_COLUMNS,
            (_row(study.whole, "without_decoys"), _row(study.with_decoys, "with_decoys")),
        ),
        *(_grouping(grouping) for grouping in study.groupings),
        _findings(study),
        _attributes(study),
        _published(study),
        _sources(study),
    )
    return tuple(table for table in tables if table.rows)


def number_of(shown: Shown) -> int | None:
    """The number of a cell; None where none is known or shown."""
    match shown:
        case Exact(value) | AtLeast(value) | Claimed(value) | Estimated(value) | FewerThan(value):
            return value
        case Unknown() | Withheld():
            return None


def _funnel(study: Study) -> Table:
    return Table(
        "funnel",
        ("step", "label", "archives", "with_decoys", "share", "share_of"),
        tuple(
            (step.key, step.label, step.number, step.with_decoys, step.share, step.share_of or None)
            for step in study.funnel
        ),
    )


def _grouping(grouping: Grouping) -> Table:
    return Table(f"by_{grouping.by.value}", _ROW_COLUMNS, tuple(_row(row, row.key) for row in grouping.rows))


def _row(row: StudyRow, key: str) -> tuple[TableCell, ...]:
    amounts = (row.patients, row.studies, row.linked, row.downloadable)
    return (
        key,
        row.label,
        row.studied,
        row.archives,
        row.queryable,
        row.retrievable,
        row.browsable,
        *(cell for amount in amounts for cell in _amount(amount)),
    )


def _amount(amount: Amount) -> Sequence[TableCell]:
    shown = amount.cell
    low, high = (shown.low, shown.high) if isinstance(shown, Estimated) else (None, None)
    if isinstance(shown, Withheld):
        return None, shown.kind, None, None, None, None
    return number_of(shown), shown.kind, low, high, amount.claimed, amount.uncounted


def _findings(study: Study) -> Table:
    return Table(
        "findings",
        ("rule", "severity", "says", "reference", "archives", "remedies"),
        tuple(
            (line.rule, line.severity.word, line.says, line.reference, line.archives, _joined(line.remedies))
            for line in study.findings
        ),
    )


def _attributes(study: Study) -> Table:
    return Table(
        "attributes",
        ("attribute", "filled", "looked"),
        tuple((line.name, line.filled, line.looked) for line in study.attributes),
    )


def _published(study: Study) -> Table:
    return Table(
        "published",
        (
            "key",
            "region",
            "unit",
            "here",
            "here_kind",
            "here_low",
            "here_high",
            "here_claimed",
            "here_not_counted",
            "study",
            "year",
            "value",
            "floor",
            "definition",
            "published",
            "source",
        ),
        tuple(
            (
                each.key,
                each.region or None,
                each.unit.value,
                *_here(each.here),
                figure.study,
                figure.year,
                figure.value,
                "true" if figure.floor else "false",
                figure.definition,
                figure.published,
                figure.source,
            )
            for each in study.published
            for figure in each.published
        ),
    )


def _here(here: Amount | float) -> Sequence[TableCell]:
    return (here, "share", None, None, None, None) if isinstance(here, float) else _amount(here)


def _sources(study: Study) -> Table:
    return Table(
        "sources",
        ("name", "as_of"),
        tuple(
            (source.name, None if source.as_of is None else source.as_of.isoformat())
            for source in study.sources
        ),
    )


def _joined(texts: Iterable[str]) -> str:
    return " | ".join(texts)
