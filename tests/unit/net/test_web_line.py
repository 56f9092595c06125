from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from itertools import pairwise
from threading import Event

import pytest

from dosimeter import __version__
from dosimeter.model.attempt import Cause
from dosimeter.model.facts import ClientCertificate, Signature
from dosimeter.model.scope import Hours
from dosimeter.model.target import Endpoint, Service
from dosimeter.net.causes import AuthorisedTimeOver, WireFailure
from dosimeter.net.loop import InterruptedWait, Loop
from dosimeter.net.stream import MAX_RECEIVED_PER_CONNECTION
from dosimeter.net.web import Method, WebRequest, WebResponse
from dosimeter.net.web_line import host_of, user_agent
from tests.peers.scripted import BUSY, ScriptedServer, answering, dripping, http_error, ssh_banner
from tests.peers.tls import server_context
from tests.peers.web import OK, WebPeer, page, say, say_and_close, say_and_reset, say_nothing
from tests.unit.net.asking import FRONT, ask_once
from tests.unit.net.driving import QUICK, Caller, Lines, authorisation, descriptors, drive, now

CLOSING = page(b"hello", "Connection: close")
OPTIONS = WebRequest("/", Method.OPTIONS)
NOTHING = WebRequest("/", Method.POST_NOTHING)


@pytest.fixture(autouse=True)
def _no_descriptor_is_left() -> Iterator[None]:
    before = descriptors()
    yield
    assert descriptors() == before


def ask_all(peer: WebPeer, *requests: WebRequest, lines: Lines | None = None) -> list[WebResponse | Cause]:
    """Ask one after the other on one line, and hang up."""

    async def work(loop: Loop) -> list[WebResponse | Cause]:
        line = Caller(loop, authorisation(peer.port), lines or Lines()).web_line(peer.port, peer.address)
        outcomes: list[WebResponse | Cause] = []
        for request in requests:
            try:
                outcomes.append(await line.ask(request))
            except WireFailure as failed:
                outcomes.append(failed.cause)
        await line.hang_up()
        return outcomes

    return drive(work)


def bodies(outcomes: list[WebResponse | Cause]) -> list[bytes | Cause]:
    """The body of each answer, or why there was none."""
    return [one.body if isinstance(one, WebResponse) else one for one in outcomes]


def test_questions_share_one_connection() -> None:
    """One connection an endpoint, kept alive."""
    with WebPeer() as peer:
        outcomes = ask_all(peer, *[FRONT] * 20)
    assert bodies(outcomes) == [b"hello"] * 20
    assert peer.connections == 1


def test_a_peer_that_closes_after_each_answer_is_dialled_anew() -> None:
    """Nothing is lost and nothing asked twice."""
    with WebPeer(say_and_close(CLOSING)) as peer:
        outcomes = ask_all(peer, FRONT, OPTIONS, NOTHING, FRONT)
    assert bodies(outcomes) == [b"hello"] * 4
    assert len(peer.requests) == peer.connections == 4


@pytest.mark.parametrize("gone", [say_and_close(), say_and_reset()], ids=["fin", "rst"])
def test_a_question_that_met_a_dying_connection_is_asked_once_more(gone: object) -> None:
    """A server may close an idle connection while the next request travels (RFC 9112 §9.3.1)."""
    with WebPeer(say(OK), gone, say(OK)) as peer:  # type: ignore[arg-type] # a reply
        outcomes = ask_all(peer, FRONT, FRONT, FRONT)
    assert bodies(outcomes) == [b"hello"] * 3
    assert (peer.connections, len(peer.requests)) == (2, 4)


def test_a_question_is_asked_twice_at_most_and_a_post_once() -> None:
    """Who closes on a new connection without a word has answered; a POST is never repeated."""
    with WebPeer(say(OK), say_and_close()) as peer:
        outcomes = ask_all(peer, FRONT, FRONT)
    assert bodies(outcomes) == [b"hello", Cause.CLOSED_EARLY]
    assert len(peer.requests) == 3
    with WebPeer(say(OK), say_and_close()) as peer:
        outcomes = ask_all(peer, FRONT, NOTHING)
    assert bodies(outcomes) == [b"hello", Cause.CLOSED_EARLY]
    assert len(peer.requests) == 2


