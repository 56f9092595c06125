from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from dosimeter.enrich.owners import OwnerTable, read_owner_table
from dosimeter.enrich.problem import PlacesProblem
from dosimeter.model.place import Country, DataSource, Operator, Owner, Place

HEAD = "network,organisation,sector,contact,country,asn,operator\n"
NOON = 1_761_998_400
"""2025-11-01 12:00 UTC."""


def table(folder: Path, content: str | bytes) -> OwnerTable:
    """The table of a file with this content, last changed on the first of November 2025."""
    path = folder / "owners.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.utime(path, (NOON, NOON))
    return read_owner_table(path)


def refusal(folder: Path, content: str | bytes) -> str:
    """The sentence with which it is refused, without the path."""
    with pytest.raises(PlacesProblem) as caught:
        table(folder, content)
    assert str(caught.value).startswith(str(folder / "owners.csv"))
    return str(caught.value).removeprefix(str(folder / "owners.csv")).removeprefix(":").strip()


def owner_of(found: Place | None) -> str | None:
    """The organisation of a place."""
    return None if found is None or found.owner is None else found.owner.organisation


def test_a_line_says_all_that_the_table_knows(tmp_path: Path) -> None:
    """Owner, country and operator come with the file's name and the day it was changed."""
    found = table(
        tmp_path, HEAD + "10.1.0.0/16,CHU de Besançon,hôpital,rssi@chu.example,fr,AS64500,Réseau\n"
    ).place("10.1.2.3")
    source = DataSource("owners.csv", date(2025, 11, 1))
    assert found == Place(
        Country("FR", source),
        Operator(64500, "Réseau", source),
        Owner("CHU de Besançon", "hôpital", "rssi@chu.example", source),
    )


def test_what_a_line_leaves_out_is_not_known(tmp_path: Path) -> None:
    """Two columns are enough; an empty cell, or one that is not there, says nothing."""
    found = table(tmp_path, "organisation,network,sector\nA clinic,10.1.0.0/16,\nB,10.2.0.0/16\n")
    for address, name in (("10.1.0.1", "A clinic"), ("10.2.0.1", "B")):
        place = found.place(address)
        assert place is not None
        assert (place.country, place.operator) == (None, None)
        assert place.owner == Owner(name, None, None, found.source)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_from_any_spreadsheet_is_read(tmp_path: Path, separator: str, mark: bytes, end: str) -> None:
    """Comma, semicolon or tab; with a byte order mark; order, case and spaces of columns do not matter."""
    lines = [("Organisation ", "NETWORK"), ('"A, B; C"', " 10.1.0.0/16 "), ("", ""), ("D", "2001:db8::/32")]
    content = mark + end.join(separator.join(line) for line in lines).encode()
    found = table(tmp_path, content)
    assert owner_of(found.place("10.1.0.1")) == "A, B; C"
    assert owner_of(found.place("2001:db8::1")) == "D"
    assert found.place("10.2.0.1") is None


