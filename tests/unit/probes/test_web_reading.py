from __future__ import annotations

import hashlib
import time

import pytest

from dosimeter.exposure.web_signs import WEB_SIGNS, SignPlace
from dosimeter.model.web import BodyShape, MediaType, Purpose
from dosimeter.net.web import WebResponse
from dosimeter.probes._web import Question, ask
from dosimeter.probes._web_reading import (
    BODY_WINDOW,
    challenges_of,
    has_password_field,
    marks_of,
    media_type_of,
    signs_of,
)
from tests.unit.probes.web_visiting import finish, new_visit, says

FORM = "<html><form><input name=u><input type='password' name=p></form></html>"


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (None, MediaType.NONE),
        ("", MediaType.NONE),
        (" ; charset=utf-8", MediaType.NONE),
        ("application/dicom+json", MediaType.DICOM_JSON),
        ("Application/DICOM+JSON;charset=UTF-8", MediaType.DICOM_JSON),
        ("application/json; charset=utf-8", MediaType.JSON),
        ("application/fhir+json", MediaType.FHIR_JSON),
        ('multipart/related; type="application/dicom"; boundary=x', MediaType.MULTIPART),
        ("application/dicom", MediaType.DICOM),
        ("text/html", MediaType.HTML),
        ("application/xhtml+xml", MediaType.HTML),
        ("application/dicom+xml", MediaType.XML),
        ("text/plain", MediaType.TEXT),
        ("image/x-icon", MediaType.IMAGE),
        ("application/javascript", MediaType.SCRIPT),
        ("application/octet-stream", MediaType.OTHER),
        ("x" * 100_000, MediaType.OTHER),
    ],
)
def test_the_media_type_is_told_without_its_parameters(field: str | None, expected: MediaType) -> None:
    """Letters' case and parameters do not matter."""
    assert media_type_of(field) is expected


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (says(204), BodyShape.EMPTY),
        (says(200, "[]", "application/json"), BodyShape.JSON_EMPTY_LIST),
        (says(200, "[]", "text/html"), BodyShape.JSON_EMPTY_LIST),
        (says(200, " [1]", None), BodyShape.JSON_LIST),
        (says(404, '{"a": 1}'), BodyShape.JSON_OBJECT),
        (says(200, "null", "application/json"), BodyShape.JSON_OTHER),
        (says(200, "<html>", "application/json"), BodyShape.BROKEN),
        (says(200, "[1", "application/dicom+json"), BodyShape.BROKEN),
        (says(200, "[1"), BodyShape.TEXT),
        (says(200, "<p>", "text/html"), BodyShape.HTML),
        (says(200, "\n<!DOCTYPE HTML><p>"), BodyShape.HTML),
        (says(200, '<?xml version="1.0"?><!DOCTYPE html><p>'), BodyShape.HTML),
        (says(200, '<?xml version="1.0"?><a/>'), BodyShape.XML),
        (says(200, "<a/>", "text/xml"), BodyShape.XML),
        (says(200, FORM, "text/html"), BodyShape.HTML_LOGIN),
        (says(200, FORM, "text/html", is_cut=True), BodyShape.HTML_LOGIN),
        (says(200, FORM.replace("password", "text"), "text/html", is_cut=True), BodyShape.CUT),
        (says(200, "[", "application/json", is_cut=True), BodyShape.CUT),
        (says(200, b"\0" * 128 + b"DICM"), BodyShape.DICOM),
        (says(200, b"x", "application/dicom"), BodyShape.DICOM),
        (says(200, "--x--", "multipart/related"), BodyShape.MULTIPART),
        (says(200, "hello"), BodyShape.TEXT),
        (says(200, b"\x89PNG\0"), BodyShape.OTHER),
    ],
)
def test_a_body_is_read_to_its_shape(response: WebResponse, expected: BodyShape) -> None:
    """What it says it is counts before what it looks like, and JSON that is none is broken."""
    visit = new_visit(lambda _: response)
    assert finish(ask(visit, Question("x", Purpose.DESCRIPTION, "/x"))).fact.body is expected


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (b'<input type="password">', True),
        (b"<INPUT name=p TYPE = 'Password' required>", True),
        (b"<input id=a type=password>", True),
        (b'<input\n  type="password"\n  name="p">', True),
        (b"<p>Forgot your password?</p>", False),
        (b'<a href="/password">', False),
        (b'<label type="password">', False),
        (b'<input type="text"> type="password"', False),
        (b'<input name="password">', False),
        (b'<input type="hidden" value="password">', False),
        (b"type=password", False),
    ],
)
def test_a_field_for_a_password_makes_a_login(page: bytes, expected: bool) -> None:  # noqa: FBT001  a column
    """The word alone does not."""
    assert has_password_field(page) is expected


