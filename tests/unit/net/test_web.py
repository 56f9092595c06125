from __future__ import annotations

import pytest

from dosimeter.net.web import MAX_PATH, Method, WebRequest, WebResponse, is_path


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/dicom-web/studies?StudyInstanceUID=2.25.1&limit=1",
        "/%7Eviewer/a[1]",
        "//evil.example/",
        "/" + "a" * (MAX_PATH - 1),
    ],
)
def test_visible_ascii_after_a_slash_is_a_path(path: str) -> None:
    """It is sent as it stands, whatever it would mean as a link."""
    assert is_path(path)
    assert WebRequest(path).path == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "studies",
        "http://127.0.0.1/",
        "*",
        "/a b",
        "/a\r\nX: y",
        "/a\x00",
        "/é",
        "/a#b",
        "/" + "a" * MAX_PATH,
        "/\x7f",
    ],
)
def test_what_could_end_the_request_line_is_no_path(path: str) -> None:
    """A root that a server named is checked with the same question before it is asked for."""
    assert not is_path(path)
    with pytest.raises(ValueError, match="path"):
        WebRequest(path)


def test_the_line_of_a_request_is_its_method_and_path() -> None:
    """That is what the audit log is told."""
    assert WebRequest("/dicom-web/studies", Method.POST_NOTHING).line == "POST /dicom-web/studies"


def test_headers_are_found_by_their_name_in_lower_case() -> None:
    """The first one, all of them, or none."""
    response = WebResponse(
        401, (("server", "x"), ("www-authenticate", "a"), ("www-authenticate", "b")), b"", False, 1
    )
    assert response.header("www-authenticate") == "a"
    assert response.all_of("www-authenticate") == ("a", "b")
    assert response.header("location") is None
    assert response.all_of("location") == ()