@pytest.mark.parametrize("before", ["", "\n\n", "sep=;\n", '"sep=;"\n', "SEP=;\n\n", ";;;\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_excel_adds_is_left_out(tmp_path: Path, before: str, end: str) -> None:
    """Empty columns behind the others, empty lines, and the line that names the separator."""
    content = before + "network;organisation;;;\n10.1.0.0/16;A, B;;;\n10.2.0.0/16;C;;;;;\n"
    found = table(tmp_path, content.replace("\n", end))
    assert owner_of(found.place("10.1.0.1")) == "A, B"
    assert owner_of(found.place("10.2.0.1")) == "C"


def test_the_longest_prefix_wins(tmp_path: Path) -> None:
    """Whatever the order of the lines; an address alone is a network of one; IPv6 does not meet IPv4."""
    found = table(
        tmp_path,
        "network,organisation\n10.0.0.0/8,region\n10.1.2.3,machine\n10.1.2.0/24,ward\n10.1.0.0/16,hospital\n"
        "fd00::/8,six\n",
    )
    asked = ("10.9.9.9", "10.1.9.9", "10.1.2.9", "10.1.2.3", "11.0.0.1", "fd00::a01:203")
    assert [owner_of(found.place(each)) for each in asked] == [
        *("region", "hospital", "ward", "machine", None, "six"),
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "1: the column network is missing"),
        ("network;sector\n", "1: the column organisation is missing"),
        ("network,organisation,phone\n", "1: there is no column 'phone'; the first line names some of"),
        ("network,organisation,network\n", "1: the column network is there twice"),
        ("10.0.0.0/8,A\n", "1: there is no column '10.0.0.0/8'"),
        (HEAD + "10.0.0.0/8,A\n10.0.0.1/8,B\n", "3: network 10.0.0.1/8 "),
        (HEAD + "\n\nexample.org,A\n", "4: network example.org "),
        (HEAD + "010.0.0.1,A\n", "2: network 010.0.0.1 "),
        (HEAD + "10.0.0.0/8, ,\n", "2: organisation is empty"),
        (HEAD + "10.0.0.0/8,A,,,France\n", "2: country is not a code of two letters"),
        (HEAD + "10.0.0.0/8,A,,,UK\n", "2: country UK is no code of ISO 3166-1; write GB"),
        (HEAD + "10.0.0.0/8,A,,,el\n", "2: country EL is no code of ISO 3166-1; write GR"),
        (HEAD + "10.0.0.0/8,A,,,ZZ\n", "2: country is not a code of two letters that ISO 3166-1 assigns"),
        (
            HEAD + "10.1.0.0-10.1.0.255,A\n",
            "2: network 10.1.0.0-10.1.0.255 is a range; write networks in CIDR",
        ),
        (HEAD + "10.1.0.0 - 255,A\n", "2: network 10.1.0.0 - 255 is a range; write networks in CIDR"),
        (HEAD + "fd00::1-fd00::9,A\n", "2: network fd00::1-fd00::9 is a range; write networks in CIDR"),
        (HEAD + "0.0.0.0/0,A\n", "2: network 0.0.0.0/0 is the whole internet; name each network"),
        ("sep=;\n\nnetwork;organisation;;\n10.0.0.0/8;A;;x\n", "4: column 4 has a value and no name"),
        (HEAD + "10.0.0.0/8,A,,,,AS0\n", "2: asn is not the number of a network"),
        (HEAD + "10.0.0.0/8,A,,,,4294967296\n", "2: asn is not the number of a network"),
        (HEAD + f"10.0.0.0/8,{'A' * 65}\n", "2: organisation is longer than 64 characters"),
        (HEAD + "10.0.0.0/8,A\n10.0.0.0/9,B\n10.0.0.0/8,C\n", "4: 10.0.0.0/8 is in line 2 already"),
        (HEAD + "10.0.0.0/8,A,,,,,,,x\n", "2: has 9 values for 7 columns"),
        (HEAD + '10.0.0.0/8,"A\n', "2: is not CSV"),
        (HEAD.encode() + b"10.0.0.0/8,CHU de Besan\xe7on\n", "2: is not UTF-8 text"),
        (HEAD.encode("utf-16"), "1: is not UTF-8 text"),
    ],
)
def test_what_says_nothing_clear_is_refused_with_its_line(
    tmp_path: Path, content: str | bytes, says: str
) -> None:
    """One sentence that names the line and what is wrong with it."""
    sentence = refusal(tmp_path, content)
    assert sentence.startswith(says)
    assert sentence.isprintable()


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    """Nor is a folder a table."""
    for path, says in ((tmp_path / "none.csv", "there is no such file"), (tmp_path, "is a folder")):
        with pytest.raises(PlacesProblem, match=says):
            read_owner_table(path)


def test_a_name_with_characters_that_act_is_cleaned(tmp_path: Path) -> None:
    """The table may come from somebody else: escapes and bidirectional marks are shown as question marks."""
    found = table(tmp_path, "network,organisation\n10.0.0.0/8,A\x1b[31m\u202eB\u200b\n")
    assert owner_of(found.place("10.0.0.1")) == "A?[31m?B?"
