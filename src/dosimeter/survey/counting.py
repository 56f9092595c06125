"""What the run of a survey does for a census: each cell goes to the disk and is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dosimeter.census.book import latest
from dosimeter.model.attempt import COUNT_PROBE, Attempt, Cause, Completed, Failed, Skipped
from dosimeter.model.census import Axis, Things
from dosimeter.model.facts import CellCounted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dosimeter.model.survey import EndpointRecord
    from dosimeter.model.target import Endpoint
    from dosimeter.survey.events import Observer
    from dosimeter.survey.ports import SurveyStore


class Cells:
    """The cells of one endpoint's census: those ``known`` from a run before, and those kept in this one."""

    def __init__(
        self,
        survey_id: str,
        endpoint: Endpoint,
        known: tuple[CellCounted, ...],
        store: SurveyStore,
        observer: Observer,
    ) -> None:
        self._survey_id = survey_id
        self._endpoint = endpoint
        self._store = store
        self._observer = observer
        self._kept: list[CellCounted] = []
        self._before = {things: _found(known, things) for things in (Things.STUDIES, Things.WORKLIST_ITEMS)}
        self._so_far = {things: max(found.values(), default=0) for things, found in self._before.items()}
        self.known = known

    def keep(self, cell: CellCounted) -> None:
        """Put it on the disk and tell the observer.

        Raises:
            Problem: the store could not; nothing more may be asked then.
        """
        self._store.checkpoint(self._survey_id, self._endpoint, cell)
        self._kept.append(cell)
        things = cell.things if cell.things in self._so_far else Things.STUDIES
        if things is cell.things:
            before = self._before[things].get(cell.axis, 0)
            self._so_far[things] = max(self._so_far[things], before + cell.on_axis)
        self._observer.counted(self._endpoint, self._so_far[things], cell)

    def in_full(self, attempt: Attempt) -> Attempt:
        """The attempt to count with every cell that is on the disk: one that failed may name none."""
        cells = (*self.known, *self._kept) if attempt.probe == COUNT_PROBE else ()
        if isinstance(attempt, Skipped):
            return Failed(attempt.probe, Cause.INTERRUPTED, attempt.why, cells) if cells else attempt
        if not cells or any(isinstance(fact, CellCounted) for fact in attempt.facts):
            return attempt
        if isinstance(attempt, Failed):
            return Failed(attempt.probe, attempt.cause, attempt.detail, (*cells, *attempt.facts))
        return Completed(attempt.probe, (*cells, *attempt.facts))


def known_cells(begun: EndpointRecord) -> tuple[CellCounted, ...]:
    """The cells that an open record ends with."""
    last = begun.attempts[-1]
    facts = () if isinstance(last, Skipped) else last.facts
    return tuple([fact for fact in facts if isinstance(fact, CellCounted)])


def _found(cells: Iterable[CellCounted], things: Things) -> dict[Axis, int]:
    """How many different things each axis of a run before held: what each cell had that no earlier one had.

    Axes look at the same things, so they are not added up. A cell that was kept twice counts as kept last.
    """
    found: dict[Axis, int] = {}
    for cell in latest(cell for cell in cells if cell.things is things):
        found[cell.axis] = found.get(cell.axis, 0) + cell.fresh
    return found
