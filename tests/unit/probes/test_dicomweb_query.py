from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from dosimeter.model.attempt import Cause
from dosimeter.model.scope import Touch
from dosimeter.model.target import ON_WEB
from dosimeter.model.text import ServerText
from dosimeter.model.web import (
    ArchiveDescribed,
    BodyShape,
    DataSourceNamed,
    MediaType,
    Purpose,
    RedirectTo,
    WebAnswered,
)
from dosimeter.net.causes import WireFailure
from dosimeter.net.web import WebRequest, WebResponse
from dosimeter.probes._declare import NotAsked, Visit, discover
from dosimeter.probes._web import MAX_REQUESTS
from dosimeter.probes._web_roots import PUBLISHED, known_roots, refuses
from dosimeter.probes.dicomweb_query import PROBE, RESERVED
from dosimeter.probes.web_control import PROBE as CONTROL
from dosimeter.probes.web_landing import PROBE as LANDING
from tests.unit.probes.web_visiting import (
    NOT_FOUND,
    Site,
    everything_asked,
    is_null_query,
    new_visit,
    requests_of,
    says,
    visit_with,
)

KINDS = ("application/json", "application/dicom+json")
EMPTY = says(200, "[]", "application/dicom+json")
ROW = '[{"0020000D": {"vr": "UI", "Value": ["1.2.3"]}, "00100010": {"vr": "PN"}}]'
SHELL = says(200, "<!doctype html><html><div id=root></div></html>", "text/html")
LOGIN = says(302, location="/login")
QUERY = "GET /dicom-web/studies?StudyInstanceUID={null}&limit=1"
NO_SERVICE = "GET /dicom-web/{null}?StudyInstanceUID={null}&limit=1"
BASIC = says(401, www_authenticate='Basic realm="Archive"')


def at(
    answer: WebResponse, otherwise: WebResponse = NOT_FOUND, root: str = "/dicom-web"
) -> Callable[[WebRequest], WebResponse]:
    """A server that answers the null query under one root so, and everything else otherwise."""
    return lambda request: answer if is_null_query(request, root) else otherwise


def queries(site: Site, *seen: object) -> tuple[list[WebAnswered], Visit]:
    """The answers to the null queries, each root's first, after the control."""
    visit = new_visit(site, seen)  # type: ignore[arg-type]  # facts all
    asked = everything_asked(visit_with(visit, CONTROL, PROBE), Purpose.QUERY)
    return [fact for fact in asked if fact.asked == "qido_rs"], visit


def proven(site: Site) -> list[WebAnswered]:
    """Those as specified."""
    return [fact for fact in queries(site)[0] if fact.as_specified]


def test_an_open_archive_is_asked_two_questions_twice() -> None:
    """As Orthanc answers: an empty list in the media type of DICOM, and 404 to the same of no service."""
    (query,), visit = queries(at(EMPTY))
    assert query.as_specified
    assert (query.root, query.status, query.rows) == ("/dicom-web", 200, 0)
    assert query.path == "/dicom-web/studies?StudyInstanceUID={null}&limit=1"
    assert requests_of(visit) == [
        "GET /{null}",
        *(QUERY, NO_SERVICE),
        *(QUERY, NO_SERVICE),
    ]
    assert [root.answers for root in known_roots(visit)] == [True]


@pytest.mark.parametrize(
    ("answer", "root"),
    [
        (says(204), "/dcm4chee-arc/aets/DCM4CHEE/rs"),
        (says(200, "[]", "application/json"), "/api/dicom/rs"),
        (says(204), "/v2"),
        (EMPTY, "/api"),
        (EMPTY, "/pacsone/qidors.php"),
    ],
)
def test_nothing_found_has_three_forms(answer: WebResponse, root: str) -> None:
    """204, an empty list of DICOM JSON, and on roots that are DICOM's own an empty list of any JSON."""
    (query,) = proven(at(answer, root=root))
    assert query.root == root


def test_answers_to_a_question_that_nothing_can_match_are_counted_and_not_kept() -> None:
    """It ignores its keys: rows are told, and no value of them."""
    (query,) = proven(at(says(200, ROW, "application/dicom+json")))
    assert query.rows == 1
    assert "1.2.3" not in repr(query)


