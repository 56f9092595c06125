"""A worklist: all at once, then by closed ranges of the scheduled date.

Every entry has one (PS3.4 Table K.6-1, type 1), so the dates leave nothing out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dosimeter.census.limits import UNCUT
from dosimeter.census.ranges import Ranges
from dosimeter.census.regions import ALL_AT_ONCE, FIRST_YEAR, LAST_YEAR, parts_of_dates, years
from dosimeter.model.census import Axis, Cut

if TYPE_CHECKING:
    from collections.abc import Generator

    from dosimeter.census.question import Answer, Question
    from dosimeter.census.work import Work
    from dosimeter.model.facts import CellCounted


class Scheduled:
    """Counts the entries of a worklist."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._ranges = Ranges(work, Axis.DATES, parts_of_dates)

    def count(self) -> Generator[Question, Answer, None]:
        """Count all entries; the dates show whether one answer held them all."""
        whole = self._work.book.cell(self._work.things, Axis.WHOLE, ALL_AT_ONCE.name)
        if whole is None:
            whole = yield from self._work.ask_once(Axis.WHOLE, ALL_AT_ONCE)
        year = self._work.plan.today.year
        places = (
            years(year, year),
            years(year + 1, year + 1),
            years(year - 1, year - 1),
            years(year + 2, LAST_YEAR),
            years(FIRST_YEAR, year - 2),
        )
        for place in places:
            cell = yield from self._ranges.ask_apart(place, verify=True)
            if cell.cut is Cut.FAILED or self._ranges.ignored:
                return
        for place in places:
            yield from self._ranges.explore(place, verify=True)
        self._settle(whole)

    def _settle(self, whole: CellCounted) -> None:
        """One answer is all if it holds what the dates hold, and these were not cut."""
        work = self._work
        key = (work.things, Axis.WHOLE, ALL_AT_ONCE.name, False)
        harvest = work.book.harvest(work.things, Axis.WHOLE, ALL_AT_ONCE.name)
        if harvest is None or whole.cut not in UNCUT or not whole.rows:
            return
        seen = work.book.seen(work.things)
        if not harvest.keys.holds(seen):
            work.limits.note_silent(whole.largest)
            work.book.keep_as(key, Cut.SILENTLY)
            return
        if len(self._ranges.shown_whole()) == len(harvest.keys):
            work.book.keep_as(key, Cut.NOT)
