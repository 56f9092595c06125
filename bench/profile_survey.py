"""Where the CPU of ``dosimeter survey`` goes, per host: what stands between it and nmap.

    python3 dev.py run bench/profile_survey.py [--fleet archives|mixed] [--hosts N] [--top N]
                                               [--with cprofile|perf]

Three views of a survey of a loopback fleet: the CPU of start-up (a survey of one host) against
that of each further host, without a profiler; then, under one, the cost by package and by
function. cProfile runs inside the process and makes small Python functions look dearer than they
are; perf sees the kernel and the interpreter's C code and no Python names.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from contenders import DOSIMETER, Job, survey_arguments
from fleet import (
    Acceptor,
    BenchError,
    Host,
    Mode,
    count,
    dicom_fleet,
    mixed_fleet,
    running_acceptor,
    write_target_list,
)
from measure import Conditions, Cost, conditions, run

_SECONDS: Final = 120
_DEADLINE: Final = 5.0
_SITE: Final = "/site-packages/"
_OURS: Final = "/src/dosimeter/"
_IN_C: Final = "~"
"""What pstats calls the file of a function that is written in C."""

_Function = tuple[str, int, str]
_Figures = tuple[int, int, float, float, dict[_Function, tuple[int, int, float, float]]]


def main(arguments: Sequence[str]) -> int:
    """Measure, profile, print; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fleet", choices=("archives", "mixed"), default="archives")
    parser.add_argument("--hosts", type=int, default=4096)
    parser.add_argument("--in-flight", type=int, default=512, help="hosts asked at once; mixed: 12000")
    parser.add_argument("--top", type=int, default=40, help="functions to print")
    parser.add_argument("--with", dest="profiler", choices=("cprofile", "perf"), default="cprofile")
    options = parser.parse_args(arguments)
    fleet = dicom_fleet(options.hosts)
    if options.fleet == "mixed":
        fleet = mixed_fleet(options.hosts, Mode.CLOSED)
        options.in_flight = max(options.in_flight, 12_000)
    profile = _profile if options.profiler == "cprofile" else _perf
    try:
        with conditions() as shared, running_acceptor(fleet, prefix=shared.acceptor_prefix) as acceptor:
            _print_split(fleet, acceptor, options.in_flight, shared)
            profile(fleet, acceptor, options, shared)
    except BenchError as error:
        print(f"profile_survey: {error}", file=sys.stderr)
        return 2
    return 0


def _job(folder: Path, hosts: Sequence[Host], acceptor: Acceptor, in_flight: int) -> Job:
    targets = write_target_list(hosts, folder / "targets")
    return Job(targets, acceptor.port, folder, in_flight, _DEADLINE)


def _print_split(fleet: Sequence[Host], acceptor: Acceptor, in_flight: int, shared: Conditions) -> None:
    one = min(_survey(fleet[:1], acceptor, in_flight, shared).cpu_seconds for _ in range(3))
    whole = min(_survey(fleet, acceptor, in_flight, shared).cpu_seconds for _ in range(3))
    each = (whole - one) / (len(fleet) - 1) * 1e6
    print(f"{len(fleet)} hosts: {whole / len(fleet) * 1e6:.0f} us of CPU a host, start-up included")
    print(f"  start-up {one:.3f} s ({one / whole:.0%} of the whole), each further host {each:.0f} us")


def _survey(hosts: Sequence[Host], acceptor: Acceptor, in_flight: int, shared: Conditions) -> Cost:
    with tempfile.TemporaryDirectory(prefix="dosimeter-bench-") as name:
        job = _job(Path(name), hosts, acceptor, in_flight)
        cost = run(
            DOSIMETER.command(job), shared, seconds=_SECONDS, output=job.output, errors=job.folder / "errors"
        )
        if cost.exit_code or DOSIMETER.found(job) != count(hosts, Mode.DICOM):
            raise BenchError(f"the survey failed: {(job.folder / 'errors').read_text()[-600:]}")
        return cost


