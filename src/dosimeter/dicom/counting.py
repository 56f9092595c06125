"""Takes the rows of one answer out of what a connection brings, into a tally."""

from __future__ import annotations

from dosimeter.dicom.dimse import PENDING
from dosimeter.dicom.message import Message
from dosimeter.dicom.pdu_reader import PduReader
from dosimeter.dicom.row_frames import RowFrames
from dosimeter.dicom.row_shapes import RowShapes
from dosimeter.dicom.tally import RowTally
from dosimeter.dicom.uids import EXPLICIT_VR_LE


class RowCounting:
    """Rows framed like the one before are taken in place; the general path hands the others over here.

    Both ways lead to the same tally: what is faster changes no number. The shapes of rows are learnt
    once an association, as long as the same is asked back.
    """

    __slots__ = ("_awaited", "_begun", "_frames", "_known", "_shapes", "_tally", "_wished")

    def __init__(self) -> None:
        self._wished: RowTally | None = None
        self._tally: RowTally | None = None
        self._known: dict[tuple[frozenset[int], bool], RowShapes] = {}
        self._shapes: RowShapes | None = None
        self._frames = RowFrames()
        self._begun: bytes | None = None
        self._awaited = 0

    @property
    def is_on(self) -> bool:
        """Whether the rows of the answer that is awaited are counted."""
        return self._tally is not None

    def wish(self, tally: RowTally | None) -> None:
        """What the next C-FIND is to be counted into; the answer being counted is so no longer."""
        self._wished = tally
        self._tally = None

    def start(self, transfer_syntax_uid: str) -> None:
        """A C-FIND goes out: its answer is counted if that is wished."""
        tally = self._tally = self._wished
        if tally is None:
            return
        self._frames = RowFrames()
        self._begun = None
        self._awaited = 0
        name = (tally.wanted, transfer_syntax_uid == EXPLICIT_VR_LE)
        if name not in self._known:
            self._known[name] = RowShapes(tally.wanted, explicit=name[1])
        self._shapes = self._known[name]

    def stop(self) -> None:
        """Another request goes out: it has no rows."""
        self._tally = None

    def read(self, incoming: PduReader) -> bool:
        """Take what rows wait there, up to the first that is cut or framed otherwise.

        Whether a cut row is all that is left: it is better waited for than taken apart.

        Raises:
            RemoteProtocolError: what comes is not a PDU, or one longer than 64 KiB.
        """
        if self._tally is None or self._shapes is None or not self._frames.are_known:
            return False
        if incoming.unread < self._awaited:
            return True
        self._awaited = 0
        window = incoming.window()
        if window is None:
            return False
        data, position = window
        begins, ends, self._awaited = self._frames.find(data, position)
        if ends:
            self._shapes.absorb(self._tally, data, begins, ends)
            self._tally.received += ends[-1] - position
            incoming.advance(ends[-1])
        return self._awaited > 0

    def receive(self, pdu: bytes, *, begins_message: bool) -> None:
        """Note a P-DATA-TF that the general path takes; ``begins_message``: none is incomplete before it."""
        if self._tally is None:
            return
        self._tally.received += len(pdu)
        if begins_message:
            self._begun = pdu

    def absorb(self, message: Message) -> bool:
        """Take a message that the general path put together, if it is a row of the answer that is counted."""
        if self._tally is None or message.command.status not in PENDING:
            return False
        self.take(message.data)
        return True

    def take(self, identifier: bytes | None) -> None:
        """Take a row that the general path put together; None if it had no identifier, or too long a one."""
        if self._tally is None or self._shapes is None:
            return
        if identifier is None:
            self._tally.absorb(1, {})
        else:
            self._shapes.walk(self._tally, identifier)
            if self._begun is not None:
                self._frames.learn(self._begun)
        self._begun = None
