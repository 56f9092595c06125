"""Series and images, listed one by one: in parts, under limits of their own, and by another model."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dosimeter.census.regions import ALL_PARTS
from dosimeter.dicom.count_query import CountLevel
from dosimeter.model.census import AtLeast, Axis, Cut, Exact, Things
from dosimeter.model.census import Census as Result
from dosimeter.model.facts import QueryService
from dosimeter.model.scope import CountBudget
from tests.unit.census.deep import Deep
from tests.unit.census.judged import judged, untruths
from tests.unit.census.simulated import CANCELLED, Archive, Behaviour, Counters, Modality, Study, count, plan
from tests.unit.census.test_ladder import forty_eight

NO_COUNTERS = Behaviour(counters=Counters.ABSENT, modality=Modality.UNRETURNED)
"""As dcmqrscp and qrscp: rows are all that there is to go by."""


def counted(archive: Archive, *, patient_root: bool = True, budget: CountBudget | None = None) -> Result:
    """What a census comes to; it has said nothing untrue."""
    how = replace(plan(budget=budget), patient_root_answers=patient_root)
    result = judged(count(archive, how), archive)
    assert untruths(result, archive) == []
    return result


def like_dcmqrscp(**options: object) -> Deep:
    """Below the studies its Study Root selects by no key at all."""
    blind = {"ignores_dates": True, "ignores_times": True, "ignores_endings": True}
    return Deep(forty_eight(), NO_COUNTERS, **{**blind, **options})


def series_and_images(archive: Archive) -> tuple[Exact, Exact]:
    """The truth."""
    return Exact(archive.total("series")), Exact(archive.total("instances"))


def test_where_the_study_root_selects_nothing_the_patient_root_is_asked() -> None:
    """As dcmqrscp: all at once, and by endings of PatientIDs, which hold the same and are shorter."""
    archive = like_dcmqrscp()
    result = counted(archive)
    assert (result.counts.series, result.counts.instances) == series_and_images(archive)
    listing = archive.total("series") + archive.total("instances")
    assert archive.rows <= 3 * listing + 4 * len(archive.studies)


def test_without_the_patient_root_what_was_seen_is_a_floor() -> None:
    """No part can be asked for, so it stays open whether more would have been sent."""
    archive = like_dcmqrscp()
    result = counted(archive, patient_root=False)
    assert result.counts.series == AtLeast(archive.total("series"))
    assert any("never sent more than 72 records at once" in remark for remark in result.remarks)


@pytest.mark.parametrize("missing", [1, 5])
def test_a_silent_limit_of_the_study_root_is_no_number_of_images(missing: int) -> None:
    """The Patient Root sends more than the Study Root did."""
    archive = like_dcmqrscp()
    archive.cap_below = archive.total("instances") - missing
    result = counted(archive)
    assert result.counts.instances == Exact(archive.total("instances"))


def test_a_patient_root_with_a_limit_of_its_own_proves_nothing() -> None:
    """What one information model was answered shows nothing of the limits of another."""
    archive = like_dcmqrscp(cap_of_patient_root=20)
    assert counted(archive).counts.instances.kind == "at_least"


def test_a_limit_for_images_alone_is_got_around_by_dates() -> None:
    """Studies and series are sent at once, images forty at a time: their parts are cut finer."""
    studies = forty_eight(undated=0)
    archive = Deep(studies, NO_COUNTERS, cap_below=40, status_below=CANCELLED)
    result = counted(archive)
    assert (result.counts.series, result.counts.instances) == series_and_images(archive)


def test_parts_hold_rows_of_every_study_or_prove_nothing() -> None:
    """One study has neither date nor time, and no ending finds it: its images would not show."""
    studies = forty_eight()
    studies[0] = replace(studies[0], second=None, patient="TEST-_")
    census = count(Archive(studies, NO_COUNTERS))
    parts = [
        cell
        for cell in census.cells
        if cell.things is Things.INSTANCES and cell.cell in {ALL_PARTS[Axis.DATES], ALL_PARTS[Axis.TIMES]}
    ]
    assert parts
    assert all(cell.cut is not Cut.NOT for cell in parts)


def test_more_images_than_one_answer_may_hold_are_listed_once_in_parts() -> None:
    """No question asks for all of them, and the longest part alone is asked for twice."""
    archive = Archive(_large(200, images=60), NO_COUNTERS)
    budget = CountBudget(rows_per_answer=4_000)
    result = counted(archive, budget=budget)
    assert result.counts.instances == Exact(archive.total("instances"))
    assert archive.rows <= 1.6 * archive.total("instances") + 6 * archive.total("series")


def test_rows_that_come_three_times_cost_no_more_than_four_listings() -> None:
    """Each row thrice at the level of studies; the archive is not made to say all of it over and over."""
    archive = Archive(_large(400), replace(NO_COUNTERS, repeated=3))
    result = counted(archive)
    assert (result.counts.series, result.counts.instances) == series_and_images(archive)
    listing = 3 * len(archive.studies) + archive.total("series") + archive.total("instances")
    assert archive.rows <= 4 * listing


def test_times_that_select_nothing_below_the_studies_are_given_up_after_two_parts() -> None:
    """One study has no date, so times come first; two parts of a day hold the same, and endings are next."""
    archive = Deep(forty_eight(), NO_COUNTERS, ignores_times=True)
    result = counted(archive)
    assert (result.counts.series, result.counts.instances) == series_and_images(archive)
    listing = archive.total("series") + archive.total("instances")
    assert archive.rows <= 4.5 * listing + 4 * len(archive.studies)


def test_endings_that_select_nothing_below_the_studies_are_asked_for_once() -> None:
    """An ending that cannot be finds all images: no other is tried, and the number is a floor."""
    archive = Deep(forty_eight(), NO_COUNTERS, ignores_times=True, ignores_endings=True)
    result = counted(archive)
    assert result.counts.instances == AtLeast(archive.total("instances"))
    listing = archive.total("series") + archive.total("instances")
    assert archive.rows <= 5 * listing + 4 * len(archive.studies)


def test_where_dates_select_nothing_a_few_hours_are_the_control() -> None:
    """Counters, patients, series and images are known all the same."""
    archive = Archive(forty_eight(undated=0), Behaviour(dates_ignored=True))
    result = counted(archive)
    assert result.counts.patients == Exact(32)
    assert (result.counts.series, result.counts.instances) == series_and_images(archive)
    assert result.years == ()


def test_the_patient_root_is_asked_for_nothing_but_rows_below_the_studies() -> None:
    """Studies are counted under the root whose null query was chosen."""
    archive = like_dcmqrscp()
    asked = set()
    answer = archive.answer
    archive.answer = lambda question: (  # type: ignore[method-assign]
        asked.add((question.service, question.keys.level, question.keys.patient_root)) or answer(question)
    )
    counted(archive)
    elsewhere = {each for each in asked if each[0] is QueryService.PATIENT_ROOT}
    assert elsewhere == {
        (QueryService.PATIENT_ROOT, CountLevel.SERIES, True),
        (QueryService.PATIENT_ROOT, CountLevel.IMAGE, True),
    }


def _large(studies: int, images: int = 12) -> list[Study]:
    """Two series each, and no two patients."""
    return [
        replace(study, uid=f"{study.uid}{n}", patient=f"{n:05}", series=2, instances=images)
        for n, study in ((n, forty_eight(undated=0)[n % 48]) for n in range(studies))
    ]
