"""Which probes an endpoint is asked, in which order. Pure."""

from __future__ import annotations

from dosimeter.model.attempt import Attempt, Cause, Failed
from dosimeter.model.facts import AssociationAccepted, NotDicomSeen, Signature
from dosimeter.model.scope import Touch
from dosimeter.model.target import Endpoint, Service
from dosimeter.probes._declare import Probe, Visit

NOTHING_THERE = frozenset({Cause.REFUSED, Cause.UNREACHABLE, Cause.LOCAL, Cause.OUT_OF_SCOPE})
"""Causes after which no other question makes sense, nor a line that says it was skipped."""


_TLS_ALERT = NotDicomSeen(Signature.TLS_ALERT)


def probes_for(probes: tuple[Probe, ...], service: Service, touch: Touch) -> tuple[Probe, ...]:
    """The probes that suit a service and go no further than the touch the survey was given."""
    return tuple(probe for probe in probes if service in probe.services and probe.touch <= touch)


def why_not(probe: Probe, visit: Visit) -> str | None:
    """Why a probe is not asked on this visit, or None if it is."""
    if visit.overloaded:
        return "it was silent or out of resources: more questions would press it"
    if probe.needs is None:
        return None
    for fact in visit.seen:
        if isinstance(fact, probe.needs):
            return None
    if any(isinstance(fact, AssociationAccepted) for fact in visit.seen):
        return "no null query was asked and answered"
    if visit.stranger_failed is not None:
        return f"the stranger's association got no answer ({visit.stranger_failed.value.replace('_', ' ')})"
    return "the stranger's association was not accepted"


def is_worth_tls(endpoint: Endpoint, attempts: tuple[Attempt, ...]) -> bool:
    """Whether a port that was asked in clear answered with a TLS alert: it wants TLS (adr 0006)."""
    if endpoint.service is not Service.DICOM:
        return False
    first = attempts[0]
    return isinstance(first, Failed) and _TLS_ALERT in first.facts
