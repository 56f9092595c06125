"""What speaks at the ports of the fleet that are no DICOM: web faces, and those that say nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from dosimeter.lab.catalogue import Truth
from dosimeter.lab.fleet.selection import select
from dosimeter.lab.web_answers import Asked, answer

if TYPE_CHECKING:
    from collections.abc import Sized

    from h11 import Connection

    from dosimeter.lab.face import Face
    from dosimeter.lab.fleet.stock import Stock
    from dosimeter.lab.web_answers import Held, Reply

_STUDY_UID: Final = "StudyInstanceUID"
_STUDY_UID_TAG: Final = 0x0020000D


class Silent:
    """Takes every byte and says nothing."""

    is_over = False
    is_answering = False
    pause_seconds = 0.0

    def receive(self, data: bytes) -> None:
        """Nothing comes of it."""

    def data_to_send(self) -> bytes:
        """Nothing."""
        return b""


class ClosesAtOnce(Silent):
    """Ends the connection at the first byte."""

    def receive(self, data: bytes) -> None:
        """That was all."""
        self.is_over = bool(data)


class StockShown:
    """What a web face tells of a stock: how much there is, and that what is asked for is not there."""

    def __init__(self, stock: Stock) -> None:
        self._stock = stock

    @property
    def appointments(self) -> Sized:
        """It has no worklist."""
        return ()

    def truth(self) -> Truth:
        """As the stock says."""
        stock = self._stock
        return Truth(
            patients=stock.patients,
            studies=stock.studies,
            series=stock.series,
            instances=stock.images,
            undated=stock.undated,
            untimed=0,
            bare=0,
            years=stock.years(),
            modalities={},
        )

    def items(self, query: Mapping[str, str]) -> list[dict[str, object]]:
        """The study asked for by its UID, with that alone; a listing is not given.

        A web face of the fleet is never asked for a match: it has nothing else to say of one.
        """
        uid = query.get(_STUDY_UID, "")
        if not uid or select(self._stock, {_STUDY_UID_TAG: uid}).is_empty:
            return []
        return [{f"{_STUDY_UID_TAG:08X}": {"vr": "UI", "Value": [uid]}}]


class WebTalk:
    """One connection to a web face, without I/O."""

    is_answering = False
    pause_seconds = 0.0

    def __init__(self, face: Face, held: Held) -> None:
        import h11

        self._face = face
        self._held = held
        self._connection: Connection = h11.Connection(h11.SERVER)
        self._outgoing = b""
        self._asked: Asked | None = None
        self.is_over = False

    def receive(self, data: bytes) -> None:
        """Answer whatever requests are whole by now; what is not HTTP ends it."""
        import h11

        try:
            self._connection.receive_data(data)
            while not self.is_over:
                event = self._connection.next_event()
                if event is h11.NEED_DATA or event is h11.PAUSED:
                    return
                if isinstance(event, h11.Request):
                    self._asked = Asked.of(event.method.decode("ascii"), event.target.decode("latin-1"))
                elif isinstance(event, h11.EndOfMessage) and self._asked is not None:
                    self._reply(answer(self._face, self._held, self._asked))
                elif isinstance(event, h11.ConnectionClosed):
                    self.is_over = True
        except h11.RemoteProtocolError:
            self.is_over = True

    def data_to_send(self) -> bytes:
        """The answers so far."""
        outgoing, self._outgoing = self._outgoing, b""
        return outgoing

    def _reply(self, reply: Reply) -> None:
        import h11

        headers = [*reply.headers, ("Content-Length", str(len(reply.body)))]
        if reply.media_type:
            headers.append(("Content-Type", reply.media_type))
        for event in (
            h11.Response(status_code=reply.status, headers=headers),
            h11.Data(data=reply.body),
            h11.EndOfMessage(),
        ):
            self._outgoing += self._connection.send(event) or b""
        if self._connection.our_state is h11.DONE and self._connection.their_state is h11.DONE:
            self._connection.start_next_cycle()
        else:
            self.is_over = True
