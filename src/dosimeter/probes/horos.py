"""The web portal of Horos and OsiriX: is its main page shown to a stranger?

The portal shows its first page to anybody, and its WADO-URI as well, whatever its settings; the main page
and all behind it only where no login is wanted. Where one is, the answer is 401 with a form and no
challenge. Its lists show patients and are never asked; it has no counter.
"""

from __future__ import annotations

from typing import Final

from dosimeter.model.facts import Fact
from dosimeter.model.message import say
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.web import Purpose
from dosimeter.probes._declare import NotAsked, Probe, Rides, Visit, web_line
from dosimeter.probes._products import HTML, open_page, unless_another, was_seen
from dosimeter.probes._web import Question, ask

PORT: Final = 3333
"""Where the portal listens as shipped: there it is asked without a sign, since its title can be changed."""

_INDEX: Final = Question("horos_index", Purpose.LANDING, "/index", accept=HTML)
_MAIN: Final = Question("horos_main", Purpose.LANDING, "/main", accept=HTML)
_PORTAL_LINKS: Final = ("studylist", "web portal")


async def _run(visit: Visit) -> tuple[Fact, ...]:
    unless_another(visit, "horos")
    if web_line(visit).endpoint.port != PORT and not was_seen(visit, "horos"):
        raise NotAsked(say("no sign of Horos or OsiriX"))
    index = await ask(visit, _INDEX, open_page(*_PORTAL_LINKS))
    main = await ask(visit, _MAIN, open_page(*_PORTAL_LINKS))
    return (index.fact, main.fact)


PROBE = Probe(
    name="horos",
    asks="GET of the first and the main page of the web portal, read to their shape",
    touch=Touch.PROVE,
    reference="Horos, WebPortalConnection",
    rides=Rides.WEB,
    needs=None,
    order=220,
    run=_run,
    services=ON_WEB,
)
