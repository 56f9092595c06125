from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from dosimeter.net.address import (
    AddressRefused,
    Reach,
    canonical_address,
    canonical_name,
    canonical_network,
    is_public,
    looks_like_address,
    network_reach,
    reach,
)

ONE_SPELLING = [
    ("10.0.0.1", "10.0.0.1"),
    ("127.0.0.1", "127.0.0.1"),
    ("192.0.2.255", "192.0.2.255"),
    ("223.255.255.255", "223.255.255.255"),
    ("1.0.0.0", "1.0.0.0"),
    ("::1", "::1"),
    ("0:0:0:0:0:0:0:1", "::1"),
    ("0000:0000:0000:0000:0000:0000:0000:0001", "::1"),
    ("::0.0.0.1", "::1"),
    ("FD00::AB", "fd00::ab"),
    ("fd00:0:0:1::", "fd00:0:0:1::"),
    ("2001:DB8::1", "2001:db8::1"),
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
    ("fe80::1", "fe80::1"),
    ("2001:1::1", "2001:1::1"),
    ("2003::1", "2003::1"),
    ("64:ff9b:2::1", "64:ff9b:2::1"),
    ("64:ff9b:0:1::1", "64:ff9b:0:1::1"),
    ("fd00::5efd:a00:1", "fd00::5efd:a00:1"),
]

DISGUISES = [
    ("::ffff:10.0.0.1", "10.0.0.1"),
    ("::FFFF:10.0.0.1", "10.0.0.1"),
    ("::ffff:a00:1", "10.0.0.1"),
    ("::ffff:0a00:0001", "10.0.0.1"),
    ("0:0:0:0:0:ffff:10.0.0.1", "10.0.0.1"),
    ("0000:0000:0000:0000:0000:ffff:0a00:0001", "10.0.0.1"),
    ("::ffff:127.0.0.1", "127.0.0.1"),
    ("::ffff:7f00:1", "127.0.0.1"),
    ("::ffff:169.254.169.254", "169.254.169.254"),
    ("::ffff:192.0.2.1", "192.0.2.1"),
    ("::10.0.0.1", "10.0.0.1"),
    ("::a00:1", "10.0.0.1"),
    ("::127.0.0.1", "127.0.0.1"),
    ("::192.0.2.1", "192.0.2.1"),
    ("0:0:0:0:0:0:7f00:1", "127.0.0.1"),
    ("64:ff9b::10.0.0.1", "10.0.0.1"),
    ("64:ff9b::a00:1", "10.0.0.1"),
    ("64:FF9B::7F00:1", "127.0.0.1"),
    ("0064:ff9b:0:0:0:0:c000:0201", "192.0.2.1"),
    ("64:ff9b::192.168.1.1", "192.168.1.1"),
]

NUMBERS_IN_DISGUISE = [
    "010.0.0.1",
    "10.0.0.01",
    "0177.0.0.1",
    "127.0.0.01",
    "00.0.0.0",
    "0x7f.0.0.1",
    "0x7f.0x0.0x0.0x1",
    "127.0x1",
    "0x7f000001",
    "0X7F000001",
    "0x",
    "10.0.0.0x1",
    "2130706433",
    "017700000001",
    "0",
    "1",
    "127.1",
    "127.0.1",
    "10.1",
    "10.0.0.1.",
    "127.1.",
    "4294967295",
    "4294967296",
    "99999999999999999999",
    "1.2.3.4.5",
    "1.2.3.08",
]

NO_ADDRESS = [
    "",
    " ",
    "10.0.0.1 ",
    " 10.0.0.1",
    "10.0.0.1\n",
    "10.0.0.1\0",
    "10.0.0.256",
    "300.1.1.1",
    "999.999.999.999",
    "10.0.0",
    "10..0.1",
    ".10.0.0.1",
    "-1.0.0.1",
    "+10.0.0.1",
    "10.0.0.-1",
    "1e1.0.0.1",
    "10,0,0,1",
    "10.0.0.1/32",
    "10.0.0.1:104",
    "\uff11\uff10.0.0.1",
    "10\u30020\u30020\u30021",
    "\u0661\u0660.0.0.1",
    "localhost",
    "pacs.example",
    "[::1]",
    "[10.0.0.1]",
    ":",
    ":::",
    "::1::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "12345::",
    "::g",
    "::ffff:10.0.0.256",
    "::ffff:010.0.0.1",
    "::ffff:0x7f.1",
    "::1\n",
    " ::1",
    "::\uff11",
    "fe80::1%eth0",
    "fe80::1%1",
    "fe80::1%25eth0",
    "::1%lo",
    "::ffff:10.0.0.1%eth0",
    "%",
    "::%",
    "10.0.0.1%eth0",
    "1" * 1000,
    "a" * 1000,
    ":" * 1000,
    "::" + "0" * 1000,
]

