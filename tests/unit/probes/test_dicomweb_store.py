from __future__ import annotations

import pytest

from dosimeter.model.web import Purpose
from dosimeter.net.web import Method, WebRequest, WebResponse
from dosimeter.probes._declare import NotAsked
from dosimeter.probes.dicomweb_query import PROBE as QUERY
from dosimeter.probes.dicomweb_store import PROBE, is_store_response, names_post
from dosimeter.probes.web_control import PROBE as CONTROL
from tests.unit.probes.web_visiting import (
    NOT_FOUND,
    Site,
    answer_to,
    everything_asked,
    is_null_query,
    new_visit,
    requests_of,
    says,
    visit_with,
)

EMPTY = says(200, "[]", "application/dicom+json")
STORED_NOTHING = says(
    200,
    '{"00080005": {"Value": ["ISO_IR 100"], "vr": "CS"}, "00081198": {"vr": "SQ"}, "00081199": {"vr": "SQ"}}',
    "application/dicom+json",
)
NO_OPTIONS = says(404)


def archive(stored: WebResponse, options: WebResponse = NO_OPTIONS) -> Site:
    """Answers the null query, OPTIONS and POST so."""

    def site(request: WebRequest) -> WebResponse:
        if request.method is Method.OPTIONS:
            return options
        if request.method is Method.POST_NOTHING:
            return stored
        return EMPTY if is_null_query(request) else NOT_FOUND

    return site


def test_a_stranger_may_store_where_nothing_is_taken_without_a_word() -> None:
    """As Orthanc: OPTIONS tells nothing; a multipart with no part is taken, and nothing is in it."""
    visit = new_visit(archive(STORED_NOTHING))
    facts = visit_with(visit, CONTROL, QUERY, PROBE)
    assert requests_of(visit)[-2:] == ["OPTIONS /dicom-web/studies", "POST /dicom-web/studies"]
    options, stored = answer_to(facts, "stow_rs_options"), answer_to(facts, "stow_rs")
    assert (options.purpose, options.status, options.as_specified) == (Purpose.STORE, 404, False)
    assert (stored.method, stored.status, stored.as_specified) == ("POST", 200, True)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (STORED_NOTHING, True),
        (says(202, STORED_NOTHING.body, "application/dicom+json"), True),
        (says(409, '[{"00081198": {"vr": "SQ"}}]', "application/dicom+json"), True),
        (says(204), True),
        (says(200, "[]", "application/dicom+json"), False),
        (says(200, "{}", "application/dicom+json"), False),
        (says(200, STORED_NOTHING.body, "text/html"), False),
        (says(200, "<html>", "text/html"), False),
        (says(204, "x"), False),
        (says(400), False),
        (says(401), False),
        (says(403), False),
        (says(404), False),
        (says(405), False),
        (says(415), False),
    ],
)
def test_only_what_a_store_ends_with_is_an_answer(stored: WebResponse, expected: bool) -> None:  # noqa: FBT001  a column
    """A complaint about the request is what any server has."""
    assert is_store_response(stored) is expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (says(200, allow="GET, post"), True),
        (says(204, allow="GET,POST,OPTIONS"), True),
        (says(200, allow="GET"), False),
        (says(405, allow="POST"), False),
        (says(200), False),
    ],
)
def test_options_can_name_what_is_allowed(options: WebResponse, expected: bool) -> None:  # noqa: FBT001  a column
    """In its field Allow."""
    assert names_post(options) is expected


@pytest.mark.parametrize("options", [says(200, allow="GET, HEAD"), says(405, allow="GET")])
def test_nothing_is_posted_where_post_is_not_among_the_methods(options: WebResponse) -> None:
    """A list of methods without POST is answer enough."""
    visit = new_visit(archive(STORED_NOTHING, options))
    visit_with(visit, CONTROL, QUERY, PROBE)
    assert requests_of(visit)[-1] == "OPTIONS /dicom-web/studies"


@pytest.mark.parametrize("options", [says(401), says(403), NO_OPTIONS])
def test_a_guard_of_one_method_is_none_of_another(options: WebResponse) -> None:
    """As nginx has it with limit_except: OPTIONS or the query is refused, and a store is taken."""
    asked = archive(STORED_NOTHING, options)
    sites: list[Site] = [asked, lambda request: says(401) if is_null_query(request) else asked(request)]
    for site in sites:
        visit = new_visit(site)
        facts = visit_with(visit, CONTROL, QUERY, PROBE)
        stored = everything_asked(facts, Purpose.STORE)[-1]
        assert (stored.asked, stored.method) == ("stow_rs", "POST")
        assert stored.as_specified is (site is asked)


def test_a_store_beside_a_refused_query_is_held_against_a_control() -> None:
    """The answer of a store, and 405 where no service is: strangers may store, though they may not query."""

    def site(request: WebRequest) -> WebResponse:
        if request.method is Method.POST_NOTHING:
            return STORED_NOTHING if request.path == "/dicom-web/studies" else says(405)
        return says(401) if request.path.startswith("/dicom-web") else NOT_FOUND

    visit = new_visit(site)
    stored = answer_to(visit_with(visit, CONTROL, QUERY, PROBE), "stow_rs")
    assert (stored.status, stored.as_specified, stored.root) == (200, True, "/dicom-web")
    assert requests_of(visit)[-1] == "POST /dicom-web/{null}"


def test_a_server_that_takes_any_post_without_a_word_is_no_store() -> None:
    """204 to whatever is sent wherever it is sent."""
    visit = new_visit(archive(says(204)))
    assert not answer_to(visit_with(visit, CONTROL, QUERY, PROBE), "stow_rs").as_specified


@pytest.mark.parametrize(
    "site", [lambda _: NOT_FOUND, lambda _: says(200, "[]", "application/json"), lambda _: EMPTY]
)
def test_nothing_is_posted_where_no_root_was_seen(site: Site) -> None:
    """What is not known to be DICOMweb is sent no POST at all."""
    visit = new_visit(site)
    visit_with(visit, CONTROL, QUERY)
    with pytest.raises(NotAsked, match="no DICOMweb root answered"):
        visit_with(visit, PROBE)
    assert not any(line.startswith(("POST", "OPTIONS")) for line in requests_of(visit))
