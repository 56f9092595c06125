"""C-FIND answered truthfully from an archive's holdings (PS3.4 Annex C and K)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dosimeter.dicom import uids
from dosimeter.lab.attributes import COUNT_TAGS, Tag
from dosimeter.lab.dataset import Dataset
from dosimeter.lab.holdings import Appointment, Holdings, Patient, Series, Study
from dosimeter.lab.matching import answer_of, lacks_keys, matches
from dosimeter.lab.policy import Counters, Policy

PENDING: Final = 0xFF00
PENDING_KEYS_LACKING: Final = 0xFF01
DOES_NOT_MATCH_SOP_CLASS: Final = 0xA900
"""Statuses of C-FIND (PS3.4 Table C.4-1)."""

_LEVELS: Final = {
    uids.PATIENT_ROOT_FIND: ("PATIENT", "STUDY", "SERIES", "IMAGE"),
    uids.STUDY_ROOT_FIND: ("STUDY", "SERIES", "IMAGE"),
}
_UNIQUE_KEYS: Final = {
    "PATIENT": Tag.PATIENT_ID,
    "STUDY": Tag.STUDY_INSTANCE_UID,
    "SERIES": Tag.SERIES_INSTANCE_UID,
    "IMAGE": Tag.SOP_INSTANCE_UID,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One match: its pending status and its identifier."""

    status: int
    identifier: Dataset


class QueryRefused(Exception):
    """The identifier is none that this information model can answer."""

    def __init__(self, status: int) -> None:
        super().__init__(f"0x{status:04X}")
        self.status = status


def answer_query(holdings: Holdings, policy: Policy, sop_class_uid: str, keys: Dataset) -> Iterator[Row]:
    """The matches of a query, in the order in which they are held.

    Raises:
        QueryRefused: level missing or not of this root, or no unique key of a level above.
    """
    if sop_class_uid == uids.MODALITY_WORKLIST_FIND:
        return _rows(keys, map(_appointment_record, holdings.appointments), policy, None)
    level = _level_of(sop_class_uid, keys)
    return _rows(keys, _records(holdings, level, keys), policy, level)


def canned_rows(holdings: Holdings, policy: Policy) -> Iterator[Row]:
    """The same whole records whatever was asked: names, dates, everything."""
    found = 0
    for patient in holdings.patients:
        for study in patient.studies:
            if found == policy.canned_rows:
                return
            found += 1
            record = {**_patient_record(patient), **_study_record(study), **_series_record(study.series[0])}
            yield Row(PENDING, {Tag.QUERY_RETRIEVE_LEVEL: "STUDY", **record})


def _level_of(sop_class_uid: str, keys: Dataset) -> str:
    level = keys.get(Tag.QUERY_RETRIEVE_LEVEL)
    levels = _LEVELS.get(sop_class_uid, ())
    if not isinstance(level, str) or level not in levels:
        raise QueryRefused(DOES_NOT_MATCH_SOP_CLASS)
    for above in levels[: levels.index(level)]:
        unique = keys.get(_UNIQUE_KEYS[above])
        if not isinstance(unique, str) or not unique or "*" in unique or "?" in unique:
            raise QueryRefused(DOES_NOT_MATCH_SOP_CLASS)
    return level


def _rows(keys: Dataset, records: Iterator[Dataset], policy: Policy, level: str | None) -> Iterator[Row]:
    for record in records:
        if not matches(keys, record):
            continue
        known = _with_counters(record, policy.counters)
        answer = dict(answer_of(keys, known))
        if level is not None:
            answer[Tag.QUERY_RETRIEVE_LEVEL] = level
            answer[Tag.RETRIEVE_AE_TITLE] = policy.ae_title
        row = Row(PENDING_KEYS_LACKING if lacks_keys(keys, known) else PENDING, answer)
        repetitions = record.get(Tag.NUMBER_OF_STUDY_RELATED_INSTANCES) if level == "STUDY" else None
        yield row
        if policy.row_per_instance and isinstance(repetitions, str):
            for _ in range(int(repetitions) - 1):
                yield row


def _with_counters(record: Dataset, counters: Counters) -> Dataset:
    if counters is Counters.TRUE:
        return record
    if counters is Counters.ABSENT:
        return {tag: value for tag, value in record.items() if tag not in COUNT_TAGS}
    return {tag: "0" if tag in COUNT_TAGS else value for tag, value in record.items()}


