from __future__ import annotations

import json

import pytest

from dosimeter.model.attempt import Cause
from dosimeter.model.facts import NotHttpSeen, Signature
from dosimeter.model.text import ServerText
from dosimeter.model.web import BodyShape, MediaType, Purpose, WebAnswered
from dosimeter.net.causes import WireFailure
from dosimeter.net.web import WebRequest, WebResponse
from dosimeter.probes._declare import NotAsked, Visit
from dosimeter.probes._web import (
    MAX_REQUESTS,
    Question,
    ask,
    read_json,
    requests_left,
    seen_control,
)
from dosimeter.probes.web_control import PROBE as CONTROL
from tests.unit.net.driving import authorisation
from tests.unit.probes.web_visiting import NOT_FOUND, finish, new_visit, requests_of, says, visit_with

FRONT = Question("landing", Purpose.LANDING, "/")


def heard_of(response: WebResponse) -> WebAnswered:
    """The fact of one answer to a question that no service specifies."""
    return finish(ask(new_visit(lambda _: response), FRONT)).fact


def test_a_fact_keeps_what_was_asked_and_how_it_was_answered() -> None:
    """Status, shape, media type, software and size; of the text of the page nothing."""
    page = says(
        200, "<html><title>DOE^JOHN</title>1970-01-01</html>", "text/html; charset=utf-8", server="x/1"
    )
    fact = heard_of(page)
    assert fact == WebAnswered(
        asked="landing",
        purpose=Purpose.LANDING,
        method="GET",
        path="/",
        status=200,
        body=BodyShape.HTML,
        media_type=MediaType.HTML,
        as_specified=False,
        server=ServerText("x/1"),
        milliseconds=1,
        received=len(page.body),
    )
    assert "DOE" not in repr(fact)


def test_what_is_made_on_the_spot_is_sent_and_not_kept() -> None:
    """The fact, and the audit log, have a placeholder in its place."""
    question = Question(
        "qido_rs", Purpose.QUERY, "/x/studies/2.25.1", shown_path="/x/studies/{null}", root="/x"
    )
    visit = new_visit(lambda request: says(200, request.path))
    heard = finish(ask(visit, question))
    assert heard.response.body == b"/x/studies/2.25.1"
    assert (heard.fact.path, heard.fact.root) == ("/x/studies/{null}", "/x")
    assert requests_of(visit) == ["GET /x/studies/{null}"]


def test_only_the_asking_probe_says_what_is_as_specified() -> None:
    """Without its word no answer is."""
    visit = new_visit(lambda _: says(200, "[]", "application/json"))
    assert not finish(ask(visit, FRONT)).fact.as_specified
    assert finish(ask(visit, FRONT, lambda response: response.status == 200)).fact.as_specified


def test_no_endpoint_is_asked_more_than_its_questions() -> None:
    """The 49th is not sent; a probe that has not been answered anything says that it was not asked."""
    visit = new_visit(lambda _: NOT_FOUND)
    for _ in range(MAX_REQUESTS):
        visit.seen += (finish(ask(visit, FRONT)).fact,)
    visit.heard = []
    assert requests_left(visit) == 0
    with pytest.raises(NotAsked, match="48 questions"):
        finish(ask(visit, FRONT))
    assert len(requests_of(visit)) == MAX_REQUESTS == 48


def test_what_was_heard_before_the_questions_ran_out_is_kept() -> None:
    """A probe that is stopped half-way has failed, and its facts go with the failure."""
    visit = new_visit(lambda _: NOT_FOUND)
    visit.requests = MAX_REQUESTS - 2

    async def asks_on(visit: Visit) -> tuple[WebAnswered, ...]:
        return tuple([(await ask(visit, FRONT)).fact for _ in range(5)])

    with pytest.raises(WireFailure) as caught:
        finish(asks_on(visit))
    assert caught.value.cause is Cause.LOCAL
    assert [fact.status for fact in caught.value.facts if isinstance(fact, WebAnswered)] == [404, 404]


