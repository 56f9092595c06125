"""The neighbours of an archive: other doors to the same people, FHIR and HL7 v2, counted apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dosimeter.exposure.web_evidence import guards_of
from dosimeter.model.census import Claimed, Count, Things, Unknown, amount
from dosimeter.model.facts import Fact
from dosimeter.model.message import Message, listed, say
from dosimeter.model.target import Endpoint
from dosimeter.model.web import FHIR, MllpAnswered, MllpEnding, ProductCounted, Purpose, WebAnswered

_DESCRIBES: Final = "metadata"
"""In the name of the question whose answer describes the server and nobody else (FHIR R4, capabilities)."""


class NeighbourKind(StrEnum):
    """What a neighbour speaks."""

    FHIR = "fhir"
    HL7 = "hl7"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What was seen of one. ``is_open``: it answers anybody; None where that is not known.

    ``patients`` and ``studies`` are its own figures.
    """

    kind: NeighbourKind
    is_open: bool | None
    says: str
    patients: Count = Unknown()  # noqa: RUF009 - frozen
    studies: Count = Unknown()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True)
class NeighbourAt:
    """A neighbour and where it is."""

    endpoint: Endpoint
    neighbour: Neighbour


def neighbour_of(facts: Sequence[Fact]) -> Neighbour | None:
    """The neighbour that one endpoint turned out to be; None for all others."""
    for fact in facts:
        if isinstance(fact, MllpAnswered):
            return _hl7(fact)
    answers = [fact for fact in facts if isinstance(fact, WebAnswered) and fact.purpose is Purpose.NEIGHBOUR]
    return _fhir(answers, facts) if any(fact.as_specified for fact in answers) else None


def _hl7(fact: MllpAnswered) -> Neighbour | None:
    match fact.ending:
        case MllpEnding.FRAMED:
            says = say("It answers an empty frame from anybody: HL7 v2 messages may be sent to it.")
            return Neighbour(NeighbourKind.HL7, is_open=True, says=says)
        case MllpEnding.SILENT:
            says = say(
                "It takes a connection from anybody and waits, as HL7 v2 servers do. No message was sent."
            )
            return Neighbour(NeighbourKind.HL7, is_open=None, says=says)
        case MllpEnding.CLOSED | MllpEnding.OTHER:
            return None


def _fhir(answers: Sequence[WebAnswered], facts: Sequence[Fact]) -> Neighbour:
    asked = [fact for fact in answers if _DESCRIBES not in fact.asked]
    patients, studies = _own_figures(facts)
    if any(fact.as_specified for fact in asked):
        says = say("It tells anybody how many patients or studies it holds, with no login.")
        return Neighbour(NeighbourKind.FHIR, is_open=True, says=says, patients=patients, studies=studies)
    if asked and all(guards_of(fact) for fact in asked):
        says = say("It describes itself to anybody, and asks for a login before it answers about patients.")
        return Neighbour(NeighbourKind.FHIR, is_open=False, says=says)
    says = say("It describes itself to anybody. Whether it answers about patients was not learnt.")
    return Neighbour(NeighbourKind.FHIR, is_open=None, says=says)


def _own_figures(facts: Sequence[Fact]) -> tuple[Count, Count]:
    found: dict[Things, Count] = {}
    for fact in facts:
        if isinstance(fact, ProductCounted) and fact.product == FHIR:
            for counter in fact.counters:
                if counter.value is not None:
                    found.setdefault(counter.things, Claimed(counter.value))
    return found.get(Things.PATIENTS, Unknown()), found.get(Things.STUDIES, Unknown())


def neighbour_says(neighbour: Neighbour) -> Message:
    """What was seen of it, and its own figures where it gave any."""
    figures = [
        amount(count.value, things)
        for things, count in ((Things.PATIENTS, neighbour.patients), (Things.STUDIES, neighbour.studies))
        if not isinstance(count, Unknown)
    ]
    if not figures:
        return say("{only}", only=neighbour.says)
    return say("{says} By its own figures: {figures}.", says=neighbour.says, figures=listed(figures))
