from __future__ import annotations

from dosimeter.dicom.negotiation import AcceptedContext, RefusedContext, negotiate
from dosimeter.dicom.pdu import AAssociateAC, AAssociateRQ, ContextResult, ProposedContext, UserInformation
from dosimeter.dicom.uids import (
    EXPLICIT_VR_LE,
    IMPLICIT_VR_LE,
    PATIENT_ROOT_FIND,
    STUDY_ROOT_FIND,
    VERIFICATION,
)

PROPOSAL = AAssociateRQ(
    "ANY",
    "DOSIMETER",
    (
        ProposedContext(1, VERIFICATION, (IMPLICIT_VR_LE,)),
        ProposedContext(3, STUDY_ROOT_FIND, (IMPLICIT_VR_LE, EXPLICIT_VR_LE)),
        ProposedContext(5, PATIENT_ROOT_FIND, (IMPLICIT_VR_LE, EXPLICIT_VR_LE)),
    ),
    UserInformation(),
)


def answer(*results: ContextResult) -> AAssociateAC:
    """An A-ASSOCIATE-AC with these results."""
    return AAssociateAC(results, UserInformation())


def test_contexts_are_sorted_into_accepted_and_refused() -> None:
    """Result 0 accepts, any other refuses and is kept as sent, legal or not."""
    found = negotiate(
        PROPOSAL,
        answer(
            ContextResult(1, 0, IMPLICIT_VR_LE),
            ContextResult(3, 0, EXPLICIT_VR_LE),
            ContextResult(5, 77, "nonsense"),
        ),
    )

    assert found.accepted == (
        AcceptedContext(1, VERIFICATION, IMPLICIT_VR_LE),
        AcceptedContext(3, STUDY_ROOT_FIND, EXPLICIT_VR_LE),
    )
    assert found.refused == (RefusedContext(5, PATIENT_ROOT_FIND, 77),)
    assert found.disregarded == ()
    assert found.context_for(STUDY_ROOT_FIND) == AcceptedContext(3, STUDY_ROOT_FIND, EXPLICIT_VR_LE)
    assert found.context_for(PATIENT_ROOT_FIND) is None


def test_a_context_that_was_not_proposed_counts_for_nothing() -> None:
    """An acceptor cannot add a context, whatever identifier it gives it."""
    found = negotiate(
        PROPOSAL, answer(ContextResult(1, 0, IMPLICIT_VR_LE), ContextResult(7, 0, IMPLICIT_VR_LE))
    )

    assert [context.context_id for context in found.accepted] == [1]
    assert found.disregarded == (ContextResult(7, 0, IMPLICIT_VR_LE),)


def test_a_transfer_syntax_that_was_not_proposed_counts_for_nothing() -> None:
    """Deflated, explicit where only implicit was proposed, and no transfer syntax at all."""
    deflated = ContextResult(3, 0, "1.2.840.10008.1.2.1.99")
    other = ContextResult(1, 0, EXPLICIT_VR_LE)
    none = ContextResult(5, 0, "")

    found = negotiate(PROPOSAL, answer(other, deflated, none))

    assert found.accepted == ()
    assert found.disregarded == (other, deflated, none)


def test_two_answers_to_one_context_count_for_nothing() -> None:
    """A contradiction accepts nothing, whichever came first."""
    yes, no = ContextResult(1, 0, IMPLICIT_VR_LE), ContextResult(1, 3, "")

    assert negotiate(PROPOSAL, answer(yes, no)).accepted == ()
    assert negotiate(PROPOSAL, answer(no, yes)).accepted == ()
    assert negotiate(PROPOSAL, answer(no, yes)).refused == ()


def test_answers_may_come_in_any_order() -> None:
    """The identifier decides, not the place."""
    found = negotiate(
        PROPOSAL, answer(ContextResult(3, 0, IMPLICIT_VR_LE), ContextResult(1, 0, IMPLICIT_VR_LE))
    )

    assert [context.context_id for context in found.accepted] == [3, 1]
