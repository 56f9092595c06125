"""Archives with every cap and lie seen in the field: no number is called what it is not.

Two thousand (a minute and a quarter); fewer while working: ``pytest this file`` with DOSIMETER_ARCHIVES=300.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import timedelta

import pytest

from dosimeter.model.facts import QueryService
from dosimeter.model.scope import CountBudget
from tests.unit.census.invented import invent
from tests.unit.census.judged import judged, untruths
from tests.unit.census.simulated import (
    CANCELLED,
    MODALITIES,
    SUCCESS,
    TODAY,
    Archive,
    Behaviour,
    Endings,
    Study,
    count,
    plan,
)

ARCHIVES = int(os.environ.get("DOSIMETER_ARCHIVES", "2000"))
PARTS = 3


def _service(seed: int) -> QueryService:
    return QueryService.PATIENT_ROOT if seed % 5 == 0 else QueryService.STUDY_ROOT


@pytest.mark.timeout(ARCHIVES)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_number_of_an_invented_archive_is_called_what_it_is_not(part: int) -> None:
    """Exact is the truth, at least is no more than it, and claimed is what the archive says."""
    wrong = []
    kinds: Counter[tuple[str, str]] = Counter()
    for seed in range(part, ARCHIVES, PARTS):
        archive = invent(seed)
        result = judged(count(archive, plan(_service(seed))), archive)
        wrong += [f"archive {seed}: {each}" for each in untruths(result, archive)]
        kinds[_kind_of(archive), result.counts.studies.kind] += 1
    assert wrong == []
    for kind, least in (("clean", 0.95), ("capped", 0.60), ("no endings", 0.65)):
        here = {found: n for (of, found), n in kinds.items() if of == kind}
        assert here["exact"] / sum(here.values()) >= least, f"{kind}: {here}"


def _kind_of(archive: Archive) -> str:
    """Archives of which the method can find the number, by what it takes; else "other"."""
    how, studies = archive.behaviour, len(archive.studies)
    rows = (
        sum(study.instances for study in archive.studies) if how.rows_per_instance else studies * how.repeated
    )
    is_capped = how.cap is not None and how.cap < 4 * rows  # series and images of a cell are asked for too
    is_told = how.cap_status in {SUCCESS, CANCELLED}
    if studies <= 12 or how.dates_ignored or how.times_ignored or not how.studies_of_patient_root:
        return "other"
    if how.endings in {Endings.MATCHED, Endings.CASELESS}:
        return "clean" if not is_capped else "capped" if is_told and how.cap and how.cap > 1 else "other"
    return "other" if is_capped else "no endings"


@pytest.mark.parametrize("seed", range(60))
def test_a_budget_that_ends_first_leaves_no_untruth(seed: int) -> None:
    """Whatever is left of the rows, the number is a floor or an estimate, and the rows are not exceeded."""
    chance = random.Random(seed)
    rows = chance.choice((50, 300, 1_500, 2_500, 5_000))
    archive = invent(seed)
    budget = CountBudget(rows=rows, rows_per_answer=chance.choice((rows, rows // 2 + 1, 200)))
    result = judged(count(archive, plan(budget=budget)), archive)
    assert untruths(result, archive) == []
    assert archive.rows <= rows + 40


def test_a_census_killed_anywhere_and_resumed_says_nothing_untrue() -> None:
    """The keyed hashes of the first run are gone; its numbers stand, and no cell of it is asked for again."""
    both: Counter[tuple[str, str]] = Counter()
    for seed in range(120):
        archive, again = invent(seed), invent(seed)
        if len(archive.studies) > 1_000:
            continue
        full = judged(count(archive), archive)
        killed = count(again, most=random.Random(seed).randrange(archive.asked + 1))
        known = tuple(killed.cells)
        resumed = count(again, known=known)
        result = judged(resumed, again)
        assert untruths(result, again) == [], f"archive {seed}"
        kept = {
            (cell.things, cell.axis, cell.cell, cell.with_counters) for cell in known if cell.questions == 1
        }
        new = [cell for cell in resumed.cells if cell.run and cell.questions == 1]
        assert not {(cell.things, cell.axis, cell.cell, cell.with_counters) for cell in new} & kept
        both[full.counts.studies.kind, result.counts.studies.kind] += 1
    assert both["exact", "exact"] >= 0.9 * (both["exact", "exact"] + both["exact", "at_least"])


def _large(studies: int, seed: int = 1) -> list[Study]:
    chance = random.Random(seed)
    roots = ("1.2.840.113619.2.", "1.3.12.2.1107.5.", "1.2.392.200036.")
    return [
        Study(
            f"{chance.choice(roots)}{n}{chance.randrange(10**9)}",
            TODAY - timedelta(days=chance.randrange(3_650)),
            chance.randrange(86_400),
            f"P{chance.randrange(studies // 2)}",
            1,
            2,
            chance.choice(MODALITIES),
        )
        for n in range(studies)
    ]


def test_a_clean_archive_of_ten_years_costs_three_rows_a_study_and_few_questions() -> None:
    """Every study is seen by its date, all at once and by one more axis, which brings the counters too."""
    archive = Archive(_large(4_321), Behaviour(relational=False))
    result = judged(count(archive), archive)
    assert (result.counts.studies.kind, result.counts.instances.kind) == ("exact", "claimed")
    assert archive.rows <= 3.3 * len(archive.studies)
    assert archive.asked <= 100


@pytest.mark.parametrize(("cap", "rows"), [(None, 250_000), (5_000, 600_000)])
def test_a_hundred_thousand_studies_are_counted_with_and_without_a_cap(cap: int | None, rows: int) -> None:
    """Too many to ask for at once: by dates, and by endings of PatientIDs."""
    archive = Archive(_large(100_000), Behaviour(cap=cap, relational=False))
    result = judged(count(archive, plan(budget=CountBudget(rows=rows))), archive)
    assert untruths(result, archive) == []
    assert result.counts.studies.kind == "exact"
