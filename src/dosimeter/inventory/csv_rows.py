"""The rows of a CSV table as RFC 4180 has them; of a long cell the beginning alone is kept.

Shodan's tables have whole banners and web pages in their cells. Memory depends on the longest line and on
the columns that are read, not on what stands in the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from dosimeter.inventory.problem import InventoryProblem

LONGEST_CELL: Final = 4096
"""Characters kept of a cell in quotation marks; no host, time or operator has as many."""
_INSIDE: Final = re.compile(r'[^"]*+(?:""[^"]*+)*+')
_SEPARATOR: Final = re.compile(r'"?sep=.?"?\Z', re.IGNORECASE)


class Row(NamedTuple):
    """The line a row begins in, and its cells."""

    line: int
    cells: list[str]


def is_separator_line(line: str) -> bool:
    """Whether a line is the one that Excel writes before the header: ``sep=;``."""
    return _SEPARATOR.match(line.strip()) is not None


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line; a quotation mark that stays open ends with it."""
    row = _Row(0, delimiter, len(line) + 1)
    row.add(line.rstrip("\r\n"))
    row.end()
    return row.cells


def read_rows(name: str, lines: Iterable[tuple[int, str]], delimiter: str, width: int) -> Iterator[Row]:
    """The rows in numbered lines, each with its first ``width`` cells.

    Raises:
        InventoryProblem: a quotation mark is still open at the end; the line of its row is named.
    """
    row: _Row | None = None
    for number, line in lines:
        text = line.rstrip("\r\n")
        if row is None and '"' not in text:
            yield Row(number, text.split(delimiter, width)[:width])
            continue
        row = row or _Row(number, delimiter, width)
        row.add(text)
        if not row.is_open:
            yield Row(row.line, row.cells)
            row = None
    if row is not None:
        says = "the row has an open quotation mark, and the rest of the table is behind it; correct it"
        raise InventoryProblem(name, row.line, says)


class _Row:
    """A row that is put together from its lines."""

    def __init__(self, line: int, delimiter: str, width: int) -> None:
        self.line = line
        self.cells: list[str] = []
        self.is_open = False
        self._delimiter = delimiter
        self._width = width
        self._cell = ""

    def add(self, text: str) -> None:
        """The next line of it, without its end."""
        at = 0
        while True:
            if not self.is_open and text.startswith('"', at):
                self.is_open = True
                at += 1
            if self.is_open:
                inside = _INSIDE.match(text, at)
                at = inside.end() if inside else at
                self._keep(inside[0].replace('""', '"') if inside else "")
                if at == len(text):
                    self._keep("\n")
                    return
                self.is_open = False
                at += 1
            found = text.find(self._delimiter, at)
            self._keep(text[at : found if found >= 0 else None])
            self.end()
            if found < 0:
                return
            at = found + 1

    def end(self) -> None:
        """The cell is over."""
        if len(self.cells) < self._width:
            self.cells.append(self._cell)
        self._cell = ""

    def _keep(self, part: str) -> None:
        if len(self.cells) < self._width:
            self._cell += part[: LONGEST_CELL - len(self._cell)]
