"""Rows of an answer, written from columns: the keys that were asked for and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from dosimeter.dicom.uids import EXPLICIT_VR_LE
from dosimeter.lab.attributes import COUNT_TAGS, Tag
from dosimeter.lab.catalogue import Catalogue, Column, Place
from dosimeter.lab.dataset import Dataset, encode_element
from dosimeter.lab.matching import NEVER_MATCHED
from dosimeter.lab.policy import ABSURD_COUNTERS, Counters, Policy

LEVELS: Final = ("PATIENT", "STUDY", "SERIES", "IMAGE")
"""From the top down (PS3.4 C.6.1.1)."""

TextAt: TypeAlias = Callable[[Place], str]

_INFLATION: Final = (3, 7)
_ABSURD: Final = tuple(text.encode().decode("latin-1") for text in ABSURD_COUNTERS)
"""Written as Latin-1, they are UTF-8 on the wire."""


class RowWriter:
    """Writes the rows of one query: what is known at ``level``, which they call ``said``."""

    def __init__(
        self,
        catalogue: Catalogue,
        policy: Policy,
        level: str,
        keys: Iterable[int],
        syntax: str,
        *,
        said: str | None = None,
    ) -> None:
        explicit = syntax == EXPLICIT_VR_LE
        texts = known_texts(catalogue, policy, level)
        asked = [tag for tag in keys if tag not in NEVER_MATCHED]
        self.lacks_keys = any(tag not in texts for tag in asked)
        found = {tag: texts[tag] for tag in asked if tag in texts}
        constants = {Tag.QUERY_RETRIEVE_LEVEL: said or level, Tag.RETRIEVE_AE_TITLE: policy.ae_title}
        self._pieces: tuple[Callable[[Place], bytes], ...] = tuple(
            _constant(encode_element(tag, constants[Tag(tag)], explicit=explicit))
            if tag in constants
            else _piece(tag, found[tag], explicit=explicit)
            for tag in sorted({*found, *constants})
        )

    def write(self, place: Place) -> bytes:
        """The encoded identifier of one match."""
        return b"".join([piece(place) for piece in self._pieces])


def known_texts(catalogue: Catalogue, policy: Policy, level: str) -> dict[int, TextAt]:
    """The attributes of a level and those above it, as this archive tells them."""
    texts: dict[int, TextAt] = {}
    for depth, table in zip(range(LEVELS.index(level) + 1), tables_of(catalogue), strict=False):
        for tag, column in table.items():
            texts[tag] = _counter_text(column, depth, policy) if tag in COUNT_TAGS else _text(column, depth)
    if level == "IMAGE":
        texts |= instance_texts(catalogue)
    hidden = policy.unsent | (COUNT_TAGS if policy.counters is Counters.ABSENT else frozenset())
    return {tag: text for tag, text in texts.items() if tag not in hidden}


def tables_of(catalogue: Catalogue) -> tuple[dict[int, Column], ...]:
    """The columns of the three levels that have some."""
    return tuple(dict(table.columns) for table in (catalogue.patients, catalogue.studies, catalogue.series))


def instance_texts(catalogue: Catalogue) -> dict[int, TextAt]:
    """The attributes of an instance, which has no columns: its number says all."""
    series_uid = catalogue.series.columns[Tag.SERIES_INSTANCE_UID]
    return {
        Tag.SOP_INSTANCE_UID: lambda place: f"{series_uid(place.series)}.{place.instance}",
        Tag.INSTANCE_NUMBER: lambda place: str(place.instance),
    }


def appointment_records(catalogue: Catalogue) -> Iterator[Dataset]:
    """The worklist, a record for each scheduled procedure step (PS3.4 Table K.6-1)."""
    for appointment in catalogue.appointments:
        patient = appointment.patient
        step: Dataset = {
            Tag.MODALITY: appointment.modality,
            Tag.SCHEDULED_STATION_AE_TITLE: appointment.station,
            Tag.SCHEDULED_PROCEDURE_STEP_START_DATE: appointment.day,
            Tag.SCHEDULED_PROCEDURE_STEP_START_TIME: appointment.moment,
            Tag.SCHEDULED_PERFORMING_PHYSICIAN_NAME: appointment.performing_physician,
            Tag.SCHEDULED_PROCEDURE_STEP_DESCRIPTION: appointment.description,
            Tag.SCHEDULED_PROCEDURE_STEP_ID: appointment.step_id,
        }
        yield {
            Tag.PATIENT_NAME: patient.name,
            Tag.PATIENT_ID: patient.patient_id,
            Tag.PATIENT_BIRTH_DATE: patient.birth_date,
            Tag.PATIENT_SEX: patient.sex,
            Tag.STUDY_INSTANCE_UID: appointment.study_uid,
            Tag.ACCESSION_NUMBER: appointment.accession_number,
            Tag.REFERRING_PHYSICIAN_NAME: appointment.referring_physician,
            Tag.REQUESTED_PROCEDURE_ID: appointment.procedure_id,
            Tag.REQUESTED_PROCEDURE_DESCRIPTION: appointment.description,
            Tag.SCHEDULED_PROCEDURE_STEP_SEQUENCE: (step,),
        }


def _constant(encoded: bytes) -> Callable[[Place], bytes]:
    return lambda _: encoded


def _piece(tag: int, text: TextAt, *, explicit: bool) -> Callable[[Place], bytes]:
    return lambda place: encode_element(tag, text(place), explicit=explicit)


def _text(column: Column, depth: int) -> TextAt:
    return lambda place: column(place[depth])


def _counter_text(column: Column, depth: int, policy: Policy) -> TextAt:
    if policy.counters is Counters.ZERO:
        return lambda _: "0"
    if policy.counters is Counters.INFLATED:
        factor, more = _INFLATION
        return lambda place: str(int(column(place[depth])) * factor + more)
    if policy.counters is Counters.ABSURD:
        return lambda place: _ABSURD[place[depth] % len(_ABSURD)]
    return _text(column, depth)
