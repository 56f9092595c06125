"""The 2019 study at one in twenty: a survey of it is killed, resumed, and comes out exactly."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "replay.py"

pytestmark = pytest.mark.timeout(180)


def test_a_survey_that_was_killed_in_the_middle_finds_the_whole_study(tmp_path: Path) -> None:
    """SIGKILL at two fifths, `survey resume`: every total and every country is that of the fleet's truth."""
    figures, folder = tmp_path / "replay.json", tmp_path / "replay"
    ended = subprocess.run(
        (sys.executable, BENCH, "--scale", "20", "--kill", "--json", figures, "--keep", folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    measured = json.loads(figures.read_text())
    killed, resumed = measured["runs"]
    assert (killed["exit_code"], resumed["exit_code"]) == (-9, 0)
    compared = measured["compared"]
    truth = json.loads((folder / "fleet-truth.json").read_text())
    assert compared["found"] == compared["truth"] == truth["totals"]
    assert (truth["totals"]["queryable"], truth["totals"]["browsable"]) == (30, 2)
    assert truth["totals"]["studies"] == 1_200_000
    assert truth["totals"]["downloadable"] == 20_000_000
    assert compared["wrong_countries"] == []
    assert compared["wrong_exact"] == 0
    assert compared["exact"] > 100
    assert compared["differences"] == []
