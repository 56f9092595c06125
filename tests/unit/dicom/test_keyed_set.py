from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable

from dosimeter.dicom.keyed_set import KeyedSet


def digests(numbers: Iterable[int]) -> list[bytes]:
    """A digest for each number."""
    return [hashlib.blake2b(str(number).encode(), digest_size=8).digest() for number in numbers]


def filled(numbers: Iterable[int]) -> KeyedSet:
    """A set of the digests of these numbers."""
    found = KeyedSet()
    found.add_all(digests(numbers))
    return found


def weight(found: KeyedSet) -> int:
    """Bytes that its buckets take."""
    return sum(map(sys.getsizeof, found._buckets))  # noqa: SLF001 - nothing else tells


def test_what_comes_twice_is_counted_once() -> None:
    """Within one call and across calls."""
    found = filled([1, 2, 2, 3])
    found.add_all(digests([3, 4]))

    assert len(found) == 4
    assert len(KeyedSet()) == 0


def test_many_are_counted_as_exactly_as_few() -> None:
    """From the first bucket to 256 of them nothing is lost and nothing counted twice."""
    found = KeyedSet()
    for start in range(0, 40_000, 1000):
        found.add_all(digests(range(start, start + 2000)))

    assert len(found) == 41_000


def test_repetitions_take_no_room() -> None:
    """A million rows of one thousand studies: what is kept is bounded by the studies."""
    found = KeyedSet()
    thousand = digests(range(10_000))
    for _ in range(100):
        found.add_all(thousand)
        assert weight(found) < 3 * 1024 * 1024

    assert len(found) == 10_000
    assert weight(found) < 1024 * 1024


def test_taking_another_set_in_says_how_many_were_new() -> None:
    """Small into large and large into small."""
    assert filled(range(10)).update(filled(range(5, 12))) == 2
    large = filled(range(20_000))
    assert large.update(filled([5, 6, 20_001])) == 1
    small = filled([5, 6, 20_001])
    assert small.update(large) == 19_998
    assert len(small) == len(large) == 20_001


def test_the_overlap_of_two_archives_is_what_both_hold() -> None:
    """In either order, and whatever their sizes."""
    large, other, small = filled(range(20_000)), filled(range(15_000, 30_000)), filled([3, 4, 50_000])

    assert large.overlap(other) == other.overlap(large) == 5000
    assert large.overlap(small) == small.overlap(large) == 2
    assert small.overlap(small) == 3
    assert small.overlap(KeyedSet()) == 0


def test_the_smallest_are_a_sketch_that_equal_sets_share() -> None:
    """Ascending, each once, the same however the set was put together."""
    numbers = sorted(int.from_bytes(digest, "big") for digest in digests(range(20_000)))
    found = filled(range(20_000))
    found.add_all(digests(range(100)))

    assert found.smallest(500) == tuple(numbers[:500])
    assert filled(range(3)).smallest(500) == tuple(
        sorted(int.from_bytes(digest, "big") for digest in digests(range(3)))
    )
    assert KeyedSet().smallest(5) == ()
