"""Canaries: values that exist nowhere but in one archive's records, and every shape they could leak in."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dosimeter.dicom import uids
from dosimeter.lab.holdings import Appointment, Holdings, Patient, Series, Study

_CONSONANTS = "BCDFGHJKLMNPQRSTVWXZ"
_SHORTEST_SEARCHED = 6
_COMPRESSED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
_MOST_NESTED = 3


def word() -> str:
    """Twelve consonants: no language, no encoding and no random digits make them by chance."""
    return "".join(secrets.choice(_CONSONANTS) for _ in range(12))


def number(digits: int) -> str:
    """A number that does not begin with 0."""
    return str(secrets.randbelow(9 * 10 ** (digits - 1)) + 10 ** (digits - 1))


def day(century: int) -> str:
    """A DA value in a century in which nothing else here happens."""
    return (
        f"{century}{secrets.randbelow(90) + 10}{secrets.randbelow(12) + 1:02d}{secrets.randbelow(28) + 1:02d}"
    )


def uid() -> str:
    """A UID under 2.25."""
    return f"2.25.{number(36)}"


@dataclass(frozen=True)
class Record:
    """The canary of each attribute of one patient, study, series and appointment."""

    family: str = field(default_factory=word)
    given: str = field(default_factory=word)
    patient_id: str = field(default_factory=word)
    birth_date: str = field(default_factory=lambda: day(17))
    sex: str = field(default_factory=word)
    study_uid: str = field(default_factory=uid)
    study_id: str = field(default_factory=word)
    study_date: str = field(default_factory=lambda: day(16))
    study_time: str = field(default_factory=lambda: f"1{number(5)}.{number(6)}")
    accession_number: str = field(default_factory=word)
    study_description: str = field(default_factory=word)
    referring_physician: str = field(default_factory=word)
    series_uid: str = field(default_factory=uid)
    modality: str = field(default_factory=word)
    series_description: str = field(default_factory=word)
    institution: str = field(default_factory=word)

    def canaries(self) -> dict[str, str]:
        """Attribute and value."""
        return {name: str(getattr(self, name)) for name in self.__dataclass_fields__}

    def patient(self) -> Patient:
        """The lab's patient who carries them all."""
        series = Series(
            self.series_uid,
            self.modality,
            uids.CT_IMAGE_STORAGE,
            1,
            self.series_description,
            self.institution,
            7,
        )
        study = Study(
            self.study_uid,
            self.study_id,
            self.study_date,
            self.study_time,
            self.accession_number,
            self.study_description,
            self.referring_physician,
            (series,),
        )
        name = f"{self.family}^{self.given}"
        return Patient(self.patient_id, name, self.birth_date, self.sex, (study,))


def canary_holdings(records: Iterable[Record]) -> Holdings:
    """An archive of these records, each with an appointment too."""
    patients = tuple(record.patient() for record in records)
    return Holdings(patients, tuple(_appointment(patient) for patient in patients))


def _appointment(patient: Patient) -> Appointment:
    (study,) = patient.studies
    return Appointment(
        patient=patient,
        study_uid=study.uid,
        accession_number=study.accession_number,
        procedure_id=study.study_id,
        description=study.description,
        referring_physician=study.referring_physician,
        step_id=study.study_id,
        day=study.day,
        moment=study.moment,
        modality=study.series[0].modality,
        station="LABCT1",
        performing_physician=study.referring_physician,
    )


def forms(text: str) -> dict[str, bytes]:
    """Every shape of a value that the search knows, by name."""
    raw = text.encode("ascii")
    found = {
        "raw": raw,
        "lower case": text.lower().encode(),
        "reversed": raw[::-1],
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "utf-32-le": text.encode("utf-32-le"),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "hex, spaced": raw.hex(" ").encode(),
        "url": "".join(f"%{byte:02X}" for byte in raw).encode(),
        "url, lower case": "".join(f"%{byte:02x}" for byte in raw).encode(),
        "html": "".join(f"&#{byte};" for byte in raw).encode(),
        "html, hex": "".join(f"&#x{byte:x};" for byte in raw).encode(),
        "json": "".join(f"\\u{byte:04x}" for byte in raw).encode(),
        "python": "".join(f"\\x{byte:02x}" for byte in raw).encode(),
    }
    for shift in range(3):
        found[f"base64, at {shift}"] = _base64_core(raw, shift)
    if re.fullmatch(r"\d{8}", text):
        year, month, of_month = text[:4], text[4:6], text[6:]
        found["date, ISO"] = f"{year}-{month}-{of_month}".encode()
        found["date, dots"] = f"{of_month}.{month}.{year}".encode()
        found["date, slashes"] = f"{of_month}/{month}/{year}".encode()
        found["date, US"] = f"{month}/{of_month}/{year}".encode()
    for padding in ("", " ", "\0"):
        for name in ("md5", "sha1", "sha256"):
            digest = hashlib.new(name, raw + padding.encode(), usedforsecurity=False).digest()
            found[f"{name} of {padding!r}-padded"] = digest
            found[f"{name} of {padding!r}-padded, hex"] = digest.hex().encode()
            found[f"{name} of {padding!r}-padded, base64"] = base64.b64encode(digest).rstrip(b"=")
    return found


def _base64_core(raw: bytes, shift: int) -> bytes:
    """The characters of a Base64 text that depend on the value alone, at one of three alignments."""
    encoded = base64.b64encode(bytes(shift) + raw)
    first = -(-shift * 8 // 6) if shift else 0
    whole = (shift + len(raw)) * 8 // 6
    return encoded[first:whole]


class Search:
    """Looks for every canary in every form, inside compressed streams as well."""

    def __init__(self, canaries: dict[str, str]) -> None:
        self._needles = [
            (attribute, form, needle)
            for attribute, text in canaries.items()
            for form, needle in forms(text).items()
            if len(needle) >= _SHORTEST_SEARCHED
        ]

    def found_in(self, data: bytes) -> list[str]:
        """What was found, in words; empty if nothing."""
        return [
            f"{attribute} ({form})"
            for layer in _layers(data, 0)
            for attribute, form, needle in self._needles
            if needle in layer
        ]


def _layers(data: bytes, depth: int) -> Iterator[bytes]:
    """The bytes, and what unpacks from every place in them where a compressed stream may begin."""
    yield data
    if depth == _MOST_NESTED:
        return
    for match in _COMPRESSED.finditer(data):
        try:
            unpacked = zlib.decompressobj(wbits=47).decompress(data[match.start() :])
        except zlib.error:
            continue
        if len(unpacked) >= _SHORTEST_SEARCHED:
            yield from _layers(unpacked, depth + 1)
