"""Whether strangers may store over HTTP: what the service says of itself, and a store of no object."""

from __future__ import annotations

from typing import Final

from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.web import MediaType, Purpose, WebAnswered
from dosimeter.net.web import Method, WebResponse
from dosimeter.probes._declare import ON_WEB, NotAsked, Probe, Rides, Visit
from dosimeter.probes._web import Question, ask, read_json
from dosimeter.probes._web_reading import media_type_of
from dosimeter.probes._web_roots import DICOM_JSON, Root, known_roots, refuses

_OK: Final = 200
_ACCEPTED: Final = 202
_NO_CONTENT: Final = 204
_CONFLICT: Final = 409
_FAILED_SOP_SEQUENCE: Final = "00081198"
_REFERENCED_SOP_SEQUENCE: Final = "00081199"


async def _run(visit: Visit) -> tuple[Fact, ...]:
    roots = [each.root for each in known_roots(visit) if each.answers]
    if not roots:
        raise NotAsked("no DICOMweb root answered")
    facts: list[Fact] = []
    for root in roots:
        facts += await _store_nothing(visit, root)
    return tuple(facts)


async def _store_nothing(visit: Visit, root: Root) -> tuple[WebAnswered, ...]:
    base = root.store or root.path
    path = f"{base}/studies"
    question = Question("stow_rs_options", Purpose.STORE, path, method=Method.OPTIONS, root=base)
    options = await ask(visit, question, names_post)
    if refuses(options.fact) or _names_other_methods(options.response):
        return (options.fact,)
    question = Question("stow_rs", Purpose.STORE, path, DICOM_JSON, Method.POST_NOTHING, root=base)
    return options.fact, (await ask(visit, question, is_store_response)).fact


def names_post(response: WebResponse) -> bool:
    """Whether an answer to OPTIONS says that POST is allowed (RFC 9110 §10.2.1)."""
    return response.status in {_OK, _NO_CONTENT} and "POST" in _allowed(response)


def is_store_response(response: WebResponse) -> bool:
    """Whether this is what a store of no instance ends with (PS3.18 §10.5.3).

    204 is how Microsoft's server has it. 400 and 415 are no proof: any server answers so.
    """
    if response.status == _NO_CONTENT:
        return not response.body
    if response.status not in {_OK, _ACCEPTED, _CONFLICT} or response.is_cut:
        return False
    if media_type_of(response.header("content-type")) not in {MediaType.DICOM_JSON, MediaType.JSON}:
        return False
    said = read_json(response.body)
    data_set = said[0] if isinstance(said, list) and len(said) == 1 else said
    return isinstance(data_set, dict) and not data_set.keys().isdisjoint(
        {_FAILED_SOP_SEQUENCE, _REFERENCED_SOP_SEQUENCE}
    )


def _names_other_methods(response: WebResponse) -> bool:
    allowed = _allowed(response)
    return bool(allowed) and "POST" not in allowed


def _allowed(response: WebResponse) -> frozenset[str]:
    values = response.all_of("allow")
    return frozenset(one.strip().upper() for value in values for one in value.split(",") if one.strip())


PROBE = Probe(
    name="dicomweb_store",
    asks="OPTIONS, then POST of an empty multipart/related with no part in it, where the null query was "
    "answered: may strangers store? Never an object",
    touch=Touch.PROVE,
    reference="PS3.18 §8.9, §10.5",
    rides=Rides.WEB,
    needs=WebAnswered,
    order=330,
    run=_run,
    services=ON_WEB,
)
