"""Conquest's pages: the CGI program, its newer web interface, its DICOMweb service in PHP.

The top pages hold forms and the server's state, no patient; their modes are named, because a site can make
any other page its first. The list of studies is asked for a patient identifier that cannot exist.
It has no counter of its own.
"""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.text import ServerText
from dosimeter.model.web import ArchiveDescribed, Purpose
from dosimeter.net.web import WebResponse
from dosimeter.probes._declare import Probe, Rides, Visit
from dosimeter.probes._products import HTML, bears, open_page, unless_another, version_after, with_rows
from dosimeter.probes._web import Heard, Question, ask

_CGI: Final = "/cgi-bin/dgate"
_NEW: Final = "/cgi-bin/newweb/dgate"
_API: Final = Question("conquest_api", Purpose.DESCRIPTION, "/api/dicom/", root="/api/dicom/rs")
_API_SAYS: Final = b"Conquest DICOM api"
_FORMS: Final = ("value=querypatients", "value=listpatients", "value='querypatients'", "value='listpatients'")
_TITLE: Final = b"conquest dicom server - version"
_LISTED: Final = b"studies on local server</caption>"
_ROW: Final = b"<tr>"
_OK: Final = 200
_MOST_OF_A_LIST: Final = 4_096


async def _run(visit: Visit) -> tuple[Fact, ...]:
    unless_another(visit, "conquest")
    api = await ask(visit, _API, lambda response: response.status == _OK and _API_SAYS in response.body)
    facts: list[Fact] = [api.fact]
    ending = ".exe" if _is_windows(api) else ""
    for asked, path, mode in (("conquest_cgi", _CGI, "top"), ("conquest_newweb", _NEW, "start")):
        question = Question(asked, Purpose.LANDING, f"{path}{ending}?mode={mode}", accept=HTML)
        page = await ask(visit, question, open_page(*_FORMS))
        facts.append(page.fact)
        if bears(page.fact, "conquest"):
            facts.append(ArchiveDescribed("conquest", read_conquest_version(page.response)))
        if page.fact.as_specified and path == _CGI:
            facts.append(await _list_nobody(visit, path + ending))
    return tuple(facts)


def read_conquest_version(response: WebResponse) -> ServerText | None:
    """The version in the title: ``Conquest DICOM server - version 1.5.0c``."""
    return version_after(response, _TITLE)


def rows_listed(response: WebResponse) -> int | None:
    """How many studies the list shows below its heading; None if it is not the list of studies."""
    body = response.body.lower()
    if response.status != _OK or _TITLE not in body or _LISTED not in body:
        return None
    return max(body.count(_ROW) - 1, 0)


async def _list_nobody(visit: Visit, path: str) -> Fact:
    query = f"{path}?mode=querystudies&patientidmatch="
    question = Question(
        "conquest_list",
        Purpose.QUERY,
        query + uuid4().hex,
        accept=HTML,
        shown_path=f"{query}{{null}}",
        most=_MOST_OF_A_LIST,
    )
    heard = await ask(visit, question, lambda response: rows_listed(response) is not None)
    return with_rows(visit, heard, rows_listed(heard.response))


def _is_windows(heard: Heard) -> bool:
    """Whether the web server says that it runs on Windows: the program has another name there."""
    server = (heard.response.header("server") or "").lower()
    return "win" in server or "iis" in server


PROBE = Probe(
    name="conquest",
    asks="GET of Conquest's DICOMweb service and first pages, and a list for a patient that cannot exist",
    touch=Touch.PROVE,
    reference="Conquest DICOM server, web interface",
    rides=Rides.WEB,
    needs=None,
    order=215,
    run=_run,
    services=ON_WEB,
)
