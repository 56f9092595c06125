from __future__ import annotations

import socket
from threading import Event
from typing import cast

import pytest

from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.web import MllpAnswered, MllpEnding
from dosimeter.net.dialer import Dialer, Line
from dosimeter.net.gate import ScopeGate
from dosimeter.net.loop import Loop
from dosimeter.probes._declare import NotAsked, Visit
from dosimeter.probes.hl7_mllp import PROBE
from tests.peers.scripted import ScriptedServer
from tests.unit.net.driving import Lines, authorisation, drive, now


def acknowledge(connection: socket.socket, _stopping: Event) -> None:
    """An MLLP interface of release 2 that says no to an empty frame."""
    connection.recv(4096)
    connection.sendall(b"\x0b\x15\x1c\r")


def test_an_interface_that_frames_its_answer_speaks_mllp() -> None:
    """One fact: how an empty frame was answered."""
    with ScriptedServer(acknowledge) as server:
        allowed = authorisation(server.port)

        async def ask(loop: Loop) -> tuple[Fact, ...]:
            dialer = Dialer(loop, ScopeGate(allowed, now), Lines(), allowed.pace)
            endpoint, clock = Endpoint("127.0.0.1", server.port, Service.HL7), dialer.host_clock()
            visit = Visit(dialer.line(endpoint, clock), allowed, "NOBODY")
            visit.mllp = dialer.mllp_line(endpoint, clock)
            return await PROBE.run(visit)

        (fact,) = drive(ask)
    assert isinstance(fact, MllpAnswered)
    assert fact.ending is MllpEnding.FRAMED


def test_a_port_of_another_kind_is_not_asked() -> None:
    """An empty frame goes to HL7 ports alone."""

    async def ask(_loop: Loop) -> None:
        with pytest.raises(NotAsked):
            await PROBE.run(Visit(cast("Line", None), authorisation(2575), "NOBODY"))

    drive(ask)
    assert PROBE.services == {Service.HL7}
    assert PROBE.touch is Touch.NEGOTIATE
