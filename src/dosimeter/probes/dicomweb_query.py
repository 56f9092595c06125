"""The null query over HTTP: QIDO-RS for a study that cannot exist, at the roots where DICOMweb may be."""

from __future__ import annotations

from typing import Final

from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.web import MediaType, Purpose, WebAnswered
from dosimeter.net.web import WebResponse
from dosimeter.probes._declare import ON_WEB, Probe, Rides, Visit
from dosimeter.probes._web import Heard, Question, ask, requests_left, seen_control
from dosimeter.probes._web_roots import (
    DICOM_JSON,
    MAX_REFUSING_ROOTS,
    PUBLISHED,
    QIDO_RS,
    as_specified,
    control_under,
    is_dicom_json_list,
    is_empty_result,
    is_refused_as_unknown,
    made_up_word,
    null_uid,
    refuses,
    roots_of,
)

RESERVED: Final = 8
"""Requests left to the probes after this one."""


async def _run(visit: Visit) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    everywhere = seen_control(visit.seen)
    controlled = 0
    for root in roots_of(visit):
        if requests_left(visit) <= RESERVED:
            break
        heard = await _query(visit, root.path)
        if _may_be_an_answer(heard.response) and not _is_alike(heard.fact, everywhere):
            control = (await control_under(visit, root.path)).fact
            it_is = is_known(heard.fact, control, is_common=root.is_common)
            controls = [control]
            if it_is and heard.fact.media_type is not MediaType.DICOM_JSON:
                controls.append(await _elsewhere(visit))
                it_is = not _is_alike(heard.fact, controls[-1])
            facts += [as_specified(heard, it_is=it_is), *controls]
            if it_is:
                break
            continue
        facts.append(heard.fact)
        is_guard = refuses(heard.fact) and not (everywhere is not None and refuses(everywhere))
        if is_guard and controlled < MAX_REFUSING_ROOTS:
            controlled += 1
            control = (await control_under(visit, root.path)).fact
            facts.append(control)
            if not refuses(control):
                break
    return tuple(facts)


async def _query(visit: Visit, root: str) -> Heard:
    path = f"{root}/studies?StudyInstanceUID="
    question = Question(
        QIDO_RS,
        Purpose.QUERY,
        f"{path}{null_uid()}&limit=1",
        accept=DICOM_JSON,
        shown_path=f"{path}{{null}}&limit=1",
        root=root,
    )
    return await ask(visit, question)


async def _elsewhere(visit: Visit) -> WebAnswered:
    """The same query under a word that is no root: an interface may have studies under any path."""
    query = "studies?StudyInstanceUID={}&limit=1"
    question = Question(
        "dicomweb_elsewhere",
        Purpose.CONTROL,
        f"/{made_up_word()}/{query.format(null_uid())}",
        accept=DICOM_JSON,
        shown_path="/{null}/" + query.format("{null}"),
    )
    return (await ask(visit, question)).fact


def _may_be_an_answer(response: WebResponse) -> bool:
    return is_empty_result(response) or is_dicom_json_list(response)


def _is_alike(fact: WebAnswered, everywhere: WebAnswered | None) -> bool:
    """Whether a path that cannot exist under the origin was answered so too: it answers anything."""
    return everywhere is not None and (everywhere.status, everywhere.media_type) == (
        fact.status,
        fact.media_type,
    )


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
    "may be an answer, a path made on the spot under the same root, and of other JSON than DICOM's the same "
    "query where no root is",
    touch=Touch.PROVE,
    reference="PS3.18 §10.6",
    rides=Rides.WEB,
    needs=WebAnswered,
    order=300,
    run=_run,
    services=ON_WEB,
)
