"""When a rule applies. Each predicate returns a `Hit`, which points at the fact, or None.

A hit carries the words that fill the rule's sentence: messages of our own, numbers, or clean text of a
peer (`ServerText`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from dosimeter.dicom.uids import (
    MODALITY_WORKLIST_FIND,
    PATIENT_ROOT_FIND,
    PATIENT_ROOT_GET,
    STUDY_ROOT_GET,
)
from dosimeter.exposure.case import Case
from dosimeter.exposure.evidence import (
    ASSOCIATE_PROBE,
    CALLED_TITLE,
    CALLING_TITLE,
    RETRIEVE_PROBE,
    TITLES_PROBE,
    Outcome,
    Question,
    is_title_rejection,
)
from dosimeter.exposure.left_open import (
    PATIENT_ROOT_PROBE,
    WORKLIST_PROBE,
)
from dosimeter.exposure.product import DCMTK
from dosimeter.exposure.words import (
    CAUSE_WORDS,
    PROBE_WORDS,
    SERVICE_WORDS,
    SIGNATURE_WORDS,
    ending_words,
    rejection_words,
    titles_words,
    version_words,
)
from dosimeter.model.attempt import Cause
from dosimeter.model.facts import Ending, QueryService
from dosimeter.model.message import Argument, listed, many, say, semicolons
from dosimeter.model.target import Service
from dosimeter.model.verdict import Decoy, DecoyTier

Words = Mapping[str, Argument]

NO_FACT: Final = "none"
"""The pointer of a reason that rests on nothing having been learnt."""

_CLOSED: Final = frozenset({Cause.CLOSED_EARLY})
_BROKE_THE_RULES: Final = frozenset({Cause.BAD_PEER})
_NO_HANDSHAKE: Final = frozenset({Cause.TLS_FAILED, Cause.CLOSED_EARLY, Cause.TIMED_OUT, Cause.BAD_PEER})
"""How a port that does not speak TLS answers a ClientHello."""

_DCMTK_WORDS: Final = say("DCMTK, as Orthanc and others that are built on it do")
_ONE_LEFT_OPEN: Final = say("was left open")
_SEVERAL_LEFT_OPEN: Final = say("were left open")
_A_QUESTION: Final = say("a question")
_NOT_DICOM: Final = say("something that is not DICOM")
_A_TITLE_IS_A_NAME: Final = say(
    "An AE title is a name, not a secret: every vendor who ever serviced the machine knows it."
)
_TIERS: Final = {
    DecoyTier.LOW: say("low"),
    DecoyTier.MEDIUM: say("medium"),
    DecoyTier.HIGH: say("high"),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule applies: the fact it rests on, and the words of its sentence."""

    pointer: str
    words: Words | None = None


def not_asked(case: Case) -> Hit | None:
    """Every question was skipped: nothing was sent there."""
    evidence = case.evidence
    if evidence.any_fact or evidence.failures or evidence.not_dicom_pointer or not evidence.skipped:
        return None
    return Hit(NO_FACT, {"why": evidence.skipped[0].why})


def always(_case: Case) -> Hit | None:
    """Nothing was seen at all: the last rung of the table."""
    return Hit(NO_FACT)


# What strangers were answered.


def retrieve_answered(case: Case) -> Hit | None:
    """A null retrieve and a null query of a stranger were answered."""
    question = case.open_retrieve
    if question is None or not case.open_query:
        return None
    return Hit(question.pointer, {"how": ending_words(question.ending, question.status)})


def retrieve_answered_alone(case: Case) -> Hit | None:
    """A null retrieve of a stranger was answered, no query was."""
    question = case.open_retrieve
    return None if question is None else Hit(question.pointer)


def study_query_answered(case: Case) -> Hit | None:
    """A null query on Study Root or Patient Root was answered."""
    question = case.open_study
    return None if question is None else Hit(question.pointer, {"root": SERVICE_WORDS[question.service]})


def worklist_answered(case: Case) -> Hit | None:
    """The null worklist query was answered."""
    question = case.open_worklist
    return None if question is None else Hit(question.pointer)


def query_ignores_keys(case: Case) -> Hit | None:
    """A null query found what cannot exist."""
    question = case.canned
    return None if question is None else Hit(question.pointer, {"root": SERVICE_WORDS[question.service]})


