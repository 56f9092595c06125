from __future__ import annotations

import ssl
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosimeter.model.attempt import Cause
from dosimeter.model.cipher_suites import PROTOCOLS, SSL_3, SUITES, TLS_1_2, TLS_1_3, CipherSuite, by_name
from dosimeter.model.target import Service
from dosimeter.net.causes import WireFailure
from dosimeter.net.loop import Loop
from dosimeter.net.tls_hello import (
    MOST_SUITES,
    Heard,
    Offer,
    Outcome,
    ServerFlight,
    encode_client_hello,
    farewell,
)
from dosimeter.net.tls_posture import Findings, PostureLine, asking
from tests.peers.postures import PACE, posture_of, versions
from tests.peers.scripted import ScriptedServer, reset, silent
from tests.peers.tls import certificates
from tests.unit.net.driving import QUICK, Caller, authorisation, descriptors, drive

SOUND = by_name()["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]
TRIPLE_DES = by_name()["TLS_RSA_WITH_3DES_EDE_CBC_SHA"]
FINITE = by_name()["TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"]


@pytest.fixture(autouse=True)
def _no_descriptor_is_left() -> Iterator[None]:
    before = descriptors()
    yield
    assert descriptors() == before


def record(content: int, body: bytes) -> bytes:
    """One record of TLS 1.2."""
    return struct.pack(">BHH", content, 0x0303, len(body)) + body


def server_hello(suite: CipherSuite, version: int = 0x0303) -> bytes:
    """A ServerHello without extensions, as a message."""
    body = struct.pack(">H", version) + bytes(32) + b"\0" + struct.pack(">H", suite.code) + b"\0"
    return b"\x02" + len(body).to_bytes(3, "big") + body


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_our_hello_is_one_that_openssl_reads(protocol: str) -> None:
    """It answers with a flight or an alert that is not about the form of the message."""
    valid = sorted((suite for suite in SUITES if suite.is_valid_in(protocol)), key=lambda suite: -suite.tier)
    offer = Offer(protocol, tuple(valid[:MOST_SUITES]))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates().server.certificate, certificates().server.key)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    talk = context.wrap_bio(incoming, outgoing, server_side=True)
    hello = encode_client_hello(offer, "pacs.example.org")
    assert len(hello) - 5 not in range(256, 512)
    incoming.write(hello)
    with suppress(ssl.SSLWantReadError, ssl.SSLError):
        talk.do_handshake()
    heard = ServerFlight(offer).feed(outgoing.read())
    assert heard is not None
    assert heard.outcome is (Outcome.ACCEPTED if protocol in {TLS_1_2, TLS_1_3} else Outcome.REFUSED)
    incoming.write(farewell(offer))
    with pytest.raises(ssl.SSLError):
        talk.do_handshake()


def test_what_a_server_says_is_read_in_whatever_pieces_it_comes() -> None:
    """A ServerHello and a ServerKeyExchange with a prime of 1024 bits, byte by byte."""
    prime = b"\xff" * 128
    exchange = struct.pack(">H", 128) + prime + b"\0\1\2\0\1\3"
    message = b"\x0c" + len(exchange).to_bytes(3, "big") + exchange
    flight = ServerFlight(Offer(TLS_1_2, (FINITE,)))
    heard = [flight.feed(bytes([byte])) for byte in record(22, server_hello(FINITE) + message)]
    assert heard[:-1] == [None] * (len(heard) - 1)
    assert heard[-1] == Heard(Outcome.ACCEPTED, FINITE, 1024)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (record(21, b"\x02\x28"), Heard(Outcome.REFUSED, alert=40)),
        (record(21, b"\x01\x00"), Heard(Outcome.REFUSED, alert=0)),
        (record(22, server_hello(TRIPLE_DES)), Heard(Outcome.ACCEPTED, TRIPLE_DES)),
        (record(22, server_hello(TRIPLE_DES, 0x0301)), Heard(Outcome.REFUSED)),
        (record(22, server_hello(SOUND)), Heard(Outcome.BROKEN)),
        (record(22, b"\x02\xff\xff\xff"), Heard(Outcome.BROKEN)),
        (record(22, b""), Heard(Outcome.BROKEN)),
        (b"HTTP/1.1 400 Bad Request\r\n", Heard(Outcome.NOT_TLS)),
    ],
)
def test_what_a_server_says_is_told_apart(said: bytes, expected: Heard) -> None:
    """Refusals, another version, a suite that was never offered, bytes that are no TLS."""
    assert ServerFlight(Offer(TLS_1_2, (TRIPLE_DES,))).feed(said) == expected


