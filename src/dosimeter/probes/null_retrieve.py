"""The null retrieve: C-GET of a study that cannot exist, in an association that could carry none."""

from __future__ import annotations

from dosimeter.model.facts import AssociationAccepted, Fact
from dosimeter.model.message import say
from dosimeter.model.scope import Touch
from dosimeter.net.scu import GET_SYNTAX
from dosimeter.probes._association import null_retrieve
from dosimeter.probes._declare import NotAsked, Probe, Rides, Visit


async def _run(visit: Visit) -> tuple[Fact, ...]:
    accepted = next(fact for fact in visit.seen if isinstance(fact, AssociationAccepted))
    if not any(syntax in accepted.accepted for syntax in GET_SYNTAX.values()):
        raise NotAsked(say("no GET context was accepted"))
    return (await null_retrieve(visit.line, accepted.titles),)


PROBE = Probe(
    name="null_retrieve",
    asks="a second association with GET contexts alone, and in it C-GET of a StudyInstanceUID made on the "
    "spot: nothing exists that could be sent",
    touch=Touch.PROVE,
    reference="PS3.4 §C.4.3",
    rides=Rides.OWN,
    needs=AssociationAccepted,
    order=70,
    run=_run,
)
