"""What the product probes share: which are worth asking, and how what a product says is read.

Everything read here is a claim of the peer. A number that is no plausible count is nothing at all, text
is `ServerText` or is dropped, and nothing else of a body is kept.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from dosimeter.exposure.web_evidence import guards_of
from dosimeter.exposure.web_products import Kind, find_web_product, kind_of
from dosimeter.exposure.web_signs import signs_named
from dosimeter.model.census import Things
from dosimeter.model.facts import Fact
from dosimeter.model.message import say
from dosimeter.model.text import ServerText
from dosimeter.model.web import ArchiveDescribed, CounterRead, WebAnswered
from dosimeter.net.web import WebResponse
from dosimeter.probes._declare import NotAsked, Visit
from dosimeter.probes._web import Heard, read_json
from dosimeter.probes._web_reading import has_password_field

JSON: Final = "application/json"
HTML: Final = "text/html"

MOST_DIGITS: Final = 10
"""Counters of more digits are absurd (DESIGN §3, counting)."""

MOST_TITLES: Final = 16
_MOST_TITLE: Final = 16
_MOST_PORT: Final = 65_535
_MOST_VERSION: Final = 24
_MOST_PLACES: Final = 4
_OF_A_VERSION: Final = frozenset(string.ascii_letters + string.digits + ".")
_OK: Final = 200
_REDIRECTS: Final = range(300, 400)


def count_of(value: object) -> int | None:
    """A counter that a peer sent as a number, or as a text of ASCII digits; None if it is absurd."""
    if isinstance(value, str):
        is_number = value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS
        return int(value) if is_number else None
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < 10**MOST_DIGITS else None


def counters_of(said: Mapping[str, object], keys: Mapping[str, Things]) -> tuple[CounterRead, ...]:
    """The counters that stand under these keys; one that is absurd stays, without its value."""
    return tuple(CounterRead(things, count_of(said[key])) for key, things in keys.items() if key in said)


def object_of(response: WebResponse) -> Mapping[str, object] | None:
    """The JSON object that a 200 brought, whole."""
    said = _json_of(response)
    return said if isinstance(said, dict) else None


def list_of(response: WebResponse) -> tuple[object, ...] | None:
    """The JSON list that a 200 brought, whole."""
    said = _json_of(response)
    return tuple(said) if isinstance(said, list) else None


def text_of(value: object) -> ServerText | None:
    """Text that a peer named itself with, made harmless; None for anything else and for nothing."""
    if not isinstance(value, str) or not value.strip():
        return None
    return ServerText.of(value)


def titles_of(values: Iterable[object]) -> tuple[ServerText, ...]:
    """AE titles, at most 16 of at most 16 characters (PS3.5 §6.2), each once."""
    found = [value.strip() for value in values if isinstance(value, str)]
    kept = dict.fromkeys(title for title in found if title and len(title) <= _MOST_TITLE)
    return tuple(ServerText.of(title) for title in list(kept)[:MOST_TITLES])


def ports_of(*values: object) -> tuple[int, ...]:
    """Ports that can be dialled, each once."""
    found = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    return tuple(dict.fromkeys(port for port in found if 0 < port <= _MOST_PORT))


def bears(fact: WebAnswered, product: str) -> bool:
    """Whether an answer bears a sign of this product."""
    return any(sign.product == product for sign in signs_named(fact.signs))


def was_seen(visit: Visit, product: str) -> bool:
    """Whether anything so far bore a sign of this product."""
    return any(isinstance(fact, WebAnswered) and bears(fact, product) for fact in visit.seen)


def was_recognised(visit: Visit, product: str) -> bool:
    """Whether a sign so far is enough alone to name this archive, or its own interface did."""
    return any(_archive_shown(fact) == product for fact in visit.seen)


def refused(heard: Heard) -> bool:
    """Whether it wants a login, forbids or sends away: 401, 403, a redirect, a page with a password field."""
    return heard.fact.status in _REDIRECTS or bool(guards_of(heard.fact))


def open_page(*texts: str) -> Callable[[WebResponse], bool]:
    """Whether an answer is a page that holds one of these texts and no field for a password."""
    wanted = tuple(text.lower().encode() for text in texts)

    def is_open(response: WebResponse) -> bool:
        media_type = (response.header("content-type") or "").lower()
        if response.status != _OK or not media_type.startswith(HTML):
            return False
        body = response.body.lower()
        return any(text in body for text in wanted) and not has_password_field(body)

    return is_open


def with_rows(visit: Visit, heard: Heard, rows: int | None) -> WebAnswered:
    """The fact of the answer that was heard last, with how many matches it brought to a null query."""
    fact = replace(heard.fact, rows=rows or 0)
    visit.heard[-1] = fact
    return fact


def unless_another(visit: Visit, product: str, beside: frozenset[str] = frozenset()) -> None:
    """Ask a server whose product is known nothing that is another's: one archive serves one origin.

    ``beside`` are archives that this product is often served with.

    Raises:
        NotAsked: an archive of another name was recognised here.
    """
    for fact in visit.seen:
        other = _archive_shown(fact)
        if other is not None and other != product and other not in beside:
            known = find_web_product(other)
            raise NotAsked(say("this is {product}", product=known.name if known is not None else other))


def _archive_shown(fact: Fact) -> str | None:
    """The archive that one fact is enough to recognise."""
    if isinstance(fact, ArchiveDescribed):
        named = [fact.product]
    elif isinstance(fact, WebAnswered):
        named = [sign.product for sign in signs_named(fact.signs) if sign.strong]
    else:
        return None
    return next((key for key in named if kind_of(key) is Kind.ARCHIVE), None)


def _json_of(response: WebResponse) -> object | None:
    if response.status != _OK or response.is_cut:
        return None
    return read_json(response.body)


def version_after(response: WebResponse, text: bytes) -> ServerText | None:
    """The version that follows a text of a page, in lower case: digits first, then letters, digits, dots.

    The first places where the text stands are looked at, and at most 24 characters behind each.
    """
    body = response.body.lower()
    place = body.find(text)
    for _ in range(_MOST_PLACES):
        if place < 0:
            break
        start = place + len(text)
        version = _version_at(response.body[start : start + _MOST_VERSION].decode("latin-1").lstrip(" v"))
        if version is not None:
            return version
        place = body.find(text, start)
    return None


def _version_at(rest: str) -> ServerText | None:
    length = next((at for at, one in enumerate(rest) if one not in _OF_A_VERSION), len(rest))
    version = rest[:length].rstrip(".")
    return ServerText.of(version) if version[:1].isdigit() else None
