"""Archives that send all they have with every row are counted: nothing kept or said may hold a canary.

Studies, series, images, patients and scheduled steps are counted; one archive is cut down to the second.
"""

from __future__ import annotations

import hashlib
import json
import re
import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from dosimeter.dicom.count_query import CountLevel
from dosimeter.dicom.row_shapes import RowShapes
from dosimeter.dicom.tally import RowTally
from tests.peers.scripted import ScriptedServer
from tests.privacy.canaries import Search, digest_forms, number, word
from tests.privacy.generous import Generous
from tests.privacy.runs import FORMATS, Ended, Runs, left_by, write_scope
from tests.privacy.treasure import UID_ROOT, encoded, treasures

pytestmark = pytest.mark.timeout(240)

TREASURES = treasures(24)
MODALITY, SERIES_COUNT, INSTANCE_COUNT = 0x00080061, 0x00201206, 0x00201208
TRUE = {
    MODALITY: b"CT",
    0x00201200: b"2",
    0x00201202: b"2",
    0x00201204: b"4",
    SERIES_COUNT: b"1",
    INSTANCE_COUNT: b"2",
    0x00201209: b"2",
}
POISON = {MODALITY: word(), SERIES_COUNT: word(), INSTANCE_COUNT: number(12)}

ARCHIVES = {
    "believed": lambda: Generous(TREASURES, TRUE),
    "without counters": lambda: Generous(TREASURES, explicit=True),
    "cut at four": lambda: Generous(TREASURES, TRUE, most_rows=4),
    "cut at one": lambda: Generous(TREASURES, explicit=True, most_rows=1),
    "poisoned": lambda: Generous(TREASURES, {tag: text.encode() for tag, text in POISON.items()}),
}

SLOW = "cut at one"
"""Takes thousands of questions, so one survey has to do."""

NOTE_KEYS = """
import dosimeter.dicom.tally as tally
honest_init = tally.RowTally.__init__
def noted(self, key, *arguments, **more):
    with open({place!r}, "a") as file:
        file.write(key.hex() + chr(10))
    honest_init(self, key, *arguments, **more)
tally.RowTally.__init__ = noted
"""
FAULTS = {
    "in a tally": (
        "import os\n"
        "def absorb(self, *rows):\n"
        f"    if {UID_ROOT!r} not in repr(rows):\n"
        "        os._exit(3)\n"
        "    raise ValueError(f'cannot count {rows!r}')\n"
        "tally.RowTally.absorb = absorb\n"
    ),
    "in the codec's own words": (
        "from dosimeter.dicom.errors import RemoteProtocolError\n"
        "def absorb(self, *rows):\n"
        "    raise RemoteProtocolError('P-DATA-TF', 'row', 0, repr(rows))\n"
        "tally.RowTally.absorb = absorb\n"
    ),
    "at the top": (
        "from dosimeter.store.sqlite import SqliteStore\n"
        "seen = []\n"
        "honest_absorb = tally.RowTally.absorb\n"
        "def absorb(self, *rows):\n"
        "    seen.append(rows)\n"
        "    return honest_absorb(self, *rows)\n"
        "def finish(self, *arguments):\n"
        "    try:\n"
        "        raise KeyError(seen)\n"
        "    except KeyError as error:\n"
        "        raise RuntimeError(f'cannot keep {seen!r}') from error\n"
        "tally.RowTally.absorb = absorb\n"
        "SqliteStore.finish = finish\n"
    ),
    "killed at a checkpoint": (
        "import os, signal\n"
        "from dosimeter.store.sqlite import SqliteStore\n"
        "honest_checkpoint = SqliteStore.checkpoint\n"
        "kept = []\n"
        "def checkpoint(self, survey_id, endpoint, cell):\n"
        "    honest_checkpoint(self, survey_id, endpoint, cell)\n"
        "    kept.append(cell.rows)\n"
        "    if sum(kept) > 60:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "SqliteStore.checkpoint = checkpoint\n"
    ),
    "killed within an answer": (
        "import os, signal\n"
        "honest_absorb = tally.RowTally.absorb\n"
        "taken = []\n"
        "def absorb(self, *rows):\n"
        "    honest_absorb(self, *rows)\n"
        "    taken.append(rows)\n"
        "    if len(taken) > 100:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "tally.RowTally.absorb = absorb\n"
    ),
}
KILLED = ("killed at a checkpoint", "killed within an answer")
RUNS = ("whole", "on a terminal", *FAULTS, *(f"{name}, resumed" for name in KILLED))

