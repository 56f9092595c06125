from __future__ import annotations

import socket
import ssl
import struct
import time
import warnings
from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from dosimeter.dicom.association import AssociateAccepted
from dosimeter.model.attempt import Cause
from dosimeter.model.facts import ClientCertificate, Titles, TlsSeen
from dosimeter.model.scope import Pace
from dosimeter.model.target import Service
from dosimeter.net.causes import WireFailure
from dosimeter.net.loop import Loop
from dosimeter.net.tls import MAX_HANDSHAKE_BYTES, parse_certificate
from dosimeter.probes._proposals import strangers_proposal
from tests.peers.archive import Archive
from tests.peers.scripted import Behaviour, ScriptedServer, answering, dripping, reset, silent
from tests.peers.tls import certificates, server_context
from tests.unit.net.driving import QUICK, Caller, authorisation, descriptors, drive

PROPOSAL = strangers_proposal(Titles("NOBODY-00C0DE", "DOSIMETER"))
PATIENT = replace(QUICK, connect_seconds=4, answer_seconds=4, host_seconds=20)
BOTH = pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])


@pytest.fixture(autouse=True)
def _no_descriptor_is_left() -> Iterator[None]:
    before = descriptors()
    yield
    assert descriptors() == before


def visit(port: int, name: str | None = None, pace: Pace = QUICK) -> tuple[object, TlsSeen]:
    """Associate over TLS and release: what came, or how it failed, and what the handshake showed."""
    names = () if name is None else (name,)

    async def work(loop: Loop) -> tuple[object, TlsSeen]:
        allowed = authorisation(port, names=names, pace=pace)
        line = Caller(loop, allowed).line(port, service=Service.DICOM_TLS, name=name)
        outcome: object
        try:
            outcome = await line.associate(PROPOSAL)
            await line.hang_up()
        except WireFailure as failed:
            outcome = failed.cause
        assert line.tls is not None
        return outcome, line.tls

    return drive(work)


@BOTH
def test_the_handshake_is_a_fact(version: ssl.TLSVersion) -> None:
    """Protocol, suite and certificate of a server that asks for none of ours."""
    with Archive(tls=server_context(version=version)) as archive:
        outcome, seen = visit(archive.port)
        (connection,) = archive.wait_for_ends(1)
    assert isinstance(outcome, AssociateAccepted)
    assert str(seen.protocol) == {ssl.TLSVersion.TLSv1_2: "TLSv1.2"}.get(version, "TLSv1.3")
    assert seen.cipher_suite is not None
    assert seen.alert is None
    assert seen.client_certificate is ClientCertificate.NOT_ASKED
    assert connection.ended_by == "release"


def test_the_certificate_is_read_as_it_is() -> None:
    """Subject, issuer, dates, key and hash of the leaf, nobody's signature checked."""
    with Archive(tls=server_context()) as archive:
        _, seen = visit(archive.port)
    leaf = x509.load_pem_x509_certificate(certificates().server.certificate.read_bytes())
    found = seen.certificate
    assert found is not None
    assert (str(found.subject), str(found.issuer)) == ("CN=server", "CN=dosimeter test authority")
    assert found.not_before == leaf.not_valid_before_utc.isoformat()
    assert found.not_after == leaf.not_valid_after_utc.isoformat()
    assert str(found.key) == "RSA 2048"
    assert not found.self_signed
    assert len(found.sha256) == 64


@BOTH
def test_a_certificate_that_is_asked_for_and_not_insisted_on_is_optional(version: ssl.TLSVersion) -> None:
    """The server went on without."""
    with Archive(tls=server_context(ssl.CERT_OPTIONAL, version)) as archive:
        outcome, seen = visit(archive.port)
    assert isinstance(outcome, AssociateAccepted)
    assert seen.client_certificate is ClientCertificate.OPTIONAL


