"""The service class user: pumps a sans-I/O association over a byte stream.

The only questions that can be asked are here: C-ECHO, the null queries, the null retrieve, the C-FIND
whose rows are counted, and the one whose values are reduced to fill rates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from dosimeter.dicom import identifier, uids
from dosimeter.dicom.association import (
    AssociateAccepted,
    AssociateRejected,
    Event,
    PeerAborted,
    PeerClosed,
    ReleaseConfirmed,
    Requestor,
    ResponseReceived,
)
from dosimeter.dicom.count_query import count_identifier
from dosimeter.dicom.dimse import PENDING, CancelRequest, EchoRequest, FindRequest, NullGetRequest, Request
from dosimeter.dicom.errors import ProtocolError, RemoteProtocolError
from dosimeter.dicom.negotiation import AcceptedContext, AnswerMemory, Negotiation
from dosimeter.dicom.pdu import AAssociateRQ
from dosimeter.model.attempt import Cause
from dosimeter.model.facts import (
    EchoAnswered,
    Ending,
    NotDicomSeen,
    NullQueryAnswered,
    NullRetrieveAnswered,
    QueryService,
    Signature,
    Titles,
)
from dosimeter.model.message import say
from dosimeter.net.causes import WireFailure
from dosimeter.net.counting import (
    CANCEL_GRACE_SECONDS,
    BoundedAnswer,
    Counted,
    CountedAnswer,
    CountLimits,
)
from dosimeter.net.loop import Loop
from dosimeter.net.signatures import signature_after_dicom
from dosimeter.net.stream import ByteStream

if TYPE_CHECKING:
    from dosimeter.dicom.count_query import CountKeys
    from dosimeter.dicom.sample_query import SampleKeys
    from dosimeter.dicom.sampling import FillRates
    from dosimeter.dicom.tally import RowTally

MAX_NULL_MATCHES: Final = 32
"""Rows read of an answer that should have none; then C-CANCEL, a grace, and A-ABORT."""
RELEASE_SECONDS: Final = 5.0

FIND_SYNTAX: Final = {
    QueryService.STUDY_ROOT: uids.STUDY_ROOT_FIND,
    QueryService.PATIENT_ROOT: uids.PATIENT_ROOT_FIND,
    QueryService.WORKLIST: uids.MODALITY_WORKLIST_FIND,
}
GET_SYNTAX: Final = {
    QueryService.STUDY_ROOT: uids.STUDY_ROOT_GET,
    QueryService.PATIENT_ROOT: uids.PATIENT_ROOT_GET,
}
_ANSWERS_AN_ASSOCIATE_REQUEST: Final = frozenset({2, 3, 7})
"""PDU types A-ASSOCIATE-AC, A-ASSOCIATE-RJ, A-ABORT (PS3.8 Table 9-10)."""
_LAST_MESSAGE_ID: Final = 0xFFFF
_MAY_STILL_ANSWER: Final = frozenset({Cause.TIMED_OUT, Cause.BAD_PEER})
"""Causes after which an A-ABORT tells the peer not to. To one that is not DICOM no more is said."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An association request, ready to be sent: the object, its bytes, and whose titles it bears.

    ``answers`` remembers what archives said to it.
    """

    titles: Titles
    request: AAssociateRQ
    encoded: bytes
    answers: AnswerMemory = field(default_factory=AnswerMemory, compare=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """How one question ended. ``status`` is that of the final response, if there was one.

    ``matches`` counts the pending responses that brought an identifier.
    """

    ending: Ending
    status: int | None
    matches: int


class ContextNotAccepted(Exception):
    """The question needs a presentation context that the peer did not accept."""


class Scu:
    """One association, from its A-ASSOCIATE-RQ to its A-RELEASE or A-ABORT.

    Every wait ends at ``answer_seconds`` after its question or at ``host_until`` (monotonic
    seconds), whichever is earlier: a peer that drips bytes cannot outlive either.
    """

    __slots__ = (
        "_answer_seconds",
        "_host_until",
        "_loop",
        "_message_id",
        "_requestor",
        "_stream",
        "asked",
        "ending",
        "titles",
    )

    def __init__(
        self, loop: Loop, stream: ByteStream, proposal: Proposal, *, answer_seconds: float, host_until: float
    ) -> None:
        self._loop = loop
        self._stream = stream
        self._answer_seconds = answer_seconds
        self._host_until = host_until
        self._requestor = Requestor(proposal.request, rq_bytes=proposal.encoded, memory=proposal.answers)
        # The request is on the wire already: it was the first segment of the connection, or of TLS.
        self._requestor.data_to_send()
        self._message_id = 0
        self.titles = proposal.titles
        self.asked: list[str] = ["a-associate"]
        self.ending: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether a question can still be asked."""
        return self.ending is None

    def has(self, abstract_syntax: str) -> bool:
        """Whether the peer accepted a context for this abstract syntax."""
        return self._requestor.context_for(abstract_syntax) is not None

    @property
    def negotiation(self) -> Negotiation:
        """What became of each context that was proposed; only once the association is accepted."""
        return self._requestor.negotiation

    async def negotiate(self) -> AssociateAccepted | AssociateRejected | PeerAborted:
        """Read the answer to the A-ASSOCIATE-RQ.

        Raises:
            WireFailure: silence, a close, bytes that are not DICOM, or DICOM that PS3.8 forbids.
        """
        until = self._deadline()
        try:
            self._feed_first(await self._stream.receive(until))
            event = await self._next_event(until)
        except RemoteProtocolError as error:
            self._end("bad answer")
            raise _broken_answer(error) from None
        except WireFailure as failure:
            if failure.cause in _MAY_STILL_ANSWER:
                self.abort(failure.cause.value)
            else:
                self._end(failure.cause.value)
            raise
        if isinstance(event, AssociateAccepted):
            return event
        self._end("rejected" if isinstance(event, AssociateRejected) else "aborted by the peer")
        if isinstance(event, (AssociateRejected, PeerAborted)):
            return event
        raise WireFailure(Cause.CLOSED_EARLY, say("closed the connection in the middle of its answer"))

    async def echo(self) -> EchoAnswered:
        """C-ECHO (PS3.7 §9.1.5)."""
        context = self._context(uids.VERIFICATION)
        began = self._loop.now()
        answer = await self._ask("c-echo", context, EchoRequest(self._next_message_id()))
        elapsed = round((self._loop.now() - began) * 1000)
        return EchoAnswered(self.titles, answer.ending, answer.status, elapsed)

    async def null_query(self, service: QueryService) -> NullQueryAnswered:
        """C-FIND for an object that cannot exist (DESIGN §3)."""
        context = self._context(FIND_SYNTAX[service])
        request = FindRequest(self._next_message_id(), context.abstract_syntax)
        key = _null_identifier(service, context.transfer_syntax_uid)
        answer = await self._ask(f"null c-find {service.value}", context, request, key)
        return NullQueryAnswered(self.titles, service, answer.ending, answer.status, answer.matches)

    async def null_retrieve(self, service: QueryService) -> NullRetrieveAnswered:
        """C-GET of a study that cannot exist, with nothing negotiated that could carry it."""
        context = self._context(GET_SYNTAX[service])
        request = NullGetRequest(self._next_message_id(), context.abstract_syntax)
        answer = await self._ask(f"null c-get {service.value}", context, request)
        return NullRetrieveAnswered(self.titles, service, answer.ending, answer.status)

    async def count(
        self, service: QueryService, keys: CountKeys, tally: RowTally, limits: CountLimits
    ) -> Counted:
        """C-FIND whose rows go into ``tally``; past ``limits`` it is cancelled (DESIGN §3, counting).

        The association stays open if the answer ended with a final response, cancelled or not.

        Raises:
            ContextNotAccepted: the peer did not accept this service.
            WireFailure: our own machine failed; whatever the peer does is in what is returned.
        """
        context = self._context(FIND_SYNTAX[service])
        query = count_identifier(keys, context.transfer_syntax_uid)
        request = FindRequest(self._next_message_id(), context.abstract_syntax)
        self.asked.append(f"c-find {service.value} {keys.level.name.lower()}")
        answer = CountedAnswer(self._loop, self._stream, self._requestor, tally, limits, self._answer_seconds)
        return await self._bounded(answer, context, request, query)

    async def sample(
        self, service: QueryService, keys: SampleKeys, rates: FillRates, limits: CountLimits
    ) -> Counted:
        """C-FIND for personal attributes, whose values are reduced to fill rates as they pass (DESIGN §4).

        As `count` otherwise. For the probe of the touch ``sample`` alone.
        """
        from dosimeter.dicom.sample_query import sample_identifier
        from dosimeter.net.sampling import SampledAnswer

        context = self._context(FIND_SYNTAX[service])
        query = sample_identifier(keys, context.transfer_syntax_uid)
        request = FindRequest(self._next_message_id(), context.abstract_syntax)
        self.asked.append(f"c-find {service.value} study, sampled")
        answer = SampledAnswer(
            *(self._loop, self._stream, self._requestor, rates, limits, self._answer_seconds),
            explicit=context.transfer_syntax_uid == uids.EXPLICIT_VR_LE,
        )
        return await self._bounded(answer, context, request, query)

    async def _bounded(
        self, answer: BoundedAnswer, context: AcceptedContext, request: FindRequest, query: bytes
    ) -> Counted:
        try:
            event = await answer.read(context, request, query)
        except RemoteProtocolError:
            self._end("bad answer")
            return answer.ended(Ending.BAD_ANSWER)
        except WireFailure as failure:
            self.abort(failure.cause.value)
            if failure.cause is Cause.LOCAL:
                raise
            ending = Ending.SILENCE if failure.cause is Cause.TIMED_OUT else Ending.CLOSE
            return answer.ended(ending, by_us=failure.cause in _MAY_STILL_ANSWER)
        if isinstance(event, ResponseReceived):
            return answer.ended(Ending.STATUS, event.response.status)
        return answer.ended(self._cut(event, 0).ending)

    async def release(self) -> None:
        """A-RELEASE, then close; A-ABORT if the peer does not confirm. Nothing if it is over."""
        if not self.is_open:
            return
        until = min(self._loop.now() + RELEASE_SECONDS, self._deadline())
        try:
            self._requestor.release()
            await self._stream.send(self._requestor.data_to_send(), until)
            while True:
                event = await self._next_event(until)
                if isinstance(event, ReleaseConfirmed):
                    self._end("released")
                    return
                if isinstance(event, (PeerAborted, PeerClosed)):
                    self._end("ended by the peer at release")
                    return
        except (ProtocolError, WireFailure):
            self.abort("release not confirmed")

    def abort(self, why: str) -> None:
        """A-ABORT without waiting, then close. Nothing if the association is over."""
        if self.is_open:
            self._requestor.abort()
            self._end(why)

    def _end(self, why: str) -> None:
        self.ending = why
        self._stream.send_and_close(self._requestor.data_to_send())

    def _context(self, abstract_syntax: str) -> AcceptedContext:
        context = self._requestor.context_for(abstract_syntax)
        if context is None:
            raise ContextNotAccepted
        return context

    def _next_message_id(self) -> int:
        self._message_id = self._message_id % _LAST_MESSAGE_ID + 1
        return self._message_id

    def _deadline(self) -> float:
        return min(self._loop.now() + self._answer_seconds, self._host_until)

    def _feed_first(self, data: bytes) -> None:
        if not data:
            raise WireFailure(Cause.CLOSED_EARLY, say("closed the connection without a word"))
        if data[0] not in _ANSWERS_AN_ASSOCIATE_REQUEST:
            fact = NotDicomSeen(signature_after_dicom(data))
            raise WireFailure(Cause.NOT_DICOM, say("answered with bytes that are not DICOM"), (fact,))
        self._requestor.receive_data(data)

    async def _next_event(self, until: float) -> Event:
        requestor = self._requestor
        while (event := requestor.next_event()) is None:
            if answer := requestor.data_to_send():  # the A-RELEASE-RP of a collision (PS3.8 §7.2.2.7)
                await self._stream.send(answer, until)
            requestor.receive_data(await self._stream.receive(until))
        return event

    async def _ask(self, name: str, context: AcceptedContext, request: Request, key: bytes = b"") -> Answer:
        self.asked.append(name)
        until = self._deadline()
        matches = rows = 0
        try:
            self._requestor.send(context, request, key)
            await self._stream.send(self._requestor.data_to_send(), until)
            while True:
                event = await self._next_event(until)
                if not isinstance(event, ResponseReceived):
                    return self._cut(event, matches)
                if event.response.status not in PENDING:
                    ending = Ending.STATUS if rows <= MAX_NULL_MATCHES else Ending.BUDGET
                    return Answer(ending, event.response.status, matches)
                rows += 1
                matches += event.identifier_length > 0  # A pending response without one found nothing.
                if rows == MAX_NULL_MATCHES + 1:
                    until = min(until, await self._cancel(context))
        except RemoteProtocolError:
            self._end("bad answer")
            return Answer(Ending.BAD_ANSWER, None, matches)
        except WireFailure as failure:
            self.abort(failure.cause.value)
            if failure.cause is Cause.LOCAL:
                raise
            return Answer(_ending_of(failure, rows), None, matches)

    async def _cancel(self, context: AcceptedContext) -> float:
        until = self._loop.now() + CANCEL_GRACE_SECONDS
        self._requestor.send(context, CancelRequest(self._message_id))
        await self._stream.send(self._requestor.data_to_send(), until)
        return until

    def _cut(self, event: Event, matches: int) -> Answer:
        is_abort = isinstance(event, PeerAborted)
        self._end("aborted by the peer" if is_abort else "closed by the peer")
        return Answer(Ending.ABORT if is_abort else Ending.CLOSE, None, matches)


