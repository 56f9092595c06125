from __future__ import annotations

import pytest

from dosimeter.dicom.errors import LocalProtocolError, RemoteProtocolError
from dosimeter.dicom.limits import MAX_UNREAD
from dosimeter.dicom.pdu_encode import RELEASE_RP, RELEASE_RQ, encode_fragment
from dosimeter.dicom.pdu_reader import PduReader


def test_pdus_come_out_as_they_went_in_however_the_bytes_are_cut() -> None:
    """Every way to cut two PDUs in two gives the same two PDUs."""
    stream = RELEASE_RQ + RELEASE_RP

    for cut in range(len(stream) + 1):
        reader = PduReader()
        found = []
        for piece in (stream[:cut], stream[cut:]):
            if piece:
                reader.feed(piece)
            while (pdu := reader.next_pdu()) is not None:
                found.append(pdu)
        assert found == [RELEASE_RQ, RELEASE_RP]
        assert reader.unread == 0


def test_a_pdu_that_came_in_one_piece_is_not_copied() -> None:
    """The usual segment holds one whole PDU: it is handed on as the object that came in."""
    segment = encode_fragment(1, 3, bytes(1000))
    reader = PduReader()
    reader.feed(segment)

    assert reader.next_pdu() is segment


def test_an_unfinished_pdu_is_counted() -> None:
    """What waits for the rest of a PDU is known, for whoever is told that there will be no rest."""
    reader = PduReader()
    reader.feed(RELEASE_RQ + RELEASE_RP[:7])
    assert reader.next_pdu() == RELEASE_RQ

    assert reader.next_pdu() is None
    assert reader.unread == 7


@pytest.mark.parametrize("first", [0x00, 0x08, 0x15, 0x16, 0x48, 0x53, 0xFF])
def test_the_first_byte_of_what_is_no_pdu_is_enough(first: int) -> None:
    """TLS records, HTTP, SSH banners are refused at their first byte: nobody waits for a sixth."""
    reader = PduReader()
    reader.feed(bytes([first]))

    with pytest.raises(RemoteProtocolError) as raised:
        reader.next_pdu()
    assert (raised.value.pdu, raised.value.field, raised.value.offset) == ("PDU", "pdu_type", 0)
    assert raised.value.abort_reason == 1


@pytest.mark.parametrize(
    ("header", "fits"),
    [
        ("02 00 00000000", True),
        ("02 00 00010000", True),
        ("02 00 00010001", False),
        ("04 00 7FFFFFFF", False),
        ("04 00 80000000", False),
        ("04 00 FFFFFFFF", False),
        ("03 00 00000004", True),
        ("03 00 00000003", False),
        ("05 00 00000005", False),
        ("06 00 00000000", False),
        ("07 00 00010000", False),
    ],
)
def test_a_length_is_judged_before_anything_is_buffered(header: str, *, fits: bool) -> None:
    """Six bytes decide: up to 64 KiB where a PDU may vary, exactly 4 where it may not."""
    reader = PduReader()
    reader.feed(bytes.fromhex(header))

    if fits:
        reader.next_pdu()
    else:
        with pytest.raises(RemoteProtocolError, match="pdu_length at byte 2"):
            reader.next_pdu()


def test_who_feeds_without_reading_is_stopped() -> None:
    """A caller that never asks for events cannot fill the memory."""
    reader = PduReader()
    reader.feed(b"\x02")

    with pytest.raises(LocalProtocolError, match="before more bytes"):
        reader.feed(bytes(MAX_UNREAD))


def test_a_window_shows_all_that_waits_and_what_was_read_of_it_is_gone() -> None:
    """The next PDU and what follows it, once that PDU is whole; then what is behind the offset read to."""
    reader = PduReader()
    reader.feed(RELEASE_RQ[:4])
    assert reader.window() is None
    reader.feed(RELEASE_RQ[4:] + RELEASE_RP + RELEASE_RQ[:3])
    assert reader.window() == (RELEASE_RQ + RELEASE_RP + RELEASE_RQ[:3], 0)
    reader.advance(len(RELEASE_RQ))
    assert reader.next_pdu() == RELEASE_RP
    assert reader.unread == 3
    assert reader.window() is None


def test_a_stream_that_is_always_cut_within_a_pdu_does_not_pile_up() -> None:
    """What was read is dropped with the next bytes, large portions or small ones."""
    for size in (1, 7, 15, 4099):
        reader = PduReader()
        stream = RELEASE_RQ * 2000 + RELEASE_RQ[:5]
        held = 0
        for start in range(0, len(stream), size):
            reader.feed(stream[start : start + size])
            while reader.next_pdu() is not None:
                pass
            held = max(held, len(reader._buffer))  # noqa: SLF001 - nothing else tells
        assert held <= size + 10
        assert reader.unread == 5
