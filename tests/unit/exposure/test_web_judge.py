from __future__ import annotations

import pytest

from dosimeter.census.claimed import claimed_counts
from dosimeter.exposure.classify import judge
from dosimeter.model.attempt import Attempt, Cause, Completed, Failed, Skipped
from dosimeter.model.facts import ClientCertificate, NotHttpSeen, Signature
from dosimeter.model.target import Service
from dosimeter.model.text import ServerText
from dosimeter.model.verdict import Confidence, DecoyTier, Exposure, Protection, Severity
from dosimeter.model.web import (
    ArchiveDescribed,
    BodyShape,
    LoginSign,
    MediaType,
    MllpAnswered,
    MllpEnding,
    Purpose,
    RedirectTo,
)
from tests.unit.exposure.seen import rules
from tests.unit.exposure.seen_web import (
    answer,
    control,
    counted,
    inside_tls,
    landing,
    no_such_path,
    orthanc_open,
    qido,
    refused,
    silent,
    source,
    told,
    wado,
    web,
)

OHIF = ("ohif_title",)

# Open to a browser.


def test_orthanc_with_everything_open_is_browsable_and_critical() -> None:
    """From loopback, as shipped: its pages, DICOMweb, counters and version, without a login."""
    judged = web(*orthanc_open(), census=claimed_counts([counted(studies=48, patients=32)]))
    assert judged.exposure is Exposure.BROWSABLE
    assert judged.severity is Severity.CRITICAL
    assert judged.confidence is Confidence.OBSERVED
    assert judged.speaks_dicom
    assert judged.protections == ()
    assert judged.product is not None
    assert (judged.product.name, judged.product.version) == ("Orthanc", "1.10.1")
    assert judged.reasons[0].rule == "browsable_viewer"
    assert judged.reasons[0].fact == "dicomweb_query#0"
    assert {"web_clear_text", "at_stake", "advisory", "no_content_security_policy"} <= set(rules(judged))
    assert any("32 patients and 48 studies" in reason.says for reason in judged.reasons)
    assert "CVE-2026-5442" in {advisory.id for advisory in judged.advisories}
    assert any('"AuthenticationEnabled": true' in step for each in judged.remedies for step in each.steps)


def test_dicomweb_that_answers_query_and_retrieve_is_browsable() -> None:
    """No page, no product: QIDO-RS and WADO-RS answered what cannot exist, as specified."""
    judged = web(*told(control(), qido(), no_such_path(), wado()))
    assert judged.exposure is Exposure.BROWSABLE
    assert judged.reasons[0].rule == "browsable_dicomweb"


def test_a_query_alone_is_browsable() -> None:
    """WADO-RS refused what QIDO-RS told."""
    judged = web(
        *told(control(), qido(), no_such_path(), refused("wado_rs", Purpose.RETRIEVE, root="/dicom-web"))
    )
    assert judged.exposure is Exposure.BROWSABLE
    assert judged.reasons[0].rule == "browsable_dicomweb_query"
    assert Protection.HTTP_LOGIN in judged.protections


def test_images_alone_are_browsable_to_whoever_knows_a_uid() -> None:
    """No query was answered; a WADO-URI for nothing was, otherwise than the path without one."""
    retrieve = answer(
        "wado_uri", Purpose.RETRIEVE, 404, BodyShape.TEXT, MediaType.TEXT, specified=True, root="/wado"
    )
    bare = answer("wado_uri_control", Purpose.CONTROL, 400, BodyShape.TEXT, MediaType.TEXT, root="/wado")
    judged = web(*told(control(), bare, retrieve))
    assert judged.exposure is Exposure.BROWSABLE
    assert judged.reasons[0].rule == "browsable_retrieve"
    assert judged.severity is Severity.HIGH


