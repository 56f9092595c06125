"""Several doors made one archive: what is said of all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import add

from dosimeter.exposure.joining import Link
from dosimeter.model.census import Census
from dosimeter.model.verdict import Exposure, Verdict
from dosimeter.report.archive import (
    OPEN_TO_ANYBODY,
    Archive,
    AttemptCounts,
    Door,
    Findings,
    door_order,
    gravest_reason_first,
)
from dosimeter.report.cost import CountingCost
from dosimeter.report.neighbour import NeighbourAt


def archive_of(
    doors: Iterable[Door],
    verdict: Verdict,
    census: Census,
    *,
    links: tuple[Link, ...] = (),
    neighbours: tuple[NeighbourAt, ...] = (),
) -> Archive:
    """One archive with these doors, two at least; ``verdict`` and ``census`` are of all of them together."""
    ordered = tuple(sorted(doors, key=door_order))
    principal = ordered[0]
    return Archive(
        endpoint=principal.endpoint,
        findings=_together([door.findings for door in ordered], verdict, census),
        began=min(door.began for door in ordered),
        ended=max(door.ended for door in ordered),
        same_as=principal.same_as,
        joined=ordered,
        links=links,
        neighbours=neighbours,
    )


def _together(doors: Sequence[Findings], verdict: Verdict, census: Census) -> Findings:
    opening = [door for door in doors if _opens_as(door.verdict.exposure, verdict.exposure)]
    ends = [door.census_end for door in doors if door.census_end is not None]
    return Findings(
        verdict=gravest_reason_first(verdict),
        rung_says=doors[0].rung_says,
        attempts=AttemptCounts(
            sum(door.attempts.completed for door in doors),
            sum(door.attempts.failed for door in doors),
            sum(door.attempts.skipped for door in doors),
        ),
        failures=tuple(failure for door in doors for failure in door.failures),
        not_asked=tuple(skip for door in doors for skip in door.not_asked),
        tls=next((door.tls for door in doors if door.tls is not None), None),
        tried_titles=any(door.tried_titles for door in doors),
        census=census,
        census_end=ends[0] if ends else None,
        lets_fetch=_lets_fetch(opening),
        worklist_only=bool(opening) and all(door.worklist_only for door in opening),
        counting_cost=_cost(doors),
        service=next((door.service for door in doors if door.is_archive), doors[0].service),
        tls_posture=next((door.tls_posture for door in doors if door.tls_posture is not None), None),
        samples=tuple(sample for door in doors for sample in door.samples),
        neighbour=next((door.neighbour for door in doors if door.neighbour is not None), None),
        over_dimse=any(door.over_dimse for door in opening),
        over_qido=any(door.over_qido for door in opening),
    )


def _opens_as(door: Exposure, whole: Exposure) -> bool:
    """Whether this door is one of those that make the archive what it is: a name opens to nobody else."""
    return door in OPEN_TO_ANYBODY if whole in OPEN_TO_ANYBODY else door is whole


def _lets_fetch(opening: Sequence[Findings]) -> bool | None:
    """What any door lets be fetched, the archive lets be fetched; it refuses only if every door does."""
    answers = {door.lets_fetch for door in opening}
    if True in answers:
        return True
    return False if answers == {False} else None


def _cost(doors: Sequence[Findings]) -> CountingCost | None:
    costs = [door.counting_cost for door in doors if door.counting_cost is not None]
    return reduce(add, costs) if costs else None
