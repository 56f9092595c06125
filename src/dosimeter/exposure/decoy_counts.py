"""Signs of a decoy that only counting shows, read from the cells of a census.

Each is a sign, not a verdict: qrscp of pynetdicom is real and repeats every study once for each of its
images, and a teaching hospital may hold a public collection. No sign names a number: a cell may be small.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dosimeter.exposure.believed import went_on
from dosimeter.exposure.evidence import Evidence, Pointed
from dosimeter.exposure.product import DCMTK, Identity
from dosimeter.model.census import Axis, CensusEnd, Things
from dosimeter.model.facts import CellCounted, CensusEnded
from dosimeter.model.message import say

Sign = tuple[int, str, str]
"""Its weight (1 low, 2 medium, 3 high), its words, and the pointer of its fact."""

_NOT_BELIEVED: Final = say(
    "its answers to the census do not depend on the question, so it is a decoy or defective and its counts "
    "are not believed"
)
_SAME_ANSWER: Final = say("it gave the same studies for every year that it was asked for")
_REPEATS: Final = say("it repeats the same study in one answer")
_OUT_OF_CHARACTER: Final = say(
    "it announces DCMTK and repeats the same study in one answer, as archives that are built on DCMTK do not"
)
_ENDLESS: Final = say("one of its answers came to no end, though it was asked to stop")
_PUBLIC: Final = say("most of its studies bear the numbers of public collections")

_REPEATED: Final = 2
"""Rows for each study from which on an answer repeats itself: qrscp sends one for each image."""

_ROWS_ENOUGH: Final = 4
_MOST_CANNED: Final = 50
"""Up to so many studies, the same for every year, are canned. An archive in use that does not look at dates
holds more of them: a defect, and a low sign."""

_YEARS_ENOUGH: Final = 3
"""Years that hold the same studies before it is no fault of one answer."""


def signs_of_counting(evidence: Evidence, identity: Identity | None) -> list[Sign]:
    """What the census shows, the strongest first; nothing if there was none."""
    if not evidence.cells and not evidence.census_ends:
        return []
    studies = [cell for cell in evidence.cells if cell.fact.things is Things.STUDIES]
    found: list[Sign] = []
    ended = _not_believed(evidence.census_ends)
    if ended is not None:
        found.append((2, _NOT_BELIEVED, ended))
    same = _same_answer(studies)
    if same is not None:
        canned = same.fact.distinct <= _MOST_CANNED
        found.append((2 if canned else 1, _SAME_ANSWER, same.pointer))
    public = _public(studies)
    if public is not None:
        found.append((2, _PUBLIC, public))
    repeats = _repeats(studies)
    if repeats is not None:
        known = identity.by_uid or identity.by_name if identity is not None else None
        borrowed = known is not None and known.product == DCMTK
        found.append((2, _OUT_OF_CHARACTER, repeats) if borrowed else (1, _REPEATS, repeats))
    endless = next((cell.pointer for cell in evidence.cells if went_on(cell.fact)), None)
    if endless is not None:
        found.append((1, _ENDLESS, endless))
    return sorted(found, key=lambda sign: -sign[0])


def _not_believed(ends: Iterable[Pointed[CensusEnded]]) -> str | None:
    return next((end.pointer for end in ends if end.fact.end is CensusEnd.NOT_BELIEVED), None)


def _same_answer(studies: list[Pointed[CellCounted]]) -> Pointed[CellCounted] | None:
    """Years that share no day, yet together hold no more studies than each alone.

    Ranges of years and months are left out: a month holds what its year holds.
    """
    runs: dict[int, dict[str, Pointed[CellCounted]]] = {}
    union: dict[int, int] = {}
    for cell in studies:
        fact = cell.fact
        if fact.axis is not Axis.DATES or fact.with_counters or not fact.distinct:
            continue
        union[fact.run] = max(union.get(fact.run, 0), fact.on_axis)
        if fact.cell.isdecimal():
            runs.setdefault(fact.run, {})[fact.cell] = cell
    for run, years in runs.items():
        if len(years) >= _YEARS_ENOUGH and all(cell.fact.distinct == union[run] for cell in years.values()):
            return next(iter(years.values()))
    return None


def _public(studies: list[Pointed[CellCounted]]) -> str | None:
    rows = sum(cell.fact.rows for cell in studies)
    public = sum(cell.fact.public_roots for cell in studies)
    if not public or 2 * public <= rows:
        return None
    return next(cell.pointer for cell in studies if cell.fact.public_roots)


def _repeats(studies: list[Pointed[CellCounted]]) -> str | None:
    """One answer in which studies come twice and more. A cell of several questions may have asked twice."""
    for cell in studies:
        fact = cell.fact
        if fact.questions == 1 and fact.rows >= max(_ROWS_ENOUGH, _REPEATED * fact.distinct):
            return cell.pointer
    return None
