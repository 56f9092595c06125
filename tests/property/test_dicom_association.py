from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosimeter.dicom import identifier, uids
from dosimeter.dicom.acceptor import Acceptor, AcceptorEvent
from dosimeter.dicom.association import Event, Requestor
from dosimeter.dicom.count_query import CountLevel
from dosimeter.dicom.dimse import (
    EchoResponse,
    FindRequest,
    FindResponse,
    GetResponse,
    Response,
    decode_command,
    encode_response,
    response_of,
)
from dosimeter.dicom.errors import RemoteProtocolError
from dosimeter.dicom.pdu import PDV, AAbort, AAssociateRJ, PDataTF
from dosimeter.dicom.pdu_encode import RELEASE_RP, RELEASE_RQ, encode_fragment, encode_pdu
from dosimeter.dicom.tally import RowTally
from tests.unit.dicom.conversation import (
    FIND_CONTEXT,
    KEY,
    acceptance,
    answer,
    open_acceptor,
    open_requestor,
    proposal,
)

U16 = st.integers(0, 0xFFFF)
COUNTER = st.none() | U16
ROW = identifier.null_study_query("1.2.3", uids.IMPLICIT_VR_LE)

RESPONSES: st.SearchStrategy[Response] = st.one_of(
    st.builds(EchoResponse, U16, U16),
    st.builds(FindResponse, U16, U16),
    st.builds(GetResponse, U16, U16, COUNTER, COUNTER, COUNTER, COUNTER),
)

PIECES = st.one_of(
    st.binary(max_size=30),
    st.just(acceptance(proposal(uids.VERIFICATION, uids.STUDY_ROOT_FIND))),
    st.just(encode_pdu(proposal(uids.VERIFICATION))),
    st.just(RELEASE_RQ),
    st.just(RELEASE_RP),
    st.builds(lambda *codes: encode_pdu(AAssociateRJ(*codes)), *[st.integers(0, 255)] * 3),
    st.builds(lambda *codes: encode_pdu(AAbort(*codes)), *[st.integers(0, 255)] * 2),
    st.builds(
        lambda status, row: answer(3, FindResponse(1, status), row),
        st.sampled_from([0xFF00, 0xFF01, 0, 0xC000]),
        st.just(b"") | st.just(ROW) | st.binary(max_size=40),
    ),
    st.builds(
        lambda pdvs: encode_pdu(PDataTF(tuple(pdvs))),
        st.lists(
            st.builds(PDV, st.sampled_from([1, 3, 5]), st.booleans(), st.booleans(), st.binary(max_size=90)),
            max_size=3,
        ),
    ),
)
"""What a peer may say: sense, nonsense, and sense at the wrong moment."""


def waiting_requestor() -> Requestor:
    """Sta5."""
    return Requestor(proposal(uids.VERIFICATION, uids.STUDY_ROOT_FIND))


def asking_requestor() -> Requestor:
    """Sta6, with a C-FIND on its way."""
    requestor = open_requestor()
    requestor.send(FIND_CONTEXT, FindRequest(1, uids.STUDY_ROOT_FIND), ROW)
    return requestor


def counting_requestor() -> Requestor:
    """The same, the answer to be counted: identifiers are then put together and walked."""
    requestor = open_requestor()
    requestor.count_into(RowTally(KEY, CountLevel.STUDY))
    requestor.send(FIND_CONTEXT, FindRequest(1, uids.STUDY_ROOT_FIND), ROW)
    return requestor


def releasing_requestor() -> Requestor:
    """Sta7."""
    requestor = asking_requestor()
    requestor.release()
    return requestor


Outcome = tuple[list[Event | AcceptorEvent], str | None, bytes, int]


def outcome(association: Requestor | Acceptor, pieces: Iterable[bytes]) -> Outcome:
    """Events, error, bytes to send and final state after these pieces and a close."""
    association.data_to_send()
    events: list[Event | AcceptorEvent] = []
    try:
        for piece in (*pieces, b""):
            association.receive_data(piece)
            while (event := association.next_event()) is not None:
                events.append(event)
    except RemoteProtocolError as error:
        return events, str(error), association.data_to_send(), association.state
    return events, None, association.data_to_send(), association.state


