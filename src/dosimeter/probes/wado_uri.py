"""The null retrieve by WADO-URI: an object that cannot exist, where products have the service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from dosimeter.dicom.uids import fresh_uid
from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.web import Purpose, WebAnswered
from dosimeter.probes._declare import Probe, Rides, Visit
from dosimeter.probes._web import Question, ask, requests_left, seen_control
from dosimeter.probes._web_roots import as_specified, is_its_own, is_steady, known_roots, refuses

PUBLISHED: Final = (
    ("/wado", None, "Orthanc DICOMweb plugin, WadoRoot as shipped; dcm4chee 2; Horos and OsiriX web portals"),
    ("/dcm4chee-arc/aets/DCM4CHEE/wado", "dcm4chee", "dcm4chee-arc-light wiki: AE title as shipped"),
    ("/api/dicom/wadouri", "conquest", "Conquest: webserver/htdocs/api/dicom/index.php"),
)
"""Paths of WADO-URI as products are shipped, the product that alone has it, and who says so."""

RESERVED: Final = 8
"""Requests left to the probes after this one."""

_RS: Final = "/rs"
_NOT_FOUND: Final = 404
_BAD_REQUEST: Final = 400


async def _run(visit: Visit) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    for path in dict.fromkeys(_paths(visit)):
        if requests_left(visit) <= RESERVED:
            break
        found = await _retrieve(visit, path)
        facts += found
        if found[0].as_specified or refuses(found[0]):
            break
    return tuple(facts)


def _paths(visit: Visit) -> Iterator[str]:
    """Beside the roots that answered or refused, then the published ones."""
    for each in known_roots(visit):
        yield each.root.path.removesuffix(_RS) + "/wado"
    for path, product, _ in PUBLISHED:
        if is_its_own(visit, product):
            yield path


async def _retrieve(visit: Visit, path: str) -> tuple[WebAnswered, ...]:
    """No object: not found. Then nothing at all: PS3.18 §9.1 has that a bad request. Both are asked twice.

    A server without the service answers both alike; so does Orthanc, of which nothing is proved here.
    """
    heard = await ask(visit, _null_object(path, "wado_uri"))
    if heard.fact.status != _NOT_FOUND:
        return (heard.fact,)
    nothing = Question("wado_uri_control", Purpose.CONTROL, path, root=path)
    control = (await ask(visit, nothing)).fact
    everywhere = seen_control(visit.seen)
    if control.status != _BAD_REQUEST or (everywhere is not None and everywhere.status == _BAD_REQUEST):
        return heard.fact, control
    it_is, again = await is_steady(
        visit,
        (heard.fact, _null_object(path, "wado_uri_again")),
        (control, replace(nothing, asked="wado_uri_control_again")),
    )
    return as_specified(heard, it_is=it_is), control, *again


def _null_object(path: str, asked: str) -> Question:
    parameters = "?requestType=WADO&studyUID={}&seriesUID={}&objectUID={}"
    null = "{null}"
    return Question(
        asked,
        Purpose.RETRIEVE,
        path + parameters.format(fresh_uid(), fresh_uid(), fresh_uid()),
        shown_path=path + parameters.format(null, null, null),
        root=path,
    )


PROBE = Probe(
    name="wado_uri",
    asks="WADO-URI for study, series and object UIDs made on the spot, at documented paths; where they are "
    "not found, the same path without parameters",
    touch=Touch.PROVE,
    reference="PS3.18 §9",
    rides=Rides.WEB,
    needs=WebAnswered,
    order=320,
    run=_run,
    services=ON_WEB,
)
