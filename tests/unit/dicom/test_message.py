from __future__ import annotations

import struct
import sys

import pytest

from dosimeter.dicom.dimse import CommandSet, FindResponse, encode_response
from dosimeter.dicom.errors import RemoteProtocolError
from dosimeter.dicom.limits import MAX_COMMAND_LENGTH, MAX_IDENTIFIER_LENGTH
from dosimeter.dicom.message import Message, MessageReader, read_lone_command
from dosimeter.dicom.pdu import PDV, PDataTF
from dosimeter.dicom.pdu_encode import encode_fragment, encode_pdu

WITH_DATA = encode_response(FindResponse(1, 0xFF00), "1.2.3", has_data_set=True)
WITHOUT_DATA = encode_response(FindResponse(1, 0x0000), "1.2.3")
COMMAND, DATA, LAST = 1, 0, 2


def keep(_context_id: int, _command: CommandSet) -> bool:
    """Judge every message worth keeping."""
    return True


def drop(_context_id: int, _command: CommandSet) -> bool:
    """Judge no data set worth keeping."""
    return False


def read(*pdus: bytes, keeps: bool = True) -> list[Message]:
    """The messages that these P-DATA-TFs make."""
    reader = MessageReader()
    messages = []
    for pdu in pdus:
        reader.load(pdu)
        while (message := reader.next_message(keep if keeps else drop)) is not None:
            messages.append(message)
    return messages


def refusal(*pdus: bytes) -> RemoteProtocolError:
    """What is wrong with these P-DATA-TFs."""
    with pytest.raises(RemoteProtocolError) as raised:
        read(*pdus)
    return raised.value


def test_command_and_data_set_may_share_a_pdu() -> None:
    """Two PDVs in one P-DATA-TF are one message."""
    pdu = encode_pdu(PDataTF((PDV(3, True, True, WITH_DATA), PDV(3, False, True, b"identifier"))))

    (message,) = read(pdu)

    assert (message.context_id, message.data, message.data_length) == (3, b"identifier", 10)


def test_two_messages_may_share_a_pdu() -> None:
    """Each comes out on its own, in order."""
    pdu = encode_pdu(PDataTF((PDV(1, True, True, WITHOUT_DATA), PDV(3, True, True, WITHOUT_DATA))))

    assert [message.context_id for message in read(pdu)] == [1, 3]


@pytest.mark.parametrize("size", [1, 2, 7, 31, 1000])
def test_a_message_comes_together_from_fragments_of_any_size(size: int) -> None:
    """One P-DATA-TF for each fragment, command first."""
    data = bytes(range(256)) * 3
    pdus = [
        encode_fragment(5, control | (LAST if at + size >= len(whole) else 0), whole[at : at + size])
        for whole, control in ((WITH_DATA, COMMAND), (data, DATA))
        for at in range(0, len(whole), size)
    ]

    (message,) = read(*pdus)

    assert (message.context_id, message.command.status, message.data) == (5, 0xFF00, data)


def test_a_last_fragment_may_be_empty() -> None:
    """Some toolkits only then know that it was the last."""
    pdus = (
        encode_fragment(1, COMMAND | LAST, WITH_DATA),
        encode_fragment(1, DATA, b"abc"),
        encode_fragment(1, DATA | LAST, b""),
    )

    assert read(*pdus)[0].data == b"abc"


def test_a_data_set_that_is_not_kept_is_counted_all_the_same() -> None:
    """Its bytes are gone, its length is known."""
    pdus = (encode_fragment(1, COMMAND | LAST, WITH_DATA), encode_fragment(1, DATA | LAST, b"Doe^John"))

    (message,) = read(*pdus, keeps=False)

    assert (message.data, message.data_length) == (None, 8)


