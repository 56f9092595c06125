"""The sheets of a report: one for each archive that is open, and one for all others that are alike.

Seventeen hundred archives that refuse strangers in the same words take one sheet with their addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from dosimeter.model.verdict import Reason, Remedy, Severity
from dosimeter.report.archive import OPEN_TO_ANYBODY, Archive, Door

SHEETS_IN_FULL: Final = 40
"""Up to so many sheets, each says all that is known; more of them say the gravest, and point to the rest."""

_SHORT_REASONS: Final = 2


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: ``number`` from 1, and the archives that it is of, the first one in front."""

    number: int
    archives: tuple[Archive, ...]

    @property
    def archive(self) -> Archive:
        """The archive whose words the sheet has."""
        return self.archives[0]

    @property
    def is_shared(self) -> bool:
        """Whether it is of several archives."""
        return len(self.archives) > 1

    @property
    def gravest(self) -> tuple[Reason, ...]:
        """The reasons that a short sheet gives: the gravest, no mere notes; fewer of one that is not open."""
        reasons = self.archive.verdict.reasons
        most = _SHORT_REASONS if self.archive.exposure in OPEN_TO_ANYBODY else 1
        return tuple(each for each in reasons if each.severity >= Severity.MEDIUM)[:most]


def sheets_of(archives: Iterable[Archive]) -> tuple[Sheet, ...]:
    """A sheet for each archive, in their order; those of which the very same is said share one.

    Where these are more than `SHEETS_IN_FULL`, sheets are short, and say less: then it is less that archives
    must have in common.
    """
    kept = tuple(archives)
    sheets = _together(kept, _said)
    return sheets if len(sheets) <= SHEETS_IN_FULL else _together(kept, _said_in_short)


def remedies_of(archives: Iterable[Archive]) -> tuple[Remedy, ...]:
    """Every remedy once, in the order in which the archives name them."""
    return tuple(dict.fromkeys(remedy for archive in archives for remedy in archive.verdict.remedies))


def _together(archives: tuple[Archive, ...], said: Callable[[Archive], object]) -> tuple[Sheet, ...]:
    together: dict[object, list[Archive]] = {}
    for place, archive in enumerate(archives):
        content = said(archive)
        together.setdefault(place if content is None else content, []).append(archive)
    return tuple(Sheet(number, tuple(alike)) for number, alike in enumerate(together.values(), start=1))


def _said(archive: Archive) -> object:
    """What is said of an archive; None for one that has something of its own to tell."""
    findings = archive.findings
    own = findings.has_census or findings.samples or archive.joined
    if own or archive.neighbours or archive.endpoint.name or archive.place.owner:
        return None
    return (
        findings.verdict,
        findings.attempts,
        findings.failures,
        findings.not_asked,
        findings.tls,
        findings.tls_posture,
        findings.service,
    )


def _said_in_short(archive: Archive) -> object:
    """What a short sheet says of an archive; whose each is stands in the table above the sheets."""
    findings = archive.findings
    if archive.exposure in OPEN_TO_ANYBODY or findings.is_counted or findings.samples:
        return None
    verdict = archive.verdict
    return (
        verdict.exposure,
        verdict.severity,
        verdict.protections,
        verdict.accepts_writes,
        verdict.worklist,
        verdict.product,
        verdict.tls_profile,
        verdict.decoy,
        verdict.advisories,
        verdict.remedies,
        Sheet(0, (archive,)).gravest,
        tuple(map(_door_in_short, archive.doors)),
    )


def _door_in_short(door: Door) -> object:
    failures = tuple((each.probe, each.cause) for each in door.findings.failures)
    return door.endpoint.service, door.exposure, door.verdict.protections, failures
