"""The dialer is the guard: no connection is opened but by what it hands out, after the gate has looked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dosimeter.dicom.association import AssociateAccepted, AssociateRejected, PeerAborted
from dosimeter.net.contact import Conduct, Contact
from dosimeter.net.loop import InterruptedWait
from dosimeter.net.pacing import HostClock
from dosimeter.net.scu import Proposal, Scu
from dosimeter.net.tls import TlsStream

if TYPE_CHECKING:
    from dosimeter.model.target import Endpoint
    from dosimeter.net.mllp import MllpLine
    from dosimeter.net.web_line import WebLine

Negotiated = AssociateAccepted | AssociateRejected | PeerAborted


class Dialer(Conduct):
    """Hands out lines. Holds what every connection of a survey passes: gate, audit log, manners."""

    def host_clock(self) -> HostClock:
        """A clock for one host; its lines share it, one after the other."""
        return HostClock(self.pace, self.loop.now())

    def line(self, endpoint: Endpoint, clock: HostClock) -> Line:
        """A DICOM line to one endpoint. Nothing is dialled before `Line.associate`."""
        return Line(self, endpoint, clock)

    def web_line(self, endpoint: Endpoint, clock: HostClock) -> WebLine:
        """A line for HTTP to one endpoint. Nothing is dialled before `WebLine.ask`."""
        from dosimeter.net.web_line import WebLine

        return WebLine(self, endpoint, clock)

    def mllp_line(self, endpoint: Endpoint, clock: HostClock) -> MllpLine:
        """A line for HL7 v2 to one endpoint. Nothing is dialled before `MllpLine.knock`."""
        from dosimeter.net.mllp import MllpLine

        return MllpLine(self, endpoint, clock)


class Line(Contact):
    """One endpoint, and at most one association with it at any moment.

    ``association`` is the open one, or None.
    """

    __slots__ = ("association",)

    def __init__(self, conduct: Conduct, endpoint: Endpoint, clock: HostClock) -> None:
        super().__init__(conduct, endpoint, clock)
        self.association: Scu | None = None

    async def associate(self, proposal: Proposal) -> Negotiated:
        """Release what is open, wait until the host may be contacted again, and ask.

        Raises:
            WireFailure: out of scope, or any failure of `connect`, `TlsStream.start`, `negotiate`.
            AuthorisedTimeOver: the authorisation or its hours have ended.
        """
        if self.association is not None:
            await self.hang_up()
        conduct = self._conduct
        now = conduct.loop.now()
        if self._clock.next_contact > now:
            now = await self._wait_for_turn(now)
        permitted = self._admit(now, proposal.titles)
        stream = await self._open(permitted, proposal.encoded, now)
        self.association = Scu(
            conduct.loop,
            stream,
            proposal,
            answer_seconds=conduct.pace.answer_seconds,
            host_until=self._clock.until,
        )
        try:
            return await self.association.negotiate()
        except InterruptedWait:
            self.association.abort("interrupted")
            raise
        finally:
            if isinstance(stream, TlsStream):
                self.tls = stream.seen
            self._note_end()

    async def hang_up(self) -> None:
        """A-RELEASE (A-ABORT if it is not confirmed) and close what is open."""
        if self.association is not None:
            await self.association.release()
            self._note_end()

    def drop(self, why: str) -> None:
        """A-ABORT and close at once, without waiting."""
        if self.association is not None:
            self.association.abort(why)
            self._note_end()

    def begin_census(self, seconds: float) -> None:
        """Until `end_census` the host costs these seconds, and none of those it has for proving."""
        self._clock.begin_census(seconds, self._conduct.loop.now())

    def end_census(self) -> None:
        """The seconds for proving run on."""
        self._clock.end_census(self._conduct.loop.now())

    def _note_end(self) -> None:
        scu = self.association
        if scu is not None and scu.ending is not None:
            self.association = None
            self._ended(_told(scu.asked), scu.ending, reached=True)


def _told(asked: list[str]) -> tuple[str, ...]:
    """Each question once, with how often: a census asks the same hundreds of times."""
    if len(set(asked)) == len(asked):
        return tuple(asked)
    return tuple(name if times == 1 else f"{name}, {times} times" for name, times in Counter(asked).items())
