from __future__ import annotations

import pytest

from dosimeter.dicom.uids import MODALITY_WORKLIST_FIND, PATIENT_ROOT_FIND, STUDY_ROOT_FIND
from dosimeter.lab.attributes import Tag
from dosimeter.lab.dataset import Dataset
from dosimeter.lab.holdings import invent_holdings
from dosimeter.lab.policy import Counters, Policy
from dosimeter.lab.query import QueryRefused, Row, answer_query, canned_rows

HOLDINGS = invent_holdings(5, patients=60, appointments=12)
STUDIES = [study for patient in HOLDINGS.patients for study in patient.studies]
OPEN = Policy()


def ask(keys: Dataset, root: str = STUDY_ROOT_FIND, policy: Policy = OPEN) -> list[Row]:
    """Every row of an answer."""
    return list(answer_query(HOLDINGS, policy, root, keys))


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
    """A decoy sends names, dates and institutions that nobody asked for."""
    rows = list(canned_rows(HOLDINGS, Policy(canned_rows=3)))
    assert len(rows) == 3
    assert rows[0].identifier[Tag.PATIENT_NAME] == HOLDINGS.patients[0].name
    assert Tag.INSTITUTION_NAME in rows[0].identifier
