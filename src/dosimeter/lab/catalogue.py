"""What an archive holds, as columns: a query is answered from them without an object for each study.

Patients, studies, series and instances are numbered from 0, each in the order in which it is held, and
what belongs to one patient, study or series is numbered in a row.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate
from typing import Final, NamedTuple, TypeAlias

from dosimeter.lab.attributes import VR_OF, Tag
from dosimeter.lab.holdings import Appointment, Holdings
from dosimeter.lab.matching import RANGE_VRS, Begins, OneOf, Span, Wanted, plain_moment

Column: TypeAlias = Callable[[int], str]
"""An attribute of each record of a level, by its number."""

INDEXED: Final = (Tag.STUDY_DATE, Tag.STUDY_TIME, Tag.STUDY_INSTANCE_UID, Tag.PATIENT_ID)
"""Columns of one value each, which an answer need not be searched for."""

_AFTER_ALL: Final = "\uffff"


class Place(NamedTuple):
    """Where a record is: the numbers of its patient, study and series, and its instance from 1 on.

    Of the levels under that of the record the number is that of the first.
    """

    patient: int
    study: int
    series: int
    instance: int = 1


class Index:
    """The numbers of a level's records, sorted by one column of single values."""

    def __init__(self, column: Column, size: int) -> None:
        values = [column(number) for number in range(size)]
        self._numbers = sorted(range(size), key=values.__getitem__)
        self._values = [values[number] for number in self._numbers]

    def find(self, sought: Wanted) -> list[int] | None:
        """The numbers of the records that match, in no order; None: it does not help with this key."""
        if isinstance(sought, OneOf):
            return [number for value in sought.values for number in self._between(value, value)]
        if isinstance(sought, Begins):
            return self._between(sought.prefix, sought.prefix + _AFTER_ALL)
        if isinstance(sought, Span):
            return self._within(sought)
        return None

    def _between(self, first: str, last: str) -> list[int]:
        return self._numbers[bisect_left(self._values, first) : bisect_right(self._values, last)]

    def _within(self, span: Span) -> list[int]:
        absent = bisect_right(self._values, "")
        begin = bisect_left(self._values, span.first, lo=absent, key=span.at_first)
        end = len(self._values)
        if span.last:
            end = bisect_right(self._values, span.last, lo=begin, key=span.at_last)
        return self._numbers[: absent if span.with_absent else 0] + self._numbers[begin:end]


class Table:
    """The records of one level: its own attributes, as columns."""

    def __init__(self, size: int, columns: Mapping[int, Column]) -> None:
        self.size = size
        self.columns = columns
        self._indices: dict[tuple[int, bool], Index] = {}

    def index(self, tag: int, *, as_text: bool) -> Index:
        """The index of a column, made when it is first asked for.

        ``as_text``: dates and times are compared as they are written.
        """
        is_plain = as_text or VR_OF[tag] not in RANGE_VRS
        if (tag, is_plain) not in self._indices:
            column = self.columns[tag]
            self._indices[tag, is_plain] = Index(
                column if is_plain else lambda number: plain_moment(column(number)), self.size
            )
        return self._indices[tag, is_plain]


