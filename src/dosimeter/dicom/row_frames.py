"""Finds pending responses that are framed as the one before was, in a receive buffer and in place.

What frames a row is all its bytes but the identifier: the header of a P-DATA-TF, the PDV of the command
set, and the header of the PDV with the data set, which in between may have a P-DATA-TF of its own. Of
one answer these are the same for every row but for lengths. Bytes that were read once mean the same when
they come again, so they are looked up; what is framed otherwise is left to the general path.
"""

from __future__ import annotations

import struct
from typing import Final

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

    @property
    def width(self) -> int:
        """How many bytes frame a row."""
        return HEADER_LENGTH + len(self._command) + PDV_HEADER_LENGTH + self._is_split * HEADER_LENGTH

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

    def find(self, data: bytes, position: int) -> tuple[list[int], list[int]]:
        """Where the identifiers of the whole rows from ``position`` on begin, and where they end."""
        begins: list[int] = []
        ends: list[int] = []
        lengths = self._lengths
        if lengths is None:
            return begins, ends
        width = lengths.width
        size = len(data)
        while True:
            begin = position + width
            length = lengths[data[position:begin]]
            position = begin + length
            if length < 0 or position > size:
                return begins, ends
            begins.append(begin)
            ends.append(position)
