from __future__ import annotations

import pytest

from dosimeter.model.web import BodyShape, LoginSign, Purpose, RedirectTo, WebAnswered
from dosimeter.net.web import WebRequest, WebResponse
from dosimeter.probes.web_landing import MAX_HOPS, PROBE
from tests.unit.probes.web_visiting import (
    NOT_FOUND,
    answer_to,
    everything_asked,
    new_visit,
    requests_of,
    says,
    visit_with,
)


def test_a_redirect_within_the_origin_is_asked_as_a_question_of_its_own() -> None:
    """The relative Location of Orthanc leads to its Explorer; the path is sent, and not kept."""

    def orthanc(request: WebRequest) -> WebResponse:
        if request.path == "/":
            return says(301, location="app/explorer.html")
        if request.path == "/app/explorer.html":
            return says(200, "<title>Orthanc Explorer</title>", "text/html")
        return says(301, location="app/images/favicon.ico")

    visit = new_visit(orthanc)
    facts = visit_with(visit, PROBE)
    assert requests_of(visit) == ["GET /", "GET {redirect}", "GET /favicon.ico"]
    landing, hop = answer_to(facts, "landing"), answer_to(facts, "landing_redirect_1")
    assert landing.redirect is not None
    assert (landing.redirect.to, landing.redirect.login) == (RedirectTo.SAME_ORIGIN, LoginSign.NONE)
    assert landing.signs == ("orthanc_location",)
    assert (hop.status, hop.path, hop.body, hop.signs) == (
        200,
        "{redirect}",
        BodyShape.HTML,
        ("orthanc_explorer",),
    )


def test_a_path_that_holds_a_name_is_in_no_fact_and_no_log() -> None:
    """A server can lead to a page of a patient: that is asked, and forgotten."""

    def site(request: WebRequest) -> WebResponse:
        return says(302, location="/patients/DOE%5EJOHN?id=19700101") if request.path == "/" else NOT_FOUND

    visit = new_visit(site)
    facts = visit_with(visit, PROBE)
    assert "DOE" not in repr(facts)
    assert "1970" not in repr(facts)
    assert "DOE" not in repr(requests_of(visit))


@pytest.mark.parametrize(
    "location", ["http://evil.example/", "//evil.example/", "https://pacs.example:8042/", "file:///x", "/\\e"]
)
def test_no_other_origin_is_asked(location: str) -> None:
    """It is recorded where it leads; nobody goes there."""
    visit = new_visit(lambda request: says(302, location=location) if request.path == "/" else NOT_FOUND)
    landing = answer_to(visit_with(visit, PROBE), "landing")
    assert requests_of(visit) == ["GET /", "GET /favicon.ico"]
    assert landing.redirect is not None
    assert landing.redirect.to is not RedirectTo.SAME_ORIGIN


def test_no_more_than_three_hops_are_asked() -> None:
    """A chain without an end ends here."""
    visit = new_visit(lambda request: says(302, location=f"{request.path}x"))
    facts = visit_with(visit, PROBE)
    assert len(everything_asked(facts, Purpose.LANDING)) == 1 + MAX_HOPS + 1 == 5
    assert [fact.asked for fact in facts if isinstance(fact, WebAnswered)][1:4] == [
        "landing_redirect_1",
        "landing_redirect_2",
        "landing_redirect_3",
    ]


@pytest.mark.parametrize("location", ["/", "", "#", "./"])
def test_a_circle_is_asked_once(location: str) -> None:
    """What was asked is not asked again."""
    visit = new_visit(lambda _: says(302, location=location))
    visit_with(visit, PROBE)
    assert requests_of(visit) == ["GET /", "GET /favicon.ico"]


def test_a_login_page_at_the_end_of_a_redirect_is_seen() -> None:
    """The form is a guard that only the page shows."""

    def site(request: WebRequest) -> WebResponse:
        if request.path == "/":
            return says(302, location="/login?next=/")
        return says(200, '<html><input type="password">', "text/html")

    facts = visit_with(new_visit(site), PROBE)
    redirect = answer_to(facts, "landing").redirect
    assert redirect is not None
    assert redirect.login is LoginSign.FORM
    assert answer_to(facts, "landing_redirect_1").body is BodyShape.HTML_LOGIN
