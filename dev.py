"""Set up and run dosimeter from a clone, with nothing installed but Python 3.11.

    python3 dev.py demo                a dozen synthetic archives, surveyed and reported
    python3 dev.py test [PYTEST ARGS]  lint, types, import contracts, then every test
    python3 dev.py lint                the first three of those alone
    python3 dev.py run FILE [ARGS]     a Python file in the project's environment: run bench/probe.py
    python3 dev.py export              write requirements/*.txt from uv.lock (needs uv)
    python3 dev.py COMMAND [ARGS]      any dosimeter command: survey, report, scope, lab, probes

The environment is .venv beside this file: made by uv where uv is installed, else by venv and pip
from hash-checked wheels. It is made again when uv.lock or pyproject.toml changes.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
STAMP = VENV / "dosimeter-stamp"
DEV_REQUIREMENTS = ROOT / "requirements" / "dev.txt"

OLDEST_PYTHON = (3, 11)

LINTS = (
    ("ruff check", (str(BIN / "ruff"), "check", "--quiet", ".")),
    ("ruff format", (str(BIN / "ruff"), "format", "--check", "--quiet", ".")),
    ("mypy", (str(PYTHON), "-m", "mypy")),
    ("lint-imports", (str(BIN / "lint-imports"), "--no-logo")),
)

EXPORTS = (("dev.txt", ()), ("base.txt", ("--no-dev",)))
EXPORT = "export --quiet --locked --format requirements-txt --no-emit-project --no-annotate --no-header"


class SetUpError(Exception):
    """The environment cannot be made; the text says what to do about it."""


def main(arguments: list[str]) -> int:
    """Carry out one command and return its exit code."""
    if sys.version_info < OLDEST_PYTHON:
        say(f"needs Python 3.11 or newer, this is {sys.version.split()[0]}")
        return 1
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(__doc__)
        return 0
    verb, *rest = arguments
    try:
        if verb == "export":
            return export()
        set_up()
    except SetUpError as error:
        say(str(error))
        return 1
    if verb == "test":
        return check((*LINTS, ("pytest", (str(PYTHON), "-m", "pytest", *rest))))
    if verb == "lint":
        return check(LINTS)
    return become(rest if verb == "run" else [str(BIN / "dosimeter"), *arguments])


def become(command: list[str]) -> NoReturn:
    """Give this process to a command of the environment, so that signals reach it directly."""
    os.execv(PYTHON, [str(PYTHON), *command])  # noqa: S606


def say(text: str) -> None:
    """One line of progress; standard output belongs to the command."""
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


def check(steps: tuple[tuple[str, tuple[str, ...]], ...]) -> int:
    """Run every step in the project's folder and return the exit code of the first that failed."""
    failed: list[tuple[str, int]] = []
    for name, command in steps:
        say(name)
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        if code:
            failed.append((name, code))
    if not failed:
        return 0
    say("failed: " + ", ".join(name for name, _ in failed))
    return failed[0][1]


def set_up() -> None:
    """Make .venv unless it was made from these very files, in this very place.

    Raises:
        SetUpError: a tool is missing or an installer failed.
    """
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text(encoding="ascii") == wanted and PYTHON.exists():
        return
    began = time.monotonic()
    uv = find_uv()
    if uv:
        say("setting up .venv with uv")
        set_up_with_uv(uv)
    elif importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        say("setting up .venv with pip, once (about 15 s)")
        set_up_with_pip()
    else:
        raise SetUpError("needs uv or venv: run `apt-get install -y python3-venv` as root, then this again")
    STAMP.write_text(wanted, encoding="ascii")
    say(f"ready after {time.monotonic() - began:.1f} s")


def fingerprint() -> str:
    """What the environment is made from: lock, project, requirements, interpreter and place."""
    digest = hashlib.sha256(f"{ROOT}\0{sys.version}".encode())
    for path in (ROOT / "uv.lock", ROOT / "pyproject.toml", DEV_REQUIREMENTS):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def find_uv() -> str | None:
    """The path of a uv that runs, or None; a version manager's empty shim is none."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    answer = subprocess.run([uv, "--version"], capture_output=True, check=False)
    return uv if answer.returncode == 0 else None


def set_up_with_uv(uv: str) -> None:
    """Install the locked versions into .venv."""
    settings = {"UV_PROJECT_ENVIRONMENT": str(VENV), "UV_PYTHON_DOWNLOADS": "never"}
    install([uv, "sync", "--quiet", "--locked", "--python", sys.executable], {**os.environ, **settings})


def set_up_with_pip() -> None:
    """Install the same versions from wheels whose hashes stand in requirements/dev.txt."""
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "-qq"]
    install([sys.executable, "-m", "venv", "--clear", str(VENV)])
    install([*pip, "--require-hashes", "--only-binary=:all:", "-r", str(DEV_REQUIREMENTS)])
    install([*pip, "--no-deps", "--no-index", "--no-build-isolation", "-e", str(ROOT)])


def install(command: list[str], environment: dict[str, str] | None = None) -> None:
    """Run one installer in the project's folder, its output on standard error.

    Raises:
        SetUpError: it failed; what it said stands above.
    """
    code = subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr, check=False).returncode
    if code:
        raise SetUpError(f"exit code {code} from `{' '.join(command[:4])} …`; its message stands above")


def export() -> int:
    """Write requirements/*.txt from uv.lock.

    Raises:
        SetUpError: uv is missing or failed.
    """
    uv = find_uv()
    if uv is None:
        raise SetUpError("export needs uv: run `pip install uv`")
    DEV_REQUIREMENTS.parent.mkdir(exist_ok=True)
    for name, options in EXPORTS:
        target = DEV_REQUIREMENTS.with_name(name)
        install([uv, *EXPORT.split(), *options, "--output-file", str(target)])
        say(f"wrote {target.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
