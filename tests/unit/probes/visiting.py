"""A visit to a scripted archive with the probes a test names, without the survey around it."""

from __future__ import annotations

import struct
from typing import Final

from dosimeter.model.attempt import Cause
from dosimeter.model.facts import Fact
from dosimeter.model.scope import Authorisation
from dosimeter.model.target import Service
from dosimeter.net.loop import Loop
from dosimeter.probes._declare import Probe, Rides, Visit
from tests.peers.archive import Archive
from tests.unit.net.driving import Caller, authorisation, drive

UNDEFINED_LENGTH: Final = 0xFFFFFFFF
STRANGER: Final = "NOBODY-00C0DE"


def ask(
    archive: Archive,
    *probes: Probe,
    allowed: Authorisation | None = None,
    service: Service = Service.DICOM,
    seen: tuple[Fact, ...] = (),
    stranger_failed: Cause | None = None,
) -> list[tuple[Fact, ...]]:
    """The facts of each probe, asked one after the other; the association is released at the end."""
    scope = allowed or authorisation(archive.port)

    async def work(loop: Loop) -> list[tuple[Fact, ...]]:
        line = Caller(loop, scope).line(archive.port, archive.address, service)
        visit = Visit(line, scope, STRANGER, seen, stranger_failed)
        found = []
        try:
            for probe in probes:
                if probe.rides is Rides.OWN:
                    await line.hang_up()
                facts = await probe.run(visit)
                visit.seen += facts
                found.append(facts)
            await line.hang_up()
        finally:
            line.drop("the test is over")
        return found

    return drive(work)


def elements(identifier: bytes) -> list[tuple[int, int, bytes]]:
    """Group, element and value of each attribute of an implicit VR little endian identifier."""
    found = []
    while identifier:
        group, element, length = struct.unpack_from("<HHI", identifier)
        end = len(identifier) if length == UNDEFINED_LENGTH else 8 + length
        found.append((group, element, identifier[8:end]))
        identifier = identifier[end:]
    return found
