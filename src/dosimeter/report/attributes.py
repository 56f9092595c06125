"""The personal attributes of an archive: what was sampled, or what it must return and nobody looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dosimeter.exposure.attributes import Attribute, attribute_of, obliged
from dosimeter.model.message import Message, commas, listed, say
from dosimeter.model.verdict import Exposure
from dosimeter.report.archive import OPEN_TO_ANYBODY, Findings

_DIMSE: Final = "PS3.4 Table C.6-5"
_QIDO_RS: Final = "PS3.18 Table 10.6.3-3"
_WORKLIST: Final = "PS3.4 Table K.6-1"


@dataclass(frozen=True, slots=True)
class Obliged:
    """An attribute that the standard obliges a server to return, its plain name, and where it says so."""

    attribute: str
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class Attributes:
    """``looked`` says whether answers were sampled; ``obliged`` is what is returned in any case.

    ``obliged`` is empty where no query was answered whose answers the standard lays down.
    """

    looked: bool
    obliged: tuple[Obliged, ...]


def attributes_of(findings: Findings) -> Attributes | None:
    """None for an archive that answers nobody, and was not sampled."""
    exposure = findings.verdict.exposure
    opens = exposure in OPEN_TO_ANYBODY or exposure is Exposure.NAME_GATED
    if not findings.samples and not (opens and findings.is_archive):
        return None
    looked = bool(findings.samples)
    if findings.worklist_only:
        return Attributes(looked, _OF_A_WORKLIST)
    over_qido = findings.over_qido
    source = _QIDO_RS if over_qido else _DIMSE
    table = obliged(over_dimse=findings.over_dimse, over_qido=over_qido)
    return Attributes(looked, tuple(_obliged(each, source) for each in table))


def _obliged(attribute: Attribute, source: str) -> Obliged:
    why = source if attribute.over_qido else _DIMSE
    return Obliged(attribute.keyword, attribute.name, why)


def obliged_in_words(known: Attributes) -> Message:
    """``name, first name and patient identifier (PS3.4 Table C.6-5)``; empty where nothing is laid down."""
    if not known.obliged:
        return say("")
    return say(
        "{attributes} ({sources})",
        attributes=listed([each.label for each in known.obliged]),
        sources=commas(list(dict.fromkeys(each.why for each in known.obliged))),
    )


def not_looked_in_words(known: Attributes) -> Message:
    """The sentence of an archive whose answers nobody looked at."""
    words = obliged_in_words(known)
    if not words:
        return say("Nobody looked, and the standard does not lay down what such an interface returns.")
    return say(
        "Nobody looked. The standard obliges an archive that answers such queries to return: {attributes}.",
        attributes=words,
    )


def attribute_label(attribute: str) -> str:
    """``patient identifier`` of ``PatientID``; the keyword of one that this version does not know."""
    known = attribute_of(attribute)
    return attribute if known is None else known.name


_OF_A_WORKLIST: Final = (
    Obliged("PatientName", say("name"), _WORKLIST),
    Obliged("PatientID", say("patient identifier"), _WORKLIST),
    Obliged("ScheduledProcedureStepStartDate", say("date of the examination"), _WORKLIST),
)

STANDING_OBLIGATIONS: Final = tuple(
    each.name for each in obliged(over_dimse=True, over_qido=False) if each.over_qido
)
"""What every kind of archive that answers queries for studies must return."""
