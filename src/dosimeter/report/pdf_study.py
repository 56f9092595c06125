"""The study on paper: the funnel, what is at stake, the map, and a table for each way of putting together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dosimeter.exposure.count_words import interval_words
from dosimeter.model.census import Estimated, Unknown
from dosimeter.model.message import say, semicolons
from dosimeter.report.counts_json import Json
from dosimeter.report.funnel_picture import draw_funnel
from dosimeter.report.pdf_blocks import heading, table, text
from dosimeter.report.pdf_text import Pen
from dosimeter.report.pdf_words import GROUPED_BY_HEAD
from dosimeter.report.shown_words import row_name, shown_words
from dosimeter.report.study import (
    Amount,
    AttributeLine,
    FindingLine,
    Grouping,
    PublishedComparison,
    PublishedFigure,
    Study,
    StudyRow,
    Unit,
    Withheld,
)
from dosimeter.report.words import SEVERITY_WORD

_NUMBERS: Final = (
    say("Studied"),
    say("Archives"),
    say("Open"),
    say("Retrievable"),
    say("Browsable"),
    say("Patients"),
    say("Studies"),
    say("Images linked"),
    say("Images downloadable"),
)
_WIDTHS: Final = (2, 0, 0, 0, 0, 0, 1.1, 1.1, 1.3, 1.4)


def first_blocks(study: Study, pen: Pen) -> Iterator[Json]:
    """The funnel, and what is at stake."""
    yield heading(2, say("From studied to open"), pen)
    yield _funnel(study, pen)
    yield from _stakes(study, pen)


def table_blocks(study: Study, pen: Pen, map_block: Json | None) -> Iterator[Json]:
    """The map, every table, and the figures of published studies."""
    if map_block is not None:
        yield heading(1, say("Where"), pen)
        yield map_block
    for grouping in study.groupings:
        yield heading(2, grouping.title, pen)
        yield _grouping(grouping, pen)
    yield from _findings(study.findings, pen)
    yield from _attributes(study.attributes, pen)
    yield from _published(study.published, pen)


def _funnel(study: Study, pen: Pen) -> Json:
    bands = draw_funnel(study.funnel, pen.language)
    return {
        "is": "funnel",
        "bands": [
            {
                "label": pen.text(band.label),
                "says": pen.text(band.says),
                "study": "" if band.study_word == band.label else pen.text(band.study_word),
                "number": band.number,
                "share": pen.text(semicolons([each for each in (band.share, band.decoys) if each])),
                "width": band.width,
                "decoys-width": max(0, band.outer_width - band.width),
            }
            for band in bands
        ],
    }


def _stakes(study: Study, pen: Pen) -> Iterator[Json]:
    """Each sum in full: what was counted, with its kind, and what stands beside it."""
    yield heading(2, say("What is at stake"), pen)
    rows = [*_stake_rows(study.whole, pen, decoys=False)]
    if study.decoys:
        rows += _stake_rows(study.with_decoys, pen, decoys=True)
    yield table(
        (
            say("In archives open to anybody"),
            say("Counted by us"),
            say("Claimed by archives"),
            say("Archives not counted"),
        ),
        rows,
        align="lrrr",
        columns=(2, 1.4, 1, 1),
        pen=pen,
    )


def _stake_rows(row: StudyRow, pen: Pen, *, decoys: bool) -> Iterator[tuple[str, ...]]:
    for label, amount in zip(_NUMBERS[5:], row.amounts, strict=True):
        withheld = isinstance(amount.cell, Withheld)
        yield (
            pen.text(say("{what}, with suspected decoys", what=label) if decoys else label),
            pen.text(_counted(amount)),
            "" if withheld else pen.number(amount.claimed),
            "" if withheld else pen.number(amount.uncounted),
        )


def _grouping(grouping: Grouping, pen: Pen) -> Json:
    return table(
        (GROUPED_BY_HEAD[grouping.by], *_NUMBERS),
        [
            (
                pen.text(row_name(grouping, row, pen.language)),
                *(
                    pen.number(number)
                    for number in (row.studied, row.archives, row.queryable, row.retrievable, row.browsable)
                ),
                *(_amount(each, pen) for each in row.amounts),
            )
            for row in grouping.rows
        ],
        align="lrrrrrrrrr",
        columns=_WIDTHS,
        pen=pen,
        notes=_notes(grouping),
    )


def _amount(amount: Amount, pen: Pen) -> str:
    """The number with its kind, and what archives claim beside it."""
    if isinstance(amount.cell, Unknown):
        if amount.claims:
            return pen.text(say("{claimed} claimed", claimed=amount.claimed))
        return pen.text(say("not counted"))
    shown = shown_words(amount.cell)
    if amount.claims:
        return pen.text(say("{counted} and {claimed} claimed", counted=shown, claimed=amount.claimed))
    return pen.text(shown)


def _counted(amount: Amount) -> str:
    """The number in full: an estimate with its interval."""
    if isinstance(amount.cell, Unknown):
        return say("not counted")
    if isinstance(amount.cell, Estimated):
        interval = interval_words(amount.cell)
        return say("{figure}, {interval}", figure=shown_words(amount.cell), interval=interval)
    return shown_words(amount.cell)


def _notes(grouping: Grouping) -> Iterator[str]:
    yield from grouping.notes
    if any(isinstance(each.cell, Estimated) for row in grouping.rows for each in row.amounts):
        yield say("The intervals of estimates stand in the tables for a spreadsheet.")


def _findings(findings: tuple[FindingLine, ...], pen: Pen) -> Iterator[Json]:
    if not findings:
        return
    yield heading(1, say("Findings"), pen)
    yield table(
        (say("Severity"), say("Finding"), say("Archives"), say("What closes it")),
        [
            (
                pen.text(SEVERITY_WORD[line.severity]),
                pen.text(say("{says} ({reference})", says=line.says, reference=line.reference)),
                pen.number(line.archives),
                pen.text(semicolons(line.remedies)),
            )
            for line in findings
        ],
        align="llrl",
        columns=(0.7, 3.4, 0.7, 2),
        pen=pen,
    )


def _attributes(attributes: tuple[AttributeLine, ...], pen: Pen) -> Iterator[Json]:
    if not attributes:
        return
    yield heading(2, say("Personal attributes that were seen filled"), pen)
    yield table(
        (say("Attribute"), say("Archives with it"), say("Archives looked at")),
        [(pen.text(line.name), pen.number(line.filled), pen.number(line.looked)) for line in attributes],
        align="lrr",
        columns=(2, 1, 1),
        pen=pen,
    )


def _published(published: tuple[PublishedComparison, ...], pen: Pen) -> Iterator[Json]:
    if not published:
        return
    yield heading(1, say("Beside published studies"), pen)
    yield text(say("Only figures that are defined alike stand side by side."), pen)
    rows = [
        (
            pen.text(_what(comparison, pen)),
            pen.text(_here(comparison, pen)),
            _figure(figure, pen),
            pen.text(say("{study}, {year}", study=figure.study, year=str(figure.year))),
            pen.text(figure.definition),
            pen.text(say("{source}, {day}", source=figure.source, day=figure.published)),
        )
        for comparison in published
        for figure in comparison.published
    ]
    yield table(
        (
            say("What"),
            say("This survey"),
            say("Published"),
            say("Study"),
            say("Definition"),
            say("Source"),
        ),
        rows,
        align="lrrlll",
        columns=(1.5, 0.9, 1, 1.1, 1.8, 1.8),
        pen=pen,
        notes=[say("Where sources disagree, both stand.")],
    )


def _what(comparison: PublishedComparison, pen: Pen) -> str:
    if not comparison.region:
        return comparison.label
    country = pen.language.country(comparison.region)
    return say("{label}, {country}", label=comparison.label, country=country)


def _here(comparison: PublishedComparison, pen: Pen) -> str:
    if isinstance(comparison.here, float):
        return pen.language.share(comparison.here)
    return _amount(comparison.here, pen)


def _figure(figure: PublishedFigure, pen: Pen) -> str:
    shown = (
        pen.language.share(figure.value)
        if figure.unit is Unit.SHARE or isinstance(figure.value, float)
        else pen.number(figure.value)
    )
    return pen.text(say("more than {figure}", figure=shown)) if figure.floor else pen.text(shown)
