"""From records to what a report shows of them. Endpoints that answered alike are judged once.

What is no archive goes out as it comes in. Archives, login walls and neighbours are kept until the last
record is read, for any of them may turn out to be another door of the same archive.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from dosimeter.census.claimed import claimed_counts, combine
from dosimeter.census.judge import judge_census
from dosimeter.exposure.archive_verdict import judge_archive
from dosimeter.exposure.classify import judge
from dosimeter.exposure.joining import Joined, join
from dosimeter.exposure.surface import Surface, surface_of
from dosimeter.model.attempt import COUNT_PROBE, Attempt, Skipped
from dosimeter.model.facts import EchoAnswered, Fact
from dosimeter.model.place import NOWHERE, Place
from dosimeter.model.survey import EndpointRecord
from dosimeter.model.target import ON_DICOM, Endpoint, Service
from dosimeter.model.web import MllpAnswered, WebAnswered
from dosimeter.report.archive import Archive, Door, Findings, door_order, findings_of
from dosimeter.report.joined import archive_of
from dosimeter.report.neighbour import NeighbourAt

_ECHO_PROBE: Final = "dicom_echo"
_KEPT: Final = 1024

_NO_PLACES: Final[Mapping[str, Place]] = MappingProxyType({})
_NEVER_SEEN: Final[Mapping[str, datetime]] = MappingProxyType({})


def judge_all(
    records: Iterable[EndpointRecord],
    places: Mapping[str, Place] = _NO_PLACES,
    *,
    first_seen: Mapping[str, datetime] = _NEVER_SEEN,
) -> Iterator[Archive]:
    """Every archive with all its doors, and every endpoint that is none, in memory that grows with archives.

    Closed ports, and whatever else can be no door, are given as they come; all others after the last.
    ``places`` are by address. ``first_seen`` is when inventories saw an endpoint first, by authority, or a
    host, by address.
    """
    for archive in _judged_all(records, places, first_seen):
        if not archive.joined:
            yield archive
            continue
        place = places.get(archive.endpoint.address, NOWHERE)
        seen = min(
            filter(None, [_first_seen(door.endpoint, first_seen) for door in archive.doors]), default=None
        )
        yield replace(archive, place=place, first_seen=seen)


def _first_seen(endpoint: Endpoint, seen: Mapping[str, datetime]) -> datetime | None:
    if not seen:
        return None
    return min(filter(None, (seen.get(endpoint.authority), seen.get(endpoint.address))), default=None)


def _judged_all(
    records: Iterable[EndpointRecord], places: Mapping[str, Place], first_seen: Mapping[str, datetime]
) -> Iterator[Archive]:
    """As `judge_all`, but an archive with several doors has no place yet."""
    memory = _Memory()
    held = _Held()
    for record in records:
        seen = memory.seen(record)
        archive = Archive(
            record.endpoint,
            seen.findings,
            record.began,
            record.ended,
            record.same_as,
            place=places.get(record.endpoint.address, NOWHERE),
            first_seen=_first_seen(record.endpoint, first_seen),
        )
        if seen.is_held:
            held.add(archive, seen)
        else:
            yield archive
    yield from held.archives()


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """The findings of endpoints that answered alike, and what of them can be joined to others.

    The surface bears the endpoint of the first of them. ``is_held``: they may be doors of an archive, or
    stand beside one. ``is_joined_afar``: they show what an endpoint of another address can share, or
    name one.
    """

    findings: Findings
    surface: Surface
    is_held: bool
    is_joined_afar: bool


class _Memory:
    """The findings of answers that came before: archives of one product, and closed ports, are alike."""

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[Attempt, ...], Service], _Seen] = {}
        self._untimed = lru_cache(maxsize=_KEPT)(_untimed)

    def seen(self, record: EndpointRecord) -> _Seen:
        """What a judgement of this record alone says.

        Where TLS was seen nothing is remembered: whether a certificate had expired depends on the
        moment at which it was seen, whether it fits on the name of the host.
        Nor is a census: no two are alike, and one may hold thousands of facts.
        """
        if any(each.probe == COUNT_PROBE and not isinstance(each, Skipped) for each in record.attempts):
            return _judged(record.attempts, record)
        service = record.endpoint.service
        attempts = (
            tuple([self._untimed(each) if each.probe == _ECHO_PROBE else each for each in record.attempts])
            if service in ON_DICOM
            else tuple(map(self._untimed, record.attempts))
        )
        known = self._known.get((attempts, service))
        if known is not None:
            return known
        seen = _judged(attempts, record)
        if seen.findings.tls is None:
            if len(self._known) == _KEPT:
                self._known.clear()
            self._known[attempts, service] = seen
        return seen


class _Held:
    """What waits for the last record: each as an archive of one door, until it is joined to others."""

    def __init__(self) -> None:
        self._each: list[Archive] = []
        self._seen: list[_Seen] = []
        self._at: dict[str, int] = {}
        self._named: set[str] = set()
        self._neighbours: dict[str, list[NeighbourAt]] = {}

    def add(self, archive: Archive, seen: _Seen) -> None:
        address = archive.endpoint.address
        self._each.append(archive)
        self._seen.append(seen)
        self._at[address] = self._at.get(address, 0) + 1
        if archive.same_as is not None:
            self._named.add(archive.same_as)
        if seen.is_joined_afar:
            self._named.update(seen.surface.sources)
        if seen.findings.neighbour is not None:
            at = NeighbourAt(archive.endpoint, seen.findings.neighbour)
            self._neighbours.setdefault(address, []).append(at)

    def archives(self) -> Iterator[Archive]:
        """Each once, in the order in which the first door of each was read."""
        asked = [place for place in range(len(self._each)) if not self._stays_alone(place)]
        groups = join([self._surface(place) for place in asked])
        leads = {asked[group.members[0]]: group for group in groups}
        joined = set(asked)
        for place, archive in enumerate(self._each):
            if place not in joined:
                yield self._alone(archive)
            elif place in leads:
                group = leads[place]
                yield from self._joined([self._each[asked[member]] for member in group.members], group)

    def _surface(self, place: int) -> Surface:
        archive = self._each[place]
        return replace(self._seen[place].surface, endpoint=archive.endpoint, same_as=archive.same_as)

    def _stays_alone(self, place: int) -> bool:
        """Whether no evidence can join it to another endpoint: it is left out of the comparison."""
        archive = self._each[place]
        endpoint = archive.endpoint
        if self._at[endpoint.address] > 1 or self._seen[place].is_joined_afar or archive.same_as is not None:
            return False
        if not self._named:
            return True
        name = f"{endpoint.name}:{endpoint.port}".lower()
        return endpoint.authority not in self._named and name not in self._named

    def _alone(self, archive: Archive) -> Archive:
        beside = self._neighbours.get(archive.endpoint.address) if self._neighbours else None
        if not beside or not archive.findings.is_archive:
            return archive
        return replace(archive, neighbours=tuple(beside))

    def _joined(self, members: Sequence[Archive], group: Joined) -> Iterator[Archive]:
        """One archive; but doors of which none is known to be an archive's stay what they are."""
        if not any(each.findings.is_archive for each in members):
            yield from map(self._alone, members)
        elif len(members) == 1:
            (only,) = members
            verdict = judge_archive([only.verdict], suspicion=group.suspicion)
            if verdict != only.verdict:
                only = replace(only, findings=replace(only.findings, verdict=verdict))
            yield self._alone(only)
        else:
            ordered = sorted((door for each in members for door in each.doors), key=door_order)
            addresses = dict.fromkeys(door.endpoint.address for door in ordered)
            yield archive_of(
                ordered,
                judge_archive(
                    [door.findings.verdict for door in ordered],
                    doors=[door.endpoint.authority for door in ordered],
                    suspicion=group.suspicion,
                ),
                combine([door.findings.census for door in _first_of_all_first(ordered)]),
                links=group.links,
                neighbours=tuple(each for address in addresses for each in self._neighbours.get(address, ())),
            )


