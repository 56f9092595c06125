"""What of a census may be shown, whoever made its numbers: a second look at the facts behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from dosimeter.model.census import NOT_COUNTED, AtLeast, Axis, Census, CensusEnd, Count, Cut, Exact, Things
from dosimeter.model.facts import CellCounted, CensusEnded, Ending, Fact
from dosimeter.model.message import say

WENT_ON: Final = say(
    "the server did not end an answer that it was asked to stop: what came before the connection was ended "
    "is counted, and nobody knows how much more it would have sent"
)


def believed(census: Census, facts: Iterable[Fact]) -> Census:
    """The census without what its facts do not bear out.

    Nothing is left of an archive whose answers do not depend on the question. Where an answer had no
    end, that is said, and what was asked for without limits is no exact number.
    """
    endless: set[Things] = set()
    any_endless = False
    for fact in facts:
        if isinstance(fact, CensusEnded):
            if fact.end is CensusEnd.NOT_BELIEVED:
                return NOT_COUNTED
        elif isinstance(fact, CellCounted) and went_on(fact):
            any_endless = True
            if fact.axis is Axis.WHOLE:
                endless.add(fact.things)
    if not any_endless:
        return census
    counts = replace(
        census.counts,
        **{things.value: _no_more_than_a_floor(getattr(census.counts, things.value)) for things in endless},
    )
    return replace(census, counts=counts, remarks=(*census.remarks, WENT_ON))


def went_on(cell: CellCounted) -> bool:
    """Whether its last answer was cut by us and never came to an end of its own (PS3.7 9.3.2.3).

    An archive that hears C-CANCEL ends with a status, 0xFE00 or the one it had at hand.
    """
    cut = cell.cut is Cut.BY_BUDGET and cell.ending is Ending.BUDGET
    return cut and cell.status is None and cell.rows > 0


def _no_more_than_a_floor(count: Count) -> Count:
    return AtLeast(count.value) if isinstance(count, Exact) else count
