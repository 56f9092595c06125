"""The census: how much there is, counted without reading what it is."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dosimeter.census.ladder import Census
from dosimeter.census.work import CensusPlan
from dosimeter.model.census import CensusEnd
from dosimeter.model.facts import CensusEnded, EchoAnswered, Ending, Fact, NullQueryAnswered, QueryService
from dosimeter.model.message import say
from dosimeter.model.scope import Touch
from dosimeter.net.causes import WireFailure
from dosimeter.probes._census import Performer
from dosimeter.probes._declare import NotAsked, Probe, Rides, Visit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dosimeter.model.facts import CellCounted, Titles
    from dosimeter.model.scope import CountBudget
    from dosimeter.probes._census import PlannedCensus
    from dosimeter.probes._declare import Counting

_SUCCESS: Final = 0
_ROOTS: Final = (QueryService.STUDY_ROOT, QueryService.PATIENT_ROOT)
_NONE_ANSWERED: Final = say("no null query was answered with success")
_IGNORES_THE_QUESTION: Final = say("its answers do not depend on the question: it found what cannot exist")

_ASK_NO_MORE: Final = frozenset(
    {
        CensusEnd.SLOW,
        CensusEnd.OUT_OF_RESOURCES,
        CensusEnd.BUSY,
        CensusEnd.SILENT,
        CensusEnd.SECONDS,
        CensusEnd.NOT_BELIEVED,
    }
)
"""Ends of a census after which no other one is begun: later, never harder (DESIGN §4), or in vain."""


async def _run(visit: Visit) -> tuple[Fact, ...]:
    if visit.counting is None:
        raise NotAsked(say("this survey goes no further than to prove"))
    chosen = choose(visit.seen)
    budget = visit.authorisation.count
    performer = Performer(visit.line, visit.counting, budget)
    facts: list[Fact] = []
    visit.line.begin_census(budget.seconds)
    try:
        for null_query in chosen:
            ended = await _count(visit, visit.counting, performer, null_query, budget, facts)
            if ended.end in _ASK_NO_MORE or performer.is_deaf:
                break
            budget = _left(budget, ended, performer, visit.line.seconds_left())
        await visit.line.hang_up()
    finally:
        visit.line.end_census()
    return tuple(facts)


def choose(seen: Iterable[Fact]) -> tuple[NullQueryAnswered, ...]:
    """The null queries whose titles and service are counted under: of a root, of the worklist, or both.

    A stranger's come before those of a title that the scope lists, Study Root before Patient Root. The
    worklist is asked under the titles of the root where those were answered too.

    Raises:
        NotAsked: none was answered as it should be, or the impossible was found.
    """
    queries = [fact for fact in seen if isinstance(fact, NullQueryAnswered)]
    if any(query.matches for query in queries if query.service in _ROOTS):
        raise NotAsked(_IGNORES_THE_QUESTION)
    answered = [query for query in queries if _is_answer(query)]
    roots = [query for query in answered if query.service in _ROOTS]
    root = min(roots, key=lambda one: (not one.titles.stranger, _ROOTS.index(one.service)), default=None)
    under = root.titles if root is not None else None
    worklist = min(
        (query for query in answered if query.service is QueryService.WORKLIST),
        key=lambda one: (one.titles != under, not one.titles.stranger),
        default=None,
    )
    chosen = tuple(query for query in (root, worklist) if query is not None)
    if not chosen:
        found = any(query.matches for query in queries)
        raise NotAsked(_IGNORES_THE_QUESTION if found else _NONE_ANSWERED)
    return chosen


def _is_answer(query: NullQueryAnswered) -> bool:
    return query.ending is Ending.STATUS and query.status == _SUCCESS and not query.matches


async def _count(
    visit: Visit,
    counting: Counting,
    performer: Performer,
    null_query: NullQueryAnswered,
    budget: CountBudget,
    facts: list[Fact],
) -> CensusEnded:
    """One census; its cells and its end are added to ``facts``."""
    is_worklist = null_query.service is QueryService.WORKLIST
    known = tuple(cell for cell in counting.known if (cell.service is QueryService.WORKLIST) is is_worklist)
    census = _planned(visit, counting, null_query, budget, known)
    try:
        ended = await performer.perform(census, null_query.titles)
    except WireFailure as failure:
        seen = (*facts, *census.cells, *failure.facts)
        raise WireFailure(failure.cause, failure.detail, seen) from None
    facts += (*census.cells, ended)
    if not is_worklist:
        counting.holdings(null_query.titles, census.studies)
    return ended


def _planned(
    visit: Visit,
    counting: Counting,
    null_query: NullQueryAnswered,
    budget: CountBudget,
    known: tuple[CellCounted, ...],
) -> PlannedCensus:
    place = f"{visit.line.endpoint.authority} {null_query.service.value}"
    plan = CensusPlan(
        service=null_query.service,
        titles=null_query.titles,
        budget=budget,
        first_echo_milliseconds=_first_echo(visit.seen, null_query.titles),
        today=visit.line.today(),
        seed=hashlib.blake2b(place.encode(), key=counting.key, person=b"census seed").digest(),
        patient_root_answers=_patient_root_answers(visit.seen, null_query.titles),
    )
    return Census(plan, known)


def _patient_root_answers(seen: Iterable[Fact], titles: Titles) -> bool:
    return any(
        fact.service is QueryService.PATIENT_ROOT and fact.titles == titles and _is_answer(fact)
        for fact in seen
        if isinstance(fact, NullQueryAnswered)
    )


def _first_echo(seen: Iterable[Fact], titles: Titles) -> int:
    """How long the first answered C-ECHO took, under these titles if there was one; 0 if there was none."""
    echoes = [
        fact
        for fact in seen
        if isinstance(fact, EchoAnswered) and fact.ending is Ending.STATUS and fact.status == _SUCCESS
    ]
    echoes.sort(key=lambda echo: echo.titles != titles)
    return echoes[0].milliseconds if echoes else 0


def _left(budget: CountBudget, ended: CensusEnded, performer: Performer, seconds: float) -> CountBudget:
    return replace(
        budget,
        rows=max(0, budget.rows - ended.rows),
        received_bytes=max(0, budget.received_bytes - ended.received),
        seconds=seconds,
        associations=performer.associations_left,
    )


PROBE = Probe(
    name="count",
    asks="counts what is there: C-FIND for the unique keys of studies, series, instances, patients and "
    "worklist items, within closed ranges of date and time or by at most three last characters of a "
    "PatientID, and for their count attributes where those are believed; identifiers pass by undecoded, and "
    "the scope's `[count]` sets the rows, bytes, seconds and associations that it may cost",
    touch=Touch.COUNT,
    reference="PS3.4 §C.4.1, §C.6, §K.6",
    rides=Rides.OWN,
    needs=NullQueryAnswered,
    order=90,
    run=_run,
)
