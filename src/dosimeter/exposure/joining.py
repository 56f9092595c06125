"""Which endpoints are doors of one archive, and what the archive behind them is worth. Pure (ADR 0018).

Endpoints are joined by evidence, never because they share an address: a host may run several archives.
Two products that cannot be one, and counters that tell two stocks, keep endpoints apart whatever weak
evidence there is; that a viewer names the other endpoint, or that both hold the same studies, is strong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import ip_address
from itertools import pairwise
from typing import Final

from dosimeter.exposure.kin import contradict, is_toolkit, kin_of, same_product
from dosimeter.model.attempt import Attempt, Skipped
from dosimeter.model.census import Claimed, Counts, Exact
from dosimeter.model.facts import AssociationAccepted, Fact, NullQueryAnswered, TlsSeen
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.verdict import (
    Decoy,
    DecoyTier,
    Exposure,
    Protection,
    Verdict,
)
from dosimeter.model.web import ArchiveDescribed, DataSourceNamed, RedirectTo

MOST_ADDRESSES: Final = 8
"""A certificate, or a title, seen on more addresses is a vendor's default: it joins nothing."""

SAME_STOCK: Final = 0.98
"""The smaller of two study counts is at least this part of the larger where both are of one archive."""

_CALLED: Final = Protection.CALLED_AE_CHECK
_DICOM: Final = frozenset({Service.DICOM, Service.DICOM_TLS})
_WEB: Final = frozenset({Service.WEB, Service.WEB_TLS})

_DEFAULT_TITLES: Final = frozenset(
    {
        "ORTHANC",
        "DCM4CHEE",
        "AS_RECEIVED",
        "CONQUESTSRV1",
        "CLEARCANVAS",
        "OSIRIX",
        "HOROS",
        "DICOOGLE-STORAGE",
        "COMMON",
        "ANY-SCP",
        "STORESCP",
        "SYNAPSEDICOMSCP",
        "RADIANT",
    }
)
"""AE titles as shipped (reference/prior-art.md §4.2): two archives that bear one are still two."""

_COSTUMES: Final = frozenset({"synapse", "vue", "visage"})
"""Commercial products that decoys are known to dress up as, with announcements of their own over DICOM."""

_COSTUME: Final = (
    "it shows the web face of a commercial product beside a DICOM service that announces pynetdicom, "
    "the library of decoys"
)
_COSTUME_ON_TOOLKIT: Final = (
    "it shows the web face of a commercial product beside a DICOM service that announces another maker's "
    "toolkit"
)
_DECOY_LIBRARIES: Final = frozenset({"pynetdicom", "go-netdicom"})


class LinkEvidence(Enum):
    """What shows that two endpoints are doors of one archive; the strongest first."""

    SAME_STUDIES = "the same studies"
    NAMED_SOURCE = "named as a viewer's data source"
    NAMED_PORT = "named as its DICOM port"
    SAME_CERTIFICATE = "the same certificate"
    SAME_TITLE = "the same identity and AE title"
    SAME_PRODUCT = "the same product"

    __hash__ = object.__hash__

    @property
    def is_strong(self) -> bool:
        """Whether it holds whatever the two announce."""
        return self in (LinkEvidence.SAME_STUDIES, LinkEvidence.NAMED_SOURCE)


@dataclass(frozen=True, slots=True)
class Link:
    """Two doors of one archive, by their places among the surfaces, and why. ``says`` is a sentence."""

    one: int
    other: int
    evidence: LinkEvidence
    says: str


@dataclass(frozen=True, slots=True)
class Joined:
    """One archive: its doors, by their places among the surfaces, and the links that hold them together.

    ``suspicion`` are signs of a decoy that show only beside a neighbour of the same host.
    """

    members: tuple[int, ...]
    links: tuple[Link, ...] = ()
    suspicion: Decoy = field(default_factory=Decoy)


@dataclass(frozen=True, slots=True)
class Surface:
    """One endpoint as far as it can be joined to others.

    ``is_door`` is false where nothing that belongs to an archive was seen. ``product`` is a name, ``kin``
    what goes with it. ``identity`` is what it announces in full, over DICOM. ``ae_titles`` are its own, as
    its web face says or as they opened it. ``dicom_ports`` are those its web face names as its own,
    ``sources`` the authorities a viewer there names, ``None`` for another port of the same host that was
    not named. ``certificate`` is a SHA-256. ``studies`` is a count to its end, or the product's own.
    """

    endpoint: Endpoint
    service: Service
    is_door: bool
    product: str | None = None
    kin: frozenset[str] = frozenset()
    identity: str | None = None
    ae_titles: tuple[str, ...] = ()
    dicom_ports: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()
    certificate: str | None = None
    studies: int | None = None
    same_as: str | None = None


