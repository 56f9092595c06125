"""The dialer is the guard: no connection is opened but here, after the gate has looked at it."""

from __future__ import annotations

from collections import Counter
from datetime import date

from dosimeter.dicom.association import AssociateAccepted, AssociateRejected, PeerAborted
from dosimeter.model.attempt import Cause
from dosimeter.model.facts import TlsSeen
from dosimeter.model.scope import Pace
from dosimeter.model.target import Endpoint, Service
from dosimeter.net.audit import Auditor
from dosimeter.net.causes import WireFailure
from dosimeter.net.gate import TIME_RULES, OutOfScope, ScopeGate
from dosimeter.net.loop import InterruptedWait, Loop, sleep
from dosimeter.net.pacing import HostClock
from dosimeter.net.scu import Proposal, Scu
from dosimeter.net.stream import ByteStream, connect
from dosimeter.net.tls import TlsStream

Negotiated = AssociateAccepted | AssociateRejected | PeerAborted

_NEVER_REACHED = frozenset({Cause.REFUSED, Cause.UNREACHABLE, Cause.OUT_OF_SCOPE, Cause.LOCAL})


class AuthorisedTimeOver(Exception):
    """Not now: nothing was learnt about the peer, which is to be asked when the time has come again."""


class Dialer:
    """Hands out lines. Holds what every connection of a survey passes: gate, audit log, manners."""

    def __init__(self, loop: Loop, gate: ScopeGate, auditor: Auditor, pace: Pace) -> None:
        self.loop = loop
        self.gate = gate
        self.auditor = auditor
        self.pace = pace

    def host_clock(self) -> HostClock:
        """A clock for one host; its lines share it, one after the other."""
        return HostClock(self.pace, self.loop.now())

    def line(self, endpoint: Endpoint, clock: HostClock) -> Line:
        """A line to one endpoint. Nothing is dialled before `Line.associate`."""
        return Line(self, endpoint, clock)


class Line:
    """One endpoint, and at most one association with it at any moment.

    ``association`` is the open one, or None. ``tls`` is what the last TLS handshake showed.
    """

    __slots__ = ("_clock", "_dialer", "association", "endpoint", "tls")

    def __init__(self, dialer: Dialer, endpoint: Endpoint, clock: HostClock) -> None:
        self._dialer = dialer
        self._clock = clock
        self.endpoint = endpoint
        self.association: Scu | None = None
        self.tls: TlsSeen | None = None

    async def associate(self, proposal: Proposal) -> Negotiated:
        """Release what is open, wait until the host may be contacted again, and ask.

        Raises:
            WireFailure: out of scope, or any failure of `connect`, `TlsStream.start`, `negotiate`.
            AuthorisedTimeOver: the authorisation or its hours have ended.
        """
        if self.association is not None:
            await self.hang_up()
        dialer = self._dialer
        now = dialer.loop.now()
        if self._clock.next_contact > now:
            now = await self._wait_for_turn(now)
        if now >= self._clock.until:
            raise WireFailure(Cause.TIMED_OUT, "the time allowed for this host was used up")
        try:
            permitted = dialer.gate.permit(self.endpoint)
        except OutOfScope as refusal:
            if refusal.rule in TIME_RULES:
                raise AuthorisedTimeOver(refusal.says) from None
            raise WireFailure(Cause.OUT_OF_SCOPE, refusal.says) from None
        dialer.auditor.contact(permitted, proposal.titles, permitted.service)
        stream = await self._open(permitted, proposal.encoded, now)
        self.association = Scu(
            dialer.loop,
            stream,
            proposal,
            answer_seconds=dialer.pace.answer_seconds,
            host_until=self._clock.until,
        )
        try:
            return await self.association.negotiate()
        except InterruptedWait:
            self.association.abort("interrupted")
            raise
        finally:
            if isinstance(stream, TlsStream):
                self.tls = stream.seen
            self._note_end()

    async def hang_up(self) -> None:
        """A-RELEASE (A-ABORT if it is not confirmed) and close what is open."""
        if self.association is not None:
            await self.association.release()
            self._note_end()

    def drop(self, why: str) -> None:
        """A-ABORT and close at once, without waiting."""
        if self.association is not None:
            self.association.abort(why)
            self._note_end()

    def begin_census(self, seconds: float) -> None:
        """Until `end_census` the host costs these seconds, and none of those it has for proving."""
        self._clock.begin_census(seconds, self._dialer.loop.now())

    def end_census(self) -> None:
        """The seconds for proving run on."""
        self._clock.end_census(self._dialer.loop.now())

    def seconds_left(self) -> float:
        """What is left of the host's time, or of the authorisation if that ends before."""
        return min(self._clock.until - self._dialer.loop.now(), self._dialer.gate.seconds_left())

    def check_time(self) -> None:
        """Look again whether anything may be asked at this moment; an association can last for minutes.

        Raises:
            AuthorisedTimeOver: the authorisation or its hours have ended.
        """
        try:
            self._dialer.gate.check_time(self.endpoint.authority)
        except OutOfScope as refusal:
            raise AuthorisedTimeOver(refusal.says) from None

    def now(self) -> float:
        """Monotonic seconds."""
        return self._dialer.loop.now()

    def today(self) -> date:
        """The date where the authorised hours are meant."""
        return self._dialer.gate.today()

    async def _wait_for_turn(self, began: float) -> float:
        await sleep(self._clock.next_contact)
        now = self._dialer.loop.now()
        self._clock.waited(now - began)
        return now

    async def _open(self, permitted: Endpoint, first: bytes, now: float) -> ByteStream:
        try:
            if permitted.service is Service.DICOM_TLS:
                return await self._open_tls(permitted, first, now)
            until = min(now + self._dialer.pace.connect_seconds, self._clock.until)
            return await connect(self._dialer.loop, permitted.address, permitted.port, first, until)
        except WireFailure as failure:
            self._ended(("connect",), failure.cause.value, reached=failure.cause not in _NEVER_REACHED)
            raise
        except InterruptedWait:
            self._ended(("connect",), "interrupted", reached=True)
            raise

    async def _open_tls(self, permitted: Endpoint, first: bytes, now: float) -> ByteStream:
        pace = self._dialer.pace
        stream = TlsStream(permitted.name)
        until = min(now + pace.connect_seconds + pace.answer_seconds, self._clock.until)
        is_open = False
        try:
            await stream.start(self._dialer.loop, permitted.address, permitted.port, until)
            await stream.send(first, until)
            is_open = True
        finally:
            if not is_open:
                stream.send_and_close()
                self.tls = stream.seen
        return stream

    def _note_end(self) -> None:
        scu = self.association
        if scu is not None and scu.ending is not None:
            self.association = None
            self._ended(_told(scu.asked), scu.ending, reached=True)

    def _ended(self, asked: tuple[str, ...], why: str, *, reached: bool) -> None:
        if reached:
            self._clock.contact_ended(self._dialer.loop.now())
        self._dialer.auditor.ended(self.endpoint, asked, why)


def _told(asked: list[str]) -> tuple[str, ...]:
    """Each question once, with how often: a census asks the same hundreds of times."""
    if len(set(asked)) == len(asked):
        return tuple(asked)
    return tuple(name if times == 1 else f"{name}, {times} times" for name, times in Counter(asked).items())
