from __future__ import annotations

import csv
import io
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dosimeter.model.attempt import Cause, Failed
from dosimeter.model.survey import EndpointRecord
from dosimeter.store.sqlite import open_store
from tests.peers.archive import Archive, Reject, Script, Silence
from tests.survey.terminal import Terminal, eventually

SILENT = Script(on_associate=lambda _request: Silence())
PATIENT = {"answer_seconds": 60, "host_seconds": 60, "hosts_in_flight": 4}


@pytest.fixture
def town() -> Iterator[list[Archive]]:
    """Six quick archives and two that keep one waiting, one address each, one port for all."""
    with ExitStack() as stack:
        first = stack.enter_context(Archive(address="127.0.11.1"))
        yield [
            first,
            *(
                stack.enter_context(
                    Archive(SILENT if number > 6 else None, address=f"127.0.11.{number}", port=first.port)
                )
                for number in range(2, 9)
            ),
        ]


def recorded(terminal: Terminal) -> dict[str, EndpointRecord]:
    """The records of the newest survey, by address."""
    with open_store(terminal.store) as store:
        return {record.endpoint.address: record for record in store.records(store.find("last"))}


def kill_when_only_the_silent_are_left(terminal: Terminal, town: list[Archive], scope: Path) -> None:
    """Run a survey and take its process away without a word, once the quick ones are on the disk."""
    process = terminal.start("survey", "--scope", scope, "--store", terminal.store)
    for quick in town[:6]:
        quick.wait_until(lambda quick=quick: len([seen for seen in quick.visits if seen.closed]) == 2, 20)  # type: ignore[misc] # bound now
    for silent in town[6:]:
        silent.wait_until(lambda silent=silent: bool(silent.visits), 20)  # type: ignore[misc] # bound now
    eventually(lambda: len(recorded(terminal)) == 6)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=10)


def test_a_survey_that_was_killed_goes_on_where_it_was(terminal: Terminal, town: list[Archive]) -> None:
    """What was recorded is not asked again, what was in flight is, and at the end all is there."""
    kill_when_only_the_silent_are_left(terminal, town, terminal.scope(*town, pace=PATIENT))
    assert set(recorded(terminal)) == {archive.address for archive in town[:6]}
    assert "died" in terminal.survey("list").out
    assert "no process runs it" in terminal.survey("stop", "last").err
    before = [len(archive.visits) for archive in town]
    for silent in town[6:]:
        silent.script = Script()
    said = terminal.survey("resume", "last", "-f", "csv")
    assert said.code == 0, said.err
    assert "2 hosts, 2 endpoints to ask" in said.err
    assert [len(archive.visits) for archive in town[:6]] == before[:6]
    assert [len(archive.visits) for archive in town[6:]] == [3, 3]
    lines = list(csv.DictReader(io.StringIO(said.out)))
    assert len(lines) == 8


def test_a_host_at_which_two_surveys_died_is_left_alone(terminal: Terminal, town: list[Archive]) -> None:
    """It may be what kills them, or be killed by them: recorded as interrupted, never asked a third time."""
    scope = terminal.scope(*town, pace=PATIENT)
    kill_when_only_the_silent_are_left(terminal, town, scope)
    process = terminal.start("survey", "resume", "last", "--store", terminal.store)
    for silent in town[6:]:
        silent.wait_until(lambda silent=silent: len(silent.visits) == 2, 20)  # type: ignore[misc] # bound now
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=10)
    said = terminal.survey("resume", "last")
    assert said.code == 0, said.err
    assert [len(archive.visits) for archive in town[6:]] == [2, 2]
    for silent in town[6:]:
        (attempt,) = recorded(terminal)[silent.address].attempts
        assert isinstance(attempt, Failed)
        assert attempt.cause is Cause.INTERRUPTED


def test_a_running_survey_is_not_resumed_by_another_process(terminal: Terminal, town: list[Archive]) -> None:
    """One sentence, exit code 2, and the one that runs goes on."""
    process = terminal.start(
        "survey", "--scope", terminal.scope(*town, pace=PATIENT), "--store", terminal.store
    )
    for silent in town[6:]:
        silent.wait_until(lambda silent=silent: bool(silent.visits), 20)  # type: ignore[misc] # bound now
    said = terminal.survey("resume", "last")
    assert said.code == 2
    assert "another process" in said.sentence
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert terminal.end(process).code == 4
    assert [len(archive.visits) for archive in town[6:]] == [1, 1]


def test_an_authorisation_that_ends_in_the_middle_stops_the_survey(terminal: Terminal) -> None:
    """Nobody is asked after its last second: exit code 4, and under the expired scope nothing goes on."""
    made = [Archive(Script(on_associate=lambda _request: Reject()), address="127.0.12.1")]
    made += [
        Archive(made[0].script, address=f"127.0.12.{number}", port=made[0].port) for number in range(2, 31)
    ]
    with ExitStack() as stack:
        for archive in made:
            stack.enter_context(archive)
        until = datetime.now(UTC) + timedelta(seconds=2.5)
        scope = terminal.scope(*made, valid_until=until, pace={"new_hosts_per_second": 8})
        said = terminal.survey("--scope", scope)
        resumed = terminal.survey("resume", "last")
        contacted = [archive for archive in made if archive.visits]
    assert said.code == 4, said.err
    assert "the authorisation ended at" in said.err
    assert 0 < len(contacted) < 30
    assert set(recorded(terminal)) == {archive.address for archive in contacted}
    assert resumed.code == 2
    assert "valid_until" in resumed.sentence


def test_two_surveys_share_a_store(terminal: Terminal, town: list[Archive]) -> None:
    """A second survey does not wait for the first, and each finds its own."""
    first = terminal.start(
        "survey", "--scope", terminal.scope(*town, pace=PATIENT), "--store", terminal.store
    )
    for silent in town[6:]:
        silent.wait_until(lambda silent=silent: bool(silent.visits), 20)  # type: ignore[misc] # bound now
    second = terminal.survey("--scope", terminal.scope(town[0], name="other.toml"))
    assert second.code == 0, second.err
    first.send_signal(signal.SIGINT)
    assert terminal.end(first).code == 130
    listed = terminal.survey("list").out.splitlines()
    assert ["completed" in line or "stopped" in line for line in listed] == [True, True]
