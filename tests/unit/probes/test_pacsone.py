from __future__ import annotations

import pytest

from dosimeter.model.text import ServerText
from dosimeter.model.web import ArchiveDescribed, BodyShape, Purpose
from dosimeter.probes.pacsone import PROBE
from tests.peers.standins import dcm4chee, orthanc, pages
from tests.peers.standins.serve import Guard, Site, guarded
from tests.unit.probes.product_visits import answer, declines, only, specified, visit


def test_its_login_page_tells_the_version() -> None:
    """The query is refused, by a realm of its own."""
    facts, _ = visit(pages.pacsone(), PROBE)
    assert only(facts, ArchiveDescribed) == ArchiveDescribed("pacsone", ServerText("6.6.2"))
    assert answer(facts, "pacsone_login").body is BodyShape.HTML_LOGIN
    query = answer(facts, "pacsone_qido_rs")
    assert (query.status, query.signs, query.as_specified) == (401, ("pacsone_realm",), False)


def test_one_whose_site_lets_anybody_query_answers() -> None:
    """204 is its answer to a study that cannot exist."""
    facts, asked = visit(pages.pacsone(bypass=True), PROBE)
    query = answer(facts, "pacsone_qido_rs")
    assert (query.purpose, query.status, query.as_specified) == (Purpose.QUERY, 204, True)
    assert query.path == "/pacsone/qidors.php/studies?limit=1&StudyInstanceUID={null}"
    assert query.root == "/pacsone/qidors.php"
    assert asked[1].startswith("GET /pacsone/qidors.php/studies?limit=1&StudyInstanceUID=2.25.")


@pytest.mark.parametrize("version", ["", "six", "<b>", "\x1b[31m"])
def test_what_is_no_version_is_none(version: str) -> None:
    """Digits first."""
    facts, _ = visit(pages.pacsone(version), PROBE)
    assert only(facts, ArchiveDescribed).version is None


@pytest.mark.parametrize(
    "guard", [Guard.UNAUTHORISED, Guard.FORBIDDEN, Guard.LOGIN_REDIRECT, Guard.LOGIN_FORM]
)
def test_a_guarded_one_is_asked_once(guard: Guard) -> None:
    """Nothing shows a product, so nothing more is asked."""
    facts, asked = visit(guarded(pages.pacsone(), guard), PROBE)
    assert specified(facts) == []
    assert asked == ["GET /pacsone/login.php"]


@pytest.mark.parametrize("site", [orthanc.site(), dcm4chee.site(), pages.ohif(""), pages.json_catch_all()])
def test_what_is_not_pacsone_is_not_taken_for_it(site: Site) -> None:
    """A page of another product never matches."""
    facts, asked = visit(site, PROBE)
    assert specified(facts) == []
    assert len(asked) == 1


def test_another_archive_is_not_asked_for_it() -> None:
    """A server whose product is known is asked nothing that is another's."""
    assert declines(pages.pacsone(), PROBE, (ArchiveDescribed("orthanc"),)) == "this is Orthanc"