def surface_of(
    endpoint: Endpoint,
    attempts: Iterable[Attempt],
    verdict: Verdict,
    *,
    counts: Counts | None = None,
    same_as: str | None = None,
) -> Surface:
    """What can be joined of one endpoint. ``same_as`` is `EndpointRecord.same_as`."""
    facts = [fact for each in attempts if not isinstance(each, Skipped) for fact in each.facts]
    product = verdict.product.name if verdict.product is not None else None
    described = [fact for fact in facts if isinstance(fact, ArchiveDescribed)]
    studies = counts.studies if counts is not None else None
    return Surface(
        endpoint=endpoint,
        service=endpoint.service,
        is_door=_is_door(verdict),
        product=product,
        kin=kin_of(product),
        identity=_identity(facts, product),
        ae_titles=_titles(facts, described, checks_called=_CALLED in verdict.protections),
        dicom_ports=tuple(sorted({port for each in described for port in each.dicom_ports})),
        sources=_sources(facts),
        certificate=_certificate(facts),
        studies=studies.value if isinstance(studies, (Exact, Claimed)) else None,
        same_as=same_as,
    )


def _is_door(verdict: Verdict) -> bool:
    return verdict.speaks_dicom or verdict.exposure is Exposure.GUARDED


def _identity(facts: Iterable[Fact], product: str | None) -> str | None:
    for fact in facts:
        if isinstance(fact, AssociationAccepted):
            parts = (fact.implementation_class_uid, fact.implementation_version_name)
            if any(part is not None for part in parts):
                return " ".join(part.text for part in parts if part is not None)
    return product


def _titles(
    facts: Iterable[Fact], described: Iterable[ArchiveDescribed], *, checks_called: bool
) -> tuple[str, ...]:
    """AE titles that its web face says are its own, and listed ones under which it answered a query.

    Who refuses no called title answers under those of others: then it shows nothing.
    """
    found = {title.text for each in described for title in each.ae_titles}
    for fact in facts if checks_called else ():
        if isinstance(fact, NullQueryAnswered) and not fact.titles.stranger and fact.status == 0:
            found.add(fact.titles.called)
    return tuple(sorted(found))


def _sources(facts: Iterable[Fact]) -> tuple[str, ...]:
    found = {
        fact.authority.text.lower()
        for fact in facts
        if isinstance(fact, DataSourceNamed)
        and fact.authority is not None
        and fact.to in (RedirectTo.SAME_HOST, RedirectTo.ELSEWHERE)
    }
    return tuple(sorted(found))


def _certificate(facts: Iterable[Fact]) -> str | None:
    for fact in facts:
        if isinstance(fact, TlsSeen) and fact.certificate is not None:
            return fact.certificate.sha256
    return None


def join(surfaces: Sequence[Surface]) -> tuple[Joined, ...]:
    """Every surface in one archive, alone or with others; in the order of the first of each.

    The order of the surfaces makes no difference to which are joined.
    """
    order = sorted(range(len(surfaces)), key=lambda place: _place(surfaces[place].endpoint))
    groups = _Groups(surfaces)
    for link in _links(surfaces, order):
        groups.unite(link)
    suspicions = _suspicions(surfaces, order)
    joined: list[Joined] = []
    for members, links in groups.finish():
        tiers = [suspicions[member] for member in members if member in suspicions]
        suspicion = max(tiers, key=lambda decoy: _TIERS.index(decoy.tier), default=Decoy())
        joined.append(Joined(members, links, suspicion))
    return tuple(joined)


