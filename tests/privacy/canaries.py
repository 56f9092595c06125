"""Canaries: values that exist nowhere but in one archive's records, and every shape they could leak in."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import zlib
from collections.abc import Iterable, Iterator, Mapping
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
    """Every shape of an ASCII value that the search knows, by name."""
    found = {
        **byte_forms(text.encode("ascii")),
        **text_forms(text),
        "lower case": text.lower().encode(),
    }
    if re.fullmatch(r"\d{8}", text):
        year, month, of_month = text[:4], text[4:6], text[6:]
        found["date, ISO"] = f"{year}-{month}-{of_month}".encode()
        found["date, dots"] = f"{of_month}.{month}.{year}".encode()
        found["date, slashes"] = f"{of_month}/{month}/{year}".encode()
        found["date, US"] = f"{month}/{of_month}/{year}".encode()
    return found


def text_forms(text: str) -> dict[str, bytes]:
    """Shapes of a text in whatever script, once it has been decoded."""
    return {
        "utf-8": text.encode(),
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "utf-32-le": text.encode("utf-32-le"),
        "url of utf-8": "".join(f"%{byte:02X}" for byte in text.encode()).encode(),
        "html": "".join(f"&#{ord(letter)};" for letter in text).encode(),
        "html, hex": "".join(f"&#x{ord(letter):x};" for letter in text).encode(),
        "json": "".join(f"\\u{ord(letter):04x}" for letter in text).encode(),
    }


def byte_forms(raw: bytes) -> dict[str, bytes]:
    """Shapes of bytes that were copied, encoded or hashed without being understood."""
    found = {
        "raw": raw,
        "reversed": raw[::-1],
        "as latin-1": raw.decode("latin-1").encode(),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "hex, spaced": raw.hex(" ").encode(),
        "url": "".join(f"%{byte:02X}" for byte in raw).encode(),
        "url, lower case": "".join(f"%{byte:02x}" for byte in raw).encode(),
        "python": "".join(f"\\x{byte:02x}" for byte in raw).encode(),
    }
    for shift in range(3):
        found[f"base64, at {shift}"] = _base64_core(raw, shift)
    for padding in ("", " ", "\0"):
        for name in ("md5", "sha1", "sha256"):
            digest = hashlib.new(name, raw + padding.encode(), usedforsecurity=False).digest()
            found |= digest_forms(f"{name} of {padding!r}-padded", digest)
    return found


def digest_forms(name: str, digest: bytes) -> dict[str, bytes]:
    """A digest as it is, in hex and in Base64."""
    return {
        name: digest,
        f"{name}, hex": digest.hex().encode(),
        f"{name}, base64": base64.b64encode(digest).rstrip(b"="),
    }


def _base64_core(raw: bytes, shift: int) -> bytes:
    """The characters of a Base64 text that depend on the value alone, at one of three alignments."""
    encoded = base64.b64encode(bytes(shift) + raw)
    first = -(-shift * 8 // 6) if shift else 0
    whole = (shift + len(raw)) * 8 // 6
    return encoded[first:whole]


class Search:
    """Looks for every canary in every form, inside compressed streams as well.

    ``canaries`` holds the forms of each by name. Forms of under six bytes are not looked for: they come
    up by chance.
    """

    def __init__(self, canaries: Mapping[str, Mapping[str, bytes]]) -> None:
        self._needles: dict[bytes, list[tuple[str, str, bytes]]] = {}
        for attribute, shapes in canaries.items():
            first_named = {needle: form for form, needle in reversed(shapes.items())}
            for needle, form in first_named.items():
                if len(needle) >= _SHORTEST_SEARCHED:
                    beginning = needle[:_SHORTEST_SEARCHED]
                    self._needles.setdefault(beginning, []).append((attribute, form, needle))

    def found_in(self, data: bytes) -> list[str]:
        """What was found, in words and in the order of its place; empty if nothing."""
        found: dict[str, None] = {}
        for layer in _layers(data, 0):
            for place in range(len(layer) - _SHORTEST_SEARCHED + 1):
                beginning = layer[place : place + _SHORTEST_SEARCHED]
                if beginning in self._needles:
                    for attribute, form, needle in self._needles[beginning]:
                        if layer.startswith(needle, place):
                            found[f"{attribute} ({form})"] = None
        return list(found)


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
