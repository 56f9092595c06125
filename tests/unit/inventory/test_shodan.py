from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime
from typing import Any

import pytest

from dosimeter.inventory.tally import Why
from dosimeter.model.place import Sighting
from dosimeter.model.target import Service
from tests.unit.inventory.reading import left_out, places, read

DICOM: dict[str, Any] = {
    "hash": -1553166942,
    "asn": "AS64500",
    "os": None,
    "timestamp": "2026-03-15T22:57:45.950793",
    "isp": "Example Transit",
    "transport": "tcp",
    "_shodan": {
        "region": "eu",
        "module": "dicom",
        "ptr": True,
        "options": {},
        "id": "7383056c",
        "crawler": "9d",
    },
    "hostnames": ["doe-john.example"],
    "location": {"city": "Lyon", "country_code": "FR", "country_name": "France", "latitude": 45.7},
    "ip": 3221225989,
    "domains": ["example"],
    "org": "Example Hospital Networks",
    "data": "DICOM Server Response\nDOE^JOHN",
    "port": 104,
    "opts": {"raw": "02000000"},
    "ip_str": "192.0.2.5",
}
WEB = {**DICOM, "port": 8042, "http": {"title": "DOE^JOHN", "html": "<html>"}, "_shodan": {"module": "auto"}}
TLS = {**WEB, "port": 8443, "ssl": {"cert": {"subject": {"CN": "DOE^JOHN"}}}}
UDP = {**DICOM, "port": 161, "transport": "udp"}
V6 = {"ip_str": "2001:db8::0005", "port": 11112, "timestamp": "2026-03-16T00:00:00", "asn": "AS64501"}


def lines(*records: object) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def test_a_download_is_a_banner_a_line() -> None:
    """Endpoint and service; what only stands behind TLS or spoke HTTP is told."""
    assert places(lines(DICOM, WEB, TLS, UDP, V6)) == [
        ("192.0.2.5", 104, Service.DICOM),
        ("192.0.2.5", 8042, Service.WEB),
        ("192.0.2.5", 8443, Service.WEB_TLS),
        ("2001:db8::5", 11112, None),
    ]
    assert left_out(lines(DICOM, UDP)) == {Why.NOT_TCP: 1}


def test_what_shodan_says_of_a_place_is_kept_and_its_banner_is_not() -> None:
    """Source, time, country, number and operator; nothing else of the record is anywhere."""
    found, _ = read(lines(DICOM, WEB, TLS))
    seen = datetime(2026, 3, 15, 22, 57, 45, tzinfo=UTC)
    assert found[0].sighting == Sighting(
        "192.0.2.5", 104, ("shodan",), seen, seen, "FR", 64500, "Example Hospital Networks"
    )
    assert "DOE" not in repr(found)
    assert "doe" not in repr(found)


def test_the_answers_of_the_api_are_read_too() -> None:
    """A search has its banners below matches, a host has them below data."""
    search = json.dumps(
        {"matches": [DICOM, WEB], "facets": {"org": [{"count": 1, "value": "x"}]}, "total": 2}
    )
    assert [place[1] for place in places(search)] == [104, 8042]
    banner = {"port": 104, "transport": "tcp", "timestamp": "2026-01-01T00:00:00", "data": "DOE^JOHN"}
    host = {
        "ip_str": "192.0.2.5",
        "country_code": "FR",
        "asn": "AS64500",
        "ports": [104],
        "data": [banner, 3],
    }
    found, tally = read(json.dumps(host, indent=2))
    assert found[0].sighting is not None
    assert (found[0].sighting.country, found[0].sighting.asn) == ("FR", 64500)
    assert tally.count(Why.NO_OBJECT) == 1


def test_a_broken_record_is_counted_and_the_others_are_read() -> None:
    """Each by its reason, with the line of the first."""
    broken = [
        {**DICOM, "ip_str": "999.0.2.5"},
        {**DICOM, "ip_str": 3221225989},
        {**DICOM, "port": 0},
        {**DICOM, "port": True},
        {**DICOM, "port": None},
        {**DICOM, "port": "1o4"},
        {**DICOM, "port": 70000},
        [1],
        "text",
        {"nothing": "known"},
    ]
    content = (
        lines(DICOM, *broken) + '{"ip_str": "192.0.2.6", "port": 1' + "0" * 5000 + "}\n{broken\n" + lines(WEB)
    )
    found, tally = read(content)
    assert [one.target.source for one in found] == ["standard input:1", "standard input:14"]
    assert left_out(content) == {
        Why.NOT_JSON: 2,
        Why.NO_OBJECT: 2,
        Why.UNKNOWN_SHAPE: 1,
        Why.NO_ADDRESS: 2,
        Why.NO_PORT: 5,
    }
    assert tally.sentences[0] == "2 records of scan are not valid JSON: left out. The first is in line 12."


