"""What is said of a web port beside the ladder, and when: every rule that applies adds a reason."""

from __future__ import annotations

from typing import Final

from dosimeter.exposure.advisories import advisories_for
from dosimeter.exposure.predicates import Hit, decoy_words
from dosimeter.exposure.remedy.need import Need
from dosimeter.exposure.rules import Rule
from dosimeter.exposure.tls_findings import TLS_FINDINGS
from dosimeter.exposure.web_case import WebCase
from dosimeter.exposure.web_evidence import WebOutcome, WebQuestion
from dosimeter.exposure.web_predicates import is_http, left_open, mllp_speaks, worklist_answered
from dosimeter.exposure.web_words import claimed_words, question_words
from dosimeter.exposure.words import some_of, version_words
from dosimeter.model.census import amount
from dosimeter.model.message import Template, ands, say
from dosimeter.model.verdict import Advisory, DecoyTier, Protection, Severity
from dosimeter.model.web import FHIR, BodyShape, MediaType, Purpose, RedirectTo

_ANY_ORIGIN: Final = "cors_any_origin"
_CREDENTIALS: Final = "cors_credentials"
_CSP: Final = "csp"
_SHOWN: Final = 4
_BASIC: Final = "basic"
_BELIEVED: Final = (DecoyTier.NONE, DecoyTier.LOW)
_OK: Final = range(200, 300)


def advisories_of(case: WebCase) -> tuple[Advisory, ...]:
    """The published advisories that name the version announced."""
    identity = case.identity
    return advisories_for(identity.known.key, identity.version) if identity is not None else ()


def _clear_text(case: WebCase) -> Hit | None:
    question = case.data or case.canned or case.description or case.counter
    return Hit(question.pointer) if question is not None and case.is_open and is_http(case) else None


def _password_in_clear(case: WebCase) -> Hit | None:
    if not is_http(case):
        return None
    for each in case.evidence.questions:
        form = Protection.LOGIN_FORM in each.guards and each.fact.body is BodyShape.HTML_LOGIN
        if form or (Protection.HTTP_LOGIN in each.guards and _BASIC in each.fact.challenges):
            return Hit(each.pointer)
    return None


def _answering(case: WebCase) -> tuple[WebQuestion, ...]:
    return tuple(
        each
        for each in case.evidence.of(Purpose.QUERY, Purpose.RETRIEVE, Purpose.COUNTER, Purpose.DESCRIPTION)
        if each.is_open
    )


def _any_origin(case: WebCase) -> Hit | None:
    for each in _answering(case):
        if _ANY_ORIGIN in each.fact.marks:
            more = (
                say(" It also names credentials, which browsers refuse beside it.")
                if (_CREDENTIALS in each.fact.marks)
                else ""
            )
            return Hit(each.pointer, {"what": question_words(each), "more": more})
    return None


def _no_policy(case: WebCase) -> Hit | None:
    page = case.page
    return None if page is None or _CSP in page.fact.marks else Hit(page.pointer)


def _store_accepted(case: WebCase) -> Hit | None:
    return Hit(case.store.pointer) if case.store is not None and accepts_writes(case) else None


def accepts_writes(case: WebCase) -> bool | None:
    """Whether STOW-RS takes a stranger's request; None where that was not learnt.

    What the request itself was answered outweighs what OPTIONS said of it.
    """
    asked = case.evidence.of(Purpose.STORE)
    posts = [each for each in asked if each.fact.method == "POST"] or list(asked)
    if any(each.outcome is WebOutcome.ANSWERED for each in posts):
        return True
    decided = {WebOutcome.REFUSED, WebOutcome.ABSENT}
    return False if posts and all(each.outcome in decided for each in posts) else None


def _counter_open(case: WebCase) -> Hit | None:
    """Its counters answer although data do not, or were not asked."""
    if case.counter is None or case.is_open:
        return None
    return Hit(case.counter.pointer, {"what": _figures(case)})


def _description_open(case: WebCase) -> Hit | None:
    if case.description is None or case.is_open or not case.is_recognised or case.is_viewer:
        return None
    return Hit(case.description.pointer)


def _at_stake(case: WebCase) -> Hit | None:
    if case.counter is None or not case.is_open or case.decoy.tier not in _BELIEVED:
        return None
    figures = claimed_words(case.census.counts)
    return None if figures is None else Hit(case.counter.pointer, {"what": figures})


def _figures(case: WebCase) -> str:
    figures = claimed_words(case.census.counts)
    return say(" ({figures})", figures=figures) if figures is not None else ""


