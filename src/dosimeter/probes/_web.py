"""Asking one question over HTTP, and making the fact of its answer.

Every question of every probe goes through `ask`: there they are counted, there a peer that is out of
resources ends the probe, and there what was heard before a failure is kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NoReturn

from dosimeter.model.attempt import Cause
from dosimeter.model.facts import Fact
from dosimeter.model.message import say
from dosimeter.model.text import ServerText
from dosimeter.model.web import MediaType, Purpose, WebAnswered
from dosimeter.net.causes import WireFailure
from dosimeter.net.web import MAX_BODY_BYTES, Method, WebRequest, WebResponse
from dosimeter.probes._declare import NotAsked, Visit, is_overloaded, web_line
from dosimeter.probes._web_place import redirect_of
from dosimeter.probes._web_reading import (
    Json,
    challenges_of,
    looks_like_json,
    marks_of,
    media_type_of,
    shape_of,
    signs_of,
)

MAX_REQUESTS: Final = 48
"""Requests one endpoint is asked at most, over all probes: what a browser asks for one page of a viewer."""

MAX_JSON_BYTES: Final = 262_144
MAX_JSON_DEPTH: Final = 16
_MAX_INTEGER: Final = 20
"""Characters of an integer: 2^64 fits. Longer ones are no number that anybody means."""
_MAX_FLOAT: Final = 40

_NULL_PATH: Final = "/{null}"
_BRACKETS_AND_QUOTES: Final = b"[]{}"
_NOT_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in _BRACKETS_AND_QUOTES)


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``asked`` is our name of it; ``shown_path`` is the path as facts keep it.

    What is made on the spot stands in ``shown_path`` as ``{null}``, where a server led us as
    ``{redirect}``: no path that a server sent is kept. ``root`` is the part of the path before the
    service's own, ``most`` how many bytes of the body are read.
    """

    asked: str
    purpose: Purpose
    path: str
    accept: str = "*/*"
    method: Method = Method.GET
    shown_path: str | None = None
    root: str | None = None
    most: int = MAX_BODY_BYTES


@dataclass(frozen=True, slots=True)
class Heard:
    """What is kept of an answer, and the answer, which is not."""

    fact: WebAnswered
    response: WebResponse


def _of_no_service(_response: WebResponse) -> bool:
    return False


async def ask(
    visit: Visit, question: Question, is_specified: Callable[[WebResponse], bool] = _of_no_service
) -> Heard:
    """Ask one question; ``is_specified`` says whether the answer is as the service's specification has it.

    Raises:
        NotAsked: this is no web port, or it has been asked `MAX_REQUESTS` questions, none by this probe.
        WireFailure: as `WebLine.ask`; with cause busy if the answer says so (429, 503), and with cause
            local where the questions of an endpoint ran out half-way. What this probe has heard so far
            is among the facts.
        AuthorisedTimeOver: the authorisation or its hours have ended.
    """
    line = web_line(visit)
    if visit.requests >= MAX_REQUESTS:
        _stop_asking(visit)
    visit.requests += 1
    shown = question.shown_path or question.path
    request = WebRequest(question.path, question.method, question.accept, question.most, shown)
    try:
        response = await line.ask(request)
    except WireFailure as failure:
        raise WireFailure(failure.cause, failure.detail, (*visit.heard, *failure.facts)) from None
    fact = _fact_of(visit, question, response, is_specified=is_specified(response))
    visit.heard.append(fact)
    if is_overloaded(visit.heard):
        detail = say("it says that it is asked too much, or has no room now")
        raise WireFailure(Cause.BUSY, detail, tuple(visit.heard))
    return Heard(fact, response)


def requests_left(visit: Visit) -> int:
    """How many more questions this endpoint may be asked."""
    return MAX_REQUESTS - visit.requests


def seen_control(seen: tuple[Fact, ...]) -> WebAnswered | None:
    """What a path that cannot exist was answered, right under the origin; None if that was not learnt."""
    for fact in seen:
        if isinstance(fact, WebAnswered) and fact.purpose is Purpose.CONTROL and fact.path == _NULL_PATH:
            return fact
    return None


def read_json(body: bytes) -> object | None:
    """What a JSON text holds (RFC 8259), or None where it is none that we read: `null` is None too.

    Refused: more than 256 KiB, deeper than 16, a name twice in one object, NaN and Infinity, integers of
    more than 20 characters, anything but UTF-8. The depth is looked at before anything is parsed.
    """
    return _parse(body).value


def _parse(body: bytes) -> Json:
    if len(body) > MAX_JSON_BYTES or not _is_shallow(body):
        return Json(is_json=False)
    try:
        value = json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except ValueError:  # JSONDecodeError, UnicodeDecodeError and our own refusals are all that.
        return Json(is_json=False)
    return Json(is_json=True, value=value)


def _is_shallow(body: bytes) -> bool:
    """Whether no bracket outside of a string is deeper than allowed: three passes in C, one over brackets."""
    unescaped = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    brackets = b"".join(unescaped.split(b'"')[::2]).translate(None, _NOT_BRACKETS)
    depth = 0
    for bracket in brackets:
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_JSON_DEPTH:
            return False
    return True


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a name twice")
    return read


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError("no number of JSON")


def _integer(digits: str) -> int:
    if len(digits) > _MAX_INTEGER:
        raise ValueError("an absurd number")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits) if len(digits) <= _MAX_FLOAT else float("inf")
    if number in {float("inf"), float("-inf")}:
        raise ValueError("an absurd number")
    return number


def _stop_asking(visit: Visit) -> NoReturn:
    detail = say("asked {number} questions over HTTP, as many as one endpoint is asked", number=MAX_REQUESTS)
    if not visit.heard:
        raise NotAsked(detail)
    raise WireFailure(Cause.LOCAL, detail, tuple(visit.heard))


def _fact_of(visit: Visit, question: Question, response: WebResponse, *, is_specified: bool) -> WebAnswered:
    media_type = media_type_of(response.header("content-type"))
    said = _parse(response.body) if looks_like_json(media_type, response.body) else None
    server = response.header("server")
    challenges, realm = challenges_of(response.all_of("www-authenticate"))
    is_icon = media_type is MediaType.IMAGE or question.path.endswith(".ico")
    return WebAnswered(
        asked=question.asked,
        purpose=question.purpose,
        method=question.method.value,
        path=question.shown_path or question.path,
        status=response.status,
        body=shape_of(response, media_type, said),
        media_type=media_type,
        as_specified=is_specified,
        root=question.root,
        rows=len(said.value) if said is not None and isinstance(said.value, list) else 0,
        challenges=challenges,
        realm=None if realm is None else ServerText.of(realm),
        server=None if server is None else ServerText.of(server),
        redirect=redirect_of(response, web_line(visit).endpoint, question.path),
        signs=signs_of(response, realm, asked=question.path, is_icon=is_icon),
        marks=marks_of(response),
        milliseconds=response.milliseconds,
        received=len(response.body),
    )
