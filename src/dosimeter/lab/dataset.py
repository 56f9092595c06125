"""Data sets as the lab needs them: text and sequences, implicit or explicit VR little endian.

No pydicom: the tests read what is written here with it, and write what is read here.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final, TypeAlias

from dosimeter.dicom.uids import EXPLICIT_VR_LE
from dosimeter.lab.attributes import UNKNOWN, VR_OF

Dataset: TypeAlias = Mapping[int, "str | tuple[Dataset, ...]"]
"""Values by tag (group in the upper half). Several values are one text, parted by backslashes."""

MAX_DEPTH: Final = 8

_IMPLICIT: Final = struct.Struct("<HHI")
_EXPLICIT: Final = struct.Struct("<HH2sH")
_EXPLICIT_LONG: Final = struct.Struct("<HH2sxxI")
_LONG: Final = struct.Struct("<I")
_LONG_VRS: Final = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"))
"""VRs with a four-byte length in explicit VR (PS3.5 Table 7.1-1)."""
_UNDEFINED: Final = 0xFFFFFFFF
_DELIMITERS: Final = 0xFFFE
_ITEM: Final = 0xFFFEE000
_ITEM_END: Final = 0xFFFEE00D
_SEQUENCE_END: Final = 0xFFFEE0DD
_LONGEST_SHORT: Final = 0xFFFF


class UnreadableDataset(Exception):
    """Bytes that are no data set of the transfer syntax agreed on; says where."""


def encode_dataset(dataset: Dataset, transfer_syntax_uid: str) -> bytes:
    """The bytes of a data set, elements in ascending order (PS3.5 §7.1).

    Raises:
        ValueError: a text is not Latin-1, or too long for its VR.
    """
    explicit = transfer_syntax_uid == EXPLICIT_VR_LE
    return b"".join(encode_element(tag, dataset[tag], explicit=explicit) for tag in sorted(dataset))


def decode_dataset(data: bytes, transfer_syntax_uid: str) -> Dataset:
    """Read a data set whole; text is Latin-1, its padding dropped.

    Raises:
        UnreadableDataset: a length does not fit, or sequences nest too deeply.
    """
    reader = _Reader(data, explicit=transfer_syntax_uid == EXPLICIT_VR_LE)
    return reader.read_elements(len(data), 0, ended_by=None)


def encode_element(tag: int, value: str | tuple[Dataset, ...], *, explicit: bool) -> bytes:
    """The bytes of one element.

    Raises:
        ValueError: as `encode_dataset`.
    """
    vr = VR_OF.get(tag, "SQ" if isinstance(value, tuple) else UNKNOWN)
    encoded = _encode_items(value, explicit=explicit) if isinstance(value, tuple) else _encode_text(value, vr)
    group, element = tag >> 16, tag & 0xFFFF
    if not explicit:
        return _IMPLICIT.pack(group, element, len(encoded)) + encoded
    name = vr.encode("ascii")
    if vr in _LONG_VRS:
        return _EXPLICIT_LONG.pack(group, element, name, len(encoded)) + encoded
    if len(encoded) > _LONGEST_SHORT:
        raise ValueError(f"a value of {len(encoded)} bytes does not fit VR {vr}")
    return _EXPLICIT.pack(group, element, name, len(encoded)) + encoded


def _encode_text(text: str, vr: str) -> bytes:
    value = text.encode("latin-1")
    padding = b"\0" if vr in {"UI", UNKNOWN} else b" "
    return value + padding * (len(value) % 2)


def _encode_items(items: tuple[Dataset, ...], *, explicit: bool) -> bytes:
    encoded = []
    for item in items:
        body = b"".join(encode_element(tag, item[tag], explicit=explicit) for tag in sorted(item))
        encoded.append(_IMPLICIT.pack(_ITEM >> 16, _ITEM & 0xFFFF, len(body)) + body)
    return b"".join(encoded)


class _Reader:
    """One pass over the bytes; each step moves forward by at least a header."""

    def __init__(self, data: bytes, *, explicit: bool) -> None:
        self._data = data
        self._explicit = explicit
        self._position = 0

    def read_elements(self, end: int, depth: int, *, ended_by: int | None) -> Dataset:
        """The elements up to ``end``, or up to the delimiter ``ended_by``."""
        if depth > MAX_DEPTH:
            raise UnreadableDataset(f"sequences nest deeper than {MAX_DEPTH}")
        found: dict[int, str | tuple[Dataset, ...]] = {}
        while self._position < end:
            tag, vr, length = self._header(end)
            if tag == ended_by:
                return found
            if vr == "SQ" or length == _UNDEFINED:
                found[tag] = self._items(self._end_of(length, end), depth, delimited=length == _UNDEFINED)
            else:
                stop = self._end_of(length, end)
                found[tag] = self._data[self._position : stop].decode("latin-1").strip(" \0")
                self._position = stop
        if ended_by is not None:
            raise UnreadableDataset("an item does not end")
        return found

    def _items(self, end: int, depth: int, *, delimited: bool) -> tuple[Dataset, ...]:
        items: list[Dataset] = []
        while self._position < end:
            tag, _, length = self._header(end)
            if tag == _SEQUENCE_END and delimited:
                return tuple(items)
            if tag != _ITEM:
                raise UnreadableDataset(f"no item at offset {self._position}")
            undefined = length == _UNDEFINED
            stop = self._end_of(length, end)
            items.append(self.read_elements(stop, depth + 1, ended_by=_ITEM_END if undefined else None))
        if delimited:
            raise UnreadableDataset("a sequence does not end")
        return tuple(items)

    def _header(self, end: int) -> tuple[int, str, int]:
        """Tag, VR and length; the position is then at the value."""
        begin = self._position
        self._need(begin + _IMPLICIT.size, end)
        group, element, length = _IMPLICIT.unpack_from(self._data, begin)
        tag = int(group) << 16 | int(element)
        self._position = begin + _IMPLICIT.size
        if not self._explicit or group == _DELIMITERS:
            return tag, VR_OF.get(tag, UNKNOWN), int(length)
        vr = self._data[begin + 4 : begin + 6].decode("latin-1")
        if vr not in _LONG_VRS:
            return tag, vr, int(length) >> 16
        self._need(begin + _EXPLICIT_LONG.size, end)
        self._position = begin + _EXPLICIT_LONG.size
        (length,) = _LONG.unpack_from(self._data, begin + 8)
        return tag, vr, int(length)

    def _end_of(self, length: int, end: int) -> int:
        if length == _UNDEFINED:
            return end
        self._need(self._position + length, end)
        return self._position + length

    def _need(self, position: int, end: int) -> None:
        if position > end:
            raise UnreadableDataset(f"a length reaches {position - end} bytes past the end")
