from __future__ import annotations

import pytest

from dosimeter.model.attempt import Completed
from dosimeter.model.facts import Ending
from dosimeter.model.verdict import DecoyTier
from tests.unit.exposure.seen import (
    CT,
    EVERYTHING,
    PATIENT,
    RIGHT_CALLED,
    STUDY,
    STUDY_FIND,
    answer,
    associated,
    query,
    rejected,
    retrieve,
    rules,
    verdict,
)

DCMTK = "1.2.276.0.7230010.3.0.3.6.7"


@pytest.mark.parametrize(
    "attempts",
    [
        (
            associated(*EVERYTHING, uid=DCMTK, name="OFFIS_DCMTK_367"),
            query(STUDY),
            query(PATIENT),
            retrieve(),
        ),
        (associated(*EVERYTHING, uid=DCMTK, name="OFFIS_DCMTK_367"), query(STUDY, ending=Ending.ABORT)),
        (
            associated(
                *EVERYTHING, uid="1.2.826.0.1.3680043.9.3811.3.0.4", name="PYNETDICOM_304", max_pdu=16382
            ),
            query(STUDY),
        ),
        (associated("1.2.840.10008.1.1", CT, uid=DCMTK, name="OFFIS_DCMTK_367"),),
        (rejected(1, 1, 7),),
    ],
    ids=["Orthanc open", "Orthanc default", "pynetdicom qrscp", "storescp", "dcmqrscp"],
)
def test_real_archives_are_no_decoys(attempts: tuple[Completed, ...]) -> None:
    """What was measured on real servers carries no sign."""
    assert verdict(*attempts).decoy.tier is DecoyTier.NONE


def test_an_archive_that_takes_any_context_is_a_low_sign() -> None:
    """So does odil, and odil is real."""
    judged = verdict(associated(*EVERYTHING, anything=True), query(STUDY, ending=Ending.CLOSE))
    assert judged.decoy.tier is DecoyTier.LOW
    assert judged.decoy.reasons == ("accepts a service that does not exist",)


def test_the_identity_of_dicompot_is_a_high_sign() -> None:
    """GODICOM is the honeypot's library."""
    judged = verdict(
        associated(STUDY_FIND, uid="1.2.826.0.1.3680043.9.7133.1.1", name="GODICOM_1_1"), query(STUDY)
    )
    assert judged.decoy.tier is DecoyTier.HIGH


def test_canned_answers_alone_are_a_medium_sign() -> None:
    """A defective archive does the same."""
    assert verdict(associated(STUDY_FIND), query(STUDY, matches=3)).decoy.tier is DecoyTier.MEDIUM


def test_canned_answers_beside_another_sign_are_high() -> None:
    """Two signs speak louder than one."""
    judged = verdict(associated(STUDY_FIND, anything=True), query(STUDY, matches=3))
    assert judged.decoy.tier is DecoyTier.HIGH
    assert len(judged.decoy.reasons) == 2


def test_canned_answers_under_a_listed_title_count_too() -> None:
    """The title opens a decoy like any other archive."""
    titles = Completed("ae_titles", (answer(STUDY, matches=2, titles=RIGHT_CALLED),))
    assert verdict(rejected(1, 1, 7), titles).decoy.tier is DecoyTier.MEDIUM


@pytest.mark.parametrize(
    ("uid", "name", "max_pdu", "tier"),
    [
        (DCMTK, "PYNETDICOM_304", 16384, DecoyTier.MEDIUM),
        (DCMTK, "OFFIS_DCMTK_364", 16384, DecoyTier.LOW),
        (DCMTK, "OFFIS_DCMTK_367", 16382, DecoyTier.MEDIUM),
        ("1.2.840.113845.1.1", "Syn7,3,0,1", 16382, DecoyTier.MEDIUM),
        ("1.2.840.113845.1.1", "Syn7,3,0,1", 65000, DecoyTier.NONE),
        ("1.2.840.113619.6.144", "MergeCOM3_390", 65536, DecoyTier.NONE),
        ("1.2.392.200036.9116", "Syn4,4,0,36", 65000, DecoyTier.NONE),
    ],
)
def test_identities_that_contradict_themselves_are_signs(
    uid: str, name: str, max_pdu: int, tier: DecoyTier
) -> None:
    """A borrowed identity shows at its seams; a toolkit inside a vendor's product is none."""
    judged = verdict(associated("1.2.840.10008.1.1", uid=uid, name=name, max_pdu=max_pdu))
    assert judged.decoy.tier is tier


def test_signs_are_given_as_a_reason_with_their_fact() -> None:
    """A tier is explained, never just stated."""
    judged = verdict(associated(STUDY_FIND), query(STUDY, matches=3))
    assert "decoy" in rules(judged)
    assert next(r.fact for r in judged.reasons if r.rule == "decoy") == "null_query_study_root#0"
