"""Whose networks are, as a scope file writes it."""

from __future__ import annotations

from collections.abc import Iterable

from dosimeter.model.owned import OwnedNetwork, OwnerRefused, owned_network
from dosimeter.model.scope import Network
from dosimeter.net.address import AddressRefused, canonical_network
from dosimeter.scopefile.problem import Problems
from dosimeter.scopefile.schema import OwnersTable


def read_owners(tables: Iterable[OwnersTable], problems: Problems) -> tuple[OwnedNetwork, ...]:
    """A line for each table; what is wrong with one goes to ``problems``."""
    lines: dict[Network, OwnedNetwork] = {}
    for index, table in enumerate(tables):
        key = f"owners[{index}]"
        try:
            network = canonical_network(table.network.strip())
            if network in lines:
                problems.add(f"{key}.network", f"{network} has an owner already; keep one of them")
            else:
                lines[network] = owned_network(network, table.model_dump())
        except AddressRefused as refused:
            problems.add(f"{key}.network", str(refused))
        except OwnerRefused as refused:
            problems.add(f"{key}.{refused.key}", refused.why)
    return tuple(lines.values())
