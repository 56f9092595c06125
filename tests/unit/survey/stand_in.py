"""A census that stands in for the real one: a question for each year, and studies of our own choice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from dosimeter.dicom.keyed_set import KeyedSet
from dosimeter.model.attempt import Cause
from dosimeter.model.census import Axis, Cut, Things
from dosimeter.model.facts import CellCounted, Ending, Fact, NullQueryAnswered, QueryService
from dosimeter.model.scope import Touch
from dosimeter.net.causes import WireFailure
from dosimeter.probes._declare import Probe, Rides, Visit, discover
from dosimeter.probes._proposals import strangers_proposal

YEARS = tuple(str(year) for year in range(2026, 2020, -1))


@dataclass
class StandIn:
    """Asks a null query for each year; a year holds ``studies_a_year``, named after ``holds``.

    ``before`` is called with the year before its question. ``visits`` are those that were counted.
    """

    studies_a_year: int = 30
    holds: Callable[[str], str] = lambda authority: authority
    before: Callable[[Visit, str], None] = lambda _visit, _year: None
    visits: list[Visit] = field(default_factory=list)

    async def run(self, visit: Visit) -> tuple[Fact, ...]:
        """Go through the years that are not known."""
        self.visits.append(visit)
        counting = visit.counting
        assert counting is not None
        (query, *_) = [fact for fact in visit.seen if isinstance(fact, NullQueryAnswered)]
        cells = list(counting.known)
        studies = KeyedSet()
        await visit.line.associate(strangers_proposal(query.titles))
        for year in YEARS:
            if any(cell.cell == year for cell in cells):
                continue
            self.before(visit, year)
            association = visit.line.association
            if association is None or not association.is_open:
                raise WireFailure(Cause.CLOSED_EARLY, "the association had ended", tuple(cells))
            await association.null_query(QueryService.STUDY_ROOT)
            whose = self.holds(visit.line.endpoint.authority)
            names = [f"{whose} {year} {number}".encode() for number in range(self.studies_a_year)]
            studies.add_all(
                [hashlib.blake2b(name, key=counting.key, digest_size=8).digest() for name in names]
            )
            cells.append(cell_of(query, year, self.studies_a_year, len(studies)))
            counting.keep(cells[-1])
        counting.holdings(query.titles, studies)
        return tuple(cells)

    def among(self, probes: tuple[Probe, ...]) -> tuple[Probe, ...]:
        """Those probes, with this one in the place of the census."""
        others = tuple(probe for probe in probes if probe.touch < Touch.COUNT)
        return (*others, replace(PROBE, run=self.run))


def cell_of(query: NullQueryAnswered, year: str, studies: int, on_axis: int) -> CellCounted:
    """A year that was counted whole."""
    return CellCounted(
        titles=query.titles,
        service=query.service,
        things=Things.STUDIES,
        axis=Axis.DATES,
        cell=year,
        with_counters=False,
        cut=Cut.NOT,
        ending=Ending.STATUS,
        status=0,
        questions=1,
        rows=studies,
        distinct=studies,
        fresh=studies,
        on_axis=on_axis,
        largest=studies,
        received=studies * 100,
        milliseconds=1,
    )


async def _never(_visit: Visit) -> tuple[Fact, ...]:
    raise NotImplementedError


PROBE = Probe(
    name="count",
    asks="a stand-in",
    touch=Touch.COUNT,
    reference="PS3.4 §C.4.1",
    rides=Rides.OWN,
    needs=NullQueryAnswered,
    order=90,
    run=_never,
)


def standing_in(stand_in: StandIn) -> Callable[[], tuple[Probe, ...]]:
    """What `discover` is to answer."""
    return lambda: stand_in.among(discover())
