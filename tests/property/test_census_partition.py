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


uids = st.from_regex(r"(0|[1-9][0-9]{0,4})(\.(0|[1-9][0-9]{0,4})){0,5}", fullmatch=True)


@given(uids, st.integers(0, 30))
def test_every_uid_is_in_just_one_part_of_its_beginning(uid: str, length: int) -> None:
    """One symbol more, or the end: whatever the UID, one part has it and no other."""
    prefix = uid[: min(length, len(uid))]
    parts = Region(prefix=prefix or None).by_uids()
    holding = [
        part
        for part in parts
        if (uid == part.prefix if part.ends else uid.startswith(part.prefix or "nothing"))
    ]
    assert len(holding) == 1


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
