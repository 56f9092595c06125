"""One association of a lab archive, answered from its catalogue row by row."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from dosimeter.lab.attributes import Tag
from dosimeter.lab.catalogue import Catalogue
from dosimeter.lab.ledger import Ledger, Tally
from dosimeter.lab.policy import Policy
from dosimeter.lab.query import Answer, QueryRefused, answer_query, places_of
from dosimeter.lab.talk import MOST_COUNTED, SUCCESS, Talk

if TYPE_CHECKING:
    from dosimeter.dicom.acceptor import RequestReceived
    from dosimeter.lab.dataset import Dataset

ROWS_A_TURN: Final = 64
"""Matches queued before the peer is listened to again, so that a C-CANCEL is heard."""


class Conversation(Talk):
    """Answers one caller as the policy says, from the holdings."""

    def __init__(self, policy: Policy, catalogue: Catalogue, ledger: Ledger | None = None) -> None:
        super().__init__(policy, ledger)
        self._catalogue = catalogue
        self._answer: Answer | None = None
        self._sent_rows = 0

    @property
    def _has_rows(self) -> bool:
        return self._answer is not None

    def _drop_rows(self) -> None:
        self._answer = None

    def _begin_answer(self, received: RequestReceived, keys: Dataset) -> None:
        self._sent_rows = 0
        service, syntax = received.request.sop_class_uid, self._syntax_of(received)
        try:
            self._answer = answer_query(self._catalogue, self._policy, service, keys, syntax)
        except QueryRefused as refusal:
            self._finish(refusal.status)
            return
        self._pause = self._policy.tempo.before_first(self._finds)

    def _next_rows(self) -> bytes:
        if self._answer is not None:
            self._queue_rows(self._answer)
        return self._acceptor.data_to_send()

    def _queue_rows(self, answer: Answer) -> None:
        between = self._policy.tempo.row / 1000
        turn = 1 if between else ROWS_A_TURN
        before = self._sent_rows
        for row in islice(answer.rows, turn):
            if self._sent_rows == answer.limit:
                self._cut_off()
                break
            self._respond(row.status, row.identifier)
            self._sent_rows += 1
        else:
            if self._sent_rows == before + turn:
                self._pause = between
            elif answer.is_cut:
                self._cut_off()
            else:
                self._finish(SUCCESS)
        self._ledger.add(Tally(rows=self._sent_rows - before))

    def _cut_off(self) -> None:
        if self._goes_on(self._policy.breaks_off):
            self._finish(self._policy.cut_status)
        self._answer = None

    def _instances_asked_for(self, received: RequestReceived) -> int:
        asked = self._identifier_of(received) or {}
        unique = (Tag.STUDY_INSTANCE_UID, Tag.PATIENT_ID)
        keys: Dataset = {tag: asked[tag] for tag in unique if asked.get(tag)}
        if not keys:
            return 0
        found = places_of(self._catalogue, self._policy, "STUDY", keys)
        return min(sum(self._catalogue.instances_of(place.study) for place in found), MOST_COUNTED)
