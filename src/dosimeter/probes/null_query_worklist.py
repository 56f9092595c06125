"""The null query on Modality Worklist: a day on which nothing can be scheduled."""

from __future__ import annotations

from dosimeter.model.facts import AssociationAccepted, Fact, QueryService
from dosimeter.model.scope import Touch
from dosimeter.probes._declare import Probe, Rides, Visit, open_association


async def _run(visit: Visit) -> tuple[Fact, ...]:
    return (await open_association(visit).null_query(QueryService.WORKLIST),)


PROBE = Probe(
    name="null_query_worklist",
    asks="C-FIND, Modality Worklist, for a procedure scheduled on a date that cannot be",
    touch=Touch.PROVE,
    reference="PS3.4 Annex K.4, K.6",
    rides=Rides.STRANGERS,
    needs=AssociationAccepted,
    order=60,
    run=_run,
)
