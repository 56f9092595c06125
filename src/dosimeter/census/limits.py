"""What the archive has shown of its limit on one answer, and what an answer is worth after that."""

from __future__ import annotations

from typing import Final

from dosimeter.model.census import Cut
from dosimeter.model.facts import Ending

SUCCESS: Final = 0x0000
CANCELLED: Final = 0xFE00
"""Unasked: there was more, whatever was sent of it; it can be nothing."""
OUT_OF_RESOURCES: Final = 0xA700

UNCUT: Final = frozenset({Cut.NOT, Cut.UNSHOWN})
"""It ended with Success, and nothing shows that there was more."""

_SMALL: Final = 12
"""Up to here any number may be a limit."""


class Limits:
    """One limit for all answers of a level: silent, or said by the status, or none.

    ``shown`` is the longest answer yet, in rows: any shorter one that ended with Success is whole.
    ``said`` is the fewest rows after which the archive said that it stopped: then it says so always.
    ``silent`` is the length of an answer that ended with Success and was found to be cut.
    """

    __slots__ = ("erratic", "said", "shown", "silent")

    def __init__(self) -> None:
        self.shown = 0
        self.said: int | None = None
        self.silent: int | None = None
        self.erratic = False
        """It cut an answer that was shorter than another: then no answer proves that it is whole."""

    @property
    def known(self) -> int | None:
        """The limit, if one was found."""
        found = [limit for limit in (self.said, self.silent) if limit is not None]
        return min(found, default=None)

    def note(self, rows: int, cut: Cut) -> None:
        """An answer was this long and ended so."""
        self.shown = max(self.shown, rows)
        if cut is Cut.BY_STATUS and rows:
            self.said = rows if self.said is None else min(self.said, rows)

    def note_silent(self, rows: int) -> None:
        """An answer of so many rows ended with Success, and more was found."""
        self.silent = rows if self.silent is None else min(self.silent, rows)
        if rows < self.shown:
            self.erratic = True

    def cut_of(self, ending: Ending, status: int | None, rows: int) -> Cut:
        """Whether an answer of so many rows is whole."""
        if ending is Ending.BUDGET:
            return Cut.BY_BUDGET
        if ending is not Ending.STATUS:
            return Cut.FAILED
        if status == CANCELLED:
            return Cut.BY_STATUS
        if status != SUCCESS:
            return Cut.BY_STATUS if rows else Cut.FAILED
        if not rows:
            return Cut.NOT
        if self.erratic:
            return Cut.UNSHOWN
        if self.silent is not None and rows >= self.silent:
            return Cut.SILENTLY
        told = self.said is not None and rows <= self.said
        return Cut.NOT if told or rows < self.shown else Cut.UNSHOWN


def may_be_a_limit(rows: int) -> bool:
    """Whether this number may have been set as a limit: it is small, or round to people or machines."""
    if rows <= _SMALL:
        return True
    near = {rows - 1, rows, rows + 1}
    return rows % 10 == 0 or rows % 25 == 0 or not rows & (rows - 1) or any(n % 100 == 0 for n in near)
