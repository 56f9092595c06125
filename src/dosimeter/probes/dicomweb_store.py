"""Whether strangers may store over HTTP: what the service says of itself, and a store of no object."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from dosimeter.model.facts import Fact
from dosimeter.model.message import say
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.web import MediaType, Purpose, WebAnswered
from dosimeter.net.web import Method, WebResponse
from dosimeter.probes._declare import NotAsked, Probe, Rides, Visit
from dosimeter.probes._web import Question, ask, read_json
from dosimeter.probes._web_reading import media_type_of
from dosimeter.probes._web_roots import (
    DICOM_JSON,
    STUDIES,
    KnownRoot,
    as_specified,
    differs,
    is_steady,
    known_roots,
    made_up_word,
)

_OK: Final = 200
_ACCEPTED: Final = 202
_NO_CONTENT: Final = 204
_CONFLICT: Final = 409
_FAILED_SOP_SEQUENCE: Final = "00081198"
_REFERENCED_SOP_SEQUENCE: Final = "00081199"


async def _run(visit: Visit) -> tuple[Fact, ...]:
    known = known_roots(visit)
    if not known:
        raise NotAsked(say("no DICOMweb root answered, or refused by itself"))
    facts: list[Fact] = []
    for each in known:
        facts += await _store_nothing(visit, each)
    return tuple(facts)


async def _store_nothing(visit: Visit, known: KnownRoot) -> tuple[WebAnswered, ...]:
    """OPTIONS, then the empty multipart; where a refused OPTIONS names no method, POST may be open yet.

    Of an answer with no word in it, and where no query was answered, the same is sent where no service is.
    """
    base = known.root.store or known.root.path
    path = f"{base}/{STUDIES}"
    question = Question("stow_rs_options", Purpose.STORE, path, method=Method.OPTIONS, root=base)
    options = await ask(visit, question, names_post)
    if _names_other_methods(options.response):
        return (options.fact,)
    question = Question("stow_rs", Purpose.STORE, path, DICOM_JSON, Method.POST_NOTHING, root=base)
    heard = await ask(visit, question)
    it_is = is_store_response(heard.response)
    if not it_is or (known.answers and heard.response.body):
        return options.fact, as_specified(heard, it_is=it_is)
    nowhere = replace(
        question,
        asked="stow_rs_control",
        purpose=Purpose.CONTROL,
        path=f"{base}/{made_up_word(len(STUDIES))}",
        shown_path=f"{base}/{{null}}",
    )
    control = await ask(visit, nowhere)
    it_is = differs(heard, control)
    again: tuple[WebAnswered, ...] = ()
    if it_is and not known.answers:
        it_is, again = await is_steady(
            visit,
            (heard.fact, replace(question, asked="stow_rs_again")),
            (control.fact, replace(nowhere, asked="stow_rs_control_again")),
        )
    return options.fact, as_specified(heard, it_is=it_is), control.fact, *again


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
    "answered or refused, and the same where no service is: may strangers store? Never an object",
    touch=Touch.PROVE,
    reference="PS3.18 §8.9, §10.5",
    rides=Rides.WEB,
    needs=WebAnswered,
    order=330,
    run=_run,
    services=ON_WEB,
)
