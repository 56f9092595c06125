"""The sentences of a report: what was found, what was not tested, and what the words mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dosimeter.model.message import Message, listed, many, say, semicolons, sentences
from dosimeter.model.scope import Touch
from dosimeter.model.survey import SurveyHeader, SurveyState
from dosimeter.model.verdict import Exposure, Severity
from dosimeter.report.attributes import STANDING_OBLIGATIONS
from dosimeter.report.figures import Figures, Totals
from dosimeter.report.rungs import JUDGED
from dosimeter.report.stake_sentences import not_counted_of, stakes_in_words
from dosimeter.report.words import archives_in_words, hosts_in_words, questions_in_words


@dataclass(frozen=True, slots=True)
class Summary:
    """What somebody who reads no further should know. ``severity`` is the gravest of any archive."""

    headline: str
    severity: Severity
    sentences: tuple[str, ...]


def summary_of(header: SurveyHeader, totals: Totals) -> Summary:
    """The headline, and the sentences below it."""
    figures = totals.with_decoys
    gravest = max((severity for severity in Severity if figures.of(severity)), default=Severity.INFO)
    found = (
        _population(figures),
        _doors(totals),
        _open(figures, header),
        _browsing(figures),
        _fetching(figures),
        _name_gated(figures),
        _writes(figures),
        _worklists(figures),
        *stakes_in_words(totals),
        _neighbours(figures),
        _walls(figures),
        _inconclusive(figures, header),
        _spared(totals),
        _decoys(totals),
        _failures(totals),
        _ended_early(header),
    )
    return Summary(_headline(header, figures), gravest, tuple(filter(None, found)))


def not_tested_of(header: SurveyHeader, totals: Totals) -> tuple[Message, ...]:
    """What this survey says nothing about."""
    missing = []
    if header.touch < Touch.PROVE:
        missing.append(
            say(
                "Whether strangers' queries and retrievals are answered: the touch of this survey is "
                "{touch}, and those questions need prove.",
                touch=header.touch.word,
            )
        )
    if not totals.tried_titles:
        missing.append(
            say(
                "Whether an AE title opens an archive: no archive was asked under a title that the scope "
                "lists."
            )
        )
    if not totals.web_asked:
        missing.append(say("Web viewers, DICOMweb and product web interfaces: no HTTP question was asked."))
    missing += _not_looked(totals)
    missing += not_counted_of(header, totals)
    if totals.spared:
        missing.append(_unknown_where_spared(totals))
    missing += _NEVER_TESTED
    ended = _ended_early(header)
    return (*((ended,) if ended else ()), *missing)


def _not_looked(totals: Totals) -> tuple[Message, ...]:
    """Of archives that answer and were not sampled: what the standard has them return."""
    unseen = totals.not_sampled
    if not unseen:
        return ()
    says = many(
        "Which personal attributes the archive that answers would return: nobody looked, for that needs the "
        "touch sample. The standard obliges it to return, of every examination, at least {attributes}.",
        "Which personal attributes the {number} archives that answer would return: nobody looked, for that "
        "needs the touch sample. The standard obliges them to return, of every examination, at least "
        "{attributes}.",
        unseen,
        attributes=listed(STANDING_OBLIGATIONS),
    )
    return (says,)


def _headline(header: SurveyHeader, figures: Figures) -> Message:
    opened = figures.open_to_anybody
    if figures.archives == 0:
        nothing = figures.endpoints and not figures.asked
        return say("Nothing was asked.") if nothing else say("No archive was found.")
    archives = archives_in_words(figures.archives)
    if opened:
        return many(
            "{number} of {archives} answers anybody.",
            "{number} of {archives} answer anybody.",
            opened,
            archives=archives,
        )
    if header.touch < Touch.PROVE:
        return many(
            "{number} archive found. Queries were not asked.",
            "{number} archives found. Queries were not asked.",
            figures.archives,
        )
    if not any(figures.archives_on(exposure) for exposure in JUDGED):
        return say("No archive could be judged.")
    return say("No archive answered a stranger's query.")


def _population(figures: Figures) -> Message:
    asked = many("{number} endpoint was asked", "{number} endpoints were asked", figures.asked)
    others = figures.asked - figures.doors
    if figures.endpoints and not figures.asked:
        return _NOTHING
    if figures.archives == 0:
        return many(
            "{asked}, and it is not known to be an archive.",
            "{asked}, and none of them is known to be of an archive.",
            figures.asked,
            asked=asked,
        )
    archives = many("{number} imaging archive", "{number} imaging archives", figures.archives)
    if others == 0 and figures.further_doors == 0:
        return many(
            "{asked}, and it is an imaging archive.",
            "{asked}, and every one is an imaging archive.",
            figures.asked,
            asked=asked,
        )
    if others == 0:
        return say("{asked}: together they are the doors of {archives}.", asked=asked, archives=archives)
    if figures.further_doors:
        belong = many(
            "{number} belongs to {archives}",
            "{number} belong to {archives}",
            figures.doors,
            archives=archives,
        )
    else:
        belong = many("{number} is an imaging archive", "{number} are imaging archives", figures.doors)
    rest = many(
        "{number} could not be reached, is something else, or did not say what it is",
        "{number} could not be reached, are something else, or did not say what they are",
        others,
    )
    return say("{asked}: {belong}; {rest}.", asked=asked, belong=belong, rest=rest)


def _doors(totals: Totals) -> Message:
    figures = totals.with_decoys
    if not figures.further_doors:
        return _NOTHING
    return say(
        "{archives} with {doors} on {hosts}: what is one archive is counted once, and stands where its most "
        "open door does.",
        archives=archives_in_words(figures.archives),
        doors=many("{number} door", "{number} doors", figures.doors),
        hosts=hosts_in_words(figures.hosts),
    )


def _open(figures: Figures, header: SurveyHeader) -> Message:
    opened = figures.open_to_anybody
    if not opened:
        return _NOTHING
    sentence = many(
        "{number} archive answers anybody who can reach it over the network, with no password and no known "
        "name.",
        "{number} archives answer anybody who can reach them over the network, with no password and no known "
        "name.",
        opened,
    )
    if header.touch < Touch.PROVE:
        return sentence
    proof = say("This was proved with questions about a study that cannot exist: nothing can match them.")
    return sentences([sentence, proof])


def _browsing(figures: Figures) -> Message:
    browsable = figures.archives_on(Exposure.BROWSABLE)
    if not browsable:
        return _NOTHING
    if figures.open_to_anybody == 1:
        return say(
            "That archive opens to a plain web browser with no login: it is of the kind that the study of "
            "2019 called without any protection."
        )
    return many(
        "{number} of them opens to a plain web browser with no login: it is of the kind that the study of "
        "2019 called without any protection.",
        "{number} of them open to a plain web browser with no login: they are of the kind that the study of "
        "2019 called without any protection.",
        browsable,
    )


def _fetching(figures: Figures) -> Message:
    fetched = figures.fetching
    if not fetched:
        return _NOTHING
    if figures.open_to_anybody == 1:
        return say("That archive answers a stranger's request to fetch images.")
    return many(
        "{number} of them answers a stranger's request to fetch images.",
        "{number} of them answer a stranger's request to fetch images.",
        fetched,
    )


def _name_gated(figures: Figures) -> Message:
    gated = figures.archives_on(Exposure.NAME_GATED)
    if not gated:
        return _NOTHING
    return many(
        "{number} archive refused a stranger and opened to a caller that knew an AE title. "
        "A title is a name, not a password: every vendor who ever serviced the machine knows it.",
        "{number} archives refused a stranger and opened to a caller that knew an AE title. "
        "A title is a name, not a password: every vendor who ever serviced the machine knows it.",
        gated,
    )


def _writes(figures: Figures) -> Message:
    if not figures.accepts_writes:
        return _NOTHING
    return many(
        "{number} archive agreed to take images from a stranger. Nothing was sent.",
        "{number} archives agreed to take images from a stranger. Nothing was sent.",
        figures.accepts_writes,
    )


def _worklists(figures: Figures) -> Message:
    if not figures.worklist:
        return _NOTHING
    return many(
        "{number} archive answers worklist queries: the list of the coming examinations and their patients.",
        "{number} archives answer worklist queries: the list of the coming examinations and their patients.",
        figures.worklist,
    )


def _neighbours(figures: Figures) -> Message:
    if not figures.neighbours:
        return _NOTHING
    tells = many(
        "it was not seen to answer anybody", "none of them was seen to answer anybody", figures.neighbours
    )
    if figures.open_neighbours:
        tells = many(
            "{number} of them answers anybody", "{number} of them answer anybody", figures.open_neighbours
        )
    return many(
        "{number} neighbour (FHIR or HL7 v2) was seen: another door to the people in an archive. {^tells}. "
        "Neighbours are counted apart.",
        "{number} neighbours (FHIR or HL7 v2) were seen: another door to the people in an archive. {^tells}. "
        "Neighbours are counted apart.",
        figures.neighbours,
        tells=tells,
    )


def _walls(figures: Figures) -> Message:
    if not figures.walls:
        return _NOTHING
    return many(
        "{number} web endpoint refuses, before anything else, whoever does not log in: what is behind was "
        "not seen, and is counted as no archive.",
        "{number} web endpoints refuse, before anything else, whoever does not log in: what is behind was "
        "not seen, and is counted as no archive.",
        figures.walls,
    )


def _inconclusive(figures: Figures, header: SurveyHeader) -> Message:
    """Of the endpoints that were asked. An edition that is handed on has no reasons with each."""
    unknown = figures.on(Exposure.INCONCLUSIVE) - (figures.endpoints - figures.asked)
    if not unknown:
        return _NOTHING
    sentence = many(
        "{number} endpoint could not be judged. That is not a sign of safety.",
        "{number} endpoints could not be judged. That is not a sign of safety.",
        unknown,
    )
    if header.touch >= Touch.PROVE:
        return sentence
    touch = say(
        "Queries were not allowed by the touch of this survey, {touch}: an archive that offers them cannot "
        "be judged without.",
        touch=header.touch.word,
    )
    return sentences([sentence, touch])


def _spared(totals: Totals) -> Message:
    """The endpoints that were not asked."""
    spared = sum(line.endpoints for line in totals.spared)
    if not spared:
        return _NOTHING
    if len(totals.spared) == 1:
        return many(
            "{number} endpoint was not asked ({why}). What is there is not known.",
            "{number} endpoints were not asked ({why}). What is there is not known.",
            spared,
            why=totals.spared[0].why,
        )
    return many(
        "{number} endpoint was not asked: {reasons}. What is there is not known.",
        "{number} endpoints were not asked: {reasons}. What is there is not known.",
        spared,
        reasons=_reasons_to_spare(totals),
    )


def _unknown_where_spared(totals: Totals) -> Message:
    if len(totals.spared) == 1:
        why = totals.spared[0].why
        return say("What is at the endpoints that were not asked ({why}).", why=why)
    return say("What is at the endpoints that were not asked: {reasons}.", reasons=_reasons_to_spare(totals))


def _reasons_to_spare(totals: Totals) -> Message:
    return semicolons(
        [say("{number} ({why})", number=line.endpoints, why=line.why) for line in totals.spared]
    )


def _decoys(totals: Totals) -> Message:
    if not totals.suspected_decoys:
        return _NOTHING
    rest = totals.without_decoys
    answer = many(
        "{number} of {archives} answers anybody",
        "{number} of {archives} answer anybody",
        rest.open_to_anybody,
        archives=archives_in_words(rest.archives),
    )
    return many(
        "{number} archive shows signs of a decoy or a demonstration server; without it, {answer}.",
        "{number} archives show signs of a decoy or a demonstration server; without them, {answer}.",
        totals.suspected_decoys,
        answer=answer,
    )


def _failures(totals: Totals) -> Message:
    if not totals.attempts.failed:
        return _NOTHING
    return many(
        "{number} of {questions} has no answer; each cause is listed under Errors.",
        "{number} of {questions} have no answer; each cause is listed under Errors.",
        totals.attempts.failed,
        questions=questions_in_words(totals.attempts.asked),
    )


def _ended_early(header: SurveyHeader) -> Message:
    if header.state is SurveyState.COMPLETED:
        return _NOTHING
    return say("The survey did not reach its end: what was not yet asked is not in this report.")


_NOTHING: Final = say("")

_NEVER_TESTED: Final = (
    say("Whether a password opens anything: no password is ever tried."),
    say("Whether an image would really be stored or sent: no image is ever offered or asked for."),
    say("Whether images would be sent on to a third machine (C-MOVE): that is never asked for."),
    say("What can be reached from elsewhere: this is the view from where the survey ran."),
    say("Whether anybody else has used an open archive: only its own logs can tell."),
)
