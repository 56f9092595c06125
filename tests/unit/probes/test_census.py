from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count, pairwise

import pytest

from dosimeter.dicom import uids
from dosimeter.dicom.dimse import CommandField
from dosimeter.dicom.pdu import AAssociateRQ
from dosimeter.model.attempt import Cause
from dosimeter.model.census import CensusEnd
from dosimeter.model.facts import CensusEnded, Ending, QueryService, Titles
from dosimeter.model.scope import Authorisation, CountBudget
from dosimeter.model.target import Service
from dosimeter.net.causes import AuthorisedTimeOver, WireFailure
from dosimeter.net.loop import InterruptedWait, Loop
from dosimeter.probes._census import Performer
from tests.peers.archive import (
    Abort,
    Accept,
    Answer,
    Archive,
    Close,
    Reject,
    Script,
    Silence,
    Statuses,
    answers,
)
from tests.peers.rows import Rows
from tests.peers.tls import server_context
from tests.unit.net.driving import QUICK, Caller, authorisation, drive, now
from tests.unit.probes.counting import TITLES, Run, WrittenCensus, year

BUSY = Reject(2, 3, 2)
CALM = replace(QUICK, connect_seconds=2.0, answer_seconds=2.0)
"""What is not about silence is not to fail for it on a busy machine."""


def perform(
    archive: Archive,
    census: WrittenCensus,
    run: Run | None = None,
    *,
    associations: int = 3,
    rows: int = 1_000_000,
    seconds: float = 5.0,
    allowed: Authorisation | None = None,
    clock: Callable[[], datetime] = now,
    service: Service = Service.DICOM,
) -> CensusEnded:
    """Perform one census over a line of its own, and release what is open at the end."""
    run = run or Run()
    scope = allowed or authorisation(archive.port, pace=CALM)
    budget = CountBudget(rows=rows, received_bytes=1 << 28, associations=associations)

    async def work(loop: Loop) -> CensusEnded:
        line = Caller(loop, scope).line(archive.port, archive.address, service, clock=clock)
        line.begin_census(seconds)
        try:
            ended = await Performer(line, run.counting, budget).perform(census, TITLES)
            await line.hang_up()
        finally:
            line.drop("the test is over")
            line.end_census()
        return ended

    return drive(work)


def in_turn(*found: Answer) -> Callable[[int, str], Answer]:
    """Answers to C-FIND, one after the other; C-ECHO is always answered."""
    waiting = iter(found)
    return lambda field, _service: Statuses((0,)) if field == CommandField.C_ECHO else next(waiting)


def associates(*answers_in_turn: Answer) -> Callable[[AAssociateRQ], Answer]:
    """Answers to association requests, one after the other."""
    waiting = iter(answers_in_turn)
    return lambda _request: next(waiting)


def test_a_census_is_asked_over_one_association() -> None:
    """Question after question, and at the end the release."""
    run = Run()
    census = WrittenCensus([year(2019), year(2018), year(2017)])
    with Archive(Script(on_request=in_turn(Rows(300), Rows(20), Rows(0)))) as archive:
        ended = perform(archive, census, run)
        (seen,) = archive.wait_for_ends(1)
    assert [cell.cell for cell in run.kept] == ["2019", "2018", "2017"]
    assert [cell.rows for cell in run.kept] == [300, 20, 0]
    assert len(census.studies) == 300
    assert seen.fields == [CommandField.C_FIND] * 3
    assert seen.ended_by == "release"
    assert (ended.end, ended.questions, ended.rows, ended.associations) == (
        CensusEnd.ALL_ASKED, 3, 320, 1
    )  # fmt: skip
    assert ended.received == sum(cell.received for cell in run.kept)


def test_a_cell_is_kept_before_the_next_question_is_sent() -> None:
    """What the archive has been asked when a cell is kept is the question of that cell, and no other."""
    run = Run()
    asked_when_kept: list[int] = []
    census = WrittenCensus([year(2019), year(2018)])
    counting = replace(run.counting, keep=lambda _cell: asked_when_kept.append(len(archive.asked)))

    async def work(loop: Loop) -> None:
        line = Caller(loop, authorisation(archive.port, pace=CALM)).line(archive.port)
        await Performer(line, counting, CountBudget()).perform(census, TITLES)
        await line.hang_up()

    with Archive(Script(on_request=answers(find=Rows(5)))) as archive:
        drive(work)
    assert asked_when_kept == [1, 2]


