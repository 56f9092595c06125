from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import islice

import pytest

from dosimeter.census.day_draws import DayDraws
from dosimeter.census.days import (
    PILOT_WEEKDAYS,
    PILOT_WEEKEND_DAYS,
    QUIET_DAYS,
    DayKind,
    Stratum,
    allocate,
    days_in_turn,
    plan_strata,
)
from dosimeter.census.estimate import estimate, student
from dosimeter.model.census import Estimated, Sample

TODAY = date(2026, 11, 24)
SEED = b"a seed"
PLENTY = 10_000_000


def planned(years: Iterable[int], rows: int = PLENTY, questions: int = 400) -> tuple[Stratum, ...]:
    return plan_strata(years, TODAY, rows=rows, rows_a_day=100.0, questions=questions)


def draw_days(stratum: Stratum, n: int, seed: bytes) -> tuple[date, ...]:
    return tuple(islice(days_in_turn(stratum, seed), n))


def strata(*years: int) -> tuple[Stratum, ...]:
    return planned(years)


def test_the_days_of_a_year_are_in_one_stratum_each() -> None:
    """1 January, weekdays and weekends together are the year, and nothing twice."""
    found = strata(2019)
    assert [one.name for one in found] == ["2019 new year", "2019 weekdays", "2019 weekends"]
    days = sorted(day for one in found for day in one.days)
    assert days == [date.fromordinal(date(2019, 1, 1).toordinal() + n) for n in range(365)]
    assert found[0].days == (date(2019, 1, 1),)
    assert {day.weekday() for day in found[1].days} == {0, 1, 2, 3, 4}
    assert {day.weekday() for day in found[2].days} == {5, 6}


def test_a_leap_day_is_a_day() -> None:
    """2020 has 366 days."""
    assert sum(len(one.days) for one in strata(2020)) == 366


def test_days_to_come_are_not_drawn() -> None:
    """The year that runs ends today, and years after it are none."""
    days = [day for one in strata(2026, 2027) for day in one.days]
    assert max(days) == TODAY
    assert len(days) == TODAY.timetuple().tm_yday
    assert strata(2027) == ()


def test_where_rows_are_few_years_are_put_together() -> None:
    """A pilot of every year would cost more rows or questions than there are: blocks of years share one."""
    rich = planned(range(2005, 2021))
    poor = planned(range(2005, 2021), rows=4_000)
    poorest = planned(range(2005, 2021), rows=10)
    assert len(rich) == 16 * 3
    assert [one.name for one in poor if one.kind is DayKind.WEEKDAY] == [
        "2005/2013 weekdays",
        "2014/2017 weekdays",
        "2018/2020 weekdays",
    ]
    assert [one.name for one in poorest] == [
        "2005/2020 new year",
        "2005/2020 weekdays",
        "2005/2020 weekends",
    ]
    assert planned(range(2005, 2021), questions=30) == planned(range(2005, 2021), rows=2_200) != poor
    for found in (rich, poor, poorest):
        assert sum(len(one.days) for one in found) == 5844


def test_small_days_let_every_year_have_its_own_strata() -> None:
    """Days of three studies cost next to nothing: it is the questions that count then."""
    found = plan_strata(range(1997, 2021), TODAY, rows=800, rows_a_day=3.0, questions=400)
    assert len({one.name.partition(" ")[0] for one in found}) == 24


def test_a_name_is_no_finer_than_a_year() -> None:
    """What is stored of a stratum names no day."""
    for stratum in strata(*range(2001, 2027)):
        assert stratum.name.partition(" ")[0].isdigit()


def test_a_draw_is_repeated_by_its_seed_and_no_other() -> None:
    """The same seed draws the same days; another seed, others."""
    _, weekdays, _ = strata(2019)
    assert draw_days(weekdays, 40, SEED) == draw_days(weekdays, 40, SEED)
    assert draw_days(weekdays, 40, SEED) != draw_days(weekdays, 40, b"another")