def test_a_question_whose_answer_had_begun_is_not_asked_again() -> None:
    """Half an answer is an answer: broken off."""
    with WebPeer(say(OK), say_and_close(OK[:9])) as peer:
        outcomes = ask_all(peer, FRONT, FRONT)
    assert bodies(outcomes) == [b"hello", Cause.CLOSED_EARLY]
    assert len(peer.requests) == 2


def test_a_connection_that_was_closed_meanwhile_is_seen_before_anything_is_sent() -> None:
    """Orthanc closes after a second of silence: the question goes to a new connection at once."""
    closed = Event()

    def say_then_close(connection: object, _request: bytes, _stopping: object) -> bool:
        connection.sendall(OK)  # type: ignore[attr-defined] # a socket
        connection.shutdown(2)  # type: ignore[attr-defined] # both ways
        closed.set()
        return False

    async def work(loop: Loop) -> list[WebResponse]:
        line = Caller(loop, authorisation(peer.port), lines).web_line(peer.port, peer.address)
        first = await line.ask(FRONT)
        assert closed.wait(5)
        second = await line.ask(NOTHING)
        await line.hang_up()
        return [first, second]

    lines = Lines()
    with WebPeer(say_then_close, say(OK)) as peer:
        assert [one.body for one in drive(work)] == [b"hello", b"hello"]
        assert len(peer.requests) == 2
    assert [entry[-1] for entry in lines.said if entry[0] == "ended"] == ["closed by the peer", "closed"]


@pytest.mark.parametrize(
    "answer",
    [
        OK + page(b"smuggled"),
        page(b"hello", "Transfer-Encoding: chunked").replace(b"hello", b"5\r\nhello\r\n0\r\n\r\n"),
        OK + b"x",
    ],
    ids=["two answers", "two lengths", "a byte too many"],
)
def test_an_answer_that_was_not_asked_for_is_the_answer_to_nothing(answer: bytes) -> None:
    """What follows a whole answer is thrown away with its connection, never read as the next one."""
    with WebPeer(say(answer), say(OK)) as peer:
        outcomes = ask_all(peer, FRONT, FRONT)
    assert bodies(outcomes) == [b"hello", b"hello"]
    assert peer.connections == 2


def test_an_answer_that_comes_late_is_not_taken_for_the_next_one() -> None:
    """The second answer arrives after the first was read: the connection has said too much."""
    said = Event()

    def twice(connection: object, _request: bytes, stopping: Event) -> bool:
        connection.sendall(OK)  # type: ignore[attr-defined] # a socket
        stopping.wait(0.05)
        connection.sendall(page(b"smuggled"))  # type: ignore[attr-defined] # a socket
        said.set()
        return True

    async def work(loop: Loop) -> list[bytes]:
        line = Caller(loop, authorisation(peer.port)).web_line(peer.port, peer.address)
        first = await line.ask(FRONT)
        assert said.wait(5)
        second = await line.ask(FRONT)
        await line.hang_up()
        return [first.body, second.body]

    with WebPeer(twice, say(OK)) as peer:
        assert drive(work) == [b"hello", b"hello"]
    assert peer.connections == 2


def test_a_cut_answer_ends_its_connection() -> None:
    """What is left of the body is not read to get at the next answer."""
    with WebPeer(say(page(b"x" * 100_000)), say(OK)) as peer:
        outcomes = ask_all(peer, FRONT, FRONT)
    assert isinstance(outcomes[0], WebResponse)
    assert outcomes[0].is_cut
    assert bodies(outcomes)[1] == b"hello"
    assert peer.connections == 2


def test_a_connection_carries_no_more_than_a_connection_may() -> None:
    """After a mebibyte a new one is opened, with its pause, its gate and its line in the log."""
    body = b"x" * 60_000
    asked = MAX_RECEIVED_PER_CONNECTION // len(body) + 3
    with WebPeer(say(page(body))) as peer:
        outcomes = ask_all(peer, *[FRONT] * asked)
    assert bodies(outcomes) == [body] * asked
    assert peer.connections == 2


