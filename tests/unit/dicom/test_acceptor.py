from __future__ import annotations

import pytest

from dosimeter.dicom import identifier, uids
from dosimeter.dicom.acceptor import (
    Acceptor,
    AcceptorEvent,
    AssociateRequested,
    CancelReceived,
    IncomingRequest,
    ReleaseRequested,
    RequestReceived,
)
from dosimeter.dicom.association import (
    AssociateAccepted,
    AssociateRejected,
    PeerAborted,
    PeerClosed,
    ReleaseConfirmed,
    Requestor,
    ResponseReceived,
)
from dosimeter.dicom.dimse import (
    CancelRequest,
    EchoRequest,
    EchoResponse,
    FindRequest,
    FindResponse,
    NullGetRequest,
    encode_request,
)
from dosimeter.dicom.errors import LocalProtocolError, RemoteProtocolError
from dosimeter.dicom.pdu import AAbort, AAssociateRJ, ContextResult
from dosimeter.dicom.pdu_decode import decode_pdu
from dosimeter.dicom.pdu_encode import RELEASE_RP, RELEASE_RQ, encode_fragment, encode_pdu
from dosimeter.dicom.upper_layer import State
from tests.unit.dicom.conversation import (
    ECHO_CONTEXT,
    FIND_CONTEXT,
    GET_CONTEXT,
    acceptance,
    answer,
    converse,
    hear,
    open_acceptor,
    open_requestor,
    proposal,
)

NULL_QUERY = identifier.null_study_query("2.25.1", uids.IMPLICIT_VR_LE)


def listen(acceptor: Acceptor, data: bytes) -> list[AcceptorEvent]:
    """Every event that these bytes bring about."""
    acceptor.receive_data(data)
    events = []
    while (event := acceptor.next_event()) is not None:
        events.append(event)
    return events


def pair(*abstract_syntaxes: str) -> tuple[Requestor, Acceptor]:
    """Both ends of an open association."""
    services = abstract_syntaxes or (uids.VERIFICATION, uids.STUDY_ROOT_FIND)
    return open_requestor(*services), open_acceptor(*services)


def refusal(acceptor: Acceptor, data: bytes) -> RemoteProtocolError:
    """The error these bytes bring about."""
    with pytest.raises(RemoteProtocolError) as raised:
        listen(acceptor, data)
    assert acceptor.is_over
    return raised.value


def test_both_ends_speak_a_whole_association() -> None:
    """Associate, echo, query with a match, release: what one writes the other reads."""
    asked = proposal(uids.VERIFICATION, uids.STUDY_ROOT_FIND)
    requestor, acceptor = Requestor(asked), Acceptor()

    converse(requestor, acceptor)
    assert acceptor.next_event() == AssociateRequested(asked)
    acceptor.accept((ContextResult(1, 0, uids.IMPLICIT_VR_LE), ContextResult(3, 0, uids.IMPLICIT_VR_LE)))
    converse(requestor, acceptor)
    accepted = requestor.next_event()
    assert isinstance(accepted, AssociateAccepted)
    assert accepted.pdu.reserved_titles == b"ARCHIVE         DOSIMETER       "

    requestor.send(ECHO_CONTEXT, EchoRequest(1))
    converse(requestor, acceptor)
    assert acceptor.next_event() == RequestReceived(1, IncomingRequest(0x0030, 1, uids.VERIFICATION), b"", 0)
    acceptor.respond(1, EchoResponse(1, 0))
    converse(requestor, acceptor)
    assert requestor.next_event() == ResponseReceived(1, EchoResponse(1, 0))

    requestor.send(FIND_CONTEXT, FindRequest(2, uids.STUDY_ROOT_FIND), NULL_QUERY)
    converse(requestor, acceptor)
    assert acceptor.next_event() == RequestReceived(
        3, IncomingRequest(0x0020, 2, uids.STUDY_ROOT_FIND), NULL_QUERY, len(NULL_QUERY)
    )
    acceptor.respond(3, FindResponse(2, 0xFF00), b"row!")
    acceptor.respond(3, FindResponse(2, 0))
    converse(requestor, acceptor)
    assert requestor.next_event() == ResponseReceived(3, FindResponse(2, 0xFF00), 4)
    assert requestor.next_event() == ResponseReceived(3, FindResponse(2, 0))

    requestor.release()
    converse(requestor, acceptor)
    assert acceptor.next_event() == ReleaseRequested()
    acceptor.confirm_release()
    converse(requestor, acceptor)
    assert requestor.next_event() == ReleaseConfirmed()
    assert requestor.is_over
    assert acceptor.is_over


