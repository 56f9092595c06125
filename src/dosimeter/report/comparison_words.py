"""The sentences of a comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from dosimeter.exposure.compare import Because, Change, is_open
from dosimeter.exposure.rules import RULESET_VERSION
from dosimeter.model.census import Things
from dosimeter.model.message import Message, commas, many, say, sentences
from dosimeter.model.scope import Touch
from dosimeter.model.survey import SurveyState
from dosimeter.model.verdict import Exposure
from dosimeter.report.comparison_parts import (
    ChangeLine,
    Cohort,
    ComparedArchive,
    Comparison,
    FigureThenAndNow,
    SurveyFound,
)
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

COHORT_WORD: Final = {
    Cohort.GOOD: say("good"),
    Cohort.BAD: say("bad"),
    Cohort.UGLY: say("ugly"),
    Cohort.UNKNOWN: say("unknown"),
}

COHORT_MEANS: Final = {
    Cohort.GOOD: say("Of the archives asked both times, fewer answer anybody than before, or none at all."),
    Cohort.BAD: say("Of the archives asked both times, as many answer anybody as before, or more."),
    Cohort.UGLY: say(
        "As many or more, in one of the few countries that together hold three quarters of the images."
    ),
    Cohort.UNKNOWN: say("No archive asked both times answered anybody."),
}

COUNTRIES_MEAN: Final = say(
    "Open before, open now, closed and appeared are of archives that both surveys asked alike; "
    "not known: open in one of the two."
)

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


def change_says(change: Change, because: Because, old: Exposure | None, new: Exposure | None) -> Message:
    """What a change of one archive rests on, in a sentence; it stood on ``old`` and stands on ``new``."""
    if because is Because.NOTHING:
        return CHANGE_MEANS[Change.UNCHANGED]
    if change is Change.CLOSED and new is Exposure.UNREACHABLE:
        return say("No connection any more: it is gone, switched off or behind a firewall.")
    if change is Change.CLOSED and not is_open_now(old):
        return say("The archive that stood there, closed to strangers, is no longer there.")
    return (_BY_NETWORK if because is Because.NETWORK else _BY_METHOD)[change]


def is_open_now(exposure: Exposure | None) -> bool:
    """Whether an archive on this rung lets a stranger read something; not where there is none."""
    return exposure is not None and is_open(exposure)


def headline_of(archives: Sequence[ComparedArchive]) -> Message:
    """The one line that somebody reads: what became of archives that answered anybody, and which do now."""
    were = [each for each in archives if is_open_now(each.old)]
    unknown = [each for each in were if _is_untold(each)]
    known = [each for each in were if not _is_untold(each)]
    still = sum(is_open_now(each.new) for each in known)
    are = [each for each in archives if is_open_now(each.new) and not is_open_now(each.old)]
    found = sum(map(_is_untold, are))
    then = _became(len(were), len(known) - still, still, len(unknown))
    if not are:
        return then
    now = many("{number} more answers now", "{number} more answer now", len(are) - found)
    if not found:
        return say("{then}; {now}", then=then, now=now)
    unasked = many(
        "of {number} open now it is not known whether it was open before",
        "of {number} open now it is not known whether they were open before",
        found,
    )
    if found == len(are):
        return say("{then}; {now}", then=then, now=unasked)
    return say("{then}; {now}, and {unasked}", then=then, now=now, unasked=unasked)


def _is_untold(each: ComparedArchive) -> bool:
    return each.change is Change.UNKNOWN or each.because is Because.METHOD


def _became(were: int, closed: int, still: int, unknown: int) -> Message:
    if not were:
        return say("No archive that was asked before answered anybody")
    parts = [
        many("{number} is closed", "{number} are closed", closed) if closed else say("none is closed"),
        many("{number} still answers", "{number} still answer", still) if still else None,
        many("{number} is not known", "{number} are not known", unknown) if unknown else None,
    ]
    return many(
        "Of {number} archive that answered anybody, {parts}",
        "Of {number} archives that answered anybody, {parts}",
        were,
        parts=commas([part for part in parts if part is not None]),
    )


def sentences_of(
    old: SurveyFound, new: SurveyFound, changes: Sequence[ChangeLine], *, rejudged: int, decoys: int
) -> tuple[Message, ...]:
    """What was compared, and which part of the difference is not the network's."""
    return tuple(
        each
        for each in (
            _order(old, new),
            _rules(old, rejudged),
            _method(changes),
            _touch(old, new),
            _scope(old, new),
            _ended(old, new),
            _silence(new),
            _decoys(decoys),
        )
        if each is not None
    )


def _order(old: SurveyFound, new: SurveyFound) -> Message:
    if old.header.id == new.header.id:
        return say("Survey {survey} is compared with itself.", survey=old.header.id)
    compared = say(
        "Compared: survey {old} of {then} and survey {new} of {today}.",
        old=old.header.id,
        then=old.header.started.date(),
        new=new.header.id,
        today=new.header.started.date(),
    )
    if old.header.started <= new.header.started:
        return compared
    wrong = say(
        "The first of the two is the younger one: whatever is said of before and now is the wrong way round."
    )
    return sentences((compared, wrong))


def _silence(new: SurveyFound) -> Message | None:
    """Nothing but unreachable doors: as likely the surveyor's own network as all archives gone at once."""
    if new.archives or not new.beside:
        return None
    if any(each.exposure is not Exposure.UNREACHABLE for each in new.beside.values()):
        return None
    return say("No archive could be reached by the newer survey: look at its own network first.")


def _decoys(number: int) -> Message | None:
    if not number:
        return None
    return many(
        "{number} suspected decoy is left out of all figures.",
        "{number} suspected decoys are left out of all figures.",
        number,
    )


def _rules(old: SurveyFound, rejudged: int) -> Message:
    if not old.told:
        return say(
            "Both surveys are judged by the rules of today. "
            "What the older one said by its own rules was not kept."
        )
    then = old.told[0].ruleset_version
    if then == RULESET_VERSION:
        return say(
            "The older survey was first reported by the rules that judge both here, {rules}.", rules=then
        )
    told = say(
        "The older survey was first reported by the rules {then}; both are judged here by the rules {rules}.",
        then=then,
        rules=RULESET_VERSION,
    )
    if not rejudged:
        return sentences((told, say("Of no archive they say otherwise.")))
    changed = many(
        "Of {number} archive the old facts are judged otherwise now: "
        "that is the rules' doing, not the network's.",
        "Of {number} archives the old facts are judged otherwise now: "
        "that is the rules' doing, not the network's.",
        rejudged,
    )
    return sentences((told, changed))


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


def figure_words(number: int | None) -> str:
    """A total, or that the survey was not allowed to ask for it."""
    return NOT_THERE if number is None else say("{told}", told=number)


def then_words(each: ComparedArchive, rung: Callable[[Exposure], str]) -> str:
    """The rung then, and what it was told as if the rules have changed since."""
    if each.old is None:
        return NOT_THERE
    if not each.is_rejudged or each.told is None:
        return say("{rung}", rung=rung(each.old))
    return say("{rung} (told then as: {told})", rung=rung(each.old), told=rung(each.told))


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
    asked = [each.touch >= Touch.PROVE for each in (comparison.old, comparison.new)]
    return tuple(
        (
            label,
            sum_words(before.of(things)) if asked[0] else NOT_THERE,
            sum_words(now.of(things)) if asked[1] else NOT_THERE,
        )
        for label, things, before, now in lines
        if before.of(things).known or now.of(things).known
    )
