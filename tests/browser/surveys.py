"""The survey whose page is looked at: every rung, several doors, counts of every kind, and places."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from dosimeter.model.place import Country, DataSource, Operator, Owner, Place
from dosimeter.report.archive import Archive
from dosimeter.report.document import Document, build_document
from dosimeter.report.study import Edition
from dosimeter.report.trend_picture import TrendPoint
from tests.unit.report import counted, doors, samples

TREND: Final = (
    TrendPoint(date(2026, 1, 5), 25, 19),
    TrendPoint(date(2026, 6, 1), 25, 14),
    TrendPoint(date(2026, 11, 24), 26, 11),
)

_COUNTRIES: Final = ("FR", "FR", "US", "RE", "MT", "TR", "GP", "IN", "SK")
_SOURCE: Final = DataSource("iptocc 3.3.170", date(2026, 11, 20))


def document(edition: Edition = Edition.OWNER) -> Document:
    """The document of all of them, each somewhere."""
    archives = [*counted.survey(), *doors.survey(), *samples.every_rung()]
    return build_document(counted.HEADER, map(_placed, archives, range(len(archives))), edition)


def _placed(archive: Archive, number: int) -> Archive:
    place = Place(
        Country(_COUNTRIES[number % len(_COUNTRIES)], _SOURCE),
        Operator(64500 + number % 4, f"Example network {number % 4}", _SOURCE),
        Owner(f"Hospital {number}", "hospital", "security@hospital.example", _SOURCE) if number % 2 else None,
    )
    return replace(archive, place=place)