def test_a_census_works_over_tls() -> None:
    """The same questions inside TLS."""
    census = WrittenCensus([year(2019), year(2018, rows=500)])
    script = Script(on_request=in_turn(Rows(2_000), Rows(heeds_cancel=True)))
    with Archive(script, tls=server_context()) as archive:
        ended = perform(archive, census, service=Service.DICOM_TLS)
        (seen,) = archive.wait_for_ends(1)
    assert [answer.ending for answer in census.answers] == [Ending.STATUS, Ending.BUDGET]
    assert census.answers[1].status == 0xFE00
    assert (ended.associations, seen.cancelled, seen.ended_by) == (1, 1, "release")


@pytest.mark.parametrize("lost", [Abort(), Close(), Rows(40, then=Abort())], ids=["abort", "close", "rows"])
def test_a_lost_association_is_opened_again_for_the_next_question(lost: Answer) -> None:
    """After the pace's pause, under the same titles."""
    census = WrittenCensus([year(2019), year(2018)])
    pace = replace(CALM, seconds_between_associations=0.4)
    with Archive(Script(on_request=in_turn(lost, Rows(7)))) as archive:
        ended = perform(archive, census, allowed=authorisation(archive.port, pace=pace))
        first, second = archive.wait_for_ends(2)
    assert [answer.ending for answer in census.answers][1] is Ending.STATUS
    assert [answer.associations for answer in census.answers] == [1, 2]
    assert (ended.end, ended.associations) == (CensusEnd.ALL_ASKED, 2)
    assert second.opened - first.closed >= 0.35
    assert second.titles == first.titles == (TITLES.called, TITLES.calling)


def test_a_lost_association_is_not_opened_again_for_nothing() -> None:
    """The last question ended in A-ABORT: there is no reason to come back."""
    with Archive(Script(on_request=answers(find=Abort()))) as archive:
        ended = perform(archive, WrittenCensus([year(2019)]))
        archive.wait_for_ends(1)
    assert ended.associations == 1


def losing_every(nth: int, lost: Answer) -> Callable[[int, str], Answer]:
    """Five rows for each question, but every so many of them the association ends instead."""
    asked = count(1)
    return lambda _field, _service: lost if next(asked) % nth == 0 else Rows(5)


@pytest.mark.parametrize("lost", [Close(), Abort(), Rows(2, then=Close())], ids=["close", "abort", "rows"])
def test_an_archive_that_ends_every_association_after_ten_questions_is_counted_whole(lost: Answer) -> None:
    """The eleventh is put again on a new association, spaced by the pace; no cell says that it failed."""
    run = Run()
    years = [year(number) for number in range(2019, 1985, -1)]
    pace = replace(CALM, seconds_between_associations=0.1)
    with Archive(Script(on_request=losing_every(11, lost))) as archive:
        ended = perform(
            archive, WrittenCensus(years), run, associations=4, allowed=authorisation(archive.port, pace=pace)
        )
        visits = archive.wait_for_ends(4)
    assert [cell.ending for cell in run.kept] == [Ending.STATUS] * 34
    assert [cell.rows for cell in run.kept] == [5] * 34
    assert (ended.end, ended.associations, ended.questions) == (CensusEnd.ALL_ASKED, 4, 37)
    assert [len(seen.asked) for seen in visits] == [11, 11, 11, 4]
    assert all(after.opened - before.closed >= 0.09 for before, after in pairwise(visits))


def test_a_question_that_ends_the_association_twice_is_not_put_a_third_time() -> None:
    """What the archive cannot answer is lost alone; those before and after it are answered."""

    def answer(_field: int, _service: str) -> Answer:
        return Rows(3, then=Abort()) if b"2017" in archive.visits[-1].identifiers[-1] else Rows(5)

    census = WrittenCensus([year(number) for number in range(2019, 2014, -1)])
    with Archive(Script(on_request=answer)) as archive:
        ended = perform(archive, census)
        archive.wait_for_ends(3)
        asked = [one for seen in archive.visits for one in seen.identifiers]
    endings = [answer.ending for answer in census.answers]
    assert endings == [Ending.STATUS, Ending.STATUS, Ending.ABORT, Ending.STATUS, Ending.STATUS]
    assert sum(b"2017" in one for one in asked) == 2
    assert (ended.end, ended.questions, ended.associations) == (CensusEnd.ALL_ASKED, 6, 3)


