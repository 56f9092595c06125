"""The questions that matter and were left open: which, why, and where that is seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dosimeter.dicom.uids import MODALITY_WORKLIST_FIND, PATIENT_ROOT_FIND, STUDY_ROOT_FIND
from dosimeter.exposure.evidence import (
    ASSOCIATE_PROBE,
    RETRIEVE_PROBE,
    TITLES_PROBE,
    Evidence,
    Failure,
    Outcome,
    Pointed,
    Question,
)
from dosimeter.exposure.words import CAUSE_WORDS, TLS_BROKEN, ending_words
from dosimeter.model.attempt import Cause
from dosimeter.model.facts import AssociationAccepted, Ending, QueryService
from dosimeter.model.message import say

PATIENT_ROOT_PROBE: Final = "null_query_patient_root"
WORKLIST_PROBE: Final = "null_query_worklist"

_QUERIES: Final = (
    (QueryService.STUDY_ROOT, STUDY_ROOT_FIND, "null_query_study_root"),
    (QueryService.PATIENT_ROOT, PATIENT_ROOT_FIND, PATIENT_ROOT_PROBE),
    (QueryService.WORKLIST, MODALITY_WORKLIST_FIND, WORKLIST_PROBE),
)
_QUERY_PROBES: Final = frozenset(probe for _, _, probe in _QUERIES)
_NOT_A_RUNG: Final = frozenset({TITLES_PROBE, "dicom_echo", "tls_posture"})
"""Probes whose failure leaves the question of what a stranger may do where it was."""

_TOUCH: Final = say("the touch of this survey does not allow it")

_HANDSHAKE_ENDED: Final = frozenset({Cause.TLS_FAILED, Cause.CLOSED_EARLY})
"""How an acceptor that demands a client certificate ends the connection (RFC 8446 §4.4.2.4)."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """A question that matters and was left open: which probe asks it, why, where that is seen.

    ``cause`` is why it failed, None if it did not. ``held_back`` if no question of the survey goes
    so far: its touch does not allow it. ``why_of_several`` is why of several such questions, where that reads
    otherwise.
    """

    probe: str
    why: str
    pointer: str
    cause: Cause | None = None
    held_back: bool = False
    why_of_several: str | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """What was seen of the way in, as far as it decides what is still open.

    ``demands_certificate``: TLS refused a client that showed none. ``tls_unfinished``: asked inside
    TLS, and no handshake came to its end. ``ended`` if the stranger's association ended at a query
    that was refused. ``any_undecided`` if the answer to some question decides nothing.
    """

    association: Pointed[AssociationAccepted] | None
    demands_certificate: bool
    tls_unfinished: bool
    ended: bool
    any_undecided: bool


def questions_left_open(evidence: Evidence, door: Door) -> tuple[Undecided, ...]:
    """Every question that matters and has no answer that decides it, in the order they are asked."""
    found = _queries_left_open(evidence, door)
    if door.any_undecided:
        found.extend(_unclear(evidence.retrieves, RETRIEVE_PROBE))
    for failure in evidence.failures:
        if failure.probe in _QUERY_PROBES or failure.probe in _NOT_A_RUNG:
            continue
        if door.demands_certificate and failure.cause in _HANDSHAKE_ENDED:
            continue
        if not _superseded(failure, evidence):
            found.append(_failed(failure, door))
    return tuple(found)


def _queries_left_open(evidence: Evidence, door: Door) -> list[Undecided]:
    found: list[Undecided] = []
    association = door.association
    accepted = association.fact.accepted if association is not None else ()
    for service, syntax, probe in _QUERIES:
        asked = [question for question in evidence.queries if question.service is service]
        if asked:
            if door.any_undecided:
                found.extend(_unclear(asked, probe))
        elif (failure := _failure_of(evidence, probe)) is not None:
            found.append(_failed(failure, door))
        elif association is not None and syntax in accepted and not door.ended:
            found.append(_not_asked(evidence, probe, association.pointer))
    return found


def _not_asked(evidence: Evidence, probe: str, pointer: str) -> Undecided:
    """A query that was possible: held back by the touch, or why it was skipped."""
    skipped = next((each for each in evidence.skipped if each.probe == probe), None)
    if skipped is None:
        return Undecided(probe, _TOUCH, pointer, held_back=True)
    echo = evidence.echo
    if echo is not None and echo.fact.ending is not Ending.STATUS:
        how = ending_words(echo.fact.ending, echo.fact.status)
        return Undecided(probe, say("the association was over before: C-ECHO {how}", how=how), echo.pointer)
    return Undecided(
        probe,
        say("it was not asked ({why})", why=skipped.why),
        pointer,
        why_of_several=say("they were not asked ({why})", why=skipped.why),
    )


def _superseded(failure: Failure, evidence: Evidence) -> bool:
    """Whether the question that failed has its answer from another attempt."""
    if failure.probe == RETRIEVE_PROBE:
        return bool(evidence.retrieves) or evidence.retrieve_rejected is not None
    if failure.probe == ASSOCIATE_PROBE:
        return bool(evidence.associations) or evidence.rejection is not None or evidence.aborted is not None
    return evidence.speaks_dicom


def _unclear(asked: list[Question] | tuple[Question, ...], probe: str) -> list[Undecided]:
    if any(question.answered for question in asked):
        return []
    return [_undecided(question, probe) for question in asked if question.outcome is Outcome.UNDECIDED]


def _undecided(question: Question, probe: str) -> Undecided:
    ending = ending_words(question.ending, question.status)
    return Undecided(
        probe,
        say("it {ending}", ending=ending),
        question.pointer,
        why_of_several=say("each {ending}", ending=ending),
    )


def _failure_of(evidence: Evidence, probe: str) -> Failure | None:
    for failure in evidence.failures:
        if failure.probe == probe:
            return failure
    return None


def _failed(failure: Failure, door: Door) -> Undecided:
    broke_tls = door.tls_unfinished and failure.cause is Cause.BAD_PEER
    why = TLS_BROKEN if broke_tls else CAUSE_WORDS[failure.cause]
    return Undecided(failure.probe, why, failure.pointer, failure.cause)
