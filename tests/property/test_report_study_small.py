"""Nothing withheld in a table can be computed, even by a reader who knows the rule and every total."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from dosimeter.model.census import Exact
from dosimeter.report.adding import sum_of
from dosimeter.report.study import Edition
from dosimeter.report.study_small import is_small, withheld_rows
from dosimeter.report.study_tally import Line
from tests.unit.report import studies

SMALL = range(1, 11)
MANY = 9
"""Of the ten numbers that a small amount may be, so many stay possible to whoever runs the rule backwards."""


@dataclass(frozen=True)
class Row:
    """Archives that answer anybody, with studies, images that cannot be fetched, and images that can."""

    studies: int
    kept: int
    fetched: int

    def line(self) -> Line:
        """As the study adds it up."""
        numbers = [
            sum_of(Exact(number))
            for number in (self.studies, self.kept + self.fetched, self.fetched, self.kept)
        ]
        studies, linked, downloadable, not_downloadable = numbers
        return Line(
            studied=3,
            archives=3,
            queryable=3,
            retrievable=1,
            studies=studies,
            linked=linked,
            downloadable=downloadable,
            not_downloadable=not_downloadable,
        )


def shown(rows: list[Row]) -> tuple[Row | None, ...] | None:
    """The table as it is shown: a row whole, or nothing of it; None if no amount is shown."""
    hidden = withheld_rows([row.line() for row in rows])
    return (
        None if hidden is None else tuple(None if place in hidden else row for place, row in enumerate(rows))
    )


numbers = st.integers(0, 25) | st.integers(0, 5_000)
tables = st.lists(st.builds(Row, numbers, numbers, numbers), min_size=1, max_size=5)


@given(tables)
def test_no_small_amount_is_shown_nor_is_the_sum_of_what_is_withheld_small(rows: list[Row]) -> None:
    """The total is known, so what is withheld has a known sum: none of it may be 1 to 10."""
    table = shown(rows)
    if table is None:
        assert any(is_small(row.line()) for row in rows)
        return
    withheld = Line()
    for row, cell in zip(rows, table, strict=True):
        if cell is None:
            withheld.merge(row.line())
        else:
            assert not is_small(row.line())
    assert not is_small(withheld)
    assert table.count(None) != 1


@settings(max_examples=60)
@given(st.lists(st.integers(0, 12) | st.integers(18, 24), min_size=2, max_size=4))
def test_no_small_amount_is_determined_by_all_that_is_shown(studies: list[int]) -> None:
    """All tables with the same total that would be shown alike are tried: none has to be what it is."""
    table = shown([Row(number, 0, 0) for number in studies])
    if table is None or None not in table:
        return
    places = [place for place, cell in enumerate(table) if cell is None]
    left = sum(studies[place] for place in places)
    if len(places) > 3:
        return
    possible: dict[int, set[int]] = {place: set() for place in places}
    for tried in product(range(left + 1), repeat=len(places) - 1):
        if sum(tried) > left:
            continue
        other = list(studies)
        for place, number in zip(places, (*tried, left - sum(tried)), strict=True):
            other[place] = number
        if shown([Row(number, 0, 0) for number in other]) == table:
            for place in places:
                possible[place].add(other[place])
    for place in places:
        if studies[place] in SMALL:
            assert len(possible[place] & set(SMALL)) >= MANY


kinds = st.tuples(st.sampled_from((64500, 64501)), st.sampled_from(("hospital", "practice")))


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(("FR", "TR", "US")), kinds, numbers), min_size=2, max_size=8),
    st.randoms(use_true_random=False),
)
def test_whoever_of_a_country_holds_it_the_edition_is_the_same(
    rows: list[tuple[str, tuple[int, str], int]], random: Random
) -> None:
    """Archives of one country exchange what they hold: no table by operator, sector or product tells."""
    held: dict[str, list[int]] = {}
    for country, _, number in rows:
        held.setdefault(country, []).append(number)
    for amounts in held.values():
        random.shuffle(amounts)

    def edition(holds: list[int]) -> object:
        archives = [
            studies.opened(place, studies.place(country, asn, "North", sector), studies=Exact(number))
            for place, ((country, (asn, sector), _), number) in enumerate(zip(rows, holds, strict=True))
        ]
        return studies.document(archives, Edition.SHAREABLE)

    assert edition([number for _, _, number in rows]) == edition([held[row[0]].pop() for row in rows])
