"""Null queries for tomorrow's patients over HTTP: UPS-RS, and scheduled procedure steps."""

from __future__ import annotations

from typing import Final

from dosimeter.dicom.uids import fresh_uid
from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.web import Purpose, WebAnswered
from dosimeter.probes._declare import Probe, Rides, Visit
from dosimeter.probes._web import Question, ask, requests_left
from dosimeter.probes._web_roots import (
    DICOM_JSON,
    PUBLISHED,
    STUDY,
    KnownRoot,
    Root,
    as_specified,
    control_of,
    differs,
    is_result,
    is_steady,
    is_usual,
    known_roots,
    made_up_word,
    refuses,
    search,
)

RESERVED: Final = 6
"""Requests left to the probes after this one, where no root is known."""

_MOST_OF_ONE: Final = 4
"""Requests that one service takes at most: the question and its control, twice."""

_NOT_FOUND: Final = 404
_WORKITEMS: Final = "workitems"
_STEPS: Final = "modality-scheduled-procedure-steps"
_MWL_ITEMS: Final = "mwlitems"
_AETS: Final = "/aets/"
_UNSEEN: Final = PUBLISHED[0]
"""Where a worklist is looked for though no query for studies was answered or refused."""


async def _run(visit: Visit) -> tuple[Fact, ...]:
    known = known_roots(visit)
    facts: list[Fact] = []
    for each in known:
        if requests_left(visit) < _MOST_OF_ONE:
            break
        found = await _workitem(visit, each)
        facts += found
        if not _is_settled(found[0]) and requests_left(visit) >= _MOST_OF_ONE:
            facts += await _search(visit, each.root, _WORKITEMS, "ups_rs_search", "SOPInstanceUID")
        service = _MWL_ITEMS if _AETS in each.root.path else _STEPS
        if requests_left(visit) >= _MOST_OF_ONE:
            facts += await _search(visit, each.root, service, "mwl_rs")
    if not known and requests_left(visit) > RESERVED:
        facts += await _search(visit, _UNSEEN, _WORKITEMS, "ups_rs_search", "SOPInstanceUID")
        facts += await _search(visit, _UNSEEN, _STEPS, "mwl_rs")
    return tuple(facts)


def _is_settled(fact: WebAnswered) -> bool:
    return fact.as_specified or refuses(fact)


async def _workitem(visit: Visit, known: KnownRoot) -> tuple[WebAnswered, ...]:
    """A workitem that cannot exist (PS3.18 §11.5), and the same under a word that is no service.

    Where no query was answered, both once more: it is all that is known of the service.
    """
    root = known.root.path
    uid = fresh_uid()
    heard = await ask(visit, _item(root, uid, "ups_rs"))
    if heard.fact.status != _NOT_FOUND and not is_result(heard.response):
        return (heard.fact,)
    control = await ask(visit, _no_item(root, uid, "ups_rs_control"))
    it_is = differs(heard, control) and (
        known.answers or not is_usual(heard.fact, visit.seen, to_the_byte=True)
    )
    again: tuple[WebAnswered, ...] = ()
    if it_is and not known.answers:
        uid = fresh_uid()
        it_is, again = await is_steady(
            visit,
            (heard.fact, _item(root, uid, "ups_rs_again")),
            (control.fact, _no_item(root, uid, "ups_rs_control_again")),
        )
    return as_specified(heard, it_is=it_is), control.fact, *again


async def _search(
    visit: Visit, root: Root, service: str, asked: str, key: str = STUDY
) -> tuple[WebAnswered, ...]:
    """A null search of a worklist (PS3.18 §11.9, §14.4; dcm4chee-arc: MWL-RS), held against its control."""
    question = search(root, service, asked, key)
    heard = await ask(visit, question)
    if not is_result(heard.response) or is_usual(heard.fact, visit.seen):
        return (heard.fact,)
    control = await ask(visit, control_of(question, f"{asked}_control", len(service)))
    if not differs(heard, control):
        return heard.fact, control.fact
    question = search(root, service, f"{asked}_again", key)
    it_is, again = await is_steady(
        visit,
        (heard.fact, question),
        (control.fact, control_of(question, f"{asked}_control_again", len(service))),
    )
    return as_specified(heard, it_is=it_is), control.fact, *again


def _item(root: str, uid: str, asked: str) -> Question:
    return _question(root, asked, f"{_WORKITEMS}/{uid}", f"{_WORKITEMS}/{{null}}", Purpose.WORKLIST)


def _no_item(root: str, uid: str, asked: str) -> Question:
    word = made_up_word(len(_WORKITEMS))
    return _question(root, asked, f"{word}/{uid}", "{null}/{null}", Purpose.CONTROL)


def _question(root: str, asked: str, path: str, shown: str, purpose: Purpose) -> Question:
    return Question(
        asked, purpose, f"{root}/{path}", accept=DICOM_JSON, shown_path=f"{root}/{shown}", root=root
    )


PROBE = Probe(
    name="dicomweb_worklist",
    asks="UPS-RS for a workitem made on the spot, and the scheduled steps of a StudyInstanceUID made on the "
    "spot, where the null query was answered or refused; where none was, a search of both at the root that "
    "is most usual",
    touch=Touch.PROVE,
    reference="PS3.18 §11.5, §11.9, §14.4",
    rides=Rides.WEB,
    needs=WebAnswered,
    order=340,
    run=_run,
    services=ON_WEB,
)
