"""The table of owners: which network is whose, whom to call. From a CSV file, or from the scope.

The most particular network that holds an address is its line: 10.1.2.0/24 goes before 10.1.0.0/16.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from dosimeter.enrich.problem import PlacesProblem, source_name
from dosimeter.model.owned import OWNER_KEYS, REQUIRED_OWNER_KEYS, OwnedNetwork, OwnerRefused, owned_network
from dosimeter.model.place import Country, DataSource, Operator, Owner, Place
from dosimeter.net.address import AddressRefused, canonical_network

LARGEST_TABLE: Final = 64 << 20
"""Bytes: half a million lines, more than there are networks of hospitals."""

_SEPARATORS: Final = ",;\t"
_BITS: Final = {4: 32, 6: 128}


class OwnerTable:
    """The lines of one source, found by the longest prefix."""

    def __init__(self, lines: Iterable[OwnedNetwork], source: DataSource) -> None:
        self.source = source
        self._lines: dict[tuple[int, int], dict[int, Place]] = {}
        for line in lines:
            network = line.network
            same_length = self._lines.setdefault((network.version, network.prefixlen), {})
            same_length[int(network.network_address)] = _place(line, source)
        lengths = sorted(self._lines, reverse=True)
        self._longest_first = {
            version: tuple(length for each, length in lengths if each == version) for version in _BITS
        }

    def place(self, address: str) -> Place | None:
        """What the table says of an address, None where no line holds it."""
        parsed = ip_address(address)
        version, number = parsed.version, int(parsed)
        for length in self._longest_first[version]:
            shift = _BITS[version] - length
            found = self._lines[version, length].get(number >> shift << shift)
            if found is not None:
                return found
        return None


def read_owner_table(path: Path) -> OwnerTable:
    """The table in a CSV file: UTF-8, parted by comma, semicolon or tab, the columns named in the first line.

    Its day is that on which the file was last changed.

    Raises:
        PlacesProblem: it cannot be read, or a line says what it may not; the line is named.
    """
    content, changed = _content(path)
    return OwnerTable(_lines(path, _decoded(path, content)), DataSource(source_name(path), changed))


def _content(path: Path) -> tuple[bytes, date]:
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_TABLE + 1)
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
    except FileNotFoundError:
        raise PlacesProblem(path, None, "there is no such file; check its path") from None
    except IsADirectoryError:
        raise PlacesProblem(path, None, "is a folder; name the table in it") from None
    except OSError as refused:
        raise PlacesProblem(
            path, None, f"cannot be read ({refused.strerror}); check its permissions"
        ) from None
    if len(content) > LARGEST_TABLE:
        raise PlacesProblem(
            path, None, f"is larger than {LARGEST_TABLE >> 20} MiB; leave out what is not asked"
        )
    return content, changed


def _decoded(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as refused:
        line = content.count(b"\n", 0, refused.start) + 1
        raise PlacesProblem(path, line, "is not UTF-8 text; save the table as CSV in UTF-8") from None


def _lines(path: Path, text: str) -> Iterator[OwnedNetwork]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        header = next((row for row in rows if not _is_before_header(row)), [])
        columns = _columns(path, max(1, rows.line_num), header)
        seen: dict[object, int] = {}
        for row in rows:
            if not any(map(str.strip, row)):
                continue
            line = _line(path, rows.line_num, columns, row)
            before = seen.setdefault(line.network, rows.line_num)
            if before != rows.line_num:
                says = f"{line.network} is in line {before} already; keep one of them"
                raise PlacesProblem(path, rows.line_num, says)
            yield line
    except csv.Error as refused:
        raise PlacesProblem(
            path, rows.line_num, f"is not CSV ({refused}); check its quotation marks"
        ) from None


def _separator(text: str) -> str:
    """The most frequent one of the first line that says something; Excel may name it in a line of its own."""
    lines = (line for line in io.StringIO(text, newline=None) if not _is_before_header([line]))
    return max(_SEPARATORS, key=next(lines, "").count)


def _is_before_header(row: list[str]) -> bool:
    """An empty line, or Excel's ``sep=;``, of which the separator may have parted it."""
    words = "".join(row).strip().strip('"').lower()
    return not words.strip(_SEPARATORS) or words.rstrip(_SEPARATORS) == "sep="


def _columns(path: Path, line: int, header: list[str]) -> tuple[str, ...]:
    """The names; a column without one, as Excel leaves them behind the others, must stay empty."""
    columns = tuple(each.strip().lower() for each in header)
    known = ", ".join(OWNER_KEYS)
    for column in columns:
        if column and column not in OWNER_KEYS:
            says = f"there is no column {column[:64]!a}; the first line names some of {known}"
            raise PlacesProblem(path, line, says)
        if column and columns.count(column) > 1:
            raise PlacesProblem(path, line, f"the column {column} is there twice; keep one of them")
    for column in REQUIRED_OWNER_KEYS:
        if column not in columns:
            raise PlacesProblem(
                path, line, f"the column {column} is missing; the first line names some of {known}"
            )
    return columns


def _line(path: Path, number: int, columns: tuple[str, ...], row: list[str]) -> OwnedNetwork:
    if any(map(str.strip, row[len(columns) :])):
        says = f"has {len(row)} values for {len(columns)} columns; use quotation marks around a separator"
        raise PlacesProblem(path, number, says)
    for at, (column, value) in enumerate(zip(columns, row, strict=False), start=1):
        if not column and value.strip():
            raise PlacesProblem(
                path, number, f"column {at} has a value and no name in the first line; name it"
            )
    words = dict(zip(columns, row, strict=False))
    try:
        return owned_network(canonical_network(words.get("network", "").strip()), words)
    except AddressRefused as refused:
        raise PlacesProblem(path, number, f"network {refused}") from None
    except OwnerRefused as refused:
        raise PlacesProblem(path, number, str(refused)) from None


def _place(line: OwnedNetwork, source: DataSource) -> Place:
    has_operator = line.asn is not None or line.operator is not None
    return Place(
        Country(line.country, source) if line.country is not None else None,
        Operator(line.asn, line.operator, source) if has_operator else None,
        Owner(line.organisation, line.sector, line.contact, source),
    )
