"""Where an archive is registered, who operates its network and whose it is, in sentences."""

from __future__ import annotations

from dosimeter.model.message import Message, commas, say
from dosimeter.model.place import Country, DataSource, Operator, Owner, Place


def place_lines(place: Place) -> tuple[Message, ...]:
    """What is known of a place, each with its source and the day of that: for the owner's eyes.

    The country is written by its code; whoever has a language may say its name beside it.
    """
    lines = []
    if place.owner is not None:
        lines.append(_owner(place.owner))
    if place.operator is not None:
        lines.append(_operator(place.operator))
    if place.country is not None:
        lines.append(_country(place.country))
    return tuple(lines)


def operator_name(operator: Operator) -> Message:
    """``Example Network (AS64500)``, or the one of the two that is known."""
    if operator.asn is None:
        return say("{name}", name=operator.name or "")
    number = f"AS{operator.asn}"
    if operator.name is None:
        return say("{name}", name=number)
    return say("{name} ({number})", name=operator.name, number=number)


def source_words(source: DataSource) -> Message:
    """``iptocc 3.3.170, as of 2026-10-27``; of a source without a day it is said that it has none."""
    if source.as_of is None:
        return say("{source}, of an unknown day", source=source.name)
    return say("{source}, as of {day}", source=source.name, day=source.as_of)


def _country(country: Country) -> Message:
    return say(
        "Country of registration: {country} ({source})",
        country=country.code,
        source=source_words(country.source),
    )


def _operator(operator: Operator) -> Message:
    return say(
        "Operator of the network: {operator} ({source})",
        operator=operator_name(operator),
        source=source_words(operator.source),
    )


def _owner(owner: Owner) -> Message:
    organisation = commas([each for each in (owner.organisation, owner.sector) if each is not None])
    source = source_words(owner.source)
    if owner.contact is None:
        return say("Owner: {organisation} ({source})", organisation=organisation, source=source)
    return say(
        "Owner: {organisation}, to be reached at {contact} ({source})",
        organisation=organisation,
        contact=owner.contact,
        source=source,
    )
