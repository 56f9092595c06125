"""A small country of archives with places, owners and counts, for the tests of the study."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dosimeter.model.census import Census, Claimed, Count, Counts, Exact, Unknown
from dosimeter.model.place import Country, DataSource, Operator, Owner, Place
from dosimeter.model.verdict import Exposure
from dosimeter.report.archive import Archive
from dosimeter.report.document import Document, build_document
from dosimeter.report.study import Edition
from tests.unit.report import counted, samples

REGISTRY = DataSource("registry 2026-09", date(2026, 9, 1))
OWNERS = DataSource("owners of the north.csv", date(2026, 10, 1))


def place(
    country: str | None = None,
    asn: int | None = None,
    organisation: str | None = None,
    sector: str | None = None,
) -> Place:
    """Where an archive is and whose, as far as the test says."""
    return Place(
        country=None if country is None else Country(country, REGISTRY),
        operator=None if asn is None else Operator(asn, f"Network {asn}", REGISTRY),
        owner=None if organisation is None else Owner(organisation, sector, "dpo@owner.example", OWNERS),
    )


def opened(
    number: int,
    where: Place,
    *,
    studies: Count = Unknown(),  # noqa: B008 - frozen
    patients: Count = Unknown(),  # noqa: B008 - frozen
    images: Count = Unknown(),  # noqa: B008 - frozen
    fetches: bool = False,
) -> Archive:
    """An archive that answers anybody, with these counts."""
    census = Census(counts=Counts(patients=patients, studies=studies, instances=images))
    exposure = Exposure.RETRIEVABLE if fetches else Exposure.QUERYABLE
    archive = counted.archive(number, exposure, census, counted.attempts(fetches=fetches))
    return replace(archive, place=where)


def at(archive: Archive, where: Place) -> Archive:
    """The archive in a place."""
    return replace(archive, place=where)


FRANCE = place("FR", 64500, "Hopital du Nord", "hospital")
TURKEY = place("TR", 64501)


def country_survey() -> list[Archive]:
    """Two open archives in France and one in Turkey, a guarded one in France, a decoy, a silent host."""
    return [
        opened(1, FRANCE, patients=Exact(900), studies=Exact(1_000), images=Exact(50_000), fetches=True),
        opened(2, FRANCE, patients=Exact(200), studies=Exact(300), images=Claimed(7_000)),
        opened(3, TURKEY, studies=Exact(4_000), images=Exact(90_000), fetches=True),
        at(samples.guarded(), FRANCE),
        at(counted.decoy(), TURKEY),
        at(samples.silent(), TURKEY),
        samples.unreachable(1),
        samples.not_dicom(),
    ]


def document(archives: list[Archive] | None = None, edition: Edition = Edition.OWNER) -> Document:
    """The document of the country, or of these archives."""
    return build_document(counted.HEADER, country_survey() if archives is None else archives, edition)
