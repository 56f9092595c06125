"""The other role of an association: what the lab's archives and the test peers speak."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from dosimeter.dicom.association import Association, PeerAborted, PeerClosed, ReleaseConfirmed
from dosimeter.dicom.dimse import (
    RESPONSE_BIT,
    CommandField,
    CommandSet,
    Response,
    encode_response,
)
from dosimeter.dicom.errors import LocalProtocolError, RemoteProtocolError
from dosimeter.dicom.limits import ADVERTISED_MAX_PDU_LENGTH
from dosimeter.dicom.message import Message, MessageReader
from dosimeter.dicom.pdu import (
    ACCEPTANCE,
    AAbort,
    AAssociateAC,
    AAssociateRJ,
    AAssociateRQ,
    ContextResult,
    UserInformation,
)
from dosimeter.dicom.pdu_decode import decode_whole, text_of
from dosimeter.dicom.pdu_encode import RELEASE_RP, encode_pdu
from dosimeter.dicom.uids import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME
from dosimeter.dicom.upper_layer import Action, State, Trigger


@dataclass(frozen=True, slots=True)
class AssociateRequested:
    """A-ASSOCIATE-RQ: to be answered with ``accept``, ``reject`` or ``abort``."""

    pdu: AAssociateRQ


@dataclass(frozen=True, slots=True)
class IncomingRequest:
    """A request as it came. There is no way to send one: it is not one of dimse.Request."""

    command_field: int
    message_id: int
    sop_class_uid: str


@dataclass(frozen=True, slots=True)
class RequestReceived:
    """A whole request. ``identifier`` is empty where there was none or it was over 64 KiB.

    Data sets of other operations than C-FIND and C-GET are dropped as they come.
    """

    context_id: int
    request: IncomingRequest
    identifier: bytes
    identifier_length: int


@dataclass(frozen=True, slots=True)
class CancelReceived:
    """C-CANCEL-RQ, for the request with this message identifier."""

    message_id_being_responded_to: int


@dataclass(frozen=True, slots=True)
class ReleaseRequested:
    """A-RELEASE-RQ: to be answered with ``confirm_release``; answers may still be sent before."""


AcceptorEvent = (
    AssociateRequested
    | RequestReceived
    | CancelReceived
    | ReleaseRequested
    | ReleaseConfirmed
    | PeerAborted
    | PeerClosed
)

OUR_USER_INFORMATION: Final = UserInformation(
    ADVERTISED_MAX_PDU_LENGTH, IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME
)

_WITH_IDENTIFIER: Final = frozenset((int(CommandField.C_FIND), int(CommandField.C_GET)))


class Acceptor(Association):
    """Answers an association. It begins where the transport has just been accepted (Sta2)."""

    __slots__ = ("_accepted", "_request")

    def __init__(self) -> None:
        super().__init__(State.STA2, b"")
        self._request: AAssociateRQ | None = None
        self._accepted: dict[int, str] = {}

    def accept(
        self, results: tuple[ContextResult, ...], user_information: UserInformation = OUR_USER_INFORMATION
    ) -> None:
        """Send A-ASSOCIATE-AC with the titles of the request in its reserved bytes.

        Raises:
            LocalProtocolError: no request waits for an answer.
        """
        request = self._request
        if request is None:
            raise LocalProtocolError("there is no request to accept")
        titles = request.called_ae_title.ljust(16) + request.calling_ae_title.ljust(16)
        answer = encode_pdu(AAssociateAC(results, user_information, titles.encode("latin-1")))
        self._local(Trigger.EVT7_ACCEPT)
        services = {context.context_id: context.abstract_syntax for context in request.contexts}
        self._accepted = {
            result.context_id: services.get(result.context_id, "")
            for result in results
            if result.result == ACCEPTANCE
        }
        self._outgoing += answer

    def reject(self, result: int, source: int, reason: int) -> None:
        """Send A-ASSOCIATE-RJ; the association is over.

        Raises:
            LocalProtocolError: no request waits for an answer.
        """
        self._local(Trigger.EVT8_REJECT)
        self._outgoing += encode_pdu(AAssociateRJ(result, source, reason))

    def respond(self, context_id: int, response: Response, identifier: bytes = b"") -> None:
        """Queue a response, with the identifier of a match if there is one.

        Raises:
            LocalProtocolError: the association is not open, or a number does not fit its field.
        """
        try:
            command = encode_response(
                response, self._accepted.get(context_id, ""), has_data_set=bool(identifier)
            )
        except struct.error as error:
            raise LocalProtocolError("a number of the response does not fit its field") from error
        self._local(Trigger.EVT9_SEND_DATA)
        self._queue_message(context_id, command, identifier)

    def confirm_release(self) -> None:
        """Send A-RELEASE-RP; the association is over.

        Raises:
            LocalProtocolError: the peer has not asked for release.
        """
        self._local(Trigger.EVT14_RELEASE_RESPONSE)
        self._outgoing += RELEASE_RP

    def next_event(self) -> AcceptorEvent | None:
        """The next thing that happened; None means that more bytes are needed, or that it is over.

        Raises:
            RemoteProtocolError: the peer broke the protocol. ``data_to_send`` then holds an A-ABORT
                and the association is over.
        """
        try:
            while not self.is_over:
                if self._messages is not None:
                    message = self._messages.next_message(self._judge)
                    if message is not None:
                        return _request_of(message)
                pdu = self._incoming.next_pdu()
                if pdu is None:
                    return self._close() if self._peer_closed else None
                event = self._receive(pdu)
                if event is not None:
                    return event
        except RemoteProtocolError as error:
            self._fail(error)
            raise
        return None

    def _receive(self, raw: bytes) -> AcceptorEvent | None:
        found = self._peer_transition(raw)
        action = found.action
        if action is Action.DT_2:
            if self._messages is None:
                self._messages = MessageReader()
            self._messages.load(raw)
            return None
        if action is Action.AR_6:
            return None
        pdu = decode_whole(raw)
        if isinstance(pdu, AAssociateRQ):
            self._read_peer_maximum("A-ASSOCIATE-RQ", pdu.user_information)
            self._request = pdu
        self._state = found.next_state
        if isinstance(pdu, AAssociateRQ):
            return AssociateRequested(pdu)
        if isinstance(pdu, AAbort):
            return PeerAborted(pdu)
        if action is Action.AR_2:
            return ReleaseRequested()
        if action is Action.AR_8:
            self._state = found.otherwise or found.next_state
            return None
        if action is Action.AR_10:
            self.confirm_release()
        return ReleaseConfirmed()

    def _judge(self, context_id: int, command: CommandSet) -> bool:
        if command.field & RESPONSE_BIT:
            problem = f"0x{command.field:04X}: a response, and we asked nothing"
            raise RemoteProtocolError("P-DATA-TF", "command_field", 0, problem)
        if context_id not in self._accepted:
            raise RemoteProtocolError("P-DATA-TF", "context_id", 0, "not an accepted context")
        is_cancel = command.field == CommandField.C_CANCEL
        if (command.responded_to if is_cancel else command.message_id) is None:
            raise RemoteProtocolError("P-DATA-TF", "message_id", 0, "missing, or not 2 bytes")
        return command.field in _WITH_IDENTIFIER


def _request_of(message: Message) -> RequestReceived | CancelReceived:
    command = message.command
    if command.field == CommandField.C_CANCEL and command.responded_to is not None:
        return CancelReceived(command.responded_to)
    request = IncomingRequest(command.field, command.message_id or 0, text_of(command.sop_class_uid))
    return RequestReceived(message.context_id, request, message.data or b"", message.data_length)
