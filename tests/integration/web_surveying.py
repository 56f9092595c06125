"""Run the product as a user does, over web faces, and read its JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from dosimeter.model.target import Service
from dosimeter.model.verdict import Exposure, Protection
from tests.integration.archives.web_fleet import WebFleet
from tests.integration.archives.web_registry import WEB_FACES, Counted, WebExpected, WebFace
from tests.integration.surveying import run_under

Line = Mapping[str, Any]

_SCOPE: Final = """\
[authorisation]
authorised_by = "Test Suite"
role = "owner of these processes"
reference = "tests/integration"
legal_basis = "our own machine"
contact = "nobody@test.example"
valid_from = {valid_from}
valid_until = {valid_until}
touch = "{touch}"
[scope]
networks = {networks}
ports = {ports}
tls_ports = {tls_ports}
web_ports = {web_ports}
hl7_ports = {hl7_ports}
[pace]
new_hosts_per_second = 0
hosts_in_flight = 64
seconds_between_associations = 0.02
connect_seconds = 5
answer_seconds = 3
host_seconds = 30
"""


@dataclass(frozen=True, slots=True)
class Door:
    """An endpoint of a scope, and what the scope says that it is for."""

    address: str
    port: int
    service: Service

    def __str__(self) -> str:
        return f"{self.address}:{self.port}"


@dataclass(frozen=True, slots=True)
class Said:
    """What a survey printed: the archives and endpoints, and the totals."""

    archives: tuple[Line, ...]
    totals: Line

    def at(self, door: Door) -> Line:
        """The one line in which this endpoint stands."""
        (line,) = [each for each in self.archives if door_of(each, door) is not None]
        return line


@dataclass(frozen=True, slots=True)
class Got:
    """What the survey says of one face, and the line it says it in."""

    verdict: WebExpected
    line: Line


def door_of(line: Line, door: Door) -> Line | None:
    """What a line says of one of its endpoints."""
    for each in line["endpoints"]:
        if (each["address"], each["port"]) == (door.address, door.port):
            found: Line = each
            return found
    return None


def survey_doors(
    doors: Sequence[Door],
    folder: Path,
    touch: str = "prove",
    networks: Sequence[str] = ("127.0.0.0/8",),
) -> Said:
    """One survey of these endpoints, in a process of its own."""
    scope = _scope(doors, touch, networks)
    lines = [json.loads(line) for line in run_under(scope, list(map(str, doors)), folder, touch).splitlines()]
    (totals,) = [line for line in lines if line["type"] == "totals"]
    return Said(tuple(line for line in lines if line["type"] == "archive"), totals)


def web_verdicts(fleet: WebFleet, folder: Path, touch: str = "prove") -> Mapping[str, Got]:
    """One survey of all web faces."""
    doors = {face.name: door_to(fleet, face) for face in WEB_FACES}
    networks = [f"{face.address}/32" for face in WEB_FACES]
    said = survey_doors(list(doors.values()), folder, touch, networks)
    return {name: Got(verdict_of(said.at(door), door), said.at(door)) for name, door in doors.items()}


def door_to(fleet: WebFleet, face: WebFace) -> Door:
    """Where a face is, as the scope has it."""
    peer = fleet[face.name]
    return Door(peer.address, peer.port, face.asked_as)


def verdict_of(line: Line, door: Door) -> WebExpected:
    """The part of a line that a right verdict is compared in."""
    own = door_of(line, door)
    assert own is not None
    product = line["product"]
    return WebExpected(
        Exposure(line["exposure"]),
        line["is_archive"],
        product and product["name"],
        frozenset(map(Protection, line["protections"])),
        line["accepts_writes"],
        line["worklist"],
        claimed_in(line),
        Service(own["service"]),
    )


def claimed_in(line: Line) -> Counted:
    """The archive's own counters; a number that is known in another way is no claim, and raises.

    Raises:
        AssertionError: there is one.
    """
    counts = line["counts"]
    assert {each["kind"] for each in counts.values()} <= {"claimed", "unknown"}, counts
    return Counted(**{things: each.get("value") for things, each in counts.items()})


def _scope(doors: Sequence[Door], touch: str, networks: Sequence[str]) -> str:
    now = datetime.now(UTC).replace(microsecond=0)

    def ports(*services: Service) -> list[int]:
        return sorted({door.port for door in doors if not services or door.service in services})

    return _SCOPE.format(
        valid_from=(now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        valid_until=(now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        touch=touch,
        networks=json.dumps(list(networks)),
        ports=ports(),
        tls_ports=ports(Service.DICOM_TLS),
        web_ports=ports(Service.WEB, Service.WEB_TLS),
        hl7_ports=ports(Service.HL7),
    )
