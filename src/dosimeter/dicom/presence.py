"""What is allowed to be known of an answer, and no more.

Read are attributes that PS3.15 Table E.1-1 does not list, on a short allow-list, and keyed hashes of the
bytes of unique keys, which are listed and are never kept. Everything else is stepped over (element_walk.py).
"""

from __future__ import annotations

from typing import Final

ALLOWED_ATTRIBUTES: Final = {
    (0x0008, 0x0052): "QueryRetrieveLevel",
    (0x0008, 0x0061): "ModalitiesInStudy",
    (0x0020, 0x1200): "NumberOfPatientRelatedStudies",
    (0x0020, 0x1202): "NumberOfPatientRelatedSeries",
    (0x0020, 0x1204): "NumberOfPatientRelatedInstances",
    (0x0020, 0x1206): "NumberOfStudyRelatedSeries",
    (0x0020, 0x1208): "NumberOfStudyRelatedInstances",
    (0x0020, 0x1209): "NumberOfSeriesRelatedInstances",
}
"""Every attribute whose value may be read; a test compares them with PS3.15 Table E.1-1."""

HASHED_ATTRIBUTES: Final = {
    (0x0008, 0x0018): "SOPInstanceUID",
    (0x0010, 0x0020): "PatientID",
    (0x0020, 0x000D): "StudyInstanceUID",
    (0x0020, 0x000E): "SeriesInstanceUID",
}
"""Unique keys: their bytes go into a keyed hash, and nowhere else."""

# fmt: off
MODALITIES: Final = frozenset((
    "AR", "ASMT", "AU", "BDUS", "BI", "BMD", "CR", "CT", "CTPROTOCOL", "DG", "DOC", "DX", "ECG", "EPS",
    "ES", "FID", "GM", "HC", "HD", "IO", "IOL", "IVOCT", "IVUS", "KER", "KO", "LEN", "LS", "MG", "MR",
    "M3D", "NM", "OAM", "OCT", "OP", "OPM", "OPT", "OPTBSV", "OPTENF", "OPV", "OSS", "OT", "PLAN", "PR",
    "PT", "PX", "REG", "RESP", "RF", "RG", "RTDOSE", "RTIMAGE", "RTINTENT", "RTPLAN", "RTRAD",
    "RTRECORD", "RTSEGANN", "RTSTRUCT", "RWV", "SEG", "SM", "SMR", "SR", "SRF", "STAIN", "TEXTUREMAP",
    "TG", "US", "VA", "XA", "XC",
))
# fmt: on
"""Defined terms of Modality (PS3.3 C.7.3.1.1.1): a value that is none of them is not kept."""

MAX_COUNT_DIGITS: Final = 10
_MAX_MODALITIES_LENGTH: Final = 1024


def parse_count(value: bytes) -> int | None:
    """An IS value of one to ten ASCII digits, spaces and NULs around it aside; None otherwise.

    Never ``int()`` on what a peer wrote: signs, underscores, exponents and other scripts' digits are
    numbers to Python.
    """
    digits = value.strip(b" \0")
    if 0 < len(digits) <= MAX_COUNT_DIGITS and digits.isdigit():
        return int(digits)
    return None


def modalities_of(value: bytes) -> tuple[str, ...]:
    """The defined terms in a value of ModalitiesInStudy, each once; whatever else it holds is dropped."""
    if len(value) > _MAX_MODALITIES_LENGTH:
        return ()
    terms = {term.strip(" \0") for term in value.decode("latin-1").split("\\")}
    return tuple(sorted(terms & MODALITIES))
