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
from dosimeter.report.terminal_text import LONGEST_IPV4, SEVERITY_STYLE, STICKY, Pen, item, new_table
from dosimeter.report.words import EXPOSURE_WORD

_CHANGE_STYLE: Final = {
    Change.NEW: "bold red",
    Change.WORSE: "bold red",
    Change.UNKNOWN: "magenta",
    Change.UNCHANGED: "dim",
    Change.BETTER: "green",
    Change.CLOSED: "bold green",
}

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
        for part in _parts(comparison, Pen(language)):
            console.print(part)
            console.print()
    text = captured.get().replace(STICKY, " ")
    out.writelines(f"{line.rstrip()}\n" for line in text.rstrip("\n").split("\n"))


def _parts(comparison: Comparison, pen: Pen) -> Iterable[RenderableType]:
    lines = (item("-", pen.line(each)) for each in comparison.sentences)
    style = f"bold {SEVERITY_STYLE[comparison.gravest]}".replace("bold bold", "bold").replace("dim", "")
    yield Group(pen.line(comparison.headline, style.strip()), Text(), *lines)
    yield _totals(comparison, pen)
    yield _changes(comparison, pen)
    if any(row.country is not None for row in comparison.countries):
        yield _countries(comparison, pen)
    if comparison.shown:
        yield _archives(comparison.shown, pen)


def _totals(comparison: Comparison, pen: Pen) -> RenderableType:
    table = new_table()
    table.add_column(pen.line(say("Totals, without suspected decoys")))
    for head in (say("As told then"), say("Then, by the rules of today"), say("Now")):
        table.add_column(pen.line(head), justify="right")
    for line in comparison.figures:
        told = pen.line(told_words(line))
        numbers = (pen.line(figure_words(number)) for number in (line.old, line.new))
        table.add_row(pen.line(line.label), told, *numbers)
    for label, before, now in holdings_lines(comparison):
        table.add_row(pen.line(label), "", pen.line(before), pen.line(now))
    return table


def _changes(comparison: Comparison, pen: Pen) -> RenderableType:
    table = new_table()
    table.add_column(pen.line(say("What became of the archives")))
    for head in (say("Archives"), say("the network"), say("the method")):
        table.add_column(pen.line(head), justify="right")
    for line in comparison.changes:
        style = _CHANGE_STYLE[line.change] if line.number else "dim"
        word = pen.line(CHANGE_WORD[line.change], style)
        numbers = (line.number, line.network, line.method)
        cells = [pen.number(each, style) for each in numbers]
        table.add_row(word, *(cells if line.change is not Change.UNCHANGED else cells[:1]))
    return table


def _countries(comparison: Comparison, pen: Pen) -> RenderableType:
    table = new_table()
    table.add_column(pen.line(say("Country of registration")))
    heads = (
        say("Open before"),
        say("Open now"),
        say("Closed"),
        say("Appeared"),
        say("Not known"),
        say("Images now"),
    )
    for head in heads:
        table.add_column(pen.line(head), justify="right")
    table.add_column("")
    for row in comparison.countries:
        table.add_row(
            pen.line(country_label(row.country, pen.language.country)),
            *(pen.number(each) for each in (row.old, row.new, row.closed, row.appeared, row.unknown)),
            pen.line(figure_words(row.images)),
            pen.line(COHORT_WORD[row.cohort]),
        )
    return Group(table, pen.line(COUNTRIES_MEAN, "dim"))


def _archives(changed: Sequence[ComparedArchive], pen: Pen) -> RenderableType:
    table = new_table()
    table.add_column(pen.line(say("Archive")), no_wrap=True, overflow="fold", min_width=LONGEST_IPV4)
    for head in (say("Change"), say("Then"), say("Now"), say("It rests on"), say("Owner")):
        table.add_column(pen.line(head))
    for each in changed[:ROWS_SHOWN]:
        table.add_row(
            pen.line(each.endpoint.authority),
            pen.line(CHANGE_WORD[each.change], _CHANGE_STYLE[each.change]),
            _then(each, pen),
            _rung(each.new, pen),
            pen.line(BECAUSE_WORD[each.because], "dim" if each.because is Because.METHOD else ""),
            pen.line(each.organisation or OWNER_UNKNOWN),
        )
    rest = len(changed) - ROWS_SHOWN
    if rest <= 0:
        return table
    more = say("{rest} more: `dosimeter compare … -f csv` lists all.", rest=rest)
    return Group(table, pen.line(more))


def _then(each: ComparedArchive, pen: Pen) -> Text:
    if not each.is_rejudged:
        return _rung(each.old, pen)
    return pen.line(then_words(each, EXPOSURE_WORD.__getitem__))


def _rung(exposure: Exposure | None, pen: Pen) -> Text:
    if exposure is None:
        return pen.line(NOT_THERE, "dim")
    return pen.exposure(exposure)
