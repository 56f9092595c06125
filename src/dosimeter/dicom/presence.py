"""Walks an identifier without decoding it: what is allowed to be known of an answer, and no more.

Read are attributes that PS3.15 Table E.1-1 does not list, on a short allow-list, and a keyed hash of
the bytes of StudyInstanceUID, which is listed and is never kept. Everything else is stepped over.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import Final

from dosimeter.dicom.limits import MAX_SEQUENCE_DEPTH
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

HASHED_ATTRIBUTES: Final = {(0x0020, 0x000D): "StudyInstanceUID"}
"""Attributes whose bytes go into a keyed hash."""

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
    well_formed = _Walk(data, explicit=transfer_syntax_uid == EXPLICIT_VR_LE).read_into(found)
    implausible: list[str] = []
    uid = found.get(_STUDY, b"").strip(b" \0")
    level = found.get(_LEVEL, b"").strip(b" \0").decode("latin-1")
    return IdentifierSeen(
        well_formed=well_formed,
        study=hashlib.blake2b(uid, digest_size=HASH_LENGTH, key=key).digest() if uid else None,
        query_level=level if level in LEVELS else None,
        modalities=_modalities(found.get(_MODALITIES, b"")),
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


def _modalities(value: bytes) -> tuple[str, ...]:
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
_LAST_WANTED: Final = max(_WANTED)
_MAX_MODALITIES_LENGTH: Final = 1024

_IMPLICIT: Final = struct.Struct("<HHI")
_EXPLICIT: Final = struct.Struct("<HH2sH")
_LONG_LENGTH: Final = struct.Struct("<I")
_LONG_VRS: Final = frozenset(
    (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
)
"""VRs with a four-byte length in explicit VR (PS3.5 Table 7.1-1)."""
_UNDEFINED: Final = 0xFFFFFFFF
_HEADER_LENGTH: Final = 8
_LONG_HEADER_LENGTH: Final = 12
_DELIMITERS: Final = 0xFFFE
_ITEM: Final = 0xE000
_ITEM_END: Final = 0xE00D
_SEQUENCE_END: Final = 0xE0DD


class _Walk:
    """One pass, no recursion: each step moves forward by at least a header."""

    __slots__ = ("_data", "_end", "_explicit", "_position")

    def __init__(self, data: bytes, *, explicit: bool) -> None:
        self._data = data
        self._end = len(data)
        self._explicit = explicit
        self._position = 0

    def read_into(self, found: dict[int, bytes]) -> bool:
        """Gather the wanted values; whether the bytes walked are well formed.

        It stops after the last wanted tag: elements are in ascending order (PS3.5 §7.1).
        """
        previous = -1
        while self._position < self._end:
            header = self._next_header()
            if header is None:
                return False
            group, element, length = header
            tag = group << 16 | element
            if tag <= previous:
                return False
            if tag > _LAST_WANTED:
                return True
            previous = tag
            if length == _UNDEFINED:
                if not self._skip_sequence():
                    return False
                continue
            end = self._position + length
            if end > self._end:
                return False
            if tag in _WANTED:
                found[tag] = self._data[self._position : end]
            self._position = end
        return True

    def _next_header(self) -> tuple[int, int, int] | None:
        """Group, element and length; the position is then at the value."""
        position = self._position
        value = position + _HEADER_LENGTH
        if value > self._end:
            return None
        group: int
        element: int
        length: int
        if not self._explicit:
            group, element, length = _IMPLICIT.unpack_from(self._data, position)
        else:
            group, element, vr, length = _EXPLICIT.unpack_from(self._data, position)
            if group == _DELIMITERS:
                (length,) = _LONG_LENGTH.unpack_from(self._data, position + 4)
            elif vr in _LONG_VRS:
                value = position + _LONG_HEADER_LENGTH
                if value > self._end:
                    return None
                (length,) = _LONG_LENGTH.unpack_from(self._data, position + _HEADER_LENGTH)
        self._position = value
        return group, element, length

    def _skip_sequence(self) -> bool:
        """Step over a sequence of undefined length and whatever it nests; the position is in it.

        ``inside_item`` says for each open level whether an item of undefined length is open in it.
        """
        inside_item = [False]
        while inside_item:
            header = self._next_header()
            if header is None:
                return False
            group, element, length = header
            if group == _DELIMITERS:
                if not self._delimiter(element, length, inside_item):
                    return False
            elif not inside_item[-1]:
                return False
            elif length == _UNDEFINED:
                inside_item.append(False)
                if len(inside_item) > MAX_SEQUENCE_DEPTH:
                    return False
            else:
                self._position += length
                if self._position > self._end:
                    return False
        return True

    def _delimiter(self, element: int, length: int, inside_item: list[bool]) -> bool:
        if element == _ITEM and not inside_item[-1]:
            if length == _UNDEFINED:
                inside_item[-1] = True
                return True
            self._position += length
            return self._position <= self._end
        if element == _ITEM_END and inside_item[-1]:
            inside_item[-1] = False
            return True
        if element == _SEQUENCE_END and not inside_item[-1]:
            inside_item.pop()
            return True
        return False
