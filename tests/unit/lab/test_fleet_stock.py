from __future__ import annotations

from datetime import date, timedelta

import pytest

from dosimeter.lab.fleet.stock import Stock

FIRST, LAST = date(2023, 12, 30), date(2026, 3, 1)


@pytest.mark.parametrize(
    ("studies", "images"), [(1, 1), (1, 900), (7, 60), (999, 31_337), (2_501, 2_501), (12_345, 700_000)]
)
def test_its_images_add_up_to_the_one(studies: int, images: int) -> None:
    """Images of a study by its place, one more for the first few: their sum is what was asked for."""
    stock = Stock(3, studies, images, FIRST, LAST)
    held = [stock.images_at[study % 1000] + (study < stock.longer) for study in range(studies)]
    assert sum(held) == images
    assert all(own >= series for own, series in zip(held, stock.pattern.series * 13, strict=False))
    assert stock.series == sum(stock.pattern.series[study % 1000] for study in range(studies))


def test_every_day_has_its_studies_and_the_undated_have_none() -> None:
    """Dates go up with the numbers; what is before a day is counted without looking at any."""
    stock = Stock(4, 4_000, 40_000, FIRST, LAST, undated=33)
    days = [stock.day_of(study) for study in range(stock.studies)]
    assert days[-33:] == [None] * 33
    dated = [day for day in days if day is not None]
    assert len(dated) == 3_967
    assert dated == sorted(dated)
    assert (dated[0], dated[-1]) == (FIRST, LAST)
    for day in (FIRST, date(2024, 2, 29), LAST, LAST + timedelta(days=900), date(1, 1, 1)):
        assert stock.before(day) == sum(each < day for each in dated)
    assert stock.years() == {
        year: sum(day.year == year for day in dated) for year in (2023, 2024, 2025, 2026)
    }


def test_what_cannot_be_held_is_refused() -> None:
    """A patient in two blocks, and fewer images than series."""
    with pytest.raises(ValueError, match="divide"):
        Stock(1, 1_001, 9_000, FIRST, LAST, studies_each=2)
    with pytest.raises(ValueError, match="divide"):
        Stock(1, 900, 9_000, FIRST, LAST, studies_each=3)
    with pytest.raises(ValueError, match="no archive"):
        Stock(1, 900, 899, FIRST, LAST)
