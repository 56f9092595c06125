from __future__ import annotations

import json

import pytest

from dosimeter.lab.catalogue import catalogue_of
from dosimeter.lab.face import Face, Kind, Login
from dosimeter.lab.holdings import invent_holdings
from dosimeter.lab.web_answers import Asked, Reply, answer

CATALOGUE = catalogue_of(invent_holdings(3, patients=5, appointments=2))
TRUTH = CATALOGUE.truth()
NULL = "2.25.1"


def ask(kind: Kind, target: str, method: str = "GET", login: Login = Login.NONE) -> Reply:
    """What a face of this kind answers."""
    return answer(Face(kind, 8042, "", login), CATALOGUE, Asked.of(method, target))


def test_an_open_orthanc_counts_what_it_holds_and_names_its_dicom_port() -> None:
    """/system and /statistics, as Orthanc 1.10.1 sends them."""
    system = json.loads(ask(Kind.ORTHANC, "/system").body)
    assert (system["DicomAet"], system["DicomPort"]) == ("ORTHANC", 11112)
    statistics = json.loads(ask(Kind.ORTHANC, "/statistics").body)
    assert statistics["CountStudies"] == TRUTH.studies
    assert statistics["CountInstances"] == TRUTH.instances


@pytest.mark.parametrize(
    ("kind", "root"),
    [
        (Kind.ORTHANC, "/dicom-web"),
        (Kind.OHIF, "/dicom-web"),
        (Kind.DCM4CHEE, "/dcm4chee-arc/aets/ORTHANC/rs"),
    ],
)
def test_a_null_query_finds_nothing_and_a_null_retrieve_has_no_such_study(kind: Kind, root: str) -> None:
    """DICOMweb as a conformant archive speaks it."""
    query = ask(kind, f"{root}/studies?StudyInstanceUID={NULL}&limit=1")
    assert (query.status, query.media_type, query.body) == (200, "application/dicom+json", b"[]")
    assert ask(kind, f"{root}/studies/{NULL}/metadata").status == 404
    assert ask(kind, f"{root}/nothing").status == 404


def test_a_query_for_rows_is_answered_with_whom_they_are_of() -> None:
    """QIDO-RS returns the patient's name whether asked or not (PS3.18 Table 10.6.3-3)."""
    rows = json.loads(ask(Kind.ORTHANC, "/dicom-web/studies?limit=3").body)
    assert len(rows) == 3
    assert all(row["00100010"]["Value"][0]["Alphabetic"] for row in rows)


@pytest.mark.parametrize("target", ["/", "/system", "/dicom-web/studies", "/nothing"])
def test_a_password_is_wanted_for_everything(target: str) -> None:
    """The control path too: nothing of what is behind shows, but Orthanc's own realm."""
    reply = ask(Kind.ORTHANC, target, login=Login.BASIC)
    assert (reply.status, reply.body) == (401, b"")
    assert dict(reply.headers)["WWW-Authenticate"] == 'Basic realm="Orthanc Secure Area"'


def test_a_viewer_shows_its_page_for_any_path_and_its_data_to_nobody() -> None:
    """The data source alone wants a password."""
    assert ask(Kind.OHIF, "/anything", login=Login.DATA) == ask(Kind.OHIF, "/", login=Login.DATA)
    assert ask(Kind.OHIF, "/dicom-web/studies", login=Login.DATA).status == 401


def test_single_sign_on_leads_pages_away_and_wants_a_token_for_data() -> None:
    """As dcm4chee-arc behind Keycloak."""
    page = ask(Kind.DCM4CHEE, "/dcm4chee-arc/ui2/", login=Login.SINGLE_SIGN_ON)
    assert (page.status, "openid-connect" in dict(page.headers)["Location"]) == (302, True)
    data = ask(Kind.DCM4CHEE, "/dcm4chee-arc/aets", login=Login.SINGLE_SIGN_ON)
    assert (data.status, dict(data.headers)["WWW-Authenticate"]) == (401, 'Bearer realm="dcm4che"')


def test_a_fhir_server_counts_the_same_patients() -> None:
    """Patient?_summary=count (FHIR R4, search)."""
    bundle = json.loads(ask(Kind.FHIR, "/fhir/Patient?_summary=count").body)
    assert (bundle["resourceType"], bundle["total"]) == ("Bundle", TRUTH.patients)


def test_an_ordinary_application_answers_anything_with_its_page() -> None:
    """Nothing of it is an archive."""
    assert ask(Kind.PAGES, "/dicom-web/studies") == ask(Kind.PAGES, "/")
    assert ask(Kind.BUSY, "/").status == 503
