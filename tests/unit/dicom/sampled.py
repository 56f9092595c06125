"""What sampling tests share: identifiers, and fill rates by name."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from dosimeter.dicom.sample_query import SAMPLED_KEYS
from dosimeter.dicom.sampling import Fill, FillRates, IdentifierReader

TAGS = {key.keyword: key.tag for key in SAMPLED_KEYS}
VRS = {key.keyword: key.vr for key in SAMPLED_KEYS}


def element(tag: int, value: bytes, vr: bytes = b"LO", *, explicit: bool = False) -> bytes:
    """One element, its value padded."""
    value += b" " * (len(value) % 2)
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF)
    if not explicit:
        return head + struct.pack("<I", len(value)) + value
    if vr in {b"SQ", b"UN", b"UT"}:
        return head + vr + b"\0\0" + struct.pack("<I", len(value)) + value
    return head + vr + struct.pack("<H", len(value)) + value


def answer(values: Mapping[str, bytes], *, explicit: bool = False, character_set: bytes = b"") -> bytes:
    """An identifier with these attributes."""
    found = {TAGS[name]: (value, VRS[name]) for name, value in values.items()}
    if character_set:
        found[0x00080005] = (character_set, b"CS")
    return b"".join(element(tag, *found[tag], explicit=explicit) for tag in sorted(found))


def reduce(*answers: bytes, explicit: bool = False, piece: int = 1 << 20) -> FillRates:
    """Fill rates of these answers, taken in pieces of so many bytes."""
    rates = FillRates()
    reader = IdentifierReader(rates, explicit=explicit)
    for identifier in answers:
        reader.begin()
        for place in range(0, len(identifier), piece):
            reader.feed(memoryview(identifier)[place : place + piece])
        reader.end()
        rates.take()
    return rates


def rate(rates: FillRates, name: str) -> Fill:
    """The fill rate of one attribute."""
    return next(fill for fill in rates.fills() if fill.name == name)
