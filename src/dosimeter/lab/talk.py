"""What every association of a synthetic archive does, without I/O: bytes in, bytes out.

It echoes, hands queries on and says of retrieve requests what became of them. It stores nothing and
sends no image: there are none.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Final

from dosimeter.dicom import uids
from dosimeter.dicom.acceptor import (
    Acceptor,
    AcceptorEvent,
    AssociateRequested,
    CancelReceived,
    ReleaseRequested,
    RequestReceived,
)
from dosimeter.dicom.dimse import CommandField, EchoResponse, FindResponse, GetResponse
from dosimeter.dicom.errors import LocalProtocolError, RemoteProtocolError
from dosimeter.dicom.pdu import AAssociateRQ, ContextResult, ProposedContext, UserInformation
from dosimeter.lab.dataset import Dataset, UnreadableDataset, decode_dataset
from dosimeter.lab.ledger import Ledger, Tally
from dosimeter.lab.policy import STATUS_OF, Policy, Reaction

SUCCESS: Final = 0x0000
CANCELLED: Final = 0xFE00
UNABLE_TO_PROCESS: Final = 0xC000
NO_SUB_OPERATIONS: Final = 0xA702
"""Statuses (PS3.7 Annex C, PS3.4 Tables C.4-1 and C.4-3)."""

_ABSTRACT_SYNTAX_NOT_SUPPORTED: Final = 3
_TRANSFER_SYNTAXES_NOT_SUPPORTED: Final = 4
"""Results of a presentation context (PS3.8 Table 9-18)."""
MOST_COUNTED: Final = 0xFFFF
"""A counter of sub-operations has two bytes (PS3.7 Table 9.3-3)."""
_SYNTAXES: Final = (uids.IMPLICIT_VR_LE, uids.EXPLICIT_VR_LE)


class Talk(ABC):
    """Answers one caller as the policy says; what the matches of a query are is its subclass's to know."""

    def __init__(self, policy: Policy, ledger: Ledger | None = None) -> None:
        self._policy = policy
        self._ledger = ledger or Ledger()
        self._acceptor = Acceptor()
        self._caller: AAssociateRQ | None = None
        self._syntaxes: dict[int, str] = {}
        self._asked: RequestReceived | None = None
        self._finds = 0
        self._pause = 0.0
        self._closed = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be said: send what is left, then close."""
        return self._closed or self._acceptor.is_over

    @property
    def is_answering(self) -> bool:
        """Whether more matches wait to be queued."""
        return self._has_rows and not self.is_over

    @property
    def pause_seconds(self) -> float:
        """How long this archive takes before `data_to_send` is called again, if nothing is received."""
        return self._pause

    def receive(self, data: bytes) -> None:
        """Take bytes from the caller; ``b""`` says that it closed. Whatever it breaks ends it."""
        try:
            self._acceptor.receive_data(data)
            while not self.is_over and (event := self._acceptor.next_event()) is not None:
                self._react(event)
        except (RemoteProtocolError, LocalProtocolError):
            self._drop_rows()
            self._acceptor.abort()

    def data_to_send(self) -> bytes:
        """What waits to be sent, after queueing the next few matches."""
        self._pause = 0.0
        return self._next_rows() if self.is_answering else self._acceptor.data_to_send()

    @property
    @abstractmethod
    def _has_rows(self) -> bool:
        """Whether a query is being answered."""

    @abstractmethod
    def _begin_answer(self, received: RequestReceived, keys: Dataset) -> None:
        """Answer a query: from now on there are rows, or it is finished."""

    @abstractmethod
    def _next_rows(self) -> bytes:
        """All that waits to be sent, and the next few matches after it."""

    @abstractmethod
    def _drop_rows(self) -> None:
        """No match is sent any more."""

    @abstractmethod
    def _instances_asked_for(self, received: RequestReceived) -> int:
        """How many images a retrieve request is for."""

    def _react(self, event: AcceptorEvent) -> None:
        if isinstance(event, AssociateRequested):
            self._answer_association(event.pdu)
        elif isinstance(event, RequestReceived):
            self._answer_request(event)
        elif isinstance(event, CancelReceived):
            self._ledger.add(Tally(cancels=1))
            if self._policy.honours_cancel:
                self._finish(CANCELLED)
        elif isinstance(event, ReleaseRequested):
            self._drop_rows()
            self._acceptor.confirm_release()

    def _answer_association(self, request: AAssociateRQ) -> None:
        rejection = self._policy.rejection_of(request.called_ae_title, request.calling_ae_title)
        if rejection is not None:
            self._acceptor.reject(rejection.result, rejection.source, rejection.reason)
            return
        self._ledger.add(Tally(associations=1))
        self._caller = request
        results = tuple(self._context_result(context) for context in request.contexts)
        self._syntaxes = {result.context_id: result.transfer_syntax_uid for result in results}
        self._acceptor.accept(results, self._announcement(request))

    def _context_result(self, context: ProposedContext) -> ContextResult:
        if not self._policy.accepts(context.abstract_syntax):
            return ContextResult(context.context_id, _ABSTRACT_SYNTAX_NOT_SUPPORTED, uids.IMPLICIT_VR_LE)
        for syntax in context.transfer_syntax_uids:
            if syntax in _SYNTAXES:
                return ContextResult(context.context_id, 0, syntax)
        return ContextResult(context.context_id, _TRANSFER_SYNTAXES_NOT_SUPPORTED, uids.IMPLICIT_VR_LE)

    def _announcement(self, request: AAssociateRQ) -> UserInformation:
        identity, theirs = self._policy.identity, request.user_information
        if identity.mirror:
            return UserInformation(
                theirs.max_pdu_length, theirs.implementation_class_uid, theirs.implementation_version_name
            )
        return UserInformation(identity.max_pdu_length, identity.class_uid, identity.version_name)

    def _answer_request(self, received: RequestReceived) -> None:
        request = received.request
        self._ledger.add(Tally(requests=1))
        if request.command_field == CommandField.C_ECHO:
            self._acceptor.respond(received.context_id, EchoResponse(request.message_id, SUCCESS))
        elif self._has_rows:
            self._acceptor.abort()  # One operation at a time was negotiated (PS3.7 D.3.3.3).
        elif request.command_field == CommandField.C_FIND:
            self._answer_find(received)
        elif request.command_field == CommandField.C_GET:
            self._answer_get(received)
        else:
            self._acceptor.abort()

    def _answer_find(self, received: RequestReceived) -> None:
        keys = self._identifier_of(received)
        self._ledger.add(Tally(finds=1), keys or {})
        self._finds += 1
        reaction = self._reaction_to_find(received)
        if not self._goes_on(reaction):
            return
        self._asked = received
        if reaction is not Reaction.ANSWER:
            self._finish(STATUS_OF[reaction])
        elif keys is None and not self._policy.canned_rows:
            self._finish(UNABLE_TO_PROCESS)
        else:
            self._begin_answer(received, keys or {})

    def _reaction_to_find(self, received: RequestReceived) -> Reaction:
        policy = self._policy
        if policy.gives_up_after is not None and self._finds > policy.gives_up_after:
            return policy.gives_up
        is_worklist = received.request.sop_class_uid == uids.MODALITY_WORKLIST_FIND
        return self._reaction(policy.worklist if is_worklist else policy.find)

    def _answer_get(self, received: RequestReceived) -> None:
        reaction = self._reaction(self._policy.get)
        if not self._goes_on(reaction):
            return
        message_id = received.request.message_id
        if reaction is Reaction.ANSWER:
            instances = self._instances_asked_for(received)
            # Nothing is ever sent: what was found is counted as failed.
            status = NO_SUB_OPERATIONS if instances else SUCCESS
            response = GetResponse(message_id, status, completed=0, failed=instances, warning=0)
        else:
            response = GetResponse(message_id, STATUS_OF[reaction])
        self._acceptor.respond(received.context_id, response)

    def _reaction(self, usual: Reaction) -> Reaction:
        calling = self._caller.calling_ae_title if self._caller is not None else ""
        return Reaction.ANSWER if calling in self._policy.trusted_callers else usual

    def _goes_on(self, reaction: Reaction | None) -> bool:
        """Whether the association outlives this reaction."""
        if reaction is Reaction.ABORT:
            self._acceptor.abort()
        elif reaction is Reaction.CLOSE:
            self._closed = True
        return not self.is_over

    def _syntax_of(self, received: RequestReceived) -> str:
        return self._syntaxes.get(received.context_id, uids.IMPLICIT_VR_LE)

    def _identifier_of(self, received: RequestReceived) -> Dataset | None:
        """The keys; None if they cannot be read."""
        try:
            return decode_dataset(received.identifier, self._syntax_of(received))
        except UnreadableDataset:
            return None

    def _finish(self, status: int) -> None:
        """Send the final response of the query that is being answered, if there is one."""
        self._drop_rows()
        self._respond(status)
        self._asked = None

    def _respond(self, status: int, identifier: bytes = b"") -> None:
        asked = self._asked
        if asked is None:
            return
        response = FindResponse(asked.request.message_id, status)
        self._acceptor.respond(asked.context_id, response, identifier)
