"""masscan's JSON (``-oJ``) and list (``-oL``); its XML is nmap's (docs/inventories.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from dosimeter.inventory.entry import parse_service
from dosimeter.inventory.found import Finder, Found, Kind, Said, moment_of, part_of, parts_of
from dosimeter.inventory.source import ByteSource
from dosimeter.inventory.tally import Tally, Why

LONGEST_LINE: Final = 64 << 10
"""Bytes of a line of the list; masscan cuts banners at 4 KiB."""
_WORDS: Final = (b"open", b"closed", b"banner")
_FIELDS: Final = 5


def is_masscan(record: Mapping[str, object]) -> bool:
    """Whether a record is an address with ports as masscan writes it, or with one as ``-oD`` does."""
    return "ip" in record and (isinstance(record.get("ports"), list) or "rec_type" in record)


def read_masscan(record: dict[str, object], line: int, finder: Finder) -> Iterator[Found]:
    """The open TCP ports of a record; of a banner the name of its service, and no text."""
    seen = moment_of(record.get("timestamp"))
    for port in parts_of(record, "ports") if "rec_type" not in record else [_flat(record)]:
        if not isinstance(port, dict):
            finder.leave_out(Why.NO_OBJECT, line)
        elif port.get("proto", "tcp") != "tcp":
            finder.leave_out(Why.NOT_TCP, line)
        elif port.get("status", "open") != "open":
            finder.leave_out(Why.NOT_OPEN, line)
        else:
            name = part_of(port, "service").get("name")
            service = parse_service(name) if isinstance(name, str) else None
            said = Said(Kind.MASSCAN, seen, seen)
            found = finder.found(line, record["ip"], port.get("port") or 0, service, said)
            if found is not None:
                yield found


def _flat(record: dict[str, object]) -> dict[str, object]:
    """The port of a record of ``-oD`` as ``-oJ`` has it."""
    data = part_of(record, "data")
    return {
        "port": record.get("port"),
        "proto": record.get("proto", "tcp"),
        "status": data.get("status", "open"),
        "service": {"name": data.get("service_name")},
    }


def looks_like_list(first_line: str) -> bool:
    """Whether a line is ``open tcp PORT ADDRESS TIME``, or a banner as masscan writes it."""
    words = first_line.encode("utf-8", "replace").split()
    return len(words) >= _FIELDS and words[0] in _WORDS and words[1] in (b"tcp", b"udp", b"sctp", b"icmp")


def read_list(source: ByteSource, tally: Tally) -> Iterator[Found]:
    """The open TCP ports of masscan's list."""
    finder = Finder(source.name, tally)
    for number, raw in source.raw_lines(LONGEST_LINE):
        if raw is None:
            tally.leave_out(Why.TOO_LONG, number)
            continue
        fields = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").split(None, 6)
        if not fields or fields[0].startswith("#"):
            continue
        if len(fields) < _FIELDS or fields[0].encode() not in _WORDS:
            tally.leave_out(Why.UNKNOWN_SHAPE, number)
        elif fields[1] != "tcp":
            tally.leave_out(Why.NOT_TCP, number)
        elif fields[0] == "closed":
            tally.leave_out(Why.NOT_OPEN, number)
        else:
            yield from _listed(fields, number, finder)


def _listed(fields: list[str], number: int, finder: Finder) -> Iterator[Found]:
    word, _, port, address, time, *rest = fields
    seen = moment_of(time)
    service = parse_service(rest[0]) if word == "banner" and rest else None
    found = finder.found(number, address, port, service, Said(Kind.MASSCAN, seen, seen))
    if found is not None:
        yield found