def test_a_service_that_finds_the_impossible_is_browsable_and_only_announced() -> None:
    """It ignores its keys: a decoy or defective, and not safe."""
    judged = web(*told(control(), qido(BodyShape.JSON_LIST, rows=3), no_such_path()))
    assert judged.exposure is Exposure.BROWSABLE
    assert judged.confidence is Confidence.ANNOUNCED
    assert judged.decoy.tier is DecoyTier.MEDIUM
    assert judged.reasons[0].rule == "browsable_ignores_keys"


def test_a_portal_without_its_login_page_is_browsable() -> None:
    """Horos' main page is shown to a stranger: all is behind it."""
    main = answer(
        "horos_main",
        Purpose.LANDING,
        200,
        BodyShape.HTML,
        MediaType.HTML,
        specified=True,
        signs=("horos_title",),
    )
    judged = web(*told(landing(signs=("horos_title",)), control()), Completed("horos", (main,)))
    assert judged.exposure is Exposure.BROWSABLE
    assert judged.reasons[0].rule == "browsable_portal"
    assert any("passwordWebServer" in step for each in judged.remedies for step in each.steps)


def test_a_portal_that_shows_a_login_form_instead_is_guarded() -> None:
    """Horos with passwords: 401 and a form, no challenge."""
    main = answer(
        "horos_main", Purpose.LANDING, 401, BodyShape.HTML_LOGIN, MediaType.HTML, signs=("horos_title",)
    )
    judged = web(*told(landing(signs=("horos_title",)), control()), Completed("horos", (main,)))
    assert judged.exposure is Exposure.GUARDED
    assert judged.protections == (Protection.LOGIN_FORM,)
    assert judged.speaks_dicom


def test_a_products_own_search_that_answers_is_browsable() -> None:
    """Dicoogle: its search for nobody was answered with no login."""
    search = answer(
        "dicoogle_search",
        Purpose.QUERY,
        200,
        BodyShape.JSON_OBJECT,
        MediaType.JSON,
        specified=True,
        signs=("dicoogle_results",),
    )
    judged = web(
        *told(control()),
        Completed("dicoogle", (search, ArchiveDescribed("dicoogle", ServerText.of("2.4.0")))),
    )
    assert judged.exposure is Exposure.BROWSABLE
    assert judged.reasons[0].rule == "browsable_rest"
    assert "EDB-45007" in {advisory.id for advisory in judged.advisories}


def test_orthanc_that_describes_itself_is_open_everywhere() -> None:
    """Its login is all or nothing; no DICOMweb plugin is needed to see that."""
    facts = [each for each in orthanc_open() if each.probe in ("web_control", "orthanc")]
    facts = [
        Completed(
            each.probe,
            tuple(fact for fact in each.facts if getattr(fact, "purpose", None) is not Purpose.RETRIEVE),
        )
        for each in facts
        if isinstance(each, Completed)
    ]
    judged = web(*facts)
    assert judged.exposure is Exposure.BROWSABLE
    assert judged.reasons[0].rule == "browsable_rest_description"


def test_orthanc_behind_a_proxy_that_lets_only_its_description_through_is_guarded() -> None:
    """The counters and the description answer, DICOMweb wants a login: totals are not patients."""
    open_facts = [each for each in orthanc_open() if each.probe in ("web_control", "orthanc")]
    kept: list[Attempt] = [
        Completed(
            each.probe,
            tuple(fact for fact in each.facts if getattr(fact, "purpose", None) is not Purpose.RETRIEVE),
        )
        for each in open_facts
        if isinstance(each, Completed)
    ]
    judged = web(*kept, *told(refused(root="/dicom-web")))
    assert judged.exposure is Exposure.GUARDED
    assert "counter_open" in rules(judged)
    assert judged.severity is Severity.MEDIUM


def test_a_worklist_alone_is_browsable() -> None:
    """UPS-RS or MWL answered a null query: tomorrow's patients."""
    items = answer(
        "mwl_rs",
        Purpose.WORKLIST,
        200,
        BodyShape.JSON_EMPTY_LIST,
        MediaType.DICOM_JSON,
        specified=True,
        root="/dicom-web",
    )
    judged = web(*told(control(), no_such_path(), items))
    assert judged.exposure is Exposure.BROWSABLE
    assert judged.worklist is True


