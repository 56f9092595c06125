from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import pytest

from dosimeter.model.census import Unknown
from dosimeter.report.document import Document, build_document
from dosimeter.report.render import Format, render
from dosimeter.report.small_cells import FewerThan
from dosimeter.report.study import WITHHELD, Amount
from tests.architecture.source_tree import ROOT
from tests.roundtrip import surveys
from tests.unit.report import samples
from tests.unit.report.exposition import Family, parse

LABELS = {
    "bound",
    "cause",
    "country",
    "decoys",
    "exposure",
    "outcome",
    "rules",
    "severity",
    "state",
    "step",
    "survey",
    "things",
    "touch",
    "version",
}


def families(document: Document) -> dict[str, Family]:
    out = io.StringIO()
    render(document, Format.PROMETHEUS, out)
    return parse(out.getvalue())


def value(found: dict[str, Family], name: str, **labels: str) -> float:
    return found[f"dosimeter_{name}"].samples[frozenset(labels.items())]


@pytest.fixture(scope="module")
def found() -> dict[str, Family]:
    return families(surveys.counted_survey())


def test_a_parser_that_is_not_ours_reads_it(found: dict[str, Family]) -> None:
    """Names begin with ours, every family has its help, counters end in _total and gauges do not."""
    for name, family in found.items():
        assert name.startswith("dosimeter_")
        assert family.help
        assert family.type in {"gauge", "counter"}
        assert name.endswith("_total") == (family.type == "counter")


def test_no_label_names_a_host_or_anybody(found: dict[str, Family]) -> None:
    """A time series per host would hand the list of open archives to whoever sees the dashboard."""
    labels = {name for family in found.values() for sample in family.samples for name, _ in sample}
    assert labels <= LABELS
    values = {value for family in found.values() for sample in family.samples for _, value in sample}
    assert not any("127." in each or "CHU" in each for each in values)


def test_figures_are_those_of_the_study(found: dict[str, Family]) -> None:
    """The funnel with and without decoys."""
    for step in surveys.counted_survey().study.funnel:
        assert value(found, "funnel_archives", step=step.key, decoys="excluded") == step.number
        assert value(found, "funnel_archives", step=step.key, decoys="included") == step.with_decoys


def test_an_upper_end_is_there_only_where_there_is_one(found: dict[str, Family]) -> None:
    """What was not counted to its end may be more: no series says how much."""
    things = {"things": "studies", "decoys": "excluded"}
    assert value(found, "open", **things, bound="low") <= value(found, "open", **things, bound="value")
    assert frozenset({**things, "bound": "high"}.items()) not in found["dosimeter_open"].samples


def test_a_withheld_number_has_no_series() -> None:
    """Not a zero either; nor has one that is small, or not known."""
    document = surveys.counted_survey()
    for cell in (WITHHELD, FewerThan(), Unknown()):
        whole = replace(document.study.whole, patients=Amount(cell))
        hidden = replace(document, study=replace(document.study, whole=whole, with_decoys=whole))
        shown = {dict(labels)["things"] for labels in families(hidden)["dosimeter_open"].samples}
        assert "patients" not in shown
        assert "studies" in shown


def test_a_label_cannot_end_early() -> None:
    """A quote, a backslash and a line end are part of the value."""
    header = replace(samples.HEADER, id='a"} 1\ndosimeter_up{k="\\')
    found = families(build_document(header, [samples.queryable()]))
    (labels,) = found["dosimeter_survey_info"].samples
    assert dict(labels)["survey"] == 'a"} 1\\x0adosimeter_up{k="\\'
    assert "dosimeter_up" not in found


def test_a_survey_that_never_ended_has_no_time_of_its_end() -> None:
    """A missing series is no time in 1970."""
    header = replace(samples.HEADER, completed=None)
    found = families(build_document(header, [samples.queryable()]))
    assert "dosimeter_survey_completed_timestamp_seconds" not in found
    assert found["dosimeter_survey_started_timestamp_seconds"].samples == {
        frozenset(): samples.STARTED.timestamp()
    }


def test_the_dashboard_asks_for_metrics_that_there_are() -> None:
    """Every name and label in the queries of contrib/grafana-dashboard.json is written by us."""
    dashboard = json.loads((ROOT / "contrib" / "grafana-dashboard.json").read_text(encoding="utf-8"))
    written = families(surveys.counted_survey())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert queries
    for query in queries:
        (name,) = re.findall(r"dosimeter_\w+", query)
        wanted = set(re.findall(r'(\w+)="(\w+)"', query))
        assert any(wanted <= labels for labels in written[name].samples), query
