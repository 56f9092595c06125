"""Cuts a stream of JSON into its records, one at a time, with a longest one.

Tools write a record a line, one array of all records, or an answer with the array somewhere inside. Here
brackets and quotation marks alone are looked at; each record is then parsed by itself. Memory depends on
the longest record that is read, never on the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import Final, NamedTuple

from dosimeter.inventory.problem import InventoryProblem
from dosimeter.inventory.source import ByteSource
from dosimeter.model.message import say

LONGEST_RECORD: Final = 8 << 20
"""Bytes. Shodan keeps whole web pages in a record; a longer one is counted and skipped."""
DEEPEST_WRAPPER: Final = 16
"""Levels around a record; the answers of Censys have four."""
DEEPEST_RECORD: Final = 1000
"""Levels inside a record; Shodan's have about ten, and Python's parser ends near this."""
_WRAPPERS: Final = frozenset({b'"result"', b'"hits"', b'"matches"', b'"items"', b'"results"'})
"""Keys below which Censys, Shodan and OpenKAT put their records."""
_LONGEST_WRAPPER: Final = 16
_LONGEST_GAP: Final = 64
_TOKEN: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["{}\[\]]', re.DOTALL)
_STRING_END: Final = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_BLANK: Final = b" \t\r\n,\xef\xbb\xbf"


class Piece(NamedTuple):
    """A record: the line it begins in, and its bytes; None where it is too long, empty where it is none."""

    line: int
    raw: bytes | None


class _Event(Enum):
    NOTHING = auto()
    BEGAN = auto()
    """A record begins with this token."""
    ENDED = auto()
    """The record ends with it."""


class Splitter:
    """Is fed with bytes and gives the records in them."""

    def __init__(self, name: str) -> None:
        """``name`` is the file's in messages."""
        self._name = name
        self._wrappers: list[bool] = []
        """The open wrappers, outermost first: true for an object, false for an array."""
        self._depth = 0
        """Levels inside the record, or inside what is skipped."""
        self._is_record = False
        self._held = bytearray()
        self._too_long = False
        self._begun = 0
        self._line = 1
        self._in_string = False
        self._escaped = False
        self._key = b""
        self._gap = b""
        self._partial = b""
        self._strays: list[Piece] = []
        self.has_wrapped = False
        """Whether an object turned out to be no record but to hold records."""

    @property
    def is_open(self) -> bool:
        """Whether something that began has not ended."""
        return bool(self._wrappers) or self._depth > 0 or self._in_string

    def feed(self, chunk: bytes) -> Iterator[Piece]:
        """The records that end in this chunk.

        Raises:
            InventoryProblem: the records are nested deeper than any tool nests them.
        """
        at = self._end_string(chunk) if self._in_string else 0
        begin = counted = 0
        while not self._in_string:
            found = _TOKEN.search(chunk, at)
            here = found.start() if found else len(chunk)
            if self._depth <= 1:
                self._gap += chunk[at:here][: _LONGEST_GAP - len(self._gap)]
                self._line += chunk.count(b"\n", counted, here)
                counted = here
            if found is None:
                break
            at = found.end()
            event = self._see(found[0], chunk, at)
            if event is _Event.BEGAN:
                begin = here
            elif event is _Event.ENDED:
                self._hold(chunk[begin:at])
                yield Piece(self._begun, None if self._too_long else bytes(self._held))
                self._forget()
            yield from self._take_strays()
        self._line += chunk.count(b"\n", counted)
        if self._is_record:
            self._hold(chunk[begin:])

    def finish(self) -> Iterator[Piece]:
        """What stands after the last bracket."""
        self._look_for_stray()
        yield from self._take_strays()

    def _end_string(self, chunk: bytes) -> int:
        """Where the string that began in an earlier chunk ends in this one."""
        ended = _STRING_END.match(chunk, 1 if self._escaped else 0) if b'"' in chunk else None
        if ended is None:
            self._escaped = _ends_escaped(chunk, escaped=self._escaped)
            self._partial += chunk[: max(0, _LONGEST_WRAPPER - len(self._partial))]
            return len(chunk)
        self._in_string = False
        self._remember(self._partial + chunk[: ended.end()][:_LONGEST_WRAPPER])
        return ended.end()

    def _see(self, token: bytes, chunk: bytes, at: int) -> _Event:
        if token[:1] == b'"':
            self._begin_string()
        if token == b'"':
            self._in_string = True
            self._escaped = _ends_escaped(chunk[at:], escaped=False)
            self._partial = chunk[at - 1 : at + _LONGEST_WRAPPER]
            return _Event.NOTHING
        if token[:1] == b'"':
            self._remember(token)
            return _Event.NOTHING
        return self._open(token) if token in b"{[" else self._close()

    def _begin_string(self) -> None:
        if self._depth <= 1:
            self._gap = b"" if self._stands_in_object else self._gap + b'"'
            self._look_for_stray()

    def _remember(self, string: bytes) -> None:
        """A string that may be the key of what comes next."""
        if self._depth <= 1:
            self._key = string if len(string) <= _LONGEST_WRAPPER else b""

    @property
    def _stands_in_object(self) -> bool:
        return self._depth > 0 or (bool(self._wrappers) and self._wrappers[-1])

    def _open(self, token: bytes) -> _Event:
        wraps = self._depth <= 1 and self._key in _WRAPPERS and self._gap.strip() == b":"
        self._key = b""
        if self._depth == 1 and self._is_record and wraps:
            self._forget()
            self.has_wrapped = True
            self._enter(is_object=True)
            return self._begin(token)
        if self._depth:
            self._depth += 1
            self._check_depth(self._depth, DEEPEST_RECORD)
            return _Event.NOTHING
        if self._stands_in_object and not wraps:
            self._depth = 1  # Something beside the records, such as the links to other pages.
            return _Event.NOTHING
        self._look_for_stray()
        return self._begin(token)

    def _begin(self, token: bytes) -> _Event:
        self._gap = b""
        if token == b"[":
            self._enter(is_object=False)
            return _Event.NOTHING
        self._depth = 1
        self._is_record = True
        self._begun = self._line
        return _Event.BEGAN

    def _enter(self, *, is_object: bool) -> None:
        self._depth = 0
        self._wrappers.append(is_object)
        self._check_depth(len(self._wrappers), DEEPEST_WRAPPER)

    def _check_depth(self, depth: int, deepest: int) -> None:
        if depth > deepest:
            says = say("the JSON is nested deeper than any tool writes it; do not trust this file")
            raise InventoryProblem(self._name, self._line, says)

    def _close(self) -> _Event:
        self._key = b""
        if self._depth:
            self._depth -= 1
            self._gap = b"" if self._depth <= 1 else self._gap
            return _Event.ENDED if not self._depth and self._is_record else _Event.NOTHING
        self._look_for_stray()
        if self._wrappers:
            self._wrappers.pop()
            self._gap = b""  # The last value beside the records, such as their number, ends with the wrapper.
        else:
            self._strays.append(Piece(self._line, b""))
        return _Event.NOTHING

    def _look_for_stray(self) -> None:
        """Words between records: numbers, strings, or text that is not JSON."""
        if self._stands_in_object:
            return
        if self._gap.strip(_BLANK):
            self._strays.append(Piece(self._line, b""))
        self._gap = b""

    def _take_strays(self) -> Iterator[Piece]:
        if self._strays:
            yield from self._strays
            self._strays.clear()

    def _hold(self, part: bytes) -> None:
        if len(self._held) + len(part) > LONGEST_RECORD:
            self._too_long = True
            self._held.clear()
        if not self._too_long:
            self._held += part

    def _forget(self) -> None:
        self._held.clear()
        self._too_long = False
        self._is_record = False


def pieces(source: ByteSource) -> Iterator[Piece]:
    """The records of a whole source.

    Raises:
        InventoryProblem: the JSON ends in the middle.
    """
    splitter = Splitter(source.name)
    read = 0
    for chunk in source.chunks():
        read += len(chunk)
        yield from splitter.feed(chunk)
    yield from splitter.finish()
    if splitter.is_open:
        raise cut_off(source.name, None, read)


def cut_off(name: str, line: int | None, read: int) -> InventoryProblem:
    """The problem of a file that ends in the middle."""
    says = say("the JSON ends in the middle, after byte {read}; export or copy the file again", read=read)
    return InventoryProblem(name, line, says)


def _ends_escaped(part: bytes, *, escaped: bool) -> bool:
    """Whether the next byte is escaped by what stands before it."""
    slashes = len(part) - len(part.rstrip(b"\\"))
    if slashes == len(part) and escaped:
        slashes -= 1
    return slashes % 2 == 1
