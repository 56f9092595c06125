from __future__ import annotations

import pytest

from dosimeter.model.text import ServerText
from dosimeter.model.web import ArchiveDescribed, Purpose, WebAnswered
from dosimeter.probes.conquest import PROBE
from tests.peers.standins import conquest, dicoogle, orthanc, pages
from tests.peers.standins.serve import Guard, Site, guarded
from tests.unit.probes.product_visits import answer, specified, visit


def test_an_open_one_shows_its_pages_and_answers_a_list_of_nobody() -> None:
    """Both first pages and the list are open; the version stands in their titles."""
    facts, asked = visit(conquest.site(), PROBE)
    assert specified(facts) == ["conquest_api", "conquest_cgi", "conquest_list", "conquest_newweb"]
    listed = answer(facts, "conquest_list")
    assert (listed.purpose, listed.rows) == (Purpose.QUERY, 0)
    described = [fact for fact in facts if isinstance(fact, ArchiveDescribed)]
    assert set(described) == {ArchiveDescribed("conquest", ServerText("1.5.0c"))}
    assert [line.partition("?")[0] for line in asked] == [
        "GET /api/dicom/",
        "GET /cgi-bin/dgate",
        "GET /cgi-bin/dgate",
        "GET /cgi-bin/newweb/dgate",
    ]


def test_the_modes_are_named() -> None:
    """A site's own first page, which may list patients, is never asked for."""
    _, asked = visit(conquest.site(), PROBE)
    assert all("mode=" in line for line in asked if "dgate" in line)


def test_the_identifier_of_nobody_is_not_kept() -> None:
    """It is made on the spot, and stands in no fact."""
    facts, asked = visit(conquest.site(), PROBE)
    (sent,) = [line for line in asked if "querystudies" in line]
    assert len(sent.rpartition("=")[2]) == 32
    assert answer(facts, "conquest_list").path.endswith("patientidmatch={null}")


def test_one_that_lists_somebody_ignores_the_identifier() -> None:
    """Rows are counted, and not read."""
    facts, _ = visit(conquest.site(rows=5), PROBE)
    assert answer(facts, "conquest_list").rows == 5


def test_on_windows_the_program_has_its_other_name() -> None:
    """The web server says where it runs."""
    facts, asked = visit(conquest.site(server="Apache/2.4.57 (Win64)"), PROBE)
    assert "conquest_cgi" in specified(facts) or asked[1].startswith("GET /cgi-bin/dgate.exe?")


def test_its_dicomweb_service_tells_its_root() -> None:
    """The root stands in the fact, for the questions that come later."""
    facts, _ = visit(conquest.site(), PROBE)
    assert answer(facts, "conquest_api").root == "/api/dicom/rs"


@pytest.mark.parametrize(
    "guard", [Guard.UNAUTHORISED, Guard.FORBIDDEN, Guard.LOGIN_REDIRECT, Guard.LOGIN_FORM]
)
def test_a_guarded_one_is_asked_for_its_three_doors_and_no_list(guard: Guard) -> None:
    """Nothing is as specified, and no list was asked for."""
    facts, asked = visit(guarded(conquest.site(), guard), PROBE)
    assert specified(facts) == []
    assert len(asked) == 3
    assert not [line for line in asked if "querystudies" in line]


@pytest.mark.parametrize("site", [orthanc.site(), dicoogle.site(), pages.ohif(""), pages.json_catch_all()])
def test_what_is_not_conquest_is_not_taken_for_it(site: Site) -> None:
    """A page for everything has none of its forms."""
    facts, _ = visit(site, PROBE)
    assert all(isinstance(fact, WebAnswered) and not fact.as_specified for fact in facts)
