"""The doors of an archive as a picture: a house in plan, and a way to each door. Numbers alone, no markup.

What stands open is drawn open and told in words too: an arrow through a gap in the wall, a bar before a
closed door, a bar with a keyhole where a name opens it. Colour says nothing that shape and word do not.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from dosimeter.model.message import Message, say, semicolons, sentences
from dosimeter.model.verdict import Exposure
from dosimeter.report.archive import OPEN_TO_ANYBODY, Archive, Door
from dosimeter.report.door_words import door_also, door_guards, door_plainly, place_of
from dosimeter.report.language import Language
from dosimeter.report.words import EXPOSURE_WORD, SERVICE_SAYS

_LINE: Final = 18
_PLACE_LETTERS: Final = 20
"""Bold letters of 14 units beside the way: the widest of the usual faces takes 10 units a letter."""
_GAP: Final = 11
"""Half the width of an open door, in units of the view box."""


_Text = Callable[[str], str]
"""Says a message in the reader's language."""


class Leaf(Enum):
    """How a door is drawn."""

    OPEN = "open"
    CLOSED = "closed"
    KEYHOLE = "keyhole"
    AJAR = "ajar"
    UNKNOWN = "unknown"


_LEAF: Final = {
    **dict.fromkeys(OPEN_TO_ANYBODY, Leaf.OPEN),
    Exposure.NAME_GATED: Leaf.KEYHOLE,
    Exposure.ASSOCIATES: Leaf.AJAR,
    Exposure.GUARDED: Leaf.CLOSED,
}


@dataclass(frozen=True, slots=True)
class _Layout:
    """Measures of one picture, in units of its view box; ``letters`` fit into a line of the way."""

    width: int
    way: int
    wall: int
    letters: int
    name_letters: int
    beside: bool


class DoorsShape(Enum):
    """For a page, and for a telephone: text must not shrink with the picture."""

    WIDE = _Layout(width=760, way=210, wall=560, letters=48, name_letters=24, beside=True)
    NARROW = _Layout(width=300, way=0, wall=222, letters=31, name_letters=28, beside=False)


@dataclass(frozen=True, slots=True)
class Said:
    """A line of text; ``style`` is a class of the style sheet."""

    x: int
    y: int
    text: str
    style: str


@dataclass(frozen=True, slots=True)
class DoorDrawn:
    """One door: its words, and its way from ``start`` to the wall at height ``y``."""

    exposure: Exposure
    leaf: Leaf
    y: int
    start: int
    most_open: bool
    texts: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Wall:
    """A piece of the wall in which the doors are."""

    top: int
    bottom: int


@dataclass(frozen=True, slots=True)
class DoorsPicture:
    """The whole picture. ``description`` says in words what it shows."""

    width: int
    height: int
    wall: int
    right: int
    top: int
    bottom: int
    walls: tuple[Wall, ...]
    doors: tuple[DoorDrawn, ...]
    label: tuple[Said, ...]
    description: str


def draw_doors(archive: Archive, shape: DoorsShape, language: Language) -> DoorsPicture:
    """Place every door, the most open one on top, and the archive behind them."""
    layout: _Layout = shape.value
    doors = archive.doors
    text = language.text
    drawn = []
    y = 4
    for place, door in enumerate(doors):
        one, y = _door(door, archive, y, layout, text, most_open=place == 0 and len(doors) > 1)
        drawn.append(one)
    top, bottom = 4, y + 2
    right = layout.width - 2
    return DoorsPicture(
        width=layout.width,
        height=bottom + 4,
        wall=layout.wall,
        right=right,
        top=top,
        bottom=bottom,
        walls=_walls(drawn, top, bottom),
        doors=tuple(drawn),
        label=_label(archive, layout, (top + bottom) // 2, text),
        description=text(sentences([_described(door, archive) for door in doors])),
    )


def _door(
    door: Door, archive: Archive, top: int, layout: _Layout, text: _Text, *, most_open: bool
) -> tuple[DoorDrawn, int]:
    """One door below ``top``, and where the next one begins."""
    names = [(line, "place") for line in _place_lines(door, archive, text)]
    if door.endpoint.name:
        names.append((_short(door.endpoint.name, layout.name_letters), "soft"))
    if most_open:
        names.append((text(say("the most open door")), "mark"))
    says = text(say("{rung}: {plainly}", rung=EXPOSURE_WORD[door.exposure], plainly=door_plainly(door)))
    above = [(says, "word")] if layout.beside else [(line, "word") for line in textwrap.wrap(says, 26)]
    below = [(line, "soft") for line in textwrap.wrap(text(_below(door)), layout.letters)]
    start = layout.way
    texts: list[Said] = []
    if layout.beside:
        texts += _lines(names, 0, top)
        y = top + _LINE + 8
        texts += _lines(above, start, top)
        texts += _lines(below, start, y - 2)
        end = max(top + len(names) * _LINE, y + len(below) * _LINE) + 16
    else:
        texts += _lines([*names, *above], start, top)
        y = top + (len(names) + len(above)) * _LINE + 10
        texts += _lines(below, start, y)
        end = y + len(below) * _LINE + 20
    drawn = DoorDrawn(
        exposure=door.exposure,
        leaf=_LEAF.get(door.exposure, Leaf.UNKNOWN),
        y=y,
        start=start,
        most_open=most_open,
        texts=tuple(texts),
    )
    return drawn, end


def _place_lines(door: Door, archive: Archive, text: _Text) -> list[str]:
    """Address and service on a line each where one does not hold both: an IPv6 address may need two."""
    place, service = place_of(door, archive), text(SERVICE_SAYS[door.endpoint.service])
    if len(place) + 1 + len(service) <= _PLACE_LETTERS:
        return [f"{place} {service}"]
    return [*textwrap.wrap(place, _PLACE_LETTERS), service]


def _short(text: str, letters: int) -> str:
    """A name may be longer than there is room for: it stands in full above the picture."""
    return text if len(text) <= letters else f"{text[: letters - 1]}\N{HORIZONTAL ELLIPSIS}"


def _below(door: Door) -> Message:
    return semicolons([part for part in (door_guards(door), door_also(door)) if part])


def _lines(lines: list[tuple[str, str]], x: int, top: int) -> list[Said]:
    return [Said(x, top + (place + 1) * _LINE - 3, text, style) for place, (text, style) in enumerate(lines)]


def _walls(doors: list[DoorDrawn], top: int, bottom: int) -> tuple[Wall, ...]:
    """The wall, with a gap at each open door."""
    walls = []
    for door in doors:
        if door.leaf is Leaf.OPEN:
            walls.append(Wall(top, door.y - _GAP))
            top = door.y + _GAP
    return (*walls, Wall(top, bottom))


def _label(archive: Archive, layout: _Layout, middle: int, text: _Text) -> tuple[Said, ...]:
    """What stands in the house: there is room for the product on a page alone."""
    x = (layout.wall + layout.width) // 2 + (14 if layout.beside else 2)
    product = archive.verdict.product
    if not layout.beside or product is None:
        return (Said(x, middle + 5, text(say("archive")), "house"),)
    return (
        Said(x, middle - 4, text(say("archive")), "house"),
        Said(x, middle + 15, _short(product.name, 22), "house soft"),
    )


def _described(door: Door, archive: Archive) -> Message:
    return say(
        "{place}, {service}: {rung}, {plainly}; {below}.",
        place=place_of(door, archive),
        service=SERVICE_SAYS[door.endpoint.service],
        rung=EXPOSURE_WORD[door.exposure],
        plainly=door_plainly(door),
        below=_below(door),
    )
