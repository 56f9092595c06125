"""Well-known UIDs (PS3.6 Annex A), and our own."""

from __future__ import annotations

import os
from typing import Final

APPLICATION_CONTEXT: Final = "1.2.840.10008.3.1.1.1"

IMPLICIT_VR_LE: Final = "1.2.840.10008.1.2"
EXPLICIT_VR_LE: Final = "1.2.840.10008.1.2.1"

VERIFICATION: Final = "1.2.840.10008.1.1"
STORAGE_COMMITMENT_PUSH: Final = "1.2.840.10008.1.20.1"
PATIENT_ROOT_FIND: Final = "1.2.840.10008.5.1.4.1.2.1.1"
PATIENT_ROOT_GET: Final = "1.2.840.10008.5.1.4.1.2.1.3"
STUDY_ROOT_FIND: Final = "1.2.840.10008.5.1.4.1.2.2.1"
STUDY_ROOT_GET: Final = "1.2.840.10008.5.1.4.1.2.2.3"
MODALITY_WORKLIST_FIND: Final = "1.2.840.10008.5.1.4.31"

CT_IMAGE_STORAGE: Final = "1.2.840.10008.5.1.4.1.1.2"
ENHANCED_CT_IMAGE_STORAGE: Final = "1.2.840.10008.5.1.4.1.1.2.1"
MR_IMAGE_STORAGE: Final = "1.2.840.10008.5.1.4.1.1.4"
COMPUTED_RADIOGRAPHY_STORAGE: Final = "1.2.840.10008.5.1.4.1.1.1"
DIGITAL_X_RAY_STORAGE: Final = "1.2.840.10008.5.1.4.1.1.1.1"
MAMMOGRAPHY_STORAGE: Final = "1.2.840.10008.5.1.4.1.1.1.2"
ULTRASOUND_STORAGE: Final = "1.2.840.10008.5.1.4.1.1.6.1"
SECONDARY_CAPTURE_STORAGE: Final = "1.2.840.10008.5.1.4.1.1.7"
X_RAY_ANGIOGRAPHIC_STORAGE: Final = "1.2.840.10008.5.1.4.1.1.12.1"
PET_IMAGE_STORAGE: Final = "1.2.840.10008.5.1.4.1.1.128"
BASIC_TEXT_SR_STORAGE: Final = "1.2.840.10008.5.1.4.1.1.88.11"
ENCAPSULATED_PDF_STORAGE: Final = "1.2.840.10008.5.1.4.1.1.104.1"

STORAGE_SPREAD: Final = (
    CT_IMAGE_STORAGE,
    ENHANCED_CT_IMAGE_STORAGE,
    MR_IMAGE_STORAGE,
    COMPUTED_RADIOGRAPHY_STORAGE,
    DIGITAL_X_RAY_STORAGE,
    MAMMOGRAPHY_STORAGE,
    ULTRASOUND_STORAGE,
    SECONDARY_CAPTURE_STORAGE,
    X_RAY_ANGIOGRAPHIC_STORAGE,
    PET_IMAGE_STORAGE,
    BASIC_TEXT_SR_STORAGE,
    ENCAPSULATED_PDF_STORAGE,
)
"""Storage classes of many modalities: which are accepted shows what strangers may store."""

FIND_CLASSES: Final = frozenset((STUDY_ROOT_FIND, PATIENT_ROOT_FIND, MODALITY_WORKLIST_FIND))
GET_CLASSES: Final = frozenset((STUDY_ROOT_GET, PATIENT_ROOT_GET))

IMPLEMENTATION_CLASS_UID: Final = "2.25.81703144564990356772417667388601540033"
"""Ours, in every A-ASSOCIATE-RQ: whoever finds it in a log can look up what asked."""
IMPLEMENTATION_VERSION_NAME: Final = "DOSIMETER_010"
"""At most 16 characters (PS3.7 D.3.3.2)."""

_NAMES: Final = {
    APPLICATION_CONTEXT: "DICOM application context",
    IMPLICIT_VR_LE: "Implicit VR little endian",
    EXPLICIT_VR_LE: "Explicit VR little endian",
    VERIFICATION: "Verification",
    STORAGE_COMMITMENT_PUSH: "Storage Commitment Push Model",
    PATIENT_ROOT_FIND: "Patient Root query (C-FIND)",
    PATIENT_ROOT_GET: "Patient Root retrieve (C-GET)",
    STUDY_ROOT_FIND: "Study Root query (C-FIND)",
    STUDY_ROOT_GET: "Study Root retrieve (C-GET)",
    MODALITY_WORKLIST_FIND: "Modality Worklist query (C-FIND)",
    CT_IMAGE_STORAGE: "CT Image Storage",
    ENHANCED_CT_IMAGE_STORAGE: "Enhanced CT Image Storage",
    MR_IMAGE_STORAGE: "MR Image Storage",
    COMPUTED_RADIOGRAPHY_STORAGE: "Computed Radiography Image Storage",
    DIGITAL_X_RAY_STORAGE: "Digital X-Ray Image Storage, for presentation",
    MAMMOGRAPHY_STORAGE: "Digital Mammography X-Ray Image Storage, for presentation",
    ULTRASOUND_STORAGE: "Ultrasound Image Storage",
    SECONDARY_CAPTURE_STORAGE: "Secondary Capture Image Storage",
    X_RAY_ANGIOGRAPHIC_STORAGE: "X-Ray Angiographic Image Storage",
    PET_IMAGE_STORAGE: "Positron Emission Tomography Image Storage",
    BASIC_TEXT_SR_STORAGE: "Basic Text SR Storage",
    ENCAPSULATED_PDF_STORAGE: "Encapsulated PDF Storage",
}


def name_of(uid: str) -> str:
    """The name of a well-known UID for a report; the UID itself where it is not on our list."""
    return _NAMES.get(uid, uid)


def fresh_uid() -> str:
    """A UID that no object has: 2.25 and a random UUID as a number (PS3.5 B.2)."""
    number = int.from_bytes(os.urandom(16), "big")
    return f"2.25.{number & _UUID_RANDOM | _UUID_VERSION_4}"


_UUID_RANDOM: Final = ~(0xF000 << 64 | 0xC000 << 48)
_UUID_VERSION_4: Final = 0x4000 << 64 | 0x8000 << 48
"""The fixed bits of a random UUID (RFC 9562 §5.4); the uuid module takes twice as long for the same."""
