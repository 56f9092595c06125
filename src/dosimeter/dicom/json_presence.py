"""Reduces an answer in DICOM JSON (PS3.18 Annex F) to fill rates, byte by byte, making no object of a value.

It is a reader of its own because every JSON library makes strings of what it reads.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from dosimeter.dicom.sample_query import OTHER_PATIENT_IDS_SEQUENCE, PATIENT_ID, SAMPLED_KEYS
from dosimeter.dicom.sample_values import Seen, ValueReader

if TYPE_CHECKING:
    from dosimeter.dicom.sample_query import SampledKey
    from dosimeter.dicom.sampling import FillRates

MAX_JSON_BYTES: Final = 262_144
MAX_JSON_DEPTH: Final = 16

_KEYS: Final = {b"%08X" % key.tag: key for key in SAMPLED_KEYS}
_IDS: Final = b"%08X" % OTHER_PATIENT_IDS_SEQUENCE
_PATIENT_ID: Final = b"%08X" % PATIENT_ID
_NAME_PARTS: Final = frozenset((b"ALPHABETIC", b"IDEOGRAPHIC", b"PHONETIC"))
_LONGEST_KEY: Final = 16
_NOTHING: Final = Seen(is_filled=False, has_given_name=False, is_test_like=False, has_national_shape=False)

_QUOTE: Final = ord('"')
_BACKSLASH: Final = ord("\\")
_OPENING: Final = frozenset(b"[{")
_CLOSING: Final = frozenset(b"]}")
_OBJECT: Final = ord("{")
_COMMA: Final = ord(",")
_COLON: Final = ord(":")
_UNICODE: Final = ord("u")
_CONTROLS: Final = {ord("b"): 8, ord("f"): 12, ord("n"): 10, ord("r"): 13, ord("t"): 9}
_NUMBER: Final = frozenset(b"+-.0123456789eE")
_HEX_DIGITS: Final = 4
_HEX: Final = {digit: int(chr(digit), 16) for digit in b"0123456789abcdefABCDEF"}
_ASCII: Final = 0x80


class _Role(Enum):
    """What an open array or object is."""

    ANSWERS = "answers"
    ANSWER = "answer"
    ATTRIBUTE = "attribute"
    VALUES = "values"
    NAME = "name"
    ITEM = "item"
    """Of OtherPatientIDsSequence."""
    OTHER = "other"


class JsonPresence:
    """Bytes go in as they come, fill rates come out. Never raises on any bytes.

    ``is_over`` once nothing more is looked at: twenty answers, the end, 256 KiB, 16 levels, or brackets
    that do not match. Of keys 16 bytes are gathered, of values none.
    """

    __slots__ = (
        "_attribute", "_code", "_escape", "_expects_key", "_in_number", "_in_string", "_is_value", "_key",
        "_kinds", "_left", "_rates", "_roles", "_value", "is_over",
    )  # fmt: skip

    def __init__(self, rates: FillRates) -> None:
        self._rates = rates
        self._value = ValueReader()
        self._key = bytearray()
        self._roles: list[_Role] = []
        self._kinds = bytearray()
        self._attribute: SampledKey | None = None
        self._left = MAX_JSON_BYTES
        self._escape = self._code = 0
        self._in_string = self._in_number = self._is_value = self._expects_key = False
        self.is_over = rates.is_full

    def feed(self, data: memoryview) -> None:
        """Look at the next bytes."""
        for byte in data:
            if self.is_over:
                return
            self._left -= 1
            if self._in_string:
                self._take_in_string(byte)
            else:
                self._take_outside(byte)
            self.is_over = self.is_over or not self._left

    def wipe(self) -> None:
        """Overwrite what is left of a value that did not end."""
        self._value.end()
        self._forget_key()
        self._code = 0

    def _take_outside(self, byte: int) -> None:
        if self._in_number and byte not in _NUMBER:
            self._in_number = False
            self._end_value()
        if byte == _QUOTE:
            self._in_string = True
            if self._expects_key:
                self._forget_key()
            else:
                self._begin_value()
        elif byte in _OPENING:
            self._open(byte)
        elif byte in _CLOSING:
            self._close(byte)
        elif byte == _COMMA:
            self._expects_key = bool(self._kinds) and self._kinds[-1] == _OBJECT
        elif byte == _COLON:
            self._expects_key = False
        elif byte in _NUMBER and not self._expects_key:
            self._take_number(byte)

    def _take_number(self, byte: int) -> None:
        if not self._in_number:
            if not self._role_is(_Role.VALUES):
                return
            self._in_number = True
            self._begin_value()
        if self._is_value:
            self._value.feed((byte,))

    def _take_in_string(self, byte: int) -> None:
        if self._escape == 1:
            self._escape = 0
            if byte == _UNICODE:
                self._escape = 1 + _HEX_DIGITS
                self._code = 0
            else:
                self._take_letter(_CONTROLS.get(byte, byte))
        elif self._escape:
            self._escape -= 1
            self._code = self._code << 4 | _HEX.get(byte, 0)
            if self._escape == 1:
                self._escape = 0
                self._take_letter(min(_ASCII, self._code))
        elif byte == _BACKSLASH:
            self._escape = 1
        elif byte == _QUOTE:
            self._in_string = False
            if not self._expects_key:
                self._end_value()
        else:
            self._take_letter(byte)

    def _take_letter(self, byte: int) -> None:
        if not self._expects_key:
            if self._is_value:
                self._value.feed((byte,))
        elif len(self._key) < _LONGEST_KEY:
            self._key.append(byte)

    def _begin_value(self) -> None:
        """A string or number begins: is it a value that is looked at?"""
        key = bytes(self._key).upper()
        self._is_value = self._attribute is not None and (
            self._role_is(_Role.VALUES)
            or (self._role_is(_Role.NAME) and key in _NAME_PARTS)
            or (self._role_is(_Role.ATTRIBUTE) and key == b"INLINEBINARY")
        )
        if self._is_value and self._attribute is not None:
            self._value.begin(self._attribute.reading)

    def _end_value(self) -> None:
        if self._is_value and self._attribute is not None:
            self._rates.note(self._attribute, self._value.end())
        self._is_value = False

    def _role_is(self, role: _Role) -> bool:
        return bool(self._roles) and self._roles[-1] is role

    def _open(self, byte: int) -> None:
        if len(self._roles) == MAX_JSON_DEPTH:
            self.is_over = True
            return
        role = self._role_of(byte)
        if role is _Role.ANSWER:
            self._rates.begin()
        elif role is _Role.ATTRIBUTE:
            self._begin_attribute()
        self._roles.append(role)
        self._kinds.append(byte)
        self._expects_key = byte == _OBJECT

    def _role_of(self, byte: int) -> _Role:
        """What opens here, by what it opens in and under which key."""
        parent = self._roles[-1] if self._roles else None
        key = bytes(self._key).upper()
        if byte != _OBJECT:
            if parent is None:
                return _Role.ANSWERS
            is_value = parent is _Role.ATTRIBUTE and key == b"VALUE"
            return _Role.VALUES if is_value else _Role.OTHER
        if parent is _Role.ANSWERS:
            return _Role.ANSWER
        if (parent is _Role.ANSWER and key in _KEYS) or (parent is _Role.ITEM and key == _PATIENT_ID):
            return _Role.ATTRIBUTE
        if parent is _Role.VALUES:
            return _Role.ITEM if self._attribute is _KEYS[_IDS] else _Role.NAME
        return _Role.OTHER

    def _begin_attribute(self) -> None:
        if self._role_is(_Role.ANSWER):
            self._attribute = _KEYS[bytes(self._key).upper()]
            self._rates.note(self._attribute, _NOTHING)

    def _close(self, byte: int) -> None:
        matches = bool(self._kinds) and (self._kinds[-1] == _OBJECT) == (byte == ord("}"))
        if not matches:
            self.is_over = True
            return
        self._kinds.pop()
        role = self._roles.pop()
        if role is _Role.ANSWER:
            self._rates.end()
            self._rates.take()
        self.is_over = not self._roles or self._rates.is_full
        self._expects_key = False
        self._forget_key()

    def _forget_key(self) -> None:
        for place in range(len(self._key)):
            self._key[place] = 0
        self._key.clear()
