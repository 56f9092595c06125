"""A census that is killed, stopped and taken up, seen from the archive's side of the wire."""

from __future__ import annotations

import os
import pty
import re
import signal
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from dosimeter.lab.dataset import Dataset
from dosimeter.lab.ledger import Tally
from dosimeter.lab.policy import Policy, Tempo
from dosimeter.model.facts import CellCounted
from dosimeter.model.survey import EndpointRecord, SurveyState
from dosimeter.store.sqlite import open_store
from tests.survey.terminal import Terminal, eventually, read_all
from tests.survey.towns import CAPPED, SHAPE, Town, archive, cells_of, census_of, town, value, years

STUDY_DATE = 0x00080020


def written(questions: tuple[Dataset, ...]) -> list[tuple[str, str]]:
    """Identifiers that can be compared, each after its range of dates."""
    return [(str(question.get(STUDY_DATE, "")), repr(sorted(question.items()))) for question in questions]


def test_a_killed_census_goes_on_and_asks_nothing_that_was_kept_again(terminal: Terminal) -> None:
    """Five archives and four kills: at most the questions of the one cell in flight are asked again.

    A cell is a year, or a month where there is a limit. Neither echo, null query nor null retrieve is
    repeated, and the studies are those of a census that nobody killed.
    """
    archives = [
        *(archive(number, Policy(tempo=Tempo(first=4 * number))) for number in (1, 2, 3, 4)),
        archive(5, CAPPED),
    ]
    open_at_a_kill = 0
    with town(terminal, *archives) as place:
        terminal.end(place.start("undisturbed"))
        whole = place.kept("undisturbed")
        questions = len(place.ledgers[3].questions)
        for instant in (0.15, 0.3, 0.55, 0.8):
            name = f"killed at {instant}"
            beginning = accounts(place)
            process = place.start(name)
            least = len(beginning[3].asked) + questions * instant
            eventually(lambda least=least: len(place.ledgers[3].questions) >= least, seconds=20)  # type: ignore[misc] # bound now
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=10)
            at_the_kill = place.kept(name)
            middle = accounts(place)
            place.resume(name)
            resumed = place.kept(name)
            end = accounts(place)
            for number, (address, _port) in enumerate(place.places):
                before = middle[number].since(beginning[number])
                after = end[number].since(middle[number])
                assert before.tally.associations <= 3
                if address in at_the_kill:
                    assert after.tally.requests == after.tally.finds, "an echo or a retrieve was repeated"
                    assert after.tally.associations <= 1
                    again = Counter(before.asked) & Counter(after.asked)
                    cells = {when[:6] if number == 4 else when for when, _question in again}
                    assert len(cells) <= 1, again
                assert_like(resumed[address], whole[address])
            open_at_a_kill += sum(record.is_open for record in at_the_kill.values())
    assert open_at_a_kill >= 4


@dataclass(frozen=True)
class Account:
    """What an archive was asked, and what it cost."""

    asked: tuple[tuple[str, str], ...]
    tally: Tally

    def since(self, before: Account) -> Account:
        """What was added."""
        return Account(self.asked[len(before.asked) :], self.tally - before.tally)


def accounts(place: Town) -> list[Account]:
    """Of each archive, as it stands."""
    return [Account(tuple(written(ledger.questions)), ledger.tally) for ledger in place.ledgers]


def assert_like(resumed: EndpointRecord, whole: EndpointRecord) -> None:
    """It ended as the one that nobody killed: the same probes, years and number of studies."""
    assert not resumed.is_open
    assert [one.probe for one in resumed.attempts] == [one.probe for one in whole.attempts]
    assert years(resumed) == years(whole)
    assert value(census_of(resumed)) == value(census_of(whole)) == SHAPE.studies


@pytest.mark.parametrize("how", ["SIGTERM", "survey stop"])
def test_a_stop_in_a_census_keeps_what_was_counted_and_a_resume_goes_on(terminal: Terminal, how: str) -> None:
    """The survey is stopped, its report tells what is known, and nothing that was kept is asked again."""
    with town(terminal, archive(1, Policy(tempo=Tempo(first=80)))) as place:
        (ledger,) = place.ledgers
        process = place.start("stopped")
        eventually(lambda: bool(cells_so_far(place, "stopped", 6)), seconds=20)
        if how == "SIGTERM":
            process.send_signal(signal.SIGTERM)
        else:
            terminal.run("survey", "stop", "last", "--store", place.store("stopped"))
        said = terminal.end(process)
        assert said.code == 4, said.err
        assert "dosimeter survey resume" in said.err
        assert place.state("stopped") is SurveyState.STOPPED
        (record,) = place.kept("stopped").values()
        assert record.is_open
        assert sum(years(record).values()) > 0
        asked, before = written(ledger.questions), ledger.tally
        place.resume("stopped")
        again, cost = written(ledger.questions[len(asked) :]), ledger.tally - before
        (record,) = place.kept("stopped").values()
    assert place.state("stopped") is SurveyState.COMPLETED
    assert len({when for when, _question in Counter(asked) & Counter(again)}) <= 1
    assert cost.requests == cost.finds
    assert value(census_of(record)) == SHAPE.studies


def cells_so_far(place: Town, name: str, least: int) -> tuple[CellCounted, ...]:
    """The cells that a survey under way has on the disk, if there are so many."""
    if not Path(place.store(name).removeprefix("sqlite:///")).exists():
        return ()
    with open_store(place.store(name)) as store:
        for survey in store.headers():
            for record in store.records(survey.id):
                if record.is_open and len(cells_of(record)) >= least:
                    return cells_of(record)
    return ()


def test_a_report_of_a_survey_under_way_tells_what_is_counted_so_far(terminal: Terminal) -> None:
    """Another process reads it while the census runs, and neither waits for the other."""
    with town(terminal, archive(1, Policy(tempo=Tempo(first=60)))) as place:
        process = place.start("running")
        cells: list[CellCounted] = []
        eventually(lambda: bool(cells.extend(cells_so_far(place, "running", 6)) or cells), seconds=20)
        said = terminal.run("report", "last", "--store", place.store("running"), "-f", "json")
        assert process.poll() is None
        terminal.end(process)
    assert said.code == 0, said.err
    assert '"at_least"' in said.out
    assert "running" in said.out


def test_the_cells_leave_no_bytes_in_the_file_once_they_are_in_the_record(terminal: Terminal) -> None:
    """What is dropped from the table is overwritten: each cell is in the file once."""
    with town(terminal, archive(1)) as place:
        terminal.end(place.start("kept"))
        (record,) = place.kept("kept").values()
    content = Path(place.store("kept").removeprefix("sqlite:///")).read_bytes()
    assert len(cells_of(record)) > 10
    assert content.count(b'"cell_counted"') == len(cells_of(record))


def test_a_terminal_shows_what_is_being_counted(terminal: Terminal) -> None:
    """The endpoint, the studies so far and the year, below the bar."""
    ours, theirs = pty.openpty()
    with town(terminal, archive(1, Policy(tempo=Tempo(first=40)))) as place:
        (address, port) = place.places[0]
        process = terminal.start(
            *("survey", "--scope", place.scope, "-l", place.list, "--store", terminal.store), stderr=theirs
        )
        os.close(theirs)
        out, _ = process.communicate(timeout=30)
    drawn = read_all(ours)
    assert process.returncode == 0
    assert f"counting {address}:{port}: " in drawn
    assert re.search(r"[1-9]\d* studies so far \(20[12]\d\)", drawn)
    assert "counting" not in out
