"""Does a web server still answer its own client? Each check is one exchange on a connection of its own."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable

from tests.integration.archives.nginx import BEARER
from tests.integration.archives.running import Running, Site

Check = Callable[[Site, Running], None]
"""Raises AssertionError if the server does not answer as it should."""

_SECONDS = 10.0


def answers(
    path: str = "/",
    status: int = 200,
    *,
    holds: bytes = b"",
    inside_tls: bool = False,
    shows_certificate: bool = False,
    logs_in: bool = False,
) -> Check:
    """GET of this path has this status, and a body that holds this."""

    def check(site: Site, peer: Running) -> None:
        context = _context(site, shows_certificate=shows_certificate) if inside_tls else None
        connection = (
            http.client.HTTPSConnection(peer.address, peer.port, timeout=_SECONDS, context=context)
            if context
            else http.client.HTTPConnection(peer.address, peer.port, timeout=_SECONDS)
        )
        try:
            connection.request("GET", path, headers={"Authorization": f"Basic {BEARER}"} if logs_in else {})
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        assert answer.status == status, f"{path}: {answer.status}"
        assert holds in body, body[:200]

    return check


def _context(site: Site, *, shows_certificate: bool) -> ssl.SSLContext:
    certificates = site.certificates
    context = ssl.create_default_context(cafile=str(certificates.authority.certificate))
    context.check_hostname = False
    if shows_certificate:
        context.load_cert_chain(certificates.client.certificate, certificates.client.key)
    return context


def frames(site: Site, peer: Running) -> None:
    """Acknowledges an empty MLLP frame with a frame."""
    with socket.create_connection((peer.address, peer.port), timeout=_SECONDS) as connection:
        connection.sendall(b"\x0b\x1c\r")
        assert connection.recv(16) == b"\x0b\x06\x1c\r"
