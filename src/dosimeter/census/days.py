"""Which days are drawn at random, and how many, where a census cannot ask for them all (ADR 0012)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import blake2b
from itertools import zip_longest
from math import sqrt
from struct import Struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dosimeter.model.census import Sample

PILOT_WEEKDAYS: Final = 4
PILOT_WEEKEND_DAYS: Final = 3
"""Days of a stratum that are asked for first, to learn its size; never fewer."""
QUIET_DAYS: Final = 12
"""Where nothing was found a day costs no rows: so many more are asked where questions allow it."""

_QUESTION: Final = 20
"""What a question costs besides its rows, in rows."""
_SPENT: Final = 0.75
"""The part of the rows that is planned for: days are larger than thought as often as smaller."""
_SATURDAY: Final = 5
_EIGHT: Final = Struct(">8Q")
_OLD_TOGETHER: Final = 0.6
"""The lower, the more years share the oldest stratum; at 1 every stratum has as many. Found by simulation."""
_SHUFFLED: Final = 8
"""So few neighbouring days are simply shuffled."""


class DayKind(StrEnum):
    """Days that resemble each other."""

    NEW_YEAR = "new year"
    WEEKDAY = "weekdays"
    WEEKEND = "weekends"


_PILOT: Final = {DayKind.WEEKDAY: PILOT_WEEKDAYS, DayKind.WEEKEND: PILOT_WEEKEND_DAYS}


@dataclass(frozen=True, slots=True)
class Stratum:
    """Days of a kind in a year or some years, in order. ``pilot`` is how many are asked for first.

    ``name`` is no finer than a year: ``2019 weekdays``, ``2005/2008 weekends``, ``2019 new year``.
    """

    name: str
    kind: DayKind
    days: tuple[date, ...]
    pilot: int


def plan_strata(
    years: Iterable[int], today: date, *, rows: int, rows_a_day: float, questions: int
) -> tuple[Stratum, ...]:
    """Weekdays, weekends and 1 January of each year; of several years together where rows are few.

    At most half of ``rows`` and of ``questions`` are meant for the pilots. ``rows_a_day`` is what a
    weekday is thought to hold, from the years that were counted. Days after ``today`` are left out.
    1 January is always asked for: where only the year was known, or the date was made coarse, software
    writes that day.
    """
    ordered = sorted({year for year in years if year <= today.year})
    if not ordered:
        return ()
    a_year = (PILOT_WEEKDAYS + 1) * rows_a_day + 1  # weekend days hold little
    by_questions = questions // (2 * (PILOT_WEEKDAYS + PILOT_WEEKEND_DAYS))
    affordable = max(1, min(len(ordered), int(rows / (2 * a_year)), by_questions))
    blocks = _blocks(ordered, affordable)
    return tuple(stratum for block in blocks for stratum in _strata_of(block, today))


def days_in_turn(stratum: Stratum, seed: bytes) -> Iterator[date]:
    """All days of the stratum in the order of the draw, each with the same chance of every place.

    Any beginning of it is spread over the stratum: seasons and growth make an estimate of it vary
    less than chance would, while its interval is that of pure chance.
    """
    dice = Dice(seed, stratum.name)
    start = dice.below(len(stratum.days))
    return iter(_spread(stratum.days[start:] + stratum.days[:start], dice))


def allocate(
    strata: Sequence[Stratum], samples: Sequence[Sample], rows: int, questions: int
) -> tuple[int, ...]:
    """How many days of each stratum to have asked for in all, after the pilot, if ``rows`` may still come.

    Neyman's allocation with costs (Cochran 5.5): more days where days differ more, fewer where they
    are large. Never fewer than were asked already, and ``questions`` more at the most.
    """
    expected = _expected(strata, samples)
    ratios = {kind: _ratio(kind, strata, samples) for kind in DayKind}
    weights = [
        len(one.days) * sqrt((ratios[one.kind] * mean**2 + mean) / (mean + _QUESTION))
        for one, mean in zip(strata, expected, strict=True)
    ]
    asked = [len(one.studies) for one in samples]
    least = _at_least(strata, samples, questions)

    def days_at(scale: float) -> tuple[int, ...]:
        return tuple(
            max(low, min(len(one.days), int(scale * weight)))
            for one, low, weight in zip(strata, least, weights, strict=True)
        )

    def fits(days: tuple[int, ...]) -> bool:
        more = [new - old for new, old in zip(days, asked, strict=True)]
        price = sum(extra * mean for extra, mean in zip(more, expected, strict=True))
        return price <= _SPENT * rows and sum(more) <= questions

    if not fits(days_at(0.0)):
        return tuple(asked)
    low, high = 0.0, 366.0 * len(strata)
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if fits(days_at(middle)) else (low, middle)
    return days_at(low)


class Dice:
    """Random numbers of a seed: BLAKE2b of a counter. The same seed and label throw the same numbers."""

    __slots__ = ("_key", "_thrown")

    def __init__(self, seed: bytes, label: str) -> None:
        """Begin; ``seed`` may be of any length."""
        self._key = blake2b(label.encode(), key=blake2b(seed).digest(), digest_size=32).digest()
        self._thrown = 0

    def throw(self) -> tuple[int, ...]:
        """Eight numbers of 64 bits."""
        self._thrown += 1
        return _EIGHT.unpack(blake2b(self._thrown.to_bytes(8), key=self._key).digest())

    def below(self, bound: int) -> int:
        """A number from 0 to ``bound`` - 1; no chance differs by more than ``bound`` in 2**64."""
        return self.throw()[0] % bound


def _blocks(years: Sequence[int], number: int) -> list[Sequence[int]]:
    """The years cut into so many blocks: newest alone, older ones together, because archives grow."""
    blocks: list[Sequence[int]] = []
    rest = years
    for left in range(number, 0, -1):
        size = (
            len(rest) if left == 1 else max(1, round(len(rest) * (1 - ((left - 1) / left) ** _OLD_TOGETHER)))
        )
        size = min(size, len(rest) - left + 1)
        blocks.append(rest[-size:])
        rest = rest[: len(rest) - size]
    return blocks[::-1]


def _strata_of(years: Sequence[int], today: date) -> list[Stratum]:
    name = f"{years[0]}" if len(years) == 1 else f"{years[0]}/{years[-1]}"
    days = [day for year in years for day in _days_of(year) if day <= today]
    first = tuple(day for day in days if (day.month, day.day) == (1, 1))
    rest = [day for day in days if (day.month, day.day) != (1, 1)]
    weekdays = tuple(day for day in rest if day.weekday() < _SATURDAY)
    weekend = tuple(day for day in rest if day.weekday() >= _SATURDAY)
    found = ((DayKind.NEW_YEAR, first), (DayKind.WEEKDAY, weekdays), (DayKind.WEEKEND, weekend))
    return [
        Stratum(f"{name} {kind.value}", kind, chosen, min(_PILOT.get(kind, len(chosen)), len(chosen)))
        for kind, chosen in found
        if chosen
    ]


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1)]


def _spread(days: Sequence[date], dice: Dice) -> list[date]:
    """The days in an order of which every beginning has as many of one half as of the other."""
    if len(days) <= _SHUFFLED:
        return [day for _, day in sorted(zip(dice.throw(), days, strict=False))]
    middle = len(days) // 2
    halves = [_spread(days[:middle], dice), _spread(days[middle:], dice)]
    if dice.below(2):
        halves.reverse()
    return [day for pair in zip_longest(*halves) for day in pair if day is not None]


def _expected(strata: Sequence[Stratum], samples: Sequence[Sample]) -> list[float]:
    """What a day of each stratum is thought to hold, from the days of its neighbours in time.

    Not from its own: a stratum whose pilot happened to be low would be given fewer days, and would
    stay low, while one whose pilot was high would be mended.
    """
    means = [sum(one.studies) / len(one.studies) if one.studies else 0.0 for one in samples]
    expected = []
    for place, one in enumerate(strata):
        alike = [n for n, other in enumerate(strata) if other.kind is one.kind and n != place]
        nearest = sorted(alike, key=lambda n: abs(n - place))[:2] or [place]
        expected.append(sum(means[n] for n in nearest) / len(nearest))
    return expected


def _at_least(strata: Sequence[Stratum], samples: Sequence[Sample], questions: int) -> list[int]:
    """The days asked already; where they were empty some more, for a quarter of the questions."""
    quiet = sum(not any(sample.studies) for sample in samples)
    more = min(QUIET_DAYS, questions // 4 // max(1, quiet))
    return [
        len(sample.studies) if any(sample.studies) else min(len(one.days), len(sample.studies) + more)
        for one, sample in zip(strata, samples, strict=True)
    ]


def _ratio(kind: DayKind, strata: Sequence[Stratum], samples: Sequence[Sample]) -> float:
    """The coefficient of variation of days of a kind, squared, over all strata together."""
    found, freedom = 0.0, 0
    for one, sample in zip(strata, samples, strict=True):
        n, whole = len(sample.studies), sum(sample.studies)
        if one.kind is kind and n > 1 and whole:
            mean = whole / n
            found += sum((value - mean) ** 2 for value in sample.studies) / mean**2
            freedom += n - 1
    return found / freedom if freedom else 1.0
