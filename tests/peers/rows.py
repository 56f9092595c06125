"""Answers of many rows: what an archive sends when it is counted."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tests.peers.archive import Answer

_UID: Final = b"1.2.826.0.1.3680043.9.9999.%d"


def implicit(tag: int, value: bytes) -> bytes:
    """One element, implicit VR little endian, padded to an even length with a NUL."""
    value += b"\0" * (len(value) % 2)
    return struct.pack("<HHI", tag >> 16, tag & 0xFFFF, len(value)) + value


def study_row(number: int) -> bytes:
    """The least a study's row can hold: its level and its UID."""
    return implicit(0x00080052, b"STUDY ") + implicit(0x0020000D, _UID % number)


def bulky_row(number: int) -> bytes:
    """A row of more than 64 KiB: a private attribute follows the UID."""
    return study_row(number) + implicit(0x00211010, bytes(70_000))


@dataclass(frozen=True)
class Rows:
    """Pending responses, ``count`` of them or without end, then what else happens.

    The first comes ``seconds_late``, the others ``batch`` by batch. C-CANCEL is looked for in between,
    and answered with 0xFE00 only where ``heeds_cancel``. Without end the same thousand rows come again
    and again.
    """

    count: int | None = None
    then: Answer | None = None
    row: Callable[[int], bytes] = study_row
    batch: int = 100
    seconds_late: float = 0.0
    seconds_between: float = 0.0
    heeds_cancel: bool = False

    def numbers(self, sent: int) -> range:
        """The rows of the next batch."""
        if self.count is None:
            begin = sent % 1000
            return range(begin, begin + self.batch)
        return range(sent, min(sent + self.batch, self.count))
