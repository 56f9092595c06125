from __future__ import annotations

import socket
import time
from collections.abc import Callable, Coroutine, Iterator
from threading import Event
from typing import Any

import pytest

from dosimeter.dicom import uids
from dosimeter.dicom.acceptor import Acceptor, AssociateRequested
from dosimeter.dicom.association import AssociateAccepted
from dosimeter.dicom.dimse import CommandField, FindResponse, encode_response
from dosimeter.dicom.pdu import ContextResult, UserInformation
from dosimeter.dicom.pdu_encode import encode_fragment
from dosimeter.model.attempt import Cause
from dosimeter.model.facts import (
    EchoAnswered,
    Ending,
    NotDicomSeen,
    NullQueryAnswered,
    NullRetrieveAnswered,
    QueryService,
    Signature,
    Titles,
)
from dosimeter.net.causes import WireFailure
from dosimeter.net.loop import Loop
from dosimeter.net.scu import MAX_NULL_MATCHES, Scu
from dosimeter.net.stream import connect
from dosimeter.probes._proposals import retrieve_proposal, strangers_proposal
from tests.peers.archive import (
    Abort,
    Accept,
    Answer,
    Archive,
    Close,
    Drip,
    Raw,
    Reject,
    Script,
    Silence,
    Statuses,
    answers,
)
from tests.peers.scripted import ScriptedServer, ssh_banner
from tests.unit.net.driving import descriptors, drive

TITLES = Titles("NOBODY-00C0DE", "DOSIMETER")
RELEASE_RQ = b"\x05\x00\x00\x00\x00\x04\x00\x00\x00\x00"
RELEASE_RP = b"\x06\x00\x00\x00\x00\x04\x00\x00\x00\x00"
NEVER = 1e9


@pytest.fixture(autouse=True)
def _no_descriptor_is_left() -> Iterator[None]:
    before = descriptors()
    yield
    assert descriptors() == before


async def opened(
    loop: Loop,
    port: int,
    *,
    answer_seconds: float = 0.3,
    host_until: float = NEVER,
    titles: Titles = TITLES,
    retrieve: bool = False,
) -> Scu:
    """A connection whose first segment was the request."""
    proposal = retrieve_proposal(titles) if retrieve else strangers_proposal(titles)
    stream = await connect(loop, "127.0.0.1", port, proposal.encoded, time.monotonic() + 1)
    return Scu(loop, stream, proposal, answer_seconds=answer_seconds, host_until=host_until)


def converse(
    archive: Archive | ScriptedServer,
    questions: Callable[[Scu], Coroutine[Any, Any, Any]],
    **how: Any,  # noqa: ANN401 - as opened() takes them
) -> Any:  # noqa: ANN401 - what the questions give
    """Open an association, ask, release; abort on the way out if it is still open."""

    async def work(loop: Loop) -> object:
        scu = await opened(loop, archive.port, **how)
        try:
            await scu.negotiate()
            result = await questions(scu)
            await scu.release()
            return result
        finally:
            scu.abort("the test is over")

    return drive(work)


async def study_root(scu: Scu) -> NullQueryAnswered:
    """The question most tests ask."""
    return await scu.null_query(QueryService.STUDY_ROOT)


async def nothing(_scu: Scu) -> None:
    """No question."""


def test_a_strangers_association_asks_five_questions_and_is_released() -> None:
    """Echo and null queries travel in one association, one after the other, with fresh message numbers."""

    async def everything(scu: Scu) -> list[object]:
        return [await scu.echo(), *[await scu.null_query(service) for service in QueryService]]

    with Archive() as archive:
        echo, *queries = converse(archive, everything)
        (seen,) = archive.wait_for_ends(1)
    assert isinstance(echo, EchoAnswered)
    assert (echo.ending, echo.status) == (Ending.STATUS, 0)
    assert [query.service for query in queries] == list(QueryService)
    assert seen.fields == [CommandField.C_ECHO, *[CommandField.C_FIND] * 3]
    assert seen.ended_by == "release"


def test_the_request_fits_the_smallest_first_segment_and_says_who_asks() -> None:
    """At most 1,220 bytes for the longest titles; our own implementation UID and version name."""
    longest = Titles("N" * 16, "D" * 16)
    assert len(strangers_proposal(longest).encoded) <= 1220
    assert len(retrieve_proposal(longest).encoded) <= 1220
    with Archive() as archive:
        converse(archive, nothing, titles=longest)
        (seen,) = archive.wait_for_ends(1)
    assert seen.first_segment == strangers_proposal(longest).encoded
    assert seen.request is not None
    said = seen.request.user_information
    assert said.implementation_class_uid == uids.IMPLEMENTATION_CLASS_UID
    assert said.implementation_class_uid.startswith("2.25.")
    assert said.implementation_version_name == uids.IMPLEMENTATION_VERSION_NAME
    assert said.max_pdu_length == 16_384


