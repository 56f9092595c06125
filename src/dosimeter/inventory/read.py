"""Reads an inventory of any known format, recognised by its content."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from dosimeter.inventory.csv_rows import is_separator_line
from dosimeter.inventory.csv_table import looks_like_table, read_csv
from dosimeter.inventory.found import Found
from dosimeter.inventory.json_records import looks_like_json, read_json
from dosimeter.inventory.masscan import looks_like_list, read_list
from dosimeter.inventory.nmap_xml import read_nmap
from dosimeter.inventory.plain import read_plain
from dosimeter.inventory.problem import InventoryProblem
from dosimeter.inventory.source import STANDARD_INPUT, ByteSource, open_source
from dosimeter.inventory.tally import Tally

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def tally_for(path: Path) -> Tally:
    """An empty tally for a file; ``-`` is standard input."""
    return Tally(STANDARD_INPUT if str(path) == "-" else str(path))


def read_inventory(
    path: Path, tally: Tally | None = None, standard_input: BinaryIO | None = None
) -> Iterator[Found]:
    """The entries of an inventory, gzip or not; ``-`` is standard input.

    The file is streamed, once: memory does not grow with its size. What a tool wrote and is no target is
    counted in ``tally``. An inventory that names no target and leaves none out is a problem, because
    without targets a survey asks everything its scope allows.

    Raises:
        InventoryProblem: the inventory cannot be read to its end, or names no target.
    """
    tally = tally_for(path) if tally is None else tally
    named = False
    with open_source(path, standard_input) as source:
        for found in _reader(source, tally):
            named = True
            yield found
        if not named and not tally.total:
            raise InventoryProblem(source.name, None, "names no target; write one a line, or leave it out")


def _reader(source: ByteSource, tally: Tally) -> Iterator[Found]:
    head = source.head.removeprefix(_BYTE_ORDER_MARK).lstrip()
    if head.startswith(b"<"):
        return read_nmap(source, tally)
    if looks_like_json(head):
        return read_json(source, tally)
    for line in head.decode("utf-8", "replace").splitlines():
        text = line.strip()
        if text == "#masscan":
            return read_list(source, tally)
        if text and not text.startswith("#") and not is_separator_line(text):
            if looks_like_list(text):
                return read_list(source, tally)
            return read_csv(source, tally) if looks_like_table(text) else read_plain(source)
    return read_plain(source)
