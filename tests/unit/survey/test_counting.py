from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from dosimeter.dicom import uids
from dosimeter.dicom.dimse import CommandField
from dosimeter.model.attempt import Attempt, Cause, Completed, Failed, Skipped
from dosimeter.model.census import Axis
from dosimeter.model.facts import CellCounted
from dosimeter.model.scope import Touch
from dosimeter.model.survey import EndpointRecord, HostPlan
from dosimeter.probes._declare import NotAsked, Visit
from dosimeter.store.problem import StoreProblem
from dosimeter.survey.counting import Cells, known_cells
from dosimeter.survey.runner import MAX_CONTACTS
from tests.peers.archive import Accept, Answer, Archive, Reject, Script, Silence, Statuses, answers
from tests.unit.net.driving import QUICK, authorisation, descriptors, now
from tests.unit.survey.running import Spy, Watcher, plan, run
from tests.unit.survey.stand_in import YEARS, StandIn, standing_in

PATIENT_PACE = replace(QUICK, answer_seconds=60, host_seconds=60)
RIDES_WITH = (CommandField.C_ECHO, CommandField.C_FIND, CommandField.C_FIND, CommandField.C_FIND)

Standing = Callable[[StandIn], StandIn]


@pytest.fixture(autouse=True)
def _no_descriptor_is_left() -> Iterator[None]:
    before = descriptors()
    yield
    assert descriptors() == before


@pytest.fixture
def counted_by(monkeypatch: pytest.MonkeyPatch) -> Standing:
    """Put a stand-in in the place of the census."""

    def put(stand_in: StandIn) -> StandIn:
        monkeypatch.setattr("dosimeter.survey.runner.discover", standing_in(stand_in))
        return stand_in

    return put


def cells_of(attempt: Attempt) -> list[str]:
    """The years an attempt to count tells of."""
    assert not isinstance(attempt, Skipped)
    return [fact.cell for fact in attempt.facts if isinstance(fact, CellCounted)]


def begun(store: Spy, cells: int) -> HostPlan:
    """The host of the one open record of a run that was killed after so many cells, as a store has it."""
    (opened,) = store.opened
    known = tuple(cell for _endpoint, cell in store.cells[:cells])
    attempt = Failed("count", Cause.INTERRUPTED, "killed", known)
    record = replace(opened, attempts=(*opened.attempts, attempt))
    return HostPlan(opened.endpoint.address, (opened.endpoint,), contacts=1, begun=(record,))


def test_the_record_is_on_the_disk_before_the_first_counting_question(
    tmp_path: Path, counted_by: Standing
) -> None:
    """What was proved is committed as an open record; only then is the association for counting asked for."""
    counted_by(StandIn())
    watcher = Watcher()
    with Archive() as archive:
        allowed = authorisation(archive.port, touch=Touch.COUNT)
        completed, store = run(plan(archive), allowed, tmp_path, watcher=watcher)
        proving, retrieving, counting = archive.wait_for_ends(3)
    assert completed
    first, *_, last = [(at, of) for what, at, of in store.said if what == "record"]
    assert retrieving.closed < first[0] < counting.opened
    assert first[1] == last[1] == (f"127.0.0.1:{archive.port}",)
    (opened,), (kept,) = store.opened, store.kept
    assert opened.is_open
    assert not kept.is_open
    assert kept.attempts[:-1] == opened.attempts
    assert kept.attempts[-1].probe == "count"
    assert cells_of(kept.attempts[-1]) == list(YEARS)
    assert kept.began == opened.began
    assert kept.ended > opened.ended
    assert watcher.recorded == [kept]
    assert tuple(proving.fields) == RIDES_WITH


def test_each_cell_is_on_the_disk_before_the_next_question(tmp_path: Path, counted_by: Standing) -> None:
    """When a question arrives, all that was answered before it is kept."""
    counted_by(StandIn())
    store = Spy()
    kept: list[int] = []

    def on_request(field: int, _service: str) -> Answer:
        if field == CommandField.C_FIND:
            kept.append(len(store.cells))
        return Statuses((0,))

    with Archive(Script(on_request=on_request)) as archive:
        run(plan(archive), authorisation(archive.port, touch=Touch.COUNT), tmp_path, store=store)
    assert kept == [0, 0, 0, *range(len(YEARS))]


