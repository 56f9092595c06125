"""Whether an HL7 v2 interface listens: the same people by another door. No message is sent."""

from __future__ import annotations

from dosimeter.model.facts import Fact
from dosimeter.model.message import say
from dosimeter.model.scope import Touch
from dosimeter.model.target import Service
from dosimeter.probes._declare import NotAsked, Probe, Rides, Visit


async def _run(visit: Visit) -> tuple[Fact, ...]:
    if visit.mllp is None:
        raise NotAsked(say("not an HL7 port"))
    return (await visit.mllp.knock(),)


PROBE = Probe(
    name="hl7_mllp",
    asks="an empty MLLP frame, and nothing else: whether an HL7 v2 interface listens",
    touch=Touch.NEGOTIATE,
    reference="HL7 v2 Transport Specification: MLLP",
    rides=Rides.OWN,
    needs=None,
    order=600,
    run=_run,
    services=frozenset({Service.HL7}),
)
