"""The one question that asks for what names a person, and what of each value is looked at (touch sample).

Who may ask it is decided by the scope: a touch of its own, and a second person named (DESIGN §4).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from dosimeter.dicom.errors import LocalProtocolError
from dosimeter.dicom.uids import EXPLICIT_VR_LE, IMPLICIT_VR_LE

if TYPE_CHECKING:
    from datetime import date


MAX_ANSWERS: Final = 20
"""Answers of one endpoint that are looked at, in all (DESIGN §4)."""


class Reading(Enum):
    """What is looked for in a value beside whether it is filled."""

    NAME = "name"
    """PN: whether there is a given name, which is the second component (PS3.5 §6.2.1)."""
    DATE = "date"
    IDENTIFIER = "identifier"
    """Whether it has the shape of a number that a state gives to people."""
    TEXT = "text"
    NUMBER = "number"
    """A count: filled or not, and no more."""


@dataclass(frozen=True, slots=True)
class SampledKey:
    """An attribute that is asked for. ``is_listed``: PS3.4 Table C.6-5 names it, so archives know it."""

    tag: int
    keyword: str
    vr: bytes
    reading: Reading
    is_listed: bool = False


STUDY_DATE: Final = 0x00080020
PATIENT_ID: Final = 0x00100020
OTHER_PATIENT_IDS_SEQUENCE: Final = 0x00101002

SAMPLED_KEYS: Final = (
    SampledKey(STUDY_DATE, "StudyDate", b"DA", Reading.DATE, is_listed=True),
    SampledKey(0x00080050, "AccessionNumber", b"SH", Reading.IDENTIFIER, is_listed=True),
    SampledKey(0x00080080, "InstitutionName", b"LO", Reading.TEXT),
    SampledKey(0x00080090, "ReferringPhysicianName", b"PN", Reading.NAME, is_listed=True),
    SampledKey(0x00081030, "StudyDescription", b"LO", Reading.TEXT, is_listed=True),
    SampledKey(0x00100010, "PatientName", b"PN", Reading.NAME, is_listed=True),
    SampledKey(PATIENT_ID, "PatientID", b"LO", Reading.IDENTIFIER, is_listed=True),
    SampledKey(0x00100030, "PatientBirthDate", b"DA", Reading.DATE, is_listed=True),
    SampledKey(0x00101000, "OtherPatientIDs", b"LO", Reading.IDENTIFIER),
    SampledKey(OTHER_PATIENT_IDS_SEQUENCE, "OtherPatientIDsSequence", b"SQ", Reading.IDENTIFIER),
    SampledKey(0x00101040, "PatientAddress", b"LO", Reading.TEXT),
    SampledKey(0x00102154, "PatientTelephoneNumbers", b"SH", Reading.TEXT),
    SampledKey(0x001021B0, "AdditionalPatientHistory", b"LT", Reading.TEXT, is_listed=True),
    SampledKey(0x00104000, "PatientComments", b"LT", Reading.TEXT, is_listed=True),
    SampledKey(0x00201208, "NumberOfStudyRelatedInstances", b"IS", Reading.NUMBER, is_listed=True),
    SampledKey(0x00204000, "ImageComments", b"LT", Reading.TEXT),
    SampledKey(0x00321060, "RequestedProcedureDescription", b"LO", Reading.TEXT),
    SampledKey(0x00324000, "StudyComments", b"LT", Reading.TEXT),
    SampledKey(0x4008010B, "InterpretationText", b"ST", Reading.TEXT),
)
"""In ascending order of their tags (PS3.5 §7.1). Comments, histories and InterpretationText are where report
text is found outside of structured reports; an archive may return them at STUDY level, and need not."""

GIVEN_NAME: Final = "PatientGivenName"
"""No attribute of its own: the second component of PatientName, told apart as the study of 2019 did."""
NATIONAL_NUMBER: Final = "LooksLikeNationalNumber"
"""No attribute at all: an answer in which some identifier has the shape of one (sample_values.SHAPES)."""

SAMPLED_NAMES: Final = (*(key.keyword for key in SAMPLED_KEYS), GIVEN_NAME, NATIONAL_NUMBER)
"""What fill rates are kept of, in this order."""
PLACES: Final = {name: place for place, name in enumerate(SAMPLED_NAMES)}

_QUERY_RETRIEVE_LEVEL: Final = 0x00080052
_STUDY_INSTANCE_UID: Final = 0x0020000D
_TAG: Final = struct.Struct("<HH")
_LENGTH: Final = struct.Struct("<I")
_SHORT_LENGTH: Final = struct.Struct("<H")


@dataclass(frozen=True, slots=True)
class SampleKeys:
    """One sampling question: studies of a closed range of dates, both ends included.

    With ``listed_only`` the attributes that PS3.4 Table C.6-5 does not name are left out: some archives
    refuse a question that has others.
    """

    dates: tuple[date, date]
    listed_only: bool = False


def sampled(*, listed_only: bool = False) -> tuple[SampledKey, ...]:
    """The attributes that are asked for."""
    return tuple(key for key in SAMPLED_KEYS if key.is_listed or not listed_only)


def sample_identifier(keys: SampleKeys, transfer_syntax_uid: str) -> bytes:
    """The identifier of a sampling C-FIND at STUDY level: the range of dates, all other keys empty.

    Raises:
        LocalProtocolError: the transfer syntax is not implicit or explicit VR little endian, or the
            range ends before it begins.
    """
    if transfer_syntax_uid not in {IMPLICIT_VR_LE, EXPLICIT_VR_LE}:
        raise LocalProtocolError("identifiers are written in implicit or explicit VR little endian alone")
    first, last = keys.dates
    if first > last:
        raise LocalProtocolError("a range of dates ends before it begins")
    asked = {key.tag: (key.vr, b"") for key in sampled(listed_only=keys.listed_only)}
    asked[STUDY_DATE] = (b"DA", f"{_written(first)}-{_written(last)} ".encode("ascii"))
    asked[_QUERY_RETRIEVE_LEVEL] = (b"CS", b"STUDY ")
    asked[_STUDY_INSTANCE_UID] = (b"UI", b"")
    explicit = transfer_syntax_uid == EXPLICIT_VR_LE
    return b"".join(_element(tag, *asked[tag], explicit=explicit) for tag in sorted(asked))


def sample_query_string() -> str:
    """The same question to QIDO-RS (PS3.18 §10.6): the query of its path.

    It names no date: ``limit`` bounds the answer, and what Table 10.6.3-3 makes every server return comes
    unasked.
    """
    fields = ",".join(f"{key.tag:08X}" for key in SAMPLED_KEYS if key.keyword not in RETURNED_UNASKED)
    return f"limit={MAX_ANSWERS}&includefield={fields}"


RETURNED_UNASKED: Final = frozenset(
    (
        "StudyDate",
        "AccessionNumber",
        "ReferringPhysicianName",
        "PatientName",
        "PatientID",
        "PatientBirthDate",
        "NumberOfStudyRelatedInstances",
    )
)
"""Of the sampled attributes those that every QIDO-RS answer has (PS3.18 Table 10.6.3-3)."""


def _element(tag: int, vr: bytes, value: bytes, *, explicit: bool) -> bytes:
    head = _TAG.pack(tag >> 16, tag & 0xFFFF)
    value += b" " * (len(value) % 2)
    if not explicit:
        return head + _LENGTH.pack(len(value)) + value
    if vr == b"SQ":
        return head + vr + b"\0\0" + _LENGTH.pack(len(value)) + value
    return head + vr + _SHORT_LENGTH.pack(len(value)) + value


def _written(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"
