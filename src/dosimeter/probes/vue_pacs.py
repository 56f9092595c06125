"""Vue PACS (Carestream, Philips): its portal asks for a login first. No counter is published."""

from __future__ import annotations

from typing import Final

from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.web import Purpose
from dosimeter.probes._declare import Probe, Rides, Visit
from dosimeter.probes._products import HTML, open_page, unless_another
from dosimeter.probes._web import Question, ask

_PORTAL: Final = Question("vue_pacs_portal", Purpose.LANDING, "/portal/WebLogin.aspx", accept=HTML)


async def _run(visit: Visit) -> tuple[Fact, ...]:
    unless_another(visit, "vue_pacs")
    return ((await ask(visit, _PORTAL, open_page("vue pacs", "vue motion"))).fact,)


PROBE = Probe(
    name="vue_pacs",
    asks="GET of the login page of Vue PACS, read to its shape",
    touch=Touch.PROVE,
    reference="nuclei, carestream vue panel",
    rides=Rides.WEB,
    needs=None,
    order=250,
    run=_run,
    services=ON_WEB,
)
