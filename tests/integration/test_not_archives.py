"""Ordinary web applications and error pages are called no archive, and nothing of them is in a total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from ipaddress import IPv4Address

import pytest

from dosimeter.model.target import Service
from tests.integration.archives.fleet import Fleet
from tests.integration.archives.web_applications import ASKS_FOR_A_LOGIN, WEB_APPLICATIONS
from tests.integration.archives.web_servers import Ground
from tests.integration.web_surveying import Door, Line, Said, survey_doors

_FIRST_ADDRESS = IPv4Address("127.48.1.1")
_NAMES = tuple(WEB_APPLICATIONS)


@pytest.fixture(scope="module")
def doors(archives: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Door]]:
    """All of them, each alone on its address."""
    root = tmp_path_factory.mktemp("applications")
    with ExitStack() as stack:
        running = {
            name: stack.enter_context(start(Ground(archives, root / name, str(_FIRST_ADDRESS + index))))
            for index, (name, start) in enumerate(WEB_APPLICATIONS.items())
        }
        yield {name: Door(peer.address, peer.port, Service.WEB) for name, peer in running.items()}


@pytest.fixture(scope="module")
def said(doors: Mapping[str, Door], tmp_path_factory: pytest.TempPathFactory) -> Said:
    """What one survey says of all of them."""
    return survey_doors(list(doors.values()), tmp_path_factory.mktemp("applications-survey") / "survey")


@pytest.mark.parametrize("name", _NAMES)
def test_it_is_called_no_archive(said: Said, doors: Mapping[str, Door], name: str) -> None:
    """Neither an archive nor a product, nor open, nor writable: whatever it answers to anything."""
    line = said.at(doors[name])

    assert not line["is_archive"], line
    assert not line["speaks_dicom"], line
    assert line["exposure"] in {"not_dicom", "inconclusive", "guarded"}, line
    assert (line["product"], line["accepts_writes"], line["worklist"]) == (None, None, None), line
    assert {count["kind"] for count in line["counts"].values()} == {"unknown"}, line
    assert line["neighbours"] == []


@pytest.mark.parametrize("name", _NAMES)
def test_it_is_guarded_only_where_it_asked_for_a_login(
    said: Said, doors: Mapping[str, Door], name: str
) -> None:
    """A login before everything else is said; a page that shows itself to anybody guards nothing."""
    line = said.at(doors[name])

    assert (line["exposure"] == "guarded") == (name in ASKS_FOR_A_LOGIN), line
    assert bool(line["protections"]) == (name in ASKS_FOR_A_LOGIN), line


def test_none_of_them_is_in_the_totals(said: Said, doors: Mapping[str, Door]) -> None:
    """Asked all, archives none, open to anybody none, nothing downloadable, no neighbour."""
    totals = said.totals["with_decoys"]

    assert totals["endpoints"] == len(doors)
    for figure in ("archives", "open_to_anybody", "doors", "speaks_dicom", "lets_fetch", "neighbours"):
        assert totals[figure] == 0, figure
    for part in ("linked", "downloadable", "by_name"):
        assert totals[part]["archives"] == 0


def test_each_has_one_line(said: Said, doors: Mapping[str, Door]) -> None:
    """None is lost, and no two are joined."""
    lines: list[Line] = [said.at(door) for door in doors.values()]

    assert len({id(line) for line in lines}) == len(doors) == len(said.archives)
    assert len(doors) >= 30
