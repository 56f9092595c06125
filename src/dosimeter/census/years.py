"""Reads the cells of dates back as years: what was found in each, and whether that is all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from dosimeter.census.limits import UNCUT
from dosimeter.census.regions import FIRST_YEAR, LAST_YEAR
from dosimeter.model.census import Cut

if TYPE_CHECKING:
    from collections.abc import Callable

    from dosimeter.model.facts import CellCounted

_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class InYear:
    """Studies found in one year; ``whole`` if no more can be in it."""

    studies: int
    whole: bool


@dataclass(frozen=True, slots=True)
class ByYear:
    """Studies by year. ``loose`` were found in ranges of years that were not counted year by year.

    ``whole`` if every year from the first to the last that can be was counted to the end.
    """

    years: dict[int, InYear]
    loose: int
    whole: bool
    checked: bool
    """Whether one closed range over all years held just as many."""

    @property
    def total(self) -> int:
        """Studies with a date."""
        return sum(one.studies for one in self.years.values()) + self.loose


def by_year(cells: Iterable[CellCounted], cut_of: Callable[[CellCounted], Cut]) -> ByYear:
    """Put years, months and ranges of years together; what was counted finer goes before what was cut."""
    own: dict[int, CellCounted] = {}
    months: dict[int, list[CellCounted]] = {}
    ranges: list[tuple[int, int, CellCounted]] = []
    for cell in cells:
        first, _, last = cell.cell.partition("/")
        year, _, month = first.partition("-")
        if last:
            ranges.append((int(first), int(last), cell))
        elif month:
            months.setdefault(int(year), []).append(cell)
        else:
            own[int(year)] = cell
    years = {year: _year(own.get(year), months.get(year, []), cut_of) for year in {*own, *months}}
    counted = [(year, year) for year, one in years.items() if one.whole]
    empty = [(first, last) for first, last, cell in ranges if not cell.distinct and cut_of(cell) is Cut.NOT]
    whole = _cover_all([*counted, *empty])
    at_once = [cell for first, last, cell in ranges if (first, last) == (FIRST_YEAR, LAST_YEAR)]
    checked = bool(at_once) and cut_of(at_once[0]) in UNCUT
    if checked and at_once[0].distinct != sum(one.studies for one in years.values()):
        years = {year: replace(one, whole=False) for year, one in years.items()}
        whole = checked = False
    return ByYear(years, 0 if whole else _loose(years, ranges), whole, checked)


def _cover_all(spans: list[tuple[int, int]]) -> bool:
    """Whether every year that can be is in a span."""
    missing = FIRST_YEAR
    for first, last in sorted(spans):
        if first > missing:
            return False
        missing = max(missing, last + 1)
    return missing > LAST_YEAR


def _year(own: CellCounted | None, months: list[CellCounted], cut_of: Callable[[CellCounted], Cut]) -> InYear:
    of_months = sum(cell.distinct for cell in months)
    of_year = own.distinct if own is not None else 0
    if own is not None and cut_of(own) is Cut.NOT and of_year >= of_months:
        return InYear(of_year, whole=True)
    complete = len(months) == _MONTHS and all(cut_of(cell) is Cut.NOT for cell in months)
    return InYear(max(of_year, of_months), whole=complete and of_months >= of_year)


def _loose(years: dict[int, InYear], ranges: list[tuple[int, int, CellCounted]]) -> int:
    """What the widest ranges held beyond the years in them."""
    loose = 0
    for first, last, cell in ranges:
        if any((a, b) != (first, last) and a <= first and last <= b for a, b, _ in ranges):
            continue
        inside = sum(one.studies for year, one in years.items() if first <= year <= last)
        loose += max(0, cell.distinct - inside)
    return loose
