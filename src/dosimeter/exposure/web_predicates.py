"""When a rule about a web port applies; as `predicates`."""

from __future__ import annotations

from typing import Final

from dosimeter.exposure.evidence import Failure
from dosimeter.exposure.predicates import NO_FACT, Hit, more_left_open
from dosimeter.exposure.web_case import QUERY_PROBE, WebCase
from dosimeter.exposure.web_evidence import WebOutcome, WebQuestion
from dosimeter.exposure.web_words import guard_words, question_words
from dosimeter.exposure.words import CAUSE_WORDS, SIGNATURE_WORDS
from dosimeter.model.attempt import Cause
from dosimeter.model.facts import Signature
from dosimeter.model.message import say
from dosimeter.model.target import Service
from dosimeter.model.verdict import Protection
from dosimeter.model.web import MllpEnding, Purpose, RedirectTo

_OK: Final = range(200, 300)
_NAMES_TLS: Final = frozenset({Signature.TLS_ALERT})
_DATA: Final = frozenset({Purpose.QUERY, Purpose.RETRIEVE, Purpose.COUNTER, Purpose.DESCRIPTION})

_WHY: Final = {
    Cause.BUSY: say("it said that it was busy"),
    Cause.LOCAL: say("our own machine, or the number of questions allowed, put an end to it"),
}


_SOURCE_NOT_ASKED: Final = say("where its data come from was not asked")
_OTHER_BYTES: Final = say("bytes of another protocol")
_OTHER_WAYS: Final = {
    Signature.TLS_ALERT: say("wants TLS"),
    Signature.HTTP: say("speaks HTTP in clear"),
    Signature.DICOM: say("speaks DICOM"),
}


def _why(cause: Cause) -> str:
    return _WHY.get(cause) or CAUSE_WORDS.get(cause) or say("no HTTP came back")


# What strangers were answered.


def viewer_and_data(case: WebCase) -> Hit | None:
    """A product's page without a login, and the data behind it answered."""
    page, data = case.page, case.data
    if page is None or data is None or case.portal is not None or case.identity is None:
        return None
    return Hit(data.pointer, {"product": case.identity.known.name, "data": question_words(data)})


def portal_is_open(case: WebCase) -> Hit | None:
    """The page that leads to all else is shown without a login."""
    if case.portal is None or case.identity is None:
        return None
    return Hit(case.portal.pointer, {"product": case.identity.known.name})


def query_and_retrieve(case: WebCase) -> Hit | None:
    """QIDO-RS and WADO answered."""
    if case.query is None or case.retrieve is None:
        return None
    return Hit(case.query.pointer, {"retrieve": question_words(case.retrieve)})


def query_alone(case: WebCase) -> Hit | None:
    """QIDO-RS answered."""
    return _at(case.query)


def own_interface(case: WebCase) -> Hit | None:
    """A product's own interface answered a null question."""
    question = case.own_query or case.own_retrieve
    if question is None or case.identity is None:
        return None
    return Hit(question.pointer, {"product": case.identity.known.name})


def retrieve_alone(case: WebCase) -> Hit | None:
    """A null retrieve answered, no query did."""
    return (
        None if case.retrieve is None else Hit(case.retrieve.pointer, {"how": question_words(case.retrieve)})
    )


def all_or_nothing(case: WebCase) -> Hit | None:
    """A product that guards all or nothing answered without a login."""
    opened = case.told
    if opened is None or case.identity is None or not case.is_all_or_nothing:
        return None
    return Hit(opened.pointer, {"product": case.identity.known.name})


def interface_told(case: WebCase) -> Hit | None:
    """The interface to a product's data answered without a login, and refused nothing."""
    if case.told is None or case.identity is None:
        return None
    what = say("its own counters") if case.told is case.counter else say("whose data it holds")
    return Hit(case.told.pointer, {"product": case.identity.known.name, "what": what})


def ignores_keys(case: WebCase) -> Hit | None:
    """A null query found what cannot exist."""
    return _at(case.canned)


def worklist_answered(case: WebCase) -> Hit | None:
    """A null query of the worklist was answered."""
    return _at(case.worklist)


# What cannot be called safe.


def contradicts_itself(case: WebCase) -> Hit | None:
    """It spoke HTTP, and something that is none, and refused nothing that it was asked."""
    seen = case.evidence.not_http
    if seen is None or not case.evidence.questions or seen.fact.signature in _NAMES_TLS:
        return None
    return None if seen.fact.signature is Signature.HTTP else Hit(seen.pointer)


