"""A fleet of hosts on 127.21.0.0/16 (and 127.22.0.0/16 for lost packets), answered by acceptor.c.

The acceptor is compiled with gcc into a temporary folder, so a bench leaves nothing behind.
"""

from __future__ import annotations

import ipaddress
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Final

PORTS: Final = (11112, 4242, 2345)
"""Ports that nmap's dicom-ping looks at by itself; the first one that is free on the fleet is used."""

ANSWERING_NETWORK: Final = "127.21.0.0/16"
DROPPING_NETWORK: Final = "127.22.0.0/16"
"""Inside a private network namespace this network leads nowhere (see namespace.py)."""

_SOURCE: Final = Path(__file__).with_name("acceptor.c")
_SECONDS_TO_START: Final = 30


class BenchError(Exception):
    """The bench cannot run here; the message is one sentence for the user."""


class Mode(StrEnum):
    """What a host of the fleet does."""

    DICOM = "dicom"
    SILENT = "silent"
    """Accepts the connection and never answers."""
    CLOSED = "closed"
    DROPPED = "dropped"
    """Its packets are lost."""


@dataclass(frozen=True, slots=True)
class Host:
    """One address of the fleet."""

    address: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class AcceptorStats:
    """What the acceptor saw and spent since it was last asked."""

    connections: int
    silent_connections: int
    associations: int
    contexts: int
    echoes: int
    finds: int
    gets: int
    releases: int
    aborts: int
    errors: int
    cpu_seconds: float


def dicom_fleet(hosts: int) -> tuple[Host, ...]:
    """Hosts that are all archives."""
    return tuple(Host(address, Mode.DICOM) for address in _addresses(ANSWERING_NETWORK, hosts))


def mixed_fleet(hosts: int, empty: Mode) -> tuple[Host, ...]:
    """5 % archives, 5 % silent and 90 % ``empty`` (closed or dropped), evenly mixed."""
    answering = _addresses(ANSWERING_NETWORK, hosts)
    dropping = _addresses(DROPPING_NETWORK, hosts)
    fleet = []
    for place, (address, lost) in enumerate(zip(answering, dropping, strict=True)):
        mode = {0: Mode.DICOM, 10: Mode.SILENT}.get(place % 20, empty)
        fleet.append(Host(lost if mode is Mode.DROPPED else address, mode))
    return tuple(fleet)


def count(fleet: Iterable[Host], mode: Mode) -> int:
    """How many hosts of the fleet are in this mode."""
    return sum(host.mode is mode for host in fleet)


def write_target_list(fleet: Iterable[Host], path: Path) -> Path:
    """One address a line, in the order of the fleet: what nmap -iL and dosimeter -l read."""
    path.write_text("".join(f"{host.address}\n" for host in fleet))
    return path


def compile_acceptor(folder: Path) -> Path:
    """Build acceptor.c into ``folder``.

    Raises:
        BenchError: gcc is missing or refuses.
    """
    gcc = shutil.which("gcc") or shutil.which("cc")
    if gcc is None:
        raise BenchError("the acceptor is written in C: install gcc")
    program = folder / "acceptor"
    command = [gcc, "-O2", "-std=gnu11", "-o", str(program), str(_SOURCE)]
    built = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if built.returncode:
        raise BenchError(f"gcc could not build {_SOURCE.name}: {built.stderr.strip()[:500]}")
    return program


class Acceptor:
    """A running acceptor: its port, and what it saw."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self._process = process
        self.port = port

    def stats(self) -> AcceptorStats:
        """Counts and CPU since the last call."""
        _write(self._process.stdin, "stats\n")
        line = _read(self._process.stdout)
        if not line:
            raise BenchError("the acceptor died")
        return AcceptorStats(**json.loads(line))

    def stop(self) -> int:
        """Close its stdin and wait; returns its exit code."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            return self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
        finally:
            if self._process.stdout is not None:
                self._process.stdout.close()


@contextmanager
def running_acceptor(
    fleet: Iterable[Host], *, delay_ms: int = 0, prefix: tuple[str, ...] = ()
) -> Iterator[Acceptor]:
    """The fleet, listening. ``prefix`` goes before the command (taskset).

    Raises:
        BenchError: it cannot be built, or no port of PORTS is free on all of its addresses.
    """
    with tempfile.TemporaryDirectory(prefix="dosimeter-bench-") as name:
        folder = Path(name)
        program = compile_acceptor(folder)
        listing = folder / "fleet"
        listing.write_text("".join(f"{host.mode} {host.address}\n" for host in fleet))
        acceptor = _start(program, listing, delay_ms, prefix)
        try:
            yield acceptor
        finally:
            acceptor.stop()


def _start(program: Path, listing: Path, delay_ms: int, prefix: tuple[str, ...]) -> Acceptor:
    complaint = ""
    for port in PORTS:
        command = [*prefix, str(program), "--port", str(port), "--delay-ms", str(delay_ms), str(listing)]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        if _read(process.stdout).startswith("ready"):
            if process.stderr is not None:
                process.stderr.close()
            return Acceptor(process, port)
        complaint = process.communicate(timeout=_SECONDS_TO_START)[1].strip()
    raise BenchError(f"the fleet cannot listen: {complaint}")


def _addresses(network: str, hosts: int) -> list[str]:
    net = ipaddress.IPv4Network(network)
    first = int(net.network_address) + 256
    if hosts > net.num_addresses - 512:
        raise BenchError(f"{hosts} hosts do not fit into {network}")
    return [str(ipaddress.IPv4Address(first + number)) for number in range(hosts)]


def _write(stream: IO[str] | None, text: str) -> None:
    if stream is None:
        raise BenchError("the acceptor has no stdin")
    stream.write(text)
    stream.flush()


def _read(stream: IO[str] | None) -> str:
    if stream is None:
        raise BenchError("the acceptor has no stdout")
    return stream.readline()
