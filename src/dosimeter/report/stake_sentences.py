"""What is at stake, in words: sums with their kinds, and the two figures of the study of 2019."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dosimeter.exposure.count_words import amount_words, figure_words
from dosimeter.model.census import MANY, Exact, Things
from dosimeter.model.message import Message, many, say
from dosimeter.model.scope import Touch
from dosimeter.model.survey import SurveyHeader
from dosimeter.report.adding import Sum
from dosimeter.report.definition import Definition
from dosimeter.report.figures import Totals
from dosimeter.report.holdings import Holdings, Stakes


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


def sum_words(total: Sum) -> Message:
    """The figure with its kind: ``12,430``, ``at least 340``, ``340 and 225 claimed``, ``not counted``."""
    if total.claims == total.known:
        return figure_words(total.count)
    words = figure_words(total.counted)
    if not total.claims:
        return words
    return say("{figure} and {claimed} claimed", figure=words, claimed=total.claimed)


def sum_amount(total: Sum, things: Things) -> Message:
    """The same inside a sentence: ``at least 340 images and, by the archives' own figures, 225 more``."""
    if total.claims == total.known and total.claims:
        amount = amount_words(Exact(total.claimed), things)
        return say("{amount} by the archives' own figures", amount=amount)
    words = amount_words(total.counted, things)
    if not total.claims:
        return words
    return say(
        "{amount} and, by the archives' own figures, {claimed} more", amount=words, claimed=total.claimed
    )


_STUDY_WORDS: Final = {"linked": say("linked"), "downloadable": say("downloadable")}


def stake_figures_of(totals: Totals) -> tuple[StakeFigure, ...]:
    """Images linked and images downloadable, kept apart as the study kept them."""
    if not _anything(totals):
        return ()
    main, everything = totals.without_decoys.stakes, totals.with_decoys.stakes

    def figure(key: str, label: str, one: Holdings, other: Holdings) -> StakeFigure:
        return StakeFigure(
            key=key,
            label=label,
            study_word=_STUDY_WORDS[key],
            says=_known(one.instances),
            with_decoys=_known(other.instances),
            alarming=one.instances.known > 0 and one.instances.count != Sum().count,
        )

    return (
        figure("linked", say("images that anybody can list"), main.linked, everything.linked),
        figure(
            "downloadable", say("images that anybody can fetch"), main.downloadable, everything.downloadable
        ),
    )


def stake_rows_of(totals: Totals) -> tuple[StakeRow, ...]:
    """The table: archives first, then each kind of thing of which anything is known."""
    if not _anything(totals):
        return ()
    columns = _columns(totals)
    archives = StakeRow(
        "archives", say("archives"), *(say("{number}", number=column.archives) for column in columns)
    )
    rows = (
        StakeRow(things.value, MANY[things], *(_known(column.of(things)) for column in columns))
        for things in Things
        if any(column.of(things).known for column in columns)
    )
    missing = StakeRow(
        "not_counted",
        say("archives whose images were not counted"),
        *(say("{number}", number=column.instances.unknown) for column in columns),
    )
    return (archives, *rows, missing)


def stakes_in_words(totals: Totals) -> tuple[Message, ...]:
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


def not_counted_of(header: SurveyHeader, totals: Totals) -> tuple[Message, ...]:
    """What the survey does not say about the size of what is open."""
    if header.touch < Touch.COUNT:
        return (
            say(
                "How many patients, studies and images are at stake: nothing was counted. That needs the "
                "touch count; this survey had {touch}.",
                touch=header.touch.word,
            ),
        )
    if not _anything(totals):
        return (say("How many patients, studies and images are at stake: nothing was counted."),)
    return (
        say("How many people it is in all: patients are counted in each archive, and one may be in two."),
    )


def _known(total: Sum) -> Message:
    """A sum over no archive at all is none, not a number that was counted."""
    return sum_words(total) if total.known or total.unknown else say("none")


def _columns(totals: Totals) -> tuple[Holdings, ...]:
    main, everything = totals.without_decoys.stakes, totals.with_decoys.stakes
    return main.linked, main.downloadable, everything.linked, everything.downloadable


def _anything(totals: Totals) -> bool:
    stakes = totals.with_decoys.stakes
    return any(
        holdings.of(things).known
        for holdings in (stakes.linked, stakes.downloadable, stakes.by_name)
        for things in Things
    )


def _linked(linked: Holdings) -> Message:
    if not linked.studies.known:
        return _NO_SENTENCE
    if not linked.studies.has_any:
        return _nothing(linked)
    listed = sum_amount(linked.studies, Things.STUDIES)
    if linked.patients.known:
        patients = sum_amount(linked.patients, Things.PATIENTS)
        listed = say("{studies} of {patients}", studies=listed, patients=patients)
    if linked.instances.has_any:
        images = sum_amount(linked.instances, Things.INSTANCES)
        listed = say(
            "{studies}, with {images}: linked, as the study of 2019 called it", studies=listed, images=images
        )
    return many(
        "The archive that answers anybody lists {listed}.",
        "Archives that answer anybody list {listed}.",
        linked.archives,
        listed=listed,
    )


