"""What both sampling probes share: who may ask, and the fact that is made of fill rates."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from dosimeter.model.census import Axis, Things
from dosimeter.model.facts import CellCounted
from dosimeter.model.message import say
from dosimeter.model.scope import Touch
from dosimeter.model.web import AttributeFill, AttributesSampled, SampledOver
from dosimeter.probes._declare import NotAsked, Visit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dosimeter.dicom.sampling import FillRates
    from dosimeter.model.facts import Fact

_YEARS_BACK: Final = 30
_DAYS_OF_A_YEAR: Final = 366
_YEAR_LENGTH: Final = 4
_MONTH_LENGTH: Final = 7
_DECEMBER: Final = 12
_WHOLE_ROWS: Final = 20
"""A cell that had no more rows is asked as a whole."""
_WISHED_ROWS: Final = 10
_ONE_DAY: Final = timedelta(days=1)

Dates = tuple[date, date]


def check_leave(visit: Visit) -> None:
    """Look once more whether the scope allows a sample, and whether the host was sampled at another port.

    An archive has several doors, and is asked for twenty answers once.

    Raises:
        NotAsked: the scope does not go so far or names no second person (DESIGN §4), or it was sampled.
    """
    authorisation = visit.authorisation
    if visit.is_sampled_elsewhere:
        raise NotAsked(say("this host was sampled at another port: twenty answers are asked for once"))
    if authorisation.touch < Touch.SAMPLE or authorisation.second_person is None:
        raise NotAsked(say("the scope allows no sample, or names no second person for it"))


def sampled(over: SampledOver, rates: FillRates) -> AttributesSampled:
    """The fact of these fill rates.

    Raises:
        NotAsked: no answer came.
    """
    if not rates.answers:
        raise NotAsked(say("no answer came that could be sampled"))
    fills = tuple(AttributeFill(*fill) for fill in rates.fills())
    return AttributesSampled(over, rates.answers, fills)


def ranges(seen: Iterable[Fact], today: date) -> Iterator[Dates]:
    """Closed ranges of dates that share no day, the latest first, each sized to hold few studies.

    Where a census found studies it says where to look and how wide; else days of the recent past come first,
    then ever longer times before them.
    """
    before = date.max
    cells = sorted(_non_empty(seen), key=lambda cell: (cell[0][1], cell[0][0]), reverse=True)
    for (first, last), rows in cells:
        end = min(last, before - _ONE_DAY)
        days = (end - first).days + 1
        if days > 0:
            width = days if rows <= _WHOLE_ROWS else max(1, days * _WISHED_ROWS // rows)
            yield from _growing(first, end, width, 2)
            before = first
    if not cells:
        yield from _growing(today - timedelta(days=_YEARS_BACK * _DAYS_OF_A_YEAR), today, 1, 4)


def _growing(first: date, last: date, width: int, factor: int) -> Iterator[Dates]:
    while last >= first:
        begin = max(first, last - timedelta(days=width - 1))
        yield begin, last
        if begin == first:
            return
        last = begin - _ONE_DAY
        width *= factor


def _non_empty(seen: Iterable[Fact]) -> Iterator[tuple[Dates, int]]:
    for fact in seen:
        if (
            isinstance(fact, CellCounted)
            and fact.things is Things.STUDIES
            and fact.axis is Axis.DATES
            and fact.rows
            and (dates := _dates_of(fact.cell)) is not None
        ):
            yield dates, fact.rows


def _dates_of(cell: str) -> Dates | None:
    """The days of a cell named as ``2019``, ``2019-03`` or ``0001/1989``; None of any other."""
    begins, _, ends = cell.partition("/")
    first, last = _part(begins), _part(ends or begins)
    return (first[0], last[1]) if first is not None and last is not None else None


def _part(name: str) -> Dates | None:
    year, _, month = name.partition("-")
    if len(name) not in {_YEAR_LENGTH, _MONTH_LENGTH} or not (year + month).isdecimal() or not int(year):
        return None
    if not month:
        return date(int(year), 1, 1), date(int(year), _DECEMBER, 31)
    if not 1 <= int(month) <= _DECEMBER:
        return None
    _, days = monthrange(int(year), int(month))
    return date(int(year), int(month), 1), date(int(year), int(month), days)
