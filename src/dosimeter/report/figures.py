"""Every figure of a report, added up once: no renderer counts anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from dosimeter.model.attempt import Cause
from dosimeter.model.place import NOWHERE, Place
from dosimeter.model.target import ON_WEB, Endpoint
from dosimeter.model.verdict import Exposure, Severity
from dosimeter.report.archive import LADDER, OPEN_TO_ANYBODY, Archive, AttemptCounts, Findings
from dosimeter.report.attributes import attributes_of
from dosimeter.report.cost import CountingCost
from dosimeter.report.holdings import Stakes, StakesTally
from dosimeter.report.study_tally import StudyFigures, StudyTally, is_silent

Key = TypeVar("Key")

EXAMPLES_KEPT: Final = 5
"""Failures quoted in full for each cause: a network of silent hosts must not fill the report."""

_FINDINGS_KEPT: Final = 256
"""Findings that wait for being added up."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of archives, each once however many doors it has, and of endpoints.

    ``endpoints`` counts every endpoint, ``asked`` those to which something was sent, ``doors`` those that
    belong to an archive and ``hosts`` their addresses. ``exposures`` follows the ladder, lowest rung first,
    and counts archives and, one by one, the endpoints that are none; ``standing`` counts archives alone.
    All else is of archives alone, ``severities`` in the order of ``Severity``. ``speaking`` are those that
    spoke DICOM or DICOMweb. ``neighbours`` are other doors to the same people, and are no archives.
    """

    endpoints: int
    asked: int
    doors: int
    hosts: int
    archives: int
    exposures: tuple[int, ...]
    standing: tuple[int, ...]
    severities: tuple[int, ...]
    speaking: int
    accepts_writes: int
    worklist: int
    fetching: int
    neighbours: int
    open_neighbours: int
    stakes: Stakes

    @property
    def further_doors(self) -> int:
        """Endpoints of archives that are counted already."""
        return self.doors - self.archives

    def on(self, exposure: Exposure) -> int:
        """How many archives, and endpoints that are none, stand on one rung."""
        return self.exposures[LADDER.index(exposure)]

    def archives_on(self, exposure: Exposure) -> int:
        """How many archives stand on one rung."""
        return self.standing[LADDER.index(exposure)]

    def of(self, severity: Severity) -> int:
        """How many archives have one severity."""
        return self.severities[severity]

    @property
    def open_to_anybody(self) -> int:
        """How many archives let a stranger search or fetch."""
        return sum(self.archives_on(exposure) for exposure in OPEN_TO_ANYBODY)

    @property
    def walls(self) -> int:
        """Web endpoints that refuse whoever does not log in, and show nothing of what is behind."""
        return self.on(Exposure.GUARDED) - self.archives_on(Exposure.GUARDED)


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
    any end. ``web_asked`` are endpoints that were asked over HTTP, ``not_sampled`` archives that answer
    queries and of whose answers nobody looked at any.
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
    web_asked: int = 0
    not_sampled: int = 0

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
        self._placed: dict[tuple[Findings, Place], int] = {}
        self._all = _Column()
        self._believed = _Column()
        self._stakes = StakesTally()
        self._study = StudyTally()
        self._suspected_decoys = 0
        self._completed = 0
        self._failed = 0
        self._skipped = 0
        self._questions: Counter[Cause] = Counter()
        self._endpoints: Counter[Cause] = Counter()
        self._examples: dict[Cause, list[FailureExample]] = {}
        self._not_asked: Counter[tuple[str, str]] = Counter()
        self._spared: Counter[str] = Counter()
        self._tried_titles = 0
        self._web_asked = 0
        self._not_sampled = 0
        self._counting_cost: CountingCost | None = None

    def add(self, archive: Archive) -> None:
        """Count one archive with all its doors, or one endpoint that is none."""
        findings = archive.findings
        if archive.joined:
            self._add_joined(archive)
            return
        if archive.place is NOWHERE:
            self._alike[findings] = self._alike.get(findings, 0) + 1
        else:
            placed = findings, archive.place
            self._placed[placed] = self._placed.get(placed, 0) + 1
        if findings.is_archive:
            self._add_host(archive.endpoint.address, findings)
        elif is_silent(findings):
            self._study.add_silent(archive.endpoint.address, archive.place)
        if findings.failures:
            self._keep_examples(archive.endpoint, findings)
        if len(self._alike) + len(self._placed) > _FINDINGS_KEPT:
            self._add_up()

    def _add_joined(self, archive: Archive) -> None:
        whole = archive.findings
        self._add_archives(whole, archive.place, 1)
        for door in archive.joined:
            self._add_host(door.endpoint.address, whole)
            self._add_endpoints(door.findings, 1, whole)
            self._keep_examples(door.endpoint, door.findings)

    def _add_host(self, address: str, whole: Findings) -> None:
        self._all.hosts.add(address)
        if not whole.is_suspected_decoy:
            self._believed.hosts.add(address)

    def _keep_examples(self, endpoint: Endpoint, findings: Findings) -> None:
        for failure in findings.failures:
            examples = self._examples.setdefault(failure.cause, [])
            if len(examples) < EXAMPLES_KEPT:
                examples.append(FailureExample(endpoint.authority, failure.probe, failure.detail))

    def _add_up(self) -> None:
        for findings, times in self._alike.items():
            self._add_archives(findings, NOWHERE, times)
            self._add_endpoints(findings, times, findings)
        for (findings, place), times in self._placed.items():
            self._add_archives(findings, place, times)
            self._add_endpoints(findings, times, findings)
        self._alike.clear()
        self._placed.clear()

    def _add_archives(self, whole: Findings, place: Place, times: int) -> None:
        self._all.add_archives(whole, times)
        if whole.is_suspected_decoy:
            self._suspected_decoys += times
        else:
            self._believed.add_archives(whole, times)
        self._stakes.add(whole, times)
        if whole.is_archive:
            self._study.add(whole, place, times)
        attributes = attributes_of(whole)
        self._not_sampled += times * (attributes is not None and not attributes.looked)

    def _add_endpoints(self, findings: Findings, times: int, whole: Findings) -> None:
        """What is told of each endpoint: of a door, in the column of its archive."""
        for column in (self._all,) if whole.is_suspected_decoy else (self._all, self._believed):
            column.add_endpoints(findings, times, is_door=whole.is_archive)
        self._completed += times * findings.attempts.completed
        self._failed += times * findings.attempts.failed
        self._skipped += times * findings.attempts.skipped
        self._tried_titles += times * findings.tried_titles
        self._web_asked += times * (findings.service in ON_WEB and findings.why_not_asked is None)
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

    def study(self) -> StudyFigures:
        """What the tables of the study are made of, so far."""
        self._add_up()
        return self._study.figures(self._all.hosts)

    def totals(self) -> Totals:
        """The figures so far."""
        self._add_up()
        return Totals(
            with_decoys=self._all.figures(self._stakes.stakes(decoys=True)),
            without_decoys=self._believed.figures(self._stakes.stakes(decoys=False)),
            suspected_decoys=self._suspected_decoys,
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
            web_asked=self._web_asked,
            not_sampled=self._not_sampled,
            counting_cost=self._counting_cost,
        )


class _Column:
    """One column of figures while it is added up."""

    def __init__(self) -> None:
        self._endpoints = 0
        self._asked = 0
        self._doors = 0
        self._archives = 0
        self._exposures: Counter[Exposure] = Counter()
        self._standing: Counter[Exposure] = Counter()
        self._severities: Counter[Severity] = Counter()
        self._speaking = 0
        self._accepts_writes = 0
        self._worklist = 0
        self._fetching = 0
        self._neighbours = 0
        self._open_neighbours = 0
        self.hosts: set[str] = set()

    def add_endpoints(self, findings: Findings, times: int, *, is_door: bool) -> None:
        self._endpoints += times
        self._asked += times * (findings.why_not_asked is None)
        self._doors += times * is_door
        if findings.neighbour is not None:
            self._neighbours += times
            self._open_neighbours += times * (findings.neighbour.is_open is True)

    def add_archives(self, findings: Findings, times: int) -> None:
        verdict = findings.verdict
        self._exposures[verdict.exposure] += times
        if not findings.is_archive:
            return
        self._archives += times
        self._standing[verdict.exposure] += times
        self._severities[verdict.severity] += times
        self._speaking += times * verdict.speaks_dicom
        self._accepts_writes += times * (verdict.accepts_writes is True)
        self._worklist += times * (verdict.worklist is True)
        opens = verdict.exposure in OPEN_TO_ANYBODY
        self._fetching += times * (opens and findings.lets_fetch is True)

    def figures(self, stakes: Stakes) -> Figures:
        return Figures(
            endpoints=self._endpoints,
            asked=self._asked,
            doors=self._doors,
            hosts=len(self.hosts),
            archives=self._archives,
            exposures=tuple(self._exposures[exposure] for exposure in LADDER),
            standing=tuple(self._standing[exposure] for exposure in LADDER),
            severities=tuple(self._severities[severity] for severity in Severity),
            speaking=self._speaking,
            accepts_writes=self._accepts_writes,
            worklist=self._worklist,
            fetching=self._fetching,
            neighbours=self._neighbours,
            open_neighbours=self._open_neighbours,
            stakes=stakes,
        )


def _commonest(counter: Counter[Key]) -> Iterable[tuple[Key, int]]:
    return sorted(counter.items(), key=lambda item: (-item[1], str(item[0])))
