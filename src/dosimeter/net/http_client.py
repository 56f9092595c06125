"""httpx2 on our own loop: its client makes the request, h11 speaks, our streams carry (adr 0016).

Loaded with the first `WebLine`, not before.
"""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import h11
import httpx2

from dosimeter.model.attempt import Cause
from dosimeter.model.facts import NotHttpSeen
from dosimeter.model.message import say
from dosimeter.net.causes import WireFailure
from dosimeter.net.loop import Loop
from dosimeter.net.signatures import signature_after_http
from dosimeter.net.stream import MAX_RECEIVED_PER_CONNECTION, ByteStream
from dosimeter.net.web import Method, WebRequest, WebResponse

MAX_HEAD_BYTES: Final = 16_384
"""A status line with its headers, or one chunk's head, or the trailers."""
MAX_HEADERS: Final = 100
MAX_INFORMATIONAL: Final = 5
"""Answers with a status of 1xx before the answer (RFC 9110 §15.2)."""
MAX_OVERHEAD: Final = 65_536
"""What one answer may bring besides its body: heads, the framing of chunks, TLS records."""
MAX_RATIO: Final = 20
"""Bytes that one compressed byte may become, past the first `FREE_BYTES`."""
FREE_BYTES: Final = 4_096

_BOUNDARY: Final = "dosimeter"
NOTHING: Final = f"--{_BOUNDARY}--\r\n".encode()
"""A multipart with no part (RFC 2046 §5.1.1): the only body that is ever sent."""
NOTHING_TYPE: Final = f'multipart/related; type="application/dicom"; boundary={_BOUNDARY}'

_HTTP: Final = b"HTTP/"
_ZLIB_OR_GZIP: Final = zlib.MAX_WBITS | 32
_RAW_DEFLATE: Final = -zlib.MAX_WBITS
_DECODED: Final = frozenset({"gzip", "x-gzip", "deflate"})
_IN_THE_MIDDLE: Final = say("closed the connection in the middle of its answer")
_ENDPOINT: Final = httpx2.URL("http://endpoint.invalid/")
"""All that httpx2 is told of the place (RFC 6761 §6.4): the line knows where it is."""
_NO_BODY: Final = httpx2.ByteStream(b"")


@dataclass(frozen=True, slots=True)
class Call:
    """A request as httpx2 made it, with what our side adds."""

    request: httpx2.Request
    asked: WebRequest

    @property
    def line(self) -> str:
        """For the audit log."""
        return self.asked.line

    @property
    def repeats(self) -> bool:
        """Whether asking twice is asking once (RFC 9110 §9.2.2)."""
        return self.asked.method is not Method.POST_NOTHING


Carry = Callable[[Call], Awaitable[WebResponse]]


