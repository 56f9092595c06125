"""The study of 2019, replayed: a fleet of 2,300 archives, surveyed and compared with the truth.

    python3 dev.py run bench/replay.py [--scale N] [--kill] [--json FILE] [--keep DIR]

The fleet (`dosimeter lab fleet greenbone-2019`) runs in a process of its own, on the second core if there
is one; `dosimeter survey --touch count` runs beside it as a user starts it. Its report is compared with the
fleet's truth, which it never sees: how many archives answer anybody, how many a browser opens, and in every
country archives, studies, images linked and images downloadable. A number that is said to be exact and is not
fails the bench. With --kill the survey is killed (SIGKILL) when two fifths of the endpoints are recorded, and
resumed. --scale 20 is a twentieth of the study, whose figures are divided and as exact; how long it takes is
no goal then.

Exit code 0: all that is required holds. 1: something does not. 2: it cannot run here.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from contest import Goal
from fleet import BenchError
from measure import Conditions, conditions
from truth import Compared, compare

from dosimeter.store.sqlite import LAST, open_store

NAME: Final = "greenbone-2019"
REQUIRED_SECONDS: Final = 600
WISHED_SECONDS: Final = 300
MOST_MIB: Final = 300
KILLED_AT: Final = 0.4
"""The share of endpoints recorded when the survey is killed; some are in the middle of a census then."""
LARGEST_PAGE: Final = 2 << 20
PAGE_SECONDS: Final = 2.0
PAPER_SECONDS: Final = 5.0
_SECONDS_TO_START: Final = 60
_SECONDS_TO_END: Final = 1800
_DOSIMETER: Final = str(Path(sys.executable).with_name("dosimeter"))
_NUMBERS: Final = re.compile(r"(?<![0-9,.])[0-9]{1,3}(?:,[0-9]{3})*(?![0-9,])")
_FORMATS: Final = re.compile(r"--format<([a-z|]+)>")


@dataclass(frozen=True, slots=True)
class Run:
    """One process of the survey: how it ended, and what it cost. Seconds, MiB."""

    exit_code: int
    wall: float
    cpu: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class Rendered:
    """One report: how long it took to write, from the start of the process, and how large it is."""

    name: str
    seconds: float
    size: int


class Bench:
    """One fleet, and a survey of it in a folder of its own."""

    def __init__(self, folder: Path, shared: Conditions) -> None:
        self._folder = folder
        self._shared = shared
        self._store = f"sqlite:///{folder / 'store.sqlite'}"
        self._jsonl = folder / "report.jsonl"

    @contextmanager
    def fleet(self, scale: int) -> Iterator[int]:
        """The fleet while it runs: its process.

        Raises:
            BenchError: it does not start.
        """
        command = ("lab", "fleet", NAME, "--scale", str(scale), "--output-dir", str(self._folder))
        log = self._folder / "fleet.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                (*self._shared.acceptor_prefix, _DOSIMETER, *command),
                stdout=output,
                stderr=output,
                env=self._shared.environment,
            )
        try:
            _wait_for(lambda: b"are listening" in log.read_bytes(), process, log)
            yield process.pid
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=_SECONDS_TO_START)

    def survey(self, *, kill: bool) -> tuple[Run, ...]:
        """The whole survey; with ``kill`` in two runs.

        Raises:
            BenchError: it failed, or could not be killed in the middle.
        """
        files = ("--scope", self._file("scope.toml"), "-l", self._file("targets.txt"))
        command = ("survey", *files, "--touch", "count", "--audit", str(self._folder / "audit.jsonl"))
        runs = [self._run((*command, *self._where()), kill=kill)]
        if kill:
            if runs[0].exit_code != -signal.SIGKILL:
                raise BenchError("the survey was over before it could be killed")
            with open_store(self._store) as store:
                survey = store.find(LAST)
            again = ("survey", "resume", survey, "--audit", str(self._folder / "audit.jsonl"))
            runs.append(self._run((*again, *self._where()), kill=False))
        if runs[-1].exit_code:
            last = (self._folder / "survey.log").read_text(errors="replace").splitlines()[-1:]
            raise BenchError(f"the survey ended with exit code {runs[-1].exit_code}: {''.join(last)}")
        return tuple(runs)

    def compared(self) -> Compared:
        """What the survey says, beside the truth."""
        truth = json.loads(Path(self._file("truth.json")).read_text())
        with self._jsonl.open(encoding="utf-8") as lines:
            return compare(truth, map(json.loads, lines))

    def unsaid(self) -> Goal | None:
        """Whether the page says every total and every country's amounts; None if there is no page."""
        page, truth = self._folder / "report.html", json.loads(Path(self._file("truth.json")).read_text())
        if not page.exists():
            return None
        said = set(_NUMBERS.findall(page.read_text(encoding="utf-8")))
        rows = [truth["totals"], *truth["countries"].values()]
        figures = {f"{value:,}" for row in rows for value in row.values()}
        missing = sorted(figures - said)
        value = f"{len(figures) - len(missing)} of {len(figures)} {' '.join(missing[:5])}"
        return Goal("figures of the truth that the page says", value.rstrip(), not missing)

    def rendered(self) -> list[Rendered]:
        """The report in each of the formats that people read, as far as this version writes them."""
        words = self._call("report", "--help").stdout
        known = set("".join(_FORMATS.findall("".join(words.split()))).split("|"))
        made = []
        for name in ("html", "pdf", "json"):
            if name in known:
                output = self._folder / f"report.{name}"
                began = time.perf_counter()
                self._call("report", LAST, "--store", self._store, "-f", name, "-o", str(output))
                made.append(Rendered(name, time.perf_counter() - began, output.stat().st_size))
        return made

    def _where(self) -> tuple[str, ...]:
        owners = ("--owners", self._file("owners.csv"))
        return (*owners, "--store", self._store, "-f", "jsonl", "-o", str(self._jsonl))

    def _file(self, name: str) -> str:
        return str(self._folder / f"fleet-{name}")

    def _call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            (_DOSIMETER, *arguments),
            check=True,
            capture_output=True,
            text=True,
            env=self._shared.environment | {"COLUMNS": "200"},
        )

    def _run(self, arguments: tuple[str, ...], *, kill: bool) -> Run:
        with (self._folder / "survey.log").open("ab") as log:
            began = time.perf_counter()
            process = subprocess.Popen(
                (*self._shared.client_prefix, _DOSIMETER, *arguments),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._shared.environment,
            )
        try:
            if kill:
                self._kill_in_the_middle(process)
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        process.returncode = os.waitstatus_to_exitcode(status)
        return Run(
            process.returncode,
            time.perf_counter() - began,
            usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss / 1024,
        )

    def _kill_in_the_middle(self, process: subprocess.Popen[bytes]) -> None:
        database = self._folder / "store.sqlite"
        until = time.monotonic() + _SECONDS_TO_END
        while time.monotonic() < until and os.waitid(os.P_PID, process.pid, _IF_ENDED) is None:
            time.sleep(0.2)
            if database.exists() and self._recorded() >= KILLED_AT:
                process.kill()
                return

    def _recorded(self) -> float:
        with open_store(self._store) as store:
            headers = store.headers()
            if not headers:
                return 0.0
            progress = store.counts(headers[0].id)
        return progress.recorded / max(1, progress.endpoints)


