"""Small servers with one behaviour each, for peers that no package provides. Loopback only.

A behaviour is a function of one accepted connection and an event that is set when the server stops::

    with ScriptedServer(echo) as server:
        connect((server.address, server.port))
"""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final, Self

Behaviour = Callable[[socket.socket, Event], None]

CHUNK: Final = 65536
_JOIN_SECONDS: Final = 5.0
_LIFETIME_SECONDS: Final = 120.0
"""No connection outlives this, so that a test that hangs ends."""


class ScriptedServer:
    """Accepts connections and lets ``behaviour`` do what it does, each in a thread of its own.

    ``connections`` counts the connections accepted so far.
    """

    def __init__(self, behaviour: Behaviour, address: str = "127.0.0.1", port: int = 0) -> None:
        if not ip_address(address).is_loopback:
            raise ValueError(f"{address} is not a loopback address")
        self._behaviour = behaviour
        self._stopping = Event()
        self._lock = Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[Thread] = []
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._listener = socket.create_server((address, port), family=family, backlog=128)
        self.address = address
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        with self._lock:
            connections = tuple(self._open)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # wakes recv()
        for thread in self._threads:
            thread.join(_JOIN_SECONDS)
        self._listener.close()

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with self._lock:
                self._open.add(connection)
            self._start(self._converse, connection)

    def _converse(self, connection: socket.socket) -> None:
        connection.settimeout(_LIFETIME_SECONDS)
        # A client that went away is what most of these peers provoke.
        with connection, suppress(OSError):
            self._behaviour(connection, self._stopping)
        with self._lock:
            self._open.discard(connection)


def echo(connection: socket.socket, _stopping: Event) -> None:
    """TCP echo (RFC 862): returns our own bytes."""
    while received := connection.recv(CHUNK):
        connection.sendall(received)


def silent(connection: socket.socket, _stopping: Event) -> None:
    """A tarpit: reads everything, never answers, waits for the client to go."""
    while connection.recv(CHUNK):
        pass


def close_at_once(_connection: socket.socket, _stopping: Event) -> None:
    """Accepts, and closes before it reads."""


def reset(connection: socket.socket, _stopping: Event) -> None:
    """An MLLP interface (HL7): anything that does not begin with 0x0B is answered with RST."""
    if connection.recv(CHUNK)[:1] != b"\x0b":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def ssh_banner(connection: socket.socket, _stopping: Event) -> None:
    """Speaks first (RFC 4253 §4.2), and hangs up on what is not SSH."""
    connection.sendall(b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n")
    if not connection.recv(CHUNK).startswith(b"SSH-"):
        connection.sendall(b"Invalid SSH identification string.\r\n")


def http_error(connection: socket.socket, _stopping: Event) -> None:
    """A web server that says so of bytes that are no request."""
    if connection.recv(CHUNK):
        connection.sendall(
            b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Type: text/html\r\n"
            b"Content-Length: 15\r\nConnection: close\r\n\r\n400 Bad Request"
        )


def answering(reply: bytes) -> Behaviour:
    """Answers the first bytes with ``reply``, whatever was asked, and waits for the client to go."""

    def behave(connection: socket.socket, stopping: Event) -> None:
        if connection.recv(CHUNK):
            connection.sendall(reply)
            silent(connection, stopping)

    return behave


def dripping(reply: bytes, seconds_per_byte: float) -> Behaviour:
    """Answers byte by byte: each read brings something, the whole never comes in time."""

    def behave(connection: socket.socket, stopping: Event) -> None:
        connection.recv(CHUNK)
        for byte in reply:
            connection.sendall(bytes([byte]))
            if stopping.wait(seconds_per_byte):
                return

    return behave


def inside_tls(behaviour: Behaviour, certificate: Path, key: Path) -> Behaviour:
    """The same behaviour behind a TLS handshake that asks for no client certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def behave(connection: socket.socket, stopping: Event) -> None:
        with context.wrap_socket(connection, server_side=True) as inside:
            behaviour(inside, stopping)

    return behave


BUSY: Final = bytes.fromhex("0300 00000004 00 02 03 02")
"""A-ASSOCIATE-RJ: rejected-transient, presentation service provider, local limit exceeded."""

OVERSIZED: Final = bytes.fromhex("0200 ffffffff 0001 0000")
"""The head of an A-ASSOCIATE-AC that claims 4 GiB."""

ACCEPT_IN_PART: Final = (
    bytes.fromhex("0200 000000f0 0001 0000")
    + b"ANYBODY         SOMEBODY        "
    + bytes(32)
    + b"\x10\x00\x00\x151.2.840.10008.3.1.1.1"
)
"""A valid beginning of an A-ASSOCIATE-AC of 240 bytes, without its end."""
