"""What is at stake: the counts of a census as findings. No number makes a finding graver."""

from __future__ import annotations

from typing import Final

from dosimeter.exposure.case import Case
from dosimeter.exposure.count_words import amount_words
from dosimeter.exposure.predicates import Hit
from dosimeter.model.census import Exact, Things, Unknown
from dosimeter.model.message import Message, say
from dosimeter.model.verdict import DecoyTier

_ANYBODY: Final = say("Anybody who reaches the port")
_BY_NAME: Final = say("Whoever knows the AE title")
_BELIEVED = (DecoyTier.NONE, DecoyTier.LOW)


def at_stake(case: Case) -> Hit | None:
    """Studies were counted of an archive whose answers are believed."""
    who, pointer = _who(case), _first_cell(case, Things.STUDIES)
    counts = case.census.counts
    if who is None or pointer is None or isinstance(counts.studies, Unknown) or not counts.studies.value:
        return None
    what = say("list {studies}", studies=amount_words(counts.studies, Things.STUDIES))
    if not isinstance(counts.patients, Unknown):
        patients = amount_words(counts.patients, Things.PATIENTS)
        what = say("{list_studies} of {patients}", list_studies=what, patients=patients)
    if not isinstance(counts.instances, Unknown):
        images = amount_words(counts.instances, Things.INSTANCES)
        if _can_fetch(case):
            what = say("{list_studies} and fetch {images}", list_studies=what, images=images)
        else:
            what = say("{list_studies}, which hold {images}", list_studies=what, images=images)
    return Hit(pointer, {"who": who, "what": what})


def shows_nothing(case: Case) -> Hit | None:
    """All studies were counted, and there is none: it may be empty, or show strangers nothing."""
    who, pointer = _who(case), _first_cell(case, Things.STUDIES)
    if who is None or pointer is None or case.census.counts.studies != Exact(0):
        return None
    by_name = who == _BY_NAME
    return Hit(
        pointer,
        {
            "whom": say("a caller that knows its AE title, and showed it")
            if by_name
            else say("strangers, and showed them"),
        },
    )


def waiting_patients(case: Case) -> Hit | None:
    """Worklist entries were counted of an archive whose answers are believed."""
    who, pointer = _who(case), _first_cell(case, Things.WORKLIST_ITEMS)
    items = case.census.counts.worklist_items
    if who is None or pointer is None or isinstance(items, Unknown) or not items.value:
        return None
    return Hit(pointer, {"who": who, "what": amount_words(items, Things.WORKLIST_ITEMS)})


def _who(case: Case) -> Message | None:
    """Who could do what the census did; None where its numbers are not believed."""
    if case.suspicion.decoy.tier not in _BELIEVED:
        return None
    if case.open_query:
        return _ANYBODY
    return _BY_NAME if any(not question.retrieve for question in case.opened) else None


def _can_fetch(case: Case) -> bool:
    if case.open_to_strangers:
        return case.open_retrieve is not None
    return any(question.retrieve for question in case.opened)


def _first_cell(case: Case, things: Things) -> str | None:
    return next((cell.pointer for cell in case.evidence.cells if cell.fact.things is things), None)