_IF_ENDED: Final = os.WEXITED | os.WNOHANG | os.WNOWAIT


def _wait_for(is_ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _SECONDS_TO_START
    while not is_ready():
        if process.poll() is not None or time.monotonic() > until:
            last = log.read_text(errors="replace").splitlines()[-1:]
            raise BenchError(f"the fleet does not start: {''.join(last)}")
        time.sleep(0.1)


def main(arguments: Sequence[str]) -> int:
    """Run it; returns the exit code."""
    options = _parse(arguments)
    try:
        with conditions() as shared, tempfile.TemporaryDirectory(prefix="dosimeter-replay-") as name:
            folder = options.keep or Path(name)
            folder.mkdir(parents=True, exist_ok=True)
            bench = Bench(folder, shared)
            with bench.fleet(options.scale) as fleet:
                runs = bench.survey(kill=options.kill)
                served = _cpu_seconds(fleet)
            compared, rendered = bench.compared(), bench.rendered()
            unsaid = bench.unsaid()
    except (BenchError, subprocess.CalledProcessError) as error:
        print(f"cannot be measured: {error}", file=sys.stderr)
        return 2
    goals = [
        *_goals_of(compared, is_whole=not options.kill),
        *_costs(runs, options.scale),
        *(_page(made, options.scale) for made in rendered),
        *([unsaid] if unsaid is not None else []),
    ]
    print(f"{NAME}, one in {options.scale}: {compared.studied:,} archives; fleet {served:.0f} CPU seconds")
    for run in runs:
        cost = f"{run.wall:.1f} s, {run.cpu:.1f} CPU seconds, {run.peak_mib:.0f} MiB"
        print(f"survey: {cost}, exit code {run.exit_code}")
    for difference in compared.differences[:40]:
        print(f"  {difference}")
    for goal in goals:
        print(f"  {'PASS' if goal.holds else 'FAIL' if goal.required else 'miss'}  {goal.says}: {goal.value}")
    if options.json:
        figures = {"runs": [asdict(run) for run in runs], "rendered": [asdict(each) for each in rendered]}
        figures |= {"goals": [asdict(goal) for goal in goals], "compared": compared.figures}
        options.json.write_text(json.dumps(figures | {"fleet_cpu": served}, indent=1) + "\n")
    return 1 if any(goal.required and not goal.holds for goal in goals) else 0


def _goals_of(compared: Compared, *, is_whole: bool) -> list[Goal]:
    found, true = compared.found, compared.truth
    goals = [
        Goal(f"{name} in all", f"{found[name]:,} of {true[name]:,}", found[name] == true[name])
        for name in ("queryable", "browsable", "studies", "images", "downloadable")
    ]
    kinds = compared.total_kinds
    goals.append(
        # What was begun before a kill can be compared by numbers alone, and may end as a floor (ADR 0011).
        Goal("kinds of the last three totals", ", ".join(kinds), set(kinds) == {"exact"}, required=is_whole)
    )
    right = compared.countries - len(compared.wrong_countries)
    goals.append(
        Goal(
            "countries with the right archives, studies, images and downloadable images",
            f"{right} of {compared.countries}",
            right == compared.countries,
        )
    )
    goals.append(
        Goal(
            "numbers that are said to be exact and are not",
            f"{compared.wrong_exact} of {compared.exact:,}",
            not compared.wrong_exact,
        )
    )
    goals.append(
        Goal("archives told otherwise than they are", str(compared.misjudged), not compared.misjudged)
    )
    return goals


def _costs(runs: Sequence[Run], scale: int) -> list[Goal]:
    wall, peak = sum(run.wall for run in runs), max(run.peak_mib for run in runs)
    whole = scale == 1
    return [
        Goal(f"under {REQUIRED_SECONDS} s", f"{wall:.1f} s", wall < REQUIRED_SECONDS, required=whole),
        Goal(f"under {WISHED_SECONDS} s", f"{wall:.1f} s", wall < WISHED_SECONDS, required=False),
        Goal(f"under {MOST_MIB} MiB for the survey", f"{peak:.0f} MiB", peak < MOST_MIB),
    ]


def _page(made: Rendered, scale: int) -> Goal:
    whole = scale == 1
    value = f"{made.seconds:.1f} s, {made.size:,} bytes"
    if made.name == "html":
        holds = made.seconds < PAGE_SECONDS and made.size < LARGEST_PAGE
        return Goal("the page under 2 s and 2 MiB", value, holds, required=whole)
    limit = PAPER_SECONDS if made.name == "pdf" else _SECONDS_TO_END
    return Goal(f"the report as {made.name}", value, made.seconds < limit, required=whole)


def _cpu_seconds(pid: int) -> float:
    """User and system time of a process that runs."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scale", type=int, default=1, help="one archive in so many (1: the whole study)")
    parser.add_argument("--kill", action="store_true", help="kill the survey in the middle, and resume it")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    parser.add_argument("--keep", type=Path, help="leave the store and all files in this folder")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
