"""Shodan's banners: ``shodan download``, and the answers of its API (docs/inventories.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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


def is_shodan(record: Mapping[str, object]) -> bool:
    """Whether a record is a banner, or a host with its banners."""
    return "ip_str" in record and ("port" in record or "data" in record or "ports" in record)


def read_shodan(record: dict[str, object], line: int, finder: Finder) -> Iterator[Found]:
    """The endpoint of a banner; of a host, the endpoints of its banners, or else of its list of ports."""
    banners = parts_of(record, "data") if "port" not in record else [record]
    if not banners:  # As asked for with minify=true: no banners, and no word of the transport.
        banners = [{"port": port} for port in parts_of(record, "ports")]
    for banner in banners:
        if not isinstance(banner, dict):
            finder.leave_out(Why.NO_OBJECT, line)
        elif banner.get("transport") not in (None, "tcp"):
            finder.leave_out(Why.NOT_TCP, line)
        else:
            found = finder.found(
                line, record["ip_str"], banner.get("port") or 0, _service_of(banner), _said(banner, record)
            )
            if found is not None:
                yield found


def is_internetdb(record: Mapping[str, object]) -> bool:
    """Whether a record is an answer of internetdb.shodan.io: an address and the numbers of its ports."""
    ports = record.get("ports")
    return "ip" in record and isinstance(ports, list) and not any(isinstance(port, dict) for port in ports)


def read_internetdb(record: dict[str, object], line: int, finder: Finder) -> Iterator[Found]:
    """The endpoints of an address; it says neither when nor what was seen there."""
    for port in parts_of(record, "ports"):
        found = finder.found(line, record["ip"], port or 0, None, Said(Kind.SHODAN))
        if found is not None:
            yield found


def _said(banner: dict[str, object], host: dict[str, object]) -> Said:
    seen = moment_of(banner.get("timestamp") or host.get("last_update"))
    country = country_of(part_of(banner, "location").get("country_code"))
    return Said(
        Kind.SHODAN,
        seen,
        seen,
        country or country_of(host.get("country_code")),
        as_number_of(banner.get("asn") or host.get("asn")),
        operator_of(banner.get("org") or banner.get("isp") or host.get("org") or host.get("isp")),
    )


def _service_of(banner: dict[str, object]) -> Service | None:
    """What answered Shodan: an HTTP answer that it took apart, or DICOM that it asked for by name."""
    service = None
    if isinstance(banner.get("http"), dict):
        service = Service.WEB
    elif part_of(banner, "_shodan").get("module") == "dicom":
        service = Service.DICOM
    return inside_tls(service) if isinstance(banner.get("ssl"), dict) else service
