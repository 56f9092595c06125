from __future__ import annotations

import pytest

from dosimeter.model.facts import Fact
from dosimeter.model.web import BodyShape, MediaType, Purpose, WebAnswered
from dosimeter.probes.horos import PROBE
from tests.peers.standins import horos, orthanc
from tests.peers.standins.serve import Guard, guarded
from tests.unit.probes.product_visits import answer, declines, specified, visit


def landing(sign: str) -> tuple[Fact, ...]:
    """What the landing page showed: a title."""
    return (
        WebAnswered(
            "landing",
            Purpose.LANDING,
            "GET",
            "/",
            200,
            BodyShape.HTML,
            MediaType.HTML,
            as_specified=True,
            signs=(sign,),
        ),
    )


@pytest.mark.parametrize(
    ("title", "sign"), [("Horos Web Portal", "horos_title"), ("OsiriX Web Portal", "osirix_title")]
)
def test_a_portal_without_login_shows_its_main_page(title: str, sign: str) -> None:
    """Both pages are open; nothing behind them is asked."""
    facts, asked = visit(horos.site(title), PROBE, seen=landing(sign))
    assert specified(facts) == ["horos_index", "horos_main"]
    assert asked == ["GET /index", "GET /main"]
    assert answer(facts, "horos_main").signs == (sign,)


def test_a_portal_that_wants_a_login_shows_a_form() -> None:
    """401 with a form and no challenge."""
    facts, _ = visit(horos.site(wants_login=True), PROBE, seen=landing("horos_title"))
    assert specified(facts) == []
    main = answer(facts, "horos_main")
    assert (main.status, main.body, main.challenges) == (401, BodyShape.HTML_LOGIN, ())


@pytest.mark.parametrize(
    "guard", [Guard.UNAUTHORISED, Guard.FORBIDDEN, Guard.LOGIN_REDIRECT, Guard.LOGIN_FORM]
)
def test_a_guarded_portal_is_not_open(guard: Guard) -> None:
    """Whatever stands before it."""
    facts, _ = visit(guarded(horos.site(), guard), PROBE, seen=landing("horos_title"))
    assert specified(facts) == []


def test_without_a_sign_and_on_another_port_nothing_is_asked() -> None:
    """Its title can be changed, its port is known: nobody else is bothered."""
    assert declines(horos.site(), PROBE) == "no sign of Horos or OsiriX"


def test_another_archive_is_not_asked_for_it() -> None:
    """Orthanc shows no portal."""
    assert declines(orthanc.site(), PROBE, landing("orthanc_explorer")) == "this is Orthanc"
