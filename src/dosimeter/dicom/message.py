"""Puts messages together from the PDVs they come in (PS3.8 Annex E), within caps."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from dosimeter.dicom.dimse import CommandSet, decode_command
from dosimeter.dicom.errors import RemoteProtocolError
from dosimeter.dicom.limits import MAX_COMMAND_LENGTH, MAX_IDENTIFIER_LENGTH
from dosimeter.dicom.pdu_decode import HEADER_LENGTH, PDV_HEADER_LENGTH, read_pdv_header

_COMMAND: Final = 1
_LAST: Final = 2


class Message(NamedTuple):
    """A whole message. ``data`` is None where the data set was not to be kept, or was too long."""

    context_id: int
    command: CommandSet
    data: bytes | None
    data_length: int


Judge = Callable[[int, CommandSet], bool]
"""Called with the context identifier and a command set before any of its data set is taken: whether to
keep the data set. Raises RemoteProtocolError to end the association there and then."""


class MessageReader:
    """One P-DATA-TF goes in at a time, whole messages come out.

    What is not to be kept, and what is longer than 64 KiB, is counted and dropped as it comes.
    """

    __slots__ = ("_command", "_context_id", "_data", "_data_length", "_fragments", "_pdu", "_position")

    def __init__(self) -> None:
        self._pdu = b""
        self._position = 0
        self._context_id = 0
        self._fragments: bytearray | None = None
        self._command: CommandSet | None = None
        self._data: bytearray | None = None
        self._data_length = 0

    @property
    def is_idle(self) -> bool:
        """Whether no message has begun that is not complete yet."""
        return self._command is None and self._fragments is None

    def load(self, pdu: bytes) -> None:
        """Take the next P-DATA-TF; the one before has been read to its end.

        Raises:
            RemoteProtocolError: it has no PDV.
        """
        if len(pdu) == HEADER_LENGTH:
            raise RemoteProtocolError("P-DATA-TF", "pdv", HEADER_LENGTH, "a P-DATA-TF without a PDV")
        self._pdu = pdu
        self._position = HEADER_LENGTH

    def next_message(self, judge: Judge) -> Message | None:
        """The next message that is complete; None when this P-DATA-TF has been read to its end.

        Raises:
            RemoteProtocolError: a length does not fit, fragments are mixed up, or what ``judge`` raises.
        """
        pdu = self._pdu
        while self._position < len(pdu):
            position = self._position
            context_id, control, end = read_pdv_header(pdu, position)
            self._position = end
            begin = position + PDV_HEADER_LENGTH
            if control & _COMMAND:
                message = self._take_command(context_id, control, begin, end, judge)
            else:
                message = self._take_data(context_id, control, begin, end)
            if message is not None:
                return message
        self._pdu = b""
        self._position = 0
        return None

    def _take_command(
        self, context_id: int, control: int, begin: int, end: int, judge: Judge
    ) -> Message | None:
        if self._command is not None:
            raise RemoteProtocolError("P-DATA-TF", "pdv", begin, "a command where a data set is awaited")
        if self._fragments is None and control & _LAST:
            if end - begin > MAX_COMMAND_LENGTH:
                self._refuse_length(begin)
            command = decode_command(self._pdu, begin, end)
        else:
            fragments = self._gather_command(context_id, begin, end)
            if not control & _LAST:
                return None
            self._fragments = None
            command = decode_command(bytes(fragments), 0, len(fragments))
        keeps = judge(context_id, command)
        if not command.has_data_set:
            return Message(context_id, command, None, 0)
        self._context_id = context_id
        self._command = command
        self._data = bytearray() if keeps else None
        self._data_length = 0
        return None

    def _gather_command(self, context_id: int, begin: int, end: int) -> bytearray:
        if self._fragments is None:
            self._fragments = bytearray()
            self._context_id = context_id
        elif context_id != self._context_id:
            raise RemoteProtocolError("P-DATA-TF", "context_id", begin, "fragments of two messages are mixed")
        if len(self._fragments) + end - begin > MAX_COMMAND_LENGTH:
            self._refuse_length(begin)
        self._fragments += self._pdu[begin:end]
        return self._fragments

    def _refuse_length(self, offset: int) -> None:
        problem = f"the command set is over the cap of {MAX_COMMAND_LENGTH} bytes"
        raise RemoteProtocolError("P-DATA-TF", "command_set", offset, problem)

    def _take_data(self, context_id: int, control: int, begin: int, end: int) -> Message | None:
        command = self._command
        if command is None:
            raise RemoteProtocolError("P-DATA-TF", "pdv", begin, "a data set that no command announced")
        if context_id != self._context_id:
            raise RemoteProtocolError("P-DATA-TF", "context_id", begin, "fragments of two messages are mixed")
        self._data_length += end - begin
        if self._data is not None:
            if self._data_length > MAX_IDENTIFIER_LENGTH:
                self._data = None
            else:
                self._data += self._pdu[begin:end]
        if not control & _LAST:
            return None
        data = None if self._data is None else bytes(self._data)
        self._command = None
        self._data = None
        return Message(context_id, command, data, self._data_length)


def read_lone_command(pdu: bytes) -> tuple[int, CommandSet] | None:
    """Context and command set of a P-DATA-TF that is one whole command set with no data set to follow.

    None for every other P-DATA-TF, well formed or not: a `MessageReader` reads those. Final responses
    differ from archive to archive in nothing but what an archive adds to them, so they are remembered;
    nothing that holds a part of a data set ever is.
    """
    size = len(pdu)
    if not _LEAST <= size <= _LONGEST_REMEMBERED or pdu[_CONTROL_AT] & _WHOLE_COMMAND != _WHOLE_COMMAND:
        return None
    if int.from_bytes(pdu[HEADER_LENGTH : HEADER_LENGTH + 4], "big") != size - HEADER_LENGTH - 4:
        return None
    return _remembered(pdu)


def _read_lone_command(pdu: bytes) -> tuple[int, CommandSet] | None:
    try:
        context_id, control, end = read_pdv_header(pdu, HEADER_LENGTH)
        if control & _WHOLE_COMMAND != _WHOLE_COMMAND or end != len(pdu):
            return None
        command = decode_command(pdu, HEADER_LENGTH + PDV_HEADER_LENGTH, end)
    except RemoteProtocolError:
        return None
    return None if command.has_data_set else (context_id, command)


_WHOLE_COMMAND: Final = _COMMAND | _LAST
_CONTROL_AT: Final = HEADER_LENGTH + PDV_HEADER_LENGTH - 1
_LEAST: Final = HEADER_LENGTH + PDV_HEADER_LENGTH
_LONGEST_REMEMBERED: Final = 300
_remembered = lru_cache(maxsize=512)(_read_lone_command)
