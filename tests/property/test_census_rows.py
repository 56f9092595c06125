"""Archives that treat series and images otherwise than studies: no number is called what it is not.

More of them: ``python -m pytest tests/property/test_census_rows.py`` with DOSIMETER_ARCHIVES=20000.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import replace

import pytest

from tests.unit.census.deep import Deep
from tests.unit.census.invented import invent
from tests.unit.census.judged import judged, untruths
from tests.unit.census.simulated import CANCELLED, SUCCESS, Counters, count, plan

ARCHIVES = int(os.environ.get("DOSIMETER_ARCHIVES", "1000"))
PARTS = 4


def invent_deep(seed: int) -> Deep:
    """The archive of this number."""
    usual, chance = invent(seed), random.Random(f"deep {seed}")
    studies = usual.studies[:400]
    counters = chance.choice((Counters.ABSENT, Counters.ZERO, Counters.INFLATED, usual.behaviour.counters))
    series, images = (sum(getattr(each, what) for each in studies) for what in ("series", "instances"))
    caps = (None, None, None, 7, 37, 100, len(studies), series, max(1, series - 1), max(1, images - 1))
    return Deep(
        studies,
        replace(
            usual.behaviour,
            cap=usual.behaviour.cap if chance.random() < 0.3 else None,
            relational=True,
            counters=counters,
        ),
        seed,
        cap_below=chance.choice(caps),
        cap_of_patient_root=chance.choice(caps),
        status_below=chance.choice((SUCCESS, SUCCESS, CANCELLED)),
        ignores_dates=chance.random() < 0.5,
        ignores_times=chance.random() < 0.5,
        ignores_endings=chance.random() < 0.5,
    )


@pytest.mark.timeout(ARCHIVES)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_number_of_series_or_images_is_called_what_it_is_not(part: int) -> None:
    """Limits of one level, of one information model, and keys that select nothing below the studies."""
    wrong = []
    kinds: Counter[tuple[bool, str]] = Counter()
    for seed in range(part, ARCHIVES, PARTS):
        archive = invent_deep(seed)
        how = replace(plan(), patient_root_answers=seed % 3 > 0)
        result = judged(count(archive, how), archive)
        wrong += [f"archive {seed}: {each}" for each in untruths(result, archive)]
        if result.counts.studies.kind == "exact" and len(archive.studies) > 12:
            is_free = archive.cap_below is None and not archive.ignores_dates
            kinds[is_free, result.counts.series.kind] += 1
    assert wrong == []
    free = {kind: n for (is_free, kind), n in kinds.items() if is_free}
    assert free["exact"] >= 0.65 * sum(free.values()), kinds
