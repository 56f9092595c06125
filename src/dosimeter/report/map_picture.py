"""The choropleth: what colour, circle and number each country has. Outlines come from ``data/world.json``.

The colour says how many archives answer anybody, in classes with a legend; the number itself is written on
the country where there is room, so that colour is never alone. Made once with d3-geo (``tools/map``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from dosimeter.model.census import Unknown
from dosimeter.model.message import Message, many, say, sentences
from dosimeter.report.language import Language
from dosimeter.report.shown_words import shown_words
from dosimeter.report.study import Grouping, StudyRow, Withheld

_CLASS_STARTS: Final = (1, 3, 10, 30, 100)
"""The smallest number of each class; the steps are about threefold, as the published figures are spread."""

OVERSEAS_DEPARTMENTS: Final = ("GP", "MQ", "GF", "RE", "YT")
"""Of France, each with a code of its own (ISO 3166-1)."""

_NUMBER_ROOM: Final = (150, 90)
"""Width and height that a number takes on the world map, in units of the sheet."""

_NUMBERS_ON_THE_WORLD: Final = 24
_CIRCLE: Final = 13


@dataclass(frozen=True, slots=True)
class MapCountry:
    """One country with archives: its outline, its class (0: none open) and what its tool tip says."""

    code: str
    outline: str
    level: int
    says: str


@dataclass(frozen=True, slots=True)
class MapCircle:
    """A mark on a country too small to see, or that the atlas does not draw."""

    x: int
    y: int
    radius: float
    level: int
    says: str


@dataclass(frozen=True, slots=True)
class MapNumber:
    """A number of archives written on its country."""

    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class MapView:
    """The world, or a part of it: its view box, and the marks of this view."""

    name: str
    view_box: str
    circles: tuple[MapCircle, ...]
    numbers: tuple[MapNumber, ...]


@dataclass(frozen=True, slots=True)
class MapInset:
    """One overseas department alone; ``level`` is None where nothing was found."""

    code: str
    name: str
    outline: str
    level: int | None
    says: str


@dataclass(frozen=True, slots=True)
class MapClass:
    """One line of the legend."""

    level: int
    says: str


@dataclass(frozen=True, slots=True)
class MapPicture:
    """All of it. ``land`` is every country without an archive, ``unclaimed`` what has no code of ISO."""

    land: str
    unclaimed: str
    countries: tuple[MapCountry, ...]
    views: tuple[MapView, ...]
    insets: tuple[MapInset, ...]
    inset_box: int
    legend: tuple[MapClass, ...]
    description: str


def draw_map(by_country: Grouping | None, language: Language) -> MapPicture | None:
    """Place every country of the table; None where no country of any archive is known."""
    known = {row.key: row for row in by_country.rows if row.key} if by_country else {}
    world = _world()
    outlines: dict[str, Any] = world["countries"]
    shown = {code: row for code, row in known.items() if code in outlines}
    if not shown:
        return None
    return MapPicture(
        land="".join(each["d"] for code, each in outlines.items() if code not in shown),
        unclaimed=world["unclaimed"],
        countries=tuple(
            MapCountry(code, outlines[code]["d"], level_of(row.queryable), _says(row, language))
            for code, row in shown.items()
            if outlines[code]["d"]
        ),
        views=_views(world, shown, language),
        insets=tuple(
            _inset(code, world["overseas"][code], known.get(code), language) for code in OVERSEAS_DEPARTMENTS
        ),
        inset_box=world["box"],
        legend=_legend(shown.values(), language),
        description=_description(shown, language),
    )


def level_of(archives: int) -> int:
    """The class of a number of archives that answer anybody: 0 for none, else from 1."""
    return sum(archives >= start for start in _CLASS_STARTS)


def _world() -> dict[str, Any]:
    text = (files("dosimeter.report") / "data" / "world.json").read_text(encoding="utf-8")
    world: dict[str, Any] = json.loads(text)
    return world


def _views(world: dict[str, Any], shown: dict[str, StudyRow], language: Language) -> tuple[MapView, ...]:
    x, y, width, height = world["europe"]
    whole = _view("world", (0, 0, world["width"], world["height"]), world, shown, language)
    zoom = _view("europe", (x, y, width, height), world, shown, language)
    return whole, zoom


def _view(
    name: str,
    box: tuple[int, int, int, int],
    world: dict[str, Any],
    shown: dict[str, StudyRow],
    language: Language,
) -> MapView:
    """What stands in one view. Numbers and circles are as large on every one of them."""
    x, y, width, height = box
    scale = width / world["width"]
    places = {
        code: world["countries"][code]["at"]
        for code in shown
        if x <= world["countries"][code]["at"][0] <= x + width
        and y <= world["countries"][code]["at"][1] <= y + height
    }
    circles = tuple(
        MapCircle(
            x=places[code][0],
            y=places[code][1],
            radius=round(_CIRCLE * scale * (1 if scale == 1 else 1.6), 1),
            level=level_of(shown[code].queryable),
            says=_says(shown[code], language),
        )
        for code in places
        if world["countries"][code]["tiny"]
    )
    aside = {code: round(60 * scale) for code in places if world["countries"][code]["tiny"]}
    return MapView(
        name=name,
        view_box=f"{x} {y} {width} {height}",
        circles=circles,
        numbers=_numbers(places, shown, aside, scale if scale == 1 else scale * 1.35, language),
    )


def _numbers(
    places: dict[str, Sequence[int]],
    shown: dict[str, StudyRow],
    aside: dict[str, int],
    scale: float,
    language: Language,
) -> tuple[MapNumber, ...]:
    """The largest numbers first, and none that would stand on another; beside a circle, not on it."""
    room_x, room_y = (side * scale for side in _NUMBER_ROOM)
    found: list[MapNumber] = []
    for code in sorted(places, key=lambda each: (-shown[each].queryable, each)):
        number = shown[code].queryable
        x, y = places[code]
        free = all(abs(each.x - x) >= room_x or abs(each.y - y) >= room_y for each in found)
        if number and free and len(found) < _NUMBERS_ON_THE_WORLD:
            found.append(MapNumber(x + aside.get(code, 0), y, language.number(number)))
    return tuple(found)


def _inset(code: str, outline: str, row: StudyRow | None, language: Language) -> MapInset:
    name = language.country(code)
    if row is None:
        says = say("{country}: no archive found", country=name)
        return MapInset(code, name, outline, None, language.text(says))
    return MapInset(code, name, outline, level_of(row.queryable), _says(row, language))


def _legend(rows: Iterable[StudyRow], language: Language) -> tuple[MapClass, ...]:
    """The classes up to the largest number there is."""
    most = max(level_of(row.queryable) for row in rows)
    classes = [MapClass(0, language.text(say("archives found, none answers anybody")))]
    for level, start in enumerate(_CLASS_STARTS[:most], start=1):
        if level == len(_CLASS_STARTS):
            classes.append(MapClass(level, language.text(say("{start} and more", start=start))))
        else:
            to = say("{start} to {end}", start=start, end=_CLASS_STARTS[level] - 1)
            classes.append(MapClass(level, language.text(to)))
    return tuple(classes)


def _says(row: StudyRow, language: Language) -> str:
    return language.text(_row_says(row, language))


def _row_says(row: StudyRow, language: Language) -> Message:
    """``France: 7 archives answer anybody, of 23 studied. Images: 2,670,000.``."""
    opens = many("{number} archive answers anybody", "{number} archives answer anybody", row.queryable)
    says = say(
        "{country}: {opens}, of {studied} studied.",
        country=language.country(row.key),
        opens=opens,
        studied=row.studied,
    )
    if isinstance(row.linked.cell, Unknown | Withheld):
        return says
    return sentences([says, say("Images: {images}.", images=shown_words(row.linked.cell))])


def _description(shown: dict[str, StudyRow], language: Language) -> str:
    """What the picture shows, in words; the table beside it names every country."""
    most = sorted(shown.values(), key=lambda row: (-row.queryable, row.key))[:5]
    begins = many(
        "Archives that answer anybody, in {number} country.",
        "Archives that answer anybody, in {number} countries.",
        sum(row.queryable > 0 for row in shown.values()),
    )
    return language.text(sentences([begins, *(_row_says(row, language) for row in most if row.queryable)]))
