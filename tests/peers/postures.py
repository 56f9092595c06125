"""Ask a TLS server of a test for its posture, as the probe does."""

from __future__ import annotations

from typing import Final

from dosimeter.model.scope import Pace
from dosimeter.model.target import Service
from dosimeter.model.web import TlsPostureSeen
from dosimeter.net.loop import Loop
from dosimeter.net.tls_posture import MAX_HANDSHAKES, PostureLine
from tests.unit.net.driving import Caller, authorisation, drive

PACE: Final = Pace(
    new_hosts_per_second=0,
    hosts_in_flight=1,
    seconds_between_associations=0,
    connect_seconds=5,
    answer_seconds=5,
    host_seconds=60,
)


def posture_of(
    port: int,
    *,
    address: str = "127.0.0.1",
    known: str | None = None,
    most: int = MAX_HANDSHAKES,
    pace: Pace = PACE,
) -> TlsPostureSeen:
    """What the server accepts, found by at most so many handshakes."""

    async def work(loop: Loop) -> TlsPostureSeen:
        line = Caller(loop, authorisation(port, pace=pace)).line(port, address, service=Service.DICOM_TLS)
        return await line.beside(PostureLine).posture(known, most)

    return drive(work, 90)


def versions(posture: TlsPostureSeen) -> list[str]:
    """The versions that were accepted, the oldest first."""
    return [seen.protocol for seen in posture.protocols if seen.accepted]


def suites(posture: TlsPostureSeen, protocol: str) -> set[str]:
    """The suites that were accepted in one version, by their IANA names."""
    return {seen.suite for seen in posture.suites if seen.protocol == protocol}
