"""MedDream: is its viewer's page shown with no login?

The first page of current releases is the landing page; older ones log in at a page of their own. It has no
counter that is published.
"""

from __future__ import annotations

from typing import Final

from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.web import Purpose
from dosimeter.probes._declare import Probe, Rides, Visit
from dosimeter.probes._products import HTML, open_page, unless_another
from dosimeter.probes._web import Question, ask

_LOGIN: Final = Question("meddream_login", Purpose.LANDING, "/pacs/login.php", accept=HTML)
_BESIDE: Final = frozenset({"pacsone"})


async def _run(visit: Visit) -> tuple[Fact, ...]:
    unless_another(visit, "meddream", _BESIDE)
    return ((await ask(visit, _LOGIN, open_page("meddream", "md.main.min."))).fact,)


PROBE = Probe(
    name="meddream",
    asks="GET of MedDream's login page, read to its shape",
    touch=Touch.PROVE,
    reference="MedDream DICOM Viewer servicing manual",
    rides=Rides.WEB,
    needs=None,
    order=240,
    run=_run,
    services=ON_WEB,
)
