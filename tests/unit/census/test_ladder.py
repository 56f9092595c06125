from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dosimeter.census.ladder import Census
from dosimeter.dicom.count_query import CountLevel
from dosimeter.model.census import AtLeast, Axis, CensusEnd, Claimed, Cut, Exact, Things, Unknown
from dosimeter.model.census import Census as Result
from dosimeter.model.facts import Ending, QueryService
from dosimeter.model.scope import CountBudget
from tests.unit.census.judged import judged, untruths
from tests.unit.census.simulated import (
    CANCELLED,
    MODALITIES,
    OUT_OF_RESOURCES,
    TODAY,
    Archive,
    Behaviour,
    Counters,
    Endings,
    Modality,
    Order,
    Study,
    count,
    plan,
)

STEM = "1.2.826.0.1.3680043.8.498."
ANSWERS_FOR_ALL = Behaviour()
"""As Orthanc: wildcards in PatientIDs, and series and images of studies by date."""
STUDIES_ALONE = Behaviour(
    endings=Endings.LITERAL, counters=Counters.ABSENT, modality=Modality.IGNORED, relational=False
)
"""As dcmqrscp: no wildcards, no counters, nothing below the studies."""


def forty_eight(undated: int = 1, untimed: int = 0) -> list[Study]:
    """Forty-eight studies of ten years; the first ones have no date, the last no time."""
    chance = random.Random(7)
    return [
        Study(
            f"{STEM}{chance.randrange(10**20)}",
            TODAY - timedelta(days=chance.randrange(3_650)) if n >= undated else None,
            chance.randrange(86_400) if n < 48 - untimed else None,
            f"TEST-{n % 32:03}",
            1 + n % 2,
            3 + n % 4,
            MODALITIES[n % 3],
        )
        for n in range(48)
    ]


def studies_of_three() -> list[Study]:
    """Three more, so that fifty have a date."""
    return [replace(study, uid=study.uid + "1") for study in forty_eight()[10:13]]


def counted(behaviour: Behaviour, studies: list[Study] | None = None) -> tuple[Result, Archive]:
    """What a census of an archive comes to; it has said nothing untrue."""
    archive = Archive(forty_eight() if studies is None else studies, behaviour)
    result = judged(count(archive), archive)
    assert untruths(result, archive) == []
    return result, archive


def test_an_archive_that_answers_for_everything_is_counted_exactly_to_the_last_image() -> None:
    """Studies, patients, series and images, with the one study that has no date, in few questions."""
    result, archive = counted(ANSWERS_FOR_ALL)
    assert result.counts.studies == Exact(48)
    assert result.counts.patients == Exact(32)
    assert result.counts.series == Exact(72)
    assert result.counts.instances == Exact(archive.total("instances"))
    assert result.undated_studies == Exact(1)
    assert [one.modality for one in result.modalities] == ["CR", "CT", "MR"]
    assert sum(one.studies.value for one in result.years if isinstance(one.studies, Exact)) == 47
    assert result.rows_limit is None
    assert archive.asked < 30


@pytest.mark.parametrize("cap", [1, 7, 10, 12])
def test_a_limit_that_is_said_is_got_around_by_endings_of_patient_ids(cap: int) -> None:
    """As Orthanc with LimitFindResults: every study is found, the one without a date too."""
    result, _ = counted(replace(ANSWERS_FOR_ALL, cap=cap, cap_status=CANCELLED))
    assert result.counts.studies == Exact(48)
    assert result.rows_limit == cap


def test_two_studies_of_one_patient_and_one_second_are_told_apart_by_modality() -> None:
    """One row an answer, and one of the two has no date: by date, time and ending alone it would not show."""
    held = forty_eight()
    held[0] = replace(held[5], uid=held[0].uid, day=None, modality="US")
    held[5] = replace(held[5], modality="MR")
    held.append(held.pop(0))
    result, _ = counted(replace(ANSWERS_FOR_ALL, cap=1, cap_status=CANCELLED), held)
    assert result.counts.studies == Exact(48)


@pytest.mark.parametrize("order", list(Order))
def test_a_limit_that_is_not_said_is_noticed_and_got_around(order: Order) -> None:
    """Success after ten rows again and again: the parts hold more than the whole."""
    result, _ = counted(replace(ANSWERS_FOR_ALL, cap=10, order=order))
    assert result.counts.studies == Exact(48)
    assert result.rows_limit == 10


