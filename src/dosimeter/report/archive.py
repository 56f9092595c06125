"""An archive as a report shows it: its doors, its verdict, and what became of each question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from dosimeter.census.words import ENDED
from dosimeter.exposure.believed import believed
from dosimeter.exposure.count_words import count_of
from dosimeter.exposure.joining import Link
from dosimeter.model.attempt import COUNT_PROBE, Attempt, Cause, Completed, Failed, Skipped
from dosimeter.model.census import NOT_COUNTED, Census, CensusEnd, Count, Exact, Things, Unknown
from dosimeter.model.facts import CensusEnded, Fact, TlsSeen
from dosimeter.model.message import say
from dosimeter.model.place import NOWHERE, Place
from dosimeter.model.target import ON_WEB, Endpoint, Service, place_order
from dosimeter.model.verdict import DecoyTier, Exposure, Reason, Verdict
from dosimeter.model.web import AttributesSampled, TlsPostureSeen
from dosimeter.report.cost import CountingCost, cost_of
from dosimeter.report.fetching import answers_qido, lets_fetch, worklist_only
from dosimeter.report.neighbour import Neighbour, NeighbourAt, neighbour_of

LADDER: Final = tuple(Exposure)
"""Every rung of DESIGN §3, lowest first."""

OPEN_TO_ANYBODY: Final = (Exposure.QUERYABLE, Exposure.RETRIEVABLE, Exposure.BROWSABLE)
"""The rungs on which a stranger reads something."""

_NOTHING_SENT: Final = {
    Cause.OUT_OF_SCOPE: say("the scope does not allow the connection"),
    Cause.LOCAL: say("the machine that runs the survey could not ask"),
}
"""Causes with which no packet reached the endpoint, as the reason why it was not asked."""


_NOT_FOR_DICOM: Final = ON_WEB | {Service.HL7}

_DECOY_TIERS: Final = (DecoyTier.MEDIUM, DecoyTier.HIGH)


@dataclass(frozen=True, slots=True)
class AttemptCounts:
    """How many questions were answered, failed, or were not asked."""

    completed: int
    failed: int
    skipped: int

    @property
    def asked(self) -> int:
        """Questions that were put to the peer, whether or not it answered."""
        return self.completed + self.failed


@dataclass(frozen=True, slots=True)
class Failure:
    """A question that got no answer, and why."""

    probe: str
    cause: Cause
    detail: str


@dataclass(frozen=True, slots=True)
class NotAsked:
    """A question that was not put, and why."""

    probe: str
    why: str


@dataclass(frozen=True, slots=True)
class NotAskedTogether:
    """Questions that were not put for one reason, in the order in which they would have been."""

    why: str
    probes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What a report says of the attempts of an endpoint, wherever it is.

    Endpoints that answered alike share one object, and it is compared by identity, so that what is
    made of it can be looked up at once. ``tls`` is None where none was seen; ``tried_titles`` says
    whether AE titles that the scope lists were tried. ``rung_says`` is the reason for the exposure
    itself, None if the verdict gives no reason.

    ``census`` is what was counted, ``census_end`` why no more was asked (None: nothing was asked).
    ``lets_fetch`` says whether its null retrieve was answered, to anybody or, of a name-gated archive,
    under a known title; None where that is not known. ``worklist_only`` if it answers worklist queries and
    refuses or does not offer all others. ``counting_cost`` is None where no census came to its end.

    ``service`` is what the port is for. ``tls_posture`` and ``samples`` are the facts themselves;
    ``neighbour`` is not None where the same people are behind this endpoint in another protocol.
    ``over_dimse`` and ``over_qido`` are the ways by which it answered queries for studies.
    """

    verdict: Verdict
    rung_says: str | None
    attempts: AttemptCounts
    failures: tuple[Failure, ...]
    not_asked: tuple[NotAsked, ...]
    tls: TlsSeen | None
    tried_titles: bool
    census: Census = NOT_COUNTED
    census_end: CensusEnd | None = None
    lets_fetch: bool | None = None
    worklist_only: bool = False
    counting_cost: CountingCost | None = None
    service: Service = Service.DICOM
    tls_posture: TlsPostureSeen | None = None
    samples: tuple[AttributesSampled, ...] = ()
    neighbour: Neighbour | None = None
    over_dimse: bool = False
    over_qido: bool = False

    @property
    def is_counted(self) -> bool:
        """Whether any number of it is known."""
        return self.census is not NOT_COUNTED and any(
            not isinstance(count_of(self.census.counts, things), Unknown) for things in Things
        )

    @property
    def has_census(self) -> bool:
        """Whether a report has anything to say of its counts, be it why there are none."""
        if self.is_counted or self.census_end is not None:
            return True
        opens = self.verdict.exposure in OPEN_TO_ANYBODY or self.verdict.exposure is Exposure.NAME_GATED
        probes = {each.probe for each in self.failures} | {each.probe for each in self.not_asked}
        return opens and COUNT_PROBE in probes

    @property
    def retrievable_instances(self) -> Count:
        """The images of an archive whose null retrieve was answered; none of one that refused it."""
        if self.lets_fetch is None:
            return Unknown()
        return self.census.counts.instances if self.lets_fetch else Exact(0)

    @property
    def why_not_counted(self) -> str:
        """Why there is no number, or no more of them: our own words."""
        for skip in self.not_asked:
            if skip.probe == COUNT_PROBE:
                return skip.why
        for failure in self.failures:
            if failure.probe == COUNT_PROBE:
                return failure.detail
        if self.census_end is not None:
            return ENDED.get(self.census_end, say("no answer gave a number"))
        return say("the question was not asked")

    @property
    def is_archive(self) -> bool:
        """Whether an archive is there: it spoke DICOM or DICOMweb, or a guard stood before a DICOM port.

        A login before everything else on a web port may guard anything: that is no archive.
        """
        if self.verdict.exposure in {Exposure.UNREACHABLE, Exposure.NOT_DICOM}:
            return False
        if self.service in _NOT_FOR_DICOM:
            return self.verdict.speaks_dicom
        return self.verdict.speaks_dicom or self.verdict.exposure is not Exposure.INCONCLUSIVE

    @property
    def is_suspected_decoy(self) -> bool:
        """Whether totals without decoys leave it out: tier medium or high; low is only a note."""
        return self.verdict.decoy.tier in _DECOY_TIERS

    @property
    def why_not_asked(self) -> str | None:
        """Why nothing was sent to the endpoint; None if something was, and so it was asked."""
        if self.attempts.completed:
            return None
        if self.failures:
            causes = {_NOTHING_SENT.get(failure.cause) for failure in self.failures}
            return None if None in causes else _NOTHING_SENT[self.failures[0].cause]
        return self.not_asked[0].why if self.not_asked else say("there is no record of a question")

    @property
    def not_asked_by_reason(self) -> tuple[NotAskedTogether, ...]:
        """What was not asked, told once for each reason."""
        together: dict[str, list[str]] = {}
        for skip in self.not_asked:
            together.setdefault(skip.why, []).append(skip.probe)
        return tuple(NotAskedTogether(why, tuple(probes)) for why, probes in together.items())

    @property
    def cause(self) -> Cause | None:
        """Why the last failed question failed."""
        return self.failures[-1].cause if self.failures else None


