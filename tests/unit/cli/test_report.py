from __future__ import annotations

import csv
import io
import json
import os
import pty
from pathlib import Path

import pytest

from tests.peers.archive import Archive
from tests.survey.terminal import Terminal, read_all


@pytest.fixture
def surveyed(terminal: Terminal) -> tuple[Terminal, int]:
    """A terminal whose store holds one survey of one archive, and the archive's port."""
    with Archive() as archive:
        assert terminal.survey("--scope", terminal.scope(archive)).code == 0
    return terminal, archive.port


def test_a_report_is_made_from_what_was_stored(surveyed: tuple[Terminal, int]) -> None:
    """In every format, on stdout, with nobody listening any more."""
    terminal, port = surveyed
    said = {
        form: terminal.run("report", "last", "-f", form, "--store", terminal.store)
        for form in ("table", "json", "jsonl", "csv", "html")
    }
    assert {one.code for one in said.values()} == {0}
    assert {one.err for one in said.values()} == {""}
    assert str(port) in said["table"].out
    json.loads(said["json"].out)
    assert [json.loads(line)["type"] for line in said["jsonl"].out.splitlines()] == [
        "survey",
        "archive",
        "totals",
    ]
    (row,) = csv.DictReader(io.StringIO(said["csv"].out))
    assert str(port) in row.values()
    assert said["html"].out.startswith("<!")


@pytest.mark.parametrize("survey", ["nothing", "2", ""])
def test_a_survey_that_is_not_there_is_one_sentence(terminal: Terminal, survey: str) -> None:
    """Exit code 2, in an empty store as well."""
    said = terminal.run("report", survey, "--store", terminal.store)
    assert said.code == 2
    assert said.out == ""
    assert said.sentence.startswith("dosimeter: ")


def test_a_format_that_is_none_is_a_usage_error(surveyed: tuple[Terminal, int]) -> None:
    """The words that there are, are named."""
    terminal, _ = surveyed
    said = terminal.run("report", "last", "-f", "docx", "--store", terminal.store)
    assert said.code == 2
    assert "jsonl" in said.err


def test_detail_says_reasons_and_remedies(surveyed: tuple[Terminal, int]) -> None:
    """More than the table, from the same facts."""
    terminal, _ = surveyed
    table = terminal.run("report", "last", "--store", terminal.store)
    detail = terminal.run("report", "last", "--detail", "--store", terminal.store)
    assert detail.code == 0
    assert len(detail.out) > len(table.out)


OLD_LOCALE = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}


@pytest.mark.parametrize("form", ["table", "html", "json", "csv"])
def test_results_are_utf8_whatever_the_locale(surveyed: tuple[Terminal, int], form: str) -> None:
    """A pipe is a file that has no name yet."""
    terminal, _ = surveyed
    command = ("report", "last", "-f", form, "--detail", "--store", terminal.store)
    usual = terminal.run(*command)
    terminal.environment |= OLD_LOCALE
    assert terminal.run(*command) == usual


def test_a_terminal_without_our_characters_is_sent_others(surveyed: tuple[Terminal, int]) -> None:
    """Lines of a table are no reason for a fault."""
    terminal, port = surveyed
    terminal.environment |= OLD_LOCALE
    ours, theirs = pty.openpty()
    process = terminal.start("report", "last", "--store", terminal.store, stdout=theirs)
    os.close(theirs)
    shown = read_all(ours)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    assert str(port) in shown


def test_all_formats_go_into_one_folder(surveyed: tuple[Terminal, int], tmp_path: Path) -> None:
    """Their names are told on stderr, in the language that is asked for; stdout stays empty."""
    terminal, _ = surveyed
    folder = tmp_path / "all"
    said = terminal.run("report", "last", "--all", str(folder), "--lang", "fr", "--store", terminal.store)
    assert said.code == 0
    assert said.out == ""
    names = [line.strip() for line in said.err.splitlines()[1:]]
    assert sorted(names) == sorted(each.name for each in folder.iterdir())
    assert "fichiers dans" in said.err.splitlines()[0]
    (page,) = folder.glob("*.html")
    assert '<html lang="fr"' in page.read_text(encoding="utf-8")


def test_what_is_left_out_of_the_folder_is_said(surveyed: tuple[Terminal, int], tmp_path: Path) -> None:
    """The shareable edition has no list of addresses, and names none."""
    terminal, _ = surveyed
    folder = tmp_path / "all"
    said = terminal.run(
        "report", "last", "--all", str(folder), "--edition", "shareable", "--store", terminal.store
    )
    assert said.code == 0
    assert said.err.count("left out: ") == 2
    assert not any(b"127.0.0.1" in each.read_bytes() for each in folder.iterdir())


@pytest.mark.parametrize(
    "options",
    [
        ("--all", "folder", "--output", "file"),
        ("--lang", "de"),
        ("--edition", "public"),
        ("--edition", "shareable", "-f", "intelmq"),
        ("--owners", "no-such-table.csv"),
        ("--geo-db", "no-such-database.mmdb"),
    ],
)
def test_options_that_cannot_be_are_one_sentence(
    surveyed: tuple[Terminal, int], options: tuple[str, ...]
) -> None:
    """Exit code 2, and no report."""
    terminal, _ = surveyed
    said = terminal.run("report", "last", *options, "--store", terminal.store)
    assert said.code == 2
    assert said.out == ""
    assert "Traceback" not in said.err
