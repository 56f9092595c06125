from __future__ import annotations

import struct
import sys
from types import FrameType

from hypothesis import given
from hypothesis import strategies as st

from dosimeter.dicom.count_query import CountLevel, asked_back
from dosimeter.dicom.element_walk import ElementWalk
from dosimeter.dicom.identifier import null_study_query
from dosimeter.dicom.presence import parse_count
from dosimeter.dicom.row_shapes import RowShapes
from dosimeter.dicom.tally import RowTally
from dosimeter.dicom.uids import EXPLICIT_VR_LE, IMPLICIT_VR_LE

KEY = b"sixteen byte key"
WANTED = asked_back(CountLevel.STUDY, counters=True)

TAG = st.sampled_from(
    [
        (0x0008, 0x0005),
        (0x0008, 0x0052),
        (0x0008, 0x0061),
        (0x0008, 0x1115),
        (0x0010, 0x0010),
        (0x0020, 0x000D),
        (0x0020, 0x1206),
        (0x0020, 0x1208),
        (0xFFFE, 0xE000),
        (0xFFFE, 0xE00D),
        (0xFFFE, 0xE0DD),
    ]
)
LENGTH = st.sampled_from([0, 1, 2, 8, 14, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF])
IMPLICIT = st.builds(
    lambda tag, length, value: struct.pack("<HHI", *tag, length) + value, TAG, LENGTH, st.binary(max_size=20)
)
EXPLICIT = st.builds(
    lambda tag, vr, length, value: struct.pack("<HH2sH", *tag, vr, length & 0xFFFF) + value,
    TAG,
    st.sampled_from([b"SQ", b"UN", b"OB", b"CS", b"UI", b"IS", b"\0\0"]),
    LENGTH,
    st.binary(max_size=20),
)
HOSTILE = st.lists(IMPLICIT | EXPLICIT | st.binary(max_size=12), max_size=12).map(b"".join)


@given(HOSTILE | st.binary(max_size=200), st.booleans())
def test_any_bytes_can_be_walked(raw: bytes, explicit: bool) -> None:  # noqa: FBT001
    """The walk never fails, and what it finds are values of wanted tags as they stand in the bytes."""
    found: dict[int, bytes] = {}
    ElementWalk(raw, explicit=explicit).read_into(found, WANTED)

    assert set(found) <= WANTED
    assert all(value in raw for value in found.values())


@given(st.from_regex(r"[0-2]\.[0-9.]{1,60}[0-9]", fullmatch=True))
def test_the_uid_of_a_query_counts_the_same_in_both_syntaxes(uid: str) -> None:
    """What is written by identifier.py is seen whole by the walk, and has one digest."""
    implicit, explicit = RowTally(KEY, CountLevel.STUDY), RowTally(KEY, CountLevel.STUDY)
    RowShapes(implicit.wanted, explicit=False).walk(implicit, null_study_query(uid, IMPLICIT_VR_LE))
    RowShapes(explicit.wanted, explicit=True).walk(explicit, null_study_query(uid, EXPLICIT_VR_LE))

    assert len(implicit.keys) == implicit.keys.overlap(explicit.keys) == 1


@given(st.binary(max_size=14))
def test_a_count_is_digits_or_nothing(value: bytes) -> None:
    """Whatever is read as a count is what its digits say."""
    count = parse_count(value)
    digits = value.strip(b" \0")

    assert (count is not None) == (1 <= len(digits) <= 10 and all(48 <= byte <= 57 for byte in digits))
    if count is not None:
        assert str(count) == (digits.decode().lstrip("0") or "0")


def test_the_deepest_and_the_longest_are_walked_in_linear_time() -> None:
    """64 KiB of nested sequences, of empty items or of empty elements: a few calls a header at most."""
    opened = struct.pack("<HHI", 0x0008, 0x1115, 0xFFFFFFFF) + struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    nested = opened * 4096
    items = struct.pack("<HHI", 0x0008, 0x1115, 0xFFFFFFFF) + struct.pack("<HHI", 0xFFFE, 0xE000, 0) * 8191
    elements = b"".join(struct.pack("<HHI", 0x0008, tag, 0) for tag in range(8192))
    for raw in (nested, items, elements):
        assert len(raw) == 65536
        tally = RowTally(KEY, CountLevel.STUDY, counters=True)
        shapes = RowShapes(tally.wanted, explicit=False)
        count = 0

        def note(_frame: FrameType, event: str, _argument: object) -> None:
            nonlocal count
            count += event in {"call", "c_call"}

        sys.setprofile(note)
        shapes.walk(tally, raw)
        sys.setprofile(None)
        assert count < 6 * 8192 + 100
