"""What the TLS handshake under the stranger's association showed. Opens no connection."""

from __future__ import annotations

from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.probes._declare import NotAsked, Probe, Rides, Visit


async def _run(visit: Visit) -> tuple[Fact, ...]:
    seen = visit.line.tls
    if seen is None:
        raise NotAsked("the port was not asked for TLS")
    return (seen,)


PROBE = Probe(
    name="dicom_tls",
    asks="the TLS handshake of a DICOM-TLS port: protocol, suite, certificate, whether a client "
    "certificate is demanded; none is shown",
    touch=Touch.NEGOTIATE,
    reference="PS3.15 B.12, RFC 8446 §4.3.2",
    rides=Rides.OWN,
    needs=None,
    order=20,
    run=_run,
)
