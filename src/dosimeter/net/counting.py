"""One counted answer as it comes: its rows go into a tally by the quarter mebibyte, none into a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from dosimeter.dicom.dimse import CancelRequest, FindRequest
from dosimeter.model.attempt import Cause
from dosimeter.model.facts import Ending
from dosimeter.net.causes import WireFailure
from dosimeter.net.stream import MAX_RECEIVED_PER_CONNECTION

if TYPE_CHECKING:
    from dosimeter.dicom.association import Event, Requestor
    from dosimeter.dicom.negotiation import AcceptedContext
    from dosimeter.dicom.tally import RowTally
    from dosimeter.net.loop import Loop
    from dosimeter.net.stream import ByteStream

COUNT_RECEIVE_BYTES: Final = 262_144
"""One read while counting: some thousand rows for one turn of the loop."""

MIN_BYTES_PER_SECOND: Final = 64
"""Less than this, over the time that one answer may take, is a peer that holds the line."""

CANCEL_GRACE_SECONDS: Final = 2.0
"""From C-CANCEL, a wish, to A-ABORT."""
CANCEL_GRACE_BYTES: Final = 4_194_304
"""Most that is read between the two. When C-CANCEL is sent, what fills the buffers on the way is still to
come: up to 3.7 MB measured on loopback, where the sender's is largest."""
OVER_BUDGET_BYTES: Final = 1_048_576
"""So much of it may be over the bytes of the question: past our own network card, buffers hold less."""


@dataclass(frozen=True, slots=True)
class CountLimits:
    """When an answer is cancelled: past so many rows or bytes, or at a moment (monotonic seconds)."""

    most_rows: int
    most_bytes: int
    until: float


@dataclass(frozen=True, slots=True)
class Counted:
    """How a counted answer ended. Its rows are in the tally.

    ``ending`` is `Ending.BUDGET` if it was cancelled, however the peer took that. ``status`` is that of
    the final response, if there was one. ``first_milliseconds`` is how long the first response took, or
    the whole wait if there was none. ``received`` is in bytes of the transport, TLS records included.
    ``is_deaf``: it was cancelled, and neither ended its answer nor the association within the grace.
    """

    ending: Ending
    status: int | None
    milliseconds: int
    first_milliseconds: int
    received: int
    is_deaf: bool = False


class Rows(Protocol):
    """What an answer is added up in."""

    @property
    def rows(self) -> int:
        """Pending responses so far."""


class BoundedAnswer:
    """Asks one C-FIND, reads its answer, and holds the peer to what it may cost. See its subclasses.

    The first response has ``answer_seconds``. After it the peer has that long again for each 64 bytes
    a second that it falls behind, never more; so one that sends a row a minute is left, and one that
    sends as fast as it can is not, until it is over the limits. Then C-CANCEL, two seconds, the end.
    """

    __slots__ = (
        "_answer_seconds",
        "_began",
        "_first",
        "_is_cancelled",
        "_limits",
        "_loop",
        "_patient_until",
        "_received_before",
        "_requestor",
        "_rows",
        "_stream",
    )

    def __init__(
        self,
        loop: Loop,
        stream: ByteStream,
        requestor: Requestor,
        rows: Rows,
        limits: CountLimits,
        answer_seconds: float,
    ) -> None:
        self._loop = loop
        self._stream = stream
        self._requestor = requestor
        self._rows = rows
        self._limits = limits
        self._answer_seconds = answer_seconds
        self._began = loop.now()
        self._first: float | None = None
        self._is_cancelled = False
        self._patient_until = self._began + answer_seconds
        self._received_before = stream.received

    async def read(self, context: AcceptedContext, request: FindRequest, identifier: bytes) -> Event:
        """Ask, and read to the end: the final response, or what came instead.

        Raises:
            RemoteProtocolError: the peer broke the protocol.
            WireFailure: no first response, too slow, not ended in time after C-CANCEL, closed early.
        """
        self._stream.limit_to(self._stream.received + self._limits.most_bytes + OVER_BUDGET_BYTES)
        try:
            self._requestor.send(context, request, identifier)
            await self._stream.send(self._requestor.data_to_send(), self._patient_until)
            while (event := self._next_event()) is None:
                now = self._loop.now()
                if self._first is None and self._rows.rows:
                    self._first = now
                    self._patient_until = now + self._answer_seconds
                if self._is_over(now):
                    await self._cancel(context, request, now)
                await self._receive()
        finally:
            self._stream.limit_to(self._stream.received + MAX_RECEIVED_PER_CONNECTION)
        return event

    def ended(self, ending: Ending, status: int | None = None, *, by_us: bool = False) -> Counted:
        """What came of it, now that it ended so; ``by_us``: it was we who left."""
        now = self._loop.now()
        return Counted(
            ending=Ending.BUDGET if self._is_cancelled else ending,
            status=status,
            milliseconds=round((now - self._began) * 1000),
            first_milliseconds=round(((self._first or now) - self._began) * 1000),
            received=self._received,
            is_deaf=self._is_cancelled and by_us,
        )

    @property
    def _received(self) -> int:
        return self._stream.received - self._received_before

    def _is_over(self, now: float) -> bool:
        limits = self._limits
        return not self._is_cancelled and (
            self._rows.rows > limits.most_rows or self._received > limits.most_bytes or now >= limits.until
        )

    async def _cancel(self, context: AcceptedContext, request: FindRequest, now: float) -> None:
        self._is_cancelled = True
        self._patient_until = now + CANCEL_GRACE_SECONDS
        left = max(OVER_BUDGET_BYTES, self._limits.most_bytes - self._received)
        self._stream.limit_to(self._stream.received + min(CANCEL_GRACE_BYTES, left))
        self._requestor.send(context, CancelRequest(request.message_id))
        await self._stream.send(self._requestor.data_to_send(), self._patient_until)

    async def _receive(self) -> None:
        until = self._patient_until
        if not self._is_cancelled:
            until = min(until, self._limits.until)
        try:
            received = await self._take(until)
        except WireFailure as failure:
            if failure.cause is Cause.TIMED_OUT and until < self._patient_until:
                return  # Our time is up, not the peer's: it is cancelled.
            raise
        if self._first is not None and not self._is_cancelled:
            earned = self._patient_until + received / MIN_BYTES_PER_SECOND
            self._patient_until = min(self._loop.now() + self._answer_seconds, earned)

    def _next_event(self) -> Event | None:
        return self._requestor.next_event()

    async def _take(self, until: float) -> int:
        """Receive, hand it over, and say how many bytes there were."""
        data = await self._stream.receive(until, COUNT_RECEIVE_BYTES)
        self._requestor.receive_data(data)
        return len(data)


class CountedAnswer(BoundedAnswer):
    """Its rows go into a tally."""

    __slots__ = ("_tally",)

    def __init__(
        self,
        loop: Loop,
        stream: ByteStream,
        requestor: Requestor,
        tally: RowTally,
        limits: CountLimits,
        answer_seconds: float,
    ) -> None:
        super().__init__(loop, stream, requestor, tally, limits, answer_seconds)
        self._tally = tally

    async def read(self, context: AcceptedContext, request: FindRequest, identifier: bytes) -> Event:
        """As `BoundedAnswer.read`."""
        self._requestor.count_into(self._tally)
        try:
            return await super().read(context, request, identifier)
        finally:
            self._requestor.count_into(None)
