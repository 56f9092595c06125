"""Opens an inventory as a stream of bytes, unpacked, and hands out lines that have a longest length."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from dosimeter.inventory.problem import InventoryProblem

LONGEST_LINE: Final = 4096
"""Bytes. The longest honest line is a host name of 253 and a port; a CSV row has some more columns."""
HEAD: Final = 64 << 10
"""Bytes looked at to recognise the format."""
STANDARD_INPUT: Final = "standard input"
_GZIP_MAGIC: Final = b"\x1f\x8b"
_BUFFER: Final = 1 << 16
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_PAIRS: Final = 8
"""Bytes that tell text of two bytes a letter from others."""
_UTF8_MARK: Final = b"\xef\xbb\xbf"


class Readable(Protocol):
    """What bytes can be read from."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes, none at the end."""
        ...


class ByteSource:
    """The unpacked bytes of one inventory. ``name`` is for messages, ``head`` the first bytes."""

    def __init__(self, name: str, stream: Readable) -> None:
        """Read the head, through one layer of gzip if there is one.

        Raises:
            InventoryProblem: it is packed twice, or UTF-16 text.
        """
        self.name = name
        head = stream.read(HEAD)
        whole = _Replayed(head, stream).buffered()
        if head.startswith(_GZIP_MAGIC):
            unpacked = gzip.GzipFile(fileobj=whole)
            head = unpacked.read(HEAD)
            whole = _Replayed(head, unpacked).buffered()
        if head.startswith(_GZIP_MAGIC):
            raise InventoryProblem(name, None, "is gzip inside gzip; unpack it once")
        if _is_utf16(head):
            raise InventoryProblem(name, 1, "the file is UTF-16 text; save it as UTF-8")
        if b"\r" in head and b"\n" not in head:
            head = head.replace(b"\r", b"\n")
            whole = _LineFeeds(whole).buffered()
        self.head = head
        self.read_so_far = 0
        """Unpacked bytes that ``raw_lines`` has handed out or skipped."""
        self._stream = whole

    def chunks(self) -> Iterator[bytes]:
        """All bytes, 64 KiB at a time."""
        while chunk := self._stream.read(_BUFFER):
            yield chunk

    def lines(self, longest: int = LONGEST_LINE, *, is_printable: bool = True) -> Iterator[tuple[int, str]]:
        """Numbered lines of text, line ends kept; control characters may be in it if ``is_printable`` is not.

        Raises:
            InventoryProblem: a line is longer than ``longest`` bytes, or is not text.
        """
        number = 0
        while raw := self._stream.readline(longest + 1):
            number += 1
            if len(raw) > longest:
                says = f"the line is longer than {longest} bytes; write one target a line"
                raise InventoryProblem(self.name, number, says)
            text = self._text(raw, number)
            if is_printable and not text.replace("\t", "").rstrip("\r\n").isprintable():
                says = "the line holds control characters, as a binary file does; give a text file"
                raise InventoryProblem(self.name, number, says)
            yield number, text

    def raw_lines(self, longest: int) -> Iterator[tuple[int, bytes | None]]:
        """Numbered lines as they stand, ends kept; None for one that is longer than ``longest`` bytes."""
        number = 0
        while raw := self._stream.readline(longest + 1):
            number += 1
            self.read_so_far += len(raw)
            if len(raw) <= longest:
                yield number, raw
                continue
            while not raw.endswith(b"\n") and (raw := self._stream.readline(_BUFFER)):
                self.read_so_far += len(raw)
            yield number, None

    def _text(self, raw: bytes, number: int) -> str:
        if number == 1:
            raw = raw.removeprefix(_UTF8_MARK)
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            says = "the line is not UTF-8 text; give a list, a CSV table, nmap XML or JSON (gzip or not)"
            raise InventoryProblem(self.name, number, says) from None
        return text


@contextmanager
def open_source(path: Path, standard_input: BinaryIO | None = None) -> Iterator[ByteSource]:
    """Open an inventory; ``-`` is standard input. What the system says becomes a sentence.

    Raises:
        InventoryProblem: missing, unreadable, a folder, empty, or damaged gzip.
    """
    name = STANDARD_INPUT if str(path) == "-" else str(path)
    try:
        if name is STANDARD_INPUT:
            yield _begun(name, standard_input or sys.stdin.buffer)
        else:
            with path.open("rb") as stream:
                yield _begun(name, stream)
    except FileNotFoundError:
        raise InventoryProblem(name, None, "there is no such file; check its path") from None
    except IsADirectoryError:
        raise InventoryProblem(name, None, "is a folder; name a file in it") from None
    except PermissionError:
        raise InventoryProblem(name, None, "may not be read by you; check its permissions") from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        says = "the gzip data is damaged or cut off; make the file again"
        raise InventoryProblem(name, None, says) from None
    except OSError as refused:
        raise InventoryProblem(name, None, f"cannot be read ({refused.strerror}); try a copy of it") from None


def _begun(name: str, stream: BinaryIO) -> ByteSource:
    source = ByteSource(name, stream)
    if not source.head:
        raise InventoryProblem(name, None, "is empty; write one target a line")
    return source


class _Replayed(io.RawIOBase):
    """A stream whose first bytes were already read: they come again."""

    def __init__(self, head: bytes, rest: Readable) -> None:
        super().__init__()
        self._head = memoryview(head)
        self._rest = rest

    def buffered(self) -> io.BufferedReader:
        return io.BufferedReader(self, _BUFFER)

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]  # RawIOBase names no buffer type we can index
        size = min(len(target), len(self._head) or _BUFFER)
        chunk = bytes(self._head[:size]) if self._head else self._rest.read(size)
        self._head = self._head[len(chunk) :] if self._head else self._head
        target[: len(chunk)] = chunk
        return len(chunk)


class _LineFeeds(io.RawIOBase):
    """Text of which each line ends with a carriage return, as some spreadsheets write it."""

    def __init__(self, stream: Readable) -> None:
        super().__init__()
        self._stream = stream

    def buffered(self) -> io.BufferedReader:
        return io.BufferedReader(self, _BUFFER)

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]  # RawIOBase names no buffer type we can index
        chunk = self._stream.read(len(target)).replace(b"\r", b"\n")
        target[: len(chunk)] = chunk
        return len(chunk)


def _is_utf16(head: bytes) -> bool:
    """Whether it begins with a mark of UTF-16, or each second byte of its beginning is zero."""
    begin = head[:_PAIRS]
    ones, others = begin[::2], begin[1::2]
    return head.startswith(_UTF16_MARKS) or (len(begin) == _PAIRS and any(ones) != any(others))
