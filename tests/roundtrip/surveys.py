"""Surveys whose archives have a place: what every format must tell alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from dosimeter.model.place import Country, DataSource, Operator, Owner, Place
from dosimeter.report.archive import Archive
from dosimeter.report.document import Document, build_document
from dosimeter.report.study import Edition
from tests.unit.report import counted, doors, samples

REGISTRIES = DataSource("registries", date(2026, 11, 20))
TABLE = DataSource("owners.csv", date(2026, 11, 1))

PLACES = (
    Place(
        Country("FR", REGISTRIES),
        Operator(64500, "Réseau Santé", REGISTRIES),
        Owner("CHU de Test", "hospital", "securite@chu.example", TABLE),
    ),
    Place(Country("TR", REGISTRIES), Operator(64501, "Example Net", REGISTRIES)),
    Place(Country("FR", REGISTRIES), None, Owner("Cabinet Exemple", "practice", None, TABLE)),
    Place(Country("SG", REGISTRIES), Operator(None, "Unnumbered", REGISTRIES)),
    Place(),
)


def placed(archives: Iterable[Archive]) -> Iterator[Archive]:
    """The archives, each with one of the places in turn."""
    for number, archive in enumerate(archives):
        yield replace(archive, place=PLACES[number % len(PLACES)])


def counted_survey(edition: Edition = Edition.OWNER) -> Document:
    """Every kind of count, an archive with two doors, a decoy, and a host that is studied and no archive."""
    return build_document(counted.HEADER, counted_archives(), edition)


def counted_archives() -> list[Archive]:
    """The archives of the same survey."""
    return [*placed(counted.survey()), replace(samples.silent(), place=PLACES[1])]


def doors_survey(edition: Edition = Edition.OWNER) -> Document:
    """Web faces, a login wall, neighbours, weak TLS, a sampled archive."""
    return build_document(doors.HEADER, placed(doors.survey()), edition)
