"""Small cells: a part of 1 to 10 studies is shown as "< 11", and cannot be had by subtraction (ADR 0015).

Three studies in one year can be three people whom a reader knows. The totals of an archive are shown
whole, so hiding a part is not enough: whoever takes the other parts from the total has it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from dosimeter.model.census import AtLeast, Claimed, Count, Estimated, Exact, Unknown

SMALLEST_SHOWN: Final = 11
"""The smallest number of a cell that is shown as it is."""

_LARGEST_HIDDEN: Final = SMALLEST_SHOWN - 1


@dataclass(frozen=True, slots=True)
class FewerThan:
    """Between 1 and ``value`` - 1: how many is not shown."""

    value: int = SMALLEST_SHOWN
    kind: Literal["fewer_than"] = "fewer_than"


Cell = Count | FewerThan
"""A cell of a breakdown as it is shown."""


def protect(cells: Sequence[Count]) -> tuple[Cell, ...] | None:
    """The cells of one breakdown as they may be shown; None if it cannot be shown at all.

    What the cells are part of counts as known, whether it is or not. Then the hidden cells have a known
    sum R. Cells next to a small one are made vague (`AtLeast`) until every small cell could still be any
    number from 1 to 10, even to a reader who knows this rule and so knows that a vague cell is no
    small one. Where there are not enough cells for that, nothing of the breakdown is shown.
    """

    def are_hidden(small: int, hidden: int) -> bool:
        return _LARGEST_HIDDEN + small - 1 <= hidden <= _LARGEST_HIDDEN * (small - 1) + 1

    return _protect(cells, are_hidden)


def protect_overlapping(cells: Sequence[Count], whole: Count) -> tuple[Cell, ...] | None:
    """The same for cells of which one thing may be in several, and each is in one at least.

    They have no known sum. What is not in a cell that is shown must be in a hidden one: that alone
    bounds a small cell from below, and a vague cell has room for all of it.
    """
    shown = sum(_seen(cell) for cell in cells if not _is_small(cell))

    def are_hidden(small: int, _hidden: int) -> bool:
        return _seen(whole) - shown <= _LARGEST_HIDDEN * (small - 1) + 1

    return _protect(cells, are_hidden)


def _protect(cells: Sequence[Count], are_hidden: Callable[[int, int], bool]) -> tuple[Cell, ...] | None:
    """Make cells vague until the small ones are hidden; ``are_hidden`` judges them without a vague one."""
    small = {place for place, cell in enumerate(cells) if _is_small(cell)}
    if not small:
        return tuple(cells)
    hidden = sum(_seen(cells[place]) for place in small)
    vague: set[int] = set()
    enough = are_hidden(len(small), hidden)
    while not enough:
        place = _next_to(small, vague, cells)
        if place is None:
            return None
        vague.add(place)
        hidden += _seen(cells[place])
        enough = hidden - SMALLEST_SHOWN * len(vague) >= _LARGEST_HIDDEN + len(small) - 1
    floor = SMALLEST_SHOWN
    if len(vague) == 1:
        floor = max(floor, hidden - _LARGEST_HIDDEN * len(small))
    return tuple(
        _hide(cell) if place in small else AtLeast(floor) if place in vague else cell
        for place, cell in enumerate(cells)
    )


def _next_to(small: set[int], vague: set[int], cells: Sequence[Count]) -> int | None:
    """The cell nearest to a small one that is neither hidden nor empty; of two, the later one."""
    free = [
        place
        for place, cell in enumerate(cells)
        if place not in small and place not in vague and _seen(cell) >= SMALLEST_SHOWN
    ]
    return min(free, key=lambda place: (min(abs(place - each) for each in small), -place), default=None)


def _is_small(cell: Count) -> bool:
    return 1 <= _seen(cell) <= _LARGEST_HIDDEN


def _seen(cell: Count) -> int:
    return 0 if isinstance(cell, Unknown) else cell.value


def _hide(cell: Count) -> Cell:
    """A small cell as it is shown: a lower bound stays one, and an estimate is not known to be small."""
    match cell:
        case AtLeast():
            return AtLeast(1)
        case Estimated():
            return Unknown()
        case Exact() | Claimed() | Unknown():
            return FewerThan()
