"""The shareable edition: no archive, no name, no small number, and nothing that tells one."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from dosimeter.model.census import Exact
from dosimeter.report.archive import Archive
from dosimeter.report.csv import write_csv
from dosimeter.report.csv_tables import tables_of
from dosimeter.report.json_lines import write_json, write_json_lines
from dosimeter.report.study import Edition, GroupedBy, Grouping, StudyRow, Withheld
from tests.unit.report import counted, samples, studies


def shared(archives: list[Archive], by: GroupedBy) -> Grouping:
    """One table of the shareable edition."""
    table = studies.document(archives, Edition.SHAREABLE).study.grouped(by)
    assert table is not None
    return table


def is_withheld(row: StudyRow) -> bool:
    """Whether none of its amounts is shown."""
    amounts = (row.patients, row.studies, row.linked, row.downloadable)
    hidden = [isinstance(amount.cell, Withheld) for amount in amounts]
    assert all(hidden) or not any(hidden)
    assert (
        all(amount.claimed == amount.claims == amount.uncounted == 0 for amount in amounts) or not hidden[0]
    )
    return hidden[0]


def everywhere(*sizes: int) -> list[Archive]:
    """One archive in each of as many countries, with so many studies."""
    codes = ("FR", "TR", "US", "IN", "IT")
    return [
        studies.opened(number, studies.place(codes[number]), studies=Exact(size), images=Exact(size * 30))
        for number, size in enumerate(sizes)
    ]


def test_no_word_of_one_archive_is_anywhere_in_it() -> None:
    """Addresses, host names, titles, certificates, owners, contacts, and who authorised: searched for."""
    archives = [
        *studies.country_survey(),
        *(studies.at(each, studies.FRANCE) for each in samples.every_rung()),
    ]
    document = studies.document(archives, Edition.SHAREABLE)
    text = repr(document)
    secrets = [each.endpoint.address for each in archives]
    secrets += [
        "pacs-test.example",
        "archive.example",
        "Hopital du Nord",
        "dpo@owner.example",
        "owners of the north",
    ]
    secrets += ["Claire Martin", "ISSO-2026-114", "abababab", "127.20."]
    assert [secret for secret in secrets if secret in text] == []
    assert text.count("France") >= 1


def test_the_owner_has_it_whole() -> None:
    """The same survey, every archive in it."""
    document = studies.document()
    assert len(document.archives) == 5
    assert document.study.edition_note == ""
    assert document.header.authorised_by == "Claire Martin"


def test_a_document_that_would_name_somebody_cannot_be_made() -> None:
    """It is a property of the type, and no matter of care."""
    safe = studies.document(edition=Edition.SHAREABLE)
    whole = studies.document()
    for unsafe in ({"archives": whole.archives}, {"others": whole.others}, {"header": whole.header}):
        with pytest.raises(ValueError, match="names nobody"):
            replace(safe, **unsafe)
    with pytest.raises(ValueError, match="no failure"):
        replace(safe, totals=whole.totals)


def test_counts_of_archives_and_large_amounts_are_shown() -> None:
    """The study of 2019 said: France 7 archives, Slovakia 1."""
    table = shared(everywhere(500, 900), GroupedBy.COUNTRY)
    assert [(row.key, row.queryable, row.studies.cell) for row in table.rows] == [
        ("FR", 1, Exact(500)),
        ("TR", 1, Exact(900)),
    ]


def test_a_small_row_takes_a_neighbour_with_it() -> None:
    """7 studies in France: with the total known, one withheld row alone would be computed."""
    table = shared(everywhere(7, 900, 800), GroupedBy.COUNTRY)
    assert [(row.key, is_withheld(row)) for row in table.rows] == [("FR", True), ("TR", True), ("US", False)]
    assert any("subtraction" in note for note in table.notes)


def test_two_small_rows_alone_are_still_small_together() -> None:
    """3 and 4 are 7 people: a third row hides them."""
    table = shared(everywhere(3, 4, 900, 800), GroupedBy.COUNTRY)
    assert sum(is_withheld(row) for row in table.rows) == 3


def test_where_nothing_is_left_to_hide_behind_all_is_withheld() -> None:
    """One country with 7 studies, and the total says so already: no amount is shown at all."""
    document = studies.document(everywhere(7), Edition.SHAREABLE)
    assert is_withheld(document.study.whole)
    assert all(is_withheld(row) for table in document.study.groupings for row in table.rows)
    assert document.stakes == ()
    assert document.stake_figures == ()
    assert "not told in this edition" in document.study.director.people[0]


def test_a_row_of_one_operator_or_sector_would_be_one_hospital() -> None:
    """Fewer than three archives are put together without their names, and their amounts are not shown."""
    archives = [studies.opened(n, studies.place("FR", 64500), studies=Exact(1000 + n)) for n in range(1, 6)]
    archives += [studies.opened(9, studies.place("FR", 64999), studies=Exact(5000))]
    table = shared(archives, GroupedBy.OPERATOR)
    assert [(row.key, row.archives) for row in table.rows] == [("AS64500", 5), ("other", 1)]
    assert all(is_withheld(row) for row in table.rows)


def test_no_archive_of_a_country_has_amounts_of_its_own() -> None:
    """Whichever archive of a country holds what, the edition is the same to the last word."""

    def survey(first: int, second: int) -> object:
        archives = [
            studies.opened(1, studies.place("FR", 64500, "North", "hospital"), studies=Exact(first)),
            studies.opened(2, studies.place("FR", 64999, "South", "private"), studies=Exact(second)),
            studies.opened(3, studies.TURKEY, studies=Exact(4_000)),
        ]
        return studies.document(archives, Edition.SHAREABLE)

    assert survey(700, 5_000) == survey(5_000, 700)


def test_no_table_by_owner_is_handed_on() -> None:
    """It would be a list of names."""
    study = studies.document(edition=Edition.SHAREABLE).study
    assert study.grouped(GroupedBy.OWNER) is None
    assert studies.document().study.grouped(GroupedBy.OWNER) is not None


def test_images_that_cannot_be_fetched_are_a_number_too() -> None:
    """Linked less downloadable is 5 images: the row is withheld with a neighbour."""
    archives = [
        studies.opened(1, studies.FRANCE, studies=Exact(100), images=Exact(1_000), fetches=True),
        studies.opened(2, studies.FRANCE, studies=Exact(100), images=Exact(5)),
        studies.opened(3, studies.TURKEY, studies=Exact(100), images=Exact(4_000)),
        studies.opened(4, studies.place("US"), studies=Exact(100), images=Exact(4_000)),
    ]
    table = shared(archives, GroupedBy.COUNTRY)
    assert [is_withheld(row) for row in table.rows if row.key == "FR"] == [True]
    assert sum(is_withheld(row) for row in table.rows) == 2


def test_what_a_decoy_holds_is_not_told_by_the_two_totals() -> None:
    """With and without it: their difference is 4 studies."""
    decoy = replace(counted.decoy(), findings=replace(counted.decoy().findings, census=small_census()))
    study = studies.document([*everywhere(500, 900), decoy], Edition.SHAREABLE).study
    assert not is_withheld(study.whole)
    assert is_withheld(study.with_decoys)


def small_census() -> counted.Census:
    """Four studies."""
    return counted.Census(counts=counted.Counts(studies=Exact(4), instances=Exact(400)))


def test_actions_tell_no_part_of_the_people() -> None:
    """The people closed by each action would be one more table."""
    document = studies.document(edition=Edition.SHAREABLE)
    today, *others = document.study.director.actions
    assert "1,100 patients" in today.closes
    assert "1,100 patients" in document.study.director.people[0]
    for action in (today, *others):
        assert action is today or "patient" not in action.closes
        assert action.proof == "dosimeter survey --scope scope.toml"


@pytest.mark.parametrize("edition", list(Edition))
def test_plain_tables_hold_what_the_study_holds(edition: Edition) -> None:
    """A cell for every column; the figures of the study; nothing where a number is withheld."""
    study = studies.document(edition=edition).study
    tables = {table.name: table for table in tables_of(study)}
    for table in tables.values():
        assert {len(row) for row in table.rows} == {len(table.columns)}
    country = study.grouped(GroupedBy.COUNTRY)
    assert country is not None
    by_country = tables["country"]
    column = by_country.columns.index("studies_value")
    shown = [row.studies.cell for row in country.rows]
    assert [row[column] for row in by_country.rows] == [getattr(cell, "value", None) for cell in shown]
    assert [row[3] for row in tables["funnel"].rows] == [5, 4, 3, 2, 0]


@pytest.mark.parametrize("edition", list(Edition))
def test_the_json_of_an_edition_keeps_to_the_schema(edition: Edition) -> None:
    """And the one that is handed on has no word of one archive in any machine format."""
    schema = json.loads((Path(__file__).parents[3] / "docs/schema/survey.v1.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    document = studies.document(edition=edition)
    out, lines, sheet = io.StringIO(), io.StringIO(), io.StringIO()
    write_json(document, out)
    write_json_lines(document, lines)
    write_csv(document, sheet)
    validator.validate(json.loads(out.getvalue()))
    for line in lines.getvalue().splitlines():
        validator.validate(json.loads(line))
    told = out.getvalue() + lines.getvalue() + sheet.getvalue()
    secrets = ("127.30.0.1", "127.20.0.11", "Hopital du Nord", "Claire Martin", "ISSO-2026-114", "dpo@")
    assert any(secret in told for secret in secrets) == (edition is Edition.OWNER)