def test_silence_is_never_asked_again() -> None:
    """An archive that was slow to answer once is not made to do the same work twice."""
    census = WrittenCensus([year(2019), year(2018)])
    with Archive(Script(on_request=in_turn(Rows(3), Silence()))) as archive:
        perform(archive, census, allowed=authorisation(archive.port))
        (seen,) = archive.wait_for_ends(1)
    assert [answer.ending for answer in census.answers] == [Ending.STATUS, Ending.SILENCE]
    assert len(seen.asked) == 2


@pytest.mark.parametrize(
    ("again", "associations", "visits", "end"),
    [(BUSY, 3, 2, CensusEnd.BUSY), (Accept(), 1, 1, CensusEnd.ASSOCIATIONS)],
    ids=["busy", "no association left"],
)
def test_a_lost_answer_that_cannot_be_asked_for_again_stands(
    again: Answer, associations: int, visits: int, end: CensusEnd
) -> None:
    """Its rows were seen, and it is said why there are no more."""
    census = WrittenCensus([year(2019), year(2018), year(2017)])
    script = Script(
        on_associate=associates(Accept(), again), on_request=in_turn(Rows(3), Rows(9, then=Close()))
    )
    with Archive(script) as archive:
        ended = perform(archive, census, associations=associations)
        assert len(archive.wait_for_ends(visits)) == visits
    lost = census.answers[-1]
    assert (lost.ending, lost.tally.rows, lost.stop) == (Ending.CLOSE, 9, end)
    assert (ended.end, ended.rows) == (end, 12)


def test_rows_that_were_sent_twice_are_paid_for_twice() -> None:
    """The census is not told of the first sixty; the budget is."""
    census = WrittenCensus([year(2019), year(2018), year(2017)])
    twice = in_turn(Rows(10), Rows(60, then=Close()), Rows(heeds_cancel=True, batch=10, seconds_between=0.01))
    with Archive(Script(on_request=twice)) as archive:
        ended = perform(archive, census, rows=100)
        archive.wait_for_ends(2)
    assert census.answers[1].ending is Ending.BUDGET
    assert census.answers[2].stop is CensusEnd.ROWS
    assert (ended.end, ended.questions) == (CensusEnd.ROWS, 3)
    assert 100 < ended.rows < 200


def test_an_archive_that_does_not_hear_c_cancel_is_asked_nothing_more() -> None:
    """It cannot be stopped, and who cannot be stopped is not begun with again."""
    census = WrittenCensus([year(2019, rows=1_000), year(2018)])
    with Archive(Script(on_request=answers(find=Rows()))) as archive:
        ended = perform(archive, census)
        (seen,) = archive.wait_for_ends(1)
    assert (ended.end, ended.questions, ended.associations) == (CensusEnd.ROWS, 1, 1)
    assert census.answers[0].stop is CensusEnd.ROWS
    assert ended.received < 5_000_000
    assert seen.ended_by == "abort"


@pytest.mark.parametrize(
    ("on_cancel", "status", "associations"),
    [(None, 0xFE00, 1), (Close(), None, 2), (Abort(), None, 2)],
    ids=["heeds it", "closes", "aborts"],
)
def test_an_archive_that_stops_at_c_cancel_is_asked_on(
    on_cancel: Answer | None, status: int | None, associations: int
) -> None:
    """By a final response, or by leaving: either way no row came after it."""
    census = WrittenCensus([year(2019, rows=50), year(2018)])
    slowly = Rows(batch=10, seconds_between=0.01, heeds_cancel=on_cancel is None)
    with Archive(Script(on_request=in_turn(slowly, Rows(5)), on_cancel=on_cancel)) as archive:
        ended = perform(archive, census)
        archive.wait_for_ends(associations)
    assert [answer.ending for answer in census.answers] == [Ending.BUDGET, Ending.STATUS]
    assert census.answers[0].status == status
    assert (ended.end, ended.questions, ended.associations) == (CensusEnd.ALL_ASKED, 2, associations)


def test_without_an_association_left_it_ends() -> None:
    """The scope's number of associations is over the whole census."""
    census = WrittenCensus([year(2019), year(2018), year(2017), year(2016)])
    with Archive(Script(on_request=answers(find=Abort()))) as archive:
        ended = perform(archive, census, associations=2)
        assert len(archive.wait_for_ends(2)) == 2
    assert (ended.end, ended.associations, ended.questions) == (CensusEnd.ASSOCIATIONS, 2, 2)
    assert [answer.stop for answer in census.answers] == [None, CensusEnd.ASSOCIATIONS]


