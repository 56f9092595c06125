"""Finds pending responses that are framed as the one before was, in a receive buffer and in place.

What frames a row is all its bytes but the identifier: the header of a P-DATA-TF, the PDV of the command
set, and the header of the PDV with the data set, which in between may have a P-DATA-TF of its own. Of
one answer these are the same for every row but for lengths. Bytes that were read once mean the same when
they come again, so they are looked up; what is framed otherwise is left to the general path.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from dosimeter.dicom.limits import MAX_PDU_RECEIVED
from dosimeter.dicom.pdu import PduType
from dosimeter.dicom.pdu_decode import HEADER_LENGTH, PDV_HEADER, PDV_HEADER_LENGTH

_PDU: Final = struct.Struct(">BxI")
_LAST_COMMAND: Final = 3
_LAST_DATA: Final = 2
_MOST_REMEMBERED: Final = 4096


class _Lengths(dict[bytes, int]):
    """From the bytes that frame a row to the length of its identifier; -1: this is not such a frame."""

    def __init__(self, context_id: int, command: bytes, *, is_split: bool) -> None:
        super().__init__()
        self._context_id = context_id
        self._command = command
        self._is_split = is_split
        self._head = _PDU.pack(PduType.P_DATA_TF, len(command)) + command

    @property
    def width(self) -> int:
        """How many bytes frame a row."""
        return HEADER_LENGTH + len(self._command) + PDV_HEADER_LENGTH + self._is_split * HEADER_LENGTH

    def begins_with(self, part: bytes) -> bool:
        """Whether a frame can go on from this part of one, as far as its command set says."""
        if self._is_split:
            head = self._head
            return part.startswith(head) if len(part) > len(head) else head.startswith(part)
        rest = part[HEADER_LENGTH : HEADER_LENGTH + len(self._command)]
        return part[0] == PduType.P_DATA_TF and self._command.startswith(rest)

    def __missing__(self, frame: bytes) -> int:
        length = self._read(frame)
        if length >= 0 and len(self) < _MOST_REMEMBERED:
            self[frame] = length
        return length

    def _read(self, frame: bytes) -> int:
        if len(frame) != self.width:
            return -1
        command_end = HEADER_LENGTH + len(self._command)
        if frame[HEADER_LENGTH:command_end] != self._command:
            return -1
        kind, pdu_length = _PDU.unpack_from(frame)
        pdv_length, context_id, control = PDV_HEADER.unpack_from(frame, len(frame) - PDV_HEADER_LENGTH)
        around = 4
        if self._is_split:
            if kind != PduType.P_DATA_TF or pdu_length != len(self._command):
                return -1
            kind, pdu_length = _PDU.unpack_from(frame, command_end)
        else:
            around += len(self._command)
        fits = pdu_length == around + pdv_length and pdu_length <= MAX_PDU_RECEIVED
        ours = (kind, context_id, control) == (PduType.P_DATA_TF, self._context_id, _LAST_DATA)
        return pdv_length - 2 if fits and ours else -1


class Rows(NamedTuple):
    """Where the identifiers of whole rows begin and end.

    ``awaited``: how many bytes there must be to go on, if what there is of the next row is framed as
    known; else 0. A final response begins as a row does: of a frame that is cut every byte is awaited alone.
    """

    begins: list[int]
    ends: list[int]
    awaited: int


class RowFrames:
    """How the rows of one answer are framed, once one of them is known."""

    __slots__ = ("_lengths",)

    def __init__(self) -> None:
        self._lengths: _Lengths | None = None

    @property
    def are_known(self) -> bool:
        """Whether a row has been seen."""
        return self._lengths is not None

    def learn(self, pdu: bytes) -> None:
        """Take this P-DATA-TF as the beginning of a row.

        Its first PDV, if it is a whole command set, is known to have announced a row of the answer.
        """
        pdv_length, context_id, control = PDV_HEADER.unpack_from(pdu, HEADER_LENGTH)
        end = HEADER_LENGTH + 4 + pdv_length
        if control == _LAST_COMMAND:
            self._lengths = _Lengths(context_id, pdu[HEADER_LENGTH:end], is_split=end == len(pdu))

    def find(self, data: bytes, position: int) -> Rows:
        """The whole rows from ``position`` on."""
        begins: list[int] = []
        ends: list[int] = []
        lengths = self._lengths
        if lengths is None:
            return Rows(begins, ends, 0)
        width = lengths.width
        size = len(data)
        while True:
            begin = position + width
            length = lengths[data[position:begin]]
            end = begin + length
            if length < 0 or end > size:
                break
            begins.append(begin)
            ends.append(end)
            position = end
        awaited = 0
        if length >= 0:
            awaited = end - position
        elif position < size < begin and lengths.begins_with(data[position:]):
            awaited = size - position + 1
        return Rows(begins, ends, awaited)
