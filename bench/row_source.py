"""The archive that count.py asks: count_acceptor.c, compiled with gcc into a temporary folder."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fleet import BenchError

_SOURCE: Final = Path(__file__).with_name("count_acceptor.c")


@dataclass(frozen=True, slots=True)
class Sent:
    """What the archive did since it was last asked."""

    rows: int
    answers: int
    releases: int
    cpu_seconds: float


class RowSource:
    """A running archive on ``port`` of 127.0.0.1; the called AE title says how many rows of what kind."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self._process = process
        self.port = port

    def sent(self) -> Sent:
        """Rows, answers, releases and CPU since the last call."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise BenchError("the archive has no pipes")
        stdin.write("stats\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            raise BenchError("the archive died")
        return Sent(**json.loads(line))


@contextmanager
def running_source(prefix: tuple[str, ...] = ()) -> Iterator[RowSource]:
    """The archive, listening. ``prefix`` goes before the command (taskset).

    Raises:
        BenchError: it cannot be built or started.
    """
    gcc = shutil.which("gcc") or shutil.which("cc")
    if gcc is None:
        raise BenchError("the archive of this bench is written in C: install gcc")
    with tempfile.TemporaryDirectory(prefix="dosimeter-bench-") as name:
        program = str(Path(name) / "count_acceptor")
        command = [gcc, "-O2", "-std=gnu11", "-o", program, str(_SOURCE)]
        built = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        if built.returncode:
            raise BenchError(f"gcc could not build {_SOURCE.name}: {built.stderr.strip()[:500]}")
        with subprocess.Popen(
            [*prefix, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                first = process.stdout.readline() if process.stdout is not None else ""
                if not first.startswith("ready "):
                    raise BenchError("the archive did not start")
                yield RowSource(process, int(first.split()[1]))
            finally:
                process.kill()
