"""Rows in which everything but what may be known is a canary: every VR, every character set, nested too."""

from __future__ import annotations

import random
import secrets
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from tests.privacy.canaries import byte_forms, forms, number, text_forms, word

UID_ROOT: Final = "1.3.9973."
"""No other UID in the world begins so: the root alone, in a file, is a leak."""

CHARACTER_SETS: Final = (
    ("", "ascii"),
    ("ISO_IR 100", "latin-1"),
    ("ISO_IR 101", "iso8859_2"),
    ("ISO_IR 109", "iso8859_3"),
    ("ISO_IR 110", "iso8859_4"),
    ("ISO_IR 144", "iso8859_5"),
    ("ISO_IR 127", "iso8859_6"),
    ("ISO_IR 126", "iso8859_7"),
    ("ISO_IR 138", "iso8859_8"),
    ("ISO_IR 148", "iso8859_9"),
    ("ISO_IR 203", "iso8859_15"),
    ("ISO_IR 13", "shift_jis"),
    ("ISO_IR 166", "tis_620"),
    ("\\ISO 2022 IR 87", "iso2022_jp"),
    ("\\ISO 2022 IR 159", "iso2022_jp_2"),
    ("\\ISO 2022 IR 149", "euc_kr"),
    ("\\ISO 2022 IR 58", "gb2312"),
    ("ISO_IR 192", "utf-8"),
    ("GB18030", "gb18030"),
    ("GBK", "gbk"),
)
"""Specific Character Set and its codec (PS3.3 C.12.1.1.2)."""

_LETTERS: Final = 8
_MOST_LETTERS: Final = 512
_SCRIPTS: Final = (range(0xA1, 0x700), range(0xE01, 0xE2F), range(0xFF66, 0xFF9E), range(0x4E00, 0x5E00))
_HANGUL: Final = range(0xAC00, 0xB000)

_TEXT_VRS: Final = (b"LO", b"LT", b"PN", b"SH", b"ST", b"UC", b"UT")
_WORD_VRS: Final = (b"AE", b"AS", b"CS", b"UR")
_DIGIT_VRS: Final = {b"DA": 8, b"DS": 16, b"DT": 14, b"IS": 12, b"TM": 12}
_NUMBER_VRS: Final = {
    b"AT": "<H",
    b"FD": "<d",
    b"FL": "<f",
    b"SL": "<i",
    b"SS": "<h",
    b"SV": "<q",
    b"UL": "<I",
    b"US": "<H",
    b"UV": "<Q",
}
_BYTE_VRS: Final = (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"UN")
ALL_VRS: Final = (*_TEXT_VRS, *_WORD_VRS, *_DIGIT_VRS, *_NUMBER_VRS, *_BYTE_VRS, b"SQ", b"UI")
"""All of PS3.5 §6.2."""

_LONG_VRS: Final = {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}
_UNDEFINED: Final = 0xFFFFFFFF
_BYTES_OF_A_NUMBER: Final = 16

_BESIDE_THE_KEYS: Final = (
    (0x00080050, b"SH", "AccessionNumber"),
    (0x00080054, b"AE", "RetrieveAETitle"),
    (0x00080080, b"LO", "InstitutionName"),
    (0x00080081, b"ST", "InstitutionAddress"),
    (0x00080090, b"PN", "ReferringPhysicianName"),
    (0x00081030, b"LO", "StudyDescription"),
    (0x0008103E, b"LO", "SeriesDescription"),
    (0x00081060, b"PN", "NameOfPhysiciansReadingStudy"),
    (0x00100010, b"PN", "PatientName"),
    (0x00100030, b"DA", "PatientBirthDate"),
    (0x00100032, b"TM", "PatientBirthTime"),
    (0x00100040, b"CS", "PatientSex"),
    (0x00101000, b"LO", "OtherPatientIDs"),
    (0x00101001, b"PN", "OtherPatientNames"),
    (0x00101010, b"AS", "PatientAge"),
    (0x00101040, b"LO", "PatientAddress"),
    (0x00102154, b"SH", "PatientTelephoneNumbers"),
    (0x001021B0, b"LT", "AdditionalPatientHistory"),
    (0x00104000, b"LT", "PatientComments"),
    (0x00200010, b"SH", "StudyID"),
    (0x00204000, b"LT", "ImageComments"),
    (0x00321060, b"LO", "RequestedProcedureDescription"),
    (0x00401400, b"LT", "RequestedProcedureComments"),
)
_REFERENCED_STUDY_SEQUENCE: Final = 0x00081110
_OTHER_PATIENT_IDS_SEQUENCE: Final = 0x00101002
_PRIVATE: Final = 0x00091000
_STUDY_DATE: Final = 0x00080020
_STUDY_TIME: Final = 0x00080030
_CHARACTER_SET: Final = 0x00080005
_LEVEL: Final = 0x00080052
_LAST_OF_GROUP_8: Final = 0x0008FFFF
_PATIENT_ID: Final = 0x00100020
_STUDY_UID: Final = 0x0020000D
_SERIES_UID: Final = 0x0020000E
_INSTANCE_UID: Final = 0x00080018


