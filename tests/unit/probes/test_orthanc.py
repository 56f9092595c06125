from __future__ import annotations

from dataclasses import replace

import pytest

from dosimeter.model.census import Things
from dosimeter.model.facts import Fact
from dosimeter.model.text import ServerText
from dosimeter.model.web import ArchiveDescribed, ProductCounted, Purpose, WebAnswered
from dosimeter.probes.dcm4chee import PROBE as DCM4CHEE
from dosimeter.probes.orthanc import PROBE, made_up_id
from tests.peers.standins import dcm4chee, dicoogle, orthanc, pages
from tests.peers.standins.serve import Answer, Guard, Holdings, Request, Site, guarded
from tests.unit.probes.product_visits import (
    ABSURD,
    answer,
    answers,
    counted,
    declines,
    only,
    specified,
    visit,
)

HELD = Holdings()
TRUTH = {
    Things.PATIENTS: HELD.patients,
    Things.STUDIES: HELD.studies,
    Things.SERIES: HELD.series,
    Things.INSTANCES: HELD.instances,
}


def test_an_open_one_says_what_it_is_and_how_much_it_holds() -> None:
    """Its version, title and port are told; its counters equal the truth; one page is looked at."""
    facts, asked = visit(orthanc.site(), PROBE)
    described = only(facts, ArchiveDescribed)
    assert described == ArchiveDescribed("orthanc", ServerText("1.10.1"), (ServerText("ORTHANC"),), (4242,))
    assert only(facts, ProductCounted).asked == "orthanc_statistics"
    assert counted(facts) == TRUTH
    assert [line.split("/")[1] for line in asked] == ["system", "statistics", "studies", "plugins", "app"]
    assert "orthanc_system" in answer(facts, "orthanc_system").signs


def test_a_study_that_cannot_exist_is_asked_for_and_not_kept() -> None:
    """404 with no body at all is the answer of the route; the identifier is in no fact."""
    facts, asked = visit(orthanc.site(), PROBE)
    retrieve = answer(facts, "orthanc_study")
    assert (retrieve.purpose, retrieve.status, retrieve.as_specified) == (Purpose.RETRIEVE, 404, True)
    assert retrieve.path == "/studies/{null}"
    (sent,) = [line for line in asked if "/studies/" in line]
    assert [len(group) for group in sent.rpartition("/")[2].split("-")] == [8] * 5


def test_made_up_identifiers_differ() -> None:
    """Nobody can have prepared a study under one."""
    assert len({made_up_id() for _ in range(100)}) == 100


def test_no_third_party_is_asked_after() -> None:
    """The other machines that it knows are none of our business."""
    _, asked = visit(orthanc.site(plugins=("ohif", "dicom-web")), PROBE)
    assert not [line for line in asked if "modalities" in line or "peers" in line or "servers" in line]


def test_the_pages_of_those_plugins_are_looked_at_that_it_has() -> None:
    """Each is an open page, with the sign of what it is."""
    facts, asked = visit(orthanc.site(plugins=("web-viewer", "stone-webviewer", "orthanc-explorer-2")), PROBE)
    landings = [fact for fact in facts if isinstance(fact, WebAnswered) and fact.purpose is Purpose.LANDING]
    assert {fact.asked: fact.as_specified for fact in landings} == {
        "orthanc_explorer": True,
        "orthanc_explorer_2": True,
        "orthanc_web_viewer": True,
        "orthanc_stone_viewer": True,
    }
    assert len(asked) == 8
    assert "orthanc_stone_viewer" in answer(facts, "orthanc_stone_viewer").signs


@pytest.mark.parametrize(
    "guard", [Guard.UNAUTHORISED, Guard.FORBIDDEN, Guard.LOGIN_REDIRECT, Guard.LOGIN_FORM]
)
def test_a_guarded_one_is_asked_once(guard: Guard) -> None:
    """Where its account of itself is refused nothing more is asked, and nothing is known of what it holds."""
    facts, asked = visit(guarded(orthanc.site(), guard, orthanc.REALM), PROBE)
    assert asked == ["GET /system"]
    assert specified(facts) == []
    assert len(facts) == 1


