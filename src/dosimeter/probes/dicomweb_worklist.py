"""Null queries for tomorrow's patients over HTTP: UPS-RS, and dcm4chee's scheduled procedure steps."""

from __future__ import annotations

from typing import Final

from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.web import Purpose, WebAnswered
from dosimeter.probes._declare import ON_WEB, NotAsked, Probe, Rides, Visit
from dosimeter.probes._web import Heard, Question, ask
from dosimeter.probes._web_roots import (
    DICOM_JSON,
    as_specified,
    differs,
    is_dicom_json_list,
    is_empty_result,
    known_roots,
    made_up_word,
    null_uid,
)

_NOT_FOUND: Final = 404
_WORKITEMS: Final = "workitems"
_MWL_ITEMS: Final = "mwlitems"
_AETS: Final = "/aets/"


async def _run(visit: Visit) -> tuple[Fact, ...]:
    known = known_roots(visit)
    if not known:
        raise NotAsked("no DICOMweb root answered, or refused by itself")
    facts: list[Fact] = []
    for each in known:
        facts += await _workitem(visit, each.root.path)
        if _AETS in each.root.path:
            facts += await _scheduled_steps(visit, each.root.path)
    return tuple(facts)


async def _workitem(visit: Visit, root: str) -> tuple[WebAnswered, ...]:
    """A workitem that cannot exist (PS3.18 §11.5), and the same under a word that is no service."""
    uid = null_uid()
    heard = await _ask(visit, "ups_rs", root, f"{_WORKITEMS}/{uid}", f"{_WORKITEMS}/{{null}}")
    if heard.fact.status != _NOT_FOUND and not _is_result(heard):
        return (heard.fact,)
    word = made_up_word(len(_WORKITEMS))
    control = await _ask(visit, "ups_rs_control", root, f"{word}/{uid}", "{null}/{null}", Purpose.CONTROL)
    return as_specified(heard, it_is=differs(heard, control)), control.fact


async def _scheduled_steps(visit: Visit, root: str) -> tuple[WebAnswered, ...]:
    """Scheduled procedure steps of a study that cannot exist (dcm4chee-arc, RESTful services: MWL-RS)."""
    uid = null_uid()
    query = "?StudyInstanceUID={}&limit=1"
    path = _MWL_ITEMS + query.format(uid)
    heard = await _ask(visit, "mwl_rs", root, path, _MWL_ITEMS + query.format("{null}"))
    if not _is_result(heard):
        return (heard.fact,)
    path = made_up_word(len(_MWL_ITEMS)) + query.format(uid)
    shown = "{null}" + query.format("{null}")
    control = await _ask(visit, "mwl_rs_control", root, path, shown, Purpose.CONTROL)
    return as_specified(heard, it_is=differs(heard, control)), control.fact


async def _ask(
    visit: Visit, asked: str, root: str, path: str, shown: str, purpose: Purpose = Purpose.WORKLIST
) -> Heard:
    question = Question(
        asked, purpose, f"{root}/{path}", accept=DICOM_JSON, shown_path=f"{root}/{shown}", root=root
    )
    return await ask(visit, question)


def _is_result(heard: Heard) -> bool:
    return is_empty_result(heard.response) or is_dicom_json_list(heard.response)


PROBE = Probe(
    name="dicomweb_worklist",
    asks="UPS-RS for a workitem made on the spot, and of dcm4chee scheduled steps of a StudyInstanceUID made "
    "on the spot, where the null query was answered or refused",
    touch=Touch.PROVE,
    reference="PS3.18 §11.5",
    rides=Rides.WEB,
    needs=WebAnswered,
    order=340,
    run=_run,
    services=ON_WEB,
)
