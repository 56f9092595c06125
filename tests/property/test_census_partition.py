"""The parts of any region: valid closed ranges that share nothing and together are the region."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dosimeter.census.regions import LAST_SECOND, Place, Region, hours, parts_of_dates, parts_of_hours, years

days = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@given(days, days)
def test_dates_part_without_gap_or_overlap_down_to_the_day(one: date, other: date) -> None:
    """Each part begins the day after the one before it ends; a day has no parts."""
    first, last = sorted((one, other))
    parts = Region(dates=(first, last)).by_dates()
    assert bool(parts) is (first < last)
    here = first
    for part in parts:
        assert part.dates is not None
        assert part.dates[0] == here <= part.dates[1]
        here = part.dates[1] + timedelta(days=1)
    assert not parts or here == last + timedelta(days=1)


@given(st.integers(0, LAST_SECOND), st.integers(0, LAST_SECOND))
def test_times_part_without_gap_or_overlap_down_to_the_second(one: int, other: int) -> None:
    """The second half begins the second after the first half ends."""
    first, last = sorted((one, other))
    parts = Region(times=(first, last)).by_times()
    assert bool(parts) is (first < last)
    if parts:
        (low, middle), (next_one, high) = (part.times or (-1, -1) for part in parts)
        assert (low, next_one, high) == (first, middle + 1, last)
        assert low <= middle < next_one <= high


@given(st.text("0123456789ABCxyz-./:#", min_size=3, max_size=8), st.integers(0, 2))
def test_every_patient_id_of_three_characters_is_in_one_part_of_its_ending(patient: str, length: int) -> None:
    """One character more before the ending: one part has it; letters of another case are another part."""
    ending = patient[len(patient) - length :]
    holding = [
        part for part in Region(ending=ending or None).by_endings() if patient.endswith(part.ending or "?")
    ]
    assert len(holding) == 1


def test_no_ending_is_longer_than_three_characters() -> None:
    """A question holds no identifier."""
    assert Region(ending="123").by_endings() == ()


@given(st.integers(1900, 2199), st.integers(1900, 2199))
def test_years_part_down_to_months_and_no_further(one: int, other: int) -> None:
    """The places that become facts are years, ranges of years, and months."""
    waiting = [years(*sorted((one, other)))]
    finest: list[Place] = []
    while waiting:
        place = waiting.pop()
        parts = parts_of_dates(place)
        waiting += parts
        if not parts:
            finest.append(place)
    assert len(finest) == 12 * (abs(one - other) + 1)
    assert len({place.name for place in finest}) == len(finest)
    assert all(len(place.name) == len("2019-03") for place in finest)


def test_hours_part_down_to_the_hour_and_no_further() -> None:
    """The places of the times axis that become facts are hours and ranges of hours."""
    waiting, finest = [hours(0, 23)], []
    while waiting:
        place = waiting.pop()
        parts = parts_of_hours(place)
        waiting += parts
        if not parts:
            finest.append(place.name)
    assert sorted(finest) == [f"{hour:02}" for hour in range(24)]
