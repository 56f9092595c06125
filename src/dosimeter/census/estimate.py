"""From days drawn at random to a number with an interval, for years too large to be counted (ADR 0012).

Design: stratified sampling without replacement, the day as unit, equal chances within a stratum.
Expansion estimator with finite-population correction, variance by stratum, Satterthwaite's degrees of
freedom, Student's t (Cochran, Sampling Techniques, 3rd ed., chapters 2 and 5). The estimate is of
studies that have a date: a study without one is in no day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, floor, sqrt
from typing import TYPE_CHECKING, Final

from dosimeter.model.census import Estimated
from dosimeter.model.message import say

if TYPE_CHECKING:
    from dosimeter.model.census import Sample

DATED_ONLY: Final = say(
    "The estimate is of studies that have a date, from days drawn at random; "
    "those without a date are not in it."
)
"""The remark that goes with every estimate."""

# fmt: off
_STUDENT: Final = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)
# fmt: on
"""The 97.5 % quantile of Student's t for 1 to 30 degrees of freedom."""


_ONE_BUSY_DAY: Final = 20
"""The upper end leaves room for one day that was not drawn and holds as much as so many others: an import
of old studies under one date, say."""


@dataclass(frozen=True, slots=True)
class _Stratum:
    """What one stratum adds: its estimated total, the variance of that, and the degrees of freedom."""

    total: float
    variance: float
    freedom: int


def estimate(exact_part: int, samples: Sequence[Sample]) -> Estimated | None:
    """Studies in all: those counted one by one outside of the samples, and what the samples stand for.

    None where the samples carry no interval: a stratum of which fewer than two days were counted, unless
    it has no more, or nothing found on any of the days drawn. A day that was cut must not be in a sample:
    its whole stratum is to be left uncounted, and then there is no estimate.

    Raises:
        ValueError: more days were counted than the stratum has.
    """
    counted = exact_part + sum(sum(one.studies) for one in samples)
    strata = []
    for one in samples:
        days = len(one.studies)
        if days > one.units:
            raise ValueError(f"{days} days were counted of {one.units}")
        if days < min(2, one.units):
            return None
        if days:
            strata.append(_expanded(one.units, one.studies))
    unseen_days = sum(one.units - len(one.studies) for one in samples)
    if not unseen_days:
        return Estimated(counted, counted, counted)
    unseen = exact_part + sum(each.total for each in strata) - counted
    if unseen <= 0:
        return None
    # On the scale of logarithms: day counts are skewed, and what is missed is missed above.
    reach = exp(student(_freedom(strata)) * sqrt(sum(each.variance for each in strata)) / unseen)
    busy = min(_ONE_BUSY_DAY, unseen_days) * unseen / unseen_days
    return Estimated(
        value=counted + round(unseen),
        low=counted + floor(unseen / reach),
        high=counted + ceil(unseen * reach + busy),
    )


def student(freedom: float) -> float:
    """The 97.5 % quantile of Student's t; a fraction of a degree of freedom is dropped."""
    if freedom < 1:
        return _STUDENT[0]
    if freedom <= len(_STUDENT):
        return _STUDENT[floor(freedom) - 1]
    return 1.95996 + 2.3723 / freedom + 2.8225 / freedom**2


def _expanded(units: int, values: tuple[int, ...]) -> _Stratum:
    n = len(values)
    mean = sum(values) / n
    if n == units:
        return _Stratum(float(sum(values)), 0.0, 0)
    # Patients come by chance at the least: days that happen to be equal do not make the rest known.
    square = max(mean, sum((value - mean) ** 2 for value in values) / (n - 1))
    return _Stratum(units * mean, units * (units - n) * square / n, n - 1)


def _freedom(strata: list[_Stratum]) -> float:
    """Satterthwaite's effective degrees of freedom of a sum of variances (Cochran 5.4)."""
    whole = sum(one.variance for one in strata)
    parts = sum(one.variance**2 / one.freedom for one in strata if one.variance)
    return whole**2 / parts
