"""A number of the study in words, with how it is known: the same in every table, bar and tool tip."""

from __future__ import annotations

from dosimeter.model.census import Unknown
from dosimeter.model.message import Message, many, say
from dosimeter.report.census_words import cell_words
from dosimeter.report.language import Language
from dosimeter.report.study import Amount, GroupedBy, Grouping, Shown, StudyRow, Withheld


def shown_words(shown: Shown) -> Message:
    """``40``, ``at least 40``, ``< 11``, ``not counted``; ``not shown`` of what this edition withholds."""
    if isinstance(shown, Withheld):
        return say("not shown")
    if isinstance(shown, Unknown):
        return say("not counted")
    return say("{only}", only=cell_words(shown))


def row_name(grouping: Grouping, row: StudyRow, language: Language) -> str:
    """The name of a row of a table; that of a country in the reader's language."""
    if grouping.by is GroupedBy.COUNTRY and row.key:
        return language.country(row.key)
    return language.text(row.label)


def beside_words(amount: Amount) -> tuple[Message, ...]:
    """What stands beside the number and is never in it: archives' own claims, and what was not counted."""
    if isinstance(amount.cell, Withheld):
        return ()
    said_already = isinstance(amount.cell, Unknown) and not amount.claims
    beside = []
    if amount.claims:
        beside.append(say("and {claimed} claimed", claimed=amount.claimed))
    if amount.uncounted and not said_already:
        beside.append(many("{number} not counted", "{number} not counted", amount.uncounted))
    return tuple(beside)
