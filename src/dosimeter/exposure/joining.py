"""Which endpoints are doors of one archive. Pure (ADR 0018).

Endpoints are joined by evidence, never because they share an address: a host may run several archives.
Two products that cannot be one, and counters that tell two stocks, keep endpoints apart whatever weak
evidence there is; that both hold the same studies alone is strong. A viewer stands before one archive, and
makes no two archives one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise
from typing import Final

from dosimeter.exposure.kin import contradict, is_toolkit, same_product
from dosimeter.exposure.surface import Surface
from dosimeter.model.census import SAME_STOCK
from dosimeter.model.message import say
from dosimeter.model.target import ON_DICOM, ON_WEB, Endpoint, place_order
from dosimeter.model.verdict import Decoy, DecoyTier

MOST_ADDRESSES: Final = 8
"""A certificate, or a title, seen on more addresses is a vendor's default: it joins nothing."""


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

_COSTUME: Final = say(
    "it shows the web face of a commercial product beside a DICOM service that announces pynetdicom, "
    "the library of decoys"
)
_COSTUME_ON_TOOLKIT: Final = say(
    "it shows the web face of a commercial product beside a DICOM service that announces another maker's "
    "toolkit"
)
_DECOY_LIBRARIES: Final = frozenset({"pynetdicom", "go-netdicom"})


class LinkEvidence(Enum):
    """What shows that two endpoints are doors of one archive; the strongest first."""

    SAME_STUDIES = say("the same studies")
    NAMED_SOURCE = say("named as a viewer's data source")
    NAMED_PORT = say("named as its DICOM port")
    SAME_CERTIFICATE = say("the same certificate")
    SAME_TITLE = say("the same identity and AE title")
    SAME_PRODUCT = say("the same product")

    __hash__ = object.__hash__

    @property
    def is_strong(self) -> bool:
        """Whether it holds whatever the two announce."""
        return self is LinkEvidence.SAME_STUDIES


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
        if one == other or (not link.evidence.is_strong and self._contradict(one, other, link.evidence)):
            return
        if len(self._members[one]) < len(self._members[other]):
            one, other = other, one
        for member in self._members[other]:
            self._of[member] = one
        self._members[one] += self._members[other]
        self._links[one] += [*self._links[other], link]
        self._members[other], self._links[other] = [], []

    def _contradict(self, one: int, other: int, evidence: LinkEvidence) -> bool:
        return any(
            _contradict(self._surfaces[mine], self._surfaces[theirs], evidence)
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


def _contradict(one: Surface, other: Surface, evidence: LinkEvidence) -> bool:
    """Two products, or two stocks; that it names the port outweighs what a counter claims, and no count."""
    if contradict(one.kin, other.kin):
        return True
    if one.studies is None or other.studies is None:
        return False
    if evidence is LinkEvidence.NAMED_PORT and (one.is_claimed or other.is_claimed):
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
        *_same_products(surfaces, doors),
    ]


def _same_studies(
    surfaces: Sequence[Surface], order: Sequence[int], by_authority: dict[str, int]
) -> Iterator[Link]:
    for place in order:
        first = surfaces[place].same_as
        if first is not None and first in by_authority and by_authority[first] != place:
            says = say("{one} holds the studies that {other} holds", one=_name(surfaces[place]), other=first)
            yield Link(by_authority[first], place, LinkEvidence.SAME_STUDIES, says)


def _named_sources(
    surfaces: Sequence[Surface], doors: Sequence[int], by_authority: dict[str, int]
) -> Iterator[Link]:
    """A viewer and the first of its data sources that was surveyed: of several, the others are others'."""
    by_name = {
        f"{surfaces[place].endpoint.name}:{surfaces[place].endpoint.port}".lower(): place
        for place in reversed(doors)
        if surfaces[place].endpoint.name is not None
    }
    for place in doors:
        for source in surfaces[place].sources:
            other = by_authority.get(source, by_name.get(source))
            if other is not None and other != place:
                says = say(
                    "the viewer at {one} takes its data from {other}",
                    one=_name(surfaces[place]),
                    other=_name(surfaces[other]),
                )
                yield Link(place, other, LinkEvidence.NAMED_SOURCE, says)
                break


def _named_ports(
    surfaces: Sequence[Surface], doors: Sequence[int], by_authority: dict[str, int]
) -> Iterator[Link]:
    for place in doors:
        surface = surfaces[place]
        for port in surface.dicom_ports:
            other = by_authority.get(Endpoint(surface.endpoint.address, port).authority)
            if other is not None and surfaces[other].is_door and surfaces[other].service in ON_DICOM:
                says = say(
                    "the web face at {one} names {port} as its DICOM port", one=_name(surface), port=str(port)
                )
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
            if not _may_share(surfaces[one], surfaces[other], evidence):
                continue
            names = {"one": _name(surfaces[one]), "other": _name(surfaces[other])}
            if evidence is LinkEvidence.SAME_CERTIFICATE:
                says = say("{one} and {other} show the same certificate", **names)
            else:
                says = say("{one} and {other} show the same identity and AE title", **names)
            yield Link(one, other, evidence, says)


def _may_share(one: Surface, other: Surface, evidence: LinkEvidence) -> bool:
    """Whether two doors with one certificate, or one identity and title, can be of one archive.

    One product with one stock is one archive. Without counts a certificate has to be for a host of its own,
    and on two addresses the product the same; an identity has to be one that was announced over DICOM.
    """
    if not one.is_archive or not other.is_archive:
        return False
    is_one_product = bool(one.kin & other.kin)
    if is_one_product and _same_stock(one, other):
        return True
    if evidence is LinkEvidence.SAME_TITLE:
        return one.service in ON_DICOM or other.service in ON_DICOM
    return one.is_named and (is_one_product or one.endpoint.address == other.endpoint.address)


def _same_stock(one: Surface, other: Surface) -> bool:
    """Whether both tell how many studies they hold, and that agrees; that both hold none says nothing."""
    if not one.studies or not other.studies:
        return False
    return min(one.studies, other.studies) >= SAME_STOCK * max(one.studies, other.studies)


def _keys(surface: Surface, evidence: LinkEvidence) -> tuple[tuple[str, ...], ...]:
    if evidence is LinkEvidence.SAME_CERTIFICATE:
        return ((surface.certificate,),) if surface.certificate is not None else ()
    if surface.identity is None:
        return ()
    return tuple(
        (surface.identity, title) for title in surface.ae_titles if title.upper() not in _DEFAULT_TITLES
    )


def _same_products(surfaces: Sequence[Surface], doors: Sequence[int]) -> Iterator[Link]:
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
            if _names_another(mine, theirs) or _names_another(theirs, mine):
                continue
            says = say(
                "{one} and {other} announce one product, and no other door there does",
                one=_name(mine),
                other=_name(theirs),
            )
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


def _names_another(web: Surface, dicom: Surface) -> bool:
    """Whether the web face names other DICOM ports than this, and no stock shows that it is mapped."""
    if web.service not in ON_WEB or dicom.service not in ON_DICOM or not web.dicom_ports:
        return False
    return dicom.endpoint.port not in web.dicom_ports and not _same_stock(web, dicom)


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
            place for place in places if surfaces[place].service in ON_WEB and surfaces[place].kin & _COSTUMES
        ]
        dicom = [place for place in places if surfaces[place].service in ON_DICOM]
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


def _place(endpoint: Endpoint) -> tuple[tuple[int, int, str, int], str]:
    """By place, then by service."""
    return place_order(endpoint), endpoint.service.value
