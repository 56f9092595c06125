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
    NullQueryAnswered,
    QueryService,
    Signature,
    Titles,
)
from dosimeter.model.scope import Touch
from dosimeter.model.target import Endpoint, Service
from dosimeter.net.dialer import Line
from dosimeter.probes._declare import Visit, discover, is_overloaded
from dosimeter.survey.plan import is_worth_tls, probes_for, why_not
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
    assert names(Service.DICOM_TLS, Touch.NEGOTIATE) == ["dicom_associate", "dicom_tls", "dicom_echo"]


@pytest.mark.parametrize("touch", list(Touch))
def test_a_web_port_is_sent_no_dicom(touch: Touch) -> None:
    """Whatever the touch."""
    assert names(Service.WEB, touch) == []


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


def failed(signature: Signature) -> tuple[Attempt, ...]:
    """A peer that is not DICOM."""
    return (Failed("dicom_associate", Cause.NOT_DICOM, "", (NotDicomSeen(signature),)),)


def test_a_tls_alert_in_answer_to_plain_dicom_is_worth_tls_once() -> None:
    """Only that answer, and only where TLS was not spoken already."""
    plain = Endpoint("127.0.0.1", 104)
    assert is_worth_tls(plain, failed(Signature.TLS_ALERT))
    assert not is_worth_tls(plain, failed(Signature.HTTP))
    assert not is_worth_tls(plain, (Completed("dicom_associate", ()),))
    assert not is_worth_tls(Endpoint("127.0.0.1", 104, Service.DICOM_TLS), failed(Signature.TLS_ALERT))