def test_an_archive_behind_a_single_page_application_is_found() -> None:
    """OHIF on nginx: every unknown path is the shell, and the archive answers under its root."""

    def site(request: WebRequest) -> WebResponse:
        if is_null_query(request, "/pacs/dicom-web"):
            return EMPTY
        return NOT_FOUND if request.path.startswith("/pacs/") else SHELL

    (query,) = proven(site)
    assert query.root == "/pacs/dicom-web"


def test_everything_refused_shows_no_root() -> None:
    """As a locked Orthanc: 401 to the control too, so no root is told from another."""
    found, visit = queries(lambda _: BASIC)
    assert all(refuses(fact) and not fact.as_specified for fact in found)
    assert len(found) == len(PUBLISHED)
    assert known_roots(visit) == ()
    assert requests_of(visit).count("GET /{null}") == 1


@pytest.mark.parametrize("refusal", [BASIC, says(403), LOGIN, says(200, "<html><input type=password>")])
def test_a_root_that_refuses_by_itself_is_known_and_ends_it(refusal: WebResponse) -> None:
    """Where the path beside it is merely unknown, the refusal is the service's own."""
    found, visit = queries(at(refusal))
    assert len(found) == 1
    assert refuses(found[0])
    assert [root.answers for root in known_roots(visit)] == [False]


def test_a_root_that_refuses_whole_is_seen_against_the_origin() -> None:
    """A guard before all of /dicom-web: both under it are refused, the path under the origin is not."""
    found, visit = queries(lambda request: BASIC if request.path.startswith("/dicom-web") else NOT_FOUND)
    assert [refuses(fact) for fact in found] == [True] + [False] * (len(PUBLISHED) - 1)
    assert NO_SERVICE in requests_of(visit)
    assert [(root.root.path, root.answers) for root in known_roots(visit)] == [("/dicom-web", False)]


def test_who_refuses_all_roots_is_not_asked_twice_as_much() -> None:
    """Three controls under roots and no more; it is the server that refuses, and no root of it is known."""
    _, visit = queries(lambda request: says(403) if request.path.count("/") > 1 else NOT_FOUND)
    assert len(requests_of(visit)) == 1 + len(PUBLISHED) + 3
    assert known_roots(visit) == ()


@pytest.mark.parametrize("answer", [says(204), says(200, "[]", "application/json"), EMPTY])
def test_who_answers_anything_is_not_asked_twice_as_much(answer: WebResponse) -> None:
    """The control under the origin has told enough."""
    _, visit = queries(lambda _: answer)
    assert len(requests_of(visit)) == 1 + len(PUBLISHED)


def html(status: int) -> WebResponse:
    """An error page."""
    return says(status, f"<html><h1>{status}</h1></html>", "text/html")