@pytest.mark.parametrize(
    "body",
    [
        b"password" * 8_000,
        b'type="password' * 4_000,
        b"<input " * 9_000 + b"type=password>" * 100,
        b"<" * 60_000 + b"password" * 500,
    ],
)
def test_looking_for_one_takes_no_time(body: bytes) -> None:
    """Not even in a page made to make it long."""
    began = time.perf_counter()
    has_password_field(body)
    assert time.perf_counter() - began < 0.2


@pytest.mark.parametrize(
    ("fields", "schemes", "realm"),
    [
        ((), (), None),
        (('Basic realm="Orthanc Secure Area"',), ("basic",), "Orthanc Secure Area"),
        (("basic",), ("basic",), None),
        (('Basic realm="a, b", Digest realm="c", nonce="x,y"',), ("basic", "digest"), "a, b"),
        (("Negotiate", "NTLM", 'Basic realm="x"'), ("negotiate", "ntlm", "basic"), "x"),
        (("Negotiate YII=", "Bearer"), ("negotiate", "bearer"), None),
        (('Bearer realm = "x", error="invalid_token"',), ("bearer",), "x"),
        (("Basic realm=plain, charset=UTF-8",), ("basic",), "plain"),
        (('Basic charset="UTF-8", realm="say \\"hi\\""',), ("basic",), 'say "hi"'),
        (("X-Custom realm=y, X-Other z",), ("other",), "y"),
        (('Basic realm="never closed',), ("basic",), "never closed"),
        ((",, ,Basic",), ("basic",), None),
    ],
)
def test_challenges_are_told_apart(
    fields: tuple[str, ...], schemes: tuple[str, ...], realm: str | None
) -> None:
    """Several in one field, several fields, commas in quotes, schemes that nobody registered."""
    assert challenges_of(fields) == (schemes, realm)


def test_a_field_of_a_million_commas_takes_no_time() -> None:
    """Only its beginning is read."""
    began = time.perf_counter()
    challenges_of(("," * 1_000_000, '"' * 1_000_000) * 20)
    assert time.perf_counter() - began < 0.2


def test_security_headers_have_names_of_ours() -> None:
    """A header that is there but says nothing does not count where its value matters."""
    assert marks_of(says()) == ()
    assert marks_of(says(access_control_allow_origin="https://a.example", x_content_type_options="x")) == ()
    assert marks_of(
        says(
            access_control_allow_origin="*",
            access_control_allow_credentials="TRUE",
            content_security_policy="default-src 'none'",
            strict_transport_security="max-age=1",
            x_frame_options="DENY",
            x_content_type_options="nosniff",
        )
    ) == ("cors_any_origin", "cors_credentials", "csp", "hsts", "frame_options", "x_content_type_options")


def response_with(place: SignPlace, text: str) -> tuple[WebResponse, str | None]:
    """An answer that bears a text in a place, and its realm."""
    realm = text if place is SignPlace.REALM else None
    return {
        SignPlace.TITLE: says(200, f"<html><TITLE lang=en>\n {text} 2</title>"),
        SignPlace.REALM: says(401),
        SignPlace.SERVER: says(server=f"{text}/1.0"),
        SignPlace.COOKIE: says(set_cookie=f"{text}=abc"),
        SignPlace.BODY: says(200, f"xx{text}xx", "text/html"),
        SignPlace.DATA: says(200, f"xx{text}xx"),
        SignPlace.LOCATION: says(302, location=f"/{text}?x=1"),
        SignPlace.HEADER: says(x_powered_by=f"{text} 3"),
        SignPlace.FAVICON_MD5: says(),
    }[place], realm


@pytest.mark.parametrize("sign", [one for one in WEB_SIGNS if one.where is not SignPlace.FAVICON_MD5])
def test_every_sign_of_the_table_is_found_where_it_stands(sign: object) -> None:
    """In letters of any case."""
    assert hasattr(sign, "where")
    response, realm = response_with(sign.where, sign.text.upper())
    assert sign.name in signs_of(response, realm)


def test_a_sign_in_another_place_is_none() -> None:
    """A page that speaks of Orthanc is not one of Orthanc's, and a query string can say anything."""
    assert signs_of(says(200, "<p>Orthanc Explorer</p>"), None) == ()
    assert signs_of(says(302, location="/login?next=app/explorer.html"), None) == ()
    assert signs_of(says(200, "x", set_cookie="a=MEDDREAMSESSID"), None) == ()


