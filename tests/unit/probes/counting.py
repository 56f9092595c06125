"""A census that is not planned but written down, and what the run it belongs to was told."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import date

from dosimeter.census.question import Answer, Question
from dosimeter.dicom.count_query import CountKeys, CountLevel
from dosimeter.dicom.keyed_set import KeyedSet
from dosimeter.model.census import Axis, CensusEnd, Cut, Things
from dosimeter.model.facts import CellCounted, Ending, QueryService, Titles
from dosimeter.probes._declare import Counting

TITLES = Titles("NOBODY-00C0DE", "DOSIMETER")
KEY = bytes(range(32))


def year(number: int, service: QueryService = QueryService.STUDY_ROOT, **limits: int) -> Question:
    """The studies of one year, within limits that are far away unless named."""
    keys = CountKeys(CountLevel.STUDY, dates=(date(number, 1, 1), date(number, 12, 31)))
    return Question(service, keys, limits.get("rows", 100_000), limits.get("received", 1 << 28))


def cell_of(question: Question, answer: Answer) -> CellCounted:
    """The cell that one question and its answer make."""
    assert question.keys.dates is not None
    return CellCounted(
        titles=TITLES,
        service=question.service,
        things=Things.STUDIES,
        axis=Axis.DATES,
        cell=str(question.keys.dates[0].year),
        with_counters=False,
        cut=Cut.NOT if answer.ending is Ending.STATUS else Cut.FAILED,
        ending=answer.ending,
        status=answer.status,
        questions=1,
        rows=answer.tally.rows,
        distinct=len(answer.tally.keys),
        fresh=len(answer.tally.keys),
        on_axis=len(answer.tally.keys),
        largest=answer.tally.rows,
        received=answer.tally.received,
        milliseconds=answer.milliseconds,
    )


@dataclass
class WrittenCensus:
    """Asks these questions, one after the other, until an answer says stop."""

    asks: list[Question]
    answers: list[Answer] = field(default_factory=list)
    cells: list[CellCounted] = field(default_factory=list)
    studies: KeyedSet = field(default_factory=KeyedSet)
    end: CensusEnd = CensusEnd.ALL_ASKED

    def questions(self) -> Generator[Question, Answer, None]:
        """The plan."""
        for question in self.asks:
            answer = yield question
            self.answers.append(answer)
            self.studies.update(answer.tally.keys)
            self.cells.append(cell_of(question, answer))
            if answer.stop is not None:
                self.end = answer.stop
                return


@dataclass
class Run:
    """What the run around a census was given to keep."""

    known: tuple[CellCounted, ...] = ()
    kept: list[CellCounted] = field(default_factory=list)
    held: list[tuple[Titles, KeyedSet]] = field(default_factory=list)

    @property
    def counting(self) -> Counting:
        """The same, as a probe is given it."""
        return Counting(KEY, self.known, self.kept.append, lambda *held: self.held.append(held))
