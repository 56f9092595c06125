"""Stand-ins for web faces that no package provides: a site is a function from a request to an answer.

A stand-in listens on loopback alone and keeps what it was asked, in order::

    with StandIn(dicoogle.site(Holdings())) as standin:
        fetch(standin.address, standin.port)
    assert standin.asked == ["GET /ext/version"]
"""

from __future__ import annotations

import json
import socket
import socketserver
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler
from threading import Thread
from typing import Any, Final, Self
from urllib.parse import parse_qs, urlsplit

ADDRESS: Final = "127.43.0.1"


@dataclass(frozen=True)
class Holdings:
    """What a stand-in says that it holds: the truth its counters are compared with."""

    patients: int = 32
    studies: int = 48
    series: int = 54
    instances: int = 225
    worklist_items: int = 12


@dataclass(frozen=True)
class Request:
    """A request, its path and the first value of each parameter apart."""

    method: str
    path: str
    query: Mapping[str, str]
    accept: str


@dataclass(frozen=True)
class Answer:
    """A status, a body, its type, further fields."""

    status: int
    body: bytes = b""
    media_type: str | None = None
    fields: tuple[tuple[str, str], ...] = ()


Site = Callable[[Request], Answer]
NOT_FOUND: Final = Answer(404, b"<html><body><h1>Not Found</h1></body></html>", "text/html")


def page(title: str, body: str = "", status: int = 200) -> Answer:
    """An HTML page."""
    html = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body>{body}</body></html>"
    return Answer(status, html.encode(), "text/html; charset=utf-8")


def said(value: object, media_type: str = "application/json") -> Answer:
    """A JSON text; bytes are sent as they are, so that it can be none."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return Answer(200, body, media_type)


LOGIN_FORM: Final = '<form method="post"><input name="u"><input type="password" name="p"></form>'


class Guard(Enum):
    """What stands before a site."""

    OPEN = "open"
    UNAUTHORISED = "401"
    FORBIDDEN = "403"
    LOGIN_REDIRECT = "redirect"
    LOGIN_FORM = "form"


def guarded(site: Site, guard: Guard, realm: str = "Restricted", shown: frozenset[str] = frozenset()) -> Site:
    """The site behind a guard; paths of ``shown`` are answered all the same."""
    refusals = {
        Guard.UNAUTHORISED: Answer(401, fields=(("WWW-Authenticate", f'Basic realm="{realm}"'),)),
        Guard.FORBIDDEN: Answer(403, b"Forbidden", "text/plain"),
        Guard.LOGIN_REDIRECT: Answer(302, fields=(("Location", "/login?next=%2F"),)),
        Guard.LOGIN_FORM: page("Please log in", LOGIN_FORM),
    }

    def answer(request: Request) -> Answer:
        if guard is Guard.OPEN or request.path in shown:
            return site(request)
        return refusals[guard]

    return answer


@dataclass
class StandIn:
    """A site on a port of loopback, in threads of its own."""

    site: Site
    address: str = ADDRESS
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._server = _Server((self.address, 0), self._answering())
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    @property
    def port(self) -> int:
        """The port it listens on."""
        port: int = self._server.server_address[1]
        return port

    def _answering(self) -> type[BaseHTTPRequestHandler]:
        standin = self

        class Answering(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            timeout = 20

            def do_GET(self) -> None:
                standin.asked.append(f"{self.command} {self.path}")
                parts = urlsplit(self.path)
                first = {
                    key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()
                }
                request = Request(self.command, parts.path, first, self.headers.get("Accept", ""))
                self._send(standin.site(request))

            def _send(self, answer: Answer) -> None:
                self.send_response_only(answer.status)
                for name, value in answer.fields:
                    self.send_header(name, value)
                if answer.media_type is not None:
                    self.send_header("Content-Type", answer.media_type)
                if answer.status != 204:
                    self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if answer.status != 204:
                    self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Answering


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no fault of the stand-in."""

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection, address