@pytest.mark.parametrize(
    ("again", "end"),
    [
        (BUSY, CensusEnd.BUSY),
        (Reject(1, 1, 7), CensusEnd.REFUSED),
        (Abort(), CensusEnd.REFUSED),
        (Close(), CensusEnd.REFUSED),
        (Silence(), CensusEnd.SILENT),
        (Accept(services=frozenset({uids.VERIFICATION})), CensusEnd.REFUSED),
    ],
    ids=["busy", "rejected", "aborted", "closed", "silent", "no such context"],
)
def test_an_archive_that_does_not_let_us_in_again_is_left(again: Answer, end: CensusEnd) -> None:
    """Later, never harder: one request, no other, and what was counted stands."""
    run = Run()
    census = WrittenCensus([year(2019), year(2018), year(2017)])
    script = Script(on_associate=associates(Accept(), again), on_request=in_turn(Rows(9, then=Abort())))
    with Archive(script) as archive:
        ended = perform(archive, census, run)
        assert len(archive.wait_for_ends(2)) == 2
    assert (ended.end, ended.questions, ended.rows, ended.associations) == (end, 1, 9, 2)
    assert census.answers[-1].stop is end
    assert census.answers[-1].tally.rows == 0
    assert run.kept[0].rows == 9


def test_a_busy_archive_is_not_asked_at_all() -> None:
    """The first request for an association counts too."""
    census = WrittenCensus([year(2019), year(2018)])
    with Archive(Script(on_associate=lambda _request: BUSY)) as archive:
        ended = perform(archive, census)
        assert len(archive.wait_for_ends(1)) == 1
    assert (ended.end, ended.questions, ended.associations) == (CensusEnd.BUSY, 0, 1)


def test_after_a_long_answer_an_echo_tells_how_the_archive_is() -> None:
    """One C-ECHO on the same association, after an answer of over a second and after no other."""
    census = WrittenCensus([year(2019), year(2018), year(2017)])
    slow = Rows(12, batch=1, seconds_between=0.1)
    with Archive(Script(on_request=in_turn(Rows(3), slow, Rows(3)))) as archive:
        perform(archive, census)
        (seen,) = archive.wait_for_ends(1)
    find, echo = CommandField.C_FIND, CommandField.C_ECHO
    assert seen.fields == [find, find, echo, find]
    echoes = [answer.echo_milliseconds for answer in census.answers]
    assert echoes[0] is None
    assert echoes[1] is not None
    assert 0 <= echoes[1] < 1_000
    assert echoes[2] is None


def test_an_archive_that_is_silent_to_the_echo_is_not_asked_on() -> None:
    """How long it was waited for is told, and the line is lost."""
    census = WrittenCensus([year(2019)])

    def answer(field: int, _service: str) -> Answer:
        return Silence() if field == CommandField.C_ECHO else Rows(12, batch=1, seconds_between=0.1)

    with Archive(Script(on_request=answer)) as archive:
        perform(archive, census, allowed=authorisation(archive.port))
        archive.wait_for_ends(1)
    (answered,) = census.answers
    assert answered.ending is Ending.STATUS
    assert (answered.echo_milliseconds or 0) >= 400


def test_the_seconds_of_the_census_end_it_and_not_those_for_proving() -> None:
    """Counting has its own: a host that has half a second for proving is counted for one and a half."""
    census = WrittenCensus([year(2019), year(2018), year(2017)])
    rows = Rows(10, batch=1, seconds_between=0.08, heeds_cancel=True)
    pace = replace(CALM, host_seconds=0.5)
    with Archive(Script(on_request=answers(find=rows))) as archive:
        began = time.monotonic()
        ended = perform(archive, census, seconds=1.5, allowed=authorisation(archive.port, pace=pace))
        took = time.monotonic() - began
        archive.wait_for_ends(1)
    assert ended.end is CensusEnd.SECONDS
    assert [answer.ending for answer in census.answers] == [Ending.STATUS, Ending.BUDGET]
    assert 1.3 < took < 4.5


def test_an_authorisation_that_ends_between_two_questions_ends_the_census() -> None:
    """No question after valid_until; the association is released, the cells are kept."""
    run = Run()
    census = WrittenCensus([year(2019), year(2018)])
    with Archive(Script(on_request=answers(find=Rows(5)))) as archive:
        scope = authorisation(archive.port, pace=CALM)
        late = scope.valid_until + timedelta(seconds=1)
        with pytest.raises(AuthorisedTimeOver):
            perform(archive, census, run, allowed=scope, clock=lambda: late if run.kept else now())
        (seen,) = archive.wait_for_ends(1)
    assert seen.fields == [CommandField.C_FIND]
    assert seen.ended_by == "release"
    assert [cell.rows for cell in run.kept] == [5]


