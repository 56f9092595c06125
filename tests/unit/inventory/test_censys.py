from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from dosimeter.inventory.problem import InventoryProblem
from dosimeter.inventory.tally import Why
from dosimeter.model.place import Sighting
from dosimeter.model.target import Service
from tests.unit.inventory.reading import left_out, places, read

NETWORK = {"asn": 64500, "name": "EXAMPLE-AS", "bgp_prefix": "198.51.100.0/24", "country_code": "US"}
LEGACY: dict[str, Any] = {
    "ip": "198.51.100.7",
    "services": [
        {"port": 104, "service_name": "DICOM", "extended_service_name": "DICOM", "transport_protocol": "TCP"},
        {"port": 443, "service_name": "HTTP", "extended_service_name": "HTTPS", "banner": "DOE^JOHN"},
        {"port": 8042, "service_name": "HTTP", "extended_service_name": "HTTP"},
        {"port": 11112, "service_name": "UNKNOWN", "transport_protocol": "TCP"},
        {"port": 161, "service_name": "SNMP", "transport_protocol": "UDP"},
    ],
    "location": {"country": "France", "country_code": "FR"},
    "autonomous_system": NETWORK,
    "last_updated_at": "2024-05-01T10:11:12.345Z",
    "dns": {"reverse_dns": {"names": ["doe-john.example"]}},
}
PLATFORM: dict[str, Any] = {
    "host_v1": {
        "resource": {
            "ip": "198.51.100.7",
            "services": [
                {
                    "port": 104,
                    "protocol": "DICOM",
                    "transport_protocol": "tcp",
                    "scan_time": "2026-02-03T04:05:06Z",
                    "banner": "DOE^JOHN",
                },
                {"port": 2762, "protocol": "DICOM", "transport_protocol": "tcp", "tls": {"version": "1.2"}},
                {"port": 443, "protocol": "HTTP", "transport_protocol": "quic"},
            ],
            "location": {"country_code": "FR"},
            "autonomous_system": NETWORK,
        },
        "extensions": {},
    }
}
OF_LEGACY = [
    ("198.51.100.7", 104, Service.DICOM),
    ("198.51.100.7", 443, Service.WEB_TLS),
    ("198.51.100.7", 8042, Service.WEB),
    ("198.51.100.7", 11112, None),
]
OF_PLATFORM = [("198.51.100.7", 104, Service.DICOM), ("198.51.100.7", 2762, Service.DICOM_TLS)]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda host: host,
        lambda host: [host],
        lambda host: {"code": 200, "status": "OK", "result": host},
        lambda host: {
            "code": 200,
            "result": {
                "query": "services.service_name: DICOM",
                "total": 1,
                "hits": [host],
                "links": {"next": "x"},
            },
        },
    ],
    ids=["host", "array", "view", "search"],
)
def test_a_host_is_read_whatever_is_around_it(wrap: Callable[[object], object], indent: int | None) -> None:
    """A line, an array, and the answers of both interfaces, on one line or on many."""
    assert places(json.dumps(wrap(LEGACY), indent=indent)) == OF_LEGACY
    assert places(json.dumps(wrap(PLATFORM), indent=indent)) == OF_PLATFORM


def test_where_and_when_come_from_the_host_and_its_service() -> None:
    """The country is the host's, not that of the network's owner."""
    seen = datetime(2024, 5, 1, 10, 11, 12, tzinfo=UTC)
    found, tally = read(json.dumps(LEGACY))
    assert found[0].sighting == Sighting(
        "198.51.100.7", 104, ("censys",), seen, seen, "FR", 64500, "EXAMPLE-AS"
    )
    assert tally.count(Why.NOT_TCP) == 1
    [first, _], _ = read(json.dumps(PLATFORM))
    assert first.sighting is not None
    assert first.sighting.last_seen == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert "DOE" not in repr(found) + repr(first)


def test_other_assets_than_hosts_are_counted() -> None:
    """The Platform also finds certificates and web sites."""
    assert left_out(json.dumps([PLATFORM, {"certificate_v1": {"resource": {}}}])) == {
        Why.NOT_TCP: 1,
        Why.UNKNOWN_SHAPE: 1,
    }


@pytest.mark.parametrize("key", ["services", "matched_services"])
def test_a_host_without_services_is_no_unknown_record(key: str) -> None:
    """Look-ups find many of them; there is nothing to ask and nothing to say."""
    assert left_out(json.dumps([{"ip": "198.51.100.9", key: []}, LEGACY])) == {Why.NOT_TCP: 1}
    with pytest.raises(InventoryProblem, match="names no target"):
        read(json.dumps({"ip": "198.51.100.9", key: []}))