def answers_differ(case: WebCase) -> Hit | None:
    """One question was answered in two ways."""
    question = case.flapping
    return None if question is None else Hit(question.pointer, {"what": question_words(question)})


def retrieve_wants_no_login(case: WebCase) -> Hit | None:
    """The query was refused, and the retrieve was not: nothing was found."""
    question = case.retrieve_unguarded
    if question is None:
        return None
    return Hit(question.pointer, {"what": question_words(question), "status": str(question.fact.status)})


def busy(case: WebCase) -> Hit | None:
    """429 or 503."""
    if case.later is not None:
        return Hit(
            case.later.pointer, {"how": say("with status {status}", status=str(case.later.fact.status))}
        )
    for failure in case.evidence.failures:
        if failure.cause is Cause.BUSY:
            return Hit(failure.pointer, {"how": say("that it was busy")})
    return None


def faults(case: WebCase) -> Hit | None:
    """An error of the server in answer to a question about data, or to anything at all."""
    fault = case.fault
    return (
        None
        if fault is None
        else Hit(fault.pointer, {"what": question_words(fault), "status": str(fault.fact.status)})
    )


def left_open(case: WebCase) -> Hit | None:
    """A question that got no answer, where others did."""
    return _left_open(case) if case.evidence.questions else None


def _left_open(case: WebCase) -> Hit | None:
    if not case.left_open:
        return None
    first = case.left_open[0]
    more = len(case.left_open) - 1
    return Hit(
        first.pointer,
        {"why": _why(first.cause), "more": more_left_open(more)},
    )


def viewer_alone(case: WebCase) -> Hit | None:
    """A viewer without a login, and no data that answered or was refused."""
    if not case.is_viewer or case.page is None:
        return _described_viewer(case)
    elsewhere = [each for each in case.evidence.sources if each.fact.to is not RedirectTo.SAME_ORIGIN]
    where = (
        say("it takes its data from another server, which was not asked for it here")
        if elsewhere
        else _SOURCE_NOT_ASKED
    )
    return Hit(case.page.pointer, {"where": where})


def _described_viewer(case: WebCase) -> Hit | None:
    """A viewer that is seen by its configuration alone."""
    if not case.is_viewer or not case.evidence.sources:
        return None
    return Hit(case.evidence.sources[0].pointer, {"where": _SOURCE_NOT_ASKED})


def product_alone(case: WebCase) -> Hit | None:
    """An archive that shows itself, and no data that answered or was refused."""
    if not case.is_recognised or case.identity is None:
        return None
    return Hit(case.identity.pointer, {"product": case.identity.known.name})


def held_back(case: WebCase) -> Hit | None:
    """Nothing about data was asked, because the touch does not allow it."""
    evidence = case.evidence
    asked = QUERY_PROBE in evidence.asked or case.query_skipped is not None
    if not evidence.questions or asked or evidence.of(*_DATA):
        return None
    return Hit(evidence.questions[0].pointer)


def not_reached(case: WebCase) -> Hit | None:
    """It speaks HTTP, and the question about its data was not put."""
    why, evidence = case.query_skipped, case.evidence
    if why is None or not evidence.questions or evidence.of(Purpose.QUERY, Purpose.RETRIEVE):
        return None
    known = case.identity
    shows = (
        say("Shows itself as {product}", product=known.known.name)
        if known is not None
        else say("Speaks HTTP")
    )
    return Hit(evidence.questions[0].pointer, {"shows": shows, "why": why})


def wants_another_form(case: WebCase) -> Hit | None:
    """Where DICOMweb is, a service answered the query in another form, or wants it put otherwise."""
    question = case.other_form
    if question is None:
        return None
    status = question.fact.status
    how = (
        say("in another form than was asked for")
        if status in _OK
        else say("that it wants it otherwise ({status})", status=str(status))
    )
    return Hit(question.pointer, {"how": how})


def wants_the_other_way(case: WebCase) -> Hit | None:
    """The port wants TLS where it was asked in clear, or the reverse."""
    seen = case.evidence.not_http
    if seen is None or case.evidence.questions:
        return None
    how = _OTHER_WAYS.get(seen.fact.signature)
    return None if how is None else Hit(seen.pointer, {"how": how})


def no_answer(case: WebCase) -> Hit | None:
    """Asked, and no answer that says anything."""
    return None if case.evidence.questions else _left_open(case)


# What refused.


