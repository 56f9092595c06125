"""A line of a table of owners: a network, whose it is, and what else its keeper says of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from dosimeter.model.countries import OFTEN_MEANT, country_code_of
from dosimeter.model.text import MAX_NAME_TEXT, plain_name

OWNER_KEYS: Final = ("network", "organisation", "sector", "contact", "country", "asn", "operator")
"""The columns of such a table, and the keys of ``[[owners]]`` in a scope file."""

REQUIRED_OWNER_KEYS: Final = ("network", "organisation")

_ASN: Final = re.compile(r"(?:[Aa][Ss])?([0-9]{1,10})\Z")
_LARGEST_ASN: Final = 4_294_967_295
"""RFC 6793: 32 bits."""


@dataclass(frozen=True, slots=True)
class OwnedNetwork:
    """One line. ``country`` is ISO 3166-1 alpha-2 in capitals; None where the table does not say."""

    network: IPv4Network | IPv6Network
    organisation: str
    sector: str | None = None
    contact: str | None = None
    country: str | None = None
    asn: int | None = None
    operator: str | None = None


class OwnerRefused(ValueError):
    """A value that says nothing clear. ``key`` is its column, ``why`` completes a sentence about it."""

    def __init__(self, key: str, why: str) -> None:
        self.key = key
        self.why = why
        super().__init__(f"{key} {why}")


def owned_network(network: IPv4Network | IPv6Network, words: Mapping[str, str]) -> OwnedNetwork:
    """The line of these words; empty ones say nothing.

    Raises:
        OwnerRefused: the organisation is missing, a text is too long, or the country or the number of the
            network is none.
    """
    texts = {key: _text(key, words.get(key, "")) for key in OWNER_KEYS[1:]}
    organisation, country, asn = texts["organisation"], texts["country"], texts["asn"]
    if not organisation:
        raise OwnerRefused("organisation", "is empty; name whose network it is")
    return OwnedNetwork(
        network,
        organisation,
        texts["sector"] or None,
        texts["contact"] or None,
        _country(country) if country else None,
        _asn(asn) if asn else None,
        texts["operator"] or None,
    )


def asn_of(text: str) -> int | None:
    """The number in ``AS64500`` or ``64500``; None where there is none between 1 and 4294967295."""
    found = _ASN.match(text.strip())
    number = int(found[1]) if found else 0
    return number if 1 <= number <= _LARGEST_ASN else None


def _country(text: str) -> str:
    code = country_code_of(text)
    if code is None:
        meant = OFTEN_MEANT.get(text.upper())
        if meant is not None:
            raise OwnerRefused("country", f"{text.upper()} is no code of ISO 3166-1; write {meant}")
        raise OwnerRefused("country", "is not a code of two letters that ISO 3166-1 assigns, as in FR")
    return code


def _asn(text: str) -> int:
    number = asn_of(text)
    if number is None:
        raise OwnerRefused("asn", "is not the number of a network, as in 64500 or AS64500")
    return number


def _text(key: str, raw: str) -> str:
    """A table is its keeper's own: what does not fit is told, not cut."""
    if len(raw.strip()) > MAX_NAME_TEXT:
        raise OwnerRefused(key, f"is longer than {MAX_NAME_TEXT} characters; shorten it")
    return plain_name(raw)
