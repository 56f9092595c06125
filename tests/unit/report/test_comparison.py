"""Two surveys side by side: pairing, totals, countries, the rules' own doing, and every format of it."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from jsonschema import Draft202012Validator

from dosimeter.exposure.compare import Because, Change, Standing
from dosimeter.model.census import Census, Counts, Exact
from dosimeter.model.place import Country, DataSource, Owner, Place
from dosimeter.model.scope import Touch
from dosimeter.model.survey import JudgedThen, SurveyHeader
from dosimeter.model.target import Endpoint
from dosimeter.model.verdict import Decoy, DecoyTier, Exposure, Severity
from dosimeter.report.archive import Archive
from dosimeter.report.comparison import build_comparison
from dosimeter.report.comparison_json import write_comparison_csv, write_comparison_json
from dosimeter.report.comparison_page import write_comparison_html
from dosimeter.report.comparison_parts import Cohort, Comparison, SurveyFound
from dosimeter.report.comparison_table import write_comparison_table
from dosimeter.report.language import language_of
from tests.unit.report import samples

SCHEMA = Path(__file__).parents[3] / "docs" / "schema" / "comparison.v1.json"

OLD = replace(samples.HEADER, id="20260901-aaaaaaaa", started=samples.STARTED - timedelta(days=60))
NEW = samples.HEADER

_SEVERITY = {
    Exposure.GUARDED: Severity.INFO,
    Exposure.ASSOCIATES: Severity.LOW,
    Exposure.QUERYABLE: Severity.HIGH,
    Exposure.RETRIEVABLE: Severity.CRITICAL,
    Exposure.BROWSABLE: Severity.CRITICAL,
}


def archive(last: int, exposure: Exposure, country: str = "FR", images: int = 0) -> Archive:
    """One archive at 127.9.0.``last`` in a country, with so many images."""
    said = samples.judged(Endpoint(f"127.9.0.{last}", 11112), samples.verdict(exposure, _SEVERITY[exposure]))
    place = Place(
        country=Country(country, DataSource("table")),
        owner=Owner(f"=Hospital {last}", "hospital", None, DataSource("table")),
    )
    census = Census(Counts(studies=Exact(images // 10), instances=Exact(images)))
    return replace(said, place=place, findings=replace(said.findings, census=census))


def found(
    header: SurveyHeader,
    *archives: Archive,
    beside: dict[str, Standing] | None = None,
    told: tuple[JudgedThen, ...] = (),
) -> SurveyFound:
    """One survey."""
    return SurveyFound(header, archives, beside or {}, told)


def nothing_at(last: int) -> dict[str, Standing]:
    """An endpoint that was asked and is closed."""
    return {f"127.9.0.{last}:11112": Standing(Exposure.UNREACHABLE, Severity.INFO, is_archive=False)}


def sixty_days() -> Comparison:
    """Of four open archives one was closed, one went worse; one appeared, one was not asked before."""
    old = found(
        OLD,
        archive(1, Exposure.RETRIEVABLE, "FR", 100),
        archive(2, Exposure.QUERYABLE, "TR", 2_000),
        archive(3, Exposure.QUERYABLE, "US", 500),
        archive(4, Exposure.RETRIEVABLE, "US", 50),
        beside=nothing_at(5),
        told=(
            JudgedThen("127.9.0.1", 11112, "2026.9.1", Exposure.RETRIEVABLE, Severity.CRITICAL, True),
            JudgedThen("127.9.0.2", 11112, "2026.9.1", Exposure.ASSOCIATES, Severity.LOW, True),
        ),
    )
    new = found(
        NEW,
        archive(1, Exposure.GUARDED, "FR"),
        archive(2, Exposure.RETRIEVABLE, "TR", 3_000),
        archive(3, Exposure.QUERYABLE, "US", 700),
        archive(5, Exposure.RETRIEVABLE, "US", 90),
        archive(6, Exposure.BROWSABLE, "IN", 10),
    )
    return build_comparison(old, new)


def changes(comparison: Comparison) -> dict[str, tuple[Change, Because]]:
    """The changes by address."""
    return {each.endpoint.address: (each.change, each.because) for each in comparison.archives}


def test_every_archive_is_told_by_what_became_of_it() -> None:
    """New, closed, worse, unchanged, not asked any more and not asked before are six different things."""
    assert changes(sixty_days()) == {
        "127.9.0.1": (Change.CLOSED, Because.NETWORK),
        "127.9.0.2": (Change.WORSE, Because.NETWORK),
        "127.9.0.3": (Change.UNCHANGED, Because.NOTHING),
        "127.9.0.4": (Change.UNKNOWN, Because.METHOD),
        "127.9.0.5": (Change.NEW, Because.NETWORK),
        "127.9.0.6": (Change.NEW, Because.METHOD),
    }


def test_the_method_s_share_of_the_growth_is_counted_apart() -> None:
    """Of two new archives one was not asked before: the network's share of the growth is one."""
    line = sixty_days().changed(Change.NEW)

    assert (line.number, line.network, line.method) == (2, 1, 1)


