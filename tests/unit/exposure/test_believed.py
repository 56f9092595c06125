from __future__ import annotations

from dataclasses import replace

import pytest

from dosimeter.exposure.believed import WENT_ON, believed, went_on
from dosimeter.model.census import (
    NOT_COUNTED,
    AtLeast,
    Axis,
    Census,
    CensusEnd,
    Claimed,
    Counts,
    Exact,
    Things,
)
from dosimeter.model.facts import CellCounted, Ending
from tests.unit.exposure.counted import cell, census

SOUND = Census(counts=Counts(Exact(20), Exact(48), Claimed(54), Exact(225)))
ENDLESS = cell("whole", 9_000, axis=Axis.WHOLE, endless=True)


def test_sound_facts_leave_a_census_as_it_is() -> None:
    """The same object, and so nothing is judged anew."""
    assert believed(SOUND, census(cell("2019", 48)).facts) is SOUND


def test_nothing_is_left_of_a_census_that_was_not_believed() -> None:
    """One census of the two is enough: the archive answers whatever is asked."""
    facts = (*census(cell("2019", 48)).facts, *census(end=CensusEnd.NOT_BELIEVED).facts)
    assert believed(SOUND, facts) is NOT_COUNTED


def test_what_had_no_end_is_no_exact_number() -> None:
    """The whole of the studies was never seen; the other numbers have cells of their own."""
    shown = believed(SOUND, (ENDLESS,))
    assert shown.counts == replace(SOUND.counts, studies=AtLeast(48))
    assert shown.remarks == (WENT_ON,)
    images = replace(ENDLESS, things=Things.SERIES)
    assert believed(SOUND, (images,)).counts.series == Claimed(54)


def test_a_year_that_had_no_end_was_cut_into_months_and_is_only_said() -> None:
    """Its parts decide what is known of it."""
    shown = believed(SOUND, (cell("2019", 9_000, endless=True), cell("2019-01", 4)))
    assert (shown.counts, shown.remarks) == (SOUND.counts, (WENT_ON,))


@pytest.mark.parametrize(
    "heard",
    [
        replace(ENDLESS, status=0xFE00),
        replace(ENDLESS, status=0),
        replace(ENDLESS, ending=Ending.SILENCE),
        replace(ENDLESS, rows=0),
    ],
    ids=["cancelled", "ended of itself", "silent", "not asked"],
)
def test_an_archive_that_ends_its_answer_is_not_accused(heard: CellCounted) -> None:
    """C-CANCEL was heard, or came too late to matter."""
    assert not went_on(heard)
