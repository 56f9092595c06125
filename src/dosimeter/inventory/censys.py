"""Censys' hosts: the old search and its API, and the Platform's, as JSON (docs/inventories.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

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

_TCP: Final = (None, "tcp", "transport_protocol_tcp")
_SERVICES_KEYS: Final = ("services", "matched_services")
_SERVICES: Final = {
    "dicom": Service.DICOM,
    "http": Service.WEB,
    "https": Service.WEB_TLS,
}


def is_censys(record: Mapping[str, object]) -> bool:
    """Whether a record is a host with its services, of which there may be none."""
    return "ip" in record and any(isinstance(record.get(key), list) for key in _SERVICES_KEYS)


def read_censys(record: dict[str, object], line: int, finder: Finder) -> Iterator[Found]:
    """The endpoints of a host."""
    for service in parts_of(record, "services") or parts_of(record, "matched_services"):
        if not isinstance(service, dict):
            finder.leave_out(Why.NO_OBJECT, line)
        elif _word(service.get("transport_protocol")) not in _TCP:
            finder.leave_out(Why.NOT_TCP, line)
        else:
            found = finder.found(
                line, record["ip"], service.get("port") or 0, _service_of(service), _said(service, record)
            )
            if found is not None:
                yield found


def _said(service: dict[str, object], host: dict[str, object]) -> Said:
    seen = moment_of(service.get("scan_time") or service.get("observed_at") or host.get("last_updated_at"))
    network = part_of(host, "autonomous_system")
    return Said(
        Kind.CENSYS,
        seen,
        seen,
        country_of(part_of(host, "location").get("country_code")),
        as_number_of(network.get("asn")),
        operator_of(network.get("name")),
    )


def _service_of(service: dict[str, object]) -> Service | None:
    """What answered Censys: ``service_name`` in the old search, ``protocol`` in the Platform."""
    extended = _SERVICES.get(_word(service.get("extended_service_name")) or "")
    if extended is Service.WEB_TLS:
        return extended
    named = _SERVICES.get(_word(service.get("service_name") or service.get("protocol")) or "", extended)
    return inside_tls(named) if isinstance(service.get("tls"), dict) else named


def _word(value: object) -> str | None:
    return value.lower() if isinstance(value, str) else None
