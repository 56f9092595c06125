"""What is at stake in a survey: what the open archives hold. An archive comes once, its doors joined."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from dosimeter.exposure.count_words import count_of
from dosimeter.model.census import Counts, Things
from dosimeter.model.verdict import Exposure
from dosimeter.report.adding import Sum, sum_of
from dosimeter.report.archive import OPEN_TO_ANYBODY, Findings


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
    """

    linked: Holdings = field(default_factory=Holdings)
    downloadable: Holdings = field(default_factory=Holdings)
    by_name: Holdings = field(default_factory=Holdings)


_NO_STAKES: Final = Stakes()


@dataclass(frozen=True, slots=True)
class Opening:
    """What one archive opens, and to whom.

    ``anybody``: its queries or retrievals are answered to strangers; ``fetches``: it hands images out.
    ``studies``, ``worklist``: it answers queries for these.
    """

    counts: Counts
    anybody: bool
    fetches: bool
    studies: bool
    worklist: bool
    decoy: bool


class StakesTally:
    """Adds archives up. Memory grows with those that were counted, and no others."""

    def __init__(self) -> None:
        self._openings: Counter[Opening] = Counter()

    def add(self, findings: Findings, times: int) -> None:
        """Archives that answered alike."""
        opening = opening_of(findings)
        if opening is not None:
            self._openings[opening] += times

    def stakes(self, *, decoys: bool) -> Stakes:
        """The sums, with the suspected decoys or without."""
        if not self._openings:
            return _NO_STAKES
        linked, downloadable, by_name = _Adding(), _Adding(), _Adding()
        for opening, archives in self._openings.items():
            if opening.decoy and not decoys:
                continue
            if not opening.anybody:
                by_name.add(opening, archives)
                continue
            linked.add(opening, archives)
            if opening.fetches:
                downloadable.add(opening, archives)
        return Stakes(linked.holdings(), downloadable.holdings(), by_name.holdings())


class _Adding:
    """One column of sums while it is added up."""

    def __init__(self) -> None:
        self._archives = 0
        self._sums = dict.fromkeys(Things, Sum())

    def add(self, opening: Opening, archives: int) -> None:
        self._archives += archives
        for things in Things:
            asked = opening.worklist if things is Things.WORKLIST_ITEMS else opening.studies
            if asked:
                self._sums[things] += sum_of(count_of(opening.counts, things), archives)

    def holdings(self) -> Holdings:
        return Holdings(self._archives, **{things.value: each for things, each in self._sums.items()})


def opening_of(findings: Findings) -> Opening | None:
    """None for an archive that opens nothing: it holds nothing that anybody was shown."""
    verdict = findings.verdict
    anybody = verdict.exposure in OPEN_TO_ANYBODY
    if not findings.is_archive or not (anybody or verdict.exposure is Exposure.NAME_GATED):
        return None
    return Opening(
        counts=findings.census.counts,
        anybody=anybody,
        fetches=findings.lets_fetch is True,
        studies=not findings.worklist_only,
        worklist=verdict.worklist is True,
        decoy=findings.is_suspected_decoy,
    )