def test_a_new_connection_waits_for_its_turn_and_a_kept_one_does_not() -> None:
    """The pause is between connections; it is none of the host's time."""
    pace = replace(QUICK, seconds_between_associations=0.25, host_seconds=0.4)
    arrived: list[float] = []

    def reply(connection: object, request: bytes, _stopping: object) -> bool:
        arrived.append(time.monotonic())
        connection.sendall(CLOSING if b"/last" in request else OK)  # type: ignore[attr-defined] # a socket
        return b"/last" not in request

    async def work(loop: Loop) -> None:
        line = Caller(loop, authorisation(peer.port, pace=pace)).web_line(peer.port, peer.address)
        for path in ("/", "/last", "/", "/last", "/"):
            await line.ask(WebRequest(path))
        await line.hang_up()

    with WebPeer(reply) as peer:
        drive(work)
    pauses = [later - earlier for earlier, later in pairwise(arrived)]
    assert [pause > 0.2 for pause in pauses] == [False, True, False, True]
    assert max(pauses) < 0.5


def test_the_audit_log_is_told_of_every_connection_and_what_was_asked_on_it() -> None:
    """In our own words: method and path, sixteen at most."""
    lines = Lines()
    paths = [WebRequest(f"/{number}") for number in range(20)]
    with WebPeer() as peer:
        ask_all(peer, *paths, lines=lines)
    place = f"{peer.address}:{peer.port}"
    told = (*(f"GET /{number}" for number in range(16)), "and 4 more")
    assert lines.said == [("contact", place, None, Service.WEB), ("ended", place, told, "closed")]


@pytest.mark.parametrize(
    ("replies", "why"),
    [
        ((say_nothing(),), "timed_out"),
        ((say_and_close(),), "closed_early"),
        ((say(b"SSH-2.0\r\n"),), "not_http"),
        ((say(b"HTTP/1.1 ?\r\n\r\n"),), "bad_peer"),
        ((say(page(b"x" * 70_000)),), "cut"),
        ((say(CLOSING),), "closed by the peer"),
        ((say(OK + OK),), "said more than it was asked"),
        ((say(page(b"sent an HTTP request to an HTTPS server", status="400 Bad Request")),), "wants TLS"),
    ],
)
def test_every_connection_has_its_end_in_the_audit_log(replies: tuple[object, ...], why: str) -> None:
    """Two lines each, whatever the peer did."""
    lines = Lines()
    with WebPeer(*replies) as peer:  # type: ignore[arg-type] # replies
        ask_all(peer, FRONT, lines=lines)
    assert [(entry[0], entry[-1]) for entry in lines.said] == [("contact", Service.WEB), ("ended", why)]
    assert lines.said[-1][2] == ("GET /",)


def test_a_closed_port_is_refused_and_in_the_log() -> None:
    """Nobody there is a contact as well."""
    lines = Lines()
    with WebPeer() as peer:
        pass
    assert ask_all(peer, FRONT, lines=lines) == [Cause.REFUSED]
    assert [entry[-1] for entry in lines.said] == [Service.WEB, "refused"]


def test_what_is_out_of_scope_is_not_dialled_and_not_in_the_log() -> None:
    """The gate is asked before the connect."""
    lines = Lines()

    async def work(loop: Loop) -> Cause:
        scope = authorisation(peer.port, networks=(ip_network("127.41.0.2/32"),))
        with pytest.raises(WireFailure) as caught:
            await Caller(loop, scope, lines).web_line(peer.port, peer.address).ask(FRONT)
        return caught.value.cause

    with WebPeer() as peer:
        assert drive(work) is Cause.OUT_OF_SCOPE
        assert peer.connections == 0
    assert lines.said == []


@pytest.mark.parametrize("kept_alive", [False, True])
def test_an_authorisation_that_has_ended_ends_the_questions(kept_alive: bool) -> None:  # noqa: FBT001 - a case
    """Also those that would go over a connection that is open."""
    moments = [now()]

    async def work(loop: Loop) -> None:
        allowed = authorisation(peer.port, pace=replace(QUICK, hours=Hours()))
        line = Caller(loop, allowed).web_line(peer.port, peer.address, clock=lambda: moments[0])
        try:
            if kept_alive:
                await line.ask(FRONT)
            moments[0] += timedelta(days=2)
            await line.ask(FRONT)
        finally:
            line.drop("the authorisation has ended")

    with WebPeer() as peer:
        with pytest.raises(AuthorisedTimeOver):
            drive(work)
        assert len(peer.requests) == int(kept_alive)


