"""The report as one HTML file: no remote request, readable on paper, on a telephone and without its script.

Autoescape is on, and every printed value passes ``plain_text`` too. The Content-Security-Policy allows one
style sheet and one script, each by its hash, and nothing else (hostile-peers rows 33 and 38). The script
sorts and filters what is there; it makes no text into markup, and Trusted Types see to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TextIO

from jinja2 import Environment

from dosimeter.exposure.count_words import short_words
from dosimeter.model.message import say
from dosimeter.model.verdict import DecoyTier, Severity
from dosimeter.report import page_words
from dosimeter.report.archive import LADDER, Archive
from dosimeter.report.attributes import attribute_label, attributes_of, not_looked_in_words
from dosimeter.report.bars_picture import BAR_ROOM, draw_archives, draw_images
from dosimeter.report.breakdown import breakdown_of
from dosimeter.report.census_words import numbers_of, parts_in_words, why_in_words
from dosimeter.report.document import Document
from dosimeter.report.door_words import door_guards, doors_in_short, place_of
from dosimeter.report.doors_picture import DoorsShape, draw_doors
from dosimeter.report.funnel_picture import FUNNEL_ROOM, draw_funnel
from dosimeter.report.language import Language, language_of
from dosimeter.report.map_picture import draw_map
from dosimeter.report.neighbour import neighbour_says
from dosimeter.report.page import content_security_policy, own_file, page_environment
from dosimeter.report.picture import Shape, draw_ladder
from dosimeter.report.place_words import operator_name, place_rows, source_words
from dosimeter.report.plain import spans
from dosimeter.report.sheets import SHEETS_IN_FULL, remedies_of, sheets_of
from dosimeter.report.shown_words import beside_words, row_name, shown_words
from dosimeter.report.study import Amount, Edition, GroupedBy, Grouping, PublishedFigure, StudyRow, Unit
from dosimeter.report.trend_picture import TrendPoint, draw_trend
from dosimeter.report.words import tls_in_words
from dosimeter.report.years_picture import YearsPicture, draw_years

ADDRESSES_SHOWN: Final = 60
"""Addresses listed for each kind of endpoint that is no archive; JSON Lines names them all."""

ROWS_SHOWN: Final = 200
"""Rows of one table of the study; JSON names them all."""


def write_html(
    document: Document, out: TextIO, language: Language | None = None, trend: Sequence[TrendPoint] = ()
) -> None:
    """Write the page, piece by piece as it is made; in English if no language is given.

    ``trend`` is of earlier surveys of the same networks and this one, drawn if there are two or more.

    Raises:
        OSError: ``out`` cannot be written.
    """
    said = language or language_of("en")
    environment = _environment(said)
    style, script = (own_file(environment, name) for name in ("report.css", "report.js"))
    study = document.study
    sheets = sheets_of(document.archives)
    remedies = remedies_of(document.archives)
    page = environment.get_template("report.html.j2").generate(
        document=document,
        header=document.header,
        totals=document.totals,
        study=study,
        is_whole=study.edition is Edition.OWNER,
        sheets=sheets,
        in_full=len(sheets) <= SHEETS_IN_FULL,
        sheet_of={id(each): sheet.number for sheet in sheets for each in sheet.archives},
        remedies=remedies,
        remedy_of={remedy.title: number for number, remedy in enumerate(remedies, start=1)},
        funnel=draw_funnel(study.funnel, said),
        map=draw_map(study.grouped(GroupedBy.COUNTRY), said),
        trend=draw_trend(trend, said),
        pictures={shape.name.lower(): draw_ladder(document.ladder, shape, said) for shape in Shape},
        style=style,
        script=script,
        content_security_policy=content_security_policy(style, script),
    )
    out.writelines(page)


def _environment(language: Language) -> Environment:
    environment = page_environment(language)
    environment.globals.update(
        page_words=page_words,
        colon="\N{NO-BREAK SPACE}:" if language.code == "fr" else ":",
        semicolon="\N{NARROW NO-BREAK SPACE};" if language.code == "fr" else ";",
        spans=spans,
        tls_in_words=tls_in_words,
        numbers_of=numbers_of,
        parts_in_words=parts_in_words,
        why_in_words=why_in_words,
        years_picture=partial(_years_picture, language=language),
        draw_doors=partial(draw_doors, language=language),
        DoorsShape=DoorsShape,
        place_of=place_of,
        doors_in_short=doors_in_short,
        door_guards=door_guards,
        attributes_of=attributes_of,
        attribute_label=attribute_label,
        not_looked_in_words=not_looked_in_words,
        neighbour_says=neighbour_says,
        short_words=short_words,
        shown_words=shown_words,
        beside_words=beside_words,
        id=id,
        place_rows=place_rows,
        operator_name=operator_name,
        source_words=source_words,
        label_of=partial(row_name, language=language),
        bars_of=partial(_bars, language),
        published_value=partial(_published_value, language),
        EXPOSURES=LADDER,
        size_of=_size,
        Severity=Severity,
        DecoyTier=DecoyTier,
        GroupedBy=GroupedBy,
        Unit=Unit,
        ADDRESSES_SHOWN=ADDRESSES_SHOWN,
        ROWS_SHOWN=ROWS_SHOWN,
        BAR_ROOM=BAR_ROOM,
        FUNNEL_ROOM=FUNNEL_ROOM,
    )
    return environment


def _bars(language: Language, grouping: Grouping, *, images: bool) -> object:
    label: Callable[[StudyRow], str] = partial(row_name, grouping, language=language)
    return draw_images(grouping, language, label) if images else draw_archives(grouping, language, label)


def _published_value(language: Language, value: object, unit: Unit, figure: PublishedFigure | None) -> str:
    """A figure of a study, or ours beside it: ``24,000,000``, ``more than 400``, ``25.7%``."""
    if unit is Unit.SHARE and isinstance(value, int | float):
        said = language.share(value)
    elif isinstance(value, int | float):
        said = language.number(int(value))
    elif isinstance(value, Amount):
        said = " ".join(map(language.text, (shown_words(value.cell), *beside_words(value))))
    else:
        said = language.text(shown_words(value))  # type: ignore[arg-type] # Shown, by the type of a comparison
    return language.text(say("more than {value}", value=said)) if figure and figure.floor else said


def _size(count: object) -> int:
    """What a column is sorted by; a number that is not known stands below none."""
    return getattr(count, "value", -1)


def _years_picture(archive: Archive, language: Language) -> YearsPicture | None:
    return draw_years(breakdown_of(archive.findings.census).years, language)
