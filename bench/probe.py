"""dosimeter survey against nmap and pynetdicom, side by side in one run on one loopback fleet.

    python3 dev.py run bench/probe.py [--quick] [--hosts N] [--rounds N] [--scenario NAME]... [--json FILE]

Wall clock drifts twofold on shared machines, so no time is printed without the peer of the same
run; the gate is the ratio of CPU seconds (user + system of the process tree), taken round by
round. The client runs on one core and the acceptor on another where there are two.

Exit code 0: all that is required holds. 1: something does not. 2: it cannot run here.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from contest import Goal, Sample, median
from fleet import BenchError
from measure import Conditions, conditions
from scenarios import SCENARIOS, Outcome, Size

_COLUMNS = f"{'':31}{'hosts/s':>9}{'CPU s/1,000':>13}{'peak MB':>9}{'found':>16}{'CPU x':>8}"


def main(arguments: Sequence[str]) -> int:
    """Run the scenarios asked for; returns the exit code."""
    options = _parse(arguments)
    size = Size.quick() if options.quick else Size.full(options.hosts, options.rounds)
    with conditions() as shared:
        outcomes, refused = _run(options.scenario, size, shared)
    if options.json:
        report = {"gated": size.gated, "scenarios": [asdict(outcome) for outcome in outcomes]}
        options.json.write_text(json.dumps(report, indent=1) + "\n")
    failed = any(goal.required and not goal.holds for outcome in outcomes for goal in outcome.goals)
    return 1 if failed else 2 if refused else 0


def _run(names: Sequence[str], size: Size, shared: Conditions) -> tuple[list[Outcome], bool]:
    """What the scenarios measured, and whether one of them could not be measured here."""
    outcomes: list[Outcome] = []
    refused = False
    for scenario in SCENARIOS:
        if scenario.name not in names:
            continue
        try:
            outcome = scenario.run(size, shared)
        except BenchError as error:
            print(f"{scenario.name}: cannot be measured: {error}", file=sys.stderr, flush=True)
            refused = True
            continue
        outcomes.append(outcome)
        _print(outcome)
    return outcomes, refused


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    names = [scenario.name for scenario in SCENARIOS]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="256 hosts, one round: does it work at all")
    parser.add_argument("--hosts", type=int, default=10_000, help="size of the fleet, at least 2,048 (10000)")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (3)")
    parser.add_argument(
        "--scenario", action="append", choices=names, help="one of them alone; may be repeated"
    )
    parser.add_argument("--json", type=Path, help="write every figure of every run to this file")
    options = parser.parse_args(arguments)
    if options.hosts < 2048 or options.rounds < 1:
        parser.error("at least 2,048 hosts and one round; --quick takes fewer")
    options.scenario = options.scenario or names
    return options


def _print(outcome: Outcome) -> None:
    print(f"\n{outcome.name}: {outcome.title}")
    print(_COLUMNS)
    first = next(iter(outcome.results.values()))
    reference = median(first, lambda sample: sample.cpu_per_thousand)
    for name, samples in outcome.results.items():
        print(_row(name, samples, reference))
    for goal in outcome.goals:
        print(f"  {_word(goal)}  {goal.says}: {goal.value}")
    sys.stdout.flush()


def _row(name: str, samples: list[Sample], reference: float) -> str:
    cpu = median(samples, lambda sample: sample.cpu_per_thousand)
    found = median(samples, lambda sample: sample.found)
    label = f"{name}, scaled" if samples[0].scaled else name
    return (
        f"{label:31}{median(samples, lambda sample: sample.hosts_per_second):>9,.0f}{cpu:>13.3f}"
        f"{median(samples, lambda sample: sample.cost.peak_rss_mib) * 1.048576:>9.0f}"
        f"{f'{found:.0f} of {samples[0].archives}':>16}{cpu / reference:>8.2f}"
    )


def _word(goal: Goal) -> str:
    if goal.holds:
        return "PASS"
    return "FAIL" if goal.required else "miss"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
