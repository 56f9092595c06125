"""What drives coroutines in tests: a loop, a deadline, and a count of file descriptors."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any, TypeVar

from dosimeter.model.facts import Titles
from dosimeter.model.scope import Authorisation, Pace, Touch
from dosimeter.model.target import Endpoint, Service
from dosimeter.net.dialer import Dialer, Line
from dosimeter.net.gate import ScopeGate
from dosimeter.net.loop import Loop
from dosimeter.net.web_line import WebLine

T = TypeVar("T")

QUICK = Pace(
    new_hosts_per_second=0,
    hosts_in_flight=32,
    seconds_between_associations=0,
    connect_seconds=0.4,
    answer_seconds=0.4,
    host_seconds=5,
)


def descriptors() -> set[str]:
    """The file descriptors of this process that are open now."""
    return {entry.name for entry in Path("/proc/self/fd").iterdir()}


def drive(work: Callable[[Loop], Coroutine[Any, Any, T]], seconds: float = 10.0) -> T:
    """Run a coroutine on a loop of its own to its end: its result, or what it raises."""
    loop = Loop()
    results: list[T] = []

    async def keep() -> None:
        results.append(await work(loop))

    try:
        loop.spawn(keep())
        until = time.monotonic() + seconds
        while len(loop):
            assert time.monotonic() < until, "the coroutine did not end"
            loop.turn(0.05)
    finally:
        loop.close()
    return results[0]


@dataclass
class Lines:
    """An audit log in memory."""

    said: list[tuple[Any, ...]] = field(default_factory=list)

    def contact(self, endpoint: Endpoint, titles: Titles | None, over: Service) -> None:
        """Remember it."""
        self.said.append(("contact", endpoint.authority, titles, over))

    def ended(self, endpoint: Endpoint, asked: tuple[str, ...], why: str) -> None:
        """Remember it."""
        self.said.append(("ended", endpoint.authority, asked, why))


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


def authorisation(
    *ports: int,
    pace: Pace = QUICK,
    touch: Touch = Touch.PROVE,
    called: tuple[str, ...] = (),
    calling: tuple[str, ...] = (),
    **changes: object,
) -> Authorisation:
    """All of loopback, from yesterday until tomorrow."""
    fields: dict[str, Any] = {
        "authorised_by": "Dr. A. Test",
        "role": "owner",
        "reference": "TEST-1",
        "legal_basis": "own machine",
        "contact": "test@example.org",
        "valid_from": now() - timedelta(days=1),
        "valid_until": now() + timedelta(days=1),
        "touch": touch,
        "networks": (ip_network("127.0.0.0/8"), ip_network("::1/128")),
        "sha256": "0" * 64,
        "ports": ports,
        "called_ae_titles": called,
        "calling_ae_titles": calling,
        "pace": pace,
    }
    return Authorisation(**(fields | changes))


@dataclass
class Caller:
    """Everything a line needs, around one loop."""

    loop: Loop
    allowed: Authorisation
    auditor: Lines = field(default_factory=Lines)

    def line(
        self,
        port: int,
        address: str = "127.0.0.1",
        service: Service = Service.DICOM,
        name: str | None = None,
        clock: Callable[[], datetime] = now,
    ) -> Line:
        """A line to a port of loopback; ``clock`` is what the gate takes the time from."""
        dialer = Dialer(self.loop, ScopeGate(self.allowed, clock), self.auditor, self.allowed.pace)
        return dialer.line(Endpoint(address, port, service, name), dialer.host_clock())

    def web_line(
        self,
        port: int,
        address: str = "127.0.0.1",
        service: Service = Service.WEB,
        name: str | None = None,
        clock: Callable[[], datetime] = now,
    ) -> WebLine:
        """The same for HTTP."""
        dialer = Dialer(self.loop, ScopeGate(self.allowed, clock), self.auditor, self.allowed.pace)
        return dialer.web_line(Endpoint(address, port, service, name), dialer.host_clock())
