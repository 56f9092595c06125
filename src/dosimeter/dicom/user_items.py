"""The sub-items of a user information item (PS3.7 Annex D.3.3), read in whatever order they come."""

from __future__ import annotations

import struct
from functools import lru_cache
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


_MEMO_LENGTH: Final = 512


def read_user_information(pdu_name: str, offset: int, items: bytes) -> UserInformation:
    """The sub-items of a user information item that begin at ``offset`` of the PDU.

    Of a sub-item that may come once the first counts; a repetition is kept as an UnknownItem, as some
    acceptors answer with our own sub-items and then add theirs. Up to 512 bytes are remembered: every
    archive of a product answers with the same.

    Raises:
        RemoteProtocolError: a length does not fit, or there are more than 128 sub-items.
    """
    read = _remembered if len(items) <= _MEMO_LENGTH else _read
    return read(pdu_name, offset, items)


def _read(pdu_name: str, offset: int, items: bytes) -> UserInformation:
    return _UserItems(pdu_name, offset, items).read()


_remembered = lru_cache(maxsize=256)(_read)


class _UserItems:
    __slots__ = (
        "_class_uid",
        "_extended",
        "_identity",
        "_items",
        "_max",
        "_name",
        "_offset",
        "_roles",
        "_unknown",
        "_version",
        "_window",
    )

    def __init__(self, pdu_name: str, offset: int, items: bytes) -> None:
        self._name = pdu_name
        self._offset = offset
        self._items = items
        self._max: int | None = None
        self._class_uid: str | None = None
        self._version: str | None = None
        self._window: AsyncOperationsWindow | None = None
        self._identity: bytes | None = None
        self._roles: list[RoleSelection] = []
        self._extended: list[ExtendedNegotiation] = []
        self._unknown: list[UnknownItem] = []

    def read(self) -> UserInformation:
        items = self._items
        position = count = 0
        while position < len(items):
            begin = position + _ITEM_HEADER
            if begin > len(items):
                raise self._error("user_item", position, "the header does not fit")
            item_type, length = _ITEM.unpack_from(items, position)
            stop = begin + length
            count += 1
            if stop > len(items):
                raise self._error("user_item_length", position, f"{length} does not fit")
            if count > MAX_ITEMS:
                raise self._error("user_item", position, f"more than {MAX_ITEMS}")
            if not self._take_single(item_type, begin, stop):
                self._take_repeated(item_type, begin, stop)
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

    def _take_single(self, item_type: int, begin: int, stop: int) -> bool:
        if item_type == ItemType.MAX_PDU_LENGTH and self._max is None:
            self._expect_length("max_pdu_length", 4, begin, stop)
            self._max = _U32.unpack_from(self._items, begin)[0]
        elif item_type == ItemType.IMPLEMENTATION_CLASS_UID and self._class_uid is None:
            self._class_uid = _text(self._items[begin:stop])
        elif item_type == ItemType.IMPLEMENTATION_VERSION_NAME and self._version is None:
            self._version = _text(self._items[begin:stop])
        elif item_type == ItemType.ASYNC_OPERATIONS_WINDOW and self._window is None:
            self._expect_length("async_operations_window", 4, begin, stop)
            self._window = AsyncOperationsWindow(*_WINDOW.unpack_from(self._items, begin))
        elif item_type == ItemType.USER_IDENTITY_RESPONSE and self._identity is None:
            middle = self._middle("user_identity_response", begin, stop)
            self._identity = self._items[begin + 2 : middle]
        else:
            return False
        return True

    def _take_repeated(self, item_type: int, begin: int, stop: int) -> None:
        if item_type == ItemType.ROLE_SELECTION:
            middle = self._middle("role_selection", begin, stop)
            self._expect_length("role_selection", 2, middle, stop)
            uid = _text(self._items[begin + 2 : middle])
            self._roles.append(RoleSelection(uid, self._items[middle], self._items[middle + 1]))
        elif item_type == ItemType.EXTENDED_NEGOTIATION:
            middle = self._middle("extended_negotiation", begin, stop)
            uid = _text(self._items[begin + 2 : middle])
            self._extended.append(ExtendedNegotiation(uid, self._items[middle:stop]))
        else:
            self._unknown.append(UnknownItem(item_type, self._items[begin:stop]))

    def _expect_length(self, field: str, expected: int, begin: int, stop: int) -> None:
        if stop - begin != expected:
            raise self._error(field, begin, f"{stop - begin} bytes instead of {expected}")

    def _middle(self, field: str, begin: int, stop: int) -> int:
        """Where the part ends that the two-byte length at ``begin`` counts."""
        if begin + 2 > stop:
            raise self._error(field, begin, "too short")
        middle: int = begin + 2 + _U16.unpack_from(self._items, begin)[0]
        if middle > stop:
            raise self._error(field, begin, "its inner length does not fit")
        return middle

    def _error(self, field: str, position: int, problem: str) -> RemoteProtocolError:
        return RemoteProtocolError(self._name, field, self._offset + position, problem)


def _text(raw: bytes) -> str:
    return raw.strip(b"\0 ").decode("latin-1")
