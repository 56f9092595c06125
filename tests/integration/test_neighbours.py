"""The same people behind another door: FHIR and HL7 beside an archive, and without one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest

from dosimeter.model.target import Service
from tests.integration.archives import web_servers
from tests.integration.archives.fleet import Fleet
from tests.integration.archives.web_servers import Ground, WebStart, stand_in
from tests.integration.web_surveying import Door, Line, Said, survey_doors
from tests.peers.standins import fhir
from tests.peers.standins.serve import Guard, Holdings, guarded

_BESIDE = "127.48.3.1"
_CLOSED_BESIDE = "127.48.3.2"
_ALONE = "127.48.3.3"
_HOLDS = Holdings(patients=43, studies=59)
_SITE = fhir.site(_HOLDS)
_CLOSED = guarded(_SITE, Guard.UNAUTHORISED, shown=frozenset({"/fhir/metadata"}))


@pytest.fixture(scope="module")
def doors(archives: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Door]]:
    """An open Orthanc with two neighbours, one with a neighbour that wants a login, a neighbour alone."""
    root = tmp_path_factory.mktemp("neighbours")
    with ExitStack() as stack:

        def started(address: str, start: WebStart, service: Service = Service.WEB) -> Door:
            running = stack.enter_context(start(Ground(archives, root, address)))
            return Door(running.address, running.port, service)

        orthanc = web_servers.web_face_of("orthanc-open")
        yield {
            "archive": started(_BESIDE, orthanc),
            "fhir": started(_BESIDE, stand_in(_SITE)),
            "hl7": started(_BESIDE, web_servers.scripted(web_servers.mllp), Service.HL7),
            "another archive": started(_CLOSED_BESIDE, orthanc),
            "closed fhir": started(_CLOSED_BESIDE, stand_in(_CLOSED)),
            "fhir alone": started(_ALONE, stand_in(_SITE)),
        }


@pytest.fixture(scope="module")
def said(doors: Mapping[str, Door], tmp_path_factory: pytest.TempPathFactory) -> Said:
    """What one survey says of all of them."""
    return survey_doors(list(doors.values()), tmp_path_factory.mktemp("neighbours-survey") / "survey")


def _beside(line: Line, door: Door) -> Line:
    (found,) = [each for each in line["neighbours"] if each["port"] == door.port]
    neighbour: Line = found
    return neighbour


def test_an_open_fhir_server_is_reported_beside_the_archive(said: Said, doors: Mapping[str, Door]) -> None:
    """That it counts its patients for anybody, and how many it says there are."""
    neighbour = _beside(said.at(doors["archive"]), doors["fhir"])

    assert (neighbour["kind"], neighbour["is_open"]) == ("fhir", True)
    assert neighbour["patients"] == {"kind": "claimed", "value": _HOLDS.patients}
    assert neighbour["studies"] == {"kind": "claimed", "value": _HOLDS.studies}
    assert neighbour["says"]


def test_an_hl7_interface_is_reported_beside_the_archive(said: Said, doors: Mapping[str, Door]) -> None:
    """It answers an empty frame from anybody: nothing else was sent."""
    neighbour = _beside(said.at(doors["archive"]), doors["hl7"])

    assert (neighbour["kind"], neighbour["service"]) == ("hl7", "hl7")
    assert neighbour["is_open"]
    assert neighbour["patients"] == {"kind": "unknown"}


def test_a_fhir_server_that_wants_a_login_is_not_called_open(said: Said, doors: Mapping[str, Door]) -> None:
    """Its statement is public by its standard; its patients are not."""
    neighbour = _beside(said.at(doors["another archive"]), doors["closed fhir"])

    assert (neighbour["kind"], neighbour["is_open"]) == ("fhir", False)
    assert neighbour["patients"] == {"kind": "unknown"}


def test_a_neighbour_is_no_archive_and_no_door(said: Said, doors: Mapping[str, Door]) -> None:
    """It has its own line; what it counts is not added to what archives hold."""
    for name in ("fhir", "closed fhir", "fhir alone", "hl7"):
        assert not said.at(doors[name])["is_archive"], name

    totals = said.totals["with_decoys"]
    assert (totals["archives"], totals["doors"]) == (2, 2)
    assert (totals["neighbours"], totals["open_neighbours"]) == (4, 3)
    assert totals["linked"]["patients"]["claimed"] == 64


def test_neighbours_of_one_host_are_not_those_of_another(said: Said, doors: Mapping[str, Door]) -> None:
    """Two stand beside the first archive, one beside the second."""
    assert len(said.at(doors["archive"])["neighbours"]) == 2
    assert len(said.at(doors["another archive"])["neighbours"]) == 1
