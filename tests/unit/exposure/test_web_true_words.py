"""What is said of a web port is true, and no more than was seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dosimeter.model.attempt import Attempt, Cause, Failed, Skipped
from dosimeter.model.facts import NotHttpSeen, Signature
from dosimeter.model.target import Service
from dosimeter.model.text import ServerText
from dosimeter.model.verdict import Exposure, Severity
from dosimeter.model.web import ArchiveDescribed, BodyShape, LoginSign, MediaType, Purpose
from tests.unit.exposure.seen import rules
from tests.unit.exposure.seen_web import (
    answer,
    control,
    inside_tls,
    landing,
    no_such_path,
    qido,
    refused,
    silent,
    told,
    web,
)


def dcm4chee_that_tells(*, counters: bool = True) -> tuple[Attempt, ...]:
    """Its AE titles, and how much it holds; DICOMweb is not where it is as shipped."""
    aets = answer(
        "dcm4chee_aets",
        Purpose.DESCRIPTION,
        200,
        BodyShape.JSON_LIST,
        MediaType.JSON,
        specified=True,
        signs=("dcm4chee_aets",),
    )
    number = answer(
        "dcm4chee_studies_count", Purpose.COUNTER, 200, BodyShape.JSON_OBJECT, MediaType.JSON, specified=True
    )
    described = ArchiveDescribed("dcm4chee", None, (ServerText.of("DCM4CHEE"),))
    facts = (control(), aets, described, *((number,) if counters else ()))
    return (*told(*facts), *told(answer("qido_rs", Purpose.QUERY, 404)))


def test_counters_that_answer_where_nothing_is_refused_are_browsable() -> None:
    """Its interface told a stranger how much it holds, and is one with that to the data."""
    judged = web(*dcm4chee_that_tells())
    assert judged.exposure is Exposure.BROWSABLE
    assert judged.severity is Severity.CRITICAL
    assert judged.reasons[0].rule == "browsable_rest_interface"
    assert "its own counters" in judged.reasons[0].says
    assert "counter_open" not in rules(judged)
    assert "web_clear_text" in rules(judged)


def test_its_list_of_titles_alone_is_the_interface_to_its_data() -> None:
    """Whoever is told them is asked for no login there."""
    judged = web(*dcm4chee_that_tells(counters=False))
    assert judged.reasons[0].rule == "browsable_rest_interface"
    assert "whose data it holds" in judged.reasons[0].says


@pytest.mark.parametrize("purpose", [Purpose.QUERY, Purpose.STORE, Purpose.LANDING])
def test_counters_beside_a_refusal_are_a_finding(purpose: Purpose) -> None:
    """Totals, and no patient."""
    judged = web(*dcm4chee_that_tells(), *told(refused("asked", purpose, root="/elsewhere")))
    assert judged.exposure in {Exposure.GUARDED, Exposure.INCONCLUSIVE}
    assert {"counter_open", "description_open"} <= set(rules(judged))


def says(*attempts: Attempt) -> str:
    """All that is said."""
    return " ".join(reason.says for reason in web(*attempts).reasons)


def test_a_bearer_challenge_sends_nowhere_and_a_redirect_does() -> None:
    """401 with a challenge; 302 to the server of identities."""
    challenged = says(*told(control(), refused(scheme="bearer")))
    assert "wants a token of a single sign-on (401)" in challenged
    assert "sends to" not in challenged
    sent = answer("qido_rs", Purpose.QUERY, 302, login=LoginSign.SAML)
    assert "sends to a single sign-on" in says(*told(control(), sent))


def test_a_login_page_that_was_not_opened_shows_no_form() -> None:
    """A path that begins with /login is all that is known."""
    sent = answer("qido_rs", Purpose.QUERY, 302, login=LoginSign.FORM)
    said = says(*told(control(), sent))
    assert "sends to a login page, which was not opened" in said
    assert "shows a login form" not in said


def test_a_filter_of_addresses_is_no_login() -> None:
    """403 to everything: nobody is asked to log in."""
    asked = (answer("landing", Purpose.LANDING, 403), control(403), answer("qido_rs", Purpose.QUERY, 403))
    said = says(*told(*asked))
    assert "Forbids all that it was asked" in said
    assert "log in" not in said


def test_who_answers_one_path_does_not_refuse_before_anything_else() -> None:
    """FHIR's metadata are for everybody."""
    metadata = answer(
        "fhir_metadata",
        Purpose.NEIGHBOUR,
        200,
        BodyShape.JSON_OBJECT,
        MediaType.FHIR_JSON,
        specified=True,
        root="/fhir",
    )
    walls = told(refused("landing", Purpose.LANDING), control(401, challenges=("basic",)), refused())
    assert "Refuses, before anything else, whoever" in says(*walls)
    judged = web(*walls, *told(metadata))
    assert judged.exposure is Exposure.GUARDED
    assert "before anything else" not in judged.reasons[0].says
    assert "not at every path" in judged.reasons[0].says


@pytest.mark.parametrize(("scheme", "is_said"), [("basic", True), ("digest", False), ("negotiate", False)])
def test_only_a_password_that_is_sent_is_sent_in_clear(scheme: str, *, is_said: bool) -> None:
    """Digest and Negotiate send none (RFC 7616, RFC 4559)."""
    judged = web(*told(control(401, challenges=(scheme,)), refused(scheme=scheme)))
    assert ("password_in_clear" in rules(judged)) is is_said


