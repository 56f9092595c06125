"""Asks one question, books what it cost, and says when no more may be asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from dosimeter.census.limits import OUT_OF_RESOURCES, Limits
from dosimeter.census.question import Answer, Question
from dosimeter.model.census import CensusEnd, Cut
from dosimeter.model.facts import Ending, QueryService

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from dosimeter.dicom.count_query import CountKeys, CountLevel
    from dosimeter.dicom.tally import RowTally
    from dosimeter.model.facts import CellCounted
    from dosimeter.model.scope import CountBudget

MOST_QUESTIONS: Final = 6_000
"""An archive that has to be asked more than so often is not worth its trouble."""
_LATER_THAN_ECHO: Final = 3
_LOST: Final = frozenset({Ending.ABORT, Ending.CLOSE, Ending.BAD_ANSWER})


class CensusOver(Exception):
    """Nothing more may be asked."""

    def __init__(self, end: CensusEnd) -> None:
        super().__init__(end)
        self.end = end


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, and whether it is whole as far as the archive has shown by then."""

    cut: Cut
    ending: Ending
    status: int | None
    tally: RowTally
    milliseconds: int

    @property
    def refused(self) -> bool:
        """It was no answer: not a row, and no Success."""
        return self.cut is Cut.FAILED


class Desk:
    """Where questions leave and answers arrive. All spending is known here."""

    def __init__(
        self,
        service: QueryService,
        budget: CountBudget,
        first_echo_milliseconds: int,
        known: Iterable[CellCounted] = (),
    ) -> None:
        self.service = service
        self.over: CensusEnd | None = None
        """Set by an answer after which nothing may be asked."""
        self.reserved = 0
        """Rows kept back for days drawn at random."""
        self._budget = budget
        self._too_late = max(
            _LATER_THAN_ECHO * first_echo_milliseconds, round(budget.patience_seconds * 1000)
        )
        self._questions = self._rows = self._received = self._milliseconds = 0
        for cell in known:
            self._questions += cell.questions
            self._rows += cell.rows
            self._received += cell.received
            self._milliseconds += cell.milliseconds
        self._limits: dict[CountLevel, Limits] = {}

    @property
    def rows_left(self) -> int:
        """Rows that may still be asked for."""
        return self._budget.rows - self._rows - self.reserved

    @property
    def longest_answer(self) -> int:
        """The most rows that one question may ask for now."""
        return max(0, min(self._budget.rows_per_answer, self.rows_left))

    @property
    def budget_rows(self) -> int:
        """Rows that the scope allows in all."""
        return self._budget.rows

    def limits(self, level: CountLevel) -> Limits:
        """What the archive has shown at this level."""
        return self._limits.setdefault(level, Limits())

    def ask(self, keys: CountKeys, *, optional: bool = False) -> Generator[Question, Answer, Reply]:
        """Ask, and book the answer. To an optional question a lost association is an answer too.

        Limits may differ by level: an answer at one shows nothing of another.

        Raises:
            CensusOver: nothing may be asked; what was answered before stands.
        """
        self._check()
        if self.service is QueryService.PATIENT_ROOT:
            keys = replace(keys, patient_root=True)
        answer = yield Question(
            self.service, keys, self.longest_answer, self._budget.received_bytes - self._received
        )
        tally = answer.tally
        self._questions += 1
        self._rows += tally.rows
        self._received += tally.received
        self._milliseconds += answer.milliseconds
        limits = self.limits(keys.level)
        cut = limits.cut_of(answer.ending, answer.status, tally.rows)
        limits.note(tally.rows, cut)
        self.over = self._end_after(answer, optional=optional)
        return Reply(cut, answer.ending, answer.status, tally, answer.milliseconds)

    def _check(self) -> None:
        end = self.over
        if end is None and self._questions >= MOST_QUESTIONS:
            end = CensusEnd.QUESTIONS
        if end is None and self.rows_left <= 0:
            end = CensusEnd.ROWS
        if end is None and self._received >= self._budget.received_bytes:
            end = CensusEnd.BYTES
        if end is None and self._milliseconds >= self._budget.seconds * 1000:
            end = CensusEnd.SECONDS
        if end is not None:
            raise CensusOver(end)

    def _end_after(self, answer: Answer, *, optional: bool) -> CensusEnd | None:
        if answer.stop is not None:
            return answer.stop
        if answer.status == OUT_OF_RESOURCES and answer.ending is Ending.STATUS:
            return CensusEnd.OUT_OF_RESOURCES
        if answer.ending is Ending.SILENCE:
            return CensusEnd.SILENT
        if answer.ending in _LOST and not optional:
            return CensusEnd.REFUSED
        late = max(answer.first_milliseconds, answer.echo_milliseconds or 0)
        return CensusEnd.SLOW if late > self._too_late else None
