"""Why a number is no better than it is, in sentences that a hospital director understands."""

from __future__ import annotations

from typing import Final

from dosimeter.model.census import MANY, CensusEnd, Things, noun

MOST_HIDDEN: Final = 10

ENDED: Final = {
    CensusEnd.ROWS: "the number of records that the scope allows was used up",
    CensusEnd.BYTES: "the number of bytes that the scope allows was used up",
    CensusEnd.SECONDS: "the time that the scope allows was used up",
    CensusEnd.ASSOCIATIONS: "the connections that the scope allows were used up",
    CensusEnd.QUESTIONS: "too many questions brought too little",
    CensusEnd.SLOW: "the server became slow, and was asked no more",
    CensusEnd.OUT_OF_RESOURCES: "the server said that it was out of resources, and was asked no more",
    CensusEnd.BUSY: "the server said that it was busy, and was asked no more",
    CensusEnd.REFUSED: "the server refused to go on, or ended the connection",
    CensusEnd.SILENT: "the server stopped answering",
    CensusEnd.NOT_BELIEVED: "the server answers whatever is asked, so its answers are not believed",
}
"""Why the counting ended early. ALL_ASKED is not among them."""


NOT_BELIEVED: Final = "not counted: its answers do not depend on the question"
UNFINISHED: Final = "the counting was interrupted, and can be resumed"


def ended(end: CensusEnd | None) -> str | None:
    """Why the counting ended early; None if all was asked. ``end`` is None of a counting with no end yet."""
    return UNFINISHED if end is None else ENDED.get(end)


def _number_of(number: int, things: Things) -> str:
    return f"{number:,} {noun(things, number)}"


def at_least(number: int, things: Things, why: str) -> str:
    """A floor and its reason."""
    return f"at least {_number_of(number, things)}: {why}"


def _records(rows: int) -> str:
    return "1 record" if rows == 1 else f"{rows:,} records"


def limited(rows: int) -> str:
    """The archive cuts its answers."""
    return f"the server stopped answering after {_records(rows)}"


def may_be_limited(rows: int) -> str:
    """Nothing showed that the archive sends more than this."""
    return f"the server never sent more than {_records(rows)} at once, and may stop there"


ERRATIC: Final = "the server's answers differ from one time to the next"
DATES_IGNORED: Final = "the server does not look at dates, so no part of it could be checked"
UNSEEN: Final = "studies that have neither a date nor a time would not show"
UNDATED_UNANSWERED: Final = (
    "studies without a date would not show, and the server did not answer for all at once"
)
UNDATED_UNSEEN: Final = "studies without a date would not show, and all at once they are too many to ask for"
REFUSED: Final = "the server refused the question"
INTERRUPTED: Final = (
    "the counting was interrupted, and what was found before cannot be compared with the rest"
)
NO_KEY: Final = "some records have no identifier to tell them apart"
NO_PATIENT_ID: Final = "some studies have no patient identifier"
OF_SEEN: Final = "those of the studies that were seen"
PART_ONLY: Final = "only a part of the studies was looked into"


def claimed(number: int, things: Things) -> str:
    """The archive's own figure."""
    how = "it was not counted" if number == 1 else "they were not counted one by one"
    return f"the server itself speaks of {_number_of(number, things)}; {how}"


def _studies(number: int) -> str:
    """Parts of 1 to 10 studies are not told (ADR 0015)."""
    return f"{number:,} studies" if number > MOST_HIDDEN else f"fewer than {MOST_HIDDEN + 1} studies"


def claimed_of_part(number: int, things: Things, covered: int) -> str:
    """The archive's own figure for a part of the studies."""
    return (
        f"the server itself speaks of {_number_of(number, things)} in {_studies(covered)}; "
        "it was not asked about the others"
    )


def unknown(things: Things, why: str) -> str:
    """Not counted."""
    return f"{MANY[things]} are not known: {why}"


NOT_TOLD: Final = "the server does not tell them, or contradicts itself"
NOT_LISTED: Final = "the server gives no patient identifiers"
UNCHECKED: Final = (
    "they were not asked for, because no part of the studies was small enough, or known to be whole, "
    "to check the answers by"
)
NOTHING: Final = "asked for them, the server answered with nothing"
CONTRADICTED: Final = "the answers that name them contradict the others"