@pytest.mark.parametrize("touch", [Touch.NEGOTIATE, Touch.PROVE])
def test_below_count_no_record_is_open_and_nothing_is_counted(
    tmp_path: Path, counted_by: Standing, touch: Touch
) -> None:
    """The census does not exist there."""
    stand_in = counted_by(StandIn())
    with Archive() as archive:
        _, store = run(plan(archive), authorisation(archive.port, touch=touch), tmp_path)
    assert store.opened == stand_in.visits == []
    assert "count" not in {attempt.probe for attempt in store.kept[0].attempts}


def test_an_archive_that_answers_no_query_is_recorded_once(tmp_path: Path, counted_by: Standing) -> None:
    """Nothing is to come, so the record is final at once, and says why nothing was counted."""
    counted_by(StandIn())
    with Archive(Script(on_associate=lambda _request: Reject())) as archive:
        _, store = run(plan(archive), authorisation(archive.port, touch=Touch.COUNT), tmp_path)
    assert store.opened == []
    (record,) = store.kept
    assert record.attempts[-1] == Skipped("count", "the stranger's association was not accepted")


def test_an_archive_that_accepts_but_was_asked_no_query_says_so(tmp_path: Path, counted_by: Standing) -> None:
    """It did accept the association: what is missing is a null query that was answered."""
    counted_by(StandIn())
    with Archive(Script(on_associate=lambda _request: Accept(frozenset({uids.VERIFICATION})))) as archive:
        _, store = run(plan(archive), authorisation(archive.port, touch=Touch.COUNT), tmp_path)
    assert store.opened == []
    assert store.kept[0].attempts[-1] == Skipped("count", "no null query was asked and answered")


def test_a_closed_port_is_still_one_failed_attempt(tmp_path: Path, counted_by: Standing) -> None:
    """No line says of it that nothing was counted."""
    counted_by(StandIn())
    with Archive() as archive:
        pass
    _, store = run(plan(archive), authorisation(archive.port, touch=Touch.COUNT), tmp_path)
    (record,) = store.kept
    assert [attempt.probe for attempt in record.attempts] == ["dicom_associate"]


@pytest.mark.parametrize("cells", [0, 1, 3, len(YEARS)])
def test_a_killed_census_is_taken_up_where_it_was(tmp_path: Path, counted_by: Standing, cells: int) -> None:
    """No echo and no null query again, no year twice, and the record ends as if nothing had happened."""
    counted_by(StandIn())
    watcher = Watcher()
    with Archive() as archive:
        allowed = authorisation(archive.port, touch=Touch.COUNT)
        _, before = run(plan(archive), allowed, tmp_path)
        archive.wait_for_ends(3)
        asked = len(archive.asked)
        completed, after = run([begun(before, cells)], allowed, tmp_path, watcher=watcher)
        (counting,) = archive.wait_for_ends(4)[3:]
    assert completed
    assert counting.fields == [CommandField.C_FIND] * (len(YEARS) - cells)
    assert len(archive.asked) - asked == len(YEARS) - cells
    assert after.opened == []
    (whole,), (resumed,) = before.kept, after.kept
    assert resumed.attempts[:-1] == whole.attempts[:-1]
    assert cells_of(resumed.attempts[-1]) == cells_of(whole.attempts[-1])
    assert (resumed.endpoint, resumed.began, resumed.is_open) == (whole.endpoint, whole.began, False)
    so_far = [found for _endpoint, found, _cell in watcher.counts]
    assert so_far == [30 * (number + 1) for number in range(cells, len(YEARS))]


def test_what_another_axis_finds_after_a_resume_is_not_added(tmp_path: Path, counted_by: Standing) -> None:
    """Endings of PatientIDs show the studies of the years once more: 180 studies stay 180."""
    counted_by(StandIn())
    watcher = Watcher()
    with Archive() as archive:
        _, before = run(plan(archive), authorisation(archive.port, touch=Touch.COUNT), tmp_path)
        (opened,) = begun(before, len(YEARS)).begun
    years = known_cells(opened)
    by_endings = replace(
        years[0], axis=Axis.PATIENT_IDS, cell="patient_ids", run=1, distinct=180, fresh=180, on_axis=180
    )
    Cells("survey", opened.endpoint, years, Spy(), watcher).keep(by_endings)
    assert [found for _endpoint, found, _cell in watcher.counts] == [180]


