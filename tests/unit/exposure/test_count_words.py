from __future__ import annotations

import pytest

from dosimeter.exposure.count_words import (
    amount_words,
    figure_words,
    interval_words,
    kind_words,
    short_words,
    whole_words,
)
from dosimeter.model.census import MANY, AtLeast, Claimed, Count, Estimated, Exact, Things, Unknown, amount

IMAGES = Things.INSTANCES


@pytest.mark.parametrize(
    ("count", "whole", "inside", "figure", "short"),
    [
        (Exact(12_430), "12,430 images, counted", "12,430 images", "12,430", "12,430"),
        (Exact(1), "1 image, counted", "1 image", "1", "1"),
        (Exact(0), "0 images, counted", "0 images", "0", "0"),
        (AtLeast(340), "at least 340 images", "at least 340 images", "at least 340", "≥ 340"),
        (
            Estimated(41_112, 38_245, 43_871),
            "about 41,000 images (between 38,200 and 43,900)",
            "about 41,000 images (between 38,200 and 43,900)",
            "about 41,000",
            "~41k",
        ),
        (
            Claimed(225),
            "the archive's own figure: 225 images",
            "225 images (the archive's own figure)",
            "225 claimed",
            "says 225",
        ),
        (AtLeast(1), "at least 1 image", "at least 1 image", "at least 1", "≥ 1"),
        (
            Estimated(1, 1, 3),
            "about 1 image (between 1 and 3)",
            "about 1 image (between 1 and 3)",
            "about 1",
            "~1",
        ),
        (Unknown(), "not counted", "images that were not counted", "not counted", "-"),
    ],
)
def test_each_kind_has_its_words(count: Count, whole: str, inside: str, figure: str, short: str) -> None:
    """The kind can be told from the words alone, wherever the number stands."""
    assert whole_words(count, IMAGES) == whole
    assert amount_words(count, IMAGES) == inside
    assert figure_words(count) == figure
    assert short_words(count) == short


@pytest.mark.parametrize(
    ("value", "short"),
    [(7, "~7"), (999, "~1k"), (1_000, "~1k"), (1_450, "~1.5k"), (41_112, "~41k"), (731_225_000, "~730M")],
)
def test_an_estimate_pretends_no_more_than_two_digits(value: int, short: str) -> None:
    """Short forms are rounded, never cut."""
    assert short_words(Estimated(value, value, value)) == short


@pytest.mark.parametrize(("value", "short"), [(999_999, "says 999,999"), (9_123_456, "says 9.1M")])
def test_a_claim_of_millions_is_short(value: int, short: str) -> None:
    """It is no count, and its digits push the counts of others aside; the details give it whole."""
    assert short_words(Claimed(value)) == short
    assert f"{value:,}" in figure_words(Claimed(value))


@pytest.mark.parametrize("value", [0, 5, 38_245, 100_001, 999_999])
def test_an_interval_is_rounded_outwards(value: int) -> None:
    """What is printed holds what was computed."""
    low, high = interval_words(Estimated(value, value, value)).removeprefix("between ").split(" and ")
    assert int(low.replace(",", "")) <= value <= int(high.replace(",", ""))


@pytest.mark.parametrize(
    ("things", "one"),
    [
        (Things.PATIENTS, "1 patient"),
        (Things.STUDIES, "1 study"),
        (Things.SERIES, "1 series"),
        (Things.WORKLIST_ITEMS, "1 worklist entry"),
    ],
)
def test_one_is_written_in_the_singular(things: Things, one: str) -> None:
    """Whatever kind of number it is."""
    assert amount_words(Exact(1), things) == one
    assert amount_words(AtLeast(1), things) == f"at least {one}"
    assert amount_words(Claimed(1), things).startswith(f"{one} (")
    assert amount_words(Exact(2), things) == f"2 {MANY[things]}"


def test_everything_has_a_word() -> None:
    """No kind of thing is without its words; kinds are told apart."""
    assert set(MANY) == set(Things)
    assert [amount(2, things) for things in Things] == [f"2 {MANY[things]}" for things in Things]
    kinds = (Exact(1), AtLeast(1), Estimated(1, 1, 1), Claimed(1), Unknown())
    assert len({kind_words(kind) for kind in kinds}) == len(kinds)
