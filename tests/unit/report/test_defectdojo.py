from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest

from dosimeter.model.verdict import Severity
from dosimeter.report.document import Document, build_document
from dosimeter.report.render import Format, render
from tests.roundtrip import surveys
from tests.unit.report import counted, samples

REQUIRED = {"title", "severity", "description"}
TAKEN_OUT = {"endpoints", "files", "tags", "vulnerability_ids", "cwes"}
ALLOWED = {
    "date",
    "cwe",
    "cve",
    "epss_score",
    "epss_percentile",
    "cvssv3",
    "cvssv3_score",
    "cvssv4",
    "cvssv4_score",
    "mitigation",
    "impact",
    "steps_to_reproduce",
    "severity_justification",
    "references",
    "active",
    "verified",
    "false_p",
    "out_of_scope",
    "risk_accepted",
    "under_review",
    "is_mitigated",
    "thread_id",
    "mitigated",
    "numerical_severity",
    "param",
    "payload",
    "line",
    "file_path",
    "component_name",
    "component_version",
    "static_finding",
    "dynamic_finding",
    "scanner_confidence",
    "unique_id_from_tool",
    "vuln_id_from_tool",
    "sast_source_object",
    "sast_sink_object",
    "sast_source_line",
    "sast_source_file_path",
    "nb_occurences",
    "publish_date",
    "service",
    "planned_remediation_date",
    "planned_remediation_version",
    "effort_for_fixing",
    "tags",
    "kev_date",
    "known_exploited",
    "ransomware_used",
    "fix_available",
    "fix_version",
}
"""What the JSON parser of DefectDojo's Generic Findings Import takes; any other key is an error."""

ENDPOINT_KEYS = {"protocol", "host", "port"}


def findings_of(document: Document) -> list[dict[str, Any]]:
    out = io.StringIO()
    render(document, Format.DEFECTDOJO, out)
    found: list[dict[str, Any]] = json.loads(out.getvalue())["findings"]
    return found


@pytest.fixture(scope="module")
def findings() -> list[dict[str, Any]]:
    return findings_of(surveys.doors_survey()) + findings_of(surveys.counted_survey())


def test_no_key_is_unknown_to_the_parser(findings: list[dict[str, Any]]) -> None:
    """It refuses a whole file for one key that it does not know, or for one that it misses."""
    assert findings
    for finding in findings:
        assert set(finding) >= REQUIRED
        assert set(finding) <= REQUIRED | ALLOWED | TAKEN_OUT
        assert all(set(endpoint) == ENDPOINT_KEYS for endpoint in finding["endpoints"])


def test_severities_are_its_own_words(findings: list[dict[str, Any]]) -> None:
    """DefectDojo writes them with a capital letter; what is only informative is no finding."""
    assert {each["severity"] for each in findings} <= {"Low", "Medium", "High", "Critical"}


def test_every_reason_from_low_up_is_a_finding() -> None:
    """As many as the verdicts have."""
    document = surveys.doors_survey()
    reasons = [
        reason
        for archive in document.archives
        for reason in archive.verdict.reasons
        if reason.severity > Severity.INFO
    ]
    assert len(findings_of(document)) == len(reasons)


def test_the_id_of_a_finding_is_the_same_in_the_next_survey() -> None:
    """So that a re-import finds it again, and closes those that are gone."""
    first = findings_of(build_document(samples.HEADER, samples.every_rung()))
    later = replace(samples.HEADER, id="20270101-000000", ruleset_version="2027.1")
    rest = [each for each in samples.every_rung() if each.endpoint.address != "127.20.0.8"]
    second = findings_of(build_document(later, rest))
    ids = [each["unique_id_from_tool"] for each in first]
    assert len(ids) == len(set(ids))
    assert {each["unique_id_from_tool"] for each in second} < set(ids)


def test_a_finding_is_at_the_door_where_it_was_seen() -> None:
    """An archive with several doors has its findings where they are."""
    document = surveys.doors_survey()
    doors = {door.endpoint.port for archive in document.archives if archive.joined for door in archive.joined}
    named = {
        endpoint["port"]
        for finding in findings_of(document)
        for endpoint in finding["endpoints"]
        if endpoint["host"] == document.archives[0].endpoint.address
    }
    assert len(named & doors) > 1


def test_a_text_is_no_markdown() -> None:
    """A page of DefectDojo fetches no picture and shows no link that a server wrote."""
    hostile = "![x](//k.invalid/x.png) <img src=x> [a](//k.invalid) `code` k0001"
    archive = samples.queryable()
    reason = replace(archive.verdict.reasons[0], says=hostile)
    verdict = replace(archive.verdict, reasons=(reason,))
    archive = replace(archive, findings=replace(archive.findings, verdict=verdict))
    (finding,) = findings_of(build_document(samples.HEADER, [archive]))
    assert r"\!\[x\](//k.invalid/x.png) \<img src=x\>" in finding["description"]
    assert "k0001" in finding["description"]


def test_what_closes_it_is_told_with_its_proof() -> None:
    """The steps, numbered, with what is to be typed set apart, and the command that proves them."""
    (finding, *_) = findings_of(build_document(samples.HEADER, [samples.retrievable()]))
    assert '1. In `orthanc.json` set `"DicomAlwaysAllowFind": false`' in finding["mitigation"]
    assert "`dosimeter survey --scope scope.toml 127.20.0.8:4242`" in finding["mitigation"]


def test_a_suspected_decoy_is_tagged() -> None:
    """Whoever sorts the findings can put them aside."""
    tags = [each["tags"] for each in findings_of(build_document(samples.HEADER, [samples.decoy()]))]
    assert tags
    assert all("suspected-decoy" in each for each in tags)
    assert not any(
        "suspected-decoy" in each["tags"]
        for each in findings_of(build_document(counted.HEADER, [counted.exact()]))
    )
