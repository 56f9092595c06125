"""Archives of any size, from a seed: a hundred thousand studies take no more than their numbers.

As everywhere in the lab nobody is real. Dates lie more densely in later years and on working days,
examinations begin in working hours, and some studies have no date, or no time, or neither.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import islice
from random import Random
from typing import Final

from dosimeter.dicom import uids
from dosimeter.lab.attributes import Tag
from dosimeter.lab.catalogue import (
    Catalogue,
    Column,
    Table,
    patient_counters,
    series_counters,
    study_counters,
    sums,
)

_MODALITIES: Final = ("CT", "MR", "CR", "DX", "US", "MG", "PT", "NM")
_SOP_CLASSES: Final = (
    *(uids.CT_IMAGE_STORAGE, uids.MR_IMAGE_STORAGE, uids.COMPUTED_RADIOGRAPHY_STORAGE),
    *(uids.DIGITAL_X_RAY_STORAGE, uids.ULTRASOUND_STORAGE, uids.MAMMOGRAPHY_STORAGE),
    *(uids.CT_IMAGE_STORAGE, uids.MR_IMAGE_STORAGE),
)
_MOST_SERIES: Final = 4
_UID_SPACE: Final = 9 * 10**35
_UID_STEP: Final = 314159265358979323846264338327950289
"""Prime to the space (odd, and no multiple of 3 or 5), so that no UID comes twice."""
_HOURS: Final = (2,) * 7 + (40,) * 13 + (2,) * 4
"""How many of its examinations an archive begins in each hour of the day, in proportion."""
_WEEK: Final = (9, 9, 9, 9, 9, 1, 1)
"""The same for the days of the week."""
_ROOM: Final = 1 << 16
_ODD_DAYS: Final = ("201903", "2019.03.05", "00010101", "19000101", "20301224")
_ODD_MOMENTS: Final = ("13", "1315", "13:15:00", "235960", "101500.5")


@dataclass(frozen=True, slots=True)
class Shape:
    """What an invented archive is like: studies from ``first`` to ``last``, more in later years.

    In a thousand of them ``undated`` have a time and no date, ``untimed`` a date and no time, ``bare``
    neither, ``odd`` a date or a time as no standard writes it any more. ``studies_each`` are a patient's
    on average, ``most_instances`` those of a series at most.
    """

    studies: int
    first: date = date(2009, 1, 1)
    last: date = date(2026, 10, 30)
    undated: int = 0
    untimed: int = 0
    bare: int = 0
    odd: int = 0
    studies_each: float = 1.7
    most_instances: int = 60
    uid_root: str = "2.25."


def invent_catalogue(seed: int, shape: Shape) -> Catalogue:
    """The same archive for the same seed."""
    rng = Random(seed)
    held = shape.studies
    patients = min(held, max(1, round(held / shape.studies_each))) if held else 0
    first_study = array("Q", (number * held // patients for number in range(patients + 1)) if held else (0,))
    first_series = sums(1 + each % _MOST_SERIES for each in rng.randbytes(held))
    first_instance = sums(1 + each % shape.most_instances for each in rng.randbytes(first_series[-1]))
    kinds = bytes(each % len(_MODALITIES) for each in rng.randbytes(first_series[-1]))
    days, moments = _days(rng, shape), _moments(rng, held)
    _forget(rng, shape, days, moments)

    def modality(series: int) -> str:
        return _MODALITIES[kinds[series]]

    study_uid = partial(_study_uid, shape.uid_root, rng.randrange(_UID_SPACE))
    return Catalogue(
        patients=Table(
            patients,
            {**_people(seed), **patient_counters(first_study, first_series, first_instance)},
        ),
        studies=Table(
            held,
            {
                Tag.STUDY_INSTANCE_UID: study_uid,
                Tag.STUDY_DATE: days.__getitem__,
                Tag.STUDY_TIME: moments.__getitem__,
                Tag.STUDY_ID: lambda study: f"{study % 100000:05d}",
                Tag.ACCESSION_NUMBER: lambda study: f"LAB{study:09d}",
                Tag.STUDY_DESCRIPTION: lambda study: f"LAB EXAMINATION {study % 40}",
                Tag.REFERRING_PHYSICIAN_NAME: lambda study: f"LAB^REFERRER-{study % 40:02d}",
                **study_counters(first_series, first_instance, modality),
            },
        ),
        series=Table(
            first_series[-1],
            {
                Tag.SERIES_INSTANCE_UID: _series_uids(seed),
                Tag.MODALITY: modality,
                Tag.SOP_CLASS_UID: lambda series: _SOP_CLASSES[kinds[series]],
                Tag.SERIES_NUMBER: lambda series: str(series % _MOST_SERIES + 1),
                Tag.SERIES_DESCRIPTION: lambda series: f"LAB SERIES {series % _MOST_SERIES + 1}",
                Tag.INSTITUTION_NAME: lambda _: "LAB INVENTED HOSPITAL",
                **series_counters(first_instance),
            },
        ),
        first_study=first_study,
        first_series=first_series,
        first_instance=first_instance,
    )


def _people(seed: int) -> dict[int, Column]:
    return {
        Tag.PATIENT_NAME: lambda patient: f"LAB^INVENTED-{patient + 1:07d}",
        Tag.PATIENT_ID: lambda patient: f"LAB-{seed}-{patient + 1:07d}",
        Tag.PATIENT_BIRTH_DATE: lambda patient: f"{1925 + patient % 86}0{1 + patient % 9}15",
        Tag.PATIENT_SEX: lambda patient: "FMO"[patient % 3],
    }


def _study_uid(root: str, start: int, study: int) -> str:
    return f"{root}{10**35 + (start + study * _UID_STEP) % _UID_SPACE}"


def _series_uids(seed: int) -> Column:
    return lambda series: f"2.25.77{seed}.{series + 1}"


def _days(rng: Random, shape: Shape) -> list[str]:
    span = [shape.first + timedelta(days=each) for each in range((shape.last - shape.first).days + 1)]
    weights = [(1 + day.year - shape.first.year) * _WEEK[day.weekday()] for day in span]
    return rng.choices([f"{day:%Y%m%d}" for day in span], weights, k=shape.studies)


def _moments(rng: Random, held: int) -> list[str]:
    hours = rng.choices([f"{hour:02d}" for hour in range(24)], _HOURS, k=held)
    seconds = array("H", rng.randbytes(2 * held))
    return [
        f"{hour}{second * 60 // _ROOM:02d}{second % 60:02d}"
        for hour, second in zip(hours, seconds, strict=True)
    ]


def _forget(rng: Random, shape: Shape, days: list[str], moments: list[str]) -> None:
    """Take the date, the time, or both from some, and write those of others oddly."""
    held = shape.studies
    counts = [held * each // 1000 for each in (shape.undated, shape.untimed, shape.bare, shape.odd)]
    chosen = iter(rng.sample(range(held), k=sum(counts)))
    undated, untimed, bare, odd = (list(islice(chosen, count)) for count in counts)
    for study in undated + bare:
        days[study] = ""
    for study in untimed + bare:
        moments[study] = ""
    for place, study in enumerate(odd):
        if place % 2:
            days[study] = _ODD_DAYS[place // 2 % len(_ODD_DAYS)]
        else:
            moments[study] = _ODD_MOMENTS[place // 2 % len(_ODD_MOMENTS)]
