"""DIMSE command sets (PS3.7 §9.3 and Annex E): C-ECHO, C-FIND, C-CANCEL and the null C-GET.

There is no way to write a C-STORE, a C-MOVE or a C-GET of a given object: no request type carries one.
Command sets are implicit VR little endian whatever was negotiated (PS3.7 §6.3.1).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple, assert_never

from dosimeter.dicom.errors import RemoteProtocolError
from dosimeter.dicom.uids import VERIFICATION

PENDING: Final = frozenset((0xFF00, 0xFF01))
"""More answers follow. 0xFF01: an optional key is not supported; it is a match like any other."""

RESPONSE_BIT: Final = 0x8000
NO_DATA_SET: Final = 0x0101
"""Command Data Set Type: any other value says that a data set follows (PS3.7 E.1)."""
_DATA_SET: Final = 0x0001
_LOW: Final = 0x0002


class CommandField(IntEnum):
    """The operations of ours (PS3.7 Table E.1-1); a response has bit 15 set."""

    C_GET = 0x0010
    C_FIND = 0x0020
    C_ECHO = 0x0030
    C_CANCEL = 0x0FFF


@dataclass(frozen=True, slots=True)
class EchoRequest:
    """C-ECHO-RQ (PS3.7 §9.3.5.1)."""

    message_id: int


@dataclass(frozen=True, slots=True)
class FindRequest:
    """C-FIND-RQ (PS3.7 §9.3.2.1), priority low. Its identifier is handed over beside it."""

    message_id: int
    sop_class_uid: str


@dataclass(frozen=True, slots=True)
class CancelRequest:
    """C-CANCEL-RQ (PS3.7 §9.3.2.3): a wish, which many archives ignore."""

    message_id_being_responded_to: int


@dataclass(frozen=True, slots=True)
class NullGetRequest:
    """C-GET-RQ (PS3.7 §9.3.3.1) of an object that cannot exist.

    It has no field for a UID: the association makes one up as it sends (DESIGN §3, null retrieve).
    """

    message_id: int
    sop_class_uid: str


Request = EchoRequest | FindRequest | CancelRequest | NullGetRequest


@dataclass(frozen=True, slots=True)
class EchoResponse:
    """C-ECHO-RSP (PS3.7 §9.3.5.2)."""

    message_id_being_responded_to: int
    status: int


@dataclass(frozen=True, slots=True)
class FindResponse:
    """C-FIND-RSP (PS3.7 §9.3.2.2)."""

    message_id_being_responded_to: int
    status: int


@dataclass(frozen=True, slots=True)
class GetResponse:
    """C-GET-RSP (PS3.7 §9.3.3.2). A counter of sub-operations is None where it is absent."""

    message_id_being_responded_to: int
    status: int
    remaining: int | None = None
    completed: int | None = None
    failed: int | None = None
    warning: int | None = None


Response = EchoResponse | FindResponse | GetResponse

_TAG_SOP_CLASS: Final = 0x00020000
_TAG_FIELD: Final = 0x01000000
_TAG_MESSAGE_ID: Final = 0x01100000
_TAG_RESPONDED_TO: Final = 0x01200000
_TAG_PRIORITY: Final = 0x07000000
_TAG_DATA_SET_TYPE: Final = 0x08000000
_TAG_STATUS: Final = 0x09000000
_TAG_REMAINING: Final = 0x10200000
_TAG_COMPLETED: Final = 0x10210000
_TAG_FAILED: Final = 0x10220000
_TAG_WARNING: Final = 0x10230000
"""Tags as one little endian number: element in the upper half, group 0000 in the lower."""

_HEADER: Final = struct.Struct("<II")
_HEADER_LENGTH: Final = 8
_US: Final = struct.Struct("<H")
_US_ELEMENT: Final = struct.Struct("<IIH")
_TWO_US: Final = struct.Struct("<IIHIIH")
_THREE_US: Final = struct.Struct("<IIHIIHIIH")
_FOUR_US: Final = struct.Struct("<IIHIIHIIHIIH")
_GROUP_LENGTH: Final = struct.Struct("<III")


Counters = tuple[int | None, int | None, int | None, int | None]
"""Sub-operations of a C-GET: remaining, completed, failed, warning."""


class CommandSet(NamedTuple):
    """A command set as read: of its elements those that some message of ours has."""

    field: int
    message_id: int | None
    responded_to: int | None
    status: int | None
    data_set_type: int
    sop_class_uid: bytes
    counters: Counters

    @property
    def has_data_set(self) -> bool:
        """Whether a data set follows."""
        return self.data_set_type != NO_DATA_SET


_NO_COUNTERS: Final[Counters] = (None, None, None, None)


def decode_command(buffer: bytes, begin: int, end: int) -> CommandSet:
    """Read the command set between two offsets.

    Group lengths and elements we have no use for are skipped: many archives send the first wrong, and
    error comments may hold anything.

    Raises:
        RemoteProtocolError: a length does not fit, a number comes twice, or the command field or data
            set type is missing.
    """
    numbers: dict[int, int] = {}
    sop_class_uid = b""
    position = begin
    while position < end:
        value = position + _HEADER_LENGTH
        if value > end:
            raise RemoteProtocolError("P-DATA-TF", "command_element", position, "its header does not fit")
        tag, length = _HEADER.unpack_from(buffer, position)
        following = value + length
        if following > end:
            raise RemoteProtocolError(
                "P-DATA-TF", "command_element", position, f"length {length} does not fit"
            )
        if length == 2:  # noqa: PLR2004 - every US
            if tag in numbers:
                raise RemoteProtocolError("P-DATA-TF", "command_element", position, "it comes twice")
            (numbers[tag],) = _US.unpack_from(buffer, value)
        elif tag == _TAG_SOP_CLASS:
            sop_class_uid = buffer[value:following]
        position = following
    get = numbers.get
    field, data_set_type = get(_TAG_FIELD), get(_TAG_DATA_SET_TYPE)
    if field is None or data_set_type is None:
        name = "command_field" if field is None else "command_data_set_type"
        raise RemoteProtocolError("P-DATA-TF", name, begin, "missing, or not 2 bytes")
    counters: Counters = _NO_COUNTERS
    if field == CommandField.C_GET | RESPONSE_BIT:
        counters = (get(_TAG_REMAINING), get(_TAG_COMPLETED), get(_TAG_FAILED), get(_TAG_WARNING))
    return CommandSet(
        field,
        get(_TAG_MESSAGE_ID),
        get(_TAG_RESPONDED_TO),
        get(_TAG_STATUS),
        data_set_type,
        sop_class_uid,
        counters,
    )


def encode_request(request: Request) -> bytes:
    """The command set of a request, group length first.

    Raises:
        struct.error: the message identifier does not fit two bytes.
    """
    if isinstance(request, EchoRequest):
        return _echo_prefix() + _TWO_US.pack(
            _TAG_MESSAGE_ID, 2, request.message_id, _TAG_DATA_SET_TYPE, 2, NO_DATA_SET
        )
    if isinstance(request, FindRequest):
        return _identified(CommandField.C_FIND, request.sop_class_uid, request.message_id)
    if isinstance(request, NullGetRequest):
        return _identified(CommandField.C_GET, request.sop_class_uid, request.message_id)
    if isinstance(request, CancelRequest):
        return _with_group_length(
            _THREE_US.pack(
                *(_TAG_FIELD, 2, CommandField.C_CANCEL),
                *(_TAG_RESPONDED_TO, 2, request.message_id_being_responded_to),
                *(_TAG_DATA_SET_TYPE, 2, NO_DATA_SET),
            )
        )
    assert_never(request)


def encode_response(response: Response, sop_class_uid: str, *, has_data_set: bool = False) -> bytes:
    """The command set of a response, for the acceptor's side: the lab and the tests.

    Raises:
        struct.error: a number does not fit two bytes.
    """
    body = _sop_class(sop_class_uid) + _FOUR_US.pack(
        *(_TAG_FIELD, 2, _RESPONSE_FIELDS[type(response)]),
        *(_TAG_RESPONDED_TO, 2, response.message_id_being_responded_to),
        *(_TAG_DATA_SET_TYPE, 2, _DATA_SET if has_data_set else NO_DATA_SET),
        *(_TAG_STATUS, 2, response.status),
    )
    if isinstance(response, GetResponse):
        counters = (response.remaining, response.completed, response.failed, response.warning)
        for tag, value in zip(_COUNTER_TAGS, counters, strict=True):
            if value is not None:
                body += _US_ELEMENT.pack(tag, 2, value)
    return _with_group_length(body)


def response_of(command: CommandSet, responded_to: int, status: int) -> Response:
    """The response that a command set is; its command field has been checked to be one of ours."""
    if command.field == CommandField.C_FIND | RESPONSE_BIT:
        return FindResponse(responded_to, status)
    if command.field == CommandField.C_ECHO | RESPONSE_BIT:
        return EchoResponse(responded_to, status)
    return GetResponse(responded_to, status, *command.counters)


_RESPONSE_FIELDS: Final[dict[type[Response], int]] = {
    EchoResponse: CommandField.C_ECHO | RESPONSE_BIT,
    FindResponse: CommandField.C_FIND | RESPONSE_BIT,
    GetResponse: CommandField.C_GET | RESPONSE_BIT,
}
_COUNTER_TAGS: Final = (_TAG_REMAINING, _TAG_COMPLETED, _TAG_FAILED, _TAG_WARNING)
_IDENTIFIED_TAIL: Final = _THREE_US.size


@lru_cache(maxsize=1)
def _echo_prefix() -> bytes:
    body = _sop_class(VERIFICATION) + _US_ELEMENT.pack(_TAG_FIELD, 2, CommandField.C_ECHO)
    return _GROUP_LENGTH.pack(0, 4, len(body) + _TWO_US.size) + body


@lru_cache(maxsize=16)
def _identified_prefix(field: int, sop_class_uid: str) -> bytes:
    body = _sop_class(sop_class_uid) + _US_ELEMENT.pack(_TAG_FIELD, 2, field)
    return _GROUP_LENGTH.pack(0, 4, len(body) + _IDENTIFIED_TAIL) + body


def _identified(field: int, sop_class_uid: str, message_id: int) -> bytes:
    """A request that an identifier follows."""
    return _identified_prefix(field, sop_class_uid) + _THREE_US.pack(
        _TAG_MESSAGE_ID, 2, message_id, _TAG_PRIORITY, 2, _LOW, _TAG_DATA_SET_TYPE, 2, _DATA_SET
    )


def _sop_class(uid: str) -> bytes:
    value = uid.encode("ascii")
    value += b"\0" * (len(value) % 2)
    return _HEADER.pack(_TAG_SOP_CLASS, len(value)) + value


def _with_group_length(body: bytes) -> bytes:
    return _GROUP_LENGTH.pack(0, 4, len(body)) + body
