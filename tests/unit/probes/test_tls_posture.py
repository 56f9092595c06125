from __future__ import annotations

import pytest

from dosimeter.model.facts import ClientCertificate, TlsSeen
from dosimeter.model.scope import Touch
from dosimeter.model.target import Service
from dosimeter.model.text import ServerText
from dosimeter.model.web import TlsPostureSeen
from dosimeter.net.loop import Loop
from dosimeter.probes._declare import NotAsked, Visit
from dosimeter.probes.tls_posture import PROBE
from tests.peers.archive import Archive
from tests.peers.postures import PACE, versions
from tests.peers.tls import server_context
from tests.unit.net.driving import Caller, authorisation, drive


def asked(port: int, *seen: TlsSeen) -> TlsPostureSeen:
    """What the probe finds on a visit that saw this so far."""

    async def work(loop: Loop) -> TlsPostureSeen:
        allowed = authorisation(port, pace=PACE)
        line = Caller(loop, allowed).line(port, service=Service.DICOM_TLS)
        (fact,) = await PROBE.run(Visit(line, allowed, "NOBODY", seen))
        assert isinstance(fact, TlsPostureSeen)
        return fact

    return drive(work)


def handshake(protocol: str | None, alert: str | None = None) -> TlsSeen:
    """What a whole handshake showed, or why it failed."""
    return TlsSeen(
        ServerText.of(protocol) if protocol else None,
        None,
        None,
        ClientCertificate.UNKNOWN,
        ServerText.of(alert) if alert else None,
    )


@pytest.mark.parametrize("seen", [handshake("TLSv1.3"), handshake(None, "HANDSHAKE_FAILURE")])
def test_a_tls_peer_is_asked_though_it_refused_the_handshake(seen: TlsSeen) -> None:
    """What it would accept is what is to be learnt."""
    with Archive(tls=server_context()) as archive:
        posture = asked(archive.port, seen)
    assert versions(posture) == ["TLSv1.3"]
    assert posture.is_whole


def test_a_port_that_showed_no_tls_is_not_asked() -> None:
    """No ClientHello goes where none was answered; nothing listens here that could hear one."""
    with pytest.raises(NotAsked, match="no TLS"):
        asked(1, handshake(None))


def test_it_is_a_question_of_negotiation() -> None:
    """No patient's data can be in a handshake."""
    assert PROBE.touch is Touch.NEGOTIATE
    assert PROBE.services == {Service.DICOM_TLS, Service.WEB_TLS}
