"""Which versions and suites of TLS a peer accepts: the fewest handshakes that tell, one after the other.

Each handshake offers a part, is given up as soon as the answer is known, and closed with a close_notify:
an idle TLS session keeps an archive from serving anybody else. The plan is a generator with no I/O; the
line dials what it wants (docs/adr/0019).
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from typing import Final

from dosimeter.model.attempt import Cause
from dosimeter.model.cipher_suites import (
    PROTOCOLS,
    SUITES,
    TLS_1_3,
    CipherSuite,
    KeyExchange,
    Tier,
)
from dosimeter.model.web import ProtocolSeen, SuiteSeen, TlsPostureSeen
from dosimeter.net.causes import WireFailure
from dosimeter.net.contact import Contact
from dosimeter.net.stream import TcpStream, connect
from dosimeter.net.tls_hello import (
    MOST_SUITES,
    PROTOCOL_VERSION,
    SMALL_GROUPS,
    Heard,
    Offer,
    Outcome,
    ServerFlight,
    encode_client_hello,
    farewell,
)

MAX_HANDSHAKES: Final = 64
"""A server with one profile of PS3.15 is known after 10 to 25; one that accepts all of OpenSSL's suites in
every version would take 120. What is missing then is the tail: the telling ones were asked first."""

SHARE_OF_TIME: Final = 0.5
"""Of what is left of the host's time; our own pauses between handshakes are not the host's."""

_SILENT_CLOSES: Final = 2
_LIKELY_FIRST: Final = (Tier.SOUND, Tier.BLOCK_CHAINING, Tier.NO_FORWARD_SECRECY, Tier.BROKEN)

Asking = Generator[Offer, Heard, None]


class _Trouble(Exception):
    """The peer does not answer as it did: it is asked no more."""


@dataclass(slots=True)
class Findings:
    """What is known so far. ``working`` was accepted: it shows whether the peer is still there."""

    accepted: dict[str, bool] = field(default_factory=dict)
    suites: dict[tuple[str, CipherSuite], int | None] = field(default_factory=dict)
    own_order: bool | None = None
    working: Offer | None = None
    closes: int = 0
    refuses_by_closing: bool = False
    is_whole: bool = False

    def of(self, protocol: str) -> tuple[CipherSuite, ...]:
        """The suites that were accepted in one version."""
        return tuple(suite for version, suite in self.suites if version == protocol)

    def posture(self, handshakes: int) -> TlsPostureSeen:
        """The fact. Suites stand by version, the most telling first."""
        ranks = {suite: rank for rank, suite in enumerate(SUITES)}
        found = sorted(
            self.suites.items(),
            key=lambda each: (PROTOCOLS.index(each[0][0]), each[0][1].tier, ranks[each[0][1]]),
        )
        return TlsPostureSeen(
            protocols=tuple(ProtocolSeen(protocol, self.accepted.get(protocol)) for protocol in PROTOCOLS),
            suites=tuple(SuiteSeen(protocol, suite.name, bits) for (protocol, suite), bits in found),
            is_whole=self.is_whole,
            handshakes=handshakes,
            prefers_own_order=self.own_order,
        )


def asking(findings: Findings, known: str | None = None) -> Asking:
    """The offers to make, one after the other; each is to be answered with what was heard.

    ``known`` is a version that a handshake settled on before: it is asked first, so that there is an offer
    that works. Ends when all is known, or when the peer is in trouble: then ``findings.is_whole`` is false.
    """
    try:
        yield from _ask_versions(findings, known)
        spoken = [protocol for protocol in reversed(PROTOCOLS) if findings.accepted[protocol]]
        for tier in Tier:
            for protocol in spoken:
                if protocol != TLS_1_3:
                    yield from _ask_suites(findings, protocol, _suites(protocol, (tier,)))
        if TLS_1_3 in spoken:
            yield from _ask_suites(findings, TLS_1_3, _suites(TLS_1_3, tuple(Tier)))
        yield from _ask_small_curves(findings, spoken)
        yield from _ask_orders(findings, spoken)
    except _Trouble:
        return
    findings.is_whole = True


def _suites(protocol: str, tiers: Iterable[Tier]) -> list[CipherSuite]:
    return [suite for tier in tiers for suite in SUITES if suite.tier is tier and suite.is_valid_in(protocol)]


def _ask(findings: Findings, offer: Offer) -> Generator[Offer, Heard, Heard]:
    """Make one offer and keep what was accepted.

    A peer that closes without a word refuses so, or is in trouble: an offer that worked before tells which.
    """
    heard = yield offer
    if heard.outcome in {Outcome.NOT_TLS, Outcome.BROKEN}:
        raise _Trouble
    if heard.outcome is Outcome.CLOSED and not findings.refuses_by_closing:
        if findings.working is not None:
            again = yield findings.working
            if again.outcome is not Outcome.ACCEPTED:
                raise _Trouble
            findings.refuses_by_closing = True
        else:
            findings.closes += 1
            if findings.closes == _SILENT_CLOSES:
                raise _Trouble
    if heard.outcome is Outcome.ACCEPTED and heard.suite is not None:
        findings.working = findings.working or offer
        _keep(findings, offer.protocol, heard.suite, heard.group_bits)
    return heard


def _keep(findings: Findings, protocol: str, suite: CipherSuite, bits: int | None) -> None:
    """The smallest group counts: it is what the peer would settle for."""
    before = findings.suites.get((protocol, suite))
    findings.suites[protocol, suite] = bits if before is None else min(before, bits or before)


def _ask_versions(findings: Findings, known: str | None) -> Asking:
    order = [protocol for protocol in reversed(PROTOCOLS) if protocol != known]
    for protocol in ([known] if known in PROTOCOLS else []) + order:
        heard = None
        for part in _parts(_suites(protocol, _LIKELY_FIRST)):
            heard = yield from _ask(findings, Offer(protocol, part))
            if heard.outcome is Outcome.ACCEPTED or heard.alert == PROTOCOL_VERSION:
                break
        findings.accepted[protocol] = heard is not None and heard.outcome is Outcome.ACCEPTED


def _ask_suites(findings: Findings, protocol: str, suites: list[CipherSuite]) -> Asking:
    """Offer all that are left until they are refused."""
    known = findings.of(protocol)
    for part in _parts([suite for suite in suites if suite not in known]):
        left = part
        while left:
            heard = yield from _ask(findings, Offer(protocol, left))
            if heard.outcome is not Outcome.ACCEPTED:
                break
            left = tuple(suite for suite in left if suite is not heard.suite)


def _ask_small_curves(findings: Findings, spoken: list[str]) -> Asking:
    """Whether a curve below 256 bits is accepted, where it is the only kind on offer."""
    for protocol in spoken:
        elliptic = tuple(suite for suite in findings.of(protocol) if suite.key_exchange is KeyExchange.ECDHE)[
            :MOST_SUITES
        ]
        if elliptic:
            yield from _ask(findings, Offer(protocol, elliptic, SMALL_GROUPS))
            return


def _ask_orders(findings: Findings, spoken: list[str]) -> Asking:
    """Two suites in both orders: does the peer choose by its own order, or by ours?

    ChaCha20 is left out where it can be: some peers put it first for those who do.
    """
    for protocol in sorted(spoken, key=lambda version: version == TLS_1_3):
        pair = sorted(findings.of(protocol), key=lambda suite: "CHACHA" in suite.name)[:2]
        if len(pair) == 2:  # noqa: PLR2004 - a pair
            one, other = pair
            forth = yield from _ask(findings, Offer(protocol, (one, other)))
            back = yield from _ask(findings, Offer(protocol, (other, one)))
            if forth.suite is not None and back.suite is not None:
                findings.own_order = forth.suite is back.suite
            return


def _parts(suites: list[CipherSuite]) -> Iterable[tuple[CipherSuite, ...]]:
    for first in range(0, len(suites), MOST_SUITES):
        yield tuple(suites[first : first + MOST_SUITES])


class PostureLine(Contact):
    """A line for ClientHellos to one endpoint: each is a connection of its own, admitted like any other."""

    __slots__ = ()

    async def posture(self, known: str | None = None, most: int = MAX_HANDSHAKES) -> TlsPostureSeen:
        """Ask until all is known, ``most`` handshakes were made, or half of the host's time is gone.

        ``known`` is a version that the peer is known to speak.

        Raises:
            WireFailure: the first handshake failed before the peer said anything.
            AuthorisedTimeOver: the authorisation or its hours have ended.
        """
        findings = Findings()
        plan = asking(findings, known)
        allowed, spent, handshakes = self.seconds_left() * SHARE_OF_TIME, 0.0, 0
        offer = next(plan, None)
        while offer is not None and handshakes < most and spent < allowed:
            before = self.seconds_left()
            try:
                heard = await self._shake(offer)
            except WireFailure:
                if not findings.accepted and findings.working is None:
                    raise
                break
            spent += max(0.0, before - self.seconds_left())
            handshakes += 1
            try:
                offer = plan.send(heard)
            except StopIteration:
                offer = None
        plan.close()
        return findings.posture(handshakes)

    async def _shake(self, offer: Offer) -> Heard:
        """One connection: a ClientHello, the answer, goodbye.

        Raises:
            WireFailure: no connection, or silence until the deadline.
        """
        conduct, clock = self._conduct, self._clock
        permitted, now = await self._turn()
        until = min(now + conduct.pace.connect_seconds + conduct.pace.answer_seconds, clock.until)
        hello = encode_client_hello(offer, permitted.name)
        stream: TcpStream | None = None
        why, is_reached = "interrupted", True
        try:
            stream = await connect(conduct.loop, permitted.address, permitted.port, hello, until)
            heard = await _listen(stream, ServerFlight(offer), until)
            why = "the answer is known"
        except WireFailure as failure:
            why = failure.cause.value
            if failure.cause is not Cause.CLOSED_EARLY:
                is_reached = failure.cause is Cause.TIMED_OUT or stream is not None
                raise
            heard = Heard(Outcome.CLOSED)
        finally:
            if stream is not None:
                stream.send_and_close(farewell(offer))
            self._ended((f"client_hello {offer.protocol}",), why, reached=is_reached)
        return heard


async def _listen(stream: TcpStream, flight: ServerFlight, until: float) -> Heard:
    while True:
        try:
            data = await stream.receive(until)
        except WireFailure as failure:
            if failure.cause is Cause.CLOSED_EARLY:
                return flight.end()
            raise
        heard = flight.feed(data) if data else flight.end()
        if heard is not None:
            return heard