@given(
    pieces=st.lists(st.binary(max_size=64), max_size=12),
    protocol=st.sampled_from(PROTOCOLS),
    framed=st.booleans(),
)
def test_no_bytes_break_the_reader(*, pieces: list[bytes], protocol: str, framed: bool) -> None:
    """Whatever comes, it says what it heard or wants more."""
    flight = ServerFlight(Offer(protocol, SUITES[:50]))
    for piece in pieces:
        heard = flight.feed(record(22, server_hello(FINITE) + piece) if framed and piece else piece)
        assert heard is None or isinstance(heard.outcome, Outcome)
    assert isinstance(flight.end().outcome, Outcome)


def carried_out(answer: Callable[[Offer], Heard], known: str | None = None) -> tuple[Findings, list[Offer]]:
    """A plan to its end, against a server that is a function."""
    findings, offers = Findings(), []
    plan = asking(findings, known)
    offer = next(plan, None)
    while offer is not None:
        offers.append(offer)
        try:
            offer = plan.send(answer(offer))
        except StopIteration:
            offer = None
    return findings, offers


def accepting(
    *accepted: tuple[str, CipherSuite], refusal: Outcome = Outcome.REFUSED
) -> Callable[[Offer], Heard]:
    """A server of these suites, in its own order."""

    def answer(offer: Offer) -> Heard:
        for protocol, suite in accepted:
            if protocol == offer.protocol and suite in offer.suites:
                return Heard(Outcome.ACCEPTED, suite)
        return Heard(refusal)

    return answer


def test_every_suite_is_found_and_nothing_else() -> None:
    """Triple DES in SSL 3.0 and two suites of TLS 1.2, by a server that prefers its own order."""
    accepted = ((SSL_3, TRIPLE_DES), (TLS_1_2, SOUND), (TLS_1_2, FINITE))
    findings, offers = carried_out(accepting(*accepted))
    assert set(findings.suites) == set(accepted)
    assert findings.is_whole
    assert findings.own_order
    assert max(len(offer.suites) for offer in offers) <= MOST_SUITES


def test_a_server_that_refuses_by_closing_is_understood() -> None:
    """An offer that it took before shows that it is well."""
    accepted = ((TLS_1_2, SOUND), (TLS_1_2, FINITE))
    findings, _ = carried_out(accepting(*accepted, refusal=Outcome.CLOSED), known=TLS_1_2)
    assert set(findings.suites) == set(accepted)
    assert findings.is_whole


def test_a_server_in_trouble_is_asked_no_more() -> None:
    """It took an offer, and then closes at everything: one more try, and no third."""
    answers = iter([Heard(Outcome.ACCEPTED, SOUND)])
    findings, offers = carried_out(lambda _: next(answers, Heard(Outcome.CLOSED)), known=TLS_1_2)
    assert len(offers) == 3
    assert not findings.is_whole
    closed, offers = carried_out(lambda _: Heard(Outcome.CLOSED))
    assert len(offers) == 2
    assert not closed.is_whole


def posture_line(loop: Loop, port: int) -> tuple[PostureLine, Caller]:
    """A line to a port of loopback, with its audit log."""
    caller = Caller(loop, authorisation(port, pace=QUICK))
    return caller.line(port, service=Service.DICOM_TLS).beside(PostureLine), caller


def test_silence_ends_it_at_once() -> None:
    """One connection, and no second."""

    async def work(loop: Loop) -> tuple[Cause, int]:
        line, caller = posture_line(loop, server.port)
        with pytest.raises(WireFailure) as failed:
            await line.posture()
        return failed.value.cause, len(caller.auditor.said)

    with ScriptedServer(silent) as server:
        assert drive(work) == (Cause.TIMED_OUT, 2)


def test_resets_end_it_after_two() -> None:
    """The audit log has heard of each connection and of its end."""

    async def work(loop: Loop) -> tuple[int, bool, int]:
        line, caller = posture_line(loop, server.port)
        seen = await line.posture()
        return seen.handshakes, seen.is_whole, len(caller.auditor.said)

    with ScriptedServer(reset) as server:
        assert drive(work) == (2, False, 4)


def test_the_pause_between_contacts_is_kept() -> None:
    """Two handshakes, and the pause that the scope asks for between them."""
    with ScriptedServer(reset) as server:
        began = time.monotonic()
        posture = posture_of(server.port, pace=replace(PACE, seconds_between_associations=0.3))
    assert time.monotonic() - began >= 0.3
    assert posture.handshakes == 2
    assert not versions(posture)
