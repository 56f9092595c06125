"""Writes small MaxMind DB files, as https://maxmind.github.io/MaxMind-DB/ describes them."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

Value = str | int | Mapping[str, "Value"] | list["Value"]

MARK: Final = b"\xab\xcd\xefMaxMind.com"
_SEPARATOR: Final = bytes(16)
_STRING, _UINT16, _UINT32, _MAP, _UINT64, _ARRAY = 2, 5, 6, 7, 9, 11

_KINDS: Final = {
    **dict.fromkeys(
        ("record_size", "ip_version", "binary_format_major_version", "binary_format_minor_version"), _UINT16
    ),
    "build_epoch": _UINT64,
}
"""Numbers of the metadata that are not of 32 bits."""


def write_mmdb(
    path: Path,
    records: Mapping[str, Value],
    *,
    kind: str = "Test-Country",
    built: int = 1_761_955_200,
    ip_version: int = 6,
) -> Path:
    """A file with these records by network; ``built`` is in seconds since 1970 (2025-11-01)."""
    tree: list[list[int | bytes | None]] = [[None, None]]
    for network, record in records.items():
        _plant(tree, _bits(network, ip_version), encode(record))
    data, places = b"", {}
    for leaf in (leaf for node in tree for leaf in node if isinstance(leaf, bytes)):
        if leaf not in places:
            places[leaf] = len(data)
            data += leaf
    count = len(tree)
    nodes = b"".join(struct.pack(">I", _word(child, count, places)) for node in tree for child in node)
    metadata: dict[str, Value] = {
        "node_count": count,
        "record_size": 32,
        "ip_version": ip_version,
        "database_type": kind,
        "languages": ["en"],
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": built,
        "description": {"en": "made by a test"},
    }
    path.write_bytes(nodes + _SEPARATOR + data + MARK + encode(metadata))
    return path


def encode(value: Value, key: str = "") -> bytes:
    """A value of the data section, or of the metadata, where its key says how wide a number is."""
    if isinstance(value, str):
        raw = value.encode()
        return _control(_STRING, len(raw)) + raw
    if isinstance(value, int):
        raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
        return _control(_KINDS.get(key, _UINT32 if value < 1 << 32 else _UINT64), len(raw)) + raw
    if isinstance(value, list):
        return _control(_ARRAY, len(value)) + b"".join(map(encode, value))
    pairs = b"".join(encode(key) + encode(each, key) for key, each in value.items())
    return _control(_MAP, len(value)) + pairs


def _control(kind: int, size: int) -> bytes:
    extended = bytes([kind - 7]) if kind > _MAP else b""
    first = 0 if extended else kind << 5
    if size < 29:
        return bytes([first | size]) + extended
    if size < 29 + 256:
        return bytes([first | 29]) + extended + bytes([size - 29])
    return bytes([first | 30]) + extended + (size - 285).to_bytes(2, "big")


def _bits(network: str, ip_version: int) -> str:
    """The bits of a network; IPv4 is in the first 96 zero bits of an IPv6 tree."""
    parsed = ip_network(network)
    width = 32 if parsed.version == 4 else 128
    bits = f"{int(parsed.network_address):0{width}b}"[: parsed.prefixlen]
    return "0" * 96 + bits if ip_version == 6 and parsed.version == 4 else bits


def _plant(tree: list[list[int | bytes | None]], bits: str, leaf: bytes) -> None:
    node = 0
    for bit in map(int, bits[:-1]):
        child = tree[node][bit]
        if not isinstance(child, int):
            tree.append([None, None])
            child = tree[node][bit] = len(tree) - 1
        node = child
    tree[node][int(bits[-1])] = leaf


def _word(child: int | bytes | None, count: int, places: Mapping[bytes, int]) -> int:
    if child is None:
        return count
    return child if isinstance(child, int) else count + len(_SEPARATOR) + places[child]
