"""Thousands of generated studies: headers alone, and the truth about them.

A file is a template with its values, all of one length, put in: 20,000 take a tenth of a second, where
writing each with pydicom takes half a minute.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Final

from pydicom import Dataset, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage

SEED: Final = 20190917
_YEARS: Final = range(2006, 2026)
_MODALITIES: Final = ("CT", "MR", "CR", "US")
_STUDIES_PER_PATIENT: Final = 1.5
_EVERY_NTH_HAS_TWO_SERIES: Final = 20
_INSTANCES_OF_A_SECOND_SERIES: Final = 2
_EVERY_NTH_UNDATED: Final = 4_000
_FILES_IN_A_ZIP: Final = 500

_PATIENT: Final = "CROWD-000000"
_DATE: Final = "20010101"
_TIME: Final = "010203"
_STUDY: Final = "2.25." + "1" * 39
_SERIES: Final = "2.25." + "2" * 39
_INSTANCE: Final = "2.25." + "3" * 39


@dataclass(frozen=True, slots=True)
class CrowdStudy:
    """One study as it was written. ``date`` is empty for one without."""

    uid: str
    patient: str
    date: str
    modality: str
    series: int
    instances: int


@dataclass(frozen=True)
class Crowd:
    """The files, in memory, and what is in them."""

    studies: tuple[CrowdStudy, ...]
    files: tuple[bytes, ...]

    @cached_property
    def patients(self) -> int:
        """Distinct patients."""
        return len({study.patient for study in self.studies})

    @cached_property
    def series(self) -> int:
        """Series of all studies."""
        return sum(study.series for study in self.studies)

    @cached_property
    def undated(self) -> int:
        """Studies whose StudyDate is empty."""
        return sum(not study.date for study in self.studies)

    @cached_property
    def by_year(self) -> Mapping[int, int]:
        """Studies dated in each year."""
        return Counter(int(study.date[:4]) for study in self.studies if study.date)

    @cached_property
    def by_modality(self) -> Mapping[str, int]:
        """Studies of each modality."""
        return Counter(study.modality for study in self.studies)

    def zips(self) -> Iterator[bytes]:
        """All files, some hundreds to an archive: what Orthanc takes in one POST."""
        for first in range(0, len(self.files), _FILES_IN_A_ZIP):
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
                for place, content in enumerate(self.files[first : first + _FILES_IN_A_ZIP]):
                    archive.writestr(f"{place:03}.dcm", content)
            yield buffer.getvalue()

    def write(self, folder: Path) -> tuple[Path, ...]:
        """All files below ``folder``, in order."""
        folder.mkdir(parents=True)
        paths = tuple(folder / f"{place:06}.dcm" for place in range(len(self.files)))
        for path, content in zip(paths, self.files, strict=True):
            path.write_bytes(content)
        return paths


def generate(studies: int) -> Crowd:
    """So many studies, ever more of them in later years, a few with no date, at any second of the day."""
    random = Random(SEED)
    dated, undated = _template(_DATE), _template("")
    patients = int(studies / _STUDIES_PER_PATIENT)
    made: list[CrowdStudy] = []
    files: list[bytes] = []
    for index in range(studies):
        date = "" if index % _EVERY_NTH_UNDATED == _EVERY_NTH_UNDATED // 2 else _day(random)
        two_series = index % _EVERY_NTH_HAS_TWO_SERIES == 0
        study = CrowdStudy(
            uid=_uid(random),
            patient=f"CROWD-{index % patients:06}",
            date=date,
            modality=_MODALITIES[index % len(_MODALITIES)],
            series=2 if two_series else 1,
            instances=1 + _INSTANCES_OF_A_SECOND_SERIES if two_series else 1,
        )
        made.append(study)
        time = f"{random.randrange(24):02}{random.randrange(60):02}{random.randrange(60):02}"
        filled = _filled(dated if date else undated, study, time)
        first, second = _uid(random), _uid(random)
        for instance in range(study.instances):
            of_series = filled.replace(_SERIES.encode(), (second if instance else first).encode())
            files.append(of_series.replace(_INSTANCE.encode(), _uid(random).encode()))
    return Crowd(tuple(made), tuple(files))


def _filled(template: bytes, study: CrowdStudy, time: str) -> bytes:
    values = (
        (_STUDY, study.uid),
        (_PATIENT, study.patient),
        (_DATE, study.date or _DATE),
        (_TIME, time),
        ("ZZ", study.modality),
    )
    for placeholder, value in values:
        template = template.replace(placeholder.encode(), value.encode())
    return template


def _day(random: Random) -> str:
    """A day; the chance of a year grows with it."""
    (year,) = random.choices(_YEARS, range(1, len(_YEARS) + 1))
    return f"{year}{random.randrange(1, 13):02}{random.randrange(1, 29):02}"


def _uid(random: Random) -> str:
    """44 characters, whatever the number: the template's lengths stay right."""
    return f"2.25.{random.randrange(10**38, 3 * 10**38)}"


def _template(date: str) -> bytes:
    dataset = Dataset()
    dataset.SOPClassUID = SecondaryCaptureImageStorage
    dataset.SOPInstanceUID = _INSTANCE
    dataset.StudyDate = date
    dataset.StudyTime = _TIME
    dataset.Modality = "ZZ"
    dataset.PatientName = "INVENTED^NOBODY"
    dataset.PatientID = _PATIENT
    dataset.StudyInstanceUID = _STUDY
    dataset.SeriesInstanceUID = _SERIES
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta = meta
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()
