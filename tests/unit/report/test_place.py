from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from dosimeter.model.place import NOWHERE, Country, DataSource, Operator, Owner, Place
from dosimeter.report.archive import Archive
from dosimeter.report.document import build_document
from dosimeter.report.language import language_of
from dosimeter.report.place_json import geo_source_of
from dosimeter.report.place_words import place_rows
from dosimeter.report.render import Format, Presentation, render_survey
from tests.unit.report import doors, samples
from tests.unit.report.printed import printed

SCHEMA = Path(__file__).parents[3] / "docs" / "schema" / "survey.v1.json"
REGISTRIES = DataSource("iptocc 3.3.170", date(2026, 10, 27))
WHOLE = Place(
    Country("FR", REGISTRIES),
    Operator(64500, "Réseau d'exemple", DataSource("shodan", date(2026, 11, 24))),
    Owner("CHU de Besançon", "hospital", "rssi@chu.example", DataSource("owners.csv")),
)
APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
SEEN = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)


def rendered(form: Format, *archives: Archive) -> str:
    """A report of these archives."""
    out = io.StringIO(newline="")
    render_survey(samples.HEADER, archives, form, out)
    return out.getvalue()


def line_of(archive: Archive) -> dict[str, Any]:
    """The line of one archive, valid by the published schema."""
    text = rendered(Format.JSONL, archive).splitlines()[1]
    (whole,) = json.loads(rendered(Format.JSON, archive))["archives"]
    line: dict[str, Any] = json.loads(text)
    assert line == whole
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(line)
    return line


def several_doors() -> Archive:
    """An archive with more than one door: it is written as no other is."""
    return next(each for each in doors.document().archives if each.joined)


@pytest.mark.parametrize("archive", [samples.queryable(), several_doors(), samples.unreachable(1)])
def test_a_line_says_where_an_archive_is_and_who_says_so(archive: Archive) -> None:
    """The code and the name for who only counts, each statement with its source and day beside them."""
    line = line_of(replace(archive, place=WHOLE, first_seen=SEEN))
    assert (line["country"], line["operator"]) == ("FR", "Réseau d'exemple")
    assert line["first_seen"] == "2026-11-01T08:30:00Z"
    assert line["place"] == {
        "country": {"code": "FR", "source": "iptocc 3.3.170", "as_of": "2026-10-27"},
        "operator": {"asn": 64500, "name": "Réseau d'exemple", "source": "shodan", "as_of": "2026-11-24"},
        "owner": {
            "organisation": "CHU de Besançon",
            "sector": "hospital",
            "contact": "rssi@chu.example",
            "source": "owners.csv",
            "as_of": None,
        },
    }


@pytest.mark.parametrize("archive", [samples.queryable(), several_doors()])
def test_what_is_not_known_is_null(archive: Archive) -> None:
    """Nothing at all, or one statement alone; a number without a name is the operator's word."""
    line = line_of(archive)
    assert [line[key] for key in ("country", "operator", "place", "first_seen")] == [None] * 4
    line = line_of(replace(archive, place=Place(operator=Operator(64500, None, REGISTRIES))))
    assert (line["country"], line["operator"]) == (None, "AS64500")
    assert (line["place"]["country"], line["place"]["owner"]) == (None, None)


def test_a_sheet_has_a_column_for_each_statement_and_its_source() -> None:
    """In the row of every door of the archive; formulas of a table of owners stay text."""
    owner = Owner("=1+1", "clinic", "@call", DataSource("-owners.csv"))
    archives = [
        replace(several_doors(), place=WHOLE, first_seen=SEEN),
        replace(samples.queryable(), place=Place(owner=owner)),
        samples.guarded(),
    ]
    *first, second, third = csv.DictReader(io.StringIO(rendered(Format.CSV, *archives)))
    columns = ("country", "country_source", "asn", "operator", "operator_source")
    assert len(first) > 1
    for row in first:
        assert [row[each] for each in columns] == [
            *("FR", "iptocc 3.3.170, 2026-10-27", "64500", "Réseau d'exemple", "shodan, 2026-11-24"),
        ]
        assert (row["organisation"], row["sector"], row["contact"], row["owner_source"]) == (
            *("CHU de Besançon", "hospital", "rssi@chu.example", "owners.csv"),
        )
        assert row["first_seen"] == "2026-11-01T08:30:00Z"
    assert (second["organisation"], second["contact"]) == ("'=1+1", "'@call")
    assert second["owner_source"] == "'-owners.csv"
    assert {third[each] for each in (*columns, "organisation", "owner_source", "first_seen")} == {""}


