"""Thousands of studies in real servers, counted within the default budget: exactly, and at what cost.

Only what was counted and that the budget held is asserted. Seconds, and the CPU time of the server beside
those of a full listing by DCMTK's findscu, are printed: ``pytest -s`` shows them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from dosimeter.model.attempt import Skipped
from dosimeter.model.census import CensusEnd
from dosimeter.model.facts import CensusEnded
from dosimeter.model.scope import CountBudget
from dosimeter.store.sqlite import LAST, open_store
from tests.integration.archives import crowd, dcmtk, orthanc
from tests.integration.archives.crowd import Crowd
from tests.integration.archives.process import cpu_seconds
from tests.integration.archives.running import Running
from tests.integration.surveying import Line, Place, run_survey

pytestmark = pytest.mark.timeout(240)

ORTHANC_STUDIES: Final = 20_000
DCMQRSCP_STUDIES: Final = 5_000
BUDGET: Final = CountBudget()
SMALL: Final = 11


@dataclass(frozen=True)
class Cost:
    """Of one run, in seconds: on the clock, and of the server's CPU."""

    wall: float
    server: float


@dataclass(frozen=True)
class Census:
    """What was said of a crowd, by a survey in a process of its own, and what it cost."""

    crowd: Crowd
    line: Line
    ended: list[CensusEnded]
    survey: Cost
    listing: Cost

    @property
    def summary(self) -> str:
        """The figures on one line."""
        return (
            f"{len(self.crowd.studies):,}: {self.survey.wall:.1f} s, server {self.survey.server:.2f} s; "
            f"findscu's listing {self.listing.wall:.1f} s, server {self.listing.server:.2f}; {self.ended}\n"
        )


def survey(crowd_of_it: Crowd, peer: Running, folder: Path, called: tuple[str, ...] = ()) -> Census:
    """Count it, then list it with findscu as people do."""
    listing = listed(peer, called[0] if called else "ANY-SCP", len(crowd_of_it.studies))
    assert peer.pid is not None
    cpu, began = cpu_seconds(peer.pid), time.perf_counter()
    output = run_survey([Place(peer.address, peer.port, called=called)], folder, "count")
    cost = Cost(time.perf_counter() - began, cpu_seconds(peer.pid) - cpu)
    (line,) = [json.loads(each) for each in output.splitlines() if json.loads(each)["type"] == "archive"]
    census = Census(crowd_of_it, line, ended_of(folder / "survey.db"), cost, listing)
    sys.stdout.write(census.summary)
    return census


def listed(peer: Running, called: str, studies: int) -> Cost:
    """A full listing by findscu, output discarded."""
    assert peer.pid is not None
    cpu, began = cpu_seconds(peer.pid), time.perf_counter()
    keys = ("-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID")
    done = subprocess.run(
        ["findscu", "-S", "-v", "-sr", "-aec", called, *keys, peer.address, str(peer.port)],
        check=True,
        capture_output=True,
        env={**os.environ, "TCP_NODELAY": "1"},
        timeout=60,
    )
    assert done.stdout.count(b"Find Response") + done.stderr.count(b"Find Response") >= studies
    return Cost(time.perf_counter() - began, cpu_seconds(peer.pid) - cpu)


def ended_of(database: Path) -> list[CensusEnded]:
    """How the censuses ended, and what they cost."""
    with open_store(f"sqlite:///{database}") as store:
        attempts = [attempt for record in store.records(store.find(LAST)) for attempt in record.attempts]
    facts = [fact for attempt in attempts if not isinstance(attempt, Skipped) for fact in attempt.facts]
    return [fact for fact in facts if isinstance(fact, CensusEnded)]


@pytest.fixture(scope="module")
def of_orthanc(tmp_path_factory: pytest.TempPathFactory) -> Census:
    """20,000 studies in an Orthanc, counted by a stranger."""
    folder = tmp_path_factory.mktemp("orthanc-crowd")
    of_it = crowd.generate(ORTHANC_STUDIES)
    with orthanc.crowded(of_it, folder / "orthanc", "127.31.1.1") as peer:
        return survey(of_it, peer, folder / "survey")


@pytest.fixture(scope="module")
def of_dcmqrscp(tmp_path_factory: pytest.TempPathFactory) -> Census:
    """5,000 studies in a dcmqrscp, counted by one who knows its title."""
    folder = tmp_path_factory.mktemp("dcmqrscp-crowd")
    of_it = crowd.generate(DCMQRSCP_STUDIES)
    with dcmtk.crowded(of_it, folder / "dcmqrscp", "127.31.1.2") as peer:
        return survey(of_it, peer, folder / "survey", (dcmtk.CROWD_TITLE,))


@pytest.fixture(params=["of_orthanc", "of_dcmqrscp"])
def census(request: pytest.FixtureRequest) -> Census:
    """One after the other."""
    found: Census = request.getfixturevalue(request.param)
    return found


def test_every_study_and_every_patient_is_counted(census: Census) -> None:
    """Exactly, those without a date included."""
    counts = census.line["counts"]

    assert counts["studies"] == {"kind": "exact", "value": len(census.crowd.studies)}, census.line
    assert counts["patients"] == {"kind": "exact", "value": census.crowd.patients}, census.line


def test_series_and_instances_are_right_whatever_their_kind(census: Census) -> None:
    """Counted row by row, or the archive's own figure, checked on a part of it."""
    counts = census.line["counts"]

    for name, truth in (("series", census.crowd.series), ("instances", len(census.crowd.files))):
        assert counts[name]["value"] == truth, census.line
        assert counts[name]["kind"] in {"exact", "claimed"}, census.line


def test_every_year_is_right(census: Census) -> None:
    """The sum of the years, and of what has no date, is the whole."""
    shown = {each["year"]: each["studies"] for each in census.line["by_year"]}

    expected = {
        year: {"kind": "exact", "value": studies}
        for year, studies in census.crowd.by_year.items()
        if studies >= SMALL
    }
    vague = {year: said["value"] for year, said in shown.items() if said["kind"] == "at_least"}
    assert len(vague) <= 1, "one year beside a small part is enough to hide it"
    assert all(value <= expected.pop(year)["value"] for year, value in vague.items())
    assert {year: said for year, said in shown.items() if said["kind"] == "exact"} == expected
    assert census.line["undated_studies"] == {"kind": "fewer_than", "value": SMALL}


def test_the_default_budget_held(census: Census) -> None:
    """Rows, bytes, seconds and associations; the archive was not asked to the end of them."""
    ended = census.ended

    assert ended, "no census has ended"
    assert {each.end for each in ended} == {CensusEnd.ALL_ASKED}
    assert sum(each.rows for each in ended) <= BUDGET.rows
    assert sum(each.received for each in ended) <= BUDGET.received_bytes
    assert sum(each.milliseconds for each in ended) <= BUDGET.seconds * 1000
    assert max(each.associations for each in ended) <= BUDGET.associations


def test_modalities_are_right_where_the_archive_heeds_the_question(of_orthanc: Census) -> None:
    """Orthanc does."""
    said = {each["modality"]: each["studies"]["value"] for each in of_orthanc.line["by_modality"]}

    assert said == of_orthanc.crowd.by_modality
