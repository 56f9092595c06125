"""A CSV table: of ZMap, Shodan, masscan, IVRE or a spreadsheet, known by the names of its columns.

A table without a header is read too where its rows are an address and a port.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Final

from dosimeter.inventory.csv_rows import cells_of, is_separator_line, read_rows
from dosimeter.inventory.entry import parse_host, parse_port, parse_service
from dosimeter.inventory.found import (
    Found,
    Kind,
    Said,
    address_of,
    as_number_of,
    country_of,
    moment_of,
    operator_of,
)
from dosimeter.inventory.problem import InventoryProblem
from dosimeter.inventory.source import ByteSource
from dosimeter.inventory.tally import Tally, Why
from dosimeter.inventory.zmap import is_of_host, zmap_refuses
from dosimeter.model.place import Sighting
from dosimeter.model.target import Service, Target

LONGEST_ROW: Final = 8 << 20
"""Bytes of a line of a table: Shodan's tables have columns of banners and of web pages."""
_HOST: Final = ("ip_str", "saddr", "ip", "address", "ip_address", "host", "hostname", "name")
"""Shodan's tables have the address as a number too, under ``ip``."""
_PORT: Final = ("port", "portid", "dport", "sport")
_ZMAP_PORT: Final = ("sport", "port")
"""ZMap writes down an answer: its source is the host, and its destination is the scanner."""
_SERVICE: Final = ("service",)
_TRANSPORT: Final = ("transport", "transport_protocol", "protocol", "proto")
_STATE: Final = ("state", "status", "classification")
_SUCCESS: Final = ("success",)
_FIRST: Final = ("first_seen", "starttime")
_LAST: Final = ("last_seen", "timestamp", "timestamp_str", "timestamp_ts", "endtime", "last_updated_at")
_COUNTRY: Final = ("country_code", "location.country_code", "country")
_ASN: Final = ("asn", "as_num", "autonomous_system.asn")
_OPERATOR: Final = ("operator", "as_name", "org", "isp", "autonomous_system.name")
_NOT_TCP: Final = frozenset({"udp", "sctp", "icmp", "quic"})
_NOT_OPEN: Final = frozenset({"closed", "filtered", "rst", "icmp", "down", "icmp-unreach"})
_DELIMITERS: Final = ",;\t"
_PAIR: Final = 2


def looks_like_table(first_line: str) -> bool:
    """Whether a line is the header of a table with a column of hosts, or an address and a port."""
    return _column(_header(first_line), _HOST) is not None or _is_pair(first_line)


class _Columns:
    """Where the columns of a table stand."""

    def __init__(self, names: list[str], host_at: int) -> None:
        self.host = host_at
        is_zmap = names[host_at] == "saddr"
        shodan = names[host_at] == "ip_str"
        self.kind = Kind.ZMAP if is_zmap else Kind.SHODAN if shodan else Kind.CSV
        self.port = _column(names, _ZMAP_PORT if is_zmap else _PORT)
        self.service = _column(names, _SERVICE)
        self.transport = _column(names, _TRANSPORT)
        self.state = _column(names, _STATE)
        self.success = _column(names, _SUCCESS)
        self._first = _column(names, _FIRST)
        self._last = _column(names, _LAST)
        self._country = _column(names, _COUNTRY)
        self._asn = _column(names, _ASN)
        self._operator = _column(names, _OPERATOR)

    @property
    def width(self) -> int:
        """How many cells of a row have to be read."""
        return 1 + max(at for at in vars(self).values() if isinstance(at, int))

    def said(self, row: list[str]) -> Said:
        """What a row says of its host."""
        first = moment_of(_cell(row, self._first))
        last = moment_of(_cell(row, self._last))
        return Said(
            self.kind,
            first or last,
            last or first,
            country_of(_cell(row, self._country)),
            as_number_of(_cell(row, self._asn)),
            operator_of(_cell(row, self._operator)),
        )


