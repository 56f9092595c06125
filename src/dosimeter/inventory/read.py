"""Reads an inventory of any known format, recognised by its content."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from dosimeter.inventory.csv_table import looks_like_table, read_csv
from dosimeter.inventory.nmap_xml import read_nmap
from dosimeter.inventory.plain import read_plain
from dosimeter.inventory.problem import InventoryProblem
from dosimeter.inventory.source import ByteSource, open_source
from dosimeter.model.target import Target

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_inventory(path: Path, standard_input: BinaryIO | None = None) -> Iterator[Target]:
    """The targets of a plain list, a CSV table or nmap XML, each gzip or not; ``-`` is standard input.

    The file is streamed: memory does not grow with its size. An inventory that names no target is
    a problem, because without targets a survey asks everything its scope allows.

    Raises:
        InventoryProblem: the inventory cannot be read to its end, or names no target.
    """
    found = False
    with open_source(path, standard_input) as source:
        for target in _reader(source):
            found = True
            yield target
        if not found:
            raise InventoryProblem(source.name, None, "names no target; write one a line, or leave it out")


def _reader(source: ByteSource) -> Iterator[Target]:
    head = source.head.removeprefix(_BYTE_ORDER_MARK).lstrip()
    if head.startswith(b"<"):
        return read_nmap(source)
    for line in head.decode("utf-8", "replace").splitlines():
        text = line.strip()
        if text and not text.startswith("#"):
            return read_csv(source) if looks_like_table(text) else read_plain(source)
    return read_plain(source)
