from __future__ import annotations

from dosimeter.model.census import AtLeast, Exact, Unknown
from dosimeter.report.breakdown import YearShown
from dosimeter.report.language import language_of
from dosimeter.report.small_cells import FewerThan
from dosimeter.report.years_picture import YEARS_DRAWN, draw_years

ENGLISH = language_of("en")


def test_bars_are_as_long_as_their_numbers() -> None:
    """The longest bar fills the room, the others their share; the words stand beside them."""
    picture = draw_years(
        [YearShown(2024, Exact(50)), YearShown(2023, Exact(100)), YearShown(2022, Exact(0))], ENGLISH
    )

    assert picture is not None
    assert [(bar.year, bar.width, bar.says) for bar in picture.bars] == [
        (2022, 0, "0"),
        (2023, 250, "100"),
        (2024, 125, "50"),
    ]
    assert picture.description == "2022: 0; 2023: 100; 2024: 50."
    assert all(bar.label_x < picture.width and bar.y + bar.height <= picture.height for bar in picture.bars)


def test_hidden_cells_are_drawn_alike_whatever_they_hide() -> None:
    """The length of a bar tells no more than "< 11"; a bound is hollow."""
    picture = draw_years(
        [YearShown(2022, FewerThan()), YearShown(2023, FewerThan()), YearShown(2024, AtLeast(20))], ENGLISH
    )

    assert picture is not None
    assert [(bar.width, bar.vague) for bar in picture.bars] == [(125, True), (125, True), (250, True)]
    assert picture.bars[0].says == "< 11"


def test_old_years_are_left_out_and_said_to_be() -> None:
    """A page is finite; JSON names every year."""
    picture = draw_years((YearShown(year, Exact(20)) for year in range(1960, 2027)), ENGLISH)

    assert picture is not None
    assert len(picture.bars) == YEARS_DRAWN
    assert (picture.bars[-1].year, picture.left_out) == (2026, 67 - YEARS_DRAWN)


def test_no_year_no_picture() -> None:
    """A year of which nothing is shown has a bar of no length."""
    assert draw_years([], ENGLISH) is None
    picture = draw_years([YearShown(2024, Unknown())], ENGLISH)
    assert picture is not None
    assert (picture.bars[0].width, picture.bars[0].says) == (0, "not shown")
