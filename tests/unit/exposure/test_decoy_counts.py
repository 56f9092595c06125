from __future__ import annotations

import pytest

from dosimeter.model.attempt import Attempt, Completed
from dosimeter.model.census import Axis, CensusEnd
from dosimeter.model.verdict import DecoyTier, Verdict
from tests.unit.exposure.counted import cell, census
from tests.unit.exposure.seen import EVERYTHING, STUDY, associated, query, retrieve, verdict

DCMTK = "1.2.276.0.7230010.3.0.3.6.7"
PYNETDICOM = "1.2.826.0.1.3680043.9.3811.3.0.4"

ORTHANC = associated(*EVERYTHING, uid=DCMTK, name="OFFIS_DCMTK_367")
QRSCP = associated(*EVERYTHING, uid=PYNETDICOM, name="PYNETDICOM_304", max_pdu=16382)
NAMELESS = associated(*EVERYTHING)


def judged(association: Completed, counted: Completed, *more: Attempt) -> Verdict:
    """An open archive that was counted."""
    return verdict(association, query(STUDY), retrieve(), counted, *more)


@pytest.mark.parametrize("association", [ORTHANC, NAMELESS], ids=["Orthanc and dcmqrscp", "odil"])
def test_an_archive_that_counts_soundly_shows_no_sign(association: Completed) -> None:
    """Years that share nothing, one row a study, and the whole at the end."""
    counted = census(
        cell("2019", 10, on_axis=10),
        cell("2020", 19, on_axis=29),
        cell("2021", 18, on_axis=47),
        cell("whole", 48, axis=Axis.WHOLE),
    )
    assert judged(association, counted).decoy.tier is DecoyTier.NONE


def test_three_years_of_one_study_each_are_no_sign() -> None:
    """Equal numbers are not equal sets: the union grows."""
    counted = census(cell("2019", 1, on_axis=1), cell("2020", 1, on_axis=2), cell("2021", 1, on_axis=3))
    assert judged(NAMELESS, counted).decoy.tier is DecoyTier.NONE


def test_studies_that_come_once_for_each_image_are_a_low_sign() -> None:
    """Qrscp of pynetdicom is real and sends 225 rows for 48 studies."""
    decoy = judged(QRSCP, census(cell("whole", 225, 48, axis=Axis.WHOLE))).decoy
    assert decoy.tier is DecoyTier.LOW
    assert decoy.reasons == ("it repeats the same study in one answer",)


def test_an_answer_that_never_ends_is_a_low_sign() -> None:
    """Whoever hears C-CANCEL ends its answer with a status; a deaf archive may be real."""
    decoy = judged(ORTHANC, census(cell("whole", 9_000, axis=Axis.WHOLE, endless=True))).decoy
    assert decoy.tier is DecoyTier.LOW
    assert decoy.reasons == ("one of its answers came to no end, though it was asked to stop",)
    never_asked = census(cell("whole", 0, axis=Axis.WHOLE, endless=True))
    assert judged(ORTHANC, never_asked).decoy.tier is DecoyTier.NONE


def test_a_name_that_does_not_repeat_studies_and_does_is_a_medium_sign() -> None:
    """Neither Orthanc nor dcmqrscp repeats one: who announces DCMTK and does so borrows the name."""
    decoy = judged(ORTHANC, census(cell("whole", 225, 48, axis=Axis.WHOLE))).decoy
    assert decoy.tier is DecoyTier.MEDIUM
    assert "announces DCMTK" in decoy.reasons[0]


def test_a_cell_that_was_asked_in_parts_is_no_repetition() -> None:
    """A year that was cut and asked again by months has seen its studies twice."""
    counted = census(cell("2019", 120, 48, questions=13))
    assert judged(ORTHANC, counted).decoy.tier is DecoyTier.NONE


@pytest.mark.parametrize(
    ("studies", "tier"), [(3, DecoyTier.MEDIUM), (50, DecoyTier.MEDIUM), (51, DecoyTier.LOW)]
)
def test_the_same_studies_for_every_year_are_a_sign(studies: int, tier: DecoyTier) -> None:
    """A handful is canned; an archive in use that does not look at dates is defective, and still counts."""
    years = (str(year) for year in (2019, 2020, 2021))
    counted = census(*(cell(year, studies, on_axis=studies) for year in years))
    assert judged(NAMELESS, counted).decoy.tier is tier


def test_two_years_alike_are_no_sign() -> None:
    """One answer may be at fault."""
    two = census(*(cell(str(year), 3, on_axis=3) for year in (2019, 2020)))
    assert judged(NAMELESS, two).decoy.tier is DecoyTier.NONE


def test_a_month_that_holds_all_of_its_year_is_no_sign() -> None:
    """Three studies of one day, found in a range of years, in their year and in their month."""
    counted = census(*(cell(name, 3, on_axis=3) for name in ("2017/2020", "2019", "2019-03")))
    assert judged(NAMELESS, counted).decoy.tier is DecoyTier.NONE


def test_cells_of_two_runs_are_not_compared() -> None:
    """After a resume the union begins again, for the key is gone."""
    counted = census(
        cell("2019", 3, on_axis=3), cell("2020", 3, on_axis=3, run=1), cell("2021", 3, on_axis=6, run=1)
    )
    assert judged(NAMELESS, counted).decoy.tier is DecoyTier.NONE


def test_a_census_that_was_not_believed_is_a_medium_sign() -> None:
    """Answers that do not depend on the question."""
    decoy = judged(NAMELESS, census(end=CensusEnd.NOT_BELIEVED)).decoy
    assert decoy.tier is DecoyTier.MEDIUM


@pytest.mark.parametrize(
    ("public", "tier"), [(48, DecoyTier.MEDIUM), (25, DecoyTier.MEDIUM), (24, DecoyTier.NONE)]
)
def test_more_than_half_of_public_numbers_is_a_medium_sign(public: int, tier: DecoyTier) -> None:
    """A public collection is a demonstration; a few of its studies in an archive are none."""
    counted = census(cell("whole", 48, axis=Axis.WHOLE, public=public))
    assert judged(NAMELESS, counted).decoy.tier is tier


def test_a_medium_sign_beside_another_is_high_and_points_at_its_fact() -> None:
    """A public collection, each study repeated."""
    said = judged(NAMELESS, census(cell("2019", 0), cell("whole", 90, 9, axis=Axis.WHOLE, public=90)))
    assert said.decoy.tier is DecoyTier.HIGH
    assert next(reason.fact for reason in said.reasons if reason.rule == "decoy") == "count#1"


def test_no_sign_names_a_number() -> None:
    """A cell may be small."""
    said = judged(ORTHANC, census(cell("whole", 90, 9, axis=Axis.WHOLE, public=90)))
    assert not any(character.isdigit() for reason in said.decoy.reasons for character in reason)
