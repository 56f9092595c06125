"""Counts read back from every renderer are those of the document, each with its kind."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dosimeter.exposure.count_words import count_of, figure_words, short_words
from dosimeter.model.census import AtLeast, Claimed, Count, Estimated, Exact, Things, Unknown
from dosimeter.report.archive import Archive
from dosimeter.report.breakdown import breakdown_of
from dosimeter.report.document import Document
from dosimeter.report.render import Format, render, render_survey
from dosimeter.report.small_cells import Cell, FewerThan
from dosimeter.report.stake_sentences import sum_words
from tests.unit.report import counted
from tests.unit.report.pages import Page
from tests.unit.report.printed import printed

KINDS = {"exact": Exact, "at_least": AtLeast, "claimed": Claimed, "fewer_than": FewerThan}


@pytest.fixture(scope="module")
def document() -> Document:
    """The counted survey."""
    return counted.document()


def written(document: Document, format_: Format, width: int = 120, *, detail: bool = False) -> str:
    """The document in one format."""
    out = io.StringIO(newline="")
    render(document, format_, out, width=width, detail=detail)
    return out.getvalue()


def read(cell: dict[str, Any]) -> Cell:
    """A count as JSON wrote it."""
    if cell["kind"] == "unknown":
        return Unknown()
    if cell["kind"] == "estimated":
        return Estimated(cell["value"], cell["low"], cell["high"])
    return KINDS[cell["kind"]](cell["value"])  # type: ignore[no-any-return]  # each of the four takes a value


def counts(archive: Archive) -> dict[str, Count]:
    """The five numbers of an archive, and what can be fetched."""
    findings = archive.findings
    five = {things.value: count_of(findings.census.counts, things) for things in Things}
    return {**five, "retrievable_instances": findings.retrievable_instances}


@pytest.mark.parametrize("format_", [Format.JSON, Format.JSONL])
def test_json_holds_every_count_with_its_kind(document: Document, format_: Format) -> None:
    """The numbers, their parts, and why they are no better."""
    text = written(document, format_)
    if format_ is Format.JSON:
        lines = json.loads(text)["archives"]
    else:
        lines = [json.loads(line) for line in text.splitlines()[1:-1]]

    for archive, line in zip(document.endpoints(), lines, strict=True):
        shown = {name: read(cell) for name, cell in line["counts"].items()}
        shown["retrievable_instances"] = read(line["retrievable_instances"])
        assert shown == counts(archive)
        parts = breakdown_of(archive.findings.census)
        assert [(each["year"], read(each["studies"])) for each in line["by_year"]] == [
            (each.year, each.studies) for each in parts.years
        ]
        assert [(each["modality"], read(each["studies"])) for each in line["by_modality"]] == [
            (each.modality, each.studies) for each in parts.modalities
        ]
        assert read(line["undated_studies"]) == parts.undated
        assert (line["oldest_year"], line["newest_year"]) == (parts.oldest_year, parts.newest_year)
        assert line["rows_limit"] == archive.findings.census.rows_limit
        assert line["remarks"] == [*archive.findings.census.remarks, *parts.notes]
        assert line["same_as"] == archive.same_as


def test_json_totals_are_the_sums_of_the_document(document: Document) -> None:
    """Linked and downloadable apart, with decoys and without; hosts, endpoints and archives too."""
    totals = json.loads(written(document, Format.JSONL).splitlines()[-1])

    for key, figures in (
        ("with_decoys", document.totals.with_decoys),
        ("without_decoys", document.totals.without_decoys),
    ):
        assert totals[key]["hosts"] == figures.hosts
        assert totals[key]["distinct_archives"] == figures.archives
        for name in ("linked", "downloadable", "by_name"):
            holdings = getattr(figures.stakes, name)
            assert totals[key][name]["archives"] == holdings.archives
            for things in Things:
                total, shown = holdings.of(things), totals[key][name][things.value]
                assert read(shown) == total.count
                assert read(shown["counted"]) == total.counted
                assert (shown["claimed"], shown["archives_not_counted"]) == (total.claimed, total.unknown)


def test_csv_holds_every_count_with_its_kind(document: Document) -> None:
    """A number and its kind in a column each; parts of a census as words."""
    rows = list(csv.DictReader(io.StringIO(written(document, Format.CSV), newline="")))

    doors = [(archive, door) for archive in document.endpoints() for door in archive.doors]
    for (archive, door), row in zip(doors, rows, strict=True):
        for name, count in counts(archive).items():
            if door.endpoint != archive.endpoint:
                assert (row[name], row[f"{name}_kind"]) == ("", "")
                continue
            assert row[f"{name}_kind"] == count.kind
            assert row[name] == ("" if isinstance(count, Unknown) else str(count.value))
        assert row["same_as"] == (door.same_as or "")
    exact, estimated = rows[0], next(row for row in rows if row["intervals"])
    assert exact["by_year"] == "2022: < 11 | 2023: 410 | 2024: 7004 | 2025: at least 4996"
    assert exact["by_modality"] == "CT: 9000 | MR: at least 3397 | PT: < 11"
    assert (exact["undated_studies"], exact["oldest_year"], exact["newest_year"]) == ("< 11", "2022", "2025")
    assert estimated["intervals"] == "studies: 38245 to 43871"


@pytest.mark.parametrize("width", [80, 120])
def test_terminal_holds_the_counts_of_every_archive(document: Document, width: int) -> None:
    """The short form of images, and in a wide table of studies, in the archive's line."""
    lines = written(document, Format.TABLE, width).splitlines()

    for archive in document.archives:
        line = next(line for line in lines if line.startswith(f"{archive.endpoint.authority} "))
        held = archive.findings.census.counts
        shown = re.split(r" {2,}", line)
        assert short_words(held.instances) in shown
        assert width == 80 or shown[3:5] == [short_words(held.studies), short_words(held.instances)]


