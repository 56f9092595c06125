from __future__ import annotations

import pytest

from dosimeter.lab.attributes import Tag
from dosimeter.lab.matching import answer_of, lacks_keys, matches, matches_text
from dosimeter.lab.policy import Matching

STEP = {Tag.MODALITY: "CT", Tag.SCHEDULED_PROCEDURE_STEP_START_DATE: "20270104"}
RECORD = {
    Tag.PATIENT_NAME: "LAB^INVENTED-0042",
    Tag.STUDY_DATE: "20190315",
    Tag.SCHEDULED_PROCEDURE_STEP_SEQUENCE: (STEP,),
}


@pytest.mark.parametrize(
    ("vr", "key", "value", "expected"),
    [
        ("LO", "", "anything", True),
        ("PN", "*", "", True),
        ("LO", "LAB-1", "LAB-1", True),
        ("LO", "LAB-1", "lab-1", False),
        ("PN", "lab^invented-0001", "LAB^INVENTED-0001", True),
        ("PN", "LAB^*42", "LAB^INVENTED-0042", True),
        ("LO", "LAB-?", "LAB-7", True),
        ("LO", "LAB-?", "LAB-77", False),
        ("LO", "L.B*", "LAB", False),
        ("UI", "2.25.1", "2.25.1", True),
        ("UI", "2.25.1\\2.25.2", "2.25.2", True),
        ("UI", "2.25.*", "2.25.1", False),
        ("CS", "CT", "CR\\CT", True),
        ("IS", "07", "7", True),
        ("IS", "x", "7", False),
        ("DA", "20190101-20191231", "20190315", True),
        ("DA", "20190101-20191231", "20200101", False),
        ("DA", "20190315-", "20190315", True),
        ("DA", "-20190314", "20190315", False),
        ("DA", "19000101-20991231", "", False),
        ("DA", "20190315", "20190315", True),
        ("TM", "1000-1159", "115930", True),
        ("TM", "1000-1159", "120000", False),
        ("TM", "13-135959.999999", "13", True),
        ("TM", "131500.000000-131500.999999", "131500", True),
        ("TM", "13-135959.999999", "13:15:00", True),
        ("TM", "00-235960", "235960", True),
        ("DA", "20190301-20190331", "2019.03.05", True),
        ("DA", "20190301-20190331", "201903", False),
    ],
)
def test_a_key_matches_as_the_standard_says(vr: str, key: str, value: str, *, expected: bool) -> None:
    """Each kind of matching of PS3.4 C.2.2.2: universal, single value, wildcard, list of UID, range."""
    assert matches_text(vr, key, value) is expected


@pytest.mark.parametrize(
    ("vr", "key", "value", "expected"),
    [
        ("TM", "13-135959.999999", "13", True),
        ("TM", "130000-135959.999999", "13", False),
        ("TM", "131500.000000-131500.999999", "131500", False),
        ("TM", "13-135959.999999", "13:15:00", False),
        ("DA", "20190101-20191231", "201903", True),
        ("DA", "20190301-20190331", "2019.03.05", False),
        ("DA", "20190315-", "20190315", True),
    ],
)
def test_ends_of_a_range_may_be_compared_as_text(vr: str, key: str, value: str, *, expected: bool) -> None:
    """As Orthanc does, measured: a time of hours is outside a range that is written to the second."""
    assert matches_text(vr, key, value, Matching(as_text=True)) is expected


def test_every_key_must_match() -> None:
    """One key that does not match is enough to leave a record out."""
    assert matches({Tag.PATIENT_NAME: "LAB*", Tag.STUDY_DATE: "2019-"}, RECORD)
    assert not matches({Tag.PATIENT_NAME: "LAB*", Tag.STUDY_DATE: "2020-"}, RECORD)


def test_a_key_in_a_sequence_is_matched_against_its_items() -> None:
    """Sequence matching compares the key's one item with each of the record's."""
    sequence = Tag.SCHEDULED_PROCEDURE_STEP_SEQUENCE
    assert matches({sequence: ({Tag.MODALITY: "CT"},)}, RECORD)
    assert not matches({sequence: ({Tag.MODALITY: "MR"},)}, RECORD)
    assert matches({sequence: ()}, RECORD)


def test_an_answer_holds_what_was_asked_for_and_nothing_else() -> None:
    """Only the requested keys come back, those of a sequence's item included."""
    keys = {Tag.STUDY_DATE: "", Tag.SCHEDULED_PROCEDURE_STEP_SEQUENCE: ({Tag.MODALITY: ""},)}
    assert answer_of(keys, RECORD) == {
        Tag.STUDY_DATE: "20190315",
        Tag.SCHEDULED_PROCEDURE_STEP_SEQUENCE: ({Tag.MODALITY: "CT"},),
    }


def test_a_key_that_is_not_supported_is_said_so() -> None:
    """A key the record lacks matches, is left out of the answer, and makes the status 0xFF01."""
    keys = {Tag.STUDY_DATE: "", Tag.STUDY_ID: "7"}
    assert matches(keys, RECORD)
    assert lacks_keys(keys, RECORD)
    assert not lacks_keys({Tag.STUDY_DATE: "", Tag.SPECIFIC_CHARACTER_SET: "ISO_IR 192"}, RECORD)
