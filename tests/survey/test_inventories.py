"""A survey of what scanners wrote down, from their files to the store."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any

from dosimeter.model.place import Sighting
from dosimeter.store.sqlite import open_store
from tests.peers.archive import Archive
from tests.survey.terminal import Terminal

PATIENT = "CANARY^PATIENT"


def shodan(address: str, port: int, **changes: object) -> dict[str, Any]:
    return {
        "ip_str": address,
        "port": port,
        "timestamp": "2026-03-15T10:00:00.5",
        "asn": "AS64500",
        "org": "Example Hospitals",
        "location": {"country_code": "FR", "city": PATIENT},
        "transport": "tcp",
        "data": f"DICOM Server Response {PATIENT}",
        "hostnames": [PATIENT],
        "product": PATIENT,
        "opts": {"raw": PATIENT, PATIENT: PATIENT},
        "vulns": {PATIENT: {"summary": PATIENT}},
        "title": PATIENT,
        "_shodan": {"module": "dicom", "id": PATIENT},
        **changes,
    }


def masscan(address: str, port: int) -> dict[str, Any]:
    service = {"name": "unknown", "banner": PATIENT}
    return {
        "ip": address,
        "timestamp": "1767225600",
        "ports": [{"port": port, "proto": "tcp", "service": service}],
    }


def nmap(address: str, port: int) -> str:
    return (
        f"<nmaprun scanner='nmap' args='{PATIENT}' start='1769904000'><host comment='{PATIENT}'>"
        f"<status state='up'/><address addr='{address}' addrtype='ipv4' vendor='{PATIENT}'/>"
        f"<hostnames><hostname name='{PATIENT}'/></hostnames><ports><port protocol='tcp' portid='{port}'>"
        f"<state state='open'/><service name='dicom' product='{PATIENT}' method='probed'/>"
        f"<script id='banner' output='{PATIENT}'/>{PATIENT}</port></ports></host></nmaprun>"
    )


def test_two_files_that_name_one_endpoint_make_one_question_and_one_sighting(terminal: Terminal) -> None:
    """Shodan packed and masscan from the pipe: asked once, sources and times merged, the latest word kept."""
    with Archive(address="127.51.1.1") as archive:
        scope = terminal.scope(archive)
        here = archive.address, archive.port
        records = [
            shodan(*here),
            shodan("8.8.8.8", archive.port),
            shodan(archive.address, 1),
            shodan(*here, transport="udp"),
            {"ip_str": "none", "port": 1},
        ]
        packed = terminal.folder / "dicom.json.gz"
        packed.write_bytes(gzip.compress("".join(json.dumps(one) + "\n" for one in records).encode()))
        arguments = ("survey", "--scope", scope, "-l", "dicom.json.gz", "-l", "-", "--store", terminal.store)
        said = terminal.run(*arguments, stdin=json.dumps([masscan(*here)]))
    assert said.code == 0, said.err
    for sentence in (
        "1 record of dicom.json.gz is not about TCP: left out. The first is in line 4.",
        "1 record of dicom.json.gz names no address that can be used: left out. The first is in line 5.",
        "1 entry of dicom.json.gz is outside the scope: left out.",
        "1 endpoint of dicom.json.gz is at ports the scope does not list: left out.",
        "1 repeated mention of an endpoint: each endpoint is asked once.",
    ):
        assert sentence in said.err
    with open_store(terminal.store) as store:
        [header] = store.headers()
        assert len(list(store.records(header.id))) == 1
        assert list(store.sightings(header.id)) == [
            Sighting(
                *here,
                ("masscan", "shodan"),
                datetime(2026, 1, 1, tzinfo=UTC),
                datetime(2026, 3, 15, 10, tzinfo=UTC),
                "FR",
                64500,
                "Example Hospitals",
            )
        ]


def test_no_field_of_an_inventory_carries_a_patient_into_the_store_or_a_message(terminal: Terminal) -> None:
    """A name stands in every field that is not kept, of every format; each file and stream is searched."""
    with Archive(address="127.51.1.2") as archive:
        scope = terminal.scope(archive)
        address, port = archive.address, archive.port
        service = {
            "port": port,
            "service_name": "DICOM",
            "banner": PATIENT,
            "software": [{"product": PATIENT}],
        }
        script = {"id": "banner", "output": PATIENT}
        files = {
            "shodan.json": json.dumps(shodan(address, port))
            + "\n"
            + json.dumps({PATIENT: PATIENT})
            + "\n{"
            + PATIENT,
            "censys.json": json.dumps(
                [{"ip": address, "services": [service], "name": PATIENT, "dns": {"names": [PATIENT]}}]
            ),
            "masscan.json": json.dumps([masscan(address, port)]),
            "masscan.txt": f"#masscan\nbanner tcp {port} {address} 1767225600 dicom {PATIENT}\n{PATIENT}\n",
            "zmap.csv": f"saddr,sport,data\n{address},{port},{PATIENT}\n{PATIENT},1,\n{address},{PATIENT}\n",
            "nmap.xml": nmap(address, port),
            "ivre.json": json.dumps(
                {
                    "addr": address,
                    "hostnames": [{"name": PATIENT}],
                    "tags": [{"value": PATIENT}],
                    "starttime": PATIENT,
                    "ports": [{"port": port, "scripts": [script], "service_product": PATIENT}],
                }
            ),
            "openkat.json": json.dumps(
                [{"key": f"IPPort|{PATIENT}|{address}|tcp|{port}", "name": PATIENT, "ooi_type": "IPPort"}]
            ),
        }
        files["shodan.json"] += "}\n"
        lists: list[str] = []
        for name, content in files.items():
            (terminal.folder / name).write_text(content)
            lists += ["-l", name]
        said = terminal.survey("--scope", scope, *lists)
    assert said.code == 0, said.err
    searched = [path for path in terminal.folder.rglob("*") if path.is_file() and path.name not in files]
    assert {path.name for path in searched} >= {"store.sqlite", "audit.jsonl"}
    for path in searched:
        assert b"CANARY" not in path.read_bytes(), path
    assert "CANARY" not in said.err + said.out
    with open_store(terminal.store) as store:
        [header] = store.headers()
        [seen] = store.sightings(header.id)
    assert seen.sources == ("censys", "ivre", "masscan", "nmap", "openkat", "shodan", "zmap")
