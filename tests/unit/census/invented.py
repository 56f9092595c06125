"""Invents archives: skewed, seasonal, capped, undated, lying. One number is one archive."""

from __future__ import annotations

import random
from datetime import date, timedelta

from dosimeter.census.limits import may_be_a_limit
from tests.unit.census.simulated import (
    CANCELLED,
    MODALITIES,
    OUT_OF_RESOURCES,
    SUCCESS,
    TODAY,
    Archive,
    Behaviour,
    Counters,
    Endings,
    Modality,
    Order,
    Study,
)

CAPS = (1, 7, 10, 12, 100, 500, 1_000, 5_000)
_STEM = "1.2.826.0.1.3680043.8.498."
_NAMINGS = ("P{}", "TEST-{:04}", "{:08}", "{:03}/a", "{:05}K", "H{:x}")
_ROOTS = ("1.2.840.113619.2.", "1.3.12.2.1107.5.", "1.2.392.200036.9116.", "2.25.")


def invent(seed: int) -> Archive:
    """The archive of this number."""
    chance = random.Random(seed)
    cap, status = _limit(chance)
    studies = _studies(chance, _size(chance, cap))
    if cap == 0:
        cap = max(1, sum(study.day is not None for study in studies))
    order = chance.choice(tuple(Order))
    if order is Order.UNDATED_LAST and cap is not None and status == SUCCESS and not may_be_a_limit(cap):
        order = Order.OLDEST_FIRST  # the impostor of ADR 0011, which has a test of its own
    behaviour = Behaviour(
        cap=cap,
        cap_status=status,
        rows_per_instance=chance.random() < 0.05,
        repeated=2 if chance.random() < 0.03 else 1,
        dates_ignored=chance.random() < 0.04,
        times_ignored=chance.random() < 0.06,
        endings=chance.choices(tuple(Endings), (50, 15, 20, 10, 5))[0],
        counters=chance.choices(tuple(Counters), (50, 20, 8, 8, 8, 6))[0],
        modality=chance.choices(tuple(Modality), (50, 30, 20))[0],
        relational=chance.random() < 0.5,
        patient_level=chance.random() < 0.5,
        studies_of_patient_root=chance.random() < 0.9,
        honours_cancel=chance.random() < 0.5,
        order=order,
    )
    return Archive(studies, behaviour, seed)


def _limit(chance: random.Random) -> tuple[int | None, int]:
    """A limit in rows and the status of an answer it cut; 0 stands for as many as have a date."""
    if chance.random() < 0.45:
        return None, SUCCESS
    cap = chance.choice((*CAPS, 0))
    return cap, chance.choices((SUCCESS, CANCELLED, OUT_OF_RESOURCES, 0xC001), (50, 35, 8, 7))[0]


def _size(chance: random.Random, cap: int | None) -> int:
    most = 10_000 if cap is None else 24 if cap == 1 else max(150, 25 * cap)
    bands = ((0, 0), (1, 1), (2, 12), (13, 120), (121, 900), (901, 3_000))
    low, high = chance.choices(bands, (2, 4, 17, 52, 21, 4))[0]
    return min(most, chance.randint(low, high))


def _studies(chance: random.Random, n: int) -> list[Study]:
    day_of, second_of, uid_of = _days(chance), _seconds(chance), _uids(chance)
    undated = chance.choices((0.0, 0.02, 0.1, 0.5), (55, 20, 20, 5))[0]
    timed_of_undated = chance.choice((0.0, 0.5, 1.0))
    untimed = chance.choices((0.0, 0.1, 1.0), (70, 25, 5))[0]
    people, named = max(1, round(n * chance.uniform(0.2, 1.0))), chance.choice(_NAMINGS)
    anonymous = 0.1 if chance.random() < 0.1 else 0.0
    uids: set[str] = set()
    studies = []
    for _ in range(n):
        has_date = chance.random() >= undated
        has_time = chance.random() >= untimed if has_date else chance.random() < timed_of_undated
        uid = uid_of()
        while uid in uids:
            uid = uid_of()
        uids.add(uid)
        series = chance.randint(1, 3)
        studies.append(
            Study(
                uid,
                day_of() if has_date else None,
                second_of() if has_time else None,
                ""
                if has_date and has_time and chance.random() < anonymous
                else named.format(chance.randrange(people)),
                series,
                series * chance.randint(1, 3),
                chance.choice(MODALITIES),
            )
        )
    return studies


def _days(chance: random.Random):  # noqa: ANN202  a function that makes days
    kind = chance.random()
    if kind < 0.05:
        return lambda: date(2019, 3, 7)
    if kind < 0.1:
        return lambda: date(chance.choice((1900, 1956, 2019, 2031)), 1, 1)
    years = chance.choice((1, 3, 10, 25))
    growth = chance.choice((1.0, 2.0))
    gap = chance.random() < 0.15

    def day() -> date:
        found = TODAY - timedelta(days=round(365 * years * chance.random() ** growth))
        return found.replace(year=1995, day=1) if gap and found.year % 3 == 0 else found

    return day


def _seconds(chance: random.Random):  # noqa: ANN202  a function that makes times
    kind = chance.random()
    if kind < 0.05:
        return lambda: 0
    if kind < 0.1:
        return lambda: 36_000 + chance.randrange(3)
    return lambda: chance.randrange(86_400) if kind < 0.4 else 8 * 3600 + chance.randrange(10 * 3600)


def _uids(chance: random.Random):  # noqa: ANN202  a function that makes UIDs
    kind = chance.random()
    if kind < 0.4:
        return lambda: f"{_STEM}{chance.randrange(1, 10**20)}"
    if kind < 0.8:
        return lambda: f"{chance.choice(_ROOTS)}{chance.randrange(1, 10**12)}"
    return lambda: f"1.2.3.{chance.randrange(1, 20_000)}"
