"""What became of an archive between two surveys, and what that rests on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosimeter.exposure.compare import Because, Change, Compared, Standing, compare
from dosimeter.model.verdict import Exposure, Severity

DICOM, WEB = "127.0.0.1:11112", "127.0.0.1:8042"

OPEN = Standing(Exposure.RETRIEVABLE, Severity.CRITICAL, is_archive=True)
BROWSABLE = Standing(Exposure.BROWSABLE, Severity.CRITICAL, is_archive=True)
QUERYABLE = Standing(Exposure.QUERYABLE, Severity.HIGH, is_archive=True)
GUARDED = Standing(Exposure.GUARDED, Severity.INFO, is_archive=True)
ASSOCIATES = Standing(Exposure.ASSOCIATES, Severity.LOW, is_archive=True)
NAME_GATED = Standing(Exposure.NAME_GATED, Severity.MEDIUM, is_archive=True, titles="scope 1")
BUSY = Standing(Exposure.INCONCLUSIVE, Severity.INFO, is_archive=True)
SILENT = Standing(Exposure.INCONCLUSIVE, Severity.INFO, is_archive=False)
NOTHING = Standing(Exposure.UNREACHABLE, Severity.INFO, is_archive=False)
OTHER = Standing(Exposure.NOT_DICOM, Severity.INFO, is_archive=False)


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (NOTHING, OPEN, Change.NEW),
        (OTHER, GUARDED, Change.NEW),
        (GUARDED, OPEN, Change.WORSE),
        (QUERYABLE, BROWSABLE, Change.WORSE),
        (QUERYABLE, replace(QUERYABLE, severity=Severity.CRITICAL), Change.WORSE),
        (ASSOCIATES, ASSOCIATES, Change.UNCHANGED),
        (BROWSABLE, QUERYABLE, Change.BETTER),
        (ASSOCIATES, GUARDED, Change.BETTER),
        (OPEN, GUARDED, Change.CLOSED),
        (OPEN, replace(NAME_GATED, titles=""), Change.CLOSED),
        (OPEN, NOTHING, Change.CLOSED),
        (GUARDED, OTHER, Change.CLOSED),
        (OPEN, BUSY, Change.UNKNOWN),
        (OPEN, SILENT, Change.UNKNOWN),
        (SILENT, OPEN, Change.UNKNOWN),
    ],
)
def test_the_same_door_tells_what_changed_in_the_network(
    old: Standing, new: Standing, change: Change
) -> None:
    """A door that both surveys asked alike shows a change of the network, or none."""
    because = Because.NOTHING if change is Change.UNCHANGED else Because.NETWORK

    assert compare({DICOM: old}, {DICOM: new}) == Compared(change, because)


def test_two_closed_ports_are_nobody_s_archive() -> None:
    """Where neither survey found an archive there is nothing to compare."""
    assert compare({DICOM: NOTHING}, {DICOM: OTHER}) is None


def test_what_was_not_asked_before_is_found_by_the_method() -> None:
    """An archive at a door that the older survey did not ask is new to it, perhaps not in the network."""
    assert compare({}, {DICOM: OPEN}) == Compared(Change.NEW, Because.METHOD)


def test_what_is_not_asked_now_is_not_closed() -> None:
    """An archive that the newer survey left out is unknown."""
    assert compare({DICOM: OPEN}, {}) == Compared(Change.UNKNOWN, Because.METHOD)


def test_a_door_asked_for_the_first_time_makes_it_worse_by_the_method() -> None:
    """The web door shows more than the DICOM door did; it was not asked before."""
    found = compare({DICOM: QUERYABLE}, {DICOM: QUERYABLE, WEB: BROWSABLE})

    assert found == Compared(Change.WORSE, Because.METHOD)


def test_a_change_of_a_door_asked_twice_counts_beside_a_new_one() -> None:
    """The DICOM door was closed: that is the network, whatever else was asked."""
    found = compare({DICOM: OPEN}, {DICOM: GUARDED, WEB: GUARDED})

    assert found == Compared(Change.CLOSED, Because.NETWORK)


def test_a_lower_touch_proves_no_improvement() -> None:
    """A survey that may not put the null query does not show that it would be refused."""
    found = compare({DICOM: OPEN}, {DICOM: replace(ASSOCIATES, proves=False)})

    assert found == Compared(Change.UNKNOWN, Because.METHOD)


def test_a_door_that_is_no_longer_asked_is_not_closed() -> None:
    """The web door was open and is not asked now; the DICOM door answers as before."""
    found = compare({DICOM: GUARDED, WEB: BROWSABLE}, {DICOM: GUARDED})

    assert found == Compared(Change.UNKNOWN, Because.METHOD)


def test_titles_that_were_not_tried_before_make_no_archive_worse() -> None:
    """A listed title opens it; whether it did before nobody tried."""
    found = compare({DICOM: GUARDED}, {DICOM: NAME_GATED})

    assert found == Compared(Change.UNKNOWN, Because.METHOD)


def test_other_titles_are_another_question() -> None:
    """What opens to a title of one scope may open to it under the other too: nobody tried that one there."""
    before = replace(GUARDED, titles="scope 2")

    assert compare({DICOM: before}, {DICOM: NAME_GATED}) == Compared(Change.UNKNOWN, Because.METHOD)
    assert compare({DICOM: NAME_GATED}, {DICOM: before}) == Compared(Change.UNKNOWN, Because.METHOD)


_STANDINGS = st.builds(
    Standing,
    st.sampled_from(list(Exposure)),
    st.sampled_from(list(Severity)),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "scope 1", "scope 2"]),
)
_DOORS = st.dictionaries(st.sampled_from([DICOM, WEB, "127.0.0.1:104"]), _STANDINGS)


@given(_DOORS, _DOORS)
def test_nothing_is_closed_or_better_without_a_door_that_was_asked_twice(
    old: dict[str, Standing], new: dict[str, Standing]
) -> None:
    """Good news rests on the same question, put twice."""
    found = compare(old, new)

    if found is not None and found.change in {Change.CLOSED, Change.BETTER}:
        assert set(old) & set(new)
        assert found.because is Because.NETWORK
    if found is not None and found.because is Because.NETWORK:
        assert set(old) & set(new)
