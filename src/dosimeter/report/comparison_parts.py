"""What a comparison of two surveys is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dosimeter.exposure.compare import Because, Change, Standing
from dosimeter.model.census import Count
from dosimeter.model.message import Message
from dosimeter.model.survey import JudgedThen, SurveyHeader
from dosimeter.model.target import Endpoint
from dosimeter.model.verdict import Exposure, Severity
from dosimeter.report.archive import Archive
from dosimeter.report.holdings import Holdings


class Cohort(StrEnum):
    """The review's three kinds of country."""

    GOOD = "good"
    """Fewer archives answer anybody than before, or none at all."""
    BAD = "bad"
    """As many or more."""
    UGLY = "ugly"
    """As many or more, in one of the few countries that hold most of the images."""
    UNKNOWN = "unknown"
    """None that both surveys asked alike answered anybody."""


@dataclass(frozen=True, slots=True)
class SurveyFound:
    """One survey as it is compared. ``archives`` are judged by the rules of today.

    ``beside`` has the endpoints that are no archive, by address and port, where the other survey has one;
    ``told`` are the verdicts as they were first told, none if the survey was never reported.
    """

    header: SurveyHeader
    archives: tuple[Archive, ...]
    beside: Mapping[str, Standing]
    told: tuple[JudgedThen, ...] = ()


@dataclass(frozen=True, slots=True)
class ComparedArchive:
    """One archive in both surveys; what one of them does not have of it is None.

    ``told`` is the exposure by the rules of the day of the older survey, None if it was never told.
    """

    endpoint: Endpoint
    change: Change
    because: Because
    old: Exposure | None
    new: Exposure | None
    told: Exposure | None
    severity: Severity
    old_studies: Count | None
    new_studies: Count | None
    country: str | None
    organisation: str | None
    says: Message

    @property
    def is_rejudged(self) -> bool:
        """Whether the rules of today say otherwise of the old facts than the report of that day did."""
        return self.told is not None and self.old is not None and self.told is not self.old


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """How many archives changed in one way, and what that rests on; of unchanged ones on neither."""

    change: Change
    number: int
    network: int
    method: int


@dataclass(frozen=True, slots=True)
class FigureThenAndNow:
    """One total of each survey by itself: as told then, the same facts by the rules of today, and now.

    ``key`` is ``archives``, ``open``, ``retrievable``, ``browsable``. None where it was not told, and where a
    survey was not allowed to ask.
    """

    key: str
    label: Message
    told: int | None
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class CountryThenAndNow:
    """One country of registration: archives that answer anybody, then and now, and what became of them.

    All but ``unknown`` are of archives that both surveys asked alike; ``unknown`` were open in one of the
    two, and the other did not ask or could not tell. ``images`` are those of all that are open
    now, None where the newer survey was not allowed to ask.
    """

    country: str | None
    old: int
    new: int
    closed: int
    appeared: int
    unknown: int
    images: int | None
    cohort: Cohort


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of it, without archives that one of the surveys suspects to be decoys: those are ``decoys``.

    ``archives`` is sorted by change, gravest first; the unchanged ones are in it. ``old_holdings`` and
    ``new_holdings`` are what archives open to anybody hold.
    """

    old: SurveyHeader
    new: SurveyHeader
    headline: Message
    sentences: tuple[Message, ...]
    changes: tuple[ChangeLine, ...]
    figures: tuple[FigureThenAndNow, ...]
    old_holdings: Holdings
    new_holdings: Holdings
    old_downloadable: Holdings
    new_downloadable: Holdings
    countries: tuple[CountryThenAndNow, ...]
    archives: tuple[ComparedArchive, ...]
    rejudged: int
    decoys: int

    @property
    def shown(self) -> tuple[ComparedArchive, ...]:
        """The archives worth a line: those that changed, and those of which the rules changed."""
        return tuple(
            each for each in self.archives if each.change is not Change.UNCHANGED or each.is_rejudged
        )

    @property
    def gravest(self) -> Severity:
        """The severity of the worst archive that is new or worse."""
        grave = (each.severity for each in self.archives if each.change in {Change.NEW, Change.WORSE})
        return max(grave, default=Severity.INFO)

    def changed(self, change: Change) -> ChangeLine:
        """The line of one change."""
        return next(line for line in self.changes if line.change is change)
