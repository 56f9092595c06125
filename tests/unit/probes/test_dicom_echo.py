from __future__ import annotations

import pytest

from dosimeter.dicom import uids
from dosimeter.dicom.dimse import CommandField
from dosimeter.model.facts import EchoAnswered, Ending
from dosimeter.net.scu import ContextNotAccepted
from dosimeter.probes._declare import NotAsked
from dosimeter.probes.dicom_associate import PROBE as ASSOCIATE
from dosimeter.probes.dicom_echo import PROBE
from tests.peers.archive import Abort, Accept, Archive, Reject, Script, Statuses, answers
from tests.unit.probes.visiting import ask


def test_the_echo_goes_into_the_strangers_association() -> None:
    """One connection, one C-ECHO, its status kept."""
    with Archive() as archive:
        _, (fact,) = ask(archive, ASSOCIATE, PROBE)
        (seen,) = archive.wait_for_ends(1)
    assert isinstance(fact, EchoAnswered)
    assert (fact.ending, fact.status) == (Ending.STATUS, 0)
    assert seen.asked == [(CommandField.C_ECHO, uids.VERIFICATION)]
    assert seen.ended_by == "release"


def test_the_milliseconds_are_those_of_the_answer() -> None:
    """An echo answered 100 ms late says so."""
    late = Script(on_request=answers(echo=Statuses((0,), seconds_late=0.1)))
    with Archive(late) as archive:
        _, (fact,) = ask(archive, ASSOCIATE, PROBE)
    assert isinstance(fact, EchoAnswered)
    assert 95 <= fact.milliseconds < 350


def test_an_echo_answered_with_an_abort_is_a_fact() -> None:
    """How the echo ended is kept, whatever it was."""
    with Archive(Script(on_request=answers(echo=Abort()))) as archive:
        _, (fact,) = ask(archive, ASSOCIATE, PROBE)
    assert isinstance(fact, EchoAnswered)
    assert (fact.ending, fact.status) == (Ending.ABORT, None)


def test_no_echo_is_asked_where_verification_was_not_accepted() -> None:
    """A question needs its presentation context."""
    without = Script(on_associate=lambda _request: Accept(frozenset({uids.STUDY_ROOT_FIND})))
    with Archive(without) as archive, pytest.raises(ContextNotAccepted):
        ask(archive, ASSOCIATE, PROBE)
    assert archive.asked == []


def test_no_echo_is_asked_where_there_is_no_association() -> None:
    """The probe opens none of its own."""
    with (
        Archive(Script(on_associate=lambda _request: Reject())) as archive,
        pytest.raises(NotAsked, match="the association had ended"),
    ):
        ask(archive, ASSOCIATE, PROBE)
    assert len(archive.visits) == 1