# What listed AE titles opened.


def title_opens_queries(case: Case) -> Hit | None:
    """A study query was answered under a listed title."""
    return _opened(case, lambda question: not question.retrieve and not _is_worklist(question))


def title_opens_worklist(case: Case) -> Hit | None:
    """A worklist query was answered under a listed title."""
    return _opened(case, _is_worklist)


def title_opens_retrieve(case: Case) -> Hit | None:
    """A null retrieve was answered under a listed title."""
    return _opened(case, lambda question: question.retrieve)


def _opened(case: Case, counts: Callable[[Question], bool]) -> Hit | None:
    if not case.opened or case.open_to_strangers:
        return None
    questions = [question for question in case.opened if counts(question)]
    if not questions:
        return None
    titles = tuple(dict.fromkeys(question.titles for question in questions))
    return Hit(questions[0].pointer, {"titles": titles_words(titles), "names": _A_TITLE_IS_A_NAME})


def _is_worklist(question: Question) -> bool:
    return question.service is QueryService.WORKLIST and not question.retrieve


# What cannot be called safe.


def contradicts_itself(case: Case) -> Hit | None:
    """Two facts that cannot both be true."""
    return None if case.contradiction is None else Hit(case.contradiction)


def left_open(case: Case) -> Hit | None:
    """A question that matters was left open."""
    if not case.undecided:
        return None
    first = case.undecided[0]
    alike = [each for each in case.undecided if each.why == first.why]
    others = len(case.undecided) - len(alike)
    questions = list(dict.fromkeys(PROBE_WORDS.get(each.probe, _A_QUESTION) for each in alike))
    one = len(questions) == 1
    words: Words = {
        "questions": listed(questions),
        "open": _ONE_LEFT_OPEN if one else _SEVERAL_LEFT_OPEN,
        "why": first.why if one else first.why_of_several or first.why,
        "more": more_left_open(others),
    }
    return Hit(first.pointer, words)


def more_left_open(others: int) -> str:
    """How many more, behind what was said of one; nothing of none."""
    if not others:
        return ""
    return many("; {number} more left open", "; {number} more left open", others)


def held_back(case: Case) -> Hit | None:
    """The association was accepted, and the touch of the survey allows no query."""
    if case.association is None or not case.undecided:
        return None
    return Hit(case.association.pointer) if all(each.held_back for each in case.undecided) else None


def left_open_inside(case: Case) -> Hit | None:
    """A question was left open inside an accepted association."""
    return None if case.association is None else left_open(case)


def busy(case: Case) -> Hit | None:
    """The association was refused for now."""
    rejected = case.evidence.busy
    if rejected is None or case.association is not None:
        return None
    return Hit(rejected.pointer, {"reason": rejection_words(rejected.fact)})


def answers_brokenly(case: Case) -> Hit | None:
    """The association request was answered in DICOM, but not as PS3.8 allows."""
    if not case.speaks_dicom or case.association is not None:
        return None
    return _failed_at_the_door(case, _BROKE_THE_RULES)


def closed_in_clear(case: Case) -> Hit | None:
    """Asked in clear, it closed or reset the connection without a word."""
    if case.speaks_dicom or case.service is not Service.DICOM:
        return None
    return _failed_at_the_door(case, _CLOSED)


def nothing_inside_tls(case: Case) -> Hit | None:
    """Asked inside TLS because the scope says so, and there was no handshake."""
    if case.speaks_dicom or not case.tls_unfinished or case.evidence.wants_tls is not None:
        return None
    return _failed_at_the_door(case, _NO_HANDSHAKE)


def _failed_at_the_door(case: Case, causes: frozenset[Cause]) -> Hit | None:
    for each in case.undecided:
        if each.probe == ASSOCIATE_PROBE and each.cause in causes:
            return Hit(each.pointer, {"why": each.why})
    return None


def silent(case: Case) -> Hit | None:
    """No DICOM was heard, and the question was left open."""
    if case.speaks_dicom or not case.undecided:
        return None
    first = case.undecided[0]
    return Hit(first.pointer, {"why": first.why})


