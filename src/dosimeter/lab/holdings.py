"""What an archive holds: invented patients, their examinations, and tomorrow's appointments.

Nobody is real. Names, identifiers and dates come from a seeded generator, so that a lab is the same
every time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from dosimeter.dicom import uids

FIRST_DAY: Final = date(2011, 1, 3)
LAST_DAY: Final = date(2026, 10, 30)
OLDEST_BIRTH: Final = date(1925, 1, 1)
YOUNGEST_BIRTH: Final = date(2010, 12, 31)
FIRST_APPOINTMENT: Final = date(2027, 1, 4)

_UNDATED_OF_1000: Final = 15
"""Studies in a thousand that have no date, as real archives have them."""


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a study. ``instances`` counts its objects, which have no pixels."""

    uid: str
    modality: str
    sop_class_uid: str
    number: int
    description: str
    institution: str
    instances: int

    def instance_uid(self, number: int) -> str:
        """The SOPInstanceUID of one of its objects, numbered from 1."""
        return f"{self.uid}.{number}"


@dataclass(frozen=True, slots=True)
class Study:
    """One study. ``day`` and ``moment`` are DA and TM values, empty where unknown."""

    uid: str
    study_id: str
    day: str
    moment: str
    accession_number: str
    description: str
    referring_physician: str
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Patient:
    """One invented patient."""

    patient_id: str
    name: str
    birth_date: str
    sex: str
    studies: tuple[Study, ...]


@dataclass(frozen=True, slots=True)
class Appointment:
    """One entry of the worklist."""

    patient: Patient
    study_uid: str
    accession_number: str
    procedure_id: str
    description: str
    referring_physician: str
    step_id: str
    day: str
    moment: str
    modality: str
    station: str
    performing_physician: str


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything in one archive."""

    patients: tuple[Patient, ...] = ()
    appointments: tuple[Appointment, ...] = ()

    @property
    def studies(self) -> int:
        """How many studies."""
        return sum(len(patient.studies) for patient in self.patients)


@dataclass(frozen=True, slots=True)
class _Examination:
    """A kind of examination: its modality, what it is called, how many images a series has."""

    modality: str
    sop_class_uid: str
    descriptions: tuple[str, ...]
    most_series: int
    instances: tuple[int, int]


_EXAMINATIONS: Final = (
    _Examination("CT", uids.CT_IMAGE_STORAGE, ("LAB CT CHEST", "LAB CT HEAD"), 4, (20, 120)),
    _Examination("MR", uids.MR_IMAGE_STORAGE, ("LAB MR KNEE", "LAB MR BRAIN"), 6, (15, 60)),
    _Examination("CR", uids.COMPUTED_RADIOGRAPHY_STORAGE, ("LAB CHEST PA", "LAB HAND"), 2, (1, 2)),
    _Examination("DX", uids.DIGITAL_X_RAY_STORAGE, ("LAB PELVIS", "LAB ANKLE"), 2, (1, 2)),
    _Examination("MG", uids.MAMMOGRAPHY_STORAGE, ("LAB MAMMOGRAPHY",), 1, (4, 4)),
    _Examination("US", uids.ULTRASOUND_STORAGE, ("LAB US ABDOMEN",), 1, (5, 30)),
)


def invent_holdings(seed: int, *, patients: int, appointments: int = 0) -> Holdings:
    """The same invented patients for the same seed."""
    rng = Random(seed)
    invented = tuple(_invent_patient(rng, number) for number in range(1, patients + 1))
    chosen = rng.sample(invented, k=min(appointments, len(invented)))
    booked = tuple(_invent_appointment(rng, number, patient) for number, patient in enumerate(chosen, 1))
    return Holdings(invented, booked)


def _invent_patient(rng: Random, number: int) -> Patient:
    studies = rng.choices((1, 2, 3, 5), weights=(60, 25, 10, 5))[0]
    return Patient(
        patient_id=f"LAB-{rng.randrange(10**6):06d}-{number:04d}",
        name=f"LAB^INVENTED-{number:04d}",
        birth_date=_day(rng, OLDEST_BIRTH, YOUNGEST_BIRTH),
        sex=rng.choice("FMO"),
        studies=tuple(_invent_study(rng) for _ in range(studies)),
    )


def _invent_study(rng: Random) -> Study:
    kind = rng.choice(_EXAMINATIONS)
    uid = _uid(rng)
    dated = rng.randrange(1000) >= _UNDATED_OF_1000
    series = tuple(
        _invent_series(rng, kind, uid, number) for number in range(1, rng.randint(1, kind.most_series) + 1)
    )
    return Study(
        uid=uid,
        study_id=f"{rng.randrange(10**5):05d}",
        day=_day(rng, FIRST_DAY, LAST_DAY) if dated else "",
        moment=_moment(rng) if dated else "",
        accession_number=f"LAB{rng.randrange(10**9):09d}",
        description=rng.choice(kind.descriptions),
        referring_physician=f"LAB^REFERRER-{rng.randint(1, 40):02d}",
        series=series,
    )


def _invent_series(rng: Random, kind: _Examination, study_uid: str, number: int) -> Series:
    return Series(
        uid=f"{study_uid}.{number}",
        modality=kind.modality,
        sop_class_uid=kind.sop_class_uid,
        number=number,
        description=f"LAB SERIES {number}",
        institution="LAB INVENTED HOSPITAL",
        instances=rng.randint(*kind.instances),
    )


def _invent_appointment(rng: Random, number: int, patient: Patient) -> Appointment:
    kind = rng.choice(_EXAMINATIONS)
    return Appointment(
        patient=patient,
        study_uid=_uid(rng),
        accession_number=f"LAB{rng.randrange(10**9):09d}",
        procedure_id=f"LABPROC{number:04d}",
        description=rng.choice(kind.descriptions),
        referring_physician=f"LAB^REFERRER-{rng.randint(1, 40):02d}",
        step_id=f"LABSTEP{number:04d}",
        day=f"{FIRST_APPOINTMENT + timedelta(days=rng.randrange(5)):%Y%m%d}",
        moment=_moment(rng),
        modality=kind.modality,
        station=f"LAB{kind.modality}1",
        performing_physician=f"LAB^PERFORMER-{rng.randint(1, 12):02d}",
    )


def _uid(rng: Random) -> str:
    """Under 2.25, as PS3.5 B.2 allows; 36 digits leave room for the arcs of series and instances."""
    return f"2.25.{rng.randrange(10**35, 10**36)}"


def _day(rng: Random, first: date, last: date) -> str:
    return f"{first + timedelta(days=rng.randrange((last - first).days + 1)):%Y%m%d}"


def _moment(rng: Random) -> str:
    return f"{rng.randint(7, 19):02d}{rng.randrange(60):02d}{rng.randrange(60):02d}"
