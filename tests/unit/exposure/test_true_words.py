"""A verdict says what happened: who was not asked, who was busy, who broke which rules."""

from __future__ import annotations

import pytest

from dosimeter.model.attempt import Cause, Completed, Failed, Skipped
from dosimeter.model.facts import (
    AssociationRejected,
    ClientCertificate,
    EchoAnswered,
    Ending,
    NotDicomSeen,
    QueryService,
    Signature,
    Titles,
)
from dosimeter.model.verdict import Exposure, Protection, Severity, Verdict
from tests.unit.exposure.seen import (
    EVERYTHING,
    INSIDE_TLS,
    PATIENT,
    PATIENT_FIND,
    RIGHT_CALLED,
    STRANGER,
    STUDY,
    STUDY_FIND,
    VERIFICATION,
    WORKLIST,
    WORKLIST_FIND,
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

WEB = "a web port: nothing but HTTP would be sent there"
OTHER_CALLED = Titles("ANYR", "DOSIMETER", stranger=False)
NO_TIME = "the time allowed for this host was used up by its other ports"


def said(judged: Verdict, rule: str) -> str:
    """What one rule said."""
    return next(reason.says for reason in judged.reasons if reason.rule == rule)


# Not asked.


@pytest.mark.parametrize("why", [WEB, NO_TIME])
def test_an_endpoint_that_was_not_asked_is_said_to_be_so_and_why(why: str) -> None:
    """Nothing was sent: it is neither busy nor silent nor contradictory, and not safe."""
    judged = verdict(Skipped("dicom_associate", why))
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert rules(judged) == ["inconclusive_not_asked"]
    assert judged.reasons[0].says == f"Not asked ({why}): what is there is not known."


@pytest.mark.parametrize("contexts", [EVERYTHING, (STUDY_FIND,), (WORKLIST_FIND, VERIFICATION)])
def test_a_touch_that_allows_no_query_is_the_reason_given(contexts: tuple[str, ...]) -> None:
    """At touch negotiate a healthy archive is left unjudged by us, and does not read as a troubled one."""
    judged = verdict(associated(*contexts), echoed())
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert rules(judged)[0] == "inconclusive_touch"
    assert "the touch of this survey does not allow these questions" in judged.reasons[0].says
    assert not [rule for rule in rules(judged) if rule.endswith("not_asked")]


def test_the_reason_of_a_query_that_was_skipped_is_given() -> None:
    """A silent archive is not pressed: the report says that this is why."""
    judged = verdict(associated(STUDY_FIND), Skipped("null_query_study_root", "more would press it"))
    assert "was left open, because it was not asked (more would press it)" in judged.reasons[0].says


def test_questions_left_open_for_one_reason_are_named_together() -> None:
    """One sentence, in the plural."""
    judged = verdict(
        associated(STUDY_FIND, PATIENT_FIND, WORKLIST_FIND),
        *(failed(Cause.TIMED_OUT, f"null_query_{service.value}") for service in QueryService),
    )
    assert (
        "the Study Root null query, the Patient Root null query and the worklist null query were left open"
        in judged.reasons[0].says
    )
    assert "more left open" not in judged.reasons[0].says


@pytest.mark.parametrize(
    ("attempts", "words"),
    [
        ((query(STUDY, 0xC000), query(PATIENT, 0xC000)), "were left open, because each got status 0xC000"),
        ((query(STUDY, 0xC000), query(PATIENT)), ""),
        (
            tuple(Skipped(f"null_query_{root}_root", "no time") for root in ("study", "patient")),
            "were left open, because they were not asked (no time)",
        ),
    ],
)
def test_one_reason_for_two_questions_is_told_in_the_plural(
    attempts: tuple[Completed | Skipped, ...], words: str
) -> None:
    """Grammar is part of being believed."""
    assert words in verdict(associated(STUDY_FIND, PATIENT_FIND), *attempts).reasons[0].says


# The association ended.


def test_a_root_that_was_not_asked_after_a_refusal_is_said() -> None:
    """It aborts Study Root; that Patient Root was never asked must not be lost."""
    judged = verdict(
        associated(STUDY_FIND, PATIENT_FIND, WORKLIST_FIND),
        query(STUDY, ending=Ending.ABORT),
        *ended(PATIENT, WORKLIST),
    )
    assert judged.exposure is Exposure.ASSOCIATES
    assert judged.severity is Severity.LOW
    assert judged.reasons[0].says.endswith(
        "refused what it was asked in it: the Study Root null query ended in A-ABORT."
    )
    assert rules(judged)[1:] == ["patient_root_not_asked", "worklist_not_asked"]
    assert "the association had ended" in said(judged, "patient_root_not_asked")


def test_every_query_that_was_refused_is_named() -> None:
    """Two refusals, two endings."""
    judged = verdict(associated(STUDY_FIND, PATIENT_FIND), query(STUDY, 0x0124), query(PATIENT, 0x0122))
    assert judged.reasons[0].says.endswith(
        "the Study Root null query got status 0x0124 (not authorised); "
        "the Patient Root null query got status 0x0122 (SOP class not supported)."
    )
    assert "patient_root_not_asked" not in rules(judged)


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        (Ending.ABORT, "C-ECHO ended in A-ABORT"),
        (Ending.CLOSE, "C-ECHO ended with the connection closed and no answer"),
        (Ending.SILENCE, "C-ECHO got no answer until the deadline"),
    ],
)
def test_an_association_that_ended_at_the_echo_refused_no_query(ending: Ending, words: str) -> None:
    """No query was put, so none was refused: the echo is named."""
    judged = verdict(
        associated(*EVERYTHING),
        Completed("dicom_echo", (EchoAnswered(STRANGER, ending, None, 4),)),
        *ended(STUDY, PATIENT),
        retrieve(ending=Ending.ABORT),
    )
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert f"because the association was over before: {words}." in judged.reasons[0].says
    assert judged.reasons[0].fact == "dicom_echo#0"
    assert judged.protections == ()
    assert "patient_root_not_asked" not in rules(judged)


