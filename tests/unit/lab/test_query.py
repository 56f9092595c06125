from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice

import pytest

from dosimeter.dicom.uids import IMPLICIT_VR_LE, MODALITY_WORKLIST_FIND, PATIENT_ROOT_FIND, STUDY_ROOT_FIND
from dosimeter.lab.attributes import Tag
from dosimeter.lab.catalogue import catalogue_of
from dosimeter.lab.dataset import Dataset, decode_dataset
from dosimeter.lab.holdings import invent_holdings
from dosimeter.lab.policy import (
    ABSURD_COUNTERS,
    Counters,
    Hierarchy,
    Matching,
    OddDates,
    Policy,
    RowOrder,
    UidWildcards,
)
from dosimeter.lab.query import QueryRefused, answer_query

HOLDINGS = invent_holdings(5, patients=60, appointments=12)
CATALOGUE = catalogue_of(HOLDINGS)
STUDIES = [study for patient in HOLDINGS.patients for study in patient.studies]
INSTANCES = sum(series.instances for study in STUDIES for series in study.series)
UNDATED = sum(not study.day for study in STUDIES)
OPEN = Policy()
ALL_STUDIES: Dataset = {Tag.QUERY_RETRIEVE_LEVEL: "STUDY", Tag.STUDY_INSTANCE_UID: ""}


@dataclass(frozen=True)
class Found:
    """A row as its reader sees it."""

    status: int
    identifier: Dataset


def ask(
    keys: Dataset, root: str = STUDY_ROOT_FIND, policy: Policy = OPEN, most: int | None = None
) -> list[Found]:
    """The rows of an answer, or the first of them."""
    answer = answer_query(CATALOGUE, policy, root, keys, IMPLICIT_VR_LE)
    return [
        Found(row.status, decode_dataset(row.identifier, IMPLICIT_VR_LE)) for row in islice(answer.rows, most)
    ]


def dated(key: str, matching: Matching | None = None) -> int:
    """How many studies a StudyDate finds."""
    policy = OPEN if matching is None else Policy(matching=matching)
    return len(ask({**ALL_STUDIES, Tag.STUDY_DATE: key}, policy=policy))


def test_a_universal_query_finds_every_study() -> None:
    """A level and a key without a value give one row for each study, with the UID that was asked for."""
    rows = ask({Tag.QUERY_RETRIEVE_LEVEL: "STUDY", Tag.STUDY_INSTANCE_UID: ""})
    assert [row.identifier[Tag.STUDY_INSTANCE_UID] for row in rows] == [study.uid for study in STUDIES]
    assert {row.status for row in rows} == {0xFF00}


def test_a_study_that_does_not_exist_is_not_found() -> None:
    """The null query finds nothing."""
    assert ask({Tag.QUERY_RETRIEVE_LEVEL: "STUDY", Tag.STUDY_INSTANCE_UID: "2.25.1"}) == []


def test_a_date_range_finds_the_studies_of_that_time() -> None:
    """A closed range gives what lies in it; undated studies are in no range."""
    found = ask({Tag.QUERY_RETRIEVE_LEVEL: "STUDY", Tag.STUDY_DATE: "20150101-20191231"})
    assert len(found) == sum("20150101" <= study.day <= "20191231" for study in STUDIES)
    everything = ask({Tag.QUERY_RETRIEVE_LEVEL: "STUDY", Tag.STUDY_DATE: "00010101-99991231"})
    assert len(everything) == sum(bool(study.day) for study in STUDIES)


def test_each_level_is_counted_truly() -> None:
    """Patients, studies, series and instances found agree with the count attributes of the levels above."""
    patient = HOLDINGS.patients[0]
    (row,) = ask(
        {
            Tag.QUERY_RETRIEVE_LEVEL: "PATIENT",
            Tag.PATIENT_ID: patient.patient_id,
            Tag.NUMBER_OF_PATIENT_RELATED_STUDIES: "",
            Tag.NUMBER_OF_PATIENT_RELATED_INSTANCES: "",
        },
        PATIENT_ROOT_FIND,
    )
    studies = ask(
        {
            Tag.QUERY_RETRIEVE_LEVEL: "STUDY",
            Tag.PATIENT_ID: patient.patient_id,
            Tag.STUDY_INSTANCE_UID: "",
            Tag.NUMBER_OF_STUDY_RELATED_SERIES: "",
        }
    )
    assert row.identifier[Tag.NUMBER_OF_PATIENT_RELATED_STUDIES] == str(len(studies))
    instances = 0
    for study in studies:
        uid = study.identifier[Tag.STUDY_INSTANCE_UID]
        series = ask(
            {Tag.QUERY_RETRIEVE_LEVEL: "SERIES", Tag.STUDY_INSTANCE_UID: uid, Tag.SERIES_INSTANCE_UID: ""}
        )
        assert study.identifier[Tag.NUMBER_OF_STUDY_RELATED_SERIES] == str(len(series))
        for each in series:
            keys: Dataset = {
                Tag.QUERY_RETRIEVE_LEVEL: "IMAGE",
                Tag.STUDY_INSTANCE_UID: uid,
                Tag.SERIES_INSTANCE_UID: each.identifier[Tag.SERIES_INSTANCE_UID],
                Tag.SOP_INSTANCE_UID: "",
            }
            instances += len(ask(keys))
    assert row.identifier[Tag.NUMBER_OF_PATIENT_RELATED_INSTANCES] == str(instances)


