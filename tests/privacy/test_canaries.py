"""Canary patients in a lab: nothing that a survey keeps or says may hold a byte of them (DESIGN §4)."""

from __future__ import annotations

import gzip
import signal
import zlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from dosimeter.lab.archive import Archive, Expected
from dosimeter.lab.conversation import Conversation
from dosimeter.lab.policy import (
    COMMITMENT_SERVICE,
    QUERY_SERVICES,
    RETRIEVE_SERVICES,
    STORAGE_SERVICES,
    WORKLIST_SERVICE,
    Door,
    Policy,
)
from dosimeter.lab.server import Lab
from dosimeter.model.verdict import Exposure
from tests.peers.scripted import ScriptedServer
from tests.privacy.canaries import Record, Search, canary_holdings, forms
from tests.privacy.runs import FORMATS, Ended, Runs, left_by, write_scope
from tests.privacy.spilling import spilling, spills

RECORDS = [Record() for _ in range(3)]
CANARIES = {
    f"{attribute} of record {place}": text
    for place, record in enumerate(RECORDS)
    for attribute, text in record.canaries().items()
}
SPILL = b"\\".join(text.encode() for text in RECORDS[0].canaries().values())
SEARCH = Search({name: forms(text) for name, text in CANARIES.items()})

EVERYTHING = QUERY_SERVICES | RETRIEVE_SERVICES | STORAGE_SERVICES | WORKLIST_SERVICE | COMMITMENT_SERVICE

FAULTS = {
    "in a probe": (
        "import dosimeter.dicom.message as message\n"
        "def take_data(self, context_id, control, begin, end):\n"
        "    patient = bytes(self._pdu[begin:end])\n"
        "    raise ValueError(f'cannot read {patient!r}')\n"
        "message.MessageReader._take_data = take_data\n"
    ),
    "in the codec's own words": (
        "import dosimeter.dicom.message as message\n"
        "from dosimeter.dicom.errors import RemoteProtocolError\n"
        "def take_data(self, context_id, control, begin, end):\n"
        "    patient = self._pdu[begin:end].decode('latin-1')\n"
        "    raise RemoteProtocolError('P-DATA-TF', 'pdv', begin, patient)\n"
        "message.MessageReader._take_data = take_data\n"
    ),
    "at the top": (
        "import dosimeter.dicom.message as message\n"
        "from dosimeter.store.sqlite import SqliteStore\n"
        "seen = []\n"
        "honest = message.MessageReader._take_data\n"
        "def take_data(self, context_id, control, begin, end):\n"
        "    seen.append(bytes(self._pdu[begin:end]))\n"
        "    return honest(self, context_id, control, begin, end)\n"
        "def finish(self, *arguments):\n"
        "    patient = max(seen, key=len)\n"
        "    try:\n"
        "        raise KeyError(patient)\n"
        "    except KeyError as error:\n"
        "        raise RuntimeError(f'cannot keep {patient!r}') from error\n"
        "message.MessageReader._take_data = take_data\n"
        "SqliteStore.finish = finish\n"
    ),
    "killed": (
        "import os, signal\n"
        "from dosimeter.store.sqlite import SqliteStore\n"
        "def finish(self, *arguments):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "SqliteStore.finish = finish\n"
    ),
}


@dataclass(frozen=True)
class Evidence:
    """What surveys of the canary lab left behind, and what had gone over the wire."""

    folder: Path
    wire: bytes
    ended: dict[str, Ended]

    def left_by(self, name: str) -> dict[str, bytes]:
        """Every file that a run left, and what it said."""
        return {**left_by(self.folder, name), "terminal": self.ended[name].said}


def canary_archives() -> tuple[Archive, ...]:
    """Archives that hold the canaries: one that answers truly, decoys that send whole records unasked."""
    holdings = canary_holdings(RECORDS)
    expected = Expected(Exposure.QUERYABLE)
    canned = Policy(services=EVERYTHING, canned_rows=3)
    gated = Policy(services=EVERYTHING, canned_rows=3, called_titles=("LABPACS",))
    return (
        Archive(
            "truthful", "127.21.9.1", "", expected, Policy(services=EVERYTHING), port=0, holdings=holdings
        ),
        Archive("canned", "127.21.9.2", "", expected, canned, port=0, holdings=holdings),
        Archive("canned-gated", "127.21.9.3", "", expected, gated, port=0, holdings=holdings),
        Archive("canned-tls", "127.21.9.4", "", expected, canned, door=Door.TLS, port=0, holdings=holdings),
    )


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    """Survey the canary lab in every way, and keep all that was said and written."""
    folder = tmp_path_factory.mktemp("privacy")
    wire = bytearray()
    honest = Conversation.data_to_send

    def recorded(self: Conversation) -> bytes:
        data = honest(self)
        wire.extend(data)
        return data

    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(Conversation, "data_to_send", recorded)
        lab = stack.enter_context(Lab(canary_archives()))
        endpoints = list(lab.endpoints)
        for place, (first, answer) in enumerate(spills(SPILL).values()):
            server = ScriptedServer(spilling(first, answer), f"127.21.9.{20 + place}")
            stack.enter_context(server)
            endpoints.append((server.address, server.port))
        write_scope(folder, endpoints, [lab.endpoints[-1][1]], "prove")
        targets = [f"{address}:{port}" for address, port in endpoints]
        archives = targets[: len(lab.endpoints)]
        runs = Runs(folder)
        ended = {
            "whole": runs.survey("whole", targets),
            "on a terminal": runs.survey("on a terminal", archives, terminal=True),
        }
        for form in FORMATS:
            report = runs.report("whole", form)
            assert report.code == 0, report.said
        ended |= {name: runs.survey(name, archives, broken=broken) for name, broken in FAULTS.items()}
        yield Evidence(folder, bytes(wire), ended)