@BOTH
def test_a_certificate_that_is_insisted_on_is_required(version: ssl.TLSVersion) -> None:
    """TLS 1.2 refuses in the handshake, TLS 1.3 at our first read; both are seen."""
    with Archive(tls=server_context(ssl.CERT_REQUIRED, version)) as archive:
        outcome, seen = visit(archive.port)
    assert outcome is Cause.TLS_FAILED
    assert seen.client_certificate is ClientCertificate.REQUIRED
    assert seen.alert is not None
    assert "CERTIFICATE_REQUIRED" in str(seen.alert) or "HANDSHAKE_FAILURE" in str(seen.alert)


def test_a_withdrawn_version_is_seen_rather_than_missed() -> None:
    """An archive that speaks nothing better than TLS 1.0 is still an archive."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context = server_context(version=ssl.TLSVersion.TLSv1)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with Archive(tls=context) as archive:
        outcome, seen = visit(archive.port)
    assert isinstance(outcome, AssociateAccepted)
    assert str(seen.protocol) == "TLSv1"


def test_a_suite_that_encrypts_nothing_is_seen_rather_than_missed() -> None:
    """An archive whose only suite is NULL-SHA256 looks protected and is not: that is a finding."""
    context = server_context(version=ssl.TLSVersion.TLSv1_2)
    context.set_ciphers("NULL-SHA256:@SECLEVEL=0")
    with Archive(tls=context) as archive:
        outcome, seen = visit(archive.port)
    assert isinstance(outcome, AssociateAccepted)
    assert str(seen.cipher_suite) == "NULL-SHA256"


def test_the_name_it_was_resolved_from_is_the_server_name() -> None:
    """Server name indication is the scope's name (RFC 6066 §3)."""
    asked: list[str | None] = []
    context = server_context()
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    with Archive(tls=context) as archive:
        visit(archive.port, "pacs.example.test")
    assert asked == ["pacs.example.test"]


def failing(behaviour: Behaviour, pace: Pace = QUICK) -> tuple[object, TlsSeen, float]:
    """A visit to a peer that does something else: how it failed, what was seen, how long it took."""
    with ScriptedServer(behaviour) as server:
        began = time.monotonic()
        outcome, seen = visit(server.port, pace=pace)
        return outcome, seen, time.monotonic() - began


def test_a_refused_handshake_keeps_the_reason_of_the_alert() -> None:
    """The alert is OpenSSL's name for it, not the server's text."""
    outcome, seen, _ = failing(answering(b"\x15\x03\x03\x00\x02\x02\x28"))
    assert outcome is Cause.TLS_FAILED
    assert "HANDSHAKE_FAILURE" in str(seen.alert)
    assert (seen.protocol, seen.certificate) == (None, None)


def test_a_plain_peer_is_a_failed_handshake() -> None:
    """DICOM in clear, or a web server, on a port that is for TLS."""
    with Archive() as archive:
        assert visit(archive.port)[0] is Cause.TLS_FAILED
    assert failing(answering(b"HTTP/1.1 400 Bad Request\r\n\r\n"))[0] is Cause.TLS_FAILED


def test_a_peer_that_hangs_up_in_the_handshake_is_a_failed_handshake() -> None:
    """FIN instead of a ServerHello."""

    def hang_up(connection: socket.socket, _stopping: Event) -> None:
        connection.recv(65_536)

    assert failing(hang_up)[0] is Cause.TLS_FAILED


def test_a_reset_in_the_handshake_is_closed_early() -> None:
    """RST instead of a ServerHello."""
    assert failing(reset)[0] is Cause.CLOSED_EARLY


@pytest.mark.parametrize("behaviour", [silent, dripping(b"\x16\x03\x03\x40\x00\x02" + bytes(9000), 0.02)])
def test_a_handshake_that_does_not_come_to_an_end_is_timed_out(behaviour: Behaviour) -> None:
    """Silence and a drip cost connect and answer time together, and no more."""
    outcome, _, took = failing(behaviour)
    assert outcome is Cause.TIMED_OUT
    assert 0.8 <= took < 3.0


