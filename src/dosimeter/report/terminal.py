"""The report on a terminal: the summary, the ladder, the archives, and on request every reason and remedy.

Colour never stands alone: each coloured value is a word. Nothing is ever parsed as markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TextIO

from rich.console import Console, Group, RenderableType
from rich.text import Text

from dosimeter.exposure.count_words import short_words
from dosimeter.model.verdict import DecoyTier, Severity, Verdict
from dosimeter.report.archive import Archive
from dosimeter.report.document import Document, OtherGroup
from dosimeter.report.door_words import port_in_short
from dosimeter.report.neighbour import neighbour_says
from dosimeter.report.plain import plain_text
from dosimeter.report.sentences import Rung
from dosimeter.report.terminal_detail import archive_in_detail
from dosimeter.report.terminal_text import (
    EXPOSURE_STYLE,
    SEVERITY_STYLE,
    STICKY,
    exposure_text,
    item,
    new_table,
    product_words,
    severity_text,
    text_line,
)
from dosimeter.report.words import (
    CAUSE_SAYS,
    CAUSE_WORD,
    KNOWN,
    NEIGHBOUR_WORD,
    PROTECTION_SHORT,
    counted,
    day_and_time,
    rules_in_words,
    touch_in_words,
)

WIDE: Final = 104
"""From this width on, every property of an archive has its own column."""

_WIDE_WITH_COUNTS: Final = 120
"""The same where the columns of two numbers stand among them."""

ADDRESSES_SHOWN: Final = 8

_BAR_WIDTH: Final = 16
_NARROW_BAR_WIDTH: Final = 8
_LONGEST_IPV4: Final = 21
"""Columns of the longest IPv4 address and port: what can be copied stays in one line."""


def write_table(document: Document, out: TextIO, *, width: int | None = None, detail: bool = False) -> None:
    """Print the report; with ``detail`` also each archive's reasons, remedies and failures.

    Colour is used on a terminal only, and not where NO_COLOR is set. ``width`` is in characters;
    None takes the terminal's, or 80 where there is none.
    """
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)
    with console.capture() as captured:
        for part in _parts(document, console.width, detail=detail):
            console.print(part)
            console.print()
        console.print(_footer(document))
    text = captured.get().replace(STICKY, " ")
    out.writelines(f"{line.rstrip()}\n" for line in text.split("\n")[:-1])


def _parts(document: Document, width: int, *, detail: bool) -> Iterable[RenderableType]:
    yield _summary(document)
    yield _ladder(document, wide=width >= WIDE)
    if document.stakes:
        yield _stakes(document)
    if document.archives:
        yield _archives(document.archives, width, counted=bool(document.stakes))
    if document.neighbours:
        yield _neighbours(document.neighbours)
    if document.others:
        yield _others(document.others)
    if document.totals.errors:
        yield _errors(document)
    if detail:
        for archive in document.archives:
            yield archive_in_detail(archive)
        yield _not_tested(document)


def _summary(document: Document) -> RenderableType:
    severity = document.summary.severity
    style = "bold" if severity is Severity.INFO else f"bold not dim {SEVERITY_STYLE[severity]}"
    sentences = (item("-", text_line(each)) for each in document.summary.sentences)
    return Group(text_line(document.summary.headline, style), Text(), *sentences)


def _ladder(document: Document, *, wide: bool) -> RenderableType:
    bar = _BAR_WIDTH if wide else _NARROW_BAR_WIDTH
    decoys = document.totals.suspected_decoys > 0
    table = new_table()
    table.add_column("Exposure", no_wrap=True)
    table.add_column("Number", justify="right", no_wrap=True)
    if decoys:
        table.add_column("No decoys", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True, width=bar)
    table.add_column("What was seen" if wide else "In short")
    most = max((rung.number for rung in document.ladder), default=0)
    for rung in reversed(document.ladder):
        style = EXPOSURE_STYLE[rung.exposure] if rung.number else "dim"
        cells = [text_line(rung.word, style), text_line(_figure(rung, rung.number), style)]
        if decoys:
            cells.append(text_line(_figure(rung, rung.without_decoys), style))
        cells.append(text_line("\N{FULL BLOCK}" * (-(-rung.number * bar // most) if most else 0), style))
        says = rung.says if wide else rung.plainly
        cells.append(text_line(says if rung.tested else "not tested", "" if rung.number else "dim"))
        table.add_row(*cells)
    return table


def _figure(rung: Rung, number: int) -> str:
    return f"{number:,}" if rung.tested else "-"


def _stakes(document: Document) -> RenderableType:
    """The two figures of the study apart; the summary and JSON give the sums with decoys too."""
    table = new_table()
    table.add_column("At stake")
    table.add_column("Answers anybody", justify="right")
    table.add_column("Lets anybody fetch", justify="right")
    for row in document.stakes:
        table.add_row(text_line(row.label), text_line(row.linked), text_line(row.downloadable))
    return table


def _archives(archives: Sequence[Archive], width: int, *, counted: bool) -> RenderableType:
    """A narrow table of numbers has no room for products, which stand in the details."""
    wide = width >= (_WIDE_WITH_COUNTS if counted else WIDE)
    products = not counted or width >= WIDE
    table = new_table()
    longest = max(len(archive.endpoint.authority) for archive in archives)
    table.add_column("Archive", overflow="fold", no_wrap=longest <= _LONGEST_IPV4)
    table.add_column("Exposure", no_wrap=True)
    table.add_column("Severity", no_wrap=True)
    if counted:
        table.add_column("Studies", justify="right", no_wrap=True)
        table.add_column("Images", justify="right", no_wrap=True)
    if wide:
        table.add_column("Protections seen")
        table.add_column("Takes images", justify="left")
        table.add_column("Worklist")
        table.add_column("Product")
        table.add_column("Decoy", no_wrap=True)
    else:
        table.add_column("Also seen", overflow="fold")
        if products:
            table.add_column("Product", overflow="fold")
    for archive in archives:
        verdict = archive.verdict
        table.add_row(
            _place(archive),
            exposure_text(verdict.exposure),
            severity_text(verdict.severity),
            *(_counts(archive) if counted else ()),
            *(_wide_cells(verdict) if wide else _narrow_cells(verdict, products=products)),
        )
    return table


def _place(archive: Archive) -> Text:
    """Where it is, and below it the name that was typed, if one was; a long one takes several lines."""
    place = text_line(archive.endpoint.authority)
    name = plain_text(archive.endpoint.name or "")
    for start in range(0, len(name), _LONGEST_IPV4):
        place.append(f"\n{name[start : start + _LONGEST_IPV4]}", "dim")
    address = archive.endpoint.address
    for door in archive.joined:
        if door.endpoint.address != address:
            address = door.endpoint.address
            place.append(f"\n{address}", "dim")
        place.append(f"\n  {port_in_short(door)}", "dim")
    return place


def _counts(archive: Archive) -> list[Text]:
    counts = archive.findings.census.counts
    return [text_line(short_words(count)) for count in (counts.studies, counts.instances)]


def _wide_cells(verdict: Verdict) -> list[Text]:
    protections = ", ".join(PROTECTION_SHORT[each] for each in verdict.protections)
    return [
        text_line(protections or "none", "" if protections else "dim"),
        text_line(KNOWN[verdict.accepts_writes], "yellow" if verdict.accepts_writes else "dim"),
        text_line(KNOWN[verdict.worklist], "yellow" if verdict.worklist else "dim"),
        text_line(product_words(verdict.product)),
        text_line(verdict.decoy.tier.value, "dim" if verdict.decoy.tier is DecoyTier.NONE else "magenta"),
    ]


def _narrow_cells(verdict: Verdict, *, products: bool) -> list[Text]:
    also = []
    if verdict.accepts_writes:
        also.append("takes images")
    if verdict.worklist:
        also.append("worklist")
    if verdict.decoy.tier is not DecoyTier.NONE:
        also.append(f"decoy: {verdict.decoy.tier.value}")
    also += [PROTECTION_SHORT[each] for each in verdict.protections]
    seen = text_line(", ".join(also) or "-", "" if also else "dim")
    return [seen, text_line(product_words(verdict.product))] if products else [seen]


def _neighbours(neighbours: Iterable[Archive]) -> RenderableType:
    table = new_table()
    table.add_column("Neighbour", overflow="fold")
    table.add_column("Speaks", no_wrap=True)
    table.add_column("What was seen")
    for each in neighbours:
        if each.findings.neighbour is not None:
            table.add_row(
                text_line(_in_a_row(each)),
                text_line(NEIGHBOUR_WORD[each.findings.neighbour.kind]),
                text_line(neighbour_says(each.findings.neighbour)),
            )
    return table


def _others(groups: Iterable[OtherGroup]) -> RenderableType:
    table = new_table()
    table.add_column("Other", no_wrap=True)
    table.add_column("Endpoints", justify="right", no_wrap=True)
    table.add_column("Why")
    table.add_column("Where", overflow="fold")
    for group in groups:
        table.add_row(
            exposure_text(group.exposure),
            text_line(f"{len(group.archives):,}"),
            text_line(group.says),
            text_line(_first(group.archives)),
        )
    return table


def _first(archives: tuple[Archive, ...]) -> str:
    shown = " ".join(map(_in_a_row, archives[:ADDRESSES_SHOWN]))
    rest = len(archives) - ADDRESSES_SHOWN
    return shown if rest <= 0 else f"{shown} and {rest:,} more"


def _in_a_row(archive: Archive) -> str:
    name, authority = archive.endpoint.name, archive.endpoint.authority
    return f"{name} ({authority})" if name else authority


def _errors(document: Document) -> RenderableType:
    table = new_table()
    table.add_column("Error", no_wrap=True)
    table.add_column("Questions", justify="right", no_wrap=True)
    table.add_column("Endpoints", justify="right", no_wrap=True)
    table.add_column("What it means")
    for error in document.totals.errors:
        table.add_row(
            text_line(CAUSE_WORD[error.cause], "yellow"),
            text_line(f"{error.questions:,}"),
            text_line(f"{error.endpoints:,}"),
            text_line(CAUSE_SAYS[error.cause]),
        )
    return table


def _not_tested(document: Document) -> RenderableType:
    return Group(
        text_line("Not tested", "bold"), *(item("-", text_line(each)) for each in document.not_tested)
    )


def _footer(document: Document) -> RenderableType:
    header, totals = document.header, document.totals
    ended = f" to {day_and_time(header.completed)}" if header.completed else ", not completed"
    asked = counted(totals.attempts.asked, "question")
    cost = "" if totals.counting_cost is None else f" Counting took {totals.counting_cost.says}."
    return Group(
        text_line(
            f"Survey {header.id}, {day_and_time(header.started)}{ended}. "
            f"{asked} asked, {totals.attempts.failed:,} failed, {totals.attempts.skipped:,} not asked.{cost}",
            "dim",
        ),
        text_line(f"Touch {touch_in_words(header.touch)}.", "dim"),
        text_line(
            f"Authorised by {header.authorised_by} ({header.reference}); scope {header.scope_sha256[:16]}. "
            f"dosimeter {header.tool_version}, {rules_in_words(header)}.",
            "dim",
        ),
    )