NO_SINGLE_HOST = [
    ("0.0.0.0", "this host"),
    ("0.0.0.1", "this host"),
    ("0.255.255.255", "this host"),
    ("::", "this host"),
    ("0:0:0:0:0:0:0:0", "this host"),
    ("::0.0.0.0", "this host"),
    ("::2", "this host"),
    ("::ffff:0.0.0.0", "this host"),
    ("::ffff:0:0", "this host"),
    ("64:ff9b::", "this host"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.255", "multicast"),
    ("::ffff:224.0.0.1", "multicast"),
    ("ff02::1", "multicast"),
    ("ff00::", "multicast"),
    ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "multicast"),
    ("240.0.0.1", "broadcast"),
    ("255.255.255.255", "broadcast"),
    ("::ffff:255.255.255.255", "broadcast"),
    ("::255.255.255.255", "broadcast"),
    ("64:ff9b::255.255.255.255", "broadcast"),
    ("2002::", "6to4"),
    ("2002:a00:1::1", "6to4"),
    ("2002:7f00:1::", "6to4"),
    ("2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "6to4"),
    ("2001::1", "Teredo"),
    ("2001:0:53aa:64c:0:fbfe:f5ff:fffe", "Teredo"),
    ("64:ff9b:1::1", "local NAT64"),
    ("64:ff9b:1::10.0.0.1", "local NAT64"),
    ("64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "local NAT64"),
    ("::ffff:0:10.0.0.1", "IPv4-translated"),
    ("::ffff:0:a00:1", "IPv4-translated"),
    ("fe80::5efe:10.0.0.1", "ISATAP"),
    ("fd00::5efe:a00:1", "ISATAP"),
    ("fd00::200:5efe:10.0.0.1", "ISATAP"),
]

LOOPBACK = ["127.0.0.0", "127.0.0.1", "127.20.3.4", "127.255.255.255", "::1", "::ffff:127.0.0.1"]
PRIVATE = [
    "10.0.0.0",
    "10.255.255.255",
    "172.16.0.0",
    "172.31.255.255",
    "192.168.0.0",
    "192.168.255.255",
    "100.64.0.0",
    "100.127.255.255",
    "169.254.0.0",
    "169.254.169.254",
    "fc00::",
    "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fe80::",
    "febf::1",
    "fec0::1",
    "feff::1",
    "::ffff:192.168.0.1",
    "64:ff9b::10.0.0.1",
]
PUBLIC = [
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.167.255.255",
    "192.169.0.0",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "223.255.255.255",
    "2001:db8::1",
    "2606:4700::1111",
    "100::1",
    "fbff::1",
    "fe00::1",
    "fe7f::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]


@pytest.mark.parametrize(("text", "canonical"), ONE_SPELLING + DISGUISES)
def test_every_spelling_of_an_address_becomes_one(text: str, canonical: str) -> None:
    """All spellings that mean one host give the same text, which is stable when read again."""
    assert canonical_address(text) == canonical
    assert canonical_address(canonical) == canonical


@pytest.mark.parametrize("text", NUMBERS_IN_DISGUISE)
def test_a_number_that_programs_read_differently_is_refused_with_advice(text: str) -> None:
    """Octal, hexadecimal, short and integer forms are neither addresses nor names."""
    with pytest.raises(AddressRefused) as refused:
        canonical_address(text)
    assert "different ways" in refused.value.why
    assert "10.20.0.5" in refused.value.why
    with pytest.raises(AddressRefused):
        canonical_name(text)


@pytest.mark.parametrize("text", NO_ADDRESS)
def test_what_is_no_address_is_refused_in_one_printable_line(text: str) -> None:
    """The message never repeats control characters or more than a line of what it refuses."""
    with pytest.raises(AddressRefused) as refused:
        canonical_address(text)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(("text", "word"), NO_SINGLE_HOST)
def test_an_address_that_names_no_single_host_is_refused_by_name(text: str, word: str) -> None:
    """Unspecified, multicast, broadcast and tunnel addresses are refused, and the message says which."""
    with pytest.raises(AddressRefused) as refused:
        canonical_address(text)
    assert word in refused.value.why


@pytest.mark.parametrize(
    ("text", "expected"),
    [(text, Reach.LOOPBACK) for text in LOOPBACK]
    + [(text, Reach.PRIVATE) for text in PRIVATE]
    + [(text, Reach.PUBLIC) for text in PUBLIC],
)
def test_reach_is_decided_by_our_own_tables(text: str, expected: Reach) -> None:
    """What no table holds is public, documentation and benchmark ranges too."""
    assert reach(ip_address(canonical_address(text))) is expected
    assert is_public(text) is (expected is Reach.PUBLIC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.20.0.0/16", "10.20.0.0/16"),
        ("10.20.1.5", "10.20.1.5/32"),
        ("10.20.1.5/32", "10.20.1.5/32"),
        ("FD00::/8", "fd00::/8"),
        ("::1", "::1/128"),
        ("::1/128", "::1/128"),
        ("::ffff:10.0.0.1", "10.0.0.1/32"),
        ("192.0.2.0/24", "192.0.2.0/24"),
    ],
)
def test_a_network_is_read_as_it_is_meant(text: str, expected: str) -> None:
    """CIDR notation or a single address."""
    assert canonical_network(text) == ip_network(expected)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("10.20.1.5/16", "write 10.20.0.0/16 or 10.20.1.5"),
        ("fd00::1/64", "write fd00::/64 or fd00::1"),
        ("0.0.0.0/0", "whole internet"),
        ("::/0", "whole internet"),
        ("0.0.0.0/8", "this host"),
        ("224.0.0.0/4", "multicast"),
        ("128.0.0.0/1", "multicast"),
        ("255.255.255.255/32", "broadcast"),
        ("ff00::/8", "multicast"),
        ("::/96", "this host"),
        ("::ffff:10.0.0.0/104", "disguise"),
        ("64:ff9b::/96", "disguise"),
        ("64:ff9b::/32", "disguise"),
        ("64:ff9b:1::/48", "NAT64"),
        ("2002::/16", "6to4"),
        ("2002:a00::/32", "6to4"),
        ("2001::/23", "Teredo"),
        ("10.0.0.0/255.0.0.0", "prefix length"),
        ("10.0.0.0/0.255.255.255", "prefix length"),
        ("10.0.0.0/08", "prefix length"),
        ("10.0.0.0/", "prefix length"),
        ("10.0.0.0/-1", "prefix length"),
        ("10.0.0.0/33", "CIDR"),
        ("fd00::/129", "CIDR"),
        ("010.0.0.0/8", "CIDR"),
        ("10.0/16", "CIDR"),
        ("10.0.0.0/8/8", "prefix length"),
        ("fe80::%eth0/64", "zone"),
        ("pacs.example/24", "CIDR"),
        ("/24", "CIDR"),
    ],
)
def test_a_network_that_means_something_else_is_refused_with_advice(text: str, advice: str) -> None:
    """Host bits, masks, disguises and everything else that could be wider than it says."""
    with pytest.raises(AddressRefused) as refused:
        canonical_network(text)
    assert advice in refused.value.why