def _profile(
    fleet: Sequence[Host], acceptor: Acceptor, options: argparse.Namespace, shared: Conditions
) -> None:
    from dosimeter.cli.main import main as dosimeter

    if shared.client is not None:
        os.sched_setaffinity(0, {shared.client})
    profiler = cProfile.Profile()
    with tempfile.TemporaryDirectory(prefix="dosimeter-bench-") as name:
        job = _job(Path(name), fleet, acceptor, options.in_flight)
        sys.argv = ["dosimeter", *survey_arguments(job)]
        profiler.enable()
        try:
            dosimeter()
        except SystemExit as ended:
            if ended.code:
                raise BenchError(f"the survey ended with exit code {ended.code}") from None
        finally:
            profiler.disable()
        if DOSIMETER.found(job) != count(fleet, Mode.DICOM):
            raise BenchError("the survey did not find every archive")
    _print_costs(pstats.Stats(profiler), len(fleet), options.top)


def _print_costs(stats: pstats.Stats, hosts: int, top: int) -> None:
    functions: dict[_Function, _Figures] = vars(stats)["stats"]
    packages: Counter[str] = Counter()
    for (file_name, _, _), (_, _, own, _, callers) in functions.items():
        if file_name != _IN_C:
            packages[_package(file_name)] += own
        for (calling_file, _, _), figures in callers.items() if file_name == _IN_C else ():
            packages[_package(calling_file)] += figures[2]
    print("\nby package, us a host under cProfile; a C function counts for the package that calls it")
    for package, cost in packages.most_common(20):
        print(f"{cost / hosts * 1e6:9.1f}  {package}")
    print(f"\n{'us a host':>9} {'with callees':>12} {'calls a host':>12}  function")
    dearest = sorted(functions.items(), key=lambda item: item[1][2], reverse=True)
    for (file_name, line, name), (_, calls, own, whole, _) in dearest[:top]:
        where = "" if file_name == _IN_C else f"  {_short(file_name)}:{line}"
        print(f"{own / hosts * 1e6:9.1f} {whole / hosts * 1e6:12.1f} {calls / hosts:12.2f}  {name}{where}")


def _package(file_name: str) -> str:
    if _OURS in file_name:
        inside = file_name.split(_OURS)[1].split("/")
        return "dosimeter." + (inside[0] if len(inside) > 1 else "")
    if _SITE in file_name:
        return file_name.split(_SITE)[1].split("/", maxsplit=1)[0]
    return "called by C" if file_name == _IN_C else "standard library"


def _short(file_name: str) -> str:
    for marker in (_OURS, _SITE):
        if marker in file_name:
            return file_name.split(marker)[1]
    return Path(file_name).name


def _perf(fleet: Sequence[Host], acceptor: Acceptor, options: argparse.Namespace, shared: Conditions) -> None:
    if shutil.which("perf") is None:
        raise BenchError("perf is missing: install linux-perf")
    with tempfile.TemporaryDirectory(prefix="dosimeter-bench-") as name:
        job = _job(Path(name), fleet, acceptor, options.in_flight)
        data = job.folder / "perf.data"
        record = ("perf", "record", "-q", "-F", "1999", "-o", str(data))
        command = (*record, "--", *shared.client_prefix, *DOSIMETER.command(job))
        subprocess.run(command, timeout=_SECONDS, capture_output=True, env=shared.environment, check=False)
        if not data.exists():
            raise BenchError("perf recorded nothing: does the kernel allow it?")
        for keys in ("dso", "dso,symbol"):
            report = ("perf", "report", "-i", str(data), "--stdio", "--sort", keys, "--percent-limit", "0.4")
            done = subprocess.run(report, timeout=_SECONDS, capture_output=True, text=True, check=False)
            lines = [line for line in done.stdout.splitlines() if line.strip() and not line.startswith("#")]
            print(f"\nby {keys}, % of the samples")
            print("\n".join(lines[: options.top]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
