from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dosimeter.model.census import NOT_COUNTED, Claimed, Exact, Unknown
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.verdict import Exposure, Protection
from dosimeter.report.archive import Archive
from dosimeter.report.document import Document
from dosimeter.report.render import Format, render
from tests.unit.report import counted, doors, samples
from tests.unit.report.pages import Page


@pytest.fixture(scope="module")
def document() -> Document:
    """Three doors of one archive, a login wall, neighbours, a sampled archive."""
    return doors.document()


def written(document: Document, format_: Format, width: int = 120) -> str:
    """The document in one format, with all details."""
    out = io.StringIO(newline="")
    render(document, format_, out, width=width, detail=True)
    return out.getvalue()


def line_of(document: Document, address: str, port: int) -> dict[str, Any]:
    """The JSON line whose principal door is there."""
    lines = map(json.loads, written(document, Format.JSONL).splitlines()[1:-1])
    (found,) = (line for line in lines if line["address"] == address and line["endpoints"][0]["port"] == port)
    return dict(found)


def test_the_highest_rung_is_the_archives_and_its_door_the_principal_one() -> None:
    """Browsable before queryable before guarded."""
    archive = doors.three_doors()

    assert archive.endpoint.port == 8042
    assert archive.exposure is Exposure.BROWSABLE
    assert [door.endpoint.port for door in archive.doors] == [8042, 11112, 8443]
    assert archive.retest.endswith(f"{doors.ADDRESS}:8042 {doors.ADDRESS}:11112 {doors.ADDRESS}:8443")


def test_what_any_door_lets_be_fetched_the_archive_lets_be_fetched() -> None:
    """C-GET was refused, and WADO-RS answered."""
    archive = doors.three_doors()

    assert doors.dicom_door().findings.lets_fetch is False
    assert doors.web_door().findings.lets_fetch is True
    assert archive.findings.lets_fetch is True
    assert archive.findings.retrievable_instances == Claimed(225)


def test_a_door_that_opens_to_nobody_says_nothing_of_fetching() -> None:
    """The guarded door was not asked; the others decide."""
    both = doors.joined(doors.dicom_door(), doors.guarded_door(), census=NOT_COUNTED)
    assert both.findings.lets_fetch is False
    assert doors.joined(doors.web_door(), doors.guarded_door(), census=NOT_COUNTED).findings.lets_fetch


def test_attempts_and_costs_of_all_doors_are_added_up() -> None:
    """Nothing that was asked is lost, and nothing is told twice."""
    archive = doors.three_doors()
    each = [door.findings.attempts for door in archive.doors]

    assert archive.findings.attempts.asked == sum(one.asked for one in each)
    assert [failure.probe for failure in archive.findings.failures] == ["dicomweb_store"]
    assert archive.findings.counting_cost == doors.dicom_door().findings.counting_cost


def test_a_web_port_is_an_archive_only_if_it_speaks_dicom() -> None:
    """A login wall guards anything; a DICOM port behind TLS guards DICOM."""
    assert not doors.wall().findings.is_archive
    assert not doors.fhir().findings.is_archive
    assert not doors.hl7().findings.is_archive
    assert doors.guarded_door().findings.is_archive
    behind_tls = samples.verdict(Exposure.GUARDED, speaks=False)
    dicom = doors.alone(Endpoint("127.46.0.9", 2762, Service.DICOM_TLS), behind_tls, ())
    assert dicom.findings.is_archive


def test_an_archive_is_counted_once_and_its_doors_apart(document: Document) -> None:
    """Walls and neighbours are in no total of archives."""
    figures = document.totals.with_decoys

    assert (figures.archives, figures.doors, figures.hosts, figures.endpoints) == (2, 4, 2, 9)
    assert (figures.walls, figures.neighbours, figures.open_neighbours) == (1, 2, 1)
    assert [figures.archives_on(each) for each in (Exposure.BROWSABLE, Exposure.GUARDED)] == [1, 0]
    assert (figures.open_to_anybody, figures.fetching, figures.speaking) == (2, 2, 2)
    assert next(rung.number for rung in document.ladder if rung.exposure is Exposure.GUARDED) == 0
    assert figures.stakes.linked.studies.value == 48


