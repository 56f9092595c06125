"""Random lab archives, counted byte by byte: a number that is called exact is exact."""

from __future__ import annotations

from collections import Counter

import pytest

from dosimeter.lab.generated import Shape, invent_catalogue
from dosimeter.lab.products import LIKE_ORTHANC
from dosimeter.model.census import Exact
from dosimeter.model.facts import QueryService
from dosimeter.model.scope import CountBudget
from tests.differential.lab_archive import Line, take_census, untruths_of

BATCH = 15


@pytest.mark.parametrize("batch", range(10))
def test_no_number_of_a_random_archive_is_called_what_it_is_not(batch: int) -> None:
    """Sizes, limits, lies and manners put together by chance; 2,000 of them by running lab_archive.py."""
    kinds: Counter[str] = Counter()
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        kind, wrong = untruths_of(seed)
        assert wrong == []
        kinds[kind] += 1
    assert kinds["exact"] >= 2, kinds


def test_a_truthful_archive_is_counted_whole_byte_by_byte() -> None:
    """So the wire between planner and archive is sound: every number is exact, and costs few questions."""
    catalogue = invent_catalogue(4, Shape(300, undated=20))
    truth = catalogue.truth()
    told = take_census(Line(catalogue, LIKE_ORTHANC), QueryService.STUDY_ROOT, CountBudget(), b"seed")
    counts = told.census.counts
    assert counts.studies == Exact(truth.studies)
    assert counts.patients == Exact(truth.patients)
    assert told.census.undated_studies == Exact(truth.undated)
    assert told.questions < 100