# Guards.


@pytest.mark.parametrize(
    ("scheme", "protection"),
    [
        ("basic", Protection.HTTP_LOGIN),
        ("digest", Protection.HTTP_LOGIN),
        ("negotiate", Protection.HTTP_LOGIN),
        ("ntlm", Protection.HTTP_LOGIN),
        ("other", Protection.HTTP_LOGIN),
        ("bearer", Protection.SINGLE_SIGN_ON),
    ],
)
def test_a_challenge_is_a_login_or_a_single_sign_on(scheme: str, protection: Protection) -> None:
    """A bearer token comes from a server of identities, the others from whoever asks."""
    judged = web(*told(control(), refused(scheme=scheme), no_such_path()))
    assert judged.exposure is Exposure.GUARDED
    assert judged.protections == (protection,)


def test_orthanc_that_refuses_everything_is_guarded_and_known_by_its_realm() -> None:
    """As shipped, from another machine: 49 requests, 49 times 401."""
    realm = ("orthanc_realm",)
    judged = web(
        *told(
            answer("landing", Purpose.LANDING, 401, challenges=("basic",), signs=realm),
            answer("control", Purpose.CONTROL, 401, challenges=("basic",), signs=realm),
        ),
        *told(refused("orthanc_system", Purpose.DESCRIPTION, signs=realm, root="")),
        *told(refused(root="/dicom-web")),
    )
    assert judged.exposure is Exposure.GUARDED
    assert judged.speaks_dicom
    assert judged.product is not None
    assert judged.product.name == "Orthanc"
    assert judged.protections == (Protection.HTTP_LOGIN,)
    assert "password_in_clear" in rules(judged)


def test_whoever_refuses_everything_and_names_nobody_is_no_archive() -> None:
    """What is behind was not seen: guarded, and in no total of archives."""
    judged = web(
        *told(
            answer("landing", Purpose.LANDING, 401, challenges=("basic",)),
            answer("control", Purpose.CONTROL, 401, challenges=("basic",)),
            refused(root="/dicom-web"),
        )
    )
    assert judged.exposure is Exposure.GUARDED
    assert judged.reasons[0].rule == "guarded_web_everything"
    assert not judged.speaks_dicom


@pytest.mark.parametrize(
    ("login", "protection"),
    [
        (LoginSign.FORM, Protection.LOGIN_FORM),
        (LoginSign.OAUTH, Protection.SINGLE_SIGN_ON),
        (LoginSign.SAML, Protection.SINGLE_SIGN_ON),
        (LoginSign.CAS, Protection.SINGLE_SIGN_ON),
    ],
)
def test_a_redirect_to_a_login_is_a_guard(login: LoginSign, protection: Protection) -> None:
    """Where it leads says which."""
    sent = answer(
        "qido_rs", Purpose.QUERY, 302, login=login, to=RedirectTo.ELSEWHERE, authority="id.example:443"
    )
    judged = web(*told(control(), sent))
    assert judged.exposure is Exposure.GUARDED
    assert protection in judged.protections


def test_403_is_a_guard_and_no_login() -> None:
    """It forbids; nobody is asked who they are."""
    judged = web(*told(control(), answer("qido_rs", Purpose.QUERY, 403, root="/dicom-web")))
    assert judged.exposure is Exposure.GUARDED
    assert judged.protections == (Protection.HTTP_FORBIDDEN,)


def test_a_login_form_in_place_of_data_is_a_guard() -> None:
    """200 and a page that asks for a password is no answer to a query."""
    form = answer("qido_rs", Purpose.QUERY, 200, BodyShape.HTML_LOGIN, MediaType.HTML, root="/dicom-web")
    judged = web(*told(control(), form))
    assert judged.exposure is Exposure.GUARDED
    assert judged.protections == (Protection.LOGIN_FORM,)


