"""What can be joined of one endpoint: its product, its names, its certificate, its stock. Pure (ADR 0018)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dosimeter.exposure.kin import kin_of
from dosimeter.model.attempt import Attempt, Skipped
from dosimeter.model.census import Claimed, Counts, Exact
from dosimeter.model.facts import AssociationAccepted, CertificateSeen, Fact, NullQueryAnswered, TlsSeen
from dosimeter.model.target import ON_DICOM, Endpoint, Service
from dosimeter.model.verdict import Exposure, Protection, Verdict
from dosimeter.model.web import ArchiveDescribed, DataSourceNamed, RedirectTo

_CALLED: Final = Protection.CALLED_AE_CHECK
_NOBODYS_NAMES: Final = frozenset({"localhost", "localhost.localdomain", "127.0.0.1", "::1"})
"""Names in the certificates that products are shipped with."""


@dataclass(frozen=True, slots=True)
class Surface:
    """One endpoint as far as it can be joined to others.

    ``is_door`` is false where nothing that belongs to an archive was seen, ``is_archive`` is false where no
    more was seen than a login that may stand before anything. ``product`` is a name, ``kin`` what goes with
    it. ``identity`` is what it announces in full, over DICOM. ``ae_titles`` are its own, as its web face says
    or as they opened it. ``dicom_ports`` are those its web face names as its own, ``sources`` the authorities
    a viewer there names. ``certificate`` is a SHA-256, ``is_named`` whether it is for a host of its own: no
    wildcard, no ``localhost``. ``studies`` is a count to its end, or where ``is_claimed`` the product's own.
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
    is_named: bool = False
    is_archive: bool = True
    studies: int | None = None
    is_claimed: bool = False
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
    certificate = _certificate(facts)
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
        certificate=certificate.sha256 if certificate is not None else None,
        is_named=certificate is not None and _is_named(certificate),
        is_archive=verdict.speaks_dicom or endpoint.service in ON_DICOM,
        studies=studies.value if isinstance(studies, (Exact, Claimed)) else None,
        is_claimed=isinstance(studies, Claimed),
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
    """In the order in which the configuration names them."""
    found = {
        fact.authority.text.lower(): None
        for fact in facts
        if isinstance(fact, DataSourceNamed)
        and fact.authority is not None
        and fact.to in (RedirectTo.SAME_HOST, RedirectTo.ELSEWHERE)
    }
    return tuple(found)


def _certificate(facts: Iterable[Fact]) -> CertificateSeen | None:
    for fact in facts:
        if isinstance(fact, TlsSeen) and fact.certificate is not None:
            return fact.certificate
    return None


def _is_named(certificate: CertificateSeen) -> bool:
    """Whether it is for hosts of their own: a wildcard is on every host of a hospital, a default on any."""
    names = [name.text.rstrip(".").lower() for name in certificate.names]
    return bool(names) and not any("*" in name or name in _NOBODYS_NAMES for name in names)
