from __future__ import annotations

import json
import pty
import resource
from pathlib import Path

import pytest

from dosimeter.model.problem import Problem
from dosimeter.model.survey import EndpointRecord, SurveyState
from dosimeter.model.target import Endpoint
from dosimeter.model.verdict import Severity
from dosimeter.report.language import language_of
from dosimeter.report.render import Format, Presentation
from dosimeter.report.study import Edition
from dosimeter.usecases import make_report as verb
from dosimeter.usecases.make_report import ENDINGS, NewPlaces, check_report, make_report, write_all
from dosimeter.usecases.surveys import opened
from tests.contract.samples import NOON, header, host
from tests.unit.report import counted

SHAREABLE = Presentation(edition=Edition.SHAREABLE)


@pytest.fixture
def store(tmp_path: Path) -> str:
    """The URL of a store with one completed survey of one open archive."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    keep(url, "s1")
    return url


def keep(url: str, survey_id: str, minutes: int = 0) -> None:
    with opened(url) as store:
        store.create(header(survey_id, minutes), [host("127.55.0.1", 11112)])
        endpoint = Endpoint("127.55.0.1", 11112)
        record = EndpointRecord(endpoint, counted.attempts(fetches=True), NOON, NOON)
        store.record(survey_id, [record])
        store.finish(survey_id, SurveyState.COMPLETED, NOON)


def test_every_format_is_a_file_and_so_is_every_table(store: str, tmp_path: Path) -> None:
    """One base name with the survey's id, and nothing else is left in the folder."""
    folder = tmp_path / "made" / "here"
    written = write_all(store, "last", folder)
    names = {each.name for each in folder.iterdir()}
    assert names == {file.name for file in written.files}
    assert {f"dosimeter-s1.{ending}" for ending in ENDINGS.values()} <= names
    assert {"dosimeter-s1-funnel.csv", "dosimeter-s1-totals.csv", "dosimeter-s1-findings.csv"} <= names
    assert written.worst is Severity.CRITICAL
    assert written.left_out == ()
    assert all(file.stat().st_size for file in written.files)


def test_the_shareable_folder_has_no_list_of_addresses(store: str, tmp_path: Path) -> None:
    """What only names places is left out, and it is said; no file names the one place there is."""
    written = write_all(store, "last", tmp_path / "all", SHAREABLE)
    assert len(written.left_out) == 2
    assert all("names addresses" in why for why in written.left_out)
    assert not any(b"127.55" in file.read_bytes() for file in written.files)


def test_a_format_whose_extra_is_missing_is_left_out(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are written, and the command that brings it is told."""

    def missing(form: Format) -> str | None:
        return "pip install 'dosimeter[report]'" if form is Format.PDF else None

    monkeypatch.setattr(verb, "missing_extra", missing)
    written = write_all(store, "last", tmp_path / "all")
    assert written.left_out == ("pip install 'dosimeter[report]'",)
    assert {file.suffix for file in written.files} >= {".html", ".parquet", ".prom"}
    assert ".pdf" not in {file.suffix for file in written.files}


def test_a_folder_that_cannot_be_made_is_one_sentence(store: str, tmp_path: Path) -> None:
    """A file stands in its place."""
    (tmp_path / "file").touch()
    with pytest.raises(Problem, match="name another folder"):
        write_all(store, "last", tmp_path / "file" / "all")


def test_a_full_disk_leaves_no_half_of_a_file(store: str, tmp_path: Path) -> None:
    """What was whole before it stays; the rest is one sentence."""
    folder = tmp_path / "all"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(Problem, match="cannot write the report"):
            write_all(store, "last", folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not [each for each in folder.iterdir() if each.name.startswith(".")]
    json.loads((folder / "dosimeter-s1.json").read_text())
    assert not (folder / "dosimeter-s1.pdf").exists()


@pytest.mark.parametrize("form", ["defectdojo", "intelmq"])
def test_a_list_of_addresses_has_no_shareable_edition(store: str, form: str) -> None:
    """It would be empty, or no longer shareable."""
    with pytest.raises(Problem, match="names addresses"):
        make_report(store, "last", form, None, SHAREABLE)


@pytest.mark.parametrize("form", ["pdf", "parquet"])
def test_what_is_no_text_is_not_sent_to_a_terminal(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said before anybody is contacted."""
    main, terminal = pty.openpty()
    with open(terminal, "w", encoding="utf-8") as screen, open(main, "rb"):  # noqa: PTH123 - descriptors
        monkeypatch.setattr("sys.stdout", screen)
        with pytest.raises(Problem, match="--output"):
            check_report(form, None)
        check_report("json", None)


def test_bytes_go_to_a_file_as_they_are(store: str, tmp_path: Path) -> None:
    """No encoding touches them."""
    make_report(store, "last", "pdf", str(tmp_path / "report.pdf"))
    make_report(store, "last", "parquet", str(tmp_path / "report.parquet"))
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-1.7\n%\x80")
    assert (tmp_path / "report.parquet").read_bytes()[-4:] == b"PAR1"


def test_the_language_is_that_of_the_reader(store: str, tmp_path: Path) -> None:
    """The page in French; what a machine reads is English whatever is asked."""
    french = Presentation(language=language_of("fr"))
    make_report(store, "last", "html", str(tmp_path / "fr.html"), french)
    make_report(store, "last", "json", str(tmp_path / "fr.json"), french)
    make_report(store, "last", "json", str(tmp_path / "en.json"))
    assert '<html lang="fr"' in (tmp_path / "fr.html").read_text(encoding="utf-8")
    assert (tmp_path / "fr.json").read_text() == (tmp_path / "en.json").read_text()


def test_a_report_places_the_survey_again(store: str, tmp_path: Path) -> None:
    """With a table of owners that was written after the survey."""
    owners = tmp_path / "owners.csv"
    owners.write_text("network,organisation,country\n127.55.0.0/16,CHU de Test,FR\n")
    make_report(store, "last", "json", str(tmp_path / "report.json"), places=NewPlaces(owners=owners))
    (archive,) = json.loads((tmp_path / "report.json").read_text())["archives"]
    assert "CHU de Test" in json.dumps(archive)
    make_report(store, "last", "json", str(tmp_path / "again.json"))
    assert (tmp_path / "again.json").read_text() == (tmp_path / "report.json").read_text()
    make_report(store, "last", "jsonl", str(tmp_path / "report.jsonl"))
    streamed = json.loads((tmp_path / "report.jsonl").read_text().splitlines()[0])["geo_source"]
    assert streamed == json.loads((tmp_path / "report.json").read_text())["header"]["geo_source"]
    assert streamed.startswith("owners.csv, 20")


def test_what_a_report_told_first_is_kept(store: str, tmp_path: Path) -> None:
    """For the comparison of a later day, whatever format told it."""
    make_report(store, "last", "jsonl", str(tmp_path / "report.jsonl"))
    with opened(store) as kept:
        (told,) = kept.judgements("s1")
    assert (told.address, told.port) == ("127.55.0.1", 11112)


def test_the_page_draws_earlier_surveys(store: str, tmp_path: Path) -> None:
    """Two surveys under one scope that were both reported are a line."""
    make_report(store, "s1", "table", str(tmp_path / "first.txt"))
    keep(store, "s2", minutes=60)
    make_report(store, "s2", "html", str(tmp_path / "second.html"))
    assert 'id="trend-2"' in (tmp_path / "second.html").read_text(encoding="utf-8")
