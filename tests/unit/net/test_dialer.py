from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from dosimeter.dicom.association import AssociateAccepted
from dosimeter.model.attempt import Cause
from dosimeter.model.facts import Titles
from dosimeter.model.scope import Authorisation, Hours
from dosimeter.model.target import Service
from dosimeter.net.causes import AuthorisedTimeOver, WireFailure
from dosimeter.net.dialer import Line
from dosimeter.net.loop import InterruptedWait, Loop
from dosimeter.probes._proposals import retrieve_proposal, strangers_proposal
from tests.peers.archive import Answer, Archive, Close, Reject, Script, Silence
from tests.peers.tls import server_context
from tests.unit.net.driving import QUICK, Caller, Lines, authorisation, descriptors, drive, now

TITLES = Titles("NOBODY-00C0DE", "DOSIMETER")
FIRST = strangers_proposal(TITLES)
SECOND = retrieve_proposal(TITLES)


@pytest.fixture(autouse=True)
def _no_descriptor_is_left() -> Iterator[None]:
    before = descriptors()
    yield
    assert descriptors() == before


def failure(archive: Archive, allowed: Authorisation, lines: Lines | None = None) -> WireFailure:
    """What `associate` fails with."""

    async def work(loop: Loop) -> None:
        await Caller(loop, allowed, lines or Lines()).line(archive.port).associate(FIRST)

    with pytest.raises(WireFailure) as caught:
        drive(work)
    return caught.value


def test_a_second_association_waits_for_the_end_of_the_first() -> None:
    """One association per host at a time: the first is released before the second is opened."""

    async def work(loop: Loop) -> None:
        line = Caller(loop, authorisation(archive.port)).line(archive.port)
        for proposal in (FIRST, SECOND, FIRST, SECOND):
            assert isinstance(await line.associate(proposal), AssociateAccepted)
        await line.hang_up()

    with Archive() as archive:
        drive(work)
        visits = archive.wait_for_ends(4)
    assert [seen.ended_by for seen in visits] == ["release"] * 4
    assert archive.most_at_once == 1


@pytest.mark.parametrize("answer", [None, Reject(), Close()])
def test_a_host_is_left_alone_between_associations_whatever_it_answered(answer: Answer | None) -> None:
    """The pause is counted from the end of the last contact to the next connection."""
    script = Script() if answer is None else Script(on_associate=lambda _request: answer)
    pace = replace(QUICK, seconds_between_associations=0.25)

    async def work(loop: Loop) -> None:
        line = Caller(loop, authorisation(archive.port, pace=pace)).line(archive.port)
        for _ in range(3):
            with suppress(WireFailure):
                await line.associate(FIRST)
        await line.hang_up()

    with Archive(script) as archive:
        drive(work)
        visits = archive.wait_for_ends(3)
    pauses = [second.opened - first.closed for first, second in pairwise(visits)]
    assert min(pauses) >= 0.2, pauses
    assert min(pauses) < 0.5, "each pause was waited for twice"


def test_two_endpoints_of_a_host_share_its_pauses() -> None:
    """Manners are owed to the machine, not to the port."""
    pace = replace(QUICK, seconds_between_associations=0.25)

    async def work(loop: Loop) -> None:
        caller = Caller(loop, authorisation(one.port, other.port, pace=pace))
        line = caller.line(one.port)
        await line.associate(FIRST)
        await line.hang_up()
        neighbour = caller.line(other.port)
        neighbour._clock = line._clock  # noqa: SLF001 - as the runner hands it on
        await neighbour.associate(FIRST)
        await neighbour.hang_up()

    with Archive() as one, Archive() as other:
        drive(work)
        (first,), (second,) = one.wait_for_ends(1), other.wait_for_ends(1)
    assert 0.2 <= second.opened - first.closed < 1.5


def test_our_own_pauses_do_not_eat_the_hosts_time() -> None:
    """Four pauses longer than the host's whole allowance, and every association still opens."""
    pace = replace(QUICK, seconds_between_associations=0.3, host_seconds=0.5)

    async def work(loop: Loop) -> None:
        line = Caller(loop, authorisation(archive.port, pace=pace)).line(archive.port)
        for _ in range(4):
            await line.associate(FIRST)
        await line.hang_up()

    with Archive() as archive:
        drive(work)
        archive.wait_for_ends(4)


def test_a_host_whose_time_is_used_up_is_not_dialled() -> None:
    """The deadline of the host is absolute: after it comes nothing."""
    pace = replace(QUICK, host_seconds=0.0)
    with Archive() as archive:
        failed = failure(archive, authorisation(archive.port, pace=pace))
    assert failed.cause is Cause.TIMED_OUT
    assert archive.visits == []


def test_what_is_out_of_scope_is_not_dialled_and_not_in_the_log() -> None:
    """The gate is asked before the connect, and its reason is what the attempt says."""
    lines = Lines()
    with Archive() as archive:
        failed = failure(archive, authorisation(1), lines)
    assert failed.cause is Cause.OUT_OF_SCOPE
    assert "port" in failed.detail
    assert archive.visits == []
    assert lines.said == []


@pytest.mark.parametrize("what", ["hours", "valid_until"])
def test_an_authorisation_that_has_ended_is_no_finding_about_the_peer(what: str) -> None:
    """It is asked again when the time has come again: nothing is recorded, nobody dialled."""
    start = (now() + timedelta(hours=2)).time()
    end = (now() + timedelta(hours=3)).time()
    with Archive() as archive:
        ended = (
            authorisation(archive.port, pace=replace(QUICK, hours=Hours(start, end)))
            if what == "hours"
            else authorisation(archive.port, valid_until=now() - timedelta(seconds=1))
        )

        async def work(loop: Loop) -> None:
            await Caller(loop, ended).line(archive.port).associate(FIRST)

        with pytest.raises(AuthorisedTimeOver):
            drive(work)
    assert archive.visits == []


