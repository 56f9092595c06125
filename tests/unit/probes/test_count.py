from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dosimeter.census.judge import judge_census
from dosimeter.dicom import uids
from dosimeter.dicom.dimse import CommandField
from dosimeter.model.attempt import Cause
from dosimeter.model.census import CensusEnd
from dosimeter.model.facts import (
    CellCounted,
    CensusEnded,
    EchoAnswered,
    Ending,
    Fact,
    NullQueryAnswered,
    QueryService,
    Titles,
)
from dosimeter.model.scope import CountBudget, Touch
from dosimeter.net.causes import WireFailure
from dosimeter.net.counting import (
    CANCEL_GRACE_BYTES,
    CANCEL_GRACE_SECONDS,
    COUNT_RECEIVE_BYTES,
    OVER_BUDGET_BYTES,
)
from dosimeter.net.loop import Loop
from dosimeter.net.stream import TcpStream, connect
from dosimeter.probes import count
from dosimeter.probes._declare import Counting, NotAsked, Visit
from dosimeter.probes.count import PROBE, choose
from tests.peers.archive import (
    Abort,
    Answer,
    Archive,
    Close,
    Drip,
    Reject,
    Script,
    Silence,
    Statuses,
    answers,
)
from tests.peers.rows import Rows
from tests.unit.net.driving import QUICK, Caller, authorisation, drive
from tests.unit.probes.counting import TITLES, Run, WrittenCensus, year
from tests.unit.probes.visiting import STRANGER

STUDY, PATIENT, WORKLIST = QueryService
LISTED = Titles("ARCHIVE", "DOSIMETER", stranger=False)
OTHER = Titles("OTHER", "DOSIMETER", stranger=False)


def answered(
    service: QueryService, titles: Titles = TITLES, status: int | None = 0, matches: int = 0
) -> NullQueryAnswered:
    """A null query that ended with a status."""
    return NullQueryAnswered(titles, service, Ending.STATUS, status, matches)


def silent(service: QueryService) -> NullQueryAnswered:
    """A null query that did not."""
    return NullQueryAnswered(TITLES, service, Ending.SILENCE, None, 0)


@pytest.mark.parametrize(
    ("seen", "chosen"),
    [
        ([answered(PATIENT), answered(STUDY)], [(STUDY, TITLES)]),
        ([answered(STUDY, status=0xA900), answered(PATIENT)], [(PATIENT, TITLES)]),
        ([answered(STUDY, LISTED), answered(PATIENT)], [(PATIENT, TITLES)]),
        ([answered(STUDY, LISTED)], [(STUDY, LISTED)]),
        ([answered(WORKLIST)], [(WORKLIST, TITLES)]),
        ([answered(WORKLIST), answered(STUDY)], [(STUDY, TITLES), (WORKLIST, TITLES)]),
        (
            [answered(WORKLIST, OTHER), answered(WORKLIST, LISTED), answered(STUDY, LISTED)],
            [(STUDY, LISTED), (WORKLIST, LISTED)],
        ),
        ([answered(STUDY), answered(WORKLIST, matches=3)], [(STUDY, TITLES)]),
        ([silent(STUDY), answered(PATIENT)], [(PATIENT, TITLES)]),
    ],
    ids=[
        "Study Root first",
        "the root that answered",
        "a stranger first",
        "a listed title",
        "worklist alone",
        "both",
        "the worklist under the root's titles",
        "not a worklist that ignores the question",
        "not the silent one",
    ],
)  # fmt: skip
def test_what_is_counted_is_what_a_null_query_was_answered_on(
    seen: list[Fact], chosen: list[tuple[QueryService, Titles]]
) -> None:
    """Success and no match; a stranger's titles before a listed one, Study Root before Patient Root."""
    assert [(query.service, query.titles) for query in choose(seen)] == chosen


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        ([answered(STUDY, matches=4)], "do not depend on the question"),
        ([answered(STUDY, matches=4), answered(PATIENT), answered(WORKLIST)], "do not depend"),
        ([answered(STUDY), answered(PATIENT, status=0xFE00, matches=33)], "do not depend"),
        ([answered(WORKLIST, matches=1)], "do not depend on the question"),
        ([answered(STUDY, status=0x0124), silent(PATIENT)], "no null query was answered with success"),
    ],
    ids=["canned", "one root canned", "the other root canned", "canned worklist", "refused"],
)
def test_an_archive_whose_null_query_was_not_answered_as_it_should_be_is_not_counted(
    seen: list[Fact], why: str
) -> None:
    """What finds the impossible cannot be counted; the sentence says so."""
    with pytest.raises(NotAsked, match=why):
        choose(seen)


