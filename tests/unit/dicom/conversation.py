"""Associations of both roles, and the bytes they exchange, for transcripts in tests."""

from __future__ import annotations

from dosimeter.dicom.acceptor import Acceptor, AssociateRequested
from dosimeter.dicom.association import AssociateAccepted, Association, Event, Requestor
from dosimeter.dicom.dimse import Response, encode_response
from dosimeter.dicom.negotiation import AcceptedContext
from dosimeter.dicom.pdu import (
    AAssociateAC,
    AAssociateRQ,
    ContextResult,
    ProposedContext,
    UserInformation,
)
from dosimeter.dicom.pdu_encode import encode_fragment, encode_pdu
from dosimeter.dicom.uids import IMPLICIT_VR_LE, STUDY_ROOT_FIND, STUDY_ROOT_GET, VERIFICATION

ECHO_CONTEXT = AcceptedContext(1, VERIFICATION, IMPLICIT_VR_LE)
FIND_CONTEXT = AcceptedContext(3, STUDY_ROOT_FIND, IMPLICIT_VR_LE)
GET_CONTEXT = AcceptedContext(1, STUDY_ROOT_GET, IMPLICIT_VR_LE)
KEY = b"sixteen byte key"


def proposal(*abstract_syntaxes: str, max_pdu_length: int = 16384) -> AAssociateRQ:
    """A request that proposes these services in implicit VR little endian."""
    return AAssociateRQ(
        "ARCHIVE",
        "DOSIMETER",
        tuple(
            ProposedContext(2 * place + 1, uid, (IMPLICIT_VR_LE,))
            for place, uid in enumerate(abstract_syntaxes)
        ),
        UserInformation(max_pdu_length, "2.25.1", "TEST"),
    )


def acceptance(asked: AAssociateRQ, max_pdu_length: int | None = 16384) -> bytes:
    """An A-ASSOCIATE-AC that accepts all of it."""
    results = tuple(
        ContextResult(context.context_id, 0, context.transfer_syntax_uids[0]) for context in asked.contexts
    )
    return encode_pdu(AAssociateAC(results, UserInformation(max_pdu_length, "1.2.3", "PEER")))


def open_requestor(*abstract_syntaxes: str, max_pdu_length: int | None = 16384) -> Requestor:
    """A requestor whose association has just been accepted; by default Verification and Study Root."""
    asked = proposal(*(abstract_syntaxes or (VERIFICATION, STUDY_ROOT_FIND)))
    requestor = Requestor(asked)
    assert requestor.data_to_send() == encode_pdu(asked)
    requestor.receive_data(acceptance(asked, max_pdu_length))
    assert isinstance(requestor.next_event(), AssociateAccepted)
    return requestor


def open_acceptor(*abstract_syntaxes: str, max_pdu_length: int = 16384) -> Acceptor:
    """An acceptor that has just accepted all that was proposed."""
    asked = proposal(*(abstract_syntaxes or (VERIFICATION, STUDY_ROOT_FIND)), max_pdu_length=max_pdu_length)
    acceptor = Acceptor()
    acceptor.receive_data(encode_pdu(asked))
    event = acceptor.next_event()
    assert event == AssociateRequested(asked)
    acceptor.accept(tuple(ContextResult(context.context_id, 0, IMPLICIT_VR_LE) for context in asked.contexts))
    acceptor.data_to_send()
    return acceptor


def answer(context_id: int, response: Response, identifier: bytes = b"") -> bytes:
    """The P-DATA-TFs of a response."""
    command = encode_response(response, "1.2.3", has_data_set=bool(identifier))
    data = encode_fragment(context_id, 2, identifier) if identifier else b""
    return encode_fragment(context_id, 3, command) + data


def hear(association: Requestor, data: bytes) -> list[Event]:
    """Every event that these bytes bring about."""
    association.receive_data(data)
    events = []
    while (event := association.next_event()) is not None:
        events.append(event)
    return events


def converse(requestor: Association, acceptor: Association) -> None:
    """Hand over what each has to say to the other, once."""
    for speaker, listener in ((requestor, acceptor), (acceptor, requestor)):
        data = speaker.data_to_send()
        if data:
            listener.receive_data(data)
