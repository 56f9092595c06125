from __future__ import annotations

import gzip
import io
import tracemalloc
from pathlib import Path

import pytest

from dosimeter.inventory.problem import InventoryProblem
from dosimeter.inventory.read import read_inventory
from dosimeter.model.target import Service, Target

NMAP = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<?xml-stylesheet href="file:///usr/bin/../share/nmap/nmap.xsl" type="text/xsl"?>
<!-- Nmap 7.94 scan initiated -->
<nmaprun scanner="nmap" args="nmap -sV 10.20.0.0/24" version="7.94">
<host><status state="up" reason="echo-reply"/>
<address addr="10.20.0.5" addrtype="ipv4"/><address addr="00:11:22:33:44:55" addrtype="mac"/>
<hostnames><hostname name="pacs.example" type="PTR"/></hostnames>
<ports><extraports state="closed" count="996"/>
<port protocol="tcp" portid="104"><state state="open"/><service name="dicom" method="probed"
 product="CANARY"/><script id="banner" output="CANARY^PATIENT"/></port>
<port protocol="tcp" portid="2762"><state state="open"/>
<service name="dicom" tunnel="ssl" method="probed"/></port>
<port protocol="tcp" portid="8042"><state state="open"/><service name="http" method="probed"/></port>
<port protocol="tcp" portid="8080"><state state="open"/><service name="http" method="table"/></port>
<port protocol="tcp" portid="11112"><state state="closed"/></port>
<port protocol="tcp" portid="4242"><state state="open|filtered"/></port>
<port protocol="udp" portid="161"><state state="open"/></port>
</ports></host>
<host><status state="up"/><address addr="fd00::5" addrtype="ipv6"/></host>
<host><status state="down"/><address addr="10.20.0.6" addrtype="ipv4"/></host>
<runstats><finished time="1"/></runstats>
</nmaprun>
"""


def read(tmp_path: Path, content: bytes) -> list[Target]:
    file = tmp_path / "targets"
    file.write_bytes(content)
    return [found.target for found in read_inventory(file)]


def hosts(tmp_path: Path, content: bytes) -> list[tuple[str, int | None, Service | None]]:
    return [(target.host, target.port, target.service) for target in read(tmp_path, content)]


def problem(tmp_path: Path, content: bytes) -> InventoryProblem:
    with pytest.raises(InventoryProblem) as refused:
        read(tmp_path, content)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 500
    return refused.value


def test_a_plain_list_may_hold_all_kinds_of_targets(tmp_path: Path) -> None:
    """Comments, empty lines, Windows line ends and a byte order mark make no difference."""
    content = (
        "\ufeff# our archives\r\n\r\n10.20.0.5\r\n10.20.0.6:104  # CT\r\n10.20.1.0/24\r\n[fd00::1]:11112\r\n"
        "fd00::2\nfd00::/120\nPACS.Example\npacs.example:4242 other.example\n::ffff:10.20.0.7\n"
        "[fd00::3]\n10.20.0.8/32"
    )
    assert hosts(tmp_path, content.encode()) == [
        ("10.20.0.5", None, None),
        ("10.20.0.6", 104, None),
        ("10.20.1.0/24", None, None),
        ("fd00::1", 11112, None),
        ("fd00::2", None, None),
        ("fd00::/120", None, None),
        ("pacs.example", None, None),
        ("pacs.example", 4242, None),
        ("other.example", None, None),
        ("10.20.0.7", None, None),
        ("fd00::3", None, None),
        ("10.20.0.8", None, None),
    ]


def test_a_target_remembers_its_line(tmp_path: Path) -> None:
    """So that a refusal can name the place."""
    assert read(tmp_path, b"# x\n10.20.0.5\n")[0].source == f"{tmp_path / 'targets'}:2"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("10.20.0.5:0", "1 to 65535"),
        ("10.20.0.5:65536", "1 to 65535"),
        ("10.20.0.5:dicom", "1 to 65535"),
        ("10.20.0.5:", "1 to 65535"),
        ("[fd00::1]:x", "1 to 65535"),
        ("[fd00::1", "[IPV6]"),
        ("[10.0.0.1]:104", "[IPV6]"),
        ("[fd00::1%eth0]:104", "zone"),
        ("10.20.1.5/16", "write 10.20.0.0/16"),
        ("0x0a.1", "different ways"),
        ("010.0.0.1", "different ways"),
        ("224.0.0.1", "multicast"),
        ("https://pacs.example/", "web address"),
        ("10.20.0.1-20", "CIDR"),
        ("10.20.0.*", "CIDR"),
        ("10.20.0.5,104", "name the columns"),
        ("10.20.0.5;104", "name the columns"),
        ("a" * 300, "host name"),
        ("-iL", "host name"),
    ],
)
def test_a_line_that_is_no_target_is_named_with_advice(tmp_path: Path, line: str, words: str) -> None:
    """The line number, what is wrong, and what to write."""
    refused = problem(tmp_path, f"10.0.0.1\n{line}\n".encode())
    assert (refused.line, words in refused.says) == (2, True), str(refused)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"ip,port\n10.20.0.5,104\n10.20.0.6,\n", [("10.20.0.5", 104), ("10.20.0.6", None)]),
        (b"saddr\n10.20.0.5\n", [("10.20.0.5", None)]),
        (b"saddr,sport\n10.20.0.5,104\n", [("10.20.0.5", 104)]),
        (b"Host;Port;Owner\r\npacs.example;104;Radiology\r\n\r\n", [("pacs.example", 104)]),
        (b'"a, b",ip,port\n"x, ""y""",10.20.0.5,104\n', [("10.20.0.5", 104)]),
        (b"sep=;\r\nip;port\r\n10.20.0.5;104\r\n", [("10.20.0.5", 104)]),
        (b"ip,port\r10.20.0.5,104\r10.20.0.6,104\r", [("10.20.0.5", 104), ("10.20.0.6", 104)]),
        (b'ip_str\tport\tdata\n10.20.0.5\t104\t"CANARY\nmore"\n', [("10.20.0.5", 104)]),
        (b'# exported\n\n"owner","IP Address","port"\n"a, b","10.20.0.5","104"\n', [("10.20.0.5", 104)]),
        (b"\xef\xbb\xbfip,port\n::1,104\n10.20.0.0/30,104\n", [("::1", 104), ("10.20.0.0/30", 104)]),
    ],
)
def test_a_table_is_known_by_its_header(
    tmp_path: Path, content: bytes, expected: list[tuple[str, int | None]]
) -> None:
    """Comma, semicolon or tab; the columns of masscan, zmap, Shodan and spreadsheets; the rest is dropped."""
    targets = read(tmp_path, content)
    assert [(target.host, target.port) for target in targets] == expected
    assert "CANARY" not in repr(targets)