def test_an_archive_that_answers_for_studies_alone_is_counted_exactly() -> None:
    """As dcmqrscp: all at once holds what the dates and the times hold, so no limit cut it."""
    result, archive = counted(STUDIES_ALONE)
    assert result.counts.studies == Exact(48)
    assert result.counts.patients == Exact(32)
    assert isinstance(result.counts.instances, Unknown)
    assert "images are not known: the server does not tell them, or contradicts itself" in result.remarks
    assert archive.asked < 40


def test_rows_are_not_studies() -> None:
    """As pynetdicom's qrscp: a row for each image, and still as many studies as there are."""
    result, archive = counted(replace(STUDIES_ALONE, rows_per_instance=True))
    assert result.counts.studies == Exact(48)
    assert archive.rows > 2.9 * archive.total("instances")


def test_a_limit_without_another_way_to_ask_leaves_a_floor_that_says_why() -> None:
    """All with a date or a time are found behind a limit of ten; that none has neither cannot be known."""
    result, _ = counted(replace(STUDIES_ALONE, cap=10, cap_status=CANCELLED))
    assert result.counts.studies == AtLeast(48)
    assert result.remarks[0] == (
        "at least 48 studies: the server stopped answering after 10 records, "
        "and studies that have neither a date nor a time would not show"
    )


def test_a_number_that_may_be_a_limit_is_not_called_exact() -> None:
    """Fifty studies and no way to see whether a fifty-first would have been sent."""
    fifty = [*forty_eight(), *studies_of_three()[:2]]
    result, _ = counted(STUDIES_ALONE, fifty)
    assert result.counts.studies == AtLeast(50)
    assert result.remarks[0] == (
        "at least 50 studies: the server never sent more than 50 records at once, and may stop there"
    )


def test_the_one_archive_that_deceives_us_is_known() -> None:
    """A silent limit as high as the dated studies are many, the others sent last: it looks honest (ADR 0011).

    That is, if no other axis works and the number is none that people set.
    """
    studies = [
        replace(study, second=None) if study.day is None else study for study in forty_eight(undated=1)
    ]
    impostor = Archive(studies, replace(STUDIES_ALONE, cap=47, order=Order.UNDATED_LAST))
    honest = Archive(studies[1:], STUDIES_ALONE)
    assert judged(count(impostor), impostor) == judged(count(honest), honest)
    round_number = Archive([*studies, *studies_of_three()], replace(impostor.behaviour, cap=50))
    assert judged(count(round_number), round_number).counts.studies == AtLeast(50)


def test_an_empty_archive_holds_nothing_exactly() -> None:
    """None, and not unknown."""
    result, archive = counted(ANSWERS_FOR_ALL, [])
    assert (result.counts.studies, result.counts.patients, result.counts.instances) == (Exact(0),) * 3
    assert archive.asked < 12


def test_dates_that_are_not_looked_at_are_noticed_and_not_counted_twice() -> None:
    """Three ranges that share no day hold the same studies: no years, and no sum over them."""
    result, archive = counted(replace(STUDIES_ALONE, dates_ignored=True, times_ignored=True))
    assert result.years == ()
    assert result.counts.studies == AtLeast(48)
    assert result.remarks[0].endswith("the server does not look at dates, so no part of it could be checked")
    assert archive.asked < 100


@pytest.mark.parametrize(
    ("counters", "said"),
    [
        (Counters.ABSENT, Unknown()),
        (Counters.ZERO, Unknown()),
        (Counters.COLLAPSE, Unknown()),
        (Counters.PART, Unknown()),
        (Counters.TRUE, Claimed(216)),
    ],
)
def test_counters_are_believed_only_as_far_as_they_go(counters: Counters, said: Claimed | Unknown) -> None:
    """Absent, zero, of a part of the studies, or at the cost of rows: not believed. Else the server's own."""
    result, _ = counted(replace(ANSWERS_FOR_ALL, counters=counters, relational=False))
    assert result.counts.instances == said


