"""Cells of a census in a few words, as the count probe leaves them."""

from __future__ import annotations

from dosimeter.model.attempt import Completed
from dosimeter.model.census import Axis, CensusEnd, Cut, Things
from dosimeter.model.facts import CellCounted, CensusEnded, Ending, QueryService
from tests.unit.exposure.seen import STRANGER


def cell(
    name: str,
    rows: int,
    distinct: int | None = None,
    *,
    on_axis: int | None = None,
    axis: Axis = Axis.DATES,
    things: Things = Things.STUDIES,
    questions: int = 1,
    public: int = 0,
    run: int = 0,
    endless: bool = False,
) -> CellCounted:
    """A cell that was answered whole; or ``endless``: cut by us, and never ended."""
    seen = rows if distinct is None else distinct
    return CellCounted(
        titles=STRANGER,
        service=QueryService.WORKLIST if things is Things.WORKLIST_ITEMS else QueryService.STUDY_ROOT,
        things=things,
        axis=axis,
        cell=name,
        with_counters=False,
        cut=Cut.BY_BUDGET if endless else Cut.NOT,
        ending=Ending.BUDGET if endless else Ending.STATUS,
        status=None if endless else 0,
        questions=questions,
        rows=rows,
        distinct=seen,
        fresh=seen,
        on_axis=seen if on_axis is None else on_axis,
        largest=rows,
        received=100 * rows,
        milliseconds=10,
        run=run,
        public_roots=public,
    )


def census(*cells: CellCounted, end: CensusEnd = CensusEnd.ALL_ASKED) -> Completed:
    """The count probe was answered with these cells."""
    ended = CensusEnded(STRANGER, end, len(cells), sum(each.rows for each in cells), 0, 1, 100)
    return Completed("count", (*cells, ended))
