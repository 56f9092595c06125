from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise

import pytest

from dosimeter.model.verdict import Exposure
from dosimeter.report.doors_picture import DoorsPicture, DoorsShape, Leaf, draw_doors
from dosimeter.report.language import language_of
from dosimeter.report.render import Format, render
from tests.unit.report import doors, samples
from tests.unit.report.pages import Page

ENGLISH = language_of("en")


def drawn(shape: DoorsShape = DoorsShape.WIDE) -> DoorsPicture:
    """The picture of three doors."""
    return draw_doors(doors.three_doors(), shape, ENGLISH)


@pytest.mark.parametrize("shape", DoorsShape)
def test_each_door_is_drawn_as_it_stands_and_told_in_words(shape: DoorsShape) -> None:
    """Open, open, closed: shape and word say what the colour says."""
    picture = drawn(shape)

    assert [door.leaf for door in picture.doors] == [Leaf.OPEN, Leaf.OPEN, Leaf.CLOSED]
    assert [door.most_open for door in picture.doors] == [True, False, False]
    words = [" ".join(said.text for said in door.texts) for door in picture.doors]
    assert "browsable: anybody with a web browser" in words[0]
    assert "no guard seen" in words[0]
    assert "guarded: asks for a login" in words[2]
    assert "TLS, HTTP login" in words[2]


@pytest.mark.parametrize("shape", DoorsShape)
def test_the_wall_has_a_gap_at_each_open_door_alone(shape: DoorsShape) -> None:
    """Two gaps make three pieces of wall, none of them upside down, and no gap at the closed door."""
    picture = drawn(shape)

    assert len(picture.walls) == 3
    assert all(wall.top < wall.bottom for wall in picture.walls)
    closed = picture.doors[2].y
    assert any(wall.top < closed < wall.bottom for wall in picture.walls)


@pytest.mark.parametrize("shape", DoorsShape)
def test_nothing_is_drawn_over_anything_else(shape: DoorsShape) -> None:
    """Doors follow each other downwards, inside the picture; words stand left of the wall."""
    picture = drawn(shape)

    lines = [sorted(said.y for said in door.texts) for door in picture.doors]
    assert all(above[-1] < below[0] for above, below in pairwise(lines))
    assert lines[-1][-1] < picture.height
    for door in picture.doors:
        for said in door.texts:
            letter = 7.1 if said.style == "soft" else 8.2
            assert said.x + len(said.text) * letter < picture.wall


@pytest.mark.parametrize("shape", DoorsShape)
@pytest.mark.parametrize("address", ["127.20.0.44", "2001:db8:1234:5678:9abc:def0:1234:5678"])
def test_a_door_at_another_address_keeps_to_its_column(address: str, shape: DoorsShape) -> None:
    """Bold letters of 14 units take 10 at most: address and service stand on lines of their own."""
    archive = doors.three_doors()
    moved = replace(archive.joined[1], endpoint=replace(archive.joined[1].endpoint, address=address))
    archive = replace(archive, joined=(archive.joined[0], moved, *archive.joined[2:]))
    picture = draw_doors(archive, shape, ENGLISH)
    places = [said for door in picture.doors for said in door.texts if said.style == "place"]
    column = 210 if shape is DoorsShape.WIDE else picture.wall
    assert all(said.x + 10 * len(said.text) <= column for said in places)
    assert moved.endpoint.authority in "".join(said.text for said in places)
    tops = [said.y for door in picture.doors for said in door.texts if said.x == 0]
    assert len(tops) == len(set(tops))


@pytest.mark.parametrize(
    ("exposure", "leaf"),
    [
        (Exposure.NAME_GATED, Leaf.KEYHOLE),
        (Exposure.ASSOCIATES, Leaf.AJAR),
        (Exposure.INCONCLUSIVE, Leaf.UNKNOWN),
        (Exposure.RETRIEVABLE, Leaf.OPEN),
    ],
)
def test_each_rung_has_its_own_shape(exposure: Exposure, leaf: Leaf) -> None:
    """What is not known is never drawn closed."""
    archive = samples.judged(samples.guarded().endpoint, samples.verdict(exposure))

    (door,) = draw_doors(archive, DoorsShape.WIDE, ENGLISH).doors
    assert door.leaf is leaf
    assert not door.most_open


def test_the_picture_is_told_to_whoever_does_not_see_it() -> None:
    """The description names each door, its rung and its guards."""
    out = io.StringIO()
    render(doors.document(), Format.HTML, out)
    page = Page(out.getvalue())
    pictures = [a for tag, a in page.tags if tag == "svg" and str(a["class"]).startswith("doors")]

    assert len(pictures) == 4
    assert all(each["role"] == "img" for each in pictures)
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    for each in pictures:
        assert set(str(each["aria-labelledby"]).split()) <= ids
    told = [text for text in page.texts if text.startswith("8042, HTTP in clear: browsable")]
    assert len(told) == 2
    assert "8443, HTTPS: guarded, asks for a login; TLS, HTTP login." in told[0]


def test_a_name_that_is_too_long_is_cut_in_the_picture_alone() -> None:
    """However long it is, the picture keeps its lines."""
    archive = samples.retrievable()
    long = replace(archive, endpoint=replace(archive.endpoint, name="pacs." * 40 + "example"))

    short, cut = (draw_doors(each, DoorsShape.NARROW, ENGLISH).doors[0].texts for each in (archive, long))
    assert len(short) == len(cut)
    assert cut[1].text.endswith("\N{HORIZONTAL ELLIPSIS}")