def test_what_the_rules_changed_is_neither_network_nor_growth() -> None:
    """An archive told as associating then is queryable by the rules of today, of the same facts."""
    comparison = sixty_days()

    assert comparison.rejudged == 1
    open_then = next(line for line in comparison.figures if line.key == "open")
    assert (open_then.told, open_then.old, open_then.new) == (1, 4, 4)
    assert any("that is the rules' doing" in each for each in comparison.sentences)


def test_a_survey_that_was_not_allowed_to_ask_shows_no_zero() -> None:
    """Of archives that a survey at touch negotiate did not ask, nothing is closed and no total is 0."""
    guarded = archive(1, Exposure.ASSOCIATES)
    comparison = build_comparison(
        found(OLD, archive(1, Exposure.RETRIEVABLE, "FR", 100)),
        found(replace(NEW, touch=Touch.NEGOTIATE), guarded),
    )
    out = io.StringIO()
    write_comparison_table(comparison, out, language_of("en"), width=120)

    assert str(comparison.headline) == ("Of 1 archive that answered anybody, none is closed, 1 is not known")
    assert [line.new for line in comparison.figures] == [1, None, None, None]
    assert re.search(r"Images linked +100 +not asked", out.getvalue())
    written = io.StringIO()
    write_comparison_json(comparison, written)
    document = json.loads(written.getvalue())
    assert document["linked"]["instances"]["now"] is None
    assert document["countries"][0]["images_now"] is None
    assert [(row.old, row.new, row.unknown, row.cohort) for row in comparison.countries] == [
        (0, 0, 1, Cohort.UNKNOWN)
    ]


def test_a_guarded_archive_that_is_gone_let_nobody_in() -> None:
    """It is closed, and nobody says that it let strangers in before; the headline is of open ones."""
    comparison = build_comparison(
        found(OLD, archive(1, Exposure.GUARDED), archive(2, Exposure.QUERYABLE)),
        found(NEW, archive(2, Exposure.QUERYABLE), archive(3, Exposure.GUARDED), beside=nothing_at(1)),
    )
    gone = next(each for each in comparison.archives if each.endpoint.address == "127.9.0.1")

    assert gone.says == "No connection any more: it is gone, switched off or behind a firewall."
    assert comparison.headline == "Of 1 archive that answered anybody, none is closed, 1 still answers"


def test_a_survey_that_reached_nothing_points_at_its_own_network() -> None:
    """All archives unreachable at once is said to be no proof that they were closed."""
    comparison = build_comparison(
        found(OLD, archive(1, Exposure.QUERYABLE)), found(NEW, beside=nothing_at(1))
    )

    assert "No archive could be reached by the newer survey: look at its own network first." in (
        comparison.sentences
    )
    assert comparison.archives[0].says == (
        "No connection any more: it is gone, switched off or behind a firewall."
    )


def test_suspected_decoys_are_in_no_figure() -> None:
    """An archive that one survey suspects is left out of changes and totals, and counted apart."""
    real = archive(1, Exposure.QUERYABLE)
    trap = archive(2, Exposure.RETRIEVABLE)
    suspected = replace(trap.findings.verdict, decoy=Decoy(DecoyTier.HIGH, ("a sign",)))
    decoy = replace(trap, findings=replace(trap.findings, verdict=suspected))
    comparison = build_comparison(found(OLD, real, decoy), found(NEW, real))

    assert [each.endpoint.address for each in comparison.archives] == ["127.9.0.1"]
    assert comparison.decoys == 1
    assert "1 suspected decoy is left out of all figures." in comparison.sentences


def test_the_wrong_order_is_said() -> None:
    """Whoever names the younger survey first is told so, and nobody reads before for now."""
    same = archive(1, Exposure.QUERYABLE)

    assert "the wrong way round" in build_comparison(found(NEW, same), found(OLD, same)).sentences[0]
    assert "with itself" in build_comparison(found(NEW, same), found(NEW, same)).sentences[0]


