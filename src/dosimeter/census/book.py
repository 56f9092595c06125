"""What was counted: a harvest of answers becomes the fact of a cell. Keyed hashes stay in memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dosimeter.dicom.keyed_set import KeyedSet
from dosimeter.dicom.presence import ALLOWED_ATTRIBUTES
from dosimeter.model.census import Axis, CounterSum, Cut, ModalityCount, Things
from dosimeter.model.facts import CellCounted, Ending, QueryService, Titles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dosimeter.census.desk import Reply
    from dosimeter.dicom.tally import RowTally
    from dosimeter.model.census import Sample

_NAMES: Final = {group << 16 | element: name for (group, element), name in ALLOWED_ATTRIBUTES.items()}

COUNTER_OF: Final = {
    Things.SERIES: "NumberOfStudyRelatedSeries",
    Things.INSTANCES: "NumberOfStudyRelatedInstances",
}
"""What an archive says of each study (PS3.4 Table C.6-5)."""

CellKey = tuple[Things, Axis, str, bool]


def key_of(cell: CellCounted) -> CellKey:
    """What makes a later cell the same one, better known."""
    return cell.things, cell.axis, cell.cell, cell.with_counters


def latest(cells: Iterable[CellCounted]) -> tuple[CellCounted, ...]:
    """Each cell as it was kept last, in the order of their first."""
    return tuple({key_of(cell): cell for cell in cells}.values())


class Harvest:
    """The answers of one cell. Counters are taken from whole parts alone: each study once."""

    def __init__(self) -> None:
        self.keys = KeyedSet()
        self.patients = KeyedSet()
        self.studies = KeyedSet()
        """Below the level of studies: those that the rows belong to."""
        self.questions = self.rows = self.largest = self.received = self.milliseconds = 0
        self.without_key = self.without_patient = self.public_roots = self.fresh = 0
        self.ending: Ending = Ending.STATUS
        self.status: int | None = None
        self.first: Reply | None = None
        """The answer to the cell's own question, if it was asked."""
        self._sums: dict[int, Counter[str]] = {}
        self._modalities: Counter[str] = Counter()
        self._rows_of_parts = self._keys_of_parts = 0

    def absorb(self, reply: Reply) -> None:
        """Add an answer, whole or cut."""
        tally = reply.tally
        self.first = self.first or reply
        self.pay_for(reply)
        self.largest = max(self.largest, tally.rows)
        self.without_key += tally.without_key
        self.without_patient += tally.without_patient
        self.public_roots += tally.public_roots
        self.keys.update(tally.keys)
        self.patients.update(tally.patients)
        if tally.studies is not tally.keys:
            self.studies.update(tally.studies)

    def pay_for(self, reply: Reply) -> None:
        """Add what an answer cost, and nothing that it said."""
        self.questions += 1
        self.rows += reply.tally.rows
        self.received += reply.tally.received
        self.milliseconds += reply.milliseconds
        self.ending, self.status = reply.ending, reply.status

    def add_costs(self, other: Harvest) -> None:
        """Add what another harvest cost, and nothing that it held."""
        self.questions += other.questions
        self.rows += other.rows
        self.received += other.received
        self.milliseconds += other.milliseconds
        self.ending, self.status = other.ending, other.status

    def add_part(self, tally: RowTally) -> None:
        """Add the counters of an answer that is not cut any finer."""
        self._rows_of_parts += tally.rows
        self._keys_of_parts += len(tally.keys)
        for tag, totals in tally.sums.items():
            self._sums.setdefault(tag, Counter()).update(
                total=totals.total, present=totals.present, zero=totals.zero, implausible=totals.implausible
            )
        self._modalities.update(tally.modalities)

    @property
    def one_row_each(self) -> bool:
        """Whether the parts hold all that was seen, a row for each: then sums over rows mean something."""
        return self._rows_of_parts == self._keys_of_parts == len(self.keys)

    @property
    def counters(self) -> tuple[CounterSum, ...]:
        """The NumberOf… attributes, if each study is in them once."""
        if not self.one_row_each:
            return ()
        return tuple(
            CounterSum(_NAMES[tag], sums["total"], sums["present"], sums["zero"], sums["implausible"])
            for tag, sums in sorted(self._sums.items())
            if tag in _NAMES
        )

    def modalities(self, *, verified: bool) -> tuple[ModalityCount, ...]:
        """Studies by modality, if each study is in them once."""
        if not self.one_row_each:
            return ()
        return tuple(ModalityCount(term, n, verified) for term, n in sorted(self._modalities.items()) if n)


