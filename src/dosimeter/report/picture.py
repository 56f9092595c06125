"""The ladder as a picture: where every line and square stands. Numbers alone, no markup.

Archives stand on their rung as squares, a hollow one for each suspected decoy; where there are too
many for squares, as one bar, its hollow end the decoys. Every count is also written out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from dosimeter.model.message import commas, say, semicolons
from dosimeter.model.verdict import Exposure
from dosimeter.report.language import Language
from dosimeter.report.rungs import Rung

_SQUARE: Final = 14
_STEP: Final = 19
_MARGIN: Final = 60
"""Right of the ladder, for the numbers."""

_GROUND: Final = (Exposure.NOT_DICOM, Exposure.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Measures of one picture, in units of its view box."""

    width: int
    left: int
    rung_height: int
    label_above: bool


class Shape(Enum):
    """For a page, and for a telephone: text must not shrink with the picture."""

    WIDE = _Layout(width=944, left=290, rung_height=48, label_above=False)
    NARROW = _Layout(width=328, left=14, rung_height=66, label_above=True)


@dataclass(frozen=True, slots=True)
class Mark:
    """A square or a bar; ``hollow`` for suspected decoys."""

    x: int
    y: int
    width: int
    height: int
    hollow: bool


@dataclass(frozen=True, slots=True)
class PictureRung:
    """One rung: its line at ``y``, its words, and what stands on it."""

    exposure: Exposure
    word: str
    plainly: str
    count: str
    tested: bool
    y: int
    label_y: int
    plainly_y: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole ladder. ``description`` says in words what it shows."""

    width: int
    height: int
    left: int
    right: int
    label_x: int
    top: int
    bottom: int
    rungs: tuple[PictureRung, ...]
    ground: str
    description: str


def draw_ladder(ladder: tuple[Rung, ...], shape: Shape, language: Language) -> Picture:
    """Place every rung but the two that are no archives; those are told in words below."""
    layout = shape.value
    standing = [rung for rung in reversed(ladder) if rung.exposure not in _GROUND]
    right = layout.width - _MARGIN
    most = max((rung.number for rung in standing), default=0)
    top = layout.rung_height
    rungs = tuple(
        _rung(rung, top + place * layout.rung_height, most, layout, language)
        for place, rung in enumerate(standing)
    )
    bottom = rungs[-1].y + 14
    ground = commas(
        [
            say("{rung} {number}", rung=rung.word, number=rung.number)
            for rung in ladder
            if rung.exposure in _GROUND
        ]
    )
    told = [
        say("{rung}: {number}", rung=rung.word, number=_count(rung, language)) for rung in reversed(ladder)
    ]
    return Picture(
        width=layout.width,
        height=bottom + 34,
        left=layout.left,
        right=right,
        label_x=layout.left if layout.label_above else 0,
        top=top - layout.rung_height + 8,
        bottom=bottom,
        rungs=rungs,
        ground=language.text(say("Beside the ladder: {ground}.", ground=ground)),
        description=language.text(say("{rungs}.", rungs=semicolons(told))),
    )


def _rung(rung: Rung, y: int, most: int, layout: _Layout, language: Language) -> PictureRung:
    start = layout.left + 12
    right = layout.width - _MARGIN
    return PictureRung(
        exposure=rung.exposure,
        word=language.text(rung.word),
        plainly=language.text(rung.plainly),
        count=_count(rung, language),
        tested=rung.tested,
        y=y,
        label_y=y - 40 if layout.label_above else y - 12,
        plainly_y=y - 24 if layout.label_above else y + 4,
        marks=_marks(rung, y, most, start, right - start - 8),
    )


def _marks(rung: Rung, y: int, most: int, start: int, room: int) -> tuple[Mark, ...]:
    believed = rung.without_decoys
    height = y - _SQUARE - 2
    if most * _STEP <= room:
        return tuple(
            Mark(start + place * _STEP, height, _SQUARE, _SQUARE, hollow=place >= believed)
            for place in range(rung.number)
        )
    solid = -(-believed * room // most)
    whole = -(-rung.number * room // most)
    bars = (
        Mark(start, height, solid, _SQUARE, hollow=False),
        Mark(start + solid, height, whole - solid, _SQUARE, hollow=True),
    )
    return tuple(bar for bar in bars if bar.width)


def _count(rung: Rung, language: Language) -> str:
    return language.number(rung.number) if rung.tested else language.text(say("not tested"))
