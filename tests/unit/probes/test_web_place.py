from __future__ import annotations

import time

import pytest

from dosimeter.model.target import Endpoint, Service
from dosimeter.model.web import LoginSign, RedirectTo
from dosimeter.probes._web_place import leads_to, login_sign_of, path_of_hop, place_of, redirect_of
from tests.unit.probes.web_visiting import says

HERE = Endpoint("127.42.0.1", 8042, Service.WEB, "pacs.example")
SIX = Endpoint("2001:db8::1", 443, Service.WEB_TLS)
SAME, HOST, AWAY, OTHER = RedirectTo


@pytest.mark.parametrize(
    ("location", "expected", "authority"),
    [
        ("app/explorer.html", SAME, None),
        ("/ui/", SAME, None),
        ("?a=b", SAME, None),
        ("#top", SAME, None),
        ("", SAME, None),
        ("http://pacs.example:8042/x", SAME, None),
        ("HTTP://PACS.example.:8042", SAME, None),
        ("http://127.42.0.1:8042/", SAME, None),
        ("//pacs.example:8042/x", SAME, None),
        ("http://user:secret@127.42.0.1:8042/", SAME, None),
        ("https://pacs.example:8042/", HOST, "pacs.example:8042"),
        ("https://pacs.example/", HOST, "pacs.example:443"),
        ("http://pacs.example/", HOST, "pacs.example:80"),
        ("//pacs.example", HOST, "pacs.example:80"),
        ("http://pacs.example:99999/", HOST, "pacs.example"),
        ("http://pacs.example:8042x/", HOST, "pacs.example"),
        ("http://localhost/dicom-web", AWAY, "localhost:80"),
        ("//evil.example/x", AWAY, "evil.example:80"),
        ("\\\\evil.example/x", AWAY, "evil.example:80"),
        ("/\\evil.example/x", AWAY, "evil.example:80"),
        ("/\t/evil.example", AWAY, "evil.example:80"),
        (" http:evil.example", AWAY, "evil.example:80"),
        ("http:/evil.example", AWAY, "evil.example:80"),
        ("http:////evil.example", AWAY, "evil.example:80"),
        ("http://pacs.example:8042@evil.example/", AWAY, "evil.example:80"),
        ("http://a:secret@evil.example/", AWAY, "evil.example:80"),
        ("http://evil.example\\@pacs.example:8042/", AWAY, "evil.example:80"),
        ("http://pacs.example.evil.example:8042/", AWAY, "pacs.example.evil.example:8042"),
        ("http://127.42.1:8042/", AWAY, "127.42.1:8042"),
        ("http://0x7f.42.0.1:8042/", AWAY, "0x7f.42.0.1:8042"),
        ("http://[::1]:8042/", AWAY, "[::1]:8042"),
        ("http://[::1", AWAY, "[::1]:80"),
        ("javascript:alert(1)", OTHER, None),
        ("file:///etc/passwd", OTHER, None),
        ("ftp://pacs.example/", OTHER, None),
        ("data:text/html,x", OTHER, None),
        ("http://p\u202eacs.example/", AWAY, "p\\u202eacs.example:80"),
    ],
)
def test_a_location_is_told_by_where_it_leads(
    location: str, expected: RedirectTo, authority: str | None
) -> None:
    """As a browser would go; what is not plainly here is elsewhere; what stands before an @ is dropped."""
    redirect = redirect_of(says(302, location=location), HERE)
    assert redirect is not None
    assert redirect.to is expected
    assert (None if redirect.authority is None else str(redirect.authority)) == authority


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://[2001:db8::1]/", SAME),
        ("https://[2001:DB8:0:0::1]:443/", SAME),
        ("//[2001:db8::1]", SAME),
        ("http://[2001:db8::1]/", HOST),
        ("https://[2001:db8::2]/", AWAY),
        ("https://2001:db8::1/", AWAY),
    ],
)
def test_ipv6_is_compared_as_addresses(location: str, expected: RedirectTo) -> None:
    """However it is written."""
    assert leads_to(place_of(location, SIX), SIX) is expected


