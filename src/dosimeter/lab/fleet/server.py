"""The fleet while it runs: one thread, one selector, thousands of listeners on loopback."""

from __future__ import annotations

import heapq
import selectors
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import Final, Protocol, Self

from dosimeter.lab.listener import listen_on_loopback

RECEIVE_BYTES: Final = 65_536
SEND_BUFFER_BYTES: Final = 1_048_576
"""What may be on its way to a caller when its C-CANCEL comes: no more than what a caller has to bear."""
_POLL_SECONDS: Final = 0.2
_JOIN_SECONDS: Final = 10.0
_READ: Final = selectors.EVENT_READ
_WRITE: Final = selectors.EVENT_WRITE


class Speaker(Protocol):
    """One connection as the server sees it: bytes in, bytes out."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be said: send what is left, then close."""

    @property
    def is_answering(self) -> bool:
        """Whether there is more to send than what was handed over."""

    @property
    def pause_seconds(self) -> float:
        """How long to wait before `data_to_send` is called again."""

    def receive(self, data: bytes) -> None:
        """Take bytes from the caller; ``b""`` says that it closed."""

    def data_to_send(self) -> bytes:
        """What waits to be sent, and the next part of an answer."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A port of the fleet, and what speaks there with each caller."""

    address: str
    port: int
    speaker: Callable[[], Speaker]


class _Caller:
    """A connection: what is still to be sent to it, and what it is watched for."""

    __slots__ = ("due", "events", "outgoing", "sock", "speaker")

    def __init__(self, sock: socket.socket, speaker: Speaker) -> None:
        self.sock = sock
        self.speaker = speaker
        self.outgoing = memoryview(b"")
        self.events = _READ
        self.due = 0.0


class FleetServer:
    """The stands while they listen: a context manager.

    Every stand is bound when ``with`` begins, or none is. The end of ``with`` ends every connection.

    Raises:
        Problem: an address cannot be bound; the sentence says which and what to do.
    """

    def __init__(self, stands: Iterable[Stand]) -> None:
        self._stands = tuple(stands)
        self._stopping = Event()
        self._selector = selectors.DefaultSelector()
        self._listeners: list[socket.socket] = []
        self._callers: set[_Caller] = set()
        self._due: list[tuple[float, int, _Caller]] = []
        self._thread = Thread(target=self._serve, name="fleet", daemon=True)

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            undo.callback(self._close)
            for stand in self._stands:
                listener = listen_on_loopback(stand.address, stand.port)
                self._listeners.append(listener)
                listener.settimeout(0)
                self._selector.register(listener, _READ, stand)
            undo.pop_all()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(_JOIN_SECONDS)
        self._close()

    @property
    def endpoints(self) -> tuple[tuple[str, int], ...]:
        """Address and port of every stand; port 0 has become a real one."""
        names = [listener.getsockname() for listener in self._listeners]
        return tuple((str(name[0]), int(name[1])) for name in names)

    def _close(self) -> None:
        self._selector.close()
        for listener in self._listeners:
            listener.close()
        for caller in self._callers:
            caller.sock.close()
        self._callers.clear()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            for key, events in self._selector.select(self._wait()):
                if isinstance(key.data, _Caller):
                    self._talk(key.data, events)
                else:
                    self._admit(key.fileobj, key.data)
            now = time.monotonic()
            while self._due and self._due[0][0] <= now:
                _, _, caller = heapq.heappop(self._due)
                if caller in self._callers and caller.due and caller.due <= now:
                    caller.due = 0.0
                    self._go_on(caller, waited=True)

    def _wait(self) -> float:
        if not self._due:
            return _POLL_SECONDS
        return min(_POLL_SECONDS, max(0.0, self._due[0][0] - time.monotonic()))

    def _admit(self, listener: object, stand: Stand) -> None:
        if not isinstance(listener, socket.socket):
            return
        try:
            sock, _ = listener.accept()
        except OSError:
            return  # It left before its turn.
        sock.settimeout(0)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        caller = _Caller(sock, stand.speaker())
        self._callers.add(caller)
        self._selector.register(sock, _READ, caller)

    def _talk(self, caller: _Caller, events: int) -> None:
        try:
            if events & _READ:
                data = caller.sock.recv(RECEIVE_BYTES)
                caller.speaker.receive(data)
                caller.due = 0.0
                if not data:
                    self._end(caller)
                    return
        except BlockingIOError:
            return
        except OSError:
            self._end(caller)
            return
        self._go_on(caller)

    def _go_on(self, caller: _Caller, *, waited: bool = False) -> None:
        """Send one part of what there is to send, so that all are served; then say what to wait for."""
        speaker = caller.speaker
        if not caller.outgoing:
            if speaker.is_answering and speaker.pause_seconds > 0 and not waited:
                caller.due = time.monotonic() + speaker.pause_seconds
                heapq.heappush(self._due, (caller.due, id(caller), caller))
                self._watch(caller, _READ)
                return
            caller.outgoing = memoryview(speaker.data_to_send())
        try:
            if caller.outgoing:
                caller.outgoing = caller.outgoing[caller.sock.send(caller.outgoing) :]
        except BlockingIOError:
            pass
        except OSError:
            self._end(caller)
            return
        if not caller.outgoing and speaker.is_over:
            self._end(caller)
        else:
            more = bool(caller.outgoing) or (speaker.is_answering and not speaker.pause_seconds)
            self._watch(caller, _READ | _WRITE if more else _READ)
            if not more and speaker.is_answering:
                self._go_on(caller)

    def _watch(self, caller: _Caller, events: int) -> None:
        if caller.events != events:
            caller.events = events
            self._selector.modify(caller.sock, events, caller)

    def _end(self, caller: _Caller) -> None:
        self._callers.discard(caller)
        with suppress(KeyError, ValueError):
            self._selector.unregister(caller.sock)
        caller.sock.close()
