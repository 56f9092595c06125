"""The page for somebody who decides: what a stranger can do, to how many people, since when, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from dosimeter.model.census import Things
from dosimeter.model.message import Message, listed, many, say
from dosimeter.model.scope import Touch
from dosimeter.model.survey import SurveyHeader, SurveyState
from dosimeter.model.verdict import Exposure, Severity
from dosimeter.report.archive import Archive
from dosimeter.report.attributes import STANDING_OBLIGATIONS
from dosimeter.report.figures import Figures, Totals
from dosimeter.report.stake_sentences import sum_amount
from dosimeter.report.study import DirectorPage
from dosimeter.report.study_actions import actions_of, open_archives
from dosimeter.report.study_tally import Line, StudyFigures


@dataclass(frozen=True, slots=True)
class _Story:
    """What the sentences are made of; ``figures`` are without suspected decoys."""

    header: SurveyHeader
    figures: Figures
    study: StudyFigures
    archives: Sequence[Archive]
    tells_sums: bool

    @property
    def proved(self) -> bool:
        """Whether the survey asked what a stranger can do."""
        return self.header.touch >= Touch.PROVE


def director_page_of(
    header: SurveyHeader,
    totals: Totals,
    study: StudyFigures,
    archives: Sequence[Archive],
    *,
    names_archives: bool = True,
    tells_sums: bool = True,
    tells_parts: bool = True,
) -> DirectorPage:
    """The page. ``archives`` tell since when, as far as that is known, and are named in commands.

    An edition that is handed on names none, may have sums that it does not tell, and does not tell how the
    people are parted among the things to do.
    """
    figures = totals.without_decoys
    story = _Story(header, figures, study, archives, tells_sums)
    named = archives if names_archives else ()
    return DirectorPage(
        headline=_headline(story),
        grade=max((each for each in Severity if figures.of(each)), default=Severity.INFO),
        stranger_can=tuple(_stranger_can(figures)),
        people=tuple(_people(story)),
        since=tuple(_since(story)),
        actions=actions_of(
            study.findings, study.whole, named, tells_sums=tells_sums, tells_parts=tells_parts
        ),
        unknown=tuple(_unknown(story)),
    )


def _headline(story: _Story) -> Message:
    figures = story.figures
    if figures.open_to_anybody:
        return many(
            "{number} of {archives} is open to strangers.",
            "{number} of {archives} are open to strangers.",
            figures.open_to_anybody,
            archives=_imaging_archives(figures.archives),
        )
    if not figures.archives and story.study.decoys.archives:
        return many(
            "{number} archive was found, and it looks like a trap for intruders or a demonstration.",
            "{number} archives were found, and all look like traps for intruders or demonstrations.",
            story.study.decoys.archives,
        )
    if not figures.archives:
        return say("No imaging archive was found.")
    if not story.proved:
        return many(
            "{number} imaging archive was found; whether it is open to strangers was not asked.",
            "{number} imaging archives were found; whether they are open to strangers was not asked.",
            figures.archives,
        )
    return many(
        "The only imaging archive that was found did not answer a stranger.",
        "None of {number} imaging archives answered a stranger.",
        figures.archives,
    )


def _imaging_archives(number: int) -> Message:
    return many("{number} imaging archive", "{number} imaging archives", number)


def _archives(number: int) -> Message:
    return many("{number} archive", "{number} archives", number)


def _stranger_can(figures: Figures) -> Iterator[Message]:
    if figures.open_to_anybody:
        yield say(
            "In {archives}, look up patients and their examinations, past or planned, with no password, from "
            "any computer that reaches them.",
            archives=_archives(figures.open_to_anybody),
        )
    if figures.fetching:
        yield say("In {archives}, copy the images.", archives=_archives(figures.fetching))
    if figures.archives_on(Exposure.BROWSABLE):
        yield say(
            "In {archives}, do so with nothing but a web browser.",
            archives=_archives(figures.archives_on(Exposure.BROWSABLE)),
        )
    if figures.worklist:
        yield say(
            "In {archives}, read who is expected for an examination, and when.",
            archives=_archives(figures.worklist),
        )
    if figures.accepts_writes:
        yield many(
            "To {number} archive, send images of their own: it agreed to take them. None was sent.",
            "To {number} archives, send images of their own: these agreed to take them. None was sent.",
            figures.accepts_writes,
        )
    if figures.archives_on(Exposure.NAME_GATED):
        yield say(
            "In {archives}, look up patients and their examinations once they know one name that many "
            "people know, with no password.",
            archives=_archives(figures.archives_on(Exposure.NAME_GATED)),
        )
    if figures.open_neighbours:
        yield many(
            "In {number} system beside the archives (FHIR or HL7 v2), reach data of patients by another "
            "door. It is in no other number of this page.",
            "In {number} systems beside the archives (FHIR or HL7 v2), reach data of patients by other "
            "doors. They are in no other number of this page.",
            figures.open_neighbours,
        )


def _people(story: _Story) -> Iterator[Message]:
    line = story.study.whole
    if not story.figures.open_to_anybody:
        return
    if not story.tells_sums:
        yield say("How many people are concerned is not told in this edition: some of the numbers are small.")
    elif line.patients.known:
        yield say("This concerns {people}.", people=sum_amount(line.patients, Things.PATIENTS))
        if line.queryable > 1:
            yield say("Whoever is in two archives is counted in both.")
        yield from _examinations(line)
    elif line.studies.known:
        yield say(
            "This concerns {studies}. How many people that is was not counted: one person may have had "
            "several.",
            studies=sum_amount(line.studies, Things.STUDIES),
        )
        yield from _images(line)
    else:
        yield say("How many people are concerned is not known: nothing was counted.")
    yield say(
        "With every examination a stranger is told at least: {attributes}.",
        attributes=listed(STANDING_OBLIGATIONS),
    )


def _examinations(line: Line) -> Iterator[Message]:
    if line.studies.has_any:
        yield say("They had {studies}.", studies=sum_amount(line.studies, Things.STUDIES))
    yield from _images(line)


def _images(line: Line) -> Iterator[Message]:
    if line.linked.has_any:
        yield say("To these belong {images}.", images=sum_amount(line.linked, Things.INSTANCES))
    if line.downloadable.has_any:
        yield say(
            "Anybody can copy {images} of these.",
            images=sum_amount(line.downloadable, Things.INSTANCES),
        )


def _since(story: _Story) -> Iterator[Message]:
    if not story.figures.open_to_anybody:
        return
    first, last = _seen_open(story)
    if first.date() == last.date():
        yield say("Seen open on {day}. Since when is not known.", day=first.date())
    else:
        yield say(
            "Seen open between {first} and {last}. Since when is not known.",
            first=first.date(),
            last=last.date(),
        )
    seen = [each.first_seen for each in open_archives(story.archives) if each.first_seen is not None]
    if seen:
        yield many(
            "An inventory of the network listed {number} of them before, on {day} already; whether it was "
            "open then is not known.",
            "Inventories of the network listed {number} of them before, the first on {day} already; whether "
            "they were open then is not known.",
            len(seen),
            day=min(seen).date(),
        )
    if story.study.oldest_year is not None:
        yield say(
            "The oldest of the examinations that were counted is of {year}.",
            year=str(story.study.oldest_year),
        )
    yield say(
        "Where patients in the European Union are concerned, the supervisory authority must be told within "
        "72 hours after this became known (GDPR, article 33), unless a risk to them is unlikely."
    )


def _seen_open(story: _Story) -> tuple[datetime, datetime]:
    opened = list(open_archives(story.archives))
    if not opened:
        return story.header.started, story.header.completed or story.header.started
    return min(each.began for each in opened), max(each.ended for each in opened)


def _unknown(story: _Story) -> Iterator[Message]:
    figures, study = story.figures, story.study
    if story.header.state is not SurveyState.COMPLETED:
        yield say("What the rest of the network holds: the survey did not reach its end.")
    if not story.proved:
        yield say("Whether the archives are open: this survey was not allowed to ask.")
    unjudged = figures.archives_on(Exposure.INCONCLUSIVE) + study.hosts_silent
    if unjudged:
        yield many(
            "Whether {number} more is open: it could not be judged, and that is no sign of safety.",
            "Whether {number} more are open: they could not be judged, and that is no sign of safety.",
            unjudged,
        )
    missing = max(story.study.whole.patients.unknown, story.study.whole.studies.unknown)
    if missing and story.proved and story.tells_sums:
        yield many(
            "How much {number} archive that is open holds: it was not counted, or not to the end.",
            "How much {number} archives that are open hold: they were not counted, or not to the end.",
            missing,
        )
    if study.decoys.archives:
        yield many(
            "Whether {number} archive is real: it looks like a trap for intruders or a demonstration, and is "
            "in no number of this page.",
            "Whether {number} archives are real: they look like traps for intruders or demonstrations, and "
            "are in no number of this page.",
            study.decoys.archives,
        )
    if figures.open_to_anybody:
        yield say(
            "Whether anybody has used the open door: only the archives' own logs can tell. Have them kept "
            "before anything is changed."
        )
    yield say("What is open to callers at other places: this is the view from where the survey ran.")