def test_addresses_stay_whole_on_a_narrow_terminal() -> None:
    """In 80 columns every address can be copied, in both languages."""
    for code in ("en", "fr"):
        out = io.StringIO()
        write_comparison_table(sixty_days(), out, language_of(code), width=80)

        assert "127.9.0.5:11112" in out.getvalue()


def test_what_the_rules_say_otherwise_can_be_looked_up() -> None:
    """The archive that was told as associating then is in the list, with both words."""
    out = io.StringIO()
    write_comparison_html(sixty_days(), out, language_of("en"))

    assert "queryable (told then as: associates)" in out.getvalue()


def test_the_page_is_french_and_names_are_text() -> None:
    """The page in French has no English sentence and makes no markup of a name."""
    comparison = sixty_days()
    named = replace(comparison.archives[0], organisation="<img src=x onerror=alert(1)>")
    out = io.StringIO()
    write_comparison_html(
        replace(comparison, archives=(named, *comparison.archives[1:])),
        out,
        language_of("fr", is_strict=True),
    )

    assert '<html lang="fr">' in out.getvalue()
    assert "<img" not in out.getvalue()
    assert "&lt;img src=x onerror=alert(1)&gt;" in out.getvalue()


def test_countries_are_good_bad_or_ugly() -> None:
    """France closed its archive; Turkey holds most of the images and did not; India was not asked before."""
    cohorts = {row.country: row.cohort for row in sixty_days().countries}

    assert cohorts == {
        "FR": Cohort.GOOD,
        "TR": Cohort.UGLY,
        "US": Cohort.BAD,
        "IN": Cohort.UNKNOWN,
    }


def test_two_addresses_of_one_archive_are_one_entry() -> None:
    """An archive with two doors then, and one archive at each of them now, is compared as one."""
    both = archive(1, Exposure.RETRIEVABLE)
    other = archive(2, Exposure.RETRIEVABLE)
    joined = replace(both, joined=(*both.doors, *other.doors))
    comparison = build_comparison(found(OLD, joined), found(NEW, both, other))

    assert [each.change for each in comparison.archives] == [Change.UNCHANGED]


def test_a_survey_against_itself_shows_no_change() -> None:
    """The same facts twice: nothing changed, whatever is in them."""
    same = (archive(1, Exposure.RETRIEVABLE), archive(2, Exposure.GUARDED))
    comparison = build_comparison(found(OLD, *same), found(NEW, *same))

    assert {each.change for each in comparison.archives} == {Change.UNCHANGED}
    assert all(line.old == line.new for line in comparison.figures)


def test_the_json_keeps_to_its_schema_and_to_the_figures() -> None:
    """Every number of the comparison is in the JSON document, in the published shape."""
    comparison, out = sixty_days(), io.StringIO()
    write_comparison_json(comparison, out)
    document = json.loads(out.getvalue())

    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(document)
    assert {line["change"]: line["archives"] for line in document["changes"]} == {
        line.change.value: line.number for line in comparison.changes
    }
    assert document["linked"]["instances"]["then"]["value"] == 2_650
    assert document["linked"]["instances"]["now"]["value"] == 3_800


def test_the_csv_has_a_row_an_archive_and_no_formula() -> None:
    """A spreadsheet shows the name of an owner that begins as a formula, and computes nothing."""
    out = io.StringIO()
    write_comparison_csv(sixty_days(), out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))

    assert [row["change"] for row in rows].count("new") == 2
    assert {row["organisation"][0] for row in rows} == {"'"}


def test_the_table_is_whole_in_both_languages() -> None:
    """Every sentence of the table is in the French catalogue; figures are the same in both."""
    english, french = io.StringIO(), io.StringIO()
    write_comparison_table(sixty_days(), english, language_of("en"), width=120)
    write_comparison_table(sixty_days(), french, language_of("fr", is_strict=True), width=120)

    assert (
        "Of 4 archives that answered anybody, 1 is closed, 2 still answer, 1 is not known; 1 more answers now"
        in english.getvalue()
    )
    assert (
        "Sur 4 archives qui répondaient à n\N{RIGHT SINGLE QUOTATION MARK}importe qui, 1 est fermée"
        in french.getvalue()
    )
    assert "Turquie" in french.getvalue()