def test_its_realm_is_a_sign() -> None:
    """401 tells the product, and that a login stands before it."""
    facts, _ = visit(guarded(orthanc.site(), Guard.UNAUTHORISED, orthanc.REALM), PROBE)
    fact = answer(facts, "orthanc_system")
    assert (fact.status, fact.challenges, fact.signs) == (401, ("basic",), ("orthanc_realm",))


def test_behind_the_proxy_of_its_own_book_it_is_found() -> None:
    """The second root is asked where the first is not found."""
    facts, _ = visit(orthanc.site(root="/orthanc"), PROBE)
    systems = [(one.path, one.as_specified) for one in answers(facts, "orthanc_system")]
    assert systems == [("/system", False), ("/orthanc/system", True)]
    assert counted(facts) == TRUTH
    assert {fact.root for fact in facts if isinstance(fact, WebAnswered) and fact.as_specified} == {
        "/orthanc"
    }


def test_where_the_statistics_do_not_answer_the_metrics_are_read() -> None:
    """The same counters, by another name."""
    facts, _ = visit(orthanc.site(statistics=[]), PROBE)
    assert only(facts, ProductCounted).asked == "orthanc_metrics"
    assert counted(facts) == TRUTH


@pytest.mark.parametrize("number", ABSURD)
def test_an_absurd_counter_has_no_value(number: object) -> None:
    """It is shown that there is a counter, or nothing; never a number."""
    if isinstance(number, bytes):
        said: object = (
            b'{"CountPatients":1,"CountSeries":1,"CountInstances":1,"CountStudies":' + number + b"}"
        )
    else:
        said = orthanc.counters(HELD) | {"CountStudies": number}
    facts, _ = visit(orthanc.site(statistics=said, metrics=b"nothing"), PROBE)
    assert counted(facts).get(Things.STUDIES) is None


@pytest.mark.parametrize("number", ["-1", "1_000", "1e999", "9" * 5_000, "NaN", ""])
def test_an_absurd_metric_has_no_value(number: str) -> None:
    """Metrics are text, and are read as strictly."""
    metrics = f"orthanc_count_studies {number} 17\northanc_count_patients 3 17\n".encode()
    facts, _ = visit(orthanc.site(statistics=[], metrics=metrics), PROBE)
    assert counted(facts) == {Things.STUDIES: None, Things.PATIENTS: 3}


@pytest.mark.parametrize("site", [dicoogle.site(), pages.visage(), pages.json_catch_all(), pages.ohif("")])
def test_what_is_not_orthanc_is_not_taken_for_it(site: Site) -> None:
    """Neither another product nor what answers anything is Orthanc."""
    facts, _ = visit(site, PROBE)
    assert specified(facts) == []
    assert not [fact for fact in facts if isinstance(fact, (ArchiveDescribed, ProductCounted))]


def test_another_archive_is_not_asked_for_it() -> None:
    """A server whose product is known is asked nothing that is another's."""
    seen: tuple[Fact, ...] = (ArchiveDescribed("dcm4chee"),)
    assert declines(orthanc.site(), PROBE, seen) == "this is dcm4chee-arc"
    facts, _ = visit(dcm4chee.site(), DCM4CHEE)
    assert declines(orthanc.site(), PROBE, facts) == "this is dcm4chee-arc"


def test_a_study_that_is_refused_in_words_is_no_answer() -> None:
    """404 with a body is the answer to a path that does not exist."""
    inner = orthanc.site()

    def site(request: Request) -> Answer:
        return inner(replace(request, path=request.path.replace("/studies/", "/nowhere/")))

    facts, _ = visit(site, PROBE)
    assert "orthanc_study" not in specified(facts)
