"""A thousand examinations that come again and again: what differs between the studies of an archive."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import Final

BLOCK: Final = 1_000
"""Studies of a block; the last three digits of a study's number are its place in it."""
PATTERNS: Final = 8
"""So many different thousands there are."""

_HOURS: Final = (2,) * 7 + (40,) * 13 + (2,) * 4
"""How many of its examinations an archive begins in each hour of the day, in proportion."""
_KINDS: Final = (
    ("CT", 26, (3, 4, 5), (30, 60)),
    ("MR", 20, (4, 5, 6), (20, 40)),
    ("CR", 16, (1, 2), (0, 1)),
    ("DX", 16, (1, 2), (0, 1)),
    ("US", 12, (1, 2), (2, 9)),
    ("MG", 4, (4, 4), (0, 2)),
    ("XA", 3, (2, 3), (9, 30)),
    ("NM", 3, (1, 2), (1, 6)),
)
"""Modality, its share in a hundred, series of a study, images beyond one a series (in proportion)."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Of each place in a block: second of the day, modality, series, how many images beyond those.

    ``further`` are in proportion to each other and no numbers of images yet. ``series_before`` and
    ``further_before`` are sums of what is before a place, and at the end of all.
    """

    seconds: tuple[int, ...]
    modalities: tuple[str, ...]
    series: tuple[int, ...]
    further: tuple[int, ...]
    series_before: tuple[int, ...]
    further_before: tuple[int, ...]

    def in_seconds(self, first: int, last: int) -> frozenset[int]:
        """The places that begin within these seconds of the day, both included."""
        return frozenset(place for place, second in enumerate(self.seconds) if first <= second <= last)


@lru_cache(maxsize=2 * PATTERNS)
def pattern_of(number: int, *, single: bool) -> Pattern:
    """The pattern with this number; with ``single`` every study is one series."""
    rng = Random(number % PATTERNS)
    shares = tuple(accumulate(kind[1] for kind in _KINDS))
    seconds, modalities, series, further = [], [], [], []
    for _ in range(BLOCK):
        modality, _, of_series, more = _KINDS[bisect_left(shares, rng.randint(1, 100))]
        (hour,) = rng.choices(range(24), _HOURS)
        seconds.append(3600 * hour + rng.randrange(3600))
        modalities.append(modality)
        series.append(1 if single else rng.choice(of_series))
        further.append(rng.randint(*more))
    return Pattern(
        tuple(seconds),
        tuple(modalities),
        tuple(series),
        tuple(further),
        tuple(accumulate(series, initial=0)),
        tuple(accumulate(further, initial=0)),
    )
