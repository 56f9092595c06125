from __future__ import annotations

import pytest

from dosimeter.model.attempt import Cause, Completed, Failed, Skipped
from dosimeter.model.facts import (
    AssociationRejected,
    ClientCertificate,
    Ending,
    NullRetrieveAnswered,
    Signature,
    Titles,
)
from dosimeter.model.verdict import Confidence, DecoyTier, Exposure, Protection, Severity
from tests.unit.exposure.seen import (
    COMMITMENT,
    CT,
    EVERYTHING,
    INSIDE_TLS,
    MR,
    PATIENT,
    PATIENT_FIND,
    RIGHT_CALLED,
    STRANGER,
    STUDY,
    STUDY_FIND,
    STUDY_GET,
    VERIFICATION,
    WORKLIST,
    WORKLIST_FIND,
    aborted,
    accepted,
    answer,
    associated,
    echoed,
    ended,
    failed,
    not_dicom,
    query,
    rejected,
    retrieve,
    rules,
    tls,
    verdict,
)

# Open to strangers.


def test_an_archive_that_answers_queries_and_retrieve_is_retrievable_and_critical() -> None:
    """Orthanc with everything allowed: the worst rung, with the retrieve as its evidence."""
    judged = verdict(associated(*EVERYTHING), echoed(), query(STUDY), query(PATIENT), retrieve())
    assert judged.exposure is Exposure.RETRIEVABLE
    assert judged.severity is Severity.CRITICAL
    assert judged.confidence is Confidence.OBSERVED
    assert judged.reasons[0].fact == "null_retrieve#0"
    assert judged.protections == ()


@pytest.mark.parametrize("status", [0x0000, 0xC000, 0xA701, 0xA702, 0xA900])
def test_any_status_of_a_null_retrieve_with_nothing_sent_is_an_answer(status: int) -> None:
    """Nothing exists that could be sent, so whatever status comes shows that retrieval is answered."""
    judged = verdict(associated(*EVERYTHING), query(STUDY), query(PATIENT), retrieve(status))
    assert judged.exposure is Exposure.RETRIEVABLE


@pytest.mark.parametrize(
    "refusal",
    [retrieve(ending=Ending.ABORT), retrieve(ending=Ending.CLOSE), retrieve(0x0124), retrieve(0x0122)],
)
def test_a_refused_retrieve_leaves_an_answered_query_queryable(refusal: Completed) -> None:
    """Orthanc findonly: queries are answered, retrieval ends in A-ABORT."""
    judged = verdict(associated(*EVERYTHING), query(STUDY), query(PATIENT), refusal)
    assert judged.exposure is Exposure.QUERYABLE
    assert judged.severity is Severity.HIGH


def test_a_retrieve_that_is_answered_while_queries_are_refused_is_still_retrievable() -> None:
    """Who knows a UID gets the images: the reason says that this is the way in."""
    judged = verdict(
        associated(*EVERYTHING), query(STUDY, ending=Ending.ABORT), *ended(PATIENT), retrieve(0xC000)
    )
    assert judged.exposure is Exposure.RETRIEVABLE
    assert rules(judged)[0] == "retrievable_uid_only"
    assert "UID" in judged.reasons[0].says


@pytest.mark.parametrize("other", [query(PATIENT, 0xC000), query(PATIENT, ending=Ending.ABORT)])
def test_one_root_that_answers_is_enough_for_queryable(other: Completed) -> None:
    """What the other root did does not take back what this one answered."""
    judged = verdict(associated(STUDY_FIND, PATIENT_FIND), query(STUDY), other)
    assert judged.exposure is Exposure.QUERYABLE


def test_an_archive_with_patient_root_alone_is_queryable() -> None:
    """As dcmqrscp -QS: only Patient Root is offered, and it answers."""
    judged = verdict(associated(PATIENT_FIND, refused=(STUDY_FIND,)), query(PATIENT))
    assert judged.exposure is Exposure.QUERYABLE
    assert "Patient Root" in judged.reasons[0].says


