"""What is at stake, in words: sums with their kinds, and the two figures of the study of 2019."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dosimeter.exposure.count_words import amount_words, figure_words
from dosimeter.model.census import MANY, Claimed, Things
from dosimeter.model.scope import Touch
from dosimeter.model.survey import SurveyHeader
from dosimeter.report.adding import Sum
from dosimeter.report.definition import Definition
from dosimeter.report.figures import Totals
from dosimeter.report.holdings import Holdings, Stakes
from dosimeter.report.words import counted


@dataclass(frozen=True, slots=True)
class StakeFigure:
    """One of the study's two figures, large. ``says`` is the number with its kind."""

    key: str
    label: str
    study_word: str
    says: str
    with_decoys: str
    alarming: bool


@dataclass(frozen=True, slots=True)
class StakeRow:
    """One row of the table of what is at stake: a number of archives, or a sum of things, in words."""

    key: str
    label: str
    linked: str
    downloadable: str
    linked_with_decoys: str
    downloadable_with_decoys: str


def sum_words(total: Sum) -> str:
    """The figure with its kind: ``12,430``, ``at least 340``, ``340 and 225 claimed``, ``not counted``."""
    if total.claims == total.known:
        return figure_words(total.count)
    words = figure_words(total.counted)
    return f"{words} and {total.claimed:,} claimed" if total.claims else words


def sum_amount(total: Sum, things: Things) -> str:
    """The same inside a sentence: ``at least 340 images and, by the archives' own figures, 225 more``."""
    if total.claims == total.known and total.claims:
        return f"{amount_words(Claimed(total.claimed), things).split(' (')[0]} by the archives' own figures"
    words = amount_words(total.counted, things)
    return f"{words} and, by the archives' own figures, {total.claimed:,} more" if total.claims else words


def stake_figures_of(totals: Totals) -> tuple[StakeFigure, ...]:
    """Images linked and images downloadable, kept apart as the study kept them."""
    if not _anything(totals):
        return ()
    main, everything = totals.without_decoys.stakes, totals.with_decoys.stakes

    def figure(key: str, label: str, one: Holdings, other: Holdings) -> StakeFigure:
        return StakeFigure(
            key=key,
            label=label,
            study_word=key,
            says=_known(one.instances),
            with_decoys=_known(other.instances),
            alarming=one.instances.known > 0 and one.instances.count != Sum().count,
        )

    return (
        figure("linked", "images that anybody can list", main.linked, everything.linked),
        figure("downloadable", "images that anybody can fetch", main.downloadable, everything.downloadable),
    )


def stake_rows_of(totals: Totals) -> tuple[StakeRow, ...]:
    """The table: archives first, then each kind of thing of which anything is known."""
    if not _anything(totals):
        return ()
    columns = _columns(totals)
    archives = StakeRow("archives", "archives", *(f"{column.archives:,}" for column in columns))
    rows = (
        StakeRow(things.value, MANY[things], *(_known(column.of(things)) for column in columns))
        for things in Things
        if any(column.of(things).known for column in columns)
    )
    missing = StakeRow(
        "not_counted",
        "archives whose images were not counted",
        *(f"{column.instances.unknown:,}" for column in columns),
    )
    return (archives, *rows, missing)


def stakes_in_words(totals: Totals) -> tuple[str, ...]:
    """The sentences of the summary; none where nothing was counted."""
    if not _anything(totals):
        return ()
    main, everything = totals.without_decoys.stakes, totals.with_decoys.stakes
    return (
        _linked(main.linked),
        _downloadable(main),
        _waiting(main.linked),
        _by_name(main.by_name),
        _not_all(main.linked),
        _with_decoys(main, everything),
    )


def not_counted_of(header: SurveyHeader, totals: Totals) -> tuple[str, ...]:
    """What the survey does not say about the size of what is open."""
    nothing = "How many patients, studies and images are at stake: nothing was counted"
    if header.touch < Touch.COUNT:
        return (f"{nothing}. That needs the touch count; this survey had {header.touch.word}.",)
    if not _anything(totals):
        return (f"{nothing}.",)
    return ("How many people it is in all: patients are counted in each archive, and one may be in two.",)


def _known(total: Sum) -> str:
    """A sum over no archive at all is none, not a number that was counted."""
    return sum_words(total) if total.known or total.unknown else "none"


def _columns(totals: Totals) -> tuple[Holdings, ...]:
    main, everything = totals.without_decoys.stakes, totals.with_decoys.stakes
    return main.linked, main.downloadable, everything.linked, everything.downloadable


