"""Counts one region to the end: asks, and where the answer is cut asks for the parts of the region."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from dosimeter.census.regions import MADE_UP_MODALITY
from dosimeter.dicom.count_query import CountLevel
from dosimeter.dicom.keyed_set import KeyedSet
from dosimeter.model.census import Cut

if TYPE_CHECKING:
    from collections.abc import Generator

    from dosimeter.census.book import Harvest
    from dosimeter.census.desk import Desk, Reply
    from dosimeter.census.question import Answer, Question
    from dosimeter.census.regions import Region

_FEW_ROWS: Final = 50
_FEW_SAME: Final = 40
_MANY_SAME: Final = 4
"""How often in a row a part may be as long as the whole, few rows or many, before we give up making it
smaller: a single study never gets smaller."""


class Way(Enum):
    """What regions are cut by."""

    DATES = "dates"
    TIMES = "times"
    ENDINGS = "endings"
    MODALITIES = "modalities"


_WORST: Final = (Cut.NOT, Cut.UNSHOWN, Cut.SILENTLY, Cut.BY_STATUS, Cut.BY_BUDGET, Cut.FAILED)


def worst(cuts: list[Cut]) -> Cut:
    """The one that says least of the whole; NOT of none."""
    return max(cuts, key=_WORST.index, default=Cut.NOT)


@dataclass(frozen=True, slots=True)
class Part:
    """What was seen of a region, and whether that is all of it."""

    cut: Cut
    keys: KeyedSet


class Cutter:
    """Counts regions at one level.

    With ``verify`` an answer that nothing longer was seen of is split too: if its parts hold the same
    and each is shorter than an answer the archive has sent, it was whole.
    """

    def __init__(self, desk: Desk, level: CountLevel, *, counters: bool = False) -> None:
        self.counters = counters
        self.optional = False
        """Whether a lost association is no more than an answer."""
        self.ignored: set[Way] = set()
        """Parts that share nothing had studies in common: the archive does not look at what parts them."""
        self._desk = desk
        self._level = level

    def count(
        self, region: Region, harvest: Harvest, *, verify: bool = False, same: int = 0, before: int = 0
    ) -> Generator[Question, Answer, Part]:
        """Count a region into a harvest. ``before`` are the rows of the region that it is a part of."""
        reply = yield from self._desk.ask(
            region.keys(self._level, counters=self.counters), optional=self.optional
        )
        harvest.absorb(reply)
        same = same + 1 if reply.tally.rows == before else 0
        hopeless = same >= (_FEW_SAME if 1 < reply.tally.rows <= _FEW_ROWS else _MANY_SAME)
        if not self.must_split(reply, verify=verify and not hopeless):
            harvest.add_part(reply.tally)
            return Part(reply.cut, reply.tally.keys)
        return (yield from self.split(region, harvest, reply, verify=verify, same=same))

    @staticmethod
    def must_split(reply: Reply, *, verify: bool) -> bool:
        """Whether an answer is worth asking for its parts."""
        if reply.cut is Cut.UNSHOWN:
            return verify
        return reply.cut in {Cut.BY_STATUS, Cut.SILENTLY, Cut.BY_BUDGET}

    def split(
        self, region: Region, harvest: Harvest, reply: Reply, *, verify: bool, same: int = 0
    ) -> Generator[Question, Answer, Part]:
        """Count the parts of a region whose answer was cut or is not shown to be whole."""
        way, parts = self._parts_of(region)
        if not parts or way in self.ignored or (way is Way.MODALITIES and reply.cut is Cut.UNSHOWN):
            return Part(reply.cut, reply.tally.keys)
        union = KeyedSet()
        total = 0
        cuts = []
        for part in parts:
            found = yield from self.count(part, harvest, verify=verify, same=same, before=reply.tally.rows)
            total += len(found.keys)
            union.update(found.keys)
            cuts.append(found.cut)
            if self._is_ignored(way, part, total, len(union)):
                self.ignored.add(way)
                break
        covering = way is not Way.MODALITIES and (way is not Way.TIMES or region.times is not None)
        return self._weigh(reply, union, worst(cuts), ignored=way in self.ignored, covering=covering)

    @staticmethod
    def _is_ignored(way: Way, part: Region, total: int, distinct: int) -> bool:
        """Whether parts that have nothing in common were found to, or a part that cannot be holds some."""
        if way is Way.MODALITIES:
            return part.modality == MADE_UP_MODALITY and total > 0
        return total > distinct and way is not Way.ENDINGS

    def _parts_of(self, region: Region) -> tuple[Way, tuple[Region, ...]]:
        dates = region.by_dates()
        if dates:
            return Way.DATES, dates
        endings = region.by_endings() if region.ending is not None else ()
        if endings:
            return Way.ENDINGS, endings
        times = region.by_times() if self._level is not CountLevel.PATIENT else ()
        return (Way.TIMES, times) if times else (Way.MODALITIES, region.by_modalities())

    def _weigh(self, reply: Reply, union: KeyedSet, of_parts: Cut, *, ignored: bool, covering: bool) -> Part:
        """What the parts say of the whole."""
        own = reply.tally.keys
        missed = union.update(own)
        more = len(union) > len(own)
        cut = reply.cut
        if more and cut is Cut.UNSHOWN and not ignored:
            self._desk.limits(self._level).note_silent(reply.tally.rows)
            cut = Cut.SILENTLY
        if ignored or missed:
            return Part(worst([cut, of_parts]), union)
        if covering or cut is Cut.UNSHOWN:
            return Part(of_parts, union)
        return Part(worst([cut, of_parts]), union)
