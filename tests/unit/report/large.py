"""A survey of the size of the study of 2019: 2,300 archives in 52 countries, 590 open and counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from dosimeter.model.attempt import Attempt, Cause, Completed, Failed
from dosimeter.model.census import AtLeast, Census, Counts, Estimated, Exact, ModalityCount, YearCount
from dosimeter.model.place import Country, DataSource, Operator, Owner, Place
from dosimeter.model.target import Endpoint
from dosimeter.model.verdict import Confidence, Exposure, Product, Protection, Severity
from dosimeter.report.archive import Archive, findings_of
from dosimeter.report.document import Document, build_document
from dosimeter.report.study import Edition
from tests.unit.report import counted, samples

IPTOCC: Final = DataSource("iptocc 3.3.170", date(2026, 11, 20))
TABLE: Final = DataSource("owners.csv", date(2026, 11, 1))

OPEN_BY_COUNTRY: Final = {
    "US": 187, "IN": 96, "TR": 36, "BR": 34, "ZA": 27, "IT": 19, "IR": 18, "RU": 14, "CA": 12,
    "AU": 11, "FR": 7, "ES": 7, "DE": 6, "GB": 6, "PL": 5, "UA": 5, "RO": 4, "CH": 4, "BG": 4,
    "CZ": 3, "SK": 1, "RE": 1, "GP": 1, "MT": 1, "SG": 2, "MU": 1, "MX": 8, "AR": 7, "CO": 6,
    "PE": 4, "CL": 4, "EC": 3, "VE": 3, "EG": 5, "SA": 3, "AE": 2, "IL": 3, "TH": 5, "VN": 4,
    "MY": 3, "ID": 4, "PH": 3, "JP": 3, "KR": 3, "CN": 2, "TW": 2, "HK": 1, "BD": 3, "PK": 2,
    "KE": 1, "NG": 1, "GE": 2,
}  # fmt: skip
"""The published figures where there are any; the rest is invented."""

_OPEN: Final = 590
_BROWSABLE: Final = 39
_ALL: Final = 2300
_PRODUCTS: Final = (
    "Orthanc",
    "dcm4chee-arc",
    "Conquest",
    "DCMTK",
    "RadiAnt",
    "PacsOne",
    "Synapse",
    "IntelliSpace",
)


def archives() -> list[Archive]:
    """All of them: open ones first."""
    countries = [code for code, number in OPEN_BY_COUNTRY.items() for _ in range(number)]
    countries += ["US"] * (_OPEN - len(countries))
    opened = [_open(number, country) for number, country in enumerate(countries[:_OPEN])]
    return opened + [_closed(number) for number in range(_OPEN, _ALL)]


def document(edition: Edition = Edition.OWNER) -> Document:
    """The document of all of them."""
    return build_document(counted.HEADER, archives(), edition)


def _place(number: int, country: str) -> Place:
    return Place(
        Country(country, IPTOCC),
        Operator(64500 + number % 90, f"Example network {number % 90}", IPTOCC),
        Owner(f"Hospital {number}", ("hospital", "practice", "laboratory")[number % 3], None, TABLE)
        if country == "FR"
        else None,
    )


def _address(number: int) -> str:
    return f"127.{64 + number // 200}.{number % 200}.1"


def _open(number: int, country: str) -> Archive:
    exposure = Exposure.BROWSABLE if number % 15 == 0 and number // 15 < _BROWSABLE else Exposure.RETRIEVABLE
    if exposure is Exposure.RETRIEVABLE and number % 3 == 0:
        exposure = Exposure.QUERYABLE
    studies = 900 + number * number % 90_000
    images: AtLeast | Exact | Estimated = Exact(studies * 31)
    if number % 4 == 1:
        images = AtLeast(studies * 29)
    if number % 4 == 2:
        images = Estimated(studies * 31, studies * 30, studies * 32)
    first, rest = studies // 3, studies - studies // 3
    census = Census(
        counts=Counts(Exact(studies // 2), Exact(studies), Exact(studies * 3), images),
        years=(YearCount(2018, Exact(first)), YearCount(2019, Exact(rest))),
        undated_studies=Exact(0),
        modalities=(ModalityCount("CT", first, verified=True), ModalityCount("MR", rest, verified=True)),
        oldest_year=2018,
        newest_year=2019,
    )
    said = replace(
        counted.said(exposure),
        product=Product(_PRODUCTS[number % len(_PRODUCTS)], "1.9.7", Confidence.ANNOUNCED),
        remedies=(samples.CLOSE_ORTHANC, samples.ADDRESS_TITLES),
        protections=(Protection.CALLED_AE_CHECK,) if number % 5 == 0 else (),
        accepts_writes=number % 2 == 0,
    )
    findings = findings_of(counted.attempts(fetches=exposure is not Exposure.QUERYABLE), said, census)
    endpoint = Endpoint(_address(number), (104, 11112, 4242)[number % 3])
    return Archive(endpoint, findings, samples.STARTED, samples.STARTED, place=_place(number, country))


def _closed(number: int) -> Archive:
    endpoint = Endpoint(_address(number), 104)
    place = _place(number, tuple(OPEN_BY_COUNTRY)[number % 40])
    kept: tuple[Attempt, ...] = tuple(Completed(probe, ()) for probe in samples.QUESTIONS)
    match number % 5:
        case 0 | 1:
            protections = ((Protection.CALLED_AE_CHECK,), (Protection.CALLING_AE_CHECK,))[number % 2]
            said = replace(samples.verdict(Exposure.GUARDED), protections=protections)
        case 2 | 3:
            said = replace(
                samples.verdict(Exposure.ASSOCIATES, Severity.MEDIUM),
                accepts_writes=True,
                remedies=(samples.NARROW_WRITES,),
            )
        case _:
            said = samples.verdict(Exposure.INCONCLUSIVE, Severity.LOW)
            kept = (Failed("dicom_associate", Cause.BUSY, "It said that a local limit is exceeded."),)
    return Archive(endpoint, findings_of(kept, said), samples.STARTED, samples.STARTED, place=place)
