"""The first axis: closed years, newest first. Where the rows will not do, days drawn at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dosimeter.census.book import Harvest
from dosimeter.census.day_draws import DayDraws
from dosimeter.census.desk import CensusOver
from dosimeter.census.limits import UNCUT
from dosimeter.census.ranges import Ranges
from dosimeter.census.regions import FIRST_YEAR, LAST_YEAR, Place, Region, parts_of_dates, years
from dosimeter.model.census import Axis, CensusEnd, Cut

if TYPE_CHECKING:
    from collections.abc import Generator

    from dosimeter.census.question import Answer, Question
    from dosimeter.census.work import Work
    from dosimeter.model.facts import CellCounted

OLDEST_LIKELY_YEAR: Final = 1990
"""Before it hardly any archive has studies: one question for all of those years."""

_KEPT_BACK: Final = 5
"""A fifth of the rows is kept back for days drawn at random, until the years are done."""
_TOO_FEW: Final = 2_000
"""Rows of a budget too small to keep any of them back."""
_EMPTY_YEARS: Final = 2
"""After so many empty years the rest is asked for at once."""
_GROWTH: Final = 1.2
_WORKING_DAYS: Final = 250


class Dated:
    """Counts the studies that have a date, by year."""

    def __init__(self, work: Work) -> None:
        self.ranges = Ranges(work, Axis.DATES, parts_of_dates)
        self.refused = False
        self.sampled = False
        self._work = work
        self._places: list[Place] = []

    @property
    def honoured(self) -> bool:
        """Whether the archive looks at dates, as far as was seen."""
        return not (self.refused or self.ranges.ignored)

    def leaves(self) -> list[tuple[Place, CellCounted]]:
        """The finest cells, with what they cover; in the order of the years asked."""
        found: list[tuple[Place, CellCounted]] = []
        for place in self._places:
            self._gather(place, found)
        return found

    @property
    def total(self) -> int:
        """Studies with a date, the years before a resume included."""
        return sum(cell.distinct for _, cell in self.leaves())

    def count(self) -> Generator[Question, Answer, None]:
        """Count all years, or draw days where the rows will not do for them."""
        desk = self._work.desk
        if desk.budget_rows >= _TOO_FEW and not self._work.is_worklist:
            desk.reserved = desk.budget_rows // _KEPT_BACK
        this_year = self._work.plan.today.year
        try:
            yield from self._ends_and_newest(this_year)
            if self.honoured:
                yield from self._years(this_year)
        except CensusOver as over:
            if over.end is not CensusEnd.ROWS or not desk.reserved or not self.honoured:
                raise
            yield from self._draw()
            raise
        finally:
            desk.reserved = 0

    def _ends_and_newest(self, this_year: int) -> Generator[Question, Answer, None]:
        """Ranges that hold little in any archive, then this year: is it the dates that are looked at?"""
        ends = years(this_year + 1, LAST_YEAR), years(FIRST_YEAR, OLDEST_LIKELY_YEAR - 1)
        first = (*ends, years(this_year, this_year))
        for place in first:
            cell = yield from self.ranges.ask_apart(place)
            self._places.append(place)
            if cell.cut is Cut.FAILED:
                self.refused = True
                return
        if self._held_the_same(first):
            self.ranges.ignored = True
        if self.honoured:
            for place in first:
                yield from self.ranges.explore(place)

    def _held_the_same(self, places: tuple[Place, ...]) -> bool:
        """Whether an earlier run found the same studies in ranges that share nothing."""
        cells = [self._work.book.cell(self._work.things, Axis.DATES, place.name) for place in places]
        filled = [cell for cell in cells if cell is not None and cell.distinct]
        one_run = len({cell.run for cell in filled}) == 1
        return one_run and sum(cell.distinct for cell in filled) > max(cell.on_axis for cell in filled)

    def _years(self, this_year: int) -> Generator[Question, Answer, None]:
        empty, enough, last = 0, _EMPTY_YEARS, self._in_year(this_year)
        for year in range(this_year - 1, OLDEST_LIKELY_YEAR - 1, -1):
            if last * _GROWTH > self._work.desk.rows_left:
                raise CensusOver(CensusEnd.ROWS)
            place = years(year, year)
            self._places.append(place)
            skip = (
                self._too_long(last)
                and self._work.book.cell(self._work.things, Axis.DATES, place.name) is None
            )
            if not skip:
                yield from self.ranges.ask_apart(place)
            yield from self.ranges.explore(place, skip=skip)
            if not self.honoured:
                return
            found = self._in_year(year)
            empty = 0 if found else empty + 1
            last = found or last
            if empty >= enough and year > OLDEST_LIKELY_YEAR:
                rest = yield from self.ranges.ask(years(OLDEST_LIKELY_YEAR, year - 1))
                if not rest.rows:
                    self._places.append(years(OLDEST_LIKELY_YEAR, year - 1))
                    return
                enough, empty = enough + _EMPTY_YEARS, 0

    def _too_long(self, expected: int) -> bool:
        """Whether a year is sure to be cut: then its months are asked for at once."""
        limit = self._work.limits.known
        longest = self._work.desk.longest_answer
        return expected > (longest if limit is None else min(longest, 2 * limit))

    def _in_year(self, year: int) -> int:
        found: list[tuple[Place, CellCounted]] = []
        self._gather(years(year, year), found)
        return sum(cell.distinct for _, cell in found)

    def _gather(self, place: Place, found: list[tuple[Place, CellCounted]]) -> None:
        cell = self._work.book.cell(self._work.things, Axis.DATES, place.name)
        before = len(found)
        for part in parts_of_dates(place) if cell is None or cell.rows else ():
            self._gather(part, found)
        finer = sum(each.distinct for _, each in found[before:])
        if cell is not None and cell.distinct >= finer and not (finer and cell.distinct == finer):
            del found[before:]
            found.append((place, cell))

    def verify(self, *, at_least_rows: int) -> Generator[Question, Answer, None]:
        """Split the cells that are one answer of so many rows or more."""
        for place, cell in self.leaves():
            if cell.questions == 1 and cell.largest >= at_least_rows:
                yield from self.ranges.verify(place)

    def _draw(self) -> Generator[Question, Answer, None]:
        """Days drawn at random in the years that are not counted."""
        work, desk = self._work, self._work.desk
        desk.reserved = 0
        done = {place.year for place, _ in self.leaves() if self._is_done(place)}
        this_year = work.plan.today.year
        still_open = [year for year in range(OLDEST_LIKELY_YEAR, this_year + 1) if year not in done]
        newest = max((self._in_year(year) for year in range(this_year - 1, this_year + 1)), default=0)
        draws = DayDraws(
            still_open,
            work.plan.today,
            work.plan.seed,
            rows=desk.rows_left,
            rows_a_day=max(1.0, newest / _WORKING_DAYS),
        )
        harvest = Harvest()
        try:
            while (day := draws.next_day()) is not None:
                before = harvest.rows
                part = yield from work.cutter.count(Region(dates=(day, day)), harvest)
                if part.cut in UNCUT:
                    draws.counted(len(part.keys), harvest.rows - before)
                else:
                    draws.cut()
        finally:
            self.sampled = True
            for name, sample in draws.samples:
                work.book.keep(
                    (work.things, Axis.DAYS, f"sample {name}", False), harvest, Cut.NOT, sample=sample
                )
                harvest = Harvest()

    def _is_done(self, place: Place) -> bool:
        """Whether a year was counted to the end."""
        if place.year is None:
            return False
        found: list[tuple[Place, CellCounted]] = []
        self._gather(years(place.year, place.year), found)
        wide = [cell for where, cell in found if len(where.name) == len("2019")]
        cells = [cell for _, cell in found]
        complete = bool(wide) or len(cells) == len(parts_of_dates(years(place.year, place.year)))
        return complete and all(self.ranges.cut_now(cell) is Cut.NOT for cell in cells)
