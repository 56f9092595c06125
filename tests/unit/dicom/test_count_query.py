from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from pydicom import Dataset
from pydicom.filereader import read_dataset

from dosimeter.dicom.count_query import (
    WHOLE_IDENTIFIER,
    CountKeys,
    CountLevel,
    asked_back,
    count_identifier,
)
from dosimeter.dicom.errors import LocalProtocolError
from dosimeter.dicom.uids import EXPLICIT_VR_LE, IMPLICIT_VR_LE

SYNTAXES = [IMPLICIT_VR_LE, EXPLICIT_VR_LE]
YEAR = (date(2019, 1, 1), date(2019, 12, 31))


def as_pydicom(keys: CountKeys, transfer_syntax_uid: str) -> Dataset:
    """The identifier as another implementation reads it."""
    raw = count_identifier(keys, transfer_syntax_uid)
    return read_dataset(BytesIO(raw), transfer_syntax_uid == IMPLICIT_VR_LE, is_little_endian=True)


def asked(keys: CountKeys, transfer_syntax_uid: str = EXPLICIT_VR_LE) -> dict[str, str]:
    """Keyword and value of each key, in the order sent."""
    return {element.keyword: str(element.value or "") for element in as_pydicom(keys, transfer_syntax_uid)}


@pytest.mark.parametrize("transfer_syntax_uid", SYNTAXES)
@pytest.mark.parametrize(
    ("level", "counters", "keywords"),
    [
        (CountLevel.PATIENT, False, "PatientID"),
        (
            CountLevel.PATIENT,
            True,
            (
                "PatientID NumberOfPatientRelatedStudies NumberOfPatientRelatedSeries "
                "NumberOfPatientRelatedInstances"
            ),
        ),
        (CountLevel.STUDY, False, "StudyInstanceUID"),
        (
            CountLevel.STUDY,
            True,
            (
                "ModalitiesInStudy PatientID StudyInstanceUID NumberOfStudyRelatedSeries "
                "NumberOfStudyRelatedInstances"
            ),
        ),
        (CountLevel.SERIES, False, "StudyInstanceUID SeriesInstanceUID"),
        (CountLevel.SERIES, True, "StudyInstanceUID SeriesInstanceUID NumberOfSeriesRelatedInstances"),
        (CountLevel.IMAGE, False, "SOPInstanceUID StudyInstanceUID SeriesInstanceUID"),
        (CountLevel.IMAGE, True, "SOPInstanceUID StudyInstanceUID SeriesInstanceUID"),
    ],
)
def test_each_level_asks_back_its_unique_key_and_its_counters_alone(
    level: CountLevel, keywords: str, transfer_syntax_uid: str, *, counters: bool
) -> None:
    """No name, no date of birth, no number: what is not asked for does not travel."""
    keys = asked(CountKeys(level, counters=counters), transfer_syntax_uid)

    assert keys.pop("QueryRetrieveLevel") == level.value
    assert sorted(keys) == sorted(keywords.split())
    assert set(keys.values()) == {""}


@pytest.mark.parametrize("transfer_syntax_uid", SYNTAXES)
def test_ranges_are_closed_and_a_last_second_is_whole(transfer_syntax_uid: str) -> None:
    """23:59:59.5 is within a day that ends at second 86,399."""
    keys = CountKeys(CountLevel.STUDY, dates=YEAR, times=(43_200, 86_399), modality="CT")

    assert asked(keys, transfer_syntax_uid) == {
        "StudyDate": "20190101-20191231",
        "StudyTime": "12-235960",
        "QueryRetrieveLevel": "STUDY",
        "ModalitiesInStudy": "CT",
        "StudyInstanceUID": "",
    }


def test_below_the_study_dates_are_those_of_the_study() -> None:
    """A relational query of series or images of the studies of one day, the first of all years."""
    first = (date(1, 1, 1), date(1, 1, 1))

    for level in (CountLevel.SERIES, CountLevel.IMAGE):
        assert asked(CountKeys(level, dates=first))["StudyDate"] == "00010101-00010101"