def test_the_moment_is_looked_at_again_after_the_pause() -> None:
    """The hours may end while the host is left alone."""
    began = time.monotonic()

    def clock() -> datetime:
        return now() + timedelta(days=2 if time.monotonic() - began > 0.3 else 0)

    async def work(loop: Loop) -> None:
        pace = replace(QUICK, seconds_between_associations=0.5)
        line = Caller(loop, authorisation(peer.port, pace=pace)).web_line(
            peer.port, peer.address, clock=clock
        )
        await line.ask(FRONT)
        await line.ask(FRONT)

    with WebPeer(say_and_close(CLOSING)) as peer:
        with pytest.raises(AuthorisedTimeOver):
            drive(work)
        assert peer.connections == 1


def test_the_hosts_time_is_absolute() -> None:
    """A host whose seconds are used up is asked nothing, and an answer may not outlast them."""

    async def work(loop: Loop) -> list[tuple[Cause, float]]:
        ended = []
        for seconds in (0.0, 0.2):
            pace = replace(QUICK, answer_seconds=30, host_seconds=seconds)
            line = Caller(loop, authorisation(peer.port, pace=pace)).web_line(peer.port, peer.address)
            began = loop.now()
            with pytest.raises(WireFailure) as caught:
                await line.ask(FRONT)
            ended.append((caught.value.cause, loop.now() - began))
        return ended

    with WebPeer(say_nothing()) as peer:
        ended = drive(work)
        assert peer.connections == 1
    assert [cause for cause, _ in ended] == [Cause.TIMED_OUT] * 2
    assert max(took for _, took in ended) < 1.2


@pytest.mark.parametrize("over", [Service.WEB, Service.WEB_TLS])
def test_an_interrupt_while_an_answer_is_awaited_closes_the_connection(over: Service) -> None:
    """The kill switch: the log says why, nothing stays open."""
    tls = server_context() if over is Service.WEB_TLS else None
    with WebPeer(say_nothing(), tls=tls) as peer:
        loop, lines = Loop(), Lines()
        heard = []

        async def work() -> None:
            caller = Caller(loop, authorisation(peer.port, pace=replace(QUICK, answer_seconds=60)), lines)
            try:
                await caller.web_line(peer.port, peer.address, over).ask(FRONT)
            except InterruptedWait:
                heard.append(True)
                raise

        loop.spawn(work())
        until = time.monotonic() + 5
        while not peer.requests:
            assert time.monotonic() < until
            loop.turn(0.01)
        loop.interrupt()
        loop.close()
    assert heard == [True]
    assert lines.said[-1][-1] == "interrupted"


def test_a_line_is_dropped_with_a_reason() -> None:
    """Twice is once; the reason is for the log."""
    lines = Lines()

    async def work(loop: Loop) -> None:
        line = Caller(loop, authorisation(peer.port), lines).web_line(peer.port, peer.address)
        line.drop("nothing open")
        await line.ask(FRONT)
        line.drop("fault in dosimeter")
        line.drop("again")
        await line.hang_up()

    with WebPeer() as peer:
        drive(work)
    assert [entry[-1] for entry in lines.said] == [Service.WEB, "fault in dosimeter"]


def test_an_audit_log_that_cannot_be_written_keeps_the_connection_from_being_opened() -> None:
    """No line, no packet."""

    class Full(Lines):
        def contact(self, *_: object) -> None:
            raise OSError("disk full")

    with WebPeer() as peer:
        with pytest.raises(OSError, match="disk full"):
            ask_all(peer, FRONT, lines=Full())
        assert peer.connections == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location",
    [
        "/",
        "http://127.41.0.1/",
        "http://127.41.0.9:{port}/",
        "https://evil.example/",
        "//evil.example/",
        "file:///etc/passwd",
        "http://[::1",
        "http://127.41.0.1:99999999/",
        "gopher://127.0.0.1:6379/_INFO",
        "javascript:alert(1)",
        "",
        "http://xn--\x80/",
        "http://a" + ".a" * 4_000,
    ],
)
def test_a_redirect_is_an_answer_like_any_other(status: int, location: str) -> None:
    """Its Location is text for whoever asked; it is neither followed nor looked up."""
    with WebPeer() as peer:
        location = location.format(port=peer.port)
    answer = page(b"", f"Location: {location}", f"Refresh: 0; url={location}", status=f"{status} Moved")
    with WebPeer(say(answer)) as peer:
        (response,) = ask_all(peer, FRONT)
        assert (peer.connections, len(peer.requests)) == (1, 1)
    assert isinstance(response, WebResponse)
    assert response.status == status
    assert response.header("location") is not None


