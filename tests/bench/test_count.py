from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

COUNT = Path(__file__).parents[2] / "bench" / "count.py"


def count(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the bench in a process of its own, as its users do."""
    return subprocess.run(
        (sys.executable, str(COUNT), *arguments), capture_output=True, text=True, timeout=110, check=False
    )


@pytest.mark.timeout(115)
def test_a_quick_run_counts_every_row_beside_its_peers(tmp_path: Path) -> None:
    """3,000 rows of either shape: dosimeter and pynetdicom count every study, and memory stays flat."""
    report = tmp_path / "report.json"
    done = count("--quick", "--json", str(report))
    assert done.returncode == 0, done.stdout + done.stderr
    written = json.loads(report.read_text())
    assert [(contest["shape"], contest["rows"]) for contest in written["contests"]] == [
        ("lean", 3000),
        ("full", 3000),
    ]
    for contest in written["contests"]:
        samples = {name.split()[0]: runs[0] for name, runs in contest["samples"].items()}
        assert samples["dosimeter"]["counted"] == [3000, 3000]
        assert samples["pynetdicom"]["counted"] == [200, 200]
        assert samples["dosimeter"]["sent"]["releases"] == 1
    assert "explicit VR" in done.stdout
    assert [goal["holds"] for goal in written["goals"] if "memory" in goal["says"]] == [True, True]


def test_no_rounds_prove_nothing() -> None:
    """A bench of no rounds is refused."""
    done = count("--rounds", "0")
    assert done.returncode == 2
    assert "one round" in done.stderr