@dataclass(frozen=True, slots=True)
class Truth:
    """What a census of everything must come to."""

    patients: int
    studies: int
    series: int
    instances: int
    undated: int
    untimed: int
    bare: int
    """Studies with neither date nor time: they are among both."""
    years: Mapping[int, int]
    modalities: Mapping[str, int]
    """Studies that hold each modality."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every level of an archive.

    ``first_…`` tell where the part of each parent begins, and last where the part of the last one ends.
    """

    patients: Table
    studies: Table
    series: Table
    first_study: Sequence[int]
    first_series: Sequence[int]
    first_instance: Sequence[int]
    appointments: tuple[Appointment, ...] = ()
    patient_of: Sequence[int] = field(init=False, repr=False)
    """The patient of each study."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "patient_of", array("I", _parents(self.first_study)))

    def studies_of(self, patient: int) -> range:
        """The studies of a patient."""
        return range(self.first_study[patient], self.first_study[patient + 1])

    def series_of(self, study: int) -> range:
        """The series of a study."""
        return range(self.first_series[study], self.first_series[study + 1])

    def instances_of(self, study: int) -> int:
        """How many instances a study has."""
        first, end = self.first_series[study], self.first_series[study + 1]
        return self.first_instance[end] - self.first_instance[first]

    def instances_in(self, series: int) -> int:
        """How many instances a series has."""
        return self.first_instance[series + 1] - self.first_instance[series]

    def instances_under(self, level: str, place: Place) -> int:
        """How many instances belong to the record of that level."""
        if level == "PATIENT":
            return sum(map(self.instances_of, self.studies_of(place.patient)))
        if level == "STUDY":
            return self.instances_of(place.study)
        return self.instances_in(place.series) if level == "SERIES" else 1

    def truth(self) -> Truth:
        """The sums, counted one by one."""
        days, moments = self.studies.columns[Tag.STUDY_DATE], self.studies.columns[Tag.STUDY_TIME]
        modalities = self.studies.columns[Tag.MODALITIES_IN_STUDY]
        everything = range(self.studies.size)
        years = Counter(day[:4] for day in map(days, everything) if day)
        return Truth(
            patients=self.patients.size,
            studies=self.studies.size,
            series=self.series.size,
            instances=self.first_instance[-1],
            undated=self.studies.size - years.total(),
            untimed=sum(not moments(study) for study in everything),
            bare=sum(not days(study) and not moments(study) for study in everything),
            years={int(year): held for year, held in sorted(years.items())},
            modalities=Counter(each for study in everything for each in modalities(study).split("\\")),
        )


def catalogue_of(holdings: Holdings) -> Catalogue:
    """The columns of what was written down study by study."""
    patients = holdings.patients
    studies = [study for patient in patients for study in patient.studies]
    series = [each for study in studies for each in study.series]
    first_study = sums(len(patient.studies) for patient in patients)
    first_series = sums(len(study.series) for study in studies)
    first_instance = sums(each.instances for each in series)
    modality = [each.modality for each in series].__getitem__
    return Catalogue(
        patients=Table(
            len(patients),
            {
                Tag.PATIENT_NAME: [each.name for each in patients].__getitem__,
                Tag.PATIENT_ID: [each.patient_id for each in patients].__getitem__,
                Tag.PATIENT_BIRTH_DATE: [each.birth_date for each in patients].__getitem__,
                Tag.PATIENT_SEX: [each.sex for each in patients].__getitem__,
                **patient_counters(first_study, first_series, first_instance),
            },
        ),
        studies=Table(
            len(studies),
            {
                Tag.STUDY_INSTANCE_UID: [each.uid for each in studies].__getitem__,
                Tag.STUDY_ID: [each.study_id for each in studies].__getitem__,
                Tag.STUDY_DATE: [each.day for each in studies].__getitem__,
                Tag.STUDY_TIME: [each.moment for each in studies].__getitem__,
                Tag.ACCESSION_NUMBER: [each.accession_number for each in studies].__getitem__,
                Tag.STUDY_DESCRIPTION: [each.description for each in studies].__getitem__,
                Tag.REFERRING_PHYSICIAN_NAME: [each.referring_physician for each in studies].__getitem__,
                **study_counters(first_series, first_instance, modality),
            },
        ),
        series=Table(
            len(series),
            {
                Tag.SERIES_INSTANCE_UID: [each.uid for each in series].__getitem__,
                Tag.MODALITY: modality,
                Tag.SOP_CLASS_UID: [each.sop_class_uid for each in series].__getitem__,
                Tag.SERIES_NUMBER: [str(each.number) for each in series].__getitem__,
                Tag.SERIES_DESCRIPTION: [each.description for each in series].__getitem__,
                Tag.INSTITUTION_NAME: [each.institution for each in series].__getitem__,
                **series_counters(first_instance),
            },
        ),
        first_study=first_study,
        first_series=first_series,
        first_instance=first_instance,
        appointments=holdings.appointments,
    )


def sums(sizes: Iterable[int]) -> array[int]:
    """Where each part begins, and at the end how much there is: 3, 2 become 0, 3, 5."""
    return array("Q", accumulate(sizes, initial=0))


def patient_counters(
    first_study: Sequence[int], first_series: Sequence[int], first_instance: Sequence[int]
) -> dict[int, Column]:
    """The NumberOfPatientRelated… attributes."""

    def series(patient: int) -> str:
        return str(first_series[first_study[patient + 1]] - first_series[first_study[patient]])

    def instances(patient: int) -> str:
        first, end = first_series[first_study[patient]], first_series[first_study[patient + 1]]
        return str(first_instance[end] - first_instance[first])

    return {
        Tag.NUMBER_OF_PATIENT_RELATED_STUDIES: partial(_difference, first_study),
        Tag.NUMBER_OF_PATIENT_RELATED_SERIES: series,
        Tag.NUMBER_OF_PATIENT_RELATED_INSTANCES: instances,
    }


def study_counters(
    first_series: Sequence[int], first_instance: Sequence[int], modality: Column
) -> dict[int, Column]:
    """The NumberOfStudyRelated… attributes, and ModalitiesInStudy."""

    def instances(study: int) -> str:
        return str(first_instance[first_series[study + 1]] - first_instance[first_series[study]])

    def modalities(study: int) -> str:
        return "\\".join(sorted(set(map(modality, range(first_series[study], first_series[study + 1])))))

    return {
        Tag.NUMBER_OF_STUDY_RELATED_SERIES: partial(_difference, first_series),
        Tag.NUMBER_OF_STUDY_RELATED_INSTANCES: instances,
        Tag.MODALITIES_IN_STUDY: modalities,
    }


def series_counters(first_instance: Sequence[int]) -> dict[int, Column]:
    """NumberOfSeriesRelatedInstances."""
    return {Tag.NUMBER_OF_SERIES_RELATED_INSTANCES: partial(_difference, first_instance)}


def _difference(firsts: Sequence[int], number: int) -> str:
    return str(firsts[number + 1] - firsts[number])


def _parents(firsts: Sequence[int]) -> Iterator[int]:
    for parent in range(len(firsts) - 1):
        for _ in range(firsts[parent + 1] - firsts[parent]):
            yield parent