def test_totals_are_told_with_and_without_an_archive_one_of_whose_doors_is_a_decoy() -> None:
    """All its doors go with it."""
    suspect = replace(
        doors.dicom_door(),
        findings=replace(doors.dicom_door().findings, verdict=counted.decoy().verdict),
    )
    totals = doors.document(doors.joined(suspect, doors.web_door(), census=NOT_COUNTED)).totals

    assert (totals.with_decoys.archives, totals.with_decoys.doors) == (1, 2)
    assert (totals.without_decoys.archives, totals.without_decoys.doors) == (0, 0)
    assert totals.suspected_decoys == 1


def test_every_line_keeps_the_schema(document: Document) -> None:
    """Doors, links, neighbours, advisories, attributes and TLS profiles are what is published."""
    schema = json.loads((Path(__file__).parents[3] / "docs/schema/survey.v1.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)

    for line in written(document, Format.JSONL).splitlines():
        validator.validate(json.loads(line))
    validator.validate(json.loads(written(document, Format.JSON)))


def test_json_lists_every_door_with_its_own_exposure_and_guards(document: Document) -> None:
    """Worst first; what has no answer says at which door."""
    line = line_of(document, doors.ADDRESS, 8042)

    assert [
        (each["port"], each["service"], each["exposure"], each["protections"]) for each in line["endpoints"]
    ] == [
        (8042, "web", "browsable", []),
        (11112, "dicom", "queryable", []),
        (8443, "web-tls", "guarded", ["tls", "http_login"]),
    ]
    assert line["exposure"] == "browsable"
    assert line["counts"]["studies"] == {"kind": "exact", "value": 48}
    assert line["failures"] == [
        {
            "probe": "dicomweb_store",
            "cause": "timed_out",
            "detail": "No answer within 10 s.",
            "door": 2,
        }
    ]
    assert [each["evidence"] for each in line["links"]] == ["named_port", "same_title"]
    assert [(each["kind"], each["is_open"]) for each in line["neighbours"]] == [("fhir", True)]
    (advisory,) = line["advisories"]
    assert (advisory["id"], advisory["confidence"]) == ("CVE-2023-33466", "announced")
    tls = line["endpoints"][2]["tls"]
    assert (tls["profile"], tls["posture"]["is_whole"]) == ("bcp195_rfc8996", False)


def test_json_says_that_nobody_looked_or_what_a_sample_found(document: Document) -> None:
    """Without a sample the standard says what is returned; with one, the fill rates stand there."""
    unseen = line_of(document, doors.ADDRESS, 8042)["attributes"]
    sampled = line_of(document, "127.46.0.11", 104)["attributes"]
    wall = line_of(document, "127.46.0.20", 443)

    assert (unseen["looked"], unseen["sampled"]) == (False, [])
    assert "PatientBirthDate" in {each["attribute"] for each in unseen["obliged"]}
    assert sampled["looked"] is True
    (sample,) = sampled["sampled"]
    assert sample["answers"] == 20
    assert sample["fills"][0] == {
        "attribute": "PatientName",
        "filled": 20,
        "empty": 0,
        "absent": 0,
        "test_like": 2,
    }
    assert (wall["attributes"], wall["is_archive"]) == (None, False)


def test_csv_has_a_row_for_each_door_and_the_archive_beside_it(document: Document) -> None:
    """The census stands once."""
    rows = list(csv.DictReader(io.StringIO(written(document, Format.CSV), newline="")))
    mine = [row for row in rows if row["archive"] == f"{doors.ADDRESS}:8042"]

    assert [(row["port"], row["service"], row["exposure"]) for row in mine] == [
        ("8042", "web", "browsable"),
        ("11112", "dicom", "queryable"),
        ("8443", "web-tls", "guarded"),
    ]
    assert {(row["archive_exposure"], row["archive_severity"]) for row in mine} == {("browsable", "critical")}
    assert [row["studies"] for row in mine] == ["48", "", ""]
    assert mine[2]["tls_profile"] == "bcp195_rfc8996"
    assert len(rows) == document.totals.with_decoys.endpoints
    (wall,) = (row for row in rows if row["address"] == "127.46.0.20")
    assert (wall["archive"], wall["exposure"]) == ("", "guarded")


def test_terminal_lists_the_doors_under_their_archive(document: Document) -> None:
    """In the table by port and protocol, in the detail with what stood open."""
    text = written(document, Format.TABLE)

    assert "\n  8042 web" in text
    assert "\n  11112 dicom" in text
    assert "- 8443 HTTPS: guarded, asks for a login; TLS, HTTP login (pacs.example)" in text
    assert "! 8443, STOW-RS, nothing stored: timed out: No answer within 10 s." in text
    assert "= One archive, because the web face at 127.46.0.10:8042 names 11112 as its DICOM port" in text


@pytest.mark.parametrize("width", [60, 80, 104, 120])
def test_terminal_keeps_its_width(document: Document, width: int) -> None:
    """Doors, neighbours and advisories fit too."""
    assert max(map(len, written(document, Format.TABLE, width).splitlines())) <= width


def test_page_and_terminal_tell_the_same_of_tls_advisories_links_and_neighbours(document: Document) -> None:
    """Nothing stands in one of them alone."""
    page = " ".join(" ".join(Page(written(document, Format.HTML)).texts).split())
    table = " ".join(written(document, Format.TABLE, 200).split())

    for words in (
        "keeps to the BCP 195 RFC 8996, 9325 profile (PS3.15 B.12); accepts TLS 1.2, TLS 1.3 with 2 suites;",
        "suites; refuses TLS 1.0, TLS 1.1; not all was asked: it may accept more",
        "CVE-2023-33466",
        "announced",
        "Whoever may use the REST interface can overwrite files of the server",
        "127.46.0.10:8042 and 127.46.0.10:8443 show the same identity and AE title",
        "It tells anybody how many patients or studies it holds, with no login.",
        "By its own figures: 1,234 patients.",
        "Nobody looked. The standard obliges an archive that answers such queries to return: name,",
    ):
        assert words in page
        assert words in table


def test_page_shows_fill_rates_as_numbers_and_bars(document: Document) -> None:
    """The bar is as long as the number says, and the number stands beside it."""
    page = Page(written(document, Format.HTML))

    assert page.rows["attributes-2-dimse-PatientBirthDate"] == ["date of birth", "17 of 20", "3", "0", "0"]
    parts = [attributes["width"] for tag, attributes in page.tags if attributes.get("class") == "part"]
    assert parts == ["100", "100", "85", "0"]


def test_a_survey_that_asked_over_http_does_not_say_that_it_did_not(document: Document) -> None:
    """And the other way round."""
    said = "Web viewers, DICOMweb and product web interfaces: no HTTP question was asked."

    assert said not in document.not_tested
    assert said in samples.document().not_tested
    assert next(rung.tested for rung in document.ladder if rung.exposure is Exposure.BROWSABLE)


def test_archives_of_which_nobody_looked_at_an_answer_are_told(document: Document) -> None:
    """One of the two was sampled."""
    (line,) = (each for each in document.not_tested if each.startswith("Which personal attributes"))

    assert "the archive that answers would return: nobody looked" in line
    assert not [each for each in doors.document(doors.sampled()).not_tested if "nobody looked" in each]


def test_protections_are_those_of_each_door(document: Document) -> None:
    """A guard at one door protects no other."""
    (archive,) = (each for each in document.archives if each.joined)

    assert [door.verdict.protections for door in archive.doors] == [
        (),
        (),
        (Protection.TLS, Protection.HTTP_LOGIN),
    ]
    assert archive.verdict.protections == ()


def test_a_number_that_nobody_knows_stays_unknown() -> None:
    """Joining makes nothing known."""
    archive: Archive = doors.joined(doors.web_door(), doors.guarded_door(), census=NOT_COUNTED)

    assert archive.findings.census.counts.studies == Unknown()
    assert doors.three_doors().findings.census.counts.studies == Exact(48)
