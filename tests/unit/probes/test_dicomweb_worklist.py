from __future__ import annotations

import pytest

from dosimeter.model.facts import Fact
from dosimeter.model.web import Purpose
from dosimeter.net.web import WebRequest, WebResponse
from dosimeter.probes._declare import NotAsked, Visit
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
    assert [fact.as_specified for fact in facts] == [False, False]


def test_other_archives_are_not_asked_for_scheduled_steps() -> None:
    """The path is dcm4chee's own."""
    facts, _ = ask_worklists("/dicom-web", mwlitems=EMPTY)
    assert [fact.asked for fact in everything_asked(facts, Purpose.WORKLIST)] == ["ups_rs"]


def test_nothing_is_asked_where_no_root_was_seen() -> None:
    """A web server is not asked for a worklist."""
    visit = new_visit(lambda _: NOT_FOUND)
    visit_with(visit, CONTROL, QUERY)
    with pytest.raises(NotAsked, match="no DICOMweb root"):
        visit_with(visit, PROBE)
