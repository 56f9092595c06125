from __future__ import annotations

import socket
from threading import Event

import pytest

from dosimeter.model.attempt import Cause
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.web import MllpAnswered, MllpEnding
from dosimeter.net.causes import WireFailure
from dosimeter.net.dialer import Dialer
from dosimeter.net.gate import ScopeGate
from tests.peers.scripted import Behaviour, ScriptedServer
from tests.unit.net.driving import Lines, authorisation, descriptors, drive, now

EMPTY_FRAME = b"\x0b\x1c\r"


def answering(answer: bytes, heard: list[bytes]) -> Behaviour:
    """An interface that reads once, answers and closes; b"" closes without a word."""

    def behave(connection: socket.socket, _stopping: Event) -> None:
        heard.append(connection.recv(4096))
        if answer:
            connection.sendall(answer)

    return behave


def waiting(connection: socket.socket, stopping: Event) -> None:
    """An interface that waits for a message that never comes."""
    connection.recv(4096)
    stopping.wait(5)


def knock(port: int, lines: Lines | None = None) -> MllpAnswered:
    """What a knock at this port of loopback finds."""
    allowed = authorisation(port)

    async def ask(loop: object) -> MllpAnswered:
        dialer = Dialer(loop, ScopeGate(allowed, now), lines or Lines(), allowed.pace)  # type: ignore[arg-type]
        endpoint = Endpoint("127.0.0.1", port, Service.HL7)
        return await dialer.mllp_line(endpoint, dialer.host_clock()).knock()

    return drive(ask)


@pytest.mark.parametrize(
    ("answer", "ending"),
    [
        (b"\x0bMSH|^~\\&|LAB\r\x1c\r", MllpEnding.FRAMED),
        (b"\x0b\x06\x1c\r", MllpEnding.FRAMED),
        (EMPTY_FRAME, MllpEnding.FRAMED),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", MllpEnding.OTHER),
        (b"", MllpEnding.CLOSED),
    ],
)
def test_an_empty_frame_tells_an_hl7_interface_from_others(answer: bytes, ending: MllpEnding) -> None:
    """A frame in answer is MLLP, of release 1 or 2; nothing else is ever sent."""
    heard: list[bytes] = []
    with ScriptedServer(answering(answer, heard)) as server:
        assert knock(server.port).ending is ending
    assert heard == [EMPTY_FRAME]


def test_an_interface_that_waits_for_a_message_is_left_at_once() -> None:
    """Silence is a finding of its own, and the connection is given back."""
    before = descriptors()
    lines = Lines()
    with ScriptedServer(waiting) as server:
        answered = knock(server.port, lines)
        authority = f"127.0.0.1:{server.port}"
    assert answered.ending is MllpEnding.SILENT
    assert answered.milliseconds < 1500
    assert lines.said == [
        ("contact", authority, None, Service.HL7),
        ("ended", authority, ("an empty frame",), "timed_out"),
    ]
    assert descriptors() == before


def test_a_closed_hl7_port_is_a_failure() -> None:
    """Nothing listens: there is no answer to keep."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(WireFailure) as caught:
        knock(port)
    assert caught.value.cause is Cause.REFUSED
