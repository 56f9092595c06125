"""Run the product as a user does, over the archives, and read its JSON Lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from dosimeter.model.verdict import Exposure, Protection
from tests.integration.archives.fleet import Fleet
from tests.integration.archives.registry import ARCHIVES, Archive, Expected

TITLED: Final = tuple(archive for archive in ARCHIVES if archive.called or archive.calling)
SURVEY_SECONDS: Final = 90
_SCOPE: Final = """\
[authorisation]
authorised_by = "Test Suite"
role = "owner of these processes"
reference = "tests/integration"
legal_basis = "our own machine"
contact = "nobody@test.example"
valid_from = {valid_from}
valid_until = {valid_until}
touch = "prove"
[scope]
networks = ["127.0.0.0/8"]
ports = {ports}
tls_ports = {tls_ports}
web_ports = []
called_ae_titles = {called}
calling_ae_titles = {calling}
[pace]
new_hosts_per_second = 0
hosts_in_flight = 64
seconds_between_associations = 0.2
connect_seconds = 5
answer_seconds = 5
host_seconds = 30
"""


@dataclass(frozen=True, slots=True)
class Got:
    """What the survey says of one archive, and the line it says it in."""

    verdict: Expected
    line: str


def strangers_verdicts(archives: Fleet, folder: Path) -> Mapping[str, Got]:
    """One survey of all archives under a scope that lists no AE title."""
    return survey(archives, ARCHIVES, folder)


def owners_verdicts(archives: Fleet, folder: Path) -> Mapping[str, Got]:
    """Surveys of the archives that have titles, under scopes that list them.

    Two scopes, because a host is asked for at most 16 pairs of titles.
    """
    calling = [archive for archive in TITLED if archive.calling]
    called = [archive for archive in TITLED if not archive.calling]
    got = survey(archives, calling, folder / "calling", with_titles=True)
    return {**got, **survey(archives, called, folder / "called", with_titles=True)}


def survey(
    archives: Fleet, asked: Sequence[Archive], folder: Path, *, with_titles: bool = False
) -> Mapping[str, Got]:
    """``dosimeter survey --scope FILE HOST:PORT... -f jsonl``, in a process of its own."""
    folder.mkdir(parents=True)
    scope = folder / "scope.toml"
    scope.write_text(_scope(archives, asked, with_titles=with_titles), encoding="utf-8")
    places = [f"{archives[archive.name].address}:{archives[archive.name].port}" for archive in asked]
    store = f"sqlite:///{folder / 'survey.db'}"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "dosimeter",
            "survey",
            "--scope",
            scope,
            "--store",
            store,
            "-f",
            "jsonl",
            *places,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=SURVEY_SECONDS,
        env={**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder)},
    )
    if done.returncode != 0:
        raise AssertionError(f"dosimeter survey ended with {done.returncode}:\n{done.stderr}")
    names = {place: archive.name for place, archive in zip(places, asked, strict=True)}
    return _read(done.stdout, names)


def _scope(archives: Fleet, asked: Sequence[Archive], *, with_titles: bool) -> str:
    now = datetime.now(UTC).replace(microsecond=0)
    called = {title: None for archive in asked for title in archive.called} if with_titles else {}
    calling = {title: None for archive in asked for title in archive.calling} if with_titles else {}
    return _SCOPE.format(
        valid_from=(now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        valid_until=(now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        ports=sorted({archives[archive.name].port for archive in asked}),
        tls_ports=sorted({archives[archive.name].port for archive in asked if archive.kind.inside_tls}),
        called=json.dumps(list(called)),
        calling=json.dumps(list(calling)),
    )


def _read(lines: str, names: Mapping[str, str]) -> Mapping[str, Got]:
    found: dict[str, Got] = {}
    for line in lines.splitlines():
        said = json.loads(line)
        if said["type"] != "archive":
            continue
        (endpoint,) = said["endpoints"]
        found[names[f"{said['address']}:{endpoint['port']}"]] = Got(
            Expected(
                Exposure(said["exposure"]),
                said["accepts_writes"],
                said["worklist"],
                frozenset(map(Protection, said["protections"])),
            ),
            line,
        )
    return found
