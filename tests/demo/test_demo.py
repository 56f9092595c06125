from __future__ import annotations

import csv
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dosimeter.lab.archive import Archive
from dosimeter.lab.archives import lab_archives
from dosimeter.lab.listener import listen_on_loopback

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/survey.v1.json").read_text())
COMMAND = (sys.executable, "-m", "dosimeter")
DEADLINE = 60


def dosimeter(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with nothing of the user's settings."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DOSIMETER_")}
    environment |= {"XDG_DATA_HOME": str(cwd / "data"), "XDG_CONFIG_HOME": str(cwd / "config")}
    return subprocess.run(
        (*COMMAND, *arguments),
        check=False,
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """What a running command says on stderr, up to the line with these words."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if words in line:
            return said
    raise AssertionError(f"it never said {words}: {said}")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """One demo, run as the README says, in a folder with nothing in it."""
    folder = tmp_path_factory.mktemp("demo")
    return dosimeter("demo", cwd=folder), folder / "dosimeter-demo"


Demo = tuple[subprocess.CompletedProcess[str], Path]


def archive_lines(folder: Path) -> list[dict[str, Any]]:
    """The lines of the JSON Lines report that are archives, or endpoints that turned out to be none."""
    lines = [json.loads(line) for line in (folder / "report.jsonl").read_text().splitlines()]
    return [line for line in lines if line["type"] == "archive"]


def doors_of(lines: Iterable[dict[str, Any]]) -> dict[tuple[str, int], dict[str, Any]]:
    """Every door of every line, by address and port."""
    return {(door["address"], door["port"]): door for line in lines for door in line["endpoints"]}


def archives_of(folder: Path) -> tuple[Archive, ...]:
    """The lab that this demo started: which block of addresses it found free is in its targets."""
    first = (folder / "lab-targets.txt").read_text().partition("\n")[0]
    return lab_archives(int(first.split(".")[2]))


def test_it_needs_nothing_and_ends_well(demo: Demo) -> None:
    """No option, no set-up: exit code 0, the table on stdout, where the files are on stderr."""
    ended, folder = demo
    assert ended.returncode == 0, ended.stderr
    assert "retrievable" in ended.stdout
    assert "127.20." in ended.stdout
    assert f"{folder.name}/report.html" in ended.stderr
    assert "verdicts as they should be" in ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


def test_it_takes_a_few_seconds(demo: Demo) -> None:
    """Lab, survey and reports stay within ten seconds of their own."""
    ended, _ = demo
    said = re.search(r"as they should be, ([0-9.]+) s", ended.stderr)
    assert said is not None
    assert float(said.group(1)) < 10


def test_every_port_got_its_verdict(demo: Demo) -> None:
    """Each door has the exposure and the guards that it was built to show, and stands in one line."""
    _, folder = demo
    lines = archive_lines(folder)
    doors = doors_of(lines)
    ports = [(archive, port) for archive in archives_of(folder) for port in archive.ports]
    assert len(doors) == sum(len(line["endpoints"]) for line in lines) == len(ports)
    for archive, port in ports:
        door = doors[port.endpoint.address, port.endpoint.port]
        found = (door["service"], door["exposure"], door["protections"])
        is_tls_in_disguise = archive.name == "tls-on-plain-port"
        is_web_in_disguise = archive.name == "web-server"
        service = (
            "dicom-tls" if is_tls_in_disguise else "web" if is_web_in_disguise else port.endpoint.service
        )
        assert found == (
            service,
            port.expected.exposure.value,
            [protection.value for protection in port.expected.protections],
        ), port


def test_an_archive_behind_several_doors_is_one_archive(demo: Demo) -> None:
    """By what the doors show, never by their address: the viewer of the closed one is joined with nothing."""
    _, folder = demo
    hosts = [
        {(door["address"].rpartition(".")[2], door["port"]) for door in line["endpoints"]}
        for line in archive_lines(folder)
        if line["is_archive"]
    ]
    assert {("1", 11112), ("1", 8042), ("44", 11112)} in hosts
    assert {("3", 11112), ("3", 8080)} in hosts
    assert {("4", 2762), ("4", 8443)} in hosts
    assert {("24", 11112), ("24", 8042)} in hosts
    assert {("62", 8080)} in hosts


def test_the_same_people_behind_another_door_stand_beside_the_archive(demo: Demo) -> None:
    """FHIR and HL7 are no archives; the archive of their host says that they are there."""
    _, folder = demo
    (line,) = [
        line for line in archive_lines(folder) if line["address"].endswith(".21") and line["is_archive"]
    ]
    assert {neighbour["port"] for neighbour in line["neighbours"]} == {8080, 2575}


def test_every_report_is_written(demo: Demo) -> None:
    """HTML, JSON, JSON Lines, CSV and PDF are there, each with every archive, JSON as its schema says."""
    _, folder = demo
    addresses = {archive.address for archive in archives_of(folder)}
    page = (folder / "report.html").read_text()
    assert all(address in page for address in addresses)
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF-")
    for line in (folder / "report.jsonl").read_text().splitlines():
        jsonschema.validate(json.loads(line), SCHEMA)
    whole = json.loads((folder / "report.json").read_text())
    assert {address for address, _ in doors_of(whole["archives"])} == addresses
    with (folder / "report.csv").open(newline="") as table:
        assert {row["address"] for row in csv.DictReader(table)} == addresses


def test_no_invented_patient_is_in_any_file(demo: Demo) -> None:
    """Even the lab's own patients stay in the lab."""
    _, folder = demo
    for path in folder.rglob("*"):
        assert b"INVENTED-0" not in path.read_bytes(), path


def test_it_moves_on_if_a_lab_is_up(tmp_path: Path) -> None:
    """Where an address is taken, the next block of addresses is used; a folder can be named."""
    with listen_on_loopback(lab_archives(0)[1].address, lab_archives(0)[1].port):
        ended = dosimeter("demo", "--output-dir", "elsewhere", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    folder = tmp_path / "elsewhere"
    assert doors_of(archive_lines(folder)).keys() == {
        (port.endpoint.address, port.endpoint.port)
        for archive in archives_of(folder)
        for port in archive.ports
    }


def test_the_archives_can_be_kept(tmp_path: Path) -> None:
    """With --keep they go on listening after the reports are written, until Ctrl-C ends all with 0."""
    with subprocess.Popen(
        (*COMMAND, "demo", "--keep"),
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as demo:
        said = read_until(demo, "The archives go on listening")
        folder = tmp_path / "dosimeter-demo"
        assert (folder / "report.html").stat().st_size > 0
        kept = archives_of(folder)[0]
        with socket.create_connection((kept.address, kept.port)):
            pass
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=DEADLINE)
    assert demo.returncode == 0, said


def test_an_interrupted_demo_says_so(tmp_path: Path) -> None:
    """Ctrl-C while the archives are asked: exit code 130, one sentence, no report, no traceback."""
    with subprocess.Popen(
        (*COMMAND, "demo"), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as demo:
        read_until(demo, "Ctrl-C stops it")
        demo.send_signal(signal.SIGINT)
        shown, said = demo.communicate(timeout=DEADLINE)
    assert demo.returncode == 130
    assert said == "The demo was stopped before every archive was asked; start it again for its reports.\n"
    assert shown == ""
    assert not (tmp_path / "dosimeter-demo" / "report.html").exists()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    """A file in the way ends with exit code 2 and says what to do."""
    (tmp_path / "file").write_text("")
    ended = dosimeter("demo", "--output-dir", "file/folder", cwd=tmp_path)
    assert ended.returncode == 2
    assert "name a folder with --output-dir" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_verdict_that_is_not_as_expected_is_said_and_fails(tmp_path: Path) -> None:
    """The demo checks itself: with a rule broken on purpose it names the archive and ends with 1."""
    program = (
        "import sys, dosimeter.lab.archives as lab\n"
        "from dataclasses import replace\n"
        "honest = lab.lab_archives\n"
        "def lying(block=0):\n"
        "    first, *rest = honest(block)\n"
        "    return (replace(first, expected=rest[1].expected), *rest)\n"
        "import dosimeter.usecases.run_lab as run_lab\n"
        "run_lab.lab_archives = lying\n"
        "from dosimeter.cli.main import main\n"
        "sys.argv = ['dosimeter', 'demo']\n"
        "main()\n"
    )
    ended = subprocess.run(
        (sys.executable, "-c", program),
        check=False,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    assert ended.returncode == 1
    assert "exposure is retrievable, not queryable" in ended.stderr


def test_the_list_of_the_lab_starts_nothing(tmp_path: Path) -> None:
    """`dosimeter lab list` prints address, name, verdict and what is imitated, and binds no port."""
    ended = dosimeter("lab", "list", cwd=tmp_path)
    assert ended.returncode == 0
    lines = ended.stdout.splitlines()
    ports = [(archive, port) for archive in lab_archives() for port in archive.ports]
    assert len(lines) == len(ports) + 1
    for (archive, port), line in zip(ports, lines[1:], strict=True):
        assert line.startswith(port.endpoint.authority)
        assert archive.name in line
        assert port.expected.exposure.value in line
        assert port.says in line


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_lab_that_is_up_can_be_surveyed_and_ended(number: signal.Signals, tmp_path: Path) -> None:
    """The command that `lab up` prints works as it stands; Ctrl-C and SIGTERM end it with exit code 0."""
    with subprocess.Popen(
        (*COMMAND, "lab", "up"), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as lab:
        assert lab.stdout is not None
        command = ""
        until = time.monotonic() + DEADLINE
        while not command.startswith("dosimeter survey") and time.monotonic() < until:
            command = lab.stdout.readline()
        surveyed = dosimeter(
            *command.split()[1:], "--store", "sqlite:///survey.db", "-f", "jsonl", cwd=tmp_path
        )
        lab.send_signal(number)
        _, said = lab.communicate(timeout=DEADLINE)
    assert lab.returncode == 0, said
    assert surveyed.returncode == 0, surveyed.stderr
    lines = [json.loads(line) for line in surveyed.stdout.splitlines()]
    doors = doors_of(line for line in lines if line["type"] == "archive")
    found = {place: door["exposure"] for place, door in doors.items()}
    assert found == {
        (port.endpoint.address, port.endpoint.port): port.expected.exposure.value
        for archive in lab_archives()
        for port in archive.ports
    }


def test_a_lab_whose_addresses_are_taken_says_so(tmp_path: Path) -> None:
    """`lab up` has fixed addresses: one in use is one sentence and exit code 2."""
    archive = lab_archives()[0]
    with listen_on_loopback(archive.address, archive.port):
        ended = dosimeter("lab", "up", cwd=tmp_path)
    assert ended.returncode == 2
    assert f"cannot listen on {archive.address}:{archive.port}" in ended.stderr
