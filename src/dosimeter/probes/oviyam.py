"""Oviyam 2: does its viewer open without a login?

The viewer's page shows nobody unless it is told a study. Oviyam has no counter: it reads another archive.
"""

from __future__ import annotations

from typing import Final

from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.web import Purpose
from dosimeter.probes._declare import Probe, Rides, Visit
from dosimeter.probes._products import HTML, bears, open_page, unless_another
from dosimeter.probes._web import Question, ask

_START: Final = Question("oviyam_start", Purpose.LANDING, "/oviyam2/", accept=HTML)
_VIEWER: Final = Question("oviyam_viewer", Purpose.LANDING, "/oviyam2/viewer.html", accept=HTML)
_BESIDE: Final = frozenset({"dcm4chee"})


async def _run(visit: Visit) -> tuple[Fact, ...]:
    unless_another(visit, "oviyam", _BESIDE)
    start = await ask(visit, _START, open_page("oviyam"))
    if not bears(start.fact, "oviyam"):
        return (start.fact,)
    viewer = await ask(visit, _VIEWER, open_page("oviyam"))
    return (start.fact, viewer.fact)


PROBE = Probe(
    name="oviyam",
    asks="GET of Oviyam's first page, and of its viewer with no study named",
    touch=Touch.PROVE,
    reference="Oviyam 2, web.xml",
    rides=Rides.WEB,
    needs=None,
    order=225,
    run=_run,
    services=ON_WEB,
)
