"""A run over scripted archives, with a store that remembers the order in which it was spoken to."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dosimeter.model.attempt import Attempt
from dosimeter.model.facts import CellCounted
from dosimeter.model.scope import Authorisation, Touch
from dosimeter.model.survey import EndpointRecord, HostPlan, SurveyHeader, SurveyState
from dosimeter.model.target import Endpoint, Service
from dosimeter.net.dialer import Dialer
from dosimeter.net.gate import ScopeGate
from dosimeter.net.loop import Loop
from dosimeter.survey.audit import AuditLog
from dosimeter.survey.runner import Assignment, Runner
from dosimeter.usecases.system_clock import SystemClock
from tests.peers.archive import Archive
from tests.unit.net.driving import now

SURVEY = "20260101-00000000"


@dataclass
class Spy:
    """The part of a store that a run speaks to. ``said`` is what it was told, and at which second."""

    said: list[tuple[str, float, tuple[str, ...]]] = field(default_factory=list)
    kept: list[EndpointRecord] = field(default_factory=list)
    opened: list[EndpointRecord] = field(default_factory=list)
    cells: list[tuple[str, CellCounted]] = field(default_factory=list)
    joined: list[tuple[str, str]] = field(default_factory=list)
    before: Callable[[str], None] = lambda _what: None

    def intend(self, _survey: str, addresses: Sequence[str], _at: datetime) -> None:
        """Remember it."""
        self._note("intend", addresses)

    def withdraw(self, _survey: str, addresses: Sequence[str]) -> None:
        """Remember it."""
        self._note("withdraw", addresses)

    def record(self, _survey: str, records: Sequence[EndpointRecord]) -> None:
        """Remember it."""
        self._note("record", [record.endpoint.authority for record in records])
        self.kept.extend(record for record in records if not record.is_open)
        self.opened.extend(record for record in records if record.is_open)

    def checkpoint(self, _survey: str, endpoint: Endpoint, cell: CellCounted) -> None:
        """Remember it."""
        self._note("checkpoint", [endpoint.authority])
        self.cells.append((endpoint.authority, cell))

    def join(self, _survey: str, pairs: Sequence[tuple[Endpoint, Endpoint]]) -> None:
        """Remember it."""
        self.joined += [(endpoint.authority, first.authority) for endpoint, first in pairs]

    def _note(self, what: str, of: Iterable[str]) -> None:
        self.before(what)
        self.said.append((what, time.monotonic(), tuple(of)))

    def told(self, what: str) -> list[str]:
        """Everything it was told under this name."""
        return [one for said, _at, of in self.said if said == what for one in of]


class Watcher:
    """An observer that counts."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.ended: list[str] = []
        self.recorded: list[EndpointRecord] = []
        self.counts: list[tuple[str, int, str]] = []
        self.ticks = 0

    def host_started(self, address: str) -> None:
        """Count it."""
        self.started.append(address)

    def host_ended(self, address: str) -> None:
        """Count it."""
        self.ended.append(address)

    def counted(self, endpoint: Endpoint, so_far: int, cell: CellCounted) -> None:
        """Remember it."""
        self.counts.append((endpoint.authority, so_far, cell.cell))

    def endpoint_recorded(self, record: EndpointRecord) -> None:
        """Count it."""
        self.recorded.append(record)

    def tick(self) -> None:
        """Count it."""
        self.ticks += 1


def header() -> SurveyHeader:
    """Whatever the audit log needs to know of the survey."""
    return SurveyHeader(
        id=SURVEY,
        tool_version="0",
        ruleset_version="0",
        scope_sha256="0" * 64,
        authorised_by="Dr. A. Test",
        reference="TEST-1",
        touch=Touch.PROVE,
        started=datetime(2026, 1, 1, tzinfo=UTC),
        completed=None,
        state=SurveyState.RUNNING,
    )


def plan(*archives: Archive, contacts: int = 0, service: Service = Service.DICOM) -> list[HostPlan]:
    """One host for each address, with the ports of its archives."""
    ports: dict[str, list[int]] = {}
    for archive in archives:
        ports.setdefault(archive.address, []).append(archive.port)
    return [
        HostPlan(address, tuple(Endpoint(address, port, service) for port in ports[address]), contacts)
        for address in ports
    ]


def run(
    hosts: Iterable[HostPlan],
    allowed: Authorisation,
    folder: Path,
    *,
    store: Spy | None = None,
    watcher: Watcher | None = None,
    audit: AuditLog | None = None,
    is_stopped: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] = now,
) -> tuple[bool, Spy]:
    """Run to the end; whether all was asked, and what the store was told."""
    kept = store or Spy()
    loop = Loop()
    log = audit or AuditLog(folder / "audit.jsonl", header(), SystemClock())
    try:
        dialer = Dialer(loop, ScopeGate(allowed, clock), log, allowed.pace)
        assignment = Assignment(SURVEY, allowed, allowed.touch, "NOBODY-00C0DE")
        runner = Runner(assignment, kept, log, dialer, SystemClock(), watcher or Watcher())  # type: ignore[arg-type] # the part of a store that a run speaks to
        return runner.run(iter(hosts), is_stopped), kept
    finally:
        loop.close()
        if audit is None:
            log.close()


def attempts_of(store: Spy, archive: Archive) -> dict[str, Attempt]:
    """The attempts on one endpoint by probe, in their order."""
    (record,) = [one for one in store.kept if one.endpoint.port == archive.port]
    return {attempt.probe: attempt for attempt in record.attempts}


def audit_lines(folder: Path) -> list[dict[str, Any]]:
    """The events of the audit log."""
    return [json.loads(line) for line in (folder / "audit.jsonl").read_text().splitlines()]
