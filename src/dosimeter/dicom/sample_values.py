"""Looks at a value byte by byte: is it filled, has it a given name, is it test-like, does a state number so?

Nothing of the value is gathered: between two bytes there are counters, flags and the states of automata,
and all of them are set back when the value ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from dosimeter.dicom.sample_query import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_LOOKED_AT: Final = 1024
"""Bytes of one value that are looked at. A value that is blank for longer counts as empty."""

TEST_WORDS: Final = (
    " TEST ", " TESTS ", " TESTING ", " TESTPATIENT ", " TESTPAT ", " TESTNAME ", " PATIENTTEST ",
    " PHANTOM", " FANTOM", " ANON ", " ANONYM", " DUMMY ", " DEMO ", " QUALITY CONTROL ",
    " DOE JOHN", " JOHN DOE", " DOE JANE", " JANE DOE", " MUSTERMANN ",
)  # fmt: skip
"""What looks like test data. A blank stands for whatever is no letter, or for the end of the value, so that
a family called Testa or Prudent is no test."""

TEST_DATES: Final = (
    b"00000000", b"00010101", b"11111111", b"18000101", b"19000101", b"19700101", b"19010101", b"99991231",
    b"99999999",
)  # fmt: skip
"""Dates that software writes where it has none."""

_ALL_THE_SAME: Final = 3
"""So many characters or more, all the same: 000, XXXXX."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The look of a number that a state gives to people; nothing says that it is one.

    In ``pattern`` d is a digit, M one of 0 and 1, D one of 0 to 3, L a letter, X a digit or the letter X;
    all else stands for itself. With a ``modulus`` the digits times ``weights``, X being ten, must add up to a
    multiple of it and ``remainder``.
    """

    says: str
    pattern: str
    weights: tuple[int, ...] = ()
    modulus: int = 0
    remainder: int = 0


_MOD_97: Final = tuple(10**power % 97 for power in range(12, -1, -1))

SHAPES: Final = (
    Shape("France, NIR with its key", "ddddddddddddddd", (*_MOD_97, 10, 1), 97),
    Shape("France, NIR with its key, spaced", "d dd dd dd ddd ddd dd", (*_MOD_97, 10, 1), 97),
    Shape("Italy, codice fiscale", "LLLLLLddLddLdddL"),
    Shape("Spain, DNI", "ddddddddL"),
    Shape("United States, SSN", "ddd-dd-dddd"),
    Shape("Brazil, CPF", "ddd.ddd.ddd-dd"),
    Shape("United Kingdom, NHS number", "dddddddddd", (10, 9, 8, 7, 6, 5, 4, 3, 2, 1), 11),
    Shape("United Kingdom, NHS number, spaced", "ddd ddd dddd", (10, 9, 8, 7, 6, 5, 4, 3, 2, 1), 11),
    Shape("Poland, PESEL", "ddddDdddddd", (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1), 10),
    Shape("Belgium, rijksregisternummer", "ddMdDdddddd", (*_MOD_97[4:], 10, 1), 97),
    Shape("Denmark, CPR; Sweden and Latvia are alike", "dddddd-dddd"),
    Shape("Sweden, personnummer", "ddddMdDd-dddd"),
    Shape("Finland, henkilötunnus", "DdMddd-dddX"),
    Shape("Finland, henkilötunnus, a letter at its end", "DdMddd-dddL"),
    Shape("China, resident identity number", "ddddddddddMdDddddX",
          (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1), 11, 1),
    Shape("Korea, resident registration number", "ddMdDd-ddddddd"),
    Shape("India, Aadhaar, spaced", "dddd dddd dddd"),
)  # fmt: skip

_ALL_SHAPES: Final = (1 << len(SHAPES)) - 1
_ALL_DATES: Final = (1 << len(TEST_DATES)) - 1

_ESCAPE: Final = 0x1B
_DOLLAR: Final = 0x24
_RIGHT: Final = 0x29
_CARET: Final = 0x5E
_EQUALS: Final = 0x3D
_BACKSLASH: Final = 0x5C
_SPACE: Final = 0x20
_DELETE: Final = 0x7F
_HIGH: Final = 0x80
_LOWEST_LEAD: Final = 0x81
_ZERO: Final = 0x30
_TEN: Final = 10
_A: Final = 0x41
_Z: Final = 0x5A
_CASE: Final = 0x20
_LETTERS: Final = 26
_BLANK: Final = 26
_OTHER: Final = 27
_SYMBOLS: Final = 28


class Seen(NamedTuple):
    """What is known of one value once it has passed."""

    is_filled: bool
    has_given_name: bool
    is_test_like: bool
    has_national_shape: bool


class _Words(NamedTuple):
    """A table of states by symbols, and the states in which a word has just ended."""

    steps: tuple[tuple[int, ...], ...]
    ends: frozenset[int]


@cache
def _words() -> _Words:
    """The automaton that looks for all test words at once (Aho and Corasick, 1975)."""
    children: list[dict[int, int]] = [{}]
    ends: set[int] = set()
    for word in TEST_WORDS:
        state = 0
        for letter in word:
            symbol = _BLANK if letter == " " else ord(letter) - _A
            if symbol not in children[state]:
                children[state][symbol] = len(children)
                children.append({})
            state = children[state][symbol]
        ends.add(state)
    steps: list[tuple[int, ...]] = [()] * len(children)
    falls = [0] * len(children)
    waiting = [0]
    for state in waiting:
        fall = falls[state]
        row = [steps[fall][symbol] if state else 0 for symbol in range(_SYMBOLS)]
        for symbol, child in children[state].items():
            falls[child] = row[symbol]
            row[symbol] = child
            waiting.append(child)
        steps[state] = tuple(row)
        if fall in ends:
            ends.add(state)
    return _Words(tuple(steps), frozenset(ends))


class ValueReader:
    """One value at a time: ``begin``, ``feed`` as its bytes come, ``end``. Never raises on any bytes.

    Bytes are not decoded. Escape sequences (ISO 2022, PS3.5 §6.1.2.5) are stepped over; while one has
    put a set of two-byte characters where ASCII is, nothing in there is a delimiter. In GB18030 and GBK
    (``two_bytes``) the byte after a high one belongs to it.
    """

    __slots__ = (
        "_alive", "_awaits_trail", "_component", "_dates", "_escape", "_first", "_given", "_has_sign",
        "_is_filled", "_is_shaped", "_is_test", "_length", "_place", "_reading", "_same", "_sums",
        "_two_bytes", "_wide", "_word",
    )  # fmt: skip

    def __init__(self) -> None:
        self._sums = [0] * len(SHAPES)
        self.begin(Reading.TEXT)

    def begin(self, reading: Reading, *, two_bytes: bool = False) -> None:
        """A value begins; whatever was left of another is overwritten."""
        self._reading = reading
        self._two_bytes = two_bytes
        self._length = self._component = self._escape = self._first = self._same = 0
        self._is_filled = self._given = self._is_test = self._is_shaped = False
        self._awaits_trail = self._wide = self._has_sign = False
        self._word = _words().steps[0][_BLANK]
        self._dates = _ALL_DATES
        self._begin_shape()

    def feed(self, data: Iterable[int]) -> None:
        """Look at the next bytes of the value."""
        for byte in data:
            if self._length == MOST_LOOKED_AT:
                return
            self._length += 1
            self._take(byte)

    def end(self) -> Seen:
        """What was seen; of the value nothing is left here."""
        self._step_word(_BLANK)
        self._end_shape()
        is_test = self._is_test or self._is_one_sign_repeated
        if self._reading is Reading.DATE:
            is_test = self._ended_dates() != 0
        seen = Seen(
            self._is_filled,
            self._given,
            self._is_filled and is_test and self._reading is not Reading.NUMBER,
            self._is_shaped,
        )
        self.begin(Reading.TEXT)
        return seen

    def _take(self, byte: int) -> None:
        if self._escape:
            self._take_escape(byte)
        elif byte == _ESCAPE:
            self._escape = 1
        elif self._awaits_trail:
            self._awaits_trail = False
            self._take_text(_HIGH)
        elif byte >= _HIGH:
            self._awaits_trail = self._two_bytes and byte >= _LOWEST_LEAD
            self._take_text(_HIGH)
        elif self._wide and _SPACE < byte < _DELETE:
            self._take_text(_HIGH)
        elif byte <= _SPACE or byte == _DELETE:
            self._take_blank(byte)
        elif byte == _BACKSLASH or (self._reading is Reading.NAME and byte in {_CARET, _EQUALS}):
            self._take_delimiter(byte)
        else:
            self._take_text(byte)

    def _take_escape(self, byte: int) -> None:
        """ESC, intermediate bytes, a final byte (ISO/IEC 2022). Bit 1: a $ came; bit 2: it is about G1."""
        if _SPACE <= byte < _ZERO:
            self._escape |= 2 if byte == _DOLLAR else 4 if byte >= _RIGHT else 0
            return
        if not self._escape & 4:
            self._wide = bool(self._escape & 2)
        self._escape = 0

    def _take_blank(self, byte: int) -> None:
        self._step_word(_BLANK)
        if self._place:
            self._step_shape(byte)

    def _take_delimiter(self, byte: int) -> None:
        self._step_word(_BLANK)
        if byte == _CARET:
            self._component += 1
        else:
            self._component = 0
        if byte == _BACKSLASH:
            self._end_shape()
            self._begin_shape()

    def _take_text(self, byte: int) -> None:
        self._is_filled = True
        self._given = self._given or (self._reading is Reading.NAME and self._component == 1)
        letter = (byte & ~_CASE) - _A
        digit = byte - _ZERO
        if byte >= _HIGH:
            self._step_word(_OTHER)
        else:
            self._step_word(letter if 0 <= letter < _LETTERS else _BLANK)
            self._has_sign = self._has_sign or not (0 <= letter < _LETTERS or 0 <= digit < _TEN)
        if not self._same:
            self._first = byte
        self._same = self._same + 1 if self._same >= 0 and byte == self._first and byte < _HIGH else -1
        if self._reading is Reading.IDENTIFIER:
            self._step_shape(byte)
        elif self._reading is Reading.DATE:
            self._step_dates(byte)

    @property
    def _is_one_sign_repeated(self) -> bool:
        return self._same >= _ALL_THE_SAME or (self._same > 0 and self._has_sign)

    def _step_word(self, symbol: int) -> None:
        words = _words()
        if symbol == _BLANK and self._word in _after_blank():
            return
        self._word = words.steps[self._word][symbol]
        self._is_test = self._is_test or self._word in words.ends

    def _step_dates(self, byte: int) -> None:
        place = self._place
        for index, date in enumerate(TEST_DATES):
            if place >= len(date) or date[place] != byte:
                self._dates &= ~(1 << index)
        self._place += 1

    def _ended_dates(self) -> int:
        return self._dates if self._place == len(TEST_DATES[0]) else 0

    def _begin_shape(self) -> None:
        self._place = 0
        self._alive = _ALL_SHAPES
        for index, shape in enumerate(SHAPES):
            self._sums[index] = -shape.remainder

    def _step_shape(self, byte: int) -> None:
        if self._reading is not Reading.IDENTIFIER or not self._alive:
            return
        for index, shape in enumerate(SHAPES):
            if self._alive >> index & 1:
                self._step_one(index, shape, byte)
        self._place += 1

    def _step_one(self, index: int, shape: Shape, byte: int) -> None:
        if self._place >= len(shape.pattern):
            if byte not in {0, _SPACE}:
                self._alive &= ~(1 << index)
            return
        worth = _worth(shape.pattern[self._place], byte)
        if worth is None:
            self._alive &= ~(1 << index)
        elif shape.modulus:
            before = _weighed_before(shape.pattern, self._place)
            if before < len(shape.weights) and shape.pattern[self._place] in _DIGITS:
                self._sums[index] = (self._sums[index] + worth * shape.weights[before]) % shape.modulus

    def _end_shape(self) -> None:
        if self._reading is not Reading.IDENTIFIER:
            return
        for index, shape in enumerate(SHAPES):
            whole = self._alive >> index & 1 and self._place >= len(shape.pattern)
            if whole and not self._sums[index] and self._same < 0:
                self._is_shaped = True


_DIGITS: Final = frozenset("dMDX")
_MOST: Final = {"d": 9, "M": 1, "D": 3, "X": 9}


def _worth(wanted: str, byte: int) -> int | None:
    """What a byte counts where ``wanted`` stands in a pattern; None if it does not fit."""
    digit = byte - _ZERO
    letter = (byte & ~_CASE) - _A
    if wanted in _DIGITS:
        if 0 <= digit <= _MOST[wanted]:
            return digit
        return _TEN if wanted == "X" and byte == ord("X") else None
    if wanted == "L":
        return 0 if 0 <= letter < _LETTERS else None
    return 0 if byte == ord(wanted) else None


def _weighed_before(pattern: str, place: int) -> int:
    return sum(letter in _DIGITS for letter in pattern[:place])


@cache
def _after_blank() -> frozenset[int]:
    """The states in which the last symbol was a blank: another one changes nothing."""
    return frozenset(row[_BLANK] for row in _words().steps)
