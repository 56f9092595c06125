"""What stands on the pages, in their order: a tree of texts for the template, with no markup in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from dosimeter.model.message import many, say
from dosimeter.model.survey import SurveyHeader
from dosimeter.report.counts_json import Json
from dosimeter.report.document import Document
from dosimeter.report.pdf_blocks import bullets, heading, note, pairs, table, text
from dosimeter.report.pdf_map import map_block
from dosimeter.report.pdf_sheets import sheet_blocks
from dosimeter.report.pdf_study import first_blocks, table_blocks
from dosimeter.report.pdf_text import Pen, printable
from dosimeter.report.pdf_words import REGIONS, TEMPLATE_WORDS
from dosimeter.report.study import Action, DirectorPage, Edition
from dosimeter.report.words import CAUSE_WORD, SEVERITY_WORD, probe_says, rules_in_words, touch_in_words

_STEPS_SHOWN: Final = 4
"""Steps of one action on the director's page; the chapter on remedies has them all."""


def pages_of(document: Document, pen: Pen) -> Json:
    """Everything that the template prints."""
    header, study = document.header, document.study
    title = pen.text(say("Exposure of medical imaging archives"))
    return {
        "title": title,
        "about": pen.text(study.director.headline),
        "lang": pen.language.code,
        "region": REGIONS[pen.language.code],
        "footer": pen.text(say("dosimeter, survey {survey}", survey=header.id)),
        "words": {key: pen.text(words) for key, words in TEMPLATE_WORDS.items()},
        "cover": _cover(document, pen),
        "director": _director(study.director, pen),
        "blocks": list(_blocks(document, pen)),
    }


def _cover(document: Document, pen: Pen) -> Json:
    header, study = document.header, document.study
    ended = header.completed
    rows = [
        (say("Survey"), header.id),
        (say("Authorised by"), header.authorised_by),
        (say("Reference"), header.reference),
        (say("Began"), pen.language.moment(header.started)),
        (say("Completed"), say("not completed") if ended is None else pen.language.moment(ended)),
        (say("How far it went"), touch_in_words(header.touch)),
        (
            say("Made by"),
            say("dosimeter {version}, {rules}", version=header.tool_version, rules=rules_in_words(header)),
        ),
        (say("Scope (SHA-256)"), header.scope_sha256),
    ]
    shareable = study.edition is Edition.SHAREABLE
    return {
        "kicker": pen.text(say("Edition to be handed on") if shareable else say("Edition for the owner")),
        "subtitle": pen.text(study.director.headline),
        "rows": [[pen.text(label), pen.text(value)] for label, value in rows if value],
        "note": pen.text(study.edition_note),
        "promise": pen.text(
            say("No patient's data was read for this report, no image was fetched and nothing was stored.")
        ),
    }


def _director(page: DirectorPage, pen: Pen) -> Json:
    parts = (
        (say("What a stranger can do"), page.stranger_can),
        (say("To how many people"), page.people),
        (say("Since when"), page.since),
    )
    return {
        "headline": pen.text(page.headline),
        "grade": page.grade.word,
        "grade-word": pen.text(SEVERITY_WORD[page.grade]),
        "parts": [
            {"title": pen.text(title), "items": [pen.text(each) for each in items]}
            for title, items in parts
            if items
        ],
        "actions": [_action(each, pen) for each in page.actions],
        "unknown": [pen.text(each) for each in page.unknown],
    }


def _action(action: Action, pen: Pen) -> Json:
    count = many("for {number} archive", "for {number} archives", action.archives)
    return {
        "title": pen.text(action.title),
        "count": pen.text(count),
        "closes": pen.text(action.closes),
        "steps": [pen.marked(step) for step in action.steps[:_STEPS_SHOWN]],
        "proof": printable(action.proof),
    }


def _blocks(document: Document, pen: Pen) -> Iterator[Json]:
    study = document.study
    yield heading(1, say("The figures"), pen)
    yield _key_figures(document, pen)
    yield from first_blocks(study, pen)
    yield heading(2, say("In words"), pen)
    yield bullets(document.summary.sentences, pen)
    yield from table_blocks(study, pen, map_block(study, pen))
    yield from sheet_blocks(document, pen)
    yield from _errors(document, pen)
    yield heading(1, say("What was not tested"), pen)
    yield bullets(document.not_tested, pen)
    yield heading(1, say("Method"), pen)
    yield bullets(study.method, pen)
    yield heading(2, say("Definitions"), pen)
    yield pairs(((each.word, each.means) for each in document.definitions), pen)
    yield heading(2, say("Data sources"), pen)
    yield from _sources(document, pen)
    yield from _provenance(document.header, pen)


def _key_figures(document: Document, pen: Pen) -> Json:
    without = document.totals.suspected_decoys > 0
    figures = []
    for each in document.key_figures:
        beside = ""
        if without and each.without_decoys is not None and each.without_decoys != each.value:
            beside = pen.text(say("{number} without suspected decoys", number=each.without_decoys))
        figures.append(
            {
                "value": "\N{EN DASH}" if each.value is None else pen.number(each.value),
                "label": pen.text(each.label)
                if each.value is not None
                else pen.text(say("{what}: not tested", what=each.label)),
                "beside": beside,
                "alarming": each.alarming,
            }
        )
    return {"is": "figures", "figures": figures}


def _errors(document: Document, pen: Pen) -> Iterator[Json]:
    errors = document.totals.errors
    if not errors:
        return
    yield heading(1, say("Errors"), pen)
    yield table(
        (say("Why"), say("Questions"), say("Endpoints")),
        [
            (pen.text(CAUSE_WORD[line.cause]), pen.number(line.questions), pen.number(line.endpoints))
            for line in errors
        ],
        align="lrr",
        columns=(2, 1, 1),
        pen=pen,
    )
    if document.study.edition is Edition.SHAREABLE:
        return
    examples = [
        (
            pen.text(CAUSE_WORD[line.cause]),
            printable(each.authority),
            pen.text(probe_says(each.probe)),
            pen.text(each.detail),
        )
        for line in errors
        for each in line.examples
    ]
    yield heading(2, say("The first of them"), pen)
    yield table(
        (say("Why"), say("Endpoint"), say("Question"), say("What happened")),
        examples,
        align="llll",
        columns=(1, 1.4, 1.4, 2.6),
        pen=pen,
    )


def _sources(document: Document, pen: Pen) -> Iterator[Json]:
    sources = document.study.sources
    if not sources:
        yield text(say("No place of any archive is known."), pen)
        return
    rows: list[tuple[str, str]] = [
        (each.name, "" if each.as_of is None else pen.language.day(each.as_of)) for each in sources
    ]
    yield bullets(
        [
            say("{source}, {day}", source=name, day=day) if day else say("{only}", only=name)
            for name, day in rows
        ],
        pen,
    )
    yield note(say("A country is the country of registration of the address."), pen)


def _provenance(header: SurveyHeader, pen: Pen) -> Iterator[Json]:
    yield heading(2, say("This survey"), pen)
    yield pairs(((label, value) for label, value in _header_rows(header) if value), pen)


def _header_rows(header: SurveyHeader) -> Iterable[Sequence[str]]:
    return (
        (say("Survey"), header.id),
        (say("Scope (SHA-256)"), header.scope_sha256),
        (say("Authorised by"), header.authorised_by),
        (say("Rules"), rules_in_words(header)),
        (say("Version"), header.tool_version),
    )
