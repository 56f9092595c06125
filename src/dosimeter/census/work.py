"""What the steps of a census share: the plan, the desk, the book, and how a named region is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from dosimeter.census.book import Book, Harvest
from dosimeter.census.cutting import Cutter
from dosimeter.census.desk import CensusOver, Desk
from dosimeter.dicom.count_query import CountLevel
from dosimeter.model.census import Axis, CensusEnd, Cut, Things
from dosimeter.model.facts import CellCounted, QueryService, Titles
from dosimeter.model.scope import CountBudget

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from dosimeter.census.limits import Limits
    from dosimeter.census.question import Answer, Question
    from dosimeter.census.regions import Place

_BUDGET_ENDS: Final = frozenset(
    {CensusEnd.ROWS, CensusEnd.BYTES, CensusEnd.SECONDS, CensusEnd.ASSOCIATIONS, CensusEnd.QUESTIONS}
)

LEVELS: Final = {
    Things.PATIENTS: CountLevel.PATIENT,
    Things.STUDIES: CountLevel.STUDY,
    Things.SERIES: CountLevel.SERIES,
    Things.INSTANCES: CountLevel.IMAGE,
    Things.WORKLIST_ITEMS: CountLevel.WORKLIST,
}


MARGIN: Final = 1.2
"""A step is begun if the rows left are so much more than it should take."""


@dataclass(frozen=True, slots=True)
class CensusPlan:
    """One archive, or one worklist, to be counted. ``seed`` draws the random days.

    ``patient_root_answers`` if the Patient Root answered a null query under the same titles.
    """

    service: QueryService
    titles: Titles
    budget: CountBudget
    first_echo_milliseconds: int
    today: date
    seed: bytes
    patient_root_answers: bool = False


class Work:
    """One census under way."""

    def __init__(self, plan: CensusPlan, known: Iterable[CellCounted]) -> None:
        self.plan = plan
        self.book = Book(plan.titles, plan.service, known)
        self.desk = Desk(plan.service, plan.budget, plan.first_echo_milliseconds, self.book.cells)
        self.things = Things.WORKLIST_ITEMS if plan.service is QueryService.WORKLIST else Things.STUDIES
        self.cutter = Cutter(self.desk, LEVELS[self.things])
        for cell in self.book.cells:
            self.desk.limits(LEVELS[cell.things]).note(cell.largest, Cut.NOT)
        for cell in self.book.cells:
            if cell.cut is Cut.SILENTLY and cell.questions == 1 and not cell.with_counters:
                self.desk.limits(LEVELS[cell.things]).note_silent(cell.largest)
        self.believes_nothing = False
        """The answers turned out not to depend on the question."""

    @property
    def is_worklist(self) -> bool:
        """Whether scheduled steps are counted and not studies."""
        return self.things is Things.WORKLIST_ITEMS

    @property
    def limits(self) -> Limits:
        """What the archive has shown of its limit at the level that is counted."""
        return self.desk.limits(LEVELS[self.things])

    def count(
        self,
        axis: Axis,
        place: Place,
        *,
        things: Things | None = None,
        counters: bool = False,
        verify: bool = False,
    ) -> Generator[Question, Answer, CellCounted]:
        """Count a place as one cell, however finely it has to be cut, and keep the cell.

        Raises:
            CensusOver: nothing more may be asked; what was seen of the cell is kept.
        """
        key = (things or self.things, axis, place.name, counters)
        cutter = self.cutter
        if key[0] is not self.things or counters:
            cutter = Cutter(self.desk, LEVELS[key[0]], counters=counters)
            cutter.optional = True
        harvest = Harvest()
        try:
            part = yield from cutter.count(place.region, harvest, verify=verify)
        except CensusOver as over:
            self.keep_partial(key, harvest, over.end)
            raise
        return self.book.keep(key, harvest, part.cut)

    def ask_once(
        self, axis: Axis, place: Place, *, things: Things | None = None, counters: bool = False
    ) -> Generator[Question, Answer, CellCounted]:
        """Ask for a place as one cell, in one question, and keep what comes. A refusal ends nothing."""
        key = (things or self.things, axis, place.name, counters)
        harvest = Harvest()
        reply = yield from self.desk.ask(place.region.keys(LEVELS[key[0]], counters=counters), optional=True)
        harvest.absorb(reply)
        harvest.add_part(reply.tally)
        return self.book.keep(key, harvest, reply.cut)

    def keep_partial(self, key: tuple[Things, Axis, str, bool], harvest: Harvest, end: CensusEnd) -> None:
        """Keep what was seen of a cell before nothing more could be asked."""
        if harvest.questions:
            self.book.keep(key, harvest, Cut.BY_BUDGET if end in _BUDGET_ENDS else Cut.FAILED)
