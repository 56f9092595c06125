from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[2] / "bench" / "web.py"


def test_a_hundred_web_faces_are_found_and_the_loop_asks_the_same(tmp_path: Path) -> None:
    """Both tools ask as much of each host; dosimeter finds all of them browsable."""
    figures = tmp_path / "web.json"
    ended = subprocess.run(
        (sys.executable, BENCH, "--hosts", "100", "--rounds", "1", "--json", figures),
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert ended.returncode in {0, 1}, ended.stdout + ended.stderr  # so few hosts are mostly start-up
    measured = json.loads(figures.read_text())
    (ours,), (theirs,) = measured["dosimeter"], measured["httpx2"]
    assert ours["found"] == ours["hosts"] == 100
    assert ours["requests"] == theirs["requests"] > 1000
    assert ours["connections"] <= 200
    assert "PASS  every host is found browsable" in ended.stdout
