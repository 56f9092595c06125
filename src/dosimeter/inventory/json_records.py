"""Reads the JSON of Shodan, Censys, masscan, ZMap, IVRE and OpenKAT: a record a line, or an array of records.

Which tool wrote a record is told by its shape, so that a file may hold records of several.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from dosimeter.inventory.censys import is_censys, read_censys
from dosimeter.inventory.found import Finder, Found, part_of
from dosimeter.inventory.ivre import is_ivre, read_ivre
from dosimeter.inventory.masscan import is_masscan, read_masscan
from dosimeter.inventory.openkat import is_openkat, read_openkat
from dosimeter.inventory.problem import InventoryProblem
from dosimeter.inventory.shodan import is_internetdb, is_shodan, read_internetdb, read_shodan
from dosimeter.inventory.source import ByteSource
from dosimeter.inventory.split import LONGEST_RECORD, Piece, Splitter, cut_off, pieces
from dosimeter.inventory.tally import Tally, Why
from dosimeter.inventory.zmap import is_zmap, read_zmap
from dosimeter.model.message import say

PARSED_WHOLE: Final = 256 << 10
"""Bytes of a record that is parsed as it is; of a longer one the long strings are emptied first."""
MOST_STRUCTURE: Final = 1 << 20
"""Bytes that may be left then: what is parsed takes some thirty times as much memory."""
_LONG_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_KEPT_STRING: Final = 1024
_MARK: Final = b"\xef\xbb\xbf"
_SILENT: Final = (frozenset({"finished"}), frozenset({"observed_at", "filters"}))
"""Records that are none: how masscan ends its list, and how OpenKAT begins its own."""
_FINISHED: Final = re.compile(rb"\{\s*\"?finished\"?\s*:\s*1\s*\}\Z")
_MORE_BEHIND: Final = "Extra data"
"""What Python's parser says of a line that goes on behind its record."""
_READERS: Final = (
    (is_shodan, read_shodan),
    (is_internetdb, read_internetdb),
    (is_censys, read_censys),
    (is_masscan, read_masscan),
    (is_ivre, read_ivre),
    (is_openkat, read_openkat),
    (is_zmap, read_zmap),
)


def looks_like_json(head: bytes) -> bool:
    """Whether the first bytes begin an object, or an array that is no IPv6 address in brackets."""
    begin = head.removeprefix(_MARK).lstrip()
    return begin[:1] == b"{" or (begin[:1] == b"[" and begin[1:].lstrip()[:1] in (b"{", b"]", b"[", b""))


def read_json(source: ByteSource, tally: Tally) -> Iterator[Found]:
    """The endpoints of a file of JSON records.

    Raises:
        InventoryProblem: the file ends in the middle, or no record of it is of a known tool.
    """
    finder = Finder(source.name, tally)
    known = False
    for record, line in _records(source, tally):
        reader = next((read for fits, read in _READERS if fits(record)), None)
        if reader is None:
            if record.keys() not in _SILENT:
                tally.leave_out(Why.UNKNOWN_SHAPE, line)
            continue
        known = True
        yield from reader(record, line, finder)
    if not known and tally.total and tally.total == tally.count(Why.UNKNOWN_SHAPE):
        says = say(
            "the file is JSON, and no record in it is shaped as Shodan, Censys, masscan, ZMap, IVRE or "
            "OpenKAT write them; export it as docs/inventories.md says"
        )
        raise InventoryProblem(source.name, None, says)


def _is_in_lines(source: ByteSource) -> bool:
    """Whether each record has a line of its own: the first line is one object, and holds no records."""
    head = source.head.removeprefix(_MARK).lstrip()
    line, end, _ = head.partition(b"\n")
    if line[:1] != b"{" or (end and not line.rstrip().endswith((b"}", b"},"))):
        return False
    splitter = Splitter(source.name)
    number = sum(1 for _ in splitter.feed(line))
    return number <= 1 and not splitter.has_wrapped and not (end and splitter.is_open)


def _lines(source: ByteSource) -> Iterator[Piece]:
    for number, raw in source.raw_lines(LONGEST_RECORD):
        if raw is None:
            yield Piece(number, None)
            continue
        text = raw.removeprefix(_MARK) if number == 1 else raw
        text = text.strip().rstrip(b",").rstrip()
        if not text or text in (b"[", b"]"):
            continue
        if not raw.endswith(b"\n") and not text.endswith(b"}"):
            raise cut_off(source.name, number, source.read_so_far)
        yield Piece(number, text)


def _records(source: ByteSource, tally: Tally) -> Iterator[tuple[dict[str, object], int]]:
    """The objects with the lines they begin in, their hosts unwrapped; what is none is counted."""
    for piece in _lines(source) if _is_in_lines(source) else pieces(source):
        raw = _shortened(piece, tally)
        if raw is None:
            continue
        try:
            record = json.loads(raw) if raw else None
        except (ValueError, RecursionError) as error:
            if isinstance(error, json.JSONDecodeError) and error.msg == _MORE_BEHIND:
                yield from _several(source.name, Piece(piece.line, raw), tally)
            elif _FINISHED.match(raw) is None:
                tally.leave_out(Why.NOT_JSON, piece.line)
            continue
        if isinstance(record, dict):
            yield _host_of(record), piece.line
        else:
            tally.leave_out(Why.NO_OBJECT, piece.line)


def _several(name: str, line: Piece, tally: Tally) -> Iterator[tuple[dict[str, object], int]]:
    """The objects of a line that holds more than one, as files without a last line end do when appended."""
    splitter = Splitter(name)
    for piece in (*splitter.feed(line.raw or b""), *splitter.finish()):
        try:
            record = json.loads(piece.raw) if piece.raw else None
        except (ValueError, RecursionError):
            tally.leave_out(Why.NOT_JSON, line.line)
            continue
        if isinstance(record, dict):
            yield _host_of(record), line.line
        else:
            tally.leave_out(Why.NO_OBJECT, line.line)
    if splitter.is_open:
        tally.leave_out(Why.NOT_JSON, line.line)


def _shortened(piece: Piece, tally: Tally) -> bytes | None:
    """The bytes to parse, the long strings of a long record emptied; None where it is counted as too long."""
    raw = piece.raw
    if raw is not None and len(raw) > PARSED_WHOLE:
        raw = _LONG_STRING.sub(lambda found: b'""' if len(found[0]) > _KEPT_STRING else found[0], raw)
        raw = raw if len(raw) <= MOST_STRUCTURE else None
    if raw is None:
        tally.leave_out(Why.TOO_LONG, piece.line)
    return raw


def _host_of(record: dict[str, object]) -> dict[str, object]:
    """Censys' newer answers put the host below ``host_v1`` and ``resource``."""
    for key in ("host_v1", "host", "resource"):
        record = part_of(record, key) or record
    return record
