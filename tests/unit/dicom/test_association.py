from __future__ import annotations

import pytest

from dosimeter.dicom import identifier, uids
from dosimeter.dicom.association import (
    AssociateRejected,
    PeerAborted,
    PeerClosed,
    PeerReleased,
    ReleaseConfirmed,
    Requestor,
    ResponseReceived,
)
from dosimeter.dicom.count_query import CountLevel
from dosimeter.dicom.dimse import (
    CancelRequest,
    EchoRequest,
    EchoResponse,
    FindRequest,
    FindResponse,
    GetResponse,
    NullGetRequest,
)
from dosimeter.dicom.errors import LocalProtocolError, RemoteProtocolError
from dosimeter.dicom.negotiation import AcceptedContext
from dosimeter.dicom.pdu import PDV, AAbort, AAssociateRJ, PDataTF
from dosimeter.dicom.pdu_decode import decode_pdu
from dosimeter.dicom.pdu_encode import RELEASE_RP, RELEASE_RQ, encode_fragment, encode_pdu
from dosimeter.dicom.tally import RowTally
from dosimeter.dicom.upper_layer import State
from tests.unit.dicom.conversation import (
    ECHO_CONTEXT,
    FIND_CONTEXT,
    GET_CONTEXT,
    KEY,
    acceptance,
    answer,
    hear,
    open_requestor,
    proposal,
)

NULL_QUERY = identifier.null_study_query("2.25.1", uids.IMPLICIT_VR_LE)
USER_ABORT = encode_pdu(AAbort(0, 0))


def command_element(element: int, value: int) -> bytes:
    """A command element with a two-byte number."""
    return element.to_bytes(4, "big")[2:][::-1].rjust(4, b"\0") + b"\2\0\0\0" + value.to_bytes(2, "little")


def request_command(field: int, *, data_set_type: int = 0x0001) -> bytes:
    """The command set of a request with this command field."""
    return (
        command_element(0x0100, field) + command_element(0x0110, 1) + command_element(0x0800, data_set_type)
    )


def asked_find(requestor: Requestor, message_id: int = 1) -> Requestor:
    """The requestor, with a null query on its way."""
    requestor.send(FIND_CONTEXT, FindRequest(message_id, uids.STUDY_ROOT_FIND), NULL_QUERY)
    requestor.data_to_send()
    return requestor


def waiting_requestor() -> Requestor:
    """A requestor that has sent its request and has no answer yet."""
    requestor = Requestor(proposal(uids.VERIFICATION))
    requestor.data_to_send()
    return requestor


def refusal(requestor: Requestor, data: bytes) -> RemoteProtocolError:
    """The error these bytes bring about; the association is then over and has an A-ABORT to send."""
    with pytest.raises(RemoteProtocolError) as raised:
        hear(requestor, data)
    assert requestor.is_over
    assert not requestor.is_open
    assert requestor.data_to_send() == encode_pdu(AAbort(2, raised.value.abort_reason))
    assert requestor.next_event() is None
    return raised.value


def test_the_whole_request_waits_to_be_sent_from_the_start() -> None:
    """The first segment after connect is the whole A-ASSOCIATE-RQ, once."""
    asked = proposal(uids.VERIFICATION)
    requestor = Requestor(asked)

    assert decode_pdu(requestor.data_to_send()) == (asked, len(encode_pdu(asked)))
    assert requestor.data_to_send() == b""
    assert (requestor.is_open, requestor.is_over, requestor.state) == (False, False, State.STA5)


def test_a_request_that_was_encoded_once_is_sent_as_it_is() -> None:
    """Thousands of associations share the bytes and do not copy them."""
    asked = proposal(uids.VERIFICATION)
    rq_bytes = encode_pdu(asked)

    assert Requestor(asked, rq_bytes=rq_bytes).data_to_send() is rq_bytes