LOOK_ALIKES: dict[str, Site] = {
    "a single-page application": lambda _: SHELL,
    "a shell that says it is JSON": lambda _: says(200, SHELL.body, "application/json"),
    "a shell that says it is DICOM": lambda _: says(200, SHELL.body, "application/dicom+json"),
    "an interface that answers [] to anything": lambda _: says(200, "[]", "application/json"),
    "[] in DICOM's type to anything": lambda _: EMPTY,
    "[] under the roots, a shell beside": lambda request: (
        says(200, "[]", "application/json") if request.path.count("/") > 1 else SHELL
    ),
    "[] in DICOM's type under the roots": lambda request: EMPTY if request.path.count("/") > 1 else NOT_FOUND,
    "[] as HTML": at(says(200, "[]", "text/html")),
    "[] as text": at(says(200, "[]", "text/plain")),
    "[] without a type": at(says(200, "[]")),
    "[] with 404": at(says(404, "[]", "application/dicom+json")),
    "[] with 201": at(says(201, "[]", "application/dicom+json")),
    "[] that is cut": at(says(200, "[]", "application/dicom+json", is_cut=True)),
    "null": at(says(200, "null", "application/dicom+json")),
    "an object": at(says(200, '{"studies": []}', "application/dicom+json")),
    "an error in JSON": at(says(200, '{"error": "not found"}', "application/json")),
    "true": at(says(200, "true", "application/json")),
    "a list of texts": at(says(200, '["a"]', "application/dicom+json")),
    "a list of empty objects": at(says(200, "[{}]", "application/dicom+json")),
    "a list of studies that are no DICOM": at(says(200, '[{"id": 1}]', "application/json")),
    "broken JSON": at(says(200, "[", "application/dicom+json")),
    "JSON too deep": at(says(200, "[" * 99 + "]" * 99, "application/dicom+json")),
    "nothing with 200": at(says(200, "", "application/dicom+json")),
    "204 to anything": lambda _: says(204),
    "204 with a body to the query": at(says(204, "x")),
    "204 to the query and under the origin": lambda request: (
        says(204) if is_null_query(request) or request.path.count("/") == 1 else NOT_FOUND
    ),
    "[] to the query, a shell for all else": at(says(200, "[]", "application/json"), SHELL),
    "[] to the query, 500 for all else": at(says(200, "[]", "application/json"), html(500)),
    "[] to the query, a login for all else": at(says(200, "[]", "application/json"), BASIC),
    "204 to the query, a captive portal for all else": at(
        says(204), says(302, location="http://portal.example/hello")
    ),
    "[] for studies under any path": lambda request: (
        says(200, "[]", "application/json") if "/studies?" in request.path else NOT_FOUND
    ),
    "204 for studies under any path": lambda request: says(204) if "/studies?" in request.path else NOT_FOUND,
    "204 to anything with a query": lambda request: says(204) if "?" in request.path else NOT_FOUND,
    "[] to anything with a query": lambda request: (
        says(200, "[]", "application/json") if "?" in request.path else NOT_FOUND
    ),
    "[] in DICOM's type to anything with a query": lambda request: (
        EMPTY if "?" in request.path else NOT_FOUND
    ),
    "204 to anything with limit=1 under a root": lambda request: (
        says(204) if "limit=1" in request.path and request.path.count("/") > 1 else NOT_FOUND
    ),
    "clinical trials at /api/studies": at(says(200, "[]", "application/json"), root="/api"),
    "trials at /v2/studies": at(says(200, "[]", "application/json"), root="/v2"),
    "a captive portal": lambda _: says(302, location="http://portal.example/hello"),
    "a login for everybody": lambda _: LOGIN,
    "a form for everybody": lambda _: says(200, '<html><input type="password">', "text/html"),
    "401 for everybody": lambda _: BASIC,
    "403 for everybody": lambda _: html(403),
    "404 in HTML": lambda _: html(404),
    "404 in JSON": lambda _: says(404, '{"error": 404}', "application/json"),
    "410": lambda _: html(410),
    "400": lambda _: html(400),
    "405": lambda _: html(405),
    "406": lambda _: html(406),
    "500": lambda _: html(500),
    "502": lambda _: html(502),
    "XML": lambda _: says(200, '<?xml version="1.0"?><a/>', "application/xml"),
    "an echo of the request": lambda request: says(200, f'["{request.path}"]', "application/json"),
    "a file for everything": lambda _: says(200, b"\0\1\2", "application/octet-stream"),
    "multipart": lambda _: says(200, "--x--", "multipart/related; boundary=x"),
}


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_look_alike_is_no_archive(name: str) -> None:
    """Nothing of it is as specified, at no root, and it is asked within its budget."""
    visit = new_visit(LOOK_ALIKES[name])
    facts = visit_with(visit, LANDING, CONTROL, PROBE)
    assert [fact for fact in facts if isinstance(fact, WebAnswered) and fact.as_specified] == []
    assert known_roots(visit) == ()
    assert visit.requests <= MAX_REQUESTS


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_is_asked_too_much_is_left_alone(status: int) -> None:
    """It is busy; what was heard is kept, and the other roots are not asked."""
    visit = new_visit(lambda request: says(status) if "studies" in request.path else NOT_FOUND)
    visit_with(visit, CONTROL)
    with pytest.raises(WireFailure) as caught:
        visit_with(visit, PROBE)
    assert caught.value.cause is Cause.BUSY
    assert len(requests_of(visit)) == (2 if status == 429 else 3)


