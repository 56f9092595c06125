"""A web server that answers as it is told, and remembers every request. Loopback only."""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Callable
from threading import Event, Lock
from typing import Final, Self

from tests.peers.scripted import CHUNK, ScriptedServer

Reply = Callable[[socket.socket, bytes, Event], bool]
"""Answers one request; False closes the connection after it."""

OK: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
_HEAD_ENDS: Final = b"\r\n\r\n"


class WebPeer:
    """``replies`` are given one a request, in the order of all requests; the last one goes on for ever.

    ``requests`` are the bytes of each request. A ``tls`` context puts it inside TLS.
    """

    def __init__(
        self, *replies: Reply, address: str = "127.41.0.1", tls: ssl.SSLContext | None = None
    ) -> None:
        self._replies = replies or (say(OK),)
        self._tls = tls
        self._lock = Lock()
        self._server = ScriptedServer(self._converse, address)
        self.requests: list[bytes] = []

    @property
    def address(self) -> str:
        """Where it listens."""
        return self._server.address

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.port

    @property
    def connections(self) -> int:
        """Connections accepted so far."""
        return self._server.connections

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    def _converse(self, connection: socket.socket, stopping: Event) -> None:
        if self._tls is not None:
            connection = self._tls.wrap_socket(connection, server_side=True)
        with connection:
            while request := read_request(connection):
                with self._lock:
                    number = len(self.requests)
                    self.requests.append(request)
                if not self._replies[min(number, len(self._replies) - 1)](connection, request, stopping):
                    return


def read_request(connection: socket.socket) -> bytes:
    """One whole request, or b"" if the client has gone."""
    request = b""
    while _HEAD_ENDS not in request:
        data = connection.recv(CHUNK)
        if not data:
            return b""
        request += data
    head, _, body = request.partition(_HEAD_ENDS)
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            while len(body) < int(value):
                body += connection.recv(CHUNK)
    return head + _HEAD_ENDS + body


def say(answer: bytes) -> Reply:
    """These bytes, and the connection stays open."""

    def reply(connection: socket.socket, _request: bytes, _stopping: Event) -> bool:
        connection.sendall(answer)
        return True

    return reply


def say_and_close(answer: bytes = b"") -> Reply:
    """These bytes, and FIN."""

    def reply(connection: socket.socket, _request: bytes, _stopping: Event) -> bool:
        connection.sendall(answer)
        return False

    return reply


def say_and_reset(answer: bytes = b"") -> Reply:
    """These bytes, and RST."""

    def reply(connection: socket.socket, _request: bytes, _stopping: Event) -> bool:
        connection.sendall(answer)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    return reply


def drip(answer: bytes, at_once: int, seconds: float) -> Reply:
    """The first bytes at once, the others one by one with a pause after each."""

    def reply(connection: socket.socket, _request: bytes, stopping: Event) -> bool:
        connection.sendall(answer[:at_once])
        for byte in answer[at_once:]:
            if stopping.wait(seconds):
                return False
            connection.sendall(bytes([byte]))
        return True

    return reply


def pour(head: bytes, piece: bytes) -> Reply:
    """A beginning, and then the same piece without an end."""

    def reply(connection: socket.socket, _request: bytes, stopping: Event) -> bool:
        connection.sendall(head)
        while not stopping.is_set():
            connection.sendall(piece)
        return False

    return reply


def say_nothing() -> Reply:
    """Reads, and lets the client wait."""

    def reply(connection: socket.socket, _request: bytes, _stopping: Event) -> bool:
        while connection.recv(CHUNK):
            pass
        return False

    return reply


def page(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """An answer with its right length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode("latin-1") + _HEAD_ENDS + body