class Book:
    """The cells of one census. What an earlier run kept is in it; the keyed hashes of that run are gone."""

    def __init__(self, titles: Titles, service: QueryService, known: Iterable[CellCounted]) -> None:
        self.cells: list[CellCounted] = list(latest(known))
        self.modalities_verified = False
        """A query for one modality found as many studies as the rows said."""
        self.run = max((cell.run + 1 for cell in self.cells), default=0)
        self._titles = titles
        self._service = service
        self._by_key = {key_of(cell): cell for cell in self.cells}
        self._harvests: dict[CellKey, Harvest] = {}
        self._seen: dict[Things, KeyedSet] = {}
        self._axes: dict[tuple[Things, Axis, bool], KeyedSet] = {}
        self._patients: dict[tuple[Things, Axis], KeyedSet] = {}

    def cell(self, things: Things, axis: Axis, name: str, *, counters: bool = False) -> CellCounted | None:
        """The cell as last kept, in this run or before."""
        return self._by_key.get((things, axis, name, counters))

    def cut_of(self, key: CellKey) -> Cut | None:
        """Why a cell is not whole, as last kept."""
        cell = self._by_key.get(key)
        return None if cell is None else cell.cut

    def harvest(self, things: Things, axis: Axis, name: str, *, counters: bool = False) -> Harvest | None:
        """The harvest of a cell of this run."""
        return self._harvests.get((things, axis, name, counters))

    def cells_of(self, things: Things, axis: Axis, *, counters: bool = False) -> list[CellCounted]:
        """The cells of an axis as last kept, in the order of their first."""
        return [
            cell
            for cell in self._by_key.values()
            if (cell.things, cell.axis, cell.with_counters) == (things, axis, counters)
        ]

    def cells_on(self, things: Things, axis: Axis) -> list[CellCounted]:
        """The same, with counters and without."""
        return [*self.cells_of(things, axis), *self.cells_of(things, axis, counters=True)]

    def seen(self, things: Things) -> KeyedSet:
        """All that this run saw."""
        return self._seen.setdefault(things, KeyedSet())

    def on_axis(self, things: Things, axis: Axis, *, counters: bool = False) -> KeyedSet:
        """All that this run saw on an axis."""
        return self._axes.setdefault((things, axis, counters), KeyedSet())

    def keep(
        self,
        key: CellKey,
        harvest: Harvest,
        cut: Cut,
        *,
        sample: Sample | None = None,
    ) -> CellCounted:
        """Make the fact of a cell, or a better one of the same cell."""
        things, axis, name, counters = key
        harvest.fresh += self.seen(things).update(harvest.keys)
        axis_keys = self.on_axis(things, axis, counters=counters)
        axis_keys.update(harvest.keys)
        patients = self._patients.setdefault((things, axis), KeyedSet())
        patients.update(harvest.patients)
        cell = CellCounted(
            titles=self._titles,
            service=self._service,
            things=things,
            axis=axis,
            cell=name,
            with_counters=counters,
            cut=cut,
            ending=harvest.ending,
            status=harvest.status,
            questions=harvest.questions,
            rows=harvest.rows,
            distinct=len(harvest.keys),
            fresh=harvest.fresh,
            on_axis=len(axis_keys),
            largest=harvest.largest,
            received=harvest.received,
            milliseconds=harvest.milliseconds,
            run=self.run,
            counters=harvest.counters if counters else (),
            modalities=harvest.modalities(verified=self.modalities_verified) if counters else (),
            patients=len(harvest.patients),
            without_patient=harvest.without_patient,
            public_roots=harvest.public_roots,
            sample=sample,
            without_key=harvest.without_key,
            all_patients=len(patients),
        )
        self._by_key[key] = cell
        self._harvests[key] = harvest
        self.cells.append(cell)
        return cell

    def keep_as(self, key: CellKey, cut: Cut) -> None:
        """Keep a cell again: more is known now of whether it was cut."""
        harvest = self._harvests.get(key)
        if harvest is not None:
            self.keep(key, harvest, cut)
            return
        cell = replace(self._by_key[key], cut=cut)
        self._by_key[key] = cell
        self.cells.append(cell)