def test_terminal_holds_the_sums(document: Document) -> None:
    """The table of what is at stake is the document's."""
    lines = written(document, Format.TABLE).splitlines()
    stakes = document.totals.without_decoys.stakes

    for things in Things:
        label = document.stakes[1 + list(Things).index(things)].label
        line = next(line for line in lines if line.startswith(f"{label} "))
        assert re.split(r" {2,}", line)[1:] == [
            sum_words(stakes.linked.of(things)),
            sum_words(stakes.downloadable.of(things)),
        ]


def test_terminal_detail_says_each_number_and_its_parts(document: Document) -> None:
    """Kinds in words, the hidden cells hidden, the other door named."""
    text = " ".join(written(document, Format.TABLE, 160, detail=True).split())

    for words in (
        "Patients 8,001 patients, counted",
        "Images at least 340 images: the server stopped answering",
        "Studies about 41,000 studies (between 38,200 and 43,900)",
        "Images the archive's own figure: 225 images",
        "Counts not counted: It said that it has too much to do.",
        "Of them can be fetched at least 340: its null retrieve was answered",
        "By year 2022: < 11, 2023: 410, 2024: 7,004, 2025: at least 4,996",
        "Without a date < 11",
        "By modality CT: 9,000, MR: at least 3,397, PT: < 11",
        "One archive, because 127.30.0.6:104 holds the studies that 127.30.0.2:104 holds",
    ):
        assert words in text


def test_html_holds_every_count_and_every_sum(document: Document) -> None:
    """Each archive's numbers, the study's two figures, the sums with and without decoys."""
    page = Page(written(document, Format.HTML))

    for place, archive in enumerate(document.archives, start=1):
        for things in Things:
            row = page.rows.get(f"count-{place}-{things.value}")
            if row is not None:
                assert row[1] == figure_words(count_of(archive.findings.census.counts, things))
            else:
                assert isinstance(count_of(archive.findings.census.counts, things), Unknown)
    main, everything = (
        document.totals.without_decoys.stakes,
        document.totals.with_decoys.stakes,
    )
    for things in Things:
        assert page.rows[f"sum-{things.value}"][1:] == [
            sum_words(column.of(things))
            for column in (main.linked, main.downloadable, everything.linked, everything.downloadable)
        ]
    large = [text for text in page.texts if text.startswith("at least 731,565 and 225 claimed")]
    assert len(large) >= 2


def test_html_draws_the_years_of_an_archive(document: Document) -> None:
    """One bar for each year that is shown, told in words to whoever does not see it."""
    page = Page(written(document, Format.HTML))
    pictures = [
        attributes for tag, attributes in page.tags if tag == "svg" and attributes["class"] == "years"
    ]
    bars = [a["class"] for tag, a in page.tags if tag == "rect" and a["class"] in {"sure", "vague"}]

    assert len(pictures) == sum(bool(breakdown_of(a.findings.census).years) for a in document.archives)
    assert all(picture["role"] == "img" for picture in pictures)
    assert bars.count("sure") + bars.count("vague") == sum(
        len(breakdown_of(a.findings.census).years) for a in document.archives
    )
    assert "2022: <\N{NO-BREAK SPACE}11; 2023: 410; 2024: 7,004; 2025: at least 4,996." in page.texts


def test_a_counted_page_runs_nothing_and_loads_nothing(document: Document) -> None:
    """The pictures bring no style and no link with them; the one script is the page's own."""
    source = written(document, Format.HTML)
    page = Page(source)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]

    assert "http" not in source.replace("http-equiv", "")
    assert not {tag for tag, _ in page.tags} & {"img", "link", "iframe"}
    assert not [name for _, attributes in page.tags for name in attributes if name == "style"]
    assert len(ids) == len(set(ids))


def test_no_renderer_prints_a_small_part(document: Document) -> None:
    """The five studies of 2022, the three without a date and the seven of PT are nowhere."""
    for format_ in Format:
        text = printed(document, format_)
        for small in ("2022: 5", "PT: 7", "2022, 5", '"value": 5}', '"value": 3}', '"value": 7}'):
            assert small not in text


def test_counted_lines_keep_the_schema(document: Document) -> None:
    """What is printed is what is published, and older lines without counts stay valid."""
    schema = json.loads((Path(__file__).parents[3] / "docs/schema/survey.v1.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    lines = [json.loads(line) for line in written(document, Format.JSONL).splitlines()]

    for line in lines:
        validator.validate(line)
    validator.validate(json.loads(written(document, Format.JSON)))
    old = {
        key: value
        for key, value in lines[1].items()
        if not key.startswith(("by_", "oldest", "newest", "undated", "rows_", "remarks", "same_as"))
    }
    del old["counts"]["worklist_items"]
    validator.validate(old)
    old["by_year"] = [{"year": 2022, "studies": {"kind": "fewer_than", "value": 5}}]
    assert not validator.is_valid(old)


def test_streaming_gives_the_same_totals() -> None:
    """Doors are joined whether the survey is read at once or as it comes."""
    out = io.StringIO()
    render_survey(counted.HEADER, counted.survey(), Format.JSONL, out)

    assert out.getvalue().splitlines()[-1] == written(counted.document(), Format.JSONL).splitlines()[-1]
