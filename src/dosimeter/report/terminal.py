"""The report on a terminal: the summary, the ladder, the archives, and on request every reason and remedy.

Colour never stands alone: each coloured value is a word. Nothing is ever parsed as markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TextIO

from rich.cells import cell_len, chop_cells
from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.text import Text

from dosimeter.exposure.count_words import short_words
from dosimeter.model.message import Message, commas, many, say, sentences
from dosimeter.model.survey import SurveyHeader
from dosimeter.model.verdict import DecoyTier, Severity, Verdict
from dosimeter.report.archive import Archive
from dosimeter.report.document import Document, OtherGroup
from dosimeter.report.door_words import port_in_short
from dosimeter.report.language import ENGLISH, Language
from dosimeter.report.neighbour import neighbour_says
from dosimeter.report.plain import plain_text
from dosimeter.report.rungs import Rung
from dosimeter.report.terminal_detail import archive_in_detail
from dosimeter.report.terminal_text import (
    EXPOSURE_STYLE,
    LONGEST_IPV4,
    SEVERITY_STYLE,
    STICKY,
    Pen,
    item,
    new_table,
    product_words,
)
from dosimeter.report.words import (
    CAUSE_SAYS,
    CAUSE_WORD,
    DECOY_WORD,
    KNOWN,
    NEIGHBOUR_WORD,
    PROTECTION_SHORT,
    rules_in_words,
    touch_in_words,
)

WIDE: Final = 104
"""From this width on, every property of an archive has its own column."""

_WIDE_WITH_COUNTS: Final = 120
"""The same where the columns of two numbers stand among them."""

ADDRESSES_SHOWN: Final = 8

_UNLIMITED: Final = 10_000

_BAR_WIDTH: Final = 16
_NARROW_BAR_WIDTH: Final = 8


def write_table(
    document: Document,
    out: TextIO,
    language: Language = ENGLISH,
    *,
    width: int | None = None,
    detail: bool = False,
) -> None:
    """Print the report; with ``detail`` also each archive's reasons, remedies and failures.

    Colour is used on a terminal only, and not where NO_COLOR is set. ``width`` is in characters;
    None takes the terminal's, or 80 where there is none. A space that French does not break is a plain
    one once the lines are broken: every terminal and every font has it.
    """
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)
    pen = Pen(language)
    with console.capture() as captured:
        for part in _parts(document, console, pen, detail=detail):
            console.print(part)
            console.print()
        console.print(_footer(document, pen))
    text = captured.get().replace(STICKY, " ")
    out.writelines(f"{line.rstrip()}\n" for line in text.split("\n")[:-1])


def _parts(document: Document, console: Console, pen: Pen, *, detail: bool) -> Iterable[RenderableType]:
    yield _summary(document, pen)
    yield _ladder(document, pen, wide=console.width >= WIDE)
    if document.stakes:
        yield _stakes(document, pen)
    if document.archives:
        yield _archives(document, console, pen)
    if document.neighbours:
        yield _neighbours(document.neighbours, pen)
    if document.others:
        yield _others(document.others, pen)
    if document.totals.errors:
        yield _errors(document, pen)
    if detail:
        for archive in document.archives:
            yield archive_in_detail(archive, pen)
        yield _not_tested(document, pen)


def _summary(document: Document, pen: Pen) -> RenderableType:
    severity = document.summary.severity
    style = "bold" if severity is Severity.INFO else f"bold not dim {SEVERITY_STYLE[severity]}"
    found = (item("-", pen.line(each)) for each in document.summary.sentences)
    return Group(pen.line(document.summary.headline, style), Text(), *found)


def _ladder(document: Document, pen: Pen, *, wide: bool) -> RenderableType:
    bar = _BAR_WIDTH if wide else _NARROW_BAR_WIDTH
    decoys = document.totals.suspected_decoys > 0
    table = new_table()
    table.add_column(pen.line(say("Exposure")), no_wrap=True)
    table.add_column(pen.line(say("Number")), justify="right", no_wrap=True)
    if decoys:
        table.add_column(pen.line(say("No decoys")), justify="right", no_wrap=True)
    table.add_column("", no_wrap=True, width=bar)
    table.add_column(pen.line(say("What was seen") if wide else say("In short")))
    most = max((rung.number for rung in document.ladder), default=0)
    for rung in reversed(document.ladder):
        style = EXPOSURE_STYLE[rung.exposure] if rung.number else "dim"
        cells = [pen.line(rung.word, style), _figure(rung, rung.number, pen, style)]
        if decoys:
            cells.append(_figure(rung, rung.without_decoys, pen, style))
        cells.append(Text("\N{FULL BLOCK}" * (-(-rung.number * bar // most) if most else 0), style))
        says = rung.says if wide else rung.plainly
        cells.append(pen.line(says if rung.tested else say("not tested"), "" if rung.number else "dim"))
        table.add_row(*cells)
    return table


def _figure(rung: Rung, number: int, pen: Pen, style: str) -> Text:
    return pen.number(number, style) if rung.tested else Text("-", style)


def _stakes(document: Document, pen: Pen) -> RenderableType:
    """The two figures of the study apart; the summary and JSON give the sums with decoys too."""
    table = new_table()
    table.add_column(pen.line(say("At stake")))
    table.add_column(pen.line(say("Answers anybody")), justify="right")
    table.add_column(pen.line(say("Lets anybody fetch")), justify="right")
    for row in document.stakes:
        table.add_row(pen.line(row.label), pen.line(row.linked), pen.line(row.downloadable))
    return table


def _archives(document: Document, console: Console, pen: Pen) -> RenderableType:
    """Every property in its own column where the words of the language fit into them, else together."""
    counted = bool(document.stakes)
    if console.width >= (_WIDE_WITH_COUNTS if counted else WIDE):
        table = _archive_table(document.archives, console.width, pen, counted=counted, wide=True)
        unlimited = console.options.update(max_width=_UNLIMITED)
        if Measurement.get(console, unlimited, table).minimum <= console.width:
            return table
    return _archive_table(document.archives, console.width, pen, counted=counted, wide=False)


def _archive_table(
    archives: Sequence[Archive], width: int, pen: Pen, *, counted: bool, wide: bool
) -> RenderableType:
    """A narrow table of numbers has no room for products, which stand in the details."""
    products = not counted or width >= WIDE
    table = new_table()
    longest = max(cell_len(archive.endpoint.authority) for archive in archives)
    table.add_column(pen.line(say("Archive")), overflow="fold", no_wrap=longest <= LONGEST_IPV4)
    narrowest = None if width >= WIDE else _narrowest(archives, pen)
    table.add_column(pen.line(say("Exposure")), no_wrap=narrowest is None, width=narrowest)
    table.add_column(pen.line(say("Severity")), no_wrap=True)
    if counted:
        table.add_column(pen.line(say("Studies")), justify="right", no_wrap=True)
        table.add_column(pen.line(say("Images")), justify="right", no_wrap=True)
    if wide:
        table.add_column(pen.line(say("Protections seen")))
        table.add_column(pen.line(say("Takes images")), justify="left")
        table.add_column(pen.line(say("Worklist")))
        table.add_column(pen.line(say("Product")))
        table.add_column(pen.line(say("Decoy")), no_wrap=True)
    else:
        table.add_column(pen.line(say("Also seen")), overflow="fold")
        if products:
            table.add_column(pen.line(say("Product")), overflow="fold")
    for archive in archives:
        verdict = archive.verdict
        table.add_row(
            _place(archive),
            pen.exposure(verdict.exposure),
            pen.severity(verdict.severity),
            *(_counts(archive, pen) if counted else ()),
            *(_wide_cells(verdict, pen) if wide else _narrow_cells(verdict, pen, products=products)),
        )
    return table


def _narrowest(archives: Sequence[Archive], pen: Pen) -> int | None:
    """The width of the longest word of a rung; None where each rung is one word, as in English."""
    heading = pen.line(say("Exposure"))
    rungs = [heading, *(pen.exposure(exposure) for exposure in {each.exposure for each in archives})]
    words = [word for rung in rungs for word in rung.plain.split(" ")]
    return None if len(words) == len(rungs) else max(map(cell_len, words))


def _place(archive: Archive) -> Text:
    """Where it is, and below it the name that was typed, if one was; a long one takes several lines."""
    place = Text(plain_text(archive.endpoint.authority))
    for part in chop_cells(plain_text(archive.endpoint.name or ""), LONGEST_IPV4):
        place.append(f"\n{part}" if part else "", "dim")
    address = archive.endpoint.address
    for door in archive.joined:
        if door.endpoint.address != address:
            address = door.endpoint.address
            place.append(f"\n{address}", "dim")
        place.append(f"\n  {port_in_short(door)}", "dim")
    return place


def _counts(archive: Archive, pen: Pen) -> list[Text]:
    counts = archive.findings.census.counts
    return [pen.line(short_words(count)) for count in (counts.studies, counts.instances)]


def _wide_cells(verdict: Verdict, pen: Pen) -> list[Text]:
    protections = commas([PROTECTION_SHORT[each] for each in verdict.protections])
    tier = verdict.decoy.tier
    return [
        pen.line(protections or say("none"), "" if protections else "dim"),
        pen.line(KNOWN[verdict.accepts_writes], "yellow" if verdict.accepts_writes else "dim"),
        pen.line(KNOWN[verdict.worklist], "yellow" if verdict.worklist else "dim"),
        pen.line(product_words(verdict.product)),
        pen.line(DECOY_WORD[tier], "dim" if tier is DecoyTier.NONE else "magenta"),
    ]


def _narrow_cells(verdict: Verdict, pen: Pen, *, products: bool) -> list[Text]:
    also = []
    if verdict.accepts_writes:
        also.append(say("takes images"))
    if verdict.worklist:
        also.append(say("worklist"))
    if verdict.decoy.tier is not DecoyTier.NONE:
        also.append(say("decoy: {tier}", tier=DECOY_WORD[verdict.decoy.tier]))
    also += [PROTECTION_SHORT[each] for each in verdict.protections]
    seen = pen.line(commas(also) or say("-"), "" if also else "dim")
    return [seen, pen.line(product_words(verdict.product))] if products else [seen]


def _neighbours(neighbours: Iterable[Archive], pen: Pen) -> RenderableType:
    table = new_table()
    table.add_column(pen.line(say("Neighbour")), overflow="fold")
    table.add_column(pen.line(say("Speaks")), no_wrap=True)
    table.add_column(pen.line(say("What was seen")))
    for each in neighbours:
        if each.findings.neighbour is not None:
            table.add_row(
                pen.line(_in_a_row(each)),
                pen.line(NEIGHBOUR_WORD[each.findings.neighbour.kind]),
                pen.line(neighbour_says(each.findings.neighbour)),
            )
    return table


def _others(groups: Iterable[OtherGroup], pen: Pen) -> RenderableType:
    table = new_table()
    table.add_column(pen.line(say("Other")), no_wrap=True)
    table.add_column(pen.line(say("Endpoints")), justify="right", no_wrap=True)
    table.add_column(pen.line(say("Why")))
    table.add_column(pen.line(say("Where")), overflow="fold")
    for group in groups:
        table.add_row(
            pen.exposure(group.exposure),
            pen.number(len(group.archives)),
            pen.line(group.says),
            pen.line(_first(group.archives)),
        )
    return table


def _first(archives: tuple[Archive, ...]) -> str:
    shown = " ".join(map(_in_a_row, archives[:ADDRESSES_SHOWN]))
    rest = len(archives) - ADDRESSES_SHOWN
    return (
        shown
        if rest <= 0
        else many("{shown} and {number} more", "{shown} and {number} more", rest, shown=shown)
    )


def _in_a_row(archive: Archive) -> str:
    name, authority = archive.endpoint.name, archive.endpoint.authority
    return f"{name} ({authority})" if name else authority


def _errors(document: Document, pen: Pen) -> RenderableType:
    table = new_table()
    table.add_column(pen.line(say("Error")), no_wrap=True)
    table.add_column(pen.line(say("Questions")), justify="right", no_wrap=True)
    table.add_column(pen.line(say("Endpoints")), justify="right", no_wrap=True)
    table.add_column(pen.line(say("What it means")))
    for error in document.totals.errors:
        table.add_row(
            pen.line(CAUSE_WORD[error.cause], "yellow"),
            pen.number(error.questions),
            pen.number(error.endpoints),
            pen.line(CAUSE_SAYS[error.cause]),
        )
    return table


def _not_tested(document: Document, pen: Pen) -> RenderableType:
    return Group(
        pen.line(say("Not tested"), "bold"), *(item("-", pen.line(each)) for each in document.not_tested)
    )


def _footer(document: Document, pen: Pen) -> RenderableType:
    header, totals = document.header, document.totals
    asked = many(
        "{number} question asked, {failed} failed, {not_asked} not asked.",
        "{number} questions asked, {failed} failed, {not_asked} not asked.",
        totals.attempts.asked,
        failed=totals.attempts.failed,
        not_asked=totals.attempts.skipped,
    )
    said = [_when(header, pen.language), asked]
    if totals.counting_cost is not None:
        said.append(say("Counting took {cost}.", cost=totals.counting_cost.says))
    scope = header.scope_sha256[:16]
    under = say("Scope {scope}.", scope=scope)
    if header.authorised_by:
        under = say(
            "Authorised by {who} ({reference}); scope {scope}.",
            who=header.authorised_by,
            reference=header.reference,
            scope=scope,
        )
    tool = say("dosimeter {version}, {rules}.", version=header.tool_version, rules=rules_in_words(header))
    return Group(
        pen.line(sentences(said), "dim"),
        pen.line(say("Touch {touch}.", touch=touch_in_words(header.touch)), "dim"),
        pen.line(sentences([under, tool]), "dim"),
    )


def _when(header: SurveyHeader, language: Language) -> Message:
    started = language.moment(header.started)
    if header.completed is None:
        return say("Survey {survey}, {started}, not completed.", survey=header.id, started=started)
    return say(
        "Survey {survey}, {started} to {completed}.",
        survey=header.id,
        started=started,
        completed=language.moment(header.completed),
    )
