"""How much memory a large inventory takes: it is read as a stream, from the file to the store."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

SCRIPT: Final = """
import resource, sys
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from dosimeter.inventory.expand import endpoints_for
from dosimeter.inventory.read import read_inventory, tally_for
from dosimeter.inventory.spool import SightingSpool
from dosimeter.model.scope import Authorisation, Touch
from dosimeter.model.survey import SurveyHeader, SurveyState
from dosimeter.net.gate import ScopeGate
from dosimeter.store.sqlite import open_store

path, url = Path(sys.argv[1]), sys.argv[2]
now = datetime(2026, 6, 1, tzinfo=UTC)
scope = Authorisation(
    authorised_by="A", role="o", reference="R", legal_basis="l", contact="c", valid_from=now, valid_until=now,
    touch=Touch.PROVE, networks=(ip_network("10.20.0.0/16"),), ports=(104,), sha256="0" * 64,
)
header = SurveyHeader(
    id="20260601-00000000", tool_version="0", ruleset_version="1", scope_sha256="0" * 64, authorised_by="A",
    reference="R", touch=Touch.PROVE, started=now, completed=None, state=SurveyState.RUNNING,
)
gate, tally = ScopeGate(scope, lambda: now), tally_for(path)

def targets():
    for found in read_inventory(path, tally):
        spool.add(found.sighting)
        yield found.target

with SightingSpool(gate, scope.ports) as spool, open_store(url) as store:
    expansion = endpoints_for(targets(), scope, gate, read=[tally])
    store.create(header, expansion.plans(), "/scope.toml")
    store.add_sightings(header.id, spool)
    seen = sum(1 for _ in store.sightings(header.id))
print(expansion.endpoints, seen, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
BANNER: Final = "HTTP/1.1 200 OK\r\nServer: example\r\n" * 10


def read_and_store(folder: Path, lines: int) -> tuple[int, int, int]:
    """Endpoints asked, sightings kept, and the peak of memory in KiB, for so many lines of Shodan."""
    path = folder / f"{lines}.json"
    with path.open("w") as file:
        for number in range(lines):
            inside = number % 5 == 0
            address = (
                f"10.20.{number // 5 >> 8}.{number // 5 & 255}" if inside else f"198.51.100.{number & 255}"
            )
            record = {
                "ip_str": address,
                "port": 104,
                "timestamp": "2026-03-01T00:00:00",
                "asn": f"AS{64500 + number % 30}",
                "org": f"Network {number % 30}",
                "location": {"country_code": "FR"},
                "data": BANNER,
            }
            file.write(json.dumps(record) + "\n")
    command = [sys.executable, "-c", SCRIPT, str(path), f"sqlite:///{folder / f'{lines}.db'}"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    endpoints, seen, kibibytes = map(int, ended.stdout.split())
    return endpoints, seen, kibibytes


def test_forty_times_as_many_lines_take_a_few_mebibytes_more(tmp_path: Path) -> None:
    """What grows is a few hundred bytes for an endpoint that will be asked, and nothing for the others."""
    few = read_and_store(tmp_path, 2_000)
    many = read_and_store(tmp_path, 80_000)
    assert (few[:2], many[:2]) == ((400, 400), (16_000, 16_000))
    assert many[2] - few[2] < 16 << 10
