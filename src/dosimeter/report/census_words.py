"""What a report says of the census of one archive: each number with its kind and the reason for it."""

from __future__ import annotations

from dataclasses import dataclass

from dosimeter.census import words
from dosimeter.exposure.count_words import count_of, figure_words, kind_words, whole_words
from dosimeter.model.census import MANY, AtLeast, Count, Things, Unknown
from dosimeter.model.message import Message, commas, say
from dosimeter.report.archive import Findings
from dosimeter.report.breakdown import breakdown_of
from dosimeter.report.small_cells import Cell, FewerThan


@dataclass(frozen=True, slots=True)
class NumberShown:
    """One number of an archive: alone, how it is known, and as a whole statement; ``why`` may be empty."""

    key: str
    label: str
    figure: str
    kind: str
    whole: str
    why: str


def numbers_of(findings: Findings) -> tuple[NumberShown, ...]:
    """Patients, studies, series, images; worklist entries if a worklist answered; what can be fetched.

    Of an archive that was not counted at all, one line says why.
    """
    if not findings.is_counted:
        return (_nothing(findings.why_not_counted),)
    counts = findings.census.counts
    numbers = []
    for things in Things:
        count = count_of(counts, things)
        if isinstance(count, Unknown) and not _could_hold(findings, things):
            continue
        why = _why(count, things, findings)
        whole = whole_words(count, things)
        numbers.append(
            NumberShown(
                key=things.value,
                label=MANY[things],
                figure=figure_words(count),
                kind=kind_words(count),
                whole=say("{whole}: {why}", whole=whole, why=why) if why else whole,
                why=why,
            )
        )
    if findings.lets_fetch is not None and not isinstance(findings.retrievable_instances, Unknown):
        numbers.append(_fetched(findings.retrievable_instances, lets_fetch=findings.lets_fetch))
    return tuple(numbers)


def parts_in_words(findings: Findings) -> tuple[tuple[Message, Message], ...]:
    """The breakdown as lines of a label and a text; none where nothing may be shown."""
    parts = breakdown_of(findings.census)
    by_year = [_part(str(each.year), each.studies) for each in parts.years]
    by_modality = [_part(each.modality, each.studies) for each in parts.modalities]
    lines = [
        (say("By year"), commas(by_year)),
        (say("Without a date"), cell_words(parts.undated) if _is_some(parts.undated) else say("")),
        (say("By modality"), commas(by_modality)),
    ]
    if parts.oldest_year is not None and parts.newest_year is not None:
        lines.insert(0, (say("Years"), years_words(parts.oldest_year, parts.newest_year)))
    return tuple(line for line in lines if line[1])


def _part(name: str, studies: Cell) -> Message:
    return say("{part}: {studies}", part=name, studies=cell_words(studies))


def why_in_words(findings: Findings) -> tuple[str, ...]:
    """Our own sentences that do not stand beside a number, and what of the parts is not shown."""
    census = findings.census
    found = (words.reason_in(census.remarks, count_of(census.counts, things), things) for things in Things)
    said = {each[0] for each in found if each is not None}
    rest = (remark for remark in census.remarks if remark not in said)
    return (*map(_sentence, rest), *breakdown_of(census).notes)


def cell_words(cell: Cell) -> Message:
    """``40``, ``at least 40``, ``about 40``, ``40 claimed``, ``< 11``; ``not shown`` of what is not known."""
    match cell:
        case FewerThan(value):
            return say("< {number}", number=value)
        case Unknown():
            return say("not shown")
        case _:
            return figure_words(cell)


def years_words(oldest: int, newest: int) -> Message:
    """``2009 to 2026``, or the one year there is."""
    if oldest == newest:
        return say("{only}", only=str(oldest))
    return say("{oldest} to {newest}", oldest=str(oldest), newest=str(newest))


def _nothing(why: str) -> NumberShown:
    """The reason may come from a store, which keeps plain text: it is made a message again."""
    reason = say("{only}", only=why)
    whole = say("not counted: {why}", why=why)
    return NumberShown("nothing", say("counts"), say("not counted"), reason, whole, reason)


def _could_hold(findings: Findings, things: Things) -> bool:
    """Whether an archive that was not counted may hold such things at all."""
    if things is Things.WORKLIST_ITEMS:
        return findings.verdict.worklist is True
    return not findings.worklist_only


def _fetched(count: Count, *, lets_fetch: bool) -> NumberShown:
    label = say("of them can be fetched")
    if not lets_fetch:
        why = say("it refused C-GET, by which images are fetched")
        return NumberShown("retrievable", label, say("none"), why, say("none: {why}", why=why), why)
    figure = figure_words(count)
    whole = say("{number}: its null retrieve was answered", number=figure)
    return NumberShown("retrievable", label, figure, kind_words(count), whole, "")


def _why(count: Count, things: Things, findings: Findings) -> str:
    """Why a number is no whole one: as the census says it, or else as the facts do."""
    found = words.reason_in(findings.census.remarks, count, things)
    why = found[1] if found is not None else ""
    if why or not isinstance(count, AtLeast):
        return why
    if findings.census_end in words.ENDED:
        return words.ENDED[findings.census_end]
    limit = findings.census.rows_limit
    return "" if limit is None else words.limited(limit)


def _sentence(remark: str) -> Message:
    """The remark with a capital and a full stop."""
    if remark.endswith("."):
        return say("{^remark}", remark=remark)
    return say("{^remark}.", remark=remark)


def _is_some(cell: Cell) -> bool:
    return not isinstance(cell, Unknown) and (isinstance(cell, FewerThan) or cell.value > 0)
