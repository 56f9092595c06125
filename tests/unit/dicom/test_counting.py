from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest

from dosimeter.dicom.association import PeerClosed, ResponseReceived
from dosimeter.dicom.count_query import CountLevel
from dosimeter.dicom.counting import RowCounting
from dosimeter.dicom.dimse import CancelRequest, FindResponse, encode_response
from dosimeter.dicom.errors import RemoteProtocolError
from dosimeter.dicom.pdu_encode import encode_fragment
from dosimeter.dicom.row_frames import RowFrames
from dosimeter.dicom.row_shapes import RowShapes
from dosimeter.dicom.tally import CounterTotals, RowTally
from dosimeter.dicom.uids import STUDY_ROOT_FIND
from tests.unit.dicom.answering import (
    CONTEXT_ID,
    INSTANCE_COUNT,
    KEY,
    LEVEL,
    MODALITIES,
    NAME,
    PATIENT,
    STUDY,
    ask,
    counted,
    counting,
    element,
    final,
    fragmented,
    pending,
    row,
    study_row,
)

MANY = 500


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The rows that were walked: all the others were taken in place."""
    seen: list[bytes] = []
    walk: Callable[[RowShapes, RowTally, bytes], None] = RowShapes.walk

    def note(shapes: RowShapes, tally: RowTally, identifier: bytes) -> None:
        seen.append(identifier)
        walk(shapes, tally, identifier)

    monkeypatch.setattr(RowShapes, "walk", note)
    return seen


@pytest.mark.parametrize("joined", [False, True])
def test_rows_are_counted_and_the_final_response_is_the_event(*, joined: bool, walked: list[bytes]) -> None:
    """After the first few dozen none is walked any more, in one P-DATA-TF or in two."""
    stream = b"".join(pending(study_row(number), joined=joined) for number in range(MANY)) + final()
    tally = counted(stream)

    assert (tally.rows, len(tally.keys), tally.without_key) == (MANY, MANY, 0)
    assert tally.received == len(stream)
    assert len(walked) < MANY / 4


def test_the_same_study_twice_is_two_rows_of_one_study() -> None:
    """A row is not a study."""
    tally = counted(b"".join(pending(study_row(number % 48)) for number in range(225)) + final())

    assert (tally.rows, len(tally.keys)) == (225, 48)


def test_a_response_without_an_identifier_is_a_row_without_a_key() -> None:
    """Pending with no data set, with an empty one, and with one that is over 64 KiB."""
    command = encode_response(FindResponse(1, 0xFF00), STUDY_ROOT_FIND)
    stream = encode_fragment(CONTEXT_ID, 3, command) + pending(b"") + fragmented(bytes(70_000), 16_000)
    tally = counted(pending(study_row(1)) + stream + pending(study_row(2)) + final())

    assert (tally.rows, len(tally.keys), tally.without_key) == (5, 2, 3)


def test_a_key_that_was_read_before_a_fault_counts() -> None:
    """What comes after a fault does not."""
    cut = study_row(7) + element(INSTANCE_COUNT, b"12")[:-1]
    backwards = element(NAME, b"A") + element(LEVEL, b"STUDY ") + element(STUDY, b"1.2")
    tally = counted(pending(cut) + pending(backwards) + pending(b"\x20\0") + final(), counters=True)

    assert (tally.rows, len(tally.keys), tally.without_key) == (3, 1, 2)
    assert tally.sums[INSTANCE_COUNT] == CounterTotals()


def test_what_looks_like_a_key_within_a_value_is_none() -> None:
    """A patient's name that holds the bytes of a StudyInstanceUID, of a whole row, or of a final response."""
    fakes = (element(STUDY, b"9.9.9.9."), pending(study_row(999)), final())
    rows = [
        row({LEVEL: b"STUDY ", NAME: fakes[number % 3], STUDY: b"1.%06d" % number}) for number in range(MANY)
    ]
    tally = counted(b"".join(map(pending, rows)) + final())

    assert (tally.rows, len(tally.keys), tally.without_key) == (MANY, MANY, 0)
    assert tally.keys.overlap(counted(pending(row({STUDY: b"9.9.9.9."})) + final()).keys) == 0


def test_fragments_and_other_frames_in_between_change_no_number() -> None:
    """Pieces, both ways of framing and both pending statuses, one after the other."""
    stream = b""
    for number in range(0, MANY, 5):
        stream += pending(study_row(number)) + fragmented(study_row(number + 1), 7)
        stream += pending(study_row(number + 2), joined=True) + pending(study_row(number + 3), status=0xFF01)
        stream += pending(study_row(number + 4))
    tally = counted(stream + final())

    assert (tally.rows, len(tally.keys), tally.without_key) == (MANY, MANY, 0)
    assert tally.received == len(stream + final())


