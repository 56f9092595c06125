"""A product's own counters as a census, and the censuses of the doors of one archive as one. Pure.

What a counter says is a claim: nobody counted. A claim that what was counted bears out is worth more than
a floor, and less than a count that came to its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from dosimeter.census import words
from dosimeter.model.census import (
    MANY,
    NOT_COUNTED,
    SAME_STOCK,
    AtLeast,
    Census,
    Claimed,
    Count,
    Counts,
    Estimated,
    Exact,
    Things,
    Unknown,
)
from dosimeter.model.facts import Fact
from dosimeter.model.message import Message, say
from dosimeter.model.web import FHIR, ProductCounted

_NEIGHBOURS: Final = frozenset({FHIR})
"""Products that count people, and no archive's: what they say is a finding, and no number of the archive."""

_NESTED: Final = (Things.PATIENTS, Things.STUDIES, Things.SERIES, Things.INSTANCES)
"""Each has at least one of the next (PS3.3 A.1.2)."""

_TWO: Final = say("the server's own counters contradict each other, and are not used")


def claimed_counts(facts: Iterable[Fact]) -> Census:
    """What the counters say, each number `Claimed`; `NOT_COUNTED` if there is none.

    A counter that was no plausible number is said and is no number. Two counters of one thing that differ
    contradict each other, and neither is used. Where there are more patients than studies, more studies than
    series or more series than images, nobody knows which is wrong: none of them is used.
    """
    remarks: dict[str, None] = {}
    values = _agreed(_said(facts, remarks), remarks)
    nested = [things for things in _NESTED if things in values]
    if any(values[inner] < values[outer] for outer, inner in pairwise(nested)):
        remarks[words.unknown_all(nested, _TWO)] = None
        for things in nested:
            del values[things]
    if not values and not remarks:
        return NOT_COUNTED
    counts = Counts(**{things.value: Claimed(value) for things, value in values.items()})
    return Census(counts=counts, remarks=tuple(remarks))


def _said(facts: Iterable[Fact], remarks: dict[str, None]) -> dict[Things, list[int]]:
    """What each counter said, where that is a number."""
    said: dict[Things, list[int]] = {}
    for fact in facts:
        if isinstance(fact, ProductCounted) and fact.product not in _NEIGHBOURS:
            for counter in fact.counters:
                if counter.value is None or counter.value < 0:
                    remarks[_implausible(counter.things)] = None
                else:
                    said.setdefault(counter.things, []).append(counter.value)
    return said


def _agreed(said: dict[Things, list[int]], remarks: dict[str, None]) -> dict[Things, int]:
    """One number for each thing of which all counters say the same."""
    values: dict[Things, int] = {}
    for things, found in said.items():
        if min(found) < SAME_STOCK * max(found):
            remarks[words.unknown(things, _TWO)] = None
        else:
            values[things] = max(found)
    return values


def combine(censuses: Sequence[Census]) -> Census:
    """The numbers of one archive from those of its doors, the door that counts first coming first.

    Exact beats all else; an estimate or a floor gives way to a claim that it bears out. A claim below what
    was seen, or outside of an estimate, is said and not used.
    """
    known = [census for census in censuses if census != NOT_COUNTED]
    if len(known) <= 1:
        return known[0] if known else NOT_COUNTED
    base = max(known, key=_detail)
    remarks = dict.fromkeys(remark for census in known for remark in census.remarks)
    counts: dict[str, Count] = {}
    for things in Things:
        count, remark = _best(things, [_of(census, things) for census in known])
        counts[things.value] = count
        if remark is not None:
            remarks[remark] = None
    return replace(base, counts=Counts(**counts), remarks=tuple(remarks))


def _detail(census: Census) -> int:
    """How much more than numbers a census tells; of equals the first is taken."""
    return bool(census.years) + bool(census.modalities) + (census.rows_limit is not None)


def _of(census: Census, things: Things) -> Count:
    count: Count = getattr(census.counts, things.value)
    return count


def _best(things: Things, counts: Sequence[Count]) -> tuple[Count, str | None]:
    """The best of several counts of one thing, and what is to be said of the claim beside it."""
    counted = _counted(counts)
    claims = [count.value for count in counts if isinstance(count, Claimed)]
    if not claims:
        return counted, None
    if min(claims) < SAME_STOCK * max(claims):
        return counted, say("of {things}, {why}", things=MANY[things], why=_TWO)
    claim = max(claims)
    match counted:
        case Unknown():
            return Claimed(claim), None
        case Exact(value):
            return counted, _beside_exact(things, claim, value)
        case Estimated(_, low, high):
            if low <= claim <= high:
                return Claimed(claim), None
            return counted, say(
                "the archive's own counter of {things} does not fit the estimate", things=MANY[things]
            )
        case _:
            if claim < counted.value:
                return counted, _below(things)
            return Claimed(claim), None


def _counted(counts: Sequence[Count]) -> Count:
    """The best of those that are no claims."""
    for kind in (Exact, Estimated):
        found = next((count for count in counts if isinstance(count, kind)), None)
        if found is not None:
            return found
    floors = [count for count in counts if isinstance(count, AtLeast)]
    return max(floors, key=lambda floor: floor.value) if floors else Unknown()


def _beside_exact(things: Things, claim: int, value: int) -> Message:
    if claim == value:
        return say("{things}: the archive's own counter agrees", things=MANY[things])
    if claim < value:
        return _below(things)
    return say(
        "{things}: the archive's own counter differs from what was counted, and is not used",
        things=MANY[things],
    )


def _below(things: Things) -> Message:
    return say(
        "{things}: the archive's own counter says less than was seen, and is not used", things=MANY[things]
    )


def _implausible(things: Things) -> Message:
    return words.unknown(things, say("the server's own counter of them is no plausible number"))
