"""Archives of one to three studies: they are asked a few dozen questions, and not hundreds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dosimeter.model.census import AtLeast, CensusEnd, Exact
from tests.unit.census.judged import judged
from tests.unit.census.simulated import CANCELLED, Archive, Behaviour, Counters, Endings, Study, count
from tests.unit.census.test_ladder import ANSWERS_FOR_ALL, STUDIES_ALONE, counted, forty_eight

UNCOUNTED = replace(ANSWERS_FOR_ALL, counters=Counters.ABSENT)


@pytest.mark.parametrize("behaviour", [ANSWERS_FOR_ALL, STUDIES_ALONE, UNCOUNTED])
@pytest.mark.parametrize(
    "study", [forty_eight()[5], forty_eight()[0], replace(forty_eight()[0], second=None)]
)
def test_a_single_study_costs_a_few_dozen_questions(study: Study, behaviour: Behaviour) -> None:
    """Dated, undated, or without a time: no ending shows that two would be sent, so none is asked for."""
    result, archive = counted(behaviour, [study])
    assert result.counts.studies == AtLeast(1)
    assert archive.asked < 50


def test_two_studies_of_one_patient_are_not_told_apart_at_any_price() -> None:
    """The first ending that holds both is the last."""
    one = forty_eight()[5]
    result, archive = counted(ANSWERS_FOR_ALL, [one, replace(one, uid="1.2.3")])
    assert result.counts.studies == AtLeast(2)
    assert archive.asked < 60


def test_two_studies_of_two_patients_are_counted_exactly_by_one_character() -> None:
    """Each ending holds one where two were sent at once."""
    result, archive = counted(ANSWERS_FOR_ALL, forty_eight()[5:7])
    assert result.counts.studies == Exact(2)
    assert archive.asked < 100


@pytest.mark.parametrize("studies", [1, 2, 3])
def test_a_few_behind_a_limit_that_is_said_are_still_all_found(studies: int) -> None:
    """The archive says that there is more: then endings are worth their price."""
    result, _ = counted(replace(ANSWERS_FOR_ALL, cap=1, cap_status=CANCELLED), forty_eight()[:studies])
    assert result.counts.studies == (Exact(studies) if studies > 1 else AtLeast(1))


def test_one_study_whatever_is_asked_is_not_believed() -> None:
    """The same record under every date, time and ending: that is noticed though one is few."""
    behaviour = Behaviour(dates_ignored=True, times_ignored=True, endings=Endings.IGNORED)
    archive = Archive(forty_eight()[5:6], behaviour)
    census = count(archive)
    assert census.end is CensusEnd.NOT_BELIEVED
    assert judged(census, archive).counts.studies.kind == "unknown"
