"""Which source is believed: the order of places (adr 0023). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dosimeter.model.place import NOWHERE, Country, DataSource, Operator, Place, Sighting

SCOPE_SOURCE: Final = "owners of the scope"
"""How reports call the tables ``[[owners]]``; their day is that from which the scope is valid."""


@dataclass(frozen=True, slots=True)
class Words:
    """What each source says of one address. ``before`` is the place that was stored, if it is placed again.

    ``tables`` are those of owners, the one that goes first in front.
    """

    tables: tuple[Place, ...] = ()
    databases: tuple[Place, ...] = ()
    inventory: Place = NOWHERE
    registries: Country | None = None
    before: Place = NOWHERE


def place_of(words: Words) -> Place:
    """Each statement from the first source that makes it.

    Country: the user's tables, then what a table said before, the user's databases, what was stored, the
    inventories, the registries. Operator: tables, what a table said before, inventories, databases, what
    was stored. Owner: tables alone.
    """
    by_table, others = _parted(words.before)
    tables = (*words.tables, by_table)
    own = (*tables, *words.databases, others, words.inventory)
    seen = (*tables, words.inventory, *words.databases, others)
    return Place(
        next((each.country for each in own if each.country is not None), words.registries),
        next((each.operator for each in seen if each.operator is not None), None),
        next((each.owner for each in tables if each.owner is not None), None),
    )


def inventory_place(sighting: Sighting) -> Place:
    """What inventories say of an address; its day is the last on which one saw it."""
    seen = sighting.last_seen
    source = DataSource(", ".join(sighting.sources), None if seen is None else seen.date())
    has_operator = sighting.asn is not None or sighting.operator is not None
    return Place(
        None if sighting.country is None else Country(sighting.country, source),
        Operator(sighting.asn, sighting.operator, source) if has_operator else None,
    )


def without_given_table(before: Place) -> Place:
    """The place without what a table of the command line said; the scope's own stays."""
    if before.owner is None or before.owner.source.name == SCOPE_SOURCE:
        return before
    source = before.owner.source
    country, operator = before.country, before.operator
    return Place(
        None if country is not None and country.source == source else country,
        None if operator is not None and operator.source == source else operator,
    )


def _parted(before: Place) -> tuple[Place, Place]:
    """What tables of owners said, known as the source of the owner or by their name, and all else."""
    country, operator, owner = before.country, before.operator, before.owner
    table = None if owner is None else owner.source

    def is_by_table(statement: Country | Operator | None) -> bool:
        return statement is not None and (statement.source == table or statement.source.name == SCOPE_SOURCE)

    country_too, operator_too = is_by_table(country), is_by_table(operator)
    return (
        Place(country if country_too else None, operator if operator_too else None, owner),
        Place(None if country_too else country, None if operator_too else operator),
    )
