"""What a census asks, and what it is told: the line between planning and performing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dosimeter.model.census import CensusEnd
from dosimeter.model.facts import Ending, QueryService

if TYPE_CHECKING:
    from dosimeter.dicom.count_query import CountKeys
    from dosimeter.dicom.tally import RowTally


@dataclass(frozen=True, slots=True)
class Question:
    """One C-FIND. After ``most_rows`` rows, or ``most_bytes`` received, it is cancelled."""

    service: QueryService
    keys: CountKeys
    most_rows: int
    most_bytes: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question.

    ``ending`` is `Ending.BUDGET` if it was cancelled by us. ``first_milliseconds`` is how long the
    first response took, ``echo_milliseconds`` a C-ECHO asked after a long answer, None if none was.
    ``associations`` counts those opened for the census so far. ``stop`` is set when nothing more can
    be asked: the line is gone, busy, or out of its seconds or associations.
    """

    ending: Ending
    status: int | None
    tally: RowTally
    milliseconds: int
    first_milliseconds: int
    echo_milliseconds: int | None
    associations: int
    stop: CensusEnd | None = None
