"""The rules, as a table: what each says, when it applies, how grave it is, where it is written.

`LADDER` is read from the top and the first rule that applies decides the exposure: what was proved
comes before what is unknown, and what is unknown before what is safe. Every rule of `FINDINGS` that
applies adds a reason. A sentence holds our own words, numbers and `ServerText` alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dosimeter.exposure import predicates
from dosimeter.exposure.case import Case
from dosimeter.exposure.predicates import Hit
from dosimeter.exposure.remedy.need import Need
from dosimeter.model.verdict import Confidence, Exposure, Severity

RULESET_VERSION: Final = "2026.11.1"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. ``says`` is for a security officer; ``needs`` are the things to be closed."""

    id: str
    severity: Severity
    says: str
    when: Callable[[Case], Hit | None]
    reference: str
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Rung(Rule):
    """A row of the ladder: the exposure it proves, and how that is known."""

    exposure: Exposure = Exposure.INCONCLUSIVE
    confidence: Confidence = Confidence.OBSERVED


_AT_NAME = "An AE title is a name, not a secret: every vendor who ever serviced the machine knows it."

LADDER: Final = (
    Rung(
        "retrievable",
        Severity.CRITICAL,
        "Answers strangers' queries and retrieve requests: a null retrieve {how} with nothing to send. "
        "Whoever reaches the port can list the examinations and fetch the images.",
        predicates.retrieve_answered,
        "PS3.4 C.4.3",
        (Need.QUERY, Need.RETRIEVE),
        exposure=Exposure.RETRIEVABLE,
    ),
    Rung(
        "retrievable_uid_only",
        Severity.HIGH,
        "Answers strangers' retrieve requests, though none of their queries was seen answered: whoever knows "
        "or learns the UID of an examination can fetch its images.",
        predicates.retrieve_answered_alone,
        "PS3.4 C.4.3",
        (Need.RETRIEVE,),
        exposure=Exposure.RETRIEVABLE,
    ),
    Rung(
        "queryable",
        Severity.HIGH,
        "Answers strangers' queries ({root}): whoever reaches the port can list patients and examinations.",
        predicates.study_query_answered,
        "PS3.4 C.4.1",
        (Need.QUERY,),
        exposure=Exposure.QUERYABLE,
    ),
    Rung(
        "queryable_worklist",
        Severity.HIGH,
        "Answers strangers' worklist queries: whoever reaches the port can list the patients who are "
        "expected, with names and dates. The list may be empty today.",
        predicates.worklist_answered,
        "PS3.4 K.6.1",
        (Need.WORKLIST,),
        exposure=Exposure.QUERYABLE,
    ),
    Rung(
        "queryable_ignores_keys",
        Severity.HIGH,
        "Sent records to a stranger who asked for an identifier that cannot exist ({root}). It is a "
        "decoy, or an archive so defective that it answers any question with records: its counts are "
        "not believed, and it is not safe.",
        predicates.query_ignores_keys,
        "PS3.4 C.2.2.2.1",
        (Need.QUERY,),
        exposure=Exposure.QUERYABLE,
        confidence=Confidence.ANNOUNCED,
    ),
    Rung(
        "name_gated",
        Severity.MEDIUM,
        "Strangers were not answered, queries under a title of the scope were ({titles}). " + _AT_NAME,
        predicates.title_opens_queries,
        "PS3.8 Table 9-21",
        (Need.TITLES,),
        exposure=Exposure.NAME_GATED,
    ),
    Rung(
        "name_gated_worklist",
        Severity.MEDIUM,
        "Strangers were not answered, worklist queries under a title of the scope were ({titles}). "
        + _AT_NAME,
        predicates.title_opens_worklist,
        "PS3.4 K.6.1",
        (Need.TITLES,),
        exposure=Exposure.NAME_GATED,
    ),
    Rung(
        "name_gated_retrieve",
        Severity.MEDIUM,
        "Strangers were not answered, retrieve requests under a title of the scope were ({titles}). "
        + _AT_NAME,
        predicates.title_opens_retrieve,
        "PS3.4 C.4.3",
        (Need.TITLES,),
        exposure=Exposure.NAME_GATED,
    ),
    Rung(
        "inconclusive_contradiction",
        Severity.LOW,
        "Contradicted itself: it gave two answers that cannot both be true. Ask again before calling "
        "it safe.",
        predicates.contradicts_itself,
        "PS3.8 9.2",
    ),
    Rung(
        "inconclusive_questions",
        Severity.LOW,
        "Accepted a stranger's association, but {question} was left open, because {why}{more}. "
        "Ask again before calling it safe.",
        predicates.left_open_inside,
        "PS3.4 C.4.1.1.4",
    ),
    Rung(
        "associates_refuses_queries",
        Severity.LOW,
        "Accepts a stranger's association and refuses its queries: the {root} null query {how}.{weaker}",
        predicates.refuses_queries,
        "PS3.4 C.4.1.1.4",
        exposure=Exposure.ASSOCIATES,
    ),
    Rung(
        "associates_takes_no_queries",
        Severity.LOW,
        "Accepts a stranger's association and offers it no query service: it answers no query.",
        predicates.takes_no_queries,
        "PS3.8 Table 9-18",
        exposure=Exposure.ASSOCIATES,
    ),
    Rung(
        "unreachable",
        Severity.INFO,
        "No connection: {why}.",
        predicates.is_unreachable,
        "RFC 9293 3.5.2",
        exposure=Exposure.UNREACHABLE,
    ),
    Rung(
        "inconclusive_busy",
        Severity.LOW,
        "Refused the association {reason}: it is busy, which says nothing about its guards. Ask again later.",
        predicates.busy,
        "PS3.8 Table 9-21",
    ),
    Rung(
        "inconclusive_silent",
        Severity.LOW,
        "Not shown to speak DICOM, and not shown to be safe, because {why}.",
        predicates.silent,
        "PS3.8 9.1.4",
    ),
    Rung(
        "inconclusive_open_question",
        Severity.LOW,
        "Left open: {question}, because {why}{more}. Ask again before calling it safe.",
        predicates.left_open,
        "PS3.8 9.1.4",
    ),
    Rung(
        "guarded_calling_title",
        Severity.INFO,
        "Refused a stranger's association {reason}. Codes mislead: read it as refused, with the reason "
        "as stated.",
        predicates.rejects_calling,
        "PS3.8 Table 9-21",
        exposure=Exposure.GUARDED,
    ),
    Rung(
        "guarded_called_title",
        Severity.INFO,
        "Refused a stranger's association {reason}. Codes mislead: this one may also mean that the "
        "calling title is unknown.",
        predicates.rejects_called,
        "PS3.8 Table 9-21",
        exposure=Exposure.GUARDED,
    ),
    Rung(
        "guarded_rejection",
        Severity.INFO,
        "Refused a stranger's association {reason}. Codes mislead: this may also mean that no offered "
        "service suits, or that a user identity is wanted.",
        predicates.rejects,
        "PS3.8 Table 9-21",
        exposure=Exposure.GUARDED,
    ),
    Rung(
        "guarded_abort",
        Severity.INFO,
        "Answered a stranger's association request with A-ABORT: it speaks DICOM and gave no reason. "
        "A weaker statement than a rejection.",
        predicates.aborts,
        "PS3.8 9.3.8",
        exposure=Exposure.GUARDED,
    ),
    Rung(
        "guarded_client_certificate",
        Severity.INFO,
        "Refuses, inside TLS, whoever shows no client certificate; what it speaks behind that was not seen.",
        predicates.demands_certificate,
        "PS3.15 B.12",
        exposure=Exposure.GUARDED,
    ),
    Rung(
        "not_dicom",
        Severity.INFO,
        "Answered an association request with {what}: this port does not speak DICOM.",
        predicates.is_not_dicom,
        "PS3.8 9.3.1",
        exposure=Exposure.NOT_DICOM,
    ),
    Rung(
        "inconclusive_tls",
        Severity.LOW,
        "Wants TLS, and nothing was learnt inside TLS: name the port for DICOM-TLS in the scope and "
        "ask again.",
        predicates.wants_tls,
        "PS3.15 B.12",
    ),
    Rung(
        "inconclusive_nothing_seen",
        Severity.LOW,
        "Nothing was learnt: no question was asked, or none was answered.",
        predicates.always,
        "PS3.8 9.1.4",
    ),
)

