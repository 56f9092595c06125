"""An archive in memory that treats series and images otherwise than studies."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dosimeter.census.question import Answer, Question
from dosimeter.dicom.count_query import CountLevel
from dosimeter.model.facts import QueryService
from tests.unit.census.simulated import SUCCESS, Archive, Behaviour, Endings


@dataclass
class Deep(Archive):
    """An archive with habits of its own below the studies, and others still under the Patient Root."""

    cap_below: int | None = None
    cap_of_patient_root: int | None = None
    status_below: int = SUCCESS
    ignores_dates: bool = False
    ignores_times: bool = False
    ignores_endings: bool = False

    def answer(self, question: Question) -> Answer:
        """As the archive would, were it the same at every level."""
        keys, usual = question.keys, self.behaviour
        if keys.level in {CountLevel.SERIES, CountLevel.IMAGE}:
            self.behaviour = self._below(question.service)
            if self.ignores_dates:
                keys = replace(keys, dates=None)
            if self.ignores_times:
                keys = replace(keys, times=None)
        answer = super().answer(replace(question, keys=keys))
        self.behaviour = usual
        return answer

    def _below(self, service: QueryService) -> Behaviour:
        cap = self.cap_below if service is QueryService.STUDY_ROOT else self.cap_of_patient_root
        behaviour = replace(self.behaviour, cap=cap, cap_status=self.status_below)
        ignores = self.ignores_endings and service is QueryService.STUDY_ROOT
        return replace(behaviour, endings=Endings.IGNORED) if ignores else behaviour