def test_a_cookie_is_not_sent_back() -> None:
    """Who keeps none is a stranger each time."""
    cookie = page(b"hello", "Set-Cookie: session=1; Path=/", "Set-Cookie2: a=b")
    with WebPeer(say(cookie)) as peer:
        outcomes = ask_all(peer, FRONT, FRONT)
    assert isinstance(outcomes[0], WebResponse)
    assert outcomes[0].header("set-cookie") == "session=1; Path=/"
    assert b"ookie" not in peer.requests[1]


@pytest.mark.parametrize(
    ("contact", "agent"),
    [
        ("dpo@example.org", "(+dpo@example.org)"),
        ("Dr. Müller (DSB)\r\nX-Evil: 1", "(+Dr. Mller DSBX-Evil: 1)"),
        ("x" * 500, f"(+{'x' * 120})"),
    ],
)
def test_the_user_agent_says_who_asks(contact: str, agent: str) -> None:
    """One header, whatever the contact is written with."""
    assert user_agent(contact) == f"dosimeter/{__version__} {agent}"


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        (Endpoint("127.0.0.1", 8042, Service.WEB), "127.0.0.1:8042"),
        (Endpoint("127.0.0.1", 80, Service.WEB), "127.0.0.1"),
        (Endpoint("127.0.0.1", 443, Service.WEB), "127.0.0.1:443"),
        (Endpoint("127.0.0.1", 443, Service.WEB_TLS), "127.0.0.1"),
        (Endpoint("::1", 8443, Service.WEB_TLS), "[::1]:8443"),
        (Endpoint("127.0.0.1", 80, Service.WEB, "pacs.example.org"), "pacs.example.org"),
    ],
)
def test_the_host_is_called_as_a_browser_calls_it(endpoint: Endpoint, host: str) -> None:
    """By its name if it has one; the port where it is not the scheme's own."""
    assert host_of(endpoint) == host


def test_a_host_is_called_by_its_name_and_dialled_by_its_address() -> None:
    """IPv6 in brackets, the name in Host, and no resolver asked."""
    with WebPeer(address="::1") as peer:
        ask_once(peer)
        assert f"Host: [::1]:{peer.port}\r\n".encode() in peer.requests[0]
    with WebPeer() as peer:
        ask_once(peer, name="pacs.nowhere.example")
        assert f"Host: pacs.nowhere.example:{peer.port}\r\n".encode() in peer.requests[0]


def test_other_places_are_judged_by_the_gate_and_looked_up_by_nobody() -> None:
    """An address in any spelling; a name only if it was resolved when the survey began."""

    async def work(loop: Loop) -> list[bool]:
        scope = authorisation(
            80,
            networks=(ip_network("127.41.0.0/24"), ip_network("::1/128")),
            names=("a.example", "b.example"),
        )
        caller = Caller(loop, scope)
        line = caller.web_line(80, "127.41.0.1")
        gate = line._conduct.gate  # noqa: SLF001 - pinned as the runner does
        gate._resolver = {"a.example": ["127.41.0.7"], "b.example": []}.__getitem__  # noqa: SLF001
        assert not line.allows("a.example", 80)
        gate.resolve("a.example")
        gate.resolve("b.example")
        gate._resolver = None  # type: ignore[assignment] # noqa: SLF001 - whoever asks it now fails
        places = (
            ("127.41.0.9", 80),
            ("[::1]", 80),
            ("::ffff:127.41.0.9", 80),
            ("A.Example.", 80),
            ("127.41.1.9", 80),
            ("127.41.0.9", 81),
            ("127.41.0.9", -1),
            ("0177.41.0.9", 80),
            ("2130706433", 80),
            ("[::1%lo]", 80),
            ("a.example", 81),
            ("b.example", 80),
            ("c.example", 80),
            ("", 80),
            ("[", 80),
            ("a" * 100_000, 80),
            ("\u202eevil", 80),
        )
        return [line.allows(*place) for place in places]

    assert drive(work) == [True] * 4 + [False] * 13


TLS_VERSIONS = pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])


