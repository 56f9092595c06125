"""Which probes an endpoint is asked, in which order. Pure."""

from __future__ import annotations

from typing import Final, TypeGuard

from dosimeter.model.attempt import Attempt, Cause, Failed, Skipped
from dosimeter.model.facts import AssociationAccepted, Fact, NotDicomSeen, NotHttpSeen, Signature
from dosimeter.model.message import Message, say
from dosimeter.model.scope import Touch
from dosimeter.model.target import Service
from dosimeter.model.web import AttributesSampled, WebAnswered
from dosimeter.probes._declare import Probe, Rides, Visit

NOTHING_THERE = frozenset({Cause.REFUSED, Cause.UNREACHABLE, Cause.LOCAL, Cause.OUT_OF_SCOPE})
"""Causes after which no other question makes sense, nor a line that says it was skipped."""


_SPEAKS_OTHERWISE: Final[dict[tuple[Service, Fact], Service]] = {
    (Service.DICOM, NotDicomSeen(Signature.TLS_ALERT)): Service.DICOM_TLS,
    (Service.DICOM, NotDicomSeen(Signature.HTTP)): Service.WEB,
    (Service.DICOM_TLS, NotDicomSeen(Signature.HTTP)): Service.WEB_TLS,
    (Service.WEB, NotHttpSeen(Signature.TLS_ALERT)): Service.WEB_TLS,
    (Service.WEB_TLS, NotHttpSeen(Signature.HTTP)): Service.WEB,
}
"""What a port is to be asked as that showed, asked as the first, the second (adr 0006). No port that may
be DICOM is sent HTTP: it has answered, and in HTTP."""


def probes_for(probes: tuple[Probe, ...], service: Service, touch: Touch) -> tuple[Probe, ...]:
    """The probes that suit a service and go no further than the touch the survey was given."""
    return tuple(probe for probe in probes if service in probe.services and probe.touch <= touch)


_CAUSES: Final = {
    Cause.REFUSED: say("refused"),
    Cause.UNREACHABLE: say("unreachable"),
    Cause.TIMED_OUT: say("timed out"),
    Cause.CLOSED_EARLY: say("closed early"),
    Cause.NOT_DICOM: say("not dicom"),
    Cause.NOT_HTTP: say("not http"),
    Cause.BUSY: say("busy"),
    Cause.BAD_PEER: say("bad peer"),
    Cause.TLS_FAILED: say("tls failed"),
    Cause.OUT_OF_SCOPE: say("out of scope"),
    Cause.INTERRUPTED: say("interrupted"),
    Cause.LOCAL: say("local"),
    Cause.FAULT: say("fault"),
}


def why_not(probe: Probe, visit: Visit) -> Message | None:
    """Why a probe is not asked on this visit, or None if it is."""
    if visit.overloaded:
        return say("it was silent or out of resources: more questions would press it")
    if probe.rides is Rides.WEB and visit.stranger_failed is not None:
        return say("the first request got no answer ({cause})", cause=_CAUSES[visit.stranger_failed])
    if probe.needs is None:
        return None
    for fact in visit.seen:
        if isinstance(fact, probe.needs):
            return None
    if any(isinstance(fact, AssociationAccepted) for fact in visit.seen):
        return say("no null query was asked and answered")
    if visit.stranger_failed is not None:
        return say("the stranger's association got no answer ({cause})", cause=_CAUSES[visit.stranger_failed])
    return say("the stranger's association was not accepted")


def speaks_otherwise(service: Service, attempts: tuple[Attempt, ...]) -> Service | None:
    """What the port is to be asked as instead, if its answer to the first question shows that; else None."""
    first = attempts[0]
    if not got_nothing(first):
        return None
    if service is Service.WEB and first.cause is Cause.CLOSED_EARLY:
        return Service.WEB_TLS  # As OpenSSL 3 servers do when they are asked in clear.
    return next(
        (_SPEAKS_OTHERWISE[service, fact] for fact in first.facts if (service, fact) in _SPEAKS_OTHERWISE),
        None,
    )


def got_nothing(attempt: Attempt) -> TypeGuard[Failed]:
    """Whether a first question failed, and had no answer over HTTP before: else the port is asked on."""
    return isinstance(attempt, Failed) and not any(isinstance(fact, WebAnswered) for fact in attempt.facts)


def is_sampled(attempts: tuple[Attempt, ...]) -> bool:
    """Whether personal attributes were sampled: once is enough for a host, whatever its doors."""
    return any(
        isinstance(fact, AttributesSampled)
        for attempt in attempts
        if not isinstance(attempt, Skipped)
        for fact in attempt.facts
    )


def ends_visit(probe: Probe, cause: Cause) -> bool:
    """Whether nothing more is asked once the first question of a visit has failed so.

    A web port that showed no HTTP is asked nothing else over HTTP; one that refused the TLS handshake may
    still show what it would accept.
    """
    return cause in NOTHING_THERE or (probe.rides is Rides.WEB and cause is not Cause.TLS_FAILED)


def is_pressing(probe: Probe, attempt: Attempt) -> bool:
    """Whether a web port fell silent: more questions would press it."""
    return probe.rides is Rides.WEB and isinstance(attempt, Failed) and attempt.cause is Cause.TIMED_OUT