class _Groups:
    """Union-find over places; weak evidence does not unite what contradicts itself."""

    def __init__(self, surfaces: Sequence[Surface]) -> None:
        self._surfaces = surfaces
        self._of = list(range(len(surfaces)))
        self._members = [[place] for place in range(len(surfaces))]
        self._links: list[list[Link]] = [[] for _ in surfaces]

    def unite(self, link: Link) -> None:
        """Join the two archives that the link ties together, if nothing speaks against it."""
        one, other = self._of[link.one], self._of[link.other]
        if one == other or (not link.evidence.is_strong and self._contradict(one, other)):
            return
        if len(self._members[one]) < len(self._members[other]):
            one, other = other, one
        for member in self._members[other]:
            self._of[member] = one
        self._members[one] += self._members[other]
        self._links[one] += [*self._links[other], link]
        self._members[other], self._links[other] = [], []

    def _contradict(self, one: int, other: int) -> bool:
        return any(
            _contradict(self._surfaces[mine], self._surfaces[theirs])
            for mine in self._members[one]
            for theirs in self._members[other]
        )

    def finish(self) -> Iterator[tuple[tuple[int, ...], tuple[Link, ...]]]:
        """The members of each archive, ascending, and its links."""
        for members, links in sorted(
            (sorted(members), links)
            for members, links in zip(self._members, self._links, strict=True)
            if members
        ):
            yield tuple(members), tuple(sorted(links, key=lambda link: (link.one, link.other)))


def _contradict(one: Surface, other: Surface) -> bool:
    if contradict(one.kin, other.kin):
        return True
    if one.studies is None or other.studies is None:
        return False
    smaller, larger = sorted((one.studies, other.studies))
    return smaller < SAME_STOCK * larger


def _links(surfaces: Sequence[Surface], order: Sequence[int]) -> list[Link]:
    """Every link that there is evidence for, the strongest first."""
    by_authority = {surfaces[place].endpoint.authority: place for place in order}
    doors = [place for place in order if surfaces[place].is_door]
    return [
        *_same_studies(surfaces, order, by_authority),
        *_named_sources(surfaces, doors, by_authority),
        *_named_ports(surfaces, doors, by_authority),
        *_same_keys(surfaces, doors, LinkEvidence.SAME_CERTIFICATE),
        *_same_keys(surfaces, doors, LinkEvidence.SAME_TITLE),
        *_same_products(surfaces, doors, by_authority),
    ]


def _same_studies(
    surfaces: Sequence[Surface], order: Sequence[int], by_authority: dict[str, int]
) -> Iterator[Link]:
    for place in order:
        first = surfaces[place].same_as
        if first is not None and first in by_authority and by_authority[first] != place:
            says = f"{_name(surfaces[place])} holds the studies that {first} holds"
            yield Link(by_authority[first], place, LinkEvidence.SAME_STUDIES, says)


def _named_sources(
    surfaces: Sequence[Surface], doors: Sequence[int], by_authority: dict[str, int]
) -> Iterator[Link]:
    by_name = {
        f"{surfaces[place].endpoint.name}:{surfaces[place].endpoint.port}".lower(): place
        for place in reversed(doors)
        if surfaces[place].endpoint.name is not None
    }
    for place in doors:
        for source in surfaces[place].sources:
            other = by_authority.get(source, by_name.get(source))
            if other is not None and other != place:
                says = f"the viewer at {_name(surfaces[place])} takes its data from {_name(surfaces[other])}"
                yield Link(place, other, LinkEvidence.NAMED_SOURCE, says)


def _named_ports(
    surfaces: Sequence[Surface], doors: Sequence[int], by_authority: dict[str, int]
) -> Iterator[Link]:
    for place in doors:
        surface = surfaces[place]
        for port in surface.dicom_ports:
            other = by_authority.get(Endpoint(surface.endpoint.address, port).authority)
            if other is not None and surfaces[other].is_door and surfaces[other].service in _DICOM:
                says = f"the web face at {_name(surface)} names {port} as its DICOM port"
                yield Link(place, other, LinkEvidence.NAMED_PORT, says)


def _same_keys(surfaces: Sequence[Surface], doors: Sequence[int], evidence: LinkEvidence) -> Iterator[Link]:
    """Doors that bear one certificate, or one identity and AE title, on few addresses."""
    by_key: dict[tuple[str, ...], list[int]] = {}
    for place in doors:
        for key in _keys(surfaces[place], evidence):
            by_key.setdefault(key, []).append(place)
    for places in by_key.values():
        addresses = {surfaces[place].endpoint.address for place in places}
        if len(places) < 2 or len(addresses) > MOST_ADDRESSES:  # noqa: PLR2004 - a link has two ends
            continue
        for one, other in _pairs(places):
            what = "certificate" if evidence is LinkEvidence.SAME_CERTIFICATE else "identity and AE title"
            says = f"{_name(surfaces[one])} and {_name(surfaces[other])} show the same {what}"
            yield Link(one, other, evidence, says)


