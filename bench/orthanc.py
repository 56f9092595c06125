"""Counting the studies of a real Orthanc: dosimeter, pynetdicom's send_c_find and findscu, in one run.

    python3 dev.py run bench/orthanc.py [--quick] [--studies N] [--rounds N]

Each asks the same question, all StudyInstanceUIDs in one answer, and counts distinct ones (findscu
counts nothing). The server builds and sends about ten thousand rows a second, so it rules, and the clients
can only be slower. Then the whole command, ``dosimeter survey --touch count``, which asks much more:
every number of the census with its controls.

Seconds are from the association request to its release, start-up left out; "process" has it in.
Exit code 0: the goals hold. 1: one does not. 2: it cannot run here.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))  # a script's own folder is not the clone's

from measure import Conditions, Cost, conditions, run

from tests.integration.archives import crowd, orthanc
from tests.integration.archives.crowd import Crowd
from tests.integration.archives.process import NotStarted, cpu_seconds
from tests.integration.archives.running import Running

TIMES_PYNETDICOM: Final = 5.0
MOST_OF_A_CORE: Final = 0.10
SECONDS_PER_RUN: Final = 240

_PEERS: Final = Path(__file__).with_name("peers")
_SCOPE: Final = """\
[authorisation]
authorised_by = "bench"
role = "bench"
reference = "bench/orthanc.py"
legal_basis = "our own server on loopback"
contact = "bench"
valid_from = {begins:%Y-%m-%dT%H:%M:%SZ}
valid_until = {ends:%Y-%m-%dT%H:%M:%SZ}
touch = "count"
[scope]
networks = ["127.0.0.0/8"]
ports = [{port}]
tls_ports = []
web_ports = []
[pace]
new_hosts_per_second = 0
seconds_between_associations = 0
"""


class Missed(Exception):
    """A tool ended badly or counted wrong: nothing can be compared."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run. ``wall`` and ``cpu`` in seconds, of the counting alone; ``server`` is Orthanc's CPU time."""

    wall: float
    cpu: float
    server: float
    process: Cost

    @property
    def of_a_core(self) -> float:
        """The share of one core that the client took while it counted."""
        return self.cpu / self.wall


@dataclass(frozen=True, slots=True)
class Contender:
    """A tool: its command for a peer and a folder, and what it says that it counted."""

    name: str
    command: Callable[[Running, Path], tuple[str, ...]]
    counted: Callable[[Path, Cost], tuple[int, float, float]]
    """From its output: distinct studies, and the seconds and CPU seconds of the counting."""


def main(arguments: Sequence[str]) -> int:
    """Load an Orthanc, run all in interleaved rounds, print; returns the exit code."""
    options = _parse(arguments)
    if shutil.which("Orthanc") is None or shutil.which("findscu") is None:
        print("needs the packages orthanc and dcmtk", file=sys.stderr)
        return 2
    of_it = crowd.generate(options.studies)
    try:
        with conditions() as shared, tempfile.TemporaryDirectory(prefix="dosimeter-bench-") as name:
            root = Path(name)
            with orthanc.crowded(of_it, root / "orthanc") as peer:
                samples = compete(of_it, peer, root, shared, options.rounds)
    except (Missed, NotStarted) as why:
        print(f"cannot be measured: {why}", file=sys.stderr)
        return 2
    _print(of_it, samples)
    held = _goals(samples)
    return 0 if held or options.quick else 1


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="2,000 studies, one round, nothing gated")
    parser.add_argument("--studies", type=int, default=20_000, help="in the archive (20000)")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (3)")
    options = parser.parse_args(arguments)
    if options.quick:
        options.studies, options.rounds = 2_000, 1
    return options


def compete(
    of_it: Crowd, peer: Running, root: Path, shared: Conditions, rounds: int
) -> dict[str, list[Sample]]:
    """Every contender once, then every contender again; before that each once, uncounted."""
    samples: dict[str, list[Sample]] = {contender.name: [] for contender in CONTENDERS}
    for number in range(rounds + 1):
        for contender in CONTENDERS:
            folder = root / f"{contender.name}, {number}".replace("/", " ")
            sample = _run_once(contender, of_it, peer, folder, shared)
            if number:
                samples[contender.name].append(sample)
    return samples


def _run_once(contender: Contender, of_it: Crowd, peer: Running, folder: Path, shared: Conditions) -> Sample:
    folder.mkdir()
    assert peer.pid is not None  # noqa: S101 - a server that this bench has started
    before = cpu_seconds(peer.pid)
    cost = run(
        contender.command(peer, folder),
        shared,
        seconds=SECONDS_PER_RUN,
        output=folder / "output",
        errors=folder / "errors",
    )
    server = cpu_seconds(peer.pid) - before
    if cost.exit_code or cost.timed_out:
        last = (folder / "errors").read_text(errors="replace").splitlines()[-1:]
        raise Missed(f"{contender.name} ended with exit code {cost.exit_code}: {''.join(last)}")
    studies, wall, cpu = contender.counted(folder, cost)
    if studies != len(of_it.studies):
        raise Missed(f"{contender.name} counted {studies:,} of {len(of_it.studies):,} studies")
    return Sample(wall, cpu, server, cost)


