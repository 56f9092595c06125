"""The null query on Patient Root: a patient whose identifier was made on the spot."""

from __future__ import annotations

from dosimeter.model.facts import AssociationAccepted, Fact, QueryService
from dosimeter.model.scope import Touch
from dosimeter.probes._declare import Probe, Rides, Visit, open_association


async def _run(visit: Visit) -> tuple[Fact, ...]:
    return (await open_association(visit).null_query(QueryService.PATIENT_ROOT),)


PROBE = Probe(
    name="null_query_patient_root",
    asks="C-FIND, Patient Root, PATIENT level, for a PatientID made on the spot and nothing else",
    touch=Touch.PROVE,
    reference="PS3.4 §C.4.1, §C.6.1",
    rides=Rides.STRANGERS,
    needs=AssociationAccepted,
    order=50,
    run=_run,
)
