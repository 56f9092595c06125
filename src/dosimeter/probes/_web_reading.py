"""What is read from the head and the body of an answer over HTTP: its shape, its guards, its signs.

Everything here takes time in proportion to what it reads, and gives back nothing that a server wrote but
a realm.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from dosimeter.exposure.web_signs import WEB_SIGNS, SignPlace, WebSign
from dosimeter.model.web import BodyShape, MediaType
from dosimeter.net.web import WebResponse

BODY_WINDOW: Final = 16_384
"""Bytes of a body in which its signs are looked for: the head of a page, the beginning of a description."""

TITLE_WINDOW: Final = BODY_WINDOW
"""Bytes in which a title begins: OHIF's stands behind more than 4,096 of styles and scripts."""

MOST_BEHIND: Final = 32
"""Characters of a title behind a sign: a page of a product has its name, a version, a word."""

MAX_HEADER: Final = 4_096
MAX_CHALLENGES: Final = 8

_MEDIA_TYPES: Final = {
    "application/dicom+json": MediaType.DICOM_JSON,
    "application/json": MediaType.JSON,
    "text/json": MediaType.JSON,
    "application/problem+json": MediaType.JSON,
    "application/fhir+json": MediaType.FHIR_JSON,
    "multipart/related": MediaType.MULTIPART,
    "application/dicom": MediaType.DICOM,
    "text/html": MediaType.HTML,
    "application/xhtml+xml": MediaType.HTML,
    "application/xml": MediaType.XML,
    "text/xml": MediaType.XML,
    "text/plain": MediaType.TEXT,
    "text/javascript": MediaType.SCRIPT,
    "application/javascript": MediaType.SCRIPT,
    "application/x-javascript": MediaType.SCRIPT,
}
_JSON_TYPES: Final = frozenset({MediaType.DICOM_JSON, MediaType.JSON, MediaType.FHIR_JSON})
_SCHEMES: Final = frozenset(
    {
        *("basic", "bearer", "concealed", "digest", "dpop", "gnap", "hoba", "mutual", "negotiate"),
        *("oauth", "privatetoken", "scram-sha-1", "scram-sha-256", "vapid"),
        *("kerberos", "ntlm"),
    }
)
"""IANA's registry of HTTP authentication schemes, and two of Microsoft's."""
_OTHER_SCHEME: Final = "other"
_SOFTWARE_FIELDS: Final = ("x-powered-by", "via", "x-generator")
_PREAMBLE: Final = 128
_MAGIC: Final = b"DICM"
_OK: Final = 200
_TEXT_WINDOW: Final = 4_096
_TAG_WINDOW: Final = 1_024
"""Bytes before the word "password" in which the tag that it belongs to has to begin."""
_TYPE: Final = b"type"
_ECHO: Final = "\n"
_QUOTES_AND_BLANKS: Final = b"\"' \t\r\n"
_BLANKS: Final = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Json:
    """What became of a text that was read as JSON."""

    is_json: bool
    value: object = None


def media_type_of(content_type: str | None) -> MediaType:
    """The media type of a Content-Type (RFC 9110 §8.3), its parameters aside."""
    if content_type is None:
        return MediaType.NONE
    name = content_type[:MAX_HEADER].partition(";")[0].strip().lower()
    if name in _MEDIA_TYPES:
        return _MEDIA_TYPES[name]
    if name.startswith("image/"):
        return MediaType.IMAGE
    if name.endswith("+xml"):
        return MediaType.XML
    return MediaType.OTHER if name else MediaType.NONE


def looks_like_json(media_type: MediaType, body: bytes) -> bool:
    """Whether a body is worth reading as JSON: it says so, or it begins so. Orthanc's errors say nothing."""
    return media_type in _JSON_TYPES or body[:_TAG_WINDOW].lstrip(_BLANKS)[:1] in {b"[", b"{"}