def test_counters_that_a_control_contradicts_are_not_believed() -> None:
    """Counted row by row the images are fewer than the server says: then the rows count."""
    result, archive = counted(replace(ANSWERS_FOR_ALL, counters=Counters.INFLATED))
    assert result.counts.instances == Exact(archive.total("instances"))


@pytest.mark.parametrize("modality", [Modality.IGNORED, Modality.UNRETURNED])
def test_modalities_are_shown_only_if_a_query_for_one_works(modality: Modality) -> None:
    """A made-up modality that is found means that the key is not looked at."""
    result, _ = counted(replace(ANSWERS_FOR_ALL, modality=modality))
    assert result.modalities == ()


def test_an_archive_of_patients_alone_is_quoted() -> None:
    """Patient Root that lists no studies: its patients are rows, the rest is its own figure."""
    archive = Archive(forty_eight(), Behaviour(studies_of_patient_root=False, relational=False))
    result = judged(count(archive, plan(QueryService.PATIENT_ROOT)), archive)
    assert result.counts.patients == AtLeast(32)
    assert result.counts.studies == Claimed(48)
    assert result.counts.instances == Claimed(archive.total("instances"))


def _scheduled(steps: int) -> list[Study]:
    return [
        Study(f"{STEM}{n}", TODAY + timedelta(days=n % 5), 28_800 + 600 * n, f"P{n}", 1, 1)
        for n in range(steps)
    ]


@pytest.mark.parametrize(("cap", "kind"), [(None, "exact"), (5, "exact")])
def test_a_worklist_is_counted_by_the_dates_that_every_entry_has(cap: int | None, kind: str) -> None:
    """Twelve entries, though twelve may be a limit: the days hold them too, and leave none out."""
    archive = Archive(_scheduled(12), Behaviour(cap=cap))
    result = judged(count(archive, plan(QueryService.WORKLIST)), archive)
    assert (result.counts.worklist_items.kind, result.counts.worklist_items) == (kind, Exact(12))
    assert isinstance(result.counts.studies, Unknown)


def test_an_archive_out_of_resources_is_asked_no_more() -> None:
    """0xA700: what is known by then is kept, and is a floor."""
    result, archive = counted(replace(ANSWERS_FOR_ALL, cap=10, cap_status=OUT_OF_RESOURCES))
    assert isinstance(result.counts.studies, AtLeast)
    assert "the server said that it was out of resources, and was asked no more" in result.remarks[0]
    before = archive.asked
    assert count(archive).end is CensusEnd.OUT_OF_RESOURCES
    assert archive.asked - before == before


def _ended(**changes: object) -> Census:
    """A census whose fifth answer is changed so."""
    archive = Archive(forty_eight(), ANSWERS_FOR_ALL)
    census = Census(plan())
    questions = census.questions()
    question = next(questions, None)
    asked = 0
    while question is not None:
        asked += 1
        answer = archive.answer(question)
        answer = replace(answer, **changes) if asked == 5 else answer  # type: ignore[arg-type]  # of a table
        try:
            question = questions.send(answer)
        except StopIteration:
            question = None
    assert asked == 5
    return census


@pytest.mark.parametrize(
    ("changes", "end"),
    [
        ({"stop": CensusEnd.BUSY}, CensusEnd.BUSY),
        ({"stop": CensusEnd.ASSOCIATIONS}, CensusEnd.ASSOCIATIONS),
        ({"first_milliseconds": 2_001}, CensusEnd.SLOW),
        ({"echo_milliseconds": 2_001}, CensusEnd.SLOW),
        ({"ending": Ending.SILENCE, "status": None}, CensusEnd.SILENT),
        ({"ending": Ending.ABORT, "status": None}, CensusEnd.REFUSED),
        ({"milliseconds": 300_000}, CensusEnd.SECONDS),
    ],
)
def test_a_census_stops_at_the_first_sign_and_keeps_what_is_known(
    changes: dict[str, object], end: CensusEnd
) -> None:
    """Busy, slow, silent, refusing, or out of time: no question follows, and the cells stand."""
    census = _ended(**changes)
    assert census.end is end
    assert sum(cell.distinct for cell in census.cells) > 0


