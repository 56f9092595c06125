"""The report on a terminal: the summary, the ladder, the archives, and on request every reason and remedy.

Colour never stands alone: each coloured value is a word. Nothing is ever parsed as markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TextIO

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dosimeter.exposure.count_words import short_words
from dosimeter.model.verdict import DecoyTier, Exposure, Product, Remedy, Severity, Verdict
from dosimeter.report.archive import Archive
from dosimeter.report.census_words import numbers_of, parts_in_words, why_in_words
from dosimeter.report.document import Document, OtherGroup
from dosimeter.report.plain import Span, plain_text, spans, unbroken
from dosimeter.report.sentences import Rung
from dosimeter.report.words import (
    CAUSE_SAYS,
    CAUSE_WORD,
    CONFIDENCE_SAYS,
    DECOY_SAYS,
    EXPOSURE_SAYS,
    EXPOSURE_WORD,
    KNOWN,
    PROBE_SAYS,
    PROTECTION_SHORT,
    PROTECTION_WORD,
    counted,
    day_and_time,
    probes_in_words,
    rules_in_words,
    tls_in_words,
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

_STICKY: Final = "\ue000"
"""Stands for a no-break space while lines are broken, for rich breaks at those too. Of one column, and in no
text that has passed `plain_text`."""

_CODE_STYLE: Final = "bold cyan"

_EXPOSURE_STYLE: Final = {
    Exposure.UNREACHABLE: "dim",
    Exposure.NOT_DICOM: "dim",
    Exposure.INCONCLUSIVE: "magenta",
    Exposure.GUARDED: "green",
    Exposure.ASSOCIATES: "cyan",
    Exposure.NAME_GATED: "yellow",
    Exposure.QUERYABLE: "bold red",
    Exposure.RETRIEVABLE: "bold red",
    Exposure.BROWSABLE: "bold red",
}

_SEVERITY_STYLE: Final = {
    Severity.INFO: "dim",
    Severity.LOW: "cyan",
    Severity.MEDIUM: "yellow",
    Severity.HIGH: "red",
    Severity.CRITICAL: "bold red",
}


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
    text = captured.get().replace(_STICKY, " ")
    out.writelines(f"{line.rstrip()}\n" for line in text.split("\n")[:-1])


def _parts(document: Document, width: int, *, detail: bool) -> Iterable[RenderableType]:
    yield _summary(document)
    yield _ladder(document, wide=width >= WIDE)
    if document.stakes:
        yield _stakes(document)
    if document.archives:
        yield _archives(document.archives, width, counted=bool(document.stakes))
    if document.others:
        yield _others(document.others)
    if document.totals.errors:
        yield _errors(document)
    if detail:
        for archive in document.archives:
            yield _detail(archive)
        yield _not_tested(document)


def _summary(document: Document) -> RenderableType:
    severity = document.summary.severity
    style = "bold" if severity is Severity.INFO else f"bold not dim {_SEVERITY_STYLE[severity]}"
    sentences = (_item("-", _line(each)) for each in document.summary.sentences)
    return Group(_line(document.summary.headline, style), Text(), *sentences)


def _ladder(document: Document, *, wide: bool) -> RenderableType:
    bar = _BAR_WIDTH if wide else _NARROW_BAR_WIDTH
    decoys = document.totals.suspected_decoys > 0
    table = _table()
    table.add_column("Exposure", no_wrap=True)
    table.add_column("Endpoints", justify="right", no_wrap=True)
    if decoys:
        table.add_column("No decoys", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True, width=bar)
    table.add_column("What was seen" if wide else "In short")
    most = max((rung.number for rung in document.ladder), default=0)
    for rung in reversed(document.ladder):
        style = _EXPOSURE_STYLE[rung.exposure] if rung.number else "dim"
        cells = [_line(rung.word, style), _line(_figure(rung, rung.number), style)]
        if decoys:
            cells.append(_line(_figure(rung, rung.without_decoys), style))
        cells.append(_line("\N{FULL BLOCK}" * (-(-rung.number * bar // most) if most else 0), style))
        says = rung.says if wide else rung.plainly
        cells.append(_line(says if rung.tested else "not tested", "" if rung.number else "dim"))
        table.add_row(*cells)
    return table


def _figure(rung: Rung, number: int) -> str:
    return f"{number:,}" if rung.tested else "-"


def _stakes(document: Document) -> RenderableType:
    """The two figures of the study apart; the summary and JSON give the sums with decoys too."""
    table = _table()
    table.add_column("At stake")
    table.add_column("Answers anybody", justify="right")
    table.add_column("Lets anybody fetch", justify="right")
    for row in document.stakes:
        table.add_row(_line(row.label), _line(row.linked), _line(row.downloadable))
    return table


def _archives(archives: Sequence[Archive], width: int, *, counted: bool) -> RenderableType:
    """A narrow table of numbers has no room for products, which stand in the details."""
    wide = width >= (_WIDE_WITH_COUNTS if counted else WIDE)
    products = not counted or width >= WIDE
    table = _table()
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
            _exposure(verdict.exposure),
            _severity(verdict.severity),
            *(_counts(archive) if counted else ()),
            *(_wide_cells(verdict) if wide else _narrow_cells(verdict, products=products)),
        )
    return table


def _place(archive: Archive) -> Text:
    """Where it is, and below it the name that was typed, if one was; a long one takes several lines."""
    place = _line(archive.endpoint.authority)
    name = plain_text(archive.endpoint.name or "")
    for start in range(0, len(name), _LONGEST_IPV4):
        place.append(f"\n{name[start : start + _LONGEST_IPV4]}", "dim")
    return place


def _counts(archive: Archive) -> list[Text]:
    counts = archive.findings.census.counts
    return [_line(short_words(count)) for count in (counts.studies, counts.instances)]


def _wide_cells(verdict: Verdict) -> list[Text]:
    protections = ", ".join(PROTECTION_SHORT[each] for each in verdict.protections)
    return [
        _line(protections or "none", "" if protections else "dim"),
        _line(KNOWN[verdict.accepts_writes], "yellow" if verdict.accepts_writes else "dim"),
        _line(KNOWN[verdict.worklist], "yellow" if verdict.worklist else "dim"),
        _line(_product(verdict.product)),
        _line(verdict.decoy.tier.value, "dim" if verdict.decoy.tier is DecoyTier.NONE else "magenta"),
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
    seen = _line(", ".join(also) or "-", "" if also else "dim")
    return [seen, _line(_product(verdict.product))] if products else [seen]


def _others(groups: Iterable[OtherGroup]) -> RenderableType:
    table = _table()
    table.add_column("Other", no_wrap=True)
    table.add_column("Endpoints", justify="right", no_wrap=True)
    table.add_column("Why")
    table.add_column("Where", overflow="fold")
    for group in groups:
        table.add_row(
            _exposure(group.exposure),
            _line(f"{len(group.archives):,}"),
            _line(group.says),
            _line(_first(group.archives)),
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
    table = _table()
    table.add_column("Error", no_wrap=True)
    table.add_column("Questions", justify="right", no_wrap=True)
    table.add_column("Endpoints", justify="right", no_wrap=True)
    table.add_column("What it means")
    for error in document.totals.errors:
        table.add_row(
            _line(CAUSE_WORD[error.cause], "yellow"),
            _line(f"{error.questions:,}"),
            _line(f"{error.endpoints:,}"),
            _line(CAUSE_SAYS[error.cause]),
        )
    return table


def _detail(archive: Archive) -> RenderableType:
    verdict = archive.verdict
    heading = Text()
    heading.append(plain_text(archive.endpoint.authority), "bold")
    if archive.endpoint.name:
        heading.append(f" ({plain_text(archive.endpoint.name)})")
    heading.append("  ")
    heading.append(EXPOSURE_WORD[verdict.exposure], _EXPOSURE_STYLE[verdict.exposure])
    heading.append("  ")
    heading.append(verdict.severity.word, _SEVERITY_STYLE[verdict.severity])
    parts: list[RenderableType] = [heading, _indented(_line(EXPOSURE_SAYS[verdict.exposure]))]
    parts.append(_indented(_properties(archive)))
    for reason in verdict.reasons:
        says = Text(f"{reason.severity.word}: ", _SEVERITY_STYLE[reason.severity])
        says.append(plain_text(reason.says), "default")
        says.append(f" [{plain_text(reason.rule)}; {plain_text(reason.fact)}]", "dim")
        parts.append(_item("-", says))
    for remedy in verdict.remedies:
        parts += _remedy(remedy)
    if verdict.remedies:
        parts.append(_item("=>", Text.assemble("To prove it: ", (plain_text(archive.retest), _CODE_STYLE))))
    if archive.findings.failures or archive.findings.not_asked:
        parts += (Text(), _indented(_line("What has no answer", "bold")))
    for failure in archive.findings.failures:
        probe = PROBE_SAYS.get(failure.probe, failure.probe)
        parts.append(_item("!", _line(f"{probe}: {CAUSE_WORD[failure.cause]}: {failure.detail}", "yellow")))
    for skipped in archive.findings.not_asked_by_reason:
        probes = probes_in_words(skipped.probes)
        parts.append(_item("-", _line(f"{probes}: not asked, because {skipped.why}", "dim")))
    return Group(*parts)


def _properties(archive: Archive) -> RenderableType:
    verdict = archive.verdict
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column()
    protections = ", ".join(PROTECTION_WORD[each] for each in verdict.protections)
    grid.add_row("Protections seen", _line(protections or "none"))
    grid.add_row("Takes images", _line(KNOWN[verdict.accepts_writes]))
    grid.add_row("Worklist", _line(KNOWN[verdict.worklist]))
    if verdict.product:
        source = CONFIDENCE_SAYS[verdict.product.confidence]
        grid.add_row("Product", _line(f"{_product(verdict.product)} ({source})"))
    if archive.findings.tls:
        grid.add_row("TLS", _line(tls_in_words(archive.findings.tls)))
    if verdict.decoy.tier is not DecoyTier.NONE:
        reasons = "; ".join(verdict.decoy.reasons)
        grid.add_row("Decoy", _line(f"{DECOY_SAYS[verdict.decoy.tier]}: {reasons}", "magenta"))
    if archive.findings.has_census:
        _add_census(grid, archive)
    counts = archive.findings.attempts
    grid.add_row(
        "Questions",
        _line(f"{counts.completed} answered, {counts.failed} failed, {counts.skipped} not asked"),
    )
    cost = archive.findings.counting_cost
    if cost is not None:
        grid.add_row("Counting took", _line(cost.says))
    return grid


def _add_census(grid: Table, archive: Archive) -> None:
    """The numbers with their kinds, the parts, and why they are no better."""
    findings = archive.findings
    for number in numbers_of(findings):
        grid.add_row(number.label.capitalize(), _line(number.whole))
    for label, text in parts_in_words(findings):
        grid.add_row(label, _line(text))
    for sentence in why_in_words(findings):
        grid.add_row("Of the counts", _line(sentence))
    if archive.same_as is not None:
        grid.add_row(
            "Same archive as", _line(f"{archive.same_as}: the same studies, counted once in all sums")
        )


def _remedy(remedy: Remedy) -> list[RenderableType]:
    parts: list[RenderableType] = [Text(), _indented(_line(remedy.title, "bold"))]
    parts += [_item(f"{number}.", _marked(spans(step))) for number, step in enumerate(remedy.steps, start=1)]
    return parts


def _not_tested(document: Document) -> RenderableType:
    return Group(_line("Not tested", "bold"), *(_item("-", _line(each)) for each in document.not_tested))


def _footer(document: Document) -> RenderableType:
    header, totals = document.header, document.totals
    ended = f" to {day_and_time(header.completed)}" if header.completed else ", not completed"
    asked = counted(totals.attempts.asked, "question")
    cost = "" if totals.counting_cost is None else f" Counting took {totals.counting_cost.says}."
    return Group(
        _line(
            f"Survey {header.id}, {day_and_time(header.started)}{ended}. "
            f"{asked} asked, {totals.attempts.failed:,} failed, {totals.attempts.skipped:,} not asked.{cost}",
            "dim",
        ),
        _line(f"Touch {touch_in_words(header.touch)}.", "dim"),
        _line(
            f"Authorised by {header.authorised_by} ({header.reference}); scope {header.scope_sha256[:16]}. "
            f"dosimeter {header.tool_version}, {rules_in_words(header)}.",
            "dim",
        ),
    )


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, header_style="bold", padding=(0, 1), pad_edge=False, show_edge=False)


def _line(text: str, style: str = "") -> Text:
    return Text(unbroken(plain_text(text)).replace("\N{NO-BREAK SPACE}", _STICKY), style)


def _marked(pieces: tuple[Span, ...]) -> Text:
    marked = Text()
    for span in pieces:
        marked.append(plain_text(span.text), _CODE_STYLE if span.code else "")
    return marked


def _indented(part: RenderableType) -> Padding:
    return Padding(part, (0, 0, 0, 2))


def _item(mark: str, text: Text) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True, width=2, justify="right")
    grid.add_column()
    grid.add_row(mark, text)
    return _indented(grid)


def _exposure(exposure: Exposure) -> Text:
    return _line(EXPOSURE_WORD[exposure], _EXPOSURE_STYLE[exposure])


def _severity(severity: Severity) -> Text:
    return _line(severity.word, _SEVERITY_STYLE[severity])


def _product(product: Product | None) -> str:
    if product is None:
        return "not known"
    return f"{product.name} {product.version}" if product.version else product.name
