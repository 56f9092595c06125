"""The verdicts as they were told when a survey ended: statements, and rows ↔ judgements."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Final

from dosimeter.model.survey import JudgedThen
from dosimeter.model.verdict import Exposure, Severity
from dosimeter.store.rows import address_key

DROP: Final = "DELETE FROM judgements WHERE survey = ?"

ADD: Final = """
INSERT INTO judgements (survey, address_key, port, address, ruleset_version, judgement)
VALUES (?, ?, ?, ?, ?, ?)
"""

ALL: Final = """
SELECT address, port, ruleset_version, judgement FROM judgements
WHERE survey = ? ORDER BY survey, address_key, port
"""

JudgementRow = tuple[str, int, str, str]
"""Address, port, version of the rules, judgement."""

NewJudgementRow = tuple[int, bytes, int, str, str, str]
"""Survey, key of the address, port, address, version of the rules, judgement."""


def judgement_row(survey: int, judged: JudgedThen) -> NewJudgementRow:
    """The judgement as a row."""
    told = _text(judged.exposure, judged.severity, judged.speaks_dicom)
    return survey, address_key(judged.address), judged.port, judged.address, judged.ruleset_version, told


def read_judgement(row: JudgementRow) -> JudgedThen:
    """The judgement in a row.

    Raises:
        ValueError: the row was damaged.
    """
    address, port, ruleset_version, told = row
    exposure, severity, speaks_dicom = _read(told)
    return JudgedThen(address, port, ruleset_version, exposure, severity, speaks_dicom)


_Told = tuple[Exposure, Severity, bool]


@lru_cache(maxsize=256)
def _text(*told: Exposure | Severity | bool) -> str:
    """As JSON; there are few verdicts and many endpoints."""
    return json.dumps(told, separators=(",", ":"))


@lru_cache(maxsize=256)
def _read(text: str) -> _Told:
    exposure, severity, speaks_dicom = json.loads(text)
    return Exposure(exposure), Severity(severity), bool(speaks_dicom)
