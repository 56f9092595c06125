"""Where an archive is registered, who operates its network and whose it is, for machines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dosimeter.model.place import NOWHERE, DataSource, Operator, Place
from dosimeter.report.counts_json import Json

PLACE_COLUMNS: Final = (
    "country",
    "country_source",
    "asn",
    "operator",
    "operator_source",
    "organisation",
    "sector",
    "contact",
    "owner_source",
)


def place_object(place: Place) -> Json | None:
    """Every statement with its source and the day of that; None where nothing is known."""
    if place == NOWHERE:
        return None
    country, operator, owner = place.country, place.operator, place.owner
    return {
        "country": country and {"code": country.code, **_source(country.source)},
        "operator": operator and {"asn": operator.asn, "name": operator.name, **_source(operator.source)},
        "owner": owner
        and {
            "organisation": owner.organisation,
            "sector": owner.sector,
            "contact": owner.contact,
            **_source(owner.source),
        },
    }


def geo_source_of(places: Iterable[Place]) -> str | None:
    """Where the countries of a survey are from: each source once with its day, by name; None without any."""
    sources = {place.country.source for place in places if place.country is not None}
    cells = sorted({_source_cell(source) for source in sources})
    return "; ".join(cells) or None


def country_word(place: Place) -> str | None:
    """The code of the country of registration."""
    return None if place.country is None else place.country.code


def operator_word(operator: Operator | None) -> str | None:
    """The name of who announces the network; its number where there is no name."""
    if operator is None or operator.name is not None or operator.asn is None:
        return None if operator is None else operator.name
    return f"AS{operator.asn}"


def place_cells(place: Place) -> tuple[str, ...]:
    """A cell for each of the columns; empty where nothing is known."""
    country, operator, owner = place.country, place.operator, place.owner
    return (
        *(("", "") if country is None else (country.code, _source_cell(country.source))),
        *(("", "", "") if operator is None else _operator_cells(operator)),
        *(
            ("", "", "", "")
            if owner is None
            else (owner.organisation, owner.sector or "", owner.contact or "", _source_cell(owner.source))
        ),
    )


def _operator_cells(operator: Operator) -> tuple[str, str, str]:
    asn = "" if operator.asn is None else str(operator.asn)
    return asn, operator.name or "", _source_cell(operator.source)


def _source(source: DataSource) -> Json:
    return {"source": source.name, "as_of": None if source.as_of is None else source.as_of.isoformat()}


def _source_cell(source: DataSource) -> str:
    return source.name if source.as_of is None else f"{source.name}, {source.as_of.isoformat()}"
