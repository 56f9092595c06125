from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dosimeter.dicom.uids import IMPLICIT_VR_LE
from dosimeter.lab.attributes import Tag
from dosimeter.lab.dataset import decode_dataset
from dosimeter.lab.fleet.blocks import RowBlocks
from dosimeter.lab.fleet.selection import select
from dosimeter.lab.fleet.stock import Stock

TAGS = frozenset(
    (
        *(Tag.STUDY_INSTANCE_UID, Tag.STUDY_DATE, Tag.STUDY_TIME, Tag.PATIENT_ID),
        *(Tag.NUMBER_OF_STUDY_RELATED_INSTANCES, Tag.NUMBER_OF_STUDY_RELATED_SERIES),
    )
)


@st.composite
def stocks(draw: st.DrawFn) -> Stock:
    """Any archive of up to three blocks."""
    each = draw(st.sampled_from((1, 2, 4, 5)))
    studies = each * draw(st.integers(1, 2_500 // each))
    first = draw(st.dates(date(2015, 1, 1), date(2024, 1, 1)))
    return Stock(
        draw(st.integers(0, 99_999)),
        studies,
        studies * draw(st.integers(1, 60)) + draw(st.integers(0, 40)),
        first,
        first + timedelta(days=draw(st.integers(0, 2_000))),
        undated=draw(st.integers(0, studies)),
        studies_each=each,
    )


def rows_of(stock: Stock, keys: Mapping[int, str]) -> list[Mapping[int, str]]:
    """What is sent, read again."""
    writer = RowBlocks(stock, "STUDY", TAGS, IMPLICIT_VR_LE)
    rows = []
    for number, data in writer.chunks(select(stock, dict(keys)), b"frame"):
        size = len(b"frame") + writer.length
        assert len(data) == number * size
        for place in range(number):
            row = data[place * size + len(b"frame") : (place + 1) * size]
            rows.append({tag: str(text) for tag, text in decode_dataset(row, IMPLICIT_VR_LE).items()})
    return rows


@given(stocks())
def test_any_stock_is_sent_whole_and_adds_up(stock: Stock) -> None:
    """Every study once, its people and images as many as the stock says."""
    rows = rows_of(stock, {})
    assert len({row[Tag.STUDY_INSTANCE_UID] for row in rows}) == len(rows) == stock.studies
    assert len({row[Tag.PATIENT_ID] for row in rows}) == stock.patients
    assert sum(int(row[Tag.NUMBER_OF_STUDY_RELATED_INSTANCES]) for row in rows) == stock.images
    assert sum(int(row[Tag.NUMBER_OF_STUDY_RELATED_SERIES]) for row in rows) == stock.series
    assert sum(not row[Tag.STUDY_DATE] for row in rows) == stock.undated


@given(stocks(), st.data())
def test_parts_that_share_nothing_hold_all(stock: Stock, data: st.DataObject) -> None:
    """Two halves of the dates, cut anywhere, and the undated; two halves of the times."""
    everything = rows_of(stock, {})
    cut = data.draw(st.dates(date(2014, 1, 1), date(2031, 1, 1)))
    ranges = (f"00010101-{cut:%Y%m%d}", f"{cut + timedelta(days=1):%Y%m%d}-21991231")
    dated = [row for each in ranges for row in rows_of(stock, {Tag.STUDY_DATE: each})]
    assert dated == [row for row in everything if row[Tag.STUDY_DATE]]
    hour = data.draw(st.integers(1, 23))
    times = (f"00-{hour - 1:02d}5959.999999", f"{hour:02d}-235960")
    timed = [rows_of(stock, {Tag.STUDY_TIME: each}) for each in times]
    assert [len(each) for each in timed] == [
        sum((row[Tag.STUDY_TIME] < f"{hour:02d}") is early for row in everything) for early in (True, False)
    ]
