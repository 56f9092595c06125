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
        unread = self.unread
        if unread + len(data) > MAX_UNREAD:
            raise LocalProtocolError("events are to be read before more bytes are handed over")
        if unread <= len(data):
            self._buffer = bytes(memoryview(self._buffer)[self._position :]) + data
        elif isinstance(self._buffer, bytearray):
            del self._buffer[: self._position]
            self._buffer += data
        else:
            self._buffer = bytearray(memoryview(self._buffer)[self._position :])
            self._buffer += data
        self._position = 0

    def window(self) -> tuple[bytes, int] | None:
        """All that waits here, and where in it the next PDU begins; None while that is incomplete.

        Raises:
            RemoteProtocolError: what comes is not a PDU, or one longer than 64 KiB.
        """
        if find_end(self._buffer, self._position) is None:
            return None
        if isinstance(self._buffer, bytearray):
            self._buffer = bytes(self._buffer)
        return self._buffer, self._position

    def advance(self, position: int) -> None:
        """Everything before this offset of the window has been read."""
        self._position = position

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