def test_a_network_reaches_as_far_as_its_farthest_address() -> None:
    """A network that is private only in part is public."""
    assert network_reach(ip_network("127.0.0.0/8")) is Reach.LOOPBACK
    assert network_reach(ip_network("10.0.0.0/8")) is Reach.PRIVATE
    assert network_reach(ip_network("10.0.0.0/7")) is Reach.PUBLIC
    assert network_reach(ip_network("126.0.0.0/7")) is Reach.PUBLIC
    assert network_reach(ip_network("fc00::/6")) is Reach.PUBLIC


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("PACS.Example", "pacs.example"),
        ("pacs.example.", "pacs.example"),
        ("pacs", "pacs"),
        ("pacs-1.example", "pacs-1.example"),
        ("_dicom.example", "_dicom.example"),
        ("h\u00f4pital.example", "xn--hpital-ixa.example"),
        ("H\u00d4PITAL.example", "xn--hpital-ixa.example"),
        ("xn--hpital-ixa.example", "xn--hpital-ixa.example"),
        ("pacs\u3002example", "pacs.example"),
        ("1and1.example", "1and1.example"),
        ("10.example", "10.example"),
    ],
)
def test_every_spelling_of_a_name_becomes_one(text: str, canonical: str) -> None:
    """Case, the final dot and the script make no difference."""
    assert canonical_name(text) == canonical
    assert canonical_name(canonical) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "a..b",
        ".a",
        "a b",
        "-a",
        "a-",
        "a" * 64,
        ("a" * 60 + ".") * 5,
        "a\n",
        "a/b",
        "a:1",
        "a@b",
        "a%b",
        "127.0.0.1",
        "\uff11\uff12\uff17.0.0.1",
        "127\u30020\u30020\u30021",
        "\uff10x7f.1",
        "\ud800",
        "::1",
        "example.0x7f",
        "example.1",
    ],
)
def test_what_is_no_name_or_a_number_in_disguise_is_refused(text: str) -> None:
    """Full-width digits and ideographic dots spell an address for some resolvers."""
    with pytest.raises(AddressRefused) as refused:
        canonical_name(text)
    assert str(refused.value).isprintable()


def test_a_name_that_ends_in_a_number_is_read_as_an_address() -> None:
    """The rule of browsers: the last label decides."""
    assert looks_like_address("10.0.0.1")
    assert looks_like_address("a.0x1")
    assert looks_like_address("::1")
    assert not looks_like_address("10.example")
    assert not looks_like_address("0xyz")