def test_roots_that_are_named_are_asked_first() -> None:
    """Of a viewer those of its own origin; of dcm4chee one for each AE title that can stand in a path."""
    named = [
        DataSourceNamed("ohif", RedirectTo.SAME_ORIGIN, ServerText("/proxy/dicom-web/")),
        DataSourceNamed("ohif", RedirectTo.ELSEWHERE, ServerText("/theirs"), ServerText("evil.example:80")),
        DataSourceNamed("ohif", RedirectTo.SAME_ORIGIN, ServerText("/a/../../b")),
        DataSourceNamed("ohif", RedirectTo.SAME_ORIGIN, ServerText("/x?y=1")),
        DataSourceNamed("ohif", RedirectTo.SAME_ORIGIN, ServerText("x" * 64)),
        ArchiveDescribed("dcm4chee", None, tuple(map(ServerText, ("IOCM", "A/B", "..", "A B", "", "Q?x=1")))),
        ArchiveDescribed("orthanc", None, (ServerText("ORTHANC"),)),
    ]
    found, _ = queries(lambda _: NOT_FOUND, *named[:-1])
    assert [fact.root for fact in found[:3]] == [
        "/proxy/dicom-web",
        "/dcm4chee-arc/aets/IOCM/rs",
        "/dicom-web",
    ]
    roots = [fact.root for fact in found]
    assert len(set(roots)) == len(roots)
    assert "/theirs" not in roots


def test_a_known_archive_is_not_asked_at_the_roots_of_others() -> None:
    """Where Orthanc has shown itself, dcm4chee's paths are nobody's."""
    found, _ = queries(lambda _: NOT_FOUND, ArchiveDescribed("orthanc"))
    roots = {fact.root for fact in found}
    assert {"/dicom-web", "/orthanc/dicom-web", "/pacs/dicom-web"} <= roots
    assert not roots & {"/dcm4chee-arc/aets/DCM4CHEE/rs", "/pacsone/qidors.php", "/qidors", "/api"}


def test_no_root_is_published_twice_and_each_says_where() -> None:
    """A table without contradictions."""
    paths = [root.path for root in PUBLISHED]
    assert len(set(paths)) == len(paths)
    assert all(path.startswith("/") and not path.endswith("/") for path in paths)
    assert all(root.source for root in PUBLISHED)


def test_some_questions_are_left_to_those_who_come_after() -> None:
    """A server that uses them up is asked at fewer roots, not answered with a failure."""
    visit = new_visit(lambda _: NOT_FOUND)
    visit.requests = MAX_REQUESTS - RESERVED - 3
    assert len(visit_with(visit, PROBE)) == 3


def test_an_identifier_is_used_once() -> None:
    """Every query is for another study that cannot exist."""
    sent: list[str] = []

    def site(request: WebRequest) -> WebResponse:
        sent.append(request.path.partition("=")[2].partition("&")[0])
        return NOT_FOUND

    queries(site)
    uids = [uid for uid in sent if uid]
    assert len(set(uids)) == len(uids) == len(PUBLISHED)
    assert all(uid.startswith("2.25.") and len(uid) <= 64 for uid in uids)


class Flapping:
    """Two servers behind one address: an archive, and one that knows no such path."""

    def __init__(self, *turns: bool) -> None:
        """``turns`` says who answers the next question under a root, the archive or the other."""
        self._turns = iter(turns)

    def __call__(self, request: WebRequest) -> WebResponse:
        """The control under the origin is always unknown; behind the last turn all is."""
        if request.path.count("/") == 1:
            return NOT_FOUND
        return EMPTY if next(self._turns, False) else NOT_FOUND


@pytest.mark.parametrize("turns", [(True, False, False), (True, False, True, True)])
def test_an_answer_that_is_another_the_second_time_proves_nothing(turns: tuple[bool, ...]) -> None:
    """The query or its control: a server that answers by chance is known to nobody, and asked no more."""
    found, visit = queries(Flapping(*turns))
    assert [fact.as_specified for fact in found] == [False]
    assert known_roots(visit) == ()
    assert len(requests_of(visit)) == 1 + len(turns)