def test_a_longer_draw_begins_with_the_shorter_one() -> None:
    """Days can be added to a pilot."""
    _, weekdays, _ = strata(2019)
    longer = draw_days(weekdays, len(weekdays.days), SEED)
    assert sorted(longer) == list(weekdays.days)
    for n in (0, 1, 7, 100):
        assert draw_days(weekdays, n, SEED) == longer[:n]


def test_every_day_has_the_same_chance() -> None:
    """Over many seeds each day is drawn as often as any other: 104 days, 13 of them, 4,000 times."""
    _, _, weekends = strata(2019)
    times = dict.fromkeys(weekends.days, 0)
    for seed in range(4_000):
        for day in draw_days(weekends, 13, seed.to_bytes(4)):
            times[day] += 1
    expected = 4_000 * 13 / len(weekends.days)
    assert all(abs(found - expected) < 5 * expected**0.5 for found in times.values())


def test_a_draw_is_spread_over_the_year() -> None:
    """Eight days are never all of one season: each half of the year has four of them, or nearly."""
    _, weekdays, _ = strata(2019)
    for seed in range(200):
        early = sum(day < date(2019, 7, 2) for day in draw_days(weekdays, 8, seed.to_bytes(4)))
        assert 3 <= early <= 5


def test_all_days_counted_leave_nothing_to_estimate() -> None:
    """With every day of every stratum the interval is one number."""
    assert estimate(10, [Sample(3, (1, 2, 3)), Sample(1, (4,))]) == Estimated(20, 20, 20)


def test_the_mean_stands_for_the_days_that_were_not_drawn() -> None:
    """Two of four days with 10 and 20: 60 in all, of which 30 were counted; 7 come from elsewhere."""
    found = estimate(7, [Sample(4, (10, 20))])
    assert found is not None
    assert found.value == 67
    assert 37 <= found.low < 67 < found.high


def test_the_interval_never_ends_below_what_was_counted() -> None:
    """What has been seen is there, however much the days differ."""
    found = estimate(5, [Sample(260, (0, 0, 0, 1_000))])
    assert found is not None
    assert found.low >= 1_005
    assert found.high > 260 * 250


def test_more_days_make_the_interval_narrower() -> None:
    """Four times the days, a good part less; nearly all days, nearly none."""
    widths = []
    for n in (10, 40, 160, 259):
        found = estimate(0, [Sample(260, tuple(90 + 20 * (day % 2) for day in range(n)))])
        assert found is not None
        widths.append(found.high - found.low)
    assert widths[1] < widths[0] * 0.7
    assert widths[2] < widths[1] * 0.8
    assert widths[3] < 260


def test_equal_days_do_not_make_the_rest_known() -> None:
    """Patients come by chance: three days with 9 studies each do not mean that all have 9."""
    found = estimate(0, [Sample(260, (9, 9, 9))])
    assert found is not None
    assert found.low < 260 * 9 < found.high


def test_the_upper_end_leaves_room_for_one_busy_day() -> None:
    """An import under one date may be on a day that was not drawn, even if the others hardly differ."""
    found = estimate(0, [Sample(260, (1_000,) * 200)])
    assert found is not None
    assert found.high - found.value >= 20_000


def test_one_day_of_many_carries_no_interval() -> None:
    """A variance needs two; a stratum of a single day that was counted needs none."""
    assert estimate(100, [Sample(260, (5,)), Sample(104, (1, 2))]) is None
    assert estimate(100, [Sample(260, ()), Sample(104, (1, 2))]) is None
    assert estimate(100, [Sample(1, (5,)), Sample(104, (1, 2))]) is not None
    assert estimate(100, [Sample(1, ()), Sample(104, (1, 2))]) is None


def test_nothing_on_the_days_drawn_is_no_estimate_of_nothing() -> None:
    """A hundred empty days do not say how much the other days may hold."""
    assert estimate(100, [Sample(260, (0,) * 100)]) is None
    assert estimate(100, [Sample(260, (0,) * 260)]) == Estimated(100, 100, 100)