def _some(total: Sum) -> bool:
    """Whether anything is known to be there."""
    return total.known > 0 and total.value + total.claimed > 0


def _anything(totals: Totals) -> bool:
    stakes = totals.with_decoys.stakes
    return any(
        holdings.of(things).known
        for holdings in (stakes.linked, stakes.downloadable, stakes.by_name)
        for things in Things
    )


def _linked(linked: Holdings) -> str:
    if not linked.studies.known:
        return ""
    who = (
        "The archive that answers anybody lists"
        if linked.archives == 1
        else "Archives that answer anybody list"
    )
    if not _some(linked.studies):
        return _nothing(linked)
    words = f"{who} {sum_amount(linked.studies, Things.STUDIES)}"
    if linked.patients.known:
        words += f" of {sum_amount(linked.patients, Things.PATIENTS)}"
    if _some(linked.instances):
        words += (
            f", with {sum_amount(linked.instances, Things.INSTANCES)}: linked, as the study of 2019 called it"
        )
    return f"{words}."


def _nothing(linked: Holdings) -> str:
    """Not a study was shown by any that was counted."""
    if linked.archives == 1:
        return "The archive that answers anybody showed a stranger nothing: 0 studies, counted."
    which = "those of them that were counted" if linked.studies.unknown else "they"
    return f"Archives answer anybody, and {which} showed a stranger nothing: 0 studies."


def _downloadable(stakes: Stakes) -> str:
    if not _some(stakes.linked.instances):
        return ""
    if not stakes.downloadable.archives:
        return "None of these images is in an archive that answered a stranger's request to fetch."
    images = stakes.downloadable.instances
    if not images.known:
        return "How many of these images anybody can fetch was not counted."
    return (
        f"Of these, {sum_amount(images, Things.INSTANCES)} {'is' if images.value == 1 else 'are'} where a "
        "stranger's request to fetch is answered: downloadable, in the study's word."
    )


def _waiting(linked: Holdings) -> str:
    if not linked.worklist_items.known:
        return ""
    if not _some(linked.worklist_items):
        return "No worklist listed an entry."
    return f"Worklists list {sum_amount(linked.worklist_items, Things.WORKLIST_ITEMS)} to anybody."


def _by_name(by_name: Holdings) -> str:
    if not _some(by_name.studies):
        return ""
    words = sum_amount(by_name.studies, Things.STUDIES)
    if by_name.instances.known:
        words += f" with {sum_amount(by_name.instances, Things.INSTANCES)}"
    return f"Beside these, whoever knows an AE title can list {words}; they are in neither figure."


def _not_all(linked: Holdings) -> str:
    missing = max(linked.studies.unknown, linked.instances.unknown)
    if not missing:
        return ""
    were = "was" if missing == 1 else "were"
    claims = linked.studies.claims or linked.instances.claims
    floor = "what was counted is a floor, and what is claimed is not" if claims else "the sums say at least"
    return (
        f"{counted(missing, 'archive')} that {'answers' if missing == 1 else 'answer'} anybody {were} not "
        f"counted, or not down to the images: {floor}."
    )


def _with_decoys(main: Stakes, everything: Stakes) -> str:
    studies, images = everything.linked.studies, everything.linked.instances
    if (studies.known, images.known) == (main.linked.studies.known, main.linked.instances.known):
        return ""
    words = sum_amount(studies, Things.STUDIES)
    if images.known:
        words += f" and {sum_amount(images, Things.INSTANCES)}"
    return f"Suspected decoys are in none of these sums; with them the archives would list {words}."


STAKE_DEFINITIONS: Final = (
    Definition(
        "study, image",
        "A study is one examination, known by its own number; an image is one object of it, some of which "
        "are reports or curves. A row of an answer is neither.",
    ),
    Definition("counted", "Every one was seen, by a number of which nothing is kept."),
    Definition(
        "at least",
        "Seen before a limit of the archive, or of the scope, ended the counting: there may be more.",
    ),
    Definition(
        "about",
        "Estimated from days drawn at random. The true number is between the two given with it in 95 of 100 "
        "such estimates.",
    ),
    Definition(
        "claimed",
        "The archive's own figure, as its web interface or its answers give it. It was not counted by us, "
        "and is added up apart from what was. Where we counted to the end, our number stands.",
    ),
    Definition(
        "linked, downloadable",
        "As the study of 2019 said it: images of archives that answer anybody's queries, and images of "
        "archives that answer anybody's null retrieve.",
    ),
    Definition(
        "< 11",
        "Between 1 and 10. Small parts of a breakdown are not shown, for a handful of studies in one year "
        "can be people whom a reader knows.",
    ),
)
