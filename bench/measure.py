"""Run a command once and say what it cost: wall clock, CPU of its process tree, peak memory."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_WATCH_SECONDS: Final = 0.05
_MANY_DESCRIPTORS: Final = 65536


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of a command took.

    ``cpu_seconds`` is user + system of the command and every descendant it waited for (wait4).
    ``peak_descriptors`` is the most file descriptors the command itself was seen to hold.
    """

    exit_code: int
    wall_seconds: float
    cpu_seconds: float
    peak_rss_mib: float
    peak_descriptors: int
    timed_out: bool


@dataclass(frozen=True, slots=True)
class Conditions:
    """Where the two sides run, and the environment of the client's command.

    A core is None where there is one only. ``bytecode`` is a folder for compiled Python: every tool
    runs as it does once installed, its modules compiled before, whatever
    PYTHONDONTWRITEBYTECODE says on the machine of the bench.
    """

    client: int | None
    acceptor: int | None
    bytecode: Path

    @property
    def client_prefix(self) -> tuple[str, ...]:
        """What goes before the client's command."""
        return () if self.client is None else ("taskset", "-c", str(self.client))

    @property
    def acceptor_prefix(self) -> tuple[str, ...]:
        """What goes before the acceptor's command."""
        return () if self.acceptor is None else ("taskset", "-c", str(self.acceptor))

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the client's command."""
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return kept | {"PYTHONPYCACHEPREFIX": str(self.bytecode)}


@contextmanager
def conditions() -> Iterator[Conditions]:
    """Two different cores of those this process may use, if there are two; all descriptors allowed."""
    raise_descriptor_limit()
    usable = sorted(os.sched_getaffinity(0))
    client, acceptor = usable[:2] if len(usable) > 1 else (None, None)
    with tempfile.TemporaryDirectory(prefix="dosimeter-bench-") as bytecode:
        yield Conditions(client, acceptor, Path(bytecode))


def raise_descriptor_limit() -> int:
    """Let this process and its children open as many files as the system allows; returns the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MANY_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _MANY_DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def run(
    command: tuple[str, ...], conditions: Conditions, *, seconds: float, output: Path, errors: Path
) -> Cost:
    """Run ``command`` on the client's core to its end, or kill its process group after ``seconds``."""
    with output.open("wb") as out, errors.open("wb") as err:
        began = time.perf_counter()
        process = subprocess.Popen(
            (*conditions.client_prefix, *command),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env=conditions.environment,
            start_new_session=True,
        )
        peak = _PeakDescriptors(process.pid)
        late = threading.Event()
        alarm = threading.Timer(seconds, _kill_group, (process.pid, late))
        alarm.start()
        peak.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        alarm.cancel()
        peak.stop()
        process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(
        exit_code=process.returncode,
        wall_seconds=wall,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_rss_mib=usage.ru_maxrss / 1024,
        peak_descriptors=peak.value,
        timed_out=late.is_set(),
    )


def _kill_group(pid: int, late: threading.Event) -> None:
    late.set()
    os.killpg(pid, signal.SIGKILL)


class _PeakDescriptors(threading.Thread):
    """Reads now and then how many descriptors a process holds.

    The size of /proc/PID/fd is that number since Linux 6.2; on an older kernel it reads as 0.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._folder = f"/proc/{pid}/fd"
        self._ended = threading.Event()
        self.value = 0

    def run(self) -> None:
        while not self._ended.wait(_WATCH_SECONDS):
            try:
                self.value = max(self.value, os.stat(self._folder).st_size)  # noqa: PTH116 - 20 times a second
            except OSError:
                return

    def stop(self) -> None:
        self._ended.set()
        self.join()
