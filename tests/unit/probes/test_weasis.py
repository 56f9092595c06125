from __future__ import annotations

import pytest

from dosimeter.model.web import Purpose
from dosimeter.probes.weasis import PROBE
from tests.peers.standins import dcm4chee, pages
from tests.peers.standins.serve import Answer, Guard, Site, guarded
from tests.unit.probes.product_visits import answer, specified, visit


def test_a_manifest_of_nobody_is_answered() -> None:
    """It refuses a request without identifier in its own words, and has no study that cannot exist."""
    facts, asked = visit(pages.weasis(), PROBE)
    assert specified(facts) == ["weasis_request", "weasis_manifest"]
    manifest = answer(facts, "weasis_manifest")
    assert (manifest.purpose, manifest.rows) == (Purpose.QUERY, 0)
    assert manifest.path == "/weasis-pacs-connector/manifest?noGzip&studyUID={null}"
    assert asked[1].startswith("GET /weasis-pacs-connector/manifest?noGzip&studyUID=2.25.")


def test_a_manifest_of_somebody_ignores_the_study() -> None:
    """Patients are counted by their tag, and not read."""
    facts, _ = visit(pages.weasis(patients=3), PROBE)
    assert answer(facts, "weasis_manifest").rows == 3


def test_one_that_builds_for_listed_hosts_alone_refuses() -> None:
    """403 to the manifest is a guard."""
    facts, _ = visit(pages.weasis(is_allowed=False), PROBE)
    assert specified(facts) == ["weasis_request"]
    assert answer(facts, "weasis_manifest").status == 403


@pytest.mark.parametrize(
    "guard", [Guard.UNAUTHORISED, Guard.FORBIDDEN, Guard.LOGIN_REDIRECT, Guard.LOGIN_FORM]
)
def test_a_guarded_one_is_asked_once(guard: Guard) -> None:
    """Nothing shows a product, so no manifest is asked for."""
    facts, asked = visit(guarded(pages.weasis(), guard), PROBE)
    assert specified(facts) == []
    assert asked == ["GET /weasis-pacs-connector/RequestManifest"]


@pytest.mark.parametrize(
    "site",
    [dcm4chee.site(), pages.oviyam(), pages.json_catch_all(), lambda _request: Answer(400, b"Bad Request")],
)
def test_what_is_not_the_connector_is_not_taken_for_it(site: Site) -> None:
    """A server that refuses everything has other words."""
    facts, asked = visit(site, PROBE)
    assert specified(facts) == []
    assert len(asked) == 1
