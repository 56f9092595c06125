from __future__ import annotations

import json
from dataclasses import replace

import pytest

from dosimeter.cli.watch import SECONDS_BETWEEN_LINES, TerminalWatch, watched
from dosimeter.model.census import Axis, Things
from dosimeter.model.facts import QueryService
from dosimeter.model.target import Endpoint
from dosimeter.report.language import language_of
from dosimeter.usecases.run_survey import NOT_COMPARED
from tests.contract.samples import cell, record

ONE = Endpoint("10.0.0.1", 104)
OTHER = Endpoint("2001:db8::1", 104)


class Time:
    """A clock that a test sets forward."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr("dosimeter.cli.watch.time.monotonic", lambda: self.now)


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


def test_a_short_count_is_not_told_about_where_nobody_watches(
    moment: Time, capsys: pytest.CaptureFixture[str]
) -> None:
    """A log is not filled with a line for each year of each archive."""
    watch = TerminalWatch(live=False, log=False)
    for number in range(200):
        moment.now += SECONDS_BETWEEN_LINES / 201
        watch.counted(ONE, number, cell("2011"))
    assert capsys.readouterr().err == ""


def test_a_long_count_is_told_about_now_and_then(moment: Time, capsys: pytest.CaptureFixture[str]) -> None:
    """One plain line every ten seconds: the endpoint, the studies so far, where it is."""
    watch = TerminalWatch(live=False, log=False)
    for number in range(40):
        moment.now += 1.0
        watch.counted(ONE, 12_430 + number, cell(str(2026 - number)))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "counting 10.0.0.1:104: 12,439 studies so far (2017)"
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("so_far", "counted", "says"),
    [
        (1, cell("1900/1989"), "1 study so far (1900/1989)"),
        (0, cell("2011-03"), "0 studies so far (2011-03)"),
        (48, replace(cell("whole"), axis=Axis.WHOLE), "48 studies so far (whole)"),
        (48, replace(cell("00/11"), axis=Axis.TIMES), "48 studies so far (00/11 o'clock)"),
        (48, replace(cell("2019"), things=Things.SERIES), "48 studies so far (series, 2019)"),
        (
            12,
            replace(cell("2030"), things=Things.WORKLIST_ITEMS, service=QueryService.WORKLIST),
            "12 worklist items so far (2030)",
        ),
    ],
)
def test_what_is_counted_is_said_in_words(
    moment: Time, capsys: pytest.CaptureFixture[str], so_far: int, counted: object, says: str
) -> None:
    """Years and months as they are, hours as hours, and what else is counted beside the studies."""
    watch = TerminalWatch(live=False, log=False)
    moment.now += SECONDS_BETWEEN_LINES
    watch.counted(OTHER, so_far, counted)  # type: ignore[arg-type] # a cell
    assert capsys.readouterr().err == f"counting [2001:db8::1]:104: {says}\n"


def test_many_counts_at_once_are_one_line(moment: Time, capsys: pytest.CaptureFixture[str]) -> None:
    """The latest, and how many others; one that is recorded is under way no more."""
    watch = TerminalWatch(live=False, log=False)
    watch.counted(OTHER, 3, cell("2026"))
    watch.counted(Endpoint("10.0.0.2", 104), 5, cell("2026"))
    moment.now += SECONDS_BETWEEN_LINES
    watch.counted(ONE, 7, cell("2025"))
    watch.endpoint_recorded(record("10.0.0.2", 104))
    moment.now += SECONDS_BETWEEN_LINES
    watch.counted(OTHER, 9, cell("2025"))
    assert capsys.readouterr().err.splitlines() == [
        "counting 10.0.0.1:104: 7 studies so far (2025); 2 others under way",
        "counting [2001:db8::1]:104: 9 studies so far (2025); 1 other under way",
    ]


def test_a_log_has_each_cell(capsys: pytest.CaptureFixture[str]) -> None:
    """At the level info, as an event with its parts, and no plain line beside it."""
    with watched("info") as watch:
        watch.counted(ONE, 7, cell("2011"))
    (line,) = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert event["event"] == "counting"
    assert (event["endpoint"], event["so_far"], event["cell"], event["axis"]) == (
        *("10.0.0.1:104", 7, "2011", "dates"),
    )


def test_a_count_is_told_about_in_french(moment: Time, capsys: pytest.CaptureFixture[str]) -> None:
    """In the language of the command, with the numbers of that language."""
    watch = TerminalWatch(live=False, log=False, language=language_of("fr", is_strict=True))
    moment.now += SECONDS_BETWEEN_LINES
    watch.counted(OTHER, 3, cell("2012"))
    moment.now += SECONDS_BETWEEN_LINES
    watch.counted(ONE, 12_430, replace(cell("00/11"), axis=Axis.TIMES))

    first, second = capsys.readouterr().err.replace("\N{NARROW NO-BREAK SPACE}", " ").splitlines()
    assert first.replace("\N{NO-BREAK SPACE}", " ").endswith(
        "3 examens jusqu\N{RIGHT SINGLE QUOTATION MARK}ici (2012)"
    )
    assert "12 430 examens" in second
    assert second.endswith("(00/11 heures) ; 1 autre en cours")


def test_the_beginning_and_notes_are_told_in_french(capsys: pytest.CaptureFixture[str]) -> None:
    """What is to be asked, and what the user should know before."""
    watch = TerminalWatch(live=False, log=False, language=language_of("fr", is_strict=True))
    watch.began("20261124-7f3a9c", 1, 2)
    watch.note(NOT_COMPARED)

    began, note = capsys.readouterr().err.splitlines()
    assert "1 hôte, 2 points" in began
    assert note.startswith("dosimeter: Les archives déjà comptées ne sont pas comparées")