def test_a_title_begins_with_its_sign() -> None:
    """And has little more; a page about products names them anywhere, and says more."""
    for title in (
        "Notes: Orthanc Explorer, MedDream",
        "Dicoogle and Orthanc Explorer compared - Oviyam blog",
    ):
        assert signs_of(says(200, f"<title>{title}</title>", "text/html"), None) == ()
    assert signs_of(says(200, "<title> Orthanc  Explorer</title>"), None) == ("orthanc_explorer",)


def test_a_page_that_quotes_data_of_a_product_is_not_the_product() -> None:
    """A configuration, a description: they are themselves, or in a page about them."""
    quoted = 'wadoUriRoot @ohif/extension- "IsHttpServerSecure" "dicomAETitle"'
    assert signs_of(says(200, f"<p>{quoted}", "text/html"), None) == ()
    assert signs_of(says(200, f"<!DOCTYPE html><p>{quoted}"), None) == ()
    assert len(signs_of(says(200, quoted, "application/javascript"), None)) == 4


OUR_PATHS = [
    "/dcm4chee-arc/aets",
    "/dcm4chee-arc/ui2/",
    "/oviyam2/",
    "/oviyam2/viewer.html",
    "/weasis-pacs-connector/RequestManifest",
    "/pacsone/login.php",
    "/orthanc/system",
    "/app/explorer.html",
    "/cgi-bin/dgate?mode=top",
    "/search?keyword=true&field=SOPInstanceUID&query=StudyInstanceUID:2.25.1",
]


@pytest.mark.parametrize("path", OUR_PATHS)
def test_what_repeats_the_path_that_was_asked_bears_no_sign(path: str) -> None:
    """In a Location to HTTPS, to a slash, to another host; in the title, the realm and the text of a page."""
    first = path.strip("/").partition("/")[0]
    for location in (
        f"https://pacs.example{path}",
        f"{path}/",
        f"//www.pacs.example{path}",
        path,
        f"/x{path}",
    ):
        assert signs_of(says(301, location=location), None, asked=path) == ()
    for said in (
        path,
        path.upper(),
        f"404 {path}",
        f"{first} was not found",
        f"/{first}",
        f"{first}/ - none",
    ):
        page = says(
            404, f"<title>{said}</title><p>{said} is not here: http://pacs.example{path}", "text/html"
        )
        assert signs_of(page, None, asked=path) == ()
        assert signs_of(says(401), said, asked=path) == ()


def test_a_product_is_seen_at_a_path_that_names_it() -> None:
    """What a page says beside our own words is its own."""
    oviyam = says(200, "<title>Oviyam</title><p>/oviyam2/", "text/html")
    assert signs_of(oviyam, None, asked="/oviyam2/") == ("oviyam_title",)
    pacsone = says(200, "<title>PacsOne Server</title>PacsOne Server 6.6.2", "text/html")
    assert signs_of(pacsone, None, asked="/pacsone/login.php") == ("pacsone_title", "pacsone_body")
    assert signs_of(says(302, location="/dcm4chee-arc/ui2/"), None, asked="/") == ("dcm4chee_location",)


def test_ohif_is_seen_by_a_name_before_its_styles() -> None:
    """As it is built: the title stands behind more than four thousand bytes of them."""
    styles = f"<style>{'x' * 4_200}</style>"
    name = '<meta name="application-name" content="OHIF Viewer"/>'
    page = says(200, f"<html>{name}{styles}<title>OHIF Viewer</title>", "text/html")
    assert signs_of(page, None) == ("ohif_application", "ohif_title")


def test_signs_are_looked_for_at_the_beginning() -> None:
    """What comes after the window is not read."""
    assert signs_of(says(200, " " * BODY_WINDOW + "<title>OHIF Viewer</title>"), None) == ()
    assert signs_of(says(200, " " * BODY_WINDOW + '"IsHttpServerSecure"'), None) == ()


def test_an_icon_is_told_by_its_digest_and_by_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a whole one, of a good answer."""
    body = b"\0\0\1\0 an icon"
    digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
    known = next(one for one in WEB_SIGNS if one.where is SignPlace.FAVICON_MD5)
    made = type(known)("made_icon", "orthanc", SignPlace.FAVICON_MD5, digest, "made here")
    monkeypatch.setattr("dosimeter.probes._web_reading.WEB_SIGNS", (made,))
    assert signs_of(says(200, body), None, is_icon=True) == ("made_icon",)
    assert signs_of(says(200, body), None) == ()
    assert signs_of(says(404, body), None, is_icon=True) == ()
    assert signs_of(says(200, body, is_cut=True), None, is_icon=True) == ()
