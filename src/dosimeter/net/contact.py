"""What Line and WebLine share: one endpoint that is dialled by the rules, and no other way.

Between two connections the host is left alone; before each one its time, the gate and the audit log are
asked, in this order; after each one the audit log hears the end.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, TypeVar

from dosimeter.model.attempt import Cause
from dosimeter.model.facts import TlsSeen
from dosimeter.model.message import say
from dosimeter.model.target import INSIDE_TLS, Endpoint
from dosimeter.net.causes import AuthorisedTimeOver, WireFailure
from dosimeter.net.gate import TIME_RULES, OutOfScope
from dosimeter.net.loop import InterruptedWait, sleep
from dosimeter.net.stream import ByteStream, connect
from dosimeter.net.tls import TlsStream

if TYPE_CHECKING:
    from collections.abc import Callable

    from dosimeter.model.facts import Titles
    from dosimeter.model.scope import Pace
    from dosimeter.net.audit import Auditor
    from dosimeter.net.gate import ScopeGate
    from dosimeter.net.loop import Loop
    from dosimeter.net.pacing import HostClock

ContactT = TypeVar("ContactT")

_NEVER_REACHED: Final = frozenset({Cause.REFUSED, Cause.UNREACHABLE, Cause.OUT_OF_SCOPE, Cause.LOCAL})


class Conduct:
    """What every connection of a survey passes: gate, audit log, manners."""

    def __init__(self, loop: Loop, gate: ScopeGate, auditor: Auditor, pace: Pace) -> None:
        self.loop = loop
        self.gate = gate
        self.auditor = auditor
        self.pace = pace


class Contact:
    """One endpoint, the rules by which it is dialled, and the host's clock.

    ``tls`` is what the last TLS handshake showed.
    """

    __slots__ = ("_clock", "_conduct", "_greeting", "endpoint", "tls")

    def __init__(self, conduct: Conduct, endpoint: Endpoint, clock: HostClock) -> None:
        self._conduct = conduct
        self._clock = clock
        self._greeting = b""
        self.endpoint = endpoint
        self.tls: TlsSeen | None = None

    def beside(self, make: Callable[[Conduct, Endpoint, HostClock], ContactT]) -> ContactT:
        """Another kind of contact with the same endpoint, by the same rules and on the same clock."""
        return make(self._conduct, self.endpoint, self._clock)

    def seconds_left(self) -> float:
        """What is left of the host's time, or of the authorisation if that ends before."""
        return min(self._clock.until - self._conduct.loop.now(), self._conduct.gate.seconds_left())

    def check_time(self) -> None:
        """Look again whether anything may be asked at this moment; a connection can last for minutes.

        Raises:
            AuthorisedTimeOver: the authorisation or its hours have ended.
        """
        try:
            self._conduct.gate.check_time(self.endpoint.authority)
        except OutOfScope as refusal:
            raise AuthorisedTimeOver(refusal.says) from None

    def now(self) -> float:
        """Monotonic seconds."""
        return self._conduct.loop.now()

    def today(self) -> date:
        """The date where the authorised hours are meant."""
        return self._conduct.gate.today()

    async def _wait_for_turn(self, began: float) -> float:
        """Leave the host alone as long as the scope says; our own pause is not its time."""
        await sleep(self._clock.next_contact)
        now = self._conduct.loop.now()
        self._clock.waited(now - began)
        return now

    async def _turn(self) -> tuple[Endpoint, float]:
        """The endpoint to dial, which the audit log has been told of, and the moment, once its turn has come.

        Raises:
            WireFailure, AuthorisedTimeOver: as `_admit`.
        """
        now = self._conduct.loop.now()
        if self._clock.next_contact > now:
            now = await self._wait_for_turn(now)
        return self._admit(now, None), now

    def _admit(self, now: float, titles: Titles | None) -> Endpoint:
        """The endpoint to dial at this moment, which the audit log has been told of.

        Raises:
            WireFailure: out of scope, or the host's time is used up.
            AuthorisedTimeOver: the authorisation or its hours have ended.
        """
        conduct = self._conduct
        if now >= self._clock.until:
            raise WireFailure(Cause.TIMED_OUT, say("the time allowed for this host was used up"))
        try:
            permitted = conduct.gate.permit(self.endpoint)
        except OutOfScope as refusal:
            if refusal.rule in TIME_RULES:
                raise AuthorisedTimeOver(refusal.says) from None
            raise WireFailure(Cause.OUT_OF_SCOPE, refusal.says) from None
        conduct.auditor.contact(permitted, titles, permitted.service)
        return permitted

    async def _open(
        self, permitted: Endpoint, first: bytes, now: float, protocols: tuple[str, ...] = ()
    ) -> ByteStream:
        try:
            if permitted.service in INSIDE_TLS:
                return await self._open_tls(permitted, first, now, protocols)
            until = min(now + self._conduct.pace.connect_seconds, self._clock.until)
            return await connect(self._conduct.loop, permitted.address, permitted.port, first, until)
        except WireFailure as failure:
            self._ended(("connect",), failure.cause.value, reached=failure.cause not in _NEVER_REACHED)
            raise
        except InterruptedWait:
            self._ended(("connect",), "interrupted", reached=True)
            raise

    async def _open_tls(
        self, permitted: Endpoint, first: bytes, now: float, protocols: tuple[str, ...]
    ) -> ByteStream:
        pace = self._conduct.pace
        stream = TlsStream(permitted.name, protocols)
        until = min(now + pace.connect_seconds + pace.answer_seconds, self._clock.until)
        is_open = False
        try:
            await stream.start(self._conduct.loop, permitted.address, permitted.port, until)
            await stream.send(first, until)
            is_open = True
        finally:
            self._greeting = stream.greeting
            if not is_open:
                stream.send_and_close()
                self.tls = stream.seen
        return stream

    def _ended(self, asked: tuple[str, ...], why: str, *, reached: bool) -> None:
        if reached:
            self._clock.contact_ended(self._conduct.loop.now())
        self._conduct.auditor.ended(self.endpoint, asked, why)
