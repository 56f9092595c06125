"""OpenKAT's objects: the export of its list, and the answers of Octopoes (docs/inventories.md).

Only the key of an object is read: it holds address, protocol and port, as in
``IPPort|internet|192.0.2.5|tcp|104``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from dosimeter.inventory.found import Finder, Found, Kind, Said
from dosimeter.inventory.tally import Why

_ADDRESSES: Final = ("IPAddressV4", "IPAddressV6")
_PORTS: Final = ("IPPort", "IPService")
_OPEN: Final = (None, "open", "open|filtered")
_ADDRESS_AT: Final = 2
_PROTOCOL_AT: Final = 3
_PORT_AT: Final = 4


def is_openkat(record: Mapping[str, object]) -> bool:
    """Whether a record is an object of OpenKAT, of whatever type."""
    return ("ooi_type" in record and "key" in record) or ("object_type" in record and "primary_key" in record)


def read_openkat(record: dict[str, object], line: int, finder: Finder) -> Iterator[Found]:
    """The endpoint of a port or a service, an address without a port; other objects name none."""
    kind = record.get("ooi_type") or record.get("object_type")
    key = record.get("key") or record.get("primary_key")
    parts = key.split("|", _PORT_AT + 2) if isinstance(key, str) else []
    if kind in _ADDRESSES:
        address = parts[_ADDRESS_AT] if len(parts) > _ADDRESS_AT else None
        found = finder.found(line, address, None, None, Said(Kind.OPENKAT))
    elif kind not in _PORTS:
        return
    elif len(parts) <= _PORT_AT:
        finder.leave_out(Why.NO_ADDRESS, line)
        return
    elif parts[_PROTOCOL_AT] != "tcp":
        finder.leave_out(Why.NOT_TCP, line)
        return
    elif record.get("state") not in _OPEN:
        finder.leave_out(Why.NOT_OPEN, line)
        return
    else:
        found = finder.found(line, parts[_ADDRESS_AT], parts[_PORT_AT], None, Said(Kind.OPENKAT))
    if found is not None:
        yield found
