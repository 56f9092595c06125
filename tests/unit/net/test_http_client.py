from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from dosimeter.model.attempt import Cause
from dosimeter.model.facts import Signature
from dosimeter.net.http_client import FREE_BYTES, MAX_HEAD_BYTES, MAX_HEADERS, MAX_RATIO, decoded
from dosimeter.net.web import MAX_BODY_BYTES, Method, WebRequest
from tests.peers.scripted import BUSY
from tests.peers.web import OK, WebPeer, drip, page, pour, say, say_and_close, say_and_reset, say_nothing
from tests.unit.net.asking import answered, ask_once
from tests.unit.net.driving import descriptors

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
MEBIBYTE = 1_048_576


@pytest.fixture(autouse=True)
def _no_descriptor_is_left() -> Iterator[None]:
    before = descriptors()
    yield
    assert descriptors() == before


def test_an_answer_is_status_headers_and_body() -> None:
    """Header names in lower case and in order; nothing of it interpreted."""
    peer = say(page(b"<html>", "Server: x", "WWW-Authenticate: Basic realm=a", status="401 No"))
    response = answered(peer).response
    assert response is not None
    assert response.status == 401
    assert [name for name, _ in response.headers] == ["content-length", "server", "www-authenticate"]
    assert response.body == b"<html>"
    assert not response.is_cut


@pytest.mark.parametrize(
    ("value", "text"), [(b"caf\xc3\xa9", "café"), (b"caf\xe9", "café"), (b"\xff\xfe", "ÿþ")]
)
def test_a_header_in_any_encoding_is_text(value: bytes, text: str) -> None:
    """RFC 9110 calls such bytes opaque; none of them is a failure."""
    response = answered(
        say(b"HTTP/1.1 200 OK\r\nServer: " + value + b"\r\nContent-Length: 0\r\n\r\n")
    ).response
    assert response is not None
    assert response.header("server") == text


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.0 200 OK\r\n\r\nhello",
        b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello",
        CHUNKED + b"2\r\nhe\r\n3;name=value\r\nllo\r\n0\r\nTrailer: x\r\n\r\n",
        CHUNKED + b"00005\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK,
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    ],
)
def test_every_framing_of_a_body_is_read(answer: bytes) -> None:
    """Until the close, by length, by chunks with extensions and trailers, after informational answers."""
    response = answered(say_and_close(answer)).response
    assert response is not None
    assert (response.status, response.body, response.is_cut) == (200, b"hello", False)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 2OO OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/11 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nServer : space before the colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nServer: a\x00b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
        CHUNKED + b"xyz\r\n",
        CHUNKED + b"-5\r\nhello\r\n",
        CHUNKED + b"5\r\nhelloworld\r\n0\r\n\r\n",
        CHUNKED + b"f" * 40 + b"\r\n",
        CHUNKED + b"5;" + b"x" * (2 * MAX_HEAD_BYTES),
        CHUNKED + b"0\r\n" + b"Trailer: x\r\n" * 4_000,
        b"HTTP/1.1 200 " + b"x" * (3 * MAX_HEAD_BYTES),
        b"HTTP/1.1 200 OK\r\nServer: " + b"x" * (3 * MAX_HEAD_BYTES),
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * (MAX_HEADERS + 1) + b"\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 100_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\n" + b" folded\r\n" * 100_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 6 + OK,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000,
    ],
    ids=lambda answer: ascii(answer[:60]),
)
def test_http_that_the_standard_forbids_is_a_bad_peer(answer: bytes) -> None:
    """Lengths that disagree, chunks that lie, heads without an end: an answer of nobody's."""
    outcome = answered(say(answer))
    assert outcome.cause is Cause.BAD_PEER
    assert outcome.facts == ()


@pytest.mark.parametrize(
    ("answer", "signature"),
    [
        (b"hello", Signature.OTHER),
        (b"<html><body>HTTP/0.9</body></html>", Signature.OTHER),
        (b"HTTq/1.1 200 OK\r\n\r\n", Signature.OTHER),
        (b"\x00" * 100, Signature.OTHER),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", Signature.SSH),
        (b"\x15\x03\x01\x00\x02\x02\x46", Signature.TLS_ALERT),
        (BUSY, Signature.DICOM),
    ],
)
def test_what_is_no_http_is_named(answer: bytes, signature: Signature) -> None:
    """The fact says what came instead, so that the runner can ask in another way."""
    outcome = answered(say_and_close(answer))
    assert outcome.cause is Cause.NOT_HTTP
    assert outcome.signature is signature