def test_an_authorisation_that_ends_within_an_answer_cancels_it() -> None:
    """An answer of minutes does not run on past valid_until."""
    census = WrittenCensus([year(2019)])
    with Archive(Script(on_request=answers(find=Rows(batch=1, seconds_between=0.01)))) as archive:
        scope = authorisation(archive.port, pace=CALM, valid_until=now() + timedelta(seconds=0.7))
        began = time.monotonic()
        perform(archive, census, allowed=scope, seconds=60)
        assert time.monotonic() - began < 6.0
        (seen,) = archive.wait_for_ends(1)
    assert census.answers[0].ending is Ending.BUDGET
    assert (seen.cancelled, seen.ended_by) == (1, "abort")


def test_an_interrupt_keeps_the_cells_and_ends_in_an_abort() -> None:
    """Ctrl-C while the second question is answered: the first one's cell is on the disk."""
    run = Run()
    loop = Loop()
    interrupted: list[bool] = []
    census = WrittenCensus([year(2019), year(2018)])

    async def work() -> None:
        line = Caller(loop, authorisation(archive.port, pace=CALM)).line(archive.port)
        try:
            await Performer(line, run.counting, CountBudget()).perform(census, TITLES)
        except InterruptedWait:
            interrupted.append(True)
            raise
        finally:
            line.drop("interrupted")

    script = Script(on_request=in_turn(Rows(5), Rows(batch=1, seconds_between=0.01)))
    with Archive(script) as archive:
        loop.spawn(work())
        until = time.monotonic() + 5
        while len(archive.asked) < 2 or archive.visits[0].rows_sent < 8:
            assert time.monotonic() < until
            loop.turn(0.05)
        loop.interrupt()
        loop.close()
        (seen,) = archive.wait_for_ends(1)
    assert interrupted == [True]
    assert [cell.rows for cell in run.kept] == [5]
    assert seen.ended_by == "abort"


def test_two_censuses_share_the_association_and_the_number_of_them() -> None:
    """The worklist is asked on the same association; under other titles another one is opened."""
    others = Titles("ARCHIVE", "DOSIMETER", stranger=False)

    async def work(loop: Loop) -> list[CensusEnded]:
        line = Caller(loop, authorisation(archive.port, pace=CALM)).line(archive.port)
        performer = Performer(line, Run().counting, CountBudget(associations=5))
        ended = [
            await performer.perform(WrittenCensus([year(2019)]), TITLES),
            await performer.perform(WrittenCensus([year(2019, QueryService.WORKLIST)]), TITLES),
            await performer.perform(WrittenCensus([year(2019, QueryService.WORKLIST)]), others),
        ]
        await line.hang_up()
        left.append(performer.associations_left)
        return ended

    left: list[int] = []
    with Archive(Script(on_request=answers(find=Rows(5)))) as archive:
        ended = drive(work)
        first, second = archive.wait_for_ends(2)
    assert [one.associations for one in ended] == [1, 0, 1]
    assert left == [3]
    assert [service for _, service in first.asked] == [uids.STUDY_ROOT_FIND, uids.MODALITY_WORKLIST_FIND]
    assert second.titles == ("ARCHIVE", "DOSIMETER")
    assert {seen.ended_by for seen in (first, second)} == {"release"}


def test_what_a_run_before_was_answered_is_part_of_the_cost_and_is_not_kept_again() -> None:
    """A census that is taken up again says what it cost in all."""
    first = Run()
    with Archive(Script(on_request=answers(find=Rows(50)))) as archive:
        before = perform(archive, WrittenCensus([year(2019)]), first)
        run = Run(known=tuple(first.kept))
        census = WrittenCensus([year(2018)], cells=list(first.kept))
        ended = perform(archive, census, run)
        archive.wait_for_ends(2)
    assert [cell.cell for cell in run.kept] == ["2018"]
    assert (ended.questions, ended.rows) == (2, 100)
    assert ended.received == 2 * before.received


def test_what_the_scope_does_not_allow_is_raised_and_not_counted_as_a_refusal() -> None:
    """It says nothing about the archive, and nothing was sent."""
    with Archive() as archive, pytest.raises(WireFailure) as caught:
        perform(archive, WrittenCensus([year(2019)]), allowed=authorisation(1))
    assert caught.value.cause is Cause.OUT_OF_SCOPE
    assert archive.visits == []
