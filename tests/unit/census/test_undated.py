"""Archives of which no study has a date or a time: counters are checked by the one answer to everything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dosimeter.model.census import AtLeast, Claimed, Exact
from tests.unit.census.deep import Deep
from tests.unit.census.judged import judged, untruths
from tests.unit.census.simulated import CANCELLED, Counters, Study, count
from tests.unit.census.test_ladder import ANSWERS_FOR_ALL, counted, forty_eight


def undated(studies: int) -> list[Study]:
    """Studies with neither a date nor a time."""
    return [replace(study, day=None, second=None) for study in forty_eight()[:studies]]


@pytest.mark.parametrize("counters", [Counters.TRUE, Counters.ABSENT, Counters.INFLATED, Counters.PART])
def test_everything_at_once_is_the_control_where_no_part_can_be_one(counters: Counters) -> None:
    """Patients, series and images are told, by counters that hold or row by row."""
    result, archive = counted(replace(ANSWERS_FOR_ALL, counters=counters), undated(44))
    assert result.counts.studies == Exact(44)
    assert result.counts.patients == Exact(32)
    assert result.counts.series == Exact(archive.total("series"))
    assert result.counts.instances == Exact(archive.total("instances"))
    assert archive.asked < 130


def test_counters_of_everything_that_nothing_could_be_checked_by_are_the_servers_own() -> None:
    """It answers for no series and no images: 44 studies are exact, their images are claimed."""
    result, archive = counted(replace(ANSWERS_FOR_ALL, relational=False), undated(44))
    assert result.counts.patients == Exact(32)
    assert result.counts.instances == Claimed(archive.total("instances"))


def test_a_limit_on_images_alone_leaves_a_floor_of_images() -> None:
    """All images at once are cut at fifty, and so is no proof of the counters, which are absent."""
    archive = Deep(undated(44), replace(ANSWERS_FOR_ALL, counters=Counters.ABSENT), cap_below=50)
    result = judged(count(archive), archive)
    assert untruths(result, archive) == []
    assert result.counts.studies == Exact(44)
    assert isinstance(result.counts.instances, AtLeast)
    assert "at least 50 images: the server never sent more than 50 records at once, and may stop there" in (
        result.remarks
    )


def test_everything_that_was_cut_is_no_control() -> None:
    """Ten of forty-four were sent: counters of ten would be no check of the rest."""
    result, archive = counted(replace(ANSWERS_FOR_ALL, cap=10, cap_status=CANCELLED), undated(44))
    assert result.counts.studies == Exact(44)
    assert result.counts.instances.kind == "unknown"
    assert archive.asked < 130
