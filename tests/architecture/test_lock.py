from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.architecture.source_tree import ROOT

REQUIREMENTS = ROOT / "requirements"
PUBLIC = {"pypi.org", "files.pythonhosted.org"}

_PIN = re.compile(r"^([a-z0-9.-]+)==([^ ;]+)(?: ;[^\\]+)? \\$", re.MULTILINE)
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")


def _lock() -> dict[str, tuple[str, set[str]]]:
    """Version and hashes of every package in uv.lock, by name."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    found: dict[str, tuple[str, set[str]]] = {}
    for package in lock["package"]:
        files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]
        found[package["name"]] = (package["version"], {file["hash"] for file in files})
    return found


def _exported(name: str) -> dict[str, tuple[str, set[str]]]:
    """Version and hashes of every package in an exported file, by name."""
    parts = _PIN.split((REQUIREMENTS / name).read_text(encoding="utf-8"))
    rows = zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    return {package: (version, set(_HASH.findall(hashes))) for package, version, hashes in rows}


def _direct(*, dev: bool) -> set[str]:
    """The names pyproject.toml asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *(project["dependency-groups"]["dev"] if dev else ())]
    return {re.split(r"[^A-Za-z0-9._-]", text)[0] for text in wanted}


def test_pip_installs_exactly_what_uv_locks() -> None:
    """requirements/dev.txt holds every package of uv.lock with the same version and the same hashes."""
    locked = _lock()
    del locked["dosimeter"]
    assert _exported("dev.txt") == locked


def test_the_base_requirements_are_a_part_of_the_development_ones() -> None:
    """requirements/base.txt is the lock without the development group, and nothing else."""
    base = _exported("base.txt")
    assert base.items() <= _exported("dev.txt").items()
    assert _direct(dev=False) <= base.keys()
    assert not (_direct(dev=True) - _direct(dev=False)) & base.keys()


def test_everything_asked_for_is_locked() -> None:
    """A dependency added to pyproject.toml is in the exported files too."""
    assert _direct(dev=True) <= _exported("dev.txt").keys()


@pytest.mark.parametrize(
    "place", [ROOT / "uv.lock", *sorted(REQUIREMENTS.glob("*.txt"))], ids=lambda p: p.name
)
def test_packages_come_from_the_public_index_alone(place: Path) -> None:
    """No committed file names another package index."""
    addresses = re.findall(r"https?://[^\s\"']+", place.read_text(encoding="utf-8"))
    assert {urlsplit(address).hostname for address in addresses} <= PUBLIC


def test_uv_agrees_that_the_lock_is_fresh() -> None:
    """Where uv is installed, it finds nothing to change in uv.lock."""
    uv = shutil.which("uv")
    if uv is None or subprocess.run([uv, "--version"], capture_output=True, check=False).returncode:
        return
    answer = subprocess.run(
        [uv, "lock", "--check", "--offline"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
