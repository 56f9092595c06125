"""The three things to do on Monday: what keeps strangers from most people comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from dosimeter.model.census import Exact, Things
from dosimeter.model.message import Message, many, say, semicolons
from dosimeter.model.verdict import Remedy, Severity
from dosimeter.report.adding import Sum
from dosimeter.report.archive import Archive
from dosimeter.report.stake_sentences import sum_amount
from dosimeter.report.study import Action
from dosimeter.report.study_findings import FindingFigures, RemedyUse, closing_remedies

ACTIONS_SHOWN: Final = 3

_PLACES_NAMED: Final = 8
"""Endpoints that a command names; more are surveyed by their scope."""

_EVERYTHING: Final = "dosimeter survey --scope scope.toml"


def actions_of(
    findings: FindingFigures, archives: Sequence[Archive], *, may_tell_amounts: bool = True
) -> tuple[Action, ...]:
    """At most three: what closes archives that answer anybody by the people in them, then the gravest rest.

    ``archives`` are named in the commands that prove it; without them the whole scope is surveyed again.
    """
    closing = sorted(findings.closing, key=_people_first)
    other = sorted((use for use in findings.other if use.severity > Severity.LOW), key=_gravest_first)
    first = [
        _action(use, _closes(use, may_tell_amounts=may_tell_amounts), _closed_by(use.remedy, archives))
        for use in closing[:ACTIONS_SHOWN]
    ]
    rest = [
        _action(use, _betters(use), _bettered_by(use.remedy, archives))
        for use in other[: ACTIONS_SHOWN - len(first)]
    ]
    return (*first, *rest)


def _action(use: RemedyUse, closes: Message, concerned: Iterable[Archive]) -> Action:
    steps = use.remedy.steps
    if use.along:
        along = say(
            "Some of these archives also need: {titles}. The steps stand with each archive.",
            titles=semicolons(list(use.along)),
        )
        steps = (*steps, along)
    return Action(use.remedy.title, use.archives, closes, steps, _proof(concerned))


def _closes(use: RemedyUse, *, may_tell_amounts: bool) -> Message:
    """How many archives, and the people in them, or the examinations where people were not counted."""
    archives = many("{number} archive that is open", "{number} archives that are open", use.archives)
    if not may_tell_amounts:
        return say("Closes {archives}.", archives=archives)
    if _some(use.patients):
        return say(
            "Closes {archives}: {people}.",
            archives=archives,
            people=sum_amount(use.patients, Things.PATIENTS),
        )
    if _some(use.studies):
        return say(
            "Closes {archives}: {studies}; people were not counted.",
            archives=archives,
            studies=sum_amount(use.studies, Things.STUDIES),
        )
    if use.patients.counted == Exact(0) and use.patients.known:
        return say("Closes {archives} that showed no patient.", archives=archives)
    return say("Closes {archives}; how many people are in there was not counted.", archives=archives)


def _betters(use: RemedyUse) -> Message:
    return many(
        "Betters the protection of {number} archive.",
        "Betters the protection of {number} archives.",
        use.archives,
    )


def _proof(concerned: Iterable[Archive]) -> str:
    places: list[str] = []
    for archive in concerned:
        places += (door.endpoint.authority for door in archive.doors)
        if len(places) > _PLACES_NAMED:
            return _EVERYTHING
    return " ".join((_EVERYTHING, *places))


def _closed_by(remedy: Remedy, archives: Iterable[Archive]) -> Iterator[Archive]:
    """Archives of which this is the first thing to close."""
    for archive in archives:
        if not archive.findings.is_suspected_decoy and closing_remedies(archive.findings)[:1] == (remedy,):
            yield archive


def _bettered_by(remedy: Remedy, archives: Iterable[Archive]) -> Iterator[Archive]:
    """Archives that are given this, and of which it is not what closes them."""
    for archive in archives:
        findings = archive.findings
        if findings.is_suspected_decoy or remedy not in findings.verdict.remedies:
            continue
        if remedy not in closing_remedies(findings):
            yield archive


def _people_first(use: RemedyUse) -> tuple[int, int, int, int, str]:
    """Most people first; where they were not counted, most examinations, then most archives."""
    people = use.patients.value + use.patients.claimed
    studies = use.studies.value + use.studies.claimed
    return -people, -studies, -use.archives, -use.severity, use.remedy.title


def _gravest_first(use: RemedyUse) -> tuple[int, int, str]:
    return -use.severity, -use.archives, use.remedy.title


def _some(total: Sum) -> bool:
    return total.value + total.claimed > 0
