"""Learns which elements the rows of an archive have, and takes the wanted values out of rows alike.

A shape is the sequence of an archive's tags up to the last wanted one. Each becomes one regular
expression: the bytes of a tag, then one of the lengths seen with exactly so many bytes behind it. At
every byte it can go on in one way alone, as a walk over the elements can, so a value that looks like
a tag is stepped over and not looked into. Rows of no shape known are walked.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Sequence
from itertools import repeat
from typing import Final, NamedTuple, cast

from dosimeter.dicom.count_query import WHOLE_IDENTIFIER
from dosimeter.dicom.element_walk import ElementWalk
from dosimeter.dicom.tally import Column, RowTally

_LEARN_FIRST: Final = 32
"""Rows walked before a shape is compiled: small answers never pay for it."""
_MOST_COMPILED: Final = 12
_MOST_SHAPES: Final = 16
_MOST_ELEMENTS: Final = 64
_MOST_LENGTHS: Final = 64
_LONGEST_VALUE: Final = 4096
_TAG: Final = struct.Struct("<HH")


class _Element(NamedTuple):
    """Of one element: its tag, the bytes before its length, its length field, its length."""

    tag: int
    head: bytes
    length_field: bytes
    length: int


class _Shape:
    """Rows with the same elements in the same order; ``after`` is the tag that follows, if one matters."""

    __slots__ = ("_after", "_elements", "_lengths", "_wait", "_walked", "columns", "compiled", "pattern")

    def __init__(self, elements: Sequence[_Element], after: bytes, wanted: frozenset[int]) -> None:
        self._elements = elements
        self._after = after
        self._lengths: list[Counter[tuple[bytes, int]]] = [Counter() for _ in elements]
        self._walked = 0
        self._wait = _LEARN_FIRST
        self.pattern: re.Pattern[bytes] | None = None
        self.compiled = 0
        self.columns = tuple(
            Column(each.tag, len(each.length_field)) for each in elements if each.tag in wanted
        )

    def learn(self, elements: Sequence[_Element]) -> None:
        """Note the lengths of a row that was walked; compile now and then, ever more seldom."""
        for lengths, element in zip(self._lengths, elements, strict=True):
            if len(lengths) < _MOST_LENGTHS or (element.length_field, element.length) in lengths:
                lengths[element.length_field, element.length] += 1
        self._walked += 1
        if self._walked < self._wait or self.compiled == _MOST_COMPILED:
            return
        self._walked = 0
        self._wait *= 2
        self.compiled += 1
        wanted = {column.tag for column in self.columns}
        parts = [
            _element_pattern(element, lengths, wanted=element.tag in wanted)
            for element, lengths in zip(self._elements, self._lengths, strict=True)
        ]
        mark = b"" if wanted else b"()"
        self.pattern = re.compile(b"(?:%b%b%b|)" % (b"".join(parts), self._after, mark), re.DOTALL)


def _element_pattern(element: _Element, lengths: Counter[tuple[bytes, int]], *, wanted: bool) -> bytes:
    ways = (re.escape(field) + b".{%d}" % length for (field, length), _ in lengths.most_common())
    return re.escape(element.head) + (b"(" if wanted else b"(?:") + b"|".join(ways) + b")"


def _take(
    shape: _Shape,
    pattern: re.Pattern[bytes],
    tally: RowTally,
    data: bytes,
    begins: Sequence[int],
    ends: Sequence[int],
) -> tuple[Sequence[int], Sequence[int]]:
    """Hand the rows of this shape to the tally; where the others begin and end.

    The pattern matches every row, with groups that are None if it is of another shape.
    """
    matches = map(pattern.match, repeat(data), begins, ends)
    values: list[Sequence[bytes | None]]
    if len(shape.columns) > 1:
        values = list(zip(*(match.groups() for match in matches if match), strict=True))
    else:
        values = [[match[1] for match in matches if match]]
    missed: list[int] = []
    if None in values[0]:
        missed = [place for place, value in enumerate(values[0]) if value is None]
        values = [[value for value in column if value is not None] for column in values]
    columns = dict(zip(shape.columns, cast("list[Sequence[bytes]]", values), strict=False))
    tally.absorb(len(values[0]), columns)
    return [begins[place] for place in missed], [ends[place] for place in missed]


class RowShapes:
    """The shapes of the answers to one kind of question on one presentation context."""

    __slots__ = ("_explicit", "_shapes", "_wanted", "_whole")

    def __init__(self, wanted: frozenset[int], *, explicit: bool) -> None:
        self._wanted = wanted
        self._whole = WHOLE_IDENTIFIER in wanted
        self._explicit = explicit
        self._shapes: dict[tuple[bytes, ...], _Shape] = {}

    def absorb(self, tally: RowTally, data: bytes, begins: Sequence[int], ends: Sequence[int]) -> None:
        """Hand the rows that lie between these offsets to ``tally``.

        Of those that have no known shape a few are walked, then the others are tried again, and so on by
        twice as many: shapes are learnt within a buffer, and rows that have none are tried but a few times.
        """
        walked = _LEARN_FIRST
        while begins:
            for shape in self._shapes.values():
                if shape.pattern is not None and begins:
                    begins, ends = _take(shape, shape.pattern, tally, data, begins, ends)
            for begin, end in zip(begins[:walked], ends[:walked], strict=True):
                self.walk(tally, data[begin:end])
            begins, ends = begins[walked:], ends[walked:]
            walked *= 2

    def walk(self, tally: RowTally, identifier: bytes) -> None:
        """Hand one row to ``tally`` by walking it, whatever it is like."""
        found: dict[int, bytes] = {}
        well_formed = ElementWalk(identifier, explicit=self._explicit).read_into(found, self._wanted)
        if self._whole:
            found[WHOLE_IDENTIFIER] = identifier
        elif well_formed:
            self._learn(identifier)
        tally.absorb(1, {Column(tag): (value,) for tag, value in found.items()})

    def _learn(self, identifier: bytes) -> None:
        walk = ElementWalk(identifier, explicit=self._explicit)
        elements: list[_Element] = []
        last_wanted = max(self._wanted)
        after = rb"\Z"
        while (header := walk.next_element()) is not None:
            tag, head, _, length = header
            if tag >= last_wanted:
                after = b"" if tag == last_wanted else re.escape(head[: _TAG.size])
            if tag > last_wanted:
                break
            if length > _LONGEST_VALUE or len(elements) == _MOST_ELEMENTS:
                return
            elements.append(_Element(*header))
            if tag == last_wanted:
                break
        if not elements:
            return
        name = (*(element.head for element in elements), after)
        shape = self._shapes.get(name)
        if shape is None:
            if len(self._shapes) == _MOST_SHAPES:
                return
            shape = self._shapes[name] = _Shape(elements, after, self._wanted)
        shape.learn(elements)
