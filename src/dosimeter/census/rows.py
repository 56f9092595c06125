"""Series and images one by one: all at once if they are few, and in parts that show whether all came.

What a part holds is all of it if the archive has sent a longer answer at this level. If such parts hold rows
of every study that was counted, all rows of these studies were sent (ADR 0011). The parts are made by what
parts the studies. Where a Study Root looks at no such key below the studies (as dcmqrscp), the Patient Root
does: there PatientID is a key of every level (PS3.4 C.4.1.2.2).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeVar

from dosimeter.census.book import Harvest
from dosimeter.census.cutting import Cutter, worst
from dosimeter.census.desk import CensusOver
from dosimeter.census.endings import ask_impossible
from dosimeter.census.limits import UNCUT, may_be_a_limit
from dosimeter.census.regions import ALL_AT_ONCE, ALL_PARTS, EVERYTHING, Region, hours
from dosimeter.census.work import LEVELS, MARGIN
from dosimeter.dicom.keyed_set import KeyedSet
from dosimeter.model.census import Axis, Cut, Things
from dosimeter.model.facts import QueryService

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from dosimeter.census.dated import Dated
    from dosimeter.census.desk import Desk, Reply
    from dosimeter.census.question import Answer, Question
    from dosimeter.census.work import Work
    from dosimeter.model.facts import CellCounted

_SPLIT_AGAIN: Final = 1.3
"""A listing in parts costs so much of one listing: the longest part is split to see that it was whole."""
_FEW_ROWS: Final = 1_000
"""So few are listed at once as well: that splits no part, and is another look at the same."""
_HOURS_OF_A_PART: Final = 3
_Told = TypeVar("_Told")


@dataclass(slots=True)
class _Listing:
    """All rows of a level in parts, as far as they were asked for."""

    things: Things
    axis: Axis
    root: QueryService
    known: KeyedSet
    """Rows seen before: the parts have to hold them too."""
    studies: int
    """That were counted."""
    is_all_known: bool
    """One answer to everything is among the rows known."""
    harvest: Harvest
    cuts: list[Cut] = field(default_factory=list)
    open: list[tuple[Region, Reply]] = field(default_factory=list)
    """Parts that ended with Success, to be weighed at the end."""
    counted: int = 0
    overlaps: bool = False

    @property
    def holds_all(self) -> bool:
        """Whether rows of every study were seen, and every row that was seen before."""
        keys = self.harvest.keys
        return len(self.harvest.studies) >= self.studies and keys.holds(self.known)


class RowByRow:
    """Counts the series, or the images, of all studies."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._least: tuple[Region, int] | None = None
        """The ending with the fewest series, and the studies that it holds."""

    def count(
        self, things: Things, dated: Dated, sample: CellCounted, plain: CellCounted
    ) -> Generator[Question, Answer, None]:
        """Count all of them, if the rows left will do. ``sample`` are those of a few studies, ``plain``."""
        studies = self._studies(dated)
        expected = round(sample.rows * studies / plain.distinct)
        if not expected or expected * MARGIN * _SPLIT_AGAIN > self._work.desk.rows_left:
            return
        full = [axis for axis, held in self._held(dated).items() if held >= studies]
        if expected <= (_FEW_ROWS if full else self._work.desk.longest_answer):
            yield from self._at_once(things)
        half = [Axis.DATES] if dated.honoured else []
        for axis in dict.fromkeys((*(full or half), Axis.PATIENT_IDS)):
            cell = yield from self._in_parts(things, axis, dated, studies)
            if cell is None or cell.cut is not Cut.FAILED:
                break
        if not full:
            self._settle_at_once(things, studies)

    def count_where_dates_are_ignored(
        self, things: Things, dated: Dated, sample: CellCounted | None
    ) -> Generator[Question, Answer, None]:
        """Count by endings, of the Patient Root. ``sample`` was asked by dates, and held all."""
        studies = self._studies(dated)
        if sample is not None:
            held = self._work.book.harvest(things, sample.axis, sample.cell)
            if held is None or len(held.studies) == studies:
                yield from self._of_patient_root(things, studies, sample.rows, Harvest())
        elif self._least is not None:
            harvest = Harvest()
            region, of_studies = self._least
            asking = self._work.desk.ask(region.keys(LEVELS[things]), optional=True)
            reply = yield from _asked_of(QueryService.PATIENT_ROOT, asking)
            harvest.pay_for(reply)
            expected = round(reply.tally.rows * studies / of_studies) if reply.cut in UNCUT else 0
            yield from self._of_patient_root(things, studies, expected, harvest)

    def _studies(self, dated: Dated) -> int:
        """As many as were counted, those of earlier runs included."""
        book = self._work.book
        cells = [
            cell for axis in (Axis.WHOLE, Axis.PATIENT_IDS) for cell in book.cells_on(Things.STUDIES, axis)
        ]
        most = max((cell.distinct for cell in cells), default=0)
        return max(most, dated.total if dated.honoured else 0, len(book.seen(Things.STUDIES)))

    def _held(self, dated: Dated) -> dict[Axis, int]:
        """How many studies each axis held, the one first that takes the fewest questions."""
        held = {Axis.DATES: dated.total if dated.honoured else 0}
        for axis in (Axis.TIMES, Axis.PATIENT_IDS):
            cells = self._work.book.cells_on(Things.STUDIES, axis)
            is_looked_at = not any(cell.cut is Cut.FAILED for cell in cells)
            held[axis] = max((cell.on_axis for cell in cells), default=0) if is_looked_at else 0
        return held

    def _at_once(self, things: Things) -> Generator[Question, Answer, None]:
        known = self._work.desk.limits(LEVELS[things]).known
        if self._work.book.cell(things, Axis.WHOLE, ALL_AT_ONCE.name) is None and known is None:
            yield from self._work.ask_once(Axis.WHOLE, ALL_AT_ONCE, things=things)

    def _in_parts(
        self, things: Things, axis: Axis, dated: Dated, studies: int
    ) -> Generator[Question, Answer, CellCounted | None]:
        """None if a run before this one asked."""
        book = self._work.book
        if book.cell(things, axis, ALL_PARTS[axis]) is not None:
            return None
        whole = book.cell(things, Axis.WHOLE, ALL_AT_ONCE.name)
        known = KeyedSet()
        known.update(book.seen(things))
        is_all_known = whole is not None and whole.cut in UNCUT
        listing = _Listing(things, axis, self._work.plan.service, known, studies, is_all_known, Harvest())
        parts = self._parts_of(axis, dated)
        if axis is Axis.PATIENT_IDS and not (yield from self._looks_at_endings(listing)):
            parts = ()
        return (yield from self._list(listing, parts))

    @staticmethod
    def _parts_of(axis: Axis, dated: Dated) -> tuple[Region, ...]:
        if axis is Axis.DATES:
            return tuple(place.region for place, cell in dated.leaves() if cell.distinct)
        if axis is Axis.TIMES:
            starts = range(0, 24, _HOURS_OF_A_PART)
            return tuple(hours(first, first + _HOURS_OF_A_PART - 1).region for first in starts)
        return EVERYTHING.by_endings()

    def _of_patient_root(
        self, things: Things, studies: int, expected: int, harvest: Harvest
    ) -> Generator[Question, Answer, None]:
        """By endings, where dates are not looked at.

        What another information model was answered shows nothing of this one: it has to send all of
        them at once first, at least as many as were ever sent at this level.
        """
        work, book = self._work, self._work.book
        limits = work.desk.limits(LEVELS[things])
        has_it = work.plan.service is QueryService.PATIENT_ROOT or work.plan.patient_root_answers
        done = book.cell(things, Axis.PATIENT_IDS, ALL_PARTS[Axis.PATIENT_IDS]) is not None
        fits = expected * MARGIN <= min(work.desk.longest_answer, work.desk.rows_left / 2)
        if done or not expected or not has_it or not fits or limits.known is not None:
            return
        known = KeyedSet()
        known.update(book.seen(things))
        listing = _Listing(
            things,
            Axis.PATIENT_IDS,
            QueryService.PATIENT_ROOT,
            known,
            studies,
            is_all_known=True,
            harvest=harvest,
        )
        yield from _asked_of(listing.root, self._list_endings_too(listing))

    def _looks_at_endings(self, listing: _Listing) -> Generator[Question, Answer, bool]:
        """Whether an ending that cannot be finds nothing at this level too."""
        made_up = yield from ask_impossible(self._work.desk, LEVELS[listing.things], listing.harvest)
        return not (made_up.refused or made_up.tally.rows)

    def _list_endings_too(self, listing: _Listing) -> Generator[Question, Answer, None]:
        desk, level = self._work.desk, LEVELS[listing.things]
        parts: tuple[Region, ...] = ()
        if (yield from self._looks_at_endings(listing)):
            whole = yield from desk.ask(EVERYTHING.keys(level), optional=True)
            listing.harvest.pay_for(whole)
            listing.known.update(whole.tally.keys)
            limits = desk.limits(level)
            if whole.cut in UNCUT and whole.tally.rows == limits.shown and limits.known is None:
                parts = EVERYTHING.by_endings()
        yield from self._list(listing, parts)
        some = [(region, reply.tally) for region, reply in listing.open if reply.tally.studies]
        if some:
            region, tally = min(some, key=lambda each: each[1].rows)
            self._least = region, len(tally.studies)

    def _list(self, listing: _Listing, parts: Iterable[Region]) -> Generator[Question, Answer, CellCounted]:
        """Ask for the parts, and keep one cell, which is whole only if all must have been sent."""
        work = self._work
        key = (listing.things, listing.axis, ALL_PARTS[listing.axis], False)
        cutter = Cutter(work.desk, LEVELS[listing.things])
        cutter.optional = True
        try:
            yield from self._ask_parts(listing, parts, cutter)
            yield from self._weigh_parts(listing, cutter)
        except CensusOver as over:
            work.keep_partial(key, listing.harvest, over.end)
            raise
        cut = worst(listing.cuts) if listing.cuts and not listing.overlaps else Cut.FAILED
        if cut is Cut.NOT and not listing.holds_all:
            cut = Cut.UNSHOWN
        return work.book.keep(key, listing.harvest, cut)

    def _ask_parts(
        self, listing: _Listing, parts: Iterable[Region], cutter: Cutter
    ) -> Generator[Question, Answer, None]:
        desk, harvest = self._work.desk, listing.harvest
        by_endings = listing.axis is Axis.PATIENT_IDS
        for region in parts:
            reply = yield from desk.ask(region.keys(LEVELS[listing.things]), optional=True)
            harvest.absorb(reply)
            if reply.refused:
                listing.cuts.append(Cut.FAILED)
                return
            if cutter.must_split(reply, verify=False):
                found = yield from cutter.split(region, harvest, reply, verify=True)
                listing.cuts.append(found.cut)
                listing.counted += len(found.keys)
            else:
                listing.open.append((region, reply))
                listing.counted += len(reply.tally.keys)
            listing.overlaps = not by_endings and listing.counted > len(harvest.keys)
            if listing.overlaps or (by_endings and listing.is_all_known and listing.holds_all):
                return

    def _weigh_parts(self, listing: _Listing, cutter: Cutter) -> Generator[Question, Answer, None]:
        """Now that the longest is known: split what nothing longer was seen of.

        Not of a single study: no part shows that a second would be sent.
        """
        if listing.overlaps or Cut.FAILED in listing.cuts:
            return
        limits = self._work.desk.limits(LEVELS[listing.things])
        for region, reply in listing.open:
            cut = limits.cut_of(reply.ending, reply.status, reply.tally.rows)
            if cut is not Cut.NOT and reply.tally.rows > 1 and listing.studies > 1:
                again = replace(reply, cut=cut)
                found = yield from cutter.split(region, listing.harvest, again, verify=True)
                cut = found.cut
            listing.cuts.append(cut)

    def _settle_at_once(self, things: Things, studies: int) -> None:
        """Where no axis holds every study: half of the rows in parts that were not cut are enough.

        That is, if the number of all rows is none that people set as a limit.
        """
        book, desk = self._work.book, self._work.desk
        whole = book.harvest(things, Axis.WHOLE, ALL_AT_ONCE.name)
        cell = book.cell(things, Axis.WHOLE, ALL_AT_ONCE.name)
        if whole is None or cell is None or cell.cut not in UNCUT:
            return
        key = (things, Axis.WHOLE, ALL_AT_ONCE.name, False)
        seen = book.seen(things)
        if not whole.keys.holds(seen) or len(whole.studies) < studies:
            book.keep_as(key, Cut.SILENTLY)
            return
        parts = book.cell(things, Axis.DATES, ALL_PARTS[Axis.DATES])
        shown = _shown_below(parts, desk, things)
        if 2 * shown >= len(whole.keys) and not may_be_a_limit(whole.largest):
            book.keep_as(key, Cut.NOT)


def _shown_below(parts: CellCounted | None, desk: Desk, things: Things) -> int:
    """How many rows the parts held, if all of these were shorter than another answer."""
    if parts is None or parts.cut not in UNCUT or parts.largest >= desk.limits(LEVELS[things]).shown:
        return 0
    return parts.distinct


def _asked_of(
    service: QueryService, asking: Generator[Question, Answer, _Told]
) -> Generator[Question, Answer, _Told]:
    """The same questions, put to another information model."""
    try:
        question = next(asking)
        while True:
            keys = replace(question.keys, patient_root=service is QueryService.PATIENT_ROOT)
            answer = yield replace(question, service=service, keys=keys)
            question = asking.send(answer)
    except StopIteration as done:
        told: _Told = done.value
        return told
