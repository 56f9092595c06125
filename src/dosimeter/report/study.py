"""The study: the tables, the funnel and the pages that a survey becomes. Every figure of it is decided here.

The words are messages (`model/message.py`), so that a renderer says them in the reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from dosimeter.model.census import Unknown
from dosimeter.model.place import DataSource
from dosimeter.model.verdict import Severity
from dosimeter.report.small_cells import Cell


class Edition(StrEnum):
    """Who a report is for."""

    OWNER = "owner"
    """Whole: addresses, AE titles, owners, every number."""
    SHAREABLE = "shareable"
    """To be handed on: no address, no name of an archive or its owner, no sheet; small cells suppressed."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """A number that this edition does not show: it is small, or would tell a small one. Never shown as 0."""

    kind: Literal["withheld"] = "withheld"


WITHHELD: Final = Withheld()

Shown = Cell | Withheld
"""A number of the study as it is shown."""


@dataclass(frozen=True, slots=True)
class Amount:
    """One sum as it may be shown. ``cell`` is what was counted or estimated, with its kind.

    ``claimed`` is what archives say of themselves, beside it and never in it; ``claims`` is how many say so.
    ``uncounted`` archives are in neither. Where ``cell`` is withheld all else is 0 and says nothing.
    """

    cell: Shown = Unknown()  # noqa: RUF009 - frozen
    claimed: int = 0
    claims: int = 0
    uncounted: int = 0


NO_AMOUNT: Final = Amount()


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One step of the study's funnel: studied, speaks DICOM, queryable, retrievable, browsable.

    Each holds the ones after it, but the last two hold each other in part only. ``number`` is without
    suspected decoys, ``with_decoys`` with them. ``share`` (a part of 1, without decoys) is of what
    ``share_of`` says in words: of the studied, or of those that answer anybody; None and "" for the first.
    """

    key: str
    label: str
    says: str
    study_word: str | None
    number: int
    with_decoys: int
    share: float | None
    share_of: str = ""


AMOUNTS: Final = ("patients", "studies", "images_linked", "images_downloadable")
"""The four amounts of a row, as tables and metrics call them."""


@dataclass(frozen=True, slots=True)
class StudyRow:
    """One line of a table: archives, and what those open to anybody hold.

    ``key`` is a country code, ``AS64500``, a product's name, the value of an enum; "" where it is not known.
    ``label`` says it in words, for a country in English. ``studied`` counts as the first step of the funnel
    does. ``linked`` are the images of archives that answer anybody, ``downloadable`` of those that also
    hand them out.
    """

    key: str
    label: str
    studied: int
    archives: int
    queryable: int
    retrievable: int
    browsable: int
    patients: Amount = NO_AMOUNT
    studies: Amount = NO_AMOUNT
    linked: Amount = NO_AMOUNT
    downloadable: Amount = NO_AMOUNT

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """Patients, studies, images linked, images downloadable: as `AMOUNTS` names them."""
        return self.patients, self.studies, self.linked, self.downloadable


class GroupedBy(StrEnum):
    """What the archives of a table are put together by."""

    COUNTRY = "country"
    OPERATOR = "operator"
    SECTOR = "sector"
    OWNER = "owner"
    PRODUCT = "product"
    PROTECTION = "protection"
    TLS_PROFILE = "tls_profile"


@dataclass(frozen=True, slots=True)
class Grouping:
    """One table of the study, without suspected decoys; the largest row first, the unknown one last.

    An archive is in one row, but for protections, where it is in the row of each. ``notes`` say what is left
    out, and why.
    """

    by: GroupedBy
    title: str
    rows: tuple[StudyRow, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding over all archives: how many have it, and what closes it. ``remedies`` are titles."""

    rule: str
    severity: Severity
    says: str
    reference: str
    archives: int
    remedies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AttributeLine:
    """One attribute that leaks: of how many archives it was seen filled, of how many that were looked at."""

    name: str
    filled: int
    looked: int


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do on Monday: what, for how many archives, what it closes, how it is proved to be done.

    ``proof`` is a command.
    """

    title: str
    archives: int
    closes: str
    steps: tuple[str, ...]
    proof: str


@dataclass(frozen=True, slots=True)
class DirectorPage:
    """One page for somebody who decides: what a stranger can do, to how many people, since when, what to do.

    ``grade`` is the gravest severity of any archive. ``since`` says as far as it is known, and what not.
    """

    headline: str
    grade: Severity
    stranger_can: tuple[str, ...]
    people: tuple[str, ...]
    since: tuple[str, ...]
    actions: tuple[Action, ...]
    unknown: tuple[str, ...]


class Unit(StrEnum):
    """What a published figure is a number of."""

    COUNT = "count"
    SHARE = "share"
    """A part of 1: 0.257 is 25.7 %."""


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A figure of a published study, with where it is from. Two sources that disagree are two figures.

    ``region`` is the code of a country, "" for the world. ``published`` is ISO 8601, as exact as the source:
    ``2019-11-18``, ``2020-12``, ``2016``; ``year`` is that of the study. ``floor`` if the source says "more
    than" or "over".
    """

    study: str
    year: int
    key: str
    definition: str
    value: int | float
    published: str
    source: str
    region: str = ""
    unit: Unit = Unit.COUNT
    floor: bool = False


@dataclass(frozen=True, slots=True)
class PublishedComparison:
    """A figure of this survey beside those of published studies that are defined alike, of one region.

    ``here`` is a part of 1 where ``unit`` is a share; else what was counted, with what is claimed and what
    was not counted beside it, as the tables have it.
    """

    key: str
    label: str
    here: Amount | float
    published: tuple[PublishedFigure, ...]
    region: str = ""
    unit: Unit = Unit.COUNT


@dataclass(frozen=True, slots=True)
class Study:
    """All of it. ``whole`` is without suspected decoys, ``with_decoys`` with them.

    ``decoys`` is how many archives are suspected; ``method`` are sentences; ``sources`` where countries,
    operators and owners come from; ``edition_note`` what is left out of this edition, "" if nothing.
    """

    edition: Edition
    director: DirectorPage
    funnel: tuple[FunnelStep, ...]
    whole: StudyRow
    with_decoys: StudyRow
    decoys: int
    groupings: tuple[Grouping, ...]
    findings: tuple[FindingLine, ...]
    attributes: tuple[AttributeLine, ...]
    published: tuple[PublishedComparison, ...]
    method: tuple[str, ...]
    sources: tuple[DataSource, ...]
    edition_note: str = ""

    def grouped(self, by: GroupedBy) -> Grouping | None:
        """One table, None where nothing of it is known."""
        return next((each for each in self.groupings if each.by is by), None)
