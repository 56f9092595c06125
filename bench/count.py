"""Counting an answer of many rows: dosimeter against findscu and pynetdicom, side by side in one run.

    python3 dev.py run bench/count.py [--quick] [--rounds N] [--json FILE]

One archive written in C sends 200,000 and 1,000,000 rows, each of a study of its own; every tool asks
the same question of it, in interleaved rounds, on a core of its own where there are two. Two shapes of
rows: "lean" is what an archive sends that returns what was asked for, "full" has 16 elements with names
and dates. dosimeter counts distinct studies and prints two numbers; findscu only receives, and
where it prints is asked for 200,000 rows. Start-up is within every figure but pynetdicom's, which does a
sample of the rows: its rate is that of the rows alone.

Wall clock drifts on shared machines, so what gates are ratios of CPU seconds (user + system), round by
round, and peak memory.

Exit code 0: all that is required holds. 1: something does not. 2: it cannot run here.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from contest import Goal, Spread
from fleet import BenchError
from measure import Conditions, Cost, conditions, run
from row_source import RowSource, Sent, running_source

_PEERS: Final = Path(__file__).with_name("peers")
_SECONDS_PER_RUN: Final = 240
_FINDSCU: Final = ("findscu", "-S", "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID")


@dataclass(frozen=True, slots=True)
class Tool:
    """One way to ask: the command for a port and a called AE title, and whether it prints its count."""

    name: str
    command: Callable[[int, str], tuple[str, ...]]
    counts: bool


DOSIMETER: Final = Tool(
    "dosimeter", lambda port, title: _python("dosimeter_count.py", port, title), counts=True
)
QUIET: Final = Tool(
    "findscu, responses hidden",
    lambda port, title: (*_FINDSCU, "-q", "-sr", "-aec", title, "127.0.0.1", str(port)),
    counts=False,
)
PRINTING: Final = Tool(
    "findscu as it is run, > /dev/null",
    lambda port, title: (*_FINDSCU, "-aec", title, "127.0.0.1", str(port)),
    counts=False,
)
PYNETDICOM: Final = Tool(
    "pynetdicom send_c_find", lambda port, title: _python("pynetdicom_count.py", port, title), counts=True
)


def _python(script: str, port: int, title: str) -> tuple[str, ...]:
    return (sys.executable, str(_PEERS / script), str(port), title)


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows, how often. ``gated``: whether the speed decides over the exit code."""

    rows: tuple[int, ...]
    sample: int
    rounds: int
    gated: bool


FULL: Final = Size((200_000, 1_000_000), sample=5_000, rounds=3, gated=True)
QUICK: Final = Size((3_000,), sample=200, rounds=1, gated=False)
_KIND_OF: Final = {"lean": "LSI", "full": "FSI"}
"""How the called AE title begins that asks the archive for such rows."""
_FEW: Final = 1_000
"""What memory is compared with."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: rows asked for, what it cost, what the tool says it counted, what the archive sent."""

    rows: int
    cost: Cost
    counted: tuple[int, ...]
    sent: Sent

    @property
    def is_right(self) -> bool:
        """Every row was sent and counted, every study is distinct, and the association was released."""
        sent = (self.sent.rows, self.sent.answers, self.sent.releases) == (self.rows, 1, 1)
        return sent and self.counted in {(), (self.rows, self.rows)}


@dataclass(frozen=True, slots=True)
class Contest:
    """The samples of one shape and number of rows, by tool; pynetdicom's cost by the row, less its start."""

    shape: str
    rows: int
    samples: dict[str, list[Sample]]
    pynetdicom_cpu: list[float]

    def cpu(self, tool: Tool) -> list[float]:
        """CPU seconds for each row, start-up included, round by round."""
        return [sample.cost.cpu_seconds / sample.rows for sample in self.samples[tool.name]]

    def times_slower(self, other: Sequence[float]) -> Spread:
        """What others need for a row divided by what dosimeter needs."""
        values = [theirs / ours for theirs, ours in zip(other, self.cpu(DOSIMETER), strict=True)]
        return Spread(statistics.median(values), min(values), max(values))


class Bench:
    """Runs tools against one archive."""

    def __init__(self, source: RowSource, shared: Conditions, folder: Path) -> None:
        self._source = source
        self._shared = shared
        self._folder = folder

    def ask(self, tool: Tool, kind: str, rows: int) -> Sample:
        """One run of one tool.

        Raises:
            BenchError: it failed, was too slow, or miscounted.
        """
        output = self._folder / "output" if tool.counts else Path("/dev/null")
        errors = self._folder / "errors"
        self._source.sent()
        command = tool.command(self._source.port, f"{kind}{rows}")
        cost = run(command, self._shared, seconds=_SECONDS_PER_RUN, output=output, errors=errors)
        if cost.exit_code:
            last = errors.read_text(errors="replace").splitlines()[-1:]
            raise BenchError(f"{tool.name} ended with exit code {cost.exit_code}: {''.join(last)}")
        counted = tuple(map(int, output.read_text().split())) if tool.counts else ()
        sample = Sample(rows, cost, counted, self._source.sent())
        if not sample.is_right:
            raise BenchError(f"{tool.name} did not count all of {kind}{rows}: {counted}, {sample.sent}")
        return sample

    def contest(self, shape: str, rows: int, size: Size) -> Contest:
        """Every tool once, then every tool again.

        Printing, findscu is asked for the smaller number: a million rows take it a minute.
        """
        kind = _KIND_OF[shape]
        found = Contest(shape, rows, {tool.name: [] for tool in (DOSIMETER, QUIET, PRINTING, PYNETDICOM)}, [])
        for tool in (DOSIMETER, QUIET, PRINTING, PYNETDICOM):
            self.ask(tool, kind, 1)
        for _ in range(size.rounds):
            for tool in (DOSIMETER, QUIET):
                found.samples[tool.name].append(self.ask(tool, kind, rows))
            found.samples[PRINTING.name].append(self.ask(PRINTING, kind, min(rows, size.rows[0])))
            alone, sample = self.ask(PYNETDICOM, kind, 1), self.ask(PYNETDICOM, kind, size.sample)
            found.samples[PYNETDICOM.name].append(sample)
            seconds = sample.cost.cpu_seconds - alone.cost.cpu_seconds
            found.pynetdicom_cpu.append(seconds / (size.sample - 1))
        return found


