"""The axis of which nothing falls out: beginnings of StudyInstanceUIDs.

The standard promises no answer to a UID with a wildcard (PS3.4 C.2.2.2.2), so a control on studies that
were counted before must find just these. A UID is put together symbol by symbol as long as the archive
holds more than it sends at once; none is taken from an answer, and no beginning is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dosimeter.census.book import Harvest
from dosimeter.census.cutting import Cutter, worst
from dosimeter.census.desk import CensusOver
from dosimeter.census.regions import EVERYTHING, Region
from dosimeter.census.work import LEVELS
from dosimeter.dicom.keyed_set import KeyedSet
from dosimeter.model.census import Axis, Cut

if TYPE_CHECKING:
    from collections.abc import Generator

    from dosimeter.census.desk import Reply
    from dosimeter.census.question import Answer, Question
    from dosimeter.census.work import Work
    from dosimeter.model.facts import CellCounted

_LONGEST_STEM: Final = 30
_LIKELY: Final = "12.038456791"
"""Symbols in the order in which they are tried: roots of UIDs begin with few of them."""
_MARGIN: Final = 1.2
_FIRST: Final = "1203456789"
_IMPOSSIBLE: Final = "9."
"""No UID begins so: the first component is 0, 1 or 2 (ISO/IEC 9834-1)."""


class Uids:
    """Counts all studies by the beginnings of their UIDs."""

    def __init__(self, work: Work, *, counters: bool) -> None:
        self.honoured: bool | None = None
        """None: not known yet."""
        self.ignored = False
        """Made-up UIDs were found."""
        self.is_counted = False
        self._work = work
        self._counters = counters
        self._stem = ""
        self._paid = Harvest()
        self._control: tuple[Region, int] | None = None
        self._expected = 0

    def control(
        self, region: Region, many: int, studies: KeyedSet | None
    ) -> Generator[Question, Answer, None]:
        """Whether beginnings of UIDs find the studies of a region that was counted; and with what all begin.

        They may find more: then the region's own answer was cut, which another step will notice. Of a
        region counted by an earlier run only how many it holds is known.
        """
        harvest = Harvest()
        made_up = yield from self._ask(Region(region.dates, region.times, _IMPOSSIBLE), harvest)
        total, cut = 0, False
        for digit in _FIRST:
            if made_up is None or made_up.tally.rows:
                break
            reply = yield from self._ask(Region(region.dates, region.times, digit), harvest)
            if reply is None:
                break
            total += len(reply.tally.keys)
            cut = cut or reply.cut not in {Cut.NOT, Cut.UNSHOWN}
            if digit == _FIRST[0] and total == many > 1:
                self._stem = digit
                break
        found = min(total, many) if studies is None else harvest.keys.overlap(studies)
        nothing_made_up = made_up is not None and not made_up.tally.rows
        self.honoured = nothing_made_up and total == len(harvest.keys) > 0 and (cut or found == many)
        self._paid = harvest
        self._control = region, many
        while self.honoured and self._stem and len(self._stem) < _LONGEST_STEM:
            longer = yield from self._longer(region, many, harvest)
            if longer is None:
                break
            self._stem = longer
        if not self.honoured:
            refused = Harvest()
            refused.add_costs(harvest)
            self._work.book.keep((self._work.things, Axis.UIDS, "uids", self._counters), refused, Cut.FAILED)

    def _longer(
        self, region: Region, studies: int, harvest: Harvest
    ) -> Generator[Question, Answer, str | None]:
        """One symbol more with which all UIDs of the region begin, or None if they part here."""
        for symbol in _LIKELY:
            if symbol == "." and self._stem.endswith("."):
                continue
            reply = yield from self._ask(Region(region.dates, region.times, self._stem + symbol), harvest)
            if reply is not None and reply.tally.rows:
                return self._stem + symbol if len(reply.tally.keys) == studies else None
        return None

    def _ask(self, region: Region, harvest: Harvest) -> Generator[Question, Answer, Reply | None]:
        """The reply, or None if there was none worth the name."""
        reply = yield from self._work.desk.ask(region.keys(LEVELS[self._work.things]), optional=True)
        harvest.absorb(reply)
        return None if reply.refused else reply

    def count(self, expected: int) -> Generator[Question, Answer, CellCounted]:
        """Count all studies as one cell; so many are expected."""
        self._expected = expected
        work = self._work
        self.is_counted = True
        key = (work.things, Axis.UIDS, "uids", self._counters)
        harvest = Harvest()
        harvest.add_costs(self._paid)
        if self.honoured is None:
            made_up = yield from self._ask(Region(prefix=_IMPOSSIBLE), self._paid)
            harvest.add_costs(self._paid)
            self.ignored = made_up is not None and made_up.tally.rows > 0
            if made_up is None or self.ignored:
                return work.book.keep(key, harvest, Cut.FAILED)
        cutter = Cutter(work.desk, LEVELS[work.things], counters=self._counters)
        try:
            cut, union = yield from self._along(EVERYTHING, cutter, harvest)
        except CensusOver as over:
            work.keep_partial(key, harvest, over.end)
            raise
        seen = work.book.seen(work.things)
        if union.overlap(seen) < len(seen) or cutter.ignored:
            cut = worst([cut, Cut.SILENTLY])
        return work.book.keep(key, harvest, cut)

    def _along(
        self, region: Region, cutter: Cutter, harvest: Harvest
    ) -> Generator[Question, Answer, tuple[Cut, KeyedSet]]:
        """Count beside the stem; on it only further down, where the UIDs part."""
        union, cuts, total = KeyedSet(), [], 0
        for part in region.by_uids():
            on_stem = not part.ends and part.prefix and self._stem.startswith(part.prefix)
            if on_stem or (yield from self._is_too_long(part, harvest)):
                cut, keys = yield from self._along(part, cutter, harvest)
            else:
                found = yield from cutter.count(part, harvest, verify=True)
                cut, keys = found.cut, found.keys
            cuts.append(cut)
            total += len(keys)
            union.update(keys)
        if total > len(union):
            cuts.append(Cut.SILENTLY)
        return worst(cuts), union

    def _is_too_long(self, part: Region, harvest: Harvest) -> Generator[Question, Answer, bool]:
        """Whether more UIDs begin so than may be asked for at once, by their share of the control's."""
        longest = self._work.desk.longest_answer
        if self._control is None or part.ends or self._expected <= longest:
            return False
        region, many = self._control
        paid = Harvest()
        reply = yield from self._ask(Region(region.dates, region.times, part.prefix), paid)
        harvest.add_costs(paid)
        return reply is not None and len(reply.tally.keys) / many * self._expected * _MARGIN > longest
