from __future__ import annotations

import pytest

from dosimeter.dicom import uids
from dosimeter.dicom.dimse import CommandField
from dosimeter.dicom.pdu import AAssociateRQ
from dosimeter.model.attempt import Cause
from dosimeter.model.facts import (
    AssociationAccepted,
    AssociationRejected,
    Ending,
    NullRetrieveAnswered,
    QueryService,
)
from dosimeter.net.causes import WireFailure
from dosimeter.probes._declare import NotAsked
from dosimeter.probes.dicom_associate import PROBE as ASSOCIATE
from dosimeter.probes.null_retrieve import PROBE
from tests.peers.archive import Abort, Accept, Answer, Archive, Reject, Script, Silence, Statuses, answers
from tests.unit.probes.visiting import STRANGER, ask


def is_second(request: AAssociateRQ) -> bool:
    """Whether this is the association of the null retrieve."""
    return len(request.contexts) == 2


def test_the_retrieve_has_an_association_of_its_own_with_nothing_that_could_carry_an_image() -> None:
    """The first association is released; the second proposes the two C-GET services and no storage."""
    with Archive() as archive:
        _, (fact,) = ask(archive, ASSOCIATE, PROBE)
        first, second = archive.wait_for_ends(2)
    assert isinstance(fact, NullRetrieveAnswered)
    assert (fact.service, fact.ending, fact.status) == (QueryService.STUDY_ROOT, Ending.STATUS, 0)
    assert fact.titles.stranger
    assert second.request is not None
    assert [one.abstract_syntax for one in second.request.contexts] == [
        uids.STUDY_ROOT_GET,
        uids.PATIENT_ROOT_GET,
    ]
    assert second.titles == (STRANGER, "DOSIMETER")
    assert second.asked == [(CommandField.C_GET, uids.STUDY_ROOT_GET)]
    assert (first.ended_by, second.ended_by) == ("release", "release")
    assert archive.most_at_once == 1


def test_patient_root_is_asked_where_study_root_is_not_accepted() -> None:
    """One retrieve is enough: the first root that was accepted."""
    only = Script(on_associate=lambda _request: Accept(frozenset({uids.PATIENT_ROOT_GET})))
    with Archive(only) as archive:
        _, (fact,) = ask(archive, ASSOCIATE, PROBE)
    assert isinstance(fact, NullRetrieveAnswered)
    assert fact.service is QueryService.PATIENT_ROOT


@pytest.mark.parametrize(
    ("answer", "ending", "status"),
    [
        (Statuses((0xC000,)), Ending.STATUS, 0xC000),
        (Abort(), Ending.ABORT, None),
        (Silence(), Ending.SILENCE, None),
    ],
)
def test_how_the_retrieve_ended_is_a_fact(
    answer: Statuses | Abort | Silence, ending: Ending, status: int | None
) -> None:
    """Any status proves that retrieval is answered; the rules say so, the fact keeps what came."""
    with Archive(Script(on_request=answers(get=answer))) as archive:
        _, (fact,) = ask(archive, ASSOCIATE, PROBE)
    assert isinstance(fact, NullRetrieveAnswered)
    assert (fact.ending, fact.status) == (ending, status)


def test_no_second_association_is_opened_where_no_get_was_accepted() -> None:
    """A stranger's verdict costs a second association only if there is something to learn."""
    without = Script(on_associate=lambda _request: Accept(frozenset({uids.STUDY_ROOT_FIND})))
    with Archive(without) as archive, pytest.raises(NotAsked, match="no GET context was accepted"):
        ask(archive, ASSOCIATE, PROBE)
    assert len(archive.visits) == 1


def test_a_second_association_that_is_refused_is_a_fact() -> None:
    """A peer that takes the first and rejects the second says so with its codes."""
    second: list[Answer] = [Accept(), Reject(1, 1, 7)]
    with Archive(Script(on_associate=lambda _request: second.pop(0))) as archive:
        _, (fact,) = ask(archive, ASSOCIATE, PROBE)
    assert isinstance(fact, AssociationRejected)


def test_a_second_association_without_get_is_a_fact() -> None:
    """Accepted the first time, refused when it is alone: nothing was asked, and that is kept."""
    nothing = Accept(frozenset())
    with Archive(Script(on_associate=lambda rq: nothing if is_second(rq) else Accept())) as archive:
        _, (fact,) = ask(archive, ASSOCIATE, PROBE)
        archive.wait_for_ends(2)
    assert isinstance(fact, AssociationAccepted)
    assert archive.asked == []


def test_busy_at_the_second_association_is_a_failure() -> None:
    """Later, never harder."""
    busy = Script(on_associate=lambda rq: Reject(2, 3, 2) if is_second(rq) else Accept())
    with Archive(busy) as archive, pytest.raises(WireFailure) as caught:
        ask(archive, ASSOCIATE, PROBE)
    assert caught.value.cause is Cause.BUSY
