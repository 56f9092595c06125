"""The stranger's association: who are you, and what would you do for me?"""

from __future__ import annotations

from dosimeter.model.facts import Fact, Titles
from dosimeter.model.scope import Touch
from dosimeter.probes._association import associate
from dosimeter.probes._declare import Probe, Rides, Visit
from dosimeter.probes._proposals import STRANGER_CALLING, strangers_proposal


async def _run(visit: Visit) -> tuple[Fact, ...]:
    titles = Titles(visit.stranger_called, STRANGER_CALLING)
    return (await associate(visit.line, strangers_proposal(titles)),)


PROBE = Probe(
    name="dicom_associate",
    asks="A-ASSOCIATE as a stranger: verification, query, retrieve, worklist, storage commitment and storage "
    "contexts in one request; nothing is stored or retrieved",
    touch=Touch.NEGOTIATE,
    reference="PS3.8 §7.1, §9.3.2",
    rides=Rides.OWN,
    needs=None,
    order=10,
    run=_run,
)
