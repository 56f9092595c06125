"""Runs the probes over the hosts: intent before contact, facts stored as they come.

Here is one of the two places where any exception is caught: a fault in a probe is one failed
attempt, never a lost host.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from dosimeter.model.attempt import Attempt, Cause, Completed, Failed, Skipped
from dosimeter.model.message import say
from dosimeter.model.problem import Problem
from dosimeter.model.scope import Authorisation, Touch
from dosimeter.model.survey import EndpointRecord, HostPlan
from dosimeter.model.target import ON_WEB, Endpoint, Service
from dosimeter.net.causes import AuthorisedTimeOver, WireFailure
from dosimeter.net.dialer import Dialer
from dosimeter.net.loop import InterruptedWait, Loop
from dosimeter.net.pacing import HostClock, HostPacer
from dosimeter.net.scu import ContextNotAccepted
from dosimeter.probes._declare import Counting, NotAsked, Probe, Rides, Visit, discover, is_overloaded
from dosimeter.survey.audit import AuditLog
from dosimeter.survey.counting import Cells, known_cells
from dosimeter.survey.events import Observer
from dosimeter.survey.plan import (
    NOTHING_THERE,
    ends_visit,
    got_nothing,
    is_pressing,
    is_sampled,
    probes_for,
    speaks_otherwise,
    why_not,
)
from dosimeter.survey.ports import Clock, SurveyStore
from dosimeter.survey.same_archive import Sketch, same_archives, sketch_of

if TYPE_CHECKING:
    from dosimeter.dicom.keyed_set import KeyedSet
    from dosimeter.model.facts import CellCounted, Titles

MAX_INTENTS: Final = 1024
"""Hosts whose intent is committed together; at a slow pace it is the hosts of one second."""
FLUSH_RECORDS: Final = 1024
FLUSH_SECONDS: Final = 0.25
TICK_SECONDS: Final = 0.1
MAX_CONTACTS: Final = 2
"""A host that was contacted this often and never finished is not asked again."""
KEY_BYTES: Final = 32

_NO_TIME_LEFT = say("the time allowed for this host was used up by its other ports")
_UNFINISHED = say("contacted {number} times, each survey ended meanwhile", number=MAX_CONTACTS)


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one run of a survey is about."""

    survey_id: str
    authorisation: Authorisation
    touch: Touch
    stranger_called: str