def test_an_answered_worklist_is_queryable_though_no_study_is() -> None:
    """Patients who are expected are patients: a worklist open to strangers never reads as safe."""
    judged = verdict(associated(WORKLIST_FIND), query(WORKLIST))
    assert judged.exposure is Exposure.QUERYABLE
    assert judged.worklist is True
    assert judged.severity is Severity.HIGH
    assert "may be empty" in judged.reasons[0].says


def test_a_worklist_beside_refused_studies_does_not_read_as_safe() -> None:
    """Refused studies and an answered worklist: queryable, by the worklist."""
    judged = verdict(associated(STUDY_FIND, WORKLIST_FIND), query(STUDY, 0x0124), query(WORKLIST, 0x0000))
    assert judged.exposure is Exposure.QUERYABLE
    assert rules(judged)[0] == "queryable_worklist"


def test_canned_answers_are_queryable_suspected_and_not_believed() -> None:
    """Rows for an identifier that cannot exist: neither a plain exposure nor safe."""
    judged = verdict(associated(STUDY_FIND), query(STUDY, matches=3))
    assert judged.exposure is Exposure.QUERYABLE
    assert judged.decoy.tier is DecoyTier.MEDIUM
    assert judged.confidence is Confidence.ANNOUNCED
    assert rules(judged)[0] == "queryable_ignores_keys"
    assert "not believed" in judged.reasons[0].says


@pytest.mark.parametrize("ending", list(Ending))
def test_rows_for_a_null_query_count_however_the_question_ended(ending: Ending) -> None:
    """An endless flow of rows cut by the budget showed a stranger rows all the same."""
    judged = verdict(associated(STUDY_FIND), query(STUDY, ending=ending, matches=1))
    assert judged.exposure is Exposure.QUERYABLE


def test_an_open_archive_that_contradicts_itself_stays_open() -> None:
    """A later refusal does not take back an answer; the contradiction is a finding."""
    twice = Completed("null_query_study_root", (answer(STUDY), answer(STUDY, ending=Ending.ABORT)))
    judged = verdict(associated(STUDY_FIND), twice)
    assert judged.exposure is Exposure.QUERYABLE
    assert "contradiction" in rules(judged)


# Refused inside an association.


def test_a_query_that_ends_in_abort_is_a_refusal_by_policy() -> None:
    """Orthanc as shipped: association accepted, query aborted, strangers may store."""
    judged = verdict(
        associated(*EVERYTHING),
        echoed(),
        query(STUDY, ending=Ending.ABORT),
        *ended(PATIENT, WORKLIST),
        retrieve(ending=Ending.ABORT),
    )
    assert judged.exposure is Exposure.ASSOCIATES
    assert judged.protections == (Protection.QUERY_POLICY,)
    assert judged.accepts_writes is True
    assert judged.severity is Severity.MEDIUM


def test_a_close_after_the_query_is_a_refusal_and_a_weaker_statement() -> None:
    """So does odil: it closes without a word, which may also be a fault of the software."""
    judged = verdict(
        associated(*EVERYTHING, anything=True),
        query(STUDY, ending=Ending.CLOSE),
        *ended(PATIENT, WORKLIST),
        retrieve(ending=Ending.CLOSE),
    )
    assert judged.exposure is Exposure.ASSOCIATES
    assert judged.protections == ()
    assert "weaker" in judged.reasons[0].says
    assert judged.decoy.tier is DecoyTier.LOW


@pytest.mark.parametrize("status", [0x0124, 0x0122])
def test_a_refusing_status_on_both_roots_is_a_guard(status: int) -> None:
    """Not authorised and SOP class not supported are refusals."""
    judged = verdict(associated(STUDY_FIND, PATIENT_FIND), query(STUDY, status), query(PATIENT, status))
    assert judged.exposure is Exposure.ASSOCIATES


@pytest.mark.parametrize("status", [0xA900, 0xC000, 0xA700, 0xFE00, 0x0110, None])
def test_any_other_failure_status_leaves_the_root_inconclusive(status: int | None) -> None:
    """An answer to a question it did not like proves neither a guard nor an exposure."""
    judged = verdict(associated(STUDY_FIND), query(STUDY, status))
    assert judged.exposure is Exposure.INCONCLUSIVE


