"""Findings over all archives: how many have each, and what closes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Final

from dosimeter.exposure.findings import FINDINGS
from dosimeter.exposure.remedy import generic, web_generic
from dosimeter.exposure.remedy.need import Need
from dosimeter.exposure.rules import LADDER
from dosimeter.exposure.web_findings import WEB_FINDINGS
from dosimeter.exposure.web_rules import HL7_LADDER, WEB_LADDER
from dosimeter.model.verdict import Reason, Remedy, Severity
from dosimeter.report.adding import Sum, sum_of
from dosimeter.report.archive import OPEN_TO_ANYBODY, Findings
from dosimeter.report.holdings import Opening
from dosimeter.report.study import AttributeLine, FindingLine
from dosimeter.report.study_finding_words import FINDING_SAYS
from dosimeter.report.study_remedies import needs_met_by


@dataclass(slots=True)
class ToDo:
    """Archives about which one thing is to be done, whatever product they are, and the people in them.

    ``remedies`` say how, by title, and ``uses`` for how many archives each is. ``patients`` and ``studies``
    are of archives that answer anybody.
    """

    severity: Severity = Severity.INFO
    remedies: dict[str, Remedy] = field(default_factory=dict)
    uses: Counter[str] = field(default_factory=Counter)
    archives: int = 0
    patients: Sum = field(default_factory=Sum)
    studies: Sum = field(default_factory=Sum)


@dataclass(slots=True)
class _Finding:
    severity: Severity
    reference: str
    says: str
    archives: int = 0
    remedies: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class FindingFigures:
    """Findings with the gravest first; remedies; and attributes that anybody looked for, the commonest first.

    ``closing`` is what closes every door of the archives that answer anybody: an archive with two open doors
    is closed by both remedies and by neither alone. ``other`` is what else is to be done, by its title.
    """

    findings: tuple[FindingLine, ...]
    closing: ToDo
    other: Mapping[str, ToDo]
    attributes: tuple[AttributeLine, ...]


class FindingsTally:
    """Adds up the reasons, the remedies and the sampled attributes of archives."""

    def __init__(self) -> None:
        self._findings: dict[str, _Finding] = {}
        self._closing = ToDo()
        self._other: dict[str, ToDo] = {}
        self._filled: Counter[str] = Counter()
        self._looked: Counter[str] = Counter()

    def add(self, findings: Findings, opening: Opening | None, times: int) -> None:
        """Archives that answered alike."""
        verdict = findings.verdict
        for reason in {reason.rule: reason for reason in verdict.reasons}.values():
            if _is_finding(reason):
                self._add_finding(reason, verdict.remedies, times)
        if verdict.remedies:
            self._add_remedies(findings, opening, times)
        filled = {fill.attribute for sample in findings.samples for fill in sample.fills if fill.filled}
        looked = {fill.attribute for sample in findings.samples if sample.answers for fill in sample.fills}
        for attribute in looked:
            self._looked[attribute] += times
            self._filled[attribute] += times * (attribute in filled)

    def figures(self) -> FindingFigures:
        """All of it so far. What is added later does not change it."""
        return FindingFigures(
            self._lines(),
            _copy(self._closing),
            {title: _copy(self._other[title]) for title in sorted(self._other)},
            self._attributes_seen(),
        )

    def _lines(self) -> tuple[FindingLine, ...]:
        lines = (
            FindingLine(
                rule=rule,
                severity=found.severity,
                says=found.says,
                reference=found.reference,
                archives=found.archives,
                remedies=tuple(title for title, _ in sorted(found.remedies.items(), key=_commonest)),
            )
            for rule, found in self._findings.items()
        )
        return tuple(sorted(lines, key=lambda line: (-line.severity, -line.archives, line.rule)))

    def _attributes_seen(self) -> tuple[AttributeLine, ...]:
        lines = (AttributeLine(name, self._filled[name], looked) for name, looked in self._looked.items())
        return tuple(sorted(lines, key=lambda line: (-line.filled, -line.looked, line.name)))

    def _add_finding(self, reason: Reason, remedies: Iterable[Remedy], times: int) -> None:
        found = self._findings.get(reason.rule)
        if found is None:
            found = _Finding(reason.severity, reason.reference, says_of(reason))
            self._findings[reason.rule] = found
        found.archives += times
        needs = _needs_of(reason.rule)
        for remedy in remedies:
            if needs & needs_met_by(remedy.title):
                found.remedies[remedy.title] += times

    def _add_remedies(self, findings: Findings, opening: Opening | None, times: int) -> None:
        severity = findings.verdict.severity
        closing = closing_remedies(findings)
        if closing:
            _add_to(self._closing, closing, severity, times)
            if opening is not None and opening.studies:
                self._closing.patients += sum_of(opening.counts.patients, times)
                self._closing.studies += sum_of(opening.counts.studies, times)
        for title, remedies in other_remedies(findings).items():
            _add_to(self._other.setdefault(title, ToDo()), remedies, severity, times)


def closing_remedies(findings: Findings) -> tuple[Remedy, ...]:
    """What keeps strangers from the patients of an archive that answers anybody, the gravest door first.

    Empty for any other archive.
    """
    if findings.verdict.exposure not in OPEN_TO_ANYBODY:
        return ()
    return tuple(each for each in findings.verdict.remedies if needs_met_by(each.title) & _OPEN)


def other_remedies(findings: Findings) -> Mapping[str, Sequence[Remedy]]:
    """What else an archive is given, by what its first need is called whatever the product."""
    closing = closing_remedies(findings)
    found: dict[str, list[Remedy]] = {}
    for remedy in findings.verdict.remedies:
        needs = needs_met_by(remedy.title)
        title = _TITLES[min(needs, key=_rank)] if needs else remedy.title
        if remedy not in closing:
            found.setdefault(title, []).append(remedy)
    return found


def says_of(reason: Reason) -> str:
    """What a finding says of any archive: no address, no title, no number of one archive is in it."""
    general = FINDING_SAYS.get(reason.rule)
    if general is not None:
        return general
    return _rules()[reason.rule].says if reason.rule in _rules() else reason.rule


_TITLES: Final[Mapping[Need, str]] = MappingProxyType(
    {need: remedy.title for book in (web_generic.BOOK, generic.BOOK) for need, remedy in book.items()}
)
_OPEN = frozenset({Need.WEB_OPEN, Need.QUERY, Need.RETRIEVE, Need.WORKLIST})


def _is_finding(reason: Reason) -> bool:
    """Something grave enough, or something to be closed; what was left open stands with the errors."""
    return reason.severity > Severity.LOW or (
        reason.severity is Severity.LOW and bool(_needs_of(reason.rule))
    )


def _needs_of(rule: str) -> frozenset[Need]:
    known = _rules().get(rule)
    return _OF_SEVERAL_DOORS.get(rule, frozenset()) if known is None else known.needs


@dataclass(frozen=True, slots=True)
class _RuleSays:
    says: str
    needs: frozenset[Need]


_OF_SEVERAL_DOORS = {"clear_text_beside_tls": frozenset({Need.CLEAR_TEXT})}


@cache
def _rules() -> dict[str, _RuleSays]:
    tables = (LADDER, WEB_LADDER, HL7_LADDER, FINDINGS, WEB_FINDINGS)
    return {rule.id: _RuleSays(rule.says, frozenset(rule.needs)) for table in tables for rule in table}


def _copy(use: ToDo) -> ToDo:
    return replace(use, remedies=dict(use.remedies), uses=Counter(use.uses))


def _add_to(use: ToDo, remedies: Iterable[Remedy], severity: Severity, times: int) -> None:
    use.severity = max(use.severity, severity)
    use.archives += times
    for remedy in remedies:
        use.remedies[remedy.title] = remedy
        use.uses[remedy.title] += times


def _rank(need: Need) -> int:
    return int(need.value)


def _commonest(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]