@pytest.mark.parametrize(
    ("root", "keys"),
    [
        (STUDY_ROOT_FIND, {}),
        (STUDY_ROOT_FIND, {Tag.QUERY_RETRIEVE_LEVEL: "BOGUS"}),
        (STUDY_ROOT_FIND, {Tag.QUERY_RETRIEVE_LEVEL: "PATIENT"}),
        (STUDY_ROOT_FIND, {Tag.QUERY_RETRIEVE_LEVEL: "SERIES"}),
        (PATIENT_ROOT_FIND, {Tag.QUERY_RETRIEVE_LEVEL: "STUDY", Tag.PATIENT_ID: "LAB*"}),
    ],
)
def test_a_query_that_the_root_does_not_know_is_refused(root: str, keys: Dataset) -> None:
    """No level, a level of the other root, or no unique key above it: 0xA900."""
    with pytest.raises(QueryRefused) as refused:
        ask(keys, root)
    assert refused.value.status == 0xA900


def test_the_worklist_is_asked_by_the_date_of_a_step() -> None:
    """Keys within the scheduled step select appointments; an impossible date selects none."""
    step = Tag.SCHEDULED_PROCEDURE_STEP_SEQUENCE
    day = HOLDINGS.appointments[0].day
    found = ask({step: ({Tag.SCHEDULED_PROCEDURE_STEP_START_DATE: day},)}, MODALITY_WORKLIST_FIND)
    assert len(found) == sum(appointment.day == day for appointment in HOLDINGS.appointments)
    assert ask({step: ({Tag.SCHEDULED_PROCEDURE_STEP_START_DATE: "18000101"},)}, MODALITY_WORKLIST_FIND) == []


def test_counters_may_be_absent_or_zero() -> None:
    """Both ways in which real archives fail to count can be imitated."""
    keys = {Tag.QUERY_RETRIEVE_LEVEL: "STUDY", Tag.NUMBER_OF_STUDY_RELATED_INSTANCES: ""}
    absent = ask(keys, policy=Policy(counters=Counters.ABSENT))
    zero = ask(keys, policy=Policy(counters=Counters.ZERO))
    assert all(Tag.NUMBER_OF_STUDY_RELATED_INSTANCES not in row.identifier for row in absent)
    assert {row.status for row in absent} == {0xFF01}
    assert {row.identifier[Tag.NUMBER_OF_STUDY_RELATED_INSTANCES] for row in zero} == {"0"}
    assert len(absent) == len(zero) == len(STUDIES)


def test_an_archive_may_send_a_row_for_each_instance() -> None:
    """Rows are then instances, and distinct UIDs are still studies."""
    rows = ask(
        {Tag.QUERY_RETRIEVE_LEVEL: "STUDY", Tag.STUDY_INSTANCE_UID: ""}, policy=Policy(row_per_instance=True)
    )
    assert len(rows) == sum(series.instances for study in STUDIES for series in study.series)
    assert len({row.identifier[Tag.STUDY_INSTANCE_UID] for row in rows}) == len(STUDIES)


def test_canned_rows_hold_whole_records() -> None:
    """A decoy sends names, dates and institutions that nobody asked for, whatever is asked."""
    nothing = {Tag.QUERY_RETRIEVE_LEVEL: "STUDY", Tag.STUDY_INSTANCE_UID: "2.25.1"}
    rows = ask(nothing, policy=Policy(canned_rows=3))
    assert len(rows) == 3
    assert rows[0].identifier[Tag.PATIENT_NAME] == HOLDINGS.patients[0].name
    assert Tag.INSTITUTION_NAME in rows[0].identifier
    assert {row.identifier[Tag.QUERY_RETRIEVE_LEVEL] for row in rows} == {"STUDY"}


