"""The sub-items of a user information item (PS3.7 Annex D.3.3), read in whatever order they come."""

from __future__ import annotations

import struct
from typing import Final

from dosimeter.dicom.errors import RemoteProtocolError
from dosimeter.dicom.limits import MAX_ITEMS
from dosimeter.dicom.pdu import (
    AsyncOperationsWindow,
    ExtendedNegotiation,
    ItemType,
    RoleSelection,
    UnknownItem,
    UserInformation,
)

_ITEM: Final = struct.Struct(">BxH")
_ITEM_HEADER: Final = 4
_U16: Final = struct.Struct(">H")
_U32: Final = struct.Struct(">I")
_WINDOW: Final = struct.Struct(">HH")


class UserItems:
    """Reads one user information item of the PDU named ``pdu_name``.

    Of a sub-item that may come once the first counts; a repetition is kept as an UnknownItem, as some
    acceptors answer with our own sub-items and then add theirs.
    """

    __slots__ = (
        "_class_uid",
        "_extended",
        "_identity",
        "_max",
        "_name",
        "_roles",
        "_unknown",
        "_version",
        "_window",
    )

    def __init__(self, pdu_name: str) -> None:
        self._name = pdu_name
        self._max: int | None = None
        self._class_uid: str | None = None
        self._version: str | None = None
        self._window: AsyncOperationsWindow | None = None
        self._identity: bytes | None = None
        self._roles: list[RoleSelection] = []
        self._extended: list[ExtendedNegotiation] = []
        self._unknown: list[UnknownItem] = []

    def read(self, pdu: bytes, position: int, end: int) -> UserInformation:
        """The sub-items between two offsets of the PDU.

        Raises:
            RemoteProtocolError: a length does not fit, or there are more than 128 sub-items.
        """
        count = 0
        while position < end:
            if position + _ITEM_HEADER > end:
                raise RemoteProtocolError(self._name, "user_item", position, "the header does not fit")
            item_type, length = _ITEM.unpack_from(pdu, position)
            begin = position + _ITEM_HEADER
            stop = begin + length
            count += 1
            if stop > end:
                raise RemoteProtocolError(self._name, "user_item_length", position, f"{length} does not fit")
            if count > MAX_ITEMS:
                raise RemoteProtocolError(self._name, "user_item", position, f"more than {MAX_ITEMS}")
            if not self._take_single(item_type, pdu, begin, stop):
                self._take_repeated(item_type, pdu, begin, stop)
            position = stop
        return UserInformation(
            self._max,
            self._class_uid,
            self._version,
            self._window,
            tuple(self._roles),
            tuple(self._extended),
            self._identity,
            tuple(self._unknown),
        )

    def _take_single(self, item_type: int, pdu: bytes, begin: int, stop: int) -> bool:
        if item_type == ItemType.MAX_PDU_LENGTH and self._max is None:
            self._expect_length("max_pdu_length", 4, begin, stop)
            self._max = _U32.unpack_from(pdu, begin)[0]
        elif item_type == ItemType.IMPLEMENTATION_CLASS_UID and self._class_uid is None:
            self._class_uid = pdu[begin:stop].strip(b"\0 ").decode("latin-1")
        elif item_type == ItemType.IMPLEMENTATION_VERSION_NAME and self._version is None:
            self._version = pdu[begin:stop].strip(b"\0 ").decode("latin-1")
        elif item_type == ItemType.ASYNC_OPERATIONS_WINDOW and self._window is None:
            self._expect_length("async_operations_window", 4, begin, stop)
            self._window = AsyncOperationsWindow(*_WINDOW.unpack_from(pdu, begin))
        elif item_type == ItemType.USER_IDENTITY_RESPONSE and self._identity is None:
            self._identity, _ = self._split("user_identity_response", pdu, begin, stop)
        else:
            return False
        return True

    def _take_repeated(self, item_type: int, pdu: bytes, begin: int, stop: int) -> None:
        if item_type == ItemType.ROLE_SELECTION:
            uid, rest = self._split("role_selection", pdu, begin, stop)
            self._expect_length("role_selection", 2, 0, len(rest), begin)
            self._roles.append(RoleSelection(uid.strip(b"\0 ").decode("latin-1"), rest[0], rest[1]))
        elif item_type == ItemType.EXTENDED_NEGOTIATION:
            uid, rest = self._split("extended_negotiation", pdu, begin, stop)
            self._extended.append(ExtendedNegotiation(uid.strip(b"\0 ").decode("latin-1"), rest))
        else:
            self._unknown.append(UnknownItem(item_type, pdu[begin:stop]))

    def _expect_length(
        self, field: str, expected: int, begin: int, stop: int, offset: int | None = None
    ) -> None:
        if stop - begin != expected:
            at = begin if offset is None else offset
            raise RemoteProtocolError(self._name, field, at, f"{stop - begin} bytes instead of {expected}")

    def _split(self, field: str, pdu: bytes, begin: int, stop: int) -> tuple[bytes, bytes]:
        """What a two-byte length in front counts, and what comes after it."""
        if stop - begin < _U16.size:
            raise RemoteProtocolError(self._name, field, begin, "too short")
        middle = begin + _U16.size + _U16.unpack_from(pdu, begin)[0]
        if middle > stop:
            raise RemoteProtocolError(self._name, field, begin, "its inner length does not fit")
        return pdu[begin + _U16.size : middle], pdu[middle:stop]