def _script(name: str) -> Callable[[Running, Path], tuple[str, ...]]:
    return lambda peer, _folder: (sys.executable, str(_PEERS / name), peer.address, str(peer.port))


def _printed(folder: Path, _cost: Cost) -> tuple[int, float, float]:
    said = json.loads((folder / "output").read_text())
    return said["distinct"], said["wall"], said["cpu"]


def _findscu(peer: Running, _folder: Path) -> tuple[str, ...]:
    keys = ("-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID")
    return ("findscu", "-S", "-v", "-sr", *keys, peer.address, str(peer.port))


def _listed(folder: Path, cost: Cost) -> tuple[int, float, float]:
    said = (folder / "output").read_bytes() + (folder / "errors").read_bytes()
    return said.count(b"(Pending)"), cost.wall_seconds, cost.cpu_seconds


def _survey(peer: Running, folder: Path) -> tuple[str, ...]:
    now = datetime.now(UTC)
    scope = folder / "scope.toml"
    scope.write_text(
        _SCOPE.format(begins=now - timedelta(hours=1), ends=now + timedelta(hours=2), port=peer.port)
    )
    program = str(Path(sys.executable).with_name("dosimeter"))
    store = f"sqlite:///{folder / 'store.db'}"
    options = ("--scope", str(scope), "--store", store, "--touch", "count", "-f", "jsonl")
    return (program, "survey", *options, f"{peer.address}:{peer.port}")


def _surveyed(folder: Path, cost: Cost) -> tuple[int, float, float]:
    lines = map(json.loads, (folder / "output").read_text().splitlines())
    (studies,) = (line["counts"]["studies"] for line in lines if line["type"] == "archive")
    if studies["kind"] != "exact":
        raise Missed(f"the survey says {studies}")
    return studies["value"], cost.wall_seconds, cost.cpu_seconds


DOSIMETER: Final = Contender("dosimeter, one answer", _script("one_answer_dosimeter.py"), _printed)
PYNETDICOM: Final = Contender("pynetdicom send_c_find", _script("one_answer_pynetdicom.py"), _printed)
FINDSCU: Final = Contender("findscu -sr, whole process", _findscu, _listed)
SURVEY: Final = Contender("dosimeter survey, whole census", _survey, _surveyed)
CONTENDERS: Final = (DOSIMETER, PYNETDICOM, FINDSCU, SURVEY)


def _median(samples: Sequence[Sample], of: Callable[[Sample], float]) -> float:
    return statistics.median(map(of, samples))


def _print(of_it: Crowd, samples: dict[str, list[Sample]]) -> None:
    studies = len(of_it.studies)
    print(
        f"\nOrthanc with {studies:,} studies, all counted exactly, median of {len(samples[DOSIMETER.name])}"
    )
    heads = ("s", "rows/s", "CPU s", "of a core", "process s", "server CPU s")
    print(f"{'':32}" + "".join(f"{head:>13}" for head in heads))
    for name, of_one in samples.items():
        wall = _median(of_one, lambda sample: sample.wall)
        figures = (
            f"{wall:.2f}",
            f"{studies / wall:,.0f}",
            f"{_median(of_one, lambda sample: sample.cpu):.3f}",
            f"{_median(of_one, lambda sample: sample.of_a_core):.1%}",
            f"{_median(of_one, lambda sample: sample.process.wall_seconds):.2f}",
            f"{_median(of_one, lambda sample: sample.server):.2f}",
        )
        print(f"{name:32}" + "".join(f"{figure:>13}" for figure in figures))


def _goals(samples: dict[str, list[Sample]]) -> bool:
    pairs = list(zip(samples[PYNETDICOM.name], samples[DOSIMETER.name], strict=True))
    faster = statistics.median(slow.wall / fast.wall for slow, fast in pairs)
    with_start = statistics.median(
        slow.process.wall_seconds / fast.process.wall_seconds for slow, fast in pairs
    )
    share = _median(samples[DOSIMETER.name], lambda sample: sample.of_a_core)
    goals = (
        (faster >= TIMES_PYNETDICOM, f"at least 5x pynetdicom end to end: {faster:.1f}x"),
        (with_start >= TIMES_PYNETDICOM, f"the same with the start of the process: {with_start:.1f}x"),
        (share <= MOST_OF_A_CORE, f"at most 10 % of one core for the client: {share:.1%}"),
    )
    for holds, says in goals:
        print(f"  {'PASS' if holds else 'FAIL'}  {says}")
    return all(holds for holds, _ in goals)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