def test_what_was_heard_before_the_line_failed_is_kept() -> None:
    """And what the line itself saw comes after it; what an earlier probe kept is not kept again."""
    answers = [NOT_FOUND, NOT_FOUND]

    def site(_: WebRequest) -> WebResponse:
        if not answers:
            raise WireFailure(Cause.NOT_HTTP, "no HTTP", (NotHttpSeen(Signature.OTHER),))
        return answers.pop()

    visit = new_visit(site)
    earlier = finish(ask(visit, FRONT)).fact
    visit.seen, visit.heard = (earlier,), []
    later = finish(ask(visit, FRONT)).fact
    with pytest.raises(WireFailure) as caught:
        finish(ask(visit, FRONT))
    assert caught.value.cause is Cause.NOT_HTTP
    assert caught.value.facts == (later, NotHttpSeen(Signature.OTHER))
    assert caught.value.facts[0] is later


@pytest.mark.parametrize("status", [429, 503])
def test_a_front_page_that_says_too_much_ends_the_probe(status: int) -> None:
    """Later, never harder: it is busy, and the answer that says so is kept."""
    with pytest.raises(WireFailure) as caught:
        heard_of(says(status))
    assert caught.value.cause is Cause.BUSY
    (fact,) = caught.value.facts
    assert isinstance(fact, WebAnswered)
    assert fact.status == status


def test_one_path_that_is_unavailable_ends_nothing_and_a_second_does() -> None:
    """A proxy whose backend is away says 503 for it alone; one that limits says it again and again."""
    visit = new_visit(lambda _: says(503))
    question = Question("orthanc_system", Purpose.DESCRIPTION, "/system")
    assert finish(ask(visit, question)).fact.status == 503
    with pytest.raises(WireFailure) as caught:
        finish(ask(visit, question))
    assert caught.value.cause is Cause.BUSY


def test_a_visit_to_another_kind_of_port_is_not_asked() -> None:
    """No HTTP goes where there is no line for it."""
    nobody: object = None
    visit = Visit(nobody, authorisation(104), "X")  # type: ignore[arg-type]  # no DICOM is spoken here
    with pytest.raises(NotAsked, match="not a web port"):
        finish(ask(visit, FRONT))


def test_the_control_is_the_one_under_the_origin() -> None:
    """Controls under a root are others."""
    visit = new_visit(lambda _: NOT_FOUND)
    under = finish(
        ask(visit, Question("c", Purpose.CONTROL, "/x/abc", shown_path="/x/{null}", root="/x"))
    ).fact
    (control,) = visit_with(visit, CONTROL)
    assert seen_control((under,)) is None
    assert seen_control((under, control)) is control


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        "0",
        '"text"',
        '[{"00100010": {"vr": "PN"}}]',
        '["[[[[[[[[[[[[[[[[[[[[[["]',
        '["\\"[[[[[[[[[[[[[[[[[[[["]',
        '["\\\\", "]]]]\\\\\\""]',
        "[" * 16 + "]" * 16,
        "\ufeff[1]",
        "18446744073709551615",
        "1.5e3",
    ],
)
def test_json_within_bounds_is_read(text: str) -> None:
    """As Python's own reader has it."""
    assert read_json(text.encode()) == json.loads(text.removeprefix("\ufeff"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"nul",
        b"[" * 17 + b"]" * 17,
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b'{"a":1,"a":2}',
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"1e999",
        b"[1" + b"0" * 30 + b"]",
        b"9" * 5_000,
        b"1." + b"1" * 5_000,
        b'["\xff"]',
        b'["a\nb"]',
        b"[1,]",
        b"<html>",
        b"\x00[\x00]",
        b'"' + b"a" * 300_000 + b'"',
    ],
)
def test_json_out_of_bounds_is_nothing(body: bytes) -> None:
    """Deep, long, ambiguous or no number at all: it is as if nothing had been said."""
    assert read_json(body) is None