def test_dcm4chee_secured_by_keycloak_is_guarded_by_single_sign_on() -> None:
    """Its interface wants a bearer token, its page redirects to the realm dcm4che."""
    page = answer(
        "dcm4chee_ui",
        Purpose.LANDING,
        302,
        login=LoginSign.OAUTH,
        to=RedirectTo.ELSEWHERE,
        authority="sso.example:8843",
        signs=("dcm4chee_keycloak",),
    )
    judged = web(*told(control(), refused("dcm4chee_aets", Purpose.DESCRIPTION, "bearer")), *told(page))
    assert judged.exposure is Exposure.GUARDED
    assert judged.speaks_dicom
    assert judged.protections == (Protection.SINGLE_SIGN_ON,)
    assert "redirects_elsewhere" in rules(judged)


@pytest.mark.parametrize("wants", [ClientCertificate.OPTIONAL, ClientCertificate.REQUIRED])
def test_nginx_that_answers_400_without_a_certificate_is_guarded_by_it(wants: ClientCertificate) -> None:
    """The handshake passes, and then nothing is answered but 400."""
    attempts = told(
        inside_tls(wants), control(400), answer("qido_rs", Purpose.QUERY, 400), probe="web_landing"
    )
    judged = web(*attempts, service=Service.WEB_TLS)
    assert judged.exposure is Exposure.GUARDED
    assert judged.protections == (Protection.TLS, Protection.CLIENT_CERTIFICATE)
    assert not judged.speaks_dicom


def test_tls_that_ends_without_a_certificate_is_guarded_by_it() -> None:
    """No HTTP came at all: the alert said why."""
    failed = Failed("web_landing", Cause.TLS_FAILED, "…", (inside_tls(ClientCertificate.REQUIRED),))
    judged = web(failed, service=Service.WEB_TLS)
    assert judged.exposure is Exposure.GUARDED
    assert judged.protections == (Protection.TLS, Protection.CLIENT_CERTIFICATE)


def test_basic_authentication_inside_tls_is_no_password_in_clear() -> None:
    """Behind nginx with TLS and a login: guarded, and nothing to complain of."""
    judged = web(
        Completed("web_landing", (inside_tls(), refused("landing", Purpose.LANDING))),
        *told(answer("control", Purpose.CONTROL, 401, challenges=("basic",)), refused()),
        service=Service.WEB_TLS,
    )
    assert judged.exposure is Exposure.GUARDED
    assert judged.protections == (Protection.TLS, Protection.HTTP_LOGIN)
    assert "password_in_clear" not in rules(judged)


# Viewers.


def test_a_viewer_whose_data_answer_is_browsable() -> None:
    """OHIF on nginx with an open data source at the same origin."""
    judged = web(
        *told(landing(signs=OHIF), control()),
        *told(source(RedirectTo.SAME_ORIGIN)),
        *told(qido(), no_such_path()),
    )
    assert judged.exposure is Exposure.BROWSABLE
    assert judged.reasons[0].rule == "browsable_viewer"
    assert "OHIF viewer" in judged.reasons[0].says


def test_a_viewer_whose_data_want_a_login_is_guarded() -> None:
    """A static page tells nothing; the data source beside it does."""
    judged = web(
        *told(landing(signs=OHIF), control()),
        *told(source(RedirectTo.SAME_ORIGIN)),
        *told(refused(root="/dicom-web")),
    )
    assert judged.exposure is Exposure.GUARDED
    assert judged.speaks_dicom
    assert "viewer_without_login" in rules(judged)


