"""Ordinary web applications and error pages are called no archive, and nothing of them is in a total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from dosimeter.model.target import Service
from tests.integration.archives.web_applications import WEB_APPLICATIONS, applications, expected_of
from tests.integration.web_surveying import Door, Said, survey_doors, verdict_of


@pytest.fixture(scope="module")
def doors() -> Iterator[Mapping[str, Door]]:
    """All of them, each alone on its address."""
    with applications() as running:
        yield {name: Door(peer.address, peer.port, Service.WEB) for name, peer in running.items()}


@pytest.fixture(scope="module")
def said(doors: Mapping[str, Door], tmp_path_factory: pytest.TempPathFactory) -> Said:
    """What one survey says of all of them."""
    return survey_doors(list(doors.values()), tmp_path_factory.mktemp("applications") / "survey")


@pytest.mark.parametrize("name", WEB_APPLICATIONS)
def test_it_is_called_no_archive(said: Said, doors: Mapping[str, Door], name: str) -> None:
    """No product, nothing open, nothing counted, whatever it answers to anything; a login is said."""
    line = said.at(doors[name])

    assert verdict_of(line, doors[name]) == expected_of(name), line["reasons"]
    assert not line["is_archive"]
    assert not line["speaks_dicom"]
    assert line["neighbours"] == []
    assert line["reasons"]


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
    lines = [said.at(door) for door in doors.values()]

    assert len({id(line) for line in lines}) == len(doors) == len(said.archives)
    assert len(doors) >= 30