def main(arguments: Sequence[str]) -> int:
    """Run it; returns the exit code."""
    options = _parse(arguments)
    size = QUICK if options.quick else Size(FULL.rows, FULL.sample, options.rounds, gated=True)
    try:
        goals, contests = _run(size)
    except BenchError as error:
        print(f"cannot be measured: {error}", file=sys.stderr)
        return 2
    for goal in goals:
        print(f"  {'PASS' if goal.holds else 'FAIL' if goal.required else 'miss'}  {goal.says}: {goal.value}")
    if options.json:
        report = {"goals": [asdict(goal) for goal in goals], "contests": [asdict(each) for each in contests]}
        options.json.write_text(json.dumps(report, indent=1) + "\n")
    return 1 if any(goal.required and not goal.holds for goal in goals) else 0


def _run(size: Size) -> tuple[list[Goal], list[Contest]]:
    goals: list[Goal] = []
    contests: list[Contest] = []
    if shutil.which("findscu") is None:
        raise BenchError("the peer of this bench is findscu: install dcmtk")
    with (
        conditions() as shared,
        running_source(shared.acceptor_prefix) as source,
        tempfile.TemporaryDirectory(prefix="dosimeter-bench-") as folder,
    ):
        bench = Bench(source, shared, Path(folder))
        for shape in ("lean", "full"):
            bench.ask(DOSIMETER, _KIND_OF[shape], 1)
            few = bench.ask(DOSIMETER, _KIND_OF[shape], _FEW)
            for rows in size.rows:
                contest = bench.contest(shape, rows, size)
                _print(contest)
                contests.append(contest)
                goals += _goals(contest, few, size)
        for kind in ("LJI", "FJI", "LSE", "FSE"):
            sample = bench.ask(DOSIMETER, kind, size.rows[0])
            print(f"{_KINDS[kind]:60}{_rate(sample):>12,.0f} rows/s")
    return goals, contests


_KINDS: Final = {
    "LJI": "lean, command and data set in one P-DATA-TF",
    "FJI": "full, command and data set in one P-DATA-TF",
    "LSE": "lean, explicit VR",
    "FSE": "full, explicit VR",
}


def _goals(contest: Contest, few: Sample, size: Size) -> list[Goal]:
    name = f"{contest.rows:,} {contest.shape} rows"
    ours = contest.samples[DOSIMETER.name]
    goals = []
    for tool, cpu, least in (
        (QUIET, contest.cpu(QUIET), 3),
        (PRINTING, contest.cpu(PRINTING), 10),
        (PYNETDICOM, contest.pynetdicom_cpu, 50),
    ):
        spread = contest.times_slower(cpu)
        says = f"{name}: CPU of {tool.name} / dosimeter: at least {least}"
        goals.append(Goal(says, str(spread), spread.median >= least, required=size.gated))
    grown = max(sample.cost.peak_rss_mib for sample in ours) - few.cost.peak_rss_mib
    says = (
        f"{name}: peak memory above that of {_FEW:,} rows ({few.cost.peak_rss_mib:.0f} MiB): at most 40 MiB"
    )
    goals.append(Goal(says, f"{grown:.1f} MiB", grown <= 40))
    share = max(sample.sent.cpu_seconds / sample.cost.cpu_seconds for sample in ours)
    says = f"{name}: CPU of the archive / dosimeter, so that nobody waits for it: at most 0.5"
    goals.append(Goal(says, f"{share:.2f}", share <= 0.5, required=False))
    return goals


def _rate(sample: Sample) -> float:
    return sample.rows / sample.cost.wall_seconds


def _print(contest: Contest) -> None:
    print(f"\n{contest.rows:,} {contest.shape} rows")
    print(f"{'':35}{'rows':>10}{'rows/s':>12}{'best':>12}{'CPU us/row':>12}{'peak MiB':>10}")
    for name, samples in contest.samples.items():
        cpu = statistics.median(sample.cost.cpu_seconds / sample.rows for sample in samples)
        rates = [_rate(sample) for sample in samples]
        if name == PYNETDICOM.name:
            cpu = statistics.median(contest.pynetdicom_cpu)
            rates = [1 / each for each in contest.pynetdicom_cpu]
        peak = max(sample.cost.peak_rss_mib for sample in samples)
        print(
            f"{name:35}{samples[0].rows:>10,}{statistics.median(rates):>12,.0f}{max(rates):>12,.0f}"
            f"{cpu * 1e6:>12.2f}{peak:>10.1f}"
        )
    sys.stdout.flush()


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="3,000 rows, one round: does it count at all")
    parser.add_argument("--rounds", type=int, default=FULL.rounds, help="interleaved rounds (3)")
    parser.add_argument("--json", type=Path, help="write every figure of every run to this file")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("at least one round")
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