def test_the_canaries_were_on_the_wire(evidence: Evidence) -> None:
    """The archives did send every canary, unasked: else the other tests prove nothing."""
    on_the_wire = {name.partition(" (")[0] for name in SEARCH.found_in(evidence.wire)}
    assert on_the_wire == set(CANARIES)


@pytest.mark.parametrize("name", ["whole", "on a terminal", *FAULTS])
def test_nothing_that_was_kept_or_said_holds_a_canary(evidence: Evidence, name: str) -> None:
    """Store with its write-ahead log, reports, logs, audit log, terminal, temporary files: not one byte."""
    for place, data in evidence.left_by(name).items():
        assert SEARCH.found_in(data) == [], f"{place} of the survey {name}"


def test_the_search_looked_at_everything(evidence: Evidence) -> None:
    """Every kind of record that the promise names was there to be searched, and was not empty."""
    left = evidence.left_by("whole")
    for place in (
        "survey.db",
        "audit.jsonl",
        *(f"report.{form}" for form in ("table", "json", "csv", "html")),
    ):
        assert left[f"whole/{place}"], place
    assert b'"level": "debug"' in left["terminal"]
    assert left["terminal"].count(b"127.21.9.2:") > 3
    assert evidence.left_by("killed")["killed/survey.db-wal"]


def test_each_run_ended_as_it_was_meant_to(evidence: Evidence) -> None:
    """The surveys were whole, killed, or hit the fault they were given."""
    codes = {name: ended.code for name, ended in evidence.ended.items()}
    assert codes == {
        "whole": 0,
        "on a terminal": 0,
        "in a probe": 0,
        "in the codec's own words": 0,
        "at the top": 1,
        "killed": -signal.SIGKILL,
    }
    assert b"a fault in dosimeter (RuntimeError at " in evidence.ended["at the top"].said
    assert b'"cause": "fault"' in evidence.ended["in a probe"].said
    assert b"hosts/s" in evidence.ended["on a terminal"].said
    assert all(b"Traceback" not in ended.said for ended in evidence.ended.values())


def test_the_decoys_were_seen_to_send_what_nobody_asked_for(evidence: Evidence) -> None:
    """The reports say that rows came: they were counted, not read."""
    report = evidence.left_by("whole")["whole/report.jsonl"]
    decoys = [
        line for line in report.splitlines() if b'"tier": "medium"' in line or b'"tier":"medium"' in line
    ]
    assert len(decoys) >= 3


@pytest.mark.parametrize("form", sorted(forms("17640312") | forms("BCDFGHJKLMNP")))
def test_the_search_finds_what_is_planted(form: str) -> None:
    """A canary in any of the shapes, in the middle of other bytes, compressed or not, is found."""
    attribute, text = next((attribute, text) for attribute, text in CANARIES.items() if form in forms(text))
    planted = b"before " + forms(text)[form] + b" after"
    for packed in (planted, gzip.compress(planted), b"head" + zlib.compress(planted) + b"tail"):
        assert any(found.startswith(f"{attribute} (") for found in SEARCH.found_in(packed))


@pytest.mark.parametrize("shift", [0, 1, 2, 3, 4, 5])
def test_the_search_finds_base64_at_any_alignment(shift: int) -> None:
    """A whole row in Base64 is found wherever in it the canary begins."""
    encoded = b64encode(b"x" * shift + RECORDS[0].family.encode() + b"^more of the row")
    assert any(found.startswith("family of record 0 (base64") for found in SEARCH.found_in(encoded))


@pytest.mark.parametrize("place", ["survey.db", "audit.jsonl", "report.html"])
def test_a_canary_planted_in_a_real_file_is_found(evidence: Evidence, place: str) -> None:
    """The files that came out clean are not clean any more with one canary in them."""
    data = evidence.left_by("whole")[f"whole/{place}"]
    middle = len(data) // 2
    planted = data[:middle] + RECORDS[1].patient_id.encode() + data[middle:]
    assert SEARCH.found_in(planted) == ["patient_id of record 1 (raw)"]
