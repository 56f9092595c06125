"""How a study of the fleet is written: what differs has one length, so that rows can be copied."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from dosimeter.lab.attributes import Tag

HIGH: Final = "\x01\x02\x03\x04\x05\x06"
"""Stands for the six digits of a block while it is written: they are put in its place at the end."""
DAY: Final = "\x01\x02\x03\x04\x05\x07\x08\x0e"
"""Stands for a date of eight digits in the same way."""

_MARKS: Final = {
    "place": "\x11" * 3,
    "person": "\x12" * 3,
    "moment": "\x13" * 6,
    "modality": "\x14" * 2,
    "series": "\x15" * 4,
    "image": "\x16" * 6,
    "of_series": "\x17" * 6,
    "of_images": "\x18" * 6,
    "of_studies": "\x19" * 6,
}
"""What stands for a value that differs from row to row, as long as that is."""

_UID: Final = re.compile(r"2\.25\.1([0-9]{5})([0-9]{9})")
_PATIENT: Final = re.compile(r"FL([0-9]{5})([0-9]{6})([0-9]{3})")

KNOWN: Final = frozenset(
    (
        *(Tag.QUERY_RETRIEVE_LEVEL, Tag.PATIENT_ID, Tag.STUDY_INSTANCE_UID, Tag.SERIES_INSTANCE_UID),
        *(Tag.SOP_INSTANCE_UID, Tag.STUDY_DATE, Tag.STUDY_TIME, Tag.MODALITIES_IN_STUDY, Tag.MODALITY),
        *(Tag.NUMBER_OF_PATIENT_RELATED_STUDIES, Tag.NUMBER_OF_PATIENT_RELATED_SERIES),
        *(Tag.NUMBER_OF_PATIENT_RELATED_INSTANCES, Tag.NUMBER_OF_STUDY_RELATED_SERIES),
        *(Tag.NUMBER_OF_STUDY_RELATED_INSTANCES, Tag.NUMBER_OF_SERIES_RELATED_INSTANCES),
    )
)
"""What an archive of the fleet keeps. Nobody has a name there."""


def texts_of(level: str, archive: int) -> dict[int, str]:
    """The attributes of a row of a level, marks where values differ; those of levels below are missing."""
    study = f"2.25.1{archive:05d}{HIGH}{_MARKS['place']}"
    series = f"{study}.{_MARKS['series']}"
    texts: dict[int, str] = {
        Tag.QUERY_RETRIEVE_LEVEL: level,
        Tag.PATIENT_ID: f"FL{archive:05d}{HIGH}{_MARKS['person']}",
    }
    if level == "PATIENT":
        return texts | {
            Tag.NUMBER_OF_PATIENT_RELATED_STUDIES: _MARKS["of_studies"],
            Tag.NUMBER_OF_PATIENT_RELATED_SERIES: _MARKS["of_series"],
            Tag.NUMBER_OF_PATIENT_RELATED_INSTANCES: _MARKS["of_images"],
        }
    texts |= {
        Tag.STUDY_INSTANCE_UID: study,
        Tag.STUDY_DATE: DAY,
        Tag.STUDY_TIME: _MARKS["moment"],
        Tag.MODALITIES_IN_STUDY: _MARKS["modality"],
    }
    if level == "STUDY":
        return texts | {
            Tag.NUMBER_OF_STUDY_RELATED_SERIES: _MARKS["of_series"],
            Tag.NUMBER_OF_STUDY_RELATED_INSTANCES: _MARKS["of_images"],
        }
    texts |= {Tag.SERIES_INSTANCE_UID: series, Tag.MODALITY: _MARKS["modality"]}
    if level == "SERIES":
        return texts | {Tag.NUMBER_OF_SERIES_RELATED_INSTANCES: _MARKS["of_images"]}
    return texts | {Tag.SOP_INSTANCE_UID: f"{series}.{_MARKS['image']}"}


def form_of(skeleton: bytes) -> bytes:
    """The same bytes as a format with names, for the values of `of_study` and the others."""
    form = skeleton.replace(b"%", b"%%")
    for name, mark in _MARKS.items():
        form = form.replace(mark.encode("ascii"), b"%%(%b)b" % name.encode("ascii"))
    return form


def of_patient(person: int, studies: int, series: int, images: int) -> Mapping[bytes, bytes]:
    """The values of a person of a block."""
    return {
        b"person": b"%03d" % person,
        b"of_studies": _counter(studies),
        b"of_series": _counter(series),
        b"of_images": _counter(images),
    }


def of_study(
    place: int, person: int, second: int, modality: str, series: int, images: int
) -> dict[bytes, bytes]:
    """The values of a study; ``second`` of the day."""
    return {
        b"place": b"%03d" % place,
        b"person": b"%03d" % person,
        b"moment": b"%02d%02d%02d" % (second // 3600, second // 60 % 60, second % 60),
        b"modality": modality.encode("ascii"),
        b"of_series": _counter(series),
        b"of_images": _counter(images),
    }


def of_series(number: int, images: int) -> dict[bytes, bytes]:
    """The values of a series, which are numbered from 1, beyond those of its study."""
    return {b"series": b"%04d" % (1000 + number), b"of_images": _counter(images)}


def ending_of(person: int) -> str:
    """The last characters of the PatientID of a person of a block, and all that differs within it."""
    return f"{person:03d}"


def study_of(archive: int, uid: str) -> int | None:
    """The number of the study with this UID; None if it is none of this archive."""
    found = _UID.fullmatch(uid)
    return int(found[2]) if found and int(found[1]) == archive else None


def person_of(archive: int, identifier: str) -> tuple[int, int] | None:
    """The block and the person of a PatientID; None if it is none of this archive."""
    found = _PATIENT.fullmatch(identifier)
    return (int(found[2]), int(found[3])) if found and int(found[1]) == archive else None


def _counter(number: int) -> bytes:
    """Of one length whatever it says: spaces may stand before a number (PS3.5 Table 6.2-1, IS)."""
    return b"%6d" % number
