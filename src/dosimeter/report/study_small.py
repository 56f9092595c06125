"""Which amounts of a table may not be shown in an edition that is handed on (ADR 0024).

Counts of archives are shown as they are. An amount of 1 to 10 people, studies or images is not shown, and
must not follow from what is: the total of every table is known, so the rows that are withheld have a known
sum. Rows next to a small one are withheld with it until that sum is none, or more than 10, of everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from dosimeter.model.census import Things
from dosimeter.report.adding import Sum
from dosimeter.report.holdings import Holdings, Stakes
from dosimeter.report.small_cells import SMALLEST_SHOWN
from dosimeter.report.study_tally import Line

FEWEST_ARCHIVES: Final = 3
"""A row of an operator or sector with fewer would tell whose an archive is that another table shows."""

_TWO_ROWS: Final = 2


def is_small_number(number: int) -> bool:
    """Whether a number could be people whom a reader knows."""
    return 1 <= number < SMALLEST_SHOWN


def is_small(line: Line) -> bool:
    """Whether any amount of a line is small, or what is left of two of them."""
    return any(map(is_small_number, _numbers(line)))


def withheld_rows(lines: Sequence[Line]) -> frozenset[int] | None:
    """The places of the lines whose amounts are withheld; None if all of them must be.

    A line with an amount of 1 to 10 is withheld, and with it the nearest lines that hold something (of two,
    the later), until no small amount follows. The order of the lines must not depend on amounts: whoever
    knows the rule must not learn from it.
    """
    first = {place for place, line in enumerate(lines) if is_small(line)}
    if not first:
        return frozenset()
    free = [place for place, line in enumerate(lines) if place not in first and any(_numbers(line))]
    beside = sorted(free, key=lambda place: (min(abs(place - each) for each in first), -place))
    for several in range(1, len(beside) + 1):
        if _are_hidden([lines[place] for place in first], [lines[place] for place in beside[:several]]):
            return frozenset(first | set(beside[:several]))
    return None


def has_small_stakes(without_decoys: Stakes, with_decoys: Stakes) -> bool:
    """Whether any sum of what is at stake is small, with decoys or without, or the difference of two is."""
    numbers = (
        *_of_stakes(without_decoys),
        *_of_stakes(with_decoys),
        *(
            mine - other
            for mine, other in zip(_of_stakes(with_decoys), _of_stakes(without_decoys), strict=True)
        ),
    )
    return any(map(is_small_number, numbers))


def _are_hidden(first: Sequence[Line], beside: Sequence[Line]) -> bool:
    """Whether the sum of all, which is known, leaves every small amount open.

    Lines beside are known not to be small. What is left of a sum above their smallest must allow a small
    amount to be anything from 1 to 10 while the other small ones are at least 1.
    """
    together = Line()
    for line in (*first, *beside):
        together.merge(line)
    if is_small(together):
        return False
    smallest = SMALLEST_SHOWN * len(beside) + SMALLEST_SHOWN - 1 + len(first) - 1
    sums = tuple(_numbers(together))
    return all(
        total >= smallest
        for line in first
        for mine, total in zip(_numbers(line), sums, strict=True)
        if is_small_number(mine)
    )


def _numbers(line: Line) -> Iterator[int]:
    for total in (line.patients, line.studies, line.linked, line.downloadable, line.not_downloadable):
        yield from _of_sum(total)


def _of_sum(total: Sum) -> tuple[int, ...]:
    """Every number that a sum may be shown as."""
    return total.low, total.value, total.high, total.claimed


def _of_stakes(stakes: Stakes) -> Iterator[int]:
    for holdings in (stakes.linked, stakes.downloadable, stakes.by_name):
        yield from _of_holdings(holdings)
    linked, downloadable = _of_holdings(stakes.linked), _of_holdings(stakes.downloadable)
    yield from (one - other for one, other in zip(linked, downloadable, strict=True))


def _of_holdings(holdings: Holdings) -> Iterator[int]:
    for things in Things:
        yield from _of_sum(holdings.of(things))
