"""The document: the tree of numbers and words that every renderer prints. All of it is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar, cast

from dosimeter.model.attempt import Cause
from dosimeter.model.survey import EndpointRecord, SurveyHeader
from dosimeter.model.verdict import Exposure, Verdict
from dosimeter.report.archive import LADDER, Archive, archive_of, worst_first
from dosimeter.report.figures import Tally, Totals
from dosimeter.report.sentences import (
    DEFINITIONS,
    Definition,
    KeyFigure,
    Rung,
    Summary,
    key_figures_of,
    ladder_of,
    not_tested_of,
    summary_of,
)
from dosimeter.report.words import CAUSE_SAYS, EXPOSURE_SAYS

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class JudgedEndpoint:
    """What was kept of an endpoint, and its verdict under the rules of today."""

    record: EndpointRecord
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class OtherGroup:
    """Endpoints that turned out to be no archive, together because the same thing happened to them.

    ``cause`` is why the last question failed; None where none failed.
    """

    exposure: Exposure
    cause: Cause | None
    says: str
    archives: tuple[Archive, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One survey, ready to print.

    ``archives`` is sorted worst first. ``others`` holds every endpoint that is no archive, so that
    ten thousand closed ports take one line of a page.
    """

    header: SurveyHeader
    summary: Summary
    key_figures: tuple[KeyFigure, ...]
    ladder: tuple[Rung, ...]
    totals: Totals
    archives: tuple[Archive, ...]
    others: tuple[OtherGroup, ...]
    not_tested: tuple[str, ...]
    definitions: tuple[Definition, ...]

    def endpoints(self) -> Iterator[Archive]:
        """Every endpoint once: the archives worst first, then the others by group."""
        yield from self.archives
        for group in self.others:
            yield from group.archives


def build_document(header: SurveyHeader, judged: Iterable[JudgedEndpoint]) -> Document:
    """Read a survey's endpoints once and decide every figure and word.

    An endpoint that is no archive shares its verdict and its failures with all that are alike, so
    it takes a few hundred bytes.
    """
    tally = Tally()
    archives: list[Archive] = []
    others: dict[tuple[Exposure, Cause | None], list[Archive]] = {}
    sharing = _Sharing()
    for each in judged:
        archive = archive_of(each.record, each.verdict)
        tally.add(archive)
        if archive.is_archive:
            archives.append(archive)
        else:
            others.setdefault((archive.exposure, archive.cause), []).append(sharing.share(archive))
    totals = tally.totals()
    return Document(
        header=header,
        summary=summary_of(header, totals),
        key_figures=key_figures_of(header, totals),
        ladder=ladder_of(header, totals),
        totals=totals,
        archives=tuple(sorted(archives, key=worst_first)),
        others=tuple(
            OtherGroup(exposure, cause, _says(exposure, cause), tuple(sorted(members, key=worst_first)))
            for (exposure, cause), members in sorted(others.items(), key=_inconclusive_first)
        ),
        not_tested=not_tested_of(header, totals),
        definitions=DEFINITIONS,
    )


class _Sharing:
    """Keeps one copy of equal parts."""

    def __init__(self) -> None:
        self._parts: dict[object, object] = {}

    def share(self, archive: Archive) -> Archive:
        return Archive(
            endpoint=archive.endpoint,
            verdict=self._one(archive.verdict),
            attempts=self._one(archive.attempts),
            failures=self._one(archive.failures),
            not_asked=self._one(archive.not_asked),
            tls=self._one(archive.tls),
            tried_titles=archive.tried_titles,
            began=archive.began,
            ended=archive.ended,
        )

    def _one(self, part: Part) -> Part:
        return cast("Part", self._parts.setdefault(part, part))


def _says(exposure: Exposure, cause: Cause | None) -> str:
    return EXPOSURE_SAYS[exposure] if cause is None else CAUSE_SAYS[cause]


def _inconclusive_first(group: tuple[tuple[Exposure, Cause | None], list[Archive]]) -> tuple[int, int, str]:
    (exposure, cause), members = group
    return (-LADDER.index(exposure), -len(members), str(cause))
