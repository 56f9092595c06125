"""One day after the other: what to ask next while a census counts days drawn at random (ADR 0012)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from dosimeter.census.days import Stratum, allocate, days_in_turn, plan_strata
from dosimeter.model.census import Sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

_ROOM: Final = 4
"""A day is asked for only if so many times what the stratum's days hold is left: a day cut in the middle
spoils its stratum."""
_MOST_QUESTIONS: Final = 400


@dataclass(slots=True)
class _Draw:
    stratum: Stratum
    days: Iterator[date]
    goal: int
    studies: list[int] = field(default_factory=list)
    spoilt: bool = False

    @property
    def sample(self) -> Sample:
        return Sample(len(self.stratum.days), () if self.spoilt else tuple(self.studies))


class DayDraws:
    """The days to ask for in the years that are open, in turn, and what they held.

    First a pilot of every stratum in rounds, then as many more as the rows allow. Use: `next_day`,
    ask for it, then `counted` or `cut`; until `next_day` is None. ``seed`` decides the days.
    """

    def __init__(
        self,
        years: Iterable[int],
        today: date,
        seed: bytes,
        *,
        rows: int,
        rows_a_day: float,
        questions: int = _MOST_QUESTIONS,
    ) -> None:
        """Plan for ``rows`` rows; ``rows_a_day`` is what a weekday is thought to hold."""
        self._rows = rows
        self._questions = questions
        self._draws = [
            _Draw(stratum, days_in_turn(stratum, seed), stratum.pilot)
            for stratum in plan_strata(years, today, rows=rows, rows_a_day=rows_a_day, questions=questions)
        ]
        self._now: _Draw | None = None
        self._in_pilot = True

    @property
    def samples(self) -> tuple[tuple[str, Sample], ...]:
        """The name of each stratum and its sample; a stratum of which a day was cut has no days in it."""
        return tuple((draw.stratum.name, draw.sample) for draw in self._draws)

    def next_day(self) -> date | None:
        """The day to ask for now; None when enough was asked, or no estimate can come of more."""
        if self._now is not None:
            raise ValueError("the day asked for was neither counted nor cut")
        if any(draw.spoilt for draw in self._draws) or self._questions <= 0:
            return None
        self._now = self._least_asked()
        if self._now is None and self._in_pilot:
            self._in_pilot = False
            strata = [draw.stratum for draw in self._draws]
            goals = allocate(strata, [draw.sample for draw in self._draws], self._rows, self._questions)
            for draw, goal in zip(self._draws, goals, strict=True):
                draw.goal = goal
            self._now = self._least_asked()
        return None if self._now is None else next(self._now.days)

    def counted(self, studies: int, rows: int) -> None:
        """The day asked for held so many studies, and cost so many rows."""
        self._asked().studies.append(studies)
        self._rows -= rows
        self._questions -= 1

    def cut(self) -> None:
        """The day asked for could not be counted whole: its stratum says nothing, and no estimate comes."""
        self._asked().spoilt = True

    def _asked(self) -> _Draw:
        draw, self._now = self._now, None
        if draw is None:
            raise ValueError("no day was asked for")
        return draw

    def _least_asked(self) -> _Draw | None:
        """In rounds, so that an early end leaves every stratum with nearly its share."""
        wanting = [draw for draw in self._draws if len(draw.studies) < draw.goal and self._affords(draw)]
        return min(wanting, key=lambda draw: len(draw.studies) / draw.goal, default=None)

    def _affords(self, draw: _Draw) -> bool:
        """During the pilot every day is asked: without it there is no estimate."""
        if self._in_pilot:
            return True
        return self._rows >= _ROOM * sum(draw.studies) / len(draw.studies)
