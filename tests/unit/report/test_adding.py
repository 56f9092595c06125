from __future__ import annotations

import pytest

from dosimeter.model.census import AtLeast, Claimed, Count, Estimated, Exact, Unknown
from dosimeter.report.adding import Sum, add_up

EXACT, AT_LEAST, CLAIMED, UNKNOWN = Exact(10), AtLeast(20), Claimed(30), Unknown()
ESTIMATED = Estimated(100, 80, 130)


@pytest.mark.parametrize(
    ("counts", "counted", "whole"),
    [
        ([], Exact(0), Exact(0)),
        ([EXACT, EXACT], Exact(20), Exact(20)),
        ([EXACT, AT_LEAST], AtLeast(30), AtLeast(30)),
        ([EXACT, UNKNOWN], AtLeast(10), AtLeast(10)),
        ([UNKNOWN, UNKNOWN], UNKNOWN, UNKNOWN),
        ([EXACT, ESTIMATED], Estimated(110, 90, 140), Estimated(110, 90, 140)),
        ([ESTIMATED, ESTIMATED], Estimated(200, 160, 260), Estimated(200, 160, 260)),
        ([ESTIMATED, AT_LEAST], AtLeast(100), AtLeast(100)),
        ([ESTIMATED, UNKNOWN], AtLeast(80), AtLeast(80)),
        ([CLAIMED, CLAIMED], UNKNOWN, Claimed(60)),
        ([EXACT, CLAIMED], Exact(10), Claimed(40)),
        ([AT_LEAST, CLAIMED], AtLeast(20), Claimed(50)),
        ([CLAIMED, UNKNOWN], UNKNOWN, Claimed(30)),
    ],
)
def test_kinds_compose_honestly(counts: list[Count], counted: Count, whole: Count) -> None:
    """The sum is of the weakest kind in it, and a claim never passes for a count."""
    total = add_up(counts)
    assert (total.counted, total.count) == (counted, whole)


def test_archives_that_were_not_counted_are_counted_as_such() -> None:
    """How many numbers are missing stands beside the sum."""
    assert add_up([EXACT, UNKNOWN, UNKNOWN, CLAIMED]) == Sum(
        low=10, value=10, high=10, claimed=30, known=2, unknown=2, claims=1
    )
