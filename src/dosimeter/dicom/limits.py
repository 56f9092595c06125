"""Caps that cannot be switched off. Each is checked before a byte is buffered."""

from __future__ import annotations

from typing import Final

MAX_PDU_RECEIVED: Final = 0x10000
"""64 KiB, the length field of a PDU. Four times what we advertise; DCMTK never sends more than 128 KiB
and nobody sends more than we advertised but by mistake."""

ADVERTISED_MAX_PDU_LENGTH: Final = 16384
"""What we tell the peer it may send (PS3.8 D.1): the default of DCMTK and Orthanc."""

MIN_PEER_PDU_LENGTH: Final = 128
"""A peer that takes less per PDU would have a command set cut into dozens of pieces: refused."""

MAX_CONTEXTS: Final = 128
"""Presentation contexts have odd one-byte identifiers (PS3.8 §9.3.2.2), so there cannot be more."""

MAX_ITEMS: Final = 128
"""Items in one user information or presentation context."""

MAX_COMMAND_LENGTH: Final = 4096
"""4 KiB. The largest legal command set we can be sent is under 300 bytes without its free text."""

MAX_IDENTIFIER_LENGTH: Final = 0x10000
"""64 KiB. A longer identifier is counted and dropped as it comes; a usual one is 300 bytes."""

MAX_SEQUENCE_DEPTH: Final = 8
"""Sequences within sequences in an identifier; a worklist answer has two."""

MAX_UNREAD: Final = 0x100000
"""1 MiB handed to receive_data before next_event was asked: the caller is not reading."""