def _page_without_login(case: WebCase) -> Hit | None:
    if case.page is None or case.identity is None:
        return None
    return Hit(case.page.pointer, {"product": case.identity.known.name})


def _source_elsewhere(case: WebCase) -> Hit | None:
    for each in case.evidence.sources:
        fact = each.fact
        if fact.to is RedirectTo.SAME_ORIGIN or fact.to is RedirectTo.NOT_HTTP or fact.authority is None:
            continue
        scope = say("in the scope") if fact.in_scope else say("outside the scope, and was not asked")
        return Hit(each.pointer, {"authority": fact.authority.text, "scope": scope})
    return None


def _redirects_elsewhere(case: WebCase) -> Hit | None:
    for each in case.evidence.of(Purpose.LANDING):
        redirect = each.fact.redirect
        if redirect is not None and redirect.to is RedirectTo.ELSEWHERE and redirect.authority is not None:
            return Hit(each.pointer, {"authority": redirect.authority.text})
    return None


def _fhir_open(case: WebCase) -> Hit | None:
    if case.neighbour is None:
        return None
    counted = [
        counter
        for each in case.evidence.counted
        if each.fact.product == FHIR
        for counter in each.fact.counters
        if counter.value is not None
    ]
    words = ands([amount(each.value, each.things) for each in counted if each.value])
    return Hit(case.neighbour.pointer, {"what": say(" ({figures})", figures=words) if words else ""})


def _fhir_guarded(case: WebCase) -> Hit | None:
    if case.neighbour is not None:
        return None
    for each in case.evidence.of(Purpose.NEIGHBOUR):
        if each.outcome is WebOutcome.REFUSED and each.fact.asked.endswith("_count"):
            return Hit(each.pointer)
    return None


def _login_page_alone(case: WebCase) -> Hit | None:
    """A login page is shown, and nothing that guards data was seen behind it."""
    if case.is_open or case.refused is None or case.refused.fact.purpose is not Purpose.LANDING:
        return None
    return Hit(case.refused.pointer)


def _question_left_open(case: WebCase) -> Hit | None:
    return left_open(case) if case.is_open else None


def _answers_anything(case: WebCase) -> Hit | None:
    """Every path that cannot exist is answered with success."""
    control = case.control
    if control is None or control.fact.status not in _OK or control.fact.media_type is MediaType.NONE:
        return None
    return Hit(control.pointer) if case.speaks_dicom and not case.all_refused else None


def _decoy(case: WebCase) -> Hit | None:
    if case.decoy_pointer is None:
        return None
    return Hit(case.decoy_pointer, decoy_words(case.decoy))


def _product(case: WebCase) -> Hit | None:
    identity = case.named
    if identity is None:
        return None
    return Hit(identity.pointer, {"product": version_words(identity.known.name, identity.version)})


def _advisory(case: WebCase) -> Hit | None:
    found, identity = advisories_of(case), case.identity
    if not found or identity is None:
        return None
    names = some_of([each.id for each in found], _SHOWN)
    return Hit(identity.pointer, {"version": identity.version or "", "names": names})


