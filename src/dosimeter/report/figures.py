"""Every figure of a report, added up once: no renderer counts anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from dosimeter.model.attempt import Cause
from dosimeter.model.verdict import Exposure, Severity
from dosimeter.report.archive import LADDER, OPEN_TO_ANYBODY, Archive, AttemptCounts, Findings
from dosimeter.report.cost import CountingCost
from dosimeter.report.holdings import Stakes, StakesTally

Key = TypeVar("Key")

EXAMPLES_KEPT: Final = 5
"""Failures quoted in full for each cause: a network of silent hosts must not fill the report."""

_FINDINGS_KEPT: Final = 256
"""Findings that wait for being added up."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of endpoints. Of what is below ``archives``, only archives are counted.

    ``exposures`` follows the ladder, lowest rung first, and counts every endpoint; ``severities``
    follows ``Severity``. ``asked`` are the endpoints to which something was sent. ``archives`` counts
    endpoints, ``hosts`` their addresses, and `distinct_archives` each archive once, whatever its doors.
    """

    endpoints: int
    asked: int
    archives: int
    exposures: tuple[int, ...]
    severities: tuple[int, ...]
    accepts_writes: int
    worklist: int
    hosts: int
    stakes: Stakes

    @property
    def distinct_archives(self) -> int:
        """Archives, those that were found to be one counted once."""
        return self.archives - self.stakes.further_doors

    def on(self, exposure: Exposure) -> int:
        """How many endpoints stand on one rung."""
        return self.exposures[LADDER.index(exposure)]

    def of(self, severity: Severity) -> int:
        """How many archives have one severity."""
        return self.severities[severity]

    @property
    def open_to_anybody(self) -> int:
        """How many archives let a stranger search or fetch."""
        return sum(self.on(exposure) for exposure in OPEN_TO_ANYBODY)


@dataclass(frozen=True, slots=True)
class FailureExample:
    """One failure, in full."""

    authority: str
    probe: str
    detail: str


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """What failed for one cause: how many questions, at how many endpoints, and the first few."""

    cause: Cause
    questions: int
    endpoints: int
    examples: tuple[FailureExample, ...]


@dataclass(frozen=True, slots=True)
class NotAskedLine:
    """A question that was not put, why, and at how many endpoints."""

    probe: str
    why: str
    endpoints: int


@dataclass(frozen=True, slots=True)
class NotAskedReason:
    """Why questions were not put: which, and how many in all."""

    why: str
    probes: tuple[str, ...]
    questions: int


@dataclass(frozen=True, slots=True)
class SparedLine:
    """Why some endpoints were not asked anything, and how many they are."""

    why: str
    endpoints: int


@dataclass(frozen=True, slots=True)
class Totals:
    """All figures of a survey, with and without the suspected decoys.

    ``counting_cost`` is that of all archives together, decoys too; None where nothing was counted to
    any end.
    """

    with_decoys: Figures
    without_decoys: Figures
    suspected_decoys: int
    attempts: AttemptCounts
    errors: tuple[ErrorLine, ...]
    not_asked: tuple[NotAskedLine, ...]
    spared: tuple[SparedLine, ...]
    tried_titles: int
    counting_cost: CountingCost | None = None

    @property
    def not_asked_by_reason(self) -> tuple[NotAskedReason, ...]:
        """The same lines, told once for each reason; the commonest first."""
        together: dict[str, list[NotAskedLine]] = {}
        for line in self.not_asked:
            together.setdefault(line.why, []).append(line)
        reasons = (
            NotAskedReason(why, tuple(line.probe for line in lines), sum(line.endpoints for line in lines))
            for why, lines in together.items()
        )
        return tuple(sorted(reasons, key=lambda reason: (-reason.questions, reason.why)))


class Tally:
    """Adds archives up one at a time. Memory grows with the hosts that run one, and with what was counted.

    Endpoints that answered alike share their findings: those are counted first, and added up
    once for all of them.
    """

    def __init__(self) -> None:
        self._alike: dict[Findings, int] = {}
        self._all = _Column()
        self._believed = _Column()
        self._stakes = StakesTally()
        self._completed = 0
        self._failed = 0
        self._skipped = 0
        self._questions: Counter[Cause] = Counter()
        self._endpoints: Counter[Cause] = Counter()
        self._examples: dict[Cause, list[FailureExample]] = {}
        self._not_asked: Counter[tuple[str, str]] = Counter()
        self._spared: Counter[str] = Counter()
        self._tried_titles = 0
        self._counting_cost: CountingCost | None = None

    def add(self, archive: Archive) -> None:
        """Count one endpoint."""
        findings = archive.findings
        self._alike[findings] = self._alike.get(findings, 0) + 1
        if findings.is_archive:
            self._all.hosts.add(archive.endpoint.address)
            if not findings.is_suspected_decoy:
                self._believed.hosts.add(archive.endpoint.address)
            if findings.is_counted:
                self._stakes.add_counted(archive)
            elif archive.same_as is not None:
                self._stakes.add_counted(archive)
                self._stakes.add_uncounted(findings, -1)
        for failure in findings.failures:
            examples = self._examples.setdefault(failure.cause, [])
            if len(examples) < EXAMPLES_KEPT:
                examples.append(FailureExample(archive.endpoint.authority, failure.probe, failure.detail))
        if len(self._alike) > _FINDINGS_KEPT:
            self._add_up()

    def _add_up(self) -> None:
        for findings, times in self._alike.items():
            self._all.add(findings, times)
            if not findings.is_suspected_decoy:
                self._believed.add(findings, times)
            if not findings.is_counted:
                self._stakes.add_uncounted(findings, times)
            self._completed += times * findings.attempts.completed
            self._failed += times * findings.attempts.failed
            self._skipped += times * findings.attempts.skipped
            self._tried_titles += times * findings.tried_titles
            if findings.counting_cost is not None:
                cost = findings.counting_cost.times(times)
                self._counting_cost = cost if self._counting_cost is None else self._counting_cost + cost
            if findings.why_not_asked is not None:
                self._spared[findings.why_not_asked] += times
            for failure in findings.failures:
                self._questions[failure.cause] += times
            for cause in {failure.cause for failure in findings.failures}:
                self._endpoints[cause] += times
            for question in {(skip.probe, skip.why) for skip in findings.not_asked}:
                self._not_asked[question] += times
        self._alike.clear()

    def totals(self) -> Totals:
        """The figures so far."""
        self._add_up()
        return Totals(
            with_decoys=self._all.figures(self._stakes.stakes(decoys=True)),
            without_decoys=self._believed.figures(self._stakes.stakes(decoys=False)),
            suspected_decoys=self._all.endpoints - self._believed.endpoints,
            attempts=AttemptCounts(self._completed, self._failed, self._skipped),
            errors=tuple(
                ErrorLine(cause, questions, self._endpoints[cause], tuple(self._examples[cause]))
                for cause, questions in _commonest(self._questions)
            ),
            not_asked=tuple(
                NotAskedLine(probe, why, endpoints) for (probe, why), endpoints in _commonest(self._not_asked)
            ),
            spared=tuple(SparedLine(why, endpoints) for why, endpoints in _commonest(self._spared)),
            tried_titles=self._tried_titles,
            counting_cost=self._counting_cost,
        )


class _Column:
    """One column of figures while it is added up."""

    def __init__(self) -> None:
        self.endpoints = 0
        self._asked = 0
        self._archives = 0
        self._exposures: Counter[Exposure] = Counter()
        self._severities: Counter[Severity] = Counter()
        self._accepts_writes = 0
        self._worklist = 0
        self.hosts: set[str] = set()

    def add(self, findings: Findings, times: int) -> None:
        verdict = findings.verdict
        self.endpoints += times
        self._asked += times * (findings.why_not_asked is None)
        self._exposures[verdict.exposure] += times
        if not findings.is_archive:
            return
        self._archives += times
        self._severities[verdict.severity] += times
        self._accepts_writes += times * (verdict.accepts_writes is True)
        self._worklist += times * (verdict.worklist is True)

    def figures(self, stakes: Stakes) -> Figures:
        return Figures(
            endpoints=self.endpoints,
            asked=self._asked,
            archives=self._archives,
            exposures=tuple(self._exposures[exposure] for exposure in LADDER),
            severities=tuple(self._severities[severity] for severity in Severity),
            accepts_writes=self._accepts_writes,
            worklist=self._worklist,
            hosts=len(self.hosts),
            stakes=stakes,
        )


def _commonest(counter: Counter[Key]) -> Iterable[tuple[Key, int]]:
    return sorted(counter.items(), key=lambda item: (-item[1], str(item[0])))
