from __future__ import annotations

import pytest

from dosimeter.model.web import ArchiveDescribed, BodyShape
from dosimeter.probes.oviyam import PROBE
from tests.peers.standins import dcm4chee, pages
from tests.peers.standins.serve import Guard, Site, guarded
from tests.unit.probes.product_visits import answer, declines, specified, visit


def test_a_viewer_without_login_is_open() -> None:
    """First page and viewer are shown; no study is named."""
    facts, asked = visit(pages.oviyam(), PROBE)
    assert specified(facts) == ["oviyam_start", "oviyam_viewer"]
    assert asked == ["GET /oviyam2/", "GET /oviyam2/viewer.html"]


def test_a_login_form_is_told_from_a_viewer() -> None:
    """The sign is there, the page is a form."""
    facts, _ = visit(pages.oviyam(wants_login=True), PROBE)
    assert specified(facts) == []
    start = answer(facts, "oviyam_start")
    assert start.body is BodyShape.HTML_LOGIN
    assert start.signs == ("oviyam_title", "oviyam_heading")


@pytest.mark.parametrize(
    "guard", [Guard.UNAUTHORISED, Guard.FORBIDDEN, Guard.LOGIN_REDIRECT, Guard.LOGIN_FORM]
)
def test_a_guarded_one_is_asked_once(guard: Guard) -> None:
    """Nothing shows a product, so nothing more is asked."""
    facts, asked = visit(guarded(pages.oviyam(), guard), PROBE)
    assert specified(facts) == []
    assert asked == ["GET /oviyam2/"]


@pytest.mark.parametrize("site", [dcm4chee.site(), pages.ohif(""), pages.json_catch_all(), pages.weasis()])
def test_what_is_not_oviyam_is_not_taken_for_it(site: Site) -> None:
    """A page for everything is not its page."""
    facts, asked = visit(site, PROBE)
    assert specified(facts) == []
    assert asked == ["GET /oviyam2/"]


def test_it_is_looked_for_beside_dcm4chee_and_not_beside_orthanc() -> None:
    """It is served by a servlet container."""
    assert specified(visit(pages.oviyam(), PROBE, seen=(ArchiveDescribed("dcm4chee"),))[0])
    assert declines(pages.oviyam(), PROBE, (ArchiveDescribed("orthanc"),)) == "this is Orthanc"
