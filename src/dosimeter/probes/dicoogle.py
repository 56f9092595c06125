"""Dicoogle: its version, a search for a study that cannot exist, its AE title and port.

Its search wants no login in any release whose source was read. The search is by keyword, so the UID is
compared as it is; one field alone is asked for. It has no counter of its own. Other servers too have a
version and a search: who it is, its pages or the paths of its settings have to show.
"""

from __future__ import annotations

from typing import Final

from dosimeter.dicom.uids import fresh_uid
from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.text import ServerText
from dosimeter.model.web import ArchiveDescribed, Purpose
from dosimeter.net.web import WebResponse
from dosimeter.probes._declare import Probe, Rides, Visit
from dosimeter.probes._products import (
    JSON,
    count_of,
    object_of,
    ports_of,
    text_of,
    titles_of,
    unless_another,
    was_recognised,
    was_seen,
    with_rows,
)
from dosimeter.probes._web import Heard, Question, ask, seen_control
from dosimeter.probes._web_roots import refuses

_VERSION: Final = Question("dicoogle_version", Purpose.DESCRIPTION, "/ext/version", accept=JSON)
_TITLE: Final = Question("dicoogle_title", Purpose.DESCRIPTION, "/management/settings/dicom", accept=JSON)
_STORAGE: Final = Question("dicoogle_storage", Purpose.DESCRIPTION, "/management/dicom/storage", accept=JSON)
_SEARCH: Final = "/search?keyword=true&field=SOPInstanceUID&query=StudyInstanceUID:"
_MOST_OF_A_SEARCH: Final = 4_096
_MOST_VERSION: Final = 24


async def _run(visit: Visit) -> tuple[Fact, ...]:
    unless_another(visit, "dicoogle")
    heard = await ask(visit, _VERSION, lambda response: read_dicoogle_version(response) is not None)
    version = read_dicoogle_version(heard.response)
    if version is None and not was_seen(visit, "dicoogle"):
        return (heard.fact,)
    title = await ask(visit, _TITLE, lambda response: "aetitle" in (object_of(response) or {}))
    storage = await ask(visit, _STORAGE, lambda response: "port" in (object_of(response) or {}))
    facts: list[Fact] = [heard.fact, title.fact, storage.fact]
    is_shown = was_recognised(visit, "dicoogle") or (title.fact.as_specified and storage.fact.as_specified)
    if not is_shown and not _guards_its_settings(visit, title, storage):
        return tuple(facts)
    searched = await ask(visit, _search(), lambda response: read_results(response) is not None)
    facts.append(with_rows(visit, searched, read_results(searched.response)))
    if is_shown or searched.fact.as_specified:
        titles = titles_of([(object_of(title.response) or {}).get("aetitle")])
        ports = ports_of((object_of(storage.response) or {}).get("port"))
        facts.append(ArchiveDescribed("dicoogle", version, titles, ports))
    return tuple(facts)


def _guards_its_settings(visit: Visit, *settings: Heard) -> bool:
    """Whether both paths of its settings are there, and refused: one that cannot exist is not."""
    everywhere = seen_control(visit.seen)
    is_told_apart = everywhere is not None and not refuses(everywhere)
    return is_told_apart and all(refuses(each.fact) for each in settings)


def read_dicoogle_version(response: WebResponse) -> ServerText | None:
    """The version of ``/ext/version``, which says nothing else: ``{"version": "3.3.2"}``."""
    said = object_of(response)
    if said is None or set(said) != {"version"}:
        return None
    version = text_of(said["version"])
    return version if version is not None and len(version.text) <= _MOST_VERSION else None


def read_results(response: WebResponse) -> int | None:
    """How many results a search says that it has; None if this is no answer of Dicoogle's search."""
    said = object_of(response)
    if said is None or "elapsedTime" not in said or not {"numResults", "results"} <= said.keys():
        return None
    results = said["results"]
    listed = len(results) if isinstance(results, list) else 1
    claimed = count_of(said["numResults"])
    return None if claimed is None else max(claimed, listed)


def _search() -> Question:
    return Question(
        "dicoogle_search",
        Purpose.QUERY,
        _SEARCH + fresh_uid(),
        accept=JSON,
        shown_path=f"{_SEARCH}{{null}}",
        most=_MOST_OF_A_SEARCH,
    )


PROBE = Probe(
    name="dicoogle",
    asks="GET of Dicoogle's version, and where it answers a search for a study that cannot exist",
    touch=Touch.PROVE,
    reference="Dicoogle, web services",
    rides=Rides.WEB,
    needs=None,
    order=210,
    run=_run,
    services=ON_WEB,
)