def wants_tls(case: Case) -> Hit | None:
    """It answered in TLS, and nothing was learnt inside TLS."""
    pointer = case.evidence.wants_tls
    return None if pointer is None else Hit(pointer)


# What refused.


def refuses_queries(case: Case) -> Hit | None:
    """The association was accepted and its queries were refused."""
    question = case.refused
    if case.association is None or question is None:
        return None
    weaker = (
        say(" A close without A-ABORT may also be a fault of the software: a weaker sign of a guard.")
        if question.ending is Ending.CLOSE
        else ""
    )
    refused = dict.fromkeys(
        say(
            "the {root} null query {ending}",
            root=SERVICE_WORDS[each.service],
            ending=ending_words(each.ending, each.status),
        )
        for each in case.evidence.queries
        if each.outcome is Outcome.REFUSED
    )
    return Hit(question.pointer, {"refused": semicolons(tuple(refused)), "weaker": weaker})


def takes_no_queries(case: Case) -> Hit | None:
    """The association was accepted, without any query service."""
    return None if case.association is None else Hit(case.association.pointer)


def rejects_calling(case: Case) -> Hit | None:
    """Rejected with: calling AE title not recognised."""
    return _rejects_title(case, CALLING_TITLE)


def rejects_called(case: Case) -> Hit | None:
    """Rejected with: called AE title not recognised."""
    return _rejects_title(case, CALLED_TITLE)


def _rejects_title(case: Case, reason: int) -> Hit | None:
    rejected = case.evidence.rejection
    if rejected is None or not is_title_rejection(rejected.fact) or rejected.fact.reason != reason:
        return None
    return Hit(rejected.pointer, {"reason": rejection_words(rejected.fact)})


def rejects(case: Case) -> Hit | None:
    """Rejected with any other codes."""
    rejected = case.evidence.rejection
    return None if rejected is None else Hit(rejected.pointer, {"reason": rejection_words(rejected.fact)})


def aborts(case: Case) -> Hit | None:
    """A-ABORT in answer to the association request."""
    aborted = case.evidence.aborted
    return None if aborted is None else Hit(aborted.pointer)


def demands_certificate(case: Case) -> Hit | None:
    """TLS refused a client that showed no certificate."""
    tls = case.evidence.tls
    return Hit(tls.pointer) if case.demands_certificate and tls is not None else None


def is_not_dicom(case: Case) -> Hit | None:
    """It answered, and not in DICOM."""
    pointer = case.evidence.not_dicom_pointer
    if pointer is None:
        return None
    seen = case.evidence.not_dicom
    return Hit(pointer, {"what": SIGNATURE_WORDS[seen.fact.signature] if seen else _NOT_DICOM})


def is_unreachable(case: Case) -> Hit | None:
    """Nothing listens there."""
    failure = case.unreachable
    return None if failure is None else Hit(failure.pointer, {"why": CAUSE_WORDS[failure.cause]})


# Beside the ladder.


def storage_accepted(case: Case) -> Hit | None:
    """A stranger was granted storage contexts, and contexts of this peer mean something."""
    return None if _takes_anything(case) is not None else _storage(case)


def storage_accepted_like_anything(case: Case) -> Hit | None:
    """A stranger was granted storage contexts by a peer that grants any context."""
    return None if _takes_anything(case) is None else _storage(case)


def _storage(case: Case) -> Hit | None:
    storage = case.storage
    if storage is None or not storage.accepted:
        return None
    return Hit(storage.pointer, {"accepted": storage.accepted, "proposed": storage.proposed})


def _takes_anything(case: Case) -> str | None:
    for association in case.evidence.associations:
        if association.fact.accepts_made_up_service:
            return association.pointer
    return None


def worklist_refused(case: Case) -> Hit | None:
    """A worklist context was granted and the worklist query refused."""
    question = case.refused_worklist
    if question is None or case.open_worklist is not None:
        return None
    return Hit(question.pointer, {"how": ending_words(question.ending, question.status)})


def worklist_not_asked(case: Case) -> Hit | None:
    """A worklist context was granted, and the association ended before its turn."""
    return _query_not_asked(case, QueryService.WORKLIST, MODALITY_WORKLIST_FIND, WORKLIST_PROBE)


