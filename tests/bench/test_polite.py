from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[2] / "bench" / "polite.py"


def test_a_count_costs_less_than_a_listing_and_both_are_counted_by_the_archive(tmp_path: Path) -> None:
    """A small archive: the listing asks for every study and every series, the count for far less."""
    figures = tmp_path / "polite.json"
    ended = subprocess.run(
        (sys.executable, BENCH, "--studies", "2000", "--sample", "3", "--json", figures),
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    measured = json.loads(figures.read_text())
    ours, naive = measured["dosimeter"], measured["naive"]
    assert ours["requests"] < 200
    assert naive["requests"] > 2000
    assert ours["rows"] < naive["rows"]
    assert "scaled" in ended.stdout
    assert "2,000 studies" in ended.stdout