@dataclass(frozen=True, slots=True)
class Element:
    """One data element. A sequence has items, of undefined length or not, instead of a value."""

    tag: int
    vr: bytes
    value: bytes = b""
    items: tuple[tuple[Element, ...], ...] = ()
    undefined_length: bool = False


@dataclass
class Treasure:
    """One study of two instances. ``hidden`` has the forms of every canary in it, by name."""

    place: int
    patient_id: str
    date: str
    time: str
    study_uid: str = field(default_factory=lambda: UID_ROOT + number(30))
    series_uid: str = field(default_factory=lambda: UID_ROOT + number(30))
    instance_uids: tuple[str, str] = field(
        default_factory=lambda: (UID_ROOT + number(30), UID_ROOT + number(30))
    )
    elements: list[Element] = field(default_factory=list)
    hidden: dict[str, Mapping[str, bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        term, codec = CHARACTER_SETS[self.place % len(CHARACTER_SETS)]
        self._hide("PatientID", forms(self.patient_id))
        self._hide("StudyDate", forms(self.date))
        self._hide("StudyTime", forms(self.time))
        clock = f"{self.time[:2]}:{self.time[2:4]}:{self.time[4:]}"
        self._hide("StudyTime with colons", {"raw": clock.encode()})
        for name in ("study_uid", "series_uid"):
            self._hide(name, forms(getattr(self, name)))
        for place, uid in enumerate(self.instance_uids):
            self._hide(f"instance_uid {place}", forms(uid))
        self.elements += [Element(_CHARACTER_SET, b"CS", term.encode())] if term else []
        for tag, vr, name in _BESIDE_THE_KEYS:
            self.elements.append(Element(tag, vr, self._canary(name, vr, codec)))
        creator = self._canary("private creator", b"LO", "ascii")
        self.elements.append(Element(_PRIVATE >> 16 << 16 | 0x10, b"LO", creator))
        for place, vr in enumerate(vr for vr in ALL_VRS if vr != b"SQ"):
            name = f"private {vr.decode()}"
            self.elements.append(Element(_PRIVATE + place, vr, self._canary(name, vr, codec)))
        for tag, undefined in ((_REFERENCED_STUDY_SEQUENCE, True), (_OTHER_PATIENT_IDS_SEQUENCE, False)):
            self.elements.append(self._sequence(tag, codec, depth=3, undefined=undefined))

    def _sequence(self, tag: int, codec: str, *, depth: int, undefined: bool) -> Element:
        name = f"item {depth} of {tag:08X}"
        item = [
            Element(_PATIENT_ID, b"LO", self._canary(f"PatientID in {name}", b"LO", codec)),
            Element(_STUDY_UID, b"UI", self._canary(f"StudyInstanceUID in {name}", b"UI", codec)),
            Element(0x00201208, b"IS", self._canary(f"counter in {name}", b"IS", codec)),
        ]
        if depth > 1:
            item.append(self._sequence(tag, codec, depth=depth - 1, undefined=undefined))
        item.sort(key=lambda element: element.tag)
        return Element(tag, b"SQ", items=(tuple(item),), undefined_length=undefined)

    def _hide(self, name: str, shapes: Mapping[str, bytes]) -> None:
        self.hidden[f"{name} of treasure {self.place}"] = shapes

    def _canary(self, name: str, vr: bytes, codec: str) -> bytes:
        """A new value; its forms are noted under the name and the character set."""
        if vr in _TEXT_VRS:
            text = _text(codec)
            raw = text.encode(codec)
            self._hide(f"{name} ({codec})", {**byte_forms(raw), **text_forms(text)})
            return raw
        if vr in _NUMBER_VRS or vr in _BYTE_VRS:
            raw = secrets.token_bytes(_BYTES_OF_A_NUMBER)
            self._hide(name, {**byte_forms(raw), **_number_forms(vr, raw)})
            return raw
        text = UID_ROOT + number(30) if vr == b"UI" else number(digits) if (digits := _digits(vr)) else word()
        self._hide(name, forms(text))
        return text.encode()

    def row(self, level: str, instance: int, allowed: Mapping[int, bytes]) -> list[Element]:
        """The row of a level: all there is, whatever was asked.

        ``allowed`` are the attributes of the allow-list that it has, and their values.
        """
        keys = {
            _STUDY_DATE: (b"DA", self.date),
            _STUDY_TIME: (b"TM", self.time),
            _PATIENT_ID: (b"LO", self.patient_id),
            _STUDY_UID: (b"UI", self.study_uid),
            _SERIES_UID: (b"UI", self.series_uid),
            _INSTANCE_UID: (b"UI", self.instance_uids[instance]),
        }
        known = {_LEVEL: level.encode(), **allowed}
        row = [
            *self.elements,
            *(Element(tag, vr, text.encode()) for tag, (vr, text) in keys.items()),
            *(
                Element(tag, b"IS" if tag > _LAST_OF_GROUP_8 else b"CS", value)
                for tag, value in known.items()
            ),
        ]
        return sorted(row, key=lambda element: element.tag)


def encoded(elements: Sequence[Element], *, explicit: bool) -> bytes:
    """A data set, explicit or implicit VR little endian."""
    return b"".join(_encoded(element, explicit=explicit) for element in elements)


def _encoded(element: Element, *, explicit: bool) -> bytes:
    if element.vr == b"SQ":
        return _encoded_sequence(element, explicit=explicit)
    value = element.value + (b"\0" if element.vr == b"UI" else b" ") * (len(element.value) % 2)
    return _header(element.tag, element.vr, len(value), explicit=explicit) + value


def _encoded_sequence(element: Element, *, explicit: bool) -> bytes:
    items = b""
    for item in element.items:
        content = encoded(item, explicit=explicit)
        if element.undefined_length:
            items += _tag(0xFFFEE000) + struct.pack("<I", _UNDEFINED) + content + _tag(0xFFFEE00D) + bytes(4)
        else:
            items += _tag(0xFFFEE000) + struct.pack("<I", len(content)) + content
    length = _UNDEFINED if element.undefined_length else len(items)
    end = _tag(0xFFFEE0DD) + bytes(4) if element.undefined_length else b""
    return _header(element.tag, b"SQ", length, explicit=explicit) + items + end


def _header(tag: int, vr: bytes, length: int, *, explicit: bool) -> bytes:
    if not explicit:
        return _tag(tag) + struct.pack("<I", length)
    if vr in _LONG_VRS:
        return _tag(tag) + vr + bytes(2) + struct.pack("<I", length)
    return _tag(tag) + vr + struct.pack("<H", length)


def _tag(tag: int) -> bytes:
    return struct.pack("<HH", tag >> 16, tag & 0xFFFF)


def _digits(vr: bytes) -> int:
    return _DIGIT_VRS.get(vr, 0)


def _text(codec: str) -> str:
    return word() if codec == "ascii" else "".join(secrets.choice(_alphabet(codec)) for _ in range(_LETTERS))


@cache
def _alphabet(codec: str) -> str:
    """Letters of a character set that ASCII has not."""
    scripts = (_HANGUL,) if codec == "euc_kr" else _SCRIPTS
    candidates = [chr(code) for script in scripts for code in script if chr(code).isalpha()]
    random.Random(codec).shuffle(candidates)
    return "".join([letter for letter in candidates if _can_encode(codec, letter)][:_MOST_LETTERS])


def _can_encode(codec: str, letter: str) -> bool:
    try:
        letter.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def _number_forms(vr: bytes, raw: bytes) -> dict[str, bytes]:
    """What the bytes are as numbers, written out: those long enough not to come up by chance."""
    if vr not in _NUMBER_VRS:
        return {}
    numbers = [str(each) for (each,) in struct.iter_unpack(_NUMBER_VRS[vr], raw)]
    found = {f"number {place}": text.encode() for place, text in enumerate(numbers) if len(text) > 9}
    return {**found, "numbers, commas": ", ".join(numbers).encode()}


def treasures(number_of_them: int) -> list[Treasure]:
    """Studies of the last century, two of them to a patient, three to a day, at seconds of their own."""
    made: list[Treasure] = []
    for place in range(number_of_them):
        if place % 3 == 0:
            day = (
                f"19{secrets.randbelow(28) + 71}{secrets.randbelow(12) + 1:02}{secrets.randbelow(28) + 1:02}"
            )
        patient = made[-1].patient_id if place % 2 else word()
        time = f"{secrets.randbelow(24):02}{secrets.randbelow(60):02}{secrets.randbelow(60):02}.{number(6)}"
        made.append(Treasure(place, patient, day, time))
    return made
