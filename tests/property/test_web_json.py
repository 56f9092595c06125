from __future__ import annotations

import json
from typing import Final

from hypothesis import example, given
from hypothesis import strategies as st

from dosimeter.model.attempt import Cause
from dosimeter.model.facts import Fact
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.text import ServerText
from dosimeter.model.web import Purpose, RedirectTo, WebAnswered
from dosimeter.net.causes import WireFailure
from dosimeter.net.web import WebResponse, is_path
from dosimeter.probes._declare import NotAsked, Visit
from dosimeter.probes._web import MAX_REQUESTS, read_json
from dosimeter.probes._web_place import leads_to, path_of_hop, place_of
from dosimeter.probes._web_reading import challenges_of, has_password_field
from dosimeter.probes.dicomweb_query import PROBE as QUERY
from dosimeter.probes.dicomweb_retrieve import PROBE as RETRIEVE
from dosimeter.probes.dicomweb_store import PROBE as STORE
from dosimeter.probes.dicomweb_worklist import PROBE as WORKLIST
from dosimeter.probes.wado_uri import PROBE as WADO_URI
from dosimeter.probes.web_control import PROBE as CONTROL
from dosimeter.probes.web_landing import PROBE as LANDING
from dosimeter.store.web_facts import encode_web_fact, read_web_fact
from tests.unit.probes.web_visiting import new_visit, visit_with

PROBES: Final = (LANDING, CONTROL, QUERY, RETRIEVE, WADO_URI, STORE, WORKLIST)
HERE: Final = Endpoint("127.42.0.1", 8042, Service.WEB, "pacs.example")

NAMES: Final = st.sampled_from(
    [
        *("content-type", "location", "www-authenticate", "server", "set-cookie", "x-powered-by", "via"),
        *("access-control-allow-origin", "allow", "x-frame-options", "retry-after"),
    ]
)
VALUES: Final = st.one_of(
    st.text(st.characters(max_codepoint=255), max_size=60),
    st.sampled_from(
        [
            *("application/dicom+json", "application/json", "text/html", "POST", "*", "Basic realm=x"),
            *("/login", "//evil.example", "http://[::1", "/a/../..", "?", "#", "http://127.42.0.1:8042/x"),
        ]
    ),
)
BODIES: Final = st.one_of(
    st.binary(max_size=300),
    st.sampled_from([b"[]", b"{}", b"null", b"[{}]", b'<html><input type="password">', b"<title>", b'"']),
    st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=30).map(
        lambda value: json.dumps(value).encode()
    ),
)
RESPONSES: Final = st.builds(
    WebResponse,
    status=st.one_of(st.integers(100, 599), st.sampled_from([200, 204, 302, 401, 404])),
    headers=st.lists(st.tuples(NAMES, VALUES), max_size=6).map(tuple),
    body=BODIES,
    is_cut=st.booleans(),
    milliseconds=st.integers(0, 10_000),
)


def facts_of(visit: Visit) -> tuple[Fact, ...]:
    """What all probes of this folder keep of a server; a failure ends it, as in a survey."""
    for probe in PROBES:
        try:
            visit_with(visit, probe)
        except NotAsked:
            continue
        except WireFailure as failure:
            visit.seen += failure.facts
            if failure.cause is Cause.BUSY:
                break
    return visit.seen


@given(RESPONSES)
@example(WebResponse(200, (("content-type", "application/dicom+json"),), b"[]", False, 0))
@example(WebResponse(204, (), b"", False, 0))
def test_a_server_that_answers_everything_alike_never_answers_as_specified(response: WebResponse) -> None:
    """Whatever it says: no probe raises anything else, nothing is an answer, and the budget holds."""
    visit = new_visit(lambda _: response)
    facts = facts_of(visit)
    answered = [fact for fact in facts if isinstance(fact, WebAnswered)]
    assert answered
    assert not any(fact.as_specified for fact in answered)
    assert len(answered) <= MAX_REQUESTS
    for fact in answered:
        assert read_web_fact(fact.kind, json.loads(json.dumps(encode_web_fact(fact)))[1:]) == fact


@given(st.lists(RESPONSES, min_size=1, max_size=8))
def test_a_server_that_answers_anyhow_breaks_nothing(responses: list[WebResponse]) -> None:
    """One answer after the other, over and over: facts come of it, or a failure with a cause."""
    count = iter(range(10_000))
    visit = new_visit(lambda _: responses[next(count) % len(responses)])
    facts = facts_of(visit)
    assert any(isinstance(fact, WebAnswered) and fact.purpose is Purpose.LANDING for fact in facts)


@given(st.text(st.characters(min_codepoint=0x41, max_codepoint=0x5A), min_size=12, max_size=12))
def test_nothing_of_a_body_a_query_or_a_path_is_kept(secret: str) -> None:
    """A word that stands in page, title, cookie and Location is in no fact."""
    body = f"<html><title>{secret}</title>{secret}</html>"
    fields = (("location", f"/{secret}?{secret}={secret}"), ("set-cookie", f"a={secret}"))
    visit = new_visit(lambda _: WebResponse(302, fields, body.encode(), False, 0))
    assert secret not in repr(facts_of(visit))


@given(st.binary(max_size=400))
def test_json_is_read_as_python_reads_it_or_not_at_all(body: bytes) -> None:
    """Nothing is made up: what is read, another reader reads too."""
    value = read_json(body)
    if value is not None:
        assert json.loads(body.decode("utf-8-sig")) == value


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=20,
    )
)
def test_json_that_is_shallow_enough_is_read(value: object) -> None:
    """Brackets, quotes and backslashes in strings deceive nobody."""
    depth = nesting(value)
    assert read_json(json.dumps(value).encode()) == (value if depth <= 16 else None)


def nesting(value: object) -> int:
    """How deep lists and objects stand in one another."""
    if isinstance(value, dict):
        return 1 + max(map(nesting, value.values()), default=0)
    return 1 + max(map(nesting, value), default=0) if isinstance(value, list) else 0


@given(st.text(max_size=80), st.sampled_from(["/", "/a/b", "/a?b=c"]))
@example("http://127.42.0.1:8042\\@evil.example/", "/")
def test_a_hop_is_a_path_of_ours_to_send(location: str, asked: str) -> None:
    """Whatever stands in a Location: it leads elsewhere, or to a path on the same origin that HTTP allows."""
    hop = path_of_hop(location, HERE, asked)
    if hop is not None:
        assert is_path(hop)
        assert leads_to(place_of(location, HERE), HERE) is RedirectTo.SAME_ORIGIN


@given(st.lists(st.text(max_size=80), max_size=4), st.binary(max_size=200))
def test_headers_and_pages_never_raise(fields: list[str], body: bytes) -> None:
    """Schemes are ours, and a realm can be made harmless."""
    schemes, realm = challenges_of(tuple(fields))
    assert all(scheme.isascii() and scheme == scheme.lower() for scheme in schemes)
    ServerText.of(realm or "")
    assert has_password_field(body) in {True, False}
