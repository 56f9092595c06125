"""Runs contenders against one fleet in interleaved rounds, and holds what came out against goals."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from contenders import Contender, Job
from fleet import Acceptor, AcceptorStats, BenchError, Host, Mode, count, running_acceptor, write_target_list
from measure import Conditions, Cost, run

SECONDS_PER_RUN: Final = 240
"""No run of any tool may take longer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A contender and how much of the fleet it is asked to do.

    ``scaled_to``: a slow contender does ``hosts`` of them, and one alone to know its start-up; its
    time for so many hosts is start-up + a share for each.
    """

    contender: Contender
    hosts: int
    scaled_to: int | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: what it cost, what it found, and what the fleet saw of it.

    A scaled one has the cost for ``hosts`` worked out from a run on ``archives`` of them.
    """

    hosts: int
    archives: int
    found: int
    cost: Cost
    seen: AcceptorStats
    asking_seconds: float | None = None
    scaled: bool = False

    @property
    def cpu_per_thousand(self) -> float:
        """CPU seconds per 1,000 hosts."""
        return self.cost.cpu_seconds / self.hosts * 1000

    @property
    def hosts_per_second(self) -> float:
        """Hosts per second of wall clock, start-up included."""
        return self.hosts / self.cost.wall_seconds

    @property
    def asked_everything(self) -> bool:
        """Whether every archive saw the whole exchange of a survey, each association released."""
        wanted = (self.archives, 3 * self.archives, self.archives, 2 * self.archives)
        return wanted == (self.seen.echoes, self.seen.finds, self.seen.gets, self.seen.releases)


@dataclass(frozen=True, slots=True)
class Goal:
    """One line of the verdict. ``required``: the bench fails if it does not hold."""

    says: str
    value: str
    holds: bool
    required: bool = True


@dataclass(frozen=True, slots=True)
class Setting:
    """The conditions that all runs of a scenario share."""

    in_flight: int
    deadline: float
    delay_ms: int = 0


Results = dict[str, list[Sample]]


def compete(
    fleet: Sequence[Host], entries: Sequence[Entry], setting: Setting, *, rounds: int, conditions: Conditions
) -> Results:
    """Every entry once, then every entry again: a slow minute hits them all alike.

    Before that each asks one host, uncounted: its files are in memory then and its modules compiled.
    """
    results: Results = {entry.contender.name: [] for entry in entries}
    with _listening(fleet, setting, conditions) as acceptor:
        for entry in entries:
            _run_once(fleet[:1], entry.contender, setting, acceptor, conditions)
        for _ in range(rounds):
            for entry in entries:
                sample = _run_once(fleet[: entry.hosts], entry.contender, setting, acceptor, conditions)
                if entry.scaled_to:
                    alone = _run_once(fleet[:1], entry.contender, setting, acceptor, conditions)
                    sample = _scale(sample, alone, entry.scaled_to)
                results[entry.contender.name].append(sample)
    return results


def _scale(sample: Sample, alone: Sample, hosts: int) -> Sample:
    share = (hosts - 1) / (sample.hosts - 1)
    start, whole = alone.cost, sample.cost
    cost = replace(
        whole,
        wall_seconds=start.wall_seconds + (whole.wall_seconds - start.wall_seconds) * share,
        cpu_seconds=start.cpu_seconds + (whole.cpu_seconds - start.cpu_seconds) * share,
    )
    return replace(sample, hosts=hosts, cost=cost, scaled=True)


def median(samples: Iterable[Sample], of: Callable[[Sample], float]) -> float:
    """The median of one figure."""
    return statistics.median(of(sample) for sample in samples)


def ratio(results: Results, above: Contender, below: Contender, of: Callable[[Sample], float]) -> Spread:
    """``above`` divided by ``below``, round by round."""
    pairs = zip(results[above.name], results[below.name], strict=True)
    values = [of(one) / of(other) for one, other in pairs]
    return Spread(statistics.median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of the rounds, and the lowest and highest."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f}x ({self.low:.2f} to {self.high:.2f})"


def _listening(
    fleet: Sequence[Host], setting: Setting, conditions: Conditions
) -> AbstractContextManager[Acceptor]:
    return running_acceptor(fleet, delay_ms=setting.delay_ms, prefix=conditions.acceptor_prefix)


def _run_once(
    hosts: Sequence[Host], contender: Contender, setting: Setting, acceptor: Acceptor, conditions: Conditions
) -> Sample:
    with tempfile.TemporaryDirectory(prefix="dosimeter-bench-") as name:
        folder = Path(name)
        targets = write_target_list(hosts, folder / "targets")
        job = Job(targets, acceptor.port, folder, setting.in_flight, setting.deadline)
        errors = folder / "errors"
        command = contender.command(job)
        acceptor.stats()
        cost = run(command, conditions, seconds=SECONDS_PER_RUN, output=job.output, errors=errors)
        if cost.timed_out:
            raise BenchError(f"{contender.name} was stopped after {SECONDS_PER_RUN} s")
        if cost.exit_code:
            last = errors.read_text(errors="replace").splitlines()[-1:]
            raise BenchError(f"{contender.name} ended with exit code {cost.exit_code}: {''.join(last)}")
        return Sample(
            hosts=len(hosts),
            archives=count(hosts, Mode.DICOM),
            found=contender.found(job),
            cost=cost,
            seen=acceptor.stats(),
            asking_seconds=contender.asking_seconds(job),
        )
