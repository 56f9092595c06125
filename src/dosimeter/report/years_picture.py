"""Studies by year as a picture: one bar a year, with its number beside it. Numbers alone, no markup."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dosimeter.model.census import Exact, Unknown
from dosimeter.model.message import Message, say, semicolons
from dosimeter.report.breakdown import YearShown
from dosimeter.report.census_words import cell_words
from dosimeter.report.language import Language
from dosimeter.report.small_cells import Cell, FewerThan

YEARS_DRAWN: Final = 40
"""The latest years are drawn; JSON names them all."""

_WIDTH: Final = 420
_LEFT: Final = 52
_ROOM: Final = 250
_ROW: Final = 22
_BAR: Final = 14


@dataclass(frozen=True, slots=True)
class YearBar:
    """One year. ``vague`` where the number is not the one that was counted to the end."""

    year: int
    says: str
    x: int
    y: int
    width: int
    height: int
    label_x: int
    text_y: int
    vague: bool


@dataclass(frozen=True, slots=True)
class YearsPicture:
    """All bars, oldest year first. ``left_out`` are years before the first one drawn."""

    width: int
    height: int
    bars: tuple[YearBar, ...]
    left_out: int
    description: str


def draw_years(years: Iterable[YearShown], language: Language) -> YearsPicture | None:
    """Place the bars; None where there is no year to show."""
    ordered = sorted(years, key=lambda each: each.year)
    drawn = ordered[-YEARS_DRAWN:]
    if not drawn:
        return None
    most = max(_length(each.studies) for each in drawn) or 1
    bars = tuple(_bar(each, place, most, language) for place, each in enumerate(drawn))
    return YearsPicture(
        width=_WIDTH,
        height=len(bars) * _ROW + 4,
        bars=bars,
        left_out=len(ordered) - len(drawn),
        description=language.text(say("{years}.", years=semicolons([_told(bar) for bar in bars]))),
    )


def _bar(each: YearShown, place: int, most: int, language: Language) -> YearBar:
    length = _length(each.studies)
    width = -(-length * _ROOM // most)
    return YearBar(
        year=each.year,
        says=language.text(cell_words(each.studies)),
        x=_LEFT,
        y=place * _ROW + 4,
        width=width,
        height=_BAR,
        label_x=_LEFT + width + 8,
        text_y=place * _ROW + 4 + _BAR - 2,
        vague=not isinstance(each.studies, Exact),
    )


def _told(bar: YearBar) -> Message:
    return say("{year}: {studies}", year=str(bar.year), studies=bar.says)


def _length(cell: Cell) -> int:
    """A small cell is drawn as long as it can be: the picture must tell no more than the words."""
    if isinstance(cell, Unknown):
        return 0
    return cell.value - 1 if isinstance(cell, FewerThan) else cell.value
