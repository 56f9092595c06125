"""Which endpoints hold the same studies: one archive behind several doors is counted once (adr 0014). Pure.

Of each endpoint a sketch is kept: the smallest of the digests under which its studies were counted.
Digests are random numbers to whoever has not the key, so the smallest ones are a random draw, and the
same draw for whoever holds the same studies.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dosimeter.model.target import place_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dosimeter.dicom.keyed_set import KeyedSet
    from dosimeter.model.target import Endpoint

SKETCH_DIGESTS: Final = 256
SAME_SHARE: Final = 0.9
"""So much of what the smaller holds must be in the larger."""
LEAST_COMPARED: Final = 32
"""Fewer digests decide nothing, unless both sketches are whole: the smaller is about an eighth then."""
FEW_STUDIES: Final = 20
"""Below, only equal sets are the same archive: a handful of studies may well have been sent on."""

_NO_BOUND: Final = 1 << 64


@dataclass(frozen=True, slots=True)
class Sketch:
    """How many studies an endpoint was seen to hold, and the smallest of their digests, ascending."""

    studies: int
    smallest: array[int]

    @property
    def is_whole(self) -> bool:
        """Whether every study is in it."""
        return self.studies == len(self.smallest)


def sketch_of(studies: KeyedSet) -> Sketch:
    """What is kept of the studies that were seen: two KiB, whatever their number."""
    return Sketch(len(studies), array("Q", studies.smallest(SKETCH_DIGESTS)))


def are_the_same(smaller: Sketch, larger: Sketch) -> bool:
    """Whether the studies of the smaller are, to the share asked for, among those of the larger."""
    if smaller.studies < FEW_STUDIES:
        return smaller.studies > 0 and smaller == larger
    bound = min(_bound(smaller), _bound(larger))
    compared = [digest for digest in smaller.smallest if digest <= bound]
    if len(compared) < LEAST_COMPARED and bound != _NO_BOUND:
        return False
    held = set(larger.smallest)
    return sum(digest in held for digest in compared) >= SAME_SHARE * len(compared)


def _bound(sketch: Sketch) -> int:
    """Up to here the sketch has every digest."""
    return _NO_BOUND if sketch.is_whole else sketch.smallest[-1]


def same_archives(sketches: Mapping[Endpoint, Sketch]) -> list[tuple[Endpoint, Endpoint]]:
    """Each endpoint that holds what another one holds, with that one.

    The other one is the first of its archive: it holds most, by address and port if several do. No
    endpoint is the first of one pair and the second of another. Two archives that hold different
    studies stay two, even where a third holds what both hold.
    """
    order = sorted(sketches, key=lambda endpoint: (-sketches[endpoint].studies, place_order(endpoint)))
    firsts: list[Endpoint] = []
    by_digest: dict[int, list[int]] = {}
    pairs = []
    for endpoint in order:
        mine = sketches[endpoint]
        for number in sorted(_candidates(mine, by_digest)):
            if are_the_same(mine, sketches[firsts[number]]):
                pairs.append((endpoint, firsts[number]))
                break
        else:
            for digest in mine.smallest:
                by_digest.setdefault(digest, []).append(len(firsts))
            firsts.append(endpoint)
    return pairs


def _candidates(sketch: Sketch, by_digest: Mapping[int, Iterable[int]]) -> set[int]:
    """The firsts that hold one of the smallest digests: whatever is the same holds nearly all of these."""
    return {number for digest in sketch.smallest[:LEAST_COMPARED] for number in by_digest.get(digest, ())}