def said_about(archive: Archive, line_does: str, **how: object) -> list[tuple[object, ...]]:
    """The audit log of one visit, the place and the questions left out."""
    lines = Lines()

    async def work(loop: Loop) -> None:
        line = Caller(loop, authorisation(archive.port), lines).line(archive.port, **how)  # type: ignore[arg-type] # as line() takes them
        try:
            await line.associate(FIRST)
            await getattr(_Does, line_does)(line)
        except WireFailure:
            pass

    drive(work)
    return [(entry[0], entry[-1]) for entry in lines.said]


class _Does:
    @staticmethod
    async def hang_up(line: Line) -> None:
        await line.hang_up()

    @staticmethod
    async def drop(line: Line) -> None:
        line.drop("fault in dosimeter")


@pytest.mark.parametrize(
    ("script", "does", "why"),
    [
        (Script(), "hang_up", "released"),
        (Script(), "drop", "fault in dosimeter"),
        (Script(on_associate=lambda _request: Reject()), "hang_up", "rejected"),
        (Script(on_associate=lambda _request: Silence()), "hang_up", "timed_out"),
        (Script(on_associate=lambda _request: Close()), "hang_up", "closed_early"),
    ],
)
def test_every_contact_has_its_end_in_the_audit_log(script: Script, does: str, why: str) -> None:
    """Two lines for each connection: before it is opened, and when it is over."""
    with Archive(script) as archive:
        said = said_about(archive, does)
    assert said == [("contact", Service.DICOM), ("ended", why)]


def test_a_refused_connection_has_its_end_in_the_audit_log() -> None:
    """Nobody there is a contact as well."""
    with Archive() as archive:
        pass
    assert said_about(archive, "hang_up") == [("contact", Service.DICOM), ("ended", "refused")]


def test_a_failed_handshake_has_its_end_in_the_audit_log() -> None:
    """A plain peer on a TLS port."""
    with Archive() as archive:
        said = said_about(archive, "hang_up", service=Service.DICOM_TLS)
    assert said == [("contact", Service.DICOM_TLS), ("ended", "tls_failed")]


@pytest.mark.parametrize("over", [Service.DICOM, Service.DICOM_TLS])
def test_an_interrupt_while_the_answer_is_awaited_aborts_the_association(over: Service) -> None:
    """The peer is told, the log says why, nothing stays open."""
    tls = server_context() if over is Service.DICOM_TLS else None
    with Archive(Script(on_associate=lambda _request: Silence()), tls=tls) as archive:
        loop, lines = Loop(), Lines()
        heard = []

        async def work() -> None:
            line = Caller(loop, authorisation(archive.port, pace=replace(QUICK, answer_seconds=60)), lines)
            try:
                await line.line(archive.port, service=over).associate(FIRST)
            except InterruptedWait:
                heard.append(True)
                raise

        loop.spawn(work())
        until = time.monotonic() + 5
        while not (archive.visits and archive.visits[0].request):
            assert time.monotonic() < until
            loop.turn(0.01)
        loop.interrupt()
        loop.close()
        (seen,) = archive.wait_for_ends(1)
    assert heard == [True]
    assert seen.ended_by == "abort"
    assert lines.said[-1][-1] == "interrupted"


def test_an_audit_log_that_cannot_be_written_keeps_the_connection_from_being_opened() -> None:
    """No line, no packet."""

    class Full(Lines):
        def contact(self, *_: object) -> None:
            raise OSError("disk full")

    async def work(loop: Loop) -> None:
        await Caller(loop, authorisation(archive.port), Full()).line(archive.port).associate(FIRST)

    with Archive() as archive, pytest.raises(OSError, match="disk full"):
        drive(work)
    assert archive.visits == []


def test_a_host_whose_time_for_proving_is_used_up_can_still_be_counted() -> None:
    """The census has its own seconds; when it has ended, the others are over as before."""

    async def work(loop: Loop) -> list[object]:
        line = Caller(loop, authorisation(archive.port, pace=replace(QUICK, host_seconds=0))).line(
            archive.port
        )
        line.begin_census(5.0)
        left = line.seconds_left()
        answer = await line.associate(FIRST)
        await line.hang_up()
        line.end_census()
        return [answer, left, line.seconds_left()]

    with Archive() as archive:
        answer, left, after = drive(work)
    assert isinstance(answer, AssociateAccepted)
    assert isinstance(left, float)
    assert isinstance(after, float)
    assert 4.9 < left <= 5.0
    assert after <= 0


def test_no_more_seconds_are_left_than_the_authorisation_has() -> None:
    """A census of minutes ends where valid_until says."""

    async def work(loop: Loop) -> float:
        scope = authorisation(104, valid_until=now() + timedelta(seconds=3))
        line = Caller(loop, scope).line(104)
        line.begin_census(300.0)
        return line.seconds_left()

    assert 2 < drive(work) <= 3


def test_what_was_asked_often_is_told_once_with_its_number() -> None:
    """The audit line of a census does not grow with its questions."""
    lines = Lines()

    async def work(loop: Loop) -> None:
        line = Caller(loop, authorisation(archive.port), lines).line(archive.port)
        await line.associate(FIRST)
        for _ in range(3):
            assert line.association is not None
            await line.association.echo()
        await line.hang_up()

    with Archive() as archive:
        drive(work)
    assert lines.said[-1][2] == ("a-associate", "c-echo, 3 times")
