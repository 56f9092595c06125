from __future__ import annotations

from typing import cast

import pytest

from dosimeter.model.attempt import Attempt, Cause, Completed, Failed
from dosimeter.model.facts import (
    AssociationAccepted,
    AssociationRejected,
    EchoAnswered,
    Ending,
    Fact,
    NotDicomSeen,
    NotHttpSeen,
    NullQueryAnswered,
    QueryService,
    Signature,
    Titles,
)
from dosimeter.model.scope import Touch
from dosimeter.model.target import Service
from dosimeter.model.web import BodyShape, MediaType, Purpose, WebAnswered
from dosimeter.net.dialer import Line
from dosimeter.probes._declare import Rides, Visit, discover, is_overloaded
from dosimeter.survey.plan import ends_visit, got_nothing, is_pressing, probes_for, speaks_otherwise, why_not
from tests.unit.net.driving import authorisation

PROBES = {probe.name: probe for probe in discover()}
TITLES = Titles("NOBODY", "DOSIMETER")


def names(service: Service, touch: Touch) -> list[str]:
    """Of the probes that are asked, in order."""
    return [probe.name for probe in probes_for(discover(), service, touch)]


def test_a_plain_endpoint_is_asked_everything_in_order() -> None:
    """Who are you, echo, three null queries, the null retrieve, and the titles at the end."""
    assert names(Service.DICOM, Touch.PROVE) == [
        "dicom_associate",
        "dicom_echo",
        "null_query_study_root",
        "null_query_patient_root",
        "null_query_worklist",
        "null_retrieve",
        "ae_titles",
    ]


def test_a_tls_endpoint_is_asked_for_its_handshake_too() -> None:
    """The handshake comes right after the association that made it."""
    assert names(Service.DICOM_TLS, Touch.PROVE)[:2] == ["dicom_associate", "dicom_tls"]


def test_negotiate_goes_no_further_than_an_echo() -> None:
    """The lowest touch asks no query."""
    assert names(Service.DICOM, Touch.NEGOTIATE) == ["dicom_associate", "dicom_echo"]
    assert names(Service.DICOM_TLS, Touch.NEGOTIATE) == [
        "dicom_associate",
        "dicom_tls",
        "dicom_echo",
        "tls_posture",
    ]


@pytest.mark.parametrize("touch", list(Touch))
@pytest.mark.parametrize("service", [Service.WEB, Service.WEB_TLS, Service.HL7])
def test_a_port_of_another_kind_is_sent_no_dicom(service: Service, touch: Touch) -> None:
    """Whatever the touch: nothing that rides an association, nor opens one."""
    dicom = set(names(Service.DICOM, Touch.SAMPLE))
    assert not dicom & set(names(service, touch))


@pytest.mark.parametrize("service", [Service.DICOM, Service.DICOM_TLS])
def test_a_port_that_may_be_dicom_is_sent_no_http(service: Service) -> None:
    """Some archives die of it (DESIGN §4, first contact)."""
    asked = probes_for(discover(), service, Touch.SAMPLE)
    assert [probe.name for probe in asked if probe.rides is Rides.WEB] == []


def visit(*seen: Fact, failed: Cause | None = None) -> Visit:
    """A visit that has come so far."""
    return Visit(cast("Line", None), authorisation(104), "NOBODY", seen, failed)


def test_a_question_that_needs_an_association_says_why_it_was_not_asked() -> None:
    """Refused and unanswered are two reasons; without a need there is none."""
    assert why_not(PROBES["dicom_associate"], visit()) is None
    assert why_not(PROBES["ae_titles"], visit()) is None
    rejected = visit(AssociationRejected(TITLES, 1, 1, 7))
    assert why_not(PROBES["dicom_echo"], rejected) == "the stranger's association was not accepted"
    silent = visit(failed=Cause.TIMED_OUT)
    assert why_not(PROBES["null_retrieve"], silent) == (
        "the stranger's association got no answer (timed out)"
    )


ACCEPTED = AssociationAccepted(TITLES, (), (), False, None, None, None)
TOO_SLOW = EchoAnswered(TITLES, Ending.SILENCE, None, 300)
OUT_OF_RESOURCES = NullQueryAnswered(TITLES, QueryService.STUDY_ROOT, Ending.STATUS, 0xA700, 0)


@pytest.mark.parametrize("seen", [TOO_SLOW, OUT_OF_RESOURCES])
@pytest.mark.parametrize("name", ["null_query_worklist", "null_retrieve", "ae_titles"])
def test_an_archive_that_is_silent_or_out_of_resources_is_asked_nothing_more(
    seen: EchoAnswered | NullQueryAnswered, name: str
) -> None:
    """Later, never harder: no further query, and no further association."""
    stuck = visit(ACCEPTED, seen)
    stuck.overloaded = is_overloaded(stuck.seen)
    assert "would press it" in str(why_not(PROBES[name], stuck))


