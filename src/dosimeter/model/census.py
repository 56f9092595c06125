"""Numbers that say how they are known (DESIGN §3, counting)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal

from dosimeter.model.message import Message, Template, say


@dataclass(frozen=True, slots=True)
class Exact:
    """Counted to the end."""

    value: int
    kind: Literal["exact"] = "exact"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Counted until a budget or a limit of the server cut it."""

    value: int
    kind: Literal["at_least"] = "at_least"


@dataclass(frozen=True, slots=True)
class Estimated:
    """Sampled: the 95 % interval is ``low`` to ``high``."""

    value: int
    low: int
    high: int
    kind: Literal["estimated"] = "estimated"


@dataclass(frozen=True, slots=True)
class Claimed:
    """The server's own counter."""

    value: int
    kind: Literal["claimed"] = "claimed"


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not counted."""

    kind: Literal["unknown"] = "unknown"


Count = Exact | AtLeast | Estimated | Claimed | Unknown


@dataclass(frozen=True, slots=True)
class Counts:
    """Different numbers: a row is not a study, a study is not a patient, a scheduled step is neither."""

    patients: Count = field(default_factory=Unknown)
    studies: Count = field(default_factory=Unknown)
    series: Count = field(default_factory=Unknown)
    instances: Count = field(default_factory=Unknown)
    worklist_items: Count = field(default_factory=Unknown)


SAME_STOCK: Final = 0.98
"""An archive goes on receiving between two readings: of two counts of one stock, the smaller is at least this
part of the larger."""


class Things(StrEnum):
    """What is counted, each by its unique key (PS3.4 Tables C.6-1 to C.6-5, K.6-1)."""

    PATIENTS = "patients"
    STUDIES = "studies"
    SERIES = "series"
    INSTANCES = "instances"
    WORKLIST_ITEMS = "worklist_items"


MANY: Final = {
    Things.PATIENTS: say("patients"),
    Things.STUDIES: say("studies"),
    Things.SERIES: say("series"),
    Things.INSTANCES: say("images"),
    Things.WORKLIST_ITEMS: say("worklist entries"),
}
"""An instance is called an image, as the study of 2019 did; some are reports or waveforms."""

_AMOUNTS: Final = {
    Things.PATIENTS: Template("{number} patient", "{number} patients"),
    Things.STUDIES: Template("{number} study", "{number} studies"),
    Things.SERIES: Template("{number} series", "{number} series"),
    Things.INSTANCES: Template("{number} image", "{number} images"),
    Things.WORKLIST_ITEMS: Template("{number} worklist entry", "{number} worklist entries"),
}


def amount(number: int, things: Things) -> Message:
    """``1 study``, ``12,430 studies``."""
    return _AMOUNTS[things].counted(number)


class Axis(StrEnum):
    """How an archive is cut into parts that it can answer for. No axis is an open range."""

    DATES = "dates"
    """Closed ranges of StudyDate; of a worklist, of the scheduled date. Undated studies fall out."""
    WHOLE = "whole"
    """The unique key alone; asked only once the size is known."""
    TIMES = "times"
    """Closed ranges of StudyTime with no date. Studies without a time fall out."""
    PATIENT_IDS = "patient_ids"
    """Endings of PatientID, one to three characters. Studies without one, or with a rare ending, fall out."""
    DAYS = "days"
    """Days drawn at random within a year."""


class Cut(StrEnum):
    """Why a cell is not known to be whole."""

    NOT = "not"
    """It is whole: every part ended with Success, and the archive has shown that it sends more at once."""
    UNSHOWN = "unshown"
    """Success, but when this was kept the archive had not sent more rows at once: a silent limit would
    look the same. A longer answer of another cell shows that there is none."""
    BY_STATUS = "by_status"
    """The archive said that it stopped: 0xFE00 unasked, or a failure after rows."""
    SILENTLY = "silently"
    """Success, but the parts hold more than the whole, or the number of rows is a limit seen before."""
    BY_BUDGET = "by_budget"
    """We stopped."""
    FAILED = "failed"
    """Refused, aborted, closed or silent before the end."""


class CensusEnd(StrEnum):
    """Why no more was asked."""

    ALL_ASKED = "all_asked"
    ROWS = "rows"
    BYTES = "bytes"
    SECONDS = "seconds"
    ASSOCIATIONS = "associations"
    """The budget of the scope that was used up."""
    QUESTIONS = "questions"
    """Too many questions brought too little."""
    SLOW = "slow"
    """It answered later than the scope's patience, or than three times its first echo."""
    OUT_OF_RESOURCES = "out_of_resources"
    """Status 0xA700."""
    BUSY = "busy"
    REFUSED = "refused"
    """A question was refused, aborted, or the connection closed."""
    SILENT = "silent"
    NOT_BELIEVED = "not_believed"
    """Its answers do not depend on the question."""


@dataclass(frozen=True, slots=True)
class CounterSum:
    """One NumberOf… attribute over the rows of a cell: its sum, and in how many rows it was what.

    ``present`` counts plausible values, zero included; the rest of the rows had none or an absurd one,
    which is never added up.
    """

    attribute: str
    total: int
    present: int
    zero: int
    implausible: int


@dataclass(frozen=True, slots=True)
class ModalityCount:
    """Studies that hold one modality; a study can hold several.

    ``verified``: a control query for that modality found as many.
    """

    modality: str
    studies: int
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """Days drawn at random from a stratum of ``units`` days, and the studies that each held."""

    units: int
    studies: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class YearCount:
    """Studies dated in one year."""

    year: int
    studies: Count


@dataclass(frozen=True, slots=True)
class Census:
    """What a census found, computed from its facts.

    ``remarks`` are our own sentences: why a number is no better than it is. ``rows_limit`` is the cap
    the archive was found to put on an answer.
    """

    counts: Counts = field(default_factory=Counts)
    years: tuple[YearCount, ...] = ()
    modalities: tuple[ModalityCount, ...] = ()
    oldest_year: int | None = None
    newest_year: int | None = None
    undated_studies: Count = field(default_factory=Unknown)
    rows_limit: int | None = None
    remarks: tuple[str, ...] = ()


NOT_COUNTED: Final = Census()
