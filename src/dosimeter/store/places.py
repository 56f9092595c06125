"""Where an address is, who operates its network and whose it is: statements, and rows ↔ places.

A place is an array of country, operator and owner, each null or an array of its fields in the order of
the dataclass; a source is its name and its day. Places are few and alike, so texts are remembered.
"""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from typing import Any, Final

from dosimeter.model.place import Country, DataSource, Operator, Owner, Place

DROP: Final = "DELETE FROM places WHERE survey = ?"

ADD: Final = "INSERT INTO places (survey, address_key, address, place) VALUES (?, ?, ?, ?)"

ALL: Final = "SELECT address, place FROM places WHERE survey = ? ORDER BY survey, address_key"

_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), check_circular=False)

Json = list[Any]


@lru_cache(maxsize=4096)
def encode_place(place: Place) -> str:
    """The place as JSON in pure ASCII."""
    country, operator, owner = place.country, place.operator, place.owner
    return _ENCODER.encode(
        [
            country and [country.code, _source(country.source)],
            operator and [operator.asn, operator.name, _source(operator.source)],
            owner and [owner.organisation, owner.sector, owner.contact, _source(owner.source)],
        ]
    )


@lru_cache(maxsize=4096)
def decode_place(text: str) -> Place:
    """The place that :func:`encode_place` wrote.

    Raises:
        ValueError: the text is something else, or was damaged.
    """
    try:
        country, operator, owner = json.loads(text)
        return Place(
            country and Country(*_with_source(country)),
            operator and Operator(*_with_source(operator)),
            owner and Owner(*_with_source(owner)),
        )
    except (TypeError, RecursionError) as error:
        raise ValueError("not the text of a place") from error


def read_place(row: tuple[str, str]) -> tuple[str, Place]:
    """The address and the place in a row.

    Raises:
        ValueError: the row was damaged.
    """
    address, text = row
    return address, decode_place(text)


def _source(source: DataSource) -> Json:
    return [source.name, source.as_of and source.as_of.isoformat()]


def _with_source(fields: Json) -> Json:
    *rest, (name, as_of) = fields
    return [*rest, DataSource(name, None if as_of is None else date.fromisoformat(as_of))]
