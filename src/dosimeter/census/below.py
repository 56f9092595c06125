"""The numbers beside and below the studies: patients, series, images and modalities, from the same cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from dosimeter.census import words
from dosimeter.census.book import COUNTER_OF
from dosimeter.census.limits import UNCUT
from dosimeter.census.regions import ALL_PARTS, bounds_of
from dosimeter.model.census import (
    AtLeast,
    Axis,
    Claimed,
    Count,
    Cut,
    Estimated,
    Exact,
    ModalityCount,
    Things,
    Unknown,
)
from dosimeter.model.facts import Ending

if TYPE_CHECKING:
    from dosimeter.census.evidence import Evidence
    from dosimeter.model.facts import CellCounted

_AXES: Final = (Axis.WHOLE, Axis.PATIENT_IDS, Axis.TIMES, Axis.DATES)
OF_PATIENT: Final = {
    Things.STUDIES: "NumberOfPatientRelatedStudies",
    Things.SERIES: "NumberOfPatientRelatedSeries",
    Things.INSTANCES: "NumberOfPatientRelatedInstances",
}


class Below:
    """Numbers that rest on the answers with counters, and on rows of their own level."""

    def __init__(self, evidence: Evidence, studies: Count, why_part: str, early: str | None) -> None:
        self.remarks: list[str] = []
        self._evidence = evidence
        self._studies = studies
        self._why_part = why_part
        self._early = early
        """Why the counting ended before all was asked."""
        found = evidence.found
        self._covering: list[CellCounted] = []
        """The cells with counters of the axis on which they cover the most studies, each study once."""
        self._covered = 0
        for axis in _AXES:
            cells = _once_each(evidence.of(Things.STUDIES, axis, counters=True))
            covered = sum(cell.distinct for cell in cells)
            if covered > self._covered:
                self._covering, self._covered = cells, covered
        self._is_all = bool(found) and self._covered == found

    def patients(self) -> Count:
        """Distinct PatientIDs of all studies, or rows at the level of patients."""
        cells = self._covering
        one_run = len({cell.run for cell in cells}) == 1
        seen = max((cell.all_patients for cell in cells), default=0)
        lacking = any(cell.without_patient for cell in cells)
        if isinstance(self._studies, Exact) and self._is_all and one_run and not lacking:
            return Exact(seen)
        if self._studies == Exact(0):
            return Exact(0)
        return self._patients_by_rows(seen, lacking=lacking and bool(seen))

    def _patients_by_rows(self, seen: int, *, lacking: bool) -> Count:
        things = Things.PATIENTS
        rows = [
            cell
            for axis, counters in ((Axis.WHOLE, False), (Axis.WHOLE, True), (Axis.PATIENT_IDS, True))
            for cell in self._evidence.of(things, axis, counters=counters)
        ]
        most = max([seen, *(cell.distinct for cell in rows)])
        whole = [
            cell
            for cell in rows
            if cell.cut is Cut.NOT
            and not cell.without_key
            and not (cell.with_counters and cell.axis is Axis.WHOLE)
        ]
        if whole and whole[0].distinct == most and not lacking:
            return Exact(most)
        if not most:
            self.remarks.append(words.unknown(things, self._why_no_patients()))
            return Unknown()
        why = words.NO_PATIENT_ID if lacking else words.OF_SEEN if self._is_all else self._why_part
        self.remarks.append(words.at_least(most, things, why))
        return AtLeast(most)

    def _with_counters(self) -> list[CellCounted]:
        cells = self._evidence.cells
        return [cell for cell in cells if cell.things is Things.STUDIES and cell.with_counters]

    def _why_no_patients(self) -> str:
        """What was answered when patients were asked for; if they never were, why not."""
        listed = [cell for cell in self._evidence.cells if cell.things is Things.PATIENTS]
        asked = [*self._with_counters(), *listed]
        if any(cell.patients for cell in asked):
            return words.CONTRADICTED
        if any(cell.rows for cell in asked):
            return words.NOT_LISTED
        if asked and all(_is_refusal(cell) for cell in asked):
            return words.REFUSED
        return self._early or (words.NOTHING if asked else words.UNCHECKED)

    def _why_not_told(self, things: Things) -> str:
        """What was answered when these were asked for; if they never were, why not."""
        asked = self._with_counters()
        told = [cell for cell in asked if cell.rows]
        listed = [cell for cell in self._evidence.cells if cell.things is things and _is_answer(cell)]
        if listed or (told and self._early is None):
            return words.NOT_TOLD
        return self._early or (words.NOTHING if asked else words.UNCHECKED)

    def claimed_studies(self) -> Count:
        """What the archive says of the studies of its patients, where it lists no studies."""
        claim = self._of_patients(Things.STUDIES)
        return Unknown() if claim is None else Claimed(claim)

    def rows_of(self, things: Things) -> Count:
        """Series or images."""
        if self._studies == Exact(0):
            return Exact(0)
        counted = self._evidence.seen(things)
        settled = {
            cell.distinct
            for axis, name in ALL_PARTS.items()
            for cell in self._evidence.of(things, axis)
            if cell.cell == name and cell.cut is Cut.NOT and not cell.without_key
        }
        if isinstance(self._studies, Exact) and settled == {counted}:
            return Exact(counted)
        total = self._counter(things)
        agrees = None if total is None else self._agrees(things)
        if total is not None and agrees is not False:
            return self._from_counters(things, total, counted, agrees=bool(agrees))
        claim = self._of_patients(things)
        if claim is not None:
            self.remarks.append(words.claimed(claim, things))
            return Claimed(claim)
        if counted:
            self.remarks.append(words.at_least(counted, things, self._why_rows_part(things)))
            return AtLeast(counted)
        self.remarks.append(words.unknown(things, self._why_not_told(things)))
        return Unknown()

    def _from_counters(self, things: Things, total: int, counted: int, *, agrees: bool) -> Count:
        if self._is_all and isinstance(self._studies, Exact) and agrees:
            return Exact(total)
        if agrees:
            most = max(total, counted)
            self.remarks.append(
                words.at_least(most, things, words.OF_SEEN if self._is_all else self._why_part)
            )
            return AtLeast(most)
        if self._is_all:
            self.remarks.append(words.claimed(total, things))
            return Claimed(total)
        if counted >= total:
            self.remarks.append(words.at_least(counted, things, self._why_part))
            return AtLeast(counted)
        self.remarks.append(words.claimed_of_part(total, things, self._covered))
        return Claimed(total)

    def _counter(self, things: Things) -> int | None:
        """The sum of the archive's own figures, if every study had one above zero."""
        total = 0
        for cell in self._covering:
            sums = next((one for one in cell.counters if one.attribute == COUNTER_OF[things]), None)
            if sums is None or cell.cut not in UNCUT:
                return None
            if sums.present != cell.distinct or sums.zero or sums.implausible:
                return None
            total += sums.total
        return total if self._covering else None

    def _agrees(self, things: Things) -> bool | None:
        """Whether a small cell counted row by row held what its counters said; None if that is open."""
        limit = self._evidence.limit
        controls = [
            cell
            for axis in (Axis.DATES, Axis.TIMES, Axis.WHOLE)
            for cell in self._evidence.of(Things.STUDIES, axis, counters=True)
        ]
        for control in controls:
            sums = next((one for one in control.counters if one.attribute == COUNTER_OF[things]), None)
            for rows in self._evidence.of(things, control.axis):
                if sums is None or rows.cell != control.cell or rows.cut not in UNCUT or not rows.distinct:
                    continue
                if rows.distinct == sums.total:
                    return True
                return None if limit is not None and rows.largest >= limit else False
        return None

    def _of_patients(self, things: Things) -> int | None:
        for cell in self._evidence.of(Things.PATIENTS, Axis.WHOLE, counters=True):
            for sums in cell.counters:
                plain = self._evidence.of(Things.PATIENTS, Axis.WHOLE)
                same = any(one.distinct == cell.distinct for one in plain)
                right = same and sums.present == cell.distinct and not sums.implausible and sums.total
                if sums.attribute == OF_PATIENT[things] and right:
                    return sums.total
        return None

    def _why_rows_part(self, things: Things) -> str:
        open_still = [
            cell
            for axis, name in ALL_PARTS.items()
            for cell in self._evidence.of(things, axis)
            if cell.cell == name and cell.cut is Cut.UNSHOWN
        ]
        # A sample that held all: dates are not looked at below the studies, or there was no other sample.
        failed = [
            cell
            for axis in (Axis.DATES, Axis.TIMES, Axis.WHOLE)
            for cell in self._evidence.of(things, axis)
            if cell.cut is Cut.FAILED and cell.distinct == self._evidence.seen(things)
        ]
        either = open_still or failed
        return words.may_be_limited(max(cell.largest for cell in either)) if either else self._why_part

    def modalities(self) -> tuple[ModalityCount, ...]:
        """Studies by modality, if a query for one modality was seen to work."""
        found: Counter[str] = Counter()
        for cell in self._covering:
            if not all(one.verified for one in cell.modalities):
                return ()
            found.update({one.modality: one.studies for one in cell.modalities})
        if not self._is_all or isinstance(self._studies, Estimated):
            return ()
        return tuple(ModalityCount(term, studies, verified=True) for term, studies in sorted(found.items()))


def _is_answer(cell: CellCounted) -> bool:
    return cell.ending is Ending.STATUS


def _is_refusal(cell: CellCounted) -> bool:
    return _is_answer(cell) and bool(cell.status) and not cell.rows


def _once_each(cells: list[CellCounted]) -> list[CellCounted]:
    """The whole cells, without those of which a part is a cell too; none if they have studies in common."""
    whole = [cell for cell in cells if cell.cut in UNCUT]
    bounds = {cell.cell: bounds_of(cell.cell) for cell in whole}
    whole = [cell for cell in whole if not _holds_another(bounds[cell.cell], bounds.values())]
    total = sum(cell.distinct for cell in whole)
    runs = {cell.run for cell in whole}
    most = max((cell.on_axis for cell in whole), default=0)
    return whole if len(runs) > 1 or total <= most else []


def _holds_another(bounds: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    first, last = bounds
    return any(first <= low and high <= last and (low, high) != bounds for low, high in others)
