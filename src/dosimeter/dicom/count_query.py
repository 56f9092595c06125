"""Identifiers of counting queries: a unique key, closed ranges, and nothing that names a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum


class CountLevel(Enum):
    """What one row stands for, and the unique key that tells rows apart (PS3.4 Tables C.6-1 to C.6-5)."""

    PATIENT = "PATIENT"
    STUDY = "STUDY"
    SERIES = "SERIES"
    IMAGE = "IMAGE"
    WORKLIST = ""
    """A scheduled procedure step (PS3.4 K.6): it has no level."""


@dataclass(frozen=True, slots=True)
class CountKeys:
    """One counting question. Ranges are closed on both ends; ``times`` are seconds of the day.

    ``uid_prefix`` asks for StudyInstanceUIDs that begin so; ``modality`` for studies that hold it.
    With ``counters`` the NumberOf… attributes of the level, ModalitiesInStudy and PatientID are asked
    back beside the unique key.
    """

    level: CountLevel
    dates: tuple[date, date] | None = None
    times: tuple[int, int] | None = None
    uid_prefix: str | None = None
    modality: str | None = None
    counters: bool = False
