"""The sample over QIDO-RS: which personal attributes are filled in at most twenty answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dosimeter.dicom.json_presence import MAX_JSON_BYTES, JsonPresence
from dosimeter.dicom.sample_query import sample_query_string
from dosimeter.dicom.sampling import FillRates
from dosimeter.model.message import say
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.web import Purpose, SampledOver, WebAnswered
from dosimeter.net.web import WebRequest
from dosimeter.probes._declare import NotAsked, Probe, Rides, Visit, web_line
from dosimeter.probes._sampling import check_leave, sampled
from dosimeter.probes._web import requests_left

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dosimeter.model.facts import Fact
    from dosimeter.net.web import WebResponse

_DICOM_JSON: Final = "application/dicom+json"
_OK: Final = 200


async def _run(visit: Visit) -> tuple[Fact, ...]:
    check_leave(visit)
    root = _root(visit.seen)
    if requests_left(visit) <= 0:
        raise NotAsked(say("this endpoint has been asked as much as it may be"))
    visit.requests += 1
    path = f"{root}/studies?{sample_query_string()}"
    rates = FillRates()
    _reduce(await web_line(visit).ask(WebRequest(path, accept=_DICOM_JSON, most=MAX_JSON_BYTES)), rates)
    return (sampled(SampledOver.QIDO_RS, rates),)


def _reduce(response: WebResponse, rates: FillRates) -> None:
    """Look at the body. It is whole in memory until this returns (adr 0020)."""
    media_type = (response.header("content-type") or "").partition(";")[0].strip().lower()
    if response.status != _OK or media_type not in {_DICOM_JSON, "application/json"}:
        return
    presence = JsonPresence(rates)
    try:
        with memoryview(response.body) as body:
            presence.feed(body)
    finally:
        presence.wipe()


def _root(seen: Iterable[Fact]) -> str:
    """The first root whose null query was answered as QIDO-RS has it, and found nothing.

    Raises:
        NotAsked: there is none.
    """
    queries = [fact for fact in seen if isinstance(fact, WebAnswered) and fact.purpose is Purpose.QUERY]
    if any(query.rows for query in queries):
        raise NotAsked(say("its answers do not depend on the question: it found what cannot exist"))
    for query in queries:
        if query.as_specified and query.root is not None:
            return query.root
    raise NotAsked(say("no null query over HTTP was answered"))


PROBE = Probe(
    name="sample_qido",
    asks="one QIDO-RS query for the same attributes of at most 20 studies; each value is reduced to filled, "
    "empty or test-like, and only the fill rates are kept; the scope must name a second person",
    touch=Touch.SAMPLE,
    reference="PS3.18 §10.6, Table 10.6.3-3",
    rides=Rides.WEB,
    needs=WebAnswered,
    order=350,
    run=_run,
    services=ON_WEB,
)
