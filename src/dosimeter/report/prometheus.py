"""The figures in the text format of Prometheus, for the textfile collector: no host, and nobody's name.

A sum of things has a series for its lower end, its value and its upper end (``bound``); what is not known, or
not shown in this edition, has none. What archives claim of themselves stands apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TextIO

from dosimeter.exposure.rules import RULESET_VERSION
from dosimeter.model.census import AtLeast, Claimed, Estimated, Exact, Unknown
from dosimeter.model.verdict import Severity
from dosimeter.report.archive import LADDER
from dosimeter.report.document import Document
from dosimeter.report.figures import Figures
from dosimeter.report.plain import plain_text
from dosimeter.report.small_cells import FewerThan
from dosimeter.report.study import AMOUNTS, GroupedBy, Shown, Withheld

_WITHOUT: Final = "excluded"
_WITH: Final = "included"


class _Type(StrEnum):
    GAUGE = "gauge"
    COUNTER = "counter"


@dataclass(frozen=True, slots=True)
class _Sample:
    labels: tuple[tuple[str, str], ...]
    value: float


@dataclass(frozen=True, slots=True)
class _Family:
    """One metric: ``name`` without the prefix of ours."""

    name: str
    help: str
    samples: tuple[_Sample, ...]
    type: _Type = _Type.GAUGE


def write_prometheus(document: Document, out: TextIO) -> None:
    """Every family with its HELP and TYPE; a family of which nothing is known is left out."""
    for family in _families(document):
        if not family.samples:
            continue
        name = f"dosimeter_{family.name}"
        out.write(f"# HELP {name} {family.help}\n# TYPE {name} {family.type}\n")
        out.writelines(_line(name, sample) for sample in family.samples)


def _families(document: Document) -> Iterator[_Family]:
    yield from _survey(document)
    yield from _network(document)
    yield from _figures(document)
    yield from _study(document)
    yield from _countries(document)


def _survey(document: Document) -> Iterator[_Family]:
    header = document.header
    yield _Family(
        "survey_info",
        "The survey that the figures are of.",
        (
            _sample(
                1,
                survey=header.id,
                touch=header.touch.word,
                state=header.state.value,
                version=header.tool_version,
                rules=RULESET_VERSION,
            ),
        ),
    )
    yield _Family("survey_started_timestamp_seconds", "When it began.", (_sample(_seconds(header.started)),))
    yield _Family(
        "survey_completed_timestamp_seconds",
        "When all was asked; missing where it was not.",
        () if header.completed is None else (_sample(_seconds(header.completed)),),
    )


def _network(document: Document) -> Iterator[_Family]:
    attempts = document.totals.attempts
    outcomes = (
        ("answered", attempts.completed),
        ("failed", attempts.failed),
        ("not_asked", attempts.skipped),
    )
    yield _Family(
        "questions_total",
        "Questions of the survey, by what became of them.",
        tuple(_sample(number, outcome=outcome) for outcome, number in outcomes),
        _Type.COUNTER,
    )
    yield _Family(
        "errors_total",
        "Questions that failed, by cause.",
        tuple(_sample(line.questions, cause=line.cause.value) for line in document.totals.errors),
        _Type.COUNTER,
    )


def _figures(document: Document) -> Iterator[_Family]:
    both = ((_WITHOUT, document.totals.without_decoys), (_WITH, document.totals.with_decoys))

    def simple(name: str, says: str, field: str) -> _Family:
        return _Family(name, says, tuple(_sample(getattr(each, field), decoys=word) for word, each in both))

    yield simple("endpoints", "Endpoints of the survey.", "endpoints")
    yield simple("endpoints_asked", "Endpoints to which something was sent.", "asked")
    yield simple("archives_accepting_writes", "Archives that take images from a stranger.", "accepts_writes")
    yield simple("archives_answering_worklist", "Archives that answer worklist queries.", "worklist")
    yield simple("neighbours", "FHIR and HL7 v2 services, which are no archives.", "neighbours")
    yield _Family(
        "archives",
        "Archives, each once, by the highest rung of the ladder that was proved.",
        tuple(_by_exposure(both)),
    )
    yield _Family(
        "archives_by_severity",
        "Archives by their gravest finding.",
        tuple(
            _sample(each.of(severity), severity=severity.word, decoys=word)
            for word, each in both
            for severity in Severity
        ),
    )


def _by_exposure(both: Iterable[tuple[str, Figures]]) -> Iterator[_Sample]:
    for word, each in both:
        for exposure in LADDER:
            yield _sample(each.archives_on(exposure), exposure=exposure.value, decoys=word)


def _study(document: Document) -> Iterator[_Family]:
    study = document.study
    yield _Family(
        "funnel_archives",
        "The steps of the study: studied, speaking DICOM, queryable, retrievable, browsable.",
        tuple(
            _sample(number, step=step.key, decoys=word)
            for step in study.funnel
            for word, number in ((_WITHOUT, step.number), (_WITH, step.with_decoys))
        ),
    )
    rows = ((_WITHOUT, study.whole), (_WITH, study.with_decoys))
    yield _Family(
        "open",
        "What archives that are open to anybody hold; linked and downloadable are images.",
        tuple(
            sample
            for word, row in rows
            for things, amount in zip(AMOUNTS, row.amounts, strict=True)
            for sample in _bounds(amount.cell, things=things, decoys=word)
        ),
    )
    yield _Family(
        "open_claimed",
        "What archives that are open to anybody say of themselves, and nobody counted.",
        tuple(
            _sample(amount.claimed, things=things, decoys=word)
            for word, row in rows
            for things, amount in zip(AMOUNTS, row.amounts, strict=True)
            if amount.claims
        ),
    )
    yield _Family("suspected_decoys", "Archives left out where decoys are.", (_sample(study.decoys),))


def _countries(document: Document) -> Iterator[_Family]:
    table = document.study.grouped(GroupedBy.COUNTRY)
    rows = table.rows if table is not None else ()
    steps = ("studied", "archives", "queryable", "retrievable", "browsable")
    yield _Family(
        "country_archives",
        "Archives by country of registration, without suspected decoys.",
        tuple(_sample(getattr(row, step), country=row.key, step=step) for row in rows for step in steps),
    )
    yield _Family(
        "country_open",
        "What the open archives of a country of registration hold, without suspected decoys.",
        tuple(
            sample
            for row in rows
            for things, amount in zip(AMOUNTS, row.amounts, strict=True)
            for sample in _bounds(amount.cell, country=row.key, things=things)
        ),
    )


def _bounds(cell: Shown, **labels: str) -> Iterator[_Sample]:
    ends: tuple[tuple[str, int], ...]
    match cell:
        case Exact(value):
            ends = (("low", value), ("value", value), ("high", value))
        case AtLeast(value):
            ends = (("low", value), ("value", value))
        case Estimated(value, low, high):
            ends = (("low", low), ("value", value), ("high", high))
        case Claimed() | Unknown() | FewerThan() | Withheld():
            ends = ()
    for bound, value in ends:
        yield _sample(value, **labels, bound=bound)


def _sample(value: float, **labels: str) -> _Sample:
    return _Sample(tuple(labels.items()), value)


def _line(name: str, sample: _Sample) -> str:
    labels = ",".join(f'{label}="{_quoted(value)}"' for label, value in sample.labels)
    return f"{name}{{{labels}}} {sample.value}\n" if labels else f"{name} {sample.value}\n"


def _quoted(value: str) -> str:
    return plain_text(value).replace("\\", r"\\").replace('"', r"\"")


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
