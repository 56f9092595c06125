"""The sentences of a comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from dosimeter.exposure.compare import Because, Change
from dosimeter.model.census import Things
from dosimeter.model.message import Message, many, say, sentences
from dosimeter.model.scope import Touch
from dosimeter.model.survey import SurveyState
from dosimeter.report.comparison_parts import ChangeLine, Cohort, Comparison, FigureThenAndNow, SurveyFound
from dosimeter.report.stake_sentences import sum_words

CHANGE_WORD: Final = {
    Change.NEW: say("new"),
    Change.WORSE: say("worse"),
    Change.UNKNOWN: say("unknown"),
    Change.UNCHANGED: say("unchanged"),
    Change.BETTER: say("better"),
    Change.CLOSED: say("closed"),
}

CHANGE_MEANS: Final = {
    Change.NEW: say("There was no archive, now there is one."),
    Change.WORSE: say("It lets a stranger do more than before, or has a graver finding."),
    Change.UNKNOWN: say("One of the two surveys could not tell, or did not ask. Never counted as closed."),
    Change.UNCHANGED: say("It stands where it stood."),
    Change.BETTER: say("It lets a stranger do less than before."),
    Change.CLOSED: say("It answered anybody and no longer does, or it is no longer there."),
}

BECAUSE_WORD: Final = {
    Because.NETWORK: say("the network"),
    Because.METHOD: say("the method"),
    Because.NOTHING: say("no change"),
}

COHORT_WORD: Final = {Cohort.GOOD: say("good"), Cohort.BAD: say("bad"), Cohort.UGLY: say("ugly")}

COHORT_MEANS: Final = {
    Cohort.GOOD: say("Fewer archives answer anybody than before, or none at all."),
    Cohort.BAD: say("As many archives answer anybody as before, or more."),
    Cohort.UGLY: say(
        "As many or more, in one of the few countries that together hold three quarters of the images."
    ),
}

_BY_NETWORK: Final = {
    Change.NEW: say("Nothing was there when the same doors were asked before."),
    Change.WORSE: say("The same doors, asked the same way, now answer more."),
    Change.UNKNOWN: say("One of the two surveys got no clear answer."),
    Change.BETTER: say("The same doors, asked the same way, now answer less."),
    Change.CLOSED: say("The same doors, asked the same way, no longer let a stranger in."),
}

_BY_METHOD: Final = {
    Change.NEW: say("It was not asked before: whether it is new is not known."),
    Change.WORSE: say("What shows more was not asked before: whether it is new is not known."),
    Change.UNKNOWN: say("The two surveys did not ask the same: what became of it is not known."),
}


def change_says(change: Change, because: Because) -> Message:
    """What a change of one archive rests on, in a sentence."""
    if because is Because.NOTHING:
        return say("The same doors answer as before.")
    return (_BY_NETWORK if because is Because.NETWORK else _BY_METHOD)[change]


def headline_of(changes: Sequence[ChangeLine], before: int, now: int) -> Message:
    """The one line that somebody reads: archives that answer anybody, then and now."""
    appeared = sum(line.network for line in changes if line.change in {Change.NEW, Change.WORSE})
    closed = next(line.network for line in changes if line.change is Change.CLOSED)
    if not before and not now:
        return say("No archive answered anybody, then or now")
    moved = say(
        "{closed}, {appeared}",
        closed=many("{number} archive closed", "{number} archives closed", closed),
        appeared=many("{number} new or worse", "{number} new or worse", appeared),
    )
    return say(
        "Archives that answer anybody: {before} before, {now} now ({moved})",
        before=before,
        now=now,
        moved=moved,
    )


def sentences_of(
    old: SurveyFound, new: SurveyFound, changes: Sequence[ChangeLine], rejudged: int
) -> tuple[Message, ...]:
    """What was compared, and which part of the difference is not the network's."""
    return tuple(
        each
        for each in (
            say(
                "Compared: survey {old} of {then} and survey {new} of {today}.",
                old=old.header.id,
                then=old.header.started.date(),
                new=new.header.id,
                today=new.header.started.date(),
            ),
            _rules(old, new, rejudged),
            _method(changes),
            _touch(old, new),
            _scope(old, new),
            _ended(old, new),
        )
        if each is not None
    )


