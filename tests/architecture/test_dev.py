from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT

SECOND_START_SECONDS = 0.3

# A uv that notes how it was called and makes an environment of two links.
FAKE_UV = """#!/bin/sh
echo "$@" >>"$0.log"
[ "$1" = --version ] && exit 0
mkdir -p "$UV_PROJECT_ENVIRONMENT/bin"
ln -sf {python} "$UV_PROJECT_ENVIRONMENT/bin/python"
echo 'import sys; print("dosimeter", *sys.argv[1:])' >"$UV_PROJECT_ENVIRONMENT/bin/dosimeter"
exit ${{FAKE_UV_EXIT:-0}}
"""


class Clone:
    """A folder with dev.py and the files it reads, and a PATH that holds nothing but a few tools."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.path = place / "path"
        self.path.mkdir(parents=True)
        (place / "requirements").mkdir()
        for name in ("dev.py", "pyproject.toml", "uv.lock", "requirements/dev.txt"):
            shutil.copy(ROOT / name, place / name)
        for tool in ("sh", "mkdir", "ln"):
            (self.path / tool).symlink_to(shutil.which(tool) or "")

    def give_uv(self) -> Path:
        """Put the fake uv on the PATH; returns the file that lists its calls."""
        uv = self.path / "uv"
        uv.write_text(FAKE_UV.format(python=sys.executable), encoding="utf-8")
        uv.chmod(0o755)
        return uv.with_name("uv.log")

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run dev.py from elsewhere."""
        command = [sys.executable, str(self.place / "dev.py"), *arguments]
        variables = {"PATH": str(self.path), **environment}
        return subprocess.run(command, cwd="/", env=variables, capture_output=True, text=True, check=False)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A folder of its own, its name with a comma and spaces."""
    return Clone(tmp_path / "a clone, with spaces")


def test_a_command_goes_to_dosimeter_in_an_environment_made_by_uv(clone: Clone) -> None:
    """The first start syncs the lock with uv, then becomes the command; its output is all of stdout."""
    calls = clone.give_uv()
    answer = clone.run("demo", "--seed", "a b")
    assert (answer.returncode, answer.stdout) == (0, "dosimeter demo --seed a b\n")
    assert f"sync --quiet --locked --python {sys.executable}" in calls.read_text(encoding="utf-8")
    assert answer.stderr.startswith("dev.py: setting up .venv with uv\ndev.py: ready after ")


def test_the_second_start_sets_nothing_up(clone: Clone) -> None:
    """While lock and project stay the same, a start costs less than 0.3 s and says nothing."""
    calls = clone.give_uv()
    clone.run("demo")
    before = calls.read_text(encoding="utf-8")
    took = []
    for _ in range(5):
        began = time.perf_counter()
        answer = clone.run("demo")
        took.append(time.perf_counter() - began)
        assert (answer.stdout, answer.stderr) == ("dosimeter demo\n", "")
    assert calls.read_text(encoding="utf-8") == before
    assert min(took) < SECOND_START_SECONDS


@pytest.mark.parametrize("name", ["uv.lock", "pyproject.toml", "requirements/dev.txt"])
def test_a_changed_lock_or_project_is_set_up_again(clone: Clone, name: str) -> None:
    """The stamp is the hash of what the environment is made from."""
    clone.give_uv()
    clone.run("demo")
    with (clone.place / name).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert "setting up" in clone.run("demo").stderr


def test_a_failed_set_up_is_tried_again(clone: Clone) -> None:
    """An installer that fails ends the command with exit code 1 and leaves no stamp."""
    clone.give_uv()
    answer = clone.run("demo", FAKE_UV_EXIT="2")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "exit code 2" in answer.stderr.splitlines()[-1]
    assert "Traceback" not in answer.stderr
    assert clone.run("demo").returncode == 0


def test_a_file_is_run_in_the_environment(clone: Clone) -> None:
    """``run`` gives a Python file its arguments."""
    clone.give_uv()
    script = clone.place / "a script.py"
    script.write_text("import sys; print(sys.argv[1:])", encoding="utf-8")
    assert clone.run("run", str(script), "--hosts", "3").stdout == "['--hosts', '3']\n"


def test_without_uv_and_venv_one_line_says_what_to_install(clone: Clone) -> None:
    """A bare Debian has neither: the line names the package, the exit code is 1."""
    (clone.path / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'ensurepip' else find(name, *rest)\n",
        encoding="utf-8",
    )
    answer = clone.run("demo", PYTHONPATH=str(clone.path))
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.count("\n") == 1
    assert "apt-get install -y python3-venv" in answer.stderr


def test_without_a_command_it_says_what_it_can_do(clone: Clone) -> None:
    """Asked for help, it sets nothing up."""
    answer = clone.run()
    assert answer.returncode == 0
    assert "python3 dev.py demo" in answer.stdout
    assert not (clone.place / ".venv").exists()


def test_it_needs_the_standard_library_alone(clone: Clone) -> None:
    """It starts in isolated mode, with no site packages on the path."""
    command = [sys.executable, "-I", "-S", str(clone.place / "dev.py"), "help"]
    answer = subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
