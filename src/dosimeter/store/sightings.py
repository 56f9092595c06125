"""What inventories say of an endpoint: statements, rows, and two words about one endpoint made one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from dosimeter.model.place import Sighting
from dosimeter.store.rows import address_key, moment_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dosimeter.store.rows import EndpointRow

KEEP: Final = """
INSERT INTO sightings (
    survey, address_key, port, address, sources, first_seen, last_seen, country, asn, operator
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (survey, address_key, port) DO UPDATE SET
    sources = excluded.sources, first_seen = excluded.first_seen, last_seen = excluded.last_seen,
    country = excluded.country, asn = excluded.asn, operator = excluded.operator
"""

KNOWN: Final = """
SELECT address, port, sources, first_seen, last_seen, country, asn, operator FROM sightings
WHERE survey = ? AND address_key = ? AND port = ?
"""

ALL: Final = """
SELECT address, port, sources, first_seen, last_seen, country, asn, operator FROM sightings
WHERE survey = ? ORDER BY survey, address_key, port
"""

SightingRow = tuple[str, int, str, str | None, str | None, str | None, int | None, str | None]
"""Address, port (0: of the whole host), sources, first and last seen, country, ASN, operator."""

NewSightingRow = tuple[int, bytes, int, str, str, str | None, str | None, str | None, int | None, str | None]
"""Survey, key of the address, port, address, then as :data:`SightingRow`."""

_HOST: Final = 0
"""The port of what is said of a whole host."""

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def sighting_key(survey: int, sighting: Sighting) -> EndpointRow:
    """What names a sighting.

    Raises:
        ValueError: the address is not in canonical form.
    """
    return survey, address_key(sighting.address), sighting.port or _HOST


def sighting_row(key: EndpointRow, sighting: Sighting) -> NewSightingRow:
    """The sighting as a row.

    Raises:
        ValueError: a moment has no time zone.
    """
    first, last = sighting.first_seen, sighting.last_seen
    return (
        *key,
        sighting.address,
        _sources_text(sighting.sources),
        None if first is None else moment_text(first),
        None if last is None else moment_text(last),
        sighting.country,
        sighting.asn,
        sighting.operator,
    )


def read_sighting(row: SightingRow) -> Sighting:
    """The sighting in a row.

    Raises:
        ValueError: the row was damaged.
    """
    address, port, sources, first, last, country, asn, operator = row
    return Sighting(
        address,
        port or None,
        _read_sources(sources),
        None if first is None else datetime.fromisoformat(first),
        None if last is None else datetime.fromisoformat(last),
        country,
        asn,
        operator,
    )


def merged(known: Sighting, new: Sighting) -> Sighting:
    """Both words about one endpoint as one: all sources, the whole time, and the latest of each statement.

    Which is the later one is told by ``last_seen``; where that does not tell, ``new`` is. The number of a
    network and its name are one statement: a number keeps no other number's name.
    """
    is_older = (new.last_seen or _NEVER) < (known.last_seen or _NEVER)
    before, after = (new, known) if is_older else (known, new)
    asn, operator = _network(before, after)
    return replace(
        after,
        sources=tuple(sorted({*known.sources, *new.sources})),
        first_seen=_earliest(known.first_seen, new.first_seen),
        last_seen=after.last_seen,
        country=after.country or before.country,
        asn=asn,
        operator=operator,
    )


def merged_by_key(survey: int, sightings: Iterable[Sighting]) -> dict[EndpointRow, Sighting]:
    """One sighting an endpoint, in the order of their first word.

    Raises:
        ValueError: an address is not in canonical form.
    """
    together: dict[EndpointRow, Sighting] = {}
    for sighting in sightings:
        key = sighting_key(survey, sighting)
        known = together.get(key)
        together[key] = sighting if known is None else merged(known, sighting)
    return together


def _network(before: Sighting, after: Sighting) -> tuple[int | None, str | None]:
    if after.asn is None and after.operator is None:
        return before.asn, before.operator
    if after.asn is not None and after.operator is None and after.asn == before.asn:
        return before.asn, before.operator
    if after.operator is not None and after.asn is None and after.operator == before.operator:
        return before.asn, before.operator
    return after.asn, after.operator


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


@lru_cache(maxsize=256)
def _sources_text(sources: tuple[str, ...]) -> str:
    return json.dumps(sources, separators=(",", ":"))


@lru_cache(maxsize=256)
def _read_sources(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