def test_a_viewer_whose_data_are_elsewhere_is_not_decided() -> None:
    """The place is named and nobody was asked there."""
    judged = web(
        *told(landing(signs=OHIF), control()),
        *told(source(RedirectTo.ELSEWHERE, "pacs.example:8042", in_scope=False)),
        *told(answer("qido_rs", Purpose.QUERY, 404, root="/dicom-web")),
    )
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert judged.reasons[0].rule == "inconclusive_viewer"
    assert judged.speaks_dicom
    assert any("pacs.example:8042, which is outside the scope" in reason.says for reason in judged.reasons)


# What is not decided.


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_not_called_safe(status: int) -> None:
    """Busy means later."""
    busy = Failed("dicomweb_query", Cause.BUSY, "…", (answer("qido_rs", Purpose.QUERY, status),))
    judged = web(*told(landing(), control(401, challenges=("basic",))), busy)
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert judged.reasons[0].rule == "inconclusive_web_busy"


def test_an_error_of_the_server_is_not_called_safe() -> None:
    """500 at a DICOMweb root may be an archive with a fault."""
    judged = web(*told(landing(), control(), answer("qido_rs", Purpose.QUERY, 500, root="/dicom-web")))
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert judged.reasons[0].rule == "inconclusive_web_fault"


def test_silence_after_a_refusal_is_not_called_safe() -> None:
    """One path asked for a login, the query got no answer."""
    judged = web(*told(landing(), control(401, challenges=("basic",))), silent("dicomweb_query"))
    assert judged.exposure is Exposure.INCONCLUSIVE


@pytest.mark.parametrize("cause", [Cause.TIMED_OUT, Cause.CLOSED_EARLY, Cause.TLS_FAILED, Cause.BAD_PEER])
def test_silence_is_not_safety(cause: Cause) -> None:
    """No HTTP came back, and nothing else is known."""
    assert web(silent(cause=cause)).exposure is Exposure.INCONCLUSIVE


@pytest.mark.parametrize("cause", [Cause.REFUSED, Cause.UNREACHABLE])
def test_nothing_listens(cause: Cause) -> None:
    """A refused connection is no archive and no guard."""
    assert web(silent(cause=cause)).exposure is Exposure.UNREACHABLE


def test_at_a_low_touch_a_web_server_is_not_decided() -> None:
    """Only the first page and a path that cannot exist were asked."""
    judged = web(*told(landing(), control()))
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert judged.reasons[0].rule == "inconclusive_web_touch"


def test_a_port_that_wants_tls_is_not_decided() -> None:
    """Asked in clear, it answered with an alert, and was not asked again."""
    failed = Failed("web_landing", Cause.NOT_HTTP, "…", (NotHttpSeen(Signature.TLS_ALERT),))
    assert web(failed).reasons[0].rule == "inconclusive_web_other_way"


# What is no archive.


NOT_ARCHIVES: dict[str, tuple[Attempt, ...]] = {
    "a web server": told(landing(), control(), answer("qido_rs", Purpose.QUERY, 404, root="/dicom-web")),
    "a single-page application": told(
        landing(),
        control(200, BodyShape.HTML, media_type=MediaType.HTML),
        answer("qido_rs", Purpose.QUERY, 200, BodyShape.HTML, MediaType.HTML, root="/dicom-web"),
    ),
    "an interface that answers [] to anything": told(
        control(200, BodyShape.JSON_EMPTY_LIST, media_type=MediaType.JSON),
        qido(media_type=MediaType.JSON),
    ),
    "an interface that answers [] under a root to anything": told(
        control(),
        answer("c", Purpose.CONTROL, 200, BodyShape.JSON_EMPTY_LIST, MediaType.JSON, root="/dicom-web"),
        qido(media_type=MediaType.JSON),
    ),
    "one that says dicom+json to anything": told(
        control(200, BodyShape.JSON_EMPTY_LIST, media_type=MediaType.DICOM_JSON), qido()
    ),
    "one that answers 204 to anything": told(
        control(204), answer("qido_rs", Purpose.QUERY, 204, specified=True, root="/dicom-web")
    ),
    "a list of something else": told(
        control(), qido(BodyShape.JSON_LIST, MediaType.JSON, specified=False, rows=20), no_such_path()
    ),
    "an empty list beside a page for everything": told(
        control(200, BodyShape.HTML, media_type=MediaType.HTML), qido(media_type=MediaType.JSON)
    ),
    "a captive portal": told(
        answer("landing", Purpose.LANDING, 302, authority="portal.example:80", to=RedirectTo.ELSEWHERE),
        answer("control", Purpose.CONTROL, 302, authority="portal.example:80", to=RedirectTo.ELSEWHERE),
        answer("qido_rs", Purpose.QUERY, 302, authority="portal.example:80", to=RedirectTo.ELSEWHERE),
    ),
    "an application with a login page": told(
        landing(BodyShape.HTML_LOGIN), control(), answer("qido_rs", Purpose.QUERY, 404, root="/dicom-web")
    ),
    "what does not find anything": told(control(), wado()),
}


