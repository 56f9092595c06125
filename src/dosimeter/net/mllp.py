"""A line for HL7 v2: one empty frame, and what comes back is read to its kind alone.

The Minimal Lower Layer Protocol frames a message as <VT> message <FS><CR> (HL7 v2, Transport
Specification: MLLP, Release 1); Release 2 answers a frame with one that holds ACK or NAK. A frame that
holds nothing is no message: nothing can be acted upon, and nothing is.
"""

from __future__ import annotations

from typing import Final

from dosimeter.model.attempt import Cause
from dosimeter.model.web import MllpAnswered, MllpEnding
from dosimeter.net.causes import WireFailure
from dosimeter.net.contact import Contact

_START: Final = b"\x0b"
EMPTY_FRAME: Final = _START + b"\x1c\r"
"""The only bytes that are ever sent to an HL7 port."""
_PATIENCE_SECONDS: Final = 2.0
"""Who answers an empty frame does so at once; most wait for a message, and this connection is in the way."""


class MllpLine(Contact):
    """One HL7 endpoint, asked once."""

    __slots__ = ()

    async def knock(self) -> MllpAnswered:
        """Send the empty frame, look at the first byte that comes back, and close.

        Raises:
            WireFailure: out of scope, or no connection.
            AuthorisedTimeOver: the authorisation or its hours have ended.
        """
        conduct = self._conduct
        permitted, now = await self._turn()
        stream = await self._open(permitted, EMPTY_FRAME, now)
        began = conduct.loop.now()
        why = "interrupted"
        try:
            patience = min(_PATIENCE_SECONDS, conduct.pace.answer_seconds)
            ending = _kind(await stream.receive(min(began + patience, self._clock.until)))
            why = "closed"
        except WireFailure as failure:
            why = failure.cause.value
            ending = MllpEnding.SILENT if failure.cause is Cause.TIMED_OUT else MllpEnding.CLOSED
        finally:
            stream.send_and_close(b"")
            self._ended(("an empty frame",), why, reached=True)
        return MllpAnswered(ending, round(1000 * (conduct.loop.now() - began)))


def _kind(received: bytes) -> MllpEnding:
    if not received:
        return MllpEnding.CLOSED
    return MllpEnding.FRAMED if received.startswith(_START) else MllpEnding.OTHER