def _broken_answer(error: RemoteProtocolError) -> WireFailure:
    """A whole PDU that breaks a rule inside is DICOM; a first byte and a length that no PDU has are not.

    One byte value in 85 begins an answer in DICOM: alone it shows nothing.
    """
    if error.field == "pdu_length":
        detail = say("began as an answer in DICOM does, with a length that none has")
        return WireFailure(Cause.BAD_PEER, detail, (NotDicomSeen(Signature.OTHER),))
    return WireFailure(Cause.BAD_PEER, say("answers in DICOM, but not as PS3.8 allows"))


def _ending_of(failure: WireFailure, rows: int) -> Ending:
    if rows > MAX_NULL_MATCHES or failure.cause is Cause.BAD_PEER:
        return Ending.BUDGET
    return Ending.SILENCE if failure.cause is Cause.TIMED_OUT else Ending.CLOSE


def _null_identifier(service: QueryService, transfer_syntax_uid: str) -> bytes:
    if service is QueryService.STUDY_ROOT:
        return identifier.null_study_query(uids.fresh_uid(), transfer_syntax_uid)
    if service is QueryService.PATIENT_ROOT:
        return identifier.null_patient_query(uids.fresh_uid(), transfer_syntax_uid)
    return identifier.null_worklist_query(transfer_syntax_uid)
