"""One association of an archive of the fleet, without I/O: its rows come by the block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from dosimeter.dicom import uids
from dosimeter.dicom.dimse import FindResponse, encode_response
from dosimeter.dicom.pdu_encode import encode_fragment
from dosimeter.lab.attributes import Tag
from dosimeter.lab.fleet.blocks import RowBlocks
from dosimeter.lab.fleet.selection import NotUnderstood, Selection, select
from dosimeter.lab.ledger import Tally
from dosimeter.lab.policy import Hierarchy, Policy
from dosimeter.lab.talk import MOST_COUNTED, SUCCESS, UNABLE_TO_PROCESS, Talk

if TYPE_CHECKING:
    from dosimeter.dicom.acceptor import RequestReceived
    from dosimeter.lab.dataset import Dataset
    from dosimeter.lab.fleet.stock import Stock
    from dosimeter.lab.ledger import Ledger

_LEVELS: Final = ("PATIENT", "STUDY", "SERIES", "IMAGE")
_KEYS_ABOVE: Final = {
    "SERIES": (Tag.STUDY_INSTANCE_UID,),
    "IMAGE": (Tag.STUDY_INSTANCE_UID, Tag.SERIES_INSTANCE_UID),
}
_PENDING: Final = 0xFF00
_COMMAND: Final = 3
_DATA: Final = 2
"""Control bytes of a PDV that is the last of a command set, or of a data set (PS3.8 E.2)."""


class BlockTalk(Talk):
    """Answers one caller from a stock. Of its policy it minds callers, reactions, limits and tempo.

    What a policy says of single rows (repeated, collapsed, counters that lie) is not looked at here.
    """

    def __init__(self, policy: Policy, stock: Stock, ledger: Ledger | None = None) -> None:
        super().__init__(policy, ledger)
        self._stock = stock
        self._chunks: Iterator[tuple[int, bytes]] | None = None
        self._limit: int | None = None
        self._sent_rows = 0
        self._writers: dict[tuple[str, frozenset[int], str], RowBlocks] = {}

    @property
    def _has_rows(self) -> bool:
        return self._chunks is not None

    def _drop_rows(self) -> None:
        self._chunks = None

    def _begin_answer(self, received: RequestReceived, keys: Dataset) -> None:
        if received.request.sop_class_uid == uids.MODALITY_WORKLIST_FIND:
            self._finish(SUCCESS)
            return
        level = keys.get(Tag.QUERY_RETRIEVE_LEVEL)
        refused = self._refusal(received.request.sop_class_uid, level, keys)
        if refused is not None or not isinstance(level, str):
            self._finish(refused or UNABLE_TO_PROCESS)
            return
        try:
            selection = select(self._stock, keys)
        except NotUnderstood:
            self._finish(UNABLE_TO_PROCESS)
            return
        self._sent_rows, self._limit = 0, self._policy.limit_at(level)
        self._chunks = self._rows_for(received, level, keys, selection)
        self._pause = self._policy.tempo.before_first(self._finds)

    def _refusal(self, root: str, level: object, keys: Dataset) -> int | None:
        """The status that this archive has for such a question, None if it answers it."""
        top = 0 if root == uids.PATIENT_ROOT_FIND else 1
        policy = self._policy
        if level not in _LEVELS[0 if policy.patient_level_everywhere else top :]:
            return policy.unknown_level_status
        wanted = _KEYS_ABOVE.get(str(level), ())
        strict = policy.hierarchy is Hierarchy.STRICT and not all(keys.get(tag) for tag in wanted)
        absent = policy.hierarchy is Hierarchy.PRESENT and not all(tag in keys for tag in wanted)
        return policy.unkeyed_status if strict or absent else None

    def _rows_for(
        self, received: RequestReceived, level: str, keys: Dataset, selection: Selection
    ) -> Iterator[tuple[int, bytes]]:
        kind = (level, frozenset(keys), self._syntax_of(received))
        if kind not in self._writers:
            self._writers[kind] = RowBlocks(self._stock, *kind)
        writer = self._writers[kind]
        response = FindResponse(received.request.message_id, _PENDING)
        command = encode_response(response, received.request.sop_class_uid, has_data_set=True)
        empty = encode_fragment(received.context_id, _DATA, bytes(writer.length))
        frame = encode_fragment(received.context_id, _COMMAND, command) + empty[: -writer.length]
        return writer.chunks(selection, frame)

    def _next_rows(self) -> bytes:
        before = self._acceptor.data_to_send()
        rows, data = next(self._chunks, (0, b"")) if self._chunks is not None else (0, b"")
        if not rows:
            self._finish(SUCCESS)
            return before + self._acceptor.data_to_send()
        if self._limit is not None and self._sent_rows + rows > self._limit:
            left = self._limit - self._sent_rows
            data, rows = data[: left * (len(data) // rows)], left
            self._finish(self._policy.cut_status)
        self._sent_rows += rows
        self._ledger.add(Tally(rows=rows))
        return before + data + self._acceptor.data_to_send()

    def _instances_asked_for(self, received: RequestReceived) -> int:
        """Studies stand for images here: whoever asks for one that exists is told that something failed."""
        keys = self._identifier_of(received) or {}
        asked: Dataset = {tag: keys[tag] for tag in (Tag.STUDY_INSTANCE_UID, Tag.PATIENT_ID) if keys.get(tag)}
        try:
            found = select(self._stock, asked)
        except NotUnderstood:
            return 0
        return min(found.end - found.begin, MOST_COUNTED) if asked and not found.is_empty else 0
