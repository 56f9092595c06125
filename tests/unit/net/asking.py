"""One question to a scripted web peer, and how it ended."""

from __future__ import annotations

import time
from dataclasses import dataclass

from dosimeter.model.attempt import Cause
from dosimeter.model.facts import Fact, NotHttpSeen, Signature
from dosimeter.model.target import Service
from dosimeter.net.causes import WireFailure
from dosimeter.net.loop import Loop
from dosimeter.net.web import WebRequest, WebResponse
from tests.peers.web import Reply, WebPeer
from tests.unit.net.driving import QUICK, Caller, authorisation, drive

FRONT = WebRequest("/")


@dataclass(frozen=True)
class Outcome:
    """How one question ended: the answer, or the cause and the facts."""

    response: WebResponse | None
    cause: Cause | None = None
    facts: tuple[Fact, ...] = ()

    @property
    def signature(self) -> Signature | None:
        """What came instead of HTTP, if that was seen."""
        return next((fact.signature for fact in self.facts if isinstance(fact, NotHttpSeen)), None)


def ask_once(
    peer: WebPeer, request: WebRequest = FRONT, service: Service = Service.WEB, name: str | None = None
) -> Outcome:
    """Ask one thing on a line of its own; it has to end a second after its deadline at the latest."""

    async def work(loop: Loop) -> Outcome:
        names = () if name is None else (name,)
        caller = Caller(loop, authorisation(peer.port, names=names))
        line = caller.web_line(peer.port, peer.address, service, name)
        try:
            response = await line.ask(request)
        except WireFailure as failed:
            assert "ended" in [entry[0] for entry in caller.auditor.said]
            return Outcome(None, failed.cause, failed.facts)
        await line.hang_up()
        return Outcome(response)

    began = time.monotonic()
    outcome = drive(work)
    allowed = QUICK.answer_seconds + (QUICK.connect_seconds if service is Service.WEB_TLS else 0)
    assert time.monotonic() - began < allowed + 1
    return outcome


def answered(*replies: Reply, request: WebRequest = FRONT) -> Outcome:
    """How a question ends that is answered so."""
    with WebPeer(*replies) as peer:
        return ask_once(peer, request)