def test_asking_for_counters_may_collapse_the_answer() -> None:
    """One row is left of it, with true values."""
    policy = Policy(counters=Counters.COLLAPSE)
    assert len(ask(ALL_STUDIES, policy=policy)) == len(STUDIES)
    (row,) = ask({**ALL_STUDIES, Tag.NUMBER_OF_STUDY_RELATED_SERIES: ""}, policy=policy)
    assert row.identifier[Tag.NUMBER_OF_STUDY_RELATED_SERIES] == str(len(STUDIES[0].series))


def test_counters_may_be_too_large() -> None:
    """Inflated ones are plausible numbers, none of them true."""
    keys = {**ALL_STUDIES, Tag.NUMBER_OF_STUDY_RELATED_SERIES: ""}
    told = [
        row.identifier[Tag.NUMBER_OF_STUDY_RELATED_SERIES]
        for row in ask(keys, policy=Policy(counters=Counters.INFLATED))
    ]
    assert told == [str(3 * len(study.series) + 7) for study in STUDIES]


def test_counters_may_be_absurd() -> None:
    """Every text of the list comes, digits of other scripts as UTF-8."""
    keys = {**ALL_STUDIES, Tag.NUMBER_OF_STUDY_RELATED_INSTANCES: ""}
    rows = ask(keys, policy=Policy(counters=Counters.ABSURD))
    told = {str(row.identifier[Tag.NUMBER_OF_STUDY_RELATED_INSTANCES]).encode("latin-1") for row in rows}
    assert told == {text.encode().strip(b" \0") for text in ABSURD_COUNTERS}
    assert len(rows) == len(STUDIES)


def test_below_a_study_nothing_is_said_without_its_uid() -> None:
    """Unless relational queries are answered: then every series and every instance comes, once."""
    series: Dataset = {Tag.QUERY_RETRIEVE_LEVEL: "SERIES", Tag.SERIES_INSTANCE_UID: ""}
    with pytest.raises(QueryRefused) as refused:
        ask(series, policy=Policy(unkeyed_status=0xC000))
    assert refused.value.status == 0xC000
    relational = Policy(hierarchy=Hierarchy.FREE)
    found = ask(series, policy=relational)
    assert [row.identifier[Tag.SERIES_INSTANCE_UID] for row in found] == [
        each.uid for study in STUDIES for each in study.series
    ]
    instances = ask(
        {Tag.QUERY_RETRIEVE_LEVEL: "IMAGE", Tag.SOP_INSTANCE_UID: "", Tag.STUDY_INSTANCE_UID: ""},
        policy=relational,
    )
    assert len({row.identifier[Tag.SOP_INSTANCE_UID] for row in instances}) == len(instances) == INSTANCES
    assert len({row.identifier[Tag.STUDY_INSTANCE_UID] for row in instances}) == len(STUDIES)


def test_a_relational_query_is_narrowed_by_the_keys_of_every_level() -> None:
    """A date, a modality and an instance number are each matched where they belong."""
    relational = Policy(hierarchy=Hierarchy.FREE)
    keys: Dataset = {
        Tag.QUERY_RETRIEVE_LEVEL: "IMAGE",
        Tag.STUDY_DATE: "20150101-20191231",
        Tag.MODALITY: "CT",
        Tag.INSTANCE_NUMBER: "1",
        Tag.SOP_INSTANCE_UID: "",
    }
    assert [row.identifier[Tag.SOP_INSTANCE_UID] for row in ask(keys, policy=relational)] == [
        series.instance_uid(1)
        for study in STUDIES
        if "20150101" <= study.day <= "20191231"
        for series in study.series
        if series.modality == "CT"
    ]


def test_study_root_may_know_patients() -> None:
    """As Orthanc's does; the standard's does not."""
    keys: Dataset = {Tag.QUERY_RETRIEVE_LEVEL: "PATIENT", Tag.PATIENT_ID: ""}
    found = ask(keys, policy=Policy(patient_level_everywhere=True))
    assert len(found) == len(HOLDINGS.patients)
    assert len(ask(keys, PATIENT_ROOT_FIND)) == len(HOLDINGS.patients)