@pytest.mark.parametrize("transfer_syntax_uid", SYNTAXES)
def test_a_worklist_is_asked_by_the_day_and_hour_of_its_steps(transfer_syntax_uid: str) -> None:
    """PS3.4 K.6: the keys of a step are within its sequence, and there is no level."""
    keys = CountKeys(CountLevel.WORKLIST, dates=YEAR, times=(0, 59), modality="MR", counters=True)
    data_set = as_pydicom(keys, transfer_syntax_uid)
    (step,) = data_set.ScheduledProcedureStepSequence

    assert [element.keyword for element in data_set] == ["StudyInstanceUID", "ScheduledProcedureStepSequence"]
    assert {element.keyword: element.value or "" for element in step} == {
        "Modality": "MR",
        "ScheduledProcedureStepStartDate": "20190101-20191231",
        "ScheduledProcedureStepStartTime": "00-000059.999999",
        "ScheduledProcedureStepID": "",
    }


def test_a_worklist_without_a_range_asks_its_days_back() -> None:
    """The date is a key that every worklist knows; an empty one matches all."""
    data_set = as_pydicom(CountKeys(CountLevel.WORKLIST), IMPLICIT_VR_LE)

    assert [element.keyword for element in data_set.ScheduledProcedureStepSequence[0]] == [
        "ScheduledProcedureStepStartDate",
        "ScheduledProcedureStepID",
    ]


@pytest.mark.parametrize(
    "keys",
    [
        CountKeys(CountLevel.STUDY, dates=(date(2020, 1, 2), date(2020, 1, 1))),
        CountKeys(CountLevel.STUDY, times=(10, 9)),
        CountKeys(CountLevel.STUDY, times=(-1, 9)),
        CountKeys(CountLevel.STUDY, times=(0, 86_400)),
        CountKeys(CountLevel.STUDY, patient_ending=""),
        CountKeys(CountLevel.STUDY, patient_ending="1234"),
        CountKeys(CountLevel.STUDY, patient_ending="1*"),
        CountKeys(CountLevel.STUDY, patient_ending="?"),
        CountKeys(CountLevel.STUDY, modality=""),
        CountKeys(CountLevel.STUDY, modality="C*"),
        CountKeys(CountLevel.STUDY, modality="CT\\MR"),
        CountKeys(CountLevel.WORKLIST, modality="*"),
    ],
)
def test_what_cannot_be_asked_is_refused_here(keys: CountKeys) -> None:
    """Backward ranges, a 25th hour, and wildcards that would widen a question."""
    with pytest.raises(LocalProtocolError):
        count_identifier(keys, IMPLICIT_VR_LE)


def test_a_range_of_times_begins_as_short_as_it_can() -> None:
    """An archive that compares text holds the hour 13 as `13`, which is before `130000`."""
    begins = {
        (46_800, 50_399): "13-135959.999999",
        (47_700, 47_759): "1315-131559.999999",
        (47_707, 47_707): "131507-131507.999999",
        (36_000, 36_000): "10-100000.999999",
        (0, 86_399): "00-235960",
    }

    for times, text in begins.items():
        assert asked(CountKeys(CountLevel.STUDY, times=times))["StudyTime"] == text


def test_an_ending_of_a_patient_id_is_too_short_to_be_one() -> None:
    """Three characters at the most, after an asterisk: a further way to cut an archive into parts."""
    assert asked(CountKeys(CountLevel.STUDY, patient_ending="7"))["PatientID"] == "*7"
    assert asked(CountKeys(CountLevel.PATIENT, patient_ending="a07"))["PatientID"] == "*a07"


def test_below_the_patient_root_the_patient_id_is_there_and_empty() -> None:
    """DCMTK's archive refuses a study question on Patient Root that does not name the patients' key."""
    keys = CountKeys(CountLevel.STUDY, patient_root=True)

    assert asked(keys) == {"QueryRetrieveLevel": "STUDY", "PatientID": "", "StudyInstanceUID": ""}


def test_nothing_is_written_in_another_transfer_syntax() -> None:
    """Big endian is not offered and cannot be had."""
    with pytest.raises(LocalProtocolError, match="implicit or explicit"):
        count_identifier(CountKeys(CountLevel.STUDY), "1.2.840.10008.1.2.2")


def test_what_is_taken_of_a_row_is_what_was_asked_back() -> None:
    """The level itself is no news; of a worklist the study alone."""
    assert asked_back(CountLevel.STUDY, counters=False) == {0x0020000D}
    assert asked_back(CountLevel.IMAGE, counters=True) == {0x00080018, 0x0020000D}
    assert asked_back(CountLevel.STUDY, counters=True) == {
        *(0x00080061, 0x00100020, 0x0020000D),
        *(0x00201206, 0x00201208),
    }
    assert asked_back(CountLevel.WORKLIST, counters=True) == {WHOLE_IDENTIFIER, 0x0020000D}