def test_rows_of_several_shapes_are_taken_in_place(walked: list[bytes]) -> None:
    """Some rows name a patient, some count instances, some end before: each is counted with what it has."""

    def shaped(number: int) -> bytes:
        values = {LEVEL: b"STUDY ", STUDY: b"1.%06d" % number}
        if number % 2:
            values |= {MODALITIES: b"CT", PATIENT: b"P%05d" % (number // 4)}
        if number % 3 == 0:
            values[INSTANCE_COUNT] = b"%d " % (number % 7)
        if number % 5 == 0:
            values[0x00204000] = b"after"
        return row(dict(sorted(values.items())))

    tally = counted(b"".join(pending(shaped(number)) for number in range(3000)) + final(), counters=True)

    assert (tally.rows, len(tally.keys)) == (3000, 3000)
    assert (len(tally.patients), tally.without_patient) == (750, 1500)
    assert tally.modalities == {"CT": 1500}
    thirds = [number % 7 for number in range(0, 3000, 3)]
    assert tally.sums[INSTANCE_COUNT] == CounterTotals(sum(thirds), 1000, thirds.count(0), 0)
    assert len(walked) < 1000


def test_explicit_vr_is_counted_alike(walked: list[bytes]) -> None:
    """Two-byte lengths, four-byte lengths behind reserved bytes, and a sequence to step over."""
    rows = [
        element(LEVEL, b"STUDY ", b"CS")
        + element(0x00081032, element(0xFFFEE000, b"T" * (number % 3 * 2)), b"SQ")
        + element(NAME, b"Doe^John" * (number % 5), b"PN")
        + element(STUDY, b"1.2.%06d" % number, b"UI" if number % 2 else b"UN")
        for number in range(MANY)
    ]
    tally = counted(b"".join(map(pending, rows)) + final(), explicit=True)

    assert (tally.rows, len(tally.keys), tally.without_key) == (MANY, MANY, 0)
    assert len(walked) < MANY / 2


def test_a_scheduled_step_is_told_by_all_it_holds() -> None:
    """Two rows of one study that differ in the step are two; the same row again is none."""
    rows = [element(STUDY, b"1.2.") + element(0x00400100, b"step%d" % (number % 12)) for number in range(20)]
    tally = counted(b"".join(map(pending, rows)) + final(), CountLevel.WORKLIST)

    assert (tally.rows, len(tally.keys), len(tally.studies), tally.without_key) == (20, 12, 1, 0)


def test_the_next_question_on_the_association_has_its_own_tally() -> None:
    """Its message identifier differs, the shapes of its rows are known."""
    first, second = (RowTally(KEY, CountLevel.STUDY) for _ in range(2))
    requestor = counting(first)
    requestor.receive_data(b"".join(pending(study_row(number)) for number in range(MANY)) + final())
    assert requestor.next_event() is not None
    ask(requestor, second, message_id=2)
    requestor.receive_data(
        b"".join(pending(study_row(number), message_id=2) for number in range(40)) + final(message_id=2)
    )

    assert requestor.next_event() is not None
    assert (first.rows, second.rows) == (MANY, 40)
    assert second.keys.overlap(first.keys) == 40


def test_without_a_tally_the_rows_are_events_again() -> None:
    """As they are of a null query."""
    requestor = counting(RowTally(KEY, CountLevel.STUDY))
    requestor.count_into(None)
    requestor.receive_data(pending(study_row(1)) + final())
    events = [requestor.next_event(), requestor.next_event()]

    assert all(isinstance(event, ResponseReceived) for event in events)


def test_a_cancelled_answer_is_counted_to_its_end() -> None:
    """C-CANCEL is a wish: rows that were under way are rows."""
    tally = RowTally(KEY, CountLevel.STUDY)
    requestor = counting(tally)
    context = requestor.context_for(STUDY_ROOT_FIND)
    assert context is not None
    requestor.receive_data(b"".join(pending(study_row(number)) for number in range(100)))
    assert requestor.next_event() is None
    requestor.send(context, CancelRequest(1))
    requestor.receive_data(b"".join(pending(study_row(number)) for number in range(100, 150)) + final(0xFE00))

    event = requestor.next_event()
    assert isinstance(event, ResponseReceived)
    assert event.response == FindResponse(1, 0xFE00)
    assert tally.rows == len(tally.keys) == 150


def test_rows_after_the_final_response_are_an_offence() -> None:
    """They answer no question any more, framed as before or not."""
    tally = RowTally(KEY, CountLevel.STUDY)
    requestor = counting(tally)
    stream = b"".join(pending(study_row(number)) for number in range(100))
    requestor.receive_data(stream + final() + stream)

    assert isinstance(requestor.next_event(), ResponseReceived)
    with pytest.raises(RemoteProtocolError, match="answers no request"):
        requestor.next_event()
    assert tally.rows == 100


def test_an_answer_that_breaks_off_keeps_its_whole_rows() -> None:
    """The connection closes in the middle of a row."""
    tally = RowTally(KEY, CountLevel.STUDY)
    requestor = counting(tally)
    requestor.receive_data(b"".join(pending(study_row(number)) for number in range(100))[:-3])
    assert requestor.next_event() is None
    requestor.receive_data(b"")

    assert isinstance(requestor.next_event(), PeerClosed)
    assert tally.rows == 99


def outcome(stream: bytes) -> tuple[str, int, int]:
    """How an answer ends: the fault's field or the event's name; and its rows and bytes."""
    tally = RowTally(KEY, CountLevel.STUDY)
    requestor = counting(tally)
    requestor.receive_data(stream)
    requestor.receive_data(b"")
    try:
        ended = type(requestor.next_event()).__name__
    except RemoteProtocolError as error:
        ended = error.field
    return ended, tally.rows, tally.received


@pytest.mark.parametrize("joined", [False, True])
def test_one_wrong_byte_in_a_frame_is_judged_by_the_general_path(
    *, joined: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte that frames the 41st row, wrong in its lowest bit and in its third."""
    good = b"".join(pending(study_row(number), joined=joined) for number in range(40))
    last = pending(study_row(40), joined=joined)
    broken = []
    for place in range(len(last) - len(study_row(40))):
        for bit in (1, 4):
            wrong = bytearray(last)
            wrong[place] ^= bit
            broken.append(good + wrong + good + final())
    taken_in_place = [outcome(stream) for stream in broken]
    monkeypatch.setattr(RowFrames, "learn", lambda *_: None)

    assert taken_in_place == [outcome(stream) for stream in broken]
    assert {ended for ended, _, _ in taken_in_place} > {"pdu_type", "pdu_length", "ResponseReceived"}


def test_a_row_in_too_long_a_pdu_is_refused() -> None:
    """64 KiB are the cap, whatever the row before was like."""
    good = b"".join(pending(study_row(number)) for number in range(40))

    assert outcome(good + pending(bytes(65_530)) + final())[:2] == ("ResponseReceived", 41)
    assert outcome(good + pending(bytes(65_531)) + final())[:2] == ("pdu_length", 40)


def test_a_command_set_in_fragments_teaches_no_frame() -> None:
    """Its first fragment with a data set behind it is no row."""
    command = encode_response(FindResponse(1, 0xFF00), STUDY_ROOT_FIND, has_data_set=True)
    first = encode_fragment(CONTEXT_ID, 1, command[:40])
    data = encode_fragment(CONTEXT_ID, 2, study_row(1))
    whole = first + encode_fragment(CONTEXT_ID, 3, command[40:]) + data

    assert outcome(whole * 40 + first + data + final())[:2] == ("pdv", 40)


def test_rows_without_any_key_are_rows(walked: list[bytes]) -> None:
    """An archive that gives back none of what was asked has rows all the same, taken in place."""
    tally = counted(pending(row({LEVEL: b"STUDY "})) * MANY + final())

    assert (tally.rows, len(tally.keys), tally.without_key) == (MANY, 0, MANY)
    assert len(walked) < MANY / 4


def test_memory_does_not_grow_with_the_rows() -> None:
    """Twenty thousand rows of one study leave no more behind than a buffer needs."""
    piece = pending(study_row(1)) * 1000
    tally = RowTally(KEY, CountLevel.STUDY)
    requestor = counting(tally)
    tracemalloc.start()
    for _ in range(20):
        requestor.receive_data(piece)
        assert requestor.next_event() is None
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (tally.rows, len(tally.keys)) == (20_000, 1)
    assert peak < 2 * 1024 * 1024


@pytest.mark.parametrize("joined", [False, True])
@pytest.mark.parametrize("size", [1, 3, 50, 100, 118, 119, 120])
def test_a_row_that_comes_in_segments_is_waited_for(
    *, joined: bool, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Archives write command set and data set apart: but the first, no row goes the general way for that."""
    put_together = 0
    take = RowCounting.take

    def note(rows: RowCounting, identifier: bytes | None) -> None:
        nonlocal put_together
        put_together += 1
        take(rows, identifier)

    monkeypatch.setattr(RowCounting, "take", note)
    stream = b"".join(pending(study_row(number), joined=joined) for number in range(200)) + final()
    tally = counted(stream[start : start + size] for start in range(0, len(stream), size))

    assert (tally.rows, len(tally.keys), tally.received) == (200, 200, len(stream))
    assert put_together == 1


def test_a_row_that_is_awaited_in_vain_is_no_row() -> None:
    """The connection closes behind a command set, and within an identifier: what is left over is told."""
    rows = b"".join(pending(study_row(number)) for number in range(40))
    for cut in (1, 20, len(pending(study_row(40))) - len(study_row(40))):
        tally = RowTally(KEY, CountLevel.STUDY)
        requestor = counting(tally)
        requestor.receive_data(rows)
        assert requestor.next_event() is None
        requestor.receive_data(pending(study_row(40))[:-cut])
        assert requestor.next_event() is None
        requestor.receive_data(b"")

        assert isinstance(requestor.next_event(), PeerClosed)
        assert (tally.rows, len(tally.keys)) == (40, 40)