def test_a_host_that_two_runs_died_counting_keeps_its_cells(tmp_path: Path, counted_by: Standing) -> None:
    """It is not contacted a third time, and what was counted is recorded with the cause."""
    counted_by(StandIn())
    with Archive() as archive:
        allowed = authorisation(archive.port, touch=Touch.COUNT)
        _, before = run(plan(archive), allowed, tmp_path)
        archive.wait_for_ends(3)
        host = replace(begun(before, 2), contacts=MAX_CONTACTS)
        completed, after = run([host], allowed, tmp_path)
        assert len(archive.visits) == 3
    assert completed
    (record,) = after.kept
    assert record == replace(host.begun[0], is_open=False)
    assert cells_of(record.attempts[-1]) == list(YEARS[:2])


def test_the_other_ports_of_a_host_with_an_open_record_are_asked_as_ever(
    tmp_path: Path, counted_by: Standing
) -> None:
    """Only the endpoint that was begun goes straight to counting."""
    counted_by(StandIn())
    with Archive() as one, Archive() as other:
        allowed = authorisation(one.port, other.port, touch=Touch.COUNT)
        _, before = run(plan(one), allowed, tmp_path)
        one.wait_for_ends(3)
        host = begun(before, 1)
        both = replace(host, endpoints=(*host.endpoints, *plan(other)[0].endpoints))
        _, after = run([both], allowed, tmp_path)
        assert len(one.wait_for_ends(4)) == 4
        assert len(other.wait_for_ends(3)) == 3
    assert {record.endpoint.port for record in after.kept} == {one.port, other.port}
    assert [record.endpoint.port for record in after.opened] == [other.port]


def test_a_fault_in_the_census_loses_no_cell(tmp_path: Path, counted_by: Standing) -> None:
    """The attempt failed by our fault; the cells that were on the disk are in the record."""

    def fail(_visit: Visit, year: str) -> None:
        if year == YEARS[4]:
            raise ZeroDivisionError

    counted_by(StandIn(before=fail))
    with Archive() as archive:
        _, store = run(plan(archive), authorisation(archive.port, touch=Touch.COUNT), tmp_path)
        assert archive.wait_for_ends(3)[2].ended_by == "abort"
    attempt = store.kept[0].attempts[-1]
    assert isinstance(attempt, Failed)
    assert attempt.cause is Cause.FAULT
    assert cells_of(attempt) == list(YEARS[:4])


def test_a_census_that_finds_it_cannot_go_on_loses_no_cell(tmp_path: Path, counted_by: Standing) -> None:
    """Cells of the run before are never answered with "not asked"."""

    def refuse(_visit: Visit, _year: str) -> None:
        raise NotAsked("nothing to ask")

    stand_in = counted_by(StandIn())
    with Archive() as archive:
        allowed = authorisation(archive.port, touch=Touch.COUNT)
        _, before = run(plan(archive), allowed, tmp_path)
        stand_in.before = refuse
        _, after = run([begun(before, 2)], allowed, tmp_path)
    attempt = after.kept[0].attempts[-1]
    assert isinstance(attempt, Failed)
    assert (attempt.cause, attempt.detail) == (Cause.INTERRUPTED, "nothing to ask")
    assert cells_of(attempt) == list(YEARS[:2])


def test_a_checkpoint_that_cannot_be_kept_stops_everything(tmp_path: Path, counted_by: Standing) -> None:
    """The disk is full: the count is aborted, the others too, and nobody else is contacted."""
    counted_by(StandIn())

    def full(what: str) -> None:
        if what == "checkpoint":
            raise StoreProblem("test.sqlite", "cannot grow because the disk is full")

    silent = Script(on_associate=lambda _request: Silence())
    store = Spy(before=full)
    with ExitStack() as stack:
        other = stack.enter_context(Archive(silent, address="127.0.7.2"))
        archive = stack.enter_context(Archive(address="127.0.7.1"))
        late = stack.enter_context(Archive(address="127.0.7.3"))
        allowed = authorisation(
            *(archive.port, other.port, late.port),
            touch=Touch.COUNT,
            pace=replace(PATIENT_PACE, hosts_in_flight=2),
        )
        with pytest.raises(StoreProblem, match="disk is full"):
            run(plan(other, archive, late), allowed, tmp_path, store=store)
        assert archive.wait_for_ends(3)[2].ended_by == "abort"
        assert other.wait_for_ends(1)[0].ended_by == "abort"
        assert late.visits == []
    assert len(store.opened) == 1
    assert store.kept == []


