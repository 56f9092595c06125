"""C-ECHO inside the stranger's association."""

from __future__ import annotations

from dosimeter.model.facts import AssociationAccepted, Fact
from dosimeter.model.scope import Touch
from dosimeter.probes._declare import Probe, Rides, Visit, open_association


async def _run(visit: Visit) -> tuple[Fact, ...]:
    return (await open_association(visit).echo(),)


PROBE = Probe(
    name="dicom_echo",
    asks="C-ECHO",
    touch=Touch.NEGOTIATE,
    reference="PS3.7 §9.1.5, PS3.4 Annex A",
    rides=Rides.STRANGERS,
    needs=AssociationAccepted,
    order=30,
    run=_run,
)
