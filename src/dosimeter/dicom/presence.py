"""Walks an identifier without decoding it: what is allowed to be known of an answer, and no more.

Read are attributes that PS3.15 Table E.1-1 does not list, on a short allow-list, and a keyed hash of
the bytes of StudyInstanceUID, which is listed and is never kept. Everything else is stepped over.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from dosimeter.dicom.element_walk import ElementWalk
from dosimeter.dicom.uids import EXPLICIT_VR_LE

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

LEVELS: Final = frozenset(("PATIENT", "STUDY", "SERIES", "IMAGE"))

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
HASH_LENGTH: Final = 16
"""128 bits: among a billion studies two share one with a chance of 1 in 10^21."""


@dataclass(frozen=True, slots=True)
class IdentifierSeen:
    """What was learnt of one answer. No field can hold a patient's value.

    ``study`` is the keyed hash of the StudyInstanceUID, None if that is absent or empty. A count is
    None if absent or not one to ten ASCII digits; ``implausible`` names the counts that were the
    latter. ``well_formed`` is false if the walk met a length, an order or a depth that cannot be; what
    was read before that stands.
    """

    well_formed: bool
    study: bytes | None = None
    query_level: str | None = None
    modalities: tuple[str, ...] = ()
    patient_related_studies: int | None = None
    patient_related_series: int | None = None
    patient_related_instances: int | None = None
    study_related_series: int | None = None
    study_related_instances: int | None = None
    series_related_instances: int | None = None
    implausible: tuple[str, ...] = ()


def parse_count(value: bytes) -> int | None:
    """An IS value of one to ten ASCII digits, spaces and NULs around it aside; None otherwise.

    Never ``int()`` on what a peer wrote: signs, underscores, exponents and other scripts' digits are
    numbers to Python.
    """
    digits = value.strip(b" \0")
    if 0 < len(digits) <= MAX_COUNT_DIGITS and digits.isdigit():
        return int(digits)
    return None


def walk_identifier(data: bytes, transfer_syntax_uid: str, key: bytes) -> IdentifierSeen:
    """Step over an identifier once, reading what the allow-list names. Never fails.

    ``key`` is 16 to 64 bytes, in memory only; equal studies have equal hashes under one key.
    """
    found: dict[int, bytes] = {}
    well_formed = ElementWalk(data, explicit=transfer_syntax_uid == EXPLICIT_VR_LE).read_into(found, _WANTED)
    implausible: list[str] = []
    uid = found.get(_STUDY, b"").strip(b" \0")
    level = found.get(_LEVEL, b"").strip(b" \0").decode("latin-1")
    return IdentifierSeen(
        well_formed=well_formed,
        study=hashlib.blake2b(uid, digest_size=HASH_LENGTH, key=key).digest() if uid else None,
        query_level=level if level in LEVELS else None,
        modalities=modalities_of(found.get(_MODALITIES, b"")),
        patient_related_studies=_count(found, 0x00201200, implausible),
        patient_related_series=_count(found, 0x00201202, implausible),
        patient_related_instances=_count(found, 0x00201204, implausible),
        study_related_series=_count(found, 0x00201206, implausible),
        study_related_instances=_count(found, 0x00201208, implausible),
        series_related_instances=_count(found, 0x00201209, implausible),
        implausible=tuple(implausible),
    )


def _count(found: dict[int, bytes], tag: int, implausible: list[str]) -> int | None:
    value = found.get(tag, b"").strip(b" \0")
    if not value:
        return None
    count = parse_count(value)
    if count is None:
        implausible.append(_NAMES[tag])
    return count


def modalities_of(value: bytes) -> tuple[str, ...]:
    """The defined terms in a value of ModalitiesInStudy, each once; whatever else it holds is dropped."""
    if len(value) > _MAX_MODALITIES_LENGTH:
        return ()
    terms = {term.strip(" \0") for term in value.decode("latin-1").split("\\")}
    return tuple(sorted(terms & MODALITIES))


def _key_of(group: int, element: int) -> int:
    return group << 16 | element


_NAMES: Final = {_key_of(*tag): name for tag, name in ALLOWED_ATTRIBUTES.items()}
_STUDY: Final = _key_of(0x0020, 0x000D)
_LEVEL: Final = _key_of(0x0008, 0x0052)
_MODALITIES: Final = _key_of(0x0008, 0x0061)
_WANTED: Final = frozenset((*_NAMES, _STUDY))
_MAX_MODALITIES_LENGTH: Final = 1024