def test_only_redirects_that_say_where_are_any() -> None:
    """300, 304 and 201 are none, nor is a 302 without a Location."""
    for status in (200, 201, 300, 304, 305, 404):
        assert redirect_of(says(status, location="/x"), HERE) is None
    assert redirect_of(says(302), HERE) is None
    for status in (301, 302, 303, 307, 308):
        assert redirect_of(says(status, location="/x"), HERE) is not None


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/", LoginSign.NONE),
        ("/app/explorer.html", LoginSign.NONE),
        ("/ui2/en/", LoginSign.NONE),
        ("/author/1", LoginSign.NONE),
        ("/login", LoginSign.FORM),
        ("/pacs/login.php?next=%2F", LoginSign.FORM),
        ("/portal/WebLogin.aspx", LoginSign.FORM),
        ("/Account/Login?ReturnUrl=%2f", LoginSign.FORM),
        ("/auth", LoginSign.FORM),
        ("/users/sign_in", LoginSign.FORM),
        ("/oauth2/start?rd=%2F", LoginSign.OAUTH),
        ("https://id.example/connect/authorize?client_id=x&response_type=code", LoginSign.OAUTH),
        ("https://id.example/any?response_type=code&client_id=x", LoginSign.OAUTH),
        ("https://id.example/realms/dcm4che/protocol/openid-connect/auth?client_id=ui", LoginSign.OAUTH),
        ("https://id.example/sso?SAMLRequest=fZ", LoginSign.SAML),
        ("https://id.example/adfs/ls/?wa=wsignin1.0&wtrealm=x", LoginSign.SAML),
        ("/Shibboleth.sso/Login?target=x", LoginSign.SAML),
        ("https://cas.example/cas/login?service=x", LoginSign.CAS),
        ("/studies?client_id=1", LoginSign.NONE),
    ],
)
def test_a_login_is_known_by_its_path_and_its_parameters(location: str, expected: LoginSign) -> None:
    """Form, OAuth 2.0, SAML and CAS are told apart."""
    assert login_sign_of(place_of(location, HERE)) is expected


@pytest.mark.parametrize(
    ("location", "asked", "expected"),
    [
        ("app/explorer.html", "/", "/app/explorer.html"),
        ("explorer.html", "/app/x", "/app/explorer.html"),
        ("../ui/", "/app/x/y", "/app/ui/"),
        ("../../../../x", "/a/b", "/x"),
        ("/a/./b/../c", "/", "/a/c"),
        ("/a/%2e%2E/b", "/", "/b"),
        ("/a/..", "/", "/"),
        ("?a=1", "/x?b=2", "/x?a=1"),
        ("#x", "/x?b=2", "/x?b=2"),
        ("/x#y", "/", "/x"),
        ("http://127.42.0.1:8042", "/x", "/"),
        ("http://127.42.0.1:8042/y?q=1", "/x", "/y?q=1"),
        ("http://evil.example/", "/", None),
        ("https://127.42.0.1:8042/", "/", None),
        ("javascript:1", "/", None),
        ("/caf\u00e9", "/", None),
        ("/a b", "/", None),
        ("/" + "a" * 5_000, "/", None),
    ],
)
def test_a_hop_stays_on_the_origin_or_is_none(location: str, asked: str, expected: str | None) -> None:
    """Resolved as RFC 3986 has it; what is no path that we would send is not sent."""
    assert path_of_hop(location, HERE, asked) == expected


def test_a_long_location_takes_no_time() -> None:
    """Only its beginning is read."""
    began = time.perf_counter()
    for text in ("/.." * 300_000, "\\" * 1_000_000, "http://" + "@" * 1_000_000, "a:" * 500_000):
        redirect_of(says(302, location=text), HERE)
        path_of_hop(text, HERE, "/")
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize("asked", ["/pacs/login.php", "/oauth/login", "/Login"])
def test_a_login_of_our_own_words_is_none(asked: str) -> None:
    """Sent on to HTTPS, to a slash, to another host: the path is the one that was asked."""
    for location in (
        f"https://pacs.example{asked}",
        f"{asked}/",
        f"//www.pacs.example{asked}",
        asked.upper(),
    ):
        redirect = redirect_of(says(301, location=location), HERE, asked)
        assert redirect is not None
        assert redirect.login is LoginSign.NONE
    redirect = redirect_of(says(302, location="/auth/signin"), HERE, asked)
    assert redirect is not None
    assert redirect.login is LoginSign.FORM