@pytest.mark.parametrize("ending", [Ending.SILENCE, Ending.BAD_ANSWER, Ending.BUDGET])
def test_silence_and_broken_answers_are_inconclusive(ending: Ending) -> None:
    """No rows, no status: nothing is known."""
    judged = verdict(associated(STUDY_FIND), query(STUDY, ending=ending))
    assert judged.exposure is Exposure.INCONCLUSIVE


def test_one_root_refused_and_the_other_undecided_is_inconclusive() -> None:
    """The undecided root may be the open one."""
    judged = verdict(associated(STUDY_FIND, PATIENT_FIND), query(STUDY, 0x0124), query(PATIENT, 0xC000))
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert "Patient Root" in judged.reasons[0].says


def test_a_root_that_was_never_asked_is_inconclusive() -> None:
    """Skipped for any other reason than a refused query: an accepted association is not called harmless."""
    judged = verdict(associated(STUDY_FIND), Skipped("null_query_study_root", "the survey was in a hurry"))
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert "not asked" in judged.reasons[0].says


def test_a_retrieve_left_open_beside_refused_queries_is_inconclusive() -> None:
    """The retrieve may be what is open."""
    judged = verdict(
        associated(*EVERYTHING),
        query(STUDY, ending=Ending.ABORT),
        failed(Cause.TIMED_OUT, "null_retrieve"),
    )
    assert judged.exposure is Exposure.INCONCLUSIVE


def test_a_listener_that_closes_while_it_serves_is_not_unreachable() -> None:
    """Connection refused on the second association says nothing about the first."""
    judged = verdict(
        associated(*EVERYTHING), query(STUDY), query(PATIENT), failed(Cause.REFUSED, "null_retrieve")
    )
    assert judged.exposure is Exposure.QUERYABLE
    assert "question_left_open" in rules(judged)


def test_a_storage_server_without_queries_associates_and_accepts_writes() -> None:
    """storescp: there is nothing to ask, and storage contexts are granted to anybody."""
    judged = verdict(associated(VERIFICATION, CT, MR, refused=(STUDY_FIND, PATIENT_FIND)), echoed())
    assert judged.exposure is Exposure.ASSOCIATES
    assert judged.accepts_writes is True
    assert "context accepted" in next(r.says for r in judged.reasons if r.rule == "storage_accepted")


def test_a_second_association_that_is_rejected_refuses_the_retrieve() -> None:
    """Both dcmrecv and wlmscpfs reject an association of GET contexts alone; that is no contradiction."""
    judged = verdict(
        associated(VERIFICATION, CT),
        Completed("null_retrieve", (AssociationRejected(STRANGER, 1, 1, 1),)),
    )
    assert judged.exposure is Exposure.ASSOCIATES


def test_a_second_association_that_is_busy_leaves_the_retrieve_open() -> None:
    """Local limit exceeded is busy, not a refusal."""
    busy = Failed("null_retrieve", Cause.BUSY, "busy", (AssociationRejected(STRANGER, 2, 3, 2),))
    judged = verdict(associated(*EVERYTHING), query(STUDY, ending=Ending.ABORT), busy)
    assert judged.exposure is Exposure.INCONCLUSIVE


# Writes and worklist, beside the ladder.


@pytest.mark.parametrize(
    ("attempt", "expected"),
    [
        (associated(VERIFICATION, CT), True),
        (associated(VERIFICATION, refused=(CT, MR)), False),
        (associated(VERIFICATION, COMMITMENT), None),
        (rejected(1, 1, 7), None),
        (failed(Cause.TIMED_OUT), None),
    ],
)
def test_accepts_writes_is_judged_from_storage_contexts_alone(
    *, attempt: Completed | Failed, expected: bool | None
) -> None:
    """True if granted, False if all were refused, None where no storage context was answered."""
    assert verdict(attempt).accepts_writes is expected


def test_contexts_of_a_peer_that_takes_anything_prove_nothing() -> None:
    """So does odil grant a service that does not exist: the finding says what contexts are worth."""
    judged = verdict(associated(VERIFICATION, CT, anything=True))
    assert judged.accepts_writes is True
    reason = next(r for r in judged.reasons if r.rule == "storage_accepted_like_anything")
    assert "prove nothing" in reason.says
    assert reason.severity is Severity.LOW


