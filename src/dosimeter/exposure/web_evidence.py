"""One pass over the attempts at a web port: each answer with what it means, and where it stands.

An answer is believed only if a path that cannot exist is answered otherwise (ADR 0017).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from dosimeter.exposure.evidence import Failure, Pointed
from dosimeter.model.attempt import Attempt, Cause, Completed, Failed, Skipped
from dosimeter.model.facts import ClientCertificate, Fact, NotHttpSeen, TlsSeen
from dosimeter.model.verdict import Protection
from dosimeter.model.web import (
    ArchiveDescribed,
    BodyShape,
    DataSourceNamed,
    LoginSign,
    MediaType,
    MllpAnswered,
    ProductCounted,
    Purpose,
    TlsPostureSeen,
    WebAnswered,
)

_BAD_REQUEST: Final = 400
_UNAUTHORISED: Final = 401
_FORBIDDEN: Final = 403
_LATER: Final = frozenset({429, 503})
_NO_CERTIFICATE: Final = frozenset({495, 496})
"""nginx's own codes for a client certificate that is bad, and one that is missing."""
_FAULTS: Final = range(500, 600)
_NOT_IMPLEMENTED: Final = 501
_UNKNOWN: Final = frozenset({400, 404, 405, 406, 410, 415, 422, 501})
"""What a path that is not there is answered, or a request that nobody takes."""
_ABSENT: Final = frozenset({404, 405, 406, 410, 501})
_WADO: Final = frozenset({"wado_rs", "wado_uri"})
AGAIN: Final = "_again"
"""How the name of a question ends that was put a second time, with another made-up UID."""
_OWN_CONTROL: Final = "_control"
"""How the name of a control ends that belongs to one question: the question's own name stands before it."""
_TOKENS: Final = frozenset({"bearer", "dpop", "oauth", "gnap"})
"""Challenges that are answered with a token of a server of identities (RFC 6750)."""

_MATCHED: Final = frozenset({Purpose.QUERY, Purpose.WORKLIST})
_ASKED_FOR: Final = frozenset({Purpose.QUERY, Purpose.RETRIEVE, Purpose.WORKLIST})
SAMPLE_PROBES: Final = "sample"
"""How the names of probes begin that ask for what matches: their answers are no answers to a null query."""


class WebOutcome(Enum):
    """What an answer over HTTP means."""

    ANSWERED = auto()
    IGNORES_KEYS = auto()
    """It found what cannot exist."""
    REFUSED = auto()
    LATER = auto()
    FAULT = auto()
    ABSENT = auto()
    """No such path here."""
    OTHER = auto()
    """An answer to something else: a page for everything, a redirect."""

    __hash__ = object.__hash__