def test_a_port_that_says_back_what_it_is_told_is_named() -> None:
    """An echo service answers with our own request."""

    def reply(connection: object, request: bytes, _stopping: object) -> bool:
        connection.sendall(request)  # type: ignore[attr-defined] # a socket
        return True

    assert answered(reply).signature is Signature.OUR_OWN_BYTES


@pytest.mark.parametrize(
    "words",
    [
        "<title>400 The plain HTTP request was sent to HTTPS port</title>",
        "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
        "Client sent an HTTP request to an HTTPS server.\n",
        "Bad Request\r\nThis combination of host and port requires TLS.\r\n",
    ],
)
def test_a_page_that_says_the_port_wants_tls_is_a_tls_alert_in_words(words: str) -> None:
    """nginx, Apache, Go and Tomcat answer in clear, and mean that they do not."""
    outcome = answered(say(page(words.encode(), status="400 Bad Request")))
    assert outcome.cause is Cause.NOT_HTTP
    assert outcome.signature is Signature.TLS_ALERT
    other = answered(say(page(words.encode())))
    assert other.response is not None, "only a 400 says so"


@pytest.mark.parametrize("seconds", [0.001, 0.02, 0.2])
@pytest.mark.parametrize(
    ("answer", "at_once"),
    [
        (OK, 0),
        (b"HTTP/1.1 200 OK\r\nServer: " + b"x" * 9_000, 20),
        (page(b"x" * 60_000), 60),
        (CHUNKED + b"1\r\nx\r\n" * 9_000, len(CHUNKED)),
        (b"HTTP/1.1 100 Continue\r\nA: " + b"x" * 9_000, 0),
    ],
    ids=["status", "header", "body", "chunks", "informational"],
)
def test_a_drip_ends_at_the_deadline(answer: bytes, at_once: int, seconds: float) -> None:
    """Each read brings something; the deadline is that of the answer."""
    outcome = answered(drip(answer, at_once, seconds))
    assert outcome.cause is Cause.TIMED_OUT or outcome.response is not None
    if seconds * (len(answer) - at_once) > 1:
        assert outcome.cause is Cause.TIMED_OUT


def test_silence_ends_at_the_deadline() -> None:
    """A tarpit reads and says nothing."""
    assert answered(say_nothing()).cause is Cause.TIMED_OUT


SMALL = (
    b"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 4\r\n\r\nNope",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n",
)


@pytest.mark.parametrize("how", [say_and_close, say_and_reset], ids=["fin", "rst"])
@pytest.mark.parametrize("answer", SMALL, ids=["length", "chunked"])
def test_an_answer_that_is_broken_off_at_any_byte_was_closed_early(answer: bytes, how: object) -> None:
    """Never half an answer taken for a whole one, never anything but one cause."""
    seen = set()
    with WebPeer(*(how(answer[:end]) for end in range(len(answer)))) as peer:  # type: ignore[operator] # one of two
        for _ in range(len(answer)):
            outcome = ask_once(peer)
            seen.add((outcome.cause, outcome.response is None))
    assert seen == {(Cause.CLOSED_EARLY, True)}
    assert peer.connections == len(answer), "none was asked twice"


def test_a_body_is_read_to_its_limit_and_no_further() -> None:
    """The rest is neither read nor waited for, and the answer says that it is cut."""
    outcome = answered(say(page(b"x" * MAX_BODY_BYTES)))
    assert outcome.response is not None
    assert (len(outcome.response.body), outcome.response.is_cut) == (MAX_BODY_BYTES, False)
    outcome = answered(say(page(b"x" * (MAX_BODY_BYTES + 1))))
    assert outcome.response is not None
    assert (len(outcome.response.body), outcome.response.is_cut) == (MAX_BODY_BYTES, True)
    outcome = answered(say(page(b"hello")), request=WebRequest("/", most=2))
    assert outcome.response is not None
    assert (outcome.response.body, outcome.response.is_cut) == (b"he", True)


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65_536),
        (CHUNKED, b"1000\r\n" + b"x" * 4096 + b"\r\n"),
        (CHUNKED, b"1;" + b"y" * 4096 + b"\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n" * 10_000),
        (b"HTTP/1.1 200 ", b"x" * 65_536),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000),
        (CHUNKED + b"0\r\n", b"a: b\r\n" * 10_000),
    ],
    ids=["body", "chunks", "chunk extensions", "headers", "line", "informational", "trailers"],
)
def test_an_answer_without_an_end_costs_no_memory(head: bytes, piece: bytes) -> None:
    """It is cut, or it is a bad peer; less than two mebibytes are ever held."""
    with WebPeer(pour(head, piece)) as peer:
        ask_once(peer)
        tracemalloc.start()
        outcome = ask_once(peer)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 2 * MEBIBYTE
    assert outcome.cause is Cause.BAD_PEER or (outcome.response is not None and outcome.response.is_cut)


