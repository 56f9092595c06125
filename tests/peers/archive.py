"""An archive on loopback whose every answer is scripted, and which remembers all it was asked.

Built on the project's own acceptor, so that what a test asserts is what was on the wire::

    with Archive(Script(on_request=answers(find=[0xA700]))) as archive:
        ...
    assert archive.visits[0].ended_by == "release"
"""

from __future__ import annotations

import select
import socket
import ssl
import struct
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Condition, Event, Lock, Thread
from typing import Final, Self

from dosimeter.dicom.acceptor import (
    Acceptor,
    AcceptorEvent,
    AssociateRequested,
    CancelReceived,
    ReleaseRequested,
    RequestReceived,
)
from dosimeter.dicom.association import PeerAborted, PeerClosed
from dosimeter.dicom.dimse import (
    CommandField,
    EchoResponse,
    FindResponse,
    GetResponse,
    Response,
)
from dosimeter.dicom.errors import RemoteProtocolError
from dosimeter.dicom.pdu import ACCEPTANCE, AAssociateRQ, ContextResult, UserInformation
from tests.peers.rows import Rows

CHUNK: Final = 65_536
_LIFETIME_SECONDS: Final = 60.0
_WAIT_SECONDS: Final = 5.0
_ABSTRACT_SYNTAX_NOT_SUPPORTED: Final = 3
_PENDING: Final = 0xFF00
_CANCELLED: Final = 0xFE00
_TCP_ESTABLISHED: Final = 1
"""tcpi_state, the first byte of struct tcp_info (linux/tcp.h)."""

_CLIENT_HELLO: Final = b"\x16"
UNEXPECTED_MESSAGE: Final = b"\x15\x03\x01\x00\x02\x02\x0a"
"""A fatal TLS alert: how a TLS server answers what is no ClientHello."""

ROW: Final = b"\x08\x00\x05\x00\x0a\x00\x00\x00ISO_IR 100"
"""An identifier with one harmless attribute, implicit VR little endian."""


@dataclass(frozen=True)
class Accept:
    """A-ASSOCIATE-AC: the contexts of these services are accepted, of all where None."""

    services: frozenset[str] | None = None
    said: UserInformation = field(
        default_factory=lambda: UserInformation(32_768, "1.2.826.0.1.3680043.9.9999", "SCRIPTED_1")
    )


@dataclass(frozen=True)
class Reject:
    """A-ASSOCIATE-RJ with these codes."""

    result: int = 1
    source: int = 1
    reason: int = 7


@dataclass(frozen=True)
class Raw:
    """These bytes, and the end if ``then_close``."""

    data: bytes
    then_close: bool = False


@dataclass(frozen=True)
class Drip:
    """A byte now and then: each read brings something, the whole never comes in time."""

    data: bytes
    seconds: float = 0.02


@dataclass(frozen=True)
class Statuses:
    """Responses with these statuses, one after the other."""

    statuses: tuple[int, ...]
    seconds_late: float = 0.0


@dataclass(frozen=True)
class Abort:
    """A-ABORT."""


@dataclass(frozen=True)
class Close:
    """A close, without a word."""


@dataclass(frozen=True)
class Silence:
    """Nothing, for ever."""


Answer = Accept | Reject | Raw | Drip | Statuses | Rows | Abort | Close | Silence
SUCCESS: Final = Statuses((0,))


def answers(
    echo: Answer = SUCCESS, find: Answer = SUCCESS, get: Answer = SUCCESS
) -> Callable[[int, str], Answer]:
    """One answer for each kind of question, whatever its service."""
    by_field = {CommandField.C_ECHO: echo, CommandField.C_FIND: find, CommandField.C_GET: get}
    return lambda command_field, _service: by_field[CommandField(command_field)]


@dataclass(frozen=True)
class Script:
    """What the archive answers to a request for association, to a question, and to A-RELEASE-RQ."""

    on_associate: Callable[[AAssociateRQ], Answer] = lambda _request: Accept()
    on_request: Callable[[int, str], Answer] = field(default_factory=answers)
    on_release: Answer | None = None
    on_cancel: Answer | None = None


@dataclass
class Seen:
    """One connection, as the archive saw it. Times are monotonic seconds."""

    opened: float
    source_port: int
    first_segment: bytes = b""
    request: AAssociateRQ | None = None
    asked: list[tuple[int, str]] = field(default_factory=list)
    identifiers: list[bytes] = field(default_factory=list)
    cancelled: int = 0
    rows_sent: int = 0
    ended_by: str | None = None
    closed: float = 0.0

    @property
    def titles(self) -> tuple[str, str]:
        """Called and calling AE title, as sent."""
        assert self.request is not None
        return self.request.called_ae_title.strip(), self.request.calling_ae_title.strip()

    @property
    def fields(self) -> list[int]:
        """The command fields of the questions, in the order they came."""
        return [command_field for command_field, _service in self.asked]


