from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source_tree import PACKAGE, ROOT, Module, modules

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

# Each line breaks one agreement: file, what it must not import.
BREACHES = (
    ("dicom/breach.py", "import asyncio"),
    ("model/breach.py", "import socket"),
    ("exposure/breach.py", "import dosimeter.probes"),
    ("exposure/breach_net.py", "import dosimeter.net"),
    ("exposure/breach_log.py", "import logging"),
    ("probes/breach.py", "import socket"),
    ("survey/breach.py", "import sqlalchemy"),
    ("report/breach.py", "import dosimeter.store"),
    ("inventory/breach.py", "import cryptography"),
    ("net/breach.py", "import dosimeter.survey"),
    ("usecases/breach.py", "import rich"),
    ("usecases/breach_cli.py", "import dosimeter.cli"),
    ("lab/breach.py", "import pynetdicom"),
    ("dicom/breach_model.py", "import dosimeter.model"),
)


def _lint(place: Path) -> subprocess.CompletedProcess[str]:
    command = [str(LINT_IMPORTS), "--no-logo", "--no-cache", "--config", "pyproject.toml"]
    return subprocess.run(
        command, cwd=place, env={"PYTHONPATH": "src"}, capture_output=True, text=True, check=False
    )


def test_the_import_contracts_hold() -> None:
    """Front end, verbs, parts, questions, net, vocabulary: each imports to the right alone."""
    answer = _lint(ROOT)
    assert answer.returncode == 0, answer.stdout


def test_the_import_contracts_notice_every_breach(tmp_path: Path) -> None:
    """A package with the same folders and one forbidden import in each breaks by name, and for that line."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    skeleton = tmp_path / "src" / "dosimeter"
    for folder in (PACKAGE, *(child for child in PACKAGE.iterdir() if (child / "__init__.py").exists())):
        copy = skeleton / folder.relative_to(PACKAGE)
        copy.mkdir(parents=True)
        (copy / "__init__.py").touch()
    for place, statement in BREACHES:
        (skeleton / place).write_text(f"{statement}\n", encoding="utf-8")
    answer = _lint(tmp_path)
    reported = re.sub(r"\s+", " ", answer.stdout)
    assert answer.returncode == 1
    unseen = [
        f"{place}: {statement}"
        for place, statement in BREACHES
        if f"dosimeter.{place.removesuffix('.py').replace('/', '.')} -> {statement.split()[1]}"
        not in reported
    ]
    assert unseen == [], answer.stdout
    assert "0 kept" in reported


def test_a_contract_about_one_owner_names_everybody_else() -> None:
    """In "only net", "only store" and "keys", a package is either held back or an owner."""
    packages = {f"dosimeter.{path.parent.name}" for path in PACKAGE.glob("*/__init__.py")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    owners = {one["name"]: packages - set(one.get("source_modules", ())) for one in contracts}
    assert owners["Only net opens a connection; the lab listens"] == {"dosimeter.net", "dosimeter.lab"}
    assert owners["Only store knows a database"] == {"dosimeter.store"}
    keys = "Keys and certificates: scopefile signs, net looks, the lab makes its own"
    assert owners[keys] == {"dosimeter.scopefile", "dosimeter.net", "dosimeter.lab"}


@pytest.mark.parametrize(
    "module", [module for module in modules() if module.is_package], ids=lambda m: m.name
)
def test_a_package_re_exports_nothing(module: Module) -> None:
    """A name has one address: an ``__init__`` imports only what its own code uses."""
    given = {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    } - {"annotations"}
    used = {node.id for node in ast.walk(module.tree) if isinstance(node, ast.Name)}
    assert given - used == set()
    assert "__all__" not in used
