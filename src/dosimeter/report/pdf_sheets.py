"""The sheets of the archives on paper, and every remedy once: a sheet names what a chapter has in full."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dosimeter.model.census import Things
from dosimeter.model.message import Message, commas, say, semicolons
from dosimeter.model.verdict import DecoyTier, Remedy, Severity
from dosimeter.report.archive import Archive
from dosimeter.report.census_words import NumberShown, numbers_of
from dosimeter.report.counts_json import Json
from dosimeter.report.document import Document
from dosimeter.report.door_words import door_also, door_guards, door_plainly, place_of
from dosimeter.report.language import Language
from dosimeter.report.neighbour import neighbour_says
from dosimeter.report.pdf_blocks import heading, text
from dosimeter.report.pdf_text import Pen, printable
from dosimeter.report.place_words import place_rows
from dosimeter.report.sheets import SHEETS_IN_FULL, Sheet, remedies_of, sheets_of
from dosimeter.report.study import Edition
from dosimeter.report.words import (
    DECOY_SAYS,
    EXPOSURE_WORD,
    NEIGHBOUR_WORD,
    PROTECTION_WORD,
    SERVICE_SAYS,
    SEVERITY_WORD,
    tls_in_words,
)

_THINGS: Final = frozenset(things.value for things in Things)

_ADDRESSES_SHOWN: Final = 60
"""Of archives that are alike; the data formats name them all."""


def sheet_blocks(document: Document, pen: Pen) -> Iterator[Json]:
    """The remedies, then the sheets; in an edition that names no archive the remedies alone."""
    remedies = {remedy: number for number, remedy in enumerate(remedies_of(document.archives), start=1)}
    if remedies:
        yield heading(1, say("What closes it"), pen)
        yield text(say("Each sheet names its remedies by these numbers."), pen)
        yield from (_remedy(remedy, number, pen) for remedy, number in remedies.items())
    if document.study.edition is Edition.SHAREABLE or not document.archives:
        return
    yield {"is": "page"}
    yield heading(1, say("The archives"), pen)
    yield text(
        say("One sheet for each archive, the gravest first; those of which the same is said share one."), pen
    )
    sheets = sheets_of(document.archives)
    in_full = len(sheets) <= SHEETS_IN_FULL
    if not in_full:
        yield text(say("There are many: each says the gravest, and the JSON report has all of it."), pen)
    for sheet in sheets:
        yield _sheet(sheet, remedies, pen, in_full=in_full)


def _remedy(remedy: Remedy, number: int, pen: Pen) -> Json:
    return {
        "is": "remedy",
        "title": pen.text(say("R{number}. {title}", number=str(number), title=remedy.title)),
        "steps": [pen.marked(step) for step in remedy.steps],
    }


def _sheet(sheet: Sheet, remedies: dict[Remedy, int], pen: Pen, *, in_full: bool) -> Json:
    archive = sheet.archive
    verdict = archive.verdict
    numbers = [(str(remedies[each]), each.title) for each in verdict.remedies]
    named = (
        semicolons([say("R{number}. {title}", number=number, title=title) for number, title in numbers])
        if in_full
        else commas([f"R{number}" for number, _ in numbers])
    )
    worth_saying = verdict.reasons if in_full else sheet.gravest
    return {
        "is": "sheet",
        "title": pen.text(_title(sheet)),
        "grade": verdict.severity.word,
        "grade-word": pen.text(SEVERITY_WORD[verdict.severity]),
        "exposure": pen.text(EXPOSURE_WORD[verdict.exposure]),
        "also": pen.text(_alike(sheet)),
        "rows": [[pen.text(label), pen.text(says)] for label, says in _rows(archive, pen.language) if says],
        "reasons": [
            {
                "grade": each.severity.word,
                "word": pen.text(SEVERITY_WORD[each.severity]),
                "says": pen.text(each.says),
                "reference": printable(each.reference),
            }
            for each in worth_saying
            if each.severity > Severity.INFO or verdict.severity is Severity.INFO
        ],
        "remedies": pen.text(named),
        "retest": printable(archive.retest) if in_full and verdict.remedies and not sheet.is_shared else "",
    }


def _title(sheet: Sheet) -> Message:
    archive = sheet.archive
    authority = archive.endpoint.authority
    more = len(sheet.archives) - 1
    if more:
        return say("{place} and {more} more", place=authority, more=more)
    name = archive.endpoint.name
    return say("{place} ({name})", place=authority, name=name) if name else say("{only}", only=authority)


def _alike(sheet: Sheet) -> Message:
    others = sheet.archives[1:]
    shown = commas([each.endpoint.authority for each in others[:_ADDRESSES_SHOWN]])
    left = len(others) - _ADDRESSES_SHOWN
    return say("{places} and {more} more", places=shown, more=left) if left > 0 else shown


def _rows(archive: Archive, language: Language) -> Iterator[tuple[str, str]]:
    verdict, findings = archive.verdict, archive.findings
    yield from place_rows(archive.place, language)
    if archive.joined:
        yield say("Doors"), semicolons([_door(archive, place) for place in range(len(archive.doors))])
    yield (
        say("Protections seen"),
        commas([PROTECTION_WORD[each] for each in verdict.protections]) or say("none"),
    )
    if verdict.product is not None:
        product = verdict.product
        version = product.version
        yield (
            say("Product"),
            say("{product} {version}", product=product.name, version=version) if version else product.name,
        )
    if findings.tls is not None:
        yield say("TLS"), tls_in_words(findings.tls)
    if verdict.advisories:
        yield say("Advisories"), commas([each.id for each in verdict.advisories])
    if findings.has_census:
        yield say("Holds"), semicolons([_held(each) for each in numbers_of(findings)])
    for each in archive.neighbours:
        kind = NEIGHBOUR_WORD[each.neighbour.kind]
        says = neighbour_says(each.neighbour)
        yield (
            say("Neighbour"),
            say("{place} {kind}: {says}", place=each.endpoint.authority, kind=kind, says=says),
        )
    if verdict.decoy.tier is not DecoyTier.NONE:
        reasons = semicolons(verdict.decoy.reasons)
        yield say("Decoy"), say("{tier}: {reasons}", tier=DECOY_SAYS[verdict.decoy.tier], reasons=reasons)


def _held(number: NumberShown) -> Message:
    """A number of things says itself what it is of; the others need their label."""
    if number.key in _THINGS:
        return say("{only}", only=number.whole)
    return say("{what}: {number}", what=number.label, number=number.whole)


def _door(archive: Archive, place: int) -> Message:
    door = archive.doors[place]
    says = say(
        "{place} {service}: {exposure}, {plainly}; {guards}",
        place=place_of(door, archive),
        service=SERVICE_SAYS[door.endpoint.service],
        exposure=EXPOSURE_WORD[door.exposure],
        plainly=door_plainly(door),
        guards=door_guards(door),
    )
    also = door_also(door)
    return semicolons([says, also]) if also else says