def visited(
    archive: Archive,
    seen: tuple[Fact, ...],
    run: Run | None,
    budget: CountBudget | None = None,
) -> tuple[Fact, ...]:
    """What the probe finds on a visit that has seen this."""
    pace = replace(QUICK, connect_seconds=2.0, answer_seconds=0.7)
    scope = authorisation(archive.port, pace=pace, touch=Touch.COUNT, count=budget or CountBudget())

    async def work(loop: Loop) -> tuple[Fact, ...]:
        line = Caller(loop, scope).line(archive.port)
        visit = Visit(line, scope, STRANGER, seen, counting=run.counting if run is not None else None)
        try:
            return await PROBE.run(visit)
        finally:
            line.drop("the test is over")
            assert line.seconds_left() <= scope.pace.host_seconds, "the seconds of the census went on"

    return drive(work)


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Censuses that ask two years each instead of planning; what each was made from."""
    made: list[tuple[Any, ...]] = []

    def plan(
        visit: Visit,
        _counting: Counting,
        query: NullQueryAnswered,
        budget: CountBudget,
        known: tuple[CellCounted, ...],
    ) -> WrittenCensus:
        made.append((query.service, budget, known, visit.line.today()))
        return WrittenCensus([year(2019, query.service), year(2018, query.service)], cells=list(known))

    monkeypatch.setattr(count, "_planned", plan)
    return made


def test_below_the_touch_count_nothing_is_counted() -> None:
    """The probe says so, and opens no connection."""
    with Archive() as archive, pytest.raises(NotAsked, match="no further than to prove"):
        visited(archive, (answered(STUDY),), None)
    assert archive.visits == []
    assert PROBE.touch is Touch.COUNT
    assert PROBE.needs is NullQueryAnswered


def test_a_root_and_the_worklist_are_two_censuses_over_one_association(
    planned: list[tuple[Any, ...]],
) -> None:
    """Cells, end, cells, end; the second has what the first one left; the studies are handed on once."""
    run = Run()
    with Archive(Script(on_request=answers(find=Rows(30)))) as archive:
        facts = visited(archive, (answered(STUDY), answered(WORKLIST)), run)
        (seen,) = archive.wait_for_ends(1)
    assert [type(fact) for fact in facts] == [CellCounted, CellCounted, CensusEnded] * 2
    assert [fact for fact in facts if isinstance(fact, CellCounted)] == run.kept
    (_, first, _, _), (service, second, _, _) = planned
    assert service is WORKLIST
    assert first == CountBudget()
    ended = facts[2]
    assert isinstance(ended, CensusEnded)
    assert second.rows == first.rows - 60
    assert second.received_bytes == first.received_bytes - ended.received
    assert second.associations == first.associations - 1
    assert first.seconds - 5 < second.seconds <= first.seconds
    assert [(titles, len(studies)) for titles, studies in run.held] == [(TITLES, 30)]
    assert seen.ended_by == "release"
    assert [one for one, _ in seen.asked] == [CommandField.C_FIND] * 4


def test_an_archive_that_is_busy_is_not_asked_for_its_worklist_either(
    planned: list[tuple[Any, ...]],
) -> None:
    """Later, never harder."""
    run = Run()
    with Archive(Script(on_associate=lambda _request: Reject(2, 3, 2))) as archive:
        facts = visited(archive, (answered(STUDY), answered(WORKLIST)), run)
        assert len(archive.wait_for_ends(1)) == 1
    assert isinstance(facts[-1], CensusEnded)
    assert facts[-1].end is CensusEnd.BUSY
    assert len(planned) == 1


@pytest.mark.parametrize(
    "budget",
    [CountBudget(rows=1_000), CountBudget(received_bytes=65_536), CountBudget(rows_per_answer=1_000)],
    ids=["rows", "bytes", "rows of one answer"],
)
def test_an_archive_that_cannot_be_stopped_costs_the_grace_once(budget: CountBudget) -> None:
    """Deaf to C-CANCEL: one question, one association, no worklist, whatever the budget has left."""
    with Archive(Script(on_request=answers(find=Rows()))) as archive:
        facts = visited(archive, (answered(STUDY), answered(WORKLIST)), Run(), budget)
        assert len(archive.wait_for_ends(1)) == 1
        assert len(archive.asked) == 1
    (ended,) = (fact for fact in facts if isinstance(fact, CensusEnded))
    assert ended.end in {CensusEnd.ROWS, CensusEnd.BYTES}
    over = CANCEL_GRACE_BYTES if budget.received_bytes > CANCEL_GRACE_BYTES else OVER_BUDGET_BYTES
    assert ended.received < 150_000 + over + 2 * COUNT_RECEIVE_BYTES


def test_cells_of_a_run_before_go_to_their_own_census_and_into_the_facts(
    planned: list[tuple[Any, ...]],
) -> None:
    """The worklist's to the worklist, all others to the root; none is kept twice."""
    with Archive(Script(on_request=answers(find=Rows(10)))) as archive:
        first = visited(archive, (answered(STUDY), answered(WORKLIST)), Run())
        cells = tuple(fact for fact in first if isinstance(fact, CellCounted))
        known = (cells[0], cells[2])
        run = Run(known=known)
        again = visited(archive, (answered(STUDY), answered(WORKLIST)), run)
        archive.wait_for_ends(2)
    assert [(service, known) for service, _, known, _ in planned[2:]] == [
        (STUDY, (cells[0],)),
        (WORKLIST, (cells[2],)),
    ]
    assert len(run.kept) == 4
    found = [fact for fact in again if isinstance(fact, CellCounted)]
    assert (found[0], found[3]) == known