@pytest.mark.parametrize(
    ("attempts", "expected"),
    [
        ((associated(WORKLIST_FIND), query(WORKLIST)), True),
        ((associated(WORKLIST_FIND), query(WORKLIST, matches=2)), True),
        ((associated(WORKLIST_FIND), query(WORKLIST, ending=Ending.ABORT)), False),
        ((associated(WORKLIST_FIND), query(WORKLIST, ending=Ending.SILENCE)), None),
        ((associated(WORKLIST_FIND, STUDY_FIND), query(STUDY, ending=Ending.ABORT), *ended(WORKLIST)), None),
        ((associated(VERIFICATION),), None),
    ],
)
def test_worklist_is_true_false_or_unknown(*, attempts: tuple[Completed, ...], expected: bool | None) -> None:
    """Answered, refused, or nothing learnt."""
    assert verdict(*attempts).worklist is expected


def test_a_worklist_context_that_was_not_asked_is_said() -> None:
    """The association ended at the first query: the worklist is unknown, and a finding says so."""
    judged = verdict(
        associated(STUDY_FIND, WORKLIST_FIND), query(STUDY, ending=Ending.ABORT), *ended(WORKLIST)
    )
    assert judged.exposure is Exposure.ASSOCIATES
    assert "worklist_not_asked" in rules(judged)


# Refused at the door.


@pytest.mark.parametrize(
    ("codes", "protection", "words"),
    [
        ((1, 1, 3), Protection.CALLING_AE_CHECK, "calling AE title not recognised (1, 1, 3)"),
        ((1, 1, 7), Protection.CALLED_AE_CHECK, "may also mean that the calling title"),
        ((1, 1, 1), Protection.ASSOCIATION_POLICY, "no reason given (1, 1, 1)"),
        ((1, 2, 2), Protection.ASSOCIATION_POLICY, "protocol version not supported (1, 2, 2)"),
        ((1, 1, 56), Protection.ASSOCIATION_POLICY, "does not define (1, 1, 56)"),
        ((9, 9, 9), Protection.ASSOCIATION_POLICY, "does not define (9, 9, 9)"),
        ((2, 1, 7), Protection.CALLED_AE_CHECK, "for now, called AE title not recognised"),
    ],
)
def test_a_rejected_association_is_guarded_with_the_reason_as_stated(
    codes: tuple[int, int, int], protection: Protection, words: str
) -> None:
    """The codes are the peer's statement: quoted, with a caution, and illegal ones as sent."""
    judged = verdict(rejected(*codes))
    assert judged.exposure is Exposure.GUARDED
    assert judged.protections == (protection,)
    assert words in judged.reasons[0].says
    assert "Codes mislead" in judged.reasons[0].says
    assert judged.severity is Severity.INFO


@pytest.mark.parametrize("codes", [(2, 3, 1), (2, 3, 2), (1, 3, 2), (2, 1, 1)])
def test_busy_is_inconclusive_whether_the_probe_failed_or_not(codes: tuple[int, int, int]) -> None:
    """Congestion, and any transient rejection that names no title, mean later."""
    fact = AssociationRejected(STRANGER, *codes)
    for attempt in (
        Completed("dicom_associate", (fact,)),
        Failed("dicom_associate", Cause.BUSY, "busy", (fact,)),
    ):
        judged = verdict(attempt)
        assert judged.exposure is Exposure.INCONCLUSIVE
        assert judged.speaks_dicom
        assert rules(judged)[0] == "inconclusive_busy"
        assert judged.protections == ()


def test_an_abort_in_answer_to_the_request_is_guarded_and_weaker() -> None:
    """It speaks DICOM and refused, without a reason."""
    judged = verdict(aborted())
    assert judged.exposure is Exposure.GUARDED
    assert judged.protections == (Protection.ASSOCIATION_POLICY,)
    assert "weaker" in judged.reasons[0].says


# Not DICOM, not there, not known.


@pytest.mark.parametrize("cause", [Cause.CLOSED_EARLY, Cause.TIMED_OUT, Cause.TLS_FAILED])
def test_no_answer_is_inconclusive_and_not_shown_to_speak_dicom(cause: Cause) -> None:
    """A reset, silence or a failed handshake shows neither DICOM nor safety."""
    judged = verdict(failed(cause), *ended(STUDY, PATIENT))
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert not judged.speaks_dicom
    assert judged.reasons[0].fact == "dicom_associate#failed"
    assert "Not shown to speak DICOM" in judged.reasons[0].says


