"""Start a server program on a free loopback port, know when it listens, stop it and all its children."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import SystemRandom
from threading import Lock
from typing import Final

START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 10.0
_PORTS: Final = range(18000, 32000)
"""Below Linux's ephemeral ports (32768 up), so that no client's own port is in the way."""
_LISTEN: Final = "0A"
_LOG_TAIL: Final = 2000
_USER_TIME: Final = 9
"""Place of utime after ppid in /proc/PID/stat; stime, cutime and cstime follow (proc(5))."""

_given: set[int] = set()
_giving = Lock()


class NotStarted(Exception):
    """A server did not come up; the message ends with the last lines of its log."""


def free_port() -> int:
    """A port that is free on every address, and is given out once in this process."""
    random = SystemRandom()
    with _giving:
        while True:
            port = random.choice(_PORTS)
            if port not in _given and _is_free(port):
                _given.add(port)
                return port


def _is_free(port: int) -> bool:
    with socket.socket() as attempt:
        # Without it, a server started by another thread holds the port between its fork and its exec.
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True


def is_listening(port: int) -> bool:
    """Whether anything listens on this port, read from the kernel.

    A bare connect would tell as well, but it keeps Orthanc and DCMTK busy for 30 s. The kernel lists
    listeners first, so the thousands of connections that other tests left behind are not read.
    """
    wanted = f":{port:04X}"
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with Path(table).open(encoding="ascii") as lines:
            next(lines)
            for line in lines:
                _, local, _, state, *_ = line.split()
                if state != _LISTEN:
                    break
                if local.endswith(wanted):
                    return True
    return False


@contextmanager
def server_process(
    command: Sequence[str], folder: Path, ports: Sequence[int], environment: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Run ``command`` in ``folder`` until the block ends; yields its process id. It logs to ``log.txt``.

    Raises:
        NotStarted: it ended, or did not listen on every port within ``START_SECONDS``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "TCP_NODELAY": "1", **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        try:
            wait_until_listening(ports, process)
        except NotStarted as why:
            raise NotStarted(f"{command[0]}: {why}\n{_tail(log)}") from why
        yield process.pid
    finally:
        _stop(process)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, of the children it has waited for, and of those it has now."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, rest = stat.read_text(encoding="ascii", errors="replace").split(" (", 1)
        except (FileNotFoundError, ProcessLookupError):
            continue  # It ended while the folder was read.
        _, parent, *fields = rest.rsplit(") ", 1)[1].split()
        if int(number) == pid:
            ticks += sum(map(int, fields[_USER_TIME : _USER_TIME + 4]))
        elif int(parent) == pid:
            ticks += sum(map(int, fields[_USER_TIME : _USER_TIME + 2]))
    return ticks / os.sysconf("SC_CLK_TCK")


def wait_until_listening(
    ports: Sequence[int], process: subprocess.Popen[bytes] | None = None, seconds: float = START_SECONDS
) -> None:
    """Wait for a listener on each of the ports.

    Raises:
        NotStarted: one of them had none within ``seconds``, or ``process`` ended meanwhile.
    """
    deadline = time.monotonic() + seconds
    while not all(is_listening(port) for port in ports):
        if process and process.poll() is not None:
            raise NotStarted(f"ended with exit code {process.returncode}")
        if time.monotonic() > deadline:
            raise NotStarted(f"nothing listens on one of {list(ports)}")
        time.sleep(0.02)


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-_LOG_TAIL:]


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    try:
        os.killpg(process.pid, signal.SIGKILL)  # children that serve an association (dcmqrscp forks)
    except ProcessLookupError:
        return
