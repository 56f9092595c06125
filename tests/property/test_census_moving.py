"""Archives whose ranges lose their last day, or that grow while they are counted, or between two runs."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from dosimeter.census.question import Answer, Question
from dosimeter.dicom.count_query import CountKeys
from dosimeter.model.census import Census, Exact
from tests.property.test_census_attacks import (
    CANCELLED,
    SUCCESS,
    TODAY,
    UNABLE,
    Archive,
    Row,
    Study,
    assert_honest,
    census,
    studies,
)


class Odd(Archive):
    """Limited or not, with or without wildcards; and one of three oddities drawn by chance."""

    def __init__(self, held: list[Study], chance: Random) -> None:
        super().__init__(held)
        self.chance = chance
        self.oddity = chance.choice(("exclusive", "moments", "growing"))
        self.cap = chance.choice((None, None, 7, 20, 61, 100, 150))
        self.status = chance.choice((SUCCESS, CANCELLED, UNABLE))
        self.wildcards = chance.random() < 0.7
        self.every = chance.choice((3, 7, 20, 50, 90))

    def matches(self, study: Study, keys: CountKeys) -> bool:
        """What falls out of a range."""
        is_last = keys.dates is not None and study.day == keys.dates[1]
        if is_last and (self.oddity == "exclusive" or (self.oddity == "moments" and study.second)):
            return False
        return super().matches(study, keys)

    def matches_text(self, study: Study, keys: CountKeys) -> bool:
        """Wildcards, if it has them."""
        return (keys.patient_ending is None or self.wildcards) and super().matches_text(study, keys)

    def limit(self, rows: list[Row], _keys: CountKeys) -> tuple[list[Row], int]:
        """Its limit."""
        is_cut = self.cap is not None and len(rows) > self.cap
        return (rows[: self.cap], self.status) if is_cut else (rows, SUCCESS)

    def answer(self, question: Question) -> Answer:
        """One C-FIND, before which a study may come."""
        if self.oddity == "growing" and self.asked % self.every == self.every - 1:
            day = TODAY if self.chance.random() < 0.7 else TODAY - timedelta(days=self.chance.randrange(900))
            self.studies.append(Study(f"1.9.{self.asked}", day, 36_000, f"N{self.asked}", 1, 3))
        return super().answer(question)


@pytest.mark.parametrize("batch", range(3))
def test_ranges_that_leak_and_studies_that_come_make_no_number_exact_that_is_not(batch: int) -> None:
    """Fifty archives each, half of them killed and resumed, a third with too few rows for all."""
    for seed in range(batch * 50, (batch + 1) * 50):
        chance = Random(seed)
        held = studies(
            chance.choice((3, 30, 90, 211, 300)),
            chance.choice((0, 0, 3)),
            years=chance.choice((1, 3, 8)),
            seed=seed,
            untimed=chance.choice((0, 5)),
            undated=chance.choice((0, 0, 4)),
        )
        archive = Odd(list(held), chance)
        rows = chance.choice((250_000, 250_000, chance.choice((200, 600, 1_500))))
        killed = () if chance.random() < 0.5 else (chance.randrange(1, 60),)
        found = census(archive, interrupted=killed, rows=rows)
        if archive.oddity == "growing":
            assert_of_its_time(found, held, archive.studies)
        else:
            assert_honest(found, archive)


def assert_of_its_time(found: Census, before: list[Study], after: list[Study]) -> None:
    """Exact numbers were true at some time between the first question and the last."""
    undated = sum(one.day is None for one in after)
    assert not isinstance(found.undated_studies, Exact) or found.undated_studies.value == undated
    if isinstance(found.counts.studies, Exact):
        assert len(before) <= found.counts.studies.value <= len(after)
    first, last = (Counter(one.day.year for one in held if one.day) for held in (before, after))
    for year in found.years:
        if isinstance(year.studies, Exact):
            assert first[year.year] <= year.studies.value <= last[year.year]
