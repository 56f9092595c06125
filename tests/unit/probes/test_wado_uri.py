from __future__ import annotations

import pytest

from dosimeter.model.facts import Fact
from dosimeter.model.web import ArchiveDescribed, Purpose, WebAnswered
from dosimeter.net.web import WebRequest, WebResponse
from dosimeter.probes._web import MAX_REQUESTS
from dosimeter.probes.dicomweb_query import PROBE as QUERY
from dosimeter.probes.wado_uri import PROBE, PUBLISHED, RESERVED
from dosimeter.probes.web_control import PROBE as CONTROL
from tests.unit.probes.web_visiting import (
    NOT_FOUND,
    everything_asked,
    is_null_query,
    new_visit,
    requests_of,
    says,
    visit_with,
)

EMPTY = says(200, "[]", "application/dicom+json")


def service(path: str) -> object:
    """WADO-URI as PS3.18 has it: no object is not found, no parameter is a bad request."""

    def site(request: WebRequest) -> WebResponse:
        here, _, parameters = request.path.partition("?")
        if here != path:
            return NOT_FOUND
        return NOT_FOUND if "objectUID=2.25." in parameters else says(400, "requestType?")

    return site


def first_answers(facts: tuple[Fact, ...]) -> list[WebAnswered]:
    """How each path answered for no object, the first time."""
    found = everything_asked(facts, Purpose.RETRIEVE)
    return [fact for fact in found if fact.asked == "wado_uri"]


@pytest.mark.parametrize("path", [path for path, _, _ in PUBLISHED])
def test_a_service_is_known_by_what_it_misses(path: str) -> None:
    """404 for an object that cannot exist, 400 for nothing at all; then no other path is asked."""
    visit = new_visit(service(path))
    found = first_answers(visit_with(visit, CONTROL, PROBE))
    assert [fact.as_specified for fact in found] == [False] * (len(found) - 1) + [True]
    assert found[-1].root == path
    assert (
        found[-1].path == f"{path}?requestType=WADO&studyUID={{null}}&seriesUID={{null}}&objectUID={{null}}"
    )


def test_a_server_that_finds_neither_shows_nothing() -> None:
    """As Orthanc, and as every web server: 404 both times proves no service."""
    visit = new_visit(lambda _: NOT_FOUND)
    found = first_answers(visit_with(visit, CONTROL, PROBE))
    assert not any(fact.as_specified for fact in found)
    assert len(found) == len(PUBLISHED)


@pytest.mark.parametrize("answer", [says(200, "<html>"), says(400), says(500), says(204)])
def test_no_other_answer_is_one(answer: WebResponse) -> None:
    """A page for everything, or a complaint about everything, is no object that is not found."""
    visit = new_visit(lambda _: answer)
    facts = visit_with(visit, PROBE)
    assert not any(fact.as_specified for fact in facts if isinstance(fact, WebAnswered))


def test_a_server_that_wants_parameters_everywhere_shows_nothing() -> None:
    """400 to any path without a query, 404 with one: so is the path that cannot exist."""
    visit = new_visit(lambda request: NOT_FOUND if "?" in request.path else says(400))
    assert not any(fact.as_specified for fact in first_answers(visit_with(visit, CONTROL, PROBE)))


def test_what_is_said_once_is_said_by_chance() -> None:
    """404 and 400 the first time, and the second time not."""
    told = iter([NOT_FOUND, NOT_FOUND, says(400), NOT_FOUND, NOT_FOUND])
    visit = new_visit(lambda _: next(told, NOT_FOUND))
    assert not any(fact.as_specified for fact in first_answers(visit_with(visit, CONTROL, PROBE)))


def test_a_refusal_ends_it() -> None:
    """Nobody knocks at the other doors."""
    visit = new_visit(lambda _: says(401))
    visit_with(visit, PROBE)
    assert len(requests_of(visit)) == 1


def test_it_is_asked_beside_the_root_that_answered() -> None:
    """dcm4chee has it beside rs, under the same AE title; of another archive its paths are not asked."""
    root = "/dcm4chee-arc/aets/DCM4CHEE/rs"
    visit = new_visit(
        lambda request: EMPTY if is_null_query(request, root) else NOT_FOUND, (ArchiveDescribed("dcm4chee"),)
    )
    visit_with(visit, CONTROL, QUERY)
    asked = [fact.root for fact in everything_asked(visit_with(visit, PROBE), Purpose.RETRIEVE)]
    assert asked == ["/dcm4chee-arc/aets/DCM4CHEE/wado", "/wado"]


def test_some_questions_are_left_to_those_who_come_after() -> None:
    """It does not use up what an endpoint is asked."""
    visit = new_visit(lambda _: NOT_FOUND)
    visit.requests = MAX_REQUESTS - RESERVED
    assert visit_with(visit, PROBE) == ()
