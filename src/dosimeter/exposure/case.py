"""What the evidence amounts to, before the rules put it into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from dosimeter.exposure.decoy import Suspicion, judge_decoy
from dosimeter.exposure.evidence import ASSOCIATE_PROBE, Evidence, Failure, Outcome, Pointed, Question
from dosimeter.exposure.left_open import Door, Undecided, questions_left_open
from dosimeter.exposure.product import Identity, identify
from dosimeter.model.attempt import Cause
from dosimeter.model.census import Census
from dosimeter.model.facts import AssociationAccepted, ClientCertificate, Ending, QueryService
from dosimeter.model.target import Service

_STORAGE_PREFIX: Final = "1.2.840.10008.5.1.4.1.1."
"""Every SOP class of PS3.4 Table B.5-1 that an archive of images takes starts so."""

_DOWN: Final = frozenset({Cause.REFUSED, Cause.UNREACHABLE})


@dataclass(frozen=True, slots=True)
class Storage:
    """How many of the proposed storage contexts a stranger was granted."""

    accepted: int
    proposed: int
    pointer: str


@dataclass(frozen=True, slots=True)
class Case:
    """One endpoint's evidence, with what a stranger (or a listed title) obtained.

    ``open_study``, ``open_worklist`` and ``open_retrieve`` honour their keys; ``canned`` found what
    cannot exist. ``opened`` were answered under listed titles. ``seen_at`` is when it was asked.
    ``tls_unfinished``: asked inside TLS, and no handshake came to its end. ``census`` is what was counted.
    """

    evidence: Evidence
    service: Service
    seen_at: datetime | None
    host: str | None
    association: Pointed[AssociationAccepted] | None
    speaks_dicom: bool
    open_study: Question | None
    open_worklist: Question | None
    open_retrieve: Question | None
    canned: Question | None
    refused: Question | None
    refused_worklist: Question | None
    undecided: tuple[Undecided, ...]
    contradiction: str | None
    unreachable: Failure | None
    demands_certificate: bool
    tls_unfinished: bool
    opened: tuple[Question, ...]
    storage: Storage | None
    identity: Identity | None
    suspicion: Suspicion
    census: Census

    @property
    def open_query(self) -> bool:
        """Whether any query of a stranger was answered."""
        return self.open_study is not None or self.open_worklist is not None or self.canned is not None

    @property
    def open_to_strangers(self) -> bool:
        """Whether a stranger was answered at all."""
        return self.open_query or self.open_retrieve is not None


@dataclass(slots=True)
class _Answers:
    """The stranger's questions, sorted by outcome."""

    study: Question | None = None
    worklist: Question | None = None
    retrieve: Question | None = None
    canned: Question | None = None
    refused: Question | None = None
    refused_worklist: Question | None = None
    retrieve_refused: bool = False
    any_undecided: bool = False
    association_ended: bool = False
    contradiction: str | None = None


def build_case(
    evidence: Evidence,
    service: Service,
    seen_at: datetime | None,
    census: Census,
    host: str | None = None,
) -> Case:
    """Decide what each question proved and what was left open."""
    association = evidence.associations[0] if evidence.associations else None
    answers = _sort_answers(evidence)
    identity = identify(evidence)
    demands = evidence.tls is not None and (
        evidence.tls.fact.client_certificate is ClientCertificate.REQUIRED and association is None
    )
    tls_unfinished = service is Service.DICOM_TLS and (
        evidence.tls is None or evidence.tls.fact.protocol is None
    )
    door = Door(association, demands, tls_unfinished, answers.association_ended, answers.any_undecided)
    return Case(
        evidence=evidence,
        service=service,
        seen_at=seen_at,
        host=host,
        association=association,
        speaks_dicom=evidence.speaks_dicom or (not tls_unfinished and _answers_brokenly(evidence)),
        open_study=answers.study,
        open_worklist=answers.worklist,
        open_retrieve=answers.retrieve,
        canned=answers.canned,
        refused=answers.refused,
        refused_worklist=answers.refused_worklist,
        undecided=questions_left_open(evidence, door),
        contradiction=answers.contradiction or _contradiction(evidence),
        unreachable=_unreachable(evidence),
        demands_certificate=demands,
        tls_unfinished=tls_unfinished,
        opened=tuple(question for question in evidence.listed if question.answered)
        if evidence.listed
        else (),
        storage=_storage(evidence) if association is not None else None,
        identity=identity,
        suspicion=judge_decoy(evidence, identity),
        census=census,
    )


