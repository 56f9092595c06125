"""The null query over HTTP: QIDO-RS for a study that cannot exist, at the roots where DICOMweb may be."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.web import MediaType, Purpose, WebAnswered
from dosimeter.probes._declare import Probe, Rides, Visit
from dosimeter.probes._web import Heard, Question, ask, requests_left, seen_control
from dosimeter.probes._web_roots import (
    MAX_REFUSING_ROOTS,
    PUBLISHED,
    QIDO_RS,
    STUDIES,
    Root,
    as_specified,
    control_of,
    is_alike,
    is_refused_as_unknown,
    is_result,
    is_steady,
    is_usual,
    made_up_word,
    may_show_service,
    refuses,
    roots_of,
    search,
    shows_service,
)

RESERVED: Final = 12
"""Requests left to the probes after this one, and to the controls of the last root."""

_CONTROL: Final = "dicomweb_control"
_AGAIN: Final = "_again"


async def _run(visit: Visit) -> tuple[Fact, ...]:
    facts: list[WebAnswered] = []
    everywhere = seen_control(visit.seen)
    controlled = 0
    for root in roots_of(visit):
        if requests_left(visit) <= RESERVED:
            break
        heard = await ask(visit, search(root, STUDIES, QIDO_RS))
        if is_result(heard.response) and not is_usual(heard.fact, (*visit.seen, *facts)):
            found, is_over = await _hold(visit, root, heard)
            facts += found
            if is_over:
                break
            continue
        facts.append(heard.fact)
        if controlled < MAX_REFUSING_ROOTS and _is_worth_a_control(heard.fact, root, everywhere):
            controlled += 1
            controls = await _control(visit, root, heard.fact)
            facts += controls
            if _is_told_apart(heard.fact, controls):
                break
    return tuple(facts)


async def _hold(visit: Visit, root: Root, heard: Heard) -> tuple[tuple[WebAnswered, ...], bool]:
    """What may be an answer, held against its controls and asked once more; and whether that ends it.

    A server that answers otherwise the second time is known to nobody: it is asked at no other root.
    """
    question = search(root, STUDIES, QIDO_RS + _AGAIN)
    control = (await ask(visit, control_of(question, _CONTROL))).fact
    controls = [control]
    if not is_known(heard.fact, control, is_common=root.is_common):
        return (heard.fact, *controls), False
    if heard.fact.media_type is not MediaType.DICOM_JSON:
        controls.append((await ask(visit, _elsewhere())).fact)
        if is_alike(heard.fact, controls[-1]):
            return (heard.fact, *controls), False
    it_is, again = await is_steady(
        visit, (heard.fact, question), (control, control_of(question, _CONTROL + _AGAIN))
    )
    second = replace(again[0], as_specified=it_is)
    return (as_specified(heard, it_is=it_is), *controls, second, *again[1:]), True


def _is_worth_a_control(fact: WebAnswered, root: Root, everywhere: WebAnswered | None) -> bool:
    """Whether it refuses, or may want the query put otherwise, and a path that cannot exist was not so."""
    if refuses(fact):
        return not (everywhere is not None and refuses(everywhere))
    is_alone = everywhere is None or not is_alike(fact, everywhere)
    return may_show_service(fact) and is_alone and not root.is_common


def _is_told_apart(fact: WebAnswered, controls: tuple[WebAnswered, ...]) -> bool:
    """Whether its controls show that the service is there: it refuses by itself, or wants another query."""
    if refuses(fact):
        return not refuses(controls[0])
    return len(controls) > 1 and shows_service(fact, controls)


async def _control(visit: Visit, root: Root, fact: WebAnswered) -> tuple[WebAnswered, ...]:
    """The control under a root; of what may show a service also that under no root."""
    control = (await ask(visit, control_of(search(root, STUDIES, QIDO_RS), _CONTROL))).fact
    if refuses(fact) or not shows_service(fact, (control,)):
        return (control,)
    return control, (await ask(visit, _elsewhere())).fact


def _elsewhere() -> Question:
    """The same query under a word that is no root: an interface may have studies under any path."""
    word = made_up_word()
    question = search(Root(f"/{word}", "nobody"), STUDIES, "dicomweb_elsewhere")
    shown = (question.shown_path or "").replace(word, "{null}")
    return replace(question, purpose=Purpose.CONTROL, shown_path=shown, root=None)


def is_known(fact: WebAnswered, control: WebAnswered, *, is_common: bool) -> bool:
    """Whether what could be an answer is one of DICOMweb (adr 0017): its control has to be another.

    In the media type of DICOM it is enough that a path that cannot exist is not answered so. Any other
    JSON, or 204, wants that path refused as unknown, and for JSON a root that is DICOM's own: an interface
    of clinical trials has studies too.
    """
    if fact.media_type is MediaType.DICOM_JSON:
        return (control.status, control.media_type) != (fact.status, fact.media_type)
    if is_common and fact.media_type is MediaType.JSON:
        return False
    return is_refused_as_unknown(control) and not refuses(control)


PROBE = Probe(
    name="dicomweb_query",
    asks="QIDO-RS for a StudyInstanceUID made on the spot, with limit=1, at the roots that the archive or a "
    f"viewer named and at {len(PUBLISHED)} published ones until one answers or refuses by itself; where it "
    "may be an answer, the same for a service made on the spot under the same root, and of other JSON than "
    "DICOM's where no root is; what holds is asked twice",
    touch=Touch.PROVE,
    reference="PS3.18 §10.6",
    rides=Rides.WEB,
    needs=WebAnswered,
    order=300,
    run=_run,
    services=ON_WEB,
)