@pytest.mark.parametrize("attempts", NOT_ARCHIVES.values(), ids=NOT_ARCHIVES)
def test_an_ordinary_web_server_is_no_archive(attempts: tuple[Attempt, ...]) -> None:
    """Neither browsable nor guarded: what proves nothing is not held against anybody."""
    judged = web(*attempts, Skipped("sample_qido", "not allowed"))
    assert judged.exposure is Exposure.NOT_DICOM
    assert not judged.speaks_dicom
    assert judged.remedies == () or "password_in_clear" in rules(judged)


def test_ssh_on_a_web_port_is_no_archive() -> None:
    """Its banner says what it is."""
    failed = Failed("web_landing", Cause.NOT_HTTP, "…", (NotHttpSeen(Signature.SSH),))
    judged = web(failed)
    assert judged.exposure is Exposure.NOT_DICOM
    assert "an SSH banner" in judged.reasons[0].says


def test_what_a_sample_found_is_no_answer_to_a_null_query() -> None:
    """It asked for what matches, and was given it."""
    rows = qido(BodyShape.JSON_LIST, rows=20)
    judged = web(*told(control(), qido(), no_such_path()), Completed("sample_qido", (rows,)))
    assert judged.reasons[0].rule == "browsable_dicomweb_query"
    assert judged.decoy.tier is DecoyTier.NONE


def test_an_interface_that_only_says_whose_it_is_describes_nothing() -> None:
    """Neither version nor titles nor ports."""
    api = answer(
        "conquest_api",
        Purpose.DESCRIPTION,
        200,
        BodyShape.JSON_OBJECT,
        MediaType.JSON,
        specified=True,
        signs=("conquest_dicomweb",),
    )
    judged = web(*told(control(), api, answer("qido_rs", Purpose.QUERY, 404)))
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert "description_open" not in rules(judged)


def test_a_web_answer_at_a_dicom_port_shows_no_dicom() -> None:
    """A port that was asked as both is judged as what it is asked for."""
    dicom = judge((*told(landing(), qido()), silent("dicom_associate")), service=Service.DICOM)
    assert not dicom.speaks_dicom
    assert dicom.exposure is Exposure.INCONCLUSIVE


# Beside the ladder.


def test_stow_that_takes_nothing_is_a_store_open_to_strangers() -> None:
    """An empty multipart came back as specified."""
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
    judged = web(*told(control(), qido(), no_such_path(), store))
    assert judged.accepts_writes is True
    assert "stow_accepted" in rules(judged)


def test_stow_that_refuses_takes_nothing_from_strangers() -> None:
    """OPTIONS named POST, the request itself was refused: that counts."""
    options = answer(
        "stow_rs_options", Purpose.STORE, 204, specified=True, root="/dicom-web", method="OPTIONS"
    )
    post = refused("stow_rs", Purpose.STORE, method="POST", root="/dicom-web")
    judged = web(*told(control(), qido(), no_such_path(), options, post))
    assert judged.accepts_writes is False
    assert "stow_accepted" not in rules(judged)