def _answers_brokenly(evidence: Evidence) -> bool:
    """Whether the association request was answered in DICOM, though not as PS3.8 allows.

    A bad peer of which no whole PDU was seen shows `NotDicomSeen` too, and is not shown to speak DICOM.
    """
    if evidence.not_dicom is not None:
        return False
    for failure in evidence.failures:
        if failure.probe == ASSOCIATE_PROBE and failure.cause is Cause.BAD_PEER:
            return True
    return False


def _sort_answers(evidence: Evidence) -> _Answers:
    answers = _Answers()
    for question in evidence.queries:
        _sort_query(question, answers)
    for question in evidence.retrieves:
        if question.outcome is Outcome.ANSWERED:
            answers.retrieve = answers.retrieve or question
        elif question.outcome is Outcome.REFUSED:
            answers.retrieve_refused = True
        else:
            answers.any_undecided = True
    if answers.refused is not None or answers.retrieve_refused:
        answers.contradiction = _answered_and_refused(evidence)
    return answers


def _sort_query(question: Question, answers: _Answers) -> None:
    """Keep the first of each outcome."""
    worklist = question.service is QueryService.WORKLIST
    if question.outcome is Outcome.ANSWERED:
        if worklist:
            answers.worklist = answers.worklist or question
        else:
            answers.study = answers.study or question
    elif question.outcome is Outcome.IGNORES_KEYS:
        answers.canned = answers.canned or question
    elif question.outcome is Outcome.REFUSED:
        answers.association_ended = answers.association_ended or question.ending is not Ending.STATUS
        if worklist:
            answers.refused_worklist = answers.refused_worklist or question
        answers.refused = answers.refused or question
    else:
        answers.any_undecided = True


def _answered_and_refused(evidence: Evidence) -> str | None:
    """The pointer of a question that was refused although the same one was answered."""
    questions = evidence.queries + evidence.retrieves
    answered = {(question.service, question.retrieve) for question in questions if question.answered}
    for question in questions:
        if question.outcome is Outcome.REFUSED and (question.service, question.retrieve) in answered:
            return question.pointer
    return None


def _contradiction(evidence: Evidence) -> str | None:
    """The pointer of a fact that cannot be true beside the others."""
    if evidence.not_dicom_pointer is not None and evidence.speaks_dicom:
        return evidence.not_dicom_pointer
    if evidence.rejection is not None:
        if evidence.associations or evidence.aborted is not None:
            return evidence.rejection.pointer
    elif evidence.aborted is not None and evidence.associations:
        return evidence.aborted.pointer
    return None


def _unreachable(evidence: Evidence) -> Failure | None:
    """The failure that shows nothing listens there, if nothing else was seen."""
    if evidence.any_fact or evidence.not_dicom_pointer is not None or not evidence.failures:
        return None
    if all(failure.cause in _DOWN for failure in evidence.failures):
        return evidence.failures[0]
    return None


def _storage(evidence: Evidence) -> Storage | None:
    """Storage contexts over all of a stranger's associations; None if none was proposed."""
    best: Storage | None = None
    for association in evidence.associations:
        accepted = _count_storage(association.fact.accepted)
        refused = 0
        for context in association.fact.refused:
            if context.abstract_syntax.startswith(_STORAGE_PREFIX):
                refused += 1
        if accepted + refused and (best is None or accepted > best.accepted):
            best = Storage(accepted, accepted + refused, association.pointer)
    return best


@lru_cache(maxsize=1024)
def _count_storage(syntaxes: tuple[str, ...]) -> int:
    """Few combinations make up a whole survey, so each is counted once."""
    return sum(syntax.startswith(_STORAGE_PREFIX) for syntax in syntaxes)
