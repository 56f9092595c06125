from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from tests.architecture.source_tree import ROOT

DOSIMETER = Path(sys.executable).with_name("dosimeter")
HELP_SECONDS = 0.3
LATE = {"alembic", "cryptography", "defusedxml", "jinja2", "pydantic", "sqlalchemy", "sqlite3"}


def test_help_answers_within_three_hundred_milliseconds() -> None:
    """The best of five starts of ``dosimeter --help``: a loaded machine slows some, not all."""
    took = []
    for _ in range(5):
        began = time.perf_counter()
        answer = subprocess.run(
            [str(DOSIMETER), "--help"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        took.append(time.perf_counter() - began)
        assert answer.returncode == 0, answer.stderr
        assert "survey" in answer.stdout
    assert min(took) < HELP_SECONDS


def test_help_loads_none_of_the_heavy_packages() -> None:
    """What only some commands need is imported by those commands."""
    command = [sys.executable, "-X", "importtime", str(DOSIMETER), "--help"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in answer.stderr.splitlines()}
    assert "typer" in loaded
    assert loaded & LATE == set()