def certificate_demanded(case: WebCase) -> Hit | None:
    """Nothing is answered without a client certificate."""
    tls, control = case.evidence.tls, case.control
    if case.demands_certificate and tls is not None:
        return Hit(tls.pointer)
    if control is not None and Protection.CLIENT_CERTIFICATE in control.guards:
        return Hit(control.pointer)
    return None


def product_refuses(case: WebCase) -> Hit | None:
    """A product was recognised, and refused what it was asked."""
    if case.identity is None or not case.is_recognised:
        return None
    return _refuses(case, {"product": case.identity.known.name})


def everything_refused(case: WebCase) -> Hit | None:
    """Everything is refused, the path that cannot exist included, and no product is seen."""
    if not case.all_refused:
        return None
    questions = case.evidence.questions
    guards = {guard for each in questions for guard in each.guards}
    is_all = all(each.outcome is WebOutcome.REFUSED for each in questions)
    if guards == {Protection.HTTP_FORBIDDEN}:
        refuses = say("Forbids all that it was asked") if is_all else say("Forbids most of what it was asked")
    elif is_all:
        refuses = say("Refuses, before anything else, whoever does not log in")
    else:
        refuses = say("Refuses whoever does not log in, even where nothing can be, but not at every path")
    return _refuses(case, {"refuses": refuses})


def data_refused(case: WebCase) -> Hit | None:
    """A question about data was refused where another path was not; no product is seen."""
    if case.refused is None or case.refused.fact.purpose not in _DATA:
        return None
    return _refuses(case, {})


def _refuses(case: WebCase, words: dict[str, str]) -> Hit | None:
    refused = case.refused
    if refused is None:
        return None
    return Hit(refused.pointer, {**words, "what": question_words(refused), "how": guard_words(refused)})


# What is no archive.


def is_unreachable(case: WebCase) -> Hit | None:
    """Nothing listens there."""
    failure: Failure | None = case.unreachable
    return None if failure is None else Hit(failure.pointer, {"why": CAUSE_WORDS[failure.cause]})


def is_not_http(case: WebCase) -> Hit | None:
    """It answered, and not in HTTP."""
    seen = case.evidence.not_http
    if seen is None or case.evidence.questions:
        return None
    asked = say("a ClientHello") if case.service is Service.WEB_TLS else say("an HTTP request")
    what = SIGNATURE_WORDS.get(seen.fact.signature, _OTHER_BYTES)
    return Hit(seen.pointer, {"asked": asked, "what": what})


def is_neighbour(case: WebCase) -> Hit | None:
    """A FHIR server."""
    if case.neighbour is not None:
        return Hit(case.neighbour.pointer)
    known = case.identity
    return Hit(known.pointer) if known is not None and not case.is_recognised else None


def is_web_server(case: WebCase) -> Hit | None:
    """HTTP, and no sign of an archive."""
    questions = case.evidence.questions
    return Hit(questions[0].pointer) if questions else None


def not_asked(case: WebCase) -> Hit | None:
    """Every question was skipped."""
    evidence = case.evidence
    if evidence.asked or not evidence.skipped:
        return None
    return Hit(NO_FACT, {"why": evidence.skipped[0].why})


def always(_case: WebCase) -> Hit | None:
    """Nothing was seen at all."""
    return Hit(NO_FACT)


# HL7.


def mllp_speaks(case: WebCase) -> Hit | None:
    """An empty frame was answered in MLLP."""
    return _mllp(case, MllpEnding.FRAMED)


def mllp_silent(case: WebCase) -> Hit | None:
    """It listens and says nothing."""
    return _mllp(case, MllpEnding.SILENT)


def mllp_closed(case: WebCase) -> Hit | None:
    """It closed the connection."""
    return _mllp(case, MllpEnding.CLOSED)


def mllp_other(case: WebCase) -> Hit | None:
    """It answered in bytes that are no MLLP."""
    return _mllp(case, MllpEnding.OTHER)


def _mllp(case: WebCase, ending: MllpEnding) -> Hit | None:
    seen = case.evidence.mllp
    return Hit(seen.pointer) if seen is not None and seen.fact.ending is ending else None


def is_http(case: WebCase) -> bool:
    """Whether the answers came over HTTP in clear, whatever became of a handshake before."""
    tls = case.evidence.tls
    return case.service is Service.WEB and (tls is None or tls.fact.protocol is None)


def _at(question: WebQuestion | None) -> Hit | None:
    return None if question is None else Hit(question.pointer)
