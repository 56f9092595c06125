"""dcm4chee-arc: its AE titles, its own counters, its web interface.

The counters of series and instances are asked only where those before them were quick: each is a count
over a table. The sum of all sizes, which an archive may have to work out and then writes down, is asked of
a study that cannot exist: that the service answers strangers is all that is learnt from it.
"""

from __future__ import annotations

import string
from typing import Final

from dosimeter.dicom.uids import fresh_uid
from dosimeter.model.census import Things
from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.web import ArchiveDescribed, CounterRead, ProductCounted, Purpose
from dosimeter.net.web import WebResponse
from dosimeter.probes._declare import Probe, Rides, Visit
from dosimeter.probes._products import (
    HTML,
    JSON,
    bears,
    count_of,
    list_of,
    object_of,
    open_page,
    titles_of,
    unless_another,
    was_seen,
)
from dosimeter.probes._web import Question, ask

ROOT: Final = "/dcm4chee-arc"
SLOW_MILLISECONDS: Final = 1_000
"""A counter that took longer is the last that is asked."""

_COUNTS: Final = (
    ("studies", Things.STUDIES),
    ("patients", Things.PATIENTS),
    ("mwlitems", Things.WORKLIST_ITEMS),
    ("series", Things.SERIES),
    ("instances", Things.INSTANCES),
)
_USUAL_TITLE: Final = "DCM4CHEE"
_WORKLIST_TITLE: Final = "WORKLIST"
_MOST_TITLE: Final = 16
_IN_A_PATH: Final = frozenset(string.ascii_letters + string.digits + "_-")


async def _run(visit: Visit) -> tuple[Fact, ...]:
    unless_another(visit, "dcm4chee")
    question = Question("dcm4chee_aets", Purpose.DESCRIPTION, f"{ROOT}/aets", accept=JSON)
    heard = await ask(visit, question, lambda response: bool(read_titles(response)))
    facts: list[Fact] = [heard.fact]
    titles = read_titles(heard.response)
    if titles:
        facts.append(ArchiveDescribed("dcm4chee", None, titles_of(titles)))
        facts += await _count(visit, [title for title in titles if _fits_a_path(title)])
    if titles or bears(heard.fact, "dcm4chee") or was_seen(visit, "dcm4chee"):
        page = Question("dcm4chee_ui", Purpose.LANDING, f"{ROOT}/ui2/", accept=HTML)
        facts.append((await ask(visit, page, open_page("dcm4chee"))).fact)
    return tuple(facts)


def read_titles(response: WebResponse) -> tuple[str, ...]:
    """The AE titles of ``/aets``: ``[{"dicomAETitle": "DCM4CHEE", …}, …]``; none if it is anything else."""
    said = list_of(response) or ()
    titles = [entry.get("dicomAETitle") if isinstance(entry, dict) else None for entry in said]
    named = [title for title in titles if isinstance(title, str)]
    return tuple(named) if len(named) == len(said) else ()


def read_number(response: WebResponse, key: str) -> tuple[int | None] | None:
    """The one number that a counter answers, ``{"count": 12}``, absurd or not; None if it is no counter."""
    said = object_of(response)
    return (count_of(said[key]),) if said is not None and key in said else None


def _fits_a_path(title: str) -> bool:
    return 0 < len(title) <= _MOST_TITLE and _IN_A_PATH.issuperset(title)


async def _count(visit: Visit, titles: list[str]) -> list[Fact]:
    """The counters of the AE that holds all studies; of the worklist's own AE where there is one."""
    if not titles:
        return []
    archive = _USUAL_TITLE if _USUAL_TITLE in titles else titles[0]
    facts: list[Fact] = []
    counters: list[CounterRead] = []
    for what, things in _COUNTS:
        of_worklist = things is Things.WORKLIST_ITEMS and _WORKLIST_TITLE in titles
        question = _question(_WORKLIST_TITLE if of_worklist else archive, f"{what}/count")
        heard = await ask(visit, question, lambda response: read_number(response, "count") is not None)
        facts.append(heard.fact)
        number = read_number(heard.response, "count")
        if number is not None:
            counters.append(CounterRead(things, number[0]))
        elif things is Things.STUDIES:
            return facts
        if heard.fact.milliseconds > SLOW_MILLISECONDS:
            break
    facts.append(ProductCounted("dcm4chee", "dcm4chee_studies_count", tuple(counters)))
    size = _question(archive, f"studies/size?StudyInstanceUID={fresh_uid()}")
    heard = await ask(visit, size, lambda response: read_number(response, "size") is not None)
    return [*facts, heard.fact]


def _question(title: str, service: str) -> Question:
    """A counter of one AE. The title is the archive's own word, so it is not in what is kept."""
    path, _, _ = service.partition("?")
    return Question(
        f"dcm4chee_{path.replace('/', '_')}",
        Purpose.COUNTER,
        f"{ROOT}/aets/{title}/rs/{service}",
        accept=JSON,
        shown_path=f"{ROOT}/aets/{{aet}}/rs/{path}{'?StudyInstanceUID={null}' if path != service else ''}",
    )


PROBE = Probe(
    name="dcm4chee",
    asks="GET of dcm4chee-arc's AE titles, and where they answer its counters and its web interface",
    touch=Touch.PROVE,
    reference="dcm4chee-arc-light, RESTful services",
    rides=Rides.WEB,
    needs=None,
    order=205,
    run=_run,
    services=ON_WEB,
)
