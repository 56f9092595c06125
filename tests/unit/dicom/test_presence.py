from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.datadict import keyword_for_tag

from dosimeter.dicom.count_query import WHOLE_IDENTIFIER, CountLevel, asked_back
from dosimeter.dicom.presence import (
    ALLOWED_ATTRIBUTES,
    HASHED_ATTRIBUTES,
    MODALITIES,
    modalities_of,
    parse_count,
)


def test_the_allow_list_is_absent_from_the_confidentiality_profile(
    profile: dict[tuple[int, int], str],
) -> None:
    """Every attribute that may be read is one that PS3.15 Table E.1-1 does not list."""
    assert len(profile) > 600
    assert not set(ALLOWED_ATTRIBUTES) & set(profile)


def test_what_is_hashed_is_listed_and_therefore_never_kept(profile: dict[tuple[int, int], str]) -> None:
    """Unique keys are in the table: a keyed hash of them is all there is."""
    assert set(HASHED_ATTRIBUTES) <= set(profile)


def test_the_attributes_are_the_ones_they_are_called() -> None:
    """Tags and keywords agree with pydicom's dictionary."""
    for (group, element), name in (ALLOWED_ATTRIBUTES | HASHED_ATTRIBUTES).items():
        assert keyword_for_tag(group << 16 | element) == name


@pytest.mark.parametrize("level", CountLevel)
def test_what_a_count_takes_of_a_row_is_on_one_of_the_two_lists(level: CountLevel) -> None:
    """But for the whole of a worklist entry, which is hashed."""
    listed = {group << 16 | element for group, element in ALLOWED_ATTRIBUTES | HASHED_ATTRIBUTES}

    assert asked_back(level, counters=True) - {WHOLE_IDENTIFIER} <= listed


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


def test_a_modality_that_is_none_is_not_kept() -> None:
    """Only the standard's own terms; a value of a kilobyte is not looked into."""
    assert modalities_of(b"CT\\Doe^John\\ct\\MR ") == ("CT", "MR")
    assert modalities_of(b"CT\\" * 400) == ()
    assert all(term.isascii() and len(term) <= 16 for term in MODALITIES)


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