def read_csv(source: ByteSource, tally: Tally) -> Iterator[Found]:
    """The entries of a table; all columns but those named above are dropped.

    Raises:
        InventoryProblem: a line is not UTF-8 or has more than 8 MiB, or a quotation mark stays open.
    """
    numbered = _content_lines(source)
    first_number, first = next(numbered)
    columns = _columns(source.name, first_number, first)
    if _is_pair(first):
        numbered = chain([(first_number, first)], numbered)
    for number, row in read_rows(source.name, numbered, _delimiter(first), columns.width):
        found = _found(row, columns, tally, number) if any(map(str.strip, row)) else None
        if found is not None:
            yield found


def _found(row: list[str], columns: _Columns, tally: Tally, number: int) -> Found | None:
    why = _why_not(row, columns)
    if why is not None:
        tally.leave_out(why, number)
        return None
    target = _target(row, columns, tally, number)
    if target is None:
        return None
    address = address_of(target.host)
    if address is None:
        return Found(target)
    said = columns.said(row)
    seen = Sighting(address, target.port, (said.kind.value,), said.first_seen, said.last_seen)
    return Found(target, replace(seen, country=said.country, asn=said.asn, operator=said.operator))


def _why_not(row: list[str], columns: _Columns) -> Why | None:
    """Why what a row saw is no open TCP port, or None where it is one."""
    state = _cell(row, columns.state).lower()
    if columns.kind is Kind.ZMAP:
        return zmap_refuses(state, _cell(row, columns.success).lower())
    if _cell(row, columns.transport).lower() in _NOT_TCP:
        return Why.NOT_TCP
    return Why.NOT_OPEN if state in _NOT_OPEN else None


def _target(row: list[str], columns: _Columns, tally: Tally, number: int) -> Target | None:
    try:
        host = parse_host(_cell(row, columns.host), tally.file, number)
    except InventoryProblem:
        tally.leave_out(Why.NO_ADDRESS, number)
        return None
    pinged = columns.kind is Kind.ZMAP and is_of_host(_cell(row, columns.state).lower())
    text = "" if pinged else _cell(row, columns.port)
    try:
        port = parse_port(text, tally.file, number) if text else None
    except InventoryProblem:
        tally.leave_out(Why.NO_PORT, number)
        return None
    service: Service | None = parse_service(_cell(row, columns.service))
    return Target(host, port, service, f"{tally.file}:{number}", scanned=True)


def _columns(name: str, number: int, first: str) -> _Columns:
    names = ["ip", "port"] if _is_pair(first) else _header(first)
    host_at = _column(names, _HOST)
    if host_at is None:
        raise InventoryProblem(name, number, "no column is named ip, address or host; name one")
    return _Columns(names, host_at)


def _is_pair(line: str) -> bool:
    """Whether a line is an address and a port, as ZMap writes them without a header."""
    cells = [cell.strip().strip('"') for cell in line.strip().split(",")]
    return (
        len(cells) == _PAIR
        and address_of(cells[0]) is not None
        and cells[1].isascii()
        and cells[1].isdecimal()
    )


def _content_lines(source: ByteSource) -> Iterator[tuple[int, str]]:
    """The lines without what stands before the header: comments, empty lines, Excel's separator."""
    begun = False
    for number, line in source.lines(LONGEST_ROW, is_printable=False):
        text = line.strip()
        begun = begun or bool(text and not text.startswith("#") and not is_separator_line(text))
        if begun:
            yield number, line


def _header(line: str) -> list[str]:
    cells = cells_of(line.strip(), _delimiter(line))
    return [cell.strip().strip('"').strip().lower().replace(" ", "_").replace("-", "_") for cell in cells]


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _column(columns: list[str], known: tuple[str, ...]) -> int | None:
    return next((columns.index(name) for name in known if name in columns), None)


def _cell(row: list[str], index: int | None) -> str:
    return row[index].strip() if index is not None and index < len(row) else ""
