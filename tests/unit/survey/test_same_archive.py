from __future__ import annotations

import random
from array import array

import pytest

from dosimeter.dicom.keyed_set import KeyedSet
from dosimeter.model.target import Endpoint
from dosimeter.survey.same_archive import (
    FEW_STUDIES,
    SKETCH_DIGESTS,
    Sketch,
    are_the_same,
    same_archives,
    sketch_of,
)

CHANCE = random.Random(20)


def digests(count: int) -> list[int]:
    """The digests of so many studies."""
    return [CHANCE.getrandbits(64) for _ in range(count)]


def sketch(studies: list[int]) -> Sketch:
    """The sketch of these studies."""
    return Sketch(len(studies), array("Q", sorted(studies)[:SKETCH_DIGESTS]))


def door(number: int, port: int = 104) -> Endpoint:
    """An endpoint."""
    return Endpoint(f"10.0.0.{number}", port)


def share_joined(trials: int, smaller: int, larger: int, shared: float) -> float:
    """Of so many pairs of archives that share a part of the smaller one: the part found to be the same."""
    found = 0
    for _ in range(trials):
        theirs = digests(larger)
        ours = theirs[: round(smaller * shared)]
        ours += digests(smaller - len(ours))
        found += are_the_same(sketch(ours), sketch(theirs))
    return found / trials


def test_a_sketch_has_the_smallest_digests_of_a_set_and_its_size() -> None:
    """Two KiB at most, whatever was counted."""
    studies = KeyedSet()
    numbers = digests(5_000)
    studies.add_all([number.to_bytes(8, "big") for number in numbers])
    kept = sketch_of(studies)
    assert kept == sketch(numbers)
    assert len(kept.smallest) * kept.smallest.itemsize == 2048
    assert not kept.is_whole
    assert sketch(numbers[:256]).is_whole


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [(20, 20), (48, 48), (300, 300), (4_000, 4_000), (90, 100), (900, 3_000), (40, 200)],
)
def test_what_holds_the_same_is_the_same(smaller: int, larger: int) -> None:
    """Whole or in part, as when the budget of one count ended first."""
    assert share_joined(40, smaller, larger, 1.0) == 1.0


@pytest.mark.parametrize(
    ("smaller", "larger"), [(20, 20), (48, 5_000), (300, 300), (4_000, 4_000), (500, 3_000), (1_000, 8_000)]
)
@pytest.mark.parametrize("shared", [0.0, 0.1, 0.3, 0.5])
def test_archives_that_exchange_studies_are_two(smaller: int, larger: int, shared: float) -> None:
    """Up to half of what the smaller holds may have been sent on."""
    assert share_joined(40, smaller, larger, shared) == 0.0


def test_an_archive_that_grew_between_two_counts_is_the_same() -> None:
    """Studies that arrived meanwhile are few beside what was there."""
    assert share_joined(100, 5_000, 5_100, 1.0) == 1.0
    assert share_joined(100, 5_000, 5_000, 0.98) == 1.0


@pytest.mark.parametrize("count", [1, 3, FEW_STUDIES - 1])
def test_of_a_few_studies_only_an_equal_set_is_the_same(count: int) -> None:
    """A workstation with three studies of the archive is not the archive."""
    few = digests(count)
    assert are_the_same(sketch(few), sketch(few))
    assert not are_the_same(sketch(few), sketch(few + digests(1)))
    assert not are_the_same(sketch(few), sketch(few + digests(10_000)))


def test_empty_archives_are_never_the_same() -> None:
    """Nothing shows that they are."""
    assert not are_the_same(sketch([]), sketch([]))
    assert same_archives({door(1): sketch([]), door(2): sketch([])}) == []


def test_too_small_a_part_decides_nothing() -> None:
    """Of 100 studies some three are within the sketch of 10,000: no ground to say anything."""
    assert share_joined(20, 100, 10_000, 1.0) == 0.0


def test_the_first_of_an_archive_holds_most_and_then_comes_first_by_address_and_port() -> None:
    """Each other door names it, and it names nobody."""
    studies = digests(1_000)
    sketches = {
        door(1): sketch(studies[:400]),
        door(10): sketch(studies),
        door(9, 11112): sketch(studies),
        door(9): sketch(studies),
        Endpoint("2001:db8::1", 104): sketch(studies),
        door(2): sketch(digests(1_000)),
    }
    pairs = same_archives(sketches)
    assert sorted(endpoint.authority for endpoint, _first in pairs) == [
        *("10.0.0.10:104", "10.0.0.1:104", "10.0.0.9:11112", "[2001:db8::1]:104"),
    ]
    assert {first for _endpoint, first in pairs} == {door(9)}


def test_two_archives_stay_two_though_a_third_holds_what_both_hold() -> None:
    """An exchange in the middle is joined to one of them; the two are never joined to each other."""
    both = digests(500)
    sketches = {
        door(1): sketch(both + digests(2_000)),
        door(2): sketch(both + digests(2_200)),
        door(3): sketch(both),
    }
    assert same_archives(sketches) == [(door(3), door(2))]


def test_many_archives_are_compared_in_little_time() -> None:
    """Only those that share a digest are looked at: 1,500 archives behind 3,000 doors, in a few seconds."""
    sketches = {}
    for number in range(1_500):
        studies = sketch(digests(300))
        for port in (104, 11112):
            sketches[Endpoint(f"10.0.{number >> 8}.{number & 255}", port)] = studies
    pairs = same_archives(sketches)
    assert len(pairs) == 1_500
    assert all(endpoint.address == first.address for endpoint, first in pairs)
    assert {(endpoint.port, first.port) for endpoint, first in pairs} == {(11112, 104)}
