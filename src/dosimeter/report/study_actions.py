"""The three things to do on Monday, as decisions: how they are carried out stands behind each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from dosimeter.model.census import Exact, Things
from dosimeter.model.message import Message, many, say, sentences
from dosimeter.model.verdict import Severity
from dosimeter.report.archive import OPEN_TO_ANYBODY, Archive
from dosimeter.report.stake_sentences import sum_amount
from dosimeter.report.study import Action
from dosimeter.report.study_findings import FindingFigures, ToDo, other_remedies
from dosimeter.report.study_tally import Line

ACTIONS_SHOWN: Final = 3

_PLACES_NAMED: Final = 8
"""Endpoints that a command names; more are surveyed by their scope."""

_EVERYTHING: Final = "dosimeter survey --scope scope.toml"

_OFF_THE_NETWORK: Final = (
    say("At the firewall: let only the devices and the staff that need an archive reach its addresses."),
    say("Keep the logs of the archives and of the firewall before anything is changed."),
)


def actions_of(
    findings: FindingFigures,
    whole: Line,
    archives: Sequence[Archive],
    *,
    tells_sums: bool = True,
    tells_parts: bool = True,
) -> tuple[Action, ...]:
    """At most three: off the network, then closed at every door, then what is gravest of the rest.

    ``whole`` is all archives. ``archives`` are named in the commands that prove it; without them the whole
    scope is surveyed again.
    """
    first: list[Action] = []
    if whole.queryable:
        first.append(_off_the_network(whole, archives, tells_sums=tells_sums))
    if findings.closing.archives:
        first.append(_close(findings.closing, archives, tells_parts=tells_parts))
    other = sorted(
        ((title, use) for title, use in findings.other.items() if use.severity > Severity.LOW),
        key=_gravest_first,
    )
    rest = [
        Action(title, use.archives, _betters(use), _how(use), _proof(_bettered_by(title, archives)))
        for title, use in other[: ACTIONS_SHOWN - len(first)]
    ]
    return (*first, *rest)


def _off_the_network(whole: Line, archives: Sequence[Archive], *, tells_sums: bool) -> Action:
    stays = many(
        "This closes none: whoever shares a network with it still gets in.",
        "This closes none: whoever shares a network with them still gets in.",
        whole.queryable,
    )
    keeps = say("Until the rest is done, this keeps out whoever has no business there.")
    if tells_sums and whole.patients.has_any:
        keeps = say(
            "Until the rest is done, this keeps whoever has no business there from {people}.",
            people=sum_amount(whole.patients, Things.PATIENTS),
        )
    return Action(
        title=many(
            "Today: take {number} open archive off every network that does not need it",
            "Today: take {number} open archives off every network that does not need them",
            whole.queryable,
        ),
        archives=whole.queryable,
        closes=sentences([keeps, stays]),
        steps=_OFF_THE_NETWORK,
        proof=_proof(open_archives(archives)),
    )


def _close(use: ToDo, archives: Sequence[Archive], *, tells_parts: bool) -> Action:
    wholly = many(
        "It is closed when this is done at every one of its doors, and not before.",
        "Each is closed when this is done at every one of its doors, and not before.",
        use.archives,
    )
    return Action(
        title=many(
            "Close {number} archive to strangers: let it answer only devices that it knows and people who "
            "log in",
            "Close {number} archives to strangers: let them answer only devices that they know and people "
            "who log in",
            use.archives,
        ),
        archives=use.archives,
        closes=sentences([_closes(use, tells_parts=tells_parts), wholly]),
        steps=_how(use),
        proof=_proof(open_archives(archives)),
    )


def _how(use: ToDo) -> tuple[Message, ...]:
    """The remedies, the commonest first, each with its steps."""
    titles = sorted(use.remedies, key=lambda title: (-use.uses[title], title))
    return tuple(
        say(
            "{remedy} ({archives}). {steps}",
            remedy=title,
            archives=many("{number} archive", "{number} archives", use.uses[title]),
            steps=sentences(list(use.remedies[title].steps)),
        )
        for title in titles
    )


def _closes(use: ToDo, *, tells_parts: bool) -> Message:
    """How many archives, and the people in them, or the examinations where people were not counted."""
    archives = many("{number} archive that is open", "{number} archives that are open", use.archives)
    if not tells_parts:
        return say("Closes {archives}.", archives=archives)
    if use.patients.has_any:
        return say(
            "Closes {archives}: {people}.",
            archives=archives,
            people=sum_amount(use.patients, Things.PATIENTS),
        )
    if use.studies.has_any:
        return say(
            "Closes {archives}: {studies}; people were not counted.",
            archives=archives,
            studies=sum_amount(use.studies, Things.STUDIES),
        )
    if use.patients.counted == Exact(0) and use.patients.known:
        return say("Closes {archives} that showed no patient.", archives=archives)
    return say("Closes {archives}; how many people are in there was not counted.", archives=archives)


def _betters(use: ToDo) -> Message:
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


def open_archives(archives: Iterable[Archive]) -> Iterator[Archive]:
    """Those that answer anybody, without suspected decoys."""
    for archive in archives:
        if archive.exposure in OPEN_TO_ANYBODY and not archive.findings.is_suspected_decoy:
            yield archive


def _bettered_by(title: str, archives: Iterable[Archive]) -> Iterator[Archive]:
    for archive in archives:
        if not archive.findings.is_suspected_decoy and title in other_remedies(archive.findings):
            yield archive


def _gravest_first(item: tuple[str, ToDo]) -> tuple[int, int, str]:
    title, use = item
    return -use.severity, -use.archives, title