@dataclass(frozen=True, slots=True)
class Door:
    """One endpoint of an archive, with its own findings. ``began`` and ``ended`` are UTC.

    ``same_as`` is the first endpoint that was found to hold the same studies, None if it is that itself
    or was compared with none.
    """

    endpoint: Endpoint
    findings: Findings
    began: datetime
    ended: datetime
    same_as: str | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict of this door alone."""
        return self.findings.verdict

    @property
    def exposure(self) -> Exposure:
        """The rung this door stands on."""
        return self.findings.verdict.exposure


@dataclass(frozen=True, slots=True)
class Archive:
    """One entry of a report: an archive with all its doors, or an endpoint that is none.

    ``endpoint`` is its principal door, the one on the highest rung; ``findings`` are of all doors
    together, ``began`` and ``ended`` (UTC) of the whole visit. ``same_as`` is of the principal door.
    ``joined`` holds the doors, worst first, where there are several, and ``links`` say why they are one.
    ``neighbours`` are those at the addresses of its doors. ``place`` is that of the principal door.
    ``first_seen`` (UTC) is when an inventory first saw any of its doors, None where none says when.
    """

    endpoint: Endpoint
    findings: Findings
    began: datetime
    ended: datetime
    same_as: str | None = None
    joined: tuple[Door, ...] = ()
    links: tuple[Link, ...] = ()
    neighbours: tuple[NeighbourAt, ...] = ()
    place: Place = NOWHERE
    first_seen: datetime | None = None

    @property
    def doors(self) -> tuple[Door, ...]:
        """Every door, worst first, the principal one in front."""
        return self.joined or (Door(self.endpoint, self.findings, self.began, self.ended, self.same_as),)

    @property
    def verdict(self) -> Verdict:
        """Its verdict, the gravest reason first."""
        return self.findings.verdict

    @property
    def exposure(self) -> Exposure:
        """The rung it stands on: the highest of any door."""
        return self.findings.verdict.exposure

    @property
    def retest(self) -> str:
        """The command that proves its remedies, at every door."""
        places = self.endpoint.authority
        if self.joined:
            places = " ".join(door.endpoint.authority for door in self.joined)
        return f"dosimeter survey --scope scope.toml {places}"


def findings_of(
    attempts: tuple[Attempt, ...],
    verdict: Verdict,
    census: Census = NOT_COUNTED,
    service: Service = Service.DICOM,
) -> Findings:
    """Join what became of each question with the verdict; the gravest reason comes first.

    The verdict comes with the reason for its exposure first, as `judge` gives it.
    """
    exposure = verdict.exposure
    opens = exposure in OPEN_TO_ANYBODY or exposure is Exposure.NAME_GATED
    facts = tuple(_facts(attempts))
    failed = tuple(each for each in attempts if isinstance(each, Failed))
    skipped = tuple(each for each in attempts if isinstance(each, Skipped))
    return Findings(
        verdict=gravest_reason_first(verdict),
        rung_says=verdict.reasons[0].says if verdict.reasons else None,
        attempts=AttemptCounts(len(attempts) - len(failed) - len(skipped), len(failed), len(skipped)),
        failures=tuple(Failure(each.probe, each.cause, each.detail) for each in failed),
        not_asked=tuple(NotAsked(each.probe, each.why) for each in skipped),
        tls=next((fact for fact in facts if isinstance(fact, TlsSeen)), None),
        tried_titles=any(each.probe == "ae_titles" and not isinstance(each, Skipped) for each in attempts),
        census=believed(census, facts),
        census_end=_census_end(facts) if opens else None,
        lets_fetch=lets_fetch(facts, exposure, service) if opens else None,
        worklist_only=worklist_only(facts, exposure) if opens else False,
        counting_cost=cost_of(facts),
        service=service,
        tls_posture=next((fact for fact in facts if isinstance(fact, TlsPostureSeen)), None),
        samples=tuple(fact for fact in facts if isinstance(fact, AttributesSampled)),
        neighbour=neighbour_of(facts),
        over_dimse=opens and service not in _NOT_FOR_DICOM,
        over_qido=opens and service in ON_WEB and answers_qido(facts),
    )


def worst_first(archive: Archive) -> tuple[int, int, tuple[int, int, str, int]]:
    """The order of every list: gravest severity, highest rung, then by address and port."""
    return -archive.verdict.severity, -LADDER.index(archive.exposure), place_order(archive.endpoint)


def door_order(door: Door) -> tuple[int, int, tuple[int, int, str, int]]:
    """The order of the doors of one archive: highest rung, then gravest severity, address and port."""
    return -LADDER.index(door.exposure), -door.findings.verdict.severity, place_order(door.endpoint)


def _facts(attempts: tuple[Attempt, ...]) -> Iterator[Fact]:
    for attempt in attempts:
        if isinstance(attempt, Completed | Failed):
            yield from attempt.facts


def _census_end(facts: Iterable[Fact]) -> CensusEnd | None:
    """The end that cut something, if one did; that nothing is believed goes first."""
    ends = [fact.end for fact in facts if isinstance(fact, CensusEnded)]
    if CensusEnd.NOT_BELIEVED in ends:
        return CensusEnd.NOT_BELIEVED
    return next((end for end in ends if end is not CensusEnd.ALL_ASKED), ends[0] if ends else None)


def gravest_reason_first(verdict: Verdict) -> Verdict:
    """The verdict with its reasons in the order in which a report gives them."""
    ordered = tuple(sorted(verdict.reasons, key=_gravity))
    return verdict if ordered == verdict.reasons else replace(verdict, reasons=ordered)


def _gravity(reason: Reason) -> int:
    return -reason.severity
