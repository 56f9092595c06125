"""OHIF's configuration: which DICOMweb roots does the viewer read?

The configuration is JavaScript. It is not run and not parsed: the texts behind three names are read, those
within comments aside. Where they lead is reported; elsewhere is never asked. OHIF has no counter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from dosimeter.model.facts import Fact
from dosimeter.model.message import say
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB, Endpoint
from dosimeter.model.text import MAX_SERVER_TEXT, ServerText
from dosimeter.model.web import ArchiveDescribed, DataSourceNamed, Purpose, RedirectTo, WebAnswered
from dosimeter.net.web import WebResponse, is_path
from dosimeter.probes._declare import NotAsked, Probe, Rides, Visit, web_line
from dosimeter.probes._web import Heard, Question, ask
from dosimeter.probes._web_place import leads_to, path_of_hop, place_of

_ROOTS: Final = ("qidoRoot", "wadoRoot", "wadoUriRoot")
_CONFIGURATION: Final = "app-config.js"
_CONFIGURES: Final = b"window.config"
_OK: Final = 200
_MOST_NAMED: Final = 24
_MOST_LOCATOR: Final = 512
_QUOTES: Final = frozenset("'\"`")
_COMMENT_ENDS: Final = {"/": "\n", "*": "*/"}


async def _run(visit: Visit) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    for folder, shown in _folders(visit):
        question = Question(
            "ohif_configuration",
            Purpose.DESCRIPTION,
            f"{folder}{_CONFIGURATION}",
            shown_path=f"{shown}{_CONFIGURATION}",
        )
        heard = await ask(visit, question, is_configuration)
        facts.append(heard.fact)
        if heard.fact.as_specified:
            return (*facts, *_sources(visit, heard, question.path))
    return tuple(facts)


def _sources(visit: Visit, heard: Heard, asked: str) -> tuple[DataSourceNamed, ...]:
    line = web_line(visit)
    named = (
        source_named(locator, line.endpoint, asked, line.allows)
        for locator in locators_of(heard.response.body.decode("latin-1"))
    )
    return tuple(dict.fromkeys(source for source in named if source is not None))


def _folders(visit: Visit) -> Iterator[tuple[str, str]]:
    """Where the configuration may stand, and as what facts keep that.

    Beside the page that the front page led to, at the top, or where Orthanc's plugin has it.
    """
    if any(isinstance(fact, ArchiveDescribed) and fact.product == "orthanc" for fact in visit.seen):
        yield from _folder_of_plugin(visit)
        return
    beside = visit.landed.partition("?")[0].rpartition("/")[0] + "/"
    if beside != "/":
        yield beside, "/{redirect}/"
    yield "/", "/"


def _folder_of_plugin(visit: Visit) -> Iterator[tuple[str, str]]:
    for fact in visit.seen:
        if isinstance(fact, WebAnswered) and fact.asked == "orthanc_ohif" and fact.status == _OK:
            yield fact.path, fact.path
            return
    raise NotAsked(say("this is Orthanc, without OHIF"))


def is_configuration(response: WebResponse) -> bool:
    """Whether this is OHIF's configuration and no page that stands for any path."""
    if response.status != _OK or response.body.lstrip()[:1] == b"<":
        return False
    return _CONFIGURES in response.body and any(name.encode() in response.body for name in _ROOTS)


def locators_of(script: str) -> tuple[str, ...]:
    """The quoted texts behind ``qidoRoot:``, ``wadoRoot:`` and ``wadoUriRoot:``, each once, in order."""
    code = _code_of(script)
    found = sorted(place for name in _ROOTS for place in _places(code, name))
    return tuple(dict.fromkeys(text for _, text in found))


def _places(script: str, name: str) -> Iterator[tuple[int, str]]:
    place = script.find(name)
    for _ in range(_MOST_NAMED):
        if place < 0:
            return
        text = _quoted_after(script, place + len(name))
        if text is not None:
            yield place, text
        place = script.find(name, place + len(name))


def _quoted_after(script: str, place: int) -> str | None:
    """The text in quotes behind a colon; the name itself may be quoted."""
    window = script[place : place + _MOST_LOCATOR].lstrip("'\"").lstrip()
    if not window.startswith(":"):
        return None
    value = window[1:].lstrip()
    if value[:1] not in _QUOTES:
        return None
    end = value.find(value[0], 1)
    return value[1:end] if end > 1 else None


def _code_of(script: str) -> str:
    """The script without its comments; what looks like one within quotes stays (ECMA-262 §12.4)."""
    kept = []
    start = place = 0
    quote = ""
    while place < len(script):
        one = script[place]
        if quote:
            if one == quote or (one == "\n" and quote != "`"):
                quote = ""
            place += 2 if one == "\\" else 1
        elif one in _QUOTES:
            quote = one
            place += 1
        elif one == "/" and script[place + 1 : place + 2] in _COMMENT_ENDS:
            kept.append(script[start:place])
            start = place = _end_of_comment(script, place)
        else:
            place += 1
    return "".join([*kept, script[start:]])


def _end_of_comment(script: str, place: int) -> int:
    ending = _COMMENT_ENDS[script[place + 1]]
    end = script.find(ending, place + 2)
    return len(script) if end < 0 else end + len(ending)


def source_named(
    text: str, endpoint: Endpoint, asked: str, allows: Callable[[str, int], bool]
) -> DataSourceNamed | None:
    """Where a text leads, seen from this endpoint; None where nothing of it can be kept.

    ``asked`` is the path of the configuration, which a relative path starts from. Who a URL names as user
    is dropped, and so are its query and its fragment.
    """
    place = place_of(text, endpoint)
    to = leads_to(place, endpoint)
    if to is RedirectTo.NOT_HTTP:
        return None
    if to is RedirectTo.SAME_ORIGIN:
        root = _root(path_of_hop(text, endpoint, asked))
        return None if root is None else DataSourceNamed("ohif", to, root)
    root = _root(place.path or "/")
    if root is None or place.host is None or place.port is None:
        return None
    host = f"[{place.host}]" if ":" in place.host else place.host
    authority = ServerText.of(f"{host}:{place.port}")
    return DataSourceNamed("ohif", to, root, authority, allows(place.host, place.port))


def _root(path: str | None) -> ServerText | None:
    """The path alone, with no slash at its end; None if it is none, or too long to be kept whole."""
    bare = (path or "").partition("?")[0].rstrip("/") or "/"
    return ServerText.of(bare) if path and is_path(bare) and len(bare) <= MAX_SERVER_TEXT else None


PROBE = Probe(
    name="ohif",
    asks="GET of OHIF's configuration, which names the DICOMweb roots it reads",
    touch=Touch.PROVE,
    reference="OHIF Viewers, configuration files",
    rides=Rides.WEB,
    needs=None,
    order=235,
    run=_run,
    services=ON_WEB,
)
