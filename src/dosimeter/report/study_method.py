"""How the study was made, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from dosimeter.exposure.rules import RULESET_VERSION
from dosimeter.model.message import Message, say
from dosimeter.model.scope import Touch
from dosimeter.model.survey import SurveyHeader
from dosimeter.report.study_tally import StudyFigures


def method_of(header: SurveyHeader, figures: StudyFigures) -> tuple[Message, ...]:
    """Who was asked what, what is counted and how, and by which version."""
    return tuple(_sentences(header, figures))


def _sentences(header: SurveyHeader, figures: StudyFigures) -> Iterator[Message]:
    yield say(
        "Every endpoint was asked as a stranger would ask: with no password, under a name of our own, "
        "calling a title made up for the survey."
    )
    if header.touch >= Touch.PROVE:
        yield say(
            "That queries and retrievals are answered was proved with questions about a study that cannot "
            "exist: nothing can match them, and no patient was read."
        )
    else:
        yield say(
            "Whether queries and retrievals are answered was not asked: the touch was {touch}.",
            touch=header.touch.word,
        )
    if header.touch >= Touch.COUNT:
        yield say(
            "Studies, patients, series and images were counted by their identifiers, of which nothing was "
            "kept. Sums keep the kinds apart: what was counted to the end, what is a lower bound, what was "
            "estimated from random days, and what archives say of themselves."
        )
    if header.touch >= Touch.SAMPLE:
        yield say(
            "Of at most 20 answers of an archive it was noted which personal attributes are filled; no value "
            "was kept."
        )
    yield say(
        "An archive is counted once, however many doors it has: doors are joined by evidence, never because "
        "they share an address."
    )
    if figures.decoys.archives:
        yield say("Suspected decoys are in no table; the funnel and the totals are given with them too.")
    if figures.sources:
        yield say(
            "A country is where an address is registered, which need not be where the machine stands. Of an "
            "archive with several doors it is that of the most open one."
        )
    yield say(
        "Published figures stand beside those of this survey only where they are defined alike; sources that "
        "disagree are all given."
    )
    yield say("Scope: SHA-256 {hash}.", hash=header.scope_sha256)
    yield say(
        "Asked with dosimeter {version} and rules {rules}; judged by rules {judged}.",
        version=header.tool_version,
        rules=header.ruleset_version,
        judged=RULESET_VERSION,
    )
