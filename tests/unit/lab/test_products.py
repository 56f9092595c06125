"""The policies that imitate products against what was measured of them (FACTS of November 2026)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dosimeter.dicom.uids import IMPLICIT_VR_LE, PATIENT_ROOT_FIND, STUDY_ROOT_FIND
from dosimeter.lab.attributes import Tag
from dosimeter.lab.catalogue import catalogue_of
from dosimeter.lab.dataset import Dataset
from dosimeter.lab.holdings import invent_holdings
from dosimeter.lab.policy import Policy
from dosimeter.lab.products import LIKE_DCMTK, LIKE_ORTHANC, LIKE_PYNETDICOM
from dosimeter.lab.query import QueryRefused, answer_query

CATALOGUE = catalogue_of(invent_holdings(6, patients=40))
TRUTH = CATALOGUE.truth()
IN_2019 = TRUTH.years[2019]
WITH_CT = TRUTH.modalities["CT"]

STUDY: Dataset = {Tag.QUERY_RETRIEVE_LEVEL: "STUDY", Tag.STUDY_INSTANCE_UID: ""}
UNDER_PATIENT: Dataset = {**STUDY, Tag.PATIENT_ID: ""}
PATIENT: Dataset = {Tag.QUERY_RETRIEVE_LEVEL: "PATIENT", Tag.PATIENT_ID: ""}
SERIES: Dataset = {Tag.QUERY_RETRIEVE_LEVEL: "SERIES", Tag.SERIES_INSTANCE_UID: ""}
IMAGE: Dataset = {Tag.QUERY_RETRIEVE_LEVEL: "IMAGE", Tag.SOP_INSTANCE_UID: ""}
PARENTS: Dataset = {Tag.STUDY_INSTANCE_UID: "", Tag.SERIES_INSTANCE_UID: ""}


def asked(policy: Policy, root: str, keys: Dataset) -> int:
    """How many distinct rows an answer has, or the status that refuses it."""
    try:
        answer = answer_query(CATALOGUE, policy, root, keys, IMPLICIT_VR_LE)
    except QueryRefused as refusal:
        return refusal.status
    return len({row.identifier for row in answer.rows})


@pytest.mark.parametrize(
    ("root", "keys", "orthanc", "dcmtk", "pynetdicom"),
    [
        (STUDY_ROOT_FIND, STUDY, *(TRUTH.studies,) * 3),
        (STUDY_ROOT_FIND, {**STUDY, Tag.STUDY_INSTANCE_UID: "2.25.*"}, 0xC000, 0, 0),
        (STUDY_ROOT_FIND, {**STUDY, Tag.STUDY_DATE: "20190101-20191231"}, *(IN_2019,) * 3),
        (STUDY_ROOT_FIND, {**STUDY, Tag.MODALITIES_IN_STUDY: "CT"}, WITH_CT, TRUTH.studies, TRUTH.studies),
        (STUDY_ROOT_FIND, {**STUDY, Tag.MODALITIES_IN_STUDY: "ZZ"}, 0, TRUTH.studies, TRUTH.studies),
        (STUDY_ROOT_FIND, {**STUDY, Tag.PATIENT_ID: "LAB-*"}, *(TRUTH.studies,) * 3),
        (STUDY_ROOT_FIND, {**STUDY, Tag.PATIENT_ID: "lab-*"}, 0, 0, TRUTH.studies),
        (STUDY_ROOT_FIND, PATIENT, TRUTH.patients, 0xC000, 0xA900),
        (PATIENT_ROOT_FIND, PATIENT, *(TRUTH.patients,) * 3),
        (PATIENT_ROOT_FIND, STUDY, TRUTH.studies, 0xC000, 0xA900),
        (PATIENT_ROOT_FIND, UNDER_PATIENT, *(TRUTH.studies,) * 3),
        (STUDY_ROOT_FIND, SERIES, TRUTH.series, 0xC000, 0xA900),
        (STUDY_ROOT_FIND, {**SERIES, **PARENTS}, *(TRUTH.series,) * 3),
        (STUDY_ROOT_FIND, {**IMAGE, Tag.STUDY_INSTANCE_UID: ""}, TRUTH.instances, 0xC000, 0xA900),
        (STUDY_ROOT_FIND, {**IMAGE, **PARENTS}, *(TRUTH.instances,) * 3),
    ],
)
def test_a_question_is_answered_as_by_the_product(
    root: str, keys: Dataset, orthanc: int, dcmtk: int, pynetdicom: int
) -> None:
    """Orthanc 1.10.1, dcmqrscp 3.6.7 and qrscp 3.0.4, asked the same with the same data."""
    found = [asked(policy, root, keys) for policy in (LIKE_ORTHANC, LIKE_DCMTK, LIKE_PYNETDICOM)]
    assert found == [orthanc, dcmtk, pynetdicom]


def test_dcmtk_drops_a_date_below_a_study() -> None:
    """All series come, whatever the year; Orthanc and qrscp heed it."""
    keys = {**SERIES, **PARENTS, Tag.STUDY_DATE: "20190101-20191231"}
    assert asked(LIKE_DCMTK, STUDY_ROOT_FIND, keys) == TRUTH.series
    assert 0 < asked(LIKE_ORTHANC, STUDY_ROOT_FIND, keys) < TRUTH.series
    assert asked(LIKE_PYNETDICOM, STUDY_ROOT_FIND, keys) == asked(LIKE_ORTHANC, STUDY_ROOT_FIND, keys)


@pytest.mark.parametrize(
    ("keys", "distinct"), [(STUDY, TRUTH.studies), ({**SERIES, **PARENTS}, TRUTH.series)]
)
def test_qrscp_sends_a_row_for_each_instance(keys: Dataset, distinct: int) -> None:
    """At every level as many rows as there are instances."""
    rows = [
        row.identifier
        for row in answer_query(CATALOGUE, LIKE_PYNETDICOM, STUDY_ROOT_FIND, keys, IMPLICIT_VR_LE).rows
    ]
    assert (len(rows), len(set(rows))) == (TRUTH.instances, distinct)


def test_dcmtk_returns_no_counter() -> None:
    """The rows are the same with and without the question for it."""
    counted = {**STUDY, Tag.NUMBER_OF_STUDY_RELATED_INSTANCES: "", Tag.NUMBER_OF_STUDY_RELATED_SERIES: ""}
    plain = answer_query(CATALOGUE, LIKE_DCMTK, STUDY_ROOT_FIND, STUDY, IMPLICIT_VR_LE)
    with_counters = answer_query(CATALOGUE, LIKE_DCMTK, STUDY_ROOT_FIND, counted, IMPLICIT_VR_LE)
    assert [row.identifier for row in with_counters.rows] == [row.identifier for row in plain.rows]


def test_a_product_is_varied_by_replacing_what_differs() -> None:
    """Orthanc with LimitFindResults is Orthanc with a limit."""
    limited = replace(LIKE_ORTHANC, most_rows=10)
    assert answer_query(CATALOGUE, limited, STUDY_ROOT_FIND, STUDY, IMPLICIT_VR_LE).limit == 10
