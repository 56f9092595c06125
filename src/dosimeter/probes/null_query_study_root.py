"""The null query on Study Root: a study whose UID was made on the spot."""

from __future__ import annotations

from dosimeter.model.facts import AssociationAccepted, Fact, QueryService
from dosimeter.model.scope import Touch
from dosimeter.probes._declare import Probe, Rides, Visit, open_association


async def _run(visit: Visit) -> tuple[Fact, ...]:
    return (await open_association(visit).null_query(QueryService.STUDY_ROOT),)


PROBE = Probe(
    name="null_query_study_root",
    asks="C-FIND, Study Root, STUDY level, for a StudyInstanceUID made on the spot and nothing else",
    touch=Touch.PROVE,
    reference="PS3.4 §C.4.1, §C.6.2",
    rides=Rides.STRANGERS,
    needs=AssociationAccepted,
    order=40,
    run=_run,
)