def _first_of_all_first(doors: Sequence[Door]) -> list[Door]:
    """The door that holds most by its studies counts first (ADR 0014); the others as they stand."""
    return sorted(doors, key=lambda door: door.same_as is not None)


def _judged(attempts: tuple[Attempt, ...], record: EndpointRecord) -> _Seen:
    endpoint = record.endpoint
    census = judge_census(_facts(attempts, count=True))
    if endpoint.service not in ON_DICOM:
        census = combine((census, claimed_counts(_facts(attempts, count=False))))
    verdict = judge(
        attempts, service=endpoint.service, seen_at=record.ended, census=census, host=endpoint.name
    )
    findings = findings_of(attempts, verdict, census, endpoint.service)
    surface = surface_of(endpoint, attempts, verdict, counts=findings.census.counts)
    return _Seen(
        findings=findings,
        surface=surface,
        is_held=findings.is_archive or surface.is_door or findings.neighbour is not None,
        is_joined_afar=surface.certificate is not None or bool(surface.ae_titles) or bool(surface.sources),
    )


def _facts(attempts: Iterable[Attempt], *, count: bool) -> Iterator[Fact]:
    """The facts of the census alone, or all others."""
    for each in attempts:
        if not isinstance(each, Skipped) and (each.probe == COUNT_PROBE) is count:
            yield from each.facts


def _untimed(attempt: Attempt) -> Attempt:
    """The attempt without its milliseconds: no rule reads them, and no two answers share them."""
    return (
        attempt
        if isinstance(attempt, Skipped)
        else replace(attempt, facts=tuple(map(_timeless, attempt.facts)))
    )


def _timeless(fact: Fact) -> Fact:
    if isinstance(fact, EchoAnswered | WebAnswered | MllpAnswered):
        return replace(fact, milliseconds=0)
    return fact
