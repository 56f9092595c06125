"""Counts of several archives added up, each with the kind it has: the algebra of every total.

A sum is never better known than its parts, and the order of adding changes nothing:

- exact and exact are exact;
- an archive that was not counted, or not to its end, makes the sum a lower bound (`AtLeast`);
- an estimate adds its value and both ends of its interval; an exact number is an interval of no width.
  Errors that cancel out are not assumed: added interval ends hold the true sum at least as often as each
  interval holds its own number, however the errors hang together, as long as they are distributed alike
  to a bell curve (the standard deviation of a sum is at most the sum of the standard deviations). Beside
  a lower bound an estimate counts with its low end;
- what an archive claims of itself is added apart, for a claim bounds nothing, neither from below nor from
  above. A sum with a claim in it is `Claimed` as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dosimeter.model.census import AtLeast, Claimed, Count, Estimated, Exact, Unknown


@dataclass(frozen=True, slots=True)
class Sum:
    """What was added up. ``low``, ``value`` and ``high`` are of all that was counted or estimated.

    ``bounds``, ``estimates`` and ``claims`` say how many of the ``known`` numbers are no exact ones,
    ``unknown`` how many archives were not counted; ``claimed`` is what they claim in all.
    """

    low: int = 0
    value: int = 0
    high: int = 0
    claimed: int = 0
    known: int = 0
    unknown: int = 0
    bounds: int = 0
    estimates: int = 0
    claims: int = 0

    def __add__(self, other: Sum) -> Sum:
        """Both together."""
        return Sum(
            self.low + other.low,
            self.value + other.value,
            self.high + other.high,
            self.claimed + other.claimed,
            self.known + other.known,
            self.unknown + other.unknown,
            self.bounds + other.bounds,
            self.estimates + other.estimates,
            self.claims + other.claims,
        )

    @property
    def has_any(self) -> bool:
        """Whether anything at all was counted, estimated or claimed."""
        return self.value + self.claimed > 0

    @property
    def counted(self) -> Count:
        """The part that we counted or estimated ourselves, without the archives that claim a number."""
        if self.known == self.claims:
            return Unknown() if self.known or self.unknown else Exact(0)
        if self.bounds or self.unknown:
            return AtLeast(self.low)
        if self.estimates:
            return Estimated(self.value, self.low, self.high)
        return Exact(self.value)

    @property
    def count(self) -> Count:
        """The whole, as one number of one kind: the weakest that is in it."""
        if self.claims:
            return Claimed((self.low if self.bounds or self.unknown else self.value) + self.claimed)
        return self.counted


def sum_of(count: Count, archives: int = 1) -> Sum:
    """The number of one archive, or of several that have the same one."""
    match count:
        case Exact(value):
            total = value * archives
            return Sum(low=total, value=total, high=total, known=archives)
        case AtLeast(value):
            total = value * archives
            return Sum(low=total, value=total, high=total, known=archives, bounds=archives)
        case Estimated(value, low, high):
            return Sum(
                low=low * archives,
                value=value * archives,
                high=high * archives,
                known=archives,
                estimates=archives,
            )
        case Claimed(value):
            return Sum(claimed=value * archives, known=archives, claims=archives)
        case Unknown():
            return Sum(unknown=archives)


def add_up(counts: Iterable[Count]) -> Sum:
    """Every number once."""
    total = Sum()
    for count in counts:
        total += sum_of(count)
    return total
