from __future__ import annotations

from io import BytesIO

import pytest
from pydicom import Dataset
from pydicom.filereader import read_dataset

from dosimeter.dicom import identifier, uids
from dosimeter.dicom.errors import LocalProtocolError

SYNTAXES = [uids.IMPLICIT_VR_LE, uids.EXPLICIT_VR_LE]


def as_pydicom(raw: bytes, transfer_syntax_uid: str) -> Dataset:
    """The identifier as another implementation reads it."""
    return read_dataset(BytesIO(raw), transfer_syntax_uid == uids.IMPLICIT_VR_LE, is_little_endian=True)


@pytest.mark.parametrize("transfer_syntax_uid", SYNTAXES)
def test_a_null_query_holds_its_level_and_one_key_and_nothing_else(transfer_syntax_uid: str) -> None:
    """DESIGN §3: no other key, so a match could bring back no more than what was made up."""
    study = as_pydicom(identifier.null_study_query("2.25.123", transfer_syntax_uid), transfer_syntax_uid)
    patient = as_pydicom(identifier.null_patient_query("2.25.123", transfer_syntax_uid), transfer_syntax_uid)

    assert {element.keyword: element.value for element in study} == {
        "QueryRetrieveLevel": "STUDY",
        "StudyInstanceUID": "2.25.123",
    }
    assert {element.keyword: element.value for element in patient} == {
        "QueryRetrieveLevel": "PATIENT",
        "PatientID": "2.25.123",
    }


@pytest.mark.parametrize("transfer_syntax_uid", SYNTAXES)
def test_a_null_worklist_query_names_no_patient_key(transfer_syntax_uid: str) -> None:
    """One impossible day and the step's identifier."""
    worklist = as_pydicom(identifier.null_worklist_query(transfer_syntax_uid), transfer_syntax_uid)

    assert [element.keyword for element in worklist.iterall()] == [
        "ScheduledProcedureStepSequence",
        "ScheduledProcedureStepStartDate",
        "ScheduledProcedureStepID",
    ]
    assert worklist.ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate == "18000101"


@pytest.mark.parametrize("transfer_syntax_uid", SYNTAXES)
@pytest.mark.parametrize(
    ("sop_class_uid", "level", "key"),
    [
        (uids.STUDY_ROOT_GET, "STUDY", "StudyInstanceUID"),
        (uids.PATIENT_ROOT_GET, "PATIENT", "PatientID"),
    ],
)
def test_a_null_retrieve_is_of_something_made_up_each_time(
    sop_class_uid: str, level: str, key: str, transfer_syntax_uid: str
) -> None:
    """Two of them ask for two things that no archive has."""
    first, second = (
        as_pydicom(identifier.null_retrieve(sop_class_uid, transfer_syntax_uid), transfer_syntax_uid)
        for _ in range(2)
    )

    assert [element.keyword for element in first] == ["QueryRetrieveLevel", key]
    assert first.QueryRetrieveLevel == level
    assert first[key].value.startswith("2.25.")
    assert first[key].value != second[key].value


def test_nothing_is_written_in_another_transfer_syntax() -> None:
    """Deflated and big endian are not offered and cannot be had."""
    for uid in ("1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2", ""):
        with pytest.raises(LocalProtocolError, match="implicit or explicit"):
            identifier.null_study_query("2.25.1", uid)
        with pytest.raises(LocalProtocolError, match="implicit or explicit"):
            identifier.null_worklist_query(uid)


def test_a_null_retrieve_is_a_get_and_nothing_else() -> None:
    """No other service has one."""
    for uid in (uids.STUDY_ROOT_FIND, "1.2.840.10008.5.1.4.1.2.2.2", uids.VERIFICATION):
        with pytest.raises(LocalProtocolError, match="C-GET"):
            identifier.null_retrieve(uid, uids.IMPLICIT_VR_LE)