def shape_of(response: WebResponse, media_type: MediaType, said: Json | None) -> BodyShape:
    """The shape of a body; ``said`` is what became of it when it was read as JSON, None if it was not."""
    body = response.body
    is_page = media_type is MediaType.HTML or _begins_as_html(body)
    if is_page and has_password_field(body):
        return BodyShape.HTML_LOGIN
    if response.is_cut:
        return BodyShape.CUT
    if not body:
        return BodyShape.EMPTY
    if said is not None and said.is_json:
        return _shape_of_json(said.value)
    if media_type in _JSON_TYPES:
        return BodyShape.BROKEN
    return _shape_of_other(body, media_type, is_page=is_page)


def _shape_of_json(value: object) -> BodyShape:
    if isinstance(value, list):
        return BodyShape.JSON_LIST if value else BodyShape.JSON_EMPTY_LIST
    return BodyShape.JSON_OBJECT if isinstance(value, dict) else BodyShape.JSON_OTHER


def _shape_of_other(body: bytes, media_type: MediaType, *, is_page: bool) -> BodyShape:
    if media_type is MediaType.DICOM or body[_PREAMBLE : _PREAMBLE + len(_MAGIC)] == _MAGIC:
        return BodyShape.DICOM
    if media_type is MediaType.MULTIPART:
        return BodyShape.MULTIPART
    if is_page:
        return BodyShape.HTML
    if media_type is MediaType.XML or body[:_TAG_WINDOW].lstrip(_BLANKS).startswith(b"<?xml"):
        return BodyShape.XML
    return BodyShape.TEXT if _is_text(body[:_TEXT_WINDOW]) else BodyShape.OTHER


def _begins_as_html(body: bytes) -> bool:
    start = body[:_TAG_WINDOW].lstrip(b"\xef\xbb\xbf" + _BLANKS).lower()
    return start.startswith((b"<!doctype html", b"<html")) or (
        start.startswith(b"<?xml") and (b"<!doctype html" in start or b"<html" in start)
    )


def _is_text(start: bytes) -> bool:
    return b"\0" not in start and all(byte >= 0x20 or byte in b"\t\r\n\f" for byte in start)  # noqa: PLR2004


def has_password_field(body: bytes) -> bool:
    """Whether HTML holds an ``<input>`` of type password: a login by form.

    Each occurrence of the word is looked at with what stands right before it; no pattern is matched.
    """
    lowered = body.lower()
    at = lowered.find(b"password")
    while at >= 0:
        before = lowered[max(0, at - _TAG_WINDOW) : at]
        head, equals, between = before.rpartition(b"=")
        if equals and not between.strip(_QUOTES_AND_BLANKS) and head.rstrip(_BLANKS).endswith(_TYPE):
            tag = head[head.rfind(b"<") :] if b"<" in head else b""
            if tag.startswith(b"<input") and b">" not in tag:
                return True
        at = lowered.find(b"password", at + 8)
    return False


def challenges_of(fields: tuple[str, ...]) -> tuple[tuple[str, ...], str | None]:
    """The schemes of WWW-Authenticate (RFC 9110 §11.6.1), each once, and the first realm.

    One field may hold several challenges, and there may be several fields. Schemes that are not
    registered are ``other``.
    """
    schemes: dict[str, None] = {}
    realm: str | None = None
    for element in (one for field in fields[:MAX_CHALLENGES] for one in _elements(field[:MAX_HEADER])):
        name, _, rest = element.partition(" ")
        begins = "=" not in name and not rest.lstrip().startswith("=")
        if begins:
            schemes[name.lower() if name.lower() in _SCHEMES else _OTHER_SCHEME] = None
        if realm is None:
            realm = _realm_in(rest if begins else element)
    return tuple(schemes)[:MAX_CHALLENGES], realm


def _elements(field: str) -> list[str]:
    """The elements between the commas of a field that stand in no quoted string (RFC 9110 §5.6.1, §5.6.4)."""
    found = []
    start = 0
    quoted = escaped = False
    for place, char in enumerate(field):
        if escaped:
            escaped = False
        elif quoted and char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char == "," and not quoted:
            found.append(field[start:place].strip())
            start = place + 1
    found.append(field[start:].strip())
    return [one for one in found if one]


def _realm_in(element: str) -> str | None:
    name, equals, value = element.partition("=")
    if not equals or name.strip().lower() != "realm":
        return None
    value = value.strip()
    if not value.startswith('"'):
        return value
    kept = []
    escaped = False
    for char in value[1:]:
        if escaped:
            kept.append(char)
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == '"':
            break
        else:
            kept.append(char)
    return "".join(kept)