def _nothing(linked: Holdings) -> Message:
    """Not a study was shown by any that was counted."""
    if linked.archives == 1:
        return say("The archive that answers anybody showed a stranger nothing: 0 studies, counted.")
    if linked.studies.unknown:
        return say(
            "Archives answer anybody, and those of them that were counted showed a stranger nothing: 0 "
            "studies."
        )
    return say("Archives answer anybody, and they showed a stranger nothing: 0 studies.")


def _downloadable(stakes: Stakes) -> Message:
    if not stakes.linked.instances.has_any:
        return _NO_SENTENCE
    if not stakes.downloadable.archives:
        return say("None of these images is in an archive that answered a stranger's request to fetch.")
    images = stakes.downloadable.instances
    if not images.known:
        return say("How many of these images anybody can fetch was not counted.")
    return many(
        "Of these, {images} is where a stranger's request to fetch is answered: downloadable, in the study's "
        "word.",
        "Of these, {images} are where a stranger's request to fetch is answered: downloadable, in the "
        "study's word.",
        images.value,
        images=sum_amount(images, Things.INSTANCES),
    )


def _waiting(linked: Holdings) -> Message:
    if not linked.worklist_items.known:
        return _NO_SENTENCE
    if not linked.worklist_items.has_any:
        return say("No worklist listed an entry.")
    return say(
        "Worklists list {entries} to anybody.",
        entries=sum_amount(linked.worklist_items, Things.WORKLIST_ITEMS),
    )


def _by_name(by_name: Holdings) -> Message:
    if not by_name.studies.has_any:
        return _NO_SENTENCE
    listed = sum_amount(by_name.studies, Things.STUDIES)
    if by_name.instances.known:
        images = sum_amount(by_name.instances, Things.INSTANCES)
        listed = say("{studies} with {images}", studies=listed, images=images)
    return say(
        "Beside these, whoever knows an AE title can list {listed}; they are in neither figure.",
        listed=listed,
    )


def _not_all(linked: Holdings) -> Message:
    missing = max(linked.studies.unknown, linked.instances.unknown)
    if not missing:
        return _NO_SENTENCE
    claims = linked.studies.claims or linked.instances.claims
    floor = say("the sums say at least")
    if claims:
        floor = say("what was counted is a floor, and what is claimed is not")
    return many(
        "{number} archive that answers anybody was not counted, or not down to the images: {floor}.",
        "{number} archives that answer anybody were not counted, or not down to the images: {floor}.",
        missing,
        floor=floor,
    )


def _with_decoys(main: Stakes, everything: Stakes) -> Message:
    studies, images = everything.linked.studies, everything.linked.instances
    if (studies.known, images.known) == (main.linked.studies.known, main.linked.instances.known):
        return _NO_SENTENCE
    listed = sum_amount(studies, Things.STUDIES)
    if images.known:
        listed = say("{studies} and {images}", studies=listed, images=sum_amount(images, Things.INSTANCES))
    return say(
        "Suspected decoys are in none of these sums; with them the archives would list {listed}.",
        listed=listed,
    )


_NO_SENTENCE: Final = say("")

STAKE_DEFINITIONS: Final = (
    Definition(
        say("study, image"),
        say(
            "A study is one examination, known by its own number; an image is one object of it, some of "
            "which are reports or curves. A row of an answer is neither."
        ),
    ),
    Definition(
        say("counted"),
        say("Every one was seen, by a number of which nothing is kept."),
    ),
    Definition(
        say("at least"),
        say("Seen before a limit of the archive, or of the scope, ended the counting: there may be more."),
    ),
    Definition(
        say("about"),
        say(
            "Estimated from days drawn at random. The true number is between the two given with it in 95 of "
            "100 such estimates."
        ),
    ),
    Definition(
        say("claimed"),
        say(
            "The archive's own figure, as its web interface or its answers give it. It was not counted by "
            "us, and is added up apart from what was. Where we counted to the end, our number stands."
        ),
    ),
    Definition(
        say("linked, downloadable"),
        say(
            "As the study of 2019 said it: images of archives that answer anybody's queries, and images of "
            "archives that answer anybody's null retrieve."
        ),
    ),
    Definition(
        say("< 11"),
        say(
            "Between 1 and 10. Small parts of a breakdown are not shown, for a handful of studies in one "
            "year can be people whom a reader knows."
        ),
    ),
)