def test_a_question_that_the_time_did_not_reach_is_said_so() -> None:
    """A product showed itself, and the null query was not put."""
    late = Skipped("dicomweb_query", "the time for this host was over")
    for signs in (("orthanc_explorer",), ()):
        judged = web(*told(landing(signs=signs), control()), late)
        assert judged.exposure is Exposure.INCONCLUSIVE
        assert judged.reasons[0].rule == "inconclusive_web_not_reached"
        assert "the time for this host was over" in judged.reasons[0].says


def test_a_server_that_resets_after_its_first_page_left_questions_open() -> None:
    """The touch allowed them; they failed."""
    judged = web(*told(landing()), silent("web_control", Cause.CLOSED_EARLY))
    assert judged.reasons[0].rule == "inconclusive_web_question"


@pytest.mark.parametrize(
    ("status", "media_type"), [(200, MediaType.MULTIPART), (200, MediaType.XML), (406, MediaType.TEXT)]
)
def test_a_service_that_speaks_another_form_is_not_called_no_archive(
    status: int, media_type: MediaType
) -> None:
    """QIDO-RS answered in XML until 2017; beside it no path is found."""
    other = answer("qido_rs", Purpose.QUERY, status, BodyShape.OTHER, media_type, root="/dicom-web")
    judged = web(*told(control(), other, no_such_path()))
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert judged.reasons[0].rule == "inconclusive_web_form"
    assert not judged.speaks_dicom
    alike = answer("control", Purpose.CONTROL, status, BodyShape.OTHER, media_type, root="/dicom-web")
    assert web(*told(control(), other, alike)).exposure is Exposure.NOT_DICOM


def test_wado_uri_is_told_apart_by_its_own_control() -> None:
    """No object: not found. No parameters: a bad request. The page of 404 may be the server's own."""
    retrieve = answer("wado_uri", Purpose.RETRIEVE, 404, specified=True, root="/wado")
    bare = answer("wado_uri_control", Purpose.CONTROL, 400, root="/wado")
    assert web(*told(control(), bare, retrieve)).reasons[0].rule == "browsable_retrieve"
    assert web(*told(control(400), bare, retrieve)).exposure is Exposure.NOT_DICOM


def test_a_workitem_that_is_not_found_is_told_apart_by_its_own_control() -> None:
    """404 for a workitem, another answer for a word that is no service."""
    item = answer("ups_rs", Purpose.WORKLIST, 404, specified=True, root="/dicom-web")
    word = answer("ups_rs_control", Purpose.CONTROL, 405, root="/dicom-web")
    assert web(*told(control(), word, item)).worklist is True
    assert web(*told(control(), replace(word, status=404), item)).worklist is None


def test_a_server_that_answers_one_question_in_two_ways_is_not_decided() -> None:
    """Two servers stand behind one address: neither open, nor guarded, nor no archive."""
    first = qido(specified=False)
    again = answer("qido_rs_again", Purpose.QUERY, 404, root="/dicom-web")
    judged = web(*told(control(), first, again, no_such_path()))
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert judged.reasons[0].rule == "inconclusive_web_flapping"
    steady = web(*told(control(), qido(), replace(qido(), asked="qido_rs_again"), no_such_path()))
    assert steady.exposure is Exposure.BROWSABLE


@pytest.mark.parametrize("asked", ["wado_rs", "wado_rs_again"])
def test_a_retrieve_that_wants_no_login_beside_a_query_that_does_is_not_called_guarded(asked: str) -> None:
    """The proxy lets /studies/* through, as is done for viewers."""
    missing = answer(asked, Purpose.RETRIEVE, 404, root="/dicom-web")
    judged = web(*told(control(), refused(root="/dicom-web"), missing))
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert judged.reasons[0].rule == "inconclusive_web_retrieve"
    elsewhere = web(*told(control(), refused(root="/dicom-web"), replace(missing, root="/other")))
    assert elsewhere.exposure is Exposure.GUARDED


def test_a_store_open_beside_a_guarded_query_is_said() -> None:
    """Nginx guards GET alone: whoever likes may send."""
    store = answer(
        "stow_rs",
        Purpose.STORE,
        200,
        BodyShape.JSON_OBJECT,
        MediaType.DICOM_JSON,
        specified=True,
        root="/dicom-web",
        method="POST",
    )
    judged = web(*told(control(), refused(root="/dicom-web"), store))
    assert judged.exposure is Exposure.GUARDED
    assert judged.accepts_writes is True
    assert judged.severity is Severity.MEDIUM


def test_http_in_clear_after_a_handshake_that_failed_is_in_clear() -> None:
    """Port 8443 without TLS: asked for TLS first, then in clear."""
    failed = inside_tls(protocol=None)
    judged = web(*told(failed, probe="web_landing"), *told(control(), qido(), no_such_path()))
    assert "web_clear_text" in rules(judged)


def test_what_was_sent_to_a_port_of_another_protocol_is_named() -> None:
    """To a port for TLS went a ClientHello, and no HTTP."""
    banner = Failed("web_landing", Cause.NOT_HTTP, "…", (NotHttpSeen(Signature.SSH),))
    inside = web(banner, service=Service.WEB_TLS)
    assert "Answered a ClientHello with an SSH banner" in inside.reasons[0].says
    assert "Answered an HTTP request with an SSH banner" in web(banner).reasons[0].says


def test_an_archive_beside_fhir_on_one_origin_is_no_fhir_server() -> None:
    """DICOMweb answered: which product's is not known."""
    judged = web(*told(control(signs=("fhir_capability",)), qido(), no_such_path()))
    assert judged.exposure is Exposure.BROWSABLE
    assert judged.product is None
