"""What is at stake in a survey: what the open archives hold, each archive once however many doors it has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from dosimeter.exposure.count_words import count_of
from dosimeter.model.census import Count, Counts, Things, Unknown
from dosimeter.model.verdict import Exposure
from dosimeter.report.adding import Sum, sum_of
from dosimeter.report.archive import OPEN_TO_ANYBODY, Archive, Findings


@dataclass(frozen=True, slots=True)
class Holdings:
    """What some archives hold, added up. ``archives`` are distinct ones.

    A sum counts an archive as not counted only if it could hold such things: one that answers nothing
    but worklist queries has no studies to list.
    """

    archives: int = 0
    patients: Sum = field(default_factory=Sum)
    studies: Sum = field(default_factory=Sum)
    series: Sum = field(default_factory=Sum)
    instances: Sum = field(default_factory=Sum)
    worklist_items: Sum = field(default_factory=Sum)

    def of(self, things: Things) -> Sum:
        """One of the five sums."""
        found: Sum = getattr(self, things.value)
        return found


@dataclass(frozen=True, slots=True)
class Stakes:
    """The two figures of the study of 2019, kept apart, and what a known name opens.

    ``linked``: archives that answer anybody. ``downloadable``: those whose null retrieve was answered
    to anybody. ``by_name``: archives that answer only under an AE title of the scope, in neither of the two.
    ``further_doors`` are endpoints of archives that are counted under another endpoint.
    """

    linked: Holdings = field(default_factory=Holdings)
    downloadable: Holdings = field(default_factory=Holdings)
    by_name: Holdings = field(default_factory=Holdings)
    further_doors: int = 0


_NO_STAKES: Final = Stakes()


@dataclass(frozen=True, slots=True)
class _Door:
    """What one endpoint opens, and to whom."""

    counts: Counts
    anybody: bool
    by_name: bool
    fetches: bool
    studies: bool
    worklist: bool
    decoy: bool


class StakesTally:
    """Adds endpoints up one at a time. Memory grows with the archives that were counted, and no others."""

    def __init__(self) -> None:
        self._uncounted: Counter[_Door] = Counter()
        self._doors: dict[str, list[tuple[str, _Door]]] = {}

    def add_uncounted(self, findings: Findings, times: int) -> None:
        """Endpoints that answered alike, and of which nothing was counted; fewer than none takes back."""
        door = _door(findings)
        if door is not None:
            self._uncounted[door] += times

    def add_counted(self, archive: Archive) -> None:
        """One endpoint that was counted, or compared with others."""
        door = _door(archive.findings)
        if door is not None:
            own = archive.endpoint.authority
            self._doors.setdefault(archive.same_as or own, []).append((own, door))

    def stakes(self, *, decoys: bool) -> Stakes:
        """The sums, with the suspected decoys or without.

        An archive one of whose doors looks like a decoy is left out whole: the other door shows the
        same studies.
        """
        if not self._uncounted and not self._doors:
            return _NO_STAKES
        linked, downloadable, by_name = _Adding(), _Adding(), _Adding()
        for door, archives in self._archives(decoys=decoys):
            if door.anybody:
                linked.add(door, archives)
                if door.fetches:
                    downloadable.add(door, archives)
            elif door.by_name:
                by_name.add(door, archives)
        further = sum(
            max(0, sum(decoys or not door.decoy for _, door in doors) - 1) for doors in self._doors.values()
        )
        return Stakes(linked.holdings(), downloadable.holdings(), by_name.holdings(), further)

    def _archives(self, *, decoys: bool) -> Iterator[tuple[_Door, int]]:
        for door, times in self._uncounted.items():
            if decoys or not door.decoy:
                yield door, times
        for first, doors in self._doors.items():
            whole = _joined([door for own, door in sorted(doors, key=lambda each: each[0] != first)])
            if decoys or not whole.decoy:
                yield whole, 1


class _Adding:
    """One column of sums while it is added up."""

    def __init__(self) -> None:
        self._archives = 0
        self._sums = dict.fromkeys(Things, Sum())

    def add(self, door: _Door, archives: int) -> None:
        self._archives += archives
        for things in Things:
            asked = door.worklist if things is Things.WORKLIST_ITEMS else door.studies
            if asked:
                self._sums[things] += sum_of(count_of(door.counts, things), archives)

    def holdings(self) -> Holdings:
        return Holdings(self._archives, **{things.value: each for things, each in self._sums.items()})


def _door(findings: Findings) -> _Door | None:
    """None for an endpoint that opens nothing: it holds nothing that anybody was shown."""
    verdict = findings.verdict
    anybody = verdict.exposure in OPEN_TO_ANYBODY
    by_name = verdict.exposure is Exposure.NAME_GATED
    if not anybody and not by_name:
        return None
    return _Door(
        counts=findings.census.counts,
        anybody=anybody,
        by_name=by_name,
        fetches=findings.lets_fetch is True,
        studies=not findings.worklist_only,
        worklist=verdict.worklist is True,
        decoy=findings.is_suspected_decoy,
    )


def _joined(doors: list[_Door]) -> _Door:
    """One archive behind several doors: the numbers of the first, and what any door opens."""
    if len(doors) == 1:
        return doors[0]
    return _Door(
        counts=Counts(
            **{things.value: _first(count_of(door.counts, things) for door in doors) for things in Things}
        ),
        anybody=any(door.anybody for door in doors),
        by_name=any(door.by_name for door in doors),
        fetches=any(door.anybody and door.fetches for door in doors),
        studies=any(door.studies for door in doors),
        worklist=any(door.worklist for door in doors),
        decoy=any(door.decoy for door in doors),
    )


def _first(counts: Iterable[Count]) -> Count:
    """The number of the first door; of another one only where the first has none."""
    return next((count for count in counts if not isinstance(count, Unknown)), Unknown())
