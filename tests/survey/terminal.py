"""dosimeter as a user starts it: a process with arguments, an exit code and two streams."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, Final

from tests.peers.archive import Archive

SECONDS: Final = 30.0
"""No command of these tests takes so long."""

QUICK_PACE: Final = {
    "new_hosts_per_second": 0,
    "hosts_in_flight": 16,
    "seconds_between_associations": 0,
    "connect_seconds": 0.3,
    "answer_seconds": 0.3,
    "host_seconds": 3,
}


@dataclass(frozen=True)
class Said:
    """What a command said, and the exit code it ended with."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one line it complained in."""
        (line,) = self.err.splitlines()
        return line


@dataclass
class Terminal:
    """A user with an empty home folder, whose working folder is ``folder``."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> str:
        """The store every survey of a test goes to."""
        return f"sqlite:///{self.folder / 'store.sqlite'}"

    @property
    def audit(self) -> Path:
        """The audit log beside it."""
        return self.folder / "audit.jsonl"

    def run(self, *arguments: object, stdin: str | None = None, **streams: IO[Any] | int) -> Said:
        """Run a command to its end."""
        process = self.start(*arguments, **({"stdin": subprocess.PIPE} if stdin else {}), **streams)
        return self.end(process, stdin)

    def start(self, *arguments: object, **streams: IO[Any] | int) -> subprocess.Popen[str]:
        """Start a command and let it run."""
        return self._start([sys.executable, "-m", "dosimeter", *map(str, arguments)], streams)

    def start_program(self, *command: object, **streams: Any) -> subprocess.Popen[str]:  # noqa: ANN401 - as Popen
        """Start another program, to which ``python`` is this one."""
        return self._start([str(word) for word in command], streams)

    def _start(self, command: list[str], streams: dict[str, IO[Any] | int]) -> subprocess.Popen[str]:
        given = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
        environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.folder / "home"),
            "LANG": "C.UTF-8",
            "COLUMNS": "200",
            **self.environment,
        }
        return subprocess.Popen(command, cwd=self.folder, env=environment, text=True, **given)  # type: ignore[call-overload,no-any-return] # streams as Popen takes them

    def end(self, process: subprocess.Popen[str], stdin: str | None = None) -> Said:
        """Wait for a command to end."""
        try:
            out, err = process.communicate(stdin, timeout=SECONDS)
        finally:
            process.kill()
        return Said(process.returncode, out or "", err or "")

    def scope(
        self,
        *archives: Archive,
        name: str = "scope.toml",
        pace: object = (),
        count: object = (),
        **changes: object,
    ) -> Path:
        """Write a scope for loopback: the addresses and ports of these archives, quick."""
        moment = datetime.now(UTC)
        authorisation: dict[str, object] = {
            "authorised_by": "Dr. A. Test",
            "role": "owner of this machine",
            "reference": "TEST-1",
            "legal_basis": "own machine",
            "contact": "test@example.org",
            "valid_from": moment - timedelta(days=1),
            "valid_until": moment + timedelta(days=1),
            "touch": "prove",
        }
        places: dict[str, object] = {
            "networks": sorted({f"{archive.address}/32" for archive in archives}) or ["127.0.0.0/8"],
            "ports": sorted({archive.port for archive in archives}) or [104],
            "tls_ports": [],
            "web_ports": [],
        }
        tables = {
            "authorisation": authorisation,
            "scope": places,
            "pace": QUICK_PACE | dict(pace),  # type: ignore[call-overload] # pairs or a dict
            "count": dict(count),  # type: ignore[call-overload] # the same
        }
        for key, value in changes.items():
            of_the_authorisation = key in authorisation or key == "second_person"
            tables["authorisation" if of_the_authorisation else "scope"][key] = value
        path = self.folder / name
        path.write_text("".join(f"[{table}]\n{_lines(keys)}\n" for table, keys in tables.items() if keys))
        return path

    def survey(self, *arguments: object, **streams: IO[Any] | int) -> Said:
        """``dosimeter survey`` with the test's store."""
        return self.run("survey", *arguments, "--store", self.store, **streams)

    def events(self) -> list[dict[str, Any]]:
        """The lines of the audit log."""
        return [json.loads(line) for line in self.audit.read_text().splitlines()]


def read_all(descriptor: int) -> str:
    """What a program wrote to a pseudo-terminal, whose other end it has closed."""
    pieces = []
    try:
        while piece := os.read(descriptor, 65_536):
            pieces.append(piece)
    except OSError:  # Linux ends a pseudo-terminal with EIO.
        pass
    os.close(descriptor)
    return b"".join(pieces).decode()


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Look again and again until it is so; fail if it is not in time."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to be"
        time.sleep(0.02)


def _lines(keys: dict[str, object]) -> str:
    return "".join(f"{key} = {_toml(value)}\n" for key, value in keys.items())


def _toml(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    return json.dumps(value)