def test_a_table_may_name_the_service(tmp_path: Path) -> None:
    """A word that is no service leaves the decision to the scope."""
    content = b"ip,port,service\n10.0.0.1,1,dicom-tls\n10.0.0.1,2,https\n10.0.0.1,3,DICOM\n10.0.0.1,4,ssh\n"
    content += b"10.0.0.1,5,http\n10.0.0.1,6,hl7\n"
    assert [service for _, _, service in hosts(tmp_path, content)] == [
        Service.DICOM_TLS,
        Service.WEB_TLS,
        Service.DICOM,
        None,
        Service.WEB,
        Service.HL7,
    ]


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b'ip,data\n10.0.0.1,"' + b"x" * 4000 + b"\n" + b"y\n" * 70_000, None, "open quotation mark"),
        (b'ip,data\n10.0.0.2,\n10.0.0.1,"x\n10.0.0.3,y\n', 3, "open quotation mark"),
        (b"ip,data\n10.0.0.1," + b"x" * (8 << 20) + b"\n", 2, "longer than 8388608"),
    ],
)
def test_a_table_that_cannot_be_read_on_is_refused(
    tmp_path: Path, content: bytes, line: int | None, words: str
) -> None:
    """Behind an open quotation mark, or a line without an end, nothing is what it seems."""
    refused = problem(tmp_path, content)
    assert words in refused.says
    assert line in (None, refused.line)


