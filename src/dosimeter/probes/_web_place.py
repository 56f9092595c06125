"""Where a Location leads, seen from the endpoint that sent it, and whether to a login.

Read as browsers read it (WHATWG URL), and where they and RFC 3986 differ, as the one that leads further
away: what is not plainly the same origin is elsewhere. Nothing is resolved.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address
from typing import Final

from dosimeter.model.target import Endpoint, Service
from dosimeter.model.text import ServerText
from dosimeter.model.web import LoginSign, Redirect, RedirectTo
from dosimeter.net.web import WebResponse, is_path

MAX_LOCATION: Final = 4_096

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_MAX_PORT: Final = 65_535
_MAX_PORT_DIGITS: Final = 5
_SCHEME_CHARS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789+-.")
_REMOVED: Final = str.maketrans("", "", "\t\r\n")
_CONTROLS_AND_SPACE: Final = "".join(map(chr, range(0x21)))

_SAML_NAMES: Final = frozenset({"samlrequest", "wtrealm", "wa"})
"""SAML 2.0 Bindings §3.4; WS-Federation, which carries SAML's tokens."""
_SAML_SEGMENTS: Final = frozenset({"saml", "saml2", "simplesaml", "adfs", "shibboleth.sso", "idp"})
_OAUTH_NAMES: Final = frozenset({"client_id", "response_type"})
_OAUTH_SEGMENTS: Final = frozenset(
    {"oauth", "oauth2", "oidc", "openid", "openid-connect", "authorize", "realms", "connect"}
)
_FORM_SEGMENTS: Final = frozenset(
    {
        *("auth", "authenticate", "authentication", "log-in", "login", "logon", "sign-in", "sign_in"),
        *("signin", "signon", "sso", "userlogin", "weblogin"),
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """A URL in parts: ``scheme`` and ``host`` None where it has none of its own, ``port`` None if absurd."""

    scheme: str | None
    host: str | None
    port: int | None
    path: str
    query: str


def redirect_of(response: WebResponse, endpoint: Endpoint, asked: str = "/") -> Redirect | None:
    """Where a redirect leads; None where the answer is none, or has no Location (RFC 9110 §15.4).

    ``asked`` is the path whose answer it is in: what the Location repeats of it shows no login.
    """
    location = response.header("location")
    if response.status not in _REDIRECTS or location is None:
        return None
    place = place_of(location, endpoint)
    to = leads_to(place, endpoint)
    return Redirect(to, login_sign_of(place, asked), _authority_of(place, to))


def place_of(location: str, endpoint: Endpoint) -> Place:
    """The parts of a URL that stands in an answer of this endpoint."""
    text = location[:MAX_LOCATION].strip(_CONTROLS_AND_SPACE).translate(_REMOVED).partition("#")[0]
    before_query, _, query = text.partition("?")
    own, rest = _scheme_of(before_query)
    if own is not None and own not in _DEFAULT_PORTS:
        return Place(own, None, None, "", "")
    rest = rest.replace("\\", "/")
    if own is None and not rest.startswith("//"):
        return Place(None, None, None, rest, query)
    scheme = own or _scheme_asked(endpoint)
    authority, slash, path = rest.lstrip("/").partition("/")
    host, port = _host_and_port(authority.rpartition("@")[2], _DEFAULT_PORTS[scheme])
    return Place(scheme, host, port, slash + path, query)


def leads_to(place: Place, endpoint: Endpoint) -> RedirectTo:
    """Where a place is, seen from the endpoint."""
    if place.scheme is None:
        return RedirectTo.SAME_ORIGIN
    if place.host is None:
        return RedirectTo.NOT_HTTP
    if place.host not in _names_of(endpoint):
        return RedirectTo.ELSEWHERE
    is_same = (place.scheme, place.port) == (_scheme_asked(endpoint), endpoint.port)
    return RedirectTo.SAME_ORIGIN if is_same else RedirectTo.SAME_HOST


def path_of_hop(location: str, endpoint: Endpoint, asked: str) -> str | None:
    """The path, with its query, to ask to go where a Location leads; None if that is another origin.

    ``asked`` is the path whose answer it is in; a relative one is resolved as RFC 3986 §5.2 has it.
    """
    place = place_of(location, endpoint)
    if leads_to(place, endpoint) is not RedirectTo.SAME_ORIGIN:
        return None
    base, _, base_query = asked.partition("?")
    path = place.path
    if place.scheme is None and not path:
        path, query = base, place.query or base_query
    else:
        query = place.query
        if place.scheme is None and not path.startswith("/"):
            path = base.rpartition("/")[0] + "/" + path
    path = _without_dots(path or "/")
    whole = f"{path}?{query}" if query else path
    return whole if is_path(whole) else None


def login_sign_of(place: Place, asked: str = "/") -> LoginSign:
    """What kind of login a place is, by the segments of its path and the names of its parameters.

    Segments of the path that was asked are our own words: a server that sends all to HTTPS repeats them.
    """
    ours = asked.partition("?")[0].lower().split("/")
    segments = [one for one in place.path.lower().split("/") if one and one not in ours]
    stems = {one.partition(".")[0] for one in segments}
    names = {one.partition("=")[0].lower() for one in place.query.split("&")}
    found = LoginSign.NONE
    if stems & _FORM_SEGMENTS:
        found = LoginSign.FORM
    if names >= _OAUTH_NAMES or stems & _OAUTH_SEGMENTS:
        found = LoginSign.OAUTH
    if names & _SAML_NAMES or _SAML_SEGMENTS & (stems | set(segments)):
        found = LoginSign.SAML
    if "cas" in stems and stems & _FORM_SEGMENTS:
        found = LoginSign.CAS
    return found


def _authority_of(place: Place, to: RedirectTo) -> ServerText | None:
    """Host and port, never what stands before an @: that may be a password."""
    if to is RedirectTo.SAME_ORIGIN or place.host is None:
        return None
    host = f"[{place.host}]" if ":" in place.host else place.host
    return ServerText.of(host if place.port is None else f"{host}:{place.port}")


def _scheme_of(text: str) -> tuple[str | None, str]:
    """The scheme in lower case, if the text has one, and what follows it (RFC 3986 §3.1)."""
    before, colon, rest = text.partition(":")
    scheme = before.lower()
    is_scheme = bool(colon) and scheme[:1].isalpha() and _SCHEME_CHARS.issuperset(scheme)
    return (scheme, rest) if is_scheme else (None, text)


def _scheme_asked(endpoint: Endpoint) -> str:
    return "https" if endpoint.service is Service.WEB_TLS else "http"


def _host_and_port(authority: str, default: int) -> tuple[str, int | None]:
    if authority.startswith("["):
        inside, _, after = authority[1:].partition("]")
        return _canonical(inside), _port(after.removeprefix(":"), default)
    host, _, port = authority.partition(":")
    return _canonical(host), _port(port, default)


def _port(digits: str, default: int) -> int | None:
    if not digits:
        return default
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MAX_PORT_DIGITS):
        return None
    port = int(digits)
    return port if port <= _MAX_PORT else None


def _canonical(host: str) -> str:
    """In lower case, without the dot of the root; an IPv6 address as it is written in `Endpoint`."""
    plain = host.lower().removesuffix(".")
    try:
        return str(IPv6Address(plain)) if ":" in plain else plain
    except AddressValueError:
        return plain


def _names_of(endpoint: Endpoint) -> frozenset[str]:
    return frozenset(_canonical(one) for one in (endpoint.address, endpoint.name) if one)


def _without_dots(path: str) -> str:
    """RFC 3986 §5.2.4; an encoded dot is a dot (WHATWG URL)."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for place, segment in enumerate(segments):
        plain = segment.lower().replace("%2e", ".")
        is_last = place == len(segments) - 1
        if plain == "..":
            del kept[-1:]
        if plain in {".", ".."}:
            if is_last:
                kept.append("")
        else:
            kept.append(segment)
    return "/" + "/".join(kept)