def test_a_strangers_whole_association() -> None:
    """Associate, echo, null query, release: one transcript."""
    requestor = open_requestor()
    assert requestor.is_open
    assert requestor.max_pdu_length == 16384

    context = requestor.context_for(uids.VERIFICATION)
    assert context == ECHO_CONTEXT
    requestor.send(context, EchoRequest(1))
    assert len(requestor.data_to_send()) == 80
    assert hear(requestor, answer(1, EchoResponse(1, 0))) == [ResponseReceived(1, EchoResponse(1, 0))]

    context = requestor.context_for(uids.STUDY_ROOT_FIND)
    assert context == FIND_CONTEXT
    requestor.send(context, FindRequest(2, uids.STUDY_ROOT_FIND), NULL_QUERY)
    assert requestor.data_to_send().endswith(NULL_QUERY)
    assert hear(requestor, answer(3, FindResponse(2, 0))) == [ResponseReceived(3, FindResponse(2, 0))]

    requestor.release()
    assert requestor.data_to_send() == RELEASE_RQ
    assert not requestor.is_open
    assert hear(requestor, RELEASE_RP) == [ReleaseConfirmed()]
    assert requestor.is_over


def test_a_null_retrieve_makes_up_what_it_asks_for() -> None:
    """The identifier is written by the association itself, another one each time."""
    requestor = open_requestor(uids.STUDY_ROOT_GET)
    sent = []
    for message_id in (1, 2):
        requestor.send(GET_CONTEXT, NullGetRequest(message_id, uids.STUDY_ROOT_GET))
        sent.append(requestor.data_to_send())
        counters = GetResponse(message_id, 0xC000, None, 0, 1, 0)
        assert hear(requestor, answer(1, counters)) == [ResponseReceived(1, counters)]

    assert all(b"STUDY " in data and b"2.25." in data for data in sent)
    assert sent[0][-40:] != sent[1][-40:]


def test_every_pending_answer_is_one_event() -> None:
    """0xFF00 and 0xFF01 are rows; the request ends with any other status."""
    requestor = asked_find(open_requestor())
    row = b"\x08\0\x52\0\x06\0\0\0STUDY "

    events = hear(
        requestor,
        answer(3, FindResponse(1, 0xFF00), row)
        + answer(3, FindResponse(1, 0xFF01), row)
        + answer(3, FindResponse(1, 0xFE00)),
    )

    assert events == [
        ResponseReceived(3, FindResponse(1, 0xFF00), 14),
        ResponseReceived(3, FindResponse(1, 0xFF01), 14),
        ResponseReceived(3, FindResponse(1, 0xFE00), 0),
    ]


def test_only_a_match_is_counted() -> None:
    """What some archives put behind their last answer is no row, even if it looks like one."""
    tally = RowTally(KEY, CountLevel.STUDY)
    requestor = open_requestor()
    requestor.count_into(tally)
    asked_find(requestor)

    assert hear(requestor, answer(3, FindResponse(1, 0xC000), NULL_QUERY)) == [
        ResponseReceived(3, FindResponse(1, 0xC000), len(NULL_QUERY))
    ]
    assert (tally.rows, len(tally.keys)) == (0, 0)


def test_an_identifier_over_64_kib_counts_once() -> None:
    """Its length is known, its content is not."""
    requestor = asked_find(open_requestor())
    fragment = encode_fragment(3, 0, bytes(16000))
    head = answer(3, FindResponse(1, 0xFF00), b"x")[: -len(encode_fragment(3, 2, b"x"))]

    events = hear(requestor, head)
    for _ in range(10):
        events += hear(requestor, fragment)
    events += hear(requestor, encode_fragment(3, 2, b""))

    assert events == [ResponseReceived(3, FindResponse(1, 0xFF00), 160000)]


@pytest.mark.parametrize("codes", [(1, 1, 1), (1, 1, 7), (2, 3, 2), (0, 0, 0), (255, 255, 255)])
def test_a_rejection_is_an_event_with_its_codes_as_sent(codes: tuple[int, int, int]) -> None:
    """Legal or not; the association is over and nothing is left to send."""
    requestor = Requestor(proposal(uids.VERIFICATION))
    requestor.data_to_send()

    assert hear(requestor, encode_pdu(AAssociateRJ(*codes))) == [AssociateRejected(AAssociateRJ(*codes))]
    assert requestor.is_over
    assert requestor.data_to_send() == b""


@pytest.mark.parametrize("opened", [False, True])
def test_an_abort_is_an_event_with_its_codes_as_sent(*, opened: bool) -> None:
    """Before and after acceptance."""
    requestor = asked_find(open_requestor()) if opened else Requestor(proposal(uids.VERIFICATION))
    requestor.data_to_send()

    assert hear(requestor, encode_pdu(AAbort(9, 99))) == [PeerAborted(AAbort(9, 99))]
    assert requestor.is_over
    assert requestor.data_to_send() == b""


