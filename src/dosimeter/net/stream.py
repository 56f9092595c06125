"""A TCP connection with absolute deadlines and a byte budget."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress
from typing import Final, Protocol

from dosimeter.model.attempt import Cause
from dosimeter.model.message import say
from dosimeter.net.causes import WireFailure, failure_of
from dosimeter.net.loop import READ, WRITE, Loop, ready

RECEIVE_BYTES: Final = 16_384
"""One read: the PDU length we advertise."""

MAX_RECEIVED_PER_CONNECTION: Final = 1_048_576
"""A null question is answered in under a kilobyte; a mebibyte is a peer that does not stop. Only an
answer that is counted may be longer, as its question says."""

RECEIVE_BUFFER_BYTES: Final = 262_144
"""What the kernel takes in ahead of us (Linux doubles it for its own needs). Left alone it grows to tens of
mebibytes, all of which a peer that is told to stop would still have sent."""

_QUICK_ACK: Final[int | None] = getattr(socket, "TCP_QUICKACK", None)
"""Linux: acknowledge at once. A peer that leaves Nagle's algorithm on (RFC 896) keeps the end of an answer
back until its beginning is acknowledged, which by default waits 40 ms for company."""

_READS_OF_LITTLE: Final = 8
_MUCH: Final = 65_536
_GATHERED: Final = 32_768
_GATHER_SECONDS: Final = 0.02
"""Archives send row by row: a read brings one or two, and costs more than they do. After some such reads of
a long answer, the kernel wakes us for more at a time (SO_RCVLOWAT, socket(7)), or when this time is over."""
_LOW_WATER: Final[int | None] = getattr(socket, "SO_RCVLOWAT", None)

_NOT_YET: Final = frozenset({errno.EAGAIN, errno.EINPROGRESS, errno.ENOTCONN, errno.EALREADY})


class ByteStream(Protocol):
    """What the service user needs of a transport."""

    @property
    def received(self) -> int:
        """Bytes that came over the network so far."""

    def limit_to(self, received: int) -> None:
        """From now on, more than ``received`` bytes in all is a `WireFailure`."""

    async def send(self, data: bytes, until: float) -> None:
        """Send all, or raise `WireFailure`."""

    async def receive(self, until: float, most: int = RECEIVE_BYTES) -> bytes:
        """The next bytes, b"" once the peer has closed, or raise `WireFailure`."""

    async def receive_into(self, buffer: bytearray, until: float) -> int:
        """As `receive`, into a buffer that can be overwritten; how many bytes, 0 once the peer has closed."""

    def is_quiet(self) -> bool:
        """Whether the transport is open and nothing is there to be read."""

    def hurry(self) -> None:
        """The next bytes are to be acknowledged as soon as they come."""

    def send_and_close(self, data: bytes = b"") -> None:
        """Last words: offered to the kernel once, without waiting, then the transport is closed."""


class TcpStream:
    """A non-blocking socket on the loop. Made by :func:`connect`."""

    __slots__ = ("_limit", "_loop", "_reads_of_little", "_sock", "received")

    def __init__(self, loop: Loop, sock: socket.socket) -> None:
        self._loop = loop
        self._sock = sock
        self._limit = MAX_RECEIVED_PER_CONNECTION
        self._reads_of_little = 0
        self.received = 0

    def limit_to(self, received: int) -> None:
        """From now on, more than ``received`` bytes in all is a `WireFailure` (bad peer)."""
        self._limit = received

    def is_quiet(self) -> bool:
        """Whether the peer has said nothing that was not read, nor closed. Looks, and does not wait."""
        try:
            self._sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def hurry(self) -> None:
        """Acknowledge the next bytes as soon as they come; sending puts an end to it."""
        if _QUICK_ACK is not None:
            with suppress(OSError):  # Reset by now: the next read says so.
                self._sock.setsockopt(socket.IPPROTO_TCP, _QUICK_ACK, 1)

    async def send(self, data: bytes, until: float) -> None:
        """Send all of ``data``.

        Raises:
            WireFailure: closed early, or the peer does not read (timed out).
        """
        sent = self._offer(data)
        while sent < len(data):
            if not await ready(self._sock, WRITE, until):
                raise WireFailure(Cause.TIMED_OUT, say("the peer does not read what it is sent"))
            data, sent = data[sent:], 0
            sent = self._offer(data)

    async def receive(self, until: float, most: int = RECEIVE_BYTES) -> bytes:
        """The next bytes, at most so many; b"" once the peer has closed.

        With more than the usual ``most`` they are acknowledged at once: more are expected.

        Raises:
            WireFailure: nothing came until the deadline (timed out), the connection was reset
                (closed early), or more came than any answer needs (bad peer).
        """
        is_long = most > RECEIVE_BYTES
        while True:
            gathers = is_long and self._reads_of_little > _READS_OF_LITTLE
            if not await (self._gather(until) if gathers else ready(self._sock, READ, until)):
                raise WireFailure(Cause.TIMED_OUT, say("no answer until the deadline"))
            try:
                data = self._sock.recv(most)
            except BlockingIOError:
                continue
            except OSError as error:
                raise failure_of(error) from None
            if is_long:
                self.hurry()
            self._reads_of_little = self._reads_of_little + 1 if is_long and len(data) < _MUCH else 0
            self.received += len(data)
            if self.received > self._limit:
                raise WireFailure(Cause.BAD_PEER, say("sent far more than what it was asked needs"))
            return data

    async def receive_into(self, buffer: bytearray, until: float) -> int:
        """As `receive`, into a buffer that can be overwritten; how many bytes, 0 once the peer has closed."""
        while True:
            if not await ready(self._sock, READ, until):
                raise WireFailure(Cause.TIMED_OUT, say("no answer until the deadline"))
            try:
                length = self._sock.recv_into(buffer)
            except BlockingIOError:
                continue
            except OSError as error:
                raise failure_of(error) from None
            self.received += length
            if self.received > self._limit:
                raise WireFailure(Cause.BAD_PEER, say("sent far more than what it was asked needs"))
            return length

    async def _gather(self, until: float) -> bool:
        """Wait for many rows, or for a moment: what has come by then is there to be read, if anything.

        False once the deadline is over, though rows still come.
        """
        self._wake_at(_GATHERED)
        try:
            if not await ready(self._sock, READ, min(until, self._loop.now() + _GATHER_SECONDS)):
                self._reads_of_little = 0
        finally:
            self._wake_at(1)
        return self._loop.now() < until

    def _wake_at(self, received: int) -> None:
        if _LOW_WATER is not None:
            with suppress(OSError):  # Closed by now, or a system that knows the option and not its use.
                self._sock.setsockopt(socket.SOL_SOCKET, _LOW_WATER, received)

    def send_and_close(self, data: bytes = b"") -> None:
        """Offer the last bytes to the kernel without waiting, then close."""
        if data:
            with suppress(OSError):  # The peer is gone: there is nobody left to tell.
                self._sock.send(data)
        self._loop.forget(self._sock)
        self._sock.close()

    def _offer(self, data: bytes) -> int:
        try:
            return self._sock.send(data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise failure_of(error) from None


async def connect(loop: Loop, address: str, port: int, first: bytes, until: float) -> TcpStream:
    """Open a connection whose first segment is the whole of ``first`` (DESIGN §4, first contact).

    The bytes are offered right after the connect, before waiting: on a fast network the handshake
    is over by then and a turn of the loop is saved, and nowhere is there an idle connection.

    Raises:
        WireFailure: refused, unreachable (also: no answer until ``until``), closed early, local.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    except OSError as error:
        raise failure_of(error) from None
    stream = TcpStream(loop, sock)
    is_open = False
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        problem = sock.connect_ex((address, port))
        if problem not in (0, errno.EINPROGRESS):
            raise failure_of(OSError(problem, ""))
        await _send_first(sock, first, until)
        is_open = True
    except OSError as error:
        raise failure_of(error) from None
    finally:
        if not is_open:
            stream.send_and_close()
    return stream


async def _send_first(sock: socket.socket, first: bytes, until: float) -> None:
    while first:
        try:
            first = first[sock.send(first) :]
        except OSError as error:
            if error.errno not in _NOT_YET:
                raise
            if not await ready(sock, WRITE, until):
                raise WireFailure(Cause.UNREACHABLE, say("no answer to the connection")) from None
            problem = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if problem:
                raise failure_of(OSError(problem, "")) from None
