from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.peers.archive import Archive
from tests.survey.terminal import Terminal
from tests.unit.enrich.mmdb_file import write_mmdb


def row_of(terminal: Terminal, *arguments: object) -> dict[str, str]:
    """The one row of a report as CSV."""
    said = terminal.run("report", "last", "-f", "csv", "--store", terminal.store, *arguments)
    assert (said.code, said.err) == (0, "")
    (row,) = csv.DictReader(io.StringIO(said.out))
    return row


def owners(folder: Path, *lines: str) -> Path:
    """A table of owners."""
    path = folder / "owners.csv"
    path.write_text("\n".join(("network;organisation;contact", *lines)), encoding="utf-8")
    return path


def test_a_survey_takes_a_table_and_a_database(terminal: Terminal) -> None:
    """Its report has what both say, and another table asked for with a report takes its place for good."""
    mmdb = write_mmdb(
        terminal.folder / "own.mmdb", {"127.0.0.0/8": {"country_code": "FR", "asn": 64500, "as_name": "Lab"}}
    )
    table = owners(terminal.folder, "127.0.0.0/8;Laboratoire é;moi")
    with Archive() as archive:
        scope = terminal.scope(archive)
        said = terminal.survey("--scope", scope, "--owners", table, "--geo-db", mmdb)
    assert said.code == 0
    for arguments, organisation in (
        ((), "Laboratoire é"),
        (("--owners", owners(terminal.folder, "127.0.0.1;Autre;")), "Autre"),
        ((), "Autre"),
    ):
        row = row_of(terminal, *arguments)
        assert (row["country"], row["asn"], row["operator"]) == ("FR", "64500", "Lab")
        assert (row["organisation"], row["owner_source"].partition(",")[0]) == (organisation, "owners.csv")


@pytest.mark.parametrize("option", ["--owners", "--geo-db"])
def test_a_file_of_places_that_cannot_be_used_is_one_sentence(terminal: Terminal, option: str) -> None:
    """Exit code 2, before anybody is contacted or an audit begins; so is a report of what is there."""
    with Archive() as archive:
        scope = terminal.scope(archive)
        (terminal.folder / "bad").write_text("network,phone\n")
        said = terminal.survey("--scope", scope, option, terminal.folder / "bad")
        assert said.code == 2
        assert said.sentence.startswith(f"dosimeter: {terminal.folder / 'bad'}")
        assert not terminal.audit.exists()
        assert terminal.survey("--scope", scope).code == 0
    said = terminal.run("report", "last", "--store", terminal.store, option, terminal.folder / "bad")
    assert (said.code, said.out) == (2, "")
    assert said.sentence.startswith(f"dosimeter: {terminal.folder / 'bad'}")