class Runner:
    """One run over the pending hosts of a survey. Single-threaded; call `run` once."""

    def __init__(
        self,
        assignment: Assignment,
        store: SurveyStore,
        audit: AuditLog,
        dialer: Dialer,
        clock: Clock,
        observer: Observer,
    ) -> None:
        self._assignment = assignment
        self._store = store
        self._audit = audit
        self._dialer = dialer
        self._loop: Loop = dialer.loop
        self._clock = clock
        self._observer = observer
        probes = {service: probes_for(discover(), service, assignment.touch) for service in Service}
        self._probes = {
            service: tuple(probe for probe in probes[service] if probe.touch < Touch.COUNT)
            for service in Service
        }
        self._census = {
            service: tuple(probe for probe in probes[service] if probe.touch >= Touch.COUNT)
            for service in Service
        }
        # With it identifiers are hashed, so that nobody can look one up: never stored, dropped at the end.
        self._key = secrets.token_bytes(KEY_BYTES)
        self._sketches: dict[Endpoint, Sketch] = {}
        self._pace = assignment.authorisation.pace
        self._records: list[EndpointRecord] = []
        self._next_flush = 0.0
        self._next_tick = 0.0
        self._unfinished: dict[str, None] = {}
        self._sampled: set[str] = set()
        self._stopped = False

    def run(self, hosts: Iterator[HostPlan], is_stopped: Callable[[], bool]) -> bool:
        """Ask every host; True if all were asked, False if ``is_stopped`` or the scope's hours said so first.

        ``is_stopped`` is asked about ten times a second. After it has said yes nothing is dialled
        any more, open associations are aborted and what was learnt is stored.

        Raises:
            Exception: whatever the store or the audit log raises; then too, nothing is dialled any
                more and open associations are aborted.
        """
        if is_stopped():
            return False
        pacer = HostPacer(self._pace, self._loop.now())
        intended = self._intended(hosts)
        try:
            waiting = next(intended, None)
            while waiting is not None or len(self._loop):
                now = self._loop.now()
                if self._stopped or (self._tick_is_due(now) and is_stopped()):
                    self._stopped = True
                    break
                admitted = pacer.admit(now, len(self._loop)) if waiting is not None else 0
                for _ in range(admitted):
                    if waiting is None:
                        break
                    self._start(waiting)
                    waiting = next(intended, None)
                self._loop.turn(TICK_SECONDS)
                self._flush_if_due(self._loop.now())
        finally:
            self._end()
        return not self._stopped

    def _end(self) -> None:
        with ExitStack() as all_of_it:  # In the order from last to first; one that raises spares no other.
            all_of_it.callback(self._withdraw)
            all_of_it.callback(self._join)
            all_of_it.callback(self._flush)
            all_of_it.callback(self._loop.interrupt)

    def _intended(self, hosts: Iterator[HostPlan]) -> Iterator[HostPlan]:
        """Hosts whose intent is on disk, and so may be contacted."""
        rate = self._pace.new_hosts_per_second
        size = MAX_INTENTS if rate == 0 else min(MAX_INTENTS, max(1, int(rate)))
        while batch := tuple(itertools.islice(hosts, size)):
            addresses = [host.address for host in batch if host.contacts < MAX_CONTACTS]
            self._store.intend(self._assignment.survey_id, addresses, self._clock.now())
            self._unfinished.update(dict.fromkeys(addresses))
            self._audit.intended(addresses)
            self._audit.flush()
            yield from batch

    def _withdraw(self) -> None:
        """A host that an orderly end left unfinished was not contacted in vain: it may be asked again.

        So an intent that stays on disk tells of a run that died, maybe of what that host answered.
        """
        if self._unfinished:
            self._store.withdraw(self._assignment.survey_id, tuple(self._unfinished))
            self._unfinished = {}

    def _join(self) -> None:
        """Say which endpoints hold the same studies; then the sketches and their key are dropped."""
        sketches, self._sketches, self._key = self._sketches, {}, b""
        self._store.join(self._assignment.survey_id, same_archives(sketches))

    def _start(self, host: HostPlan) -> None:
        self._observer.host_started(host.address)
        self._loop.spawn(self._host(host), lambda: self._observer.host_ended(host.address))

    async def _host(self, host: HostPlan) -> None:
        clock = self._dialer.host_clock()
        if host.contacts or host.begun:  # A run before may have left it a moment ago.
            clock.contact_ended(self._loop.now())
        begun = {record.endpoint.port: record for record in host.begun}
        for endpoint in host.endpoints:
            opened = begun.get(endpoint.port)
            try:
                if opened is not None:
                    record = await self._go_on(opened, host, clock)
                else:
                    record = await self._endpoint(endpoint, host, clock)
            except AuthorisedTimeOver:
                self._stopped = True
                return
            self._records.append(record)
            self._observer.endpoint_recorded(record)
            if self._assignment.touch >= Touch.SAMPLE and is_sampled(record.attempts):
                self._sampled.add(host.address)
        self._unfinished.pop(host.address, None)
        self._sampled.discard(host.address)

    async def _endpoint(self, endpoint: Endpoint, host: HostPlan, clock: HostClock) -> EndpointRecord:
        """All that is to be asked of an endpoint nothing is known of."""
        began = self._clock.now()
        unasked = self._unasked(endpoint, host, clock)
        if unasked is not None:
            return EndpointRecord(endpoint, unasked, began, self._clock.now())
        visit = self._visit(endpoint, clock)
        attempts = await self._ask_all(self._probes[endpoint.service], visit)
        before: tuple[Attempt, ...] = ()
        asked_as = {endpoint.service}
        while (service := speaks_otherwise(endpoint.service, attempts)) and service not in asked_as:
            asked_as.add(service)
            endpoint = replace(endpoint, service=service)
            before += tuple(attempt for attempt in attempts if isinstance(attempt, Failed))
            visit = self._visit(endpoint, clock)
            attempts = await self._ask_all(self._probes[service], visit)
        attempts = before + attempts
        record = EndpointRecord(endpoint, attempts, began, self._clock.now())
        census = self._census[endpoint.service]
        if visit.stranger_failed in NOTHING_THERE or not census:
            return record
        if any(why_not(probe, visit) is None for probe in census):
            self._records.append(replace(record, is_open=True))
            self._flush()
        return await self._count(record, visit, ())

    def _unasked(self, endpoint: Endpoint, host: HostPlan, clock: HostClock) -> tuple[Attempt, ...] | None:
        """What is recorded of an endpoint that is not to be asked; None of one that is."""
        probes = self._probes[endpoint.service]
        if not probes:
            return (
                Skipped("dicom_associate", say("the touch of this survey has no question for such a port")),
            )
        if host.contacts >= MAX_CONTACTS:
            return (Failed(probes[0].name, Cause.INTERRUPTED, _UNFINISHED),)
        late = self._loop.now() >= clock.until
        return (Skipped(probes[0].name, _NO_TIME_LEFT),) if late else None

    async def _go_on(self, opened: EndpointRecord, host: HostPlan, clock: HostClock) -> EndpointRecord:
        """Go straight to what a run before left of a census; what it proved is not asked again."""
        if host.contacts >= MAX_CONTACTS:
            return replace(opened, is_open=False)
        record = replace(opened, attempts=opened.attempts[:-1], is_open=False)
        visit = self._visit(record.endpoint, clock)
        for attempt in record.attempts:
            if not isinstance(attempt, Skipped):
                visit.seen += attempt.facts
        return await self._count(record, visit, known_cells(opened))

    async def _count(
        self, record: EndpointRecord, visit: Visit, known: tuple[CellCounted, ...]
    ) -> EndpointRecord:
        endpoint = record.endpoint
        cells = Cells(self._assignment.survey_id, endpoint, known, self._store, self._observer)

        def remember(_titles: Titles, studies: KeyedSet) -> None:
            self._sketches[endpoint] = sketch_of(studies)

        visit.counting = Counting(self._key, known, cells.keep, remember)
        attempts = await self._ask_all(self._census[endpoint.service], visit)
        counted = tuple(map(cells.in_full, attempts))
        return replace(record, attempts=record.attempts + counted, ended=self._clock.now())

    def _visit(self, endpoint: Endpoint, clock: HostClock) -> Visit:
        visit = Visit(
            self._dialer.line(endpoint, clock),
            self._assignment.authorisation,
            self._assignment.stranger_called,
        )
        visit.is_sampled_elsewhere = endpoint.address in self._sampled
        if endpoint.service in ON_WEB:
            visit.web = self._dialer.web_line(endpoint, clock)
        elif endpoint.service is Service.HL7:
            visit.mllp = self._dialer.mllp_line(endpoint, clock)
        return visit

    async def _ask_all(self, probes: tuple[Probe, ...], visit: Visit) -> tuple[Attempt, ...]:
        """One attempt for each probe, in their order; nothing is left open behind it."""
        is_first_contact = not visit.seen
        attempts: list[Attempt] = []
        try:
            for probe in probes:
                if probe.rides is Rides.OWN:
                    await _hang_up(visit)
                attempt = await self._ask(probe, visit)
                attempts.append(attempt)
                if isinstance(attempt, Skipped):
                    continue
                visit.seen += attempt.facts
                visit.overloaded = (
                    visit.overloaded or is_overloaded(attempt.facts) or is_pressing(probe, attempt)
                )
                if is_first_contact and len(attempts) == 1 and got_nothing(attempt):
                    visit.stranger_failed = attempt.cause
                    if ends_visit(probe, attempt.cause):
                        break
            await _hang_up(visit)
        finally:
            _drop(visit, "interrupted")
        return tuple(attempts)

    async def _ask(self, probe: Probe, visit: Visit) -> Attempt:
        """Boundary: whatever goes wrong in a probe becomes one attempt with a cause."""
        why = why_not(probe, visit)
        if why is not None:
            return Skipped(probe.name, why)
        visit.heard = []
        try:
            return Completed(probe.name, await probe.run(visit))
        except NotAsked as reason:
            return Skipped(probe.name, str(reason))
        except ContextNotAccepted:
            return Skipped(probe.name, say("the presentation context was not accepted"))
        except WireFailure as failure:
            return Failed(probe.name, failure.cause, failure.detail, failure.facts)
        except (InterruptedWait, Problem, AuthorisedTimeOver):
            raise
        except Exception as fault:
            _drop(visit, "fault in dosimeter")
            return Failed(probe.name, Cause.FAULT, _where(fault))

    def _tick_is_due(self, now: float) -> bool:
        if now < self._next_tick:
            return False
        self._next_tick = now + TICK_SECONDS
        self._observer.tick()
        return True

    def _flush_if_due(self, now: float) -> None:
        if len(self._records) >= FLUSH_RECORDS or now >= self._next_flush:
            self._flush()
            self._next_flush = now + FLUSH_SECONDS

    def _flush(self) -> None:
        self._audit.flush()
        if self._records:
            self._store.record(self._assignment.survey_id, self._records)
            self._records = []


async def _hang_up(visit: Visit) -> None:
    """End what is open of a visit, as it should be ended."""
    if visit.line.association is not None:
        await visit.line.hang_up()
    if visit.web is not None:
        await visit.web.hang_up()


def _drop(visit: Visit, why: str) -> None:
    """End at once what is open of a visit."""
    visit.line.drop(why)
    if visit.web is not None:
        visit.web.drop(why)


def _where(fault: Exception) -> str:
    """The type and place of a fault, never its text: that could quote a server."""
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace is not None else "?"
    return f"{type(fault).__name__} in {place}; please report it"
