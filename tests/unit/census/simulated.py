"""An archive in memory that answers counting questions, with every cap and lie of archives in the field."""

from __future__ import annotations

import hashlib
import random
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from functools import cached_property

from dosimeter.census.ladder import Census, CensusPlan
from dosimeter.census.question import Answer, Question
from dosimeter.dicom.count_query import CountKeys, CountLevel
from dosimeter.dicom.tally import CounterTotals, RowTally
from dosimeter.model.facts import CellCounted, Ending, QueryService, Titles
from dosimeter.model.scope import CountBudget

KEY = b"k" * 32
TODAY = date(2026, 11, 24)
TITLES = Titles("ANY", "DOSIMETER")
SUCCESS, CANCELLED, OUT_OF_RESOURCES, UNABLE = 0x0000, 0xFE00, 0xA700, 0xC000
MODALITIES = ("CT", "MR", "CR", "US", "XA")


class Order(Enum):
    """How the rows of an answer are sorted; a limit takes the first."""

    INSERTED = auto()
    OLDEST_FIRST = auto()
    NEWEST_FIRST = auto()
    UNDATED_LAST = auto()
    RANDOM = auto()


class Endings(Enum):
    """What becomes of a PatientID with a wildcard."""

    MATCHED = auto()
    CASELESS = auto()
    LITERAL = auto()
    REFUSED = auto()
    IGNORED = auto()


class Counters(Enum):
    """What becomes of the NumberOf… attributes."""

    TRUE = auto()
    ABSENT = auto()
    ZERO = auto()
    COLLAPSE = auto()
    INFLATED = auto()
    PART = auto()


class Modality(Enum):
    """What becomes of ModalitiesInStudy."""

    MATCHED = auto()
    IGNORED = auto()
    UNRETURNED = auto()


@dataclass(frozen=True)
class Study:
    """One invented study. ``day`` is None if it has no date, ``second`` if it has no time."""

    uid: str
    day: date | None
    second: int | None
    patient: str
    series: int
    instances: int
    modality: str = "CT"


@dataclass(frozen=True)
class Behaviour:
    """How an archive answers. ``cap`` is its limit in rows, ``cap_status`` ends an answer that it cut."""

    cap: int | None = None
    cap_status: int = SUCCESS
    rows_per_instance: bool = False
    repeated: int = 1
    dates_ignored: bool = False
    times_ignored: bool = False
    endings: Endings = Endings.MATCHED
    counters: Counters = Counters.TRUE
    modality: Modality = Modality.MATCHED
    relational: bool = True
    studies_of_patient_root: bool = True
    patient_level: bool = True
    honours_cancel: bool = True
    order: Order = Order.INSERTED
    milliseconds: int = 1


def digest(text: str) -> bytes:
    """Eight bytes that stand for a unique key."""
    return hashlib.blake2b(text.encode(), digest_size=8, key=KEY).digest()


