from __future__ import annotations

from dataclasses import replace

import pytest

from dosimeter.model.census import (
    NOT_COUNTED,
    AtLeast,
    Census,
    Count,
    Counts,
    Exact,
    ModalityCount,
    Unknown,
    YearCount,
)
from dosimeter.report.breakdown import (
    FEWER,
    FLOOR,
    NO_BREAKDOWN,
    NO_MODALITIES,
    NO_YEARS,
    VAGUE,
    ModalityShown,
    YearShown,
    breakdown_of,
)
from dosimeter.report.small_cells import FewerThan
from tests.unit.report.counted import EXACT


def test_years_and_undated_studies_are_parts_of_one_whole() -> None:
    """Undated studies are a cell like any year: a small number of them is hidden with the rest."""
    parts = breakdown_of(EXACT)

    assert parts.years == (
        YearShown(2022, FewerThan()),
        YearShown(2023, Exact(410)),
        YearShown(2024, Exact(7_004)),
        YearShown(2025, AtLeast(4_996)),
    )
    assert parts.undated == FewerThan()
    assert (parts.oldest_year, parts.newest_year) == (2022, 2025)
    assert parts.notes == (FEWER, VAGUE)


def test_only_verified_modalities_are_shown() -> None:
    """A modality that no control query confirmed is left out; beside a lower bound it is one too."""
    assert breakdown_of(EXACT).modalities == (
        ModalityShown("CT", Exact(9_000)),
        ModalityShown("MR", AtLeast(3_397)),
        ModalityShown("PT", FewerThan()),
    )
    part = replace(EXACT, counts=Counts(studies=AtLeast(12_430)))
    assert breakdown_of(part).modalities[0] == ModalityShown("CT", AtLeast(9_000))


def test_large_parts_are_shown_as_they_are() -> None:
    """No note where nothing is hidden."""
    census = Census(years=(YearCount(2024, Exact(40)),), undated_studies=Exact(0), oldest_year=2024)
    parts = breakdown_of(census)

    assert parts.years == (YearShown(2024, Exact(40)),)
    assert (parts.undated, parts.notes) == (Exact(0), ())


def test_too_few_studies_have_no_breakdown_and_no_years() -> None:
    """Five studies in one year: not the year, not the number, and a note that says so."""
    census = Census(
        counts=Counts(studies=Exact(5)),
        years=(YearCount(2024, Exact(5)),),
        undated_studies=Exact(0),
        modalities=(ModalityCount("CT", 5, verified=True),),
        oldest_year=2024,
        newest_year=2024,
    )
    parts = breakdown_of(census)

    assert (parts.years, parts.modalities, parts.undated) == ((), (), Unknown())
    assert (parts.oldest_year, parts.newest_year) == (None, None)
    assert parts.notes == (NO_YEARS, NO_MODALITIES)


def test_nothing_is_called_vague_where_no_part_is_shown_so() -> None:
    """The years of one study are left out; its modality is a bound that tells no more than its note."""
    census = Census(
        counts=Counts(studies=AtLeast(1)),
        years=(YearCount(2025, Exact(1)),),
        modalities=(ModalityCount("CT", 1, verified=True),),
    )
    parts = breakdown_of(census)

    assert (parts.years, parts.modalities) == ((), (ModalityShown("CT", AtLeast(1)),))
    assert parts.notes == (NO_YEARS, FLOOR)


@pytest.mark.parametrize(
    ("years", "notes"),
    [
        ([Exact(12), Exact(40)], ()),
        ([Exact(5), Exact(6), Exact(40)], (FEWER,)),
        ([Exact(3), Exact(40), Exact(50)], (FEWER, VAGUE)),
        ([AtLeast(5), AtLeast(6), Exact(40)], (FLOOR,)),
        ([AtLeast(1), AtLeast(3), AtLeast(40)], (FLOOR, VAGUE)),
        ([AtLeast(40), AtLeast(50)], ()),
        ([Exact(3)], (NO_YEARS,)),
    ],
)
def test_a_note_speaks_of_parts_that_are_shown(years: list[Count], notes: tuple[str, ...]) -> None:
    """Nothing is said of a part that the reader does not see."""
    studies = AtLeast(sum(each.value for each in years if not isinstance(each, Unknown)))
    counted = tuple(YearCount(2020 + place, count) for place, count in enumerate(years))
    census = Census(counts=Counts(studies=studies), years=counted, undated_studies=Exact(0))

    assert breakdown_of(census).notes == notes


def test_a_note_tells_no_more_than_the_parts_do() -> None:
    """Two archives of which the same parts are shown have the same notes, whatever they hold."""

    def notes(*years: Count) -> tuple[tuple[YearShown, ...], tuple[str, ...]]:
        counted = tuple(YearCount(2020 + place, count) for place, count in enumerate(years))
        parts = breakdown_of(Census(years=counted, undated_studies=Exact(0)))
        return parts.years, parts.notes

    assert notes(Exact(10), AtLeast(40)) == notes(Exact(10), Exact(40))
    assert notes(AtLeast(5), AtLeast(6), Exact(60)) == notes(AtLeast(1), AtLeast(10), Exact(60))


def test_what_was_not_counted_has_no_parts() -> None:
    """Nothing is made up."""
    assert breakdown_of(NOT_COUNTED) == NO_BREAKDOWN