def test_an_identifier_over_the_cap_is_dropped_and_its_answer_counts_once() -> None:
    """64 KiB are kept, a byte more is not; the next message is read as if nothing had been."""
    chunk = bytes(MAX_IDENTIFIER_LENGTH // 4)
    head = [encode_fragment(1, COMMAND | LAST, WITH_DATA), *[encode_fragment(1, DATA, chunk)] * 4]
    tail = encode_fragment(1, COMMAND | LAST, WITHOUT_DATA)

    fits, _ = read(*head, encode_fragment(1, DATA | LAST, b""), tail)
    too_long, after = read(*head, encode_fragment(1, DATA | LAST, b"x"), tail)

    assert fits.data is not None
    assert len(fits.data) == MAX_IDENTIFIER_LENGTH
    assert (too_long.data, too_long.data_length) == (None, MAX_IDENTIFIER_LENGTH + 1)
    assert after.command.status == 0


def test_a_command_set_over_the_cap_is_refused_before_it_is_whole() -> None:
    """In one piece or in a million: 4 KiB and no more."""
    whole = encode_fragment(1, COMMAND | LAST, bytes(MAX_COMMAND_LENGTH + 1))
    pieces = [encode_fragment(1, COMMAND, bytes(1024))] * 5

    assert refusal(whole).field == "command_set"
    assert refusal(*pieces).field == "command_set"


def test_a_command_set_at_the_cap_is_read() -> None:
    """Exactly 4 KiB, most of it an element nobody needs."""
    filler = MAX_COMMAND_LENGTH - len(WITHOUT_DATA) - 8
    command = WITHOUT_DATA + struct.pack("<HHI", 0, 0x0902, filler) + bytes(filler)

    assert read(encode_fragment(1, COMMAND | LAST, command))[0].command.status == 0


@pytest.mark.parametrize(
    ("pdus", "problem"),
    [
        (
            (encode_fragment(1, DATA | LAST, b"x"),),
            "a data set that no command announced",
        ),
        (
            (encode_fragment(1, COMMAND, WITH_DATA[:9]), encode_fragment(1, DATA | LAST, b"x")),
            "a data set that no command announced",
        ),
        (
            (encode_fragment(1, COMMAND | LAST, WITHOUT_DATA), encode_fragment(1, DATA | LAST, b"x")),
            "a data set that no command announced",
        ),
        (
            (encode_fragment(1, COMMAND | LAST, WITH_DATA), encode_fragment(1, COMMAND | LAST, WITHOUT_DATA)),
            "a command where a data set is awaited",
        ),
        (
            (encode_fragment(1, COMMAND, WITH_DATA[:9]), encode_fragment(3, COMMAND | LAST, WITH_DATA[9:])),
            "fragments of two messages are mixed",
        ),
        (
            (encode_fragment(1, COMMAND | LAST, WITH_DATA), encode_fragment(3, DATA | LAST, b"x")),
            "fragments of two messages are mixed",
        ),
    ],
)
def test_fragments_that_do_not_follow_each_other_are_refused(pdus: tuple[bytes, ...], problem: str) -> None:
    """One message after the other, command before data set, on one context."""
    assert refusal(*pdus).problem == problem


def test_the_judge_is_asked_before_any_of_the_data_set_is_taken() -> None:
    """Who refuses a command never sees its data set come."""

    def refuse(context_id: int, command: CommandSet) -> bool:
        raise RemoteProtocolError("P-DATA-TF", "command_field", 0, f"{context_id}: {command.field:04X}")

    reader = MessageReader()
    reader.load(encode_fragment(9, COMMAND | LAST, WITH_DATA))

    with pytest.raises(RemoteProtocolError, match="9: 8020"):
        reader.next_message(refuse)


def _p_data_tf(*pdvs: tuple[int, bytes]) -> bytes:
    """A P-DATA-TF of these fragments, with their message control headers (PS3.8 Table 9-22, Annex E)."""
    body = b"".join(struct.pack(">IBB", len(data) + 2, 1, control) + data for control, data in pdvs)
    return struct.pack(">BBI", 4, 0, len(body)) + body


@pytest.mark.parametrize(
    "fragments",
    [((3, b"\0" * 12), (2, b"DOE^JANE")), ((2, b"DOE^JANE"),), ((0, b"DOE^JANE"),), ((1, b"\0" * 12),)],
)
def test_nothing_that_holds_a_part_of_a_data_set_is_remembered(
    fragments: tuple[tuple[int, bytes], ...],
) -> None:
    """Final responses are kept for their likes; a row, whole or in part, must not be."""
    pdu = _p_data_tf(*fragments)
    holders = sys.getrefcount(pdu)
    assert read_lone_command(pdu) is None
    assert sys.getrefcount(pdu) == holders
