"""ZMap's JSON (``-O json``); its CSV is read with the other tables (docs/inventories.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from dosimeter.inventory.found import Finder, Found, Kind, Said, moment_of
from dosimeter.inventory.tally import Why

_OPEN: Final = ("", "synack")
_OF_HOST: Final = "echoreply"
_REFUSED: Final = (
    "rst",
    "unreach",
    "sourcequench",
    "redirect",
    "timxceed",
    "timexceed",
    "icmp",
    "port_",
    "other",
)
"""How the classifications begin that name an answer which is none, in all of ZMap's probe modules."""
_MOMENTS: Final = ("timestamp_str", "timestamp-str", "timestamp_ts", "timestamp-ts")
"""With a hyphen until ZMap 3."""
_FAILED: Final = (False, 0, "0", "false")


def zmap_refuses(classification: object, success: object) -> Why | None:
    """Why an answer is no open TCP port and no host that answered a ping, or None where it is one.

    ``classification`` is in small letters. The modules for UDP, DNS, NTP and others name themselves there.
    """
    word = classification if isinstance(classification, str) else ""
    if success in _FAILED or word.startswith(_REFUSED):
        return Why.NOT_OPEN
    return None if word in _OPEN or is_of_host(word) else Why.NOT_TCP


def is_of_host(classification: object) -> bool:
    """Whether it was a host that answered, to a ping, and none of its ports."""
    return classification == _OF_HOST


def is_zmap(record: Mapping[str, object]) -> bool:
    """Whether a record is an answer to ZMap."""
    return "saddr" in record


def read_zmap(record: dict[str, object], line: int, finder: Finder) -> Iterator[Found]:
    """The endpoint that answered; ``sport`` is its port, for it is the source of the answer."""
    classification = record.get("classification")
    why = zmap_refuses(classification, record.get("success"))
    if why is not None:
        finder.leave_out(why, line)
        return
    seen = moment_of(next(filter(None, map(record.get, _MOMENTS)), None))
    port = None if is_of_host(classification) else record.get("sport")
    found = finder.found(line, record["saddr"], port, None, Said(Kind.ZMAP, seen, seen))
    if found is not None:
        yield found
