"""The partition of an archive: closed ranges and endings of PatientIDs, never an open or invalid range.

A region is what one question asks for. Its parts by date share nothing and together hold all that it
holds. Times miss studies that have no time; endings miss identifiers that end otherwise.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Final

from dosimeter.dicom.count_query import CountKeys, CountLevel
from dosimeter.model.census import Axis

FIRST_YEAR: Final = 1
LAST_YEAR: Final = 2199
"""No date before or after these is asked for; a study that bears one counts as undated."""

HOURS: Final = 24
SECONDS_OF_AN_HOUR: Final = 3600
LAST_SECOND: Final = HOURS * SECONDS_OF_AN_HOUR - 1
LONGEST_ENDING: Final = 3
"""Characters of a PatientID that a question may hold."""
MADE_UP_MODALITY: Final = "ZZ"

_MODALITIES: Final = (
    "CT",
    "MR",
    "CR",
    "DX",
    "US",
    "XA",
    "MG",
    "NM",
    "PT",
    "RF",
    "OT",
    "SR",
    "ES",
    "PX",
    "IO",
)
_MONTHS: Final = 12
_SYMBOLS: Final = (*digits, *ascii_uppercase, *ascii_lowercase, *"-./:#+=,;()@&^")
"""Of identifiers as they are found, without ``_`` and ``%``, which a database may take for wildcards. A space
does not end one (PS3.5 Table 6.2-1, LO)."""


@dataclass(frozen=True, slots=True)
class Region:
    """Studies whose date and time lie within closed bounds; None bounds nothing.

    ``dates`` and ``times`` (seconds of the day) include both ends. ``ending`` is how the PatientID ends.
    """

    dates: tuple[date, date] | None = None
    times: tuple[int, int] | None = None
    ending: str | None = None
    modality: str | None = None

    def keys(self, level: CountLevel, *, counters: bool = False, modality: str | None = None) -> CountKeys:
        """The question for this region."""
        return CountKeys(
            level,
            dates=self.dates,
            times=self.times,
            modality=modality or self.modality,
            counters=counters,
            patient_ending=self.ending,
        )

    def by_dates(self) -> tuple[Region, ...]:
        """The months of a year, or two halves of anything else longer than a day; nothing of a day."""
        if self.dates is None or self.dates[0] == self.dates[1]:
            return ()
        first, last = self.dates
        if first == date(first.year, 1, 1) and last == date(first.year, 12, 31):
            return tuple(replace(self, dates=_month(first.year, month)) for month in range(1, 13))
        middle = first + timedelta(days=(last - first).days // 2)
        return (
            replace(self, dates=(first, middle)),
            replace(self, dates=(middle + timedelta(days=1), last)),
        )

    def by_times(self) -> tuple[Region, ...]:
        """Two halves of the times, down to the second. Without times: of the day, less what has no time."""
        first, last = self.times or (0, LAST_SECOND)
        if first == last:
            return ()
        middle = (first + last) // 2
        return replace(self, times=(first, middle)), replace(self, times=(middle + 1, last))

    def by_endings(self) -> tuple[Region, ...]:
        """One more character before the ending each, up to three. Letters may overlap with their capitals."""
        ending = self.ending or ""
        if len(ending) >= LONGEST_ENDING or (ending and self.times is not None):
            return ()
        symbols = (*_SYMBOLS, " ") if ending else _SYMBOLS
        return tuple(Region(self.dates, self.times, symbol + ending) for symbol in symbols)

    def by_modalities(self) -> tuple[Region, ...]:
        """What else tells studies of one patient and one second apart; one that cannot be comes first."""
        if self.ending is None or self.modality is not None or self.times is None:
            return ()
        return tuple(replace(self, modality=modality) for modality in (MADE_UP_MODALITY, *_MODALITIES))


EVERYTHING: Final = Region()


@dataclass(frozen=True, slots=True)
class Place:
    """A region that has a name, and may be a cell of a fact: nothing finer than a month or an hour."""

    name: str
    region: Region
    year: int | None = None
    """The year it lies in, None if it is none or several."""


def years(first: int, last: int) -> Place:
    """A closed range of years."""
    region = Region(dates=(date(first, 1, 1), date(last, 12, 31)))
    return Place(f"{first:04}", region, first) if first == last else Place(f"{first:04}/{last:04}", region)


ALL_AT_ONCE: Final = Place("whole", EVERYTHING)
ALL_YEARS: Final = years(FIRST_YEAR, LAST_YEAR)
"""One closed range over all dates that are asked for: every study that has one, and no other."""


def parts_of_dates(place: Place) -> tuple[Place, ...]:
    """Two halves of a range of years, the newer first; the months of a year; nothing of a month."""
    if place.region.dates is None or len(place.name) == len("2019-03"):
        return ()
    first, last = (day.year for day in place.region.dates)
    if first < last:
        middle = (first + last) // 2
        return years(middle + 1, last), years(first, middle)
    return tuple(
        Place(f"{first:04}-{month:02}", Region(dates=_month(first, month)), first) for month in range(1, 13)
    )


def hours(first: int, last: int) -> Place:
    """A closed range of hours of the day, whatever the date."""
    name = f"{first:02}" if first == last else f"{first:02}/{last:02}"
    return Place(name, Region(times=(first * SECONDS_OF_AN_HOUR, (last + 1) * SECONDS_OF_AN_HOUR - 1)))


def parts_of_hours(place: Place) -> tuple[Place, ...]:
    """Two halves of a range of hours; nothing of an hour."""
    if place.region.times is None:
        return ()
    first, last = (second // SECONDS_OF_AN_HOUR for second in place.region.times)
    if first == last:
        return ()
    middle = (first + last) // 2
    return hours(first, middle), hours(middle + 1, last)


ALL_PARTS: Final = {
    Axis.WHOLE: ALL_AT_ONCE.name,
    Axis.DATES: ALL_YEARS.name,
    Axis.TIMES: hours(0, 23).name,
    Axis.PATIENT_IDS: "patient_ids",
}
"""The cell that stands for everything on each axis, however many parts it was asked for in."""


def bounds_of(name: str) -> tuple[int, int]:
    """The first and last month, or hour, of the place with this name; of any other name all of them."""
    first, _, last = name.partition("/")
    if not first.replace("-", "").isdigit():
        return 0, LAST_YEAR * _MONTHS
    if len(first) == len("07"):
        return int(first), int(last or first)
    year, _, month = first.partition("-")
    if month:
        return int(year) * _MONTHS + int(month), int(year) * _MONTHS + int(month)
    return int(year) * _MONTHS + 1, int(last or year) * _MONTHS + _MONTHS


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])
