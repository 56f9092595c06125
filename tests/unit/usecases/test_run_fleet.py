from __future__ import annotations

import json
import resource
import socket
from pathlib import Path

import pytest

from dosimeter.model.problem import Problem
from dosimeter.usecases.run_fleet import running_fleet

FEW = 39


def test_a_running_fleet_listens_and_has_written_what_a_survey_needs(tmp_path: Path) -> None:
    """Every target answers a connection; scope, owners and truth are there; afterwards nothing listens."""
    with running_fleet("greenbone-2019", tmp_path, FEW) as fleet:
        targets = [line.rpartition(":") for line in fleet.targets.read_text().splitlines()]
        for address, _, port in targets:
            socket.create_connection((address, int(port)), timeout=5).close()
        truth = json.loads(fleet.truth.read_text())
        assert truth["studied"] == len(fleet.members) == 59
        assert truth["totals"]["studies"] == 24_000_000 // FEW
        assert fleet.scope.exists()
        assert len(fleet.owners.read_text().splitlines()) == 60
    address, _, port = targets[0]
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((address, int(port)), timeout=5)


@pytest.mark.parametrize(
    ("name", "scale", "says"),
    [("greenbone-2018", 1, "greenbone-2019"), ("greenbone-2019", 0, "--scale: .* from 1 to 39")],
)
def test_a_fleet_that_does_not_exist_is_refused_in_a_sentence(
    name: str, scale: int, says: str, tmp_path: Path
) -> None:
    """The fleets, or the scales, that there are."""
    with pytest.raises(Problem, match=says), running_fleet(name, tmp_path, scale):
        pass


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    """Its name, and the option to choose another; nothing is left listening."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(Problem, match="--output-dir"), running_fleet("greenbone-2019", blocked, FEW):
        pass
    with running_fleet("greenbone-2019", tmp_path, FEW):
        pass


def test_a_system_that_allows_too_few_open_files_is_told_how_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sentence with the number and two ways out, before anything listens."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (100, 100))
    with pytest.raises(Problem, match=r"57[0-9] open files"), running_fleet("greenbone-2019", tmp_path, FEW):
        pass
