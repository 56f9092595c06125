"""One archive on a terminal in full: its doors, reasons, remedies, and what has no answer."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dosimeter.model.verdict import DecoyTier, Remedy
from dosimeter.model.web import SampledOver
from dosimeter.report.archive import Archive, Door
from dosimeter.report.attributes import attribute_label, attributes_of, not_looked_in_words
from dosimeter.report.census_words import numbers_of, parts_in_words, why_in_words
from dosimeter.report.door_words import door_also, door_guards, door_plainly, place_of
from dosimeter.report.neighbour import neighbour_says
from dosimeter.report.plain import plain_text, spans
from dosimeter.report.terminal_text import (
    CODE_STYLE,
    EXPOSURE_STYLE,
    SEVERITY_STYLE,
    indented,
    item,
    marked,
    product_words,
    text_line,
)
from dosimeter.report.words import (
    CAUSE_WORD,
    CONFIDENCE_SAYS,
    DECOY_SAYS,
    EXPOSURE_SAYS,
    EXPOSURE_WORD,
    KNOWN,
    NEIGHBOUR_WORD,
    PROBE_SAYS,
    PROTECTION_WORD,
    SERVICE_SAYS,
    posture_in_words,
    probes_in_words,
    tls_in_words,
)


def archive_in_detail(archive: Archive) -> RenderableType:
    """Everything that the page says of it too."""
    verdict = archive.verdict
    heading = Text()
    heading.append(plain_text(archive.endpoint.authority), "bold")
    if archive.endpoint.name:
        heading.append(f" ({plain_text(archive.endpoint.name)})")
    heading.append("  ")
    heading.append(EXPOSURE_WORD[verdict.exposure], EXPOSURE_STYLE[verdict.exposure])
    heading.append("  ")
    heading.append(verdict.severity.word, SEVERITY_STYLE[verdict.severity])
    parts: list[RenderableType] = [heading, indented(text_line(EXPOSURE_SAYS[verdict.exposure]))]
    if archive.joined:
        parts += [Text(), indented(text_line("Its doors, the most open one first", "bold"))]
        parts += [item("-", _door(door, archive)) for door in archive.doors]
        parts += [item("=", text_line(f"One archive, because {link.says}", "dim")) for link in archive.links]
        parts.append(Text())
    parts.append(indented(_properties(archive)))
    for reason in verdict.reasons:
        says = Text(f"{reason.severity.word}: ", SEVERITY_STYLE[reason.severity])
        says.append(plain_text(reason.says), "default")
        says.append(f" [{plain_text(reason.rule)}; {plain_text(reason.fact)}]", "dim")
        parts.append(item("-", says))
    for remedy in verdict.remedies:
        parts += _remedy(remedy)
    if verdict.remedies:
        parts.append(item("=>", Text.assemble("To prove it: ", (plain_text(archive.retest), CODE_STYLE))))
    if archive.findings.failures or archive.findings.not_asked:
        parts += (Text(), indented(text_line("What has no answer", "bold")))
    for door in archive.doors:
        at = f"{place_of(door, archive)}, " if archive.joined else ""
        for failure in door.findings.failures:
            probe = f"{at}{PROBE_SAYS.get(failure.probe, failure.probe)}"
            failed = f"{probe}: {CAUSE_WORD[failure.cause]}: {failure.detail}"
            parts.append(item("!", text_line(failed, "yellow")))
        for skipped in door.findings.not_asked_by_reason:
            probes = f"{at}{probes_in_words(skipped.probes)}"
            parts.append(item("-", text_line(f"{probes}: not asked, because {skipped.why}", "dim")))
    return Group(*parts)


def _properties(archive: Archive) -> RenderableType:
    verdict = archive.verdict
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column()
    protections = ", ".join(PROTECTION_WORD[each] for each in verdict.protections)
    grid.add_row("Protections seen", text_line(protections or "none"))
    grid.add_row("Takes images", text_line(KNOWN[verdict.accepts_writes]))
    grid.add_row("Worklist", text_line(KNOWN[verdict.worklist]))
    if verdict.product:
        source = CONFIDENCE_SAYS[verdict.product.confidence]
        grid.add_row("Product", text_line(f"{product_words(verdict.product)} ({source})"))
    for door in archive.doors:
        _add_tls(grid, door, f"TLS at {place_of(door, archive)}" if archive.joined else "TLS")
    for advisory in verdict.advisories:
        fixed = f"fixed in {advisory.fixed_in}" if advisory.fixed_in else "no fixed version is known"
        says = f"{advisory.id}, by the version announced ({advisory.version}), not tried: {advisory.says}"
        grid.add_row("Advisory", text_line(f"{says}; {fixed}; {advisory.source}"))
    for each in archive.neighbours:
        word = f"{each.endpoint.authority} {NEIGHBOUR_WORD[each.neighbour.kind]}"
        grid.add_row("Neighbour", text_line(f"{word}: {neighbour_says(each.neighbour)}"))
    if verdict.decoy.tier is not DecoyTier.NONE:
        reasons = "; ".join(verdict.decoy.reasons)
        grid.add_row("Decoy", text_line(f"{DECOY_SAYS[verdict.decoy.tier]}: {reasons}", "magenta"))
    if archive.findings.has_census:
        _add_census(grid, archive)
    _add_attributes(grid, archive)
    counts = archive.findings.attempts
    grid.add_row(
        "Questions",
        text_line(f"{counts.completed} answered, {counts.failed} failed, {counts.skipped} not asked"),
    )
    cost = archive.findings.counting_cost
    if cost is not None:
        grid.add_row("Counting took", text_line(cost.says))
    return grid


def _door(door: Door, archive: Archive) -> Text:
    says = text_line(f"{place_of(door, archive)} {SERVICE_SAYS[door.endpoint.service]}: ")
    says.append(EXPOSURE_WORD[door.exposure], EXPOSURE_STYLE[door.exposure])
    also = door_also(door)
    rest = f", {door_plainly(door)}; {door_guards(door)}{f'; {also}' if also else ''}"
    name = f" ({door.endpoint.name})" if door.endpoint.name else ""
    return says.append_text(text_line(f"{rest}{name}"))


def _add_tls(grid: Table, door: Door, label: str) -> None:
    findings = door.findings
    words = [tls_in_words(findings.tls)] if findings.tls else []
    posture = posture_in_words(findings.verdict.tls_profile, findings.tls_posture)
    words += [posture] if posture else []
    if words:
        grid.add_row(label, text_line("; ".join(words)))


def _add_attributes(grid: Table, archive: Archive) -> None:
    known = attributes_of(archive.findings)
    if known is None:
        return
    for sample in archive.findings.samples:
        label = "Sampled over DICOMweb" if sample.over is SampledOver.QIDO_RS else "Sampled over DICOM"
        for fill in sample.fills:
            test = f", {fill.test_like} like test data" if fill.test_like else ""
            says = f"{attribute_label(fill.attribute)}: filled in {fill.filled} of {sample.answers}{test}"
            grid.add_row(label, text_line(says))
    if not known.looked:
        grid.add_row("Attributes", text_line(not_looked_in_words(known)))


def _add_census(grid: Table, archive: Archive) -> None:
    """The numbers with their kinds, the parts, and why they are no better."""
    findings = archive.findings
    for number in numbers_of(findings):
        grid.add_row(number.label.capitalize(), text_line(number.whole))
    for label, text in parts_in_words(findings):
        grid.add_row(label, text_line(text))
    for sentence in why_in_words(findings):
        grid.add_row("Of the counts", text_line(sentence))


def _remedy(remedy: Remedy) -> list[RenderableType]:
    parts: list[RenderableType] = [Text(), indented(text_line(remedy.title, "bold"))]
    parts += [item(f"{number}.", marked(spans(step))) for number, step in enumerate(remedy.steps, start=1)]
    return parts
