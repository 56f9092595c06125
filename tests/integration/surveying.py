"""Run the product as a user does, over the archives, and read its JSON Lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, Final

from dosimeter.model.verdict import Exposure, Protection
from dosimeter.report.json_lines import stream_json_lines
from dosimeter.store.sqlite import open_store
from dosimeter.usecases.judging import judge_all
from tests.integration.archives.fleet import Fleet
from tests.integration.archives.registry import ARCHIVES, Archive, Expected

TITLED: Final = tuple(archive for archive in ARCHIVES if archive.called or archive.calling)
SURVEY_SECONDS: Final = 110
_SCOPE: Final = """\
[authorisation]
authorised_by = "Test Suite"
role = "owner of these processes"
reference = "tests/integration"
legal_basis = "our own machine"
contact = "nobody@test.example"
valid_from = {valid_from}
valid_until = {valid_until}
touch = "{touch}"
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


Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Got:
    """What the survey says of one archive, and the line it says it in."""

    verdict: Expected
    line: str

    @property
    def said(self) -> Line:
        """The line, read."""
        said: Line = json.loads(self.line)
        return said


@dataclass(frozen=True, slots=True)
class Place:
    """An endpoint of a scope: where, inside TLS or not, and the titles that its owner lists."""

    address: str
    port: int
    inside_tls: bool = False
    called: tuple[str, ...] = ()
    calling: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.address}:{self.port}"


def strangers_verdicts(archives: Fleet, folder: Path, touch: str = "prove") -> Mapping[str, Got]:
    """One survey of all archives under a scope that lists no AE title."""
    return survey(archives, ARCHIVES, folder, touch=touch)


def owners_verdicts(archives: Fleet, folder: Path, touch: str = "prove") -> Mapping[str, Got]:
    """Surveys of the archives that have titles, under scopes that list them.

    Two scopes, because a host is asked for at most 16 pairs of titles.
    """
    calling = [archive for archive in TITLED if archive.calling]
    called = [archive for archive in TITLED if not archive.calling]
    got = survey(archives, calling, folder / "calling", with_titles=True, touch=touch)
    return {**got, **survey(archives, called, folder / "called", with_titles=True, touch=touch)}


def survey(
    archives: Fleet,
    asked: Sequence[Archive],
    folder: Path,
    *,
    with_titles: bool = False,
    touch: str = "prove",
) -> Mapping[str, Got]:
    """One survey of these archives, in a process of its own.

    They all hold the same studies, which a count finds: the survey makes one archive of them. What it says
    of each is read from its store then, as if it had been surveyed alone.
    """
    places = [_place(archives, archive, with_titles=with_titles) for archive in asked]
    names = {str(place): archive.name for place, archive in zip(places, asked, strict=True)}
    printed = run_survey(places, folder, touch)
    return _read(each_alone(folder) if touch == "count" else printed, names)


def each_alone(folder: Path) -> str:
    """The lines of every endpoint of the survey that was run in this folder, joined to no other."""
    out = StringIO()
    with open_store(f"sqlite:///{folder / 'survey.db'}") as store:
        (header,) = store.headers()
        for record in store.records(header.id):
            stream_json_lines(header, judge_all([record]), out)
    return out.getvalue()


def run_survey(places: Sequence[Place], folder: Path, touch: str) -> str:
    """``dosimeter survey --scope FILE HOST:PORT... -f jsonl``: what it prints.

    Raises:
        AssertionError: it did not end with 0; what it said on stderr is in the text.
    """
    return run_under(_scope(places, touch), list(map(str, places)), folder, touch)


def run_under(scope_text: str, targets: Sequence[str], folder: Path, touch: str) -> str:
    """The same under a scope of the caller's.

    Raises:
        AssertionError: it did not end with 0; what it said on stderr is in the text.
    """
    folder.mkdir(parents=True)
    scope = folder / "scope.toml"
    scope.write_text(scope_text, encoding="utf-8")
    options = ("--scope", str(scope), "--store", f"sqlite:///{folder / 'survey.db'}", "--touch", touch)
    done = subprocess.run(
        [sys.executable, "-m", "dosimeter", "survey", *options, "-f", "jsonl", *targets],
        capture_output=True,
        text=True,
        check=False,
        timeout=SURVEY_SECONDS,
        env={**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder)},
    )
    if done.returncode != 0:
        raise AssertionError(f"dosimeter survey ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def _place(archives: Fleet, archive: Archive, *, with_titles: bool) -> Place:
    peer = archives[archive.name]
    titles = (archive.called, archive.calling) if with_titles else ()
    return Place(peer.address, peer.port, archive.kind.inside_tls, *titles)


def _scope(places: Sequence[Place], touch: str) -> str:
    now = datetime.now(UTC).replace(microsecond=0)
    called = dict.fromkeys(title for place in places for title in place.called)
    calling = dict.fromkeys(title for place in places for title in place.calling)
    return _SCOPE.format(
        valid_from=(now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        valid_until=(now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        touch=touch,
        ports=sorted({place.port for place in places}),
        tls_ports=sorted({place.port for place in places if place.inside_tls}),
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
