"""A number of the study in words, with how it is known: the same in every table, bar and tool tip."""

from __future__ import annotations

from dosimeter.model.census import Unknown
from dosimeter.model.message import Message, say
from dosimeter.report.census_words import cell_words
from dosimeter.report.study import Amount, Shown, Withheld


def shown_words(shown: Shown) -> Message:
    """``40``, ``at least 40``, ``< 11``, ``not counted``; ``not shown`` of what this edition withholds."""
    if isinstance(shown, Withheld):
        return say("not shown")
    if isinstance(shown, Unknown):
        return say("not counted")
    return say("{only}", only=cell_words(shown))


def beside_words(amount: Amount) -> tuple[Message, ...]:
    """What stands beside the number and is never in it: archives' own claims, and what was not counted."""
    if isinstance(amount.cell, Withheld):
        return ()
    beside = []
    if amount.claims:
        beside.append(say("and {claimed} claimed", claimed=amount.claimed))
    if amount.uncounted and not isinstance(amount.cell, Unknown):
        beside.append(say("{number} not counted", number=amount.uncounted))
    return tuple(beside)
