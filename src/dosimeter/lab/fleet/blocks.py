"""The rows of a query, a block of a thousand studies at a time.

A block is written once for each question, with marks where its number and the date stand; every block of the
answer is that one with the marks replaced. So a row costs a tenth of a microsecond, however many there are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from dosimeter.lab.dataset import encode_dataset
from dosimeter.lab.fleet import writing
from dosimeter.lab.fleet.pattern import BLOCK

if TYPE_CHECKING:
    from dosimeter.lab.fleet.selection import Selection
    from dosimeter.lab.fleet.stock import Stock

_HIGH: Final = writing.HIGH.encode("ascii")
_DAY: Final = writing.DAY.encode("ascii")
_NO_DAY: Final = b" " * len(_DAY)


@dataclass(frozen=True, slots=True)
class _Block:
    """The rows of one block with its marks: which places it has, and where the rows of each begin."""

    places: list[int]
    offsets: list[int]
    rows: int
    data: bytes


class RowBlocks:
    """Writes the rows of one kind of question: a level, the tags asked back, a transfer syntax."""

    def __init__(self, stock: Stock, level: str, tags: frozenset[int], syntax: str) -> None:
        self._stock = stock
        self._level = level
        known = writing.texts_of(level, stock.number)
        skeleton = encode_dataset({tag: known.get(tag, "") for tag in tags if tag in writing.KNOWN}, syntax)
        self._has_day = _DAY in skeleton
        self.length = len(skeleton)
        """The bytes of an identifier: it is the same for all rows."""
        self._form = writing.form_of(skeleton)
        self._of_study: dict[tuple[int, int], list[bytes]] = {}

    def chunks(self, selection: Selection, frame: bytes) -> Iterator[tuple[int, bytes]]:
        """The rows of a selection in order, each after its ``frame``: how many, and their bytes.

        All rows have one length. A chunk is what a block holds of them, if it holds any.
        """
        if selection.is_empty:
            return
        places = sorted(selection.places)
        blocks: dict[tuple[int, int, int], _Block] = {}
        for number in range(selection.begin // BLOCK, (selection.end - 1) // BLOCK + 1):
            first = number * BLOCK
            longer = min(BLOCK, max(0, self._stock.longer - first))
            low, end = max(0, selection.begin - first), min(BLOCK, selection.end - first)
            block = blocks.get((low, end, longer))
            if block is None:
                within = places[bisect_left(places, low) : bisect_left(places, end)]
                block = blocks[low, end, longer] = self._block(within, longer, frame)
            if block.data:
                yield block.rows, self._filled(block, number)

    def _filled(self, block: _Block, number: int) -> bytes:
        """A block with its number, and the days of its studies, in place of the marks."""
        data = block.data.replace(_HIGH, b"%06d" % number)
        if not self._has_day:
            return data
        stock, first = self._stock, number * BLOCK
        begin, parts = 0, []
        while begin < len(block.places):
            day = stock.day_of(first + block.places[begin])
            until = stock.studies if day is None else stock.before(day + timedelta(days=1))
            stop = bisect_left(block.places, until - first, begin)
            text = _NO_DAY if day is None else day.strftime("%Y%m%d").encode("ascii")
            parts.append(data[block.offsets[begin] : block.offsets[stop]].replace(_DAY, text))
            begin = stop
        return b"".join(parts)

    def _block(self, places: list[int], longer: int, frame: bytes) -> _Block:
        together = self._stock.studies_each if self._level == "PATIENT" else 1
        studies = [self._rows_of(place, min(together, max(0, longer - place))) for place in places]
        rows = list(accumulate(map(len, studies), initial=0))
        written = [row for study in studies for row in study]
        data = frame + frame.join(written) if written else b""
        size = len(frame) + self.length
        return _Block(places, [size * before for before in rows], rows[-1], data)

    def _rows_of(self, place: int, more: int) -> list[bytes]:
        """The rows of the study at a place, its block and date still marks; ``more`` images than usual."""
        found = self._of_study.get((place, more))
        if found is None:
            form = self._form
            found = [form % values for values in self._values(place, more)]
            self._of_study[place, more] = found
        return found

    def _values(self, place: int, more: int) -> Iterator[Mapping[bytes, bytes]]:
        stock, pattern = self._stock, self._stock.pattern
        each, images = stock.studies_each, stock.images_at
        if self._level == "PATIENT":
            if place % each == 0:
                yield writing.of_patient(
                    place // each,
                    each,
                    sum(pattern.series[place : place + each]),
                    sum(images[place : place + each]) + more,
                )
            return
        series, held = pattern.series[place], images[place] + more
        study = writing.of_study(
            place, place // each, pattern.seconds[place], pattern.modalities[place], series, held
        )
        if self._level == "STUDY":
            yield study
            return
        for number in range(1, series + 1):
            in_series = held // series + (number <= held % series)
            of_series = {**study, **writing.of_series(number, in_series)}
            if self._level == "SERIES":
                yield of_series
                continue
            for image in range(1, in_series + 1):
                yield {**of_series, b"image": b"%06d" % (100_000 + image)}
