"""An archive that answers the question it was asked, and sends with every row all that it has."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from threading import Event
from typing import Final

from pydicom import Dataset
from pydicom.filereader import read_dataset

from dosimeter.dicom.acceptor import Acceptor, AssociateRequested, ReleaseRequested, RequestReceived
from dosimeter.dicom.dimse import CommandField, EchoResponse, FindResponse, GetResponse
from dosimeter.dicom.pdu import AAssociateRQ, ContextResult
from dosimeter.dicom.uids import EXPLICIT_VR_LE, IMPLICIT_VR_LE, MODALITY_WORKLIST_FIND
from tests.peers.scripted import CHUNK
from tests.privacy.treasure import Treasure, encoded

_PENDING: Final = 0xFF00
_CUT: Final = 0xFE00
_NOTHING_SENT: Final = 0xC000
Row = tuple[Treasure, int]
"""A study, and which of its two instances stands for the row."""


@dataclass
class Generous:
    """How one such archive behaves, and what it was seen to do.

    ``allowed`` are the attributes of the allow-list that it returns, with their values. ``most_rows``
    cuts an answer with 0xFE00. ``sent`` has every identifier as it went out, ``made`` each one once;
    ``levels`` are those asked for.
    """

    treasures: Sequence[Treasure]
    allowed: Mapping[int, bytes] = field(default_factory=dict)
    explicit: bool = False
    most_rows: int | None = None
    sent: list[bytes] = field(default_factory=list)
    made: dict[tuple[int, int, str], bytes] = field(default_factory=dict)
    levels: set[str] = field(default_factory=set)

    def behave(self, connection: socket.socket, _stopping: Event) -> None:
        """Serve one connection to its end."""
        acceptor = Acceptor()
        while received := connection.recv(CHUNK):
            acceptor.receive_data(received)
            while (event := acceptor.next_event()) is not None:
                if isinstance(event, AssociateRequested):
                    acceptor.accept(tuple(self._results(event.pdu)))
                elif isinstance(event, RequestReceived):
                    self._answer(acceptor, event, connection)
                elif isinstance(event, ReleaseRequested):
                    acceptor.confirm_release()
                connection.sendall(acceptor.data_to_send())

    def _results(self, request: AAssociateRQ) -> Iterator[ContextResult]:
        syntax = EXPLICIT_VR_LE if self.explicit else IMPLICIT_VR_LE
        for context in request.contexts:
            accepted = syntax in context.transfer_syntax_uids and context.abstract_syntax.startswith(
                "1.2.840"
            )
            yield ContextResult(context.context_id, 0 if accepted else 3, syntax)

    def _answer(self, acceptor: Acceptor, asked: RequestReceived, connection: socket.socket) -> None:
        message, context = asked.request.message_id, asked.context_id
        if asked.request.command_field == CommandField.C_ECHO:
            acceptor.respond(context, EchoResponse(message, 0))
        elif asked.request.command_field == CommandField.C_GET:
            acceptor.respond(context, GetResponse(message, _NOTHING_SENT))
        else:
            keys = read_dataset(io.BytesIO(asked.identifier), not self.explicit, is_little_endian=True)
            rows = self._rows(keys, is_worklist=asked.request.sop_class_uid == MODALITY_WORKLIST_FIND)
            for data in rows[: self.most_rows]:
                self.sent.append(data)
                acceptor.respond(context, FindResponse(message, _PENDING), data)
                connection.sendall(acceptor.data_to_send())
            is_cut = self.most_rows is not None and len(rows) > self.most_rows
            acceptor.respond(context, FindResponse(message, _CUT if is_cut else 0))

    def _rows(self, keys: Dataset, *, is_worklist: bool) -> list[bytes]:
        level = "" if is_worklist else _wanted(keys, 0x00080052)
        self.levels.add(level)
        matching = [row for row in self._of_level(level) if _matches(row, keys, self.allowed)]
        return [self._encoded(treasure, instance, level) for treasure, instance in matching]

    def _encoded(self, treasure: Treasure, instance: int, level: str) -> bytes:
        made = self.made.get((treasure.place, instance, level))
        if made is None:
            row = treasure.row(level, instance, self.allowed)
            made = self.made[treasure.place, instance, level] = encoded(row, explicit=self.explicit)
        return made

    def _of_level(self, level: str) -> list[Row]:
        if level == "PATIENT":
            return [(treasure, 0) for treasure in {each.patient_id: each for each in self.treasures}.values()]
        instances = (0, 1) if level == "IMAGE" else (0,)
        return [(treasure, instance) for treasure in self.treasures for instance in instances]


def _matches(row: Row, keys: Dataset, allowed: Mapping[int, bytes]) -> bool:
    treasure, instance = row
    held = {
        0x0020000D: treasure.study_uid,
        0x0020000E: treasure.series_uid,
        0x00080018: treasure.instance_uids[instance],
        0x00100020: treasure.patient_id,
        0x00080061: allowed.get(0x00080061, b"").decode(),
    }
    matches_texts = all(_matches_text(text, _wanted(keys, tag)) for tag, text in held.items())
    ranges = [(treasure.date, _wanted(keys, 0x00080020)), (treasure.time, _wanted(keys, 0x00080030))]
    for step in keys.get("ScheduledProcedureStepSequence", ()):
        ranges.append((treasure.date, _wanted(step, 0x00400002)))
        ranges.append((treasure.time, _wanted(step, 0x00400003)))
    return matches_texts and all(_is_within(text, wanted) for text, wanted in ranges)


def _wanted(keys: Dataset, tag: int) -> str:
    """A key as it was sent: pydicom warns of wildcards where it reads a UID."""
    if tag not in keys:
        return ""
    value = keys.get_item(tag).value
    return value.decode().strip(" \0") if isinstance(value, bytes) else str(value or "")


def _matches_text(text: str, wanted: str) -> bool:
    return not wanted or fnmatchcase(text, wanted)


def _is_within(text: str, wanted: str) -> bool:
    first, dash, last = wanted.partition("-")
    return not wanted or (first <= text <= last if dash else text == first)
