"""Words of the page that depend on a number or a value; all others stand in the templates."""

from __future__ import annotations

from typing import Final

from dosimeter.model.message import Message, many, say, semicolons
from dosimeter.model.survey import SurveyState
from dosimeter.model.verdict import DecoyTier
from dosimeter.report.archive import Archive, Findings
from dosimeter.report.census_words import numbers_of, parts_in_words

_LONG: Final = 80
"""Letters of a breakdown that still stand in a line."""

STATE_WORD: Final = {
    SurveyState.RUNNING: say("running"),
    SurveyState.COMPLETED: say("completed"),
    SurveyState.STOPPED: say("stopped"),
}


def more_alike(number: int) -> Message:
    """How many archives share a sheet with the first."""
    return many("and {number} other, alike", "and {number} others, alike", number)


def rows_in_table(number: int) -> Message:
    """Rows that a picture leaves out."""
    return many("{number} more row stands in the table.", "{number} more rows stand in the table.", number)


def rows_in_json(number: int) -> Message:
    """Rows that a table leaves out."""
    return many(
        "{number} more row stands in the JSON report.", "{number} more rows stand in the JSON report.", number
    )


def earlier_years(number: int) -> Message:
    """Years that a picture leaves out."""
    return many(
        "{number} earlier year stands in the list above alone.",
        "{number} earlier years stand in the list above alone.",
        number,
    )


def looked_at(number: int, *, over_qido: bool) -> Message:
    """The caption of a table of attributes."""
    if over_qido:
        return many(
            "Of {number} answer that was looked at over DICOMweb; no value was kept.",
            "Of {number} answers that were looked at over DICOMweb; no value was kept.",
            number,
        )
    return many(
        "Of {number} answer that was looked at over DICOM; no value was kept.",
        "Of {number} answers that were looked at over DICOM; no value was kept.",
        number,
    )


def also(archive: Archive) -> Message:
    """What else is known of an archive, for the last column of the table: ``takes images; worklist``."""
    verdict = archive.verdict
    found = []
    if verdict.accepts_writes:
        found.append(say("takes images"))
    if verdict.worklist:
        found.append(say("worklist"))
    if verdict.decoy.tier in {DecoyTier.MEDIUM, DecoyTier.HIGH}:
        found.append(say("suspected decoy"))
    return semicolons(found)


def holds(findings: Findings) -> Message:
    """All numbers of an archive in one line; a breakdown that is longer than a line stands in JSON alone."""
    numbers = [_labelled(each.label, each.figure) for each in numbers_of(findings)]
    parts = [_labelled(label, text) for label, text in parts_in_words(findings) if len(text) < _LONG]
    if not findings.is_counted:
        return say("not counted: {why}", why=findings.why_not_counted)
    return semicolons([*numbers, *parts])


def _labelled(label: str, text: str) -> Message:
    return say("{label}: {text}", label=label, text=text)
