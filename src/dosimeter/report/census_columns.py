"""The columns of the CSV report that a census fills: numbers, their kinds, and the parts shown."""

from __future__ import annotations

from typing import Final

from dosimeter.exposure.count_words import count_of
from dosimeter.model.census import Estimated, Things, Unknown
from dosimeter.report.archive import Findings
from dosimeter.report.breakdown import breakdown_of
from dosimeter.report.small_cells import Cell, FewerThan

_NUMBERS: Final = (*(things.value for things in Things), "retrievable_instances")

CENSUS_COLUMNS: Final = (
    *(f"{name}{ending}" for name in _NUMBERS for ending in ("", "_kind")),
    "intervals",
    "by_year",
    "undated_studies",
    "by_modality",
    "oldest_year",
    "newest_year",
    "rows_limit",
    "remarks",
)


def census_cells(findings: Findings) -> tuple[str, ...]:
    """The cells of endpoints with these findings, in the order of `CENSUS_COLUMNS`.

    A number and its kind have a column each, so that a sheet can add up what may be added up; the 95 %
    intervals of estimates are together in one.
    """
    census, parts = findings.census, breakdown_of(findings.census)
    numbers = {things.value: count_of(census.counts, things) for things in Things}
    numbers["retrievable_instances"] = findings.retrievable_instances
    cells = [
        cell
        for count in numbers.values()
        for cell in ("" if isinstance(count, Unknown) else str(count.value), count.kind)
    ]
    return (
        *cells,
        " | ".join(
            f"{name}: {count.low} to {count.high}"
            for name, count in numbers.items()
            if isinstance(count, Estimated)
        ),
        " | ".join(f"{each.year}: {cell_text(each.studies)}" for each in parts.years),
        cell_text(parts.undated),
        " | ".join(f"{each.modality}: {cell_text(each.studies)}" for each in parts.modalities),
        _year(parts.oldest_year),
        _year(parts.newest_year),
        "" if census.rows_limit is None else str(census.rows_limit),
        " | ".join((*census.remarks, *parts.notes)),
    )


def cell_text(cell: Cell) -> str:
    """``40``, ``at least 40``, ``about 40``, ``claimed 40``, ``< 11``, and nothing of what is not known."""
    match cell:
        case Unknown():
            return ""
        case FewerThan(value):
            return f"< {value}"
        case _:
            words = {"exact": "", "at_least": "at least ", "estimated": "about ", "claimed": "claimed "}
            return f"{words[cell.kind]}{cell.value}"


def _year(year: int | None) -> str:
    return "" if year is None else str(year)
