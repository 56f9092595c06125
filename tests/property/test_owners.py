"""A table of owners is read or refused whatever its bytes, and answers as a search of every line would."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from dosimeter.enrich.owners import OwnerTable, read_owner_table
from dosimeter.enrich.problem import PlacesProblem
from dosimeter.model.owned import OwnedNetwork
from dosimeter.model.place import DataSource

_CELL = st.sampled_from(
    [*("network", "organisation", "asn", "10.0.0.0/8", "::/0", "fd00::/8", '"', "A", "é", "\x00", "FR", "")]
)
_LINES = st.lists(st.lists(_CELL, max_size=4).map(",".join), max_size=6).map("\n".join)
_CONTENT = st.one_of(
    st.binary(max_size=200),
    _LINES.map(str.encode),
    st.binary(max_size=60).map(lambda rest: b"network,organisation\n10.0.0.0/8," + rest),
)


def _asked(path: Path) -> str:
    """The owner of an address, or the sentence."""
    try:
        found = read_owner_table(path).place("10.0.0.1")
    except PlacesProblem as problem:
        return str(problem)
    return found.owner.organisation if found is not None and found.owner is not None else ""


@given(_CONTENT)
def test_any_bytes_are_a_table_or_one_sentence(content: bytes) -> None:
    """Nothing else is raised, and the sentence is one that a terminal can print."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "owners.csv"
        path.write_bytes(content)
        assert _asked(path).isprintable()


def _network(number: int, length: int) -> IPv4Network | IPv6Network:
    """A network of 10.0.0.0/8 for an even number, of fd00::/8 for an odd one."""
    if number % 2:
        return IPv6Network((IPv6Address("fd00::").packed[:15] + bytes([number]), 104 + length), strict=False)
    return IPv4Network((bytes([10, 0, 0, number]), 8 + length), strict=False)


_NUMBERS = st.integers(0, 255)


@given(
    st.lists(st.builds(_network, _NUMBERS, st.integers(0, 24)), unique=True, max_size=12),
    st.lists(_NUMBERS, max_size=12),
)
def test_the_longest_prefix_is_the_one_a_search_of_all_lines_finds(
    networks: list[IPv4Network | IPv6Network], asked: list[int]
) -> None:
    """The table never looks at every line, and finds the same."""
    table = OwnerTable([OwnedNetwork(each, str(each)) for each in networks], DataSource("table"))
    for number in asked:
        for address in (IPv4Address(f"10.0.0.{number}"), ip_address(f"fd00::{number:x}")):
            holding = [each for each in networks if each.version == address.version and address in each]
            expected = max(holding, key=lambda each: each.prefixlen, default=None)
            found = table.place(str(address))
            owner = None if found is None else found.owner
            assert (owner and owner.organisation) == (expected and str(expected))
