from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dosimeter.inventory.problem import InventoryProblem
from dosimeter.inventory.tally import Why
from dosimeter.model.place import Sighting
from dosimeter.model.target import Service
from tests.unit.inventory.reading import left_out, places, read

OPEN = (
    '{   "ip": "192.0.2.5",   "timestamp": "1772323200", "ports": [ {"port": 104, "proto": "tcp", '
    '"status": "open", "reason": "syn-ack", "ttl": 48} ] }'
)
BANNER = (
    '{   "ip": "192.0.2.5",   "timestamp": "1772323260", "ports": [ {"port": 8042, "proto": "tcp", '
    '"service": {"name": "http", "banner": "DOE^JOHN"} } ] }'
)
CLOSED = OPEN.replace('"open"', '"closed"')
UDP = OPEN.replace('"tcp"', '"udp"')
FOUND = [("192.0.2.5", 104, None), ("192.0.2.5", 8042, Service.WEB)]
SEEN = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "content",
    [
        f"[\n{OPEN}\n,\n{BANNER}\n]\n",
        f"[{OPEN},{BANNER}]",
        f"[\n{OPEN},\n{BANNER},\n]\n",
        f"[\n{OPEN},\n{BANNER},\n{{finished: 1}}\n]\n",
        f"{OPEN},\n{BANNER},\n{{finished: 1}}\n",
        f"{OPEN}\n{BANNER}\n",
    ],
    ids=["today", "dense", "trailing-comma", "finished", "without-brackets", "ndjson"],
)
def test_every_json_that_masscan_wrote_over_the_years_is_read(content: str) -> None:
    """With a comma too many, without brackets, and with a last record that is not JSON."""
    found, tally = read(content)
    assert [(one.target.host, one.target.port, one.target.service) for one in found] == FOUND
    assert found[0].sighting == Sighting("192.0.2.5", 104, ("masscan",), SEEN, SEEN)
    assert tally.total == 0
    assert "DOE" not in repr(found)


def test_closed_ports_and_other_protocols_are_counted() -> None:
    """Masscan writes them down when it is asked to."""
    assert left_out(f"[\n{CLOSED}\n,\n{UDP}\n,\n{OPEN}\n]") == {Why.NOT_TCP: 1, Why.NOT_OPEN: 1}


def test_json_that_ends_in_the_middle_is_refused() -> None:
    """A scan that was killed is not taken for a whole one; the byte is named."""
    for content in (f"[\n{OPEN}\n,\n", f"[\n{OPEN}\n,\n{BANNER[:60]}", f"{OPEN}\n{BANNER[:60]}"):
        with pytest.raises(InventoryProblem, match=rf"ends in the middle, after byte {len(content)};"):
            read(content)


def test_the_list_is_read_and_its_banners_are_dropped() -> None:
    """Word, protocol, port, address and time; of a banner the name of the service."""
    content = (
        "#masscan\nopen tcp 104 192.0.2.5 1772323200\nbanner tcp 8042 192.0.2.5 1772323260 http DOE^JOHN x\n"
        "open udp 161 192.0.2.5 1772323200\nclosed tcp 22 192.0.2.5 1772323200\nopen tcp 0 192.0.2.5 1\n"
        "open tcp 104 somewhere 1\nrubbish\n" + "banner tcp 80 192.0.2.6 1 http " + "x" * 70_000 + "\n# end\n"
    )
    found, tally = read(content)
    assert [(one.target.host, one.target.port, one.target.service) for one in found] == FOUND
    assert found[0].sighting == Sighting("192.0.2.5", 104, ("masscan",), SEEN, SEEN)
    assert tally.total == 6
    assert left_out(content)[Why.TOO_LONG] == 1
    assert "DOE" not in repr(found)
    assert places("open tcp 104 192.0.2.5 1772323200\n") == FOUND[:1]


def test_a_record_of_one_port_is_read() -> None:
    """As ``-oD`` writes it; of a banner the name of the service."""
    record = '{"ip":"192.0.2.5","timestamp":"1772323200","port":%s,"proto":"%s","rec_type":"%s","data":%s}\n'
    content = "".join(
        [
            record % (104, "tcp", "status", '{"status":"open","reason":"syn-ack","ttl":54}'),
            record % (8042, "tcp", "banner", '{"service_name":"http","banner":"DOE^JOHN"}'),
            record % (105, "tcp", "status", '{"status":"closed","reason":"rst","ttl":54}'),
            record % (161, "udp", "status", '{"status":"open","reason":"none","ttl":54}'),
        ]
    )
    found, _ = read(content)
    assert [(one.target.host, one.target.port, one.target.service) for one in found] == FOUND
    assert found[0].sighting == Sighting("192.0.2.5", 104, ("masscan",), SEEN, SEEN)
    assert left_out(content) == {Why.NOT_TCP: 1, Why.NOT_OPEN: 1}