def test_no_stratum_adds_nothing() -> None:
    """Without open years the exact part is all there is."""
    assert estimate(100, []) == Estimated(100, 100, 100)


def test_more_days_than_a_stratum_has_are_refused() -> None:
    """A mistake of the caller is not turned into a number."""
    with pytest.raises(ValueError, match="3 days were counted of 2"):
        estimate(0, [Sample(2, (1, 2, 3))])


def test_an_estimate_has_a_value_inside_of_its_interval() -> None:
    """Even with days that differ a thousandfold and the smallest of samples."""
    found = estimate(0, [Sample(260, (1, 1_000_000)), Sample(104, (0, 7, 0))])
    assert found is not None
    assert found.low <= found.value <= found.high


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [
        (0.5, 12.706),
        (1, 12.706),
        (2.9, 4.303),
        (10, 2.228),
        (30, 2.042),
        (31, 2.040),
        (60, 2.000),
        (1e9, 1.960),
    ],
)
def test_the_quantiles_are_those_of_student(freedom: float, quantile: float) -> None:
    """Printed tables, three decimals; a fraction of a degree is dropped."""
    assert student(freedom) == pytest.approx(quantile, abs=0.001)


def pilot(chosen: tuple[Stratum, ...], weekday: int, weekend: int) -> list[Sample]:
    size = {DayKind.NEW_YEAR: 0, DayKind.WEEKDAY: weekday, DayKind.WEEKEND: weekend}
    return [
        Sample(len(one.days), tuple(size[one.kind] + n % 2 * (size[one.kind] > 0) for n in range(one.pilot)))
        for one in chosen
    ]


def test_rows_decide_how_many_days_are_asked_for() -> None:
    """More rows, more days; what is chosen stays within them and never below the pilot."""
    chosen = strata(2017, 2018, 2019)
    samples = pilot(chosen, 100, 20)
    few, many = (allocate(chosen, samples, rows, 10_000) for rows in (2_000, 30_000))
    assert sum(few) < sum(many)
    for goals, rows in ((few, 2_000), (many, 30_000)):
        spent = 0.0
        for one, sample, goal in zip(chosen, samples, goals, strict=True):
            assert one.pilot <= goal <= len(one.days)
            spent += (goal - one.pilot) * sum(sample.studies) / len(sample.studies)
        assert rows / 2 < spent < rows


def test_no_rows_left_is_no_day_more() -> None:
    """The pilot stands as it is."""
    chosen = strata(2018, 2019)
    assert allocate(chosen, pilot(chosen, 100, 20), 0, 400) == tuple(one.pilot for one in chosen)


def test_questions_are_counted_too() -> None:
    """An archive of small days is not asked about each of them."""
    chosen = strata(2018, 2019)
    goals = allocate(chosen, pilot(chosen, 1, 1), PLENTY, 60)
    assert 40 < sum(goals) - sum(one.pilot for one in chosen) <= 60


def test_plenty_of_rows_and_questions_is_every_day() -> None:
    """Nothing stops it before the strata end."""
    chosen = strata(2019)
    assert allocate(chosen, pilot(chosen, 10, 2), PLENTY, PLENTY) == (1, 260, 104)


def test_where_nothing_was_found_more_days_are_asked() -> None:
    """Empty days cost no rows, and a stratum is not taken for empty after four of them."""
    chosen = strata(2018, 2019)
    samples = pilot(chosen, 100, 0)
    goals = allocate(chosen, samples, 1_000, 400)
    weekends = [n for one, n in zip(chosen, goals, strict=True) if one.kind is DayKind.WEEKEND]
    assert all(n >= QUIET_DAYS for n in weekends)


