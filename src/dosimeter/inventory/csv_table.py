"""A CSV table whose first line names its columns: masscan, zmap, Shodan and spreadsheets write these."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Final

from dosimeter.inventory.entry import parse_host, parse_port, parse_service
from dosimeter.inventory.problem import InventoryProblem
from dosimeter.inventory.source import ByteSource
from dosimeter.model.target import Target

_HOST_COLUMNS: Final = ("ip", "ip_str", "address", "ip_address", "saddr", "host", "hostname", "name")
_PORT_COLUMNS: Final = ("port", "portid", "dport", "sport")
_SERVICE_COLUMNS: Final = ("service",)
_DELIMITERS: Final = ",;\t"


def looks_like_table(first_line: str) -> bool:
    """Whether a line is the header of a table with a column of hosts."""
    return _column(_header(first_line), _HOST_COLUMNS) is not None


def read_csv(source: ByteSource) -> Iterator[Target]:
    """The targets of a table; every column but host, port and service is dropped.

    Raises:
        InventoryProblem: a row has no host, or a cell is not what its column says.
    """
    numbered = _content_lines(source)
    first_number, first = next(numbered)
    columns = _header(first)
    host_at = _column(columns, _HOST_COLUMNS)
    port_at = _column(columns, _PORT_COLUMNS)
    service_at = _column(columns, _SERVICE_COLUMNS)
    if host_at is None:
        raise InventoryProblem(source.name, first_number, "no column is named ip, address or host; name one")
    number = first_number

    def texts() -> Iterator[str]:
        nonlocal number
        for number, line in numbered:  # noqa: B007 - the number is for messages about the row
            yield line

    rows = csv.reader(texts(), delimiter=_delimiter(first))
    while True:
        try:
            row = next(rows, None)
        except csv.Error:
            says = "the row cannot be read as CSV (an open quotation mark?); correct it"
            raise InventoryProblem(source.name, number, says) from None
        if row is None:
            return
        if not any(map(str.strip, row)):
            continue
        port = _cell(row, port_at)
        yield Target(
            host=parse_host(_cell(row, host_at), source.name, number),
            port=parse_port(port, source.name, number) if port else None,
            service=parse_service(_cell(row, service_at)),
            source=f"{source.name}:{number}",
        )


def _content_lines(source: ByteSource) -> Iterator[tuple[int, str]]:
    """The lines without comments and empty lines before the header."""
    begun = False
    for number, line in source.lines():
        begun = begun or bool(line.strip() and not line.lstrip().startswith("#"))
        if begun:
            yield number, line


def _header(line: str) -> list[str]:
    cells = line.strip().split(_delimiter(line))
    return [cell.strip().strip('"').strip().lower().replace(" ", "_") for cell in cells]


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _column(columns: list[str], known: tuple[str, ...]) -> int | None:
    return next((columns.index(name) for name in known if name in columns), None)


def _cell(row: list[str], index: int | None) -> str:
    return row[index].strip() if index is not None and index < len(row) else ""
