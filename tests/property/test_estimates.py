"""2,000 invented archives, estimated as a census does it, held against what they hold (ADR 0012)."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from math import exp, pi, sin, sqrt
from random import Random
from statistics import median
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosimeter.census.day_draws import DayDraws
from dosimeter.census.estimate import DATED_ONLY, estimate
from dosimeter.model.census import Estimated, Sample

TODAY = date(2026, 11, 24)
ARCHIVES = 2_000


@dataclass
class Invented:
    """Studies of each day, by year; what is odd about it; its limit on an answer.

    ``one_second``: studies of a crowded day carry one time, so that a day over the limit cannot be cut.
    """

    studies: dict[int, list[int]]
    oddities: list[str] = field(default_factory=list)
    limit: int | None = None
    one_second: bool = False


def invent(rnd: Random) -> Invented:
    """Two to twenty years, 2 to 1,100 studies a weekday at first, growing or shrinking, with a season."""
    first = 2026 - rnd.randint(1, 19)
    at_first, growth = exp(rnd.uniform(0.7, 7)), rnd.uniform(0.9, 1.3)
    swing, phase = rnd.uniform(0, 0.4), rnd.uniform(0, 2 * pi)
    season = [1 + swing * sin(2 * pi * day / 365 + phase) for day in range(366)]
    weekend = rnd.uniform(0.02, 0.7)
    week = [rnd.uniform(0.7, 1.2) for _ in range(5)] + [weekend, weekend * rnd.uniform(0.3, 1)]
    if rnd.random() < 0.1:
        week = week[1:] + week[:1]
    skew = rnd.uniform(0.05, 0.6)
    noise = [exp(rnd.gauss(0, skew)) for _ in range(512)]
    archive = Invented({})
    for year in range(first, 2027):
        days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
        mean, monday = at_first * growth ** (year - first), date(year, 1, 1).weekday()
        chance = rnd.choices(noise, k=days)
        archive.studies[year] = [
            arrivals(rnd, mean * week[(monday + day) % 7] * season[day] * chance[day]) for day in range(days)
        ]
    make_odd(archive, rnd, first, at_first, growth)
    archive.studies[2026][(TODAY - date(2026, 1, 1)).days + 1 :] = [0] * (date(2026, 12, 31) - TODAY).days
    return archive


def arrivals(rnd: Random, mean: float) -> int:
    """About Poisson."""
    return max(0, int(rnd.gauss(mean, sqrt(mean)) + 0.5))


def make_odd(archive: Invented, rnd: Random, first: int, at_first: float, growth: float) -> None:
    """Holidays, a first year that begins somewhere; closures, gaps, migrations, coarse dates, limits."""
    years = archive.studies
    years[first][: rnd.randrange(330)] = []
    years[first][:0] = [0] * ((date(first + 1, 1, 1) - date(first, 1, 1)).days - len(years[first]))
    for counts in years.values():
        for day in rnd.sample(range(len(counts)), 10):
            counts[day] //= 8
        if rnd.random() < 0.15:
            start, length = rnd.randrange(340), rnd.randint(3, 21)
            counts[start : start + length] = [0] * length
    if rnd.random() < 0.1:
        archive.oddities.append("a year without studies")
        empty = rnd.choice(sorted(years))
        years[empty] = [0] * len(years[empty])
    if rnd.random() < 0.2:
        archive.oddities.append("thousands imported on one day")
        for _ in range(rnd.randint(1, 4)):
            year = rnd.choice(sorted(years))
            years[year][rnd.randrange(320)] += int(at_first * growth ** (year - first) * rnd.uniform(5, 60))
    if rnd.random() < 0.1:
        archive.oddities.append("dates cut to the year")
        for counts in years.values():
            moved = [int(n * rnd.uniform(0, 0.5)) for n in counts]
            counts[:] = [n - gone for n, gone in zip(counts, moved, strict=True)]
            counts[0] += sum(moved)
    if rnd.random() < 0.25:
        archive.oddities.append("a limit on answers")
        archive.limit = max(10, int(max(max(counts) for counts in years.values()) * rnd.uniform(0.1, 1)))
        archive.one_second = rnd.random() < 0.2


def survey(archive: Invented, rnd: Random, seed: bytes) -> Estimated | None:
    """What a census says; None where it cannot estimate.

    Years newest first while they fit, then days of the others, and of years before, from what is left.
    The rows allowed are 3 to 70 % of the archive. A day over the limit is cut in two by time, and costs
    the limit on top; where all its studies have one time it stays cut.
    """
    totals = {year: sum(counts) for year, counts in archive.studies.items()}
    rows = max(500, int(sum(totals.values()) * exp(rnd.uniform(-3.5, -0.35))))
    reserve = rows * 2 // 5
    counted: list[int] = []
    opened: list[int] = []
    last = 0
    for year in sorted(totals, reverse=True):
        if opened or max(totals[year], last) > rows - reserve:
            opened.append(year)
            continue
        counted.append(year)
        rows -= totals[year]
        last = totals[year]
    opened += range(min(totals) - rnd.randint(0, 15), min(totals))
    questions = rnd.choice((100, 200, 300))
    empty = [0] * 366
    draws = DayDraws(opened, TODAY, seed, rows=rows, rows_a_day=last / 260 or 50.0, questions=questions)
    while (day := draws.next_day()) is not None:
        at = (day - date(day.year, 1, 1)).days
        studies = archive.studies.get(day.year, empty)[at]
        crowded = archive.limit is not None and studies >= archive.limit
        price = studies + (archive.limit or 0) * crowded
        rows -= price
        if rows < 0 or (crowded and archive.one_second):
            draws.cut()
        else:
            draws.counted(studies, price)
    samples = [sample for _, sample in draws.samples]
    return estimate(sum(totals[year] for year in counted), samples)


@dataclass
class Tally:
    """How often intervals covered the truth, by what was odd, and how wide they were."""

    covered: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    widths: list[float] = field(default_factory=list)

    def add(self, found: Estimated, truth: int, oddities: list[str]) -> None:
        """Hold one interval against the truth."""
        for kind in ["all", *(oddities or ["nothing odd"])]:
            self.made[kind] += 1
            self.covered[kind] += found.low <= truth <= found.high
        self.widths.append((found.high - found.low) / max(1, truth))

    def share(self, kind: str = "all") -> float:
        """The coverage."""
        return self.covered[kind] / self.made[kind]

    def table(self, name: str) -> str:
        """The figures, a line for each kind of archive."""
        mean = sum(self.widths) / len(self.widths)
        lines = [f"{name}: mean relative width {mean:.3f}, median {median(self.widths):.3f}; coverage"]
        lines += [f"  {self.share(kind):.3f} of {self.made[kind]:5} {kind}" for kind in sorted(self.made)]
        return "\n".join(lines)


def test_intervals_cover_the_truth_on_two_thousand_archives(capsys: pytest.CaptureFixture[str]) -> None:
    """At least 93 of 100 intervals hold the dated studies that the archive has."""
    started = process_time()
    studies, none = Tally(), 0
    for number in range(ARCHIVES):
        rnd = Random(number)
        archive = invent(rnd)
        found = survey(archive, rnd, number.to_bytes(4))
        if found is None:
            none += 1
        else:
            studies.add(found, sum(map(sum, archive.studies.values())), archive.oddities)
    seconds = process_time() - started
    rest = f"no estimate, a day was cut or the rows ended: {none}; {seconds:.0f} s"
    with capsys.disabled():
        sys.stdout.write(f"\n{studies.table('studies')}\n{rest}\n")
    assert studies.made["all"] > 0.8 * ARCHIVES
    assert studies.share() >= 0.93
    assert studies.share("nothing odd") >= 0.94
    assert median(studies.widths) < 0.25
    assert seconds < 60


def test_an_undated_study_is_not_claimed() -> None:
    """Studies in no day change no estimate: it is of dated ones, and its remark says so."""
    rnd = Random(7)
    archive = invent(rnd)
    surveyed = survey(archive, rnd, b"seed")
    assert surveyed is not None
    dated = sum(map(sum, archive.studies.values()))
    assert surveyed.low <= dated <= surveyed.high
    assert "those without a date are not in it" in DATED_ONLY


@st.composite
def any_samples(draw: st.DrawFn) -> list[Sample]:
    """Strata of up to 366 days with up to all of them counted, of any size."""
    found = []
    for _ in range(draw(st.integers(0, 6))):
        units = draw(st.integers(1, 366))
        studies = draw(st.lists(st.integers(0, 10**9), max_size=min(units, 12)))
        found.append(Sample(units, tuple(studies)))
    return found


@given(st.integers(0, 10**9), any_samples())
def test_an_interval_is_in_order_and_holds_what_was_counted(exact: int, samples: list[Sample]) -> None:
    """Counted <= low <= value <= high, whatever the days held."""
    found = estimate(exact, samples)
    if found is not None:
        assert exact + sum(sum(one.studies) for one in samples) <= found.low <= found.value <= found.high


@given(st.integers(0, 10**6), any_samples())
def test_what_was_counted_elsewhere_moves_the_interval_as_a_whole(exact: int, samples: list[Sample]) -> None:
    """The part that is exact adds to both ends and nothing to the width."""
    bare, more = estimate(0, samples), estimate(exact, samples)
    if bare is None or more is None:
        assert bare is more
    else:
        assert (more.value, more.low, more.high) == (bare.value + exact, bare.low + exact, bare.high + exact)


@given(
    years=st.sets(st.integers(1990, 2026), min_size=1, max_size=8),
    seed=st.binary(max_size=40),
    rows=st.integers(0, 100_000),
    questions=st.integers(0, 200),
    sizes=st.lists(st.integers(0, 3_000), min_size=1, max_size=20),
)
def test_draws_end_and_stay_within_their_questions(
    years: set[int], seed: bytes, rows: int, questions: int, sizes: list[int]
) -> None:
    """Days are of the open years, none twice, and no more than the questions allow, whatever they hold."""
    draws = DayDraws(years, TODAY, seed, rows=rows, rows_a_day=100.0, questions=questions)
    days: list[date] = []
    while (day := draws.next_day()) is not None:
        days.append(day)
        held = sizes[len(days) % len(sizes)]
        draws.counted(held, held)
    assert len(days) == len(set(days)) <= questions
    assert all(day.year in years and day <= TODAY for day in days)
    assert sum(len(sample.studies) for _, sample in draws.samples) == len(days)
