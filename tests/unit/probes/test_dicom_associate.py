from __future__ import annotations

import pytest

from dosimeter.dicom import uids
from dosimeter.dicom.pdu import UserInformation
from dosimeter.model.attempt import Cause
from dosimeter.model.facts import (
    AssociationAborted,
    AssociationAccepted,
    AssociationRejected,
    NotDicomSeen,
    Signature,
    Titles,
)
from dosimeter.net.causes import WireFailure
from dosimeter.probes._proposals import MADE_UP_SERVICE
from dosimeter.probes.dicom_associate import PROBE
from tests.peers.archive import Abort, Accept, Archive, Close, Raw, Reject, Script, Silence
from tests.unit.probes.visiting import STRANGER, ask

TITLES = Titles(STRANGER, "DOSIMETER")


def test_a_stranger_proposes_every_service_that_makes_the_verdict_and_stores_nothing() -> None:
    """One request: verification, three queries, two retrieves, storage commitment, eight storage classes."""
    with Archive() as archive:
        ask(archive, PROBE)
        (seen,) = archive.wait_for_ends(1)
    assert seen.titles == (STRANGER, "DOSIMETER")
    assert seen.request is not None
    assert [context.abstract_syntax for context in seen.request.contexts] == [
        uids.VERIFICATION,
        uids.STUDY_ROOT_FIND,
        uids.PATIENT_ROOT_FIND,
        uids.MODALITY_WORKLIST_FIND,
        uids.STUDY_ROOT_GET,
        uids.PATIENT_ROOT_GET,
        uids.STORAGE_COMMITMENT_PUSH,
        *uids.STORAGE_SPREAD[:8],
        MADE_UP_SERVICE,
    ]
    assert seen.asked == []
    assert seen.ended_by == "release"


def test_what_the_peer_says_of_itself_is_a_fact() -> None:
    """Accepted and refused services, implementation and maximum PDU are kept as they were said."""
    said = UserInformation(28_672, "1.2.276.0.7230010.3.0.3.6.7", "OFFIS_DCMTK_367")
    accepted = frozenset({uids.VERIFICATION, uids.STUDY_ROOT_FIND})
    with Archive(Script(on_associate=lambda _request: Accept(accepted, said))) as archive:
        ((fact,),) = ask(archive, PROBE)
    assert isinstance(fact, AssociationAccepted)
    assert fact.titles == TITLES
    assert fact.accepted == (uids.VERIFICATION, uids.STUDY_ROOT_FIND)
    assert {(one.abstract_syntax, one.result) for one in fact.refused} >= {(uids.STUDY_ROOT_GET, 3)}
    assert MADE_UP_SERVICE not in {one.abstract_syntax for one in fact.refused}
    assert not fact.accepts_made_up_service
    assert str(fact.implementation_class_uid) == "1.2.276.0.7230010.3.0.3.6.7"
    assert str(fact.implementation_version_name) == "OFFIS_DCMTK_367"
    assert fact.max_pdu_length == 28_672
    assert fact.mirrored == ()


def test_an_acceptor_that_takes_a_service_that_does_not_exist_is_noticed() -> None:
    """Whoever accepts the made-up service accepts anything; it is not listed among the accepted."""
    with Archive() as archive:
        ((fact,),) = ask(archive, PROBE)
    assert isinstance(fact, AssociationAccepted)
    assert fact.accepts_made_up_service
    assert MADE_UP_SERVICE not in fact.accepted


def test_an_identity_that_equals_ours_is_unknown() -> None:
    """An acceptor that copies our own identity back says nothing about itself."""
    ours = UserInformation(16_384, uids.IMPLEMENTATION_CLASS_UID, uids.IMPLEMENTATION_VERSION_NAME)
    with Archive(Script(on_associate=lambda _request: Accept(said=ours))) as archive:
        ((fact,),) = ask(archive, PROBE)
    assert isinstance(fact, AssociationAccepted)
    assert fact.implementation_class_uid is None
    assert fact.implementation_version_name is None
    assert fact.max_pdu_length is None
    assert set(fact.mirrored) == {
        "implementation_class_uid",
        "implementation_version_name",
        "max_pdu_length",
    }


def test_sixteen_kibibytes_alone_are_not_a_mirror() -> None:
    """Many peers take 16 KiB: that number counts as copied only beside a copied identity."""
    said = UserInformation(16_384, "1.2.3", "SOMEBODY")
    with Archive(Script(on_associate=lambda _request: Accept(said=said))) as archive:
        ((fact,),) = ask(archive, PROBE)
    assert isinstance(fact, AssociationAccepted)
    assert (fact.max_pdu_length, fact.mirrored) == (16_384, ())


@pytest.mark.parametrize("codes", [(1, 1, 7), (1, 1, 3), (1, 2, 1), (2, 3, 0), (9, 9, 9)])
def test_a_rejection_is_a_fact_with_its_codes_as_sent(codes: tuple[int, int, int]) -> None:
    """A-ASSOCIATE-RJ is an answer, legal or not; what it means is for the rules to say."""
    with Archive(Script(on_associate=lambda _request: Reject(*codes))) as archive:
        ((fact,),) = ask(archive, PROBE)
    assert fact == AssociationRejected(TITLES, *codes)


@pytest.mark.parametrize("reason", [1, 2])
def test_busy_is_a_failure_that_keeps_the_rejection(reason: int) -> None:
    """Source 3, reasons 1 and 2 mean later, never "refused"."""
    with (
        Archive(Script(on_associate=lambda _request: Reject(2, 3, reason))) as archive,
        pytest.raises(WireFailure) as caught,
    ):
        ask(archive, PROBE)
    assert caught.value.cause is Cause.BUSY
    assert caught.value.facts == (AssociationRejected(TITLES, 2, 3, reason),)


def test_an_abort_in_answer_is_a_fact() -> None:
    """A-ABORT instead of an answer is seen as such."""
    with Archive(Script(on_associate=lambda _request: Abort())) as archive:
        ((fact,),) = ask(archive, PROBE)
    assert isinstance(fact, AssociationAborted)
    assert fact.titles == TITLES


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (Silence(), Cause.TIMED_OUT),
        (Close(), Cause.CLOSED_EARLY),
        (Raw(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Cause.NOT_DICOM),
        (Raw(b"\x02\x00\x00\x00\x00\x02\x00\x00"), Cause.BAD_PEER),
    ],
)
def test_no_answer_is_a_failure_with_its_cause(answer: Silence | Close | Raw, cause: Cause) -> None:
    """Silence, a close, other protocols and broken DICOM are four different findings."""
    with (
        Archive(Script(on_associate=lambda _request: answer)) as archive,
        pytest.raises(WireFailure) as caught,
    ):
        ask(archive, PROBE)
    assert caught.value.cause is cause
    if cause is Cause.NOT_DICOM:
        assert caught.value.facts == (NotDicomSeen(Signature.HTTP),)
