"""Funnel, bars and trend: as long, as wide and as high as their numbers."""

from __future__ import annotations

from datetime import date

from dosimeter.model.census import AtLeast, Exact, Unknown
from dosimeter.report.bars_picture import BAR_ROOM, BARS_DRAWN, draw_archives, draw_images, length_of
from dosimeter.report.funnel_picture import FUNNEL_ROOM, draw_funnel
from dosimeter.report.language import language_of
from dosimeter.report.small_cells import FewerThan
from dosimeter.report.study import WITHHELD, Amount, FunnelStep, GroupedBy, Grouping, StudyRow
from dosimeter.report.trend_picture import TrendPoint, draw_trend

ENGLISH = language_of("en")
FRENCH = language_of("fr")


def step(key: str, number: int, decoys: int = 0, share: float | None = None) -> FunnelStep:
    """A step of the funnel."""
    of = "of those studied" if share is not None else ""
    return FunnelStep(key, key, "says", None, number, number + decoys, share, of)


def grouping(*rows: StudyRow) -> Grouping:
    """A table by product."""
    return Grouping(GroupedBy.PRODUCT, "By product", rows)


def row(key: str, studied: int, queryable: int = 0, images: Amount | None = None) -> StudyRow:
    """A line of it."""
    return StudyRow(key, key, studied, studied, queryable, 0, 0, linked=images or Amount())


def test_funnel_narrows_as_its_numbers_do() -> None:
    """590 of 2,300 are a quarter of the width; decoys are a hollow end; each band stands in the middle."""
    studied, opened, browsable = draw_funnel(
        (step("studied", 2300, 100), step("queryable", 590, 0, 590 / 2300), step("browsable", 1, 0, 0.001)),
        ENGLISH,
    )

    assert (studied.width, studied.outer_width) == (2300 * FUNNEL_ROOM // 2400, FUNNEL_ROOM)
    assert studied.decoys == "and 100 suspected decoys"
    assert (opened.number, opened.share) == ("590", "25.7% of those studied")
    assert opened.width == 590 * FUNNEL_ROOM // 2400
    assert browsable.width >= 4
    for band in (studied, opened, browsable):
        assert abs(2 * band.x + band.width - FUNNEL_ROOM) <= 1


def test_funnel_of_nothing_has_no_width() -> None:
    """A survey that found nothing is no bar."""
    (band,) = draw_funnel((step("studied", 0),), FRENCH)

    assert (band.width, band.outer_width, band.number) == (0, 0, "0")


def test_bars_are_as_long_as_their_numbers_the_longest_first() -> None:
    """The longest fills the room; the dark part is that which answers anybody."""
    picture = draw_archives(
        grouping(row("a", 10, 5), row("b", 40, 10), row("c", 0)), ENGLISH, lambda each: each.key
    )

    assert picture is not None
    assert [(bar.label, bar.length, bar.part, bar.says) for bar in picture.bars] == [
        ("b", BAR_ROOM, BAR_ROOM // 4, "40"),
        ("a", BAR_ROOM // 4, BAR_ROOM // 8, "10"),
    ]
    assert not picture.has_vague


def test_bars_of_images_are_hollow_where_they_are_no_count() -> None:
    """A bound is drawn at its value, a small cell as long as it can be, what is withheld not at all."""
    rows = (
        row("exact", 1, images=Amount(Exact(100))),
        row("bound", 1, images=Amount(AtLeast(50))),
        row("few", 1, images=Amount(FewerThan())),
        row("withheld", 1, images=Amount(WITHHELD)),
    )
    picture = draw_images(grouping(*rows), ENGLISH, lambda each: each.key)

    assert picture is not None
    assert [(bar.label, bar.length, bar.vague) for bar in picture.bars] == [
        ("exact", 1000, False),
        ("bound", 500, True),
        ("few", 100, True),
    ]
    assert (length_of(Unknown()), length_of(WITHHELD)) == (0, 0)


def test_bars_beyond_a_dozen_are_told_and_not_drawn() -> None:
    """The table has them all; nothing at all gives no picture."""
    picture = draw_archives(
        grouping(*(row(f"p{n}", n + 1) for n in range(20))), ENGLISH, lambda each: each.key
    )

    assert picture is not None
    assert (len(picture.bars), picture.left_out) == (BARS_DRAWN, 20 - BARS_DRAWN)
    assert draw_images(grouping(row("a", 3)), ENGLISH, lambda each: each.key) is None


def test_trend_rises_and_falls_with_the_archives_and_keeps_to_the_days() -> None:
    """Days that are twice as far apart stand twice as far apart, whatever the order they come in."""
    points = (
        TrendPoint(date(2026, 3, 2), 100, 0),
        TrendPoint(date(2026, 1, 1), 100, 40),
        TrendPoint(date(2026, 1, 21), 100, 20),
    )
    picture = draw_trend(points, FRENCH)

    assert picture is not None
    first, second, third = picture.marks
    assert abs((third.x - second.x) - 2 * (second.x - first.x)) <= 1
    assert first.y < second.y < third.y == picture.base
    assert picture.rows[0].day == "1er janvier 2026"
    assert [mark.day for mark in picture.marks] == ["2026-01-01", "", "2026-03-02"]
    assert draw_trend(points[:1], FRENCH) is None