FINDINGS: Final = (
    Rule(
        "query_answered",
        Severity.HIGH,
        "The {root} null query of a stranger was answered.",
        predicates.study_query_answered,
        "PS3.4 C.4.1",
        (Need.QUERY,),
    ),
    Rule(
        "worklist_answered",
        Severity.HIGH,
        "Answers strangers' worklist queries: tomorrow's patients. The list may be empty today.",
        predicates.worklist_answered,
        "PS3.4 K.6.1",
        (Need.WORKLIST,),
    ),
    Rule(
        "query_ignores_keys",
        Severity.HIGH,
        "The {root} null query found what cannot exist: answers do not depend on the question.",
        predicates.query_ignores_keys,
        "PS3.4 C.2.2.2.1",
        (Need.QUERY,),
    ),
    Rule(
        "title_opens_worklist",
        Severity.MEDIUM,
        "The worklist was answered under a title of the scope ({titles}).",
        predicates.title_opens_worklist,
        "PS3.4 K.6.1",
        (Need.TITLES,),
    ),
    Rule(
        "title_opens_retrieve",
        Severity.MEDIUM,
        "A null retrieve was answered under a title of the scope ({titles}): images too.",
        predicates.title_opens_retrieve,
        "PS3.4 C.4.3",
        (Need.TITLES,),
    ),
    Rule(
        "storage_accepted",
        Severity.MEDIUM,
        "Grants a stranger {accepted} of {proposed} storage contexts: context accepted. "
        "Whether an object would be kept was not tried.",
        predicates.storage_accepted,
        "PS3.8 Table 9-18",
        (Need.STORE,),
    ),
    Rule(
        "storage_accepted_like_anything",
        Severity.LOW,
        "Grants a stranger {accepted} of {proposed} storage contexts, and also one for a service that "
        "does not exist: contexts of this peer prove nothing.",
        predicates.storage_accepted_like_anything,
        "PS3.8 Table 9-18",
        (Need.STORE,),
    ),
    Rule(
        "worklist_refused",
        Severity.INFO,
        "Grants a worklist context to strangers and refuses the query: the worklist null query {how}.",
        predicates.worklist_refused,
        "PS3.4 K.6.1",
    ),
    Rule(
        "worklist_not_asked",
        Severity.LOW,
        "Grants a worklist context to strangers, and was not asked for it: the worklist is unknown.",
        predicates.worklist_not_asked,
        "PS3.4 K.6.1",
    ),
    Rule(
        "retrieve_not_asked",
        Severity.LOW,
        "Grants a retrieve context to strangers, and no null retrieve was asked: a context alone "
        "proves nothing.",
        predicates.retrieve_not_asked,
        "PS3.4 C.4.3",
    ),
    Rule(
        "contradiction",
        Severity.LOW,
        "Contradicted itself. What it answered to a stranger stands.",
        predicates.contradicts_itself_openly,
        "PS3.8 9.2",
    ),
    Rule(
        "question_left_open",
        Severity.LOW,
        "Left open: {question}, because {why}{more}.",
        predicates.left_open_beside_answer,
        "PS3.4 C.4.1.1.4",
    ),
    Rule(
        "clear_text",
        Severity.MEDIUM,
        "Answers in clear text: whoever is on the path reads patient data.",
        predicates.in_clear,
        "PS3.15 B.12",
        (Need.CLEAR_TEXT,),
    ),
    Rule(
        "tls_without_client_certificate",
        Severity.LOW,
        "Speaks {protocol} and demands no client certificate: TLS hides the traffic and authenticates "
        "no caller.",
        predicates.tls_without_certificate,
        "PS3.15 B.12",
        (Need.CLIENT_CERTIFICATE,),
    ),
    Rule(
        "tls_old_protocol",
        Severity.MEDIUM,
        "Settled on {protocol}, which is broken or withdrawn: the current profiles start at TLS 1.2.",
        predicates.tls_old,
        "RFC 8996, PS3.15 B.12",
        (Need.OLD_TLS,),
    ),
    Rule(
        "tls_unencrypted",
        Severity.HIGH,
        "Settled on {suite}, which encrypts nothing or names nobody.",
        predicates.tls_unencrypted,
        "RFC 9325 4.1, PS3.15 B.12",
        (Need.OLD_TLS,),
    ),
    Rule(
        "tls_retired_profile",
        Severity.LOW,
        "Settled on {suite}, which has no forward secrecy: it fits the retired profiles of PS3.15 alone.",
        predicates.tls_retired_profile,
        "RFC 9325 4.1, PS3.15 B.12",
        (Need.OLD_TLS,),
    ),
    Rule(
        "certificate_expired",
        Severity.LOW,
        "Its certificate expired on {day}.",
        predicates.certificate_expired,
        "RFC 5280 4.1.2.5",
        (Need.CERTIFICATE,),
    ),
    Rule(
        "certificate_self_signed",
        Severity.LOW,
        "Its certificate is self-signed: a caller can trust it only if it was handed over by another way.",
        predicates.certificate_self_signed,
        "RFC 5280 6.1",
        (Need.CERTIFICATE,),
    ),
    Rule(
        "listed_title_refused",
        Severity.INFO,
        "A title of the scope was refused as well ({titles}): {reason}.",
        predicates.listed_title_refused,
        "PS3.8 Table 9-21",
    ),
    Rule(
        "decoy",
        Severity.INFO,
        "Signs of a decoy, {tier}: {signs}.",
        predicates.looks_like_decoy,
        "reference/hostile-peers.md 2",
    ),
    Rule(
        "product",
        Severity.INFO,
        "Announces itself as {product}: a claim, which anybody can copy.",
        predicates.names_product,
        "PS3.7 D.3.3.2",
    ),
    Rule(
        "product_unknown",
        Severity.INFO,
        'Announces "{announced}", which is not a known product.',
        predicates.names_unknown_product,
        "PS3.7 D.3.3.2",
    ),
)

SAID_BY_RUNG: Final = {
    "queryable": frozenset({"query_answered"}),
    "queryable_worklist": frozenset({"worklist_answered"}),
    "queryable_ignores_keys": frozenset({"query_ignores_keys"}),
    "name_gated_worklist": frozenset({"title_opens_worklist"}),
    "name_gated_retrieve": frozenset({"title_opens_retrieve"}),
}
"""Findings that would repeat what the rung has just said."""
