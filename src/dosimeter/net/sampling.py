"""One sampled answer as it comes: every value is reduced in the buffer it came in, which is overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dosimeter.dicom.association import ResponseReceived
from dosimeter.dicom.dimse import PENDING
from dosimeter.dicom.sample_filter import SampleFilter
from dosimeter.net.counting import BoundedAnswer

if TYPE_CHECKING:
    from dosimeter.dicom.association import Event, Requestor
    from dosimeter.dicom.dimse import FindRequest
    from dosimeter.dicom.negotiation import AcceptedContext
    from dosimeter.dicom.sampling import FillRates
    from dosimeter.net.counting import CountLimits
    from dosimeter.net.loop import Loop
    from dosimeter.net.stream import ByteStream

_BUFFER_BYTES: Final = 16_384


class SampledAnswer(BoundedAnswer):
    """Its values go into fill rates, and nowhere else; the association sees rows without data sets."""

    __slots__ = ("_begin", "_buffer", "_end", "_filter", "_rates")

    def __init__(
        self,
        loop: Loop,
        stream: ByteStream,
        requestor: Requestor,
        rates: FillRates,
        limits: CountLimits,
        answer_seconds: float,
        *,
        explicit: bool,
    ) -> None:
        super().__init__(loop, stream, requestor, rates, limits, answer_seconds)
        self._rates = rates
        self._filter = SampleFilter(rates, explicit=explicit)
        self._buffer = bytearray(_BUFFER_BYTES)
        self._begin = self._end = 0

    async def read(self, context: AcceptedContext, request: FindRequest, identifier: bytes) -> Event:
        """As `BoundedAnswer.read`; the buffer is overwritten however it ends."""
        try:
            return await super().read(context, request, identifier)
        finally:
            self._buffer[:] = bytes(_BUFFER_BYTES)
            self._filter.wipe()

    def _next_event(self) -> Event | None:
        while True:
            event = self._requestor.next_event()
            if event is None:
                if self._begin == self._end:
                    return None
                self._filter_some()
            elif isinstance(event, ResponseReceived) and event.response.status in PENDING:
                self._rates.take()
            else:
                return event

    def _filter_some(self) -> None:
        with memoryview(self._buffer) as whole, whole[self._begin : self._end] as data:
            taken = self._filter.feed(data)
        self._buffer[self._begin : self._begin + taken] = bytes(taken)
        self._begin += taken
        if said := self._filter.said():
            self._requestor.receive_data(said)

    async def _take(self, until: float) -> int:
        self._begin = 0
        self._end = await self._stream.receive_into(self._buffer, until)
        if not self._end:
            self._requestor.receive_data(b"")
        return self._end
