from __future__ import annotations

import json

from dosimeter.inventory.tally import Why
from dosimeter.model.place import Sighting
from tests.unit.inventory.reading import left_out, places, read

EXPORT = [
    {"observed_at": "2026-03-01 08:00:00+00:00", "filters": "['IPPort']"},
    {"key": "Network|internet", "name": "internet", "ooi_type": "Network"},
    {"key": "IPAddressV4|internet|192.0.2.5", "name": "192.0.2.5", "ooi_type": "IPAddressV4"},
    {"key": "IPAddressV6|internet|2001:db8::5", "name": "2001:db8::5", "ooi_type": "IPAddressV6"},
    {"key": "IPPort|internet|192.0.2.5|tcp|104", "name": "192.0.2.5:104/tcp", "ooi_type": "IPPort"},
    {"key": "IPPort|internet|192.0.2.5|udp|161", "name": "192.0.2.5:161/udp", "ooi_type": "IPPort"},
    {"key": "IPPort|internet|192.0.2.5|tcp|x", "name": "DOE^JOHN", "ooi_type": "IPPort"},
    {"key": "IPPort|internet", "name": "DOE^JOHN", "ooi_type": "IPPort"},
    {
        "key": "IPService|internet|192.0.2.5|tcp|104|dicom",
        "name": "dicom://192.0.2.5",
        "ooi_type": "IPService",
    },
    {"key": "Hostname|internet|doe-john.example", "name": "doe-john.example", "ooi_type": "Hostname"},
]


def test_the_export_of_objects_gives_its_addresses_and_ports() -> None:
    """From the key of each object; other objects name no endpoint and are no fault."""
    content = json.dumps(EXPORT)
    assert places(content) == [
        ("192.0.2.5", None, None),
        ("2001:db8::5", None, None),
        ("192.0.2.5", 104, None),
        ("192.0.2.5", 104, None),
    ]
    assert left_out(content) == {Why.NO_ADDRESS: 1, Why.NO_PORT: 1, Why.NOT_TCP: 1}
    found, _ = read(content)
    assert found[2].sighting == Sighting("192.0.2.5", 104, ("openkat",))
    assert "doe" not in repr(found).lower()


def test_the_objects_of_octopoes_are_read_with_their_state() -> None:
    """Its interface lists whole objects below items."""
    ports = [
        {
            "object_type": "IPPort",
            "primary_key": f"IPPort|internet|192.0.2.5|tcp|{port}",
            "scan_profile": {"level": 2},
            "address": "IPAddressV4|internet|192.0.2.5",
            "protocol": "tcp",
            "port": port,
            "state": state,
        }
        for port, state in ((104, "open"), (22, "closed"))
    ]
    content = json.dumps({"count": 2, "items": ports})
    assert places(content) == [("192.0.2.5", 104, None)]
    assert left_out(content) == {Why.NOT_OPEN: 1}
