"""Does a server still answer? Each check is a whole exchange that the server knows how to end."""

from __future__ import annotations

import socket
import ssl
import urllib.request
from collections.abc import Callable
from typing import Final

from tests.integration.archives.asking import Caller, Rejected, refusal
from tests.integration.archives.process import is_listening
from tests.integration.archives.running import Running, Site

Check = Callable[[Site, Running], None]
"""Raises AssertionError if the server does not answer as it should."""

_SECONDS: Final = 10.0
_MOMENT: Final = 0.1


def echoes(called: str = "NOBODY-TEST", calling: str = "STRANGER") -> Check:
    """A whole association with a C-ECHO."""

    def check(site: Site, peer: Running) -> None:
        status = Caller(called, calling).echo(peer)
        assert status == 0, f"C-ECHO ended with {status}"

    return check


def echoes_inside_tls(site: Site, peer: Running) -> None:
    """The same inside TLS, by a client that shows its certificate."""
    assert Caller(certificates=site.certificates, shows_certificate=True).echo(peer) == 0


def rejects(result: int, source: int, reason: int) -> Check:
    """An A-ASSOCIATE-RJ is the whole answer of this server."""

    def check(site: Site, peer: Running) -> None:
        assert refusal(peer, Caller()) == Rejected(result, source, reason)

    return check


def association_request(called: str = "NOBODY-TEST", calling: str = "STRANGER") -> bytes:
    """An A-ASSOCIATE-RQ for Verification, built here so that no product code is in it (PS3.8 §9.3.2)."""
    context = b"\x01\0\0\0" + _item(0x30, b"1.2.840.10008.1.1") + _item(0x40, b"1.2.840.10008.1.2")
    body = (
        b"\0\x01\0\0"
        + called.ljust(16).encode("ascii")
        + calling.ljust(16).encode("ascii")
        + bytes(32)
        + _item(0x10, b"1.2.840.10008.3.1.1.1")
        + _item(0x20, context)
        + _item(0x50, _item(0x51, b"\0\0\x40\0") + _item(0x52, b"2.25.115713029"))
    )
    return b"\x01\0" + len(body).to_bytes(4, "big") + body


def _item(kind: int, value: bytes) -> bytes:
    return bytes([kind, 0]) + len(value).to_bytes(2, "big") + value


def first_bytes(peer: Running, seconds: float = _SECONDS) -> bytes:
    """What comes first after an A-ASSOCIATE-RQ; empty if the peer hangs up or resets.

    Raises:
        TimeoutError: nothing came within ``seconds``.
    """
    with socket.create_connection((peer.address, peer.port), timeout=seconds) as connection:
        try:
            connection.sendall(association_request())
            return connection.recv(4096)
        except (ConnectionResetError, BrokenPipeError):
            return b""


def says(prefix: bytes) -> Check:
    """Answers an A-ASSOCIATE-RQ with bytes that begin so; empty means that it hangs up."""

    def check(site: Site, peer: Running) -> None:
        came = first_bytes(peer)
        assert came.startswith(prefix), came
        assert bool(came) == bool(prefix), came

    return check


def says_nothing(site: Site, peer: Running) -> None:
    """Takes the connection and stays silent for a moment."""
    try:
        came = first_bytes(peer, _MOMENT)
    except TimeoutError:
        return
    raise AssertionError(f"expected silence, got {came!r}")


def serves_http(site: Site, peer: Running) -> None:
    """Answers a web client."""
    with urllib.request.urlopen(f"http://{peer.address}:{peer.port}/", timeout=_SECONDS) as answer:
        assert answer.status == 200


def serves_https(site: Site, peer: Running) -> None:
    """Answers inside TLS, and not with DICOM."""
    context = ssl.create_default_context(cafile=str(site.certificates.authority.certificate))
    with (
        socket.create_connection((peer.address, peer.port), timeout=_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as inside,
    ):
        inside.sendall(association_request())
        assert inside.recv(4096).startswith(b"HTTP/1.1 400")


def refuses_without_certificate(site: Site, peer: Running) -> None:
    """Ends the TLS connection of a client that shows no certificate, at the latest at its first read.

    pynetdicom forgets to close its socket then, so this speaks TLS itself.
    """
    context = ssl.create_default_context(cafile=str(site.certificates.authority.certificate))
    try:
        with (
            socket.create_connection((peer.address, peer.port), timeout=_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as inside,
        ):
            inside.sendall(association_request())
            came = inside.recv(4096)
    except (ssl.SSLError, ConnectionError):
        return
    assert came == b"", came


def listens_not(site: Site, peer: Running) -> None:
    """Nobody is there."""
    assert not is_listening(peer.port)