def test_modalities_in_study_may_be_matched_returned_or_neither() -> None:
    """Three servers of four ignore the key; some return it all the same."""
    keys = {**ALL_STUDIES, Tag.MODALITIES_IN_STUDY: "CT"}
    matched = ask(keys)
    returned = ask(keys, policy=Policy(matching=Matching(ignored=frozenset((Tag.MODALITIES_IN_STUDY,)))))
    neither = ask(
        keys,
        policy=Policy(
            matching=Matching(ignored=frozenset((Tag.MODALITIES_IN_STUDY,))),
            unsent=frozenset((Tag.MODALITIES_IN_STUDY,)),
        ),
    )
    with_ct = sum(any(series.modality == "CT" for series in study.series) for study in STUDIES)
    assert 0 < len(matched) == with_ct < len(STUDIES)
    assert Counter(row.identifier[Tag.MODALITIES_IN_STUDY] for row in returned)["CT"] == with_ct
    assert len(returned) == len(neither) == len(STUDIES)
    assert all(Tag.MODALITIES_IN_STUDY not in row.identifier for row in neither)
    assert {row.status for row in neither} == {0xFF01}


def test_dates_and_times_may_be_ignored() -> None:
    """Then every range finds everything."""
    for tag, key in ((Tag.STUDY_DATE, "18000101-18001231"), (Tag.STUDY_TIME, "000000-000001")):
        keys = {**ALL_STUDIES, tag: key}
        assert ask(keys) == []
        ignoring = Policy(matching=Matching(ignored=frozenset((tag,))))
        assert len(ask(keys, policy=ignoring)) == len(STUDIES)


def test_a_wildcard_in_a_uid_is_the_archives_choice() -> None:
    """Literal finds nothing, honoured finds what begins so, refused is 0xC000."""
    begins = {**ALL_STUDIES, Tag.STUDY_INSTANCE_UID: "2.25.1*"}
    everything = {**ALL_STUDIES, Tag.STUDY_INSTANCE_UID: "*"}
    assert ask(begins) == ask(everything) == []
    honoured = Policy(matching=Matching(uid_wildcards=UidWildcards.HONOURED))
    assert len(ask(begins, policy=honoured)) == sum(study.uid.startswith("2.25.1") for study in STUDIES) > 0
    assert len(ask(everything, policy=honoured)) == len(STUDIES)
    with pytest.raises(QueryRefused) as refused:
        ask(begins, policy=Policy(matching=Matching(uid_wildcards=UidWildcards.REFUSED)))
    assert refused.value.status == 0xC000


def test_an_open_range_may_include_the_undated() -> None:
    """``-Y`` does on some servers; a closed range never does."""
    including = Matching(before_finds_undated=True)
    assert UNDATED > 0
    assert dated("-20991231") == len(STUDIES) - UNDATED
    assert dated("-20991231", including) == len(STUDIES)
    assert dated("19000101-20991231", including) == len(STUDIES) - UNDATED


def test_a_range_that_is_open_at_its_end_may_find_nothing() -> None:
    """Its length is odd, and the space that pads it is not understood."""
    assert dated("20110101-") == len(STUDIES) - UNDATED
    assert dated("20110101-", Matching(after_finds_nothing=True)) == 0


@pytest.mark.parametrize(
    ("odd_dates", "found"),
    [
        (OddDates.COMPARED, sum("20150101" <= study.day <= "20151331" for study in STUDIES)),
        (OddDates.NOTHING, 0),
        (OddDates.EVERYTHING, len(STUDIES)),
    ],
)
def test_a_date_that_does_not_exist_is_the_archives_choice(odd_dates: OddDates, found: int) -> None:
    """A thirteenth month is compared as text, finds nothing, or is no key at all."""
    assert dated("20150101-20151331", Matching(odd_dates=odd_dates)) == found
    assert dated("20150101-20151231", Matching(odd_dates=odd_dates)) == dated("20150101-20151231")


def test_without_the_unique_key_an_answer_may_collapse() -> None:
    """What is alike is then sent once, as DCMTK does."""
    keys: Dataset = {Tag.QUERY_RETRIEVE_LEVEL: "STUDY", Tag.MODALITIES_IN_STUDY: ""}
    policy = Policy(collapses_without_key=True)
    assert len(ask(keys)) == len(ask(ALL_STUDIES, policy=policy)) == len(STUDIES)
    assert len(ask(keys, policy=policy)) < 20


def test_rows_may_come_again() -> None:
    """Twice each, or all of them again and again."""
    assert len(ask(ALL_STUDIES, policy=Policy(row_repeats=2))) == 2 * len(STUDIES)
    endless = ask(ALL_STUDIES, policy=Policy(endless=True), most=5 * len(STUDIES))
    assert len(endless) == 5 * len(STUDIES)
    assert len({row.identifier[Tag.STUDY_INSTANCE_UID] for row in endless}) == len(STUDIES)
    assert ask({**ALL_STUDIES, Tag.STUDY_INSTANCE_UID: "2.25.1"}, policy=Policy(endless=True)) == []


