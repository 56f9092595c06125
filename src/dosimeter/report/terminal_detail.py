"""One archive on a terminal in full: its doors, reasons, remedies, and what has no answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dosimeter.model.message import Message, commas, say, semicolons
from dosimeter.model.verdict import Advisory, DecoyTier, Remedy
from dosimeter.model.web import SampledOver
from dosimeter.report.archive import Archive, Door
from dosimeter.report.attributes import attribute_label, attributes_of, not_looked_in_words
from dosimeter.report.census_words import numbers_of, parts_in_words, why_in_words
from dosimeter.report.door_words import door_also, door_guards, door_plainly, place_of
from dosimeter.report.neighbour import neighbour_says
from dosimeter.report.place_words import place_rows
from dosimeter.report.plain import plain_text
from dosimeter.report.terminal_text import CODE_STYLE, SEVERITY_STYLE, Pen, indented, item, product_words
from dosimeter.report.words import (
    CAUSE_WORD,
    CONFIDENCE_SAYS,
    DECOY_SAYS,
    EXPOSURE_SAYS,
    KNOWN,
    NEIGHBOUR_WORD,
    PROTECTION_WORD,
    SERVICE_SAYS,
    SEVERITY_WORD,
    posture_in_words,
    probe_says,
    probes_in_words,
    tls_in_words,
)


def archive_in_detail(archive: Archive, pen: Pen) -> RenderableType:
    """Everything that the page says of it too."""
    verdict = archive.verdict
    parts: list[RenderableType] = [
        _heading(archive, pen),
        indented(pen.line(EXPOSURE_SAYS[verdict.exposure])),
    ]
    if archive.joined:
        parts += [Text(), indented(pen.line(say("Its doors, the most open one first"), "bold"))]
        parts += [item("-", _door(door, archive, pen)) for door in archive.doors]
        parts += [
            item("=", pen.line(say("One archive, because {why}", why=link.says), "dim"))
            for link in archive.links
        ]
        parts.append(Text())
    parts.append(indented(_properties(archive, pen)))
    for reason in verdict.reasons:
        severity = say("{severity}: ", severity=SEVERITY_WORD[reason.severity])
        says = pen.line(severity, SEVERITY_STYLE[reason.severity])
        says.append_text(pen.line(reason.says, "default"))
        says.append(f" [{plain_text(reason.rule)}; {plain_text(reason.fact)}]", "dim")
        parts.append(item("-", says))
    for remedy in verdict.remedies:
        parts += _remedy(remedy, pen)
    if verdict.remedies:
        retest = pen.line(say("To prove it: "))
        parts.append(item("=>", retest.append(plain_text(archive.retest), CODE_STYLE)))
    return Group(*parts, *_without_answer(archive, pen))


def _heading(archive: Archive, pen: Pen) -> Text:
    heading = Text()
    heading.append(plain_text(archive.endpoint.authority), "bold")
    if archive.endpoint.name:
        heading.append(f" ({plain_text(archive.endpoint.name)})")
    heading.append("  ").append_text(pen.exposure(archive.exposure))
    return heading.append("  ").append_text(pen.severity(archive.verdict.severity))


def _without_answer(archive: Archive, pen: Pen) -> list[RenderableType]:
    if not archive.findings.failures and not archive.findings.not_asked:
        return []
    parts: list[RenderableType] = [Text(), indented(pen.line(say("What has no answer"), "bold"))]
    for door in archive.doors:

        def there(probes: Message, door: Door = door) -> Message:
            return _at(place_of(door, archive), probes) if archive.joined else probes

        for failure in door.findings.failures:
            failed = say(
                "{probe}: {cause}: {detail}",
                probe=there(probe_says(failure.probe)),
                cause=CAUSE_WORD[failure.cause],
                detail=failure.detail,
            )
            parts.append(item("!", pen.line(failed, "yellow")))
        for skipped in door.findings.not_asked_by_reason:
            not_asked = say(
                "{probes}: not asked, because {why}",
                probes=there(probes_in_words(skipped.probes)),
                why=skipped.why,
            )
            parts.append(item("-", pen.line(not_asked, "dim")))
    return parts


def _at(place: str, probes: Message) -> Message:
    return say("{place}, {probes}", place=place, probes=probes)


def _properties(archive: Archive, pen: Pen) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column()
    cost = archive.findings.counting_cost
    rows = (
        *place_rows(archive.place, pen.language),
        *_seen(archive),
        *_beside(archive),
        *(_census(archive) if archive.findings.has_census else ()),
        *_attributes(archive),
        (say("Questions"), _questions(archive)),
        *([(say("Counting took"), cost.says)] if cost is not None else []),
    )
    for label, text in rows:
        grid.add_row(pen.line(label), pen.line(text, "magenta" if label == _DECOY else ""))
    return grid


def _seen(archive: Archive) -> Iterator[tuple[str, str]]:
    """What it does, what guards it, what it is."""
    verdict = archive.verdict
    protections = commas([PROTECTION_WORD[each] for each in verdict.protections])
    yield say("Protections seen"), protections or say("none")
    yield say("Takes images"), KNOWN[verdict.accepts_writes]
    yield say("Worklist"), KNOWN[verdict.worklist]
    if verdict.product:
        source = CONFIDENCE_SAYS[verdict.product.confidence]
        product = product_words(verdict.product)
        yield say("Product"), say("{product} ({source})", product=product, source=source)
    for door in archive.doors:
        label = say("TLS at {place}", place=place_of(door, archive)) if archive.joined else say("TLS")
        words = _tls(door)
        if words:
            yield label, words


def _beside(archive: Archive) -> Iterator[tuple[str, str]]:
    """What is known of its version, who else is there, and whether it is what it seems."""
    for advisory in archive.verdict.advisories:
        yield say("Advisory"), _advisory(advisory)
    for each in archive.neighbours:
        says = say(
            "{place} {kind}: {says}",
            place=each.endpoint.authority,
            kind=NEIGHBOUR_WORD[each.neighbour.kind],
            says=neighbour_says(each.neighbour),
        )
        yield say("Neighbour"), says
    decoy = archive.verdict.decoy
    if decoy.tier is not DecoyTier.NONE:
        reasons = semicolons(decoy.reasons)
        yield _DECOY, say("{tier}: {reasons}", tier=DECOY_SAYS[decoy.tier], reasons=reasons)


_DECOY: Final = say("Decoy")


def _questions(archive: Archive) -> Message:
    """English has always written these without a comma between thousands."""
    counts = archive.findings.attempts
    return say(
        "{answered} answered, {failed} failed, {not_asked} not asked",
        answered=str(counts.completed),
        failed=str(counts.failed),
        not_asked=str(counts.skipped),
    )


def _door(door: Door, archive: Archive, pen: Pen) -> Text:
    place = say(
        "{place} {service}: ", place=place_of(door, archive), service=SERVICE_SAYS[door.endpoint.service]
    )
    says = pen.line(place).append_text(pen.exposure(door.exposure))
    rest = say(", {plainly}; {guards}", plainly=door_plainly(door), guards=door_guards(door))
    also = door_also(door)
    says.append_text(pen.line(semicolons([rest, also]) if also else rest))
    return says.append(f" ({plain_text(door.endpoint.name)})") if door.endpoint.name else says


def _tls(door: Door) -> Message:
    findings = door.findings
    words = [tls_in_words(findings.tls)] if findings.tls else []
    posture = posture_in_words(findings.verdict.tls_profile, findings.tls_posture)
    return semicolons([*words, posture] if posture else words)


def _advisory(advisory: Advisory) -> Message:
    fixed = say("no fixed version is known")
    if advisory.fixed_in:
        fixed = say("fixed in {version}", version=advisory.fixed_in)
    return say(
        "{advisory}, by the version announced ({version}), not tried: {says}; {fixed}; {source}",
        advisory=advisory.id,
        version=str(advisory.version),
        says=advisory.says,
        fixed=fixed,
        source=advisory.source,
    )


def _attributes(archive: Archive) -> Iterator[tuple[Message, Message]]:
    known = attributes_of(archive.findings)
    if known is None:
        return
    for sample in archive.findings.samples:
        over_qido = sample.over is SampledOver.QIDO_RS
        label = say("Sampled over DICOMweb") if over_qido else say("Sampled over DICOM")
        for fill in sample.fills:
            filled = say(
                "{attribute}: filled in {filled} of {answers}",
                attribute=attribute_label(fill.attribute),
                filled=fill.filled,
                answers=sample.answers,
            )
            if fill.test_like:
                filled = say("{filled}, {number} like test data", filled=filled, number=fill.test_like)
            yield label, filled
    if not known.looked:
        yield say("Attributes"), not_looked_in_words(known)


def _census(archive: Archive) -> Iterator[tuple[str, str]]:
    """The numbers with their kinds, the parts, and why they are no better."""
    findings = archive.findings
    for number in numbers_of(findings):
        yield say("{^label}", label=number.label), number.whole
    yield from parts_in_words(findings)
    for sentence in why_in_words(findings):
        yield say("Of the counts"), sentence


def _remedy(remedy: Remedy, pen: Pen) -> list[RenderableType]:
    parts: list[RenderableType] = [Text(), indented(pen.line(remedy.title, "bold"))]
    parts += [item(f"{number}.", pen.marked(step)) for number, step in enumerate(remedy.steps, start=1)]
    return parts