def failed(fact: NotDicomSeen | NotHttpSeen) -> tuple[Attempt, ...]:
    """A peer that does not speak what it was asked in."""
    return (Failed("first", Cause.NOT_DICOM, "", (fact,)),)


@pytest.mark.parametrize(
    ("asked_as", "showed", "is_asked_as"),
    [
        (Service.DICOM, NotDicomSeen(Signature.TLS_ALERT), Service.DICOM_TLS),
        (Service.DICOM, NotDicomSeen(Signature.HTTP), Service.WEB),
        (Service.DICOM_TLS, NotDicomSeen(Signature.HTTP), Service.WEB_TLS),
        (Service.WEB, NotHttpSeen(Signature.TLS_ALERT), Service.WEB_TLS),
        (Service.WEB_TLS, NotHttpSeen(Signature.HTTP), Service.WEB),
        (Service.DICOM, NotDicomSeen(Signature.SSH), None),
        (Service.DICOM_TLS, NotDicomSeen(Signature.TLS_ALERT), None),
        (Service.WEB, NotHttpSeen(Signature.DICOM), None),
        (Service.WEB, NotHttpSeen(Signature.HTTP), None),
        (Service.HL7, NotHttpSeen(Signature.HTTP), None),
    ],
)
def test_a_port_that_shows_what_it_speaks_is_asked_in_that(
    asked_as: Service, showed: NotDicomSeen | NotHttpSeen, is_asked_as: Service | None
) -> None:
    """Only where it showed it itself; a web port is never sent DICOM."""
    assert speaks_otherwise(asked_as, failed(showed)) is is_asked_as


def test_an_answer_settles_what_a_port_is_asked_as() -> None:
    """A first question that was answered is not asked in another way."""
    assert speaks_otherwise(Service.DICOM, (Completed("dicom_associate", ()),)) is None


def test_a_web_port_that_closes_without_a_word_is_asked_inside_tls() -> None:
    """Some TLS servers do so in clear; a port that may be DICOM is spared the second try."""
    closed: tuple[Attempt, ...] = (Failed("web_landing", Cause.CLOSED_EARLY, ""),)
    assert speaks_otherwise(Service.WEB, closed) is Service.WEB_TLS
    assert speaks_otherwise(Service.DICOM, closed) is None


def test_a_web_port_that_has_answered_is_not_asked_inside_tls_when_it_closes() -> None:
    """It spoke HTTP in clear; its icon alone had no answer, and what is left is asked all the same."""
    page = WebAnswered(
        "landing", Purpose.LANDING, "GET", "/", 200, BodyShape.HTML, MediaType.HTML, as_specified=False
    )
    half = Failed("web_landing", Cause.CLOSED_EARLY, "", (page,))
    assert speaks_otherwise(Service.WEB, (half,)) is None
    assert not got_nothing(half)
    assert got_nothing(Failed("web_landing", Cause.CLOSED_EARLY, ""))


def test_a_web_port_whose_first_answer_is_no_http_is_asked_nothing_more() -> None:
    """But one that refused the handshake may still show what it accepts."""
    landing = PROBES["web_landing"]
    assert ends_visit(landing, Cause.NOT_HTTP)
    assert ends_visit(landing, Cause.TIMED_OUT)
    assert not ends_visit(landing, Cause.TLS_FAILED)
    assert not ends_visit(PROBES["dicom_associate"], Cause.TIMED_OUT)


def test_a_web_port_that_falls_silent_is_not_pressed() -> None:
    """The next question would wait as long."""
    late = Failed("web_control", Cause.TIMED_OUT, "")
    assert is_pressing(PROBES["web_control"], late)
    assert not is_pressing(PROBES["dicom_echo"], late)


@pytest.mark.parametrize(
    ("status", "purpose", "is_busy"),
    [
        (429, Purpose.QUERY, True),
        (503, Purpose.LANDING, True),
        (503, Purpose.QUERY, False),
        (500, Purpose.LANDING, False),
    ],
)
def test_a_web_server_that_says_it_is_busy_is_asked_nothing_more(
    status: int,
    purpose: Purpose,
    is_busy: bool,  # noqa: FBT001  a column of the table
) -> None:
    """A single path that is unavailable is not the server."""
    answer = WebAnswered(
        "q", purpose, "GET", "/", status, BodyShape.EMPTY, MediaType.NONE, as_specified=False
    )
    assert is_overloaded((answer,)) is is_busy


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_of_a_failed_association_is_named(cause: Cause) -> None:
    """By its own word, in a text that another language can say."""
    word = cause.value.replace("_", " ")
    association, web = PROBES["null_retrieve"], PROBES["web_landing"]
    assert why_not(association, visit(failed=cause)) == f"the stranger's association got no answer ({word})"
    assert why_not(web, visit(failed=cause)) == f"the first request got no answer ({word})"
