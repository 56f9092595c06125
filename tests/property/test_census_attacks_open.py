"""Attacks on the census that it does not yet withstand."""

from __future__ import annotations

from dataclasses import replace

from dosimeter.census.judge import judge_census
from dosimeter.census.ladder import Census as Ladder
from dosimeter.census.question import Answer, Question
from dosimeter.census.work import CensusPlan
from dosimeter.dicom.count_query import CountKeys
from dosimeter.model.census import Exact
from dosimeter.model.facts import CensusEnded, QueryService
from dosimeter.model.scope import CountBudget
from tests.property.test_census_attacks import (
    TITLES,
    TODAY,
    Archive,
    Study,
    assert_honest,
    census,
    silent,
    studies,
)


def test_the_last_day_of_a_range_may_fall_out() -> None:
    """Dates compared as moments: a range ends at midnight before its last day, as if it were exclusive."""

    class Exclusive(Archive):
        def matches(self, study: Study, keys: CountKeys) -> bool:
            if keys.dates is not None and (study.day is None or study.day == keys.dates[1]):
                return False
            return super().matches(study, keys)

    archive = Exclusive(studies(3_000, years=6))
    assert_honest(census(archive), archive)


def test_a_study_that_comes_while_it_counts_is_not_one_without_a_date() -> None:
    """A hospital does not stop for a census: every third question finds a study more, of today."""

    class Growing(Archive):
        def answer(self, question: Question) -> Answer:
            if self.asked % 3 == 2:
                self.studies.append(Study(f"1.9.{self.asked}", TODAY, 36_000, f"N{self.asked}", 1, 3))
            return super().answer(question)

    archive = Growing(studies(400))
    found = census(archive)
    assert found.undated_studies == Exact(0) or not isinstance(found.undated_studies, Exact)
    assert found.rows_limit is None
    if isinstance(found.counts.studies, Exact):
        assert 400 <= found.counts.studies.value <= len(archive.studies)


def test_studies_that_come_between_two_runs_are_not_counted_as_undated() -> None:
    """A survey that is resumed the next day finds a year longer than it was."""
    for first in range(2, 40, 5):
        archive = Archive(studies(211))
        plan = CensusPlan(QueryService.STUDY_ROOT, TITLES, CountBudget(), 1, TODAY, b"seed")
        before = Ladder(plan)
        questions = before.questions()
        question = next(questions)
        for _ in range(first):
            question = questions.send(archive.answer(question))
        archive.studies += [replace(one, uid=f"1.7.{n}", day=TODAY) for n, one in enumerate(studies(9))]
        after = Ladder(plan, tuple(before.cells))
        questions = after.questions()
        question = next(questions, None)
        while question is not None:
            try:
                question = questions.send(archive.answer(question))
            except StopIteration:
                break
        found = judge_census([*after.cells, CensusEnded(TITLES, after.end, archive.asked, 0, 0, 1, 0)])
        assert found.undated_studies == Exact(0) or not isinstance(found.undated_studies, Exact), first
        assert found.counts.studies in {Exact(220), Exact(211)} or not isinstance(found.counts.studies, Exact)


def test_years_cut_without_a_word_are_no_exact_part_of_an_estimate() -> None:
    """Ten years of 750 studies, each cut at 400 rows with Success, and days drawn from the rest."""
    archive = silent(400)(studies(9_000, years=12))
    assert_honest(census(archive, rows=2_500), archive)
