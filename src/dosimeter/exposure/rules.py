"""The rules, as a table: what each says, when it applies, how grave it is, where it is written.

`LADDER` is read from the top and the first rule that applies decides the exposure: what was proved
comes before what is unknown, and what is unknown before what is safe. A sentence holds our own words,
numbers and `ServerText` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from dosimeter.exposure import predicates
from dosimeter.exposure.case import Case
from dosimeter.exposure.predicates import Hit
from dosimeter.exposure.remedy.need import Need
from dosimeter.model.message import Message, Template, say
from dosimeter.model.verdict import Confidence, Exposure, Reason, Severity

RULESET_VERSION: Final = "2026.11.5"


CaseT = TypeVar("CaseT")
CaseT_contra = TypeVar("CaseT_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Rule(Generic[CaseT_contra]):
    """One row, of cases of one kind. ``says`` is for a security officer; ``needs`` is to be closed."""

    id: str
    severity: Severity
    says: Message | Template
    when: Callable[[CaseT_contra], Hit | None]
    reference: str
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Rung(Rule[CaseT_contra]):
    """A row of the ladder: the exposure it proves, and how that is known."""

    exposure: Exposure = Exposure.INCONCLUSIVE
    confidence: Confidence = Confidence.OBSERVED


def climb(ladder: Iterable[Rung[CaseT]], case: CaseT) -> tuple[Rung[CaseT], Hit]:
    """The first rung that applies; the last one always does."""
    for rung in ladder:
        hit = rung.when(case)
        if hit is not None:
            return rung, hit
    raise AssertionError("the last rung of the ladder applies to every case")


def reason_of(rule: Rule[CaseT], hit: Hit) -> Reason:
    """What a rule that applies says of this case."""
    says = rule.says.filled(hit.words or {}) if isinstance(rule.says, Template) else rule.says
    return Reason(rule.id, rule.severity, says, hit.pointer, rule.reference)


LADDER: Final[tuple[Rung[Case], ...]] = (
    Rung(
        "retrievable",
        Severity.CRITICAL,
        Template(
            "Answers strangers' queries and retrieve requests: a null retrieve {how} with nothing to send. "
            "Whoever reaches the port can list the examinations and fetch the images."
        ),
        predicates.retrieve_answered,
        "PS3.4 C.4.3",
        (Need.QUERY, Need.RETRIEVE),
        exposure=Exposure.RETRIEVABLE,
    ),
    Rung(
        "retrievable_uid_only",
        Severity.HIGH,
        say(
            "Answers strangers' retrieve requests, though none of their queries was seen answered: whoever "
            "knows or learns the UID of an examination can fetch its images."
        ),
        predicates.retrieve_answered_alone,
        "PS3.4 C.4.3",
        (Need.RETRIEVE,),
        exposure=Exposure.RETRIEVABLE,
    ),
    Rung(
        "queryable",
        Severity.HIGH,
        Template(
            "Answers strangers' queries ({root}): whoever reaches the port can list patients and "
            "examinations."
        ),
        predicates.study_query_answered,
        "PS3.4 C.4.1",
        (Need.QUERY,),
        exposure=Exposure.QUERYABLE,
    ),
    Rung(
        "queryable_worklist",
        Severity.HIGH,
        say(
            "Answers strangers' worklist queries: whoever reaches the port can list the patients who are "
            "expected, with names and dates. The list may be empty today."
        ),
        predicates.worklist_answered,
        "PS3.4 K.6.1",
        (Need.WORKLIST,),
        exposure=Exposure.QUERYABLE,
    ),
    Rung(
        "queryable_ignores_keys",
        Severity.HIGH,
        Template(
            "Sent records to a stranger who asked for an identifier that cannot exist ({root}). It is a "
            "decoy, or an archive so defective that it answers any question with records: its counts are "
            "not believed, and it is not safe."
        ),
        predicates.query_ignores_keys,
        "PS3.4 C.2.2.2.1",
        (Need.QUERY,),
        exposure=Exposure.QUERYABLE,
        confidence=Confidence.ANNOUNCED,
    ),
    Rung(
        "name_gated",
        Severity.MEDIUM,
        Template("Strangers were not answered, queries under a title of the scope were ({titles}). {names}"),
        predicates.title_opens_queries,
        "PS3.8 Table 9-21",
        (Need.TITLES,),
        exposure=Exposure.NAME_GATED,
    ),
    Rung(
        "name_gated_worklist",
        Severity.MEDIUM,
        Template(
            "Strangers were not answered, worklist queries under a title of the scope were "
            "({titles}). {names}"
        ),
        predicates.title_opens_worklist,
        "PS3.4 K.6.1",
        (Need.TITLES,),
        exposure=Exposure.NAME_GATED,
    ),
    Rung(
        "name_gated_retrieve",
        Severity.MEDIUM,
        Template(
            "Strangers were not answered, retrieve requests under a title of the scope were "
            "({titles}). {names}"
        ),
        predicates.title_opens_retrieve,
        "PS3.4 C.4.3",
        (Need.TITLES,),
        exposure=Exposure.NAME_GATED,
    ),
    Rung(
        "inconclusive_contradiction",
        Severity.LOW,
        say(
            "Contradicted itself: it gave two answers that cannot both be true. Ask again before calling "
            "it safe."
        ),
        predicates.contradicts_itself,
        "PS3.8 9.2",
    ),
    Rung(
        "inconclusive_touch",
        Severity.LOW,
        say(
            "Accepts a stranger's association. Whether it answers strangers' queries and retrieve requests "
            "is not known: the touch of this survey does not allow these questions. Survey again with the "
            "touch prove before calling it safe."
        ),
        predicates.held_back,
        "PS3.4 C.4.1.1.4",
    ),
    Rung(
        "inconclusive_questions",
        Severity.LOW,
        Template(
            "Accepted a stranger's association, but {questions} {open}, because {why}{more}. "
            "Ask again before calling it safe."
        ),
        predicates.left_open_inside,
        "PS3.4 C.4.1.1.4",
    ),
    Rung(
        "associates_refuses_queries",
        Severity.LOW,
        Template("Accepts a stranger's association and refused what it was asked in it: {refused}.{weaker}"),
        predicates.refuses_queries,
        "PS3.4 C.4.1.1.4",
        exposure=Exposure.ASSOCIATES,
    ),
    Rung(
        "associates_takes_no_queries",
        Severity.LOW,
        say("Accepts a stranger's association and offers it no query service: it answers no query."),
        predicates.takes_no_queries,
        "PS3.8 Table 9-18",
        exposure=Exposure.ASSOCIATES,
    ),
    Rung(
        "unreachable",
        Severity.INFO,
        Template("No connection: {why}."),
        predicates.is_unreachable,
        "RFC 9293 3.5.2",
        exposure=Exposure.UNREACHABLE,
    ),
    Rung(
        "inconclusive_busy",
        Severity.LOW,
        Template(
            "Refused the association {reason}: it is busy, which says nothing about its guards. Ask "
            "again later."
        ),
        predicates.busy,
        "PS3.8 Table 9-21",
    ),
    Rung(
        "inconclusive_broken_answer",
        Severity.LOW,
        say(
            "Answered a stranger's association request in DICOM, but not as PS3.8 allows. Nothing more was "
            "asked, so what it tells strangers is not known."
        ),
        predicates.answers_brokenly,
        "PS3.8 9.3.3",
    ),
    Rung(
        "inconclusive_closed",
        Severity.LOW,
        Template(
            "Not shown to speak DICOM, and not shown to be safe, because {why}. Many TLS servers do so when "
            "they are asked in clear: if this port speaks DICOM-TLS, list it in scope.tls_ports and survey "
            "again."
        ),
        predicates.closed_in_clear,
        "PS3.8 9.1.4, PS3.15 B.12",
    ),
    Rung(
        "inconclusive_no_handshake",
        Severity.LOW,
        Template(
            "Not shown to speak DICOM, and not shown to be safe: asked inside TLS, {why}. If this port "
            "speaks DICOM in clear, take it out of scope.tls_ports and survey again."
        ),
        predicates.nothing_inside_tls,
        "RFC 8446 4.1, PS3.15 B.12",
    ),
    Rung(
        "inconclusive_unclear",
        Severity.LOW,
        Template("Not shown to speak DICOM, and not shown to be safe, because {why}."),
        predicates.silent,
        "PS3.8 9.1.4",
    ),
    Rung(
        "inconclusive_open_question",
        Severity.LOW,
        Template("Left open: {questions}, because {why}{more}. Ask again before calling it safe."),
        predicates.left_open,
        "PS3.8 9.1.4",
    ),
    Rung(
        "guarded_calling_title",
        Severity.INFO,
        Template(
            "Refused a stranger's association {reason}. Codes mislead: read it as refused, with the reason "
            "as stated."
        ),
        predicates.rejects_calling,
        "PS3.8 Table 9-21",
        exposure=Exposure.GUARDED,
    ),
    Rung(
        "guarded_called_title",
        Severity.INFO,
        Template(
            "Refused a stranger's association {reason}. Codes mislead: this one may also mean that the "
            "calling title is unknown."
        ),
        predicates.rejects_called,
        "PS3.8 Table 9-21",
        exposure=Exposure.GUARDED,
    ),
    Rung(
        "guarded_rejection",
        Severity.INFO,
        Template(
            "Refused a stranger's association {reason}. Codes mislead: this may also mean that no offered "
            "service suits, or that a user identity is wanted."
        ),
        predicates.rejects,
        "PS3.8 Table 9-21",
        exposure=Exposure.GUARDED,
    ),
    Rung(
        "guarded_abort",
        Severity.INFO,
        say(
            "Answered a stranger's association request with A-ABORT: it speaks DICOM and gave no reason. "
            "A weaker statement than a rejection."
        ),
        predicates.aborts,
        "PS3.8 9.3.8",
        exposure=Exposure.GUARDED,
    ),
    Rung(
        "guarded_client_certificate",
        Severity.INFO,
        say(
            "Refuses, inside TLS, whoever shows no client certificate; what it speaks behind that "
            "was not seen."
        ),
        predicates.demands_certificate,
        "PS3.15 B.12",
        exposure=Exposure.GUARDED,
    ),
    Rung(
        "not_dicom",
        Severity.INFO,
        Template("Answered an association request with {what}: this port does not speak DICOM."),
        predicates.is_not_dicom,
        "PS3.8 9.3.1",
        exposure=Exposure.NOT_DICOM,
    ),
    Rung(
        "inconclusive_tls",
        Severity.LOW,
        say(
            "Wants TLS, and nothing was learnt inside TLS: name the port for DICOM-TLS in the scope and "
            "ask again."
        ),
        predicates.wants_tls,
        "PS3.15 B.12",
    ),
    Rung(
        "inconclusive_not_asked",
        Severity.LOW,
        Template("Not asked ({why}): what is there is not known."),
        predicates.not_asked,
        "PS3.8 9.1.4",
    ),
    Rung(
        "inconclusive_nothing_seen",
        Severity.LOW,
        say("Nothing was learnt: there is no record of a question."),
        predicates.always,
        "PS3.8 9.1.4",
    ),
)

SAID_BY_RUNG: Final = {
    "inconclusive_touch": frozenset({"retrieve_not_asked"}),
    "queryable": frozenset({"query_answered"}),
    "queryable_worklist": frozenset({"worklist_answered"}),
    "queryable_ignores_keys": frozenset({"query_ignores_keys"}),
    "name_gated_worklist": frozenset({"title_opens_worklist"}),
    "name_gated_retrieve": frozenset({"title_opens_retrieve"}),
}
"""Findings that would repeat what the rung has just said."""
