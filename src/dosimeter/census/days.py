"""Which days are drawn at random, and how many, where a census cannot ask for them all (ADR 0012)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from itertools import pairwise
from math import sqrt
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from dosimeter.model.census import Sample

PILOT_WEEKDAYS: Final = 4
PILOT_WEEKEND_DAYS: Final = 3
"""Days of a stratum that are asked for first, to learn its size; never fewer."""
QUIET_DAYS: Final = 12
"""Where nothing was found a day costs no rows: so many are asked before a stratum is taken for empty."""

_QUESTION: Final = 20
"""What a question costs besides its rows, in rows."""
_SPENT: Final = 0.75
"""The part of the rows that is planned for: days are larger than thought as often as smaller."""
_SATURDAY: Final = 5

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stratum:
    """Days that resemble each other, in order. ``pilot`` is how many of them are asked for first.

    ``name`` is no finer than a year: ``2019 weekdays``, ``2005/2008 weekends``, ``2019 new year``.
    """

    name: str
    days: tuple[date, ...]
    pilot: int


def plan_strata(years: Iterable[int], today: date, rows: int, rows_a_day: float) -> tuple[Stratum, ...]:
    """Weekdays, weekends and 1 January of each year; of several years together where rows are few.

    ``rows_a_day`` is what a weekday is thought to hold, from the years that were counted. Days after
    ``today`` are left out. 1 January is always asked for: where only the year was known, or the date
    was made coarse, software writes that day.
    """
    ordered = sorted({year for year in years if year <= today.year})
    if not ordered:
        return ()
    a_year = PILOT_WEEKDAYS * (rows_a_day + _QUESTION) + PILOT_WEEKEND_DAYS * _QUESTION
    affordable = max(1, min(len(ordered), int(rows / (2 * a_year))))
    bounds = [len(ordered) * part // affordable for part in range(affordable + 1)]
    blocks = [ordered[start:end] for start, end in pairwise(bounds)]
    return tuple(stratum for block in blocks for stratum in _strata_of(block, today))


def draw_days(stratum: Stratum, n: int, seed: bytes) -> tuple[date, ...]:
    """``n`` days of the stratum, without replacement, each with the same chance.

    The first days of a longer draw with the same seed are those of a shorter one. Any beginning of
    the draw is spread over the stratum: seasons and growth widen the interval less than chance would.

    Raises:
        ValueError: the stratum has fewer days.
    """
    if not 0 <= n <= len(stratum.days):
        raise ValueError(f"{n} days of {len(stratum.days)}")
    dice = Dice(seed, stratum.name)
    start = dice.below(len(stratum.days)) if stratum.days else 0
    return tuple(_spread(stratum.days[start:] + stratum.days[:start], dice)[:n])


def allocate(samples: Sequence[Sample], rows: int, questions: int) -> tuple[int, ...]:
    """How many days of each stratum to have asked for in all, after the pilot, if ``rows`` may still come.

    Neyman's allocation with costs (Cochran 5.5): more days where days differ more, fewer where they
    are large. Deviations of so few days are uncertain, so they are drawn towards what the strata
    show together. Never fewer than were asked already, and ``questions`` more at the most.
    """
    asked = [len(one.studies) for one in samples]
    means = [sum(one.studies) / len(one.studies) if one.studies else 0.0 for one in samples]
    costs = [mean + _QUESTION for mean in means]
    weights = [
        one.units * deviation / sqrt(cost)
        for one, deviation, cost in zip(samples, _deviations(samples, means), costs, strict=True)
    ]
    least = [
        min(one.units, max(n, QUIET_DAYS)) if not mean else n
        for one, n, mean in zip(samples, asked, means, strict=True)
    ]

    def days_at(scale: float) -> tuple[int, ...]:
        return tuple(
            max(low, min(one.units, int(scale * weight)))
            for one, low, weight in zip(samples, least, weights, strict=True)
        )

    def fits(days: tuple[int, ...]) -> bool:
        more = [new - old for new, old in zip(days, asked, strict=True)]
        price = sum(extra * mean for extra, mean in zip(more, means, strict=True))
        return price <= _SPENT * rows and sum(more) <= questions

    if not fits(days_at(0.0)):
        return tuple(asked)
    low, high = (
        0.0,
        max((one.units / weight for one, weight in zip(samples, weights, strict=True) if weight), default=0.0)
        + 1.0,
    )
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

    def below(self, bound: int) -> int:
        """A number from 0 to ``bound`` - 1, each with the same chance but for one part in 2**96."""
        self._thrown += 1
        digest = blake2b(self._thrown.to_bytes(8), key=self._key, digest_size=16).digest()
        return int.from_bytes(digest) % bound


def _strata_of(years: Sequence[int], today: date) -> list[Stratum]:
    name = f"{years[0]}" if len(years) == 1 else f"{years[0]}/{years[-1]}"
    days = [day for year in years for day in _days_of(year) if day <= today]
    first = tuple(day for day in days if (day.month, day.day) == (1, 1))
    rest = [day for day in days if (day.month, day.day) != (1, 1)]
    weekdays = tuple(day for day in rest if day.weekday() < _SATURDAY)
    weekend = tuple(day for day in rest if day.weekday() >= _SATURDAY)
    found = [
        Stratum(f"{name} new year", first, len(first)),
        Stratum(f"{name} weekdays", weekdays, min(PILOT_WEEKDAYS, len(weekdays))),
        Stratum(f"{name} weekends", weekend, min(PILOT_WEEKEND_DAYS, len(weekend))),
    ]
    return [stratum for stratum in found if stratum.days]


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1)]


def _spread(days: Sequence[T], dice: Dice) -> list[T]:
    """The days in an order of which every beginning has as many of one half as of the other."""
    if len(days) <= 1:
        return list(days)
    middle = len(days) // 2
    halves = [_spread(days[:middle], dice), _spread(days[middle:], dice)]
    if dice.below(2):
        halves.reverse()
    one, other = halves
    mixed = [day for pair in zip(one, other, strict=False) for day in pair]
    return mixed + one[len(other) :] + other[len(one) :]


def _deviations(samples: Sequence[Sample], means: list[float]) -> list[float]:
    """The standard deviation of a day in each stratum, half its own, half from its mean."""
    squares = [
        sum((value - mean) ** 2 for value in one.studies) / (len(one.studies) - 1)
        if len(one.studies) > 1
        else 0.0
        for one, mean in zip(samples, means, strict=True)
    ]
    freedom = [max(0, len(one.studies) - 1) if mean else 0 for one, mean in zip(samples, means, strict=True)]
    ratios = [square / mean**2 if mean else 0.0 for square, mean in zip(squares, means, strict=True)]
    pooled = sum(ratio * n for ratio, n in zip(ratios, freedom, strict=True)) / max(1, sum(freedom))
    return [sqrt((square + pooled * mean**2) / 2 + mean) for square, mean in zip(squares, means, strict=True)]
