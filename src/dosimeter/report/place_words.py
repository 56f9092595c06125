"""Where an archive is registered, who operates its network and whose it is, as labels and what they label."""

from __future__ import annotations

from collections.abc import Iterator

from dosimeter.model.message import Message, commas, say
from dosimeter.model.place import DataSource, Operator, Owner, Place
from dosimeter.report.language import Language


def place_rows(place: Place, language: Language) -> Iterator[tuple[Message, Message]]:
    """What is known of a place, each with its source and the day of that: for the owner's eyes."""
    if place.owner is not None:
        yield say("Owner"), sourced(_owner(place.owner), place.owner.source)
    if place.operator is not None:
        yield say("Operator of the network"), sourced(operator_name(place.operator), place.operator.source)
    if place.country is not None:
        name = language.country(place.country.code)
        yield say("Country of registration"), sourced(name, place.country.source)


def sourced(statement: str, source: DataSource) -> Message:
    """``France (iptocc 3.3.170, as of 2026-10-27)``; a source without a day is told as such."""
    return say("{statement} ({source})", statement=statement, source=source_words(source))


def source_words(source: DataSource) -> Message:
    """The name of a source and the day of its data."""
    if source.as_of is None:
        return say("{source}, of an unknown day", source=source.name)
    return say("{source}, as of {day}", source=source.name, day=source.as_of)


def operator_name(operator: Operator) -> Message:
    """``Example Network, AS64500``, or the one of the two that is known."""
    number = None if operator.asn is None else f"AS{operator.asn}"
    return commas([each for each in (operator.name, number) if each is not None])


def _owner(owner: Owner) -> Message:
    organisation = commas([each for each in (owner.organisation, owner.sector) if each is not None])
    if owner.contact is None:
        return organisation
    return say("{organisation}, to be reached at {contact}", organisation=organisation, contact=owner.contact)
