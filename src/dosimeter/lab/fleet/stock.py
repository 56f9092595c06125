"""What an archive of the fleet holds, as a formula: no study of it is ever written down.

Studies are numbered from 0 in the order of their dates; the last ones may have none. The last three digits of
a number say all that differs between studies of a block, the digits before them which block it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from dosimeter.lab.fleet.pattern import BLOCK, Pattern, pattern_of

LARGEST: Final = 999_999_999
"""The number of a block has six digits."""
_FEW_IMAGES: Final = 6
"""Images of a study, on average, below which every study is one series."""


@dataclass(frozen=True)
class Stock:
    """So many studies and images, exactly, on the days from ``first`` to ``last``, evenly.

    ``number`` tells archives apart: it is in every UID. ``studies_each`` are those of a patient: it divides
    1,000 and ``studies``, so that a patient is in one block. ``undated`` have a time and no date.

    Raises:
        ValueError: it does not divide them, or there are fewer images than series.
    """

    number: int
    studies: int
    images: int
    first: date
    last: date
    undated: int = 0
    studies_each: int = 1

    def __post_init__(self) -> None:
        if BLOCK % self.studies_each or self.studies % self.studies_each:
            raise ValueError(f"{self.studies_each} studies of a patient do not divide {self.studies:,}")
        if self.images < self.series or self.studies > LARGEST or self.undated > self.studies:
            raise ValueError(f"{self.images:,} images in {self.studies:,} studies are no archive")

    @cached_property
    def pattern(self) -> Pattern:
        """What differs between its studies."""
        return pattern_of(self.number, single=self.images < _FEW_IMAGES * self.studies)

    @property
    def patients(self) -> int:
        """People."""
        return self.studies // self.studies_each

    @cached_property
    def series(self) -> int:
        """Series of all studies."""
        return self._sum(self.pattern.series_before)

    @cached_property
    def images_at(self) -> tuple[int, ...]:
        """Images of a study by its place in its block; the first `longer` studies have one more."""
        every, share = self._shares
        pattern = self.pattern
        return tuple(
            series + every + further * share[0] // share[1]
            for series, further in zip(pattern.series, pattern.further, strict=True)
        )

    @cached_property
    def longer(self) -> int:
        """How many studies, from the first on, have one image more than their place says."""
        whole, rest = divmod(self.studies, BLOCK)
        return self.images - whole * sum(self.images_at) - sum(self.images_at[:rest])

    @cached_property
    def _shares(self) -> tuple[int, tuple[int, int]]:
        """Images of every study beyond its series, and of those beyond them what part is in proportion.

        What rounding leaves is less than one image for each study: that is what `longer` is for.
        """
        free, further = self.images - self.series, self._sum(self.pattern.further_before)
        return (0, (free, further)) if further else (free // self.studies if self.studies else 0, (0, 1))

    def _sum(self, before: tuple[int, ...]) -> int:
        whole, rest = divmod(self.studies, BLOCK)
        return whole * before[-1] + before[rest]

    @property
    def dated(self) -> int:
        """Studies that have a date: the first so many."""
        return self.studies - self.undated

    @property
    def days(self) -> int:
        """From the first day to the last, both included."""
        return (self.last - self.first).days + 1

    def before(self, day: date) -> int:
        """How many studies have an earlier date."""
        passed = min(self.days, max(0, (day - self.first).days))
        return self.dated * passed // self.days

    def day_of(self, study: int) -> date | None:
        """The date of a study."""
        if study >= self.dated:
            return None
        return self.first + timedelta(days=-(-(study + 1) * self.days // self.dated) - 1)

    def years(self) -> dict[int, int]:
        """Studies by the year of their date."""
        span = range(self.first.year, self.last.year + 1)
        found = {year: self.before(date(year + 1, 1, 1)) - self.before(date(year, 1, 1)) for year in span}
        return {year: studies for year, studies in found.items() if studies}
