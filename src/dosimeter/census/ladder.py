"""The census: from the least intrusive question to the next, until the numbers stand or nothing may be asked.

Studies: by years, then all at once, then by times and, where it is still open whether more would show,
by endings of PatientIDs. Then what the archive says of series, images and patients, each with a control.
ADR 0011 says what makes a number exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dosimeter.census.book import Harvest
from dosimeter.census.dated import Dated
from dosimeter.census.deeper import COUNTERS_AT_ONCE, Deeper
from dosimeter.census.desk import CensusOver
from dosimeter.census.endings import Endings
from dosimeter.census.limits import UNCUT, may_be_a_limit
from dosimeter.census.ranges import Ranges
from dosimeter.census.regions import (
    ALL_AT_ONCE,
    ALL_YEARS,
    Place,
    hours,
    parts_of_hours,
)
from dosimeter.census.scheduled import Scheduled
from dosimeter.census.work import MARGIN, CensusPlan, Work
from dosimeter.dicom.count_query import CountLevel
from dosimeter.dicom.keyed_set import KeyedSet
from dosimeter.model.census import Axis, CensusEnd, Cut, Things

if TYPE_CHECKING:
    from collections.abc import Generator

    from dosimeter.census.question import Answer, Question
    from dosimeter.model.facts import CellCounted

_FEW: Final = 3
"""So few studies are not worth finer endings than one character."""


class Census:
    """Plans one census. Drive `questions` with send(); new facts are in `cells` after every send.

    ``known`` are cells of a run before: they are in ``cells`` from the start, and none is asked again.
    ``end`` is valid once there is no question left. ``studies`` are the studies seen in this run.
    """

    def __init__(self, plan: CensusPlan, known: tuple[CellCounted, ...] = ()) -> None:
        self._work = Work(plan, known)
        self.end = CensusEnd.ALL_ASKED

    @property
    def cells(self) -> list[CellCounted]:
        """All cells, as they were kept."""
        return self._work.book.cells

    @property
    def studies(self) -> KeyedSet:
        """The studies seen in this run."""
        return self._work.book.seen(Things.STUDIES)

    def questions(self) -> Generator[Question, Answer, None]:
        """What to ask, one question at a time."""
        try:
            if self._work.is_worklist:
                yield from Scheduled(self._work).count()
            else:
                yield from _Studies(self._work).count()
        except CensusOver as over:
            self.end = over.end
        if self._work.believes_nothing:
            self.end = CensusEnd.NOT_BELIEVED


class _Studies:
    """The steps of the ladder for studies, and what each step learnt."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._dated = Dated(work)
        self._deeper = Deeper(work)
        self._times: Ranges | None = None

    def count(self) -> Generator[Question, Answer, None]:
        yield from self._dated.count()
        control = self._control()
        if control is not None:
            yield from self._deeper.control(*control)
        whole = yield from self._all_at_once()
        if whole is not None and whole.cut is Cut.FAILED and not self._work.book.seen(Things.STUDIES):
            yield from self._deeper.patients_alone()
            return
        yield from self._verify_dates(whole)
        yield from self._check_ranges(whole)
        if whole is not None and self._is_open(whole):
            yield from self._deeper.series_at_once()
            yield from self._compare_series(whole)
        if whole is None:  # too many to ask for at once: times alone would prove nothing
            yield from self._by_endings(whole)
        if not self._is_settled(whole):
            yield from self._by_times(whole)
            self._recheck_endings()
        if not self._settle(whole):
            yield from self._by_endings(whole)
            self._settle(whole)
        yield from self._deeper.count(self._dated, control)

    def _control(self) -> tuple[Axis, Place, CellCounted] | None:
        """The smallest cell that is known to be whole; of two studies or more if there is one."""
        whole = self._whole_cells()
        if not whole:
            return None
        several = [each for each in whole if each[1].distinct > 1]
        place, cell = min(several or whole, key=lambda each: each[1].rows)
        return Axis.DATES, place, cell

    def _whole_cells(self) -> list[tuple[Place, CellCounted]]:
        if not self._dated.honoured:
            return []
        return [
            (place, cell)
            for place, cell in self._dated.leaves()
            if cell.distinct and self._dated.ranges.cut_now(cell) in UNCUT
        ]

    def _all_at_once(self) -> Generator[Question, Answer, CellCounted | None]:
        """Ask for the key alone, if that is known to be little."""
        work = self._work
        for counters in (True, False):
            known = work.book.cell(Things.STUDIES, Axis.WHOLE, ALL_AT_ONCE.name, counters=counters)
            if known is not None and known.cut is not Cut.FAILED:
                return known
        expected = self._dated.total
        limit = work.limits.known
        if expected > work.desk.longest_answer or (limit is not None and expected >= limit):
            return None
        if self._deeper.believed and expected <= COUNTERS_AT_ONCE:
            cell = yield from self._ask_at_once(counters=True)
            if cell.cut is not Cut.FAILED:
                return cell
        return (yield from self._ask_at_once(counters=False))

    def _ask_at_once(self, *, counters: bool) -> Generator[Question, Answer, CellCounted]:
        return (yield from self._work.ask_once(Axis.WHOLE, ALL_AT_ONCE, counters=counters))

    def _harvest_of(self, whole: CellCounted) -> KeyedSet | None:
        harvest = self._work.book.harvest(
            Things.STUDIES, Axis.WHOLE, whole.cell, counters=whole.with_counters
        )
        return None if harvest is None else harvest.keys

    def _keep_whole(self, whole: CellCounted, cut: Cut) -> None:
        key = (Things.STUDIES, Axis.WHOLE, whole.cell, whole.with_counters)
        self._work.book.keep_as(key, cut)

    def _verify_dates(self, whole: CellCounted | None) -> Generator[Question, Answer, None]:
        """Split what a silent limit cut, or the longest answers if nothing longer was seen."""
        limits = self._work.limits
        if not self._dated.honoured:
            return
        if whole is not None and self._misses(whole, self._dated.ranges.tops):
            yield from self._found_cut(whole)
        if limits.silent is not None:
            yield from self._dated.verify(at_least_rows=limits.silent)
        elif whole is None and limits.said is None:
            yield from self._dated.verify(at_least_rows=limits.shown)

    def _misses(self, whole: CellCounted, others: KeyedSet) -> bool:
        keys = self._harvest_of(whole)
        if keys is None:
            return whole.distinct < self._dated.total
        return not keys.holds(others)

    def _by_times(self, whole: CellCounted | None) -> Generator[Question, Answer, None]:
        """All studies that have a time, whatever their date."""
        work = self._work
        expected = max(self._dated.total, whole.distinct if whole else 0)
        if expected * MARGIN > work.desk.rows_left:
            return
        covered = whole is not None and whole.with_counters and whole.cut in UNCUT
        counters = self._deeper.believed and not (covered or self._has_all())
        times = self._times = Ranges(work, Axis.TIMES, parts_of_hours, counters=counters)
        for half in (hours(0, 11), hours(12, 23)):
            cell = yield from times.ask_apart(half, verify=True)
            if cell.cut is Cut.FAILED:
                self._times = None
                return
        for half in (hours(0, 11), hours(12, 23)):
            if not times.ignored:
                yield from times.explore(half, verify=True)
        if whole is not None and not times.ignored and self._misses_keys(whole):
            yield from self._found_cut(whole)
            if work.limits.silent is not None:
                yield from self._dated.verify(at_least_rows=work.limits.silent)

    def _found_cut(self, whole: CellCounted) -> Generator[Question, Answer, None]:
        """The answer to everything lacks what a part of it held: a limit, or studies that came since.

        Asked again it is longer only if they came since; a limit stays where it is.
        """
        before = self._now(whole)
        if before.cut not in UNCUT:
            return
        if before.largest < min(self._work.desk.longest_answer, self._work.desk.rows_left):
            yield from self._ask_again(before)
            if self._now(whole).largest > before.largest:
                return
        if before.largest:
            self._work.limits.note_silent(before.largest)
        self._keep_whole(whole, Cut.SILENTLY if before.largest else Cut.FAILED)

    def _ask_again(self, whole: CellCounted) -> Generator[Question, Answer, None]:
        """Ask for everything once more. A longer answer takes the place of the first."""
        work, counters = self._work, whole.with_counters
        key = (Things.STUDIES, Axis.WHOLE, whole.cell, counters)
        first = work.book.harvest(*key[:3], counters=counters)
        harvest = Harvest()
        keys = ALL_AT_ONCE.region.keys(CountLevel.STUDY, counters=counters)
        reply = yield from work.desk.ask(keys, optional=True)
        if reply.tally.rows > whole.largest or first is None:
            harvest.absorb(reply)
            harvest.add_part(reply.tally)
            if first is not None:
                harvest.add_costs(first)
            work.book.keep(key, harvest, reply.cut)
            if work.book.cell(Things.STUDIES, Axis.DATES, ALL_YEARS.name) is not None:
                yield from work.ask_once(Axis.DATES, ALL_YEARS)
            return
        first.pay_for(reply)
        work.book.keep(key, first, whole.cut)

    def _compare_series(self, whole: CellCounted) -> Generator[Question, Answer, None]:
        """Series of a study that was not seen show that the studies were cut.

        That a longer answer of series was sent shows nothing else: limits may differ by level.
        """
        book = self._work.book
        series = book.harvest(Things.SERIES, Axis.WHOLE, ALL_AT_ONCE.name)
        cell = book.cell(Things.SERIES, Axis.WHOLE, ALL_AT_ONCE.name)
        if series is None or cell is None or cell.cut is Cut.FAILED:
            return
        seen = book.seen(Things.STUDIES)
        common = series.studies.overlap(seen)
        if common < len(series.studies):
            yield from self._found_cut(whole)
        elif cell.cut is Cut.NOT and common == len(seen) and not self._misses_keys(whole):
            self._keep_whole(whole, Cut.NOT)

    def _check_ranges(self, whole: CellCounted | None) -> Generator[Question, Answer, None]:
        """Studies that no year held: have they no date, or did they come since, or fall between the ranges?

        One closed range over all years tells; ADR 0011 says why no year is exact without it.
        """
        if whole is None or not self._dated.honoured:
            return
        now = self._now(whole)
        limit = self._work.limits.known
        is_little = now.largest <= self._work.desk.longest_answer and (limit is None or now.largest < limit)
        if now.cut not in UNCUT or now.distinct <= self._dated.total or not is_little:
            return
        known = self._work.book.cell(Things.STUDIES, Axis.DATES, ALL_YEARS.name)
        if known is None or known.run < now.run:
            yield from self._work.ask_once(Axis.DATES, ALL_YEARS)
            if self._misses_keys(whole):
                yield from self._found_cut(whole)

    def _misses_keys(self, whole: CellCounted) -> bool:
        keys = self._harvest_of(whole)
        return keys is not None and not keys.holds(self._work.book.seen(Things.STUDIES))

    def _is_open(self, whole: CellCounted) -> bool:
        now = self._now(whole)
        return now.cut is Cut.UNSHOWN

    def _now(self, whole: CellCounted) -> CellCounted:
        cell = self._work.book.cell(Things.STUDIES, Axis.WHOLE, whole.cell, counters=whole.with_counters)
        return cell or whole

    def _is_settled(self, whole: CellCounted | None) -> bool:
        return whole is not None and self._now(whole).cut is Cut.NOT

    def _settle(self, whole: CellCounted | None) -> bool:
        """Whether the one answer to everything is believed to be everything (ADR 0011)."""
        endings = self._cells_of_endings()
        if whole is None:
            return self._has_all()
        if not self._is_open(whole):
            return self._is_settled(whole)
        whole = self._now(whole)
        keys = self._harvest_of(whole)
        if self._has_all():
            if keys is not None and len(keys) == len(self._work.book.seen(Things.STUDIES)):
                self._keep_whole(whole, Cut.NOT)
            return True
        if keys is None:
            return self._settle_by_numbers(whole)
        if self._settle_by_length(whole):
            return True
        return self._settle_by_parts(whole, keys, asked_endings=bool(endings))

    def _settle_by_parts(self, whole: CellCounted, keys: KeyedSet, *, asked_endings: bool) -> bool:
        """Parts that were not cut hold the same, and the number is none that people set as a limit.

        Where endings of PatientIDs are not answered for, nothing better can be asked: then half is enough.
        """
        doubtful = may_be_a_limit(whole.largest) or self._deeper.series_stop_at(whole.largest)
        if doubtful or self._work.limits.erratic or self._misses_keys(whole):
            return False
        shown = len(self._shown_whole())
        if shown and (shown == len(keys) or (asked_endings and 2 * shown >= len(keys))):
            self._keep_whole(whole, Cut.NOT)
            return True
        return False

    def _has_all(self) -> bool:
        return any(cell.cut is Cut.NOT for cell in self._cells_of_endings())

    def _recheck_endings(self) -> None:
        """Endings are all only if they hold what the times hold, too: patients may have no usual ending.

        If one was counted by an earlier run, they cannot be compared.
        """
        book = self._work.book
        timed = [
            cell
            for cell in book.cells_on(Things.STUDIES, Axis.TIMES)
            if cell.run == book.run and cell.distinct
        ]
        for cell in self._cells_of_endings():
            key = (Things.STUDIES, Axis.PATIENT_IDS, cell.cell, cell.with_counters)
            harvest = book.harvest(*key[:3], counters=cell.with_counters)
            seen = book.seen(Things.STUDIES)
            lacks = bool(timed) if harvest is None else not harvest.keys.holds(seen)
            if cell.cut is Cut.NOT and lacks:
                book.keep_as(key, Cut.SILENTLY)

    def _cells_of_endings(self) -> list[CellCounted]:
        return self._work.book.cells_on(Things.STUDIES, Axis.PATIENT_IDS)

    def _settle_by_numbers(self, whole: CellCounted) -> bool:
        """After a resume: everything held all dated studies, and as many have a time as it holds."""
        book = self._work.book
        before = sum(
            cell.fresh for cell in book.cells if cell.things is Things.STUDIES and cell.axis is Axis.DATES
        )
        has_dated = whole.distinct - whole.fresh == before == self._dated.total
        timed = self._times is not None and not self._times.ignored and len(self._times.tops)
        if has_dated and timed == whole.distinct and not may_be_a_limit(whole.largest):
            self._keep_whole(whole, Cut.NOT)
            return True
        return False

    def _settle_by_length(self, whole: CellCounted) -> bool:
        """Whether a longer answer was seen since, so that this one was not cut."""
        limits = self._work.limits
        longer = whole.largest < limits.shown and not limits.erratic and limits.silent is None
        if longer and not self._misses_keys(whole):
            self._keep_whole(whole, Cut.NOT)
            return True
        return False

    def _shown_whole(self) -> KeyedSet:
        """What parts held that are shorter than the longest answer: these were not cut."""
        union = KeyedSet()
        for ranges in (self._dated.ranges, self._times):
            if ranges is not None and not ranges.ignored:
                union.update(ranges.shown_whole())
        return union

    def _found(self, whole: CellCounted | None) -> int:
        """As many studies at the least, those of earlier runs included."""
        dated = self._dated.total if self._dated.honoured else 0
        at_once = 0 if whole is None else whole.distinct
        return max(len(self._work.book.seen(Things.STUDIES)), dated, at_once)

    def _by_endings(self, whole: CellCounted | None) -> Generator[Question, Answer, None]:
        """All studies by the endings of PatientIDs; where a limit cuts these too, all patients."""
        work = self._work
        found = self._found(whole)
        if self._cells_of_endings() or not found or found * MARGIN > work.desk.rows_left:
            return
        few = found <= _FEW and work.limits.known is None
        if few and found == 1 and self._dated.honoured:  # one never shows that two would be sent
            return
        covered = whole is not None and whole.with_counters and self._now(whole).cut in UNCUT
        counters = self._deeper.believed and not covered
        endings = Endings(work, Things.STUDIES, counters=counters, few=few)
        cell = yield from endings.count()
        ignores_times = self._times is not None and self._times.ignored
        work.believes_nothing = endings.ignored and ignores_times and self._dated.ranges.ignored
        if whole is not None and self._misses_keys(whole):
            yield from self._found_cut(whole)
        if cell.distinct and cell.cut in {Cut.BY_STATUS, Cut.SILENTLY}:
            yield from Endings(work, Things.PATIENTS, counters=True).count()
