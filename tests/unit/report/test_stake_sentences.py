"""What a hospital director reads: numbers with their kinds, and the reason for each."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from dosimeter.census import words as census_words
from dosimeter.model.attempt import Completed, Skipped
from dosimeter.model.census import (
    AtLeast,
    Census,
    CensusEnd,
    Claimed,
    Count,
    Counts,
    Estimated,
    Exact,
    Things,
    YearCount,
)
from dosimeter.model.verdict import Exposure, Verdict
from dosimeter.report.archive import Archive
from dosimeter.report.census_words import numbers_of, why_in_words
from dosimeter.report.render import Format, render
from tests.unit.report import counted, samples
from tests.unit.report.pages import Page
from tests.unit.report.printed import printed


def summary(*archives: Archive) -> str:
    """The sentences below the headline."""
    return " ".join(counted.document(*archives).summary.sentences)


def wholes(archive: Archive) -> dict[str, str]:
    """Each number of an archive as a statement."""
    return {number.label: number.whole for number in numbers_of(archive.findings)}


@pytest.mark.parametrize(
    ("end", "limit", "says"),
    [
        (CensusEnd.SILENT, None, "at least 340 images: the server stopped answering"),
        (
            CensusEnd.ALL_ASKED,
            10,
            "at least 340 images: the server stopped answering after 10 records",
        ),
        (
            CensusEnd.SLOW,
            None,
            "at least 340 images: the server became slow, and was asked no more",
        ),
        (
            CensusEnd.ROWS,
            None,
            "at least 340 images: the number of records that the scope allows was used up",
        ),
        (CensusEnd.ALL_ASKED, None, "at least 340 images"),
    ],
)
def test_a_lower_bound_says_why_it_is_one(end: CensusEnd, limit: int | None, says: str) -> None:
    """The reason follows the number."""
    census = Census(counts=Counts(instances=AtLeast(340)), rows_limit=limit)
    archive = counted.archive(1, Exposure.QUERYABLE, census, counted.attempts(end))

    assert wholes(archive)["images"] == says


def test_a_remark_about_one_number_stands_beside_it_and_nowhere_else() -> None:
    """Each number has its own reason; what is about none of them stands below."""
    census = Census(
        counts=Counts(studies=Exact(48), series=Claimed(54), instances=AtLeast(340)),
        remarks=(
            census_words.at_least(340, Things.INSTANCES, census_words.limited(10)),
            census_words.unknown(Things.PATIENTS, census_words.NOT_LISTED),
            census_words.claimed(54, Things.SERIES),
            census_words.claimed(12, Things.STUDIES),
        ),
    )
    archive = counted.archive(1, Exposure.QUERYABLE, census, counted.attempts(CensusEnd.SLOW))

    assert wholes(archive)["images"] == "at least 340 images: the server stopped answering after 10 records"
    assert wholes(archive)["patients"] == "not counted: the server gives no patient identifiers"
    assert wholes(archive)["series"] == "the archive's own figure: 54 series"
    assert why_in_words(archive.findings) == (
        "The server itself speaks of 12 studies; they were not counted one by one.",
    )


@pytest.mark.parametrize(
    ("count", "says"),
    [
        (Exact(12_430), "12,430 images, counted"),
        (Claimed(225), "the archive's own figure: 225 images"),
        (
            Estimated(41_112, 38_245, 43_871),
            "about 41,000 images (between 38,200 and 43,900)",
        ),
    ],
)
def test_each_kind_is_told_in_words(count: Count, says: str) -> None:
    """Counted, claimed and estimated are three different statements."""
    assert wholes(counted.with_images(count))["images"] == says


def test_an_archive_that_was_not_counted_says_why_in_one_line() -> None:
    """Failed, skipped and ended at once: three reasons, each our own words."""
    assert wholes(counted.unknown()) == {"counts": "not counted: It said that it has too much to do."}
    skipped = (Completed("dicom_associate", ()), Skipped("count", "its answers ignore the question"))
    spared = counted.archive(1, Exposure.QUERYABLE, Census(), skipped)
    assert wholes(spared) == {"counts": "not counted: its answers ignore the question"}
    ended = counted.archive(1, Exposure.QUERYABLE, Census(), counted.attempts(CensusEnd.OUT_OF_RESOURCES))
    assert "out of resources" in wholes(ended)["counts"]


def test_the_summary_gives_the_studys_two_figures_apart() -> None:
    """Linked and downloadable are never one number."""
    words = summary(counted.exact(), counted.with_images(Exact(100), 9))

    assert (
        "Archives that answer anybody list 12,431 studies of at least 8,001 patients, with 731,325 images: "
        "linked, as the study of 2019 called it."
    ) in words
    assert (
        "Of these, 731,225 images are where a stranger's request to fetch is answered: downloadable" in words
    )


def test_a_survey_without_any_open_retrieve_says_so() -> None:
    """No figure stands where there is none."""
    assert "None of these images is in an archive that answered a stranger's request" in summary(
        counted.at_least()
    )


def test_claims_are_added_apart_in_the_sentence() -> None:
    """What archives say of themselves is never in the counted number."""
    assert "with 731,225 images and, by the archives' own figures, 225 more: linked" in summary(
        counted.exact(), counted.claimed()
    )
    assert "with 225 images by the archives' own figures: linked" in summary(counted.claimed())


def test_missing_archives_doors_and_decoys_have_a_sentence_each() -> None:
    """Every way in which a sum differs from a naive one is told."""
    words = summary(*counted.survey())

    assert "2 archives that answer anybody were not counted, or not down to the images" in words
    assert "7 archives with 8 doors on 8 hosts: what is one archive is counted once" in words
    assert "Suspected decoys are in none of these sums; with them" in words
    assert "Beside these, whoever knows an AE title can list 60 studies with 600 images" in words


def test_a_decoy_of_which_nothing_is_known_adds_no_sentence() -> None:
    """Where the sums with it are the sums without it, nothing is said."""
    blank = replace(counted.decoy(), findings=replace(counted.decoy().findings, census=Census()))
    assert "Suspected decoys are in none of these sums" not in summary(counted.exact(), blank)


def test_a_survey_of_one_archive_is_written_in_the_singular() -> None:
    """One archive, one study."""
    words = summary(counted.with_images(Exact(1)))

    assert "The archive that answers anybody lists 1 study, with 1 image: linked" in words


def test_definitions_of_the_kinds_come_with_the_counts() -> None:
    """And not where nothing was counted."""
    terms = {each.word for each in counted.document().definitions}
    assert {"counted", "at least", "about", "claimed", "linked, downloadable", "< 11"} <= terms
    assert "claimed" not in {each.word for each in samples.document().definitions}


@pytest.mark.parametrize("width", [60, 80, 104, 120])
def test_the_terminal_keeps_its_width(width: int) -> None:
    """The columns of the counts fit too."""
    out = io.StringIO()
    render(counted.document(), Format.TABLE, out, width=width, detail=True)

    assert max(map(len, out.getvalue().splitlines())) <= width


def test_no_sentence_calls_a_claim_or_a_bound_counted() -> None:
    """Wherever they stand, in every renderer."""
    page = io.StringIO()
    render(counted.document(), Format.HTML, page)
    text = " ".join(" ".join(Page(page.getvalue()).texts).split())

    assert "9,000,000 claimed the archive's own figure" in text
    assert "at least 340 not counted to the end: the server stopped answering" in text
    assert "about 41,000 estimated from random days, between 38,200 and 43,900 at 95 %" in text


def test_remarks_of_the_census_are_printed_as_they_are() -> None:
    """Our own sentences, escaped like everything else."""
    census = replace(counted.AT_LEAST, remarks=("Studies without a date & time <are> missing.",))
    archive = counted.archive(1, Exposure.QUERYABLE, census)
    for format_ in (Format.TABLE, Format.HTML):
        out = io.StringIO()
        render(counted.document(archive), format_, out, width=120, detail=True)
        whole = out.getvalue() if format_ is Format.TABLE else " ".join(Page(out.getvalue()).texts)
        assert "Studies without a date & time <are> missing." in whole


EMPTY = Census(counts=Counts(*[Exact(0)] * 5))


def test_an_archive_that_shows_nothing_is_not_said_to_list_nothing() -> None:
    """No sentence of the summary has a subject that does something to 0 things."""
    alone = summary(counted.archive(1, Exposure.RETRIEVABLE, EMPTY, counted.attempts(fetches=True)))
    assert "The archive that answers anybody showed a stranger nothing: 0 studies, counted." in alone
    two = summary(
        counted.archive(1, Exposure.QUERYABLE, EMPTY, verdict=worklist()),
        counted.archive(2, Exposure.QUERYABLE, EMPTY),
    )
    assert "Archives answer anybody, and they showed a stranger nothing: 0 studies." in two
    assert "No worklist listed an entry." in two
    unsure = summary(counted.archive(1, Exposure.QUERYABLE, EMPTY), counted.unknown())
    assert "and those of them that were counted showed a stranger nothing: 0 studies." in unsure
    for words in (alone, two, unsure):
        assert "0 patients" not in words
        assert "0 images" not in words
        assert "these images" not in words


def worklist() -> Verdict:
    """Answers worklist queries too."""
    return replace(counted.said(Exposure.QUERYABLE), worklist=True)


def test_an_archive_behind_a_name_that_shows_nothing_adds_no_sentence() -> None:
    """There is nothing that anybody could list."""
    empty = counted.archive(8, Exposure.NAME_GATED, EMPTY, counted.attempts(stranger=False))
    assert "Beside these" not in summary(counted.exact(), empty)


def test_one_worklist_entry_is_written_in_the_singular() -> None:
    """One examination is waiting."""
    census = Census(counts=Counts(studies=AtLeast(1), worklist_items=Exact(1)))
    words = summary(counted.archive(1, Exposure.QUERYABLE, census, verdict=worklist()))
    assert "lists at least 1 study." in words
    assert "Worklists list 1 worklist entry to anybody." in words


@pytest.mark.parametrize("form", Format)
def test_no_number_of_a_census_that_was_not_believed_is_shown_or_added(form: Format) -> None:
    """Whatever was made of its facts, and though its decoy tier is none."""
    census = Census(
        counts=Counts(*[AtLeast(77_123)] * 5),
        years=(YearCount(2024, AtLeast(77_123)),),
        remarks=("at least 77,123 studies: the server answers whatever is asked",),
    )
    canned = counted.archive(
        1, Exposure.RETRIEVABLE, census, counted.attempts(CensusEnd.NOT_BELIEVED, fetches=True)
    )
    text = printed(counted.document(canned, counted.exact()), form)
    assert "77,123" not in text
    assert "77123" not in text
    assert "its answers are not believed" in wholes(canned)["counts"]
