"""The parts of a count as a report shows them: by year, by modality, and no small cell among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dosimeter.model.census import (
    AtLeast,
    Census,
    Count,
    Exact,
    Unknown,
)
from dosimeter.model.message import Message, say
from dosimeter.report.small_cells import Cell, FewerThan, protect, protect_overlapping

NO_YEARS: Final = say(
    "Studies by year are not shown: they are so few that a number of 1 to 10 could be computed from the rest."
)
NO_MODALITIES: Final = say(
    "Studies by modality are not shown: they are so few that a number of 1 to 10 could be computed from the "
    "rest."
)
FEWER: Final = say('Parts of 1 to 10 studies are shown as "< 11".')
FLOOR: Final = say('Parts of which 1 to 10 studies were seen are shown as "at least 1".')
VAGUE: Final = say(
    'Parts shown as "at least" may be larger by a few, so that the small ones cannot be computed.'
)


@dataclass(frozen=True, slots=True)
class YearShown:
    """Studies dated in one year, as they may be shown."""

    year: int
    studies: Cell


@dataclass(frozen=True, slots=True)
class ModalityShown:
    """Studies that hold one modality, as they may be shown. One study may be in several."""

    modality: str
    studies: Cell


@dataclass(frozen=True, slots=True)
class Breakdown:
    """What a report shows below the totals of one archive. ``notes`` say what is left out, and why."""

    years: tuple[YearShown, ...] = ()
    undated: Cell = Unknown()  # noqa: RUF009 - frozen
    modalities: tuple[ModalityShown, ...] = ()
    oldest_year: int | None = None
    newest_year: int | None = None
    notes: tuple[Message, ...] = ()


NO_BREAKDOWN: Final = Breakdown()


def breakdown_of(census: Census) -> Breakdown:
    """Protect the parts. Years and undated studies are parts of one whole; modalities are on their own.

    A modality is shown only if a control query found as many as the rows said; where not all studies are
    known, it is a lower bound.
    """
    if not census.years and not census.modalities and isinstance(census.undated_studies, Unknown):
        return NO_BREAKDOWN
    verified = [each for each in census.modalities if each.verified]
    whole = isinstance(census.counts.studies, Exact)
    by_modality: list[Count] = [Exact(each.studies) if whole else AtLeast(each.studies) for each in verified]
    modalities = protect_overlapping(by_modality, census.counts.studies)
    by_year = [each.studies for each in census.years]
    years = protect([*by_year, census.undated_studies])
    notes = []
    if years is None:
        notes.append(NO_YEARS)
    if modalities is None:
        notes.append(NO_MODALITIES)
    notes += _notes_of_parts(years)
    notes += _notes_of_parts(modalities)
    *dated, undated = years or (Unknown(),)
    return Breakdown(
        years=tuple(YearShown(each.year, cell) for each, cell in zip(census.years, dated, strict=False)),
        undated=undated,
        modalities=tuple(
            ModalityShown(each.modality, cell) for each, cell in zip(verified, modalities or (), strict=False)
        ),
        oldest_year=None if years is None else census.oldest_year,
        newest_year=None if years is None else census.newest_year,
        notes=tuple(dict.fromkeys(notes)),
    )


def _notes_of_parts(shown: tuple[Cell, ...] | None) -> list[Message]:
    """What the parts that are shown need beside them. Nothing but what is shown decides it.

    A note that came of the numbers themselves would tell something of them.
    """
    cells = set(shown or ())
    floor = AtLeast(1)
    notes = []
    if FewerThan() in cells:
        notes.append(FEWER)
    if floor in cells:
        notes.append(FLOOR)
    if notes and any(isinstance(cell, AtLeast) and cell != floor for cell in cells):
        notes.append(VAGUE)
    return notes
