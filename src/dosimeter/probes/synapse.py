"""Fujifilm Synapse: its sign-on page. No counter is published."""

from __future__ import annotations

from typing import Final

from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.web import Purpose
from dosimeter.probes._declare import Probe, Rides, Visit
from dosimeter.probes._products import HTML, open_page, unless_another
from dosimeter.probes._web import Question, ask

_SIGN_ON: Final = Question("synapse_sign_on", Purpose.LANDING, "/SynapseSignOn/", accept=HTML)


async def _run(visit: Visit) -> tuple[Fact, ...]:
    unless_another(visit, "synapse")
    return ((await ask(visit, _SIGN_ON, open_page("synapse"))).fact,)


PROBE = Probe(
    name="synapse",
    asks="GET of the sign-on page of Synapse, read to its shape",
    touch=Touch.PROVE,
    reference="DICOMHawk, fujifilm.yaml",
    rides=Rides.WEB,
    needs=None,
    order=255,
    run=_run,
    services=ON_WEB,
)
