"""No small cell of a breakdown is shown, and none can be computed from the total and the rest."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from dosimeter.model.census import AtLeast, Claimed, Count, Exact
from dosimeter.report.small_cells import Cell, FewerThan, protect, protect_overlapping

numbers = st.integers(0, 14) | st.integers(0, 60) | st.integers(0, 10_000)
cells = st.lists(numbers, max_size=7)


def shown_of(values: list[int]) -> tuple[Cell, ...] | None:
    """The breakdown as it is shown."""
    return protect([Exact(value) for value in values])


def still_possible(values: list[int], shown: tuple[Cell, ...]) -> dict[int, set[int]]:
    """For each hidden small cell, what it may be: the reader knows the total and how cells are hidden."""
    small = [place for place, cell in enumerate(shown) if isinstance(cell, FewerThan)]
    vague = [place for place, cell in enumerate(shown) if isinstance(cell, AtLeast)]
    left = sum(values) - sum(cell.value for cell in shown if isinstance(cell, Exact))
    floor = sum(
        cell.value for place, cell in enumerate(shown) if place in vague and isinstance(cell, AtLeast)
    )
    possible: dict[int, set[int]] = {}
    others = {0}
    for _ in small[1:]:
        others = {have + one for have, one in product(others, range(1, 11))}
    for place in small:
        possible[place] = {
            mine
            for mine in range(1, 11)
            if any((left - mine - rest >= floor) if vague else (left == mine + rest) for rest in others)
        }
    return possible


@given(cells)
def test_every_small_cell_may_still_be_any_small_number(values: list[int]) -> None:
    """Whatever the total and the other cells say, 1 and 10 and all between stay possible."""
    shown = shown_of(values)
    if shown is not None:
        for numbers_left in still_possible(values, shown).values():
            assert numbers_left == set(range(1, 11))


@given(cells)
def test_a_breakdown_says_nothing_untrue_and_forgets_no_cell(values: list[int]) -> None:
    """Each cell as shown holds of the number behind it; zeros and large numbers need no disguise."""
    shown = shown_of(values)
    if shown is None:
        assert any(1 <= value <= 10 for value in values)
        return
    for value, cell in zip(values, shown, strict=True):
        match cell:
            case FewerThan(limit):
                assert 1 <= value < limit
            case AtLeast(floor):
                assert value >= floor
            case _:
                assert cell == Exact(value)
    if not any(1 <= value <= 10 for value in values):
        assert shown == tuple(map(Exact, values))


@given(cells)
def test_large_cells_are_left_alone_where_small_ones_hide_each_other(values: list[int]) -> None:
    """A cell is made vague only where the small ones could otherwise be computed."""
    shown = shown_of(values) or ()
    if any(isinstance(cell, AtLeast) for cell in shown):
        plain = tuple(
            Exact(value) if isinstance(cell, AtLeast) else cell
            for value, cell in zip(values, shown, strict=True)
        )
        assert any(left != set(range(1, 11)) for left in still_possible(values, plain).values())


@given(st.lists(st.builds(AtLeast, numbers) | st.builds(Claimed, numbers), min_size=1, max_size=5))
def test_no_kind_lets_a_small_number_through(values: list[Count]) -> None:
    """A lower bound of 7 is as telling as a 7: it becomes a lower bound of 1."""
    for cell in protect(values) or ():
        assert not isinstance(cell, Claimed) or not 1 <= cell.value <= 10
        assert not isinstance(cell, AtLeast) or cell.value in {0, 1} or cell.value >= 11


@given(st.lists(numbers, min_size=1, max_size=6), st.data())
def test_no_small_modality_is_bounded_by_the_number_of_studies(
    values: list[int], data: st.DataObject
) -> None:
    """Each study has a modality at least: whatever the whole, 1 and 10 and all between stay possible."""
    whole = data.draw(st.integers(max(values), sum(values)))
    shown = protect_overlapping([Exact(value) for value in values], Exact(whole))
    small = [cell for cell in shown or () if isinstance(cell, FewerThan)]
    vague = [cell.value for cell in shown or () if isinstance(cell, AtLeast)]
    seen = sum(cell.value for cell in shown or () if isinstance(cell, Exact))
    others = range(len(small) - 1, 10 * (len(small) - 1) + 1)
    for mine in range(1, 11) if small else ():
        if not vague:
            assert mine + max(others) + seen >= whole
        elif len(vague) == 1 and vague[0] > 11:
            hidden = vague[0] + 10 * len(small)
            assert any(hidden - mine - rest >= 11 for rest in others)
            assert seen + hidden >= whole
