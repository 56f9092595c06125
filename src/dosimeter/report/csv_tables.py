"""The tables of the study for a spreadsheet or a statistics program: one file a table, or all figures in one.

Numbers are plain: no separator, no unit. How a number is known stands in a column of its own, so that nobody
adds up what cannot be added. Cells are harmless in a spreadsheet, as in the sheet of archives.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TextIO

from dosimeter.model.census import Estimated, Unknown
from dosimeter.report.csv import harmless_cell
from dosimeter.report.study import (
    AMOUNTS,
    Amount,
    Grouping,
    PublishedComparison,
    Shown,
    Study,
    StudyRow,
    Withheld,
)

Value = str | int | float | None
"""A cell; None where nothing is known or shown."""

_ARCHIVE_NUMBERS: Final = ("studied", "archives", "queryable", "retrievable", "browsable")
_AMOUNT_COLUMNS: Final = ("kind", "value", "low", "high", "claimed", "claims", "uncounted")


@dataclass(frozen=True, slots=True)
class StudyTable:
    """One table: ``name`` is fit for the name of a file."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the study: in which table and row, of what, how it is known, and what it is.

    ``value``, ``low`` and ``high`` are None where they are not known or not shown.
    """

    table: str
    key: str
    label: str
    measure: str
    kind: str
    value: int | None
    low: int | None
    high: int | None


FIGURE_COLUMNS: Final = ("table", "key", "label", "measure", "kind", "value", "low", "high")


def tables_of(study: Study) -> tuple[StudyTable, ...]:
    """Every table of the study that has a row."""
    tables = (
        _funnel(study),
        _totals(study),
        *(_grouping(each) for each in study.groupings),
        StudyTable(
            "findings",
            ("rule", "severity", "says", "reference", "archives", "remedies"),
            tuple(
                (
                    each.rule,
                    each.severity.word,
                    each.says,
                    each.reference,
                    each.archives,
                    " | ".join(each.remedies),
                )
                for each in study.findings
            ),
        ),
        StudyTable(
            "attributes",
            ("attribute", "archives_filled", "archives_looked_at"),
            tuple((each.name, each.filled, each.looked) for each in study.attributes),
        ),
        _published(study.published),
        StudyTable(
            "sources",
            ("name", "as_of"),
            tuple((each.name, None if each.as_of is None else f"{each.as_of}") for each in study.sources),
        ),
    )
    return tuple(each for each in tables if each.rows)


def write_table_csv(table: StudyTable, out: TextIO) -> None:
    """A row of column names, then the rows."""
    rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(table.columns)
    rows.writerows([_cell(value) for value in row] for row in table.rows)


def write_figures_csv(study: Study, out: TextIO) -> None:
    """Every figure of the study, one a row: what an edition has that names no archive."""
    rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(FIGURE_COLUMNS)
    rows.writerows(
        [_cell(getattr(figure, column)) for column in FIGURE_COLUMNS] for figure in figures_of(study)
    )


def figures_of(study: Study) -> Iterator[Figure]:
    """The funnel, the totals with and without decoys, and every row of every table by place or kind."""
    for step in study.funnel:
        yield _number("funnel", step.key, step.label, "archives", step.number)
        yield _number("funnel", step.key, step.label, "archives_with_decoys", step.with_decoys)
    yield from _of_row("total", "without_decoys", study.whole)
    yield from _of_row("total", "with_decoys", study.with_decoys)
    for grouping in study.groupings:
        for row in grouping.rows:
            yield from _of_row(grouping.by.value, row.key, row)


def _of_row(table: str, key: str, row: StudyRow) -> Iterator[Figure]:
    for measure in _ARCHIVE_NUMBERS:
        yield _number(table, key, row.label, measure, getattr(row, measure))
    for things, amount in zip(AMOUNTS, row.amounts, strict=True):
        kind, value, low, high = _parts(amount.cell)
        yield Figure(table, key, row.label, things, kind, value, low, high)
        if amount.claims:
            yield _number(table, key, row.label, f"{things}_claimed", amount.claimed, "claimed")


def _number(table: str, key: str, label: str, measure: str, value: int, kind: str = "exact") -> Figure:
    return Figure(table, key, label, measure, kind, value, None, None)


def _funnel(study: Study) -> StudyTable:
    return StudyTable(
        "funnel",
        ("step", "label", "study_word", "archives", "archives_with_decoys", "share", "share_of"),
        tuple(
            (step.key, step.label, step.study_word, step.number, step.with_decoys, step.share, step.share_of)
            for step in study.funnel
        ),
    )


def _totals(study: Study) -> StudyTable:
    return StudyTable(
        "totals",
        _row_columns(),
        (_row("without_decoys", study.whole), _row("with_decoys", study.with_decoys)),
    )


def _grouping(grouping: Grouping) -> StudyTable:
    return StudyTable(
        grouping.by.value.replace("_", "-"),
        _row_columns(),
        tuple(_row(row.key, row) for row in grouping.rows),
    )


def _row_columns() -> tuple[str, ...]:
    amounts = (f"{things}_{column}" for things in AMOUNTS for column in _AMOUNT_COLUMNS)
    return ("key", "label", *_ARCHIVE_NUMBERS, *amounts)


def _row(key: str, row: StudyRow) -> tuple[Value, ...]:
    numbers = (row.studied, row.archives, row.queryable, row.retrievable, row.browsable)
    return (key, row.label, *numbers, *(cell for amount in row.amounts for cell in _amount(amount)))


def _amount(amount: Amount) -> tuple[Value, ...]:
    parts = _parts(amount.cell)
    if isinstance(amount.cell, Withheld):
        return (*parts, None, None, None)
    return (*parts, amount.claimed, amount.claims, amount.uncounted)


def _parts(cell: Shown) -> tuple[str, int | None, int | None, int | None]:
    """Kind, value, low, high."""
    match cell:
        case Unknown() | Withheld():
            return cell.kind, None, None, None
        case Estimated(value, low, high):
            return cell.kind, value, low, high
        case _:
            return cell.kind, cell.value, None, None


def _published(published: tuple[PublishedComparison, ...]) -> StudyTable:
    rows: list[tuple[Value, ...]] = []
    for each in published:
        rows += (
            (
                each.key,
                each.label,
                each.region,
                *_here(each.here),
                figure.study,
                figure.year,
                figure.value,
                figure.definition,
                figure.published,
                figure.source,
                each.unit.value,
                "true" if figure.floor else "false",
            )
            for figure in each.published
        )
    columns = (
        "key",
        "label",
        "region",
        *(
            part if part == "kind" else "here" if part == "value" else f"here_{part}"
            for part in _AMOUNT_COLUMNS
        ),
        "study",
        "year",
        "value",
        "definition",
        "published",
        "source",
        "unit",
        "floor",
    )
    return StudyTable("published", columns, tuple(rows))


def _here(here: Amount | float) -> tuple[Value, ...]:
    if isinstance(here, float):
        return "share", here, None, None, None, None, None
    return _amount(here)


def _cell(value: Value) -> str:
    if value is None:
        return ""
    return harmless_cell(value) if isinstance(value, str) else str(value)
