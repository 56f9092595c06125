"""What a path that cannot exist is answered: against it every other answer is held."""

from __future__ import annotations

from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.web import Purpose
from dosimeter.probes._declare import Probe, Rides, Visit
from dosimeter.probes._web import Question, ask
from dosimeter.probes._web_roots import made_up_word


async def _run(visit: Visit) -> tuple[Fact, ...]:
    question = Question("control", Purpose.CONTROL, f"/{made_up_word()}", shown_path="/{null}")
    return ((await ask(visit, question)).fact,)


PROBE = Probe(
    name="web_control",
    asks="GET of a path made on the spot: what is answered to anything at all?",
    touch=Touch.NEGOTIATE,
    reference="RFC 9110 §15.5.5",
    rides=Rides.WEB,
    needs=None,
    order=120,
    run=_run,
    services=ON_WEB,
)
