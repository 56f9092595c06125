"""The country of registration, from the delegation files of the five regional registries (iptocc).

It is the country that a registry wrote beside the network when it was assigned, not where a machine
stands. The data is inside the package; nobody is asked over a network.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from dosimeter.model.countries import country_code_of
from dosimeter.model.place import Country, DataSource
from dosimeter.net.address import is_public

_PACKAGE: Final = "iptocc"
_BUILD_RECORD: Final = "sboms/iptocc-py.cyclonedx.json"


class Registries:
    """Answers for many addresses at once. ``source`` names the package and the day it was built."""

    def __init__(self) -> None:
        self.source = registries_source()

    def countries(self, addresses: Sequence[str]) -> list[Country | None]:
        """One answer an address, in their order; None where no registry assigned it to one country.

        Some networks are assigned to Europe (EU) or to Asia and the Pacific (AP). Loopback, private and
        reserved addresses belong to nobody: they have none, whatever the data says.
        """
        from iptocc import country_code

        made: dict[str, Country] = {}
        found: list[Country | None] = []
        for address, code in zip(addresses, country_code(list(addresses)), strict=True):
            if code is None or country_code_of(code) is None or not _is_public(address):
                found.append(None)
                continue
            if code not in made:
                made[code] = Country(code, self.source)
            found.append(made[code])
        return found


def registries_source() -> DataSource:
    """The package with its version. ``as_of`` is the day its build record (CycloneDX) was made.

    The package says nowhere of which day its data is. It is made anew from the registries' files when they
    change, and the data is inside what is built: it is of that day or of one shortly before. An install
    without the record has no date.
    """
    from importlib.metadata import distribution

    package = distribution(_PACKAGE)
    return DataSource(f"{_PACKAGE} {package.version}", _built(package.read_text(_BUILD_RECORD)))


def _is_public(address: str) -> bool:
    """Asked once for each 65,536 addresses of IPv4: no loopback or private range is smaller (RFC 1918)."""
    if ":" in address:
        return is_public(address)
    first, second, _third, _fourth = address.split(".")
    return _is_public_block(f"{first}.{second}.0.1")


@lru_cache(maxsize=1 << 16)
def _is_public_block(address: str) -> bool:
    return is_public(address)


def _built(record: str | None) -> date | None:
    if record is None:
        return None
    try:
        made = json.loads(record)["metadata"]["timestamp"]
        return date.fromisoformat(made[:10])
    except (ValueError, KeyError, TypeError):
        return None
