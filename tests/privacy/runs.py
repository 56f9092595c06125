"""Runs dosimeter as its users do, where everything it leaves can be searched afterwards."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dosimeter

DEADLINE = 90
FORMATS = ("table", "json", "jsonl", "csv", "html")

_SCOPE = """\
[authorisation]
authorised_by = "the privacy test"
role = "test"
reference = "tests/privacy"
legal_basis = "invented patients"
contact = "nobody"
valid_from = {begins:%Y-%m-%dT%H:%M:%SZ}
valid_until = {ends:%Y-%m-%dT%H:%M:%SZ}
touch = "{touch}"
[scope]
networks = ["127.21.9.0/24"]
ports = [{ports}]
tls_ports = {tls_ports}
called_ae_titles = ["LABPACS"]
calling_ae_titles = ["LABSTATION"]
[pace]
new_hosts_per_second = 0
hosts_in_flight = 64
seconds_between_associations = 0
connect_seconds = 2
answer_seconds = 1
host_seconds = 5
"""


def write_scope(
    folder: Path, endpoints: Sequence[tuple[str, int]], tls_ports: Sequence[int], touch: str
) -> None:
    """The scope file that all runs in this folder share."""
    now = datetime.now(UTC)
    (folder / "scope.toml").write_text(
        _SCOPE.format(
            begins=now - timedelta(hours=1),
            ends=now + timedelta(days=1),
            touch=touch,
            ports=", ".join(map(str, sorted({port for _, port in endpoints}))),
            tls_ports=list(tls_ports),
        )
    )


@dataclass(frozen=True)
class Ended:
    """A command that has ended: its exit code and every byte it said."""

    code: int
    said: bytes


def left_by(folder: Path, name: str) -> dict[str, bytes]:
    """Every file that a run left, by its path below ``folder``."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted((folder / name).rglob("*"))
        if path.is_file()
    }


class Runs:
    """Runs dosimeter commands in folders of their own, temporary files included."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def survey(self, name: str, targets: list[str], *, broken: str = "", terminal: bool = False) -> Ended:
        """One survey at log level debug with its report in detail, its code changed by ``broken`` first."""
        store = f"sqlite:///{self._folder / name / 'survey.db'}"
        scope = str(self._folder / "scope.toml")
        asked = ("survey", "run", "--scope", scope, "--log-level", "debug", "--detail", "--store", store)
        return self._run(name, (*asked, *targets), broken, terminal=terminal)

    def resume(self, name: str) -> Ended:
        """Go on with the survey of that folder, which was killed."""
        store = f"sqlite:///{self._folder / name / 'survey.db'}"
        scope = str(self._folder / "scope.toml")
        asked = ("survey", "resume", "last", "--scope", scope, "--log-level", "debug", "--store", store)
        return self._run(name, asked, "", terminal=False)

    def report(self, name: str, form: str) -> Ended:
        """A report of that survey, as a file in its folder."""
        store = f"sqlite:///{self._folder / name / 'survey.db'}"
        output = str(self._folder / name / f"report.{form}")
        return self._run(
            name,
            ("report", "last", "--store", store, "-f", form, "-o", output, "--detail"),
            "",
            terminal=False,
        )

    def _run(self, name: str, arguments: tuple[str, ...], broken: str, *, terminal: bool) -> Ended:
        home = self._folder / name
        (home / "tmp").mkdir(parents=True, exist_ok=True)
        program = f"{broken}\nimport sys\nfrom dosimeter.cli.main import main\nmain()\n"
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(dosimeter.__file__).parents[1]),
            "HOME": str(home),
            "TMPDIR": str(home / "tmp"),
            "TERM": "xterm-256color",
            "COLUMNS": "300",
        }
        command = (sys.executable, "-c", program, *arguments)
        if terminal:
            return _on_a_terminal(command, home, environment)
        ended = subprocess.run(
            command,
            check=False,
            cwd=home,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=DEADLINE,
        )
        return Ended(ended.returncode, ended.stdout)


def _on_a_terminal(command: tuple[str, ...], home: Path, environment: dict[str, str]) -> Ended:
    """Run where stdout and stderr are a terminal, so that progress is drawn."""
    ours, theirs = pty.openpty()
    said = bytearray()
    with subprocess.Popen(command, cwd=home, env=environment, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        try:
            while chunk := os.read(ours, 65536):
                said += chunk
        except OSError:
            pass  # EIO: the last process of the terminal has ended.
        finally:
            os.close(ours)
        code = process.wait(DEADLINE)
    return Ended(code, bytes(said))