def test_an_archive_as_slow_as_its_echo_is_not_slow() -> None:
    """Three times the first echo is its own pace, whatever the patience of the scope."""
    how = replace(plan(), first_echo_milliseconds=1_000)
    archive = Archive(forty_eight(), replace(ANSWERS_FOR_ALL, milliseconds=2_500))
    assert count(archive, replace(how, budget=CountBudget(seconds=10_000.0))).end is CensusEnd.ALL_ASKED


def test_no_fact_of_a_census_is_finer_than_a_month_or_an_hour() -> None:
    """Days, minutes and endings of PatientIDs are asked for and never kept."""
    archive = Archive(forty_eight(), replace(ANSWERS_FOR_ALL, cap=1, cap_status=CANCELLED))
    census = count(archive)
    names = {cell.cell for cell in census.cells}
    assert {"whole", "patient_ids"} <= names | {"whole"}
    for name in names - {"whole", "patient_ids"}:
        assert len(name) in {len("07"), len("00/11"), len("2019"), len("2019-03"), len("1900/1989")}
        assert not any(
            name in study.uid for study in archive.studies if len(name) > len("2019-03") and "." in name
        )


def test_a_census_asks_for_no_open_range_and_starts_with_what_holds_little() -> None:
    """The future and the years before 1990 are one closed range each; then years, the newest first."""
    archive = Archive(forty_eight(), ANSWERS_FOR_ALL)
    asked = []
    census = Census(plan())
    questions = census.questions()
    question = next(questions)
    while question.keys.level is CountLevel.STUDY and question.keys.dates and len(asked) < 5:
        asked.append(question.keys.dates)
        question = questions.send(archive.answer(question))
    assert asked[:4] == [
        (date(2027, 1, 1), date(2199, 12, 31)),
        (date(1, 1, 1), date(1989, 12, 31)),
        (date(2026, 1, 1), date(2026, 12, 31)),
        (date(2025, 1, 1), date(2025, 12, 31)),
    ]


def test_a_month_is_a_cell_only_if_its_year_had_to_be_cut() -> None:
    """Twenty studies of one year behind a limit of ten: that year has months, the others have none."""
    year = [replace(study, day=date(2020, 1 + n % 12, 5)) for n, study in enumerate(forty_eight()[:20])]
    archive = Archive(
        [*year, *forty_eight(undated=0)[20:24]],
        replace(ANSWERS_FOR_ALL, cap=10, cap_status=CANCELLED),
    )
    census = count(archive)
    months = {cell.cell[:4] for cell in census.cells if cell.axis is Axis.DATES and "-" in cell.cell}
    assert months == {"2020"}
    by_status = [cell for cell in census.cells if cell.cell == "2020" and cell.cut is Cut.BY_STATUS]
    assert by_status[0].rows == 10


def test_years_that_the_rows_will_not_do_for_are_estimated_from_days_drawn_at_random() -> None:
    """The newest years are counted; of the rest an interval is given, and it says so."""
    chance = random.Random(3)
    studies = [
        Study(
            f"{STEM}{n}",
            TODAY - timedelta(days=chance.randrange(3_650)),
            chance.randrange(86_400),
            "P1",
            1,
            1,
        )
        for n in range(20_000)
    ]
    archive = Archive(studies, ANSWERS_FOR_ALL)
    result = judged(count(archive, plan(budget=CountBudget(rows=10_000))), archive)
    assert result.counts.studies.kind == "estimated"
    assert result.counts.studies.low <= 20_000 <= result.counts.studies.high
    assert result.counts.studies.high < 30_000
    assert "days drawn at random" in result.remarks[0]
    assert archive.rows <= 10_000


def test_studies_seen_can_be_compared_with_those_of_another_door() -> None:
    """The set of the studies of one run, under one key."""
    archive = Archive(forty_eight(), ANSWERS_FOR_ALL)
    first, second = count(archive), count(archive, plan(QueryService.PATIENT_ROOT))
    assert len(first.studies) == 48
    assert first.studies.overlap(second.studies) == 48


def test_what_was_counted_of_one_thing_is_not_mixed_with_another() -> None:
    """Series and images have cells of their own."""
    census = count(Archive(forty_eight(), ANSWERS_FOR_ALL))
    assert {cell.things for cell in census.cells} == {Things.STUDIES, Things.SERIES, Things.INSTANCES}