def hanging_up(context: ssl.SSLContext, end: str) -> Behaviour:
    """Shakes hands, and hangs up without a word on whoever showed no certificate."""

    def behave(connection: socket.socket, _stopping: Event) -> None:
        with context.wrap_socket(connection, server_side=True) as inside:
            inside.recv(65_536)
            if end == "RST":
                inside.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return behave


@pytest.mark.parametrize("end", ["FIN", "RST"])
@BOTH
def test_a_server_that_asks_for_a_certificate_and_then_hangs_up_requires_it(
    version: ssl.TLSVersion, end: str
) -> None:
    """No alert is needed: asked for, not shown, and not answered."""
    outcome, seen, _ = failing(hanging_up(server_context(ssl.CERT_OPTIONAL, version), end))
    assert outcome is Cause.CLOSED_EARLY
    assert seen.client_certificate is ClientCertificate.REQUIRED


@pytest.mark.parametrize("end", ["FIN", "RST"])
def test_a_server_that_hangs_up_without_having_asked_for_a_certificate_does_not_require_one(
    end: str,
) -> None:
    """What was not asked for is not what was missing."""
    outcome, seen, _ = failing(hanging_up(server_context(), end))
    assert outcome is Cause.CLOSED_EARLY
    assert seen.client_certificate is ClientCertificate.NOT_ASKED


def test_a_handshake_that_feeds_us_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the TLS layer would still take, after so many bytes it is over."""
    monkeypatch.setattr("dosimeter.net.tls.MAX_HANDSHAKE_BYTES", 1024)
    with Archive(tls=server_context()) as archive:
        outcome, _ = visit(archive.port)
    assert outcome is Cause.BAD_PEER


def test_hello_requests_without_end_are_cut() -> None:
    """Long before the deadline."""
    hello_request = b"\x16\x03\x03\x00\x04\x00\x00\x00\x00"

    def feed(connection: socket.socket, _stopping: Event) -> None:
        connection.recv(65_536)
        connection.sendall(hello_request * (2 * MAX_HANDSHAKE_BYTES // len(hello_request)))

    outcome, _, took = failing(feed, PATIENT)
    assert outcome in {Cause.BAD_PEER, Cause.TLS_FAILED}
    assert took < 0.5 * (PATIENT.connect_seconds + PATIENT.answer_seconds)


def test_a_chain_without_end_is_cut() -> None:
    """Five hundred certificates are not worth reading."""
    pair = certificates().server
    long_chain = pair.certificate.with_name("long-chain.crt")
    long_chain.write_bytes(
        pair.certificate.read_bytes() + certificates().authority.certificate.read_bytes() * 500
    )
    context = server_context()
    context.load_cert_chain(long_chain, pair.key)
    with Archive(tls=context) as archive:
        outcome, _ = visit(archive.port)
    assert outcome in {Cause.BAD_PEER, Cause.TLS_FAILED}


@pytest.mark.parametrize("damage", range(0, 760, 7))
def test_a_certificate_that_cannot_be_read_is_none_and_never_a_fault(damage: int) -> None:
    """A certificate is hostile text: whatever byte is wrong, nothing is raised."""
    leaf = x509.load_pem_x509_certificate(certificates().server.certificate.read_bytes())
    encoded = bytearray(leaf.public_bytes(Encoding.DER))
    encoded[damage % len(encoded)] ^= 0x55
    parse_certificate(bytes(encoded))


@pytest.mark.parametrize("encoded", [b"", b"\x30", b"\x30\x80" + bytes(40), bytes(100)])
def test_what_is_no_certificate_is_none(encoded: bytes) -> None:
    """Nothing is guessed from what is not a certificate."""
    assert parse_certificate(encoded) is None


def test_a_certificate_of_an_unknown_version_is_none() -> None:
    """Version 5 of X.509 does not exist; whoever sends it does not stop the survey."""
    leaf = x509.load_pem_x509_certificate(certificates().server.certificate.read_bytes())
    encoded = leaf.public_bytes(Encoding.DER)
    version = encoded.index(b"\xa0\x03\x02\x01\x02")
    assert parse_certificate(encoded[: version + 4] + b"\x04" + encoded[version + 5 :]) is None
