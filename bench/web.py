"""dosimeter survey of web faces beside a plain httpx2 loop that asks the same paths, in one run.

    python3 dev.py run bench/web.py [--hosts N] [--rounds N] [--json FILE]

Every host of the fleet (127.51.0.0/16) answers as an open Orthanc with DICOMweb. dosimeter asks each of them
all that it asks of a web port, stores and judges it and writes the report; the loop asks what dosimeter was
seen to ask, and does nothing with the answers. Rounds are interleaved; the gate is the ratio of the two.

Exit code 0: all goals hold. 1: one does not. 2: it cannot run here.
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from fleet import BenchError
from measure import Conditions, Cost, conditions, run

PORT: Final = 8042
FIRST_ADDRESS: Final = ipaddress.IPv4Address("127.51.0.1")
FASTER_GOAL: Final = 1.5
FLAT_GOAL_MIB: Final = 16.0
"""More memory for all hosts than for a tenth of them."""
_SECONDS_PER_RUN: Final = 240
_HERE: Final = Path(__file__).parent

_SCOPE: Final = """\
[authorisation]
authorised_by = "bench"
role = "owner of this process"
reference = "bench/web.py"
legal_basis = "our own machine"
contact = "nobody@test.example"
valid_from = {begins:%Y-%m-%dT%H:%M:%SZ}
valid_until = {ends:%Y-%m-%dT%H:%M:%SZ}
touch = "prove"
[scope]
networks = ["127.51.0.0/16"]
ports = [{port}]
tls_ports = []
web_ports = [{port}]
hl7_ports = []
[pace]
new_hosts_per_second = 0
hosts_in_flight = 64
seconds_between_associations = 0
"""


class Fleet:
    """The running acceptor."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def say(self, word: str) -> str:
        """One command, and the first line of its answer."""
        if self._process.stdin is None or self._process.stdout is None:
            raise BenchError("the acceptor has no stdin")
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def request_lines(self) -> list[str]:
        """What the last connection asked."""
        lines = [self.say("lines")]
        while lines[-1] and self._process.stdout is not None:
            lines.append(self._process.stdout.readline().strip())
        return lines[:-1]


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of one tool, and what the fleet saw of it."""

    hosts: int
    found: int
    requests: int
    connections: int
    cost: Cost

    @property
    def hosts_per_second(self) -> float:
        """Of wall clock, start-up included."""
        return self.hosts / self.cost.wall_seconds

    @property
    def cpu_per_thousand_requests(self) -> float:
        """Seconds."""
        return 1000 * self.cost.cpu_seconds / self.requests


def main(arguments: Sequence[str]) -> int:
    """Measure both; returns the exit code."""
    options = _parse(arguments)
    try:
        with conditions() as shared, tempfile.TemporaryDirectory(prefix="dosimeter-bench-") as name:
            return _measure(options, shared, Path(name))
    except BenchError as error:
        print(error, file=sys.stderr)
        return 2


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hosts", type=int, default=2000, help="size of the fleet (2000)")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (3)")
    parser.add_argument("--json", type=Path, help="write every figure of every run to this file")
    options = parser.parse_args(arguments)
    if options.hosts < 100 or options.rounds < 1:
        parser.error("at least 100 hosts and one round")
    return options


def _measure(options: argparse.Namespace, shared: Conditions, folder: Path) -> int:
    addresses = [str(FIRST_ADDRESS + number) for number in range(options.hosts)]
    with _running(addresses, folder, shared) as fleet:
        _survey(fleet, addresses[:1], folder, shared)
        requests = folder / "requests"
        requests.write_text("".join(f"{line}\n" for line in fleet.request_lines()))
        _loop(fleet, addresses[:1], requests, folder, shared)
        ours, theirs = [], []
        for _ in range(options.rounds):
            ours.append(_survey(fleet, addresses, folder, shared))
            theirs.append(_loop(fleet, addresses, requests, folder, shared))
        few = _survey(fleet, addresses[: options.hosts // 10], folder, shared)
    print(f"{len(requests.read_text().splitlines())} requests a host, {options.hosts} hosts")
    print(f"{'':18}{'hosts/s':>9}{'CPU s/1,000 requests':>22}{'peak MB':>9}{'found':>14}")
    for label, samples in (("dosimeter survey", ours), ("httpx2 loop", theirs)):
        print(_row(label, samples))
    if options.json:
        figures = {"dosimeter": ours, "httpx2": theirs, "few": [few]}
        kept = {name: [asdict(sample) for sample in samples] for name, samples in figures.items()}
        options.json.write_text(json.dumps(kept, indent=1) + "\n")
    return _goals(ours, theirs, few)


def _goals(ours: list[Sample], theirs: list[Sample], few: Sample) -> int:
    pairs = list(zip(ours, theirs, strict=True))
    faster = statistics.median(one.hosts_per_second / other.hosts_per_second for one, other in pairs)
    lighter = statistics.median(
        other.cpu_per_thousand_requests / one.cpu_per_thousand_requests for one, other in pairs
    )
    grown = statistics.median(one.cost.peak_rss_mib for one in ours) - few.cost.peak_rss_mib
    all_found = all(one.found == one.hosts for one in (*ours, few))
    goals = (
        (f"hosts a second, against the loop: {faster:.2f}x (goal {FASTER_GOAL}x)", faster >= FASTER_GOAL),
        (
            f"memory for ten times the hosts: {grown:+.1f} MiB (goal {FLAT_GOAL_MIB:g})",
            grown <= FLAT_GOAL_MIB,
        ),
        ("every host is found browsable", all_found),
    )
    print(f"  CPU a request, the loop against ours: {lighter:.2f}x")
    for says, holds in goals:
        print(f"  {'PASS' if holds else 'FAIL'}  {says}")
    return 0 if all(holds for _, holds in goals) else 1


def _row(label: str, samples: list[Sample]) -> str:
    speed = statistics.median(one.hosts_per_second for one in samples)
    cpu = statistics.median(one.cpu_per_thousand_requests for one in samples)
    memory = statistics.median(one.cost.peak_rss_mib for one in samples) * 1.048576
    found = f"{min(one.found for one in samples)} of {samples[0].hosts}"
    return f"{label:18}{speed:>9,.0f}{cpu:>22.3f}{memory:>9.0f}{found:>14}"


def _survey(fleet: Fleet, addresses: Sequence[str], folder: Path, shared: Conditions) -> Sample:
    now = datetime.now(UTC)
    scope, report, store = folder / "scope.toml", folder / "report.jsonl", folder / "store.sqlite"
    scope.write_text(
        _SCOPE.format(begins=now - timedelta(hours=1), ends=now + timedelta(hours=12), port=PORT)
    )
    for old in folder.glob("store.sqlite*"):
        old.unlink()
    command = (
        *(str(Path(sys.executable).with_name("dosimeter")), "survey", "--scope", str(scope)),
        *("--store", f"sqlite:///{store}", "--audit", str(folder / "audit.jsonl")),
        *("-l", str(_listing(addresses, folder)), "-f", "jsonl", "-o", str(report)),
    )
    cost, seen = _run(fleet, command, folder, shared)
    # Line by line: what this process holds when it forks would count as the peak of its child.
    with report.open(encoding="utf-8") as lines:
        found = sum(_is_browsable(json.loads(line)) for line in lines)
    return Sample(len(addresses), found, seen["requests"], seen["connections"], cost)


def _is_browsable(line: dict[str, object]) -> bool:
    return line["type"] == "archive" and line["exposure"] == "browsable"


def _loop(fleet: Fleet, addresses: Sequence[str], requests: Path, folder: Path, shared: Conditions) -> Sample:
    listing = _listing(addresses, folder)
    command = (
        sys.executable,
        str(_HERE / "peers" / "httpx2_loop.py"),
        str(listing),
        str(PORT),
        str(requests),
    )
    cost, seen = _run(fleet, command, folder, shared)
    wanted = len(addresses) * len(requests.read_text().splitlines())
    if seen["requests"] != wanted:
        raise BenchError(f"the loop asked {seen['requests']} requests, not {wanted}")
    return Sample(len(addresses), len(addresses), seen["requests"], seen["connections"], cost)


def _run(
    fleet: Fleet, command: tuple[str, ...], folder: Path, shared: Conditions
) -> tuple[Cost, dict[str, int]]:
    fleet.say("stats")
    errors = folder / "errors"
    cost = run(command, shared, seconds=_SECONDS_PER_RUN, output=folder / "output", errors=errors)
    if cost.exit_code:
        last = errors.read_text(errors="replace").splitlines()[-1:]
        raise BenchError(f"{Path(command[0]).name} ended with exit code {cost.exit_code}: {''.join(last)}")
    return cost, json.loads(fleet.say("stats"))


def _listing(addresses: Sequence[str], folder: Path) -> Path:
    path = folder / "targets"
    path.write_text("".join(f"{address}\n" for address in addresses))
    return path


@contextmanager
def _running(addresses: Sequence[str], folder: Path, shared: Conditions) -> Iterator[Fleet]:
    gcc = shutil.which("gcc") or shutil.which("cc")
    if gcc is None:
        raise BenchError("the acceptor is written in C: install gcc")
    program = folder / "web_acceptor"
    command = [gcc, "-O2", "-std=gnu11", "-o", str(program), str(_HERE / "web_acceptor.c")]
    built = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if built.returncode:
        raise BenchError(f"gcc could not build web_acceptor.c: {built.stderr.strip()[:500]}")
    listing = folder / "fleet"
    listing.write_text("".join(f"{address}\n" for address in addresses))
    process = subprocess.Popen(
        [*shared.acceptor_prefix, str(program), "--port", str(PORT), str(listing)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if process.stdout is None or not process.stdout.readline().startswith("ready"):
            raise BenchError(f"the fleet cannot listen on port {PORT}: is another one running?")
        yield Fleet(process)
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
