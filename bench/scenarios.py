"""What is measured, against which goals. The goals are those of issue 2."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from contenders import BARE, DOSIMETER, NMAP, NMAP_WITH_TIMEOUT, PYNETDICOM
from contest import Entry, Goal, Results, Sample, Setting, compete, median, ratio
from fleet import Mode, dicom_fleet, mixed_fleet
from measure import Conditions
from namespace import enter_lossy_namespace

_LOOPBACK_DEADLINE: Final = 5.0
_SOCKETS: Final = 12_000
_DROPPED_HOSTS: Final = 12_600
"""5 % are archives and done at once: the other 11,970 and a few archives make 12,000 in flight."""
_DELAY_MS: Final = 50
_LATE_IN_FLIGHT: Final = 4096
_NMAP_LATE_HOSTS: Final = 2048
"""nmap -T4 asks about 20 hosts at once, so its rate does not depend on their number."""
_ACCEPTOR_LIMIT_US: Final = 60


@dataclass(frozen=True, slots=True)
class Size:
    """How much is asked. A quick run checks that everything works; its ratios prove nothing."""

    hosts: int
    sample: int
    mixed_hosts: int
    dropped_hosts: int
    rounds: int
    deadline: float
    gated: bool

    @classmethod
    def full(cls, hosts: int, rounds: int) -> Size:
        """The sizes that the goals are written for."""
        return cls(
            hosts=hosts,
            sample=128,
            mixed_hosts=10_240,
            dropped_hosts=_DROPPED_HOSTS,
            rounds=rounds,
            deadline=_LOOPBACK_DEADLINE,
            gated=True,
        )

    @classmethod
    def quick(cls) -> Size:
        """A smoke test of a few seconds."""
        return cls(
            hosts=256,
            sample=16,
            mixed_hosts=320,
            dropped_hosts=320,
            rounds=1,
            deadline=1.0,
            gated=False,
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one scenario measured, and which goals hold."""

    name: str
    title: str
    results: Results
    goals: tuple[Goal, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One population of hosts."""

    name: str
    run: Callable[[Size, Conditions], Outcome]


def _cpu(sample: Sample) -> float:
    return sample.cpu_per_thousand


def _rate(sample: Sample) -> float:
    return sample.hosts_per_second


def _everything(size: Size, conditions: Conditions) -> Outcome:
    fleet = dicom_fleet(size.hosts)
    entries = (
        Entry(DOSIMETER, size.hosts),
        Entry(NMAP, size.hosts),
        Entry(PYNETDICOM, size.sample, scaled_to=size.hosts),
        Entry(BARE, size.hosts),
    )
    setting = Setting(in_flight=512, deadline=size.deadline)
    results = compete(fleet, entries, setting, rounds=size.rounds, conditions=conditions)
    to_nmap = ratio(results, DOSIMETER, NMAP, _cpu)
    to_pynetdicom = ratio(results, PYNETDICOM, DOSIMETER, _cpu)
    return Outcome(
        "everything",
        f"{size.hosts} archives, 512 hosts in flight",
        results,
        (
            *_completeness(results),
            _gate(
                size, "CPU of dosimeter / nmap: goal at most 1", str(to_nmap), to_nmap.median <= 1, goal=True
            ),
            _gate(size, "CPU of dosimeter / nmap: at the least at most 2", str(to_nmap), to_nmap.median <= 2),
            _gate(
                size,
                "CPU of pynetdicom / dosimeter: at least 10",
                str(to_pynetdicom),
                to_pynetdicom.median >= 10,
            ),
            _acceptor_share(results),
        ),
    )


def _late(size: Size, conditions: Conditions) -> Outcome:
    in_flight = min(size.hosts, _LATE_IN_FLIGHT)
    entries = (Entry(DOSIMETER, size.hosts), Entry(NMAP, min(size.hosts, _NMAP_LATE_HOSTS)))
    setting = Setting(in_flight=in_flight, deadline=size.deadline, delay_ms=_DELAY_MS)
    results = compete(dicom_fleet(size.hosts), entries, setting, rounds=size.rounds, conditions=conditions)
    to_nmap = ratio(results, DOSIMETER, NMAP, _rate)
    return Outcome(
        "late",
        f"{size.hosts} archives that answer {_DELAY_MS} ms late, {in_flight} hosts in flight",
        results,
        (
            *_completeness(results),
            _gate(size, "hosts/s of dosimeter / nmap: at least 5", str(to_nmap), to_nmap.median >= 5),
        ),
    )


def _mixed(size: Size, conditions: Conditions) -> Outcome:
    fleet = mixed_fleet(size.mixed_hosts, Mode.CLOSED)
    setting = Setting(in_flight=_SOCKETS, deadline=size.deadline)
    results = compete(
        fleet,
        (Entry(DOSIMETER, size.mixed_hosts),),
        setting,
        rounds=size.rounds,
        conditions=_wherever(conditions),
    )
    nmap = Entry(NMAP_WITH_TIMEOUT, min(2048, size.mixed_hosts))
    results |= compete(fleet, (nmap,), setting, rounds=1, conditions=_wherever(conditions))
    return Outcome(
        "mixed",
        f"{size.mixed_hosts} hosts: 90 % closed, 5 % silent for {size.deadline:g} s, 5 % archives",
        results,
        (*_completeness(results), *_dead_space(size, results)),
    )


def _dropped(size: Size, conditions: Conditions) -> Outcome:
    enter_lossy_namespace()
    fleet = mixed_fleet(size.dropped_hosts, Mode.DROPPED)
    setting = Setting(in_flight=_SOCKETS, deadline=size.deadline)
    results = compete(
        fleet,
        (Entry(DOSIMETER, size.dropped_hosts),),
        setting,
        rounds=size.rounds,
        conditions=_wherever(conditions),
    )
    descriptors = max(sample.cost.peak_descriptors for sample in results[DOSIMETER.name])
    wanted = min(_SOCKETS, size.dropped_hosts) * 0.95
    return Outcome(
        "dropped",
        f"{size.dropped_hosts} hosts: 90 % dropping, 5 % silent for {size.deadline:g} s, 5 % archives",
        results,
        (
            *_completeness(results),
            *_dead_space(size, results),
            Goal(f"descriptors held at once: at least {wanted:.0f}", str(descriptors), descriptors >= wanted),
        ),
    )


def _completeness(results: Results) -> tuple[Goal, ...]:
    samples = results[DOSIMETER.name]
    worst = min(samples, key=lambda sample: sample.found - sample.archives)
    whole = all(sample.asked_everything for sample in samples)
    return (
        Goal(
            "dosimeter found every archive, retrievable",
            f"{worst.found} of {worst.archives}",
            all(sample.found == sample.archives for sample in samples),
        ),
        Goal(
            "each archive saw echo, 3 null queries, null retrieve and 2 releases",
            "yes" if whole else "no",
            whole,
        ),
    )


def _dead_space(size: Size, results: Results) -> tuple[Goal, ...]:
    """Of the rounds the quietest counts: whoever else is on the machine can only add to a deadline."""
    samples = results[DOSIMETER.name]
    whole = [sample.cost.wall_seconds / size.deadline for sample in samples]
    asking = [(sample.asking_seconds or math.inf) / size.deadline for sample in samples]
    memory = max(sample.cost.peak_rss_mib for sample in samples) * 1.048576
    return (
        _gate(
            size,
            "the whole command / deadline of the silent: at most 1.2",
            _lowest(whole),
            min(whole) <= 1.2,
        ),
        _gate(
            size,
            "of that, first contact to end of the last / deadline: at most 1.2",
            _lowest(asking),
            min(asking) <= 1.2,
        ),
        Goal("peak memory: at most 150 MB", f"{memory:.0f} MB", memory <= 150),
    )


def _lowest(values: list[float]) -> str:
    return f"{min(values):.2f}x (to {max(values):.2f})"


def _wherever(conditions: Conditions) -> Conditions:
    """Not pinned: the acceptor is idle in dead space, and a core that others use would be waited for."""
    return replace(conditions, client=None, acceptor=None)


def _acceptor_share(results: Results) -> Goal:
    """While the client computes the acceptor must not: then nobody waits for it."""
    share = median(results[DOSIMETER.name], lambda sample: sample.seen.cpu_seconds / sample.cost.cpu_seconds)
    each = median(results[BARE.name], lambda sample: sample.seen.cpu_seconds / sample.seen.connections * 1e6)
    return Goal(
        f"the acceptor is not the bottleneck: at most {_ACCEPTOR_LIMIT_US} us of CPU for association, "
        "echo and release, and at most half of the survey's",
        f"{each:.0f} us, {share:.0%}",
        each <= _ACCEPTOR_LIMIT_US and share <= 0.5,
        required=False,
    )


def _gate(size: Size, says: str, value: str, holds: bool, *, goal: bool = False) -> Goal:  # noqa: FBT001
    return Goal(says, value, holds, required=size.gated and not goal)


SCENARIOS: Final = (
    Scenario("everything", _everything),
    Scenario("late", _late),
    Scenario("mixed", _mixed),
    Scenario("dropped", _dropped),
)
"""In the order they run: the last one moves the process into another network namespace."""