CELL = re.compile(rb'"(?:cell": ?|cell_counted",\[[^]]*\],"[a-z_]+","[a-z_]+","[a-z_]+",)"([ -!#-~]*)"')
"""A cell as the log names it, or as it stands in the store: after titles, service, things and axis."""
PLAIN_CELL = re.compile(
    rb"\d{4}|\d{4}/\d{4}|\d{4}-\d{2}|\d{2}|\d{2}/\d{2}|whole|patient_ids|sample \d{4}|scheduled|[a-z_]{3,20}"
)
"""A year, years, a month, an hour, hours, or a word of ours: no day, no minute, no part of an identifier."""


@dataclass(frozen=True)
class Evidence:
    """What surveys of the generous archives left behind, what had gone over the wire, and the keys.

    ``left`` has, for each run, every file as it was when the run had ended, and what the run said.
    """

    folder: Path
    archives: Mapping[str, Generous]
    ended: Mapping[str, Ended]
    left: Mapping[str, Mapping[str, bytes]]
    search: Search


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    """Count the generous archives in every way, and keep all that was said and written."""
    folder = tmp_path_factory.mktemp("counting")
    keys = folder / "keys.txt"
    archives = {name: make() for name, make in ARCHIVES.items()}
    with ExitStack() as stack:
        servers = [
            stack.enter_context(ScriptedServer(archive.behave, f"127.21.9.{place + 60}"))
            for place, archive in enumerate(archives.values())
        ]
        endpoints = [(server.address, server.port) for server in servers]
        write_scope(folder, endpoints, [], "count")
        everything = [f"{address}:{port}" for address, port in endpoints]
        targets = [each for each, name in zip(everything, archives, strict=True) if name != SLOW]
        runs = Runs(folder)
        noting = NOTE_KEYS.format(place=str(keys))
        ended: dict[str, Ended] = {}
        left: dict[str, Mapping[str, bytes]] = {}

        def note(name: str, run: Ended, where: str) -> None:
            ended[name] = run
            left[name] = {**left_by(folder, where), "terminal": run.said}

        run = runs.survey("whole", everything, broken=noting)
        for form in FORMATS:
            report = runs.report("whole", form)
            assert report.code == 0, report.said
        note("whole", run, "whole")
        terminal = "on a terminal"
        note(terminal, runs.survey(terminal, targets, broken=noting, terminal=True), terminal)
        for name, fault in FAULTS.items():
            note(name, runs.survey(name, targets, broken=noting + fault), name)
        for name in KILLED:
            note(f"{name}, resumed", runs.resume(name), name)
        yield Evidence(folder, archives, ended, left, Search(canaries(set(keys.read_text().split()))))


def canaries(keys: set[str]) -> dict[str, Mapping[str, bytes]]:
    """Every form of every canary, and what keyed hashes of unique keys would look like."""
    found: dict[str, Mapping[str, bytes]] = {
        name: shapes for treasure in TREASURES for name, shapes in treasure.hidden.items()
    }
    found["the root of all UIDs"] = {"raw": UID_ROOT.encode()}
    found |= {f"poison in {tag:08X}": {"raw": text.encode()} for tag, text in POISON.items()}
    for key, treasure in product(keys, TREASURES):
        unique = (treasure.patient_id, treasure.study_uid, treasure.series_uid, *treasure.instance_uids)
        for value in unique:
            name = f"keyed hash of {value[:4]}… of treasure {treasure.place}"
            found[f"{name} under {key[:4]}"] = keyed_forms(value, bytes.fromhex(key))
    return found


def keyed_forms(value: str, key: bytes) -> Mapping[str, bytes]:
    """The digests that the survey's key makes of a value, as bytes, texts and numbers."""
    shapes: dict[str, bytes] = {}
    for size in (8, 16, 32, 64):
        digest = hashlib.blake2b(value.encode(), digest_size=size, key=key).digest()
        name = f"blake2b of {size} bytes"
        shapes |= digest_forms(name, digest)
        for order, signed in product(("little", "big"), (False, True)):
            as_number = int.from_bytes(digest, order, signed=signed)  # type: ignore[arg-type]
            shapes[f"{name}, {order}, {signed}"] = str(as_number).encode()
    return shapes


def test_a_tally_hashes_as_the_search_thinks_it_does() -> None:
    """The digest that a tally keeps of a StudyInstanceUID is among those that are looked for."""
    key, uid = bytes(range(32)), TREASURES[0].study_uid
    kept = RowTally(key, CountLevel.STUDY)
    RowShapes(kept.wanted, explicit=False).walk(
        kept, encoded(TREASURES[0].row("STUDY", 0, TRUE), explicit=False)
    )

    (digest,) = kept.keys.smallest(1)
    assert str(digest).encode() in keyed_forms(uid, key).values()