def test_when_our_own_machine_fails_the_cells_go_with_the_failure(
    planned: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No descriptor is left for the second association: what the first one brought is not lost."""
    tries: list[int] = []

    async def connect_once(*arguments: Any) -> TcpStream:  # noqa: ANN401 - as connect() takes them
        tries.append(1)
        if len(tries) > 1:
            raise WireFailure(Cause.LOCAL, "no file descriptor is left")
        return await connect(*arguments)

    monkeypatch.setattr("dosimeter.net.contact.connect", connect_once)
    run = Run()
    with Archive(Script(on_request=answers(find=Rows(8, then=Abort())))) as archive:
        with pytest.raises(WireFailure) as caught:
            visited(archive, (answered(STUDY),), run)
        archive.wait_for_ends(1)
    assert caught.value.cause is Cause.LOCAL
    assert list(caught.value.facts) == run.kept
    assert [cell.rows for cell in run.kept] == [8]
    assert len(planned) == 1


def test_the_first_echo_is_the_one_under_the_titles_that_are_counted_under() -> None:
    """Latency is held against the archive's own first answer; where there was none, against nothing."""
    seen = (
        EchoAnswered(TITLES, Ending.STATUS, 0, 11),
        EchoAnswered(LISTED, Ending.STATUS, 0, 22),
        EchoAnswered(LISTED, Ending.SILENCE, None, 10_000),
    )
    assert count._first_echo(seen, TITLES) == 11  # noqa: SLF001 - what the plan is given
    assert count._first_echo(seen, LISTED) == 22  # noqa: SLF001
    assert count._first_echo(seen[2:], LISTED) == 0  # noqa: SLF001


def refusing(service: str) -> Callable[[int, str], Answer]:
    """An archive that answers every query but those to one service."""
    return lambda _field, asked: Statuses((0xA900,)) if asked == service else Rows(5)


def test_a_root_that_refuses_does_not_keep_the_worklist_from_being_counted(
    planned: list[tuple[Any, ...]],
) -> None:
    """They are two archives in one."""
    with Archive(Script(on_request=refusing(uids.STUDY_ROOT_FIND))) as archive:
        facts = visited(archive, (answered(STUDY), answered(WORKLIST)), Run())
        archive.wait_for_ends(1)
    assert len(planned) == 2
    assert [fact.rows for fact in facts if isinstance(fact, CensusEnded)] == [0, 10]


@pytest.mark.parametrize(
    ("find", "ends", "visits"),
    [
        (Rows(), {CensusEnd.ROWS, CensusEnd.BYTES}, 1),
        (Rows(heeds_cancel=True), {CensusEnd.ROWS, CensusEnd.BYTES, CensusEnd.ALL_ASKED}, 1),
        (Rows(batch=1, seconds_between=0.005), {CensusEnd.SECONDS}, 1),
        (Rows(50, then=Statuses((0xA700,))), {CensusEnd.OUT_OF_RESOURCES}, 1),
        (Rows(5, then=Silence()), {CensusEnd.SILENT}, 1),
        (Rows(50, then=Abort()), {CensusEnd.REFUSED, CensusEnd.ALL_ASKED}, 6),
        (Rows(50, then=Close()), {CensusEnd.REFUSED, CensusEnd.ALL_ASKED}, 6),
        (Rows(5, then=Drip(b"\x04\x00\x00\x00\x10\x00" + bytes(4096), 0.05)), {CensusEnd.SILENT}, 1),
        (Rows(7), {CensusEnd.NOT_BELIEVED}, 1),
        (Abort(), {CensusEnd.REFUSED, CensusEnd.ALL_ASKED}, 6),
    ],
    ids=[
        "endless",
        "endless until cancelled",
        "endless and slow",
        "out of resources",
        "silent after rows",
        "aborts after rows",
        "closes after rows",
        "drips after rows",
        "canned",
        "aborts",
    ],
)  # fmt: skip
def test_a_whole_census_of_a_hostile_archive_ends_within_its_budget(
    find: Answer, ends: set[CensusEnd], visits: int
) -> None:
    """Planned and performed: its seconds and the grace, no more associations than allowed, nothing exact."""
    seconds = 1.5 if CensusEnd.SECONDS in ends else 8.0
    budget = CountBudget(rows=100_000, received_bytes=1 << 24, seconds=seconds)
    run = Run()
    with Archive(Script(on_request=answers(find=find))) as archive:
        began = time.monotonic()
        facts = visited(archive, (answered(STUDY), answered(WORKLIST)), run, budget)
        took = time.monotonic() - began
        assert len(archive.wait_for_ends(1)) <= visits
    ended = [fact for fact in facts if isinstance(fact, CensusEnded)]
    assert took < seconds + CANCEL_GRACE_SECONDS + 1.0
    assert ended
    assert {fact.end for fact in ended} <= ends
    most = budget.received_bytes + OVER_BUDGET_BYTES + 2 * COUNT_RECEIVE_BYTES
    assert sum(fact.received for fact in ended) < most
    assert [fact for fact in facts if isinstance(fact, CellCounted)] == run.kept
    assert judge_census(facts).counts.studies.kind in {"at_least", "unknown"}
    assert {field for field, _ in archive.asked} <= {CommandField.C_FIND, CommandField.C_ECHO}
