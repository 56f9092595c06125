"""Start the fleet, and write down what a survey of it needs and what it must come to."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dosimeter.lab.fleet.papers import owners_text, scope_text, targets_text, truth_text
from dosimeter.lab.fleet.plan import Member, plan_fleet
from dosimeter.lab.fleet.server import FleetServer
from dosimeter.lab.fleet.stands import stands_of
from dosimeter.model.problem import Problem

FLEETS: Final = ("greenbone-2019",)
_SPARE_FILES: Final = 512
"""Open files beyond the listeners: callers, and what the interpreter needs."""


@dataclass(frozen=True, slots=True)
class RunningFleet:
    """Archives that listen, and the files for a survey of them; ``truth`` is not for the survey."""

    members: tuple[Member, ...]
    scope: Path
    targets: Path
    owners: Path
    truth: Path


@contextmanager
def running_fleet(name: str, folder: Path, scale: int = 1) -> Iterator[RunningFleet]:
    """The fleet of a study at 127.64.0.0/10, until ``with`` ends.

    Raises:
        Problem: there is no such fleet or scale, too few files may be open, an address cannot be bound, or
            the folder cannot be written to.
    """
    if name not in FLEETS:
        raise Problem(f"there is no fleet {name!a}; the fleets are: {', '.join(FLEETS)}")
    now = datetime.now(UTC)
    today = now.astimezone().date()
    try:
        members = plan_fleet(today, scale)
    except ValueError as error:
        raise Problem(f"--scale: {error}") from None
    stands = tuple(stands_of(members))
    _allow_files(len(stands) + _SPARE_FILES)
    texts = {
        "fleet-scope.toml": scope_text(now),
        "fleet-targets.txt": targets_text(members),
        "fleet-owners.csv": owners_text(members),
        "fleet-truth.json": truth_text(members, today, scale),
    }
    with FleetServer(stands):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for file, text in texts.items():
                (folder / file).write_text(text, encoding="utf-8")
        except OSError as error:
            raise Problem(
                f"cannot write to {folder}: {error.strerror}; name a folder with --output-dir"
            ) from None
        scope, targets, owners, truth = (folder / file for file in texts)
        yield RunningFleet(members, scope, targets, owners, truth)


def _allow_files(wanted: int) -> None:
    """Every listener is an open file, and many systems allow 1,024 of them at first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        if hard != resource.RLIM_INFINITY and hard < wanted:
            raise Problem(
                f"this fleet needs {wanted:,} open files and this system allows {hard:,}; "
                "raise the limit (ulimit -n), or give a larger --scale"
            )
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
