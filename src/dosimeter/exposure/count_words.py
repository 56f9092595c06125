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
    noun,
)

_ROUGH_DIGITS: Final = 2
_BOUND_DIGITS: Final = 3
"""Significant digits of an estimate and of its bounds: more would pretend to know them."""

_THOUSAND: Final = 1_000
_MILLION: Final = 1_000_000


def count_of(counts: Counts, things: Things) -> Count:
    """One of the five numbers."""
    found: Count = getattr(counts, things.value)
    return found


def amount_words(count: Count, things: Things) -> str:
    """The number inside a sentence: ``at least 340 images``, ``about 41,000 studies (between …)``."""
    match count:
        case Exact(value):
            return f"{value:,} {noun(things, value)}"
        case AtLeast(value):
            return f"at least {value:,} {noun(things, value)}"
        case Estimated():
            return f"about {rough(count):,} {noun(things, rough(count))} ({interval_words(count)})"
        case Claimed(value):
            return f"{value:,} {noun(things, value)} (the archive's own figure)"
        case Unknown():
            return f"{MANY[things]} that were not counted"


def kind_words(count: Count) -> str:
    """How a number is known, for a cell beside it."""
    match count:
        case Exact():
            return "counted to the end"
        case AtLeast():
            return "not counted to the end"
        case Estimated():
            return f"estimated from random days, {interval_words(count)} at 95 %"
        case Claimed():
            return "the archive's own figure"
        case Unknown():
            return "not counted"


def figure_words(count: Count) -> str:
    """The number alone, marked with its kind: ``12,430``, ``at least 340``, ``about 41,000``."""
    match count:
        case Exact(value):
            return f"{value:,}"
        case AtLeast(value):
            return f"at least {value:,}"
        case Estimated():
            return f"about {rough(count):,}"
        case Claimed(value):
            return f"{value:,} claimed"
        case Unknown():
            return "not counted"


def whole_words(count: Count, things: Things) -> str:
    """A statement that stands alone: ``12,430 studies, counted``; ``at least 340 images``."""
    match count:
        case Exact():
            return f"{amount_words(count, things)}, counted"
        case Claimed(value):
            return f"the archive's own figure: {value:,} {noun(things, value)}"
        case Unknown():
            return "not counted"
        case AtLeast() | Estimated():
            return amount_words(count, things)


def short_words(count: Count) -> str:
    """For a narrow column: ``12,430``, ``≥ 340``, ``~41k``, ``says 225``, ``says 9M``, ``-``."""
    match count:
        case Exact(value):
            return f"{value:,}"
        case AtLeast(value):
            return f"\N{GREATER-THAN OR EQUAL TO} {value:,}"
        case Estimated():
            return f"~{_short(rough(count))}"
        case Claimed(value):
            return f"says {value:,}" if value < _MILLION else f"says {_short(_rounded(value))}"
        case Unknown():
            return "-"


def interval_words(count: Estimated) -> str:
    """``between 38,200 and 43,900``: the bounds rounded outwards."""
    return f"between {_rounded_down(count.low):,} and {_rounded_up(count.high):,}"


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


def _short(value: int) -> str:
    if value < _THOUSAND:
        return str(value)
    unit, letter = (_THOUSAND, "k") if value < _MILLION else (_MILLION, "M")
    return f"{value / unit:.1f}".removesuffix(".0") + letter