def test_a_cancel_names_the_request_it_is_for() -> None:
    """It has no message identifier of its own."""
    requestor, acceptor = pair()
    requestor.send(FIND_CONTEXT, FindRequest(9, uids.STUDY_ROOT_FIND), NULL_QUERY)
    requestor.send(FIND_CONTEXT, CancelRequest(9))

    events = listen(acceptor, requestor.data_to_send())

    assert events[1:] == [CancelReceived(9)]


def test_a_null_retrieve_is_a_get_of_what_the_requestor_made_up() -> None:
    """The acceptor sees an ordinary C-GET-RQ."""
    requestor, acceptor = pair(uids.STUDY_ROOT_GET)
    requestor.send(GET_CONTEXT, NullGetRequest(1, uids.STUDY_ROOT_GET))

    (event,) = listen(acceptor, requestor.data_to_send())

    assert isinstance(event, RequestReceived)
    assert event.request == IncomingRequest(0x0010, 1, uids.STUDY_ROOT_GET)
    assert b"2.25." in event.identifier


def test_a_data_set_that_is_stored_on_us_is_dropped() -> None:
    """Nothing here can keep an image: it is counted as it comes."""
    acceptor = open_acceptor(uids.CT_IMAGE_STORAGE)
    command = bytearray(encode_request(FindRequest(4, uids.CT_IMAGE_STORAGE)))
    command[command.index(b"\x20\x00\x00\x00\x10\x01")] = 0x01  # C-FIND-RQ becomes C-STORE-RQ

    (event,) = listen(
        acceptor,
        encode_fragment(1, 3, bytes(command))
        + encode_fragment(1, 0, b"pixels" * 1000)
        + encode_fragment(1, 2, b"pixels"),
    )

    assert event == RequestReceived(1, IncomingRequest(0x0001, 4, uids.CT_IMAGE_STORAGE), b"", 6006)


def test_a_rejection_ends_the_association() -> None:
    """Its codes go out as they are, legal or not."""
    asked = proposal(uids.VERIFICATION)
    acceptor = Acceptor()
    assert listen(acceptor, encode_pdu(asked)) == [AssociateRequested(asked)]
    acceptor.reject(2, 3, 99)

    sent = acceptor.data_to_send()

    assert decode_pdu(sent) == (AAssociateRJ(2, 3, 99), 10)
    assert acceptor.is_over
    assert hear(Requestor(asked), sent) == [AssociateRejected(AAssociateRJ(2, 3, 99))]


def test_answers_may_be_sent_while_the_peer_waits_for_release() -> None:
    """AR-7: what was asked before the release is still answered."""
    acceptor = open_acceptor()
    assert listen(acceptor, RELEASE_RQ) == [ReleaseRequested()]

    acceptor.respond(3, FindResponse(1, 0))
    acceptor.confirm_release()

    assert acceptor.data_to_send().endswith(RELEASE_RP)


def test_a_release_collision_ends_in_a_release() -> None:
    """The acceptor waits for the requestor's answer before it gives its own (PS3.8 §7.2.2.4)."""
    requestor, acceptor = pair()
    requestor.release()
    acceptor.release()
    converse(requestor, acceptor)

    assert acceptor.next_event() is None
    assert acceptor.state is State.STA10
    assert requestor.next_event() is None
    converse(requestor, acceptor)
    assert acceptor.next_event() == ReleaseConfirmed()
    converse(requestor, acceptor)
    assert requestor.next_event() == ReleaseConfirmed()
    assert requestor.is_over
    assert acceptor.is_over