def test_a_retrieve_left_open_is_said_once() -> None:
    """Busy at the second association: one finding, not two."""
    busy = Failed("null_retrieve", Cause.BUSY, "busy", (AssociationRejected(STRANGER, 2, 3, 2),))
    judged = verdict(associated(*EVERYTHING), query(STUDY), query(PATIENT), busy)
    assert "the null retrieve, because the peer said it was busy" in said(judged, "question_left_open")
    assert "retrieve_not_asked" not in rules(judged)


# A listed title that met a busy archive.


def test_a_listed_title_that_met_a_busy_archive_was_not_refused() -> None:
    """The stranger was refused, so it is guarded; of the title nothing was learnt."""
    busy = AssociationRejected(RIGHT_CALLED, 2, 3, 2)
    judged = verdict(rejected(1, 1, 7), Failed("ae_titles", Cause.BUSY, "no room", (busy,)))
    assert judged.exposure is Exposure.GUARDED
    assert judged.severity is Severity.LOW
    assert "listed_title_refused" not in rules(judged)
    assert said(judged, "listed_title_not_tried") == (
        'A title of the scope could not be tried (called "ANYRW" by "DOSIMETER"), because it was refused '
        "for now, local limit exceeded (2, 3, 2): what it opens is not known."
    )


def test_a_listed_title_that_met_silence_is_said() -> None:
    """A question under a title that got no answer is no refusal either."""
    judged = verdict(rejected(1, 1, 7), failed(Cause.TIMED_OUT, "ae_titles"))
    assert judged.exposure is Exposure.GUARDED
    assert "no answer until the deadline" in said(judged, "listed_title_not_tried")


def test_a_title_that_opened_was_tried() -> None:
    """What another title met does not matter then."""
    facts = (AssociationRejected(RIGHT_CALLED, 2, 3, 2), answer(STUDY, titles=OTHER_CALLED))
    judged = verdict(rejected(1, 1, 7), Completed("ae_titles", facts))
    assert judged.exposure is Exposure.NAME_GATED
    assert "listed_title_not_tried" not in rules(judged)


# Broken answers.


