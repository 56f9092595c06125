from __future__ import annotations

import struct
import typing

import pytest

from dosimeter.dicom import dimse, uids
from dosimeter.dicom.dimse import (
    CancelRequest,
    CommandSet,
    EchoRequest,
    FindRequest,
    NullGetRequest,
    Request,
    decode_command,
    encode_request,
)
from dosimeter.dicom.errors import RemoteProtocolError


def us(element: int, value: int) -> bytes:
    """A command element with a two-byte number."""
    return struct.pack("<HHIH", 0, element, 2, value)


FIND_RSP = us(0x0100, 0x8020)
ANSWERS_7 = us(0x0120, 7)
NO_DATA = us(0x0800, 0x0101)
SUCCESS = us(0x0900, 0)


def read(raw: bytes) -> CommandSet:
    """The command set these bytes are."""
    return decode_command(raw, 0, len(raw))


def test_elements_nobody_needs_are_stepped_over() -> None:
    """A wrong group length, an error comment, a private element, an empty one: read past, not kept."""
    raw = (
        struct.pack("<HHII", 0, 0, 4, 9999)
        + FIND_RSP
        + ANSWERS_7
        + NO_DATA
        + SUCCESS
        + struct.pack("<HHI8s", 0, 0x0902, 8, b"Doe^John")
        + struct.pack("<HHI", 0, 0x0903, 0)
        + struct.pack("<HHI4s", 0, 0x51B0, 4, b"LEFT")
    )

    command = read(raw)

    assert (command.field, command.responded_to, command.status) == (0x8020, 7, 0)
    assert not command.has_data_set
    assert b"Doe" not in repr(command).encode()


@pytest.mark.parametrize("group_length", [None, 0, 1, 0xFFFFFFFF])
def test_the_group_length_is_not_believed(group_length: int | None) -> None:
    """Absent or wrong, it changes nothing."""
    head = b"" if group_length is None else struct.pack("<HHII", 0, 0, 4, group_length)

    assert read(head + FIND_RSP + ANSWERS_7 + NO_DATA + SUCCESS).status == 0


def test_elements_may_come_in_any_order() -> None:
    """The tag decides."""
    assert read(SUCCESS + NO_DATA + ANSWERS_7 + FIND_RSP).responded_to == 7


@pytest.mark.parametrize(
    ("raw", "field", "offset"),
    [
        (b"", "command_field", 0),
        (ANSWERS_7 + NO_DATA, "command_field", 0),
        (FIND_RSP + SUCCESS, "command_data_set_type", 0),
        (struct.pack("<HHIB", 0, 0x0100, 1, 0x20) + NO_DATA, "command_field", 0),
        (struct.pack("<HHII", 0, 0x0100, 4, 0x20) + NO_DATA, "command_field", 0),
        (FIND_RSP + b"\0" * 7, "command_element", 10),
        (FIND_RSP + struct.pack("<HHI", 0, 0x0902, 0xFFFFFFFF), "command_element", 10),
        (FIND_RSP + struct.pack("<HHIB", 0, 0x0800, 2, 1), "command_element", 10),
        (FIND_RSP + SUCCESS + FIND_RSP, "command_element", 20),
    ],
)
def test_a_command_set_that_cannot_be_read_is_refused(raw: bytes, field: str, offset: int) -> None:
    """Missing, of another length, past the end or twice: the field and the offset are named."""
    with pytest.raises(RemoteProtocolError) as raised:
        read(raw)

    assert (raised.value.field, raised.value.offset) == (field, offset)


def test_the_offset_counts_from_the_start_of_the_pdu() -> None:
    """A command set within a PDU is read between two offsets of it."""
    raw = b"\xff" * 12 + FIND_RSP + b"\0"

    with pytest.raises(RemoteProtocolError) as raised:
        decode_command(raw, 12, len(raw))
    assert raised.value.offset == 22


@pytest.mark.parametrize("status", [0x0000, 0x0122, 0xA700, 0xA900, 0xC000, 0xFE00, 0xFF00, 0xFF01, 0xFFFF])
def test_any_status_is_a_value(status: int) -> None:
    """Legal or not, it is kept as sent."""
    assert read(FIND_RSP + ANSWERS_7 + NO_DATA + us(0x0900, status)).status == status


def test_only_two_statuses_say_that_more_follows() -> None:
    """0xFF00 and 0xFF01 (PS3.4 C.4.1.1.4): both are rows."""
    assert [status for status in range(0x10000) if status in dimse.PENDING] == [0xFF00, 0xFF01]


def command_field_of(request: Request) -> int:
    """The operation that a request's bytes ask for."""
    raw = encode_request(request)
    return decode_command(raw, 0, len(raw)).field


def test_nothing_can_be_asked_but_echo_find_cancel_and_the_null_get() -> None:
    """C-STORE (0001), C-MOVE (0021) and the N-services (01xx) cannot be expressed by any request."""
    every_request: list[Request] = [
        EchoRequest(1),
        FindRequest(1, uids.STUDY_ROOT_FIND),
        CancelRequest(1),
        NullGetRequest(1, uids.STUDY_ROOT_GET),
    ]

    assert {type(request) for request in every_request} == set(typing.get_args(Request))
    assert sorted(map(command_field_of, every_request)) == [0x0010, 0x0020, 0x0030, 0x0FFF]
    assert {int(field) for field in dimse.CommandField} == {0x0010, 0x0020, 0x0030, 0x0FFF}


def test_a_null_get_has_no_field_for_what_to_get() -> None:
    """A message identifier and a service are all it holds."""
    assert NullGetRequest.__slots__ == ("message_id", "sop_class_uid")


def test_a_command_field_cannot_be_chosen_by_value() -> None:
    """No request lets its caller name an operation by number."""
    with pytest.raises(TypeError):
        FindRequest(1, uids.STUDY_ROOT_FIND, command_field=0x0021)  # type: ignore[call-arg]  # the point
