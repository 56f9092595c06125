"""Counts in words, always with how they are known: the vocabulary of findings and of every report."""

from __future__ import annotations

from typing import Final

from dosimeter.model.census import (
    MANY,
    AtLeast,
    Claimed,
    Count,
    Counts,
    Estimated,
    Exact,
    Things,
    Unknown,
    amount,
)
from dosimeter.model.message import Message, say

_ROUGH_DIGITS: Final = 2
_BOUND_DIGITS: Final = 3
"""Significant digits of an estimate and of its bounds: more would pretend to know them."""

_THOUSAND: Final = 1_000
_MILLION: Final = 1_000_000


def count_of(counts: Counts, things: Things) -> Count:
    """One of the five numbers."""
    found: Count = getattr(counts, things.value)
    return found


def amount_words(count: Count, things: Things) -> Message:
    """The number inside a sentence: ``at least 340 images``, ``about 41,000 studies (between …)``."""
    match count:
        case Exact(value):
            return amount(value, things)
        case AtLeast(value):
            return say("at least {amount}", amount=amount(value, things))
        case Estimated():
            about = amount(rough(count), things)
            return say("about {amount} ({interval})", amount=about, interval=interval_words(count))
        case Claimed(value):
            return say("{amount} (the archive's own figure)", amount=amount(value, things))
        case Unknown():
            return say("{things} that were not counted", things=MANY[things])


def kind_words(count: Count) -> Message:
    """How a number is known, for a cell beside it."""
    match count:
        case Exact():
            return say("counted to the end")
        case AtLeast():
            return say("not counted to the end")
        case Estimated():
            return say("estimated from random days, {interval} at 95 %", interval=interval_words(count))
        case Claimed():
            return say("the archive's own figure")
        case Unknown():
            return say("not counted")


def figure_words(count: Count) -> Message:
    """The number alone, marked with its kind: ``12,430``, ``at least 340``, ``about 41,000``."""
    match count:
        case Exact(value):
            return say("{number}", number=value)
        case AtLeast(value):
            return say("at least {number}", number=value)
        case Estimated():
            return say("about {number}", number=rough(count))
        case Claimed(value):
            return say("{number} claimed", number=value)
        case Unknown():
            return say("not counted")


def whole_words(count: Count, things: Things) -> Message:
    """A statement that stands alone: ``12,430 studies, counted``; ``at least 340 images``."""
    match count:
        case Exact():
            return say("{amount}, counted", amount=amount_words(count, things))
        case Claimed(value):
            return say("the archive's own figure: {amount}", amount=amount(value, things))
        case Unknown():
            return say("not counted")
        case AtLeast() | Estimated():
            return amount_words(count, things)


def short_words(count: Count) -> Message:
    """For a narrow column: ``12,430``, ``≥ 340``, ``~41k``, ``says 225``, ``says 9M``, ``-``."""
    match count:
        case Exact(value):
            return say("{number}", number=value)
        case AtLeast(value):
            return say("\N{GREATER-THAN OR EQUAL TO} {number}", number=value)
        case Estimated():
            return say("~{number}", number=_short(rough(count)))
        case Claimed(value):
            shown = _short(_rounded(value)) if value >= _MILLION else say("{number}", number=value)
            return say("says {number}", number=shown)
        case Unknown():
            return say("-")


def interval_words(count: Estimated) -> Message:
    """``between 38,200 and 43,900``: the bounds rounded outwards."""
    return say("between {low} and {high}", low=_rounded_down(count.low), high=_rounded_up(count.high))


def rough(count: Estimated) -> int:
    """An estimate to two significant digits."""
    return _rounded(count.value)


def _rounded(value: int) -> int:
    unit = _unit(value, _ROUGH_DIGITS)
    return (value + unit // 2) // unit * unit


def _rounded_down(value: int) -> int:
    unit = _unit(value, _BOUND_DIGITS)
    return value // unit * unit


def _rounded_up(value: int) -> int:
    unit = _unit(value, _BOUND_DIGITS)
    return -(-value // unit) * unit


def _unit(value: int, digits: int) -> int:
    return max(1, 10 ** (len(str(value)) - digits)) if value > 0 else 1


def _short(value: int) -> Message:
    """``800``, ``41k``, ``1.5M``."""
    if value < _THOUSAND:
        return say("{number}", number=value)
    if value < _MILLION:
        return say("{number}k", number=_tenths(value / _THOUSAND))
    return say("{number}M", number=_tenths(value / _MILLION))


def _tenths(value: float) -> int | float:
    """With a tenth where it is not 0. A whole number is small: it has two digits that are not 0."""
    rounded = round(value, 1)
    return int(rounded) if rounded.is_integer() else rounded