def test_an_answer_in_dicom_that_breaks_the_rules_speaks_dicom() -> None:
    """An A-ASSOCIATE-AC with a maximum PDU length of 7 is an A-ASSOCIATE-AC."""
    judged = verdict(failed(Cause.BAD_PEER), *ended(STUDY, PATIENT))
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert judged.speaks_dicom
    assert rules(judged) == ["inconclusive_broken_answer"]
    assert "in DICOM, but not as PS3.8 allows" in judged.reasons[0].says


def test_a_first_byte_as_of_dicom_does_not_speak_dicom() -> None:
    """Many protocols begin with a small number: neither an archive, nor shown to be something else."""
    judged = verdict(Failed("dicom_associate", Cause.BAD_PEER, "bad", (NotDicomSeen(Signature.OTHER),)))
    assert judged.exposure is Exposure.INCONCLUSIVE
    assert not judged.speaks_dicom
    assert rules(judged) == ["inconclusive_unclear"]


def test_a_broken_answer_inside_tls_speaks_dicom_too() -> None:
    """The handshake was whole, what came inside was not."""
    assert verdict(failed(Cause.BAD_PEER), tls(), service=INSIDE_TLS).speaks_dicom


@pytest.mark.parametrize(
    "handshake", [(), (tls(protocol=None, suite=None, client=ClientCertificate.UNKNOWN),)]
)
def test_a_handshake_that_never_ends_broke_the_rules_of_tls(handshake: tuple[Completed, ...]) -> None:
    """It never came to DICOM, so it broke none of its rules."""
    judged = verdict(failed(Cause.BAD_PEER), *handshake, service=INSIDE_TLS)
    assert not judged.speaks_dicom
    assert rules(judged)[0] == "inconclusive_no_handshake"
    assert "the TLS handshake did not go as TLS allows" in judged.reasons[0].says
    assert "rules of DICOM" not in judged.reasons[0].says


# What to do about a port that was asked in the wrong language.


def test_a_close_without_a_word_may_be_tls() -> None:
    """OpenSSL resets a plain association request: the advice is to name the port for TLS."""
    judged = verdict(failed(Cause.CLOSED_EARLY))
    assert rules(judged) == ["inconclusive_closed"]
    assert "list it in scope.tls_ports and survey again" in judged.reasons[0].says


@pytest.mark.parametrize("cause", [Cause.TLS_FAILED, Cause.CLOSED_EARLY, Cause.TIMED_OUT])
def test_no_handshake_on_a_port_named_for_tls_may_be_dicom_in_clear(cause: Cause) -> None:
    """The advice is the other way round."""
    judged = verdict(failed(cause), service=INSIDE_TLS)
    assert rules(judged) == ["inconclusive_no_handshake"]
    assert "take it out of scope.tls_ports" in judged.reasons[0].says


@pytest.mark.parametrize(
    "record",
    [
        (not_dicom(Signature.TLS_ALERT), failed(Cause.TLS_FAILED)),
        (tls(), failed(Cause.TIMED_OUT)),
        (failed(Cause.LOCAL),),
    ],
)
def test_no_such_advice_where_tls_was_seen_or_we_are_to_blame(record: tuple[Completed | Failed, ...]) -> None:
    """A port that answered in TLS is no port in clear, and our own failure says nothing about it."""
    assert "tls_ports" not in verdict(*record, service=INSIDE_TLS).reasons[0].says


# Suites that encrypt nothing.


@pytest.mark.parametrize("suite", ["NULL-SHA256", "ECDHE-RSA-NULL-SHA", "TLS_SHA256_SHA256"])
def test_a_suite_that_encrypts_nothing_hides_nothing(suite: str) -> None:
    """Neither listed as a protection nor said to hide the traffic."""
    judged = verdict(tls(protocol="TLSv1.2", suite=suite), associated(VERIFICATION), service=INSIDE_TLS)
    assert Protection.TLS not in judged.protections
    assert "hides" not in said(judged, "tls_without_client_certificate")
    assert "encrypts nothing" in said(judged, "tls_unencrypted")


def test_a_suite_that_names_nobody_is_told_so() -> None:
    """It encrypts, to whoever stands in between."""
    judged = verdict(tls(protocol="TLSv1.2", suite="ADH-AES128-SHA"), associated(VERIFICATION))
    assert "encrypts nothing" not in said(judged, "tls_unencrypted")
    assert "names nobody" in said(judged, "tls_unencrypted")
