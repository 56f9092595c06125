from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dosimeter.model.facts import Fact
from dosimeter.model.web import Purpose, WebAnswered
from dosimeter.net.web import WebRequest, WebResponse
from dosimeter.probes._declare import Visit
from dosimeter.probes.dicomweb_query import PROBE as QUERY
from dosimeter.probes.dicomweb_worklist import PROBE
from dosimeter.probes.web_control import PROBE as CONTROL
from tests.unit.probes.web_visiting import (
    NOT_FOUND,
    answer_to,
    everything_asked,
    is_null_query,
    new_visit,
    requests_of,
    says,
    visit_with,
)

EMPTY = says(200, "[]", "application/dicom+json")
ARC = "/dcm4chee-arc/aets/DCM4CHEE/rs"


def ask_worklists(root: str, **answers: WebResponse) -> tuple[tuple[Fact, ...], Visit]:
    """An archive that answers the null query at a root, and under it the services that are named so."""

    def site(request: WebRequest) -> WebResponse:
        if is_null_query(request, root):
            return EMPTY
        for service, answer in answers.items():
            if request.path.startswith(f"{root}/{service}"):
                return answer
        return NOT_FOUND

    visit = new_visit(site)
    return visit_with(visit, CONTROL, QUERY, PROBE), visit


@pytest.mark.parametrize("answer", [says(404, "no such workitem"), says(404), EMPTY, says(204)])
def test_a_workitem_that_is_not_found_is_an_answer(answer: WebResponse) -> None:
    """Unlike the same under a word that is no service."""
    facts, _ = ask_worklists("/dicom-web", workitems=answer)
    fact = answer_to(facts, "ups_rs")
    assert (fact.as_specified, fact.purpose, fact.path) == (
        True,
        Purpose.WORKLIST,
        "/dicom-web/workitems/{null}",
    )


@pytest.mark.parametrize("answer", [NOT_FOUND, says(401), says(403), says(500), says(400)])
def test_without_the_service_there_is_none(answer: WebResponse) -> None:
    """As Orthanc: the path is as unknown as any other."""
    facts, _ = ask_worklists("/dicom-web", workitems=answer)
    assert not answer_to(facts, "ups_rs").as_specified


@pytest.mark.parametrize("answer", [EMPTY, says(204), says(200, "[]", "application/json")])
def test_scheduled_steps_are_asked_of_dcm4chee(answer: WebResponse) -> None:
    """For a study that cannot exist; nothing found is the answer."""
    facts, visit = ask_worklists(ARC, mwlitems=answer)
    fact = answer_to(facts, "mwl_rs")
    assert fact.as_specified
    assert fact.path == f"{ARC}/mwlitems?StudyInstanceUID={{null}}&limit=1"
    assert f"GET {ARC}/{{null}}?StudyInstanceUID={{null}}&limit=1" in requests_of(visit)


@pytest.mark.parametrize("answer", [says(401), NOT_FOUND, says(200, "<html>", "text/html")])
def test_anything_else_is_no_worklist(answer: WebResponse) -> None:
    """A refusal, a page or an unknown path."""
    facts, _ = ask_worklists(ARC, mwlitems=answer)
    assert not answer_to(facts, "mwl_rs").as_specified


def test_a_catch_all_under_the_root_is_no_worklist() -> None:
    """Where any word is answered so, the service is not shown."""

    def site(request: WebRequest) -> WebResponse:
        if is_null_query(request, ARC):
            return EMPTY
        return says(204) if request.path.startswith(ARC) and request.path.count("/") > 4 else NOT_FOUND

    visit = new_visit(site)
    facts = everything_asked(visit_with(visit, CONTROL, QUERY, PROBE), Purpose.WORKLIST)
    assert len(facts) == 3
    assert not any(fact.as_specified for fact in facts)


@pytest.mark.parametrize("answer", [EMPTY, says(204)])
def test_scheduled_steps_have_a_path_of_the_standard(answer: WebResponse) -> None:
    """Of archives other than dcm4chee; mwlitems is its own."""
    steps = {"modality-scheduled-procedure-steps": answer, "mwlitems": EMPTY}
    facts, visit = ask_worklists("/dicom-web", **steps)
    fact = answer_to(facts, "mwl_rs")
    assert fact.as_specified
    assert fact.path == "/dicom-web/modality-scheduled-procedure-steps?StudyInstanceUID={null}&limit=1"
    assert not any("mwlitems" in line for line in requests_of(visit))


def test_a_search_for_workitems_is_asked_where_none_was_missed() -> None:
    """A service that says of no workitem what it says of any path may yet list them."""
    facts, _ = ask_worklists("/dicom-web", **{"workitems?": EMPTY})
    assert not answer_to(facts, "ups_rs").as_specified
    assert answer_to(facts, "ups_rs_search").as_specified


def worklists_alone(site: Callable[[WebRequest], WebResponse]) -> list[WebAnswered]:
    """The first answers of the searches at a server whose null query shows nothing."""
    facts = everything_asked(visit_with(new_visit(site), CONTROL, QUERY, PROBE), Purpose.WORKLIST)
    return [fact for fact in facts if not fact.asked.endswith("_again")]


@pytest.mark.parametrize("service", ["workitems", "modality-scheduled-procedure-steps"])
def test_a_worklist_without_studies_is_found(service: str) -> None:
    """It is looked for at the most usual root, though no query for studies was answered there."""

    def site(request: WebRequest) -> WebResponse:
        return EMPTY if request.path.startswith(f"/dicom-web/{service}?") else NOT_FOUND

    found = worklists_alone(site)
    assert len(found) == 2
    assert [fact.path.partition("?")[0] for fact in found if fact.as_specified] == [f"/dicom-web/{service}"]


@pytest.mark.parametrize(
    "site",
    [
        lambda _: NOT_FOUND,
        lambda _: EMPTY,
        lambda request: EMPTY if "?" in request.path else NOT_FOUND,
        lambda request: says(204) if request.path.startswith("/dicom-web") else NOT_FOUND,
        lambda _: says(401),
    ],
)
def test_a_server_that_answers_anything_has_no_worklist(site: Callable[[WebRequest], WebResponse]) -> None:
    """Or that has nothing at all: two questions, and none is answered as specified."""
    assert [fact.as_specified for fact in worklists_alone(site)] == [False, False]


def test_a_worklist_beside_a_refused_query_has_to_say_the_same_twice() -> None:
    """A service that is known by its refusal alone; then what is said by chance is no worklist."""
    for turns, expected in (([1, 0, 1, 0], True), ([1, 0, 0, 0], False), ([1, 0, 1, 1], False)):
        told = iter(turns)

        def site(request: WebRequest, told: Iterator[int] = told) -> WebResponse:
            if is_null_query(request):
                return says(401)
            is_item = request.path.startswith("/dicom-web/") and request.path.count("/") == 3
            return says(404, "no such workitem") if is_item and next(told, 0) else NOT_FOUND

        facts = visit_with(new_visit(site), CONTROL, QUERY, PROBE)
        assert answer_to(facts, "ups_rs").as_specified is expected