def test_a_stop_in_a_census_keeps_the_cells_and_the_open_record(tmp_path: Path, counted_by: Standing) -> None:
    """The association is aborted, no final record is made, and the host may be asked again."""
    stopped: list[str] = []

    def stop(_visit: Visit, year: str) -> None:
        if year == YEARS[3]:
            stopped.append(year)

    def on_request(_field: int, _service: str) -> Answer:
        return Silence() if stopped else Statuses((0,))

    counted_by(StandIn(before=stop))
    with Archive(Script(on_request=on_request)) as archive:
        allowed = authorisation(archive.port, touch=Touch.COUNT, pace=PATIENT_PACE)
        began = time.monotonic()
        completed, store = run(
            plan(archive),
            allowed,
            tmp_path,
            is_stopped=lambda: bool(stopped) and len(archive.visits[2].asked) == 4,
        )
        assert archive.wait_for_ends(3)[2].ended_by == "abort"
    assert time.monotonic() - began < 5
    assert not completed
    assert store.kept == []
    assert len(store.opened) == 1
    assert [cell.cell for _endpoint, cell in store.cells] == list(YEARS[:3])
    assert store.told("withdraw") == ["127.0.0.1"]


def test_an_authorisation_that_ends_in_a_census_leaves_it_for_later(
    tmp_path: Path, counted_by: Standing
) -> None:
    """The open record and its cells stay, and the survey says that it is not finished."""
    moment = [now()]

    async def count(visit: Visit) -> tuple[()]:
        moment[0] += timedelta(days=2)
        return await StandIn().run(visit)  # type: ignore[return-value] # it raises

    def clock() -> datetime:
        return moment[0]

    stand_in = counted_by(StandIn())
    stand_in.run = count  # type: ignore[method-assign,assignment] # the census of this test
    with Archive() as archive:
        allowed = authorisation(archive.port, touch=Touch.COUNT)
        completed, store = run(plan(archive), allowed, tmp_path, clock=clock)
        assert len(archive.wait_for_ends(2)) == 2
    assert not completed
    assert store.kept == []
    assert len(store.opened) == 1


def test_two_doors_to_one_archive_are_joined_and_another_archive_is_not(
    tmp_path: Path, counted_by: Standing
) -> None:
    """By what they hold, at the end of the run, with one key for all and none afterwards."""
    made = [Archive(address=f"127.0.7.{number}") for number in (1, 2, 3, 4)]
    whose = dict(zip((archive.address for archive in made), ("ours", "other", "ours", "ours"), strict=True))
    stand_in = counted_by(StandIn(holds=lambda authority: whose[authority.split(":")[0]]))
    with ExitStack() as stack:
        for archive in made:
            stack.enter_context(archive)
        allowed = authorisation(*(archive.port for archive in made), touch=Touch.COUNT)
        _, store = run(plan(*made), allowed, tmp_path)
    first = f"127.0.7.1:{made[0].port}"
    assert sorted(store.joined) == [(f"127.0.7.{n}:{made[n - 1].port}", first) for n in (3, 4)]
    keys = {visit.counting.key for visit in stand_in.visits if visit.counting is not None}
    assert len(keys) == 1
    assert len(keys.pop()) == 32


def test_another_run_has_another_key(tmp_path: Path, counted_by: Standing) -> None:
    """Nothing that one run remembers can be compared in the next."""
    stand_in = counted_by(StandIn())
    with Archive() as archive:
        allowed = authorisation(archive.port, touch=Touch.COUNT)
        for _ in range(2):
            run(plan(archive), allowed, tmp_path)
    first, second = (visit.counting for visit in stand_in.visits)
    assert first is not None
    assert second is not None
    assert first.key != second.key


def test_a_long_count_holds_up_nobody_else(tmp_path: Path, counted_by: Standing) -> None:
    """While one archive is counted slowly, others are asked, counted and recorded."""
    counted_by(StandIn())
    slowly = Script(on_request=answers(find=Statuses((0,), seconds_late=0.1)))
    slow = Archive(slowly, address="127.0.7.1")
    quick = [Archive(address=f"127.0.7.{number}") for number in range(2, 6)]
    with ExitStack() as stack:
        for archive in (slow, *quick):
            stack.enter_context(archive)
        allowed = authorisation(
            *(archive.port for archive in (slow, *quick)),
            touch=Touch.COUNT,
            pace=replace(QUICK, hosts_in_flight=2),
        )
        _, store = run(plan(slow, *quick), allowed, tmp_path)
    assert [record.endpoint.address for record in store.kept][-1] == slow.address
    assert len(store.kept) == 5


