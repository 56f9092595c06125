from __future__ import annotations

import json
from dataclasses import replace

import pytest

from dosimeter.model.facts import Fact
from dosimeter.model.scope import Touch
from dosimeter.model.web import AttributesSampled, BodyShape, MediaType, Purpose, SampledOver, WebAnswered
from dosimeter.net.web import WebRequest, WebResponse
from dosimeter.probes import sample_qido
from dosimeter.probes._declare import NotAsked, Visit
from dosimeter.probes._web import MAX_REQUESTS
from tests.unit.probes.web_visiting import NOT_FOUND, finish, new_visit, requests_of, says

NAMES = [{"Alphabetic": "Vogel^Anna"}]
STUDY = {"00100010": {"vr": "PN", "Value": NAMES}, "00101040": {"vr": "LO"}}


def null_query(
    root: str | None = "/dicom-web",
    *,
    as_specified: bool = True,
    rows: int = 0,
    purpose: Purpose = Purpose.QUERY,
) -> WebAnswered:
    """How the null query was answered."""
    return WebAnswered(
        asked="qido_rs",
        purpose=purpose,
        method="GET",
        path=f"{root}/studies",
        status=200,
        body=BodyShape.JSON_EMPTY_LIST,
        media_type=MediaType.DICOM_JSON,
        as_specified=as_specified,
        root=root,
        rows=rows,
    )


def visit(
    answer: WebResponse, *seen: Fact, touch: Touch = Touch.SAMPLE, second_person: str | None = "Dr. B. Test"
) -> Visit:
    """A visit to a server that answers everything so."""
    made = new_visit(lambda _request: answer, seen or (null_query(),))
    made.authorisation = replace(made.authorisation, touch=touch, second_person=second_person)
    return made


def studies(number: int, kind: str = "application/dicom+json") -> WebResponse:
    """So many studies."""
    return says(200, json.dumps([STUDY] * number), kind)


def test_fill_rates_are_what_is_kept() -> None:
    """One question with a limit under the root that answered, and counts by attribute."""
    made = visit(studies(3))
    (fact,) = finish(sample_qido.PROBE.run(made))
    assert isinstance(fact, AttributesSampled)
    assert (fact.over, fact.answers) == (SampledOver.QIDO_RS, 3)
    fills = {fill.attribute: (fill.filled, fill.empty, fill.absent) for fill in fact.fills}
    assert fills["PatientGivenName"] == (3, 0, 0)
    assert fills["PatientAddress"] == (0, 3, 0)
    assert fills["PatientID"] == (0, 0, 3)
    (line,) = requests_of(made)
    assert line.startswith("GET /dicom-web/studies?limit=20&includefield=")
    assert made.requests == 1


def test_a_server_that_ignores_the_limit_is_counted_to_twenty() -> None:
    """And of a body that was cut what stood whole in it."""
    (fact,) = finish(sample_qido.PROBE.run(visit(studies(500))))
    assert isinstance(fact, AttributesSampled)
    assert fact.answers == 20
    cut = says(200, json.dumps([STUDY] * 3)[:-9], "application/json; charset=utf-8", is_cut=True)
    (fact,) = finish(sample_qido.PROBE.run(visit(cut)))
    assert isinstance(fact, AttributesSampled)
    assert fact.answers == 2


@pytest.mark.parametrize(
    "answer",
    [
        NOT_FOUND,
        says(401),
        says(200, "[]", "application/dicom+json"),
        studies(3, "text/html"),
        replace(studies(3), status=206),
        says(204),
    ],
)
def test_no_answer_is_no_fact(answer: WebResponse) -> None:
    """Refused, empty, or a page: nothing was sampled."""
    with pytest.raises(NotAsked):
        finish(sample_qido.PROBE.run(visit(answer)))


@pytest.mark.parametrize(
    ("touch", "second_person"), [(Touch.COUNT, "Dr. B. Test"), (Touch.SAMPLE, None), (Touch.PROVE, None)]
)
def test_without_leave_nothing_is_asked(touch: Touch, second_person: str | None) -> None:
    """The scope must go so far, and name a second person."""
    made = visit(studies(3), touch=touch, second_person=second_person)
    with pytest.raises(NotAsked):
        finish(sample_qido.PROBE.run(made))
    assert requests_of(made) == []


@pytest.mark.parametrize(
    "seen",
    [
        (null_query(as_specified=False),),
        (null_query(rows=2),),
        (null_query(root=None),),
        (null_query(purpose=Purpose.WORKLIST),),
    ],
)
def test_who_answered_no_null_query_is_not_asked(seen: tuple[Fact, ...]) -> None:
    """Nor one that found what cannot exist."""
    made = visit(studies(3), *seen)
    with pytest.raises(NotAsked):
        finish(sample_qido.PROBE.run(made))
    assert requests_of(made) == []


def test_a_host_that_was_sampled_at_another_port_is_not_asked_again() -> None:
    """An archive with several doors hands out twenty answers once."""
    made = visit(studies(3))
    made.is_sampled_elsewhere = True
    with pytest.raises(NotAsked, match="at another port"):
        finish(sample_qido.PROBE.run(made))
    assert requests_of(made) == []


def test_an_endpoint_that_was_asked_enough_is_not_asked() -> None:
    """Forty-eight questions are all that one endpoint gets."""
    made = visit(studies(3))
    made.requests = MAX_REQUESTS
    with pytest.raises(NotAsked):
        finish(sample_qido.PROBE.run(made))
    assert requests_of(made) == []


def test_a_fault_while_values_pass_keeps_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has begun is overwritten."""
    made = visit(studies(3))
    presences: list[object] = []

    def broken(self: object, _byte: int) -> None:
        presences.append(self)
        raise ValueError("broken")

    monkeypatch.setattr("dosimeter.dicom.json_presence.JsonPresence._take_outside", broken)
    with pytest.raises(ValueError, match="broken"):
        finish(sample_qido.PROBE.run(made))
    (presence,) = presences
    assert bytes(presence._key) == b""  # type: ignore[attr-defined]  # noqa: SLF001


def test_the_request_has_no_secret_and_asks_for_dicom_json() -> None:
    """One GET."""
    made = visit(studies(1))
    finish(sample_qido.PROBE.run(made))
    asked: list[WebRequest] = made.web.asked  # type: ignore[union-attr,assignment]
    assert [request.accept for request in asked] == ["application/dicom+json"]