def test_aborts_and_closes_are_events() -> None:
    """Before and after the request."""
    assert listen(Acceptor(), encode_pdu(AAbort(0, 0))) == [PeerAborted(AAbort(0, 0))]
    assert listen(open_acceptor(), encode_pdu(AAbort(2, 6))) == [PeerAborted(AAbort(2, 6))]
    assert listen(Acceptor(), b"") == [PeerClosed(0)]
    assert listen(open_acceptor(), b"") == [PeerClosed(0)]


RQ = encode_pdu(proposal(uids.VERIFICATION))
AC = acceptance(proposal(uids.VERIFICATION))
RJ = encode_pdu(AAssociateRJ(1, 1, 1))
DATA = encode_fragment(1, 3, encode_request(EchoRequest(1)))


@pytest.mark.parametrize(
    ("state", "unexpected", "abort"),
    [
        (State.STA2, (AC, RJ, DATA, RELEASE_RQ, RELEASE_RP), AAbort(0, 0)),
        (State.STA3, (RQ, AC, RJ, DATA, RELEASE_RQ, RELEASE_RP), AAbort(2, 2)),
        (State.STA6, (RQ, AC, RJ, RELEASE_RP), AAbort(2, 2)),
        (State.STA7, (RQ, AC, RJ), AAbort(2, 2)),
        (State.STA8, (RQ, AC, RJ, DATA, RELEASE_RQ, RELEASE_RP), AAbort(2, 2)),
        (State.STA10, (RQ, AC, RJ, DATA, RELEASE_RQ), AAbort(2, 2)),
    ],
)
def test_a_pdu_out_of_turn_ends_the_association(
    state: State, unexpected: tuple[bytes, ...], abort: AAbort
) -> None:
    """In each state an acceptor can be in; before the request the abort bears the user's source (AA-1)."""
    for data in unexpected:
        acceptor = acceptor_in(state)
        assert refusal(acceptor, data).field == "pdu_type"
        assert acceptor.data_to_send() == encode_pdu(abort)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (answer(1, EchoResponse(1, 0)), "command_field"),
        (encode_fragment(9, 3, encode_request(EchoRequest(1))), "context_id"),
        (encode_fragment(1, 3, bytes.fromhex("00000001020000003000 00000008020000000101")), "message_id"),
        (encode_fragment(1, 3, bytes.fromhex("0000000102000000FF0F 00000008020000000101")), "message_id"),
    ],
)
def test_a_message_that_makes_no_sense_ends_the_association(data: bytes, field: str) -> None:
    """A response to nothing, a context not accepted, a request or a cancel without its number."""
    assert refusal(open_acceptor(), data).field == field


def test_a_maximum_length_nobody_could_use_is_refused() -> None:
    """The requestor's is held to the same as an acceptor's."""
    error = refusal(Acceptor(), encode_pdu(proposal(uids.VERIFICATION, max_pdu_length=64)))

    assert (error.pdu, error.field) == ("A-ASSOCIATE-RQ", "max_pdu_length")


def test_acting_out_of_turn_is_our_own_mistake() -> None:
    """The state decides what can be sent."""
    acceptor = Acceptor()
    for act in (
        lambda: acceptor.accept(()),
        lambda: acceptor.reject(1, 1, 1),
        lambda: acceptor.respond(1, EchoResponse(1, 0)),
        acceptor.confirm_release,
        acceptor.release,
    ):
        with pytest.raises(LocalProtocolError):
            act()
    with pytest.raises(LocalProtocolError, match="does not fit"):
        open_acceptor().respond(1, EchoResponse(1, 65536))


def acceptor_in(state: State) -> Acceptor:
    """An acceptor brought to this state."""
    if state in {State.STA2, State.STA3}:
        acceptor = Acceptor()
        if state is State.STA3:
            assert len(listen(acceptor, RQ)) == 1
    else:
        acceptor = open_acceptor()
        if state in {State.STA7, State.STA10}:
            acceptor.release()
        if state in {State.STA8, State.STA10}:
            listen(acceptor, RELEASE_RQ)
        acceptor.data_to_send()
    assert acceptor.state is state
    return acceptor
