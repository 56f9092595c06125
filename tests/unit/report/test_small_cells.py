from __future__ import annotations

import pytest

from dosimeter.model.census import AtLeast, Claimed, Count, Estimated, Exact, Unknown
from dosimeter.report.small_cells import Cell, FewerThan, protect, protect_overlapping

SMALL = FewerThan(11)


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ([], ()),
        ([Exact(0), Exact(11), Exact(400)], (Exact(0), Exact(11), Exact(400))),
        ([Exact(5), Exact(400)], (SMALL, AtLeast(395))),
        ([Exact(400), Exact(5), Exact(30)], (Exact(400), SMALL, AtLeast(25))),
        ([Exact(1), Exact(11), Exact(40)], (SMALL, AtLeast(11), AtLeast(11))),
        ([Exact(8)] * 6, (SMALL,) * 6),
        ([Exact(10), Exact(0), Exact(500)], (SMALL, Exact(0), AtLeast(500))),
        ([Claimed(3), Claimed(90)], (SMALL, AtLeast(83))),
        ([AtLeast(3), AtLeast(90)], (AtLeast(1), AtLeast(83))),
        ([Estimated(3, 0, 30), Exact(90)], (Unknown(), AtLeast(83))),
        ([Unknown(), Exact(90)], (Unknown(), Exact(90))),
    ],
)
def test_small_cells_are_hidden_and_a_neighbour_made_vague(
    cells: list[Count], shown: tuple[Cell, ...]
) -> None:
    """1 to 10 become "< 11"; a neighbour says as much as can be said without giving them away."""
    assert protect(cells) == shown


@pytest.mark.parametrize(
    "cells", [[Exact(5)], [Exact(5), Exact(3)], [Exact(10), Exact(10)], [Exact(5), Exact(0)]]
)
def test_what_cannot_be_protected_is_not_shown(cells: list[Count]) -> None:
    """With a known total, one small cell, or two with a telling sum, cannot be hidden among themselves."""
    assert protect(cells) is None


@pytest.mark.parametrize(
    ("cells", "whole", "shown"),
    [
        ([Exact(100), Exact(7)], Exact(100), (Exact(100), SMALL)),
        ([Exact(100), Exact(7)], Exact(101), (Exact(100), SMALL)),
        ([Exact(100), Exact(7)], Exact(102), (AtLeast(97), SMALL)),
        ([Exact(100), Exact(7), Exact(3)], Exact(110), (Exact(100), SMALL, SMALL)),
        ([Exact(100), Exact(7)], Unknown(), (Exact(100), SMALL)),
        (
            [Exact(13), Exact(12), Exact(12), Exact(11)],
            Exact(48),
            (Exact(13), Exact(12), Exact(12), Exact(11)),
        ),
        ([Exact(7)], Exact(7), None),
        ([Exact(9), Exact(9)], Exact(12), None),
        ([Exact(9), Exact(9)], Exact(11), (SMALL, SMALL)),
    ],
)
def test_overlapping_cells_are_hidden_as_far_as_the_whole_gives_them_away(
    cells: list[Count], whole: Count, shown: tuple[Cell, ...] | None
) -> None:
    """What no shown modality holds must be in a hidden one: more than ten for each would tell."""
    assert protect_overlapping(cells, whole) == shown
