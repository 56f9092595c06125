"""A line for HTTP: one endpoint, dialled by the rules, at most one connection at any moment.

Nothing is followed, no cookie is kept, no proxy is used, no body is sent but one constant that holds
nothing. Loading this module loads httpx2 and h11: `Dialer.web_line` does so when it is first asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dosimeter import __version__
from dosimeter.model.attempt import Cause
from dosimeter.model.facts import NotHttpSeen, Signature
from dosimeter.model.message import say
from dosimeter.model.target import Endpoint, Service
from dosimeter.net.causes import WireFailure
from dosimeter.net.contact import Conduct, Contact
from dosimeter.net.http_client import Call, Conversation, HttpClient
from dosimeter.net.loop import InterruptedWait
from dosimeter.net.signatures import signature_after_http
from dosimeter.net.tls import TlsStream

if TYPE_CHECKING:
    from dosimeter.net.pacing import HostClock
    from dosimeter.net.web import WebRequest, WebResponse

_TOLD_REQUESTS: Final = 16
"""Requests of one connection that the audit log names; the rest are a number."""

_MAX_CONTACT: Final = 120
_HTTP_PORT: Final = 80
_HTTPS_PORT: Final = 443
_HTTP_ONLY: Final = ("http/1.1",)
_BAD_REQUEST: Final = 400
_CLIENT_HELLO: Final = b"\x16\x03"
_OTHER_LANGUAGES: Final = frozenset({Signature.HTTP, Signature.SSH, Signature.DICOM})
_LOOKED_AT: Final = 4_096
_WANTS_TLS: Final = (
    b"plain http request was sent to https port",  # nginx, and what is built on it
    b"speaking plain http to an ssl-enabled server port",  # Apache
    b"sent an http request to an https server",  # Go: Caddy, Traefik, Kubernetes
    b"combination of host and port requires tls",  # Tomcat
    b"only speaks https on this port",  # CherryPy, cheroot
)


class WebLine(Contact):
    """One endpoint, and at most one connection with it, kept alive from question to question.

    A new connection waits until the host may be contacted again, passes the gate and the audit log.
    """

    __slots__ = ("_asked", "_client", "_conversation")

    def __init__(self, conduct: Conduct, endpoint: Endpoint, clock: HostClock) -> None:
        super().__init__(conduct, endpoint, clock)
        self._asked: list[str] = []
        self._conversation: Conversation | None = None
        agent = user_agent(conduct.gate.authorisation.contact)
        self._client = HttpClient(agent, self._carry)

    async def ask(self, request: WebRequest) -> WebResponse:
        """Ask, on the open connection or on a new one, and read the whole answer.

        A GET or OPTIONS that a kept-alive connection did not survive, nothing of its answer having
        come, is asked once more on a new one.

        Raises:
            WireFailure: out of scope, any failure of the connection, an answer that HTTP/1.1 forbids
                (bad peer) or that is no HTTP (not HTTP, with `NotHttpSeen`).
            AuthorisedTimeOver: the authorisation or its hours have ended.
        """
        self.check_time()
        response = await self._client.ask(request)
        if response.status == _BAD_REQUEST and self.endpoint.service is Service.WEB and _wants_tls(response):
            self._end("wants TLS")
            detail = say("answered that it wants HTTPS here")
            raise WireFailure(Cause.NOT_HTTP, detail, (NotHttpSeen(Signature.TLS_ALERT),))
        return response

    async def hang_up(self) -> None:
        """Close what is open; with a close_notify inside TLS. Waits for nobody."""
        self._end("closed")

    def drop(self, why: str) -> None:
        """Close at once; ``why`` is for the audit log."""
        self._end(why)

    def allows(self, host: str, port: int) -> bool:
        """Whether the gate would let another place be dialled, time aside. Resolves nothing."""
        return self._conduct.gate.allows(host, port)

    async def _carry(self, call: Call) -> WebResponse:
        conversation = self._conversation
        if conversation is not None:
            if conversation.may_go_on():
                try:
                    return await self._exchange(conversation, call)
                except WireFailure as failure:
                    if failure.cause is not Cause.CLOSED_EARLY or conversation.heard or not call.repeats:
                        raise
            else:
                self._end("closed by the peer")
        return await self._exchange(None, call)

    async def _exchange(self, conversation: Conversation | None, call: Call) -> WebResponse:
        """Send a request over the open connection, or as the first segment of a new one; read."""
        why = "fault in dosimeter"
        goes_on = False
        try:
            if conversation is None:
                conversation = await self._dial(call)
            else:
                self._asked.append(call.line)
                await conversation.send(call, self._until())
            response = await conversation.read(call, self._until())
            why, goes_on = conversation.ending, not conversation.ending
        except WireFailure as failure:
            why = failure.cause.value
            raise
        except InterruptedWait:
            why = "interrupted"
            raise
        finally:
            self._look_at_tls()
            if not goes_on:
                self._end(why)
        return response

    async def _dial(self, call: Call) -> Conversation:
        loop = self._conduct.loop
        permitted, now = await self._turn()
        conversation = Conversation(loop, host_of(permitted))
        first = conversation.encode(call)
        try:
            stream = await self._open(permitted, first, now, _HTTP_ONLY)
        except WireFailure as failure:
            raise self._failed_to_open(failure) from None
        self._conversation = conversation
        self._asked.append(call.line)
        conversation.stream = stream
        return conversation

    def _failed_to_open(self, failure: WireFailure) -> WireFailure:
        """A ClientHello that was answered in another language is no failure of TLS."""
        if failure.cause is not Cause.TLS_FAILED or not self._greeting:
            return failure
        signature = signature_after_http(self._greeting, _CLIENT_HELLO)
        if signature in _OTHER_LANGUAGES:
            detail = say("answered a ClientHello with bytes that are not TLS")
            return WireFailure(Cause.NOT_HTTP, detail, (NotHttpSeen(signature),))
        return failure

    def _until(self) -> float:
        return min(self._conduct.loop.now() + self._conduct.pace.answer_seconds, self._clock.until)

    def _look_at_tls(self) -> None:
        """Once a connection, when something has been said inside it: only then all is known."""
        conversation = self._conversation
        if conversation is not None and isinstance(conversation.stream, TlsStream):
            if not conversation.tls_was_seen:
                self.tls = conversation.stream.seen
            conversation.tls_was_seen = True

    def _end(self, why: str) -> None:
        conversation = self._conversation
        if conversation is None:
            return
        self._conversation = None
        asked, self._asked = self._asked, []
        conversation.close()
        self._ended(_told(asked), why, reached=True)


def host_of(endpoint: Endpoint) -> str:
    """What a browser would say in Host (RFC 9110 §7.2): the name if there is one, no default port."""
    host = endpoint.name or (f"[{endpoint.address}]" if ":" in endpoint.address else endpoint.address)
    default = _HTTPS_PORT if endpoint.service is Service.WEB_TLS else _HTTP_PORT
    return host if endpoint.port == default else f"{host}:{endpoint.port}"


def user_agent(contact: str) -> str:
    """Who asks, and whom to ask about it (RFC 9110 §10.1.5); what a comment cannot hold is left out."""
    safe = "".join(char for char in contact if char.isascii() and char.isprintable() and char not in "()\\")
    return f"dosimeter/{__version__} (+{safe[:_MAX_CONTACT].strip()})"


def _wants_tls(response: WebResponse) -> bool:
    """Whether a 400 says that the port is for HTTPS: servers that take both in answer so."""
    said = response.body[:_LOOKED_AT].lower()
    return any(words in said for words in _WANTS_TLS)


def _told(asked: list[str]) -> tuple[str, ...]:
    """The first requests of a connection, and how many there were besides."""
    if len(asked) <= _TOLD_REQUESTS:
        return tuple(asked)
    return (*asked[:_TOLD_REQUESTS], f"and {len(asked) - _TOLD_REQUESTS} more")
