"""What a browser is shown first: the front page, where that leads on the same origin, and the icon.

Of an HTTPS port also what the handshake showed, whether or not it came to its end.
"""

from __future__ import annotations

from typing import Final

from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.web import Purpose
from dosimeter.net.causes import WireFailure
from dosimeter.probes._declare import Probe, Rides, Visit, web_line
from dosimeter.probes._web import Heard, Question, ask
from dosimeter.probes._web_place import path_of_hop

MAX_HOPS: Final = 3

_HTML: Final = "text/html,*/*;q=0.8"


async def _run(visit: Visit) -> tuple[Fact, ...]:
    try:
        pages = await _pages(visit)
    except WireFailure as failure:
        raise WireFailure(failure.cause, failure.detail, (*failure.facts, *_handshake(visit))) from None
    return (*pages, *_handshake(visit))


def _handshake(visit: Visit) -> tuple[Fact, ...]:
    seen = web_line(visit).tls
    return (seen,) if seen is not None else ()


async def _pages(visit: Visit) -> tuple[Fact, ...]:
    heard = await ask(visit, Question("landing", Purpose.LANDING, "/", accept=_HTML))
    facts: list[Fact] = [heard.fact]
    asked = ["/"]
    while len(asked) <= MAX_HOPS and (hop := _next(visit, heard, asked[-1])) and hop not in asked:
        question = Question(
            f"landing_redirect_{len(asked)}", Purpose.LANDING, hop, accept=_HTML, shown_path="{redirect}"
        )
        asked.append(hop)
        heard = await ask(visit, question)
        facts.append(heard.fact)
    if heard.fact.redirect is None:
        visit.landed = asked[-1]
    facts.append((await ask(visit, Question("favicon", Purpose.LANDING, "/favicon.ico"))).fact)
    return tuple(facts)


def _next(visit: Visit, heard: Heard, asked: str) -> str | None:
    """The path that a redirect leads to, on the same origin alone."""
    location = heard.response.header("location")
    if heard.fact.redirect is None or location is None:
        return None
    return path_of_hop(location, web_line(visit).endpoint, asked)


PROBE = Probe(
    name="web_landing",
    asks=f"GET of the front page, of at most {MAX_HOPS} redirects from it within the same origin, and of the "
    "icon: who is this, and is there a login? Of HTTPS also the handshake: protocol, suite, certificate, "
    "whether a client certificate is demanded; none is shown",
    touch=Touch.NEGOTIATE,
    reference="RFC 9110 §9.3.1, §15.4",
    rides=Rides.WEB,
    needs=None,
    order=110,
    run=_run,
    services=ON_WEB,
)