@pytest.mark.parametrize(
    ("answer", "ending", "status", "ended_by"),
    [
        (Statuses((0,)), Ending.STATUS, 0, "release"),
        (Statuses((0xA900,)), Ending.STATUS, 0xA900, "release"),
        (Abort(), Ending.ABORT, None, "our abort"),
        (Close(), Ending.CLOSE, None, "our close"),
        (Silence(), Ending.SILENCE, None, "abort"),
        (Raw(b"\x04\x00\xff\xff\xff\xff"), Ending.BAD_ANSWER, None, "abort"),
        (Raw(b"\x02\x00\x00\x00\x00\x02\x00\x00"), Ending.BAD_ANSWER, None, "abort"),
        (Drip(b"\x04\x00\x00\x00\x10\x00" + bytes(4096), 0.02), Ending.SILENCE, None, "abort"),
    ],
    ids=["status", "failure", "abort", "close", "silence", "oversized", "wrong PDU", "drip"],
)
def test_how_a_question_ends_is_seen_and_the_association_ended_properly(
    answer: Answer, ending: Ending, status: int | None, ended_by: str
) -> None:
    """A status is followed by A-RELEASE; whatever else the peer does, by our A-ABORT or its own end."""
    with Archive(Script(on_request=answers(find=answer))) as archive:
        began = time.monotonic()
        fact = converse(archive, study_root)
        took = time.monotonic() - began
        (seen,) = archive.wait_for_ends(1)
    assert (fact.ending, fact.status, fact.matches) == (ending, status, 0)
    assert seen.ended_by == ended_by
    assert took < 2.0


def test_a_null_retrieve_goes_alone() -> None:
    """GET contexts and nothing an image could travel in."""

    async def retrieve(scu: Scu) -> NullRetrieveAnswered:
        return await scu.null_retrieve(QueryService.STUDY_ROOT)

    with Archive(Script(on_request=answers(get=Statuses((0xC000,))))) as archive:
        fact = converse(archive, retrieve, retrieve=True)
        (seen,) = archive.wait_for_ends(1)
    assert (fact.ending, fact.status) == (Ending.STATUS, 0xC000)
    assert seen.asked == [(CommandField.C_GET, uids.STUDY_ROOT_GET)]


def test_rows_that_should_not_be_there_are_counted() -> None:
    """A server that finds what does not exist says how often."""
    with Archive(Script(on_request=answers(find=Statuses((0xFF00, 0xFF01, 0xFF00, 0))))) as archive:
        fact = converse(archive, study_root)
    assert (fact.ending, fact.status, fact.matches) == (Ending.STATUS, 0, 3)


def test_pending_without_an_identifier_is_no_row() -> None:
    """A peer that says "pending", sends nothing and then refuses has found nothing."""
    study_root_context = 3

    def said(status: int) -> bytes:
        command = encode_response(FindResponse(1, status), uids.STUDY_ROOT_FIND)
        return encode_fragment(study_root_context, 3, command)

    with Archive(Script(on_request=answers(find=Raw(said(0xFF00) + said(0x0124))))) as archive:
        fact = converse(archive, study_root)
    assert (fact.ending, fact.status, fact.matches) == (Ending.STATUS, 0x0124, 0)


def test_rows_without_end_are_cancelled_and_then_aborted() -> None:
    """After 32 rows comes C-CANCEL; a peer that goes on is left with A-ABORT after two seconds."""
    endless = Statuses((0xFF00,) * (MAX_NULL_MATCHES + 8))
    with Archive(Script(on_request=answers(find=endless))) as archive:
        began = time.monotonic()
        fact = converse(archive, study_root, answer_seconds=0.5)
        took = time.monotonic() - began
        (seen,) = archive.wait_for_ends(1)
    assert fact.ending is Ending.BUDGET
    assert fact.matches > MAX_NULL_MATCHES
    assert seen.cancelled == 1
    assert seen.ended_by == "abort"
    assert took < 2.5


