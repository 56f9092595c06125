"""Identifiers of counting queries: a unique key, closed ranges, and nothing that names a person."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

from dosimeter.dicom.errors import LocalProtocolError
from dosimeter.dicom.uids import EXPLICIT_VR_LE, IMPLICIT_VR_LE


class CountLevel(Enum):
    """What one row stands for, and the unique key that tells rows apart (PS3.4 Tables C.6-1 to C.6-5)."""

    PATIENT = "PATIENT"
    STUDY = "STUDY"
    SERIES = "SERIES"
    IMAGE = "IMAGE"
    WORKLIST = ""
    """A scheduled procedure step (PS3.4 K.6): it has no level."""


@dataclass(frozen=True, slots=True)
class CountKeys:
    """One counting question. Ranges are closed on both ends; ``times`` are seconds of the day.

    ``modality`` asks for studies that hold it. ``patient_ending`` asks for PatientIDs that end so: one to
    three characters, so that no question holds an identifier. ``patient_root``: the question goes to the
    Patient Root, whose unique key is then asked back as well (PS3.4 C.4.1.2.1).
    With ``counters`` the NumberOf… attributes of the level, ModalitiesInStudy and PatientID are asked
    back beside the unique key.
    """

    level: CountLevel
    dates: tuple[date, date] | None = None
    times: tuple[int, int] | None = None
    modality: str | None = None
    counters: bool = False
    patient_ending: str | None = None
    patient_root: bool = False


SOP_INSTANCE_UID: Final = 0x00080018
STUDY_DATE: Final = 0x00080020
STUDY_TIME: Final = 0x00080030
QUERY_RETRIEVE_LEVEL: Final = 0x00080052
MODALITY: Final = 0x00080060
MODALITIES_IN_STUDY: Final = 0x00080061
PATIENT_ID: Final = 0x00100020
STUDY_INSTANCE_UID: Final = 0x0020000D
SERIES_INSTANCE_UID: Final = 0x0020000E
STEP_START_DATE: Final = 0x00400002
STEP_START_TIME: Final = 0x00400003
STEP_ID: Final = 0x00400009
STEP_SEQUENCE: Final = 0x00400100

WHOLE_IDENTIFIER: Final = 0
"""Stands where a tag stands: a scheduled step has no unique key, so the whole of its row is one."""

COUNTER_TAGS: Final[dict[CountLevel, tuple[int, ...]]] = {
    CountLevel.PATIENT: (0x00201200, 0x00201202, 0x00201204),
    CountLevel.STUDY: (0x00201206, 0x00201208),
    CountLevel.SERIES: (0x00201209,),
    CountLevel.IMAGE: (),
    CountLevel.WORKLIST: (),
}
"""NumberOf… attributes of each level (PS3.4 Tables C.6-1 to C.6-4): asked back with ``counters``."""

UNIQUE_KEYS: Final[dict[CountLevel, int]] = {
    CountLevel.PATIENT: PATIENT_ID,
    CountLevel.STUDY: STUDY_INSTANCE_UID,
    CountLevel.SERIES: SERIES_INSTANCE_UID,
    CountLevel.IMAGE: SOP_INSTANCE_UID,
    CountLevel.WORKLIST: WHOLE_IDENTIFIER,
}
"""What tells the rows of a level apart."""

_STANDS_FOR_A_PARENT: Final = {CountLevel.IMAGE: frozenset((SERIES_INSTANCE_UID,))}
"""Asked back for some archives alone, which refuse the question without it."""

_SECONDS_OF_A_DAY: Final = 86_400
_END_OF_A_DAY: Final = "235960"
"""The leap second (PS3.5 Table 6.2-1, TM): later than all fractions of the second before."""
_MODALITY: Final = re.compile(r"[A-Z0-9]{1,16}")
_PATIENT_ENDING: Final = re.compile(r"[-0-9A-Za-z_./:#+=,;()@&^ ]{0,2}[-0-9A-Za-z_./:#+=,;()@&^]")
_TAG: Final = struct.Struct("<HH")
_LENGTH: Final = struct.Struct("<I")
_SHORT_LENGTH: Final = struct.Struct("<H")
_ITEM: Final = 0xFFFEE000
_VRS: Final = {
    **dict.fromkeys((SOP_INSTANCE_UID, STUDY_INSTANCE_UID, SERIES_INSTANCE_UID), b"UI"),
    **dict.fromkeys((STUDY_DATE, STEP_START_DATE), b"DA"),
    **dict.fromkeys((STUDY_TIME, STEP_START_TIME), b"TM"),
    **dict.fromkeys((QUERY_RETRIEVE_LEVEL, MODALITY, MODALITIES_IN_STUDY), b"CS"),
    PATIENT_ID: b"LO",
    STEP_ID: b"SH",
    **{tag: b"IS" for tags in COUNTER_TAGS.values() for tag in tags},
}


def count_identifier(keys: CountKeys, transfer_syntax_uid: str) -> bytes:
    """The identifier of a counting C-FIND, elements in ascending order (PS3.5 §7.1).

    A range of times begins as short as it can be written and takes the whole of its last second in: some
    archives compare text, and hold times of hours or minutes alone. At SERIES and IMAGE level the
    unique keys of the levels above are there, and empty (PS3.4 C.4.1.2.2.2): without them some archives
    refuse the question. Of a worklist the dates,
    times and modality are those of the scheduled step, and ``counters`` ask nothing more.

    Raises:
        LocalProtocolError: the transfer syntax is not implicit or explicit VR little endian, a range
            ends before it begins or is not within a day, or a modality is none.
    """
    if transfer_syntax_uid not in {IMPLICIT_VR_LE, EXPLICIT_VR_LE}:
        raise LocalProtocolError("identifiers are written in implicit or explicit VR little endian alone")
    explicit = transfer_syntax_uid == EXPLICIT_VR_LE
    if keys.level is CountLevel.WORKLIST:
        return _worklist_identifier(keys, explicit=explicit)
    wanted = dict(_keys_of_level(keys))
    if keys.dates is not None:
        wanted[STUDY_DATE] = _date_range(keys.dates)
    if keys.times is not None:
        wanted[STUDY_TIME] = _time_range(keys.times)
    if keys.modality is not None:
        wanted[MODALITIES_IN_STUDY] = _modality(keys.modality)
    if keys.patient_ending is not None:
        wanted[PATIENT_ID] = _patient_pattern(keys.patient_ending)
    return _elements(wanted, explicit=explicit)


def asked_back(level: CountLevel, *, counters: bool) -> frozenset[int]:
    """Tags whose values a count of this level takes from a row: hashed, or on the allow-list."""
    if level is CountLevel.WORKLIST:
        return frozenset((WHOLE_IDENTIFIER, STUDY_INSTANCE_UID))
    asked = {tag for tag, _ in _keys_of_level(CountKeys(level, counters=counters))}
    return frozenset(asked - _STANDS_FOR_A_PARENT.get(level, frozenset()) - {QUERY_RETRIEVE_LEVEL})


def _keys_of_level(keys: CountKeys) -> Iterator[tuple[int, str]]:
    level = keys.level
    yield QUERY_RETRIEVE_LEVEL, level.value
    yield UNIQUE_KEYS[level], ""
    if level in {CountLevel.SERIES, CountLevel.IMAGE}:
        yield STUDY_INSTANCE_UID, ""
    if level is CountLevel.IMAGE:
        yield SERIES_INSTANCE_UID, ""
    if keys.patient_root:
        yield PATIENT_ID, ""
    if keys.counters:
        if level is CountLevel.STUDY:
            yield MODALITIES_IN_STUDY, ""
            yield PATIENT_ID, ""
        for tag in COUNTER_TAGS[level]:
            yield tag, ""


def _worklist_identifier(keys: CountKeys, *, explicit: bool) -> bytes:
    step = {
        STEP_START_DATE: "" if keys.dates is None else _date_range(keys.dates),
        STEP_ID: "",
    }
    if keys.times is not None:
        step[STEP_START_TIME] = _time_range(keys.times)
    if keys.modality is not None:
        step[MODALITY] = _modality(keys.modality)
    item = _elements(step, explicit=explicit)
    item = _tag(_ITEM) + _LENGTH.pack(len(item)) + item
    vr = b"SQ\0\0" if explicit else b""
    sequence = _tag(STEP_SEQUENCE) + vr + _LENGTH.pack(len(item)) + item
    return _elements({STUDY_INSTANCE_UID: ""}, explicit=explicit) + sequence


def _elements(values: dict[int, str], *, explicit: bool) -> bytes:
    return b"".join(_element(tag, values[tag], explicit=explicit) for tag in sorted(values))


def _element(tag: int, text: str, *, explicit: bool) -> bytes:
    vr = _VRS[tag]
    value = text.encode("ascii")
    if len(value) % 2:
        value += b"\0" if vr == b"UI" else b" "
    length = vr + _SHORT_LENGTH.pack(len(value)) if explicit else _LENGTH.pack(len(value))
    return _tag(tag) + length + value


def _tag(tag: int) -> bytes:
    return _TAG.pack(tag >> 16, tag & 0xFFFF)


def _date_range(dates: tuple[date, date]) -> str:
    first, last = dates
    if first > last:
        raise LocalProtocolError("a range of dates ends before it begins")
    return f"{_date(first)}-{_date(last)}"


def _date(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def _time_range(times: tuple[int, int]) -> str:
    first, last = times
    if not 0 <= first <= last < _SECONDS_OF_A_DAY:
        raise LocalProtocolError("a range of times is within one day, and ends no earlier than it begins")
    end = _END_OF_A_DAY if last == _SECONDS_OF_A_DAY - 1 else f"{_time(last)}.999999"
    return f"{_time(first).removesuffix('00').removesuffix('00')}-{end}"


def _time(second: int) -> str:
    return f"{second // 3600:02}{second // 60 % 60:02}{second % 60:02}"


def _patient_pattern(ending: str) -> str:
    if not _PATIENT_ENDING.fullmatch(ending):
        raise LocalProtocolError("the ending of a PatientID is 1 to 3 letters, digits or signs")
    return "*" + ending


def _modality(modality: str) -> str:
    if not _MODALITY.fullmatch(modality):
        raise LocalProtocolError("a modality is 1 to 16 capital letters and digits")
    return modality
