from __future__ import annotations

import pytest

from dosimeter.model.attempt import Cause, Completed
from dosimeter.model.facts import Ending
from dosimeter.model.verdict import DecoyTier, Exposure, Protection
from tests.unit.exposure.seen import (
    EVERYTHING,
    INSIDE_TLS,
    PATIENT,
    PATIENT_FIND,
    RIGHT_CALLED,
    STUDY,
    STUDY_FIND,
    WORKLIST,
    answer,
    associated,
    failed,
    query,
    rejected,
    retrieve,
    rules,
    verdict,
)


def test_a_refused_connection_beside_a_dicom_answer_is_not_unreachable() -> None:
    """Something was there a moment ago."""
    assert (
        verdict(rejected(1, 1, 7), failed(Cause.REFUSED, "null_retrieve")).exposure is Exposure.INCONCLUSIVE
    )


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        (query(STUDY, 0x0124), (Protection.QUERY_POLICY,)),
        (query(STUDY, ending=Ending.ABORT), (Protection.QUERY_POLICY,)),
        (query(STUDY, 0x0122), ()),
        (query(STUDY, ending=Ending.CLOSE), ()),
    ],
)
def test_a_query_policy_is_seen_in_an_abort_or_in_not_authorised(
    refusal: Completed, expected: tuple[Protection, ...]
) -> None:
    """A missing service and a bare close are no policy."""
    assert verdict(associated(STUDY_FIND), refusal).protections == expected


def test_a_policy_on_one_root_protects_nothing_while_the_other_answers() -> None:
    """No query policy is listed for an archive that answers queries."""
    judged = verdict(associated(STUDY_FIND, PATIENT_FIND), query(PATIENT), query(STUDY, 0x0124))
    assert judged.protections == ()


def test_titles_say_nothing_more_once_strangers_are_answered() -> None:
    """Open to anybody: what a title opens is no reason any more."""
    titles = Completed("ae_titles", (answer(WORKLIST, titles=RIGHT_CALLED),))
    judged = verdict(associated(STUDY_FIND), query(STUDY), titles)
    assert not [rule for rule in rules(judged) if rule.startswith(("title", "name_gated"))]


@pytest.mark.parametrize("name", ["OSIRIX", "MergeCOM3_390", "Syn7,3,0,1"])
def test_a_name_that_others_share_is_no_contradiction(name: str) -> None:
    """Builds of OsiriX on stock DCMTK, or toolkits inside a product, keep two identities."""
    judged = verdict(associated("1.2.840.10008.1.1", uid="1.2.276.0.7230010.3.0.3.6.7", name=name))
    assert judged.decoy.tier is DecoyTier.NONE


def test_a_port_named_for_tls_is_not_said_to_answer_in_clear() -> None:
    """The service says that it was asked inside TLS, even where the handshake's fact was not kept."""
    judged = verdict(associated(STUDY_FIND), query(STUDY), service=INSIDE_TLS)
    assert "clear_text" not in rules(judged)


def test_a_retrieve_that_met_silence_beside_refused_queries_is_inconclusive() -> None:
    """Silence is no guard."""
    judged = verdict(
        associated(*EVERYTHING), query(STUDY, ending=Ending.ABORT), retrieve(ending=Ending.SILENCE)
    )
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert "the null retrieve" in judged.reasons[0].says


def test_a_finding_does_not_repeat_its_rung() -> None:
    """One sentence for one fact."""
    judged = verdict(associated(STUDY_FIND), query(STUDY))
    assert "query_answered" not in rules(judged)
    both = verdict(associated(*EVERYTHING), query(STUDY), query(PATIENT), retrieve())
    assert "query_answered" in rules(both)


def test_a_get_context_that_was_not_asked_is_said() -> None:
    """A context alone proves nothing, and silence about it would look like safety."""
    judged = verdict(associated(*EVERYTHING), query(STUDY), query(PATIENT))
    assert judged.exposure is Exposure.QUERYABLE
    assert "retrieve_not_asked" in rules(judged)


def test_several_open_questions_are_counted_in_the_reason() -> None:
    """The first is named, the others are not forgotten."""
    judged = verdict(associated(STUDY_FIND, PATIENT_FIND), query(STUDY, 0xC000), query(PATIENT, 0xA900))
    assert "0xC000 (unable to process); 1 more left open" in judged.reasons[0].says