@pytest.mark.parametrize("name", RUNS)
def test_nothing_that_was_kept_or_said_holds_a_canary(evidence: Evidence, name: str) -> None:
    """Store with its write-ahead log, reports, logs, audit log, terminal, temporary files: not one byte."""
    for place, data in evidence.left[name].items():
        assert evidence.search.found_in(data) == [], f"{place} of the survey {name}"


@pytest.mark.parametrize("name", RUNS)
def test_no_cell_is_finer_than_a_month_or_an_hour(evidence: Evidence, name: str) -> None:
    """Cut down to days and seconds in memory, on the disk it is a month, an hour or a word."""
    cells = {cell for data in evidence.left[name].values() for cell in CELL.findall(data)}
    assert {cell for cell in cells if not PLAIN_CELL.fullmatch(cell)} == set()


def test_the_archives_were_counted_at_every_level(evidence: Evidence) -> None:
    """Else the other tests prove little: rows of all levels went out, full of canaries."""
    asked = set().union(*(archive.levels for archive in evidence.archives.values()))
    assert asked >= {"STUDY", "SERIES", "IMAGE", "PATIENT", ""}
    cut = evidence.archives["cut at one"]
    assert len(cut.sent) > len(TREASURES)
    sent = b"".join({row for archive in evidence.archives.values() for row in archive.sent})
    on_the_wire = {found.rpartition(" (")[0] for found in evidence.search.found_in(sent)}
    assert {name for each in TREASURES for name in each.hidden if "colons" not in name} <= on_the_wire


def test_the_numbers_came_out_all_the_same(evidence: Evidence) -> None:
    """24 studies, exactly, of what is one archive by them: nothing was read, and yet they were counted."""
    report = evidence.left["whole"]["whole/report.jsonl"].decode()
    lines = [line for line in map(json.loads, report.splitlines()) if line["type"] == "archive"]
    assert sum(len(line["endpoints"]) for line in lines) == len(ARCHIVES)
    assert lines[0]["counts"]["studies"] == {"kind": "exact", "value": 24}


def test_each_run_ended_as_it_was_meant_to(evidence: Evidence) -> None:
    """The surveys were whole, killed, or hit the fault they were given."""
    codes = {name: evidence.ended[name].code for name in RUNS}
    assert codes == {
        "whole": 0,
        "on a terminal": 0,
        "in a tally": 0,
        "in the codec's own words": 0,
        "at the top": 1,
        "killed at a checkpoint": -signal.SIGKILL,
        "killed within an answer": -signal.SIGKILL,
        "killed at a checkpoint, resumed": 0,
        "killed within an answer, resumed": 0,
    }
    assert b'"cause": "fault"' in evidence.ended["in a tally"].said
    assert all(b"Traceback" not in ended.said for ended in evidence.ended.values())


def test_the_search_looked_at_everything(evidence: Evidence) -> None:
    """Every kind of record that the promise names was there to be searched; cells were in the store."""
    left = evidence.left["whole"]
    for place in ("survey.db", "audit.jsonl", *(f"report.{form}" for form in FORMATS)):
        assert left[f"whole/{place}"], place
    for name in ("whole", "killed at a checkpoint"):
        assert any(CELL.search(data) for place, data in evidence.left[name].items() if "survey.db" in place)
    assert (evidence.folder / "keys.txt").read_text().split()


@pytest.mark.parametrize("size", [8, 16, 32, 64])
def test_a_keyed_hash_that_is_planted_is_found(evidence: Evidence, size: int) -> None:
    """A digest of one PatientID under the key of the survey, in a real file, as bytes and as a number."""
    data = evidence.left["whole"]["whole/survey.db"]
    key = bytes.fromhex((evidence.folder / "keys.txt").read_text().split()[0])
    digest = hashlib.blake2b(TREASURES[3].patient_id.encode(), digest_size=size, key=key).digest()
    for planted in (digest, digest.hex().encode(), str(int.from_bytes(digest, "little")).encode()):
        assert evidence.search.found_in(data + planted + b" ")


@pytest.mark.parametrize("codec", ["iso8859_5", "shift_jis", "euc_kr", "gb18030", "iso2022_jp", "tis_620"])
def test_a_name_in_any_script_that_is_planted_is_found(evidence: Evidence, codec: str) -> None:
    """As it was sent, as UTF-8, as JSON writes it, and mistaken for Latin-1."""
    name, shapes = next(
        (name, shapes)
        for treasure in TREASURES
        for name, shapes in treasure.hidden.items()
        if name.startswith(f"PatientName ({codec})")
    )
    for form in ("raw", "utf-8", "json", "as latin-1", "hex"):
        found = evidence.search.found_in(b"before " + shapes[form] + b" after")
        assert any(each.startswith(f"{name} (") for each in found), form
