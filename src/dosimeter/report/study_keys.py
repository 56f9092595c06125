"""Which row of which table an archive is in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from dosimeter.model.message import say
from dosimeter.model.place import Operator, Place
from dosimeter.model.verdict import Verdict
from dosimeter.report.archive import Findings
from dosimeter.report.plain import plain_text
from dosimeter.report.study import GroupedBy
from dosimeter.report.words import PROTECTION_WORD, TLS_PROFILE_SAYS


class Named(NamedTuple):
    """The key of a row, and what it is called."""

    key: str
    label: str


NOT_KNOWN: Final = Named("", say("not known"))
NONE_SEEN: Final = Named("none_seen", say("no protection was seen"))
NO_TLS: Final = Named("no_tls", say("no TLS was seen"))

_Keyed = tuple[GroupedBy, Named]


def keys_of(findings: Findings, place: Place) -> Iterator[_Keyed]:
    """Every row that an archive is in: one of each table, but a row for each protection."""
    yield from place_keys_of(place)
    verdict = findings.verdict
    product = verdict.product
    yield (
        GroupedBy.PRODUCT,
        NOT_KNOWN if product is None else Named(plain_text(product.name), plain_text(product.name)),
    )
    for named in _protections(verdict):
        yield GroupedBy.PROTECTION, named
    yield GroupedBy.TLS_PROFILE, _tls(findings)


def place_keys_of(place: Place) -> Iterator[_Keyed]:
    """The rows that follow from where a host is, whose it is, and who operates its network."""
    country, operator, owner = place.country, place.operator, place.owner
    code = "" if country is None else plain_text(country.code)
    yield GroupedBy.COUNTRY, Named(code, code) if code else NOT_KNOWN
    yield GroupedBy.OPERATOR, NOT_KNOWN if operator is None else _operator(operator)
    sector = "" if owner is None or owner.sector is None else plain_text(owner.sector)
    yield GroupedBy.SECTOR, Named(sector, sector) if sector else NOT_KNOWN
    organisation = "" if owner is None else plain_text(owner.organisation)
    yield GroupedBy.OWNER, Named(organisation, organisation) if organisation else NOT_KNOWN


def _operator(operator: Operator) -> Named:
    name = "" if operator.name is None else plain_text(operator.name)
    if operator.asn is None:
        return Named(name, name) if name else NOT_KNOWN
    number = f"AS{operator.asn}"
    return Named(number, say("{name} ({number})", name=name, number=number) if name else number)


def _protections(verdict: Verdict) -> tuple[Named, ...]:
    if not verdict.protections:
        return (NONE_SEEN,)
    return tuple(Named(each.value, PROTECTION_WORD[each]) for each in dict.fromkeys(verdict.protections))


def _tls(findings: Findings) -> Named:
    profile = findings.verdict.tls_profile
    if profile is not None:
        return Named(profile.value, TLS_PROFILE_SAYS[profile])
    return NO_TLS if findings.tls is None and findings.tls_posture is None else NOT_KNOWN