def test_a_close_is_an_event_wherever_it_comes() -> None:
    """FIN at every byte of an A-ASSOCIATE-AC: the bytes of a PDU cut off are counted."""
    asked = proposal(uids.VERIFICATION)
    raw = acceptance(asked)

    for cut in range(len(raw)):
        requestor = Requestor(asked)
        if cut:
            requestor.receive_data(raw[:cut])
        requestor.receive_data(b"")
        assert requestor.next_event() == PeerClosed(cut)
        assert requestor.is_over
        assert requestor.next_event() is None


def test_what_came_before_a_close_is_told_before_it() -> None:
    """An answer and a FIN in one read are two events."""
    requestor = asked_find(open_requestor())
    requestor.receive_data(answer(3, FindResponse(1, 0)))
    requestor.receive_data(b"")

    assert requestor.next_event() == ResponseReceived(3, FindResponse(1, 0))
    assert requestor.next_event() == PeerClosed(0)


def test_a_peer_that_releases_is_answered() -> None:
    """Unusual for an acceptor, and legal."""
    requestor = open_requestor()

    assert hear(requestor, RELEASE_RQ) == [PeerReleased()]
    assert requestor.data_to_send() == RELEASE_RP
    assert requestor.is_over


def test_a_release_collision_ends_in_a_release() -> None:
    """Both asked at once: the requestor answers and waits for its own answer (PS3.8 §7.2.2.4)."""
    requestor = open_requestor()
    requestor.release()
    requestor.data_to_send()

    assert hear(requestor, RELEASE_RQ) == []
    assert requestor.data_to_send() == RELEASE_RP
    assert requestor.state is State.STA11
    assert hear(requestor, RELEASE_RP) == [ReleaseConfirmed()]


def test_answers_that_cross_a_release_are_let_pass() -> None:
    """What the peer had sent before it saw the A-RELEASE-RQ is no error (AR-6)."""
    requestor = asked_find(open_requestor())
    requestor.release()

    assert hear(requestor, answer(3, FindResponse(1, 0xFF00), b"x" * 10) + RELEASE_RP) == [ReleaseConfirmed()]


def test_an_abort_can_be_sent_at_any_time_and_only_once() -> None:
    """Afterwards whatever comes is ignored."""
    requestor = open_requestor()
    requestor.abort()
    requestor.abort()

    assert requestor.data_to_send() == USER_ABORT
    assert requestor.is_over
    assert hear(requestor, answer(3, FindResponse(1, 0))) == []
    assert hear(requestor, b"garbage") == []
    assert hear(requestor, b"") == []


def test_nothing_is_kept_of_what_comes_after_the_end() -> None:
    """A peer that talks on after an A-ABORT fills no memory."""
    requestor = open_requestor()
    requestor.abort()

    for _ in range(100):
        requestor.receive_data(bytes(65536))
    assert requestor.next_event() is None


def test_an_abort_before_the_answer_came() -> None:
    """The deadline passed in Sta5."""
    requestor = Requestor(proposal(uids.VERIFICATION))
    requestor.data_to_send()
    requestor.abort()

    assert requestor.data_to_send() == USER_ABORT


@pytest.mark.parametrize("maximum", [1, 5, 127])
def test_a_maximum_length_nobody_could_use_is_refused(maximum: int) -> None:
    """It would have a command set cut to dozens of pieces."""
    asked = proposal(uids.VERIFICATION)
    requestor = Requestor(asked)
    requestor.data_to_send()

    error = refusal(requestor, acceptance(asked, maximum))
    assert (error.pdu, error.field) == ("A-ASSOCIATE-AC", "max_pdu_length")