def patient_root_not_asked(case: Case) -> Hit | None:
    """A Patient Root context was granted, and the association ended before its turn."""
    return _query_not_asked(case, QueryService.PATIENT_ROOT, PATIENT_ROOT_FIND, PATIENT_ROOT_PROBE)


def _query_not_asked(case: Case, service: QueryService, syntax: str, probe: str) -> Hit | None:
    association = case.association
    if association is None or syntax not in association.fact.accepted or _is_left_open(case, probe):
        return None
    if any(question.service is service for question in case.evidence.queries):
        return None
    return Hit(association.pointer)


def _is_left_open(case: Case, probe: str) -> bool:
    """Whether another sentence says so already."""
    return any(each.probe == probe for each in case.undecided)


def retrieve_not_asked(case: Case) -> Hit | None:
    """A GET context was granted and no null retrieve was asked."""
    association, evidence = case.association, case.evidence
    if association is None or evidence.retrieves or evidence.retrieve_rejected is not None:
        return None
    if _is_left_open(case, RETRIEVE_PROBE):
        return None
    accepted = association.fact.accepted
    if STUDY_ROOT_GET not in accepted and PATIENT_ROOT_GET not in accepted:
        return None
    return Hit(association.pointer)


def contradicts_itself_openly(case: Case) -> Hit | None:
    """Contradictory facts beside an answer that stands."""
    return contradicts_itself(case) if case.open_to_strangers or case.opened else None


def left_open_beside_answer(case: Case) -> Hit | None:
    """A question left open beside an answer that stands."""
    return left_open(case) if case.open_to_strangers or case.opened else None


def in_clear(case: Case) -> Hit | None:
    """Patient data is answered without encryption."""
    tls = case.evidence.tls
    if tls is not None and tls.fact.protocol is not None:
        return None
    if case.service is not Service.DICOM:
        return None
    if case.open_to_strangers:
        question = case.open_retrieve or case.open_study or case.open_worklist or case.canned
    else:
        question = case.opened[0] if case.opened else None
    return None if question is None else Hit(question.pointer)


def listed_title_refused(case: Case) -> Hit | None:
    """A listed title was rejected, and none opened anything."""
    rejections = case.evidence.listed_rejections
    if not rejections or case.opened:
        return None
    first = rejections[0]
    return Hit(
        first.pointer,
        {"titles": titles_words((first.fact.titles,)), "reason": rejection_words(first.fact)},
    )


def listed_title_not_tried(case: Case) -> Hit | None:
    """A title of the scope was to be tried, and got no answer that says anything about it."""
    if case.opened or case.open_to_strangers:
        return None
    busy = case.evidence.listed_busy
    if busy is not None:
        titles = say(" ({titles})", titles=titles_words((busy.fact.titles,)))
        why = say("it was refused {reason}", reason=rejection_words(busy.fact))
        return Hit(busy.pointer, {"titles": titles, "why": why})
    for failure in case.evidence.failures:
        if failure.probe == TITLES_PROBE:
            return Hit(failure.pointer, {"titles": "", "why": CAUSE_WORDS[failure.cause]})
    return None


def names_product(case: Case) -> Hit | None:
    """It announces an identity that is known."""
    identity = case.identity
    if identity is None or identity.product is None:
        return None
    product = identity.product
    name = _DCMTK_WORDS if product.name == DCMTK else product.name
    return Hit(identity.pointer, {"product": version_words(name, product.version)})


def names_unknown_product(case: Case) -> Hit | None:
    """It announces an identity that is not in the table."""
    identity = case.identity
    if identity is None or identity.product is not None:
        return None
    announced = identity.version_name or identity.class_uid
    return None if announced is None else Hit(identity.pointer, {"announced": announced.text})


def decoy_words(decoy: Decoy) -> Words:
    """Its tier, and its signs."""
    return {"tier": _TIERS[decoy.tier], "signs": semicolons(decoy.reasons)}


def looks_like_decoy(case: Case) -> Hit | None:
    """At least one sign of a decoy."""
    decoy, pointer = case.suspicion.decoy, case.suspicion.pointer
    if pointer is None:
        return None
    return Hit(pointer, decoy_words(decoy))
