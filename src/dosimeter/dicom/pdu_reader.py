"""Cuts the bytes of a connection into PDUs, buffering no more than one that is incomplete."""

from __future__ import annotations

from dosimeter.dicom.errors import LocalProtocolError
from dosimeter.dicom.limits import MAX_UNREAD
from dosimeter.dicom.pdu_decode import find_end


class PduReader:
    """Bytes go in as they come, whole PDUs come out. Linear in the bytes, however they are cut."""

    __slots__ = ("_buffer", "_position")

    def __init__(self) -> None:
        self._buffer: bytes | bytearray = b""
        self._position = 0

    @property
    def unread(self) -> int:
        """How many bytes wait here: an incomplete PDU, or PDUs not asked for yet."""
        return len(self._buffer) - self._position

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the connection.

        Raises:
            LocalProtocolError: over 1 MiB waits: the caller feeds without asking for events.
        """
        if self._position == len(self._buffer):
            self._buffer = data
            self._position = 0
            return
        if self.unread + len(data) > MAX_UNREAD:
            raise LocalProtocolError("events are to be read before more bytes are handed over")
        if not isinstance(self._buffer, bytearray):
            self._buffer = bytearray(memoryview(self._buffer)[self._position :])
            self._position = 0
        self._buffer += data

    def next_pdu(self) -> bytes | None:
        """The bytes of the next PDU; None while it is incomplete.

        Raises:
            RemoteProtocolError: what comes is not a PDU, or one longer than 64 KiB.
        """
        start = self._position
        buffer = self._buffer
        end = find_end(buffer, start)
        if end is None:
            return None
        if end == len(buffer):
            self._buffer = b""
            self._position = 0
            if start == 0:
                return buffer if isinstance(buffer, bytes) else bytes(buffer)
        else:
            self._position = end
        return bytes(memoryview(buffer)[start:end])
