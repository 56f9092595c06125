"""A visit of web probes to a server that is written down: no socket, no loop, every request remembered."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from dosimeter.model.facts import Fact
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.web import Purpose, WebAnswered
from dosimeter.net.web import Method, WebRequest, WebResponse
from dosimeter.probes._declare import Probe, Visit
from tests.unit.net.driving import authorisation

T = TypeVar("T")

HERE: Final = Endpoint("127.42.0.1", 8042, Service.WEB, "pacs.example")
NULL: Final = "2.25."

Site = Callable[[WebRequest], WebResponse]
"""What a server answers to a request."""


def says(
    status: int = 200,
    body: bytes | str = b"",
    kind: str | None = None,
    *,
    is_cut: bool = False,
    **fields: str,
) -> WebResponse:
    """An answer; ``kind`` is its Content-Type, other fields are named with underscores."""
    headers = () if kind is None else (("content-type", kind),)
    headers += tuple((name.replace("_", "-"), value) for name, value in fields.items())
    return WebResponse(status, headers, body.encode() if isinstance(body, str) else body, is_cut, 1)


NOT_FOUND: Final = says(404, "<html><title>404 Not Found</title></html>", "text/html")


@dataclass
class WrittenLine:
    """A `WebLine` whose server is a function."""

    site: Site
    endpoint: Endpoint = HERE
    tls: None = None
    asked: list[WebRequest] = field(default_factory=list)

    async def ask(self, request: WebRequest) -> WebResponse:
        """What the site says; what it raises is the failure of the line."""
        self.asked.append(request)
        return self.site(request)

    @property
    def lines(self) -> list[str]:
        """Method and path of each request, as the audit log has them."""
        return [request.line for request in self.asked]


def new_visit(site: Site, seen: tuple[Fact, ...] = (), endpoint: Endpoint = HERE) -> Visit:
    """A visit to a site, with no DICOM line in it."""
    line: Any = WrittenLine(site, endpoint)
    nobody: Any = None
    return Visit(nobody, authorisation(endpoint.port), "NOBODY-00C0DE", seen, web=line)


def finish(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never waits."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("it waited")


def visit_with(visit: Visit, *probes: Probe) -> tuple[Fact, ...]:
    """The facts of probes, asked one after the other."""
    found: tuple[Fact, ...] = ()
    for probe in probes:
        visit.heard = []
        facts = finish(probe.run(visit))
        visit.seen += facts
        found += facts
    return found


def requests_of(visit: Visit) -> list[str]:
    """Method and path of each request so far."""
    line: Any = visit.web
    lines: list[str] = line.lines
    return lines


def answer_to(facts: tuple[Fact, ...], asked: str) -> WebAnswered:
    """The fact of the question that is named, asked once."""
    (one,) = [fact for fact in facts if isinstance(fact, WebAnswered) and fact.asked == asked]
    return one


def everything_asked(facts: tuple[Fact, ...], purpose: Purpose) -> list[WebAnswered]:
    """The facts of a purpose."""
    return [fact for fact in facts if isinstance(fact, WebAnswered) and fact.purpose is purpose]


def is_null_query(request: WebRequest, root: str = "/dicom-web") -> bool:
    """Whether it is the null query under a root."""
    return request.method is Method.GET and request.path.startswith(f"{root}/studies?StudyInstanceUID={NULL}")
