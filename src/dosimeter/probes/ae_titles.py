"""AE-title policy: which of the titles that the scope lists open the archive. Nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeGuard

from dosimeter.dicom import uids
from dosimeter.model.attempt import Cause
from dosimeter.model.facts import (
    AssociationAccepted,
    EchoAnswered,
    Ending,
    Fact,
    NullQueryAnswered,
    Titles,
)
from dosimeter.model.message import say
from dosimeter.model.scope import Touch
from dosimeter.net.causes import WireFailure
from dosimeter.net.scu import FIND_SYNTAX, GET_SYNTAX
from dosimeter.probes._association import associate, null_retrieve
from dosimeter.probes._declare import NotAsked, Probe, Rides, Visit, is_overloaded
from dosimeter.probes._proposals import STRANGER_CALLING, strangers_proposal

MAX_PAIRS: Final = 16
"""Associations one host is asked for at most, in the order below."""

_SUCCESS: Final = 0

_WORTH_ANOTHER_TITLE: Final = frozenset({None, Cause.CLOSED_EARLY})
"""Some archives close on a title they do not know, without a word of DICOM."""


async def _run(visit: Visit) -> tuple[Fact, ...]:
    if visit.stranger_failed not in _WORTH_ANOTHER_TITLE:
        raise NotAsked(say("nothing that a title could open was seen"))
    if any(_is_answer(fact) for fact in visit.seen):
        raise NotAsked(say("a stranger was answered: no title guards anything"))
    pairs = tuple(title_pairs(visit))[:MAX_PAIRS]
    if not pairs:
        raise NotAsked(say("the scope lists no AE title"))
    facts: list[Fact] = []
    try:
        closed = await _try_all(visit, pairs, facts)
        opened_by = next((fact.titles for fact in facts if _is_answer(fact)), None)
        if opened_by is not None and _offers_retrieve(facts, opened_by):
            facts.append(await null_retrieve(visit.line, opened_by))
    except WireFailure as failure:
        raise WireFailure(failure.cause, failure.detail, (*facts, *failure.facts)) from None
    if closed is not None and not facts:
        raise closed
    return tuple(facts)


async def _try_all(visit: Visit, pairs: tuple[Titles, ...], facts: list[Fact]) -> WireFailure | None:
    """Add what is heard under each pair to ``facts``; the last close without a word, if there was one."""
    closed = None
    for titles in pairs:
        if is_overloaded(facts):
            break
        try:
            await _ask_as(visit, titles, facts)
        except WireFailure as failure:
            if failure.cause is not Cause.CLOSED_EARLY:
                raise
            closed = failure
    return closed


def title_pairs(visit: Visit) -> Iterator[Titles]:
    """Called by calling: each called title as a stranger, each calling title to anybody, then both."""
    called = visit.authorisation.called_ae_titles
    # Under our own calling title the second kind is the stranger again, and the third the first.
    calling = [title for title in visit.authorisation.calling_ae_titles if title != STRANGER_CALLING]
    for title in called:
        yield Titles(title, STRANGER_CALLING, stranger=False)
    for title in calling:
        yield Titles(visit.stranger_called, title, stranger=False)
    for called_title in called:
        for calling_title in calling:
            yield Titles(called_title, calling_title, stranger=False)


async def _ask_as(visit: Visit, titles: Titles, facts: list[Fact]) -> None:
    """Add what is heard under these titles to ``facts``, as it is heard: the last of it may fail.

    An echo comes first if it did for the stranger: only if nothing but the titles differs does an answer
    show that they are what opened. Some archives end on an echo, or after one question.
    """
    facts.append(await associate(visit.line, strangers_proposal(titles)))
    if any(isinstance(fact, EchoAnswered) for fact in visit.seen):
        association = visit.line.association
        if association is not None and association.is_open and association.has(uids.VERIFICATION):
            facts.append(await association.echo())
    for service, syntax in FIND_SYNTAX.items():
        association = visit.line.association
        if association is None or not association.is_open:
            break
        if association.has(syntax):
            facts.append(await association.null_query(service))


def _is_answer(fact: Fact) -> TypeGuard[NullQueryAnswered]:
    return isinstance(fact, NullQueryAnswered) and fact.ending is Ending.STATUS and fact.status == _SUCCESS


def _offers_retrieve(facts: list[Fact], titles: Titles) -> bool:
    return any(
        isinstance(fact, AssociationAccepted) and fact.titles == titles and _has_get(fact) for fact in facts
    )


def _has_get(fact: AssociationAccepted) -> bool:
    return any(syntax in fact.accepted for syntax in GET_SYNTAX.values())


PROBE = Probe(
    name="ae_titles",
    asks="the stranger's association, C-ECHO and null queries again under the AE titles that the scope "
    f"lists, called by calling, at most {MAX_PAIRS} associations; only if no query of a stranger was "
    "answered",
    touch=Touch.PROVE,
    reference="PS3.8 Table 9-21, PS3.15 §B",
    rides=Rides.OWN,
    needs=None,
    order=80,
    run=_run,
)