@pytest.mark.parametrize("maximum", [128, 4096, 0, 2**32 - 1, None])
def test_no_fragment_is_longer_than_the_peer_takes(maximum: int | None) -> None:
    """Nor than the 16 KiB we would send anyway; 0, absent and absurd are no licence."""
    limit = min(maximum or 16384, 16384)
    requestor = open_requestor(max_pdu_length=maximum)
    assert requestor.max_pdu_length == maximum
    query = NULL_QUERY + bytes(40000)

    requestor.send(FIND_CONTEXT, FindRequest(1, uids.STUDY_ROOT_FIND), query)

    sent = requestor.data_to_send()
    at, pdvs = 0, []
    while at < len(sent):
        decoded = decode_pdu(sent, at)
        assert decoded is not None
        pdu, length = decoded
        assert isinstance(pdu, PDataTF)
        assert length - 6 <= limit
        pdvs += pdu.pdvs
        at += length
    assert b"".join(pdv.data for pdv in pdvs if not pdv.is_command) == query
    assert [pdv.is_last for pdv in pdvs if pdv.is_command].count(True) == 1
    assert [pdv.is_last for pdv in pdvs].count(True) == 2
    assert pdvs[-1].is_last


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (0x0001, "C-STORE"),
        (0x0010, "C-GET"),
        (0x0020, "C-FIND"),
        (0x0021, "C-MOVE"),
        (0x0030, "C-ECHO"),
        (0x0100, "N-EVENT-REPORT"),
        (0x0FFF, "C-CANCEL"),
        (0x1234, "nothing of the standard"),
    ],
)
def test_a_request_from_the_peer_ends_the_association(field: int, name: str) -> None:
    """We serve nothing: a C-STORE sub-operation is answered by A-ABORT before its data set comes."""
    requestor = asked_find(open_requestor())

    error = refusal(requestor, encode_fragment(3, 3, request_command(field)))

    assert (error.field, error.problem) == ("command_field", f"0x{field:04X}: a request, and we serve none")
    assert error.abort_reason == 2


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (answer(3, FindResponse(2, 0)), "message_id_being_responded_to"),
        (answer(1, FindResponse(1, 0)), "context_id"),
        (answer(5, FindResponse(1, 0)), "context_id"),
        (answer(3, EchoResponse(1, 0)), "command_field"),
        (answer(3, GetResponse(1, 0)), "command_field"),
        (answer(3, FindResponse(1, 0)) + answer(3, FindResponse(1, 0xFF00), b"x"), "command_field"),
    ],
)
def test_an_answer_to_what_was_not_asked_ends_the_association(data: bytes, field: str) -> None:
    """Another message, another context, another operation, an answer after the last."""
    assert refusal(asked_find(open_requestor()), data).field == field


def test_an_answer_without_a_status_ends_the_association() -> None:
    """There is nothing to tell a refusal from a success by."""
    command = command_element(0x0100, 0x8020) + command_element(0x0120, 1) + command_element(0x0800, 0x0101)

    assert refusal(asked_find(open_requestor()), encode_fragment(3, 3, command)).field == "status"


def test_messages_before_a_bad_one_in_the_same_pdu_are_told_first() -> None:
    """The error comes at its place in the order."""
    good = decode_pdu(answer(3, FindResponse(1, 0xFF00)))
    assert good is not None
    assert isinstance(good[0], PDataTF)
    pdu = encode_pdu(PDataTF((*good[0].pdvs, PDV(3, False, True, b"x"))))
    requestor = asked_find(open_requestor())
    requestor.receive_data(pdu)

    assert requestor.next_event() == ResponseReceived(3, FindResponse(1, 0xFF00))
    with pytest.raises(RemoteProtocolError, match="no command announced"):
        requestor.next_event()


@pytest.mark.parametrize(
    "first", [b"HTTP/1.1 400 Bad Request\r\n", b"\x15\x03\x01\x00\x02\x02\x28", b"SSH-2.0-x"]
)
def test_a_peer_that_speaks_something_else_is_found_out_at_once(first: bytes) -> None:
    """One byte is enough; the abort says that the PDU was not recognised."""
    error = refusal(waiting_requestor(), first[:1])

    assert (error.pdu, error.field, error.abort_reason) == ("PDU", "pdu_type", 1)


def test_our_own_bytes_sent_back_are_not_an_answer() -> None:
    """An echo service returns the A-ASSOCIATE-RQ."""
    error = refusal(waiting_requestor(), encode_pdu(proposal(uids.VERIFICATION)))

    assert str(error) == "A-ASSOCIATE-RQ, pdu_type at byte 0: not expected in Sta5"
    assert error.abort_reason == 2


RQ = encode_pdu(proposal(uids.VERIFICATION))
AC = acceptance(proposal(uids.VERIFICATION))
RJ = encode_pdu(AAssociateRJ(1, 1, 1))
DATA = answer(3, FindResponse(1, 0))


