"""The synthetic archive every server is loaded with: 48 studies, 32 patients, 54 series, 225 instances.

Everything is invented and says so. The numbers are those of reference/real-archives.md: 10 studies in
2019, 19 before and 18 after, one with an empty StudyDate, 13 with CT, 13 before noon. They are arranged
by index and the UIDs come from a seeded generator, so each run makes the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Final

from pydicom import Dataset, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    CTImageStorage,
    ExplicitVRLittleEndian,
    MRImageStorage,
    UltrasoundImageStorage,
)

SEED: Final = 20190916
PATIENTS: Final = 32
STUDIES: Final = 48
SERIES: Final = 54
INSTANCES: Final = 225
STUDIES_IN_2019: Final = 10
UNDATED_STUDIES: Final = 1
CT_STUDIES: Final = 13
MORNING_STUDIES: Final = 13
WORKLIST_ITEMS: Final = 12

_BEFORE_2019: Final = 19
_TWO_SERIES_STUDIES: Final = SERIES - STUDIES
_FIVE_INSTANCE_SERIES: Final = INSTANCES - 4 * SERIES
_OTHER_MODALITIES: Final = (
    ("MR", MRImageStorage),
    ("CR", ComputedRadiographyImageStorage),
    ("US", UltrasoundImageStorage),
)


@dataclass(frozen=True, slots=True)
class Study:
    """One study as it was written, for tests that compare an answer with the truth."""

    uid: str
    date: str
    modality: str
    instances: int


@dataclass(frozen=True)
class Dataset225:
    """The files on disk, and what is in them."""

    root: Path
    studies: tuple[Study, ...]
    files: tuple[Path, ...]
    worklist_items: tuple[Path, ...]

    @cached_property
    def zipped(self) -> bytes:
        """All instances in one archive: Orthanc takes it in a single POST."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
            for file in self.files:
                archive.write(file, file.name)
        return buffer.getvalue()

    @property
    def five_instance_study(self) -> Study:
        """A study of exactly five instances: a C-GET of it must bring five."""
        return next(study for study in self.studies if study.instances == 5)


def generate(root: Path) -> Dataset225:
    """Write the instances and the worklist items below ``root``."""
    uids = _uids(Random(SEED))
    instances = root / "instances"
    instances.mkdir(parents=True)
    files: list[Path] = []
    studies: list[Study] = []
    series_made = 0
    for index in range(STUDIES):
        template = _study(index, next(uids))
        first = len(files)
        for series_number in range(2 if index >= STUDIES - _TWO_SERIES_STUDIES else 1):
            template.SeriesInstanceUID = next(uids)
            template.SeriesNumber = series_number + 1
            for instance_number in range(5 if series_made < _FIVE_INSTANCE_SERIES else 4):
                template.SOPInstanceUID = next(uids)
                template.InstanceNumber = instance_number + 1
                files.append(_write(template, instances / f"{len(files):03}.dcm"))
            series_made += 1
        studies.append(
            Study(template.StudyInstanceUID, template.StudyDate, template.Modality, len(files) - first)
        )
    return Dataset225(root, tuple(studies), tuple(files), _worklist(root / "worklist", uids))


def _uids(random: Random) -> Iterator[str]:
    while True:
        yield f"2.25.{random.getrandbits(122) | 1 << 122}"


def _date(index: int) -> str:
    if index < _BEFORE_2019:
        return f"201{index % 9}{1 + index % 12:02}{1 + index:02}"
    if index < _BEFORE_2019 + STUDIES_IN_2019:
        return f"2019{1 + index % 12:02}{1 + index % 28:02}"
    if index < STUDIES - UNDATED_STUDIES:
        return f"202{index % 6}{1 + index % 12:02}{1 + index % 28:02}"
    return ""


def _study(index: int, uid: str) -> Dataset:
    patient = index % PATIENTS + 1
    is_ct = index % 4 == 0 or index == 1
    modality, sop_class = ("CT", CTImageStorage) if is_ct else _OTHER_MODALITIES[index % 3]
    dataset = Dataset()
    dataset.SOPClassUID = sop_class
    _name_patient(dataset, patient)
    dataset.StudyInstanceUID = uid
    dataset.StudyDate = _date(index)
    dataset.StudyTime = f"{8 + index % 4:02}3000" if index < MORNING_STUDIES else f"{13 + index % 8:02}1500"
    dataset.StudyID = f"S{index + 1}"
    dataset.AccessionNumber = f"ACC{index + 1:05}"
    dataset.StudyDescription = "INVENTED STUDY"
    dataset.SeriesDescription = "INVENTED SERIES"
    dataset.ReferringPhysicianName = "NOBODY^REFERRING"
    dataset.InstitutionName = "HOSPITAL THAT DOES NOT EXIST"
    dataset.Modality = modality
    _add_tiny_image(dataset)
    return dataset


def _name_patient(dataset: Dataset, patient: int) -> None:
    dataset.SpecificCharacterSet = "ISO_IR 100"
    dataset.PatientName = f"INVENTED^NOBODY {patient:02}"
    dataset.PatientID = f"TEST-{patient:04}"
    dataset.PatientBirthDate = f"19{40 + patient:02}0101"
    dataset.PatientSex = "MFO"[patient % 3]


def _add_tiny_image(dataset: Dataset) -> None:
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.Rows = 2
    dataset.Columns = 2
    dataset.BitsAllocated = 8
    dataset.BitsStored = 8
    dataset.HighBit = 7
    dataset.PixelRepresentation = 0
    dataset.PixelData = b"\x00\x55\xaa\xff"


def _write(dataset: Dataset, path: Path) -> Path:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta = meta
    dcmwrite(path, dataset, enforce_file_format=True)
    return path


def _worklist(folder: Path, uids: Iterator[str]) -> tuple[Path, ...]:
    folder.mkdir()
    return tuple(
        _write_worklist_item(folder / f"{index:02}.wl", index, uids) for index in range(WORKLIST_ITEMS)
    )


def _write_worklist_item(path: Path, index: int, uids: Iterator[str]) -> Path:
    step = Dataset()
    step.Modality = "CT" if index % 2 else "MR"
    step.ScheduledStationAETitle = "ROOM1"
    step.ScheduledProcedureStepStartDate = f"203001{index + 1:02}"
    step.ScheduledProcedureStepStartTime = "090000"
    step.ScheduledPerformingPhysicianName = "NOBODY^PERFORMING"
    step.ScheduledProcedureStepDescription = "INVENTED STEP"
    step.ScheduledProcedureStepID = f"STEP{index + 1}"
    item = Dataset()
    _name_patient(item, index + 1)
    item.AccessionNumber = f"WL{index + 1:05}"
    item.StudyInstanceUID = next(uids)
    item.RequestedProcedureID = f"RP{index + 1}"
    item.RequestedProcedureDescription = "INVENTED PROCEDURE"
    item.ScheduledProcedureStepSequence = [step]
    item.SOPClassUID = "1.2.840.10008.5.1.4.31"
    item.SOPInstanceUID = next(uids)
    return _write(item, path)
