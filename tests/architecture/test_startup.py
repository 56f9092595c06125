from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from tests.architecture.source_tree import ROOT

DOSIMETER = Path(sys.executable).with_name("dosimeter")
HELP_SECONDS = 0.3
LATE = {
    "alembic",
    "cryptography",
    "defusedxml",
    "h11",
    "httpx2",
    "jinja2",
    "pydantic",
    "sqlalchemy",
    "sqlite3",
}


def loaded_by(*arguments: str) -> set[str]:
    """The packages that a command imports."""
    command = [sys.executable, "-X", "importtime", str(DOSIMETER), *arguments]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in answer.stderr.splitlines()}


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
    loaded = loaded_by("--help")
    assert "typer" in loaded
    assert loaded & LATE == set()


def test_a_store_needs_sqlite_alone(tmp_path: Path) -> None:
    """A new store is made, and one of today's read, without what only an upgrade needs."""
    for _opening in range(2):
        loaded = loaded_by("survey", "list", "--store", f"sqlite:///{tmp_path / 'store.sqlite'}")
        assert "sqlite3" in loaded
        assert loaded & {"alembic", "asyncio", "sqlalchemy"} == set()


def test_http_is_loaded_with_the_first_web_line() -> None:
    """A survey, its dialer and every probe are there without httpx2 and h11: DICOM alone needs neither."""
    source = (
        "import sys, pkgutil, importlib, dosimeter.probes\n"
        "import dosimeter.usecases.run_survey, dosimeter.net.dialer\n"
        "for one in pkgutil.iter_modules(dosimeter.probes.__path__):\n"
        "    importlib.import_module(f'dosimeter.probes.{one.name}')\n"
        "print({'httpx2', 'h11'} & set(sys.modules))\n"
        "import dosimeter.net.web_line\n"
        "print({'httpx2', 'h11'} <= set(sys.modules))\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == ["set()", "True"]
