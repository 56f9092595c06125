"""Identifiers, and the stream of bytes of an answer that holds them, framed as archives frame it."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from dosimeter.dicom.association import Requestor
from dosimeter.dicom.count_query import CountLevel
from dosimeter.dicom.dimse import FindRequest, FindResponse, encode_response
from dosimeter.dicom.pdu import AAssociateAC, AAssociateRQ, ContextResult, ProposedContext, UserInformation
from dosimeter.dicom.pdu_encode import encode_fragment, encode_pdu
from dosimeter.dicom.tally import RowTally
from dosimeter.dicom.uids import EXPLICIT_VR_LE, IMPLICIT_VR_LE, STUDY_ROOT_FIND

KEY = b"k" * 32
CONTEXT_ID = 1
PENDING = 0xFF00
LONG_VRS = frozenset((b"SQ", b"UN", b"OB", b"UT"))

LEVEL = 0x00080052
MODALITIES = 0x00080061
NAME = 0x00100010
PATIENT = 0x00100020
STUDY = 0x0020000D
SERIES = 0x0020000E
SERIES_COUNT = 0x00201206
INSTANCE_COUNT = 0x00201208


def element(tag: int, value: bytes, vr: bytes = b"") -> bytes:
    """One element: implicit VR where ``vr`` is empty."""
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr
    if not vr:
        return head + struct.pack("<I", len(value)) + value
    if vr in LONG_VRS:
        return head + b"\0\0" + struct.pack("<I", len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def row(values: dict[int, bytes]) -> bytes:
    """An identifier in implicit VR, its values as given."""
    return b"".join(element(tag, value) for tag, value in values.items())


def study_row(number: int, **more: bytes) -> bytes:
    """A lean answer: the level, the archive's title, a UID of its own."""
    uid = f"1.2.840.{number}".encode()
    return row({LEVEL: b"STUDY ", 0x00080054: b"ARCHIVE ", STUDY: uid + b"\0" * (len(uid) % 2)})


def pending(identifier: bytes, *, status: int = PENDING, message_id: int = 1, joined: bool = False) -> bytes:
    """A pending response: command and data set in a P-DATA-TF each, or both in one."""
    command = encode_response(FindResponse(message_id, status), STUDY_ROOT_FIND, has_data_set=True)
    if not joined:
        return encode_fragment(CONTEXT_ID, 3, command) + encode_fragment(CONTEXT_ID, 2, identifier)
    pdvs = encode_fragment(CONTEXT_ID, 3, command)[6:] + encode_fragment(CONTEXT_ID, 2, identifier)[6:]
    return struct.pack(">BxI", 4, len(pdvs)) + pdvs


def fragmented(identifier: bytes, size: int) -> bytes:
    """A pending response whose data set comes in pieces of ``size`` bytes."""
    command = encode_response(FindResponse(1, PENDING), STUDY_ROOT_FIND, has_data_set=True)
    pieces = [identifier[start : start + size] for start in range(0, len(identifier), size)] or [b""]
    controls = [0] * (len(pieces) - 1) + [2]
    fragments = (
        encode_fragment(CONTEXT_ID, control, piece) for control, piece in zip(controls, pieces, strict=True)
    )
    return encode_fragment(CONTEXT_ID, 3, command) + b"".join(fragments)


def final(status: int = 0, message_id: int = 1) -> bytes:
    """The final response."""
    return encode_fragment(CONTEXT_ID, 3, encode_response(FindResponse(message_id, status), STUDY_ROOT_FIND))


def counting(tally: RowTally, *, explicit: bool = False) -> Requestor:
    """A requestor that has asked a C-FIND, its answer to be counted into ``tally``."""
    syntax = EXPLICIT_VR_LE if explicit else IMPLICIT_VR_LE
    user = UserInformation(16384, "2.25.1", "TEST")
    asked = AAssociateRQ("A", "B", (ProposedContext(CONTEXT_ID, STUDY_ROOT_FIND, (syntax,)),), user)
    requestor = Requestor(asked)
    requestor.receive_data(encode_pdu(AAssociateAC((ContextResult(CONTEXT_ID, 0, syntax),), user)))
    requestor.next_event()
    ask(requestor, tally)
    return requestor


def ask(requestor: Requestor, tally: RowTally, message_id: int = 1) -> None:
    """Ask once more."""
    context = requestor.context_for(STUDY_ROOT_FIND)
    assert context is not None
    requestor.count_into(tally)
    requestor.send(context, FindRequest(message_id, STUDY_ROOT_FIND), b"identifier")
    requestor.data_to_send()


def counted(
    stream: bytes | Iterable[bytes],
    level: CountLevel = CountLevel.STUDY,
    *,
    counters: bool = False,
    explicit: bool = False,
) -> RowTally:
    """The tally of an answer that comes in these pieces; its final response is the one event."""
    tally = RowTally(KEY, level, counters=counters)
    requestor = counting(tally, explicit=explicit)
    events = []
    for piece in (stream,) if isinstance(stream, bytes) else stream:
        requestor.receive_data(piece)
        while (event := requestor.next_event()) is not None:
            events.append(event)
    assert len(events) == 1
    return tally
