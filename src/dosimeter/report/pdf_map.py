"""The map on paper: one SVG of our own making, in which no text of a server stands."""

from __future__ import annotations

from typing import Final

from markupsafe import escape

from dosimeter.model.message import say
from dosimeter.report.counts_json import Json
from dosimeter.report.map_picture import MapPicture, MapView, draw_map
from dosimeter.report.pdf_text import Pen
from dosimeter.report.study import GroupedBy, Study

_LEVELS: Final = ("#9fb4c0", "#f3c9a9", "#e89a6c", "#d3603f", "#ad241c", "#6d0713")
"""From none that is open to a hundred and more; light to dark, so that grey print keeps the order."""

_LAND: Final = "#e6eaed"
_UNCLAIMED: Final = "#d3d8dc"
_BORDER: Final = "#ffffff"
_LETTER: Final = 0.02
_CIRCLE: Final = 0.006
"""The height of a number and the radius of a circle, as parts of the width of the page."""

_PARTS: Final = {"world": 1, "europe": 1.6}
"""The width of the page, of that of each view: the second one is printed smaller."""

_TYPE: Final = 'font-family="Libertinus Serif" font-weight="bold" text-anchor="middle"'


def map_block(study: Study, pen: Pen) -> Json | None:
    """The picture with its description and legend; None where no country is known."""
    picture = draw_map(study.grouped(GroupedBy.COUNTRY), pen.language)
    if picture is None:
        return None
    views = [{"svg": _svg(picture, view), "alt": pen.text(picture.description)} for view in picture.views]
    return {
        "is": "map",
        "views": views,
        "insets": [
            {"svg": _inset(picture, place), "says": pen.text(each.says)}
            for place, each in enumerate(picture.insets)
            if each.level is not None
        ],
        "legend": [{"colour": _LEVELS[each.level], "says": pen.text(each.says)} for each in picture.legend],
        "caption": pen.text(
            say(
                "Archives that answer anybody, by country of registration. Grey countries have no archive of "
                "this survey. Borders: Natural Earth."
            )
        ),
    }


def _svg(picture: MapPicture, view: MapView) -> str:
    width = int(view.view_box.split()[2])
    shapes = [
        f'<path d="{picture.land}" fill="{_LAND}" stroke="{_BORDER}" stroke-width="2"/>',
        f'<path d="{picture.unclaimed}" fill="{_UNCLAIMED}" stroke="{_BORDER}" stroke-width="2"/>',
    ]
    shapes += (
        f'<path d="{each.outline}" fill="{_LEVELS[each.level]}" stroke="{_BORDER}" stroke-width="2"/>'
        for each in picture.countries
    )
    radius = width * _CIRCLE * _PARTS[view.name]
    shapes += (
        f'<circle cx="{each.x}" cy="{each.y}" r="{radius:.0f}" fill="{_LEVELS[each.level]}" '
        f'stroke="#18222d" stroke-width="{radius / 4:.1f}"/>'
        for each in view.circles
    )
    size = width * _LETTER * _PARTS[view.name]
    for each in view.numbers:
        place = f'x="{each.x}" y="{each.y + size / 3:.0f}" font-size="{size:.0f}" {_TYPE}'
        number = escape(each.text)
        shapes.append(f'<text {place} stroke="#ffffff" stroke-width="{size / 5:.0f}">{number}</text>')
        shapes.append(f'<text {place} fill="#18222d">{number}</text>')
    return _drawing(view.view_box, shapes)


def _inset(picture: MapPicture, place: int) -> str:
    inset = picture.insets[place]
    colour = _LEVELS[inset.level or 0]
    box = f"0 0 {picture.inset_box} {picture.inset_box}"
    return _drawing(box, [f'<path d="{inset.outline}" fill="{colour}"/>'])


def _drawing(view_box: str, shapes: list[str]) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box}">{"".join(shapes)}</svg>'
