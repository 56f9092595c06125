"""Archives that answer a sample with everything they have: of what they say only fill rates may remain.

A canary in every attribute, VR and character set, over DIMSE and over QIDO-RS; runs that are whole, that
fail in the middle of a value and that are killed there. And: no other probe can ask such a question.
"""

from __future__ import annotations

import ast
import json
import re
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest

import dosimeter
from tests.peers.scripted import ScriptedServer
from tests.peers.web import WebPeer
from tests.privacy.canaries import Search
from tests.privacy.generous import Generous
from tests.privacy.runs import FORMATS, Ended, Runs, left_by, write_scope
from tests.privacy.treasure import CHARACTER_SETS, UID_ROOT, Element, Treasure, treasures

pytestmark = pytest.mark.timeout(240)

TREASURES = treasures(len(CHARACTER_SETS))
CODECS = [codec for _, codec in CHARACTER_SETS]

FAULTS = {
    "in a value": (
        "from dosimeter.dicom.sample_filter import SampleFilter\n"
        "from dosimeter.dicom.json_presence import JsonPresence\n"
        "def broken(self, data):\n"
        "    raise ValueError(f'cannot read {bytes(data)!r}')\n"
        "SampleFilter._reduce = broken\n"
        "JsonPresence.feed = broken\n"
    ),
    "in the codec's own words": (
        "from dosimeter.dicom.errors import RemoteProtocolError\n"
        "from dosimeter.dicom.sample_filter import SampleFilter\n"
        "from dosimeter.dicom.json_presence import JsonPresence\n"
        "def broken(self, data):\n"
        "    raise RemoteProtocolError('P-DATA-TF', 'value', 0, bytes(data).decode('latin-1'))\n"
        "SampleFilter._reduce = broken\n"
        "JsonPresence.feed = broken\n"
    ),
    "at the top": (
        "from dosimeter.dicom.sample_filter import SampleFilter\n"
        "from dosimeter.store.sqlite import SqliteStore\n"
        "seen = []\n"
        "honest = SampleFilter._reduce\n"
        "def reduce(self, data):\n"
        "    seen.append(bytes(data))\n"
        "    return honest(self, data)\n"
        "def finish(self, *arguments):\n"
        "    try:\n"
        "        raise KeyError(seen)\n"
        "    except KeyError as error:\n"
        "        raise RuntimeError(f'cannot keep {seen!r}') from error\n"
        "SampleFilter._reduce = reduce\n"
        "SqliteStore.finish = finish\n"
    ),
    "killed within a value": (
        "import os, signal\n"
        "from dosimeter.dicom.sample_filter import SampleFilter\n"
        "honest = SampleFilter._reduce\n"
        "taken = []\n"
        "def reduce(self, data):\n"
        "    taken.append(len(data))\n"
        "    if len(taken) > 5:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return honest(self, data)\n"
        "SampleFilter._reduce = reduce\n"
    ),
}
KILLED = "killed within a value"
RUNS = ("whole", "on a terminal", *FAULTS, f"{KILLED}, resumed")


@dataclass(frozen=True)
class Evidence:
    """What surveys of these archives left behind, and what had gone over the wire."""

    archives: list[Generous]
    web_said: list[bytes]
    ended: Mapping[str, Ended]
    left: Mapping[str, Mapping[str, bytes]]


SEARCH = Search(
    {name: shapes for treasure in TREASURES for name, shapes in treasure.hidden.items()}
    | {"the root of all UIDs": {"raw": UID_ROOT.encode()}}
)


def in_json(element: Element, codec: str) -> dict[str, object]:
    """An element as DICOM JSON writes it."""
    if element.vr == b"SQ":
        return {"vr": "SQ", "Value": [written_item(item, codec) for item in element.items]}
    try:
        text = element.value.decode(codec)
    except UnicodeDecodeError:
        text = element.value.decode("latin-1")
    return {"vr": element.vr.decode(), "Value": [{"Alphabetic": text} if element.vr == b"PN" else text]}


def written_item(elements: tuple[Element, ...] | list[Element], codec: str) -> dict[str, object]:
    """A data set as DICOM JSON writes it."""
    return {f"{element.tag:08X}": in_json(element, codec) for element in elements}


def answer_of(treasure: Treasure) -> dict[str, object]:
    """One answer to a search for studies: all there is, whatever was asked."""
    return written_item(treasure.row("STUDY", 0, {}), CODECS[treasure.place])