@pytest.mark.parametrize("cause", [Cause.REFUSED, Cause.UNREACHABLE])
def test_no_connection_is_unreachable(cause: Cause) -> None:
    """A closed or filtered port, or no route."""
    judged = verdict(failed(cause), *ended(STUDY, PATIENT))
    assert judged.exposure is Exposure.UNREACHABLE
    assert judged.severity is Severity.INFO


@pytest.mark.parametrize(
    "signature", [Signature.HTTP, Signature.SSH, Signature.OUR_OWN_BYTES, Signature.OTHER]
)
def test_other_bytes_are_not_dicom(signature: Signature) -> None:
    """A web server, an SSH banner or an echo service is said to be what it is."""
    judged = verdict(not_dicom(signature))
    assert judged.exposure is Exposure.NOT_DICOM
    assert not judged.speaks_dicom


def test_dicom_and_other_bytes_from_one_port_are_a_contradiction() -> None:
    """Once DICOM, once HTTP: inconclusive."""
    judged = verdict(not_dicom(Signature.HTTP), rejected(1, 1, 7))
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert rules(judged)[0] == "inconclusive_contradiction"


def test_an_association_both_accepted_and_rejected_is_a_contradiction() -> None:
    """The same stranger, two answers."""
    judged = verdict(associated(VERIFICATION), rejected(1, 1, 3))
    assert judged.exposure is Exposure.INCONCLUSIVE


def test_nothing_at_all_is_inconclusive() -> None:
    """A survey that was stopped before it asked knows nothing, and says so."""
    judged = verdict()
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert rules(judged) == ["inconclusive_nothing_seen"]
    assert judged.accepts_writes is None
    assert judged.worklist is None


# Named titles.


def test_a_listed_title_that_opens_a_rejecting_archive_is_name_gated() -> None:
    """dcmqrscp: rejected as a stranger, answered under the right called title."""
    titles = Completed(
        "ae_titles",
        (
            accepted(STUDY_FIND, STUDY_GET, titles=RIGHT_CALLED),
            answer(STUDY, titles=RIGHT_CALLED),
            NullRetrieveAnswered(RIGHT_CALLED, STUDY, Ending.STATUS, 0),
        ),
    )
    judged = verdict(rejected(1, 1, 7), titles)
    assert judged.exposure is Exposure.NAME_GATED
    assert judged.severity is Severity.MEDIUM
    assert judged.protections == (Protection.CALLED_AE_CHECK,)
    assert 'called "ANYRW" by "DOSIMETER"' in judged.reasons[0].says
    assert judged.reasons[0].fact == "ae_titles#1"
    assert "title_opens_retrieve" in rules(judged)


@pytest.mark.parametrize(
    "door",
    [
        (associated(STUDY_FIND), query(STUDY, ending=Ending.ABORT)),
        (associated(STUDY_FIND), query(STUDY, ending=Ending.SILENCE)),
        (failed(Cause.CLOSED_EARLY),),
        (aborted(),),
    ],
)
def test_a_listed_title_opens_whatever_the_stranger_met(door: tuple[Completed, ...]) -> None:
    """Refused, silent or closed without a word: what opens with a title is name-gated."""
    judged = verdict(*door, Completed("ae_titles", (answer(STUDY, titles=RIGHT_CALLED),)))
    assert judged.exposure is Exposure.NAME_GATED


def test_a_worklist_that_opens_with_a_listed_title_is_name_gated_and_true() -> None:
    """wlmscpfs: the called title must be one of its folders."""
    titles = Completed("ae_titles", (answer(WORKLIST, titles=RIGHT_CALLED),))
    judged = verdict(rejected(1, 1, 7), titles)
    assert judged.exposure is Exposure.NAME_GATED
    assert judged.worklist is True
    assert rules(judged)[0] == "name_gated_worklist"


