from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest

from dosimeter.model.census import AtLeast, Exact
from dosimeter.report.language import language_of
from dosimeter.report.map_picture import OVERSEAS_DEPARTMENTS, MapPicture, draw_map, level_of
from dosimeter.report.study import WITHHELD, Amount, GroupedBy, Grouping, StudyRow

ENGLISH = language_of("en")


def row(code: str, queryable: int, linked: Amount | None = None) -> StudyRow:
    """A line of the table by country."""
    return StudyRow(code, code, queryable + 3, queryable + 2, queryable, 0, 0, linked=linked or Amount())


def drawn(*rows: StudyRow) -> MapPicture:
    """The map of these lines."""
    picture = draw_map(Grouping(GroupedBy.COUNTRY, "By country", rows), ENGLISH)
    assert picture is not None
    return picture


def test_every_country_of_iso_has_a_shape_or_a_mark() -> None:
    """248 codes (all but Antarctica), each with a point on the sheet; what has no outline is marked."""
    world = json.loads((files("dosimeter.report") / "data" / "world.json").read_text(encoding="utf-8"))

    assert len(world["countries"]) == 248
    assert {"FR", "GP", "MQ", "GF", "RE", "YT", "SG", "MT", "GI", "BQ", "PS", "TW"} <= set(world["countries"])
    for code, country in world["countries"].items():
        x, y = country["at"]
        assert 0 <= x <= world["width"], code
        assert -200 <= y <= world["height"] + 200, code
        assert country["d"] or country["tiny"], code
        assert re.fullmatch(r"(M\d+ \d+l[-\d ]+z)*", country["d"]), code
    assert set(world["overseas"]) == set(OVERSEAS_DEPARTMENTS)
    assert all(world["overseas"].values())
    assert len(json.dumps(world)) < 250_000


def test_no_border_crosses_the_antimeridian() -> None:
    """No step from point to point is longer than a tenth of the sheet."""
    world = json.loads((files("dosimeter.report") / "data" / "world.json").read_text(encoding="utf-8"))
    shapes = "".join(country["d"] for country in world["countries"].values()) + world["unclaimed"]

    assert (
        max(abs(int(step)) for step in re.findall(r"(?<=[l \d])-?\d+", re.sub(r"M\d+ \d+", "", shapes))) < 480
    )


@pytest.mark.parametrize(
    ("archives", "level"),
    [(0, 0), (1, 1), (2, 1), (3, 2), (9, 2), (10, 3), (29, 3), (30, 4), (99, 4), (100, 5)],
)
def test_classes_begin_where_the_legend_says(archives: int, level: int) -> None:
    """Five classes, about threefold; none is a class of its own."""
    assert level_of(archives) == level


def test_country_is_coloured_numbered_and_told() -> None:
    """The study's own figures: Turkey 36, France 7, the United States 187."""
    picture = drawn(row("US", 187), row("TR", 36, Amount(Exact(179_533_940))), row("FR", 7), row("AD", 0))
    told = {country.code: country for country in picture.countries}

    assert {code: each.level for code, each in told.items()} == {"US": 5, "TR": 4, "FR": 2, "AD": 0}
    assert told["TR"].says == "T\xfcrkiye: 36 archives answer anybody, of 39 studied. Images: 179,533,940."
    world, europe = picture.views
    assert {number.text for number in world.numbers} == {"187", "36", "7"}
    assert {number.text for number in europe.numbers} == {"36", "7"}
    assert [each.says for each in picture.legend] == [
        "archives found, none answers anybody", "1 to 2", "3 to 9", "10 to 29", "30 to 99", "100 and more",
    ]  # fmt: skip
    assert picture.description.startswith("Archives that answer anybody, in 3 countries. United States: 187")


def test_tiny_country_has_a_circle_where_it_is() -> None:
    """Malta in Europe too, Singapore in the world alone; the number stands beside, not on it."""
    world, europe = drawn(row("MT", 1), row("SG", 2)).views

    assert len(world.circles) == 2
    (malta,) = europe.circles
    (number,) = europe.numbers
    assert malta.level == 1
    assert (number.text, number.y) == ("1", malta.y)
    assert number.x > malta.x + malta.radius


def test_overseas_departments_stand_alone_and_say_what_was_found() -> None:
    """Each has its own code: an archive of La Reunion is none of metropolitan France."""
    picture = drawn(row("FR", 7), row("RE", 1))

    assert [(inset.code, inset.level) for inset in picture.insets] == [
        ("GP", None), ("MQ", None), ("GF", None), ("RE", 1), ("YT", None),
    ]  # fmt: skip
    assert picture.insets[3].says == "R\xe9union: 1 archive answers anybody, of 4 studied."
    assert picture.insets[0].says == "Guadeloupe: no archive found"


def test_numbers_never_stand_on_each_other() -> None:
    """Where countries are close, the larger number is written."""
    codes = ("DE", "NL", "BE", "LU", "FR", "CH", "AT", "CZ", "PL", "SK", "HU", "SI", "HR", "IT", "DK")
    for view in drawn(*(row(code, 5 + place) for place, code in enumerate(codes))).views:
        scale = float(view.view_box.split()[2]) / 4800
        for one in view.numbers:
            for other in view.numbers:
                assert (
                    one is other or abs(one.x - other.x) >= 90 * scale or abs(one.y - other.y) >= 60 * scale
                )


def test_what_is_withheld_or_a_bound_is_told_as_such() -> None:
    """A tool tip says no more than the table."""
    picture = drawn(row("FR", 7, Amount(AtLeast(2_670_000))), row("SK", 1, Amount(WITHHELD)))
    told = {country.code: country.says for country in picture.countries}

    assert told["FR"].endswith("Images: at least 2,670,000.")
    assert told["SK"] == "Slovakia: 1 archive answers anybody, of 4 studied."


@pytest.mark.parametrize("rows", [(), (row("", 5),), (row("ZZ", 5), row("<script>", 1))])
def test_no_known_country_no_map(rows: tuple[StudyRow, ...]) -> None:
    """Private addresses have no country; what is no code of ISO is no country."""
    assert draw_map(Grouping(GroupedBy.COUNTRY, "By country", rows), ENGLISH) is None
    assert draw_map(None, ENGLISH) is None
