from __future__ import annotations

import gzip
import time
from pathlib import Path

import pytest

from tests.badinput.settled import Settled

NMAP = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<nmaprun scanner="nmap" version="7.93" xmloutputversion="1.05">
<host><status state="up"/><address addr="127.0.0.1" addrtype="ipv4"/>
<ports><port protocol="tcp" portid="{port}"><state state="open"/></port></ports></host>
"""


@pytest.mark.parametrize(
    "target",
    [
        "127.0.0.2",
        "127.0.0.1:1",
        "127.0.0.0/24",
        "10.0.0.1",
        "8.8.8.8",
        "localhost",
        "pacs.example.test",
        "0177.0.0.1",
        "2130706433",
        "::ffff:127.0.0.2",
        "::1",
        "not a target",
        "",
        "127.0.0.1/33",
        "127.0.0.1:99999",
        "\x1b[31mred",
    ],
)
def test_a_target_outside_the_scope_or_none_at_all(settled: Settled, target: str) -> None:
    """One wrong target refuses the whole command: nobody is contacted, the right ones neither."""
    said = settled.refused("--scope", settled.scope, "127.0.0.1", target)
    assert "\x1b" not in said.err


def test_an_exclusion_that_is_none(settled: Settled) -> None:
    """A mistyped exclusion must not exclude nothing."""
    settled.refused("--scope", settled.scope, "--exclude", "127.0.0.300", words=("127.0.0.300",))


def test_an_inventory_that_is_missing(settled: Settled) -> None:
    """The file is named."""
    settled.refused("--scope", settled.scope, "-l", "nowhere.txt", words=("nowhere.txt",))


@pytest.mark.parametrize(
    "tail", ["", "<host><address addr='127.0.0.", "<host></wrong>", "<", "</nmaprun", "\x00"]
)
def test_an_inventory_that_is_cut_off(settled: Settled, tail: str) -> None:
    """What came before the cut is not surveyed as if it were all."""
    path = settled.terminal.folder / "scan.xml"
    path.write_text(NMAP.format(port=settled.archive.port) + tail)
    settled.refused("--scope", settled.scope, "-l", path, words=("scan.xml",))


def test_the_same_inventory_in_one_piece_is_read(settled: Settled) -> None:
    """The refusals above are about the cut."""
    path = settled.terminal.folder / "scan.xml"
    path.write_text(NMAP.format(port=settled.archive.port) + "</nmaprun>\n")
    said = settled.terminal.run("survey", "--scope", settled.scope, "-l", path, "--store", "sqlite:///x.db")
    settled.visits = len(settled.archive.visits)
    assert said.code == 0


def test_what_a_scanner_found_at_other_ports_is_left_out(settled: Settled) -> None:
    """A real scan names every open port: those of the scope are asked, the others counted in one note."""
    found = "".join(
        f'<port protocol="tcp" portid="{port}"><state state="open"/></port>'
        for port in (22, 80, settled.archive.port, 445)
    )
    path = settled.terminal.folder / "scan.xml"
    path.write_text(
        '<nmaprun><host><status state="up"/><address addr="127.0.0.1" addrtype="ipv4"/>'
        f"<ports>{found}</ports></host></nmaprun>"
    )
    said = settled.terminal.run("survey", "--scope", settled.scope, "-l", path, "--store", "sqlite:///x.db")
    settled.visits = len(settled.archive.visits)
    assert said.code == 0
    assert f"3 endpoints of {path} are at ports the scope does not list: left out.\n" in said.err
    path.write_text(path.read_text().replace(f'"{settled.archive.port}"', '"111"'))
    settled.refused("--scope", settled.scope, "-l", path, words=("nothing is left to ask", "4 endpoints of"))


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        b"PK\x03\x04" + bytes(200),
        b"\xff\xfe1\x002\x007\x00",
        b"<html><body>127.0.0.1</body></html>",
        b"<?xml version='1.0'?>\n<!DOCTYPE n [<!ENTITY a 'b'>]>\n<nmaprun>&a;</nmaprun>",
        b'{"hosts": ["127.0.0.1"]}',
        b"host;port\n127.0.0.1;104\n",
    ],
    ids=["png", "zip", "utf-16", "html", "entities", "json", "semicolons"],
)
@pytest.mark.parametrize("name", ["scan.xml", "hosts.txt", "hosts.csv"])
def test_an_inventory_that_is_something_else(settled: Settled, name: str, content: bytes) -> None:
    """Whatever the file is called."""
    path = settled.terminal.folder / name
    path.write_bytes(content)
    settled.refused("--scope", settled.scope, "-l", path, words=(name,))


@pytest.mark.parametrize("packed", [False, True])
def test_a_scanners_json_that_is_cut_off(settled: Settled, packed: bool) -> None:  # noqa: FBT001 - a parameter
    """The byte is named, and the records before it are not surveyed as if they were all."""
    record = f'{{"ip_str": "127.0.0.1", "port": {settled.archive.port}}}\n'
    path = settled.terminal.folder / "shodan.json"
    content = (record * 3 + record[:20]).encode()
    path.write_bytes(gzip.compress(content)[:-9] if packed else content)
    words = (
        "gzip data is damaged"
        if packed
        else f"shodan.json:4: the JSON ends in the middle, after byte {len(content)}"
    )
    settled.refused("--scope", settled.scope, "-l", path, words=(words,))


def test_a_scanners_file_of_which_nothing_is_left(settled: Settled) -> None:
    """The refusal counts the reasons."""
    path = settled.terminal.folder / "shodan.json"
    path.write_text('{"ip_str": "8.8.8.8", "port": 104}\n{"ip_str": "8.8.8.8", "port": 0}\n')
    words = (
        "nothing is left to ask",
        "1 entry of",
        "outside the scope",
        "1 record of",
        "port that is not a number",
    )
    settled.refused("--scope", settled.scope, "-l", path, words=words)


def test_an_inventory_with_a_target_outside_the_scope(settled: Settled) -> None:
    """The line is named, and the targets before it are not contacted."""
    path = settled.terminal.folder / "hosts.txt"
    path.write_text("127.0.0.1\n127.0.0.1\n10.9.9.9\n")
    settled.refused("--scope", settled.scope, "-l", path, words=("10.9.9.9",))


@pytest.mark.parametrize(
    "begin",
    [
        b"",
        b"127.0.0.1",
        b"<?xml version='1.0'?><nmaprun ",
        b"host,port\n",
        b'{"ip_str": "',
        b'[{"ip_str": "',
        b"#masscan\nopen tcp",
    ],
)
def test_an_inventory_that_is_one_gigabyte_of_one_line(settled: Settled, begin: bytes) -> None:
    """It is refused by its beginning, or read over as one record that is too long: with little memory."""
    path: Path = settled.terminal.folder / "big.txt"
    with path.open("wb") as file:
        file.write(begin)
        file.truncate(1 << 30)
    began = time.monotonic()
    settled.refused("--scope", settled.scope, "-l", path, words=("big.txt",))
    assert time.monotonic() - began < 10
