"""A server that spills its records where none belong: the codec's errors must not carry them on."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from threading import Event

from dosimeter.dicom.acceptor import Acceptor, AssociateRequested, RequestReceived
from dosimeter.dicom.dimse import FindResponse, encode_response
from dosimeter.dicom.pdu import ContextResult
from dosimeter.dicom.pdu_encode import encode_fragment
from dosimeter.dicom.uids import IMPLICIT_VR_LE, STUDY_ROOT_FIND
from tests.peers.scripted import CHUNK, Behaviour, silent

_ERROR_COMMENT = struct.pack("<HH", 0x0000, 0x0902)
_OFFENDING_ELEMENT = struct.pack("<HH", 0x0000, 0x0901)


def _command(
    status: int, *, extra: bytes = b"", message_id: int | None = None, has_data: bool = False
) -> bytes:
    """A C-FIND response with elements added at its end; the group length is put right."""
    response = FindResponse(message_id or 0, status)
    command = encode_response(response, STUDY_ROOT_FIND, has_data_set=has_data)
    return command[:8] + struct.pack("<I", len(command) - 12 + len(extra)) + command[12:] + extra


def _element(tag: bytes, value: bytes) -> bytes:
    return tag + struct.pack("<I", len(value)) + value


def spills(spill: bytes) -> dict[str, tuple[bytes, Callable[[int, int], bytes]]]:
    """Ways to spill: what is sent first instead of an A-ASSOCIATE-AC, and what in answer to a C-FIND.

    An empty first part means that the association is accepted.
    """
    even = spill + b" " * (len(spill) % 2)

    def error_comment(context: int, message_id: int) -> bytes:
        extra = _element(_OFFENDING_ELEMENT, even) + _element(_ERROR_COMMENT, even)
        return encode_fragment(context, 3, _command(0xC000, extra=extra, message_id=message_id))

    def answer_to_another(context: int, message_id: int) -> bytes:
        command = _command(0xFF00, message_id=message_id + 7, has_data=True)
        return encode_fragment(context, 3, command) + encode_fragment(context, 2, even)

    def rows_that_are_garbage(context: int, message_id: int) -> bytes:
        command = encode_fragment(context, 3, _command(0xFF00, message_id=message_id, has_data=True))
        last = encode_fragment(context, 3, _command(0x0000, message_id=message_id))
        return (command + encode_fragment(context, 2, even)) * 5 + last

    def command_that_is_garbage(context: int, _message_id: int) -> bytes:
        return encode_fragment(context, 3, even)

    def oversized_row(context: int, message_id: int) -> bytes:
        command = encode_fragment(context, 3, _command(0xFF00, message_id=message_id, has_data=True))
        pieces = b"".join(encode_fragment(context, 0, (even * 40)[:12000]) for _ in range(8))
        last = encode_fragment(context, 2, even)
        return command + pieces + last + encode_fragment(context, 3, _command(0x0000, message_id=message_id))

    def endless_rows(context: int, message_id: int) -> bytes:
        command = encode_fragment(context, 3, _command(0xFF00, message_id=message_id, has_data=True))
        return (command + encode_fragment(context, 2, even)) * 200

    def text_between(_context: int, _message_id: int) -> bytes:
        return even

    def nothing(_context: int, _message_id: int) -> bytes:
        return b""

    rejection = struct.pack(">BBI", 3, 0, 4 + len(even)) + bytes((0, 1, 1, 7)) + even
    return {
        "error comment": (b"", error_comment),
        "answer to another": (b"", answer_to_another),
        "garbage rows": (b"", rows_that_are_garbage),
        "garbage command": (b"", command_that_is_garbage),
        "oversized row": (b"", oversized_row),
        "endless rows": (b"", endless_rows),
        "text in between": (b"", text_between),
        "web page": (b"HTTP/1.1 200 OK\r\nX-Patient: " + spill + b"\r\n\r\n" + spill, nothing),
        "banner": (b"SSH-2.0-" + spill + b"\r\n", nothing),
        "long rejection": (rejection, nothing),
        "acceptance that is garbage": (struct.pack(">BBI", 2, 0, len(even)) + even, nothing),
    }


def spilling(first: bytes, answer: Callable[[int, int], bytes]) -> Behaviour:
    """The behaviour that does it."""

    def behave(connection: socket.socket, stopping: Event) -> None:
        if first:
            connection.recv(CHUNK)
            connection.sendall(first)
            silent(connection, stopping)
            return
        acceptor = Acceptor()
        while received := connection.recv(CHUNK):
            acceptor.receive_data(received)
            while (event := acceptor.next_event()) is not None:
                if isinstance(event, AssociateRequested):
                    contexts = event.pdu.contexts
                    acceptor.accept(
                        tuple(ContextResult(context.context_id, 0, IMPLICIT_VR_LE) for context in contexts)
                    )
                    connection.sendall(acceptor.data_to_send())
                elif isinstance(event, RequestReceived):
                    connection.sendall(answer(event.context_id, event.request.message_id))

    return behave
