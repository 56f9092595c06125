"""What the study of 2019 published, country by country, and what is only plausible beside it.

Sources are reference/prior-art.md §1.1 and those it names; ADR 0027 says which numbers are whose. A number
that is None here was not published, or was not found: the plan puts a seeded one in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

STUDIED: Final = 2_300
QUERYABLE: Final = 590
BROWSABLE: Final = 39
STUDIES: Final = 24_000_000
IMAGES: Final = 737_000_000
DOWNLOADABLE: Final = 400_000_000


@dataclass(frozen=True, slots=True)
class CountryFigures:
    """One country: archives open to anybody, and what these hold. ``weight``: how much one holds.

    ``published`` names the figures that are published ones; the others are plausible.
    """

    code: str
    archives: int
    weight: float = 1.0
    studies: int | None = None
    images: int | None = None
    downloadable: int | None = None
    published: tuple[str, ...] = ()


BALANCE: Final = "US"
"""The country whose studies and images are what is left of the totals."""

COUNTRIES: Final = (
    CountryFigures("US", 187, published=("archives",)),
    CountryFigures("IN", 96, 0.55, published=("archives",)),
    CountryFigures(
        "TR",
        36,
        1.0,
        4_924_141,
        179_533_940,
        178_283_858,
        ("archives", "studies", "images", "downloadable"),
    ),
    CountryFigures("FR", 7, 0.1, 47_500, 2_670_000, published=("archives", "studies", "images")),
    CountryFigures("IT", 10, 0.3, published=("archives",)),
    CountryFigures("CH", 2, 0.2, published=("archives",)),
    CountryFigures("SK", 1, 1.0, published=("archives",)),
    CountryFigures("DE", 5, 0.1, 14_011, 2_850_000, published=("images",)),
    CountryFigures("AU", 4, 0.1, 50_000, 2_600_000, published=("studies", "images")),
    CountryFigures("BR", 32, 0.8),
    CountryFigures("ZA", 12, 1.2),
    CountryFigures("EC", 8, 0.5),
    CountryFigures("MX", 12, 0.4),
    CountryFigures("IR", 15, 0.4),
    CountryFigures("CN", 14, 0.5),
    CountryFigures("AR", 9, 0.5),
    CountryFigures("CO", 9, 0.4),
    CountryFigures("CL", 6, 0.5),
    CountryFigures("PE", 6, 0.4),
    CountryFigures("VE", 4, 0.6),
    CountryFigures("TH", 7, 0.5),
    CountryFigures("VN", 7, 0.3),
    CountryFigures("ID", 6, 0.3),
    CountryFigures("MY", 5, 0.4),
    CountryFigures("PH", 5, 0.3),
    CountryFigures("KR", 7, 0.6),
    CountryFigures("JP", 4, 0.3),
    CountryFigures("TW", 5, 0.4),
    CountryFigures("PK", 6, 0.3),
    CountryFigures("BD", 4, 0.3),
    CountryFigures("SA", 3, 0.4),
    CountryFigures("AE", 2, 0.4),
    CountryFigures("EG", 4, 0.4),
    CountryFigures("MA", 2, 0.3),
    CountryFigures("NG", 2, 0.2),
    CountryFigures("KE", 2, 0.2),
    CountryFigures("CA", 3, 0.4),
    CountryFigures("IL", 2, 0.4),
    CountryFigures("JO", 2, 0.3),
    CountryFigures("GB", 4, 0.2),
    CountryFigures("ES", 5, 0.3),
    CountryFigures("PL", 4, 0.3),
    CountryFigures("NL", 2, 0.2),
    CountryFigures("RO", 3, 0.3),
    CountryFigures("HU", 2, 0.3),
    CountryFigures("CZ", 2, 0.3),
    CountryFigures("GR", 3, 0.3),
    CountryFigures("RU", 4, 0.6),
    CountryFigures("UA", 3, 0.4),
    CountryFigures("BG", 2, 0.3),
    CountryFigures("RS", 2, 0.3),
    CountryFigures("LT", 1, 0.2),
)
"""52 of them, 19 in Europe with Turkey, as the study counted it."""
