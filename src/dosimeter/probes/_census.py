"""Performs a census over one line: asks what it plans, keeps what it finds, says when it must stop."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from dosimeter.census.question import Answer
from dosimeter.dicom import uids
from dosimeter.dicom.tally import RowTally
from dosimeter.model.attempt import Cause
from dosimeter.model.census import CensusEnd
from dosimeter.model.facts import AssociationAccepted, CellCounted, CensusEnded, Ending
from dosimeter.net.causes import AuthorisedTimeOver, WireFailure
from dosimeter.net.counting import CountLimits
from dosimeter.net.scu import FIND_SYNTAX
from dosimeter.probes._association import associate
from dosimeter.probes._proposals import count_proposal

if TYPE_CHECKING:
    from collections.abc import Generator

    from dosimeter.census.question import Question
    from dosimeter.dicom.keyed_set import KeyedSet
    from dosimeter.model.facts import QueryService, Titles
    from dosimeter.model.scope import CountBudget
    from dosimeter.net.dialer import Line
    from dosimeter.net.scu import Scu
    from dosimeter.probes._declare import Counting

LONG_ANSWER_MILLISECONDS: Final = 1000
"""After a longer one a C-ECHO tells whether the archive suffers."""

_OURS: Final = frozenset({Cause.LOCAL, Cause.OUT_OF_SCOPE})
"""Causes that say nothing about the peer."""
_END_OF: Final = {
    Cause.BUSY: CensusEnd.BUSY,
    Cause.TIMED_OUT: CensusEnd.SILENT,
    Cause.UNREACHABLE: CensusEnd.SILENT,
}
_NOT_ASKED: Final = {
    CensusEnd.ROWS: Ending.BUDGET,
    CensusEnd.BYTES: Ending.BUDGET,
    CensusEnd.SECONDS: Ending.BUDGET,
    CensusEnd.ASSOCIATIONS: Ending.BUDGET,
    CensusEnd.SILENT: Ending.SILENCE,
}
"""How a question ended that could not be asked; the line was closed to all others."""
_LOST: Final = frozenset({Ending.CLOSE, Ending.ABORT})
"""How a peer ends an association; it is no word on the question."""


class PlannedCensus(Protocol):
    """A census as its performer sees it."""

    @property
    def cells(self) -> list[CellCounted]:
        """The cells counted so far, those of a run before at its head; it grows."""

    @property
    def studies(self) -> KeyedSet:
        """The studies seen, hashed under the key of this process."""

    @property
    def end(self) -> CensusEnd:
        """Why there is no question left, once there is none."""

    def questions(self) -> Generator[Question, Answer, None]:
        """Yields what to ask, and is sent what came of it."""


@dataclass(slots=True)
class _Spent:
    """What a census cost the archive; ``received`` in bytes of PDUs."""

    questions: int = 0
    rows: int = 0
    received: int = 0
    milliseconds: int = 0
    associations: int = 0

    def add(self, questions: int, rows: int, received: int, milliseconds: int) -> None:
        self.questions += questions
        self.rows += rows
        self.received += received
        self.milliseconds += milliseconds


class Performer:
    """Asks the questions of censuses, one after the other, all within one ``budget``.

    A lost association is asked for again only if there is a question left, spaced by the pace. If it had
    answered a question, the one at which it was lost is put once more: many archives close after so many
    questions or seconds. ``is_deaf`` once the archive sent on after C-CANCEL: nothing more is asked.
    """

    def __init__(self, line: Line, counting: Counting, budget: CountBudget) -> None:
        self._line = line
        self._counting = counting
        self._spent = _Spent()
        self._answered = 0
        """Questions answered on the present association."""
        self._rows_left = budget.rows
        self._bytes_left = budget.received_bytes
        self.associations_left = budget.associations
        self.is_deaf = False

    async def perform(self, census: PlannedCensus, titles: Titles) -> CensusEnded:
        """Ask until nothing more is to be asked. Each new cell is kept before the next question.

        What the cells of a run before had cost is part of what is returned.

        Raises:
            WireFailure: our own machine failed, or the scope says no.
            AuthorisedTimeOver: the authorisation or its hours have ended.
            InterruptedWait: the loop is ending; the association is to be aborted.
        """
        spent = self._spent = _Spent()
        for cell in census.cells:
            self._spend(cell.questions, cell.rows, cell.received, cell.milliseconds)
        kept = len(census.cells)
        with closing(census.questions()) as questions:
            question = next(questions, None)
            while True:
                for cell in census.cells[kept:]:
                    self._counting.keep(cell)
                kept = len(census.cells)
                if question is None:
                    break
                question = _send(questions, await self._answer(question, titles))
        return CensusEnded(
            titles,
            census.end,
            questions=spent.questions,
            rows=spent.rows,
            received=spent.received,
            associations=spent.associations,
            milliseconds=spent.milliseconds,
        )

    async def _answer(self, question: Question, titles: Titles) -> Answer:
        """What came of it; of a question that was put again, what came the second time."""
        answer = await self._ask(question, titles)
        if isinstance(answer, CensusEnd):
            tally = RowTally(self._counting.key, question.keys.level, counters=question.keys.counters)
            ending = _NOT_ASKED.get(answer, Ending.CLOSE)
            return Answer(ending, None, tally, 0, 0, None, self._spent.associations, answer)
        if answer.ending not in _LOST or answer.stop is not None or not self._answered:
            return answer
        again = await self._ask(question, titles)
        if isinstance(again, CensusEnd):
            return replace(answer, associations=self._spent.associations, stop=again)
        return again

    async def _ask(self, question: Question, titles: Titles) -> Answer | CensusEnd:
        """Put it once: what came of it, or why it could not be put."""
        line = self._line
        try:
            line.check_time()
        except AuthorisedTimeOver:
            await line.hang_up()
            raise
        if (end := self._used_up()) is not None:
            return end
        association = await self._association(titles, question.service)
        if isinstance(association, CensusEnd):
            return association
        tally = RowTally(self._counting.key, question.keys.level, counters=question.keys.counters)
        limits = CountLimits(
            min(question.most_rows, self._rows_left),
            min(question.most_bytes, self._bytes_left),
            line.now() + line.seconds_left(),
        )
        counted = await association.count(question.service, question.keys, tally, limits)
        self._spend(1, tally.rows, tally.received, counted.milliseconds)
        self._answered += counted.ending is Ending.STATUS
        self.is_deaf = counted.is_deaf
        echo = None
        if counted.milliseconds > LONG_ANSWER_MILLISECONDS and association.is_open:
            echo = await _echo(association)
        return Answer(
            counted.ending,
            counted.status,
            tally,
            counted.milliseconds,
            counted.first_milliseconds,
            echo,
            self._spent.associations,
            await self._stop(),
        )

    def _spend(self, questions: int, rows: int, received: int, milliseconds: int) -> None:
        self._spent.add(questions, rows, received, milliseconds)
        self._rows_left -= rows
        self._bytes_left -= received

    def _used_up(self) -> CensusEnd | None:
        """What of the budget is, though the census is not told of rows that were sent twice."""
        if self._rows_left <= 0:
            return CensusEnd.ROWS
        return CensusEnd.BYTES if self._bytes_left <= 0 else None

    async def _stop(self) -> CensusEnd | None:
        """Why no other question can be asked, if none can."""
        if self._line.seconds_left() <= 0:
            return CensusEnd.SECONDS
        if self.is_deaf:
            return self._used_up() or CensusEnd.ROWS
        association = self._line.association
        if association is not None and not association.is_open:
            await self._line.hang_up()
            if not self.associations_left:
                return CensusEnd.ASSOCIATIONS
        return None

    async def _association(self, titles: Titles, service: QueryService) -> Scu | CensusEnd:
        """The open association under these titles, or a new one, or why there is none."""
        line = self._line
        association = line.association
        if association is None or not association.is_open or association.titles != titles:
            refused = await self._associate(titles)
            if refused is not None:
                return refused
            association = line.association
        if association is None or not association.has(FIND_SYNTAX[service]):
            return CensusEnd.REFUSED
        return association

    async def _associate(self, titles: Titles) -> CensusEnd | None:
        if not self.associations_left:
            return CensusEnd.ASSOCIATIONS
        self.associations_left -= 1
        self._spent.associations += 1
        self._answered = 0
        try:
            fact = await associate(self._line, count_proposal(titles))
        except WireFailure as failure:
            if failure.cause in _OURS:
                raise
            return _END_OF.get(failure.cause, CensusEnd.REFUSED)
        return None if isinstance(fact, AssociationAccepted) else CensusEnd.REFUSED


async def _echo(association: Scu) -> int | None:
    return (await association.echo()).milliseconds if association.has(uids.VERIFICATION) else None


def _send(questions: Generator[Question, Answer, None], answer: Answer) -> Question | None:
    try:
        return questions.send(answer)
    except StopIteration:
        return None
