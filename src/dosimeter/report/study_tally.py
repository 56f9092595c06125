"""What the tables of the study are made of, added up one archive at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from dosimeter.model.place import NOWHERE, DataSource, Place
from dosimeter.model.target import ON_DICOM
from dosimeter.model.verdict import Exposure
from dosimeter.report.adding import Sum, sum_of
from dosimeter.report.archive import Findings
from dosimeter.report.breakdown import breakdown_of
from dosimeter.report.holdings import Opening, opening_of
from dosimeter.report.study import GroupedBy
from dosimeter.report.study_findings import FindingFigures, FindingsTally
from dosimeter.report.study_keys import Named, keys_of, place_keys_of

_NOTHING: Final = Sum()


@dataclass(slots=True)
class Line:
    """One row of a table while it is added up, and when it is done. A sum has every kind apart.

    ``not_downloadable`` are the images of archives that answer anybody and were not seen to hand them out.
    """

    studied: int = 0
    archives: int = 0
    queryable: int = 0
    retrievable: int = 0
    browsable: int = 0
    patients: Sum = _NOTHING
    studies: Sum = _NOTHING
    linked: Sum = _NOTHING
    downloadable: Sum = _NOTHING
    not_downloadable: Sum = _NOTHING

    def merge(self, other: Line) -> None:
        """Add another line to this one."""
        self.studied += other.studied
        self.archives += other.archives
        if not other.queryable:
            return
        self.queryable += other.queryable
        self.retrievable += other.retrievable
        self.browsable += other.browsable
        self.patients += other.patients
        self.studies += other.studies
        self.linked += other.linked
        if other.retrievable:
            self.downloadable += other.downloadable
        if other.retrievable < other.queryable:
            self.not_downloadable += other.not_downloadable


def line_of(findings: Findings, opening: Opening | None, times: int) -> Line:
    """Archives that answered alike."""
    line = Line(studied=times, archives=times)
    if opening is None or not opening.anybody:
        return line
    line.queryable = times
    line.browsable = times * (findings.verdict.exposure is Exposure.BROWSABLE)
    line.retrievable = times * opening.fetches
    if not opening.studies:
        return line
    counts = opening.counts
    line.patients = sum_of(counts.patients, times)
    line.studies = sum_of(counts.studies, times)
    line.linked = sum_of(counts.instances, times)
    if opening.fetches:
        line.downloadable = line.linked
    else:
        line.not_downloadable = line.linked
    return line


@dataclass(slots=True)
class Table:
    """The lines of one grouping by their keys, and what each is called."""

    lines: dict[str, Line] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def line(self, named: Named) -> Line:
        """The line of a key, made when it is first wanted. Of two names the first in the alphabet stays."""
        known = self.names.get(named.key)
        if known is None:
            self.names[named.key] = named.label
            self.lines[named.key] = Line()
        elif named.label < known:
            self.names[named.key] = named.label
        return self.lines[named.key]


@dataclass(frozen=True, slots=True)
class StudyFigures:
    """All of the study that is added up: `Line` of all but suspected decoys, of these, and of everything.

    The tables are without suspected decoys. ``hosts_silent`` are in ``studied`` and no archives.
    ``oldest_year`` is of any open archive whose breakdown may be shown. ``owner_sources`` are those of
    ``sources`` that owners come from.
    """

    whole: Line
    decoys: Line
    everything: Line
    tables: dict[GroupedBy, Table]
    findings: FindingFigures
    sources: tuple[DataSource, ...]
    owner_sources: frozenset[DataSource]
    hosts_silent: int
    oldest_year: int | None


class StudyTally:
    """Adds up. Memory grows with the lines of the tables, and with the hosts that kept silent."""

    def __init__(self) -> None:
        self._whole = Line()
        self._decoys = Line()
        self._tables = {by: Table() for by in GroupedBy}
        self._findings = FindingsTally()
        self._silent: dict[str, Place] = {}
        self._places: set[Place] = set()
        self._oldest_year: int | None = None

    def add(self, findings: Findings, place: Place, times: int) -> None:
        """Archives that answered alike, and are in one place."""
        opening = opening_of(findings)
        line = line_of(findings, opening, times)
        self._places.add(place)
        if findings.is_suspected_decoy:
            self._decoys.merge(line)
            return
        self._whole.merge(line)
        for by, named in keys_of(findings, place):
            self._tables[by].line(named).merge(line)
        self._findings.add(findings, opening, times)
        if opening is not None and opening.anybody and findings.census.years:
            self._note_year(breakdown_of(findings.census).oldest_year)

    def add_silent(self, address: str, place: Place) -> None:
        """A host that was asked on a DICOM port, took the connection and did not say what it is."""
        self._silent[address] = place

    def figures(self, hosts: set[str]) -> StudyFigures:
        """The study so far; ``hosts`` run archives, and count once if another port was silent."""
        whole, decoys, everything = Line(), Line(), Line()
        whole.merge(self._whole)
        decoys.merge(self._decoys)
        tables = {by: _copied(table) for by, table in self._tables.items()}
        silent = {address: place for address, place in self._silent.items() if address not in hosts}
        for place in silent.values():
            for by, named in place_keys_of(place):
                tables[by].line(named).studied += 1
        places = self._places | set(silent.values())
        whole.studied += len(silent)
        everything.merge(whole)
        everything.merge(decoys)
        return StudyFigures(
            whole=whole,
            decoys=decoys,
            everything=everything,
            tables=tables,
            findings=self._findings.figures(),
            sources=_in_order({source for place in places for source in _of_place(place)}),
            owner_sources=frozenset(place.owner.source for place in places if place.owner is not None),
            hosts_silent=len(silent),
            oldest_year=self._oldest_year,
        )

    def _note_year(self, year: int | None) -> None:
        if year is not None and (self._oldest_year is None or year < self._oldest_year):
            self._oldest_year = year


def is_silent(findings: Findings) -> bool:
    """Whether a host was asked on a DICOM port, took the connection, and nothing was learnt of it."""
    return (
        findings.verdict.exposure is Exposure.INCONCLUSIVE
        and findings.service in ON_DICOM
        and not findings.is_archive
        and findings.why_not_asked is None
    )


def _copied(table: Table) -> Table:
    copy = Table(names=dict(table.names))
    for key, line in table.lines.items():
        copy.lines[key] = Line()
        copy.lines[key].merge(line)
    return copy


def _in_order(sources: Iterable[DataSource]) -> tuple[DataSource, ...]:
    return tuple(sorted(sources, key=lambda each: (each.name, str(each.as_of))))


def _of_place(place: Place) -> Iterator[DataSource]:
    if place is NOWHERE:
        return
    for part in (place.country, place.operator, place.owner):
        if part is not None:
            yield part.source
