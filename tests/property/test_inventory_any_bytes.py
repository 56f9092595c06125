from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dosimeter.inventory.entry import parse_target
from dosimeter.inventory.problem import InventoryProblem
from dosimeter.inventory.read import read_inventory
from dosimeter.model.target import Target

LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ["10.0.0.1", "ip,port", "saddr", "# c", "", "[::1]:104", "a.example:1", "10.0.0.0/8", '"']
        ),
        st.text(max_size=30),
    ),
    max_size=8,
).map(lambda lines: "\n".join(lines).encode("utf-8", "surrogatepass"))
TAGS = st.lists(
    st.sampled_from(
        [
            "<?xml version='1.0'?>",
            "<!DOCTYPE nmaprun>",
            "<nmaprun>",
            "</nmaprun>",
            "<host>",
            "</host>",
            "<address addr='10.0.0.1'/>",
            "<address addr='x' addrtype='ipv6'/>",
            "<ports>",
            "</ports>",
            "<port protocol='tcp' portid='104'>",
            "<port protocol='tcp' portid='x'>",
            "<port>",
            "</port>",
            "<state state='open'/>",
            "<service name='dicom' method='probed'/>",
            "<!--",
            "]]>",
            "&amp;",
            "&x;",
            "\0",
            "text",
        ]
    ),
    max_size=14,
).map(lambda tags: "".join(tags).encode())
PACKED: Callable[[bytes], bytes] = gzip.compress
CONTENT = st.one_of(st.binary(max_size=300), LINES, TAGS)


def targets_of(content: bytes) -> list[Target] | InventoryProblem:
    try:
        return [found.target for found in read_inventory(Path("-"), None, io.BytesIO(content))]
    except InventoryProblem as refused:
        return refused


@given(st.one_of(CONTENT, CONTENT.map(PACKED), CONTENT.map(lambda content: PACKED(content)[:-3])))
def test_any_bytes_are_targets_or_one_problem(content: bytes) -> None:
    """No inventory ends in a traceback, and no problem carries control characters."""
    outcome = targets_of(content)
    if isinstance(outcome, InventoryProblem):
        assert str(outcome).isprintable()
        assert outcome.line is None or outcome.line >= 1
        return
    assert outcome
    for target in outcome:
        again = parse_target(target.host)
        assert again.host == target.host
        assert target.port is None or 1 <= target.port <= 65535


@given(CONTENT)
def test_packing_an_inventory_changes_nothing(content: bytes) -> None:
    """The same targets or the same problem."""
    if content.startswith(b"\x1f\x8b"):
        return
    plain, packed = targets_of(content), targets_of(PACKED(content))
    assert str(plain) == str(packed)
