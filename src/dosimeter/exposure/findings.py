"""What is said beside the ladder: every rule of this table that applies adds a reason."""

from __future__ import annotations

from typing import Final

from dosimeter.exposure import predicates, stakes
from dosimeter.exposure import tls_predicates as tls
from dosimeter.exposure.case import Case
from dosimeter.exposure.remedy.need import Need
from dosimeter.exposure.rules import Rule
from dosimeter.exposure.tls_findings import TLS_FINDINGS
from dosimeter.model.message import Template, say
from dosimeter.model.verdict import Severity

FINDINGS: Final[tuple[Rule[Case], ...]] = (
    Rule(
        "query_answered",
        Severity.HIGH,
        Template("The {root} null query of a stranger was answered."),
        predicates.study_query_answered,
        "PS3.4 C.4.1",
        (Need.QUERY,),
    ),
    Rule(
        "worklist_answered",
        Severity.HIGH,
        say("Answers strangers' worklist queries: tomorrow's patients. The list may be empty today."),
        predicates.worklist_answered,
        "PS3.4 K.6.1",
        (Need.WORKLIST,),
    ),
    Rule(
        "query_ignores_keys",
        Severity.HIGH,
        Template("The {root} null query found what cannot exist: answers do not depend on the question."),
        predicates.query_ignores_keys,
        "PS3.4 C.2.2.2.1",
        (Need.QUERY,),
    ),
    Rule(
        "title_opens_worklist",
        Severity.MEDIUM,
        Template("The worklist was answered under a title of the scope ({titles})."),
        predicates.title_opens_worklist,
        "PS3.4 K.6.1",
        (Need.TITLES,),
    ),
    Rule(
        "title_opens_retrieve",
        Severity.MEDIUM,
        Template("A null retrieve was answered under a title of the scope ({titles}): images too."),
        predicates.title_opens_retrieve,
        "PS3.4 C.4.3",
        (Need.TITLES,),
    ),
    Rule(
        "storage_accepted",
        Severity.MEDIUM,
        Template(
            "Grants a stranger {accepted} of {proposed} storage contexts: context accepted. "
            "Whether an object would be kept was not tried."
        ),
        predicates.storage_accepted,
        "PS3.8 Table 9-18",
        (Need.STORE,),
    ),
    Rule(
        "storage_accepted_like_anything",
        Severity.LOW,
        Template(
            "Grants a stranger {accepted} of {proposed} storage contexts, and also one for a service that "
            "does not exist: contexts of this peer prove nothing."
        ),
        predicates.storage_accepted_like_anything,
        "PS3.8 Table 9-18",
        (Need.STORE,),
    ),
    Rule(
        "worklist_refused",
        Severity.INFO,
        Template(
            "Grants a worklist context to strangers and refuses the query: the worklist null query {how}."
        ),
        predicates.worklist_refused,
        "PS3.4 K.6.1",
    ),
    Rule(
        "patient_root_not_asked",
        Severity.LOW,
        say(
            "Grants a Patient Root query context to strangers too, and was not asked there, for the "
            "association had ended: whether it answers on that root is not known."
        ),
        predicates.patient_root_not_asked,
        "PS3.4 C.6.1",
    ),
    Rule(
        "worklist_not_asked",
        Severity.LOW,
        say(
            "Grants a worklist context to strangers, and was not asked for it, for the association had "
            "ended: whether it answers worklist queries is not known."
        ),
        predicates.worklist_not_asked,
        "PS3.4 K.6.1",
    ),
    Rule(
        "retrieve_not_asked",
        Severity.LOW,
        say(
            "Grants a retrieve context to strangers, and no null retrieve was asked: a context alone "
            "proves nothing."
        ),
        predicates.retrieve_not_asked,
        "PS3.4 C.4.3",
    ),
    Rule(
        "contradiction",
        Severity.LOW,
        say("Contradicted itself. What it answered to a stranger stands."),
        predicates.contradicts_itself_openly,
        "PS3.8 9.2",
    ),
    Rule(
        "question_left_open",
        Severity.LOW,
        Template("Left open: {questions}, because {why}{more}."),
        predicates.left_open_beside_answer,
        "PS3.4 C.4.1.1.4",
    ),
    Rule(
        "at_stake",
        Severity.INFO,
        Template("{who} can {what}."),
        stakes.at_stake,
        "PS3.4 C.4.1",
    ),
    Rule(
        "shows_nothing",
        Severity.INFO,
        Template("Answers {whom} nothing: 0 studies, counted. It is empty, or hides what it holds."),
        stakes.shows_nothing,
        "PS3.4 C.4.1",
    ),
    Rule(
        "waiting_patients",
        Severity.INFO,
        Template("{who} can list {what} in the worklist."),
        stakes.waiting_patients,
        "PS3.4 K.6.1",
    ),
    Rule(
        "clear_text",
        Severity.MEDIUM,
        say("Answers in clear text: whoever is on the path reads patient data."),
        predicates.in_clear,
        "PS3.15 B.12",
        (Need.CLEAR_TEXT,),
    ),
    Rule(
        "tls_without_client_certificate",
        Severity.LOW,
        Template("Speaks {protocol} and demands no client certificate: {hides}."),
        tls.tls_without_certificate,
        "PS3.15 B.12",
        (Need.CLIENT_CERTIFICATE,),
    ),
    *TLS_FINDINGS,
    Rule(
        "listed_title_refused",
        Severity.INFO,
        Template("A title of the scope was refused as well ({titles}): {reason}."),
        predicates.listed_title_refused,
        "PS3.8 Table 9-21",
    ),
    Rule(
        "listed_title_not_tried",
        Severity.LOW,
        Template(
            "A title of the scope could not be tried{titles}, because {why}: what it opens is not known."
        ),
        predicates.listed_title_not_tried,
        "PS3.8 Table 9-21",
    ),
    Rule(
        "decoy",
        Severity.INFO,
        Template("Signs of a decoy, {tier}: {signs}."),
        predicates.looks_like_decoy,
        "PS3.4 C.4.1",
    ),
    Rule(
        "product",
        Severity.INFO,
        Template("Announces itself as {product}: a claim, which anybody can copy."),
        predicates.names_product,
        "PS3.7 D.3.3.2",
    ),
    Rule(
        "product_unknown",
        Severity.INFO,
        Template('Announces "{announced}", which is not a known product.'),
        predicates.names_unknown_product,
        "PS3.7 D.3.3.2",
    ),
)

_OF_TLS: Final = frozenset(rule.id for rule in TLS_FINDINGS)
FINDINGS_IN_CLEAR: Final = tuple(rule for rule in FINDINGS if rule.id not in _OF_TLS)
"""Those that can apply where no TLS was seen: most endpoints of a survey."""
