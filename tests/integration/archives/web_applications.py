"""Web applications that are no archive: pages in the shape of what hospitals and cities run, and worse.

Every text here is our own; what is imitated is which statuses, types and shapes such a server answers with.
Each is a function from a request to an answer, or bytes on the wire where no HTTP server says such things.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler
from ipaddress import IPv4Address
from typing import Final

from dosimeter.model.target import Service
from dosimeter.model.verdict import Exposure, Protection
from tests.integration.archives.running import Running
from tests.integration.archives.web_registry import WebExpected
from tests.peers.standins.serve import LOGIN_FORM, Answer, Request, Site, StandIn, page, said
from tests.peers.web import Reply, WebPeer, drip, say, say_and_close, say_and_reset
from tests.peers.web import page as wire

Start = Callable[[str], AbstractContextManager[Running]]
"""Starts an application at a loopback address."""

_NOTHING: Final = Answer(404, b"<html><body><h1>404 Not Found</h1></body></html>", "text/html")
_SHELL: Final = page("Meals", '<div id="root"></div><script src="/static/main.js"></script>')


class _AnyMethod(StandIn):
    """Answers every method alike, as frameworks do that route by path alone."""

    def _answering(self) -> type[BaseHTTPRequestHandler]:
        by_path = super()._answering()
        answer = by_path.do_GET  # type: ignore[attr-defined]  # http.server finds it by this name

        def take(handler: BaseHTTPRequestHandler) -> None:
            handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
            answer(handler)

        return type("Answering", (by_path,), {"do_POST": take, "do_OPTIONS": answer})


def _everywhere(answer: Answer) -> Site:
    return lambda _request: answer


def _at(answers: dict[str, Answer], otherwise: Answer = _NOTHING) -> Site:
    return lambda request: answers.get(request.path, otherwise)


def _with(answer: Answer, *fields: tuple[str, str]) -> Answer:
    return Answer(answer.status, answer.body, answer.media_type, (*answer.fields, *fields))


def _to(where: str, status: int = 302) -> Answer:
    return Answer(status, fields=(("Location", where),))


def _json_under(prefix: str, value: object) -> Site:
    """An interface that has something under a prefix, whatever the rest of the path."""
    return lambda request: said(value) if request.path.startswith(prefix) else _NOTHING


def _university(request: Request) -> Answer:
    """Courses of study: ``/studies`` is a word of others too."""
    if request.path.rstrip("/").endswith("/studies"):
        return said([{"id": 1, "title": "Law"}, {"id": 2, "title": "Theology"}])
    if "/studies/" in request.path:
        return said({"id": 1, "title": "Law", "semesters": 8})
    return _NOTHING


def _trials(request: Request) -> Answer:
    """Clinical trials, searched: nothing is found under a name that nobody has."""
    if request.path.rstrip("/").endswith("/studies"):
        return said([])
    return Answer(404, b'{"error": "no such route"}', "application/json")


def _graphql(request: Request) -> Answer:
    if request.path == "/graphql":
        return Answer(400, b'{"errors": [{"message": "no query"}]}', "application/json")
    return _NOTHING


def _echoing(request: Request) -> Answer:
    """Shows what was asked, as a debugging page does: our own words come back."""
    return said({"method": request.method, "url": request.path, "args": dict(request.query)})


def _problem(request: Request) -> Answer:
    text = json.dumps({"type": "about:blank", "title": "Not Found", "status": 404, "instance": request.path})
    return Answer(404, text.encode(), "application/problem+json")


def _product_of_another_kind(request: Request) -> Answer:
    """A backup appliance: ``/system`` and ``/statistics`` are words of others too."""
    answers: dict[str, object] = {
        "/system": {"Name": "backup-1", "Version": "4.2", "Uptime": 86_400},
        "/statistics": {"CountJobs": 12, "CountFailures": 0, "TotalDiskSize": "123456"},
        "/plugins": ["tape", "mail"],
        "/modalities": {},
        "/changes": {"Changes": [], "Done": True, "Last": 0},
        "/instances": [],
    }
    return said(answers[request.path]) if request.path in answers else _NOTHING


def _listing(*names: str) -> Answer:
    links = "".join(f'<li><a href="{name}">{name}</a></li>' for name in names)
    return page("Index of /", f"<h1>Index of /</h1><ul>{links}</ul>")


def _paged(request: Request) -> Answer:
    """A framework's list view of everything: ``results`` and ``count``, as Dicoogle's search has its own."""
    return said({"count": 0, "next": None, "previous": None, "results": []})


_SITES: Final[dict[str, Site]] = {
    "single-page-application": _everywhere(_SHELL),
    "single-page-application-that-answers-404": _everywhere(
        page("Meals", '<div id="root"></div>', status=404)
    ),
    "empty-list-for-everything": _everywhere(said([])),
    "empty-object-for-everything": _everywhere(said({})),
    "null-for-everything": _everywhere(said(None)),
    "ok-true-for-everything": _everywhere(said({"ok": True, "data": [], "total": 0})),
    "zero-counts-for-everything": _everywhere(said({"count": 0, "size": 0, "total": 0})),
    "no-content-for-everything": _everywhere(Answer(204)),
    "empty-page-for-everything": _everywhere(Answer(200, b"", "text/html")),
    "200-without-a-type-for-everything": _everywhere(Answer(200, b"OK")),
    "dicom-json-for-everything": _everywhere(said([], "application/dicom+json")),
    "picture-for-everything": _everywhere(Answer(200, b"\x89PNG\r\n\x1a\n" + bytes(64), "image/png")),
    "xml-for-everything": _everywhere(Answer(200, b'<?xml version="1.0"?><r/>', "text/xml")),
    "echo-of-the-request": _echoing,
    "paged-list-for-everything": _paged,
    "empty-list-under-studies": _trials,
    "university-with-studies": _university,
    "list-under-api": _json_under("/api", [{"id": 1}]),
    "empty-list-under-rs": _json_under("/rs/", []),
    "empty-list-under-v2": _json_under("/v2/", []),
    "appliance-with-system-and-statistics": _product_of_another_kind,
    "problem-json": _problem,
    "graphql": _graphql,
    "captive-portal": _everywhere(_to("http://login.captive.invalid/?url=%2F")),
    "captive-portal-on-itself": lambda request: (
        page("Welcome to the guests' network", "<form action='/accept'><button>Accept</button></form>")
        if request.path == "/portal"
        else _to("/portal")
    ),
    "redirect-to-https": _everywhere(_to("https://www.shop.invalid/", 301)),
    "redirect-in-a-circle": lambda request: _to("/a" if request.path == "/" else "/"),
    "blog": _at(
        {
            "/": _with(page("A Blog", "<article>Hello</article>"), ("Link", '</wp-json/>; rel="x"')),
            "/wp-login.php": page("Log In", LOGIN_FORM),
            "/api/": said({"name": "A Blog", "routes": {}}),
        }
    ),
    "tomcat": _at(
        {"/": page("Apache Tomcat/9.0.70", "<h1>Apache Tomcat</h1><p>It runs.</p>")},
        page("HTTP Status 404 - Not Found", "<h1>HTTP Status 404</h1>", 404),
    ),
    "wildfly": _at({"/": page("Welcome to WildFly", "<h1>WildFly runs</h1>")}),
    "nginx": _at({"/": page("Welcome to nginx!", "<h1>Welcome to nginx!</h1>")}),
    "apache": _at({"/": page("Apache2 Debian Default Page: It works", "It works!")}),
    "iis": _at(
        {"/": _with(page("IIS Windows Server", "<img src='iisstart.png'>"), ("Server", "Microsoft-IIS/10.0"))}
    ),
    "directory-listing": _at({"/": _listing("backup/", "dicom/", "studies/", "viewer.html")}),
    "grafana-like": lambda request: (
        page("Panels", LOGIN_FORM)
        if request.path == "/login"
        else Answer(401, b'{"message": "Unauthorized"}', "application/json")
        if request.path.startswith("/api")
        else _to("/login")
    ),
    "jenkins-like": _everywhere(
        _with(page("Sign in", LOGIN_FORM, status=403), ("X-Builder", "2.4"), ("Server", "Jetty(10.0)"))
    ),
    "printer": _at({"/": page("Printer 4th floor", "<h1>Ready</h1><p>Toner: 40 %</p>")}),
    "router-with-a-form": _everywhere(page("Router", LOGIN_FORM)),
    "camera-with-a-password": _everywhere(
        Answer(401, fields=(("WWW-Authenticate", 'Digest realm="camera", nonce="1", qop="auth"'),))
    ),
    "401-to-everything": _everywhere(Answer(401, fields=(("WWW-Authenticate", 'Basic realm="Intranet"'),))),
    "bearer-token-api": _everywhere(
        Answer(401, b'{"error": "unauthorized"}', "application/json", (("WWW-Authenticate", "Bearer"),))
    ),
    "single-sign-on": _everywhere(
        _to("https://sso.invalid/authorize?response_type=code&client_id=meals&redirect_uri=x")
    ),
    "403-to-everything": _everywhere(Answer(403, b"Forbidden", "text/plain")),
    "404-to-everything": _everywhere(_NOTHING),
    "405-to-everything": _everywhere(Answer(405, fields=(("Allow", "PUT"),))),
    "418-to-everything": _everywhere(Answer(418, b"short and stout", "text/plain")),
    "500-to-everything": _everywhere(page("Error", "<h1>500</h1>", 500)),
    "502-to-everything": _everywhere(page("502 Bad Gateway", "<h1>502 Bad Gateway</h1>", 502)),
    "503-to-everything": _everywhere(page("Down", "<h1>Maintenance</h1>", 503)),
    "429-to-everything": _everywhere(Answer(429, fields=(("Retry-After", "3600"),))),
    "page-about-archives": _at(
        {"/": page("Which archive?", "<p>Orthanc, dcm4chee, Horos, PacsOne and OHIF compared: DICOMweb.</p>")}
    ),
    "open-data-portal": _at({"/": page("Open data"), "/search": said({"numResults": 3, "results": []})}),
    "fhir-like-word": _at({"/metadata": said({"resourceType": "Dataset", "title": "Trees"})}),
}

_WIRES: Final[dict[str, tuple[Reply, ...]]] = {
    "websocket-only": (
        say(wire(b"Upgrade Required", "Upgrade: websocket", "Connection: Upgrade", status="426 Upgrade")),
    ),
    "http-1.0": (
        say_and_close(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html><title>Old</title></html>"),
    ),
    "closes-without-a-word": (say_and_close(),),
    "resets": (say_and_reset(),),
    "one-page-then-resets": (say(wire(b"<html><title>Once</title></html>")), say_and_reset()),
    "slow-page": (drip(wire(b"<html><title>Slow</title></html>"), 60, 0.005),),
    "endless-redirects-of-its-own": (say(wire(b"", "Location: /again", status="307 Again")),),
    "gzip-that-is-none": (say(wire(b"not gzip", "Content-Encoding: gzip", "Content-Type: text/html")),),
    "chunked-catch-all": (
        say(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"2\r\n[]\r\n0\r\n\r\n"
        ),
    ),
}


def _site(site: Site) -> Start:
    @contextmanager
    def start(address: str) -> Iterator[Running]:
        with _AnyMethod(site, address) as server:
            yield Running(server.address, server.port)

    return start


def _wire(replies: tuple[Reply, ...]) -> Start:
    @contextmanager
    def start(address: str) -> Iterator[Running]:
        with WebPeer(*replies, address=address) as peer:
            yield Running(peer.address, peer.port)

    return start


WEB_APPLICATIONS: Final[Mapping[str, Start]] = {
    **{name: _site(site) for name, site in _SITES.items()},
    **{name: _wire(replies) for name, replies in _WIRES.items()},
}
"""How each is started, by name."""

_REFUSING: Final = {
    "grafana-like": {Protection.HTTP_LOGIN, Protection.LOGIN_FORM},
    "jenkins-like": {Protection.LOGIN_FORM},
    "router-with-a-form": {Protection.LOGIN_FORM},
    "camera-with-a-password": {Protection.HTTP_LOGIN},
    "401-to-everything": {Protection.HTTP_LOGIN},
    "bearer-token-api": {Protection.SINGLE_SIGN_ON},
    "single-sign-on": {Protection.SINGLE_SIGN_ON},
    "403-to-everything": {Protection.HTTP_FORBIDDEN},
}
"""Those that refuse, before anything else, whoever does not log in: what is behind cannot be known."""

_NOT_SHOWN: Final = frozenset(
    {
        *("500-to-everything", "502-to-everything", "503-to-everything", "429-to-everything"),
        *("closes-without-a-word", "resets", "one-page-then-resets"),
    }
)
"""Those that were busy, faulty or gone: nothing was proved, and they are not shown to be safe."""

_ASKED_INSIDE_TLS_TOO: Final = frozenset({"closes-without-a-word", "resets"})


def expected_of(name: str) -> WebExpected:
    """The right verdict of an application: no archive, whatever it is."""
    service = Service.WEB_TLS if name in _ASKED_INSIDE_TLS_TOO else Service.WEB
    exposure = Exposure.INCONCLUSIVE if name in _NOT_SHOWN else Exposure.NOT_DICOM
    if name in _REFUSING:
        exposure = Exposure.GUARDED
    return WebExpected(exposure, False, protections=frozenset(_REFUSING.get(name, ())), service=service)


@contextmanager
def applications(first_address: str = "127.48.1.1") -> Iterator[Mapping[str, Running]]:
    """All of them, each alone on its address, until the block ends."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(start(str(IPv4Address(first_address) + index)))
            for index, (name, start) in enumerate(WEB_APPLICATIONS.items())
        }
