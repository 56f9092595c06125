"""Which doors are one archive: by evidence, never because they share an address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from dosimeter.model.target import Service
from tests.integration.archives import nginx, web_servers
from tests.integration.archives.certificates import another_server
from tests.integration.archives.fleet import Fleet
from tests.integration.archives.nginx import ClientCertificate
from tests.integration.archives.ohif import DataSource
from tests.integration.archives.registry import ARCHIVES
from tests.integration.archives.running import Running
from tests.integration.archives.web_servers import Ground, WebStart, behind_nginx
from tests.integration.web_surveying import Door, Line, Said, survey_doors

_ONE_HOST = "127.48.2.1"
_TWO_ON_ONE_HOST = "127.48.2.2"
_ONE_CERTIFICATE = ("127.48.2.3", "127.48.2.4")
_TWO_CERTIFICATES = ("127.48.2.5", "127.48.2.6")
_VIEWER, _ITS_ARCHIVE = "127.48.2.7", "127.48.2.8"
_STRANGERS_HOST = "127.48.2.9"


@dataclass(frozen=True, slots=True)
class Scene:
    """All doors of one survey, by name."""

    doors: Mapping[str, Door]

    def __getitem__(self, name: str) -> Door:
        return self.doors[name]


@pytest.fixture(scope="module")
def scene(archives: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Archives with several doors, doors of several archives."""
    root = tmp_path_factory.mktemp("joined")
    with ExitStack() as stack:

        def started(name: str, address: str, start: WebStart) -> Door:
            (root / name).mkdir()
            running = stack.enter_context(start(Ground(archives, root / name, address)))
            return Door(running.address, running.port, Service.WEB)

        def behind(name: str, address: str, tls: nginx.Tls) -> Door:
            settings = web_servers.proxy_of("orthanc-open")(Ground(archives, root, address))
            port = stack.enter_context(nginx.serving(root / name, address, settings, tls))
            return Door(address, port, Service.WEB)

        certificates = archives.site.certificates
        shared = nginx.Tls(certificates, another_server(certificates, root / "shared"))
        its_archive = _web(archives["orthanc-findonly"], _ITS_ARCHIVE)
        doors = {
            "dicom": _dicom(archives["orthanc-open"], _ONE_HOST),
            "web": _web(archives["orthanc-open"], _ONE_HOST),
            "first dicom": _dicom(archives["orthanc-open"], _TWO_ON_ONE_HOST),
            "first web": _web(archives["orthanc-open"], _TWO_ON_ONE_HOST),
            "second dicom": _dicom(archives["orthanc-limit"], _TWO_ON_ONE_HOST),
            "second web": _web(archives["orthanc-limit"], _TWO_ON_ONE_HOST),
            **{
                f"shared {address}": behind(f"shared-{address}", address, shared)
                for address in _ONE_CERTIFICATE
            },
            **{
                f"own {address}": started(
                    f"own-{address}",
                    address,
                    behind_nginx(web_servers.proxy_of("orthanc-open"), ClientCertificate.NOT_ASKED),
                )
                for address in _TWO_CERTIFICATES
            },
            "viewer": started(
                "viewer",
                _VIEWER,
                behind_nginx(web_servers.viewer(DataSource(authority=f"http://{its_archive}"))),
            ),
            "its archive": its_archive,
            "an archive": _dicom(archives["storescp"], _STRANGERS_HOST),
            "another's face": _web(archives["orthanc-open"], _STRANGERS_HOST),
            "another's dicom": _dicom(archives["orthanc-open"], _STRANGERS_HOST),
        }
        yield Scene(doors)


def _dicom(archive: Running, address: str) -> Door:
    return Door(address, archive.port, Service.DICOM)


def _web(archive: Running, address: str) -> Door:
    assert archive.http_port is not None
    return Door(address, archive.http_port, Service.WEB)


