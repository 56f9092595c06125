"""ZMap's JSON (``-O json``); its CSV is read with the other tables (docs/inventories.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from dosimeter.inventory.found import Finder, Found, Kind, Said, moment_of
from dosimeter.inventory.tally import Why

_OPEN: Final = (None, "synack")


def is_zmap(record: Mapping[str, object]) -> bool:
    """Whether a record is an answer to ZMap."""
    return "saddr" in record


def read_zmap(record: dict[str, object], line: int, finder: Finder) -> Iterator[Found]:
    """The endpoint that answered; ``sport`` is its port, for it is the source of the answer."""
    if record.get("classification") not in _OPEN or record.get("success") in (0, "0"):
        finder.leave_out(Why.NOT_OPEN, line)
        return
    seen = moment_of(record.get("timestamp_str") or record.get("timestamp_ts"))
    said = Said(Kind.ZMAP, seen, seen)
    found = finder.found(line, record["saddr"], record.get("sport"), None, said)
    if found is not None:
        yield found
