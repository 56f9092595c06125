from __future__ import annotations

import ssl

import pytest

from dosimeter.model.attempt import Cause
from dosimeter.model.facts import AssociationAccepted, ClientCertificate, Fact, TlsSeen
from dosimeter.model.target import Service
from dosimeter.net.causes import WireFailure
from dosimeter.net.loop import Loop
from dosimeter.probes._declare import Visit
from dosimeter.probes.dicom_associate import PROBE as ASSOCIATE
from dosimeter.probes.dicom_tls import PROBE
from tests.peers.archive import Archive
from tests.peers.tls import server_context
from tests.unit.net.driving import Caller, authorisation, drive
from tests.unit.probes.visiting import STRANGER, ask


def test_the_handshake_under_the_strangers_association_is_a_fact() -> None:
    """Protocol, suite and certificate are read from the one connection there is."""
    with Archive(tls=server_context()) as archive:
        (accepted,), (seen,) = ask(archive, ASSOCIATE, PROBE, service=Service.DICOM_TLS)
        archive.wait_for_ends(1)
    assert isinstance(accepted, AssociationAccepted)
    assert isinstance(seen, TlsSeen)
    assert str(seen.protocol) == "TLSv1.3"
    assert str(seen.cipher_suite).startswith("TLS_")
    assert seen.certificate is not None
    assert str(seen.certificate.subject) == "CN=server"
    assert seen.client_certificate is ClientCertificate.NOT_ASKED
    assert len(archive.visits) == 1


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_handshake_that_fails_for_want_of_a_certificate_is_a_fact_too(version: ssl.TLSVersion) -> None:
    """The association fails; what the handshake showed before is kept all the same."""
    with Archive(tls=server_context(ssl.CERT_REQUIRED, version)) as archive:
        allowed = authorisation(archive.port)

        async def work(loop: Loop) -> tuple[Cause, tuple[Fact, ...]]:
            line = Caller(loop, allowed).line(archive.port, service=Service.DICOM_TLS)
            visit = Visit(line, allowed, STRANGER)
            try:
                await ASSOCIATE.run(visit)
            except WireFailure as failure:
                return failure.cause, await PROBE.run(visit)
            raise AssertionError("the peer let us in without a certificate")

        cause, (seen,) = drive(work)
    assert cause is Cause.TLS_FAILED
    assert isinstance(seen, TlsSeen)
    assert seen.client_certificate is ClientCertificate.REQUIRED
    assert seen.alert is not None


def test_nothing_is_said_of_tls_where_there_was_none() -> None:
    """Without a handshake there is no fact, and none is asked for."""
    with Archive() as archive:
        _, facts = ask(archive, ASSOCIATE, PROBE)
        archive.wait_for_ends(1)
    assert facts == ()
    assert len(archive.visits) == 1


def test_the_probe_is_for_tls_ports_alone() -> None:
    """Its declaration keeps it off plain DICOM."""
    assert PROBE.services == {Service.DICOM_TLS}
