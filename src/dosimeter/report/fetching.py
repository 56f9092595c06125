"""Whether what an archive lists can be fetched too, and whether it lists anything but a worklist."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from dosimeter.dicom.uids import PATIENT_ROOT_GET, STUDY_ROOT_GET
from dosimeter.exposure.evidence import Outcome, query_outcome, retrieve_outcome
from dosimeter.exposure.web_evidence import guards_of
from dosimeter.model.facts import (
    AssociationAccepted,
    Fact,
    NullQueryAnswered,
    NullRetrieveAnswered,
    QueryService,
)
from dosimeter.model.target import ON_WEB, Service
from dosimeter.model.verdict import Exposure
from dosimeter.model.web import Purpose, WebAnswered

_GET: Final = frozenset((STUDY_ROOT_GET, PATIENT_ROOT_GET))


def lets_fetch(facts: Sequence[Fact], exposure: Exposure, service: Service) -> bool | None:
    """Whether whoever was answered a query was answered a null retrieve too; None where it is not known.

    Whoever was refused every GET context (PS3.8 Table 9-18) could not ask, and cannot fetch. Over HTTP a
    null retrieve is WADO-RS, WADO-URI or a product's own.
    """
    if exposure is Exposure.RETRIEVABLE:
        return True
    if service in ON_WEB:
        return _fetches_over_http(facts)
    stranger = exposure is not Exposure.NAME_GATED
    outcomes = {
        retrieve_outcome(fact)
        for fact in facts
        if isinstance(fact, NullRetrieveAnswered) and fact.titles.stranger is stranger
    }
    if Outcome.ANSWERED in outcomes:
        return True
    if not outcomes:
        return False if _refuses_get(facts, stranger=stranger) else None
    return False if outcomes == {Outcome.REFUSED} else None


def _fetches_over_http(facts: Iterable[Fact]) -> bool | None:
    asked = [fact for fact in facts if isinstance(fact, WebAnswered) and fact.purpose is Purpose.RETRIEVE]
    if any(fact.as_specified for fact in asked):
        return True
    return False if asked and all(guards_of(fact) for fact in asked) else None


def answers_qido(facts: Iterable[Fact]) -> bool:
    """Whether a null query over QIDO-RS was answered as its specification says."""
    return any(
        isinstance(fact, WebAnswered)
        and fact.purpose is Purpose.QUERY
        and fact.asked.startswith("qido_rs")
        and fact.as_specified
        for fact in facts
    )


def _refuses_get(facts: Sequence[Fact], *, stranger: bool) -> bool:
    """Whether all titles that were answered a query were refused both GET contexts, in so many words."""
    answered = {
        fact.titles
        for fact in facts
        if isinstance(fact, NullQueryAnswered)
        and fact.titles.stranger is stranger
        and query_outcome(fact) is Outcome.ANSWERED
    }
    associated = [
        fact
        for fact in facts
        if isinstance(fact, AssociationAccepted) and fact.titles in answered and _was_offered_get(fact)
    ]
    refused = {fact.titles for fact in associated if {one.abstract_syntax for one in fact.refused} >= _GET}
    accepted = any(_GET & set(fact.accepted) for fact in associated)
    return bool(answered) and refused == answered and not accepted


def _was_offered_get(fact: AssociationAccepted) -> bool:
    """The association of the census proposes no GET context, and none is refused."""
    return bool(_GET & {*fact.accepted, *(one.abstract_syntax for one in fact.refused)})


def worklist_only(facts: Iterable[Fact], exposure: Exposure) -> bool:
    """Whether every query but the worklist's was refused, or has no service to ask it of."""
    stranger = exposure is not Exposure.NAME_GATED
    answered, others = False, set()
    for fact in facts:
        if isinstance(fact, NullQueryAnswered) and fact.titles.stranger is stranger:
            if fact.service is QueryService.WORKLIST:
                answered = answered or query_outcome(fact) is Outcome.ANSWERED
            else:
                others.add(query_outcome(fact))
    return answered and others <= {Outcome.REFUSED}
