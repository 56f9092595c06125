from __future__ import annotations

from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from dosimeter.dicom import keyed_set
from dosimeter.dicom.keyed_set import KeyedSet

DIGEST = st.integers(0, 300).map(lambda number: (number * 0x9E3779B97F4A7C15 % 2**64).to_bytes(8, "big"))
PORTIONS = st.lists(st.lists(DIGEST, max_size=60), max_size=8)


def filled(portions: list[list[bytes]]) -> KeyedSet:
    """A set that was given these one after the other."""
    found = KeyedSet()
    for portion in portions:
        found.add_all(portion)
    return found


@settings(deadline=None)
@given(PORTIONS, PORTIONS, st.integers(0, 40), st.sampled_from([8, 80, 32_768]))
def test_it_is_a_set(left: list[list[bytes]], right: list[list[bytes]], few: int, small: int) -> None:
    """As long as, as many new as, as much in common as Python's own, in one bucket or in 256."""
    one, other = ({digest for portion in portions for digest in portion} for portions in (left, right))
    with (
        mock.patch.object(keyed_set, "_SMALL", small),
        mock.patch.object(keyed_set, "_FIRST_TIDYING", small * 2),
    ):
        mine, theirs = filled(left), filled(right)

        assert len(mine) == len(one)
        assert mine.overlap(theirs) == theirs.overlap(mine) == len(one & other)
        assert mine.holds(theirs) is (other <= one)
        assert mine.smallest(few) == tuple(sorted(int.from_bytes(each, "big") for each in one)[:few])
        assert mine.update(theirs) == len(other - one)
        assert len(mine) == len(one | other)
        assert len(theirs) == len(other)
        assert mine.update(theirs) == 0
        assert mine.holds(theirs)
