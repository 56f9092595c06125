"""Which versions and suites of TLS a peer accepts, beyond the one handshake that it settled on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dosimeter.model.facts import Fact, TlsSeen
from dosimeter.model.message import say
from dosimeter.model.scope import Touch
from dosimeter.model.target import INSIDE_TLS
from dosimeter.net.tls_posture import PostureLine
from dosimeter.probes._declare import NotAsked, Probe, Rides, Visit

if TYPE_CHECKING:
    from collections.abc import Iterator


async def _run(visit: Visit) -> tuple[Fact, ...]:
    handshakes = tuple(_handshakes(visit))
    if not any(seen.protocol is not None or seen.alert is not None for seen in handshakes):
        raise NotAsked(say("no TLS was seen"))
    if visit.web is not None:
        await visit.web.hang_up()
    known = next((seen.protocol.text for seen in handshakes if seen.protocol is not None), None)
    return (await visit.line.beside(PostureLine).posture(known),)


def _handshakes(visit: Visit) -> Iterator[TlsSeen]:
    for fact in visit.seen:
        if isinstance(fact, TlsSeen):
            yield fact
    for line in (visit.line, visit.web):
        if line is not None and line.tls is not None:
            yield line.tls


PROBE = Probe(
    name="tls_posture",
    asks="which versions of TLS and which cipher suites are accepted, and how large the ephemeral keys "
    "are: at most 64 handshakes that offer a part each and are given up once the answer is known",
    touch=Touch.NEGOTIATE,
    reference="PS3.15 B.12, RFC 9325 §3.1, §4.1",
    rides=Rides.OWN,
    needs=None,
    order=500,
    run=_run,
    services=INSIDE_TLS,
)