@TLS_VERSIONS
def test_https_is_observed_and_kept_alive(version: ssl.TLSVersion) -> None:
    """Twenty questions over one handshake, which is a fact after the first."""
    context = server_context(version=version)
    context.set_alpn_protocols(["h2", "http/1.1"])

    async def work(loop: Loop) -> list[bytes]:
        line = Caller(loop, authorisation(peer.port)).web_line(peer.port, peer.address, Service.WEB_TLS)
        answers = [(await line.ask(FRONT)).body for _ in range(20)]
        assert line.tls is not None
        assert str(line.tls.protocol) == {ssl.TLSVersion.TLSv1_2: "TLSv1.2"}.get(version, "TLSv1.3")
        assert line.tls.certificate is not None
        assert line.tls.client_certificate is ClientCertificate.NOT_ASKED
        await line.hang_up()
        return answers

    chosen: set[str | None] = set()

    def reply(connection: object, _request: bytes, _stopping: object) -> bool:
        assert isinstance(connection, ssl.SSLSocket)
        chosen.add(connection.selected_alpn_protocol())
        connection.sendall(OK)
        return True

    with WebPeer(reply, tls=context) as peer:
        assert drive(work) == [b"hello"] * 20
    assert peer.connections == 1
    assert chosen == {"http/1.1"}


@TLS_VERSIONS
@pytest.mark.parametrize("wanted", [ssl.CERT_OPTIONAL, ssl.CERT_REQUIRED])
def test_a_client_certificate_is_seen_as_optional_or_required(
    version: ssl.TLSVersion, wanted: ssl.VerifyMode
) -> None:
    """Who insists refuses in the handshake, or in TLS 1.3 when the answer is read."""

    async def work(loop: Loop) -> tuple[Cause | None, ClientCertificate]:
        line = Caller(loop, authorisation(peer.port)).web_line(peer.port, peer.address, Service.WEB_TLS)
        cause = None
        try:
            await line.ask(FRONT)
        except WireFailure as failed:
            cause = failed.cause
        await line.hang_up()
        assert line.tls is not None
        return cause, line.tls.client_certificate

    with WebPeer(tls=server_context(wanted, version)) as peer:
        outcome = drive(work)
    if wanted is ssl.CERT_OPTIONAL:
        assert outcome == (None, ClientCertificate.OPTIONAL)
    else:
        assert outcome == (Cause.TLS_FAILED, ClientCertificate.REQUIRED)


def hello_answered_by(behaviour: object) -> tuple[Cause | None, Signature | None]:
    """How a question over HTTPS ends at a port that does something else."""
    with ScriptedServer(behaviour, "127.41.0.1") as server:  # type: ignore[arg-type] # a behaviour
        outcome = ask_once(server, service=Service.WEB_TLS)  # type: ignore[arg-type] # address and port
    return outcome.cause, outcome.signature


@pytest.mark.parametrize(
    ("behaviour", "cause", "signature"),
    [
        (http_error, Cause.NOT_HTTP, Signature.HTTP),
        (ssh_banner, Cause.NOT_HTTP, Signature.SSH),
        (answering(BUSY), Cause.NOT_HTTP, Signature.DICOM),
        (answering(b"\x15\x03\x01\x00\x02\x02\x28"), Cause.TLS_FAILED, None),
        (answering(b"garbage"), Cause.TLS_FAILED, None),
        (dripping(b"\x16\x03\x03\x40\x00" + b"x" * 1000, 0.02), Cause.TIMED_OUT, None),
    ],
)
def test_a_client_hello_that_is_answered_in_another_language_says_in_which(
    behaviour: object, cause: Cause, signature: Signature | None
) -> None:
    """HTTP in clear is asked again in clear; an alert is a failure of TLS."""
    assert hello_answered_by(behaviour) == (cause, signature)


def test_the_first_segment_is_the_whole_request() -> None:
    """Nothing connects and waits: what is behind a port with a timeout sees a question at once."""
    first: list[bytes] = []

    def behave(connection: object, _stopping: object) -> None:
        first.append(connection.recv(65536))  # type: ignore[attr-defined] # a socket
        connection.sendall(CLOSING)  # type: ignore[attr-defined] # a socket

    with ScriptedServer(behave, "127.41.0.1") as server:
        ask_once(server, NOTHING)  # type: ignore[arg-type] # address and port
    assert first[0].startswith(b"POST / HTTP/1.1\r\n")
    assert first[0].endswith(b"\r\n\r\n--dosimeter--\r\n")
