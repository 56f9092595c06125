"""The lab's data set encoder against pydicom, in both directions."""

from __future__ import annotations

from io import BytesIO

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.filewriter import write_dataset

from dosimeter.dicom.uids import EXPLICIT_VR_LE, IMPLICIT_VR_LE
from dosimeter.lab.attributes import VR_OF, Tag
from dosimeter.lab.dataset import Dataset, UnreadableDataset, decode_dataset, encode_dataset

SYNTAXES = (IMPLICIT_VR_LE, EXPLICIT_VR_LE)
TEXT = st.text(alphabet="ABCXYZ^- 0123456789", max_size=12).map(str.strip)
UID = st.from_regex(r"2\.25\.[1-9][0-9]{0,20}", fullmatch=True)
DAY = st.dates().map(lambda day: f"{day.year:04d}{day.month:02d}{day.day:02d}")
VALUES = {
    "UI": UID,
    "DA": DAY,
    "TM": st.just("101500"),
    "IS": st.integers(0, 99999).map(str),
    "CS": st.sampled_from(("CT", "MR", "STUDY", "")),
    "AE": st.just("LABPACS"),
}


def elements(tags: list[Tag]) -> st.SearchStrategy[Dataset]:
    """Data sets that have some of these attributes."""
    return st.fixed_dictionaries({}, optional={int(tag): VALUES.get(VR_OF[tag], TEXT) for tag in tags})


FLAT = [tag for tag in Tag if VR_OF[tag] != "SQ" and tag is not Tag.SPECIFIC_CHARACTER_SET]
ITEMS = st.lists(elements([tag for tag in FLAT if tag > 0x00400000]), max_size=3).map(tuple)
DATASETS = st.builds(
    lambda flat, items: {**flat, int(Tag.SCHEDULED_PROCEDURE_STEP_SEQUENCE): items}, elements(FLAT), ITEMS
)


def as_text(dataset: pydicom.Dataset) -> Dataset:
    """A data set of pydicom's in the lab's terms."""
    found: dict[int, str | tuple[Dataset, ...]] = {}
    for element in dataset:
        if element.VR == "SQ":
            found[int(element.tag)] = tuple(as_text(item) for item in element.value)
        else:
            found[int(element.tag)] = "" if element.value is None else str(element.value)
    return found


@pytest.mark.parametrize("syntax", SYNTAXES)
@given(dataset=DATASETS)
def test_pydicom_reads_what_the_lab_writes(syntax: str, dataset: Dataset) -> None:
    """Every data set the lab encodes has the same values for pydicom."""
    encoded = encode_dataset(dataset, syntax)
    implicit = syntax == IMPLICIT_VR_LE
    read = pydicom.filereader.read_dataset(BytesIO(encoded), implicit, is_little_endian=True)
    assert as_text(read) == dataset


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("undefined_length", [False, True])
@given(dataset=DATASETS)
def test_the_lab_reads_what_pydicom_writes(syntax: str, dataset: Dataset, *, undefined_length: bool) -> None:
    """Sequences of known and of undefined length are read back as they were written."""
    peer = pydicom.Dataset()
    for tag, value in dataset.items():
        if isinstance(value, str):
            peer.add_new(tag, VR_OF[tag], value)
            continue
        items = []
        for item in value:
            each = pydicom.Dataset()
            for inner, text in item.items():
                each.add_new(inner, VR_OF[inner], text)
            each.is_undefined_length_sequence_item = undefined_length
            items.append(each)
        peer.add_new(tag, "SQ", items)
        peer[tag].is_undefined_length = undefined_length
    written = pydicom.filebase.DicomBytesIO()
    written.is_little_endian, written.is_implicit_VR = True, syntax == IMPLICIT_VR_LE
    write_dataset(written, peer)
    assert decode_dataset(written.getvalue(), syntax) == dataset


@pytest.mark.parametrize("syntax", SYNTAXES)
@given(dataset=DATASETS)
def test_decoding_what_was_encoded_gives_it_back(syntax: str, dataset: Dataset) -> None:
    """Encoding and decoding are each other's inverse."""
    assert decode_dataset(encode_dataset(dataset, syntax), syntax) == dataset


@pytest.mark.parametrize("syntax", SYNTAXES)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(syntax: str, data: bytes) -> None:
    """Bytes of a hostile caller give a data set or UnreadableDataset, and nothing else."""
    try:
        decode_dataset(data, syntax)
    except UnreadableDataset:
        return


def test_a_value_too_long_for_its_length_field_is_refused() -> None:
    """In explicit VR a short value has two bytes for its length; more is a mistake of ours."""
    with pytest.raises(ValueError, match="does not fit"):
        encode_dataset({Tag.PATIENT_NAME: "X" * 70000}, EXPLICIT_VR_LE)


def test_nesting_has_an_end() -> None:
    """Sequences within sequences are followed to eight levels and refused beyond."""
    dataset: Dataset = {Tag.MODALITY: "CT"}
    for _ in range(9):
        dataset = {Tag.SCHEDULED_PROCEDURE_STEP_SEQUENCE: (dataset,)}
    with pytest.raises(UnreadableDataset, match="deeper than 8"):
        decode_dataset(encode_dataset(dataset, IMPLICIT_VR_LE), IMPLICIT_VR_LE)
