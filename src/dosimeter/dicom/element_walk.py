"""Steps over the elements of a data set, decoding none (PS3.5 §7.1, §7.5)."""

from __future__ import annotations

import struct
from typing import Final

from dosimeter.dicom.limits import MAX_SEQUENCE_DEPTH

_IMPLICIT: Final = struct.Struct("<HHI")
_EXPLICIT: Final = struct.Struct("<HH2sH")
_LONG_LENGTH: Final = struct.Struct("<I")
_LONG_VRS: Final = frozenset(
    (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
)
"""VRs with a four-byte length in explicit VR (PS3.5 Table 7.1-1)."""
_UNDEFINED: Final = 0xFFFFFFFF
_HEADER_LENGTH: Final = 8
_TAG: Final = 4
_TAG_AND_VR: Final = 6
_SHORT_FIELD: Final = 2
_LONG_FIELD: Final = 4
_LONG_HEADER_LENGTH: Final = 12
_DELIMITERS: Final = 0xFFFE
_ITEM: Final = 0xE000
_ITEM_END: Final = 0xE00D
_SEQUENCE_END: Final = 0xE0DD


class ElementWalk:
    """One pass, no recursion: each step moves forward by at least a header."""

    __slots__ = ("_data", "_end", "_explicit", "_position")

    def __init__(self, data: bytes, *, explicit: bool) -> None:
        self._data = data
        self._end = len(data)
        self._explicit = explicit
        self._position = 0

    def read_into(self, found: dict[int, bytes], wanted: frozenset[int]) -> bool:
        """Gather the values of the wanted tags; whether the bytes walked are well formed.

        It stops after the last wanted tag: elements are in ascending order (PS3.5 §7.1). What was
        gathered before a fault stands.
        """
        last_wanted = max(wanted)
        previous = -1
        while self._position < self._end:
            header = self._next_header()
            if header is None:
                return False
            group, element, length = header
            tag = group << 16 | element
            if tag <= previous:
                return False
            if tag > last_wanted:
                return True
            previous = tag
            if length == _UNDEFINED:
                if not self._skip_sequence():
                    return False
                continue
            end = self._position + length
            if end > self._end:
                return False
            if tag in wanted:
                found[tag] = self._data[self._position : end]
            self._position = end
        return True

    def next_element(self) -> tuple[int, bytes, bytes, int] | None:
        """Tag, the bytes before the length, the length field and the length; the position is then behind it.

        None at the end, and where no header fits. Nothing is known to be where the length ends.
        """
        start = self._position
        header = self._next_header() if start < self._end else None
        if header is None:
            return None
        group, element, length = header
        field = self._position - start - (_TAG_AND_VR if self._explicit else _TAG)
        width = _LONG_FIELD if field != _SHORT_FIELD else _SHORT_FIELD
        split = self._position - width
        head, length_field = self._data[start:split], self._data[split : self._position]
        self._position += length
        return group << 16 | element, head, length_field, length

    def _next_header(self) -> tuple[int, int, int] | None:
        """Group, element and length; the position is then at the value."""
        position = self._position
        value = position + _HEADER_LENGTH
        if value > self._end:
            return None
        group: int
        element: int
        length: int
        if not self._explicit:
            group, element, length = _IMPLICIT.unpack_from(self._data, position)
        else:
            group, element, vr, length = _EXPLICIT.unpack_from(self._data, position)
            if group == _DELIMITERS:
                (length,) = _LONG_LENGTH.unpack_from(self._data, position + 4)
            elif vr in _LONG_VRS:
                value = position + _LONG_HEADER_LENGTH
                if value > self._end:
                    return None
                (length,) = _LONG_LENGTH.unpack_from(self._data, position + _HEADER_LENGTH)
        self._position = value
        return group, element, length

    def _skip_sequence(self) -> bool:
        """Step over a sequence of undefined length and whatever it nests; the position is in it.

        ``inside_item`` says for each open level whether an item of undefined length is open in it.
        """
        inside_item = [False]
        while inside_item:
            header = self._next_header()
            if header is None:
                return False
            group, element, length = header
            if group == _DELIMITERS:
                if not self._delimiter(element, length, inside_item):
                    return False
            elif not inside_item[-1]:
                return False
            elif length == _UNDEFINED:
                inside_item.append(False)
                if len(inside_item) > MAX_SEQUENCE_DEPTH:
                    return False
            else:
                self._position += length
                if self._position > self._end:
                    return False
        return True

    def _delimiter(self, element: int, length: int, inside_item: list[bool]) -> bool:
        if element == _ITEM and not inside_item[-1]:
            if length == _UNDEFINED:
                inside_item[-1] = True
                return True
            self._position += length
            return self._position <= self._end
        if element == _ITEM_END and inside_item[-1]:
            inside_item[-1] = False
            return True
        if element == _SEQUENCE_END and not inside_item[-1]:
            inside_item.pop()
            return True
        return False
