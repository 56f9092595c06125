"""The tools that are compared: how each is started, and how it says what it found."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from fleet import ANSWERING_NETWORK, DROPPING_NETWORK, BenchError

_PEERS: Final = Path(__file__).with_name("peers")
_AUDIT: Final = "audit.jsonl"

_SCOPE: Final = """\
[authorisation]
authorised_by = "bench"
role = "bench"
reference = "bench/probe.py"
legal_basis = "our own fleet on loopback"
contact = "bench"
valid_from = {valid_from:%Y-%m-%dT%H:%M:%SZ}
valid_until = {valid_until:%Y-%m-%dT%H:%M:%SZ}
touch = "prove"

[scope]
networks = ["{answering}", "{dropping}"]
ports = [{port}]
tls_ports = []
web_ports = []

[pace]
new_hosts_per_second = 0.0
hosts_in_flight = {in_flight}
seconds_between_associations = 0.0
connect_seconds = {deadline:.1f}
answer_seconds = {deadline:.1f}
"""


@dataclass(frozen=True, slots=True)
class Job:
    """One run: whom to ask, and the folder where the run leaves its files.

    ``deadline`` is in seconds; how many hosts are asked at once and for how long matters to
    dosimeter alone, the others run as their users run them.
    """

    targets: Path
    port: int
    folder: Path
    in_flight: int
    deadline: float

    @property
    def output(self) -> Path:
        """What the command prints."""
        return self.folder / "output"

    @property
    def report(self) -> Path:
        """The file the command writes its result to, if it writes one."""
        return self.folder / "report"


@dataclass(frozen=True, slots=True)
class Contender:
    """A tool and what it does to each host."""

    name: str
    does: str
    command: Callable[[Job], tuple[str, ...]]
    found: Callable[[Job], int]
    asking_seconds: Callable[[Job], float | None] = lambda _job: None
    """From the first contact to the end of the last, if the tool tells."""


def write_scope(job: Job) -> Path:
    """The scope file of one dosimeter run."""
    now = datetime.now(UTC)
    path = job.folder / "scope.toml"
    path.write_text(
        _SCOPE.format(
            valid_from=now - timedelta(hours=1),
            valid_until=now + timedelta(hours=12),
            answering=ANSWERING_NETWORK,
            dropping=DROPPING_NETWORK,
            port=job.port,
            in_flight=job.in_flight,
            deadline=job.deadline,
        )
    )
    return path


def survey_arguments(job: Job) -> tuple[str, ...]:
    """What follows ``dosimeter`` on the command line."""
    return (
        *("survey", "--scope", str(write_scope(job))),
        *("--store", f"sqlite:///{job.folder / 'store.sqlite'}"),
        *("--audit", str(job.folder / _AUDIT)),
        *("-l", str(job.targets), "-f", "jsonl", "-o", str(job.report)),
    )


def count_retrievable(report: Path) -> int:
    """Archives that a JSONL report calls retrievable: all four questions were answered."""
    if not report.exists():
        return 0
    with report.open(encoding="utf-8") as lines:
        return sum(_is_retrievable(json.loads(line)) for line in lines)


def _is_retrievable(line: dict[str, object]) -> bool:
    return line.get("type") == "archive" and line.get("exposure") == "retrievable"


def _audited_seconds(job: Job) -> float | None:
    """What the audit log says: start-up comes before it, the report after it."""
    first = last = None
    with (job.folder / _AUDIT).open(encoding="ascii") as lines:
        for line in lines:
            if '"event":"contact"' in line and first is None:
                first = line
            last = line
    if first is None or last is None:
        return None
    began, ended = (datetime.fromisoformat(json.loads(line)["at"]) for line in (first, last))
    return (ended - began).total_seconds()


def _survey(job: Job) -> tuple[str, ...]:
    program = Path(sys.executable).with_name("dosimeter")
    if not program.exists():
        raise BenchError("dosimeter is not beside this Python: run python3 dev.py run bench/probe.py")
    return (str(program), *survey_arguments(job))


def _nmap(job: Job, *more: str) -> tuple[str, ...]:
    if shutil.which("nmap") is None:
        raise BenchError("the peer of this bench is nmap: install it")
    options = ("-n", "-Pn", "-T4", "--script", "dicom-ping", "-p", str(job.port), *more)
    return ("nmap", *options, "-iL", str(job.targets), "-oN", str(job.report))


def _nmap_found(job: Job) -> int:
    if not job.report.exists():
        return 0
    with job.report.open(encoding="utf-8", errors="replace") as lines:
        return sum("DICOM Service Provider discovered" in line for line in lines)


def _python(script: str, job: Job) -> tuple[str, ...]:
    return (sys.executable, str(_PEERS / script), str(job.targets), str(job.port))


def _printed(job: Job) -> int:
    text = job.output.read_text(errors="replace").strip()
    return int(text) if text.isdecimal() else 0


DOSIMETER: Final = Contender(
    "dosimeter survey",
    "2 associations, echo, 3 null queries, null retrieve, stored, judged, reported",
    _survey,
    lambda job: count_retrievable(job.report),
    _audited_seconds,
)
NMAP: Final = Contender("nmap -T4 dicom-ping", "1 association, no release", _nmap, _nmap_found)
NMAP_WITH_TIMEOUT: Final = Contender(
    "nmap -T4 --script-timeout",
    "1 association, no release",
    lambda job: _nmap(job, "--script-timeout", f"{job.deadline:g}s"),
    _nmap_found,
)
PYNETDICOM: Final = Contender(
    "pynetdicom, 8 threads",
    "the same exchange, nothing kept",
    lambda job: _python("pynetdicom_loop.py", job),
    _printed,
)
BARE: Final = Contender(
    "bare selectors loop",
    "1 association, echo, release, nothing kept",
    lambda job: _python("bare_selectors.py", job),
    _printed,
)