@dataclass(frozen=True, slots=True)
class WebQuestion:
    """One question with its answer, judged. ``guards`` are those that the answer shows."""

    fact: WebAnswered
    probe: str
    pointer: str
    outcome: WebOutcome
    guards: tuple[Protection, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it was answered, keys honoured or not."""
        return self.outcome is WebOutcome.ANSWERED or self.outcome is WebOutcome.IGNORES_KEYS


@dataclass(frozen=True, slots=True)
class WebEvidence:
    """What the attempts at a web port hold. ``reasked`` is why the port is asked in another way."""

    questions: tuple[WebQuestion, ...]
    descriptions: tuple[Pointed[ArchiveDescribed], ...]
    counted: tuple[Pointed[ProductCounted], ...]
    sources: tuple[Pointed[DataSourceNamed], ...]
    tls: Pointed[TlsSeen] | None
    posture: Pointed[TlsPostureSeen] | None
    mllp: Pointed[MllpAnswered] | None
    not_http: Pointed[NotHttpSeen] | None
    failures: tuple[Failure, ...]
    skipped: tuple[Skipped, ...]
    asked: frozenset[str]

    def of(self, *purposes: Purpose) -> tuple[WebQuestion, ...]:
        """The questions asked for one of these purposes, in their order."""
        return tuple(each for each in self.questions if each.fact.purpose in purposes)


@dataclass(slots=True)
class _Gathering:
    """The one pass, while it runs."""

    answers: list[tuple[WebAnswered, str, str]] = field(default_factory=list)
    descriptions: list[Pointed[ArchiveDescribed]] = field(default_factory=list)
    counted: list[Pointed[ProductCounted]] = field(default_factory=list)
    sources: list[Pointed[DataSourceNamed]] = field(default_factory=list)
    tls: Pointed[TlsSeen] | None = None
    posture: Pointed[TlsPostureSeen] | None = None
    mllp: Pointed[MllpAnswered] | None = None
    not_http: Pointed[NotHttpSeen] | None = None
    failures: list[Failure] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    def add(self, fact: Fact, probe: str, pointer: str) -> None:
        """Sort one fact; what was seen of DICOM at this port is judged as DICOM."""
        match fact:
            case WebAnswered():
                self.answers.append((fact, probe, pointer))
            case ArchiveDescribed():
                self.descriptions.append(Pointed(fact, pointer))
            case ProductCounted():
                self.counted.append(Pointed(fact, pointer))
            case DataSourceNamed():
                self.sources.append(Pointed(fact, pointer))
            case TlsSeen():
                if self.tls is None or self.tls.fact.protocol is None:
                    self.tls = Pointed(fact, pointer)
            case TlsPostureSeen():
                self.posture = Pointed(fact, pointer)
            case MllpAnswered():
                self.mllp = self.mllp or Pointed(fact, pointer)
            case NotHttpSeen():
                self.not_http = Pointed(fact, pointer)
            case _:
                pass

    def finish(self) -> WebEvidence:
        """Judge the answers, each beside the controls, and freeze it all."""
        return WebEvidence(
            _judged(self.answers, self.tls),
            tuple(self.descriptions),
            tuple(self.counted),
            tuple(self.sources),
            self.tls,
            self.posture,
            self.mllp,
            self.not_http,
            tuple(self.failures),
            tuple(self.skipped),
            frozenset(self.asked),
        )


def gather_web(attempts: Iterable[Attempt]) -> WebEvidence:
    """Read the attempts once and sort what they hold."""
    gathering = _Gathering()
    places: dict[str, int] = {}
    for attempt in attempts:
        probe = attempt.probe
        if not isinstance(attempt, (Completed, Failed)):
            gathering.skipped.append(attempt)
            continue
        gathering.asked.add(probe)
        place = places.get(probe, 0)
        for fact in attempt.facts:
            gathering.add(fact, probe, f"{probe}#{place}")
            place += 1
        places[probe] = place
        if isinstance(attempt, Failed) and attempt.cause not in {Cause.NOT_DICOM, Cause.NOT_HTTP}:
            pointer = f"{probe}#{place - 1}" if attempt.facts else f"{probe}#failed"
            gathering.failures.append(Failure(probe, attempt.cause, pointer))
    return gathering.finish()


def _judged(
    answers: list[tuple[WebAnswered, str, str]], tls: Pointed[TlsSeen] | None
) -> tuple[WebQuestion, ...]:
    controls = [fact for fact, _, _ in answers if fact.purpose is Purpose.CONTROL]
    asks_certificate = tls is not None and tls.fact.client_certificate in {
        ClientCertificate.OPTIONAL,
        ClientCertificate.REQUIRED,
    }
    found: list[WebQuestion] = []
    for fact, probe, pointer in answers:
        guards = guards_of(fact, asks_certificate=asks_certificate)
        outcome = WebOutcome.REFUSED if guards else _outcome(fact, probe, controls, found)
        found.append(WebQuestion(fact, probe, pointer, outcome, guards))
    return tuple(found)


def guards_of(fact: WebAnswered, *, asks_certificate: bool = False) -> tuple[Protection, ...]:
    """The guards that an answer shows (RFC 9110 §11, §15.5.2, §15.5.4).

    ``asks_certificate``: TLS asked for a client certificate. A server that lets the handshake pass without
    one, as nginx does, answers 400 to whatever is asked then.
    """
    if fact.status == _UNAUTHORISED:
        schemes = frozenset(fact.challenges)
        if not schemes and fact.body is BodyShape.HTML_LOGIN:
            return (Protection.LOGIN_FORM,)  # Horos' portal: no challenge, and the form is the answer.
        login = (Protection.HTTP_LOGIN,) if not schemes or schemes - _TOKENS else ()
        return (*login, *((Protection.SINGLE_SIGN_ON,) if schemes & _TOKENS else ()))
    if fact.status in _NO_CERTIFICATE or (fact.status == _BAD_REQUEST and asks_certificate):
        return (Protection.CLIENT_CERTIFICATE,)
    if fact.redirect is not None and fact.redirect.login is not LoginSign.NONE:
        form = fact.redirect.login is LoginSign.FORM
        return (Protection.LOGIN_FORM if form else Protection.SINGLE_SIGN_ON,)
    if fact.body is BodyShape.HTML_LOGIN:
        return (Protection.LOGIN_FORM,)
    return (Protection.HTTP_FORBIDDEN,) if fact.status == _FORBIDDEN else ()


def _outcome(
    fact: WebAnswered, probe: str, controls: list[WebAnswered], before: list[WebQuestion]
) -> WebOutcome:
    if fact.status in _LATER:
        return WebOutcome.LATER
    if fact.status in _FAULTS and fact.status != _NOT_IMPLEMENTED:
        return WebOutcome.FAULT
    if fact.purpose in _ASKED_FOR and probe.startswith(SAMPLE_PROBES):
        return WebOutcome.OTHER
    if _found_the_impossible(fact):
        return WebOutcome.IGNORES_KEYS if _is_told_apart(fact, controls) else WebOutcome.OTHER
    if fact.as_specified and _is_believed(fact, controls, before):
        return WebOutcome.ANSWERED
    return WebOutcome.ABSENT if fact.status in _ABSENT else WebOutcome.OTHER


def _found_the_impossible(fact: WebAnswered) -> bool:
    """Whether a null query brought rows, in a form that is no ordinary list."""
    if fact.purpose not in _MATCHED or not fact.rows:
        return False
    is_dicom = fact.media_type is MediaType.DICOM_JSON and fact.body is BodyShape.JSON_LIST
    return fact.as_specified or is_dicom


def _is_believed(fact: WebAnswered, controls: list[WebAnswered], before: list[WebQuestion]) -> bool:
    """Whether an answer as specified shows that the service is there.

    That something is not found proves nothing beside a path that is not found either, unless a query was
    answered under the same root: then it is known to be DICOMweb (DESIGN §3). Of WADO the control has to be
    under the same root: errors in JSON are common.
    """
    if fact.purpose is Purpose.RETRIEVE and any(
        each.is_open and each.fact.purpose is Purpose.QUERY and each.fact.root == fact.root for each in before
    ):
        return True
    base = fact.asked.removesuffix(AGAIN)
    own_names = (f"{base}{_OWN_CONTROL}", f"{base}{_OWN_CONTROL}{AGAIN}")
    own = [each for each in controls if each.asked in own_names and each.root == fact.root]
    if own and fact.status in _ABSENT:
        return _is_told_apart_by(own, fact, controls)
    if base in _WADO and not any(control.root == fact.root for control in controls):
        return False
    return _is_told_apart(fact, controls)


def _is_told_apart_by(own: list[WebAnswered], fact: WebAnswered, controls: list[WebAnswered]) -> bool:
    """Whether the controls of this very question differ: then what is not found may look like any such page.

    They have to differ from what is answered to any path at all, too, or they say nothing of this service.
    """
    others = [each for each in controls if each.root is None]
    return not any(_is_alike(each, fact) or any(_is_alike(each, other) for other in others) for each in own)


def _is_told_apart(fact: WebAnswered, controls: list[WebAnswered]) -> bool:
    """Whether no path that cannot exist is answered like this one (ADR 0017).

    Only ``application/dicom+json`` and what a product alone answers speak for themselves; a plain empty
    answer counts beside a control under its root, or where there is none at the top, that is not found.
    """
    if any(_is_alike(control, fact) for control in controls if control.root in (None, fact.root)):
        return False
    speaks = fact.media_type is MediaType.DICOM_JSON or fact.body not in _BARE
    return speaks or any(control.status in _UNKNOWN for control in _nearest(fact, controls))


_BARE: Final = frozenset({BodyShape.EMPTY, BodyShape.JSON_EMPTY_LIST, BodyShape.JSON_LIST})


def _nearest(fact: WebAnswered, controls: list[WebAnswered]) -> list[WebAnswered]:
    under = [control for control in controls if control.root is not None and control.root == fact.root]
    return under or [control for control in controls if control.root is None]


def _is_alike(control: WebAnswered, fact: WebAnswered) -> bool:
    return (control.status, control.body, control.media_type, control.signs) == (
        fact.status,
        fact.body,
        fact.media_type,
        fact.signs,
    )