class _Transport(httpx2.AsyncBaseTransport):
    """Gives httpx2's request to the line; where it goes is not the request's to say.

    httpx2 itself hears the status alone. So there is no Location that it parses, no cookie, no body that
    it would decode: all of that is hostile text, and goes past it to whoever asked.
    """

    def __init__(self, carry: Carry) -> None:
        self._carry = carry

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, its body within bounds and decoded."""
        answer = await self._carry(Call(request, request.extensions["asked"]))
        return httpx2.Response(answer.status, stream=_NO_BODY, extensions={"answer": answer})


class HttpClient:
    """An httpx2 client for one endpoint: follows nothing, keeps no cookie, knows no environment."""

    def __init__(self, user_agent: str, carry: Carry) -> None:
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": "identity"}
        self._client = httpx2.AsyncClient(
            transport=_Transport(carry),
            trust_env=False,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        )

    async def ask(self, asked: WebRequest) -> WebResponse:
        """One request through the client.

        Raises:
            WireFailure, AuthorisedTimeOver, InterruptedWait: as the line that carries it.
        """
        headers = self._headers | {"Accept": asked.accept}
        content = None
        if asked.method is Method.POST_NOTHING:
            headers["Content-Type"] = NOTHING_TYPE
            content = NOTHING
        request = httpx2.Request(
            asked.method.value,
            _ENDPOINT,
            headers=headers,
            content=content,
            extensions={"asked": asked},
        )
        response = await self._client.send(request, stream=True)
        answer: WebResponse = response.extensions["answer"]
        return answer


class Conversation:
    """HTTP/1.1 as a client over one byte stream (RFC 9112), one request after the other.

    ``host`` is what the Host header says. ``stream`` is set once there is a connection.
    ``heard``: something of the answer to the last request has come. ``ending``: why the connection
    cannot be used again after the last answer, in our own words; empty if it can.
    """

    __slots__ = ("_h11", "_host", "_loop", "_sent", "ending", "heard", "stream", "tls_was_seen")

    def __init__(self, loop: Loop, host: str) -> None:
        self._loop = loop
        self._host = host.encode("ascii")
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES)
        self._sent = b""
        self.stream: ByteStream | None = None
        self.heard = False
        self.tls_was_seen = False
        self.ending = ""

    def may_go_on(self) -> bool:
        """Whether another request can be sent: the peer has neither closed nor said more than was asked."""
        return self.stream is not None and not self.ending and self.stream.is_quiet()

    def encode(self, call: Call) -> bytes:
        """The bytes of a request."""
        request = call.request
        others = [header for header in request.headers.raw if header[0] != b"Host"]
        head = h11.Request(
            method=request.method,
            target=call.asked.path.encode("ascii"),
            headers=[(b"Host", self._host), *others],
        )
        parts = [self._h11.send(head)]
        if request.content:
            parts.append(self._h11.send(h11.Data(data=request.content)))
        parts.append(self._h11.send(h11.EndOfMessage()))
        self.heard = False
        self._sent = b"".join(part for part in parts if part)
        return self._sent

    async def send(self, call: Call, until: float) -> None:
        """Send a further request on the open connection."""
        await self._open_stream().send(self.encode(call), until)

    async def read(self, call: Call, until: float) -> WebResponse:
        """The answer to the request that was sent last.

        Raises:
            WireFailure: it did not come in time, was broken off, is no HTTP, or is HTTP as RFC 9112 forbids.
        """
        most = call.asked.most
        stream = self._open_stream()
        stream.limit_to(stream.received + most + MAX_OVERHEAD)
        stream.hurry()  # Head and body often come apart, the body once the head is acknowledged.
        began = self._loop.now()
        head = await self._head(until)
        raw, is_cut = await self._body(most, until)
        headers = tuple((name.decode("ascii"), _text(value)) for name, value in head.headers)
        body, is_unread = decoded(raw, [value for name, value in headers if name == "content-encoding"], most)
        self.ending = "cut" if is_cut else self._why_over(headers)
        milliseconds = round((self._loop.now() - began) * 1000)
        return WebResponse(head.status_code, headers, body, is_cut or is_unread, milliseconds)

    def close(self) -> None:
        """Close the connection; with a close_notify inside TLS."""
        if self.stream is not None:
            self.stream.send_and_close()
            self.stream = None

    async def _head(self, until: float) -> h11.Response:
        informational = 0
        while True:
            event = await self._next(until)
            if isinstance(event, h11.Response):
                if len(event.headers) > MAX_HEADERS:
                    raise WireFailure(Cause.BAD_PEER, say("answered with more headers than any answer needs"))
                return event
            if not isinstance(event, h11.InformationalResponse):
                raise WireFailure(Cause.CLOSED_EARLY, _IN_THE_MIDDLE)
            informational += 1
            if informational > MAX_INFORMATIONAL:
                raise WireFailure(
                    Cause.BAD_PEER, say("announces its answer again and again, and does not give it")
                )

    async def _body(self, most: int, until: float) -> tuple[bytes, bool]:
        """What there is of the body, and whether there was more."""
        body = bytearray()
        while True:
            event = await self._next(until)
            if isinstance(event, h11.EndOfMessage):
                return bytes(body), False
            if not isinstance(event, h11.Data):
                raise WireFailure(Cause.CLOSED_EARLY, _IN_THE_MIDDLE)
            body += event.data
            if len(body) > most:
                return bytes(body[:most]), True

    async def _next(self, until: float) -> h11.Event:
        is_over = False
        while True:
            try:
                event = self._h11.next_event()
            except h11.RemoteProtocolError:
                if is_over:
                    raise WireFailure(Cause.CLOSED_EARLY, _IN_THE_MIDDLE) from None
                raise WireFailure(Cause.BAD_PEER, say("answered with HTTP that RFC 9112 forbids")) from None
            if isinstance(event, h11.Event):
                return event
            data = await self._open_stream().receive(until)
            if not self.heard:
                data = await self._first(data, until)
            is_over = not data
            self._h11.receive_data(data)

    async def _first(self, data: bytes, until: float) -> bytes:
        """The beginning of an answer, once it is known to be one."""
        if not data:
            raise WireFailure(Cause.CLOSED_EARLY, say("closed the connection without a word"))
        self.heard = True
        while len(data) < len(_HTTP) and _HTTP.startswith(data):
            more = await self._open_stream().receive(until)
            if not more:
                raise WireFailure(Cause.CLOSED_EARLY, _IN_THE_MIDDLE)
            data += more
        if not data.startswith(_HTTP):
            fact = NotHttpSeen(signature_after_http(data, self._sent))
            raise WireFailure(Cause.NOT_HTTP, say("answered with bytes that are not HTTP"), (fact,))
        return data

    def _open_stream(self) -> ByteStream:
        if self.stream is None:
            raise WireFailure(Cause.FAULT, say("HTTP was spoken before there was a connection"))
        return self.stream

    def _why_over(self, headers: tuple[tuple[str, str], ...]) -> str:
        """Why no other request can follow on this connection, or nothing; else make ready for one."""
        names = {name for name, _ in headers}
        if {"content-length", "transfer-encoding"} <= names:
            return "two lengths for one answer"  # RFC 9112 §6.3: what follows may be smuggled.
        if self._h11.our_state is not h11.DONE or self._h11.their_state is not h11.DONE:
            return "closed by the peer"
        if self._h11.trailing_data[0]:
            return "said more than it was asked"
        if self._open_stream().received > MAX_RECEIVED_PER_CONNECTION:
            return "long enough"
        self._h11.start_next_cycle()
        return ""


def decoded(body: bytes, codings: list[str], most: int) -> tuple[bytes, bool]:
    """A body without its Content-Encoding (RFC 9110 §8.4), and whether some of it was not read.

    It was asked for without one. A peer that compresses anyway is read where that is one gzip or deflate,
    up to ``most`` bytes and up to `MAX_RATIO` times what came; else nothing of it is.
    """
    names = [name.strip().lower() for value in codings for name in value.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if not names or not body:
        return body, False
    if len(names) > 1 or names[0] not in _DECODED:
        return b"", True
    limit = min(most, FREE_BYTES + MAX_RATIO * len(body))
    for window in (_ZLIB_OR_GZIP, _RAW_DEFLATE):  # Some servers leave zlib's own head out.
        inflater = zlib.decompressobj(window)
        try:
            plain = inflater.decompress(body, limit + 1)
        except zlib.error:
            continue
        return plain[:limit], len(plain) > limit or not inflater.eof
    return b"", True


def _text(value: bytes) -> str:
    """A header's value; UTF-8 where it is, else byte by byte (RFC 9110 §5.5: opaque)."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
