from __future__ import annotations

from dataclasses import replace

import pytest

from dosimeter.model.web import ArchiveDescribed, BodyShape
from dosimeter.probes.meddream import PROBE
from tests.peers.standins import dcm4chee, orthanc, pages
from tests.peers.standins.serve import Answer, Guard, Request, Site, guarded
from tests.unit.probes.product_visits import answer, declines, specified, visit


def test_its_login_page_is_a_form_with_its_signs() -> None:
    """The product is told, and that a login stands before it."""
    facts, asked = visit(pages.meddream(), PROBE)
    page = answer(facts, "meddream_login")
    assert (page.status, page.body, page.as_specified) == (200, BodyShape.HTML_LOGIN, False)
    assert "meddream_cookie" in page.signs
    assert asked == ["GET /pacs/login.php"]


def test_the_same_page_without_a_form_is_open() -> None:
    """What differs is the field for a password."""
    inner = pages.meddream()

    def site(request: Request) -> Answer:
        shown = inner(request)
        return replace(shown, body=shown.body.replace(b'type="password"', b'type="text"'))

    facts, _ = visit(site, PROBE)
    assert specified(facts) == ["meddream_login"]


@pytest.mark.parametrize(
    "guard", [Guard.UNAUTHORISED, Guard.FORBIDDEN, Guard.LOGIN_REDIRECT, Guard.LOGIN_FORM]
)
def test_a_guarded_one_shows_nothing(guard: Guard) -> None:
    """One question, one refusal."""
    facts, asked = visit(guarded(pages.meddream(), guard), PROBE)
    assert specified(facts) == []
    assert len(asked) == 1


@pytest.mark.parametrize("site", [orthanc.site(), dcm4chee.site(), pages.ohif(""), pages.json_catch_all()])
def test_what_is_not_it_is_not_taken_for_it(site: Site) -> None:
    """A page of another product never matches."""
    facts, _ = visit(site, PROBE)
    assert specified(facts) == []
    assert "meddream_cookie" not in answer(facts, "meddream_login").signs


def test_another_archive_is_not_asked_for_it() -> None:
    """A server whose product is known is asked nothing that is another's."""
    assert declines(pages.meddream(), PROBE, (ArchiveDescribed("orthanc"),)) == "this is Orthanc"
