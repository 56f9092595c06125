"""Why a number is no better than it is, in sentences that a hospital director understands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dosimeter.model.census import MANY, AtLeast, CensusEnd, Claimed, Count, Things, Unknown, amount
from dosimeter.model.message import Message, ands, many, say

MOST_HIDDEN: Final = 10

ENDED: Final = {
    CensusEnd.ROWS: say("the number of records that the scope allows was used up"),
    CensusEnd.BYTES: say("the number of bytes that the scope allows was used up"),
    CensusEnd.SECONDS: say("the time that the scope allows was used up"),
    CensusEnd.ASSOCIATIONS: say("the connections that the scope allows were used up"),
    CensusEnd.QUESTIONS: say("too many questions brought too little"),
    CensusEnd.SLOW: say("the server became slow, and was asked no more"),
    CensusEnd.OUT_OF_RESOURCES: say("the server said that it was out of resources, and was asked no more"),
    CensusEnd.BUSY: say("the server said that it was busy, and was asked no more"),
    CensusEnd.REFUSED: say("the server refused to go on, or ended the connection"),
    CensusEnd.SILENT: say("the server stopped answering"),
    CensusEnd.NOT_BELIEVED: say("the server answers whatever is asked, so its answers are not believed"),
}
"""Why the counting ended early. ALL_ASKED is not among them."""


NOT_BELIEVED: Final = say("not counted: its answers do not depend on the question")
UNFINISHED: Final = say("the counting was interrupted, and can be resumed")


def ended(end: CensusEnd | None) -> Message | None:
    """Why the counting ended early; None if all was asked. ``end`` is None of a counting with no end yet."""
    return UNFINISHED if end is None else ENDED.get(end)


def at_least(number: int, things: Things, why: str) -> Message:
    """A floor and its reason."""
    return _known_so_far(_floor(number, things), why)


def reason_in(remarks: Iterable[str], count: Count, things: Things) -> tuple[str, str] | None:
    """Of the remarks of a census the one that is about this number, and the reason in it, which may be empty.

    None if there is none: an exact number needs no reason.
    """
    match count:
        case AtLeast(value):
            number: Message | None = _floor(value, things)
        case Unknown():
            number = _unknown(things)
        case Claimed(value):
            whole = claimed(value, things)
            return next(((remark, "") for remark in remarks if remark == whole), None)
        case _:
            return None
    for remark in remarks:
        if isinstance(remark, Message) and remark.arguments.get("number") == number:
            why = remark.arguments.get("why", "")
            return remark, why if isinstance(why, str) else ""
    return None


def _known_so_far(number: Message, why: str) -> Message:
    """What is known of a number, and why it is no more; `reason_in` takes it apart again."""
    return say("{number}: {why}", number=number, why=why)


def _floor(number: int, things: Things) -> Message:
    return say("at least {amount}", amount=amount(number, things))


def _unknown(things: Things) -> Message:
    return say("{things} are not known", things=MANY[things])


def limited(rows: int) -> Message:
    """The archive cuts its answers."""
    return many(
        "the server stopped answering after {number} record",
        "the server stopped answering after {number} records",
        rows,
    )


def may_be_limited(rows: int) -> Message:
    """Nothing showed that the archive sends more than this."""
    return many(
        "the server never sent more than {number} record at once, and may stop there",
        "the server never sent more than {number} records at once, and may stop there",
        rows,
    )


ERRATIC: Final = say("the server's answers differ from one time to the next")
DATES_IGNORED: Final = say("the server does not look at dates, so no part of it could be checked")
UNSEEN: Final = say("studies that have neither a date nor a time would not show")
UNDATED_UNANSWERED: Final = say(
    "studies without a date would not show, and the server did not answer for all at once"
)
UNDATED_UNSEEN: Final = say(
    "studies without a date would not show, and all at once they are too many to ask for"
)
REFUSED: Final = say("the server refused the question")
INTERRUPTED: Final = say(
    "the counting was interrupted, and what was found before cannot be compared with the rest"
)
NO_KEY: Final = say("some records have no identifier to tell them apart")
NO_PATIENT_ID: Final = say("some studies have no patient identifier")
OF_SEEN: Final = say("those of the studies that were seen")
PART_ONLY: Final = say("only a part of the studies was looked into")


def limited_and_unseen(rows: int) -> Message:
    """The archive cuts its answers, and some studies would not show anyway."""
    return say("{limited}, and {unseen}", limited=limited(rows), unseen=UNSEEN)


def claimed(number: int, things: Things) -> Message:
    """The archive's own figure."""
    return many(
        "the server itself speaks of {amount}; it was not counted",
        "the server itself speaks of {amount}; they were not counted one by one",
        number,
        amount=amount(number, things),
    )


def _studies(number: int) -> Message:
    """Parts of 1 to 10 studies are not told (ADR 0015)."""
    if number > MOST_HIDDEN:
        return amount(number, Things.STUDIES)
    return say("fewer than {number} studies", number=MOST_HIDDEN + 1)


def claimed_of_part(number: int, things: Things, covered: int) -> Message:
    """The archive's own figure for a part of the studies."""
    return say(
        "the server itself speaks of {amount} in {studies}; it was not asked about the others",
        amount=amount(number, things),
        studies=_studies(covered),
    )


def unknown(things: Things, why: str) -> Message:
    """Not counted."""
    return _known_so_far(_unknown(things), why)


def unknown_all(things: Iterable[Things], why: str) -> Message:
    """Several that are not known for one reason."""
    names = ands([MANY[each] for each in things])
    return _known_so_far(say("{things} are not known", things=names), why)


def estimated(why: str, dated_only: str) -> Message:
    """Why the studies are estimated, and of which the estimate is."""
    return say("studies are estimated: {why}. {dated_only}", why=why, dated_only=dated_only)


NOT_TOLD: Final = say("the server does not tell them, or contradicts itself")
NOT_LISTED: Final = say("the server gives no patient identifiers")
UNCHECKED: Final = say(
    "they were not asked for, because no part of the studies was small enough, or known to be whole, "
    "to check the answers by"
)
NOTHING: Final = say("asked for them, the server answered with nothing")
CONTRADICTED: Final = say("the answers that name them contradict the others")
