"""The sentences beside the numbers."""

from __future__ import annotations

import pytest

from dosimeter.census import words
from dosimeter.model.census import AtLeast, Claimed, Count, Exact, Things, Unknown
from dosimeter.model.message import Message


@pytest.mark.parametrize(
    ("covered", "said"), [(1, "fewer than 11 studies"), (10, "fewer than 11 studies"), (11, "11 studies")]
)
def test_a_part_of_a_few_studies_is_not_told(covered: int, said: str) -> None:
    """One to ten studies of a part could be somebody's (ADR 0015)."""
    remark = words.claimed_of_part(2_300, Things.INSTANCES, covered)
    assert f"2,300 images in {said};" in remark


REMARKS = (
    words.at_least(340, Things.INSTANCES, words.limited(10)),
    words.unknown(Things.PATIENTS, words.NOT_LISTED),
    words.claimed(54, Things.SERIES),
    words.claimed_of_part(12, Things.STUDIES, 20),
    words.NOT_BELIEVED,
)


@pytest.mark.parametrize(
    ("count", "things", "remark", "why"),
    [
        (AtLeast(340), Things.INSTANCES, REMARKS[0], "the server stopped answering after 10 records"),
        (Unknown(), Things.PATIENTS, REMARKS[1], "the server gives no patient identifiers"),
        (Claimed(54), Things.SERIES, REMARKS[2], ""),
    ],
)
def test_the_remark_about_a_number_is_found_with_its_reason(
    count: Count, things: Things, remark: str, why: str
) -> None:
    """The reason is a message of its own, so that it can be said alone in any language."""
    found = words.reason_in(REMARKS, count, things)
    assert found == (remark, why)
    assert isinstance(found[1], Message) or why == ""


@pytest.mark.parametrize(
    ("count", "things"),
    [
        (Exact(340), Things.INSTANCES),
        (AtLeast(341), Things.INSTANCES),
        (AtLeast(340), Things.SERIES),
        (Unknown(), Things.STUDIES),
        (Claimed(12), Things.STUDIES),
    ],
)
def test_a_remark_about_another_number_gives_no_reason(count: Count, things: Things) -> None:
    """Another value, another thing, or a part of the studies."""
    assert words.reason_in(REMARKS, count, things) is None


def test_several_things_that_are_not_known_are_named_together() -> None:
    """For one reason."""
    remark = words.unknown_all([Things.PATIENTS, Things.SERIES, Things.INSTANCES], words.NOTHING)
    assert remark == (
        "patients and series and images are not known: asked for them, the server answered with nothing"
    )
