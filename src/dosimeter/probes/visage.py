"""Visage 7: its first page, where the landing page was not it. No path of it is published, and no counter."""

from __future__ import annotations

from typing import Final

from dosimeter.model.facts import Fact
from dosimeter.model.message import say
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.web import Purpose, WebAnswered
from dosimeter.probes._declare import NotAsked, Probe, Rides, Visit
from dosimeter.probes._products import HTML, open_page, unless_another
from dosimeter.probes._web import Question, ask

_PAGE: Final = Question("visage_page", Purpose.LANDING, "/", accept=HTML)


async def _run(visit: Visit) -> tuple[Fact, ...]:
    unless_another(visit, "visage")
    if any(isinstance(fact, WebAnswered) and fact.path == _PAGE.path for fact in visit.seen):
        raise NotAsked(say("its page is the landing page, which was read"))
    return ((await ask(visit, _PAGE, open_page("visage 7"))).fact,)


PROBE = Probe(
    name="visage",
    asks="GET of the first page, where the landing page was not read",
    touch=Touch.PROVE,
    reference="sdnewhop/dicom, census",
    rides=Rides.WEB,
    needs=None,
    order=260,
    run=_run,
    services=ON_WEB,
)