def _keys(surface: Surface, evidence: LinkEvidence) -> tuple[tuple[str, ...], ...]:
    if evidence is LinkEvidence.SAME_CERTIFICATE:
        return ((surface.certificate,),) if surface.certificate is not None else ()
    if surface.identity is None:
        return ()
    return tuple(
        (surface.identity, title) for title in surface.ae_titles if title.upper() not in _DEFAULT_TITLES
    )


def _same_products(
    surfaces: Sequence[Surface], doors: Sequence[int], by_authority: dict[str, int]
) -> Iterator[Link]:
    """On one host: a web face and the one DICOM service that may be of its product, and the like."""
    by_address: dict[str, list[int]] = {}
    for place in doors:
        if surfaces[place].kin:
            by_address.setdefault(surfaces[place].endpoint.address, []).append(place)
    for places in by_address.values():
        for one, other in _pairs(places):
            mine, theirs = surfaces[one], surfaces[other]
            if not same_product(mine.kin, theirs.kin):
                continue
            if not _is_unambiguous(surfaces, places, one, other):
                continue
            if _names_another(mine, theirs, by_authority) or _names_another(theirs, mine, by_authority):
                continue
            says = f"{_name(mine)} and {_name(theirs)} announce one product, and no other door there does"
            yield Link(one, other, LinkEvidence.SAME_PRODUCT, says)


def _is_unambiguous(surfaces: Sequence[Surface], places: Sequence[int], one: int, other: int) -> bool:
    """Whether of either kind of service the host has one alone that could be meant."""
    services = (surfaces[one].service, surfaces[other].service)
    alike = [
        surfaces[place].service
        for place in places
        if place in (one, other)
        or any(same_product(surfaces[place].kin, surfaces[end].kin) for end in (one, other))
        or surfaces[place].kin in (surfaces[one].kin, surfaces[other].kin)
    ]
    return services[0] is not services[1] and all(alike.count(service) == 1 for service in services)


def _names_another(web: Surface, dicom: Surface, by_authority: dict[str, int]) -> bool:
    """Whether the web face names a DICOM port of this host that is another, and was asked."""
    if web.service not in _WEB or dicom.service not in _DICOM or not web.dicom_ports:
        return False
    named = [Endpoint(web.endpoint.address, port).authority for port in web.dicom_ports]
    return dicom.endpoint.authority not in named and any(each in by_authority for each in named)


_ALL_PAIRS: Final = 32
"""Up to so many places every pair is looked at; of more, neighbours."""


def _pairs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    if len(places) > _ALL_PAIRS:
        yield from pairwise(places)
        return
    for index, one in enumerate(places):
        for other in places[index + 1 :]:
            yield one, other


_TIERS: Final = tuple(DecoyTier)


def _suspicions(surfaces: Sequence[Surface], order: Sequence[int]) -> dict[int, Decoy]:
    """A vendor's web face and the only DICOM service of the host, which is no vendor's."""
    by_address: dict[str, list[int]] = {}
    for place in order:
        if surfaces[place].is_door:
            by_address.setdefault(surfaces[place].endpoint.address, []).append(place)
    found: dict[int, Decoy] = {}
    for places in by_address.values():
        faces = [
            place for place in places if surfaces[place].service in _WEB and surfaces[place].kin & _COSTUMES
        ]
        dicom = [place for place in places if surfaces[place].service in _DICOM]
        if not faces or not dicom or not all(is_toolkit(surfaces[place].kin) for place in dicom):
            continue
        borrowed = any(surfaces[place].kin & _DECOY_LIBRARIES for place in dicom)
        decoy = (
            Decoy(DecoyTier.MEDIUM, (_COSTUME,)) if borrowed else Decoy(DecoyTier.LOW, (_COSTUME_ON_TOOLKIT,))
        )
        found.update(dict.fromkeys((*faces, *dicom), decoy))
    return found


def _name(surface: Surface) -> str:
    return surface.endpoint.authority


def _place(endpoint: Endpoint) -> tuple[int, int, str, int, str]:
    """By address as a number, IPv4 before IPv6, then by port and service."""
    address = ip_address(endpoint.address)
    return address.version, int(address), endpoint.address, endpoint.port, endpoint.service.value
