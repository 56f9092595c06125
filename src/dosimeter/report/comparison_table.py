"""A comparison on a terminal: the headline, the totals, what changed, and by country."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TextIO

from rich.console import Console, Group, RenderableType
from rich.text import Text

from dosimeter.exposure.compare import Because, Change
from dosimeter.model.message import say
from dosimeter.model.verdict import Exposure
from dosimeter.report.comparison_parts import ComparedArchive, Comparison
from dosimeter.report.comparison_words import (
    BECAUSE_WORD,
    CHANGE_WORD,
    COHORT_WORD,
    COUNTRIES_MEAN,
    NOT_THERE,
    OWNER_UNKNOWN,
    country_label,
    figure_words,
    holdings_lines,
    then_words,
    told_words,
)
from dosimeter.report.language import Language
from dosimeter.report.terminal_text import EXPOSURE_STYLE, SEVERITY_STYLE, STICKY, item, new_table, text_line
from dosimeter.report.words import EXPOSURE_WORD

_CHANGE_STYLE: Final = {
    Change.NEW: "bold red",
    Change.WORSE: "bold red",
    Change.UNKNOWN: "magenta",
    Change.UNCHANGED: "dim",
    Change.BETTER: "green",
    Change.CLOSED: "bold green",
}

_LONGEST_IPV4: Final = 21
"""Columns of the longest IPv4 address and port: what can be copied stays whole."""

ROWS_SHOWN: Final = 200
"""Archives listed; the other formats have all."""


def write_comparison_table(
    comparison: Comparison, out: TextIO, language: Language, *, width: int | None = None
) -> None:
    """Print the comparison. ``width`` is in characters; None takes the terminal's, or 80.

    Raises:
        OSError: ``out`` cannot be written.
    """
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)
    with console.capture() as captured:
        for part in _parts(comparison, language):
            console.print(part)
            console.print()
    text = captured.get().replace(STICKY, " ")
    out.writelines(f"{line.rstrip()}\n" for line in text.rstrip("\n").split("\n"))


def _parts(comparison: Comparison, language: Language) -> Iterable[RenderableType]:
    lines = (item("-", text_line(language.text(each))) for each in comparison.sentences)
    style = f"bold {SEVERITY_STYLE[comparison.gravest]}".replace("bold bold", "bold").replace("dim", "")
    yield Group(text_line(language.text(comparison.headline), style.strip()), Text(), *lines)
    yield _totals(comparison, language)
    yield _changes(comparison, language)
    if any(row.country is not None for row in comparison.countries):
        yield _countries(comparison, language)
    if comparison.shown:
        yield _archives(comparison.shown, language)


def _totals(comparison: Comparison, language: Language) -> RenderableType:
    table = new_table()
    table.add_column(language.text(say("Totals, without suspected decoys")))
    for head in (say("As told then"), say("Then, by the rules of today"), say("Now")):
        table.add_column(language.text(head), justify="right")
    for line in comparison.figures:
        told = language.text(told_words(line))
        numbers = (language.text(figure_words(number)) for number in (line.old, line.new))
        table.add_row(language.text(line.label), told, *numbers)
    for label, before, now in holdings_lines(comparison):
        table.add_row(language.text(label), "", language.text(before), language.text(now))
    return table


def _changes(comparison: Comparison, language: Language) -> RenderableType:
    table = new_table()
    table.add_column(language.text(say("What became of the archives")))
    for head in (say("Archives"), say("the network"), say("the method")):
        table.add_column(language.text(head), justify="right")
    for line in comparison.changes:
        style = _CHANGE_STYLE[line.change] if line.number else "dim"
        word = text_line(language.text(CHANGE_WORD[line.change]), style)
        numbers = (line.number, line.network, line.method)
        cells = [text_line(language.number(each), style) for each in numbers]
        table.add_row(word, *(cells if line.change is not Change.UNCHANGED else cells[:1]))
    return table


def _countries(comparison: Comparison, language: Language) -> RenderableType:
    table = new_table()
    table.add_column(language.text(say("Country of registration")))
    heads = (
        say("Open before"),
        say("Open now"),
        say("Closed"),
        say("Appeared"),
        say("Not known"),
        say("Images now"),
    )
    for head in heads:
        table.add_column(language.text(head), justify="right")
    table.add_column("")
    for row in comparison.countries:
        table.add_row(
            text_line(language.text(country_label(row.country, language.country))),
            *(language.number(each) for each in (row.old, row.new, row.closed, row.appeared, row.unknown)),
            language.text(figure_words(row.images)),
            language.text(COHORT_WORD[row.cohort]),
        )
    return Group(table, text_line(language.text(COUNTRIES_MEAN), "dim"))


def _archives(changed: Sequence[ComparedArchive], language: Language) -> RenderableType:
    table = new_table()
    table.add_column(language.text(say("Archive")), no_wrap=True, overflow="fold", min_width=_LONGEST_IPV4)
    for head in (say("Change"), say("Then"), say("Now"), say("It rests on"), say("Owner")):
        table.add_column(language.text(head))
    for each in changed[:ROWS_SHOWN]:
        table.add_row(
            text_line(each.endpoint.authority),
            text_line(language.text(CHANGE_WORD[each.change]), _CHANGE_STYLE[each.change]),
            _then(each, language),
            _rung(each.new, language),
            text_line(
                language.text(BECAUSE_WORD[each.because]), "dim" if each.because is Because.METHOD else ""
            ),
            text_line(each.organisation or language.text(OWNER_UNKNOWN)),
        )
    rest = len(changed) - ROWS_SHOWN
    if rest <= 0:
        return table
    more = say("{rest} more: `dosimeter compare … -f csv` lists all.", rest=rest)
    return Group(table, text_line(language.text(more)))


def _then(each: ComparedArchive, language: Language) -> Text:
    if not each.is_rejudged:
        return _rung(each.old, language)
    return text_line(language.text(then_words(each, EXPOSURE_WORD.__getitem__)))


def _rung(exposure: Exposure | None, language: Language) -> Text:
    if exposure is None:
        return text_line(language.text(NOT_THERE), "dim")
    return text_line(language.text(EXPOSURE_WORD[exposure]), EXPOSURE_STYLE[exposure])