def test_a_cancel_that_is_obeyed_keeps_the_association() -> None:
    """C-CANCEL, final status, and the association is released like any other."""
    script = Script(
        on_request=answers(find=Statuses((0xFF00,) * (MAX_NULL_MATCHES + 1))), on_cancel=Statuses((0xFE00,))
    )
    with Archive(script) as archive:
        fact = converse(archive, study_root)
        (seen,) = archive.wait_for_ends(1)
    assert (fact.ending, fact.status) == (Ending.BUDGET, 0xFE00)
    assert (seen.cancelled, seen.ended_by) == (1, "release")


def test_a_flood_is_a_budget_that_ran_out() -> None:
    """Over a mebibyte in answer to a null query is not read to its end."""
    flood = Raw(b"\x04\x00\x00\x00\x40\x00" * 1 + bytes(16_384))
    with Archive(Script(on_request=answers(find=flood))) as archive:
        fact = converse(archive, study_root)
    assert fact.ending in {Ending.BUDGET, Ending.BAD_ANSWER}


@pytest.mark.parametrize(
    ("first", "signature"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n", Signature.HTTP),
        (b"<html>", Signature.HTTP),
        (b"SSH-2.0-OpenSSH_9.2\r\n", Signature.SSH),
        (b"\x15\x03\x01\x00\x02\x02\x0a", Signature.TLS_ALERT),
        (b"\x01\x00\x00\x00\x00\xcd", Signature.OUR_OWN_BYTES),
        (b"\xff\xfd\x18", Signature.OTHER),
        (b"\x00", Signature.OTHER),
    ],
)
def test_what_is_not_dicom_is_recognised_by_its_first_bytes(first: bytes, signature: Signature) -> None:
    """Nothing of what such a peer says is kept but the kind of its first bytes."""
    with Archive(Script(on_associate=lambda _request: Raw(first))) as archive:
        with pytest.raises(WireFailure) as caught:
            converse(archive, nothing)
        (seen,) = archive.wait_for_ends(1)
    assert caught.value.cause is Cause.NOT_DICOM
    assert caught.value.facts == (NotDicomSeen(signature),)
    assert seen.ended_by == "close"


def test_a_peer_that_speaks_first_is_heard() -> None:
    """An SSH server sends its banner before it has read a byte."""
    with ScriptedServer(ssh_banner) as server, pytest.raises(WireFailure) as caught:
        converse(server, nothing)
    assert caught.value.facts == (NotDicomSeen(Signature.SSH),)


@pytest.mark.parametrize(
    ("answer", "cause", "ended_by"),
    [
        (Silence(), Cause.TIMED_OUT, "abort"),
        (Close(), Cause.CLOSED_EARLY, "our close"),
        (Raw(b"\x02\x00\x00\x00\x00\x10", then_close=True), Cause.CLOSED_EARLY, "our close"),
        (Raw(b"\x02\x00\xff\xff\xff\xff"), Cause.BAD_PEER, "abort"),
        (Raw(b"\x07\x00\x00\x00\x00\x00"), Cause.BAD_PEER, "abort"),
        (Drip(b"\x02\x00\x00\x00\x10\x00" + bytes(4096)), Cause.TIMED_OUT, "abort"),
    ],
    ids=["silence", "close", "half an answer", "oversized", "empty abort", "drip"],
)
def test_a_request_without_an_answer_ends_by_its_deadline_and_with_an_abort(
    answer: Answer, cause: Cause, ended_by: str
) -> None:
    """A peer that is still there is told; one that went away is not waited for."""
    with Archive(Script(on_associate=lambda _request: answer)) as archive:
        began = time.monotonic()
        with pytest.raises(WireFailure) as caught:
            converse(archive, nothing)
        took = time.monotonic() - began
        (seen,) = archive.wait_for_ends(1)
    assert caught.value.cause is cause
    assert seen.ended_by == ended_by
    assert took < 1.8


@pytest.mark.parametrize(
    ("answer", "facts"),
    [
        (b"\x02\x00\xff\xff\xff\xff", (NotDicomSeen(Signature.OTHER),)),
        (b"\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00", (NotDicomSeen(Signature.OTHER),)),
        (b"\x07\x00\x00\x00\x00\x00", (NotDicomSeen(Signature.OTHER),)),
        (b"\x02\x00\x00\x00\x00\x4a\x00\x01" + bytes(66) + b"\x10\x00\xff\xff\x00\x00", ()),
    ],
    ids=["no AC is so long", "RDP", "no A-ABORT is empty", "an AC whose item does not fit"],
)
def test_a_first_byte_alone_is_not_taken_for_dicom(answer: bytes, facts: tuple[NotDicomSeen, ...]) -> None:
    """Only a whole PDU that breaks a rule inside is DICOM."""
    with Archive(Script(on_associate=lambda _request: Raw(answer))) as archive:
        with pytest.raises(WireFailure) as caught:
            converse(archive, nothing)
        archive.wait_for_ends(1)
    assert caught.value.cause is Cause.BAD_PEER
    assert caught.value.facts == facts


