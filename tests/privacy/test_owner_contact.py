"""Whom to call is for the owner: an edition that is handed on holds no contact, organisation or address."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from dosimeter.model.place import Country, DataSource, Operator, Owner, Place
from dosimeter.report.archive import Archive
from dosimeter.report.language import language_of
from dosimeter.report.render import BINARY, Format, Presentation, render_survey
from dosimeter.report.study import Edition
from tests.unit.report import samples

CONTACT, ORGANISATION, TABLE = "canary-7f3a9c@chu.example", "Canary Hospital 7F3A9C", "canary-owners.csv"
PLACE = Place(
    Country("FR", DataSource("iptocc 3")),
    Operator(64500, "Example Network", DataSource("shodan")),
    Owner(ORGANISATION, "hospital", CONTACT, DataSource(TABLE)),
)

OF_THE_OWNER = frozenset({Format.JSON, Format.JSONL, Format.CSV})
"""What holds a contact where it may: the formats that say all of each archive."""

TEXT = [each for each in Format if each not in BINARY]


def placed() -> list[Archive]:
    """An archive on every rung, all of one owner."""
    return [replace(each, place=PLACE) for each in samples.every_rung()]


def report(form: Format, edition: Edition, language: str = "en") -> str:
    """A report of them, as text."""
    out = io.StringIO(newline="")
    render_survey(
        samples.HEADER, placed(), form, out, Presentation(language_of(language), edition, detail=True)
    )
    return out.getvalue()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("form", TEXT)
def test_an_edition_that_is_handed_on_names_no_owner(form: Format, language: str) -> None:
    """Neither contact nor organisation, nor the table, nor an address of an archive."""
    text = report(form, Edition.SHAREABLE, language)
    for secret in (CONTACT, ORGANISATION, TABLE, *(each.endpoint.address for each in placed())):
        assert secret not in text


@pytest.mark.parametrize("form", sorted(OF_THE_OWNER))
def test_the_owners_edition_says_whom_to_call(form: Format) -> None:
    """Once for each archive at least, with the table that says so."""
    text = report(form, Edition.OWNER)
    for word in (CONTACT, ORGANISATION, TABLE):
        assert text.count(word) >= len(placed())
