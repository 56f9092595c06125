"""The sentences of a report: what was found, what was not tested, and what the words mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dosimeter.model.scope import Touch
from dosimeter.model.survey import SurveyHeader, SurveyState
from dosimeter.model.verdict import Exposure, Severity
from dosimeter.report.archive import LADDER, OPEN_TO_ANYBODY
from dosimeter.report.attributes import STANDING_OBLIGATIONS, listed
from dosimeter.report.figures import Figures, Totals
from dosimeter.report.stake_sentences import not_counted_of, stakes_in_words
from dosimeter.report.words import EXPOSURE_PLAINLY, EXPOSURE_SAYS, EXPOSURE_WORD, STUDY_WORD, counted


@dataclass(frozen=True, slots=True)
class Summary:
    """What somebody who reads no further should know. ``severity`` is the gravest of any archive."""

    headline: str
    severity: Severity
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder. ``tested`` is false where no question of this survey could prove it.

    ``number`` is of archives, each once however many doors it has; on the rungs below ``guarded`` also of
    endpoints that are none.
    """

    exposure: Exposure
    word: str
    plainly: str
    says: str
    study_word: str | None
    number: int
    without_decoys: int
    tested: bool


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number that stands large on the first page; None where it was not asked for."""

    label: str
    value: int | None
    without_decoys: int | None
    alarming: bool


def _number(figures: Figures, exposure: Exposure) -> int:
    """A login wall is guarded and no archive: it stands on no rung."""
    return figures.archives_on(exposure) if exposure in _JUDGED else figures.on(exposure)


def ladder_of(header: SurveyHeader, totals: Totals) -> tuple[Rung, ...]:
    """Every rung, lowest first, with its count."""
    return tuple(
        Rung(
            exposure=exposure,
            word=EXPOSURE_WORD[exposure],
            plainly=EXPOSURE_PLAINLY[exposure],
            says=EXPOSURE_SAYS[exposure],
            study_word=STUDY_WORD.get(exposure),
            number=_number(totals.with_decoys, exposure),
            without_decoys=_number(totals.without_decoys, exposure),
            tested=_number(totals.with_decoys, exposure) > 0 or _was_tested(exposure, header, totals),
        )
        for exposure in LADDER
    )


def summary_of(header: SurveyHeader, totals: Totals) -> Summary:
    """The headline, and the sentences below it."""
    figures = totals.with_decoys
    gravest = max((severity for severity in Severity if figures.of(severity)), default=Severity.INFO)
    sentences = (
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
    return Summary(_headline(header, figures), gravest, tuple(filter(None, sentences)))


def key_figures_of(header: SurveyHeader, totals: Totals) -> tuple[KeyFigure, ...]:
    """The six numbers that somebody asks for first."""
    everything, believed = totals.with_decoys, totals.without_decoys
    asked = everything.asked > 0 or everything.endpoints == 0
    proved = asked and header.touch >= Touch.PROVE

    def figure(
        one: str, many: str, value: int, rest: int, *, known: bool = True, alarming: bool = True
    ) -> KeyFigure:
        return KeyFigure(
            one if known and value == 1 else many,
            value if known else None,
            rest if known else None,
            alarming=alarming and known and value > 0,
        )

    unknown = Exposure.INCONCLUSIVE
    browsable = Exposure.BROWSABLE
    return (
        figure("archive found", "archives found", everything.archives, believed.archives, alarming=False),
        figure(
            "answers anybody",
            "answer anybody",
            everything.open_to_anybody,
            believed.open_to_anybody,
            known=proved,
        ),
        figure(
            "opens to any web browser",
            "open to any web browser",
            everything.archives_on(browsable),
            believed.archives_on(browsable),
            known=_was_tested(browsable, header, totals) or everything.archives_on(browsable) > 0,
        ),
        figure(
            "lets anybody fetch images",
            "let anybody fetch images",
            everything.fetching,
            believed.fetching,
            known=proved,
        ),
        figure(
            "takes images from anybody",
            "take images from anybody",
            everything.accepts_writes,
            believed.accepts_writes,
            known=asked,
        ),
        figure(
            "answers worklist queries",
            "answer worklist queries",
            everything.worklist,
            believed.worklist,
            known=proved,
        ),
        figure("not judged", "not judged", everything.on(unknown), believed.on(unknown), alarming=False),
    )


def not_tested_of(header: SurveyHeader, totals: Totals) -> tuple[str, ...]:
    """What this survey says nothing about."""
    missing = []
    if header.touch < Touch.PROVE:
        missing.append(
            "Whether strangers' queries and retrievals are answered: the touch of this survey is "
            f"{header.touch.word}, and those questions need prove."
        )
    if not totals.tried_titles:
        missing.append(
            "Whether an AE title opens an archive: no archive was asked under a title that the scope lists."
        )
    if not totals.web_asked:
        missing.append("Web viewers, DICOMweb and product web interfaces: no HTTP question was asked.")
    missing += _not_looked(totals)
    missing += not_counted_of(header, totals)
    if totals.spared:
        missing.append(f"What is at the endpoints that were not asked{_spared_in_words(totals)}.")
    missing += _NEVER_TESTED
    ended = _ended_early(header)
    return (*((ended,) if ended else ()), *missing)


def _not_looked(totals: Totals) -> tuple[str, ...]:
    """Of archives that answer and were not sampled: what the standard has them return."""
    unseen = totals.not_sampled
    if not unseen:
        return ()
    which = "the archive that answers" if unseen == 1 else f"the {unseen:,} archives that answer"
    says = (
        f"Which personal attributes {which} would return: nobody looked, for that needs the touch sample. "
        f"The standard obliges {'it' if unseen == 1 else 'them'} to return, of every examination, at least "
        f"{listed(STANDING_OBLIGATIONS)}; what each must return stands with it."
    )
    return (says,)


def _was_tested(exposure: Exposure, header: SurveyHeader, totals: Totals) -> bool:
    everything = totals.with_decoys
    if everything.endpoints and not everything.asked:
        return False
    if exposure is Exposure.BROWSABLE:
        return totals.web_asked > 0 and header.touch >= Touch.PROVE
    if exposure is Exposure.NAME_GATED:
        return totals.tried_titles > 0
    return exposure not in OPEN_TO_ANYBODY or header.touch >= Touch.PROVE


def _headline(header: SurveyHeader, figures: Figures) -> str:
    opened = figures.open_to_anybody
    if figures.archives == 0:
        return "No archive was found." if figures.asked or not figures.endpoints else "Nothing was asked."
    if opened:
        verb = "answers" if opened == 1 else "answer"
        return f"{opened:,} of {counted(figures.archives, 'archive')} {verb} anybody."
    if header.touch < Touch.PROVE:
        return f"{counted(figures.archives, 'archive')} found. Queries were not asked."
    if not any(figures.archives_on(exposure) for exposure in _JUDGED):
        return "No archive could be judged."
    return "No archive answered a stranger's query."


def _population(figures: Figures) -> str:
    asked = f"{counted(figures.asked, 'endpoint')} {_was(figures.asked)} asked"
    others = figures.asked - figures.doors
    if figures.endpoints and not figures.asked:
        return ""
    if figures.archives == 0:
        none = "it is not known to be" if figures.asked == 1 else "none of them is known to be"
        return f"{asked}, and {none} {'an' if figures.asked == 1 else 'of an'} archive."
    archives = counted(figures.archives, "imaging archive")
    if others == 0 and figures.further_doors == 0:
        return f"{asked}, and {'it' if figures.asked == 1 else 'every one'} is an imaging archive."
    if others == 0:
        return f"{asked}: together they are the doors of {archives}."
    doors = figures.doors
    belong = f"{doors:,} {'belongs' if doors == 1 else 'belong'} to {archives}"
    if not figures.further_doors:
        belong = f"{doors:,} {'is an imaging archive' if doors == 1 else 'are imaging archives'}"
    rest = (
        f"{others:,} could not be reached, {'is' if others == 1 else 'are'} something else, "
        f"or did not say what {'it is' if others == 1 else 'they are'}"
    )
    return f"{asked}: {belong}; {rest}."


def _doors(totals: Totals) -> str:
    figures = totals.with_decoys
    if not figures.further_doors:
        return ""
    return (
        f"{counted(figures.archives, 'archive')} with {counted(figures.doors, 'door')} on "
        f"{counted(figures.hosts, 'host')}: what is one archive is counted once, and stands where its most "
        "open door does."
    )


def _open(figures: Figures, header: SurveyHeader) -> str:
    opened = figures.open_to_anybody
    if not opened:
        return ""
    verb = "answers" if opened == 1 else "answer"
    closing = (
        "This was proved with questions about a study that cannot exist: nothing can match them."
        if header.touch >= Touch.PROVE
        else ""
    )
    sentence = (
        f"{counted(opened, 'archive')} {verb} anybody who can reach "
        f"{'it' if opened == 1 else 'them'} over the network, with no password and no known name."
    )
    return f"{sentence} {closing}".rstrip()


def _browsing(figures: Figures) -> str:
    browsable = figures.archives_on(Exposure.BROWSABLE)
    if not browsable:
        return ""
    verb, browser = ("opens", "it is") if browsable == 1 else ("open", "they are")
    of_these = "That archive" if figures.open_to_anybody == 1 else f"{browsable:,} of them"
    return (
        f"{of_these} {verb} to a plain web browser with no login: {browser} of the kind that the study of "
        "2019 called without any protection."
    )


def _fetching(figures: Figures) -> str:
    fetched = figures.fetching
    if not fetched:
        return ""
    verb = "answers" if fetched == 1 else "answer"
    of_these = "That archive" if figures.open_to_anybody == 1 else f"{fetched:,} of them"
    return f"{of_these} {verb} a stranger's request to fetch images."


def _name_gated(figures: Figures) -> str:
    gated = figures.archives_on(Exposure.NAME_GATED)
    if not gated:
        return ""
    return (
        f"{counted(gated, 'archive')} refused a stranger and opened to a caller that knew an AE title. "
        "A title is a name, not a password: every vendor who ever serviced the machine knows it."
    )


def _writes(figures: Figures) -> str:
    if not figures.accepts_writes:
        return ""
    return (
        f"{counted(figures.accepts_writes, 'archive')} agreed to take images from a stranger. "
        "Nothing was sent."
    )


def _worklists(figures: Figures) -> str:
    if not figures.worklist:
        return ""
    verb = "answers" if figures.worklist == 1 else "answer"
    return (
        f"{counted(figures.worklist, 'archive')} {verb} worklist queries: the list of the coming "
        "examinations and their patients."
    )


def _neighbours(figures: Figures) -> str:
    if not figures.neighbours:
        return ""
    opened = figures.open_neighbours
    tells = "none of them was seen to answer anybody"
    if opened:
        tells = f"{opened:,} of them {'answers' if opened == 1 else 'answer'} anybody"
    elif figures.neighbours == 1:
        tells = "it was not seen to answer anybody"
    return (
        f"{counted(figures.neighbours, 'neighbour')} (FHIR or HL7 v2) {_was(figures.neighbours)} seen: "
        f"another door to the people in an archive. {tells[:1].upper()}{tells[1:]}. "
        "Neighbours are counted apart."
    )


def _walls(figures: Figures) -> str:
    if not figures.walls:
        return ""
    refuses = "refuses" if figures.walls == 1 else "refuse"
    return (
        f"{counted(figures.walls, 'web endpoint')} {refuses}, before anything else, whoever does not log in: "
        "what is behind was not seen, and is counted as no archive."
    )


def _inconclusive(figures: Figures, header: SurveyHeader) -> str:
    """Of the endpoints that were asked: why stands with each."""
    unknown = figures.on(Exposure.INCONCLUSIVE) - (figures.endpoints - figures.asked)
    if not unknown:
        return ""
    touch = (
        f" Queries were not allowed by the touch of this survey, {header.touch.word}: an archive that "
        "offers them cannot be judged without."
        if header.touch < Touch.PROVE
        else ""
    )
    with_it = "with it" if unknown == 1 else "with each"
    return (
        f"{counted(unknown, 'endpoint')} could not be judged: the reason stands {with_it}. "
        f"That is not a sign of safety.{touch}"
    )


def _spared(totals: Totals) -> str:
    """The endpoints that were not asked."""
    spared = sum(line.endpoints for line in totals.spared)
    if not spared:
        return ""
    return (
        f"{counted(spared, 'endpoint')} {_was(spared)} not asked{_spared_in_words(totals)}. "
        "What is there is not known."
    )


def _spared_in_words(totals: Totals) -> str:
    if len(totals.spared) == 1:
        return f" ({totals.spared[0].why})"
    return ": " + "; ".join(f"{line.endpoints:,} ({line.why})" for line in totals.spared)


def _decoys(totals: Totals) -> str:
    if not totals.suspected_decoys:
        return ""
    rest = totals.without_decoys
    shows = "shows" if totals.suspected_decoys == 1 else "show"
    verb = "answers" if rest.open_to_anybody == 1 else "answer"
    return (
        f"{counted(totals.suspected_decoys, 'archive')} {shows} signs of a decoy or a demonstration server; "
        f"without {'it' if totals.suspected_decoys == 1 else 'them'}, {rest.open_to_anybody:,} of "
        f"{counted(rest.archives, 'archive')} {verb} anybody."
    )


def _failures(totals: Totals) -> str:
    if not totals.attempts.failed:
        return ""
    return (
        f"{totals.attempts.failed:,} of {counted(totals.attempts.asked, 'question')} "
        f"{'has' if totals.attempts.failed == 1 else 'have'} no answer; each cause is listed under Errors."
    )


def _ended_early(header: SurveyHeader) -> str:
    if header.state is SurveyState.COMPLETED:
        return ""
    return "The survey did not reach its end: what was not yet asked is not in this report."


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


_JUDGED: Final = LADDER[LADDER.index(Exposure.GUARDED) :]
"""The rungs on which an archive stands of which something was proved."""

_NEVER_TESTED: Final = (
    "Whether a password opens anything: no password is ever tried.",
    "Whether an image would really be stored or sent: no image is ever offered or asked for.",
    "Whether images would be sent on to a third machine (C-MOVE): that is never asked for.",
    "What can be reached from elsewhere: this is the view from where the survey ran.",
    "Whether anybody else has used an open archive: only its own logs can tell.",
)