WEB_FINDINGS: Final[tuple[Rule[WebCase], ...]] = (
    Rule(
        "fhir_open",
        Severity.HIGH,
        Template(
            "The same people by another door: its FHIR interface told a stranger how many patients or "
            "imaging studies it holds{what}, so it answers strangers' questions about them."
        ),
        _fhir_open,
        "HL7 FHIR R4 3.1.1",
        (Need.FHIR,),
    ),
    Rule(
        "fhir_guarded",
        Severity.INFO,
        say("Its FHIR interface refused to count patients for a stranger."),
        _fhir_guarded,
        "HL7 FHIR R4 6.1",
    ),
    Rule(
        "hl7_open",
        Severity.MEDIUM,
        say(
            "The same people by another door: it takes part in HL7 v2 with a stranger. Whether it would take "
            "a message, and tell or change what it knows of patients, was not tried; MLLP itself asks nobody "
            "who they are."
        ),
        mllp_speaks,
        "HL7 v2 MLLP",
        (Need.HL7,),
    ),
    Rule(
        "worklist_answered",
        Severity.HIGH,
        say(
            "Answers strangers' worklist queries over HTTP: tomorrow's patients. The list may be empty today."
        ),
        worklist_answered,
        "PS3.18 11.6",
        (Need.WEB_OPEN,),
    ),
    Rule(
        "viewer_without_login",
        Severity.MEDIUM,
        Template("Shows a page of {product} to whoever opens it, without a login."),
        _page_without_login,
        "CWE-306",
        (Need.WEB_OPEN,),
    ),
    Rule(
        "stow_accepted",
        Severity.MEDIUM,
        say(
            "Takes a stranger's STOW-RS request: one with nothing in it was accepted. Whether an object "
            "would be kept was not tried."
        ),
        _store_accepted,
        "PS3.18 10.5",
        (Need.WEB_STORE,),
    ),
    Rule(
        "counter_open",
        Severity.MEDIUM,
        Template(
            "Tells strangers how much it holds{what}, beside questions that it did not answer: totals, and "
            "no patient."
        ),
        _counter_open,
        "CWE-306",
        (Need.WEB_COUNTER,),
    ),
    Rule(
        "description_open",
        Severity.LOW,
        say("Describes itself to strangers with no login: its version, its AE titles or its ports."),
        _description_open,
        "CWE-200",
        (Need.WEB_COUNTER,),
    ),
    Rule(
        "at_stake",
        Severity.INFO,
        Template("Anybody who reaches the port can list what it holds: by its own figures {what}."),
        _at_stake,
        "CWE-306",
    ),
    Rule(
        "web_clear_text",
        Severity.MEDIUM,
        say("Answers in clear text: whoever is on the path reads patient data."),
        _clear_text,
        "PS3.18 8.1.1, PS3.15 B.12",
        (Need.WEB_CLEAR_TEXT,),
    ),
    Rule(
        "password_in_clear",
        Severity.MEDIUM,
        say("Asks for passwords in clear text: whoever is on the path reads them, and logs in."),
        _password_in_clear,
        "RFC 7617 4",
        (Need.WEB_CLEAR_TEXT,),
    ),
    Rule(
        "cors_any_origin",
        Severity.MEDIUM,
        Template(
            "Lets the pages of any site read its answers (that to {what}): a page opened inside the hospital "
            "can carry out what it answers there.{more}"
        ),
        _any_origin,
        "WHATWG Fetch 3.2",
        (Need.WEB_HEADERS,),
    ),
    Rule(
        "no_content_security_policy",
        Severity.LOW,
        say(
            "Shows its pages without a Content-Security-Policy: a script that gets into one runs unhindered."
        ),
        _no_policy,
        "W3C CSP 3",
        (Need.WEB_HEADERS,),
    ),
    Rule(
        "data_source_elsewhere",
        Severity.INFO,
        Template("Its viewer takes its data from {authority}, which is {scope}."),
        _source_elsewhere,
        "OHIF documentation, data sources",
    ),
    Rule(
        "redirects_elsewhere",
        Severity.INFO,
        Template("Sends callers on to {authority}; nobody was asked there because of it."),
        _redirects_elsewhere,
        "RFC 9110 10.2.2",
    ),
    Rule(
        "login_page_alone",
        Severity.LOW,
        say(
            "What was refused is a page. Where such archives answer with data nothing was found, so whether "
            "the login guards them is not proved."
        ),
        _login_page_alone,
        "RFC 9110 11",
    ),
    Rule(
        "question_left_open",
        Severity.LOW,
        Template("A question was left open, because {why}{more}."),
        _question_left_open,
        "RFC 9110 15",
    ),
    Rule(
        "answers_anything",
        Severity.INFO,
        say("Answers any path with success: of its answers only those count that differ from that."),
        _answers_anything,
        "RFC 9110 15.5.5",
    ),
    *TLS_FINDINGS,
    Rule(
        "advisory",
        Severity.MEDIUM,
        Template(
            "Announces version {version}, which advisories name: {names}. That they apply was not tried."
        ),
        _advisory,
        "OWASP A06:2021",
        (Need.UPGRADE,),
    ),
    Rule(
        "decoy",
        Severity.INFO,
        Template("Signs of a decoy, {tier}: {signs}."),
        _decoy,
        "PS3.4 C.4.1",
    ),
    Rule(
        "product",
        Severity.INFO,
        Template("Shows itself as {product}: a claim, which anybody can copy."),
        _product,
        "RFC 9110 10.2.4",
    ),
)

SAID_BY_WEB_RUNG: Final = {
    "browsable_viewer": frozenset({"viewer_without_login"}),
    "browsable_portal": frozenset({"viewer_without_login"}),
    "browsable_worklist": frozenset({"worklist_answered"}),
    "inconclusive_viewer": frozenset({"viewer_without_login"}),
}
"""Findings that would repeat what the rung has just said."""
