"""Several surveys of the same networks as a line: where each point stands. Numbers alone, no markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from dosimeter.model.message import Message, say, semicolons
from dosimeter.report.language import Language

_WIDTH: Final = 340
_HEIGHT: Final = 190
_LEFT: Final = 42
_RIGHT: Final = 42
_TOP: Final = 30
_BOTTOM: Final = 34
_FEWEST: Final = 2


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One survey: its day, how many archives it studied and how many of them answered anybody, no decoys."""

    day: date
    studied: int
    queryable: int


@dataclass(frozen=True, slots=True)
class TrendMark:
    """A point of the line: where it stands, its number, and its day where there is room to write it."""

    x: int
    y: int
    number: str
    day: str


@dataclass(frozen=True, slots=True)
class TrendRow:
    """One line of the table beside the picture."""

    day: str
    studied: str
    queryable: str


@dataclass(frozen=True, slots=True)
class TrendPicture:
    """The line of archives that answer anybody, oldest survey first; ``line`` holds its points."""

    width: int
    height: int
    base: int
    line: str
    marks: tuple[TrendMark, ...]
    rows: tuple[TrendRow, ...]
    description: str


def draw_trend(points: Sequence[TrendPoint], language: Language) -> TrendPicture | None:
    """Place the points by their days; None for fewer than two surveys."""
    ordered = sorted(points, key=lambda point: point.day)
    if len(ordered) < _FEWEST:
        return None
    first, last = ordered[0].day, ordered[-1].day
    days = (last - first).days or 1
    most = max(point.queryable for point in ordered) or 1
    base = _HEIGHT - _BOTTOM
    marks = []
    for place, point in enumerate(ordered):
        x = _LEFT + (point.day - first).days * (_WIDTH - _LEFT - _RIGHT) // days
        y = base - point.queryable * (base - _TOP) // most
        is_end = place in {0, len(ordered) - 1}
        marks.append(TrendMark(x, y, language.number(point.queryable), _day(point.day) if is_end else ""))
    return TrendPicture(
        width=_WIDTH,
        height=_HEIGHT,
        base=base,
        line=" ".join(f"{mark.x},{mark.y}" for mark in marks),
        marks=tuple(marks),
        rows=tuple(
            TrendRow(language.day(each.day), language.number(each.studied), language.number(each.queryable))
            for each in ordered
        ),
        description=language.text(semicolons([_says(point, language) for point in ordered])),
    )


def _day(day: date) -> str:
    return day.isoformat()


def _says(point: TrendPoint, language: Language) -> Message:
    return say(
        "{day}: {queryable} of {studied} archives answer anybody",
        day=language.day(point.day),
        queryable=point.queryable,
        studied=point.studied,
    )
