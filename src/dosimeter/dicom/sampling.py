"""Reduces sampled answers to fill rates while they pass (touch sample, DESIGN §4): bytes in, counts out."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from dosimeter.dicom.limits import MAX_IDENTIFIER_LENGTH, MAX_SEQUENCE_DEPTH
from dosimeter.dicom.sample_query import (
    GIVEN_NAME,
    MAX_ANSWERS,
    NATIONAL_NUMBER,
    OTHER_PATIENT_IDS_SEQUENCE,
    PATIENT_ID,
    PLACES,
    SAMPLED_KEYS,
    SAMPLED_NAMES,
    Reading,
    SampledKey,
)
from dosimeter.dicom.sample_values import Seen, ValueReader

_ABSENT: Final = 0
_EMPTY: Final = 1
_FILLED: Final = 2
_TEST_LIKE: Final = 3

_KEYS: Final = {key.tag: key for key in SAMPLED_KEYS}
_CHARACTER_SET: Final = 0x00080005


class Fill(NamedTuple):
    """Of the answers looked at: how many had this attribute filled, empty, not at all; and test-like ones.

    ``test_like`` are among ``filled``.
    """

    name: str
    filled: int
    empty: int
    absent: int
    test_like: int


class FillRates:
    """Adds up answers, at most 20 of them: counts, and no value.

    ``rows`` are all answers that came, those past the twentieth and those with no data set included.
    """

    __slots__ = ("_answer", "_is_whole", "_most", "_totals", "answers", "rows")

    def __init__(self, most: int = MAX_ANSWERS) -> None:
        self._most = min(most, MAX_ANSWERS)
        self._answer = bytearray(len(SAMPLED_NAMES))
        self._totals = [[0, 0, 0, 0] for _ in SAMPLED_NAMES]
        self._is_whole = False
        self.answers = 0
        self.rows = 0

    @property
    def is_full(self) -> bool:
        """Whether nothing more is looked at."""
        return self.answers >= self._most

    def begin(self) -> None:
        """An answer begins; one that was not taken is forgotten."""
        self._is_whole = False
        for place in range(len(self._answer)):
            self._answer[place] = _ABSENT

    def note(self, key: SampledKey, seen: Seen) -> None:
        """One value of this attribute passed; of several the fullest counts."""
        state = _TEST_LIKE if seen.is_test_like else _FILLED if seen.is_filled else _EMPTY
        self._raise(PLACES[key.keyword], state)
        if key.keyword == "PatientName":
            self._raise(PLACES[GIVEN_NAME], state if seen.has_given_name else _EMPTY)
        if key.reading is Reading.IDENTIFIER and key.keyword != "AccessionNumber":
            self._raise(PLACES[NATIONAL_NUMBER], _FILLED if seen.has_national_shape else _EMPTY)

    def end(self) -> None:
        """The answer is over: it may be taken."""
        self._is_whole = True

    def take(self) -> None:
        """Count the row, and the answer in it if there was one and it is not one too many."""
        self.rows += 1
        if self._is_whole and not self.is_full:
            self.answers += 1
            for totals, state in zip(self._totals, self._answer, strict=True):
                totals[state] += 1
        self.begin()

    def fills(self) -> tuple[Fill, ...]:
        """What came of it, in the order of `SAMPLED_NAMES`."""
        return tuple(
            Fill(name, filled + test_like, empty, absent, test_like)
            for name, (absent, empty, filled, test_like) in zip(SAMPLED_NAMES, self._totals, strict=True)
        )

    def _raise(self, place: int, state: int) -> None:
        self._answer[place] = max(self._answer[place], state)


_IMPLICIT: Final = struct.Struct("<HHI")
_EXPLICIT: Final = struct.Struct("<HH2sH")
_LENGTH: Final = struct.Struct("<I")
_LONG_VRS: Final = frozenset(
    (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
)
"""VRs with a four-byte length in explicit VR (PS3.5 Table 7.1-1)."""
_UNDEFINED: Final = 0xFFFFFFFF
_SHORT_HEADER: Final = 8
_LONG_HEADER: Final = 12
_DELIMITERS: Final = 0xFFFE
_ITEM: Final = 0xE000
_ITEM_END: Final = 0xE00D
_SEQUENCE_END: Final = 0xE0DD
_GB: Final = b"GB"
"""GB18030 and GBK, alone in SpecificCharacterSet where they are there (PS3.3 C.12.1.1.2)."""
_ITEM_OF_SEQUENCE: Final = 2
"""How many levels are open in an item of a sequence of the answer itself."""


class _Level(NamedTuple):
    """A sequence or an item that is open. ``end`` is the offset where it ends, -1 if a delimiter says so."""

    is_item: bool
    end: int
    explicit: bool
    of_ids: bool


class IdentifierReader:
    """Walks an identifier as it comes, in pieces of any size, and notes its sampled attributes.

    Never raises: what is not well formed ends the walk, and what was noted before it stands. Headers
    alone are gathered, in twelve bytes that are overwritten.
    """

    __slots__ = (
        "_explicit", "_have", "_header", "_is_broken", "_key", "_left", "_levels", "_matched", "_need",
        "_position", "_previous", "_rates", "_two_bytes", "_value",
    )  # fmt: skip

    def __init__(self, rates: FillRates, *, explicit: bool) -> None:
        self._rates = rates
        self._explicit = explicit
        self._header = bytearray(_LONG_HEADER)
        self._value = ValueReader()
        self._levels: list[_Level] = []
        self.begin()

    def begin(self) -> None:
        """An identifier begins."""
        self._rates.begin()
        self._levels.clear()
        self._position = 0
        self._need = _SHORT_HEADER
        self._previous = -1
        self._is_broken = self._two_bytes = False
        self._matched = -1
        self._key: SampledKey | None = None
        self.wipe()

    def feed(self, data: memoryview) -> None:
        """Take the next bytes."""
        place = 0
        while place < len(data) and not self._is_broken:
            wanted = self._left or self._need - self._have
            piece = data[place : place + wanted]
            place += len(piece)
            self._position += len(piece)
            if self._left:
                self._pass(piece)
            else:
                self._header[self._have : self._have + len(piece)] = piece
                self._have += len(piece)
                if self._have == self._need:
                    self._read_header()
            self._settle()

    def end(self) -> None:
        """The identifier is over, wherever that is; a value that was cut is judged by what came of it."""
        if self._left:
            self._note()
        self.wipe()
        self._rates.end()

    def wipe(self) -> None:
        """Overwrite the header, and the state of a value that has begun."""
        self._header[:] = bytes(_LONG_HEADER)
        self._have = self._left = 0
        self._key = None
        self._value.end()

    def _settle(self) -> None:
        """Close what ends here; what runs past its end is not well formed."""
        is_between = not self._left and not self._have
        while (end := self._end_of_level()) >= 0 and self._position >= end:
            if self._position > end or not is_between:
                self._is_broken = True
                return
            self._levels.pop()
        if self._position > MAX_IDENTIFIER_LENGTH:
            self._is_broken = True

    def _end_of_level(self) -> int:
        return self._levels[-1].end if self._levels else -1

    def _pass(self, piece: memoryview) -> None:
        if self._key is not None:
            self._value.feed(piece)
        elif self._matched >= 0:
            for byte in piece[: len(_GB) - self._matched]:
                self._two_bytes = byte == _GB[self._matched] and (self._two_bytes or not self._matched)
                self._matched += 1
        self._left -= len(piece)
        if not self._left:
            self._note()

    def _note(self) -> None:
        """The value is over."""
        if self._key is not None:
            self._rates.note(self._key, self._value.end())
            self._key = None
        if 0 <= self._matched < len(_GB):
            self._two_bytes = False
        self._matched = -1

    def _read_header(self) -> None:
        explicit = self._levels[-1].explicit if self._levels else self._explicit
        vr = b""
        group: int
        element: int
        length: int
        if not explicit:
            group, element, length = _IMPLICIT.unpack_from(self._header)
        else:
            group, element, vr, length = _EXPLICIT.unpack_from(self._header)
            if group == _DELIMITERS:
                (length,) = _LENGTH.unpack_from(self._header, 4)
            elif vr in _LONG_VRS:
                if self._need == _SHORT_HEADER:
                    self._need = _LONG_HEADER
                    return
                (length,) = _LENGTH.unpack_from(self._header, _SHORT_HEADER)
        self._have = 0
        self._need = _SHORT_HEADER
        if not self._fits(length):
            self._is_broken = True
        elif group == _DELIMITERS:
            self._delimit(element, length)
        else:
            self._begin_element(group << 16 | element, vr, length, explicit=explicit)

    def _begin_element(self, tag: int, vr: bytes, length: int, *, explicit: bool) -> None:
        is_top = not self._levels
        if tag <= self._previous if is_top else not self._levels[-1].is_item:
            self._is_broken = True
            return
        if is_top:
            self._previous = tag
        key = self._key_of(tag)
        is_sampled_sequence = key is not None and is_top and key.vr == b"SQ"
        if length == _UNDEFINED or is_sampled_sequence:
            if key is not None:
                self._rates.note(key, _NOTHING)
            inside = explicit and vr != b"UN"
            self._open(
                _Level(is_item=False, end=self._end_of(length), explicit=inside, of_ids=is_sampled_sequence)
            )
            return
        self._left = length
        self._key = key
        if key is not None:
            self._value.begin(key.reading, two_bytes=self._two_bytes)
        elif is_top and tag == _CHARACTER_SET:
            self._matched = 0
        if not length:
            self._note()

    def _key_of(self, tag: int) -> SampledKey | None:
        """The sampled attribute that a value belongs to: one of the answer itself, or another PatientID."""
        if not self._levels:
            return _KEYS.get(tag)
        if tag == PATIENT_ID and len(self._levels) == _ITEM_OF_SEQUENCE and self._levels[-1].of_ids:
            return _KEYS[OTHER_PATIENT_IDS_SEQUENCE]
        return None

    def _fits(self, length: int) -> bool:
        end = self._end_of_level()
        return length == _UNDEFINED or end < 0 or self._position + length <= end

    def _end_of(self, length: int) -> int:
        return -1 if length == _UNDEFINED else self._position + length

    def _open(self, level: _Level) -> None:
        if len(self._levels) < _ITEM_OF_SEQUENCE * MAX_SEQUENCE_DEPTH:
            self._levels.append(level)
        else:
            self._is_broken = True

    def _delimit(self, element: int, length: int) -> None:
        """Read the head of an item, or a delimiter (PS3.5 §7.5)."""
        top = self._levels[-1] if self._levels else None
        if top is None:
            self._is_broken = True
        elif element == _ITEM and not top.is_item:
            self._open(
                _Level(is_item=True, end=self._end_of(length), explicit=top.explicit, of_ids=top.of_ids)
            )
        elif top.end < 0 and element == (_ITEM_END if top.is_item else _SEQUENCE_END):
            self._levels.pop()
        else:
            self._is_broken = True


_NOTHING: Final = Seen(is_filled=False, has_given_name=False, is_test_like=False, has_national_shape=False)