def _rules(old: SurveyFound, new: SurveyFound, rejudged: int) -> Message:
    versions = {"old": old.header.ruleset_version, "new": new.header.ruleset_version}
    if not old.told:
        return say(
            "Both surveys are judged by the rules of today. "
            "What the older one said by its own rules was not kept."
        )
    if old.header.ruleset_version == new.header.ruleset_version and not rejudged:
        return say(
            "Both surveys were made and are judged by the same rules, version {new}.", new=versions["new"]
        )
    return sentences(
        (
            say(
                "The older survey was told by rule set {old}, the newer by {new}; both are judged here by "
                "the rules of today.",
                **versions,
            ),
            many(
                "Of {number} archive the old facts are judged otherwise now: "
                "that is the rules' doing, not the network's.",
                "Of {number} archives the old facts are judged otherwise now: "
                "that is the rules' doing, not the network's.",
                rejudged,
            ),
        )
    )


def _method(changes: Sequence[ChangeLine]) -> Message | None:
    number = sum(line.method for line in changes)
    if not number:
        return None
    return many(
        "Of {number} archive the two surveys did not ask the same; "
        "it is counted apart, as a change of the method.",
        "Of {number} archives the two surveys did not ask the same; "
        "they are counted apart, as changes of the method.",
        number,
    )


def _touch(old: SurveyFound, new: SurveyFound) -> Message | None:
    if old.header.touch is new.header.touch:
        return None
    words = {"old": old.header.touch.word, "new": new.header.touch.word}
    if min(old.header.touch, new.header.touch) < Touch.PROVE:
        return say(
            "The touch was {old} then and {new} now: "
            "below prove nothing shows whether strangers are answered.",
            **words,
        )
    return say(
        "The touch was {old} then and {new} now: numbers may be known in one of the two alone.", **words
    )


def _scope(old: SurveyFound, new: SurveyFound) -> Message | None:
    if old.header.scope_sha256 == new.header.scope_sha256:
        return None
    return say("The two surveys were made under two different scope files.")


def _ended(old: SurveyFound, new: SurveyFound) -> Message | None:
    early = [each.header.id for each in (old, new) if each.header.state is not SurveyState.COMPLETED]
    if not early:
        return None
    if len(early) > 1:
        return say("Neither survey came to its end: what it did not ask is unknown, and not closed.")
    return say(
        "Survey {survey} did not come to its end: what it did not ask is unknown, and not closed.",
        survey=early[0],
    )


NOT_THERE: Final = say("not asked")
OWNER_UNKNOWN: Final = say("not known")


def country_label(code: str | None, name: Callable[[str], str]) -> str:
    """The name of a country, or that it is not known."""
    return say("not known") if code is None else name(code)


def told_words(line: FigureThenAndNow) -> str:
    """What the older report said, or that it was not kept."""
    return say("not kept") if line.told is None else say("{told}", told=line.told)


def holdings_lines(comparison: Comparison) -> tuple[tuple[Message, str, str], ...]:
    """What archives open to anybody hold, then and now, each as a label and two sums in words."""
    lines = (
        (say("Patients"), Things.PATIENTS, comparison.old_holdings, comparison.new_holdings),
        (say("Studies"), Things.STUDIES, comparison.old_holdings, comparison.new_holdings),
        (say("Images linked"), Things.INSTANCES, comparison.old_holdings, comparison.new_holdings),
        (
            say("Images downloadable"),
            Things.INSTANCES,
            comparison.old_downloadable,
            comparison.new_downloadable,
        ),
    )
    return tuple(
        (label, sum_words(before.of(things)), sum_words(now.of(things)))
        for label, things, before, now in lines
        if before.of(things).known or now.of(things).known
    )
