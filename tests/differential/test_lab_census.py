"""Random lab archives, counted byte by byte: a number that is called exact is exact."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dosimeter.lab.generated import Shape, invent_catalogue
from dosimeter.lab.policy import Policy
from dosimeter.lab.products import LIKE_DCMTK, LIKE_ORTHANC
from dosimeter.model.facts import QueryService
from dosimeter.model.scope import CountBudget
from tests.differential.lab_archive import Line, take_census, untruths, untruths_of

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


@pytest.mark.parametrize("product", [LIKE_ORTHANC, LIKE_DCMTK, Policy()])
@pytest.mark.parametrize(("studies", "days", "limit"), [(100, 0, 99), (240, 30, 20), (240, 6000, 239)])
@pytest.mark.parametrize("level", ["STUDY", "PATIENT", "SERIES", "IMAGE"])
def test_a_silent_limit_of_one_level_makes_nothing_exact_that_is_not(
    product: Policy, studies: int, days: int, limit: int, level: str
) -> None:
    """A longer answer at another level proves nothing of the studies: limits can differ by level."""
    shape = Shape(studies, first=date(2026, 10, 30) - timedelta(days=days), undated=10, most_instances=3)
    catalogue = invent_catalogue(studies + limit, shape)
    policy = replace(product, most_rows_at=((level, limit),), cut_status=0x0000)
    told = take_census(Line(catalogue, policy), QueryService.STUDY_ROOT, CountBudget(), b"seed")
    assert list(untruths(told.census, catalogue)) == []


def test_a_truthful_archive_is_counted_whole_byte_by_byte() -> None:
    """The wire between planner and archive is sound: every number is seen, with few questions.

    Three hundred may be a limit, so the endings of PatientIDs are asked for too, some seventy questions.
    """
    catalogue = invent_catalogue(4, Shape(300, undated=20))
    truth = catalogue.truth()
    told = take_census(Line(catalogue, LIKE_ORTHANC), QueryService.STUDY_ROOT, CountBudget(), b"seed")
    counts = told.census.counts
    assert [getattr(counts, name).value for name in ("patients", "studies", "series", "instances")] == [
        *(truth.patients, truth.studies, truth.series, truth.instances)
    ]
    assert counts.studies.kind == "exact"
    assert told.questions < 120
