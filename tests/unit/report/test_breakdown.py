from __future__ import annotations

from dataclasses import replace

from dosimeter.model.census import (
    NOT_COUNTED,
    AtLeast,
    Census,
    Counts,
    Exact,
    ModalityCount,
    Unknown,
    YearCount,
)
from dosimeter.report.breakdown import (
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
    assert parts.notes == (VAGUE,)


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
    """The years of one study are left out, and its modality is the bound that it was: one note is enough."""
    census = Census(
        counts=Counts(studies=AtLeast(1)),
        years=(YearCount(2025, Exact(1)),),
        modalities=(ModalityCount("CT", 1, verified=True),),
    )
    parts = breakdown_of(census)

    assert (parts.years, parts.modalities) == ((), (ModalityShown("CT", AtLeast(1)),))
    assert parts.notes == (NO_YEARS,)


def test_what_was_not_counted_has_no_parts() -> None:
    """Nothing is made up."""
    assert breakdown_of(NOT_COUNTED) == NO_BREAKDOWN
