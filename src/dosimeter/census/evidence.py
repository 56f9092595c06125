"""The cells of one census, read back: what they prove of limits, of dates and of what was seen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Final

from dosimeter.census.book import latest
from dosimeter.census.limits import UNCUT
from dosimeter.census.years import by_year
from dosimeter.model.census import Axis, Cut, Things
from dosimeter.model.facts import QueryService

if TYPE_CHECKING:
    from dosimeter.model.facts import CellCounted

_NAMES: Final = {
    Axis.DATES: re.compile(r"[0-9]{4}(-[0-9]{2}|/[0-9]{4})?"),
    Axis.TIMES: re.compile(r"[0-9]{2}(/[0-9]{2})?"),
    Axis.DAYS: re.compile(r"sample [0-9]{4}(/[0-9]{4})? .*"),
    Axis.WHOLE: re.compile("whole"),
    Axis.PATIENT_IDS: re.compile("patient_ids"),
}
_CUTTABLE: Final = frozenset({Axis.DATES, Axis.WHOLE, Axis.TIMES})


class Evidence:
    """The cells of one association's titles and one information model, each as it was kept last."""

    def __init__(self, cells: Iterable[CellCounted]) -> None:
        self.cells = latest(cell for cell in cells if _is_readable(cell))
        is_worklist = any(cell.service is QueryService.WORKLIST for cell in self.cells)
        self.things = Things.WORKLIST_ITEMS if is_worklist else Things.STUDIES
        of_things = [cell for cell in self.cells if cell.things is self.things]
        plain = [cell for cell in of_things if cell.axis in _CUTTABLE]
        self.shown = max((cell.largest for cell in of_things), default=0)
        self.said = min((cell.largest for cell in plain if cell.cut is Cut.BY_STATUS), default=None)
        self.silent = min(
            (cell.largest for cell in plain if cell.cut is Cut.SILENTLY and not _is_control(cell)),
            default=None,
        )
        self.erratic = self.silent is not None and self.silent < self.shown
        """It cut an answer that was shorter than another: that is no limit."""
        self.dates = by_year(self.of(self.things, Axis.DATES), self.cut_of)

    @property
    def limit(self) -> int | None:
        """The limit on an answer that was found, in rows."""
        silent = None if self.erratic else self.silent
        return min((found for found in (self.said, silent) if found is not None), default=None)

    def of(self, things: Things, axis: Axis, *, counters: bool = False) -> list[CellCounted]:
        """The cells of an axis."""
        return [
            cell
            for cell in self.cells
            if (cell.things, cell.axis, cell.with_counters) == (things, axis, counters)
        ]

    def on(self, things: Things, axis: Axis) -> list[CellCounted]:
        """The same, with counters and without."""
        return [*self.of(things, axis), *self.of(things, axis, counters=True)]

    def cut_of(self, cell: CellCounted) -> Cut:
        """Why a cell is not whole, with all that was shown after it was kept."""
        if self.silent is not None and cell.questions == 1 and cell.largest >= self.silent:
            return Cut.SILENTLY if cell.cut in UNCUT else cell.cut
        if cell.cut is not Cut.UNSHOWN:
            return cell.cut
        return Cut.NOT if cell.largest < self.shown and not self.erratic else Cut.UNSHOWN

    def seen(self, things: Things) -> int:
        """The most distinct things that one run saw, and no thing twice."""
        runs: dict[int, int] = {}
        for cell in self.cells:
            if cell.things is things:
                runs[cell.run] = runs.get(cell.run, 0) + cell.fresh
        return max(runs.values(), default=0)

    @cached_property
    def dates_honoured(self) -> bool:
        """Whether the archive looked at dates: its ranges have nothing in common, and not all hold some."""
        cells = self.of(self.things, Axis.DATES)
        filled = {cell.run for cell in cells if cell.distinct}
        if len(filled) > 1 and all(cell.rows for cell in cells):
            return False
        return all(self._leaves_of(run, cells) <= _on_axis(run, cells) for run in filled)

    def _leaves_of(self, run: int, cells: list[CellCounted]) -> int:
        found = by_year((cell for cell in cells if cell.run == run), self.cut_of)
        return found.total

    @property
    def found(self) -> int:
        """Distinct things seen, those of earlier runs included where they cannot be the same."""
        total = self.dates.total if self.dates_honoured else 0
        return max(self.seen(self.things), total)


def _is_readable(cell: CellCounted) -> bool:
    """Whether this version knows the name: another may have written others."""
    pattern = _NAMES.get(cell.axis)
    return pattern is None or pattern.fullmatch(cell.cell) is not None


def _on_axis(run: int, cells: list[CellCounted]) -> int:
    return max((cell.on_axis for cell in cells if cell.run == run), default=0)


def _is_control(cell: CellCounted) -> bool:
    """A small cell asked again with counters: that it then differs says nothing of limits."""
    return cell.with_counters and cell.axis is Axis.DATES