def told(place: Place, code: str) -> list[str]:
    """The rows of a place in a language, where a missing translation is a fault."""
    language = language_of(code, is_strict=True)
    return [f"{language.text(label)}: {language.text(text)}" for label, text in place_rows(place, language)]


def test_a_place_is_told_in_both_languages() -> None:
    """Always as the country of registration, each with its source and the day of that."""
    assert told(WHOLE, "en") == [
        "Owner: CHU de Besançon, hospital, to be reached at rssi@chu.example (owners.csv, of an unknown day)",
        "Operator of the network: Réseau d'exemple, AS64500 (shodan, as of 2026-11-24)",
        "Country of registration: France (iptocc 3.3.170, as of 2026-10-27)",
    ]
    assert told(WHOLE, "fr") == [
        "Propriétaire: CHU de Besançon, hospital, à joindre à rssi@chu.example (owners.csv, date inconnue)",
        "Opérateur du réseau: Réseau d'exemple, AS64500 (shodan, données du 24 novembre 2026)",
        f"Pays d{APOSTROPHE}enregistrement: France (iptocc 3.3.170, données du 27 octobre 2026)",
    ]
    bare = Place(operator=Operator(64500, None, REGISTRIES), owner=Owner("A", None, None, REGISTRIES))
    assert [line.partition(" (")[0] for line in told(bare, "en")] == [
        *("Owner: A", "Operator of the network: AS64500"),
    ]
    assert told(NOWHERE, "fr") == []


def test_the_table_on_a_terminal_says_it_in_detail() -> None:
    """Beside what is known of the archive, and nothing where nothing is known."""
    out = io.StringIO()
    archives = [replace(samples.queryable(), place=WHOLE), samples.guarded()]
    render_survey(samples.HEADER, archives, Format.TABLE, out, Presentation(width=200, detail=True))
    assert out.getvalue().count("Country of registration") == 1
    for _label, text in place_rows(WHOLE, language_of("en")):
        assert text in out.getvalue()


@pytest.mark.parametrize("form", [Format.HTML, Format.PDF])
@pytest.mark.parametrize("code", ["en", "fr"])
def test_page_and_paper_print_source_and_day_of_every_statement(form: Format, code: str) -> None:
    """A country without its source cannot be defended before a ministry."""
    language = language_of(code)
    archives = [replace(samples.queryable(), place=WHOLE)]
    said = printed(build_document(samples.HEADER, archives), form, language)
    words = "".join(unescape(re.sub("<[^>]*>", "", said)).split())
    for label, text in place_rows(WHOLE, language):
        for expected in (label, text):
            assert "".join(language.text(expected).split()) in words


@pytest.mark.parametrize("form", [Format.JSON, Format.JSONL])
def test_the_header_names_the_sources_of_all_countries(form: Format) -> None:
    """Each once with its day; none where no country is known; the same as before a stream."""
    own = Place(country=Country("SK", DataSource("own.mmdb")))
    archives = [replace(samples.unreachable(1), place=place) for place in (WHOLE, own, WHOLE, NOWHERE)]
    expected = "iptocc 3.3.170, 2026-10-27; own.mmdb"
    assert geo_source_of(each.place for each in archives) == expected
    for places, source in ((archives, expected), (archives[3:], None)):
        text = printed(build_document(samples.HEADER, places), form)
        header = json.loads(text)["header"] if form is Format.JSON else json.loads(text.splitlines()[0])
        assert header["geo_source"] == source