def _records(holdings: Holdings, level: str, keys: Dataset) -> Iterator[Dataset]:
    """Every record of a level, with the attributes of the levels above it.

    Below STUDY only the studies asked for are opened: a full list of instances is large.
    """
    for patient in holdings.patients:
        above = _patient_record(patient)
        if level == "PATIENT":
            yield above
            continue
        for study in patient.studies:
            record = {**above, **_study_record(study)}
            if level == "STUDY":
                yield record
            elif matches({Tag.STUDY_INSTANCE_UID: keys.get(Tag.STUDY_INSTANCE_UID, "")}, record):
                yield from _records_below(study, record, level)


def _records_below(study: Study, above: Dataset, level: str) -> Iterator[Dataset]:
    for series in study.series:
        record = {**above, **_series_record(series)}
        if level == "SERIES":
            yield record
            continue
        for number in range(1, series.instances + 1):
            yield {
                **record,
                Tag.SOP_CLASS_UID: series.sop_class_uid,
                Tag.SOP_INSTANCE_UID: series.instance_uid(number),
                Tag.INSTANCE_NUMBER: str(number),
            }


def _patient_record(patient: Patient) -> Dataset:
    series = [each for study in patient.studies for each in study.series]
    return {
        Tag.PATIENT_NAME: patient.name,
        Tag.PATIENT_ID: patient.patient_id,
        Tag.PATIENT_BIRTH_DATE: patient.birth_date,
        Tag.PATIENT_SEX: patient.sex,
        Tag.NUMBER_OF_PATIENT_RELATED_STUDIES: str(len(patient.studies)),
        Tag.NUMBER_OF_PATIENT_RELATED_SERIES: str(len(series)),
        Tag.NUMBER_OF_PATIENT_RELATED_INSTANCES: str(sum(each.instances for each in series)),
    }


def _study_record(study: Study) -> Dataset:
    return {
        Tag.STUDY_INSTANCE_UID: study.uid,
        Tag.STUDY_ID: study.study_id,
        Tag.STUDY_DATE: study.day,
        Tag.STUDY_TIME: study.moment,
        Tag.ACCESSION_NUMBER: study.accession_number,
        Tag.STUDY_DESCRIPTION: study.description,
        Tag.REFERRING_PHYSICIAN_NAME: study.referring_physician,
        Tag.MODALITIES_IN_STUDY: "\\".join(sorted({series.modality for series in study.series})),
        Tag.NUMBER_OF_STUDY_RELATED_SERIES: str(len(study.series)),
        Tag.NUMBER_OF_STUDY_RELATED_INSTANCES: str(sum(series.instances for series in study.series)),
    }


def _series_record(series: Series) -> Dataset:
    return {
        Tag.SERIES_INSTANCE_UID: series.uid,
        Tag.MODALITY: series.modality,
        Tag.SERIES_NUMBER: str(series.number),
        Tag.SERIES_DESCRIPTION: series.description,
        Tag.INSTITUTION_NAME: series.institution,
        Tag.NUMBER_OF_SERIES_RELATED_INSTANCES: str(series.instances),
    }


def _appointment_record(appointment: Appointment) -> Dataset:
    patient = appointment.patient
    step: Dataset = {
        Tag.MODALITY: appointment.modality,
        Tag.SCHEDULED_STATION_AE_TITLE: appointment.station,
        Tag.SCHEDULED_PROCEDURE_STEP_START_DATE: appointment.day,
        Tag.SCHEDULED_PROCEDURE_STEP_START_TIME: appointment.moment,
        Tag.SCHEDULED_PERFORMING_PHYSICIAN_NAME: appointment.performing_physician,
        Tag.SCHEDULED_PROCEDURE_STEP_DESCRIPTION: appointment.description,
        Tag.SCHEDULED_PROCEDURE_STEP_ID: appointment.step_id,
    }
    return {
        Tag.PATIENT_NAME: patient.name,
        Tag.PATIENT_ID: patient.patient_id,
        Tag.PATIENT_BIRTH_DATE: patient.birth_date,
        Tag.PATIENT_SEX: patient.sex,
        Tag.STUDY_INSTANCE_UID: appointment.study_uid,
        Tag.ACCESSION_NUMBER: appointment.accession_number,
        Tag.REFERRING_PHYSICIAN_NAME: appointment.referring_physician,
        Tag.REQUESTED_PROCEDURE_ID: appointment.procedure_id,
        Tag.REQUESTED_PROCEDURE_DESCRIPTION: appointment.description,
        Tag.SCHEDULED_PROCEDURE_STEP_SEQUENCE: (step,),
    }