@dataclass
class Archive:
    """The archive: `answer` is all that a census sees of it; ``asked`` and ``rows`` are what that cost."""

    studies: list[Study]
    behaviour: Behaviour = field(default_factory=Behaviour)
    seed: int = 0
    asked: int = 0
    rows: int = 0

    def __post_init__(self) -> None:
        """Index the studies."""
        self._random = random.Random(self.seed)
        everything = range(len(self.studies))
        self._dated = sorted(
            (n for n in everything if self.studies[n].day), key=lambda n: self.studies[n].day
        )
        self._days = [self.studies[n].day for n in self._dated]
        self._timed = sorted(
            (n for n in everything if self.studies[n].second is not None),
            key=lambda n: self.studies[n].second,
        )
        self._seconds = [self.studies[n].second for n in self._timed]
        self._by_ending: dict[str, set[int]] = {}
        for n, study in enumerate(self.studies):
            patient = self._cased(study.patient)
            for length in range(1, min(3, len(patient)) + 1):
                self._by_ending.setdefault(patient[-length:], set()).add(n)
        self._digests = [digest(study.uid) for study in self.studies]

    @cached_property
    def _rank(self) -> list[tuple[int, int]]:
        order = self.behaviour.order
        ranks = []
        for n, study in enumerate(self.studies):
            days = study.day.toordinal() if study.day else 0
            if order is Order.NEWEST_FIRST:
                days = -days if study.day else -(10**7)
            elif order is Order.UNDATED_LAST:
                days = days or 10**7
            elif order is Order.INSERTED:
                days = 0
            ranks.append((days, n))
        return ranks

    # The truth.

    @property
    def patients(self) -> int:
        """Distinct PatientIDs."""
        return len({study.patient for study in self.studies if study.patient})

    def total(self, what: str) -> int:
        """Series or instances in all."""
        return sum(getattr(study, what) for study in self.studies)

    def by_year(self) -> dict[int, int]:
        """Studies by year, of those that have a date."""
        return Counter(study.day.year for study in self.studies if study.day)

    def claimed(self, what: str) -> int:
        """What its counters add up to."""
        return sum(self._claim(study, what) or 0 for study in self.studies)

    def _claim(self, study: Study, what: str) -> int | None:
        value: int = getattr(study, what)
        counters = self.behaviour.counters
        if counters is Counters.ABSENT:
            return None
        if counters is Counters.ZERO:
            return 0
        if counters is Counters.INFLATED:
            return value * 3 + 1
        is_told = counters is not Counters.PART or (study.patient and ord(study.patient[-1]) % 5)
        return value if is_told else None

    # The answers.

    def answer(self, question: Question) -> Answer:
        """One C-FIND answered."""
        self.asked += 1
        keys = question.keys
        tally = RowTally(KEY, keys.level, counters=keys.counters)
        status = self._refusal(question)
        ending = Ending.STATUS
        if status is None:
            rows, status = self._capped(self._matching(keys), keys)
            if len(rows) > question.most_rows:
                rows = rows[: question.most_rows + (0 if self.behaviour.honours_cancel else 40)]
                ending, status = Ending.BUDGET, None
            self._fill(tally, rows, keys)
        self.rows += tally.rows
        ms = self.behaviour.milliseconds
        return Answer(ending, status, tally, ms, ms, None, 1)

    def _refusal(self, question: Question) -> int | None:
        keys, behaviour = question.keys, self.behaviour
        if keys.patient_ending is not None and behaviour.endings is Endings.REFUSED:
            return UNABLE
        if keys.level in {CountLevel.SERIES, CountLevel.IMAGE} and not behaviour.relational:
            return UNABLE
        if question.service is QueryService.PATIENT_ROOT and keys.level is CountLevel.STUDY:
            return None if behaviour.studies_of_patient_root else UNABLE
        if keys.level is CountLevel.PATIENT and not behaviour.patient_level:
            return UNABLE
        return None

    def _matching(self, keys: CountKeys) -> list[int]:
        behaviour, studies = self.behaviour, self.studies
        found: list[int] | None = None
        if keys.dates is not None and not behaviour.dates_ignored:
            first, last = keys.dates
            found = self._dated[bisect_left(self._days, first) : bisect_right(self._days, last)]
        if keys.times is not None and not behaviour.times_ignored:
            low, high = keys.times
            if found is None:
                found = self._timed[bisect_left(self._seconds, low) : bisect_right(self._seconds, high)]
            else:
                found = [
                    n for n in found if studies[n].second is not None and low <= studies[n].second <= high
                ]
        if keys.patient_ending is not None:
            found = self._with_ending(keys.patient_ending, found)
        if keys.modality is not None and behaviour.modality is Modality.MATCHED:
            within = range(len(studies)) if found is None else found
            found = [n for n in within if studies[n].modality == keys.modality]
        return list(range(len(studies))) if found is None else found

    def _cased(self, patient: str) -> str:
        return patient.lower() if self.behaviour.endings is Endings.CASELESS else patient

    def _with_ending(self, ending: str, found: list[int] | None) -> list[int] | None:
        if self.behaviour.endings is Endings.IGNORED:
            return found
        if self.behaviour.endings is Endings.LITERAL:
            return []
        having = self._by_ending.get(self._cased(ending), set())
        return sorted(having) if found is None else [n for n in found if n in having]

    def _capped(self, found: list[int], keys: CountKeys) -> tuple[list[tuple[int, int]], int]:
        """Rows as (study, which of its rows), and the final status."""
        behaviour = self.behaviour
        if behaviour.order is Order.RANDOM:
            self._random.shuffle(found := list(found))
        elif behaviour.cap is not None and behaviour.cap < 10**6:
            found = sorted(found, key=self._rank.__getitem__)
        rows: list[tuple[int, int]] = []
        if keys.level is CountLevel.PATIENT:
            first = {self.studies[n].patient: n for n in reversed(found) if self.studies[n].patient}
            rows = [(n, 0) for n in sorted(first.values())]
        else:
            rows = [(n, row) for n in found for row in range(self._rows_of(self.studies[n], keys.level))]
        if keys.counters and behaviour.counters is Counters.COLLAPSE:
            rows = rows[:1]
        if behaviour.cap is not None and len(rows) > behaviour.cap:
            return rows[: behaviour.cap], behaviour.cap_status
        return rows, SUCCESS

    def _rows_of(self, study: Study, level: CountLevel) -> int:
        if level is CountLevel.SERIES:
            return study.series
        if level is CountLevel.IMAGE:
            return study.instances
        return study.instances if self.behaviour.rows_per_instance else self.behaviour.repeated

    def _fill(self, tally: RowTally, rows: list[tuple[int, int]], keys: CountKeys) -> None:
        tally.rows = len(rows)
        tally.received = 100 * len(rows) + 100
        studies = self.studies
        if keys.level is CountLevel.PATIENT:
            tally.keys.add_all([digest("patient " + studies[n].patient) for n, _ in rows])
            if keys.counters:
                self._fill_patients(tally, rows)
            return
        if keys.level in {CountLevel.SERIES, CountLevel.IMAGE}:
            tally.keys.add_all([digest(f"{studies[n].uid} {keys.level} {row}") for n, row in rows])
            tally.studies.add_all([self._digests[n] for n, _ in rows])
            return
        tally.keys.add_all([self._digests[n] for n, _ in rows])
        if not keys.counters or keys.level is CountLevel.WORKLIST:
            return
        patients = [studies[n].patient for n, _ in rows]
        tally.patients.add_all([digest("patient " + patient) for patient in set(patients) if patient])
        tally.without_patient = sum(not patient for patient in patients)
        for tag, what in ((0x00201206, "series"), (0x00201208, "instances")):
            tally.sums[tag] = _totals([self._claim(studies[n], what) for n, _ in rows])
        if self.behaviour.modality is not Modality.UNRETURNED:
            tally.modalities = dict(Counter(studies[n].modality for n, _ in rows))

    def _fill_patients(self, tally: RowTally, rows: list[tuple[int, int]]) -> None:
        of = {self.studies[n].patient for n, _ in rows}
        mine: dict[str, list[Study]] = {patient: [] for patient in of}
        for study in self.studies:
            if study.patient in mine:
                mine[study.patient].append(study)
        tally.sums[0x00201200] = _totals([len(each) for each in mine.values()])
        for tag, what in ((0x00201202, "series"), (0x00201204, "instances")):
            tally.sums[tag] = _totals(
                [sum(self._claim(study, what) or 0 for study in each) for each in mine.values()]
            )


def _totals(values: list[int | None]) -> CounterTotals:
    present = [value for value in values if value is not None]
    return CounterTotals(sum(present), len(present), sum(value == 0 for value in present), 0)


def plan(
    service: QueryService = QueryService.STUDY_ROOT, budget: CountBudget | None = None, today: date = TODAY
) -> CensusPlan:
    """A census as a probe starts it."""
    return CensusPlan(service, TITLES, budget or CountBudget(), 1, today, b"seed")


def count(
    archive: Archive,
    how: CensusPlan | None = None,
    known: tuple[CellCounted, ...] = (),
    most: int | None = None,
) -> Census:
    """Drive a census to its end, or until it has asked ``most`` questions."""
    census = Census(how or plan(), known)
    questions = census.questions()
    question = next(questions, None)
    asked = 0
    while question is not None and (most is None or asked < most):
        asked += 1
        try:
            question = questions.send(archive.answer(question))
        except StopIteration:
            question = None
    questions.close()
    return census