THROWN = {
    "an archive, or no such path": ([EMPTY, NOT_FOUND], 0),
    "nothing, or no such path": ([says(204), NOT_FOUND], 0),
    "a list, or no such path": ([says(200, "[]", "application/json"), NOT_FOUND], 0),
    "anything": ([says(status, body, kind) for status in (200, 404) for body in "[x" for kind in KINDS], 0),
    "anything and lists": (
        [says(status, body, kind) for status in (200, 404) for body in ("[]", "x") for kind in KINDS],
        2,
    ),
}


BEFORE = [probe for probe in discover() if probe.services & ON_WEB and probe.order <= PROBE.order]


@pytest.mark.parametrize("name", THROWN)
def test_chance_is_no_archive(name: str) -> None:
    """Of a hundred servers that throw dice for each answer none is known, of the wildest two at most."""
    answers, most = THROWN[name]
    known = 0
    for seed in range(100):
        dice = random.Random(seed)
        visit = new_visit(lambda _, dice=dice, answers=answers: dice.choice(answers))
        for probe in BEFORE:
            with suppress(NotAsked):
                visit_with(visit, probe)
        known += any(root.answers for root in known_roots(visit))
    assert known <= most


def test_what_is_answered_to_other_questions_too_is_no_answer_to_this_one() -> None:
    """204 to a product's description before; then 204 is how it answers, and it is held against that."""
    other = WebAnswered(
        "orthanc_system",
        Purpose.DESCRIPTION,
        "GET",
        "/system",
        204,
        BodyShape.EMPTY,
        MediaType.NONE,
        as_specified=False,
    )
    found, visit = queries(at(says(204)), other)
    assert not any(fact.as_specified for fact in found)
    assert NO_SERVICE not in requests_of(visit)


OTHER_FORMS = {
    "XML": says(200, "<?xml version='1.0'?><NativeDicomModel/>", "application/dicom+xml"),
    "XML in parts": says(200, "--x--", 'multipart/related; type="application/dicom+xml"; boundary=x'),
    "another form wanted": says(406),
    "a query it will not have": says(400, "limit?", "text/plain"),
}


@pytest.mark.parametrize("name", OTHER_FORMS)
def test_who_wants_the_query_put_otherwise_is_seen(name: str) -> None:
    """It is no answer as specified, and with its controls it shows that there is a service."""
    found, visit = queries(at(OTHER_FORMS[name]))
    assert not any(fact.as_specified for fact in found)
    assert [(root.root.path, root.answers) for root in known_roots(visit)] == [("/dicom-web", False)]
    assert "GET /{null}/studies?StudyInstanceUID={null}&limit=1" in requests_of(visit)


@pytest.mark.parametrize("name", OTHER_FORMS)
def test_who_answers_any_such_query_so_is_not(name: str) -> None:
    """Under any root, or to any service under one."""
    for part in ("/studies?", "?", "/dicom-web"):
        _, visit = queries(
            lambda request, part=part: OTHER_FORMS[name] if part in request.path else NOT_FOUND
        )
        assert known_roots(visit) == ()


ON_ALL = [probe for probe in discover() if probe.services & ON_WEB and probe.touch <= Touch.PROVE]
VISITED: dict[str, Site] = {
    "nothing": lambda _: NOT_FOUND,
    "an archive": at(EMPTY),
    "an archive at the last root": at(EMPTY, root=PUBLISHED[-1].path),
    "204 at the last root": at(says(204), root=PUBLISHED[-1].path),
    "XML": at(OTHER_FORMS["XML"]),
    "XML at a later root": at(OTHER_FORMS["XML"], root="/qido-rs"),
    "a guard": at(BASIC),
    "a guard before all": lambda request: BASIC if request.path.startswith("/dicom-web") else NOT_FOUND,
    "400 to studies": lambda request: says(400) if "/studies?" in request.path else NOT_FOUND,
}


@pytest.mark.parametrize("name", VISITED)
def test_a_whole_visit_fits_into_what_an_endpoint_is_asked(name: str) -> None:
    """Every probe with all its controls: none but the last runs out of questions half-way."""
    visit = new_visit(VISITED[name])
    for probe in ON_ALL:
        if probe.name not in {"tls_posture", "fhir"}:
            with suppress(NotAsked):
                visit_with(visit, probe)
    assert visit.requests <= MAX_REQUESTS