@pytest.fixture(scope="module")
def said(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Said:
    """What one survey says of all of it."""
    return survey_doors(list(scene.doors.values()), tmp_path_factory.mktemp("joined-survey") / "survey")


def _evidence(line: Line) -> set[Any]:
    return {link["evidence"] for link in line["links"]}


def test_the_dicom_and_the_web_side_of_an_orthanc_are_one_archive(said: Said, scene: Scene) -> None:
    """One line with both doors; the highest rung is the archive's, each door keeps its own."""
    line = said.at(scene["web"])

    assert said.at(scene["dicom"]) is line
    assert [(door["service"], door["exposure"]) for door in line["endpoints"]] == [
        ("web", "browsable"),
        ("dicom", "retrievable"),
    ]
    assert line["exposure"] == "browsable"
    assert line["product"]["name"] == "Orthanc"
    assert "named_port" in _evidence(line)
    assert all(link["says"] for link in line["links"])


def test_two_orthancs_on_one_host_are_two_archives(said: Said, scene: Scene) -> None:
    """Each web face goes with the DICOM port that it names."""
    first, second = said.at(scene["first web"]), said.at(scene["second web"])

    assert first is not second
    assert said.at(scene["first dicom"]) is first
    assert said.at(scene["second dicom"]) is second
    assert len(first["endpoints"]) == len(second["endpoints"]) == 2


def test_one_certificate_at_two_addresses_is_one_archive(said: Said, scene: Scene) -> None:
    """The same key shows that it is the same owner's server behind both."""
    one, other = (said.at(scene[f"shared {address}"]) for address in _ONE_CERTIFICATE)

    assert one is other
    assert _evidence(one) == {"same_certificate"}
    assert {door["address"] for door in one["endpoints"]} == set(_ONE_CERTIFICATE)


def test_archives_that_show_two_certificates_stay_two(said: Said, scene: Scene) -> None:
    """The same product, the same authority and the same counters are no evidence."""
    one, other = (said.at(scene[f"own {address}"]) for address in _TWO_CERTIFICATES)

    assert one is not other
    assert (one["links"], other["links"]) == ([], [])


def test_a_viewer_is_a_door_of_the_archive_it_names(said: Said, scene: Scene) -> None:
    """Its configuration names a data source at another address, which was surveyed too."""
    line = said.at(scene["viewer"])

    assert said.at(scene["its archive"]) is line
    assert _evidence(line) == {"named_source"}
    assert line["exposure"] == "browsable"


def test_two_products_on_one_host_are_two_archives(said: Said, scene: Scene) -> None:
    """DCMTK's storescp and an Orthanc, which is built on DCMTK, announce the same and share an address."""
    storescp, orthanc = said.at(scene["an archive"]), said.at(scene["another's face"])

    assert storescp is not orthanc is said.at(scene["another's dicom"])
    assert (storescp["exposure"], orthanc["exposure"]) == ("associates", "browsable")
    assert storescp["links"] == []


def test_every_archive_is_counted_once(said: Said, scene: Scene) -> None:
    """The totals count archives, and say how many doors they have."""
    totals = said.totals["with_decoys"]

    archives = [line for line in said.archives if line["is_archive"]]
    assert totals["endpoints"] == len(scene.doors) == 15
    assert totals["archives"] == totals["distinct_archives"] == len(archives) == 9
    assert totals["doors"] == 15
    assert sum(len(line["endpoints"]) for line in archives) == 15


def test_its_own_counters_are_counted_once(said: Said, scene: Scene) -> None:
    """An archive with two doors holds its studies once; that is what goes into the totals."""
    line = said.at(scene["web"])

    assert line["counts"]["studies"] == {"kind": "claimed", "value": 48}
    claims = [each["counts"]["studies"].get("value", 0) for each in said.archives]
    assert said.totals["with_decoys"]["linked"]["studies"]["claimed"] == sum(claims)


def test_the_retest_asks_every_door(said: Said, scene: Scene) -> None:
    """Closing one door of two is not closing the archive."""
    line = said.at(scene["web"])

    for remedy in line["remedies"]:
        assert str(scene["web"]) in remedy["retest"]
        assert str(scene["dicom"]) in remedy["retest"]


@pytest.mark.usefixtures("said")
def test_they_still_answer(archives: Fleet) -> None:
    """The archives behind all these doors serve their own clients as before."""
    for archive in ARCHIVES:
        if archive.name in {"orthanc-open", "orthanc-limit", "orthanc-findonly", "storescp"}:
            archives.check(archive)