def test_empty_years_do_not_use_up_the_questions() -> None:
    """Forty years before the archive began leave questions for the years that hold something."""
    chosen = strata(*range(1980, 2021))
    samples = pilot(chosen, 100, 20)
    for at, one in enumerate(chosen[:-9]):
        samples[at] = Sample(len(one.days), (0,) * one.pilot)
    goals = allocate(chosen, samples, 60_000, 400)
    pilots = [one.pilot for one in chosen]
    assert sum(goals[:-9]) - sum(pilots[:-9]) <= 200
    assert sum(goals[-9:]) - sum(pilots[-9:]) >= 100


def test_its_own_pilot_does_not_decide_how_often_a_year_is_asked() -> None:
    """A year whose pilot happened to be low would stay low: its neighbours decide."""
    chosen = strata(2017, 2018, 2019)
    usual, low = pilot(chosen, 100, 20), pilot(chosen, 100, 20)
    at = [n for n, one in enumerate(chosen) if one.kind is DayKind.WEEKDAY][1]
    low[at] = Sample(260, (40, 41, 40, 41))
    assert allocate(chosen, low, 20_000, 400)[at] >= allocate(chosen, usual, 20_000, 400)[at]


def draws(rows: int = PLENTY, questions: int = 400) -> DayDraws:
    return DayDraws((2018, 2019), TODAY, SEED, rows=rows, rows_a_day=100.0, questions=questions)


def test_the_pilot_goes_round_the_strata() -> None:
    """Every stratum is asked once before any is asked twice: an early end finds them alike."""
    asked = draws()
    for _ in range(6):
        assert asked.next_day() is not None
        asked.counted(10, 10)
    assert all(len(sample.studies) == 1 for _, sample in asked.samples)


def test_no_day_is_asked_for_twice() -> None:
    """Until the questions end, each is about another day."""
    asked, days = draws(questions=100), []
    while (day := asked.next_day()) is not None:
        days.append(day)
        asked.counted(10, 10)
    assert len(days) == len(set(days)) == 100


def test_small_days_and_plenty_of_rows_count_the_years_whole() -> None:
    """With enough of everything no day is left out, and the estimate is a number."""
    asked = draws(questions=PLENTY)
    while asked.next_day() is not None:
        asked.counted(2, 2)
    assert estimate(0, [sample for _, sample in asked.samples]) == Estimated(1460, 1460, 1460)


def test_no_day_is_begun_that_the_rows_may_not_finish() -> None:
    """It stops while four usual days are left, because a day cut in the middle spoils all."""
    rows, asked = 6_000, draws(rows=6_000)
    while asked.next_day() is not None:
        asked.counted(100, 100)
        rows -= 100
    assert 0 <= rows <= 2_000
    samples = dict(asked.samples)
    assert len(samples["2019 weekdays"].studies) > PILOT_WEEKDAYS
    assert len(samples["2019 weekends"].studies) > PILOT_WEEKEND_DAYS


def test_a_day_that_was_cut_ends_it_without_an_estimate() -> None:
    """Leaving out just the large days would be the worst of samples."""
    asked = draws()
    for _ in range(20):
        asked.next_day()
        asked.counted(10, 10)
    asked.next_day()
    asked.cut()
    assert asked.next_day() is None
    assert estimate(0, [sample for _, sample in asked.samples]) is None


def test_a_resumed_draw_asks_for_the_same_days() -> None:
    """The seed alone decides, so the days of a run before need not be stored."""
    first, second = draws(), draws()
    for _ in range(50):
        assert first.next_day() == second.next_day()
        first.counted(10, 10)
        second.counted(10, 10)


def test_an_answer_belongs_to_a_question() -> None:
    """A day that nobody asked for, or one that is still open, is a mistake of the caller."""
    asked = draws()
    with pytest.raises(ValueError, match="no day was asked for"):
        asked.counted(1, 1)
    asked.next_day()
    with pytest.raises(ValueError, match="neither counted nor cut"):
        asked.next_day()


def test_no_open_year_is_no_question() -> None:
    """Nothing to draw from."""
    asked = DayDraws((), TODAY, SEED, rows=1_000, rows_a_day=1.0)
    assert asked.next_day() is None
    assert asked.samples == ()
