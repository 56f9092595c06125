"""Identifiers of null queries and null retrieves: what they may hold is DESIGN §3, and nothing else.

A made-up UID goes in; none of these matches anything in a conformant archive.
"""

from __future__ import annotations

import struct
from typing import Final

from dosimeter.dicom.errors import LocalProtocolError
from dosimeter.dicom.uids import (
    EXPLICIT_VR_LE,
    GET_CLASSES,
    IMPLICIT_VR_LE,
    STUDY_ROOT_GET,
    fresh_uid,
)

IMPOSSIBLE_DATE: Final = "18000101"
"""Valid wherever a date is checked, before any archive, and not one of the dates (1900-01-01) that some
archives write when they have none."""

_QUERY_RETRIEVE_LEVEL: Final = (0x0008, 0x0052)
_PATIENT_ID: Final = (0x0010, 0x0020)
_STUDY_INSTANCE_UID: Final = (0x0020, 0x000D)
_SCHEDULED_STEP_SEQUENCE: Final = (0x0040, 0x0100)
_SCHEDULED_STEP_START_DATE: Final = (0x0040, 0x0002)
_SCHEDULED_STEP_ID: Final = (0x0040, 0x0009)
_ITEM: Final = struct.pack("<HH", 0xFFFE, 0xE000)

_EXPLICIT: Final = struct.Struct("<HH2sH")
_EXPLICIT_SEQUENCE: Final = struct.Struct("<HH2sxxI")
_IMPLICIT: Final = struct.Struct("<HHI")
_ITEM_LENGTH: Final = struct.Struct("<I")


def null_study_query(uid: str, transfer_syntax_uid: str) -> bytes:
    """C-FIND at STUDY level for one StudyInstanceUID, made up by the caller, and no other key.

    Raises:
        LocalProtocolError: the transfer syntax is not implicit or explicit VR little endian.
    """
    explicit = _is_explicit(transfer_syntax_uid)
    level = _element(_QUERY_RETRIEVE_LEVEL, b"CS", b"STUDY ", explicit=explicit)
    return level + _element(_STUDY_INSTANCE_UID, b"UI", _padded(uid, b"\0"), explicit=explicit)


def null_patient_query(patient_id: str, transfer_syntax_uid: str) -> bytes:
    """C-FIND at PATIENT level for one PatientID, made up by the caller, and no other key.

    Raises:
        LocalProtocolError: the transfer syntax is not implicit or explicit VR little endian.
    """
    explicit = _is_explicit(transfer_syntax_uid)
    level = _element(_QUERY_RETRIEVE_LEVEL, b"CS", b"PATIENT ", explicit=explicit)
    return level + _element(_PATIENT_ID, b"LO", _padded(patient_id, b" "), explicit=explicit)


def null_worklist_query(transfer_syntax_uid: str) -> bytes:
    """C-FIND for procedure steps scheduled on an impossible date (PS3.4 K.6).

    The one key asked back is the step's identifier, which every worklist must return.

    Raises:
        LocalProtocolError: the transfer syntax is not implicit or explicit VR little endian.
    """
    explicit = _is_explicit(transfer_syntax_uid)
    date = _element(_SCHEDULED_STEP_START_DATE, b"DA", IMPOSSIBLE_DATE.encode("ascii"), explicit=explicit)
    step = date + _element(_SCHEDULED_STEP_ID, b"SH", b"", explicit=explicit)
    item = _ITEM + _ITEM_LENGTH.pack(len(step)) + step
    if explicit:
        return _EXPLICIT_SEQUENCE.pack(*_SCHEDULED_STEP_SEQUENCE, b"SQ", len(item)) + item
    return _IMPLICIT.pack(*_SCHEDULED_STEP_SEQUENCE, len(item)) + item


def null_retrieve(sop_class_uid: str, transfer_syntax_uid: str) -> bytes:
    """C-GET of a study (Study Root) or patient (Patient Root) made up here and now.

    Raises:
        LocalProtocolError: another SOP class, or another transfer syntax than implicit or explicit VR
            little endian.
    """
    if sop_class_uid not in GET_CLASSES:
        raise LocalProtocolError("a null retrieve is a C-GET on Study Root or Patient Root")
    if sop_class_uid == STUDY_ROOT_GET:
        return null_study_query(fresh_uid(), transfer_syntax_uid)
    return null_patient_query(fresh_uid(), transfer_syntax_uid)


def _is_explicit(transfer_syntax_uid: str) -> bool:
    if transfer_syntax_uid not in {IMPLICIT_VR_LE, EXPLICIT_VR_LE}:
        raise LocalProtocolError("identifiers are written in implicit or explicit VR little endian alone")
    return transfer_syntax_uid == EXPLICIT_VR_LE


def _element(tag: tuple[int, int], vr: bytes, value: bytes, *, explicit: bool) -> bytes:
    if explicit:
        return _EXPLICIT.pack(*tag, vr, len(value)) + value
    return _IMPLICIT.pack(*tag, len(value)) + value


def _padded(text: str, padding: bytes) -> bytes:
    value = text.encode("ascii")
    return value + padding * (len(value) % 2)
