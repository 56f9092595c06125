"""The null retrieve over HTTP: the metadata of a study that cannot exist (WADO-RS)."""

from __future__ import annotations

from typing import Final

from dosimeter.dicom.uids import fresh_uid
from dosimeter.model.facts import Fact
from dosimeter.model.message import say
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.web import Purpose, WebAnswered
from dosimeter.net.web import WebResponse
from dosimeter.probes._declare import NotAsked, Probe, Rides, Visit
from dosimeter.probes._web import Question, ask
from dosimeter.probes._web_roots import (
    DICOM_JSON,
    KnownRoot,
    as_specified,
    differs,
    is_result,
    is_steady,
    is_usual,
    known_roots,
    made_up_word,
)

_NOT_FOUND: Final = 404
_GONE: Final = 410
_METADATA: Final = "metadata"


async def _run(visit: Visit) -> tuple[Fact, ...]:
    known = known_roots(visit)
    if not known:
        raise NotAsked(say("no DICOMweb root answered, or refused by itself"))
    facts: list[Fact] = []
    for each in known:
        facts += await _retrieve(visit, each)
    return tuple(facts)


async def _retrieve(visit: Visit, known: KnownRoot) -> tuple[WebAnswered, ...]:
    """The metadata of no study; where that could be an answer, a word of the same length in their place.

    Only that shows whether it is the study that is not found, or the service. Where no query was answered,
    both are asked once more: it is all that is known of the service.
    """
    path = known.root.retrieve or known.root.path
    uid = fresh_uid()
    heard = await ask(visit, _question(path, uid, "wado_rs"))
    if not _may_be_an_answer(heard.response):
        return (heard.fact,)
    control = await ask(visit, _control(path, uid, "wado_rs_control"))
    it_is = differs(heard, control) and (
        known.answers or not is_usual(heard.fact, visit.seen, to_the_byte=True)
    )
    again: tuple[WebAnswered, ...] = ()
    if it_is and not known.answers:
        uid = fresh_uid()
        it_is, again = await is_steady(
            visit,
            (heard.fact, _question(path, uid, "wado_rs_again")),
            (control.fact, _control(path, uid, "wado_rs_control_again")),
        )
    return as_specified(heard, it_is=it_is), control.fact, *again


def _question(path: str, uid: str, asked: str) -> Question:
    return Question(
        asked,
        Purpose.RETRIEVE,
        f"{path}/studies/{uid}/{_METADATA}",
        accept=DICOM_JSON,
        shown_path=f"{path}/studies/{{null}}/{_METADATA}",
        root=path,
    )


def _control(path: str, uid: str, asked: str) -> Question:
    return Question(
        asked,
        Purpose.CONTROL,
        f"{path}/studies/{uid}/{made_up_word(len(_METADATA))}",
        accept=DICOM_JSON,
        shown_path=f"{path}/studies/{{null}}/{{null}}",
        root=path,
    )


def _may_be_an_answer(response: WebResponse) -> bool:
    return response.status in {_NOT_FOUND, _GONE} or is_result(response)


PROBE = Probe(
    name="dicomweb_retrieve",
    asks="WADO-RS for the metadata of a StudyInstanceUID made on the spot, where the null query was answered "
    "or refused: nothing exists that could be sent",
    touch=Touch.PROVE,
    reference="PS3.18 §10.4",
    rides=Rides.WEB,
    needs=WebAnswered,
    order=310,
    run=_run,
    services=ON_WEB,
)
