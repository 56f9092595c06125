"""Series, images, patients and modalities: the archive's own figures with a control, or row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dosimeter.census.book import COUNTER_OF, Harvest
from dosimeter.census.limits import UNCUT
from dosimeter.census.regions import ALL_AT_ONCE, MADE_UP_MODALITY, Place, bounds_of, hours
from dosimeter.census.rows import RowByRow
from dosimeter.census.work import LEVELS, MARGIN
from dosimeter.model.census import Axis, Cut, Things
from dosimeter.model.facts import QueryService

if TYPE_CHECKING:
    from collections.abc import Generator

    from dosimeter.census.dated import Dated
    from dosimeter.census.question import Answer, Question
    from dosimeter.census.work import Work
    from dosimeter.model.facts import CellCounted

_FEW_STUDIES: Final = 50
COUNTERS_AT_ONCE: Final = 1_000
"""Counters make an archive look into each study: of more than these, a part at a time."""
_FEW_SERIES: Final = 500
_SHARE: Final = 4
"""A control may use a quarter of the rows left."""
_IMAGES_OF_A_SERIES: Final = 100


class Deeper:
    """What is asked beside and below the studies. A refusal here ends nothing."""

    def __init__(self, work: Work) -> None:
        self.believed = False
        """Asking for counters changes nothing else, and brings something."""
        self._work = work
        self._rows = RowByRow(work)

    def control(self, axis: Axis, place: Place, plain: CellCounted) -> Generator[Question, Answer, None]:
        """Ask for a small cell again with counters, then row by row."""
        book = self._work.book
        known = book.cell(Things.STUDIES, axis, place.name, counters=True)
        if known is None:
            yield from self._ask_with_counters(axis, place, plain)
            known = book.cell(Things.STUDIES, axis, place.name, counters=True)
        if known is None:
            return
        book.modalities_verified = any(one.verified for one in known.modalities)
        same = known.cut in UNCUT and (known.distinct, known.without_key) == (
            plain.distinct,
            plain.without_key,
        )
        useful = known.patients or known.modalities or any(one.present for one in known.counters)
        self.believed = same and bool(useful)
        for things in (Things.SERIES, Things.INSTANCES):
            if book.cell(things, axis, place.name) is None and self._may_ask(
                things, known if same else plain
            ):
                yield from self._ask_rows(things, axis, place, plain)

    def _ask_with_counters(
        self, axis: Axis, place: Place, plain: CellCounted
    ) -> Generator[Question, Answer, None]:
        desk, level = self._work.desk, LEVELS[Things.STUDIES]
        harvest = Harvest()
        reply = yield from desk.ask(place.region.keys(level, counters=True), optional=True)
        harvest.absorb(reply)
        harvest.add_part(reply.tally)
        cut = reply.cut
        if cut in UNCUT and reply.tally.rows != plain.largest:
            cut = Cut.SILENTLY if axis is Axis.DATES else Cut.FAILED
        if cut in UNCUT and harvest.modalities(verified=False):
            self._work.book.modalities_verified = yield from self._verify_modalities(place, harvest)
        self._work.book.keep((Things.STUDIES, axis, place.name, True), harvest, cut)

    def _verify_modalities(self, place: Place, harvest: Harvest) -> Generator[Question, Answer, bool]:
        """Whether a query for one modality finds as many as the rows said, and a made-up one finds none."""
        rarest = min(harvest.modalities(verified=False), key=lambda one: one.studies)
        found = []
        for modality in (rarest.modality, MADE_UP_MODALITY):
            keys = place.region.keys(LEVELS[Things.STUDIES], modality=modality)
            reply = yield from self._work.desk.ask(keys, optional=True)
            harvest.pay_for(reply)
            found.append(len(reply.tally.keys) if reply.cut in UNCUT else -1)
        return found == [rarest.studies, 0]

    def _may_ask(self, things: Things, cell: CellCounted) -> bool:
        """Whether rows of this level are few enough in a small cell, as far as that can be told."""
        most = min(self._work.desk.longest_answer, self._work.desk.rows_left // _SHARE)
        claimed = next((one.total for one in cell.counters if one.attribute == COUNTER_OF[things]), 0)
        if claimed:
            return claimed * MARGIN <= most
        series = self._work.book.cell(Things.SERIES, cell.axis, cell.cell)
        if things is Things.INSTANCES:
            return series is not None and bool(series.rows) and series.rows * _IMAGES_OF_A_SERIES <= most
        return cell.distinct <= _FEW_STUDIES

    def _ask_rows(
        self, things: Things, axis: Axis, place: Place, plain: CellCounted
    ) -> Generator[Question, Answer, None]:
        """Count series or images of a place one by one, by the dates of their studies (PS3.4 C.4.1.2.2.2)."""
        harvest = Harvest()
        reply = yield from self._work.desk.ask(place.region.keys(LEVELS[things]), optional=True)
        harvest.absorb(reply)
        cut = reply.cut
        if cut in UNCUT and len(reply.tally.studies) != plain.distinct:
            cut = Cut.FAILED
        self._work.book.keep((things, axis, place.name, False), harvest, cut)

    def series_stop_at(self, rows: int) -> bool:
        """Whether all series, of which there must be more, were as many rows as this: then it is a limit."""
        cell = self._work.book.cell(Things.SERIES, Axis.WHOLE, ALL_AT_ONCE.name)
        return cell is not None and cell.largest == rows

    def count(
        self, dated: Dated, control: tuple[Axis, Place, CellCounted] | None
    ) -> Generator[Question, Answer, None]:
        """Counters of all studies; where there are none, rows; patients where these had none."""
        if control is None:
            control = self._by_a_time() or self._by_all()
            if control is not None:
                yield from self.control(*control)
        seen = len(self._work.book.seen(Things.STUDIES))
        if self.believed and not self._covers(seen):
            yield from self._counters_of_all(dated, seen)
        for things in (Things.SERIES, Things.INSTANCES):
            if control is not None and not self._has_counter(things, control):
                yield from self._rows_of_all(things, dated, control)
        if not self._covers(seen) and self._work.plan.service is QueryService.PATIENT_ROOT:
            yield from self._patients()

    def _by_a_time(self) -> tuple[Axis, Place, CellCounted] | None:
        """The smallest range of hours that is whole; of two studies or more if there is one."""
        cells = self._work.book.cells_of(Things.STUDIES, Axis.TIMES)
        if any(cell.cut is Cut.FAILED for cell in cells):
            return None
        whole = [cell for cell in cells if cell.distinct and cell.cut in UNCUT]
        several = [cell for cell in whole if cell.distinct > 1]
        least = min(several or whole, key=lambda cell: cell.rows, default=None)
        return None if least is None else (Axis.TIMES, hours(*bounds_of(least.cell)), least)

    def _by_all(self) -> tuple[Axis, Place, CellCounted] | None:
        """The one answer to everything, if it is little and not known to be cut."""
        cell = self._work.book.cell(Things.STUDIES, Axis.WHOLE, ALL_AT_ONCE.name)
        little = cell is not None and cell.distinct and cell.largest <= COUNTERS_AT_ONCE
        if cell is None or not little or cell.cut not in UNCUT:
            return None
        return Axis.WHOLE, ALL_AT_ONCE, cell

    def _covers(self, studies: int) -> bool:
        """Whether one axis was asked with counters for all studies that were seen."""
        book = self._work.book
        return any(
            len(book.on_axis(Things.STUDIES, axis, counters=True)) >= studies
            for axis in (Axis.WHOLE, Axis.TIMES, Axis.PATIENT_IDS, Axis.DATES)
        )

    def _counters_of_all(self, dated: Dated, studies: int) -> Generator[Question, Answer, None]:
        """All at once if they are few; else by the axis that held the most."""
        work = self._work
        if studies * MARGIN > work.desk.rows_left:
            return
        timed = [
            len(work.book.on_axis(Things.STUDIES, Axis.TIMES, counters=counters))
            for counters in (False, True)
        ]
        axis = Axis.TIMES if max(timed) > dated.total or not dated.honoured else Axis.DATES
        places = [hours(hour, hour) for hour in range(24)]
        if axis is Axis.DATES:
            places = [place for place, cell in dated.leaves() if cell.distinct]
        if studies <= COUNTERS_AT_ONCE and work.limits.known is None:
            axis, places = Axis.WHOLE, [ALL_AT_ONCE]
        for place in places:
            if work.book.cell(Things.STUDIES, axis, place.name, counters=True) is None:
                yield from work.count(axis, place, counters=True)

    def _has_counter(self, things: Things, control: tuple[Axis, Place, CellCounted]) -> bool:
        axis, place, _ = control
        cell = self._work.book.cell(Things.STUDIES, axis, place.name, counters=True)
        if cell is None or cell.cut not in UNCUT:
            return False
        rows = self._work.book.cell(things, axis, place.name)
        counted = None
        limit = self._work.limits.known
        if rows is not None and rows.cut in UNCUT and (limit is None or rows.largest < limit):
            counted = rows.distinct
        return any(
            one.attribute == COUNTER_OF[things]
            and one.present == cell.distinct
            and not one.zero
            and counted in {None, one.total}
            for one in cell.counters
        )

    def _rows_of_all(
        self, things: Things, dated: Dated, control: tuple[Axis, Place, CellCounted]
    ) -> Generator[Question, Answer, None]:
        """Series or images of all studies row by row."""
        axis, place, plain = control
        sample = self._work.book.cell(things, axis, place.name)
        series = self._work.book.cell(Things.SERIES, axis, place.name)
        if series is not None and series.cut is Cut.FAILED and series.rows:
            yield from self._rows.count_where_dates_are_ignored(things, dated, sample)
        elif sample is not None and sample.cut in UNCUT and plain.distinct:
            yield from self._rows.count(things, dated, sample, plain)

    def _patients(self) -> Generator[Question, Answer, None]:
        """Patients by the level of that name; only Patient Root has it (PS3.4 C.6.1)."""
        work = self._work
        if work.book.cell(Things.PATIENTS, Axis.WHOLE, ALL_AT_ONCE.name) is not None:
            return
        cell = yield from work.ask_once(Axis.WHOLE, ALL_AT_ONCE, things=Things.PATIENTS)
        if cell.cut is Cut.UNSHOWN and cell.largest < work.limits.shown and work.limits.known is None:
            work.book.keep_as((Things.PATIENTS, Axis.WHOLE, ALL_AT_ONCE.name, False), Cut.NOT)

    def patients_alone(self) -> Generator[Question, Answer, None]:
        """Of an archive that answers for patients and for nothing else: what it says of them."""
        if self._work.plan.service is not QueryService.PATIENT_ROOT:
            return
        if self._work.book.cell(Things.PATIENTS, Axis.WHOLE, ALL_AT_ONCE.name, counters=True) is not None:
            return
        plain = yield from self._work.ask_once(Axis.WHOLE, ALL_AT_ONCE, things=Things.PATIENTS)
        if plain.cut in UNCUT:
            yield from self._work.ask_once(Axis.WHOLE, ALL_AT_ONCE, things=Things.PATIENTS, counters=True)

    def series_at_once(self) -> Generator[Question, Answer, None]:
        """Ask for all series, if they are few but more than the studies: that is a longer answer."""
        work = self._work
        known = work.book.cell(Things.SERIES, Axis.WHOLE, ALL_AT_ONCE.name)
        control = [cell for cell in work.book.cells_of(Things.SERIES, Axis.DATES) if cell.cut in UNCUT]
        if known is not None or not control or not control[0].distinct:
            return
        studies = len(work.book.seen(Things.STUDIES))
        plain = work.book.cell(Things.STUDIES, Axis.DATES, control[0].cell)
        if plain is None or not plain.distinct:
            return
        expected = control[0].distinct * studies / plain.distinct
        few = expected <= max(_FEW_SERIES, 2 * studies) and expected <= work.desk.longest_answer
        if studies < expected and few and expected * MARGIN <= work.desk.rows_left // _SHARE:
            yield from work.ask_once(Axis.WHOLE, ALL_AT_ONCE, things=Things.SERIES)
