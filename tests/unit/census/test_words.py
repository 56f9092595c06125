"""The sentences beside the numbers."""

from __future__ import annotations

import pytest

from dosimeter.census import words
from dosimeter.model.census import Things


@pytest.mark.parametrize(
    ("covered", "said"), [(1, "fewer than 11 studies"), (10, "fewer than 11 studies"), (11, "11 studies")]
)
def test_a_part_of_a_few_studies_is_not_told(covered: int, said: str) -> None:
    """One to ten studies of a part could be somebody's (ADR 0015)."""
    remark = words.claimed_of_part(2_300, Things.INSTANCES, covered)
    assert f"2,300 images in {said};" in remark
