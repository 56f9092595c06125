"""What the TLS handshake under the stranger's association showed. Opens no connection."""

from __future__ import annotations

from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.target import Service
from dosimeter.probes._declare import Probe, Rides, Visit


async def _run(visit: Visit) -> tuple[Fact, ...]:
    seen = visit.line.tls
    return (seen,) if seen is not None else ()


PROBE = Probe(
    name="dicom_tls",
    asks="the TLS handshake of a DICOM-TLS port: protocol, suite, certificate, whether a client "
    "certificate is demanded; none is shown",
    touch=Touch.NEGOTIATE,
    reference="PS3.15 B.12, RFC 8446 §4.3.2",
    rides=Rides.STRANGERS,
    needs=None,
    order=20,
    run=_run,
    services=frozenset({Service.DICOM_TLS}),
)
