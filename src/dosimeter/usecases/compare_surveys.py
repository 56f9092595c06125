"""Two surveys of a store, or of two stores, side by side; nobody is contacted."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import TYPE_CHECKING

from dosimeter.model.verdict import Severity
from dosimeter.report.comparison import build_comparison, standing_of
from dosimeter.report.comparison_parts import Comparison, SurveyFound
from dosimeter.usecases.destination import destination
from dosimeter.usecases.judging import judge_all
from dosimeter.usecases.locating import placed_archives
from dosimeter.usecases.surveys import opened

if TYPE_CHECKING:
    from typing import TextIO

    from dosimeter.exposure.compare import Standing
    from dosimeter.report.archive import Archive
    from dosimeter.report.language import Language
    from dosimeter.store.sqlite import SqliteStore


class ComparisonFormat(StrEnum):
    """The formats a comparison comes in; the values are the words of ``-f``."""

    TABLE = "table"
    HTML = "html"
    JSON = "json"
    CSV = "csv"


def compare_surveys(
    old: tuple[str, str | None],
    new: tuple[str, str | None],
    form: ComparisonFormat,
    output: str | None,
    language: Language,
) -> Severity:
    """Write what became of the archives of one survey in another; each is an id and the URL of its store.

    Returns the severity of the worst archive that is new or worse.

    Raises:
        Problem: a store or survey cannot be read, or the file cannot be written.
    """
    with opened(old[1]) as old_store, opened(new[1]) as new_store:
        old_id, new_id = old_store.find(old[0]), new_store.find(new[0])
        old_archives, new_archives = _archives(old_store, old_id), _archives(new_store, new_id)
        doors = {door.endpoint.authority for each in (*old_archives, *new_archives) for door in each.doors}
        comparison = build_comparison(
            _found(old_store, old_id, old_archives, doors), _found(new_store, new_id, new_archives, doors)
        )
    with destination(output) as out:
        _write(comparison, form, out, language)
    return comparison.gravest


def _archives(store: SqliteStore, survey_id: str) -> tuple[Archive, ...]:
    return tuple(each for each in placed_archives(store, survey_id) if each.findings.is_archive)


def _found(
    store: SqliteStore, survey_id: str, archives: tuple[Archive, ...], doors: AbstractSet[str]
) -> SurveyFound:
    """The survey, and how it found the doors that are an archive's in the other one.

    The records are read twice, so that ten million closed ports need no memory.
    """
    header = store.header(survey_id)
    beside: dict[str, Standing] = {}
    for each in judge_all(store.records(survey_id)):
        if each.findings.is_archive or each.findings.why_not_asked is not None:
            continue
        (door,) = each.doors
        if door.endpoint.authority in doors:
            beside[door.endpoint.authority] = standing_of(door, header, is_archive=False)
    return SurveyFound(header, archives, beside, tuple(store.judgements(survey_id)))


def _write(comparison: Comparison, form: ComparisonFormat, out: TextIO, language: Language) -> None:
    match form:
        case ComparisonFormat.TABLE:
            from dosimeter.report.comparison_table import write_comparison_table

            write_comparison_table(comparison, out, language)
        case ComparisonFormat.HTML:
            from dosimeter.report.comparison_page import write_comparison_html

            write_comparison_html(comparison, out, language)
        case ComparisonFormat.JSON:
            from dosimeter.report.comparison_json import write_comparison_json

            write_comparison_json(comparison, out)
        case ComparisonFormat.CSV:
            from dosimeter.report.comparison_json import write_comparison_csv

            write_comparison_csv(comparison, out)
