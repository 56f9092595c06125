from __future__ import annotations

from pathlib import Path

from dosimeter.dicom.sample_query import (
    GIVEN_NAME,
    RETURNED_UNASKED,
    SAMPLED_KEYS,
    SAMPLED_NAMES,
)
from dosimeter.exposure.attributes import ATTRIBUTES, attribute_of, obliged


def test_each_sampled_attribute_has_its_row_and_no_other_has() -> None:
    """What a probe keeps fill rates of, the table names once."""
    keywords = [attribute.keyword for attribute in ATTRIBUTES]
    assert sorted(keywords) == sorted(SAMPLED_NAMES)
    assert len({attribute.name for attribute in ATTRIBUTES}) == len(ATTRIBUTES)
    assert all(attribute_of(name) is not None for name in SAMPLED_NAMES)
    assert attribute_of("Modality") is None


def test_all_but_the_number_of_images_are_personal() -> None:
    """PS3.15 Table E.1-1 lists them."""
    table = Path(__file__).parents[2] / "data" / "ps3.15-table-e1-1.tsv"
    listed = {line.split("\t")[0] for line in table.read_text().splitlines()}
    personal = {
        key.keyword for key in SAMPLED_KEYS if f"({key.tag >> 16:04X},{key.tag & 0xFFFF:04X})" in listed
    }
    assert {key.keyword for key in SAMPLED_KEYS} - personal == {"NumberOfStudyRelatedInstances"}


def test_the_words_of_the_study_are_all_there() -> None:
    """Greenbone's list of 2019."""
    assert {attribute.of_the_study for attribute in ATTRIBUTES} - {None} == {
        "name",
        "first name",
        "birth date",
        "examination date",
        "procedure",
        "referring physician",
        "institution",
        "number of images",
    }


def test_what_a_server_is_obliged_to_return() -> None:
    """Over DIMSE the keys of type R, over QIDO-RS also date of birth, physician and number of images."""
    dimse = {attribute.keyword for attribute in obliged(over_dimse=True, over_qido=False)}
    qido = {attribute.keyword for attribute in obliged(over_dimse=False, over_qido=True)}
    assert dimse == {"PatientName", GIVEN_NAME, "PatientID", "StudyDate", "AccessionNumber"}
    assert qido - {GIVEN_NAME} == RETURNED_UNASKED
    assert obliged(over_dimse=False, over_qido=False) == ()
    assert {each.keyword for each in obliged(over_dimse=True, over_qido=True)} == dimse | qido