def test_stow_that_was_not_asked_is_not_known() -> None:
    """Nothing learnt is not no."""
    assert web(*told(control(), qido(), no_such_path())).accepts_writes is None


def test_any_site_may_read_along() -> None:
    """The headers say so, on the answer of a query."""
    judged = web(*told(control(), qido(marks=("cors_any_origin", "cors_credentials")), no_such_path()))
    said = next(reason.says for reason in judged.reasons if reason.rule == "cors_any_origin")
    assert "credentials" in said


def test_an_open_archive_inside_tls_is_browsable_all_the_same() -> None:
    """TLS hides the traffic and asks nobody who they are."""
    judged = web(
        *told(inside_tls(), probe="web_landing"),
        *told(control(), qido(), no_such_path()),
        service=Service.WEB_TLS,
    )
    assert judged.exposure is Exposure.BROWSABLE
    assert judged.protections == (Protection.TLS,)
    assert "web_clear_text" not in rules(judged)


def test_the_signs_of_several_archives_are_a_costume() -> None:
    """No real one shows three makers' pages."""
    judged = web(
        *told(landing(signs=("synapse_title", "vue_pacs_title", "orthanc_explorer")), control()),
        *told(answer("qido_rs", Purpose.QUERY, 404)),
    )
    assert judged.decoy.tier is DecoyTier.MEDIUM


def test_one_weak_sign_names_no_product() -> None:
    """Two of one place say no more than one."""
    weak = web(
        *told(landing(signs=("conquest_project", "conquest_cgi")), control(), answer("q", Purpose.QUERY, 404))
    )
    assert weak.product is None


# The neighbours.


def test_fhir_that_counts_patients_for_strangers_is_another_door() -> None:
    """No archive, and the same people."""
    metadata = answer(
        "fhir_metadata",
        Purpose.NEIGHBOUR,
        200,
        BodyShape.JSON_OBJECT,
        MediaType.FHIR_JSON,
        specified=True,
        root="/fhir",
        signs=("fhir_capability",),
    )
    count = answer(
        "fhir_patient_count",
        Purpose.NEIGHBOUR,
        200,
        BodyShape.JSON_OBJECT,
        MediaType.FHIR_JSON,
        specified=True,
        root="/fhir",
    )
    judged = web(
        *told(control(), metadata, count, counted("fhir", patients=120)),
        *told(answer("qido_rs", Purpose.QUERY, 404)),
    )
    assert judged.exposure is Exposure.NOT_DICOM
    assert not judged.speaks_dicom
    assert judged.severity is Severity.HIGH
    assert any(reason.rule == "fhir_open" and "120 patients" in reason.says for reason in judged.reasons)


@pytest.mark.parametrize(
    ("ending", "exposure"),
    [
        (MllpEnding.FRAMED, Exposure.NOT_DICOM),
        (MllpEnding.SILENT, Exposure.INCONCLUSIVE),
        (MllpEnding.CLOSED, Exposure.INCONCLUSIVE),
        (MllpEnding.OTHER, Exposure.NOT_DICOM),
    ],
)
def test_hl7_is_judged_by_what_an_empty_frame_was_answered(ending: MllpEnding, exposure: Exposure) -> None:
    """Only what speaks MLLP is said to take part."""
    judged = web(Completed("hl7_mllp", (MllpAnswered(ending, 3),)), service=Service.HL7)
    assert judged.exposure is exposure
    assert ("hl7_open" in rules(judged)) is (ending is MllpEnding.FRAMED)
    assert not judged.speaks_dicom


def test_an_hl7_port_that_is_closed_is_unreachable() -> None:
    """Nothing listens."""
    judged = web(silent("hl7_mllp", Cause.REFUSED), service=Service.HL7)
    assert judged.exposure is Exposure.UNREACHABLE