def marks_of(response: WebResponse) -> tuple[str, ...]:
    """Our names of the security headers that an answer has (WHATWG Fetch, CSP 3, RFC 6797, RFC 7034)."""
    origin = (response.header("access-control-allow-origin") or "").strip()
    credentials = (response.header("access-control-allow-credentials") or "").strip().lower()
    sniffing = (response.header("x-content-type-options") or "").strip().lower()
    found = {
        "cors_any_origin": origin == "*",
        "cors_credentials": credentials == "true",
        "csp": response.header("content-security-policy") is not None,
        "hsts": response.header("strict-transport-security") is not None,
        "frame_options": response.header("x-frame-options") is not None,
        "x_content_type_options": sniffing == "nosniff",
    }
    return tuple(name for name, has in found.items() if has)


def signs_of(
    response: WebResponse, realm: str | None, *, asked: str = "", is_icon: bool = False
) -> tuple[str, ...]:
    """The names of those signs of our table that an answer bears, in the order of the table.

    ``asked`` is the path, with its query, that was asked: where an answer repeats it, that is our own word
    and no sign. A server that sends every path to HTTPS names each product in turn.
    """
    if is_icon:
        return _signs_of_icon(response)
    body = response.body[:BODY_WINDOW].decode("latin-1")
    is_page = media_type_of(response.header("content-type")) is MediaType.HTML
    texts = {
        SignPlace.DATA: () if is_page or _begins_as_html(response.body) else (body,),
        SignPlace.TITLE: (_title_of(response.body),),
        SignPlace.REALM: (realm or "",),
        SignPlace.SERVER: response.all_of("server"),
        SignPlace.BODY: (body,),
        SignPlace.LOCATION: tuple(_path_of(one) for one in response.all_of("location")),
        SignPlace.HEADER: tuple(value for name in _SOFTWARE_FIELDS for value in response.all_of(name)),
        SignPlace.COOKIE: response.all_of("set-cookie"),
        SignPlace.FAVICON_MD5: (),
    }
    lowered = {place: tuple(map(str.lower, those)) for place, those in texts.items()}
    ours = asked.lower()
    return tuple(sign.name for sign in WEB_SIGNS if _stands(sign, lowered[sign.where], ours))


def _stands(sign: WebSign, texts: tuple[str, ...], ours: str) -> bool:
    wanted = sign.text.lower()
    if wanted in ours:
        texts = tuple(_without_echoes(text, wanted, ours) for text in texts)
    if sign.where is SignPlace.TITLE:
        return any(text.startswith(wanted) and len(text) <= len(wanted) + MOST_BEHIND for text in texts)
    if sign.where is SignPlace.COOKIE:
        return any(text.startswith(wanted) for text in texts)
    return any(wanted in text for text in texts)


def _without_echoes(text: str, wanted: str, ours: str) -> str:
    """A text without the path that was asked, and without each segment of it that holds a sign.

    A sign that runs over segments, ``app/explorer.html``, is taken out itself.
    """
    segments = {one for one in ours.replace("?", "/").split("/") if wanted in one}
    for echo in (ours, *sorted(segments or {wanted}, key=len, reverse=True)):
        text = text.replace(echo, _ECHO)
    return text


def _signs_of_icon(response: WebResponse) -> tuple[str, ...]:
    if response.status != _OK or response.is_cut or not response.body:
        return ()
    digest = hashlib.md5(response.body, usedforsecurity=False).hexdigest()
    return tuple(
        sign.name for sign in WEB_SIGNS if sign.where is SignPlace.FAVICON_MD5 and sign.text == digest
    )


def _title_of(body: bytes) -> str:
    """The first title of a page; without its end tag, as much of it as there is."""
    start = body[:TITLE_WINDOW]
    at = start.lower().find(b"<title")
    if at < 0:
        return ""
    title = start[at:].partition(b">")[2].partition(b"<")[0]
    return " ".join(title.decode("utf-8", "replace").split())


def _path_of(location: str) -> str:
    return location[:MAX_HEADER].partition("?")[0].partition("#")[0]
