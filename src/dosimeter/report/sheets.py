"""The sheets of a report: one for each archive that is open, and one for all others that are alike.

Seventeen hundred archives that refuse strangers in the same words take one sheet with their addresses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dosimeter.model.verdict import Remedy
from dosimeter.report.archive import Archive


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: ``number`` from 1, and the archives that it is of, the first one in front."""

    number: int
    archives: tuple[Archive, ...]

    @property
    def archive(self) -> Archive:
        """The archive whose words the sheet has."""
        return self.archives[0]


def sheets_of(archives: Iterable[Archive]) -> tuple[Sheet, ...]:
    """A sheet for each archive, in their order; those of which the very same is said share one."""
    together: dict[object, list[Archive]] = {}
    for place, archive in enumerate(archives):
        together.setdefault(_said(archive, place), []).append(archive)
    return tuple(Sheet(number, tuple(alike)) for number, alike in enumerate(together.values(), start=1))


def remedies_of(archives: Iterable[Archive]) -> tuple[Remedy, ...]:
    """Every remedy once, in the order in which the archives name them."""
    return tuple(dict.fromkeys(remedy for archive in archives for remedy in archive.verdict.remedies))


def _said(archive: Archive, place: int) -> object:
    """What is said of an archive; its own place for one that has something of its own to tell."""
    findings = archive.findings
    own = (
        archive.joined
        or archive.neighbours
        or archive.endpoint.name
        or archive.place.owner
        or findings.has_census
        or findings.samples
    )
    if own:
        return place
    return (
        findings.verdict,
        findings.attempts,
        findings.failures,
        findings.not_asked,
        findings.tls,
        findings.tls_posture,
        findings.service,
    )
