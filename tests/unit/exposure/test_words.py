"""Our own words for codes that peers send."""

from __future__ import annotations

import pytest

from dosimeter.dicom.pdu import REJECTION_REASONS, REJECTION_RESULTS
from dosimeter.exposure.words import ending_words, rejection_words, some_of, titles_words, version_words
from dosimeter.model.facts import AssociationRejected, Ending, Titles
from dosimeter.model.message import Message

STRANGER = Titles("NOBODY", "DOSIMETER")


def rejected(result: int, source: int, reason: int) -> AssociationRejected:
    """As the peer stated it."""
    return AssociationRejected(STRANGER, result, source, reason)


@pytest.mark.parametrize("codes", sorted(REJECTION_REASONS))
@pytest.mark.parametrize("result", sorted(REJECTION_RESULTS))
def test_a_rejection_is_told_as_the_protocol_layer_tells_it(result: int, codes: tuple[int, int]) -> None:
    """The words stand in two places: that layer knows no messages."""
    source, reason = codes
    assert rejection_words(rejected(result, source, reason)) == (
        f"{REJECTION_RESULTS[result]}, {REJECTION_REASONS[codes]} ({result}, {source}, {reason})"
    )


@pytest.mark.parametrize("codes", [(1, 1, 99), (9, 1, 1), (0, 0, 0)])
def test_codes_that_the_standard_does_not_define_are_given_as_sent(codes: tuple[int, int, int]) -> None:
    """All three of them."""
    assert rejection_words(rejected(*codes)) == f"with codes that the standard does not define {codes}"


@pytest.mark.parametrize(
    ("ending", "status", "says"),
    [
        (Ending.ABORT, None, "ended in A-ABORT"),
        (Ending.STATUS, None, "got an answer without a status"),
        (Ending.STATUS, 0x0124, "got status 0x0124 (not authorised)"),
        (Ending.STATUS, 0xC001, "got status 0xC001"),
    ],
)
def test_how_a_question_ended(ending: Ending, status: int | None, says: str) -> None:
    """As the predicate of a sentence; a status is a name, and has no commas."""
    assert ending_words(ending, status) == says


def test_at_most_three_pairs_of_titles_are_named() -> None:
    """And how many more there are."""
    pairs = tuple(Titles(f"CALLED{number}", "CALLING") for number in range(5))
    assert titles_words(pairs[:1]) == 'called "CALLED0" by "CALLING"'
    assert titles_words(pairs).endswith('; called "CALLED2" by "CALLING"; 2 more')


@pytest.mark.parametrize(
    ("items", "says"),
    [
        (["a"], "a"),
        (["a", "b"], "a, b"),
        (["a", "b", "c"], "a, b and 1 more"),
        (list("abcd"), "a, b and 2 more"),
    ],
)
def test_the_first_of_a_long_list_are_named(items: list[str], says: str) -> None:
    """The others are a number, which another language may inflect."""
    assert some_of(items, 2) == says
    assert isinstance(some_of(items, 2), Message)


def test_a_product_without_a_version_is_named_alone() -> None:
    """Nothing stands in its place."""
    assert version_words("Orthanc", None) == "Orthanc"
    assert version_words("Orthanc", "1.12.10") == "Orthanc, version 1.12.10"