def test_odd_values_of_kept_fields_are_none() -> None:
    """A number that is no system's, a country that is no code, a time out of any range: not kept."""
    odd = {
        **DICOM,
        "asn": "ASX",
        "timestamp": "9999-01-01",
        "location": {"country_code": "F\n"},
        "org": "\x1b[2J\u202eName\n of " + "x" * 500,
    }
    europe = {**DICOM, "location": {"country_code": "EU"}}
    [one, two], _ = read(lines(odd, europe))
    assert two.sighting is not None
    assert two.sighting.country is None
    assert one.sighting is not None
    assert (one.sighting.asn, one.sighting.last_seen, one.sighting.country) == (None, None, None)
    assert one.sighting.operator is not None
    assert one.sighting.operator.isprintable()
    assert len(one.sighting.operator) == 128


@pytest.mark.parametrize("rest", [{"data": []}, {}])
def test_a_host_without_its_banners_has_its_ports(rest: dict[str, object]) -> None:
    """As asked for with minify: the place is the host's, and no service is known."""
    host = {"ip_str": "192.0.2.5", "ports": [104, 8042], "country_code": "FR", **rest}
    found, tally = read(json.dumps(host))
    assert [(one.target.port, one.target.service) for one in found] == [(104, None), (8042, None)]
    assert found[0].sighting is not None
    assert (found[0].sighting.country, tally.total) == ("FR", 0)


def test_the_free_answer_about_an_address_is_read() -> None:
    """InternetDB lists numbers of ports, and says of no time."""
    answer = {"ip": "192.0.2.5", "ports": [104, "8042", 0], "hostnames": ["doe-john.example"], "vulns": []}
    found, tally = read(json.dumps(answer))
    assert [one.sighting for one in found] == [
        Sighting("192.0.2.5", 104, ("shodan",)),
        Sighting("192.0.2.5", 8042, ("shodan",)),
    ]
    assert (tally.total, tally.count(Why.NO_PORT)) == (1, 1)


@pytest.mark.parametrize("indent", [None, 1])
def test_what_stands_behind_the_records_of_a_search_is_no_record(indent: int | None) -> None:
    """Their number, or the key of the next page, is left out without a word."""
    for answer in (
        {"matches": [DICOM, WEB], "total": 2},
        {"result": {"hits": [DICOM, WEB], "next_page_token": "", "total_hits": 2}, "took": 1.5},
    ):
        found, tally = read(json.dumps(answer, indent=indent))
        assert (len(found), tally.total) == (2, 0)


def test_a_port_may_be_written_in_quotation_marks() -> None:
    """Databases and scripts between Shodan and us make texts of numbers."""
    assert places(lines({**DICOM, "port": "104"})) == [("192.0.2.5", 104, Service.DICOM)]
    odd = ("0", "65536", "000104", "\uff11\uff10\uff14", "-1", " 104", "", [104])
    assert left_out(lines(*[{**DICOM, "port": port} for port in odd])) == {Why.NO_PORT: len(odd)}


CONVERTED = (
    "data,hostnames,ip,ip_str,ipv6,org,isp,location.country_code,location.city,asn,port,timestamp,"
    "transport,html"
)
"""The first line of ``shodan convert FILE csv``, a few columns left out."""


def test_a_download_that_was_converted_to_a_table_is_read() -> None:
    """The address is there as a number too; banners hold line ends, marks and control characters."""
    rows = [
        CONVERTED,
        '"HTTP/1.1 200 OK',
        'X: ""DOE^JOHN"", \x00\x01',
        '",a.example,3221225989,192.0.2.5,,Example,Transit,FR,Lyon,AS64500,8042,2026-03-15T22:57:45,tcp,"<p>',
        '""DOE"""',
        "\x00\x7f,,3221225990,192.0.2.6,,,,FR,,,104,,tcp,",
        "x,,3221225991,192.0.2.7,,,,FR,,,161,,udp,",
    ]
    table = "".join(row + "\r\n" for row in rows)
    found, tally = read(table)
    assert places(table) == [("192.0.2.5", 8042, None), ("192.0.2.6", 104, None)]
    seen = datetime(2026, 3, 15, 22, 57, 45, tzinfo=UTC)
    assert found[0].sighting == Sighting("192.0.2.5", 8042, ("shodan",), seen, seen, "FR", 64500, "Example")
    assert (tally.total, tally.count(Why.NOT_TCP)) == (1, 1)
    assert [one.target.source for one in found] == ["scan:2", "scan:6"]
    assert "DOE" not in repr(found)


def test_a_web_page_in_a_cell_costs_the_memory_of_a_line() -> None:
    """Of a megabyte on one line, and of as many on a thousand, the row is read over, and the next."""
    page = '"' + 'x""' * 350_000 + '"'
    text = '"' + "line\n" * 100_000 + '"'
    content = "data,port,html,ip_str\n" + f"{text},104,{page},192.0.2.5\n,104,,192.0.2.6\n"
    tracemalloc.start()
    try:
        assert places(content.encode()) == [("192.0.2.5", 104, None), ("192.0.2.6", 104, None)]
        assert tracemalloc.get_traced_memory()[1] < 12 << 20
    finally:
        tracemalloc.stop()
