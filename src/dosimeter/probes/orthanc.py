"""Orthanc's REST interface: what it says of itself, its own counters, and the pages it shows.

Orthanc asks for a login before it looks at the path: where `/system` is refused, so is everything else of
it. `/modalities` and `/peers` name third parties and are never asked.
"""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from dosimeter.model.census import Things
from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.web import ArchiveDescribed, CounterRead, ProductCounted, Purpose
from dosimeter.net.web import WebResponse
from dosimeter.probes._declare import Probe, Rides, Visit
from dosimeter.probes._products import (
    HTML,
    JSON,
    bears,
    count_of,
    counters_of,
    list_of,
    object_of,
    open_page,
    ports_of,
    refused,
    text_of,
    titles_of,
    unless_another,
)
from dosimeter.probes._web import Question, ask

ROOTS: Final = ("", "/orthanc")
"""Where it answers as shipped, and behind the reverse proxies of the Orthanc Book (nginx, Apache)."""

_SYSTEM_KEYS: Final = ("ApiVersion", "DicomAet", "DicomPort", "Name", "Version")
_COUNTERS: Final = {
    "CountPatients": Things.PATIENTS,
    "CountStudies": Things.STUDIES,
    "CountSeries": Things.SERIES,
    "CountInstances": Things.INSTANCES,
}
_METRICS: Final = {
    "orthanc_count_patients": Things.PATIENTS,
    "orthanc_count_studies": Things.STUDIES,
    "orthanc_count_series": Things.SERIES,
    "orthanc_count_instances": Things.INSTANCES,
}
_VIEWERS: Final = {
    "orthanc-explorer-2": ("orthanc_explorer_2", "/ui/app/"),
    "web-viewer": ("orthanc_web_viewer", "/web-viewer/app/viewer.html"),
    "stone-webviewer": ("orthanc_stone_viewer", "/stone-webviewer/index.html"),
    "osimis-web-viewer": ("orthanc_osimis_viewer", "/osimis-viewer/app/index.html"),
    "ohif": ("orthanc_ohif", "/ohif/"),
    "dicom-web": ("orthanc_dicomweb_client", "/dicom-web/app/client/index.html"),
}
"""The page of each plugin that has one, under the name that `/plugins` gives it."""

_OK: Final = 200
_NOT_FOUND: Final = 404
_MOST_METRICS_LINES: Final = 512
_GROUP: Final = 8


async def _run(visit: Visit) -> tuple[Fact, ...]:
    unless_another(visit, "orthanc")
    facts: list[Fact] = []
    for root in ROOTS:
        question = Question("orthanc_system", Purpose.DESCRIPTION, f"{root}/system", accept=JSON, root=root)
        heard = await ask(visit, question, is_system)
        facts.append(heard.fact)
        if heard.fact.as_specified:
            facts.append(_describe(heard.response))
            facts += await _count(visit, root)
            facts += await _retrieve(visit, root)
            facts += await _pages(visit, root)
            break
        if bears(heard.fact, "orthanc") or refused(heard):
            break
    return tuple(facts)


def is_system(response: WebResponse) -> bool:
    """Whether this is the account that Orthanc gives of itself."""
    said = object_of(response)
    return said is not None and all(key in said for key in _SYSTEM_KEYS)


def is_statistics(response: WebResponse) -> bool:
    """Whether these are Orthanc's counters, absurd ones included."""
    said = object_of(response)
    return said is not None and all(key in said for key in _COUNTERS)


def read_metrics(response: WebResponse) -> tuple[CounterRead, ...]:
    """The counters among Orthanc's metrics: ``orthanc_count_studies 48 1795537748404``."""
    if response.status != _OK or response.is_cut:
        return ()
    found = []
    for line in response.body.split(b"\n", _MOST_METRICS_LINES)[:_MOST_METRICS_LINES]:
        name, _, rest = line.decode("latin-1").partition(" ")
        if name in _METRICS:
            found.append(CounterRead(_METRICS[name], count_of(rest.partition(" ")[0].strip())))
    return tuple(found)


def _describe(response: WebResponse) -> ArchiveDescribed:
    said = object_of(response) or {}
    titles = titles_of([said.get("DicomAet")])
    return ArchiveDescribed("orthanc", text_of(said.get("Version")), titles, ports_of(said.get("DicomPort")))


async def _count(visit: Visit, root: str) -> list[Fact]:
    """The statistics; where they do not answer, the same counters among the metrics."""
    question = Question("orthanc_statistics", Purpose.COUNTER, f"{root}/statistics", accept=JSON, root=root)
    heard = await ask(visit, question, is_statistics)
    if heard.fact.as_specified:
        counters = counters_of(object_of(heard.response) or {}, _COUNTERS)
        return [heard.fact, ProductCounted("orthanc", question.asked, counters)]
    path = f"{root}/tools/metrics-prometheus"
    question = Question("orthanc_metrics", Purpose.COUNTER, path, root=root)
    metrics = await ask(visit, question, lambda response: bool(read_metrics(response)))
    facts: list[Fact] = [heard.fact, metrics.fact]
    if metrics.fact.as_specified:
        facts.append(ProductCounted("orthanc", question.asked, read_metrics(metrics.response)))
    return facts


async def _retrieve(visit: Visit, root: str) -> list[Fact]:
    """A study that cannot exist: Orthanc answers 404 with nothing, where an unknown path brings JSON."""
    path = f"{root}/studies/"
    question = Question(
        "orthanc_study",
        Purpose.RETRIEVE,
        path + made_up_id(),
        accept=JSON,
        shown_path=f"{path}{{null}}",
        root=root,
    )
    heard = await ask(visit, question, lambda response: response.status == _NOT_FOUND and not response.body)
    return [heard.fact]


async def _pages(visit: Visit, root: str) -> list[Fact]:
    """Explorer, and the pages of those viewers that `/plugins` says are there."""
    question = Question("orthanc_plugins", Purpose.DESCRIPTION, f"{root}/plugins", accept=JSON, root=root)
    heard = await ask(visit, question, _is_list_of_names)
    named = list_of(heard.response) or () if heard.fact.as_specified else ()
    pages = [("orthanc_explorer", "/app/explorer.html")]
    pages += [page for name, page in _VIEWERS.items() if name in named]
    facts: list[Fact] = [heard.fact]
    for asked, path in pages:
        page = Question(asked, Purpose.LANDING, root + path, accept=HTML, root=root)
        facts.append((await ask(visit, page, open_page("<title"))).fact)
    return facts


def made_up_id() -> str:
    """An identifier as Orthanc gives them, five groups of a SHA-1, that is of nothing."""
    digits = uuid4().hex + uuid4().hex[:_GROUP]
    return "-".join(digits[start : start + _GROUP] for start in range(0, len(digits), _GROUP))


def _is_list_of_names(response: WebResponse) -> bool:
    named = list_of(response)
    return named is not None and all(isinstance(name, str) for name in named)


PROBE = Probe(
    name="orthanc",
    asks="GET of Orthanc's /system; where it answers, of its counters, pages and a study that cannot exist",
    touch=Touch.PROVE,
    reference="Orthanc Book, REST API",
    rides=Rides.WEB,
    needs=None,
    order=200,
    run=_run,
    services=ON_WEB,
)