def web_reply(said: list[bytes], *, ascii_only: bool) -> object:
    """Null queries find nothing, samples everything, and nothing else is there."""
    studies = json.dumps([answer_of(each) for each in TREASURES], ensure_ascii=ascii_only).encode()

    def reply(connection: socket.socket, request: bytes, _stopping: Event) -> bool:
        path = request.split(b" ")[1]
        status, body = b"404 Not Found", b""
        if path.startswith(b"/dicom-web/studies?"):
            status, body = b"200 OK", b"[]"
            if b"includefield" in path and b"StudyInstanceUID" not in path:
                body = studies
                said.append(body)
        kind = b"Content-Type: application/dicom+json\r\n" if body else b""
        head = b"HTTP/1.1 %b\r\n%bContent-Length: %d\r\n\r\n" % (status, kind, len(body))
        connection.sendall(head + body)
        return True

    return reply


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    """Sample these archives in every way, and keep all that was said and written."""
    folder = tmp_path_factory.mktemp("sample")
    archives = [Generous(TREASURES), Generous(TREASURES, explicit=True)]
    said: list[bytes] = []
    with ExitStack() as stack:
        servers = [
            stack.enter_context(ScriptedServer(archive.behave, f"127.21.9.{place + 90}"))
            for place, archive in enumerate(archives)
        ]
        web = [
            stack.enter_context(WebPeer(web_reply(said, ascii_only=ascii_only), address=f"127.21.9.{place}"))  # type: ignore[arg-type]
            for place, ascii_only in ((95, True), (96, False))
        ]
        endpoints = [(each.address, each.port) for each in (*servers, *web)]
        write_scope(folder, endpoints, [], "sample")
        scope = folder / "scope.toml"
        text = scope.read_text().replace("[scope]", 'second_person = "somebody else"\n[scope]')
        scope.write_text(
            text.replace("[pace]", f"web_ports = {[each.port for each in web]}\nhl7_ports = []\n[pace]")
        )
        targets = [f"{address}:{port}" for address, port in endpoints]
        runs = Runs(folder)
        ended: dict[str, Ended] = {}
        left: dict[str, Mapping[str, bytes]] = {}

        def note(name: str, run: Ended, where: str) -> None:
            ended[name] = run
            left[name] = {**left_by(folder, where), "terminal": run.said}

        run = runs.survey("whole", targets)
        for form in FORMATS:
            report = runs.report("whole", form)
            assert report.code == 0, report.said
        note("whole", run, "whole")
        note("on a terminal", runs.survey("on a terminal", targets, terminal=True), "on a terminal")
        for name, fault in FAULTS.items():
            note(name, runs.survey(name, targets, broken=fault), name)
        note(f"{KILLED}, resumed", runs.resume(KILLED), KILLED)
        yield Evidence(archives, said, ended, left)


@pytest.mark.parametrize("name", RUNS)
def test_nothing_that_was_kept_or_said_holds_a_canary(evidence: Evidence, name: str) -> None:
    """Store, reports, logs, audit log, terminal, temporary files: not one byte."""
    for place, data in evidence.left[name].items():
        assert SEARCH.found_in(data) == [], f"{place} of the survey {name}"


def test_each_run_ended_as_it_was_meant_to(evidence: Evidence) -> None:
    """Whole, failed within values, or killed there."""
    codes = {name: evidence.ended[name].code for name in RUNS}
    assert codes == {
        "whole": 0,
        "on a terminal": 0,
        "in a value": 0,
        "in the codec's own words": 0,
        "at the top": 1,
        KILLED: -signal.SIGKILL,
        f"{KILLED}, resumed": 0,
    }
    assert b'"cause": "fault"' in evidence.ended["in a value"].said
    assert all(b"Traceback" not in ended.said for ended in evidence.ended.values())


def test_the_canaries_went_over_the_wire(evidence: Evidence) -> None:
    """Else the other tests prove little: in both ways all attributes of all character sets were sent."""
    sent = b"".join({row for archive in evidence.archives for row in archive.sent})
    on_the_wire = {found.rpartition(" (")[0] for found in SEARCH.found_in(sent)}
    wanted = {f"PatientName ({codec}) of treasure {place}" for place, codec in enumerate(CODECS)}
    assert wanted <= on_the_wire
    over_http = {found.rpartition(" (")[0] for body in evidence.web_said for found in SEARCH.found_in(body)}
    assert wanted <= over_http


FACT = re.compile(rb'"attributes_sampled",\s*"(dimse|qido_rs)",\s*(\d+),\s*(\[\[.*?\]\])')


def test_fill_rates_of_twenty_answers_are_what_remains(evidence: Evidence) -> None:
    """Two over DIMSE, two over QIDO-RS; all that was in the rows is filled, what was not is absent."""
    found = FACT.findall(
        b"".join(data for place, data in evidence.left["whole"].items() if "survey.db" in place)
    )
    assert {over for over, _, _ in found} == {b"dimse", b"qido_rs"}
    for _, answers, fills in found:
        assert int(answers) == 20
        by_name = {name: tuple(rest) for name, *rest in json.loads(fills)}
        for name in ("PatientName", "PatientAddress", "PatientComments", "OtherPatientIDsSequence"):
            assert by_name[name][:3] == (20, 0, 0), name
        assert by_name["InterpretationText"][:3] == (0, 0, 20)


def modules() -> Iterator[tuple[str, ast.Module]]:
    """The source, by its dotted names."""
    root = Path(dosimeter.__file__).parents[1]
    for path in sorted((root / "dosimeter").rglob("*.py")):
        name = ".".join(path.relative_to(root).with_suffix("").parts)
        yield name, ast.parse(path.read_text(encoding="utf-8"))


def test_only_the_probes_of_the_touch_sample_can_ask_for_personal_attributes() -> None:
    """The builders of the question are imported where it is asked, and the method is called there alone."""
    users: dict[str, set[str]] = {}
    callers = set()
    for name, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "dosimeter.dicom.sample_query":
                for alias in node.names:
                    users.setdefault(alias.name, set()).add(name)
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "sample"
            ):
                callers.add(name)
            if isinstance(node, ast.Import):
                assert "dosimeter.dicom.sample_query" not in {alias.name for alias in node.names}, name
    assert users["sample_identifier"] == {"dosimeter.net.scu"}
    assert users["sample_query_string"] == {"dosimeter.probes.sample_qido"}
    assert users["SampleKeys"] == {"dosimeter.net.scu", "dosimeter.probes.sample_dimse"}
    assert {name for name in callers if name.startswith(("dosimeter.probes", "dosimeter.net"))} == {
        "dosimeter.probes.sample_dimse"
    }
