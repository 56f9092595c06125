"""``dosimeter compare`` as a user types it: an archive that was open, and is gone in the next survey."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.peers.archive import Archive
from tests.survey.terminal import Terminal


@pytest.fixture
def twice(terminal: Terminal) -> Terminal:
    """A terminal whose store holds two surveys of one place: an open archive, and nothing."""
    with Archive() as archive:
        scope = terminal.scope(archive)
        assert terminal.survey("--scope", scope).code == 0
    assert terminal.survey("--scope", scope).code == 0
    return terminal


def surveys(terminal: Terminal) -> tuple[str, str]:
    """Their ids, the older one first."""
    listed = terminal.run("survey", "list", "--store", terminal.store).out
    newer, older = (line.split()[0] for line in listed.splitlines())
    return older, newer


def test_what_was_open_and_is_gone_is_closed(twice: Terminal) -> None:
    """In every format, in both languages, on stdout alone."""
    old, new = surveys(twice)
    said = {
        (form, lang): twice.run("compare", old, new, "-f", form, "--lang", lang, "--store", twice.store)
        for form in ("table", "html", "json", "csv")
        for lang in ("en", "fr")
    }

    assert {one.code for one in said.values()} == {0}
    assert {one.err for one in said.values()} == {""}
    assert "Of 1 archive that answered anybody, 1 is closed" in said["table", "en"].out
    assert "Sur 1 archive qui répondait" in said["table", "fr"].out
    assert said["html", "fr"].out.startswith("<!DOCTYPE html>")
    assert json.loads(said["json", "fr"].out) == json.loads(said["json", "en"].out)
    assert json.loads(said["json", "en"].out)["figures"][1] == {
        "key": "open",
        "as_told": 1,
        "then": 1,
        "now": 0,
    }
    (row,) = csv.DictReader(io.StringIO(said["csv", "en"].out, newline=""))
    assert (row["change"], row["because"], row["exposure_now"]) == ("closed", "network", "unreachable")


def test_a_new_open_archive_fails_a_pipeline_that_asks_for_it(twice: Terminal) -> None:
    """The other way round it is new and critical: exit code 3 with --fail-on, 0 without."""
    old, new = surveys(twice)

    assert twice.run("compare", new, old, "--store", twice.store).code == 0
    assert twice.run("compare", new, old, "--fail-on", "high", "--store", twice.store).code == 3
    assert twice.run("compare", old, new, "--fail-on", "low", "--store", twice.store).code == 0


def test_a_survey_that_is_not_there_is_one_sentence(twice: Terminal) -> None:
    """Exit code 2 and no traceback; so for a store that cannot be read."""
    said = twice.run("compare", "20200101", "last", "--store", twice.store)

    assert said.code == 2
    assert said.out == ""
    assert said.sentence.startswith("dosimeter: ")
