"""A further axis: endings of PatientIDs, one to three characters, so that no question holds an identifier.

PatientID is a key that every archive matches with wildcards (PS3.4 Table C.6-1, C.2.2.2.4). What falls out
are patients without an identifier, or whose identifier ends in another character, so the axis is believed
only if an ending that cannot be finds nothing and the others find all that was found before (ADR 0011).
Letters may be matched whatever their case: parts may overlap, and only what is distinct counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dosimeter.census.book import Harvest
from dosimeter.census.cutting import Cutter, worst
from dosimeter.census.desk import CensusOver
from dosimeter.census.regions import ALL_PARTS, EVERYTHING, Region
from dosimeter.census.work import LEVELS
from dosimeter.dicom.keyed_set import KeyedSet
from dosimeter.model.census import Axis, Cut, Things

if TYPE_CHECKING:
    from collections.abc import Generator

    from dosimeter.census.desk import Desk, Reply
    from dosimeter.census.question import Answer, Question
    from dosimeter.census.work import Work
    from dosimeter.dicom.count_query import CountLevel
    from dosimeter.model.facts import CellCounted

IMPOSSIBLE: Final = "#:/"
"""No identifier ends so."""


def ask_impossible(desk: Desk, level: CountLevel, harvest: Harvest) -> Generator[Question, Answer, Reply]:
    """Ask for an ending that cannot be, which must find nothing; if it does, that is not counted."""
    reply = yield from desk.ask(Region(ending=IMPOSSIBLE).keys(level), optional=True)
    harvest.pay_for(reply)
    return reply


class Endings:
    """Counts studies, or patients, by the endings of PatientIDs.

    If they are ``few`` an answer is split only if the archive says that it cut it, and the first that holds
    all that was seen is the last: where one ending is as good as all, no other shows that they are all.
    """

    def __init__(self, work: Work, things: Things, *, counters: bool, few: bool = False) -> None:
        self.ignored = False
        """A made-up ending was found: the archive does not look at PatientID."""
        self._work = work
        self._things = things
        self._counters = counters
        self._few = few

    def count(self) -> Generator[Question, Answer, CellCounted]:
        """Count all as one cell, whose cut is NOT only if the axis is believed."""
        work = self._work
        key = (self._things, Axis.PATIENT_IDS, ALL_PARTS[Axis.PATIENT_IDS], self._counters)
        harvest = Harvest()
        cutter = Cutter(work.desk, LEVELS[self._things], counters=self._counters)
        cutter.optional = True
        try:
            made_up = yield from ask_impossible(work.desk, LEVELS[self._things], harvest)
            self.ignored = made_up.tally.rows > 0 and not made_up.refused
            if made_up.refused or self.ignored:
                return work.book.keep(key, harvest, Cut.FAILED)
            cut, union = yield from self._all(cutter, harvest)
        except CensusOver as over:
            work.keep_partial(key, harvest, over.end)
            raise
        seen = work.book.seen(self._things)
        if not union.holds(seen) or (not len(union) and not len(seen)):
            cut = worst([cut, Cut.SILENTLY])
        return work.book.keep(key, harvest, cut)

    def _all(self, cutter: Cutter, harvest: Harvest) -> Generator[Question, Answer, tuple[Cut, KeyedSet]]:
        union, cuts = KeyedSet(), []
        seen = self._work.book.seen(self._things)
        for part in EVERYTHING.by_endings():
            found = yield from cutter.count(part, harvest, verify=not self._few)
            cuts.append(found.cut)
            union.update(found.keys)
            is_all = self._few and found.cut is Cut.UNSHOWN and found.keys.holds(seen)
            if found.cut is Cut.FAILED or is_all:
                break
        return worst(cuts), union
