from __future__ import annotations

from dataclasses import replace

import pytest

from dosimeter.model.attempt import Cause
from dosimeter.model.text import ServerText
from dosimeter.model.web import ArchiveDescribed, Purpose
from dosimeter.net.causes import WireFailure
from dosimeter.probes.dicoogle import PROBE
from dosimeter.probes.web_control import PROBE as CONTROL
from tests.peers.standins import dcm4chee, dicoogle, orthanc, pages
from tests.peers.standins.serve import NOT_FOUND, Answer, Guard, Request, Site, guarded, said
from tests.unit.probes.product_visits import answer, only, specified, visit


def test_an_open_one_answers_a_search_that_finds_nothing() -> None:
    """Its search answers a stranger; version, title and port are told; no one was found."""
    facts, asked = visit(dicoogle.site(), PROBE)
    search = answer(facts, "dicoogle_search")
    assert (search.purpose, search.as_specified, search.rows) == (Purpose.QUERY, True, 0)
    described = ArchiveDescribed("dicoogle", ServerText("3.3.2"), (ServerText("DICOOGLE-STORAGE"),), (6666,))
    assert only(facts, ArchiveDescribed) == described
    assert len(asked) == 4


def test_the_search_names_one_study_that_cannot_exist_and_one_field() -> None:
    """The UID is made on the spot and compared as it is; it is in no fact."""
    facts, asked = visit(dicoogle.site(), PROBE)
    (sent,) = [line for line in asked if "/search" in line]
    start = "GET /search?keyword=true&field=SOPInstanceUID&query=StudyInstanceUID:"
    assert sent.startswith(f"{start}2.25.")
    assert answer(facts, "dicoogle_search").path == f"{start.removeprefix('GET ')}{{null}}"


def test_one_that_finds_something_ignores_its_keys() -> None:
    """What it found is counted, and not read."""
    facts, _ = visit(dicoogle.site(ignores_the_query=True), PROBE)
    assert answer(facts, "dicoogle_search").rows == 3


@pytest.mark.parametrize(
    "guard", [Guard.UNAUTHORISED, Guard.FORBIDDEN, Guard.LOGIN_REDIRECT, Guard.LOGIN_FORM]
)
def test_a_guarded_one_is_asked_once(guard: Guard) -> None:
    """Nothing shows a product, so nothing more is asked."""
    facts, asked = visit(guarded(dicoogle.site(), guard), PROBE)
    assert asked == ["GET /ext/version"]
    assert specified(facts) == []


def test_the_version_alone_open_does_not_make_the_search_open() -> None:
    """Each question has its own answer."""
    site = guarded(dicoogle.site(), Guard.UNAUTHORISED, shown=frozenset({"/ext/version"}))
    facts, _ = visit(site, PROBE)
    assert specified(facts) == ["dicoogle_version"]
    assert [answer(facts, asked).status for asked in ("dicoogle_title", "dicoogle_storage")] == [401, 401]
    assert not [fact for fact in facts if isinstance(fact, ArchiveDescribed)]


@pytest.mark.parametrize(
    "site",
    [
        orthanc.site(),
        dcm4chee.site(),
        pages.json_catch_all(),
        pages.ohif(""),
        lambda _request: said({"version": "1.0", "build": "7"}),
        lambda _request: said({"version": {"major": 1}}),
        lambda _request: said({"version": "x" * 200}),
    ],
)
def test_what_is_not_dicoogle_is_not_taken_for_it(site: Site) -> None:
    """An API that has a version of another form is another API."""
    facts, asked = visit(site, PROBE)
    assert specified(facts) == []
    assert asked == ["GET /ext/version"]


def test_an_api_that_says_its_version_alike_is_not_described_as_dicoogle() -> None:
    """Without its search, a version is a version of anything."""
    facts, _ = visit(lambda _request: said({"version": "1.0"}), PROBE)
    assert specified(facts) == ["dicoogle_version"]
    assert not [fact for fact in facts if isinstance(fact, ArchiveDescribed)]


def test_results_that_it_does_not_count_are_counted() -> None:
    """What it lists is there, whatever number it says."""
    inner = dicoogle.site(ignores_the_query=True)

    def site(request: Request) -> Answer:
        shown = inner(request)
        return replace(shown, body=shown.body.replace(b'"numResults": 3', b'"numResults": 0'))

    facts, _ = visit(site, PROBE)
    assert answer(facts, "dicoogle_search").rows == 3


def test_what_was_heard_before_it_became_busy_is_kept() -> None:
    """503 ends the probe; its version is among what it had heard."""
    inner = dicoogle.site()

    def site(request: Request) -> Answer:
        return Answer(503) if request.path.startswith("/management") else inner(request)

    with pytest.raises(WireFailure) as caught:
        visit(site, PROBE)
    assert caught.value.cause is Cause.BUSY
    assert answer(caught.value.facts, "dicoogle_version").as_specified


def _shows_only(*paths: str) -> Site:
    """A server with some of Dicoogle's paths, answered as Dicoogle does, and no page of it."""
    inner = dicoogle.site()
    return lambda request: inner(request) if request.path in paths else NOT_FOUND


@pytest.mark.parametrize(
    "site", [_shows_only("/search"), _shows_only("/search", "/ext/version"), _shows_only("/ext/version")]
)
def test_any_server_with_a_version_and_a_search_is_not_dicoogle(site: Site) -> None:
    """No page of it, none of its settings: nothing says whose search it is, so it is not asked."""
    facts, asked = visit(site, CONTROL, PROBE)
    assert not [fact for fact in facts if isinstance(fact, ArchiveDescribed)]
    assert not any("/search" in line for line in asked)


def test_one_that_guards_its_settings_alone_is_seen_by_that() -> None:
    """As a proxy can have it: settings refused, the search open to strangers."""
    site = guarded(dicoogle.site(), Guard.UNAUTHORISED, shown=frozenset({"/ext/version", "/search"}))
    facts, _ = visit(
        lambda request: site(request) if request.path.startswith(("/ext", "/search", "/man")) else NOT_FOUND,
        CONTROL,
        PROBE,
    )
    assert answer(facts, "dicoogle_search").as_specified
    assert only(facts, ArchiveDescribed) == ArchiveDescribed("dicoogle", ServerText("3.3.2"))
