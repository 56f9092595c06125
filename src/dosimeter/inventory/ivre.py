"""IVRE's hosts: ``ivre scancli --json`` and ``ivre view --json`` (docs/inventories.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dosimeter.inventory.entry import parse_service
from dosimeter.inventory.found import (
    Finder,
    Found,
    Kind,
    Said,
    as_number_of,
    country_of,
    inside_tls,
    moment_of,
    operator_of,
    part_of,
    parts_of,
)
from dosimeter.inventory.tally import Why
from dosimeter.model.target import Service

WHOLE_HOST = -1
"""The port IVRE gives to what it knows of a host and of none of its ports."""


def is_ivre(record: Mapping[str, object]) -> bool:
    """Whether a record is a host."""
    return "addr" in record and ("ports" in record or "schema_version" in record or "starttime" in record)


def read_ivre(record: dict[str, object], line: int, finder: Finder) -> Iterator[Found]:
    """The open TCP ports of a host; a host whose ports were not scanned gives one entry without a port."""
    said = _said(record)
    if "ports" not in record:
        found = finder.found(line, record["addr"], None, None, said)
        if found is not None:
            yield found
    for port in parts_of(record, "ports"):
        if not isinstance(port, dict):
            finder.leave_out(Why.NO_OBJECT, line)
        elif port.get("port") == WHOLE_HOST:
            continue
        elif port.get("protocol", "tcp") != "tcp":
            finder.leave_out(Why.NOT_TCP, line)
        elif port.get("state_state", "open") not in ("open", "open|filtered"):
            finder.leave_out(Why.NOT_OPEN, line)
        else:
            found = finder.found(line, record["addr"], port.get("port") or 0, _service_of(port), said)
            if found is not None:
                yield found


def _said(host: dict[str, object]) -> Said:
    infos = part_of(host, "infos")
    return Said(
        Kind.IVRE,
        moment_of(host.get("starttime")),
        moment_of(host.get("endtime")) or moment_of(host.get("starttime")),
        country_of(infos.get("country_code")),
        as_number_of(infos.get("as_num")),
        operator_of(infos.get("as_name")),
    )


def _service_of(port: dict[str, object]) -> Service | None:
    """What nmap saw a port speak, as IVRE keeps it; a name from nmap's table of ports says nothing."""
    name = port.get("service_name")
    if port.get("service_method") != "probed" or not isinstance(name, str):
        return None
    service = parse_service(name)
    return inside_tls(service) if port.get("service_tunnel") == "ssl" else service
