from __future__ import annotations

import pytest

from dosimeter.exposure.evidence import Outcome, gather
from dosimeter.model.attempt import Cause, Completed, Failed
from dosimeter.model.facts import AssociationRejected, Ending
from tests.unit.exposure.seen import (
    RIGHT_CALLED,
    STRANGER,
    STUDY,
    accepted,
    answer,
    associated,
    failed,
    query,
    retrieve,
)


@pytest.mark.parametrize(
    ("status", "ending", "matches", "outcome"),
    [
        (0x0000, Ending.STATUS, 0, Outcome.ANSWERED),
        (0x0000, Ending.STATUS, 1, Outcome.IGNORES_KEYS),
        (0x0124, Ending.STATUS, 0, Outcome.REFUSED),
        (0x0122, Ending.STATUS, 0, Outcome.REFUSED),
        (0x0211, Ending.STATUS, 0, Outcome.REFUSED),
        (0xA900, Ending.STATUS, 0, Outcome.UNDECIDED),
        (None, Ending.STATUS, 0, Outcome.UNDECIDED),
        (None, Ending.ABORT, 0, Outcome.REFUSED),
        (None, Ending.CLOSE, 0, Outcome.REFUSED),
        (None, Ending.SILENCE, 0, Outcome.UNDECIDED),
        (None, Ending.BUDGET, 0, Outcome.UNDECIDED),
        (None, Ending.BUDGET, 500, Outcome.IGNORES_KEYS),
    ],
)
def test_a_null_query_is_judged_by_its_ending(
    status: int | None, ending: Ending, matches: int, outcome: Outcome
) -> None:
    """Success with nothing found is an answer; finding the impossible is one too."""
    evidence = gather((query(STUDY, status, ending=ending, matches=matches),))
    assert [question.outcome for question in evidence.queries] == [outcome]


@pytest.mark.parametrize(
    ("attempt", "outcome"),
    [
        (retrieve(0x0000), Outcome.ANSWERED),
        (retrieve(0xC000), Outcome.ANSWERED),
        (retrieve(0x0211), Outcome.REFUSED),
        (retrieve(None), Outcome.UNDECIDED),
        (retrieve(ending=Ending.ABORT), Outcome.REFUSED),
        (retrieve(ending=Ending.BAD_ANSWER), Outcome.UNDECIDED),
    ],
)
def test_a_null_retrieve_is_answered_by_any_status_that_is_no_refusal(
    attempt: Completed, outcome: Outcome
) -> None:
    """An acceptor that does not know the operation refuses it."""
    assert [question.outcome for question in gather((attempt,)).retrieves] == [outcome]


def test_each_piece_points_at_its_fact() -> None:
    """Probe and place; a second attempt of the same probe goes on counting."""
    evidence = gather(
        (
            associated("1.2.840.10008.1.1"),
            associated("1.2.840.10008.1.1"),
            query(STUDY),
            failed(Cause.TIMED_OUT, "null_retrieve"),
        )
    )
    assert [association.pointer for association in evidence.associations] == [
        "dicom_associate#0",
        "dicom_associate#1",
    ]
    assert evidence.queries[0].pointer == "null_query_study_root#0"
    assert evidence.failures[0].pointer == "null_retrieve#failed"


def test_what_a_listed_title_obtained_is_kept_apart() -> None:
    """It is no evidence about strangers, whatever probe it came from."""
    facts = (accepted("1.2.840.10008.1.1", titles=RIGHT_CALLED), answer(STUDY, titles=RIGHT_CALLED))
    evidence = gather((Completed("ae_titles", facts),))
    assert evidence.associations == ()
    assert evidence.queries == ()
    assert len(evidence.listed) == 1


def test_a_busy_rejection_is_counted_once() -> None:
    """The failed probe and its fact tell the same story."""
    busy = Failed("dicom_associate", Cause.BUSY, "busy", (AssociationRejected(STRANGER, 2, 3, 2),))
    evidence = gather((busy,))
    assert evidence.rejection is None
    assert len(evidence.failures) == 1