def test_a_listed_title_takes_nothing_from_an_archive_open_to_strangers() -> None:
    """Open to anybody is worse than open to a name."""
    titles = Completed("ae_titles", (answer(STUDY, titles=RIGHT_CALLED),))
    assert verdict(associated(STUDY_FIND), query(STUDY), titles).exposure is Exposure.QUERYABLE


def test_listed_titles_that_are_refused_leave_it_guarded_and_show_both_checks() -> None:
    """Orthanc locked: (1, 1, 7) for a wrong called title, (1, 1, 3) once that is right."""
    refused = AssociationRejected(Titles("ORTHANC", "DOSIMETER", stranger=False), 1, 1, 3)
    judged = verdict(rejected(1, 1, 7), Completed("ae_titles", (refused,)))
    assert judged.exposure is Exposure.GUARDED
    assert judged.protections == (Protection.CALLED_AE_CHECK, Protection.CALLING_AE_CHECK)
    assert "listed_title_refused" in rules(judged)


def test_a_titles_probe_that_fails_keeps_what_it_saw() -> None:
    """The answer came before the failure: name-gated all the same."""
    broken = Failed("ae_titles", Cause.TIMED_OUT, "late", (answer(STUDY, titles=RIGHT_CALLED),))
    assert verdict(rejected(1, 1, 7), broken).exposure is Exposure.NAME_GATED


# TLS.


def test_a_demanded_client_certificate_is_a_guard() -> None:
    """Orthanc tlsmut under TLS 1.3: the handshake succeeds, the first read brings the refusal."""
    judged = verdict(
        not_dicom(Signature.TLS_ALERT),
        failed(Cause.TLS_FAILED),
        tls(client=ClientCertificate.REQUIRED, alert="TLSV13_ALERT_CERTIFICATE_REQUIRED"),
        service=INSIDE_TLS,
    )
    assert judged.exposure is Exposure.GUARDED
    assert judged.protections == (Protection.TLS, Protection.CLIENT_CERTIFICATE)
    assert not judged.speaks_dicom


def test_tls_without_a_client_certificate_guards_nothing() -> None:
    """Orthanc tlsany: retrievable despite TLS, and the finding says that TLS is no authentication."""
    judged = verdict(
        tls(client=ClientCertificate.OPTIONAL),
        associated(*EVERYTHING),
        query(STUDY),
        query(PATIENT),
        retrieve(),
        service=INSIDE_TLS,
    )
    assert judged.exposure is Exposure.RETRIEVABLE
    assert judged.protections == (Protection.TLS,)
    assert "tls_without_client_certificate" in rules(judged)
    assert "clear_text" not in rules(judged)


def test_the_tls_alert_before_a_tls_answer_is_no_contradiction() -> None:
    """Asked in clear it answers with an alert, asked inside TLS it speaks DICOM."""
    judged = verdict(not_dicom(Signature.TLS_ALERT), tls(), rejected(1, 1, 3), service=INSIDE_TLS)
    assert judged.exposure is Exposure.GUARDED


def test_a_handshake_that_fails_otherwise_is_inconclusive() -> None:
    """A protocol mismatch shows neither DICOM nor a guard."""
    judged = verdict(
        failed(Cause.TLS_FAILED),
        tls(protocol=None, suite=None, client=ClientCertificate.UNKNOWN, alert="HANDSHAKE_FAILURE"),
        service=INSIDE_TLS,
    )
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert judged.protections == ()


def test_a_tls_alert_alone_wants_tls() -> None:
    """Nothing was learnt inside TLS: inconclusive, with what to do next."""
    judged = verdict(not_dicom(Signature.TLS_ALERT))
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert rules(judged)[0] == "inconclusive_tls"


def test_https_inside_tls_is_not_dicom() -> None:
    """A web server behind TLS on a DICOM port is said to be one."""
    judged = verdict(not_dicom(Signature.TLS_ALERT), tls(), not_dicom(Signature.HTTP), service=INSIDE_TLS)
    assert judged.exposure is Exposure.NOT_DICOM


def test_an_archive_that_answers_in_clear_is_told_so() -> None:
    """Clear text DICOM that is queryable is a finding of its own; a guarded one is not."""
    assert "clear_text" in rules(verdict(associated(STUDY_FIND), query(STUDY)))
    assert "clear_text" not in rules(verdict(rejected(1, 1, 7)))
