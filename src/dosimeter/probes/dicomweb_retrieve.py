"""The null retrieve over HTTP: the metadata of a study that cannot exist (WADO-RS)."""

from __future__ import annotations

from typing import Final

from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.web import Purpose, WebAnswered
from dosimeter.net.web import WebResponse
from dosimeter.probes._declare import ON_WEB, NotAsked, Probe, Rides, Visit
from dosimeter.probes._web import Question, ask
from dosimeter.probes._web_roots import (
    DICOM_JSON,
    Root,
    as_specified,
    differs,
    is_dicom_json_list,
    is_empty_result,
    known_roots,
    made_up_word,
    null_uid,
)

_NOT_FOUND: Final = 404
_GONE: Final = 410
_METADATA: Final = "metadata"


async def _run(visit: Visit) -> tuple[Fact, ...]:
    known = known_roots(visit)
    if not known:
        raise NotAsked("no DICOMweb root answered, or refused by itself")
    facts: list[Fact] = []
    for each in known:
        facts += await _retrieve(visit, each.root)
    return tuple(facts)


async def _retrieve(visit: Visit, root: Root) -> tuple[WebAnswered, ...]:
    """The metadata of no study; where that could be an answer, a word of the same length in their place.

    Only that shows whether it is the study that is not found, or the service.
    """
    path = root.retrieve or root.path
    uid = null_uid()
    question = Question(
        "wado_rs",
        Purpose.RETRIEVE,
        f"{path}/studies/{uid}/{_METADATA}",
        accept=DICOM_JSON,
        shown_path=f"{path}/studies/{{null}}/{_METADATA}",
        root=path,
    )
    heard = await ask(visit, question)
    if not _may_be_an_answer(heard.response):
        return (heard.fact,)
    question = Question(
        "wado_rs_control",
        Purpose.CONTROL,
        f"{path}/studies/{uid}/{made_up_word(len(_METADATA))}",
        accept=DICOM_JSON,
        shown_path=f"{path}/studies/{{null}}/{{null}}",
        root=path,
    )
    control = await ask(visit, question)
    return as_specified(heard, it_is=differs(heard, control)), control.fact


def _may_be_an_answer(response: WebResponse) -> bool:
    return response.status in {_NOT_FOUND, _GONE} or is_empty_result(response) or is_dicom_json_list(response)


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
