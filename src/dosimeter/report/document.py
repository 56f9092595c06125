"""The document: the tree of numbers and words that every renderer prints. All of it is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from dosimeter.model.attempt import Cause
from dosimeter.model.survey import SurveyHeader
from dosimeter.model.verdict import Exposure
from dosimeter.report.archive import LADDER, Archive, Findings, worst_first
from dosimeter.report.definition import Definition
from dosimeter.report.definitions import DEFINITIONS
from dosimeter.report.figures import Tally, Totals
from dosimeter.report.rungs import KeyFigure, Rung, key_figures_of, ladder_of
from dosimeter.report.sentences import Summary, not_tested_of, summary_of
from dosimeter.report.stake_sentences import (
    STAKE_DEFINITIONS,
    StakeFigure,
    StakeRow,
    stake_figures_of,
    stake_rows_of,
)
from dosimeter.report.study import Edition, Study
from dosimeter.report.study_build import study_of
from dosimeter.report.study_edition import shareable_header, shareable_totals
from dosimeter.report.words import CAUSE_SAYS, EXPOSURE_SAYS

_Kind = tuple[Exposure, Cause | None, str]
"""Exposure, cause of the last failure, and what is said of it."""


@dataclass(frozen=True, slots=True)
class OtherGroup:
    """Endpoints that turned out to be no archive, together because the same is said of them.

    ``cause`` is why the last question failed; None where none failed.
    """

    exposure: Exposure
    cause: Cause | None
    says: str
    archives: tuple[Archive, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One survey, ready to print, in one edition.

    An edition that is handed on has nothing of one archive or endpoint in it, and no name in its header.

    ``archives`` is sorted worst first. ``neighbours`` are endpoints that are no archive, and another door
    to the same people. ``others`` holds every endpoint that is neither, so that ten thousand closed ports
    take one line of a page. ``stakes`` and ``stake_figures`` are empty where nothing was counted.
    """

    header: SurveyHeader
    summary: Summary
    key_figures: tuple[KeyFigure, ...]
    ladder: tuple[Rung, ...]
    totals: Totals
    stake_figures: tuple[StakeFigure, ...]
    stakes: tuple[StakeRow, ...]
    archives: tuple[Archive, ...]
    neighbours: tuple[Archive, ...]
    others: tuple[OtherGroup, ...]
    not_tested: tuple[str, ...]
    definitions: tuple[Definition, ...]
    study: Study
    edition: Edition = Edition.OWNER

    def __post_init__(self) -> None:
        """Refuse what would tell of one archive in an edition that is handed on.

        Raises:
            ValueError: it would.
        """
        if self.edition is Edition.OWNER:
            return
        names = self.header.authorised_by or self.header.reference
        if names or self.archives or self.neighbours or self.others:
            raise ValueError("a shareable edition names nobody and holds no archive")
        if any(line.examples for line in self.totals.errors):
            raise ValueError("a shareable edition quotes no failure of one endpoint")

    def endpoints(self) -> Iterator[Archive]:
        """Every line once: the archives worst first, their neighbours, then the others by group."""
        yield from self.archives
        yield from self.neighbours
        for group in self.others:
            yield from group.archives


def build_document(
    header: SurveyHeader, endpoints: Iterable[Archive], edition: Edition = Edition.OWNER
) -> Document:
    """Read a survey's endpoints once and decide every figure and word of one edition.

    An endpoint that is no archive shares its findings with all that are alike, so it takes a few
    hundred bytes.
    """
    tally = Tally()
    archives: list[Archive] = []
    neighbours: list[Archive] = []
    others: dict[_Kind, list[Archive]] = {}
    sharing = _Sharing()
    for each in endpoints:
        tally.add(each)
        if each.findings.is_archive:
            archives.append(each)
        elif each.findings.neighbour is not None:
            neighbours.append(each)
        else:
            others.setdefault(_kind(each.findings), []).append(sharing.share(each))
    is_whole = edition is Edition.OWNER
    whole = tally.totals()
    study = study_of(header, whole, tally.study(), archives, edition)
    not_tested = not_tested_of(header, whole)
    totals = whole if is_whole else shareable_totals(whole)
    header = header if is_whole else shareable_header(header)
    stakes = stake_rows_of(totals)
    return Document(
        header=header,
        summary=summary_of(header, totals),
        key_figures=key_figures_of(header, totals),
        ladder=ladder_of(header, totals),
        totals=totals,
        stake_figures=stake_figures_of(totals),
        stakes=stakes,
        archives=tuple(sorted(archives, key=worst_first)) if is_whole else (),
        neighbours=tuple(sorted(neighbours, key=worst_first)) if is_whole else (),
        others=_groups(others) if is_whole else (),
        not_tested=not_tested,
        definitions=(*DEFINITIONS, *STAKE_DEFINITIONS) if stakes else DEFINITIONS,
        study=study,
        edition=edition,
    )


def _groups(others: dict[_Kind, list[Archive]]) -> tuple[OtherGroup, ...]:
    return tuple(
        OtherGroup(*kind, tuple(sorted(members, key=worst_first)))
        for kind, members in sorted(others.items(), key=_inconclusive_first)
    )


class _Sharing:
    """Keeps one copy of findings that are equal."""

    def __init__(self) -> None:
        self._kept: dict[object, Findings] = {}

    def share(self, archive: Archive) -> Archive:
        mine = archive.findings
        content = (
            mine.verdict,
            mine.rung_says,
            mine.attempts,
            mine.failures,
            mine.not_asked,
            mine.tls,
            mine.tried_titles,
            mine.census,
            mine.service,
        )
        shared = self._kept.setdefault(content, mine)
        return archive if shared is mine else replace(archive, findings=shared)


def _kind(findings: Findings) -> _Kind:
    """What is said of an endpoint that is no archive: its verdict's own reason, where it gives one.

    A closed port is a matter of the network, which the cause tells more plainly.
    """
    exposure, cause = findings.verdict.exposure, findings.cause
    says: str = EXPOSURE_SAYS[exposure] if cause is None else CAUSE_SAYS[cause]
    if exposure is not Exposure.UNREACHABLE:
        says = findings.rung_says or says
    return exposure, cause, says


def _inconclusive_first(group: tuple[_Kind, list[Archive]]) -> tuple[int, int, str]:
    (exposure, _, says), members = group
    return (-LADDER.index(exposure), -len(members), says)