def test_the_pause_is_kept_before_counting_and_there_is_never_a_second_association(
    tmp_path: Path, counted_by: Standing
) -> None:
    """As between all associations with one host, over both of its ports."""
    counted_by(StandIn())
    pace = replace(QUICK, seconds_between_associations=0.1)
    with Archive() as one, Archive() as other:
        run(plan(one, other), authorisation(one.port, other.port, pace=pace, touch=Touch.COUNT), tmp_path)
        visits = sorted([*one.wait_for_ends(3), *other.wait_for_ends(3)], key=lambda seen: seen.opened)
    assert all(second.opened - first.closed > 0.05 for first, second in pairwise(visits))
    assert [seen.ended_by for seen in visits] == ["release"] * 6


def test_the_pause_is_kept_after_a_run_that_ended_a_moment_ago(tmp_path: Path, counted_by: Standing) -> None:
    """Whoever resumes at once does not press the archive that was left in the middle of an answer."""
    counted_by(StandIn())
    pace = replace(QUICK, seconds_between_associations=0.3)
    with Archive() as archive:
        allowed = authorisation(archive.port, pace=pace, touch=Touch.COUNT)
        _, before = run(plan(archive), allowed, tmp_path)
        archive.wait_for_ends(3)
        for host in (begun(before, 2), replace(begun(before, 2), begun=()), *plan(archive)):
            began = time.monotonic()
            known = len(archive.visits)
            run([host], allowed, tmp_path)
            archive.wait_for_ends(known + 1)
            waited = archive.visits[known].opened - began
            assert (waited > 0.25) == bool(host.contacts)


def test_whoever_watches_hears_of_each_cell(tmp_path: Path, counted_by: Standing) -> None:
    """The endpoint, how many studies until now, and which part they were found in."""
    counted_by(StandIn(studies_a_year=7))
    watcher = Watcher()
    with Archive() as archive:
        run(plan(archive), authorisation(archive.port, touch=Touch.COUNT), tmp_path, watcher=watcher)
    where = f"127.0.0.1:{archive.port}"
    assert watcher.counts == [(where, 7 * (number + 1), year) for number, year in enumerate(YEARS)]


def test_no_digest_is_in_what_the_store_is_told(tmp_path: Path, counted_by: Standing) -> None:
    """Neither in a cell, nor in a record, nor where archives are joined."""
    numbers: list[int] = []

    class Listening(StandIn):
        async def run(self, visit: Visit) -> tuple[CellCounted, ...]:  # type: ignore[override] # fewer kinds
            counting = visit.counting
            assert counting is not None
            visit.counting = replace(
                counting,
                holdings=lambda titles, studies: (
                    numbers.extend(studies.smallest(1000)),
                    counting.holdings(titles, studies),
                )[1],
            )
            return await super().run(visit)  # type: ignore[return-value] # cells alone

    counted_by(Listening(holds=lambda _authority: "ours"))
    with Archive(address="127.0.7.1") as one, Archive(address="127.0.7.2") as other:
        _, store = run(plan(one, other), authorisation(one.port, other.port, touch=Touch.COUNT), tmp_path)
    assert len(numbers) == 2 * 30 * len(YEARS)
    told = (
        repr((store.kept, store.opened, store.cells, store.joined)) + (tmp_path / "audit.jsonl").read_text()
    )
    for number in numbers:
        assert str(number) not in told
        assert f"{number:016x}" not in told


def test_a_record_found_open_twice_is_counted_on(tmp_path: Path, counted_by: Standing) -> None:
    """A run after the second kill knows the cells of both before it."""
    counted_by(StandIn())
    records: list[EndpointRecord] = []
    with Archive() as archive:
        allowed = authorisation(archive.port, touch=Touch.COUNT)
        _, before = run(plan(archive), allowed, tmp_path)
        for cells in (2, 4):
            _, after = run([begun(before, cells)], allowed, tmp_path)
            records += after.kept
    assert [cells_of(record.attempts[-1]) for record in records] == [list(YEARS)] * 2
    assert all(isinstance(record.attempts[-1], Completed) for record in records)
