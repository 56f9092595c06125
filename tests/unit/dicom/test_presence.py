from __future__ import annotations

import dataclasses
import struct
from pathlib import Path

import pytest
from pydicom import Dataset
from pydicom.datadict import keyword_for_tag
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from dosimeter.dicom.presence import (
    ALLOWED_ATTRIBUTES,
    HASHED_ATTRIBUTES,
    MODALITIES,
    IdentifierSeen,
    parse_count,
    walk_identifier,
)
from dosimeter.dicom.uids import EXPLICIT_VR_LE, IMPLICIT_VR_LE

KEY = b"sixteen byte key"
SYNTAXES = [IMPLICIT_VR_LE, EXPLICIT_VR_LE]


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


def walk(raw: bytes, transfer_syntax_uid: str = IMPLICIT_VR_LE) -> IdentifierSeen:
    """What is seen of an identifier."""
    return walk_identifier(raw, transfer_syntax_uid, KEY)


STUDY_UID = implicit(0x0020, 0x000D, b"1.2.3.4\0")
UNDEFINED = 0xFFFFFFFF


def sequence(depth: int) -> bytes:
    """Sequences of undefined length within each other, with an element in the innermost."""
    head = struct.pack("<HHI", 0x0008, 0x1115, UNDEFINED) + struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED)
    tail = struct.pack("<HHI", 0xFFFE, 0xE00D, 0) + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    return head * depth + implicit(0x0010, 0x0010, b"Doe^John") + tail * depth


@pytest.mark.parametrize("transfer_syntax_uid", SYNTAXES)
@pytest.mark.parametrize("undefined_length", [False, True])
def test_of_a_full_answer_only_the_allow_list_and_a_hash_are_seen(
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

    seen = walk(encoded(data_set, transfer_syntax_uid), transfer_syntax_uid)

    assert seen == IdentifierSeen(
        well_formed=True,
        study=seen.study,
        query_level="STUDY",
        modalities=("CT", "MR"),
        patient_related_studies=2,
        study_related_series=3,
        study_related_instances=450,
    )
    assert seen.study is not None
    assert len(seen.study) == 16


def test_the_hash_joins_equal_studies_under_one_key_only() -> None:
    """Padding does not matter, the key does, and the UID cannot be read back."""
    other = implicit(0x0020, 0x000D, b"1.2.3.5\0")

    assert walk(STUDY_UID).study == walk(implicit(0x0020, 0x000D, b"1.2.3.4 ")).study
    assert walk(STUDY_UID).study != walk(other).study
    assert walk(STUDY_UID).study != walk_identifier(STUDY_UID, IMPLICIT_VR_LE, b"another 16 bytes").study
    assert b"1.2.3.4" not in repr(walk(STUDY_UID)).encode()


def test_an_empty_uid_is_no_study() -> None:
    """Absent and empty are the same here: nothing to count as distinct."""
    assert walk(b"").study is None
    assert walk(implicit(0x0020, 0x000D, b"")).study is None
    assert walk(implicit(0x0020, 0x000D, b"\0\0")).study is None


def test_the_allow_list_is_absent_from_the_confidentiality_profile(
    profile: dict[tuple[int, int], str],
) -> None:
    """Every attribute that may be read is one that PS3.15 Table E.1-1 does not list."""
    assert len(profile) > 600
    assert not set(ALLOWED_ATTRIBUTES) & set(profile)


def test_what_is_hashed_is_listed_and_therefore_never_kept(profile: dict[tuple[int, int], str]) -> None:
    """StudyInstanceUID is in the table: a keyed hash of it is all there is."""
    assert set(HASHED_ATTRIBUTES) <= set(profile)


def test_the_attributes_are_the_ones_they_are_called() -> None:
    """Tags and keywords agree with pydicom's dictionary."""
    for (group, element), name in (ALLOWED_ATTRIBUTES | HASHED_ATTRIBUTES).items():
        assert keyword_for_tag(group << 16 | element) == name


def test_no_field_can_hold_a_patients_value() -> None:
    """Counts, a hash, and words from two closed lists: there is no free text."""
    kinds = {field.name: field.type for field in dataclasses.fields(IdentifierSeen)}

    assert {name for name, kind in kinds.items() if "str" in str(kind)} == {
        "query_level",
        "modalities",
        "implausible",
    }


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (b"0", 0),
        (b"7 ", 7),
        (b" 42", 42),
        (b"9999999999", 9999999999),
        (b"0000000012", 12),
        (b"", None),
        (b"  ", None),
        (b"10000000000", None),
        (b"-1", None),
        (b"+1", None),
        (b"1_000", None),
        (b"1e9", None),
        (b"1.0", None),
        (b"NaN", None),
        (b"0x10", None),
        (b"1 2", None),
        (b"1\\2", None),
        ("١٢".encode(), None),
        (b"\xb2", None),
        (b"9" * 5000, None),
    ],
)
def test_a_count_is_one_to_ten_ascii_digits(value: bytes, count: int | None) -> None:
    """What Python would take for a number is not one here."""
    assert parse_count(value) == count


