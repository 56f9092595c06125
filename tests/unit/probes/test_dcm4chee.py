from __future__ import annotations

import pytest

from dosimeter.model.census import Things
from dosimeter.model.text import ServerText
from dosimeter.model.web import ArchiveDescribed, LoginSign, ProductCounted
from dosimeter.probes.dcm4chee import PROBE
from tests.peers.standins import dcm4chee, orthanc, pages
from tests.peers.standins.serve import Guard, Holdings, Site, guarded
from tests.unit.probes.product_visits import ABSURD, answer, counted, only, specified, visit

HELD = Holdings()


def test_an_open_one_tells_its_titles_and_its_five_counters() -> None:
    """The counters equal the truth; the worklist is counted under the title that is for it."""
    facts, asked = visit(dcm4chee.site(), PROBE)
    assert only(facts, ArchiveDescribed).ae_titles == tuple(map(ServerText, dcm4chee.TITLES))
    assert only(facts, ProductCounted).product == "dcm4chee"
    assert counted(facts) == {
        Things.STUDIES: HELD.studies,
        Things.PATIENTS: HELD.patients,
        Things.WORKLIST_ITEMS: HELD.worklist_items,
        Things.SERIES: HELD.series,
        Things.INSTANCES: HELD.instances,
    }
    assert "GET /dcm4chee-arc/aets/WORKLIST/rs/mwlitems/count" in asked
    assert len(asked) == 8


def test_the_size_is_asked_of_a_study_that_cannot_exist() -> None:
    """An archive is never made to add up the sizes of all it has."""
    facts, asked = visit(dcm4chee.site(), PROBE)
    (size,) = [line for line in asked if "/studies/size" in line]
    assert "/rs/studies/size?StudyInstanceUID=2.25." in size
    fact = answer(facts, "dcm4chee_studies_size")
    assert fact.as_specified
    assert fact.path == "/dcm4chee-arc/aets/{aet}/rs/studies/size?StudyInstanceUID={null}"


def test_a_title_that_fits_no_path_is_told_but_never_asked_by() -> None:
    """What a server calls itself does not become a path of ours unless it is plain."""
    facts, asked = visit(dcm4chee.site(titles=("../../admin", "A B", "X?y=1")), PROBE)
    assert len(only(facts, ArchiveDescribed).ae_titles) == 3
    assert asked == ["GET /dcm4chee-arc/aets", "GET /dcm4chee-arc/ui2/"]


def test_no_title_is_in_the_path_that_is_kept() -> None:
    """No path that a server sent is kept."""
    facts, _ = visit(dcm4chee.site(titles=("SECRETNAME",)), PROBE)
    assert answer(facts, "dcm4chee_studies_count").path == "/dcm4chee-arc/aets/{aet}/rs/studies/count"


def test_its_web_interface_shows_no_login() -> None:
    """The page is the single-page application, with the product's name in its title."""
    facts, _ = visit(dcm4chee.site(), PROBE)
    page = answer(facts, "dcm4chee_ui")
    assert page.as_specified
    assert page.signs == ("dcm4chee_ui",)


def test_before_keycloak_nothing_is_counted() -> None:
    """401 with a bearer challenge is a refusal, and the page leads to the realm's login."""
    facts, asked = visit(dcm4chee.with_keycloak(dcm4chee.site()), PROBE)
    assert specified(facts) == []
    assert answer(facts, "dcm4chee_aets").challenges == ("bearer",)
    assert asked == ["GET /dcm4chee-arc/aets", "GET /dcm4chee-arc/ui2/"]
    redirected = answer(facts, "dcm4chee_ui")
    assert redirected.redirect is not None
    assert redirected.redirect.login is LoginSign.OAUTH
    assert "dcm4chee_keycloak" in redirected.signs


@pytest.mark.parametrize(
    "guard", [Guard.UNAUTHORISED, Guard.FORBIDDEN, Guard.LOGIN_REDIRECT, Guard.LOGIN_FORM]
)
def test_a_guarded_one_is_asked_once(guard: Guard) -> None:
    """Nothing shows a product, so nothing more is asked."""
    facts, asked = visit(guarded(dcm4chee.site(), guard), PROBE)
    assert asked == ["GET /dcm4chee-arc/aets"]
    assert specified(facts) == []


@pytest.mark.parametrize("number", ABSURD)
def test_an_absurd_counter_has_no_value(number: object) -> None:
    """Never a number that nobody can hold."""
    facts, _ = visit(dcm4chee.site(counts={"studies": number}), PROBE)
    assert counted(facts).get(Things.STUDIES) is None


@pytest.mark.parametrize("site", [orthanc.site(), pages.ohif(""), pages.json_catch_all(), pages.oviyam()])
def test_what_is_not_dcm4chee_is_not_taken_for_it(site: Site) -> None:
    """Neither an empty list for everything nor another product's page is an answer."""
    facts, asked = visit(site, PROBE)
    assert specified(facts) == []
    assert asked == ["GET /dcm4chee-arc/aets"]


def test_a_slow_counter_is_the_last_that_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is a count over a table, and the larger tables come last."""
    monkeypatch.setattr("dosimeter.probes.dcm4chee.SLOW_MILLISECONDS", -1)
    facts, asked = visit(dcm4chee.site(), PROBE)
    assert counted(facts) == {Things.STUDIES: HELD.studies}
    assert [line for line in asked if line.endswith("/count")] == [
        "GET /dcm4chee-arc/aets/DCM4CHEE/rs/studies/count"
    ]