@pytest.mark.parametrize(
    "start",
    [waiting_requestor, asking_requestor, counting_requestor, releasing_requestor, Acceptor, open_acceptor],
)
@given(said=st.lists(PIECES, min_size=1, max_size=5).map(b"".join).filter(len))
def test_any_bytes_whole_or_one_at_a_time_give_the_same_events_or_a_remote_error(
    start: Callable[[], Requestor | Acceptor], said: bytes
) -> None:
    """The one invariant of the codec; and after the close the association is over either way."""
    association = start()
    whole = outcome(association, [said])

    assert whole == outcome(start(), [said[at : at + 1] for at in range(len(said))])
    assert association.is_over


@given(RESPONSES, st.booleans())
def test_a_response_reads_as_it_was_written(response: Response, has_data_set: bool) -> None:  # noqa: FBT001
    """Decode after encode is the identity for every response and status."""
    raw = encode_response(response, uids.VERIFICATION, has_data_set=has_data_set)
    command = decode_command(raw, 0, len(raw))

    assert command.responded_to == response.message_id_being_responded_to
    assert command.status == response.status
    assert command.has_data_set is has_data_set
    assert response_of(command, response.message_id_being_responded_to, response.status) == response


@given(st.binary(max_size=200))
def test_any_bytes_are_a_command_set_or_an_error(raw: bytes) -> None:
    """Nothing else is ever raised."""
    with suppress(RemoteProtocolError):
        assert decode_command(raw, 0, len(raw)).field <= 0xFFFF


def calls(act: Callable[[], object]) -> int:
    """How many Python functions are entered: work that no noise of the machine changes."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


def drip(start: Callable[[], Requestor], size: int) -> None:
    """A data set that never ends, a byte at a time."""
    stream = answer(3, FindResponse(1, 0xFF00), b"x")[: -len(encode_fragment(3, 2, b"x"))]
    stream += encode_fragment(3, 0, bytes(size))
    outcome(start(), [stream[at : at + 1] for at in range(len(stream))])


def flood(start: Callable[[], Requestor], size: int) -> None:
    """Pending answers without end, in one segment."""
    outcome(start(), [answer(3, FindResponse(1, 0xFF00), ROW) * size])


def crumbs(start: Callable[[], Requestor], size: int) -> None:
    """A data set in fragments of one byte."""
    pdvs = (PDV(3, False, False, b"x"),) * size
    head = answer(3, FindResponse(1, 0xFF00), b"x")[: -len(encode_fragment(3, 2, b"x"))]
    outcome(start(), [head, encode_pdu(PDataTF(pdvs))])


@pytest.mark.parametrize("start", [asking_requestor, counting_requestor])
@pytest.mark.parametrize(("traffic", "size"), [(drip, 3000), (flood, 200), (crumbs, 1000)])
def test_work_grows_with_the_bytes_and_no_faster(
    traffic: Callable[[Callable[[], Requestor], int], None], size: int, start: Callable[[], Requestor]
) -> None:
    """Four times the bytes are four times the work, however they are cut."""
    traffic(start, size)

    once, four_times = calls(lambda: traffic(start, size)), calls(lambda: traffic(start, 4 * size))

    assert four_times < 4.4 * once


@pytest.mark.parametrize("start", [asking_requestor, counting_requestor])
def test_an_endless_answer_is_not_kept(start: Callable[[], Requestor]) -> None:
    """16 MiB of one data set, of fragments or of answers leave less than 400 KiB at any moment."""
    head = answer(3, FindResponse(1, 0xFF00), b"x")[: -len(encode_fragment(3, 2, b"x"))]
    fragment = encode_fragment(3, 0, bytes(16370))
    rows = answer(3, FindResponse(1, 0xFF00), bytes(300)) * 50
    for said, opening in ((fragment, head), (rows, b"")):
        requestor = start()
        requestor.data_to_send()
        if opening:
            requestor.receive_data(opening)
        tracemalloc.start()
        for _ in range(1000):
            requestor.receive_data(said)
            while requestor.next_event() is not None:
                pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 400 * 1024


def test_twelve_thousand_requestors_fit_in_eighteen_megabytes() -> None:
    """A fresh requestor with a shared proposal takes less than 1.5 KB."""
    asked = proposal(uids.VERIFICATION, *uids.STORAGE_SPREAD)
    rq_bytes = encode_pdu(asked)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    kept = [Requestor(asked, rq_bytes=rq_bytes) for _ in range(1000)]
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (after - before) / len(kept) < 1500
