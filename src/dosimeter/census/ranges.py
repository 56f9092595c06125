"""An axis of closed ranges, walked from the coarse to the fine: years and months, or hours of the day."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dosimeter.census.book import Harvest
from dosimeter.census.cutting import worst
from dosimeter.census.limits import UNCUT
from dosimeter.census.work import LEVELS
from dosimeter.dicom.keyed_set import KeyedSet
from dosimeter.model.census import Axis, Cut

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from dosimeter.census.book import CellKey
    from dosimeter.census.question import Answer, Question
    from dosimeter.census.regions import Place
    from dosimeter.census.work import Work
    from dosimeter.model.facts import CellCounted


class Ranges:
    """Counts places of one axis. A place that is cut keeps its cell, and its parts become cells.

    A place whose answer was kept by an earlier run is not asked again.
    """

    def __init__(
        self,
        work: Work,
        axis: Axis,
        parts_of: Callable[[Place], tuple[Place, ...]],
        *,
        counters: bool = False,
    ) -> None:
        self.counters = counters
        self.ignored = False
        """Ranges that share nothing had studies in common."""
        self.tops = KeyedSet()
        """What was seen in this run on the axis, of ranges that share nothing."""
        self.all_of_this_run = True
        self._work = work
        self._axis = axis
        self._parts_of = parts_of

    def ask(self, place: Place, *, verify: bool = False) -> Generator[Question, Answer, CellCounted]:
        """Ask for a place as a whole, unless that was done. A month or an hour is counted to the end."""
        known = self._work.book.cell(self._work.things, self._axis, place.name, counters=self.counters)
        if known is not None:
            self.all_of_this_run = self.all_of_this_run and known.run == self._work.book.run
            return known
        if not self._parts_of(place):
            return (yield from self._work.count(self._axis, place, counters=self.counters, verify=verify))
        harvest = Harvest()
        keys = place.region.keys(LEVELS[self._work.things], counters=self.counters)
        reply = yield from self._work.desk.ask(keys)
        harvest.absorb(reply)
        harvest.add_part(reply.tally)
        return self._work.book.keep(self._key(place), harvest, reply.cut)

    def ask_apart(self, place: Place, *, verify: bool = False) -> Generator[Question, Answer, CellCounted]:
        """Ask for a place that shares nothing with those asked so before, and see whether that is so."""
        cell = yield from self.ask(place, verify=verify)
        harvest = self._harvest(place)
        if harvest is not None and self.tops.update(harvest.keys) < len(harvest.keys):
            self.ignored = True
        return cell

    def explore(
        self, place: Place, *, verify: bool = False, skip: bool = False
    ) -> Generator[Question, Answer, None]:
        """Count a place to the end; with ``skip`` its parts at once."""
        finer = self._parts_of(place)
        if not skip or not finer:
            cell = yield from self.ask(place, verify=verify)
            if not finer or not self._must_split(place, cell, verify=verify):
                return
        for part in finer:
            if self.ignored:
                return
            yield from self.explore(part, verify=verify)
        if not skip:
            self._compare(place, finer)

    def _must_split(self, place: Place, cell: CellCounted, *, verify: bool) -> bool:
        cut = self.cut_now(cell)
        if cut is Cut.FAILED or (not cell.rows and cut is Cut.NOT):
            return False
        several_years = self._axis is Axis.DATES and place.year is None
        return several_years or cut not in UNCUT or (verify and cut is Cut.UNSHOWN)

    def cut_now(self, cell: CellCounted) -> Cut:
        """Why a cell is not known to be whole, with what has been shown since it was kept."""
        limits = self._work.limits
        if cell.cut is not Cut.UNSHOWN:
            silent = limits.silent is not None and cell.largest >= limits.silent
            return Cut.SILENTLY if cell.cut is Cut.NOT and silent and cell.questions == 1 else cell.cut
        if limits.silent is not None and cell.largest >= limits.silent:
            return Cut.SILENTLY
        return Cut.NOT if cell.largest < limits.shown and not limits.erratic else Cut.UNSHOWN

    def verify(self, place: Place) -> Generator[Question, Answer, None]:
        """Split a place that was one answer, and see whether it held all that its parts hold."""
        finer = self._parts_of(place)
        harvest = self._harvest(place)
        if harvest is None or harvest.first is None or harvest.questions != 1:
            return
        if finer:
            for part in finer:
                yield from self.explore(part, verify=True)
            self._compare(place, finer)
            return
        reply = replace(harvest.first, cut=Cut.UNSHOWN if harvest.first.cut is Cut.NOT else harvest.first.cut)
        found = yield from self._work.cutter.split(place.region, harvest, reply, verify=True)
        self._work.book.keep(self._key(place), harvest, found.cut)

    def shown_whole(self) -> KeyedSet:
        """What places held that are shorter than the longest answer: these were not cut."""
        book, things = self._work.book, self._work.things
        union = KeyedSet()
        for cell in book.cells_of(things, self._axis, counters=self.counters):
            harvest = book.harvest(things, self._axis, cell.cell, counters=self.counters)
            if harvest is not None and self.cut_now(cell) is Cut.NOT:
                union.update(harvest.keys)
        return union

    def _compare(self, place: Place, finer: tuple[Place, ...]) -> None:
        """Keep the cell of a place again, now that its parts are known."""
        harvest = self._harvest(place)
        if harvest is None:
            return
        cells = [self._work.book.cell(self._work.things, self._axis, part.name) for part in finer]
        union = KeyedSet()
        for part in finer:
            self._gather(part, union)
        more = len(union) - union.overlap(harvest.keys)
        missed = len(harvest.keys) - union.overlap(harvest.keys)
        success = harvest.first is not None and harvest.first.cut in {Cut.NOT, Cut.UNSHOWN, Cut.SILENTLY}
        if more and success:
            self._work.limits.note_silent(harvest.largest)
        parts = worst([Cut.FAILED if cell is None else self.cut_now(cell) for cell in cells])
        if success and not more and not missed and parts is Cut.NOT:
            self._work.book.keep(self._key(place), harvest, Cut.NOT)
        elif success and more and self._work.book.cut_of(self._key(place)) is not Cut.SILENTLY:
            self._work.book.keep(self._key(place), harvest, Cut.SILENTLY)

    def _gather(self, place: Place, union: KeyedSet) -> None:
        harvest = self._harvest(place)
        if harvest is not None:
            union.update(harvest.keys)
        for part in self._parts_of(place):
            self._gather(part, union)

    def _harvest(self, place: Place) -> Harvest | None:
        return self._work.book.harvest(self._work.things, self._axis, place.name, counters=self.counters)

    def _key(self, place: Place) -> CellKey:
        return (self._work.things, self._axis, place.name, self.counters)
