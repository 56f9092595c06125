from __future__ import annotations

import struct

import pytest
from pydicom import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from dosimeter.dicom.count_query import CountLevel, asked_back
from dosimeter.dicom.element_walk import ElementWalk
from dosimeter.dicom.uids import EXPLICIT_VR_LE, IMPLICIT_VR_LE
from tests.unit.dicom.answering import INSTANCE_COUNT, MODALITIES, PATIENT, SERIES_COUNT, STUDY

SYNTAXES = [IMPLICIT_VR_LE, EXPLICIT_VR_LE]
WANTED = asked_back(CountLevel.STUDY, counters=True)


def encoded(data_set: Dataset, transfer_syntax_uid: str) -> bytes:
    """A data set as pydicom writes it."""
    file = DicomBytesIO()
    file.is_implicit_VR = transfer_syntax_uid == IMPLICIT_VR_LE
    file.is_little_endian = True
    write_dataset(file, data_set)
    return file.getvalue()


def implicit(group: int, element: int, value: bytes) -> bytes:
    """An element in implicit VR."""
    return struct.pack("<HHI", group, element, len(value)) + value


def explicit(group: int, element: int, vr: bytes, value: bytes) -> bytes:
    """An element in explicit VR with a two-byte length."""
    return struct.pack("<HH2sH", group, element, vr, len(value)) + value


def walk(raw: bytes, *, explicit: bool = False) -> tuple[bool, dict[int, bytes]]:
    """Whether an identifier is well formed as far as it is walked, and what of it was wanted."""
    found: dict[int, bytes] = {}
    return ElementWalk(raw, explicit=explicit).read_into(found, WANTED), found


STUDY_UID = implicit(0x0020, 0x000D, b"1.2.3.4\0")
UNDEFINED = 0xFFFFFFFF


def sequence(depth: int) -> bytes:
    """Sequences of undefined length within each other, with an element in the innermost."""
    head = struct.pack("<HHI", 0x0008, 0x1115, UNDEFINED) + struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED)
    tail = struct.pack("<HHI", 0xFFFE, 0xE00D, 0) + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    return head * depth + implicit(0x0010, 0x0010, b"Doe^John") + tail * depth


@pytest.mark.parametrize("transfer_syntax_uid", SYNTAXES)
@pytest.mark.parametrize("undefined_length", [False, True])
def test_of_a_full_answer_only_what_is_wanted_is_found(
    transfer_syntax_uid: str, *, undefined_length: bool
) -> None:
    """Names, dates, numbers and nested sequences are stepped over, whatever their encoding."""
    data_set = Dataset()
    data_set.SpecificCharacterSet = "ISO_IR 100"
    data_set.StudyDate = "20200102"
    data_set.AccessionNumber = "ACC1"
    data_set.QueryRetrieveLevel = "STUDY"
    data_set.RetrieveAETitle = "ARCHIVE"
    data_set.ModalitiesInStudy = ["MR", "CT", "JOHN DOE"]
    code = Dataset()
    code.CodeValue = "T-A0100"
    code.CodeMeaning = "Doe^John"
    data_set.ProcedureCodeSequence = [code, code]
    data_set["ProcedureCodeSequence"].is_undefined_length = undefined_length
    for item in data_set.ProcedureCodeSequence:
        item.is_undefined_length_sequence_item = undefined_length
    data_set.PatientName = "Doe^John"
    data_set.PatientID = "12345"
    data_set.StudyInstanceUID = "1.2.3.4"
    data_set.NumberOfPatientRelatedStudies = 2
    data_set.NumberOfStudyRelatedSeries = 3
    data_set.NumberOfStudyRelatedInstances = 450

    well_formed, found = walk(
        encoded(data_set, transfer_syntax_uid), explicit=transfer_syntax_uid == EXPLICIT_VR_LE
    )

    assert well_formed
    assert found == {
        MODALITIES: b"MR\\CT\\JOHN DOE",
        PATIENT: b"12345 ",
        STUDY: b"1.2.3.4\0",
        SERIES_COUNT: b"3 ",
        INSTANCE_COUNT: b"450 ",
    }


@pytest.mark.parametrize("depth", [1, 2, 8])
def test_sequences_of_undefined_length_are_stepped_over(depth: int) -> None:
    """What comes after them is read."""
    assert walk(sequence(depth) + STUDY_UID) == (True, {STUDY: b"1.2.3.4\0"})


@pytest.mark.parametrize("depth", [9, 1000, 2000])
def test_nesting_beyond_eight_is_given_up(depth: int) -> None:
    """Without recursion; what comes behind it is not read."""
    assert walk(sequence(depth)[:65536] + STUDY_UID) == (False, {})


@pytest.mark.parametrize(
    "raw",
    [
        b"\x08",
        b"\x08\0\x52\0\0\0\0",
        struct.pack("<HHI", 0x0008, 0x0052, 0xFFFFFFFE),
        struct.pack("<HHI", 0x0008, 0x0052, 1),
        struct.pack("<HHI", 0x0008, 0x1115, UNDEFINED),
        struct.pack("<HHI", 0x0008, 0x1115, UNDEFINED) + implicit(0x0008, 0x0100, b"xx"),
        struct.pack("<HHI", 0x0008, 0x1115, UNDEFINED) + struct.pack("<HHI", 0xFFFE, 0xE00D, 0),
        struct.pack("<HHI", 0x0008, 0x1115, UNDEFINED) + struct.pack("<HHI", 0xFFFE, 0xE000, 1000),
        struct.pack("<HHI", 0x0008, 0x1115, UNDEFINED)
        + struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED)
        + struct.pack("<HHI", 0x0008, 0x0100, 1000),
        struct.pack("<HHI", 0x0008, 0x1115, UNDEFINED)
        + struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED)
        + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0),
        implicit(0x0010, 0x0020, b"12") + implicit(0x0010, 0x0010, b"ab"),
        implicit(0x0010, 0x0020, b"12") + implicit(0x0010, 0x0020, b"12"),
    ],
)
def test_what_cannot_be_walked_is_not_well_formed_and_no_error(raw: bytes) -> None:
    """Cut short, past the end, out of order, twice, delimiters without what they delimit."""
    assert not walk(raw)[0]


@pytest.mark.parametrize("cut", [9, 10, 11])
def test_an_explicit_header_cut_short_is_not_well_formed(cut: int) -> None:
    """Long lengths are checked before they are read."""
    raw = struct.pack("<HH2sxxI", 0x0008, 0x1115, b"SQ", 0)

    assert not walk(raw[:cut], explicit=True)[0]


def test_an_explicit_sequence_of_undefined_length_is_stepped_over() -> None:
    """Items and delimiters have no VR in any transfer syntax."""
    raw = (
        struct.pack("<HH2sxxI", 0x0008, 0x1115, b"SQ", UNDEFINED)
        + struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED)
        + explicit(0x0010, 0x0010, b"PN", b"Doe^John")
        + struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
        + struct.pack("<HHI", 0xFFFE, 0xE000, 16)
        + explicit(0x0010, 0x0010, b"PN", b"Doe^John")
        + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
        + explicit(0x0020, 0x000D, b"UI", b"1.2.3.4\0")
    )

    assert walk(raw, explicit=True) == (True, {STUDY: b"1.2.3.4\0"})


def test_the_walk_ends_behind_the_last_attribute_it_wants() -> None:
    """Elements ascend, so what comes after cannot matter, however malformed."""
    raw = STUDY_UID + implicit(0x0040, 0x0100, b"") + b"\xff" * 5

    assert walk(raw) == (True, {STUDY: b"1.2.3.4\0"})
