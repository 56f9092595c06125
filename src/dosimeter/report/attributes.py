"""The personal attributes of an archive: what was sampled, or what it must return and nobody looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dosimeter.model.verdict import Exposure
from dosimeter.report.archive import ON_WEB, OPEN_TO_ANYBODY, Findings


@dataclass(frozen=True, slots=True)
class Obliged:
    """An attribute that the standard obliges a server to return, and where it says so."""

    attribute: str
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class Attributes:
    """``looked`` says whether answers were sampled; ``obliged`` is what is returned in any case."""

    looked: bool
    obliged: tuple[Obliged, ...]


def attributes_of(findings: Findings) -> Attributes | None:
    """None for an archive that answers nobody, and was not sampled."""
    exposure = findings.verdict.exposure
    opens = exposure in OPEN_TO_ANYBODY or exposure is Exposure.NAME_GATED
    if not findings.samples and not (opens and findings.is_archive):
        return None
    table = _QIDO_RS if findings.service in ON_WEB else _STUDY_ROOT
    if findings.worklist_only:
        table = _WORKLIST
    return Attributes(bool(findings.samples), table)


def _table(why: str, *rows: tuple[str, str]) -> tuple[Obliged, ...]:
    return tuple(Obliged(attribute, label, why) for attribute, label in rows)


_STUDY_ROOT: Final = _table(
    "PS3.4 Table C.6-5",
    ("PatientName", "name and first name"),
    ("PatientID", "patient identifier"),
    ("StudyDate", "examination date"),
    ("AccessionNumber", "accession number"),
)
_QIDO_RS: Final = _table(
    "PS3.18 Table 10.6.3-3",
    ("PatientName", "name and first name"),
    ("PatientID", "patient identifier"),
    ("PatientBirthDate", "birth date"),
    ("StudyDate", "examination date"),
    ("AccessionNumber", "accession number"),
    ("ReferringPhysicianName", "referring physician"),
)
_WORKLIST: Final = _table(
    "PS3.4 Table K.6-1",
    ("PatientName", "name and first name"),
    ("PatientID", "patient identifier"),
    ("PatientBirthDate", "birth date"),
    ("ScheduledProcedureStepStartDate", "examination date"),
)


STANDING_OBLIGATIONS: Final = tuple(each.label for each in _STUDY_ROOT)
"""What every kind of archive that answers queries must return."""


def listed(words: Sequence[str]) -> str:
    """``name, date and number``."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
