"""One association as a state machine without I/O: bytes in, events out, bytes to send.

The requestor's side; the acceptor's is in acceptor.py. What may happen when is upper_layer.TABLE.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from dosimeter.dicom.counting import RowCounting
from dosimeter.dicom.dimse import (
    PENDING,
    RESPONSE_BIT,
    CancelRequest,
    CommandSet,
    FindRequest,
    NullGetRequest,
    Request,
    Response,
    response_of,
)
from dosimeter.dicom.errors import LocalProtocolError, RemoteProtocolError
from dosimeter.dicom.identifier import null_retrieve
from dosimeter.dicom.limits import ADVERTISED_MAX_PDU_LENGTH, MIN_PEER_PDU_LENGTH
from dosimeter.dicom.message import Message, MessageReader, read_lone_command
from dosimeter.dicom.negotiation import AcceptedContext, AnswerMemory, Negotiation, negotiate
from dosimeter.dicom.pdu import (
    PDU_NAMES,
    AAbort,
    AAssociateAC,
    AAssociateRJ,
    AAssociateRQ,
    PduType,
    UserInformation,
)
from dosimeter.dicom.pdu_decode import decode_answer, decode_whole
from dosimeter.dicom.pdu_encode import (
    PDV_OVERHEAD,
    RELEASE_RP,
    RELEASE_RQ,
    encode_fragment,
    encode_pdu,
)
from dosimeter.dicom.pdu_reader import PduReader
from dosimeter.dicom.request_rules import REQUEST_FIELDS, check_request, remembered_request
from dosimeter.dicom.tally import RowTally
from dosimeter.dicom.upper_layer import TABLE, Action, State, Transition, Trigger


@dataclass(frozen=True, slots=True)
class AssociateAccepted:
    """A-ASSOCIATE-AC: the association is open."""

    pdu: AAssociateAC


@dataclass(frozen=True, slots=True)
class AssociateRejected:
    """A-ASSOCIATE-RJ: the association is over."""

    pdu: AAssociateRJ


@dataclass(frozen=True, slots=True)
class PeerAborted:
    """A-ABORT: the association is over."""

    pdu: AAbort


@dataclass(frozen=True, slots=True)
class PeerReleased:
    """The peer asked for release (A-RELEASE-RQ), which is unusual for an acceptor; it was confirmed."""


@dataclass(frozen=True, slots=True)
class ReleaseConfirmed:
    """A-RELEASE-RP: our release is done and the association over."""


@dataclass(frozen=True, slots=True)
class PeerClosed:
    """The transport closed with neither release nor abort.

    ``unfinished`` counts the bytes of a PDU that was cut off by it.
    """

    unfinished: int = 0


@dataclass(frozen=True, slots=True)
class ResponseReceived:
    """One DIMSE response, counted once whatever its identifier is like.

    ``identifier_length`` is in bytes, 0 where there was none; the identifier itself is not kept.
    """

    context_id: int
    response: Response
    identifier_length: int = 0


Event = (
    AssociateAccepted
    | AssociateRejected
    | PeerAborted
    | PeerReleased
    | ReleaseConfirmed
    | PeerClosed
    | ResponseReceived
)

UNEXPECTED_PDU: Final = 2
"""A-ABORT reason (PS3.8 Table 9-26)."""

TRIGGERS: Final[dict[int, Trigger]] = {
    PduType.A_ASSOCIATE_RQ: Trigger.EVT6_RQ_RECEIVED,
    PduType.A_ASSOCIATE_AC: Trigger.EVT3_AC_RECEIVED,
    PduType.A_ASSOCIATE_RJ: Trigger.EVT4_RJ_RECEIVED,
    PduType.P_DATA_TF: Trigger.EVT10_DATA_RECEIVED,
    PduType.A_RELEASE_RQ: Trigger.EVT12_RELEASE_RQ_RECEIVED,
    PduType.A_RELEASE_RP: Trigger.EVT13_RELEASE_RP_RECEIVED,
    PduType.A_ABORT: Trigger.EVT16_ABORT_RECEIVED,
}
"""The event of the table that each PDU is."""

_OVER: Final = frozenset((State.STA1, State.STA13))
_OPEN: Final = State.STA6
_AA_1: Final = Action.AA_1
_AA_8: Final = Action.AA_8
_DT_2: Final = Action.DT_2
_AR_6: Final = Action.AR_6
"""Bound here because looking a member up on its class costs more than comparing it."""
_COMMAND_LAST: Final = 3
_COMMAND: Final = 1
_DATA_LAST: Final = 2
_DATA: Final = 0


class Association:
    """What both roles share: the state, the bytes in and out, fragmentation, the ends."""

    __slots__ = ("_incoming", "_messages", "_outgoing", "_peer_closed", "_peer_max_pdu_length", "_state")

    def __init__(self, state: State, outgoing: bytes) -> None:
        self._state = state
        self._outgoing = outgoing
        self._incoming = PduReader()
        self._messages: MessageReader | None = None
        self._peer_closed = False
        self._peer_max_pdu_length: int | None = None

    @property
    def state(self) -> State:
        """Where in PS3.8 §9.2 the association stands."""
        return self._state

    @property
    def is_open(self) -> bool:
        """Whether requests and responses may be exchanged (Sta6)."""
        return self._state is _OPEN

    @property
    def is_over(self) -> bool:
        """Whether nothing more can come of it: what is left to do is send, then close."""
        return self._state in _OVER

    @property
    def max_pdu_length(self) -> int | None:
        """The largest P-DATA-TF the peer says it takes, as it said it; 0 is no limit, None not said."""
        return self._peer_max_pdu_length

    def data_to_send(self) -> bytes:
        """Everything that waits to be sent; it is then gone from here."""
        outgoing = self._outgoing
        self._outgoing = b""
        return outgoing

    def receive_data(self, data: bytes) -> None:
        """Take bytes from the transport; ``b""`` says that the peer closed it. Then ask for events.

        Raises:
            LocalProtocolError: over 1 MiB waits to be read.
        """
        if not data:
            self._peer_closed = True
        elif self._state not in _OVER:
            self._incoming.feed(data)

    def abort(self) -> None:
        """Send A-ABORT; the association is over. Nothing happens if it already is."""
        if self._state not in _OVER:
            self._local(Trigger.EVT15_ABORT_REQUEST)
            self._outgoing += encode_pdu(AAbort(0, 0))

    def release(self) -> None:
        """Send A-RELEASE-RQ; the answer comes as an event.

        Raises:
            LocalProtocolError: the association is not open.
        """
        self._local(Trigger.EVT11_RELEASE_REQUEST)
        self._outgoing += RELEASE_RQ

    def _local(self, trigger: Trigger) -> Transition:
        """Perform what the caller asks, if the table has it."""
        found = TABLE[trigger].get(self._state)
        if found is None:
            wish = trigger.name.split("_", 1)[1].lower()
            raise LocalProtocolError(f"{wish} is not possible in {self._state.name.capitalize()}")
        self._state = found.next_state
        return found

    def _peer_transition(self, pdu: bytes) -> Transition:
        """The row of the table that this PDU is, not yet performed.

        Raises:
            RemoteProtocolError: the table answers it with an A-ABORT.
        """
        found = TABLE[TRIGGERS[pdu[0]]][self._state]
        if found.action is _AA_8 or found.action is _AA_1:
            raise RemoteProtocolError(
                *(PDU_NAMES[PduType(pdu[0])], "pdu_type", 0),
                f"not expected in {self._state.name.capitalize()}",
                abort_reason=UNEXPECTED_PDU,
            )
        return found

    def _fail(self, error: RemoteProtocolError) -> None:
        """Perform the A-ABORT that the table answers a bad PDU with."""
        found = TABLE[Trigger.EVT19_INVALID_PDU][self._state]
        source = 2 if found.action is Action.AA_8 else 0
        self._outgoing += encode_pdu(AAbort(source, error.abort_reason if source else 0))
        self._state = found.next_state

    def _close(self) -> PeerClosed:
        self._state = TABLE[Trigger.EVT17_TRANSPORT_CLOSED][self._state].next_state
        return PeerClosed(self._incoming.unread)

    def _read_peer_maximum(self, name: str, user_information: UserInformation) -> None:
        maximum = user_information.max_pdu_length
        if maximum is not None and 0 < maximum < MIN_PEER_PDU_LENGTH:
            problem = f"{maximum} is below {MIN_PEER_PDU_LENGTH}"
            raise RemoteProtocolError(name, "max_pdu_length", 0, problem)
        self._peer_max_pdu_length = maximum

    def _queue_message(self, context_id: int, command: bytes, data: bytes) -> None:
        """Command set and data set in P-DATA-TFs of their own, as every toolkit sends them."""
        maximum = self._peer_max_pdu_length or ADVERTISED_MAX_PDU_LENGTH
        size = min(maximum, ADVERTISED_MAX_PDU_LENGTH) - PDV_OVERHEAD
        if len(command) <= size and len(data) <= size:
            self._outgoing += encode_fragment(context_id, _COMMAND_LAST, command)
            if data:
                self._outgoing += encode_fragment(context_id, _DATA_LAST, data)
            return
        pieces = [self._outgoing]
        for whole, control in ((command, _COMMAND), (data, _DATA)):
            for start in range(0, len(whole), size):
                last = _DATA_LAST if start + size >= len(whole) else 0
                pieces.append(encode_fragment(context_id, control | last, whole[start : start + size]))
        self._outgoing = b"".join(pieces)


class Requestor(Association):
    """Asks for an association, then C-ECHO, C-FIND, C-CANCEL and the null C-GET on it.

    From construction on ``data_to_send`` holds the whole A-ASSOCIATE-RQ. ``rq_bytes`` is the encoded
    ``proposal``, for callers that send the same to many. Identifiers are dropped as they come, unless
    they are counted (``count_into``). ``memory`` belongs to the same ``proposal``.

    Raises:
        LocalProtocolError: the proposal does not fit its fields.
    """

    __slots__ = (
        "_asked_context_id",
        "_asked_field",
        "_asked_message_id",
        "_counting",
        "_memory",
        "_negotiation",
        "_proposal",
    )

    def __init__(
        self,
        proposal: AAssociateRQ,
        *,
        rq_bytes: bytes | None = None,
        memory: AnswerMemory | None = None,
    ) -> None:
        super().__init__(State.STA5, encode_pdu(proposal) if rq_bytes is None else rq_bytes)
        self._proposal = proposal
        self._memory = memory
        self._negotiation: Negotiation | None = None
        self._asked_field = 0
        self._asked_message_id = 0
        self._asked_context_id = 0
        self._counting: RowCounting | None = None

    @property
    def negotiation(self) -> Negotiation:
        """What became of each context we proposed.

        Raises:
            LocalProtocolError: the peer has not accepted the association.
        """
        if self._negotiation is None:
            raise LocalProtocolError("the association has not been accepted")
        return self._negotiation

    def context_for(self, abstract_syntax: str) -> AcceptedContext | None:
        """The context to ask this service on; None if the peer did not accept one."""
        return self.negotiation.context_for(abstract_syntax)

    def send(self, context: AcceptedContext, request: Request, identifier: bytes = b"") -> None:
        """Queue a request. Only C-CANCEL may follow while another is outstanding (PS3.7 D.3.3.3).

        ``identifier`` belongs to a FindRequest and to no other.

        Raises:
            LocalProtocolError: the association is not open, a request is outstanding, or the request
                does not suit the context; a null retrieve where other contexts than C-GET were proposed.
        """
        if self._state is not _OPEN:
            raise LocalProtocolError(f"a request cannot be sent in {self._state.name.capitalize()}")
        field = REQUEST_FIELDS[type(request)]
        if isinstance(request, CancelRequest):
            if not self._asked_field or request.message_id_being_responded_to != self._asked_message_id:
                raise LocalProtocolError("there is no such request outstanding to cancel")
        else:
            if self._asked_field:
                raise LocalProtocolError("the request before has not been answered")
            check_request(self._proposal, context, request, identifier)
            if isinstance(request, NullGetRequest):
                identifier = null_retrieve(request.sop_class_uid, context.transfer_syntax_uid)
        try:
            command = remembered_request(request)
        except struct.error as error:
            raise LocalProtocolError("a message identifier is 0 to 65535") from error
        if not isinstance(request, CancelRequest):
            self._asked_field = field | RESPONSE_BIT
            self._asked_message_id = request.message_id
            self._asked_context_id = context.context_id
            if self._counting is not None:
                self._counting.stop()
                if isinstance(request, FindRequest):
                    self._counting.start(context.transfer_syntax_uid)
        self._queue_message(context.context_id, command, identifier)

    def count_into(self, tally: RowTally | None) -> None:
        """Absorb the pending responses to the next C-FIND into ``tally``; they are then no events.

        To be set before the request is sent. With None they are events again.
        """
        if self._counting is None:
            self._counting = RowCounting()
        self._counting.wish(tally)

    def next_event(self) -> Event | None:
        """The next thing that happened; None means that more bytes are needed, or that it is over.

        Raises:
            RemoteProtocolError: the peer broke the protocol. ``data_to_send`` then holds an A-ABORT
                and the association is over.
        """
        try:
            while self._state not in _OVER:
                if self._messages is not None:
                    message = self._messages.next_message(self._judge)
                    if message is not None:
                        if self._counting is not None and self._counting.absorb(message):
                            continue
                        return self._response(message)
                if self._counting is not None and self._state is _OPEN and self._is_between_messages:
                    is_cut = self._counting.read(self._incoming)
                    if is_cut and not self._peer_closed:
                        return None
                pdu = self._incoming.next_pdu()
                if pdu is None:
                    return self._close() if self._peer_closed else None
                other = self._receive(pdu)
                if other is not None:
                    return other
        except RemoteProtocolError as error:
            self._fail(error)
            raise
        return None

    def _receive(self, raw: bytes) -> Event | None:
        found = self._peer_transition(raw)
        action = found.action
        if action is _DT_2:
            return self._receive_data(raw)
        if action is _AR_6:
            return None
        event: Event
        if raw[0] == PduType.A_ASSOCIATE_AC:
            event = self._read_answer(raw)
            self._state = found.next_state
            return event
        pdu = decode_whole(raw)
        if isinstance(pdu, AAssociateRJ):
            event = AssociateRejected(pdu)
        elif isinstance(pdu, AAbort):
            event = PeerAborted(pdu)
        elif action is Action.AR_3:
            event = ReleaseConfirmed()
        else:
            self._state = found.next_state
            self._local(Trigger.EVT14_RELEASE_RESPONSE)
            self._outgoing += RELEASE_RP
            return PeerReleased() if action is Action.AR_2 else None
        self._state = found.next_state
        return event

    def _receive_data(self, raw: bytes) -> Event | None:
        between = self._is_between_messages
        if self._counting is not None:
            self._counting.receive(raw, begins_message=between)
        if between:
            lone = read_lone_command(raw)
            if lone is not None:
                self._judge(*lone)
                message = Message(*lone, None, 0)
                if self._counting is not None and self._counting.absorb(message):
                    return None
                return self._response(message)
        if self._messages is None:
            self._messages = MessageReader()
        self._messages.load(raw)
        return None

    def _read_answer(self, raw: bytes) -> AssociateAccepted:
        known = self._memory.recall(raw) if self._memory is not None else None
        if known is None:
            answer = decode_answer(raw)
            known = (answer, negotiate(self._proposal, answer))
            if self._memory is not None:
                self._memory.keep(raw, *known)
        answer, self._negotiation = known
        self._read_peer_maximum("A-ASSOCIATE-AC", answer.user_information)
        return AssociateAccepted(answer)

    def _judge(self, context_id: int, command: CommandSet) -> bool:
        """Whether to keep the data set. Whatever is not the answer to our request ends the association."""
        if not command.field & RESPONSE_BIT:
            problem = f"0x{command.field:04X}: a request, and we serve none"
            raise RemoteProtocolError("P-DATA-TF", "command_field", 0, problem, abort_reason=UNEXPECTED_PDU)
        if not self._asked_field or command.field != self._asked_field:
            problem = f"0x{command.field:04X} answers no request of ours"
            raise RemoteProtocolError("P-DATA-TF", "command_field", 0, problem)
        if command.responded_to != self._asked_message_id:
            raise RemoteProtocolError("P-DATA-TF", "message_id_being_responded_to", 0, "not the one we sent")
        if context_id != self._asked_context_id:
            raise RemoteProtocolError("P-DATA-TF", "context_id", 0, "not the one we asked on")
        return self._counting is not None and self._counting.is_on and command.status in PENDING

    @property
    def _is_between_messages(self) -> bool:
        return self._messages is None or self._messages.is_idle

    def _response(self, message: Message) -> ResponseReceived:
        context_id, command, _, length = message
        status = command.status
        if status is None:
            raise RemoteProtocolError("P-DATA-TF", "status", 0, "missing, or not 2 bytes")
        if status not in PENDING:
            self._asked_field = 0
            if self._counting is not None:
                self._counting.stop()
        return ResponseReceived(context_id, response_of(command, self._asked_message_id, status), length)