class Archive:
    """Listens; ``visits`` are the connections so far, ``most_at_once`` how many were open together."""

    def __init__(
        self,
        script: Script | None = None,
        *,
        address: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        accept_delay: float = 0.0,
    ) -> None:
        self.script = script or Script()
        self.address = address
        self.visits: list[Seen] = []
        self.most_at_once = 0
        self._tls = tls
        self._accept_delay = accept_delay
        self._open: dict[int, socket.socket] = {}
        self._threads: list[Thread] = []
        self._stopping = Event()
        self._lock = Lock()
        self._changed = Condition(self._lock)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._listener = socket.create_server((address, port), family=family, backlog=128)
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        with self._lock:
            connections = tuple(self._open.values())
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_WAIT_SECONDS)
        self._listener.close()

    @property
    def asked(self) -> list[tuple[int, str]]:
        """Every question, whatever its connection."""
        return [question for visit in self.visits for question in visit.asked]

    def wait_until(self, condition: Callable[[], bool], seconds: float = _WAIT_SECONDS) -> None:
        """Wait for something to have happened here; fail if it does not."""
        with self._changed:
            assert self._changed.wait_for(condition, seconds), "it did not happen in time"

    def wait_for_ends(self, count: int) -> list[Seen]:
        """Wait until so many connections have come and gone."""
        self.wait_until(lambda: len(self.visits) >= count and all(seen.closed for seen in self.visits))
        return self.visits

    def _note(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, peer = self._listener.accept()
            except OSError:
                return
            seen = Seen(time.monotonic(), peer[1])
            with self._changed:
                self.visits.append(seen)
                self._open[id(seen)] = connection
                self.most_at_once = max(self.most_at_once, sum(map(_is_established, self._open.values())))
                self._changed.notify_all()
            self._start(self._serve, connection, seen)

    def _serve(self, connection: socket.socket, seen: Seen) -> None:
        connection.settimeout(_LIFETIME_SECONDS)
        try:
            if self._accept_delay:
                self._stopping.wait(self._accept_delay)
            with suppress(OSError):
                inside = connection if self._tls is None else self._wrapped(connection)
                _Conversation(self.script, inside, seen, self._stopping, self._note).run()
        finally:
            with self._changed:
                seen.closed = time.monotonic()
                self._open.pop(id(seen), None)
                self._changed.notify_all()
            connection.close()

    def _wrapped(self, connection: socket.socket) -> socket.socket:
        assert self._tls is not None
        if connection.recv(1, socket.MSG_PEEK) != _CLIENT_HELLO:
            connection.recv(CHUNK)
            connection.sendall(UNEXPECTED_MESSAGE)
            raise ConnectionAbortedError
        return self._tls.wrap_socket(connection, server_side=True)


class _Conversation:
    """One connection, from its first byte to its end."""

    def __init__(
        self,
        script: Script,
        connection: socket.socket,
        seen: Seen,
        stopping: Event,
        note: Callable[[], None],
    ) -> None:
        self._script = script
        self._connection = connection
        self._seen = seen
        self._stopping = stopping
        self._note = note
        self._acceptor = Acceptor()
        self._outstanding: RequestReceived | None = None

    def run(self) -> None:
        """Until the connection is over; sets how it ended."""
        try:
            self._run()
        except RemoteProtocolError:
            self._seen.ended_by = self._seen.ended_by or "bad bytes"
        except ConnectionResetError:
            self._seen.ended_by = self._seen.ended_by or "reset"
        finally:
            if self._connection.fileno() >= 0 and isinstance(self._connection, ssl.SSLSocket):
                self._connection.close()

    def _run(self) -> None:
        while self._seen.ended_by is None:
            try:
                data = self._connection.recv(CHUNK)
            except ssl.SSLError:
                data = b""
            if not self._seen.first_segment:
                self._seen.first_segment = data
            self._acceptor.receive_data(data)
            while (event := self._acceptor.next_event()) is not None:
                self._react(event)
                self._note()
            if not data and self._seen.ended_by is None:
                self._seen.ended_by = "close"

    def _react(self, event: AcceptorEvent) -> None:
        match event:
            case AssociateRequested():
                self._seen.request = event.pdu
                self._perform(self._script.on_associate(event.pdu))
            case RequestReceived():
                self._seen.asked.append((event.request.command_field, event.request.sop_class_uid))
                self._seen.identifiers.append(event.identifier)
                self._outstanding = event
                self._perform(
                    self._script.on_request(event.request.command_field, event.request.sop_class_uid)
                )
            case CancelReceived():
                self._seen.cancelled += 1
                if self._script.on_cancel is not None:
                    self._perform(self._script.on_cancel)
            case ReleaseRequested() if self._script.on_release is not None:
                self._perform(self._script.on_release)
            case ReleaseRequested():
                self._seen.ended_by = "release"
                self._acceptor.confirm_release()
                self._flush()
            case PeerAborted():
                self._seen.ended_by = "abort"
            case PeerClosed():
                self._seen.ended_by = self._seen.ended_by or "close"
            case _:
                pass

    def _perform(self, answer: Answer) -> None:
        match answer:
            case Accept():
                self._acceptor.accept(tuple(self._results(answer)), answer.said)
                self._flush()
            case Reject():
                self._acceptor.reject(answer.result, answer.source, answer.reason)
                self._flush()
                self._seen.ended_by = "our reject"
                self._await_close()
            case Statuses():
                self._stopping.wait(answer.seconds_late)
                self._respond(answer.statuses)
            case Rows():
                self._send_rows(answer)
            case Raw():
                self._connection.sendall(answer.data)
                if answer.then_close:
                    self._seen.ended_by = "our close"
            case Drip():
                self._drip(answer)
            case Abort():
                self._acceptor.abort()
                self._flush()
                self._seen.ended_by = "our abort"
                self._await_close()
            case Close():
                self._seen.ended_by = "our close"

    def _results(self, answer: Accept) -> Iterable[ContextResult]:
        assert self._seen.request is not None
        for context in self._seen.request.contexts:
            if answer.services is None or context.abstract_syntax in answer.services:
                yield ContextResult(context.context_id, ACCEPTANCE, context.transfer_syntax_uids[-1])
            else:
                yield ContextResult(context.context_id, _ABSTRACT_SYNTAX_NOT_SUPPORTED)

    def _respond(self, statuses: tuple[int, ...]) -> None:
        asked = self._outstanding
        assert asked is not None
        for status in statuses:
            is_pending = status in {0xFF00, 0xFF01}
            response = _response_to(asked.request.command_field, asked.request.message_id, status)
            self._acceptor.respond(asked.context_id, response, ROW if is_pending else b"")
            self._flush()

    def _send_rows(self, rows: Rows) -> None:
        asked = self._outstanding
        assert asked is not None
        pending = _response_to(asked.request.command_field, asked.request.message_id, _PENDING)
        self._stopping.wait(rows.seconds_late)
        sent = 0
        repeated: dict[int, bytes] = {}
        while rows.count is None or sent < rows.count:
            if self._is_told_to_stop(rows):
                return
            numbers = rows.numbers(sent)
            block = repeated.get(numbers.start)
            if block is None:
                for number in numbers:
                    self._acceptor.respond(asked.context_id, pending, rows.row(number))
                block = self._acceptor.data_to_send()
                if rows.count is None:
                    repeated[numbers.start] = block
            try:
                self._connection.sendall(block)
            except OSError:
                return  # The client has left: what it said on the way out is still to be read.
            self._seen.rows_sent = sent = sent + len(numbers)
            if rows.seconds_between and self._stopping.wait(rows.seconds_between):
                return
        self._perform(rows.then or SUCCESS)

    def _is_told_to_stop(self, rows: Rows) -> bool:
        """Read what the client has said meanwhile, if it has."""
        if not select.select([self._connection], [], [], 0)[0]:
            return False
        self._acceptor.receive_data(self._connection.recv(CHUNK))
        while (event := self._acceptor.next_event()) is not None:
            self._react(event)
            self._note()
            if isinstance(event, CancelReceived) and rows.heeds_cancel:
                self._respond((_CANCELLED,))
                return True
        return self._seen.ended_by is not None

    def _drip(self, drip: Drip) -> None:
        with suppress(OSError):  # The client has left: what it said on the way out is still to be read.
            for byte in drip.data:
                self._connection.sendall(bytes([byte]))
                if self._stopping.wait(drip.seconds):
                    return

    def _flush(self) -> None:
        self._connection.sendall(self._acceptor.data_to_send())

    def _await_close(self) -> None:
        """Wait for the other side: the time between connections is counted from its close."""
        with suppress(OSError):
            while self._connection.recv(CHUNK):
                pass


def _is_established(connection: socket.socket) -> bool:
    """Whether neither side has closed: a client's FIN counts before our thread has read it."""
    with suppress(OSError):
        return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _TCP_ESTABLISHED
    return False


def _response_to(command_field: int, message_id: int, status: int) -> Response:
    if command_field == CommandField.C_ECHO:
        return EchoResponse(message_id, status)
    if command_field == CommandField.C_GET:
        return GetResponse(message_id, status)
    return FindResponse(message_id, status)


def reset(connection: socket.socket) -> None:
    """Close with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