def test_nmap_gives_its_open_tcp_ports_and_nothing_else(tmp_path: Path) -> None:
    """A service counts only where nmap saw it speak; a host without scanned ports has no port."""
    assert hosts(tmp_path, NMAP) == [
        ("10.20.0.5", 104, Service.DICOM),
        ("10.20.0.5", 2762, Service.DICOM_TLS),
        ("10.20.0.5", 8042, Service.WEB),
        ("10.20.0.5", 8080, None),
        ("10.20.0.5", 4242, None),
        ("fd00::5", None, None),
    ]
    assert "CANARY" not in repr(read(tmp_path, NMAP))


@pytest.mark.parametrize("cut", [100, 300, 700, len(NMAP) - 12, len(NMAP) - 2])
def test_truncated_xml_is_refused_after_what_could_be_read(tmp_path: Path, cut: int) -> None:
    """A killed nmap leaves such files; the message says so."""
    refused = problem(tmp_path, NMAP[:cut])
    assert "cut off or damaged" in refused.says or "begins like XML" in refused.says
    assert refused.line is not None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<", "begins like XML"),
        (b"<<<>>>", "begins like XML"),
        (b"<html><body>10.0.0.1</body></html>", "not nmap's"),
        (b"<nmaprun><host></nmaprun>", "cut off or damaged"),
        (b"<nmaprun></nmaprun>", "names no target"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><nmaprun>&a;</nmaprun>', "entities"),
        (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><nmaprun>&a;</nmaprun>', "entities"),
        (b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1/">%a;]><nmaprun/>', "entities"),
        (b"<nmaprun>&undefined;</nmaprun>", "cut off or damaged"),
        (b'<?xml version="1.0" encoding="none"?><nmaprun/>', "XML"),
        (b"<nmaprun>" + b"<a>" * 1000, "deeper"),
        (b"<nmaprun>" + b"".join(b"<t%d/>" % n for n in range(2000)) + b"</nmaprun>", "different tags"),
    ],
)
def test_xml_that_nmap_never_wrote_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    """Wrong root, wrong nesting, entities: one sentence each, and nothing is fetched."""
    assert words in problem(tmp_path, content).says


@pytest.mark.parametrize("content", [b"10.20.0.5:104\n", b"ip,port\n10.20.0.5,104\n", NMAP])
def test_gzip_makes_no_difference(tmp_path: Path, content: bytes) -> None:
    """A packed file gives the same targets, several gzip members too."""
    assert hosts(tmp_path, gzip.compress(content)) == hosts(tmp_path, content)
    half = len(content) // 2
    assert hosts(tmp_path, gzip.compress(content[:half]) + gzip.compress(content[half:])) == hosts(
        tmp_path, content
    )


def test_damaged_gzip_is_one_sentence(tmp_path: Path) -> None:
    """Cut at any place, or with a wrong checksum: the same clear problem."""
    packed = gzip.compress(b"10.20.0.5\n" * 100)
    flipped = bytearray(packed)
    flipped[-6] ^= 1
    for damaged in (*(packed[:cut] for cut in range(2, len(packed))), bytes(flipped), b"\x1f\x8bxxxx"):
        assert "gzip data is damaged" in problem(tmp_path, damaged).says


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (gzip.compress(b""), "is empty"),
        (b"\n\n", "names no target"),
        (b"# nothing\n", "names no target"),
        (b"ip,port\n", "names no target"),
        (b"\x7fELF\x02\x01\x01" + bytes(100), "control characters"),
        (b"10.0.0.1\0\n", "control characters"),
        (b"10.0.0.1 \x1b[2J\n", "control characters"),
        (b"\xff\xfe1\0", "UTF-16"),
        ("ip,port\n10.0.0.1,104\n".encode("utf-16-le"), "UTF-16"),
        ('{"ip_str": "10.0.0.1", "port": 104}'.encode("utf-16-be"), "UTF-16"),
        (gzip.compress(gzip.compress(b"10.0.0.1\n")), "gzip inside gzip"),
        (b"# Masscan 1.3.2\nTimestamp: 1700000000\tHost: 10.0.0.1 ()\tPorts: 104/open/tcp////\n", "-oX"),
        (b"# Nmap 7.95\nHost: 10.0.0.1 ()\tStatus: Up\n", "-oX"),
        (b"Discovered open port 104/tcp on 10.0.0.1\n", "-oJ"),
        (b"\xfe\xff\0" + b"1", "UTF-16"),
        (b"\x89PNG\r\n", "not UTF-8"),
        (b"x" * 4097, "longer than 4096"),
    ],
)
def test_a_file_that_is_no_inventory_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    """Empty, binary, of another encoding: never a traceback, never 'no targets' in silence."""
    assert words in problem(tmp_path, content).says


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    """What the system says becomes a sentence."""
    with pytest.raises(InventoryProblem, match="no such file"):
        list(read_inventory(tmp_path / "none"))
    with pytest.raises(InventoryProblem, match="is a folder"):
        list(read_inventory(tmp_path))


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests may run as root, who may read all; so the refusal of the system is scripted."""

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InventoryProblem, match="check its permissions"):
        list(read_inventory(tmp_path / "targets"))


def test_a_dash_is_standard_input(tmp_path: Path) -> None:
    """Packed or not, recognised by content like a file."""
    for content in (b"10.0.0.1\n", gzip.compress(b"ip\n10.0.0.1\n")):
        [target] = [one.target for one in read_inventory(Path("-"), None, io.BytesIO(content))]
        assert target.host == "10.0.0.1"
        assert target.source.startswith("standard input:")


def _peak(path: Path) -> tuple[int, str]:
    """Most memory Python held while the file was read, and the problem it ended with."""
    tracemalloc.start()
    try:
        with pytest.raises(InventoryProblem) as refused:
            for _ in read_inventory(path):
                pass
        return tracemalloc.get_traced_memory()[1], refused.value.says
    finally:
        tracemalloc.stop()


def test_one_line_of_a_gigabyte_is_refused_after_its_first_bytes(tmp_path: Path) -> None:
    """Neither time nor memory grows with the line; packed, it is no different."""
    sparse = tmp_path / "sparse"
    with sparse.open("wb") as stream:
        stream.truncate(1 << 30)
    memory, says = _peak(sparse)
    assert "longer than 4096" in says
    assert memory < 1 << 20
    packed = tmp_path / "packed.gz"
    packed.write_bytes(gzip.compress(bytes(50 << 20), compresslevel=1))
    memory, says = _peak(packed)
    assert "longer than 4096" in says
    assert memory < 2 << 20


@pytest.mark.parametrize("opening", [b"<nmaprun>", b'<nmaprun a="', b"<nmaprun><!--", b"<!DOCTYPE nmaprun ["])
def test_xml_without_a_tag_in_sight_is_refused_early(tmp_path: Path, opening: bytes) -> None:
    """A text, an attribute, a comment or a declaration of 200 MB is left after 4 MiB."""
    file = tmp_path / "huge.xml"
    with file.open("wb") as stream:
        stream.write(opening + b" " * (8 << 20))
        stream.truncate(200 << 20)
    memory, says = _peak(file)
    assert "4 MiB" in says
    assert memory < 32 << 20


def test_memory_does_not_grow_with_the_number_of_targets(tmp_path: Path) -> None:
    """A hundred thousand lines cost no more than a hundred; nothing is kept of what was read."""
    file = tmp_path / "many.xml"
    host = b'<host><address addr="10.0.0.1"/><ports><port protocol="tcp" portid="104"><state state="open"/>'
    host += b'<script output="' + b"x" * 500 + b'"/></port></ports></host>\n'
    file.write_bytes(b"<nmaprun>" + host * 20_000)
    memory, says = _peak(file)
    assert "cut off" in says
    assert memory < 3 << 20