def test_a_rejection_needs_no_goodbye() -> None:
    """The association is over with the peer's A-ASSOCIATE-RJ (PS3.8 §9.2)."""

    async def work(loop: Loop) -> tuple[object, bool]:
        scu = await opened(loop, archive.port)
        event = await scu.negotiate()
        return event, scu.is_open

    with Archive(Script(on_associate=lambda _request: Reject())) as archive:
        event, is_open = drive(work)
        (seen,) = archive.wait_for_ends(1)
    assert not isinstance(event, AssociateAccepted)
    assert not is_open
    assert seen.ended_by == "our reject"


def test_the_hosts_deadline_is_earlier_than_any_answers() -> None:
    """However long one answer may take, a host costs no more than it is allowed."""
    with Archive(Script(on_request=answers(find=Silence()))) as archive:
        until = time.monotonic() + 0.3
        fact = converse(archive, study_root, answer_seconds=60, host_until=until)
        late = time.monotonic() - until
        (seen,) = archive.wait_for_ends(1)
    assert fact.ending is Ending.SILENCE
    assert 0 <= late < 1.5
    assert seen.ended_by == "abort"


@pytest.mark.parametrize(
    ("answer", "ended_by"),
    [
        (Silence(), "abort"),
        (Abort(), "our abort"),
        (Close(), "our close"),
        (Raw(b"\x02\x00\x00\x00\x00\x02\x00\x00"), "abort"),
        (Drip(RELEASE_RP, 0.1), "abort"),
    ],
    ids=["silence", "abort", "close", "wrong PDU", "drip"],
)
def test_a_release_that_is_not_confirmed_becomes_an_abort(answer: Answer, ended_by: str) -> None:
    """What begins politely ends at the deadline all the same."""
    with Archive(Script(on_release=answer)) as archive:
        until = time.monotonic() + 0.4
        converse(archive, nothing, host_until=until)
        assert time.monotonic() - until < 1.5
        (seen,) = archive.wait_for_ends(1)
    assert seen.ended_by == ended_by


def test_a_release_from_both_sides_at_once_is_settled() -> None:
    """The peer asks for release in the moment that we do: each is confirmed (PS3.8 §7.2.2.7)."""
    heard: list[bytes] = []

    def colliding(connection: socket.socket, _stopping: Event) -> None:
        acceptor = Acceptor()
        acceptor.receive_data(connection.recv(65_536))
        requested = acceptor.next_event()
        assert isinstance(requested, AssociateRequested)
        acceptor.accept(tuple(ContextResult(one.context_id, 3) for one in requested.pdu.contexts))
        connection.sendall(acceptor.data_to_send())
        heard.append(connection.recv(65_536))
        connection.sendall(RELEASE_RQ)
        heard.append(connection.recv(65_536))
        connection.sendall(RELEASE_RP)

    with ScriptedServer(colliding) as server:
        began = time.monotonic()
        converse(server, nothing, answer_seconds=2)
        took = time.monotonic() - began
    assert heard == [RELEASE_RQ, RELEASE_RP]
    assert took < 1.8


def test_no_question_is_asked_of_an_association_that_is_over() -> None:
    """Ending twice does nothing, and says what ended it first."""

    async def work(loop: Loop) -> str | None:
        scu = await opened(loop, archive.port)
        await scu.negotiate()
        scu.abort("first")
        scu.abort("second")
        await scu.release()
        return scu.ending

    with Archive() as archive:
        assert drive(work) == "first"
        (seen,) = archive.wait_for_ends(1)
    assert seen.ended_by == "abort"


def test_what_was_asked_is_remembered_for_the_audit_log() -> None:
    """In our own words, in order."""

    async def ask(scu: Scu) -> list[str]:
        await scu.echo()
        await scu.null_query(QueryService.WORKLIST)
        return scu.asked

    with Archive() as archive:
        assert converse(archive, ask) == ["a-associate", "c-echo", "null c-find worklist"]


def test_a_peer_that_hides_its_maximum_pdu_is_asked_all_the_same() -> None:
    """No maximum means no limit (PS3.8 D.1)."""
    said = UserInformation(None, "1.2.3", None)
    with Archive(Script(on_associate=lambda _request: Accept(said=said))) as archive:
        fact = converse(archive, study_root)
    assert fact.status == 0