def test_a_unique_key_may_be_missing_from_the_rows() -> None:
    """What is never sent is not supported, which the pending status says; it may say so of everything."""
    rows = ask(ALL_STUDIES, policy=Policy(unsent=frozenset((Tag.STUDY_INSTANCE_UID,))))
    assert all(Tag.STUDY_INSTANCE_UID not in row.identifier for row in rows)
    assert len(rows) == len(STUDIES)
    assert {row.status for row in ask(ALL_STUDIES, policy=Policy(pending_status=0xFF01))} == {0xFF01}


def test_rows_come_in_the_order_of_the_archive() -> None:
    """Held, by date, or another order each time: always the same rows."""
    keys = {**ALL_STUDIES, Tag.STUDY_DATE: ""}
    held = [row.identifier[Tag.STUDY_INSTANCE_UID] for row in ask(keys)]
    days = [row.identifier[Tag.STUDY_DATE] for row in ask(keys, policy=Policy(row_order=RowOrder.BY_DATE))]
    shuffled = [
        row.identifier[Tag.STUDY_INSTANCE_UID]
        for row in ask(keys, policy=Policy(row_order=RowOrder.SHUFFLED))
    ]
    assert held == [study.uid for study in STUDIES]
    assert days == sorted(study.day for study in STUDIES)
    assert shuffled != held
    assert sorted(shuffled) == sorted(held)


def test_each_level_may_have_its_own_limit() -> None:
    """LimitFindResults and LimitFindInstances are two numbers."""
    policy = Policy(hierarchy=Hierarchy.FREE, most_rows=10, most_rows_at=(("IMAGE", 20),))
    limits = [
        answer_query(
            CATALOGUE, policy, STUDY_ROOT_FIND, {Tag.QUERY_RETRIEVE_LEVEL: level}, IMPLICIT_VR_LE
        ).limit
        for level in ("STUDY", "SERIES", "IMAGE")
    ]
    assert limits == [10, 10, 20]


def test_keys_of_the_levels_above_may_have_to_be_there() -> None:
    """Empty is then enough; the standard wants one value, and Orthanc wants nothing."""
    present = Policy(hierarchy=Hierarchy.PRESENT)
    bare: Dataset = {Tag.QUERY_RETRIEVE_LEVEL: "STUDY", Tag.STUDY_INSTANCE_UID: ""}
    with pytest.raises(QueryRefused):
        ask(bare, PATIENT_ROOT_FIND, present)
    with pytest.raises(QueryRefused):
        ask({**bare, Tag.PATIENT_ID: ""}, PATIENT_ROOT_FIND)
    assert len(ask({**bare, Tag.PATIENT_ID: ""}, PATIENT_ROOT_FIND, present)) == len(STUDIES)
    assert len(ask(bare, PATIENT_ROOT_FIND, Policy(hierarchy=Hierarchy.FREE))) == len(STUDIES)


def test_keys_of_a_level_above_may_be_ignored() -> None:
    """A date narrows no series in DCMTK; the unique key of the study does."""
    keys: Dataset = {
        Tag.QUERY_RETRIEVE_LEVEL: "SERIES",
        Tag.STUDY_INSTANCE_UID: "",
        Tag.STUDY_DATE: "20150101-20151231",
        Tag.SERIES_INSTANCE_UID: "",
    }
    together = Policy(hierarchy=Hierarchy.PRESENT)
    apart = Policy(hierarchy=Hierarchy.PRESENT, matching=Matching(levels_apart=True))
    series = [each for study in STUDIES for each in study.series]
    assert 0 < len(ask(keys, policy=together)) < len(ask(keys, policy=apart)) == len(series)
    one = {**keys, Tag.STUDY_INSTANCE_UID: STUDIES[0].uid}
    assert len(ask(one, policy=apart)) == len(STUDIES[0].series)


def test_endings_of_a_patient_id_are_matched_as_the_archive_can() -> None:
    """With wildcards, without them, and whatever the case."""
    keys = {**ALL_STUDIES, Tag.PATIENT_ID: "*7"}
    expected = [
        study
        for patient in HOLDINGS.patients
        if patient.patient_id.endswith("7")
        for study in patient.studies
    ]
    assert len(ask(keys)) == len(expected) > 0
    assert ask(keys, policy=Policy(matching=Matching(wildcards=False))) == []
    lower = {**ALL_STUDIES, Tag.PATIENT_ID: "lab-*"}
    assert ask(lower) == []
    assert len(ask(lower, policy=Policy(matching=Matching(ignores_case=True)))) == len(STUDIES)
