from __future__ import annotations

import pytest

from dosimeter.model.web import ArchiveDescribed, BodyShape
from dosimeter.probes.visage import PROBE
from tests.peers.standins import orthanc, pages
from tests.peers.standins.serve import Guard, guarded
from tests.unit.probes.product_visits import answer, declines, specified, visit


def test_its_page_is_a_form_with_its_sign() -> None:
    """The product is told, and that a login stands before it."""
    facts, asked = visit(pages.visage(), PROBE)
    page = answer(facts, "visage_page")
    assert (page.body, page.signs, page.as_specified) == (BodyShape.HTML_LOGIN, ("visage_title",), False)
    assert asked == ["GET /"]


def test_a_page_that_was_read_is_not_read_again() -> None:
    """The landing page is its page."""
    facts, _ = visit(pages.visage(), PROBE)
    assert declines(pages.visage(), PROBE, facts) == "its page is the landing page, which was read"


@pytest.mark.parametrize(
    "guard", [Guard.UNAUTHORISED, Guard.FORBIDDEN, Guard.LOGIN_REDIRECT, Guard.LOGIN_FORM]
)
def test_a_guarded_one_shows_nothing(guard: Guard) -> None:
    """One question, one refusal."""
    facts, asked = visit(guarded(pages.visage(), guard), PROBE)
    assert specified(facts) == []
    assert len(asked) == 1


def test_another_archive_is_not_asked_for_it() -> None:
    """A server whose product is known is asked nothing that is another's."""
    assert declines(orthanc.site(), PROBE, (ArchiveDescribed("orthanc"),)) == "this is Orthanc"