@pytest.mark.parametrize(
    ("state", "unexpected"),
    [
        (State.STA5, (RQ, DATA, RELEASE_RQ, RELEASE_RP)),
        (State.STA6, (RQ, AC, RJ, RELEASE_RP)),
        (State.STA7, (RQ, AC, RJ)),
        (State.STA11, (RQ, AC, RJ, DATA, RELEASE_RQ)),
    ],
)
def test_a_pdu_out_of_turn_ends_the_association(state: State, unexpected: tuple[bytes, ...]) -> None:
    """In each state a requestor can be in, every PDU the table does not expect there (AA-8)."""
    for data in unexpected:
        error = refusal(requestor_in(state), data)
        assert (error.field, error.abort_reason) == ("pdu_type", 2)


def test_a_request_that_does_not_suit_is_our_own_mistake() -> None:
    """Nothing is sent, and the association stays as it was."""
    requestor = open_requestor()
    find = FindRequest(1, uids.STUDY_ROOT_FIND)
    storage = AcceptedContext(9, uids.CT_IMAGE_STORAGE, uids.IMPLICIT_VR_LE)

    for context, request, data in (
        (ECHO_CONTEXT, find, NULL_QUERY),
        (FIND_CONTEXT, EchoRequest(1), b""),
        (FIND_CONTEXT, find, b""),
        (ECHO_CONTEXT, EchoRequest(1), NULL_QUERY),
        (FIND_CONTEXT, FindRequest(1, uids.PATIENT_ROOT_FIND), NULL_QUERY),
        (storage, FindRequest(1, uids.CT_IMAGE_STORAGE), NULL_QUERY),
        (FIND_CONTEXT, CancelRequest(1), b""),
        (FIND_CONTEXT, FindRequest(65536, uids.STUDY_ROOT_FIND), NULL_QUERY),
    ):
        with pytest.raises(LocalProtocolError):
            requestor.send(context, request, data)

    assert requestor.data_to_send() == b""
    requestor.send(FIND_CONTEXT, find, NULL_QUERY)


def test_one_question_at_a_time() -> None:
    """No asynchronous operations were negotiated; only C-CANCEL may overtake (PS3.7 D.3.3.3)."""
    requestor = asked_find(open_requestor())

    with pytest.raises(LocalProtocolError, match="has not been answered"):
        requestor.send(ECHO_CONTEXT, EchoRequest(2))
    with pytest.raises(LocalProtocolError, match="no such request"):
        requestor.send(FIND_CONTEXT, CancelRequest(2))
    requestor.send(FIND_CONTEXT, CancelRequest(1))
    assert b"\xff\x0f" in requestor.data_to_send()

    hear(requestor, answer(3, FindResponse(1, 0xFE00)))
    requestor.send(ECHO_CONTEXT, EchoRequest(2))


def test_a_null_retrieve_needs_an_association_of_its_own() -> None:
    """With a storage context proposed, something could be sent to us: it is not asked."""
    for beside in (uids.VERIFICATION, uids.CT_IMAGE_STORAGE, uids.STUDY_ROOT_FIND):
        requestor = open_requestor(uids.STUDY_ROOT_GET, beside)
        with pytest.raises(LocalProtocolError, match="C-GET alone"):
            requestor.send(GET_CONTEXT, NullGetRequest(1, uids.STUDY_ROOT_GET))


def test_a_null_retrieve_takes_no_identifier() -> None:
    """Nobody can say what to get."""
    requestor = open_requestor(uids.STUDY_ROOT_GET)

    with pytest.raises(LocalProtocolError):
        requestor.send(GET_CONTEXT, NullGetRequest(1, uids.STUDY_ROOT_GET), NULL_QUERY)


def test_nothing_can_be_asked_before_acceptance_or_after_the_end() -> None:
    """The state decides."""
    requestor = waiting_requestor()
    for act in (
        requestor.release,
        lambda: requestor.send(ECHO_CONTEXT, EchoRequest(1)),
        lambda: requestor.context_for(uids.VERIFICATION),
    ):
        with pytest.raises(LocalProtocolError):
            act()

    over = open_requestor()
    over.abort()
    with pytest.raises(LocalProtocolError, match="Sta13"):
        over.release()
    with pytest.raises(LocalProtocolError, match="Sta13"):
        over.send(ECHO_CONTEXT, EchoRequest(1))


def requestor_in(state: State) -> Requestor:
    """A requestor brought to this state."""
    if state is State.STA5:
        return waiting_requestor()
    requestor = open_requestor()
    if state in {State.STA7, State.STA11}:
        requestor.release()
    if state is State.STA11:
        assert hear(requestor, RELEASE_RQ) == []
    requestor.data_to_send()
    assert requestor.state is state
    return requestor
