from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from dosimeter.inventory.tally import Why
from dosimeter.model.place import Sighting
from dosimeter.model.target import Service
from tests.unit.inventory.reading import left_out, places, read

HOST: dict[str, Any] = {
    "addr": "198.51.100.9",
    "schema_version": 21,
    "source": ["here"],
    "starttime": "2026-03-01 08:00:00",
    "endtime": "2026-03-01 08:05:00",
    "infos": {"country_code": "SK", "country_name": "Slovakia", "as_num": 64500, "as_name": "Example"},
    "hostnames": [{"name": "doe-john.example", "type": "PTR", "domains": ["example"]}],
    "ports": [
        {"port": -1, "scripts": [{"id": "smb-os-discovery", "output": "DOE^JOHN"}]},
        {
            "port": 104,
            "protocol": "tcp",
            "state_state": "open",
            "service_name": "dicom",
            "service_method": "probed",
            "scripts": [{"id": "dicom-ping", "output": "DOE^JOHN"}],
        },
        {
            "port": 2762,
            "protocol": "tcp",
            "state_state": "open",
            "service_name": "dicom",
            "service_method": "probed",
            "service_tunnel": "ssl",
        },
        {"port": 8080, "protocol": "tcp", "service_name": "http", "service_method": "table"},
        {"port": 22, "protocol": "tcp", "state_state": "closed"},
        {"port": 161, "protocol": "udp", "state_state": "open"},
    ],
}
FOUND = [
    ("198.51.100.9", 104, Service.DICOM),
    ("198.51.100.9", 2762, Service.DICOM_TLS),
    ("198.51.100.9", 8080, None),
]


def test_hosts_are_read_a_line_each_indented_or_in_an_array() -> None:
    """As IVRE prints them into a pipe, to a terminal, and as its web interface answers."""
    empty = {"addr": "198.51.100.10", "starttime": "2026-03-01 08:00:00"}
    contents = (
        json.dumps(HOST) + "\n" + json.dumps(empty) + "\n",
        json.dumps(HOST, indent=4) + "\n" + json.dumps(empty, indent=4) + "\n",
        json.dumps([HOST, empty]),
    )
    for content in contents:
        assert places(content) == [*FOUND, ("198.51.100.10", None, None)]
        assert left_out(content) == {Why.NOT_TCP: 1, Why.NOT_OPEN: 1}


def test_begin_end_and_place_of_a_host_are_kept() -> None:
    """And no name, script or city of it."""
    found, _ = read(json.dumps(HOST))
    assert found[0].sighting == Sighting(
        "198.51.100.9",
        104,
        ("ivre",),
        datetime(2026, 3, 1, 8, tzinfo=UTC),
        datetime(2026, 3, 1, 8, 5, tzinfo=UTC),
        "SK",
        64500,
        "Example",
    )
    assert "DOE" not in repr(found)
    assert "doe" not in repr(found)
