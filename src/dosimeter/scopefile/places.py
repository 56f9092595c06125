"""Networks, names and exclusions as a scope file writes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dosimeter.model.scope import Network
from dosimeter.net.address import (
    AddressRefused,
    Reach,
    canonical_name,
    canonical_network,
    looks_like_address,
    network_reach,
)
from dosimeter.scopefile.problem import Problems

WIDEST_PUBLIC: Final = {4: 16, 6: 32}
"""Shortest prefix of a public network, per IP version: one operator's range, not a country's."""


@dataclass(frozen=True, slots=True)
class Exclusions:
    """What must never be contacted."""

    networks: tuple[Network, ...]
    names: tuple[str, ...]


def read_networks(entries: Iterable[str], key: str, problems: Problems) -> tuple[Network, ...]:
    """The networks of a list, each once; what is wrong with an entry goes to ``problems``."""
    networks: dict[Network, None] = {}
    for index, entry in enumerate(entries):
        try:
            network = canonical_network(entry.strip())
        except AddressRefused as refused:
            problems.add(f"{key}[{index}]", str(refused))
            continue
        widest = WIDEST_PUBLIC[network.version]
        if network.prefixlen < widest and network_reach(network) is Reach.PUBLIC:
            says = (
                f"{network} is public and too wide; name the networks you answer for, /{widest} at the most"
            )
            problems.add(f"{key}[{index}]", says)
            continue
        networks[network] = None
    return tuple(networks)


def read_names(entries: Iterable[str], key: str, problems: Problems) -> tuple[str, ...]:
    """The host names of a list, canonical, each once."""
    names: dict[str, None] = {}
    for index, entry in enumerate(entries):
        try:
            names[canonical_name(entry.strip())] = None
        except AddressRefused as refused:
            problems.add(f"{key}[{index}]", str(refused))
    return tuple(names)


def read_exclusions(entries: Iterable[str], key: str, problems: Problems) -> Exclusions:
    """Networks, addresses and names in one list, as people write exclusions."""
    networks: dict[Network, None] = {}
    names: dict[str, None] = {}
    for index, entry in enumerate(entries):
        text = entry.strip()
        try:
            if "/" in text or looks_like_address(text):
                networks[canonical_network(text)] = None
            else:
                names[canonical_name(text)] = None
        except AddressRefused as refused:
            problems.add(f"{key}[{index}]", str(refused))
    return Exclusions(tuple(networks), tuple(names))
