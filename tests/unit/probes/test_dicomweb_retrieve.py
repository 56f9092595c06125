from __future__ import annotations

from collections.abc import Iterator

import pytest

from dosimeter.model.attempt import Cause
from dosimeter.model.web import Purpose, WebAnswered
from dosimeter.net.causes import WireFailure
from dosimeter.net.web import WebRequest, WebResponse
from dosimeter.probes._declare import NotAsked
from dosimeter.probes.dicomweb_query import PROBE as QUERY
from dosimeter.probes.dicomweb_retrieve import PROBE
from dosimeter.probes.web_control import PROBE as CONTROL
from tests.unit.probes.web_visiting import (
    NOT_FOUND,
    Site,
    answer_to,
    is_null_query,
    new_visit,
    requests_of,
    says,
    visit_with,
)

EMPTY = says(200, "[]", "application/dicom+json")
NO_STUDY = says(404, '{"Details": "no such study"}')


def archive(metadata: WebResponse, elsewhere: WebResponse = NOT_FOUND, root: str = "/dicom-web") -> Site:
    """Answers the null query, and the metadata of no study so."""

    def site(request: WebRequest) -> WebResponse:
        if is_null_query(request, root):
            return EMPTY
        return metadata if request.path.endswith("/metadata") else elsewhere

    return site


def retrieved(site: Site) -> WebAnswered:
    """How the null retrieve was answered."""
    return answer_to(visit_with(new_visit(site), CONTROL, QUERY, PROBE), "wado_rs")


@pytest.mark.parametrize(
    "answer", [NO_STUDY, says(404), says(410, "gone"), EMPTY, says(204), says(404, "<html>", "text/html")]
)
def test_a_study_that_is_not_found_is_an_answer(answer: WebResponse) -> None:
    """Unlike a word of the same length in the place of the service: there the route is what is missing."""
    fact = retrieved(archive(answer))
    assert fact.as_specified
    assert (fact.purpose, fact.path) == (Purpose.RETRIEVE, "/dicom-web/studies/{null}/metadata")


def test_a_service_that_is_not_there_is_no_answer() -> None:
    """The same page for the metadata as for anything else, also where it quotes the path."""
    assert not retrieved(archive(NOT_FOUND)).as_specified

    def quoting(request: WebRequest) -> WebResponse:
        return EMPTY if is_null_query(request) else says(404, f"Cannot GET {request.path}", "text/html")

    assert not retrieved(quoting).as_specified


@pytest.mark.parametrize(
    "answer",
    [says(401), says(403), says(500), says(400, "x"), says(200, "x"), says(302, location="/login")],
)
def test_a_refusal_or_a_failure_is_no_answer(answer: WebResponse) -> None:
    """And no control is asked where there is nothing to hold against it."""
    visit = new_visit(archive(answer))
    facts = visit_with(visit, CONTROL, QUERY, PROBE)
    assert not answer_to(facts, "wado_rs").as_specified
    assert requests_of(visit)[-1] == "GET /dicom-web/studies/{null}/metadata"


def test_rows_for_a_study_that_cannot_exist_are_counted() -> None:
    """It ignores what it is asked for."""
    rows = says(200, '[{"00080018": {"vr": "UI"}}, {"00080018": {"vr": "UI"}}]', "application/dicom+json")
    fact = retrieved(archive(rows))
    assert (fact.rows, fact.as_specified) == (2, True)


def test_retrieve_has_a_base_of_its_own_on_some() -> None:
    """As PacsOne: another script answers it."""
    visit = new_visit(archive(NO_STUDY, root="/pacsone/qidors.php"))
    fact = answer_to(visit_with(visit, CONTROL, QUERY, PROBE), "wado_rs")
    assert fact.path == "/pacsone/wadors.php/studies/{null}/metadata"


def test_a_root_that_refused_the_query_is_asked_too() -> None:
    """The guard of one service need not be that of the other."""

    def site(request: WebRequest) -> WebResponse:
        if is_null_query(request):
            return says(401)
        return NO_STUDY if request.path.endswith("/metadata") else NOT_FOUND

    assert retrieved(site).as_specified


def test_beside_a_refused_query_it_has_to_say_the_same_twice() -> None:
    """A service that is known by its refusal alone; then what is said by chance is no retrieve."""
    for turns, expected in (([1, 0, 1, 0], True), ([1, 0, 0, 0], False), ([1, 0, 1, 1], False)):
        told = iter(turns)

        def site(request: WebRequest, told: Iterator[int] = told) -> WebResponse:
            if is_null_query(request):
                return says(401)
            is_study = "/studies/" in request.path
            return NO_STUDY if is_study and next(told, 0) else NOT_FOUND

        assert retrieved(site).as_specified is expected


def test_nothing_is_asked_where_no_root_was_seen() -> None:
    """A web server is not asked for studies."""
    visit = new_visit(lambda _: NOT_FOUND)
    visit_with(visit, CONTROL, QUERY)
    asked = len(requests_of(visit))
    with pytest.raises(NotAsked, match="no DICOMweb root"):
        visit_with(visit, PROBE)
    assert len(requests_of(visit)) == asked


def test_a_probe_that_fails_keeps_what_it_heard_and_nothing_of_those_before() -> None:
    """The null query of the probe before was kept by that, as it was judged: it is not kept again."""

    def site(request: WebRequest) -> WebResponse:
        if request.path.endswith("/metadata"):
            raise WireFailure(Cause.TIMED_OUT, "late")
        return EMPTY if is_null_query(request) else NOT_FOUND

    visit = new_visit(site)
    visit_with(visit, CONTROL, QUERY)
    with pytest.raises(WireFailure) as caught:
        visit_with(visit, PROBE)
    assert caught.value.facts == ()
