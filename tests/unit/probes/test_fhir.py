from __future__ import annotations

import pytest

from dosimeter.model.census import Things
from dosimeter.model.web import ArchiveDescribed, ProductCounted, Purpose, WebAnswered
from dosimeter.probes.fhir import PROBE, text_behind
from tests.peers.standins import fhir, orthanc, pages
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


@pytest.mark.parametrize("root", ["/fhir", "/baseR4", "/hapi-fhir/fhir", ""])
def test_an_open_server_is_found_and_counts(root: str) -> None:
    """Patients and imaging studies equal the truth; no resource was returned."""
    facts, asked = visit(fhir.site(root=root), PROBE)
    assert only(facts, ProductCounted).product == "fhir"
    assert counted(facts) == {Things.PATIENTS: HELD.patients, Things.STUDIES: HELD.studies}
    assert asked[-2:] == [f"GET {root}/Patient?_summary=count", f"GET {root}/ImagingStudy?_summary=count"]
    assert {fact.purpose for fact in facts if isinstance(fact, WebAnswered)} == {Purpose.NEIGHBOUR}


def test_a_statement_longer_than_is_read_is_known_by_its_beginning() -> None:
    """Half a megabyte is usual."""
    facts, _ = visit(fhir.site(padding=500_000), PROBE)
    assert answer(facts, "fhir_metadata").as_specified
    assert counted(facts)[Things.PATIENTS] == HELD.patients


def test_counts_behind_a_login_are_refused_and_seen_to_be() -> None:
    """The statement is public by the standard; what it holds is not."""
    site = guarded(fhir.site(), Guard.UNAUTHORISED, shown=frozenset({"/fhir/metadata"}))
    facts, _ = visit(site, PROBE)
    assert specified(facts) == ["fhir_metadata"]
    assert answer(facts, "fhir_patient_count").status == 401
    assert counted(facts) == {}


@pytest.mark.parametrize(
    "guard", [Guard.UNAUTHORISED, Guard.FORBIDDEN, Guard.LOGIN_REDIRECT, Guard.LOGIN_FORM]
)
def test_a_guarded_server_shows_nothing(guard: Guard) -> None:
    """Each root is refused, and nothing is counted."""
    facts, asked = visit(guarded(fhir.site(), guard), PROBE)
    assert specified(facts) == []
    assert len(answers(facts, "fhir_metadata")) == len(asked) == 4


@pytest.mark.parametrize("number", ABSURD)
def test_an_absurd_total_has_no_value(number: object) -> None:
    """Never a number that nobody can hold."""
    facts, _ = visit(fhir.site(totals={"Patient": number}), PROBE)
    assert counted(facts).get(Things.PATIENTS) is None
    assert counted(facts)[Things.STUDIES] == HELD.studies


@pytest.mark.parametrize("site", [orthanc.site(), pages.json_catch_all(), pages.ohif("")])
def test_what_is_not_fhir_is_not_taken_for_it(site: Site) -> None:
    """A page or a list for everything is no capability statement."""
    facts, _ = visit(site, PROBE)
    assert specified(facts) == []
    assert counted(facts) == {}


def test_an_archive_that_owns_its_origin_is_not_asked() -> None:
    """Orthanc serves no FHIR."""
    assert declines(orthanc.site(), PROBE, (ArchiveDescribed("orthanc"),)) == "this is Orthanc"


@pytest.mark.parametrize(
    ("head", "text"),
    [
        ('{"fhirVersion":"4.0.1"}', "4.0.1"),
        ('{ "fhirVersion" :\n "5.0.0" }', "5.0.0"),
        ('{"fhirVersion": 4}', None),
        ('{"fhirVersion"', None),
        ('{"fhirVersion": "4', None),
        ("{}", None),
    ],
)
def test_a_text_is_read_without_parsing(head: str, text: str | None) -> None:
    """The beginning of a long JSON text is none."""
    assert text_behind(head, "fhirVersion") == text


@pytest.mark.parametrize(
    "body",
    [
        b'{"resourceType":"CapabilityStatement"}',
        b'{"resourceType":"Patient","fhirVersion":"4.0.1"}',
        b'["resourceType","CapabilityStatement","fhirVersion"]',
        b"",
    ],
)
def test_half_a_statement_is_none(body: bytes) -> None:
    """Its type and its version, both."""
    facts, _ = visit(lambda _request: Answer(200, body, "application/fhir+json"), PROBE)
    assert specified(facts) == []


@pytest.mark.parametrize(
    "body", [b'{"resourceType":"OperationOutcome","total":7}', b'{"resourceType":"Bundle"}', b"7"]
)
def test_only_a_bundle_with_a_total_is_a_count(body: bytes) -> None:
    """An error can hold a number too."""
    inner = fhir.site()

    def site(request: Request) -> Answer:
        return Answer(200, body, "application/fhir+json") if "_summary" in request.query else inner(request)

    facts, _ = visit(site, PROBE)
    assert specified(facts) == ["fhir_metadata"]
    assert counted(facts) == {}