def test_a_count_that_is_none_is_named_and_not_added_up() -> None:
    """The report can say "implausible"; absent and empty are neither."""
    raw = implicit(0x0020, 0x1206, b"") + implicit(0x0020, 0x1208, b"1e9 ") + implicit(0x0020, 0x1209, b"-5")

    seen = walk(raw)

    assert seen.study_related_instances is None
    assert seen.implausible == ("NumberOfStudyRelatedInstances", "NumberOfSeriesRelatedInstances")


@pytest.mark.parametrize("level", [b"DOE^JOHN", b"study ", b"STUDY\\X ", b""])
def test_a_level_that_is_none_is_not_kept(level: bytes) -> None:
    """One of four words, or nothing."""
    assert walk(implicit(0x0008, 0x0052, level)).query_level is None


def test_a_modality_that_is_none_is_not_kept() -> None:
    """Only the standard's own terms; a value of a kilobyte is not looked into."""
    assert walk(implicit(0x0008, 0x0061, b"CT\\Doe^John\\ct\\MR ")).modalities == ("CT", "MR")
    assert walk(implicit(0x0008, 0x0061, b"CT\\" * 400)).modalities == ()
    assert all(term.isascii() and len(term) <= 16 for term in MODALITIES)


@pytest.mark.parametrize("depth", [1, 2, 8])
def test_sequences_of_undefined_length_are_stepped_over(depth: int) -> None:
    """What comes after them is read."""
    seen = walk(sequence(depth) + STUDY_UID)

    assert seen.well_formed
    assert seen.study == walk(STUDY_UID).study


@pytest.mark.parametrize("depth", [9, 1000, 2000])
def test_nesting_beyond_eight_is_given_up(depth: int) -> None:
    """Without recursion; the answer still counts, its study does not."""
    seen = walk(sequence(depth)[:65536] + STUDY_UID)

    assert not seen.well_formed
    assert seen.study is None


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
    assert not walk(raw).well_formed


@pytest.mark.parametrize("cut", [9, 10, 11])
def test_an_explicit_header_cut_short_is_not_well_formed(cut: int) -> None:
    """Long lengths are checked before they are read."""
    raw = struct.pack("<HH2sxxI", 0x0008, 0x1115, b"SQ", 0)

    assert not walk(raw[:cut], EXPLICIT_VR_LE).well_formed


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

    assert walk(raw, EXPLICIT_VR_LE).study == walk(STUDY_UID).study


def test_the_walk_ends_behind_the_last_attribute_it_wants() -> None:
    """Elements ascend, so what comes after cannot matter, however malformed."""
    raw = STUDY_UID + implicit(0x0040, 0x0100, b"") + b"\xff" * 5

    assert walk(raw).well_formed


@pytest.fixture(scope="module")
def profile() -> dict[tuple[int, int], str]:
    """PS3.15 Table E.1-1: tag to name, tags with placeholders left out."""
    table = Path(__file__).parents[2] / "data" / "ps3.15-table-e1-1.tsv"
    rows = [line.split("\t") for line in table.read_text("utf-8").splitlines() if line.startswith("(")]
    listed = {}
    for tag, name, *_ in rows:
        try:
            group, element = (int(part, 16) for part in tag.strip("()").split(","))
        except ValueError:
            continue
        listed[group, element] = name
    return listed
