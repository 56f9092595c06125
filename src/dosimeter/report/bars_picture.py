"""Bars: how long each is, beside its words. Numbers alone, no markup.

A bar that is hollow is no number that was counted to the end: a bound, an estimate, or a small cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from dosimeter.model.census import Exact, Unknown
from dosimeter.report.language import Language
from dosimeter.report.shown_words import shown_words
from dosimeter.report.small_cells import FewerThan
from dosimeter.report.study import Grouping, Shown, StudyRow, Withheld

BARS_DRAWN: Final = 12
"""The largest rows are drawn; the table has them all."""

BAR_ROOM: Final = 1000
"""The length of the longest bar, in units of its view box."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its name, what the bar says, how long it is, and how long the part of it that is darker."""

    label: str
    says: str
    length: int
    part: int
    part_says: str
    vague: bool


@dataclass(frozen=True, slots=True)
class BarsPicture:
    """The bars, longest first. ``left_out`` are rows that have no bar."""

    bars: tuple[Bar, ...]
    left_out: int

    @property
    def has_vague(self) -> bool:
        """Whether any bar is hollow."""
        return any(bar.vague for bar in self.bars)


def draw_images(
    grouping: Grouping, language: Language, label: Callable[[StudyRow], str]
) -> BarsPicture | None:
    """Images linked by each row, and the part of them that can be downloaded; None where none are known."""
    rows = [row for row in grouping.rows if length_of(row.linked.cell)]
    return _draw(
        rows,
        label=label,
        whole=lambda row: (length_of(row.linked.cell), language.text(shown_words(row.linked.cell))),
        part=lambda row: (
            length_of(row.downloadable.cell),
            language.text(shown_words(row.downloadable.cell)),
        ),
        vague=lambda row: not isinstance(row.linked.cell, Exact),
    )


def draw_archives(
    grouping: Grouping, language: Language, label: Callable[[StudyRow], str]
) -> BarsPicture | None:
    """Archives studied in each row, and the part of them that answers anybody; None where there are none."""
    return _draw(
        [row for row in grouping.rows if row.studied],
        label=label,
        whole=lambda row: (row.studied, language.number(row.studied)),
        part=lambda row: (row.queryable, language.number(row.queryable)),
        vague=lambda _: False,
    )


def length_of(shown: Shown) -> int:
    """What a bar may show of a number: a small cell is as long as it can be, what is not known has none."""
    match shown:
        case Unknown() | Withheld():
            return 0
        case FewerThan(value):
            return value - 1
        case _:
            return shown.value


def _draw(
    rows: Iterable[StudyRow],
    *,
    label: Callable[[StudyRow], str],
    whole: Callable[[StudyRow], tuple[int, str]],
    part: Callable[[StudyRow], tuple[int, str]],
    vague: Callable[[StudyRow], bool],
) -> BarsPicture | None:
    ordered = sorted(rows, key=lambda row: (-whole(row)[0], row.key))
    drawn = ordered[:BARS_DRAWN]
    if not drawn:
        return None
    most = max(whole(row)[0] for row in drawn)
    return BarsPicture(
        bars=tuple(
            Bar(
                label=label(row),
                says=whole(row)[1],
                length=_share(whole(row)[0], most),
                part=_share(min(part(row)[0], whole(row)[0]), most),
                part_says=part(row)[1],
                vague=vague(row),
            )
            for row in drawn
        ),
        left_out=len(ordered) - len(drawn),
    )


def _share(value: int, most: int) -> int:
    """Rounded up: what is there is seen."""
    return -(-value * BAR_ROOM // most)
