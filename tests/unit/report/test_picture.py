from __future__ import annotations

import pytest

from dosimeter.model.target import Endpoint
from dosimeter.model.verdict import Exposure
from dosimeter.report.document import build_document
from dosimeter.report.language import language_of
from dosimeter.report.picture import Shape, draw_ladder
from tests.unit.report import samples

ENGLISH = language_of("en")


@pytest.mark.parametrize("shape", list(Shape))
def test_each_archive_is_a_square_on_its_rung(shape: Shape) -> None:
    """Squares stand on their line, between the rails, the decoys hollow and last."""
    picture = draw_ladder(samples.document().ladder, shape, ENGLISH)

    assert [rung.word for rung in picture.rungs][0:2] == ["browsable", "retrievable"]
    for rung in picture.rungs:
        for mark in rung.marks:
            assert picture.left < mark.x
            assert mark.x + mark.width < picture.right
            assert mark.y + mark.height < rung.y
    (queryable,) = (rung for rung in picture.rungs if rung.exposure is Exposure.QUERYABLE)
    assert [mark.hollow for mark in queryable.marks] == [False, True]
    assert picture.ground == "Beside the ladder: unreachable 3, not DICOM 1."


@pytest.mark.parametrize("shape", list(Shape))
def test_too_many_for_squares_become_bars_of_the_right_length(shape: Shape) -> None:
    """With a thousand archives the longest bar fills the rung and a tenth of them a tenth of it."""
    many = [(Exposure.GUARDED, 1000), (Exposure.ASSOCIATES, 100), (Exposure.NAME_GATED, 1)]
    judged = [
        samples.judged(Endpoint(f"127.20.{number // 250}.{number % 250}", port), samples.verdict(exposure))
        for port, (exposure, count) in enumerate(many, start=104)
        for number in range(count)
    ]

    picture = draw_ladder(build_document(samples.HEADER, judged).ladder, shape, ENGLISH)

    bars = {rung.exposure: rung.marks for rung in picture.rungs if rung.marks}
    widths = {exposure: marks[0].width for exposure, marks in bars.items()}
    assert all(len(marks) == 1 for marks in bars.values())
    assert widths[Exposure.GUARDED] < picture.right - picture.left
    assert widths[Exposure.ASSOCIATES] == pytest.approx(widths[Exposure.GUARDED] / 10, abs=1)
    assert widths[Exposure.NAME_GATED] == 1


def test_ten_thousand_silent_hosts_do_not_widen_the_picture() -> None:
    """Unreachable endpoints are told in words: they would make every other bar vanish."""
    judged = [samples.retrievable(), *(samples.unreachable(number) for number in range(10_000))]

    picture = draw_ladder(build_document(samples.HEADER, judged).ladder, Shape.WIDE, ENGLISH)

    assert sum(len(rung.marks) for rung in picture.rungs) == 1
    assert "unreachable 10,000" in picture.ground