def test_compression_that_was_not_asked_for_is_undone_within_bounds() -> None:
    """One gzip or deflate, with zlib's head or without."""
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    for coding, body in (
        ("gzip", gzip.compress(b"[]")),
        ("x-gzip", gzip.compress(b"[]")),
        ("deflate", zlib.compress(b"[]")),
        ("deflate", raw.compress(b"[]") + raw.flush()),
        ("identity, gzip", gzip.compress(b"[]")),
    ):
        response = answered(say(page(body, f"Content-Encoding: {coding}"))).response
        assert response is not None
        assert (response.body, response.is_cut) == (b"[]", False), coding


@pytest.mark.parametrize("times", [10**3, 10**4, 10**5, 10**6])
def test_a_bomb_does_not_go_off(times: int) -> None:
    """One stage becomes a thousand times what came, two a million: neither is read past its bound."""
    body, codings = gzip.compress(b"\0" * min(64 * times, 32 * MEBIBYTE)), "gzip"
    if times > 10**3:
        body, codings = gzip.compress(body), "gzip, gzip"
    with WebPeer(say(page(body, f"Content-Encoding: {codings}"))) as peer:
        ask_once(peer)
        tracemalloc.start()
        outcome = ask_once(peer)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < MEBIBYTE
    assert outcome.response is not None
    assert outcome.response.is_cut
    assert len(outcome.response.body) <= MAX_BODY_BYTES


def test_what_is_decoded_has_a_ratio_and_a_limit() -> None:
    """Past the first bytes, twenty for one; never more than was asked for."""
    bomb = gzip.compress(b"\0" * 1_000_000)
    plain, is_cut = decoded(bomb, ["gzip"], 10**9)
    assert is_cut
    assert len(plain) == FREE_BYTES + MAX_RATIO * len(bomb)
    assert decoded(gzip.compress(b"hello"), ["gzip"], 5) == (b"hello", False)
    assert decoded(gzip.compress(b"hello"), ["gzip"], 4) == (b"hell", True)
    assert decoded(gzip.compress(b"hello" * 100)[:-9], ["gzip"], 1000)[1]


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip", "gzip,br", "x"])
def test_other_codings_are_not_read(coding: str) -> None:
    """Nothing is known of the body then, and that is said."""
    response = answered(say(page(b"\x1b\x00", f"Content-Encoding: {coding}"))).response
    assert response is not None
    assert (response.status, response.body, response.is_cut) == (200, b"", True)


def test_a_coding_that_is_not_what_it_says_is_not_read() -> None:
    """Not gzip at all, though it says so."""
    response = answered(say(page(b"hello", "Content-Encoding: gzip"))).response
    assert response is not None
    assert (response.body, response.is_cut) == (b"", True)


def test_the_request_is_ours_to_the_letter() -> None:
    """Who asks, for what, in no coding; no cookie, no referrer, no credential."""
    with WebPeer() as peer:
        ask_once(peer, WebRequest("/dicom-web/studies?a=[b]&c=%7e", accept="application/dicom+json"))
    assert peer.requests == [
        b"GET /dicom-web/studies?a=[b]&c=%7e HTTP/1.1\r\n"
        + f"Host: 127.41.0.1:{peer.port}\r\n".encode()
        + b"User-Agent: dosimeter/0.1.0 (+test@example.org)\r\n"
        b"Accept-Encoding: identity\r\nAccept: application/dicom+json\r\n\r\n"
    ]


def test_the_only_body_is_a_multipart_that_holds_nothing() -> None:
    """It opens no part: there is no object in it that could be stored."""
    with WebPeer() as peer:
        ask_once(peer, WebRequest("/dicom-web/studies", Method.POST_NOTHING))
    head, _, body = peer.requests[0].partition(b"\r\n\r\n")
    assert body == b"--dosimeter--\r\n"
    assert b'Content-Type: multipart/related; type="application/dicom"; boundary=dosimeter' in head
    assert b"Content-Length: 15" in head
