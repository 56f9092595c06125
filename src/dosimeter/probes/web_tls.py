"""What the TLS handshake under the HTTP connection showed. Opens no connection."""

from __future__ import annotations

from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.target import Service
from dosimeter.probes._declare import Probe, Rides, Visit, web_line


async def _run(visit: Visit) -> tuple[Fact, ...]:
    seen = web_line(visit).tls
    return (seen,) if seen is not None else ()


PROBE = Probe(
    name="web_tls",
    asks="the TLS handshake of an HTTPS port: protocol, suite, certificate, whether a client certificate is "
    "demanded; none is shown",
    touch=Touch.NEGOTIATE,
    reference="RFC 9110 §4.3.4, RFC 8446 §4.3.2",
    rides=Rides.STRANGERS,
    needs=None,
    order=115,
    run=_run,
    services=frozenset({Service.WEB_TLS}),
)
