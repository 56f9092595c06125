from __future__ import annotations

import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dosimeter.report.json_lines import stream_json_lines
from dosimeter.report.render import Format, render, render_survey
from tests.unit.report import samples

SCHEMA = Path("docs/schema/survey.v1.json")

DESIGN_KEYS = {
    "schema_version",
    "type",
    "survey",
    "address",
    "endpoints",
    "exposure",
    "confidence",
    "protections",
    "accepts_writes",
    "worklist",
    "decoy",
    "product",
    "counts",
    "retrievable_instances",
    "attributes",
    "country",
    "operator",
    "reasons",
    "attempts",
}


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    """The published schema, itself valid."""
    schema = json.loads((Path(__file__).parents[3] / SCHEMA).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def lines() -> list[dict[str, Any]]:
    """The JSON Lines of the sample survey."""
    out = io.StringIO()
    render(samples.document(), Format.JSONL, out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_first_line_is_the_header_and_last_the_totals() -> None:
    """Between header and totals, every endpoint has one line, closed ports included."""
    header, *archives, totals = lines()

    assert (header["type"], header["tool"], header["touch"]) == ("survey", "dosimeter", "prove")
    assert header["started"] == "2026-11-24T10:00:00Z"
    assert header["scope_sha256"] == samples.HEADER.scope_sha256
    assert {line["type"] for line in archives} == {"archive"}
    assert len(archives) == 12
    assert totals["type"] == "totals"


def test_totals_count_what_was_asked_apart_from_what_was_not() -> None:
    """An endpoint to which nothing was sent is an endpoint, and not one that was asked."""
    out = io.StringIO()
    render_survey(samples.HEADER, [samples.busy(), samples.spared()], Format.JSONL, out)
    totals = json.loads(out.getvalue().splitlines()[-1])

    assert (totals["with_decoys"]["endpoints"], totals["with_decoys"]["asked"]) == (2, 1)


def test_archive_line_has_every_key_of_the_agreement() -> None:
    """DESIGN §7 names the keys that others rely on."""
    archive = lines()[1]

    assert archive.keys() >= DESIGN_KEYS
    assert archive["endpoints"] == [
        {
            "address": "127.20.0.8",
            "port": 4242,
            "name": "pacs-test.example",
            "service": "dicom",
            "exposure": "retrievable",
            "severity": "critical",
            "speaks_dicom": True,
            "protections": [],
            "product": {"name": "Orthanc", "version": None, "confidence": "announced"},
            "tls": None,
            "same_as": None,
        }
    ]
    assert archive["counts"]["studies"] == {"kind": "unknown"}
    assert archive["attempts"] == {"completed": 6, "failed": 0, "skipped": 0}
    assert archive["reasons"][0] == {
        "rule": "get",
        "severity": "critical",
        "fact": "null_retrieve#0",
        "says": "A stranger's null retrieve was answered.",
        "reference": "PS3.4 C.4.1",
    }


def test_every_line_and_the_whole_report_keep_the_schema(validator: jsonschema.Draft202012Validator) -> None:
    """What is printed is what is published."""
    for line in lines():
        validator.validate(line)
    out = io.StringIO()
    render(samples.document(), Format.JSON, out)
    validator.validate(json.loads(out.getvalue()))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("patient_name",), "DOE^JANE"),
        (("exposure",), "secure"),
        (("endpoints", 0, "port"), 0),
        (("counts", "studies"), {"kind": "exact"}),
        (("counts", "studies"), {"kind": "exact", "value": -1}),
        (("reasons", 0, "text"), "more"),
        (("began",), "2026-11-24 10:00:00"),
        (("attributes",), {"PatientName": 1.0}),
    ],
)
def test_schema_refuses_what_is_not_agreed(
    validator: jsonschema.Draft202012Validator, place: tuple[str | int, ...], value: object
) -> None:
    """An unknown key, a word off the ladder, a bad number or a value of a patient is no valid line."""
    line = lines()[1]
    inner: Any = line
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value

    assert not validator.is_valid(line)


def test_schema_refuses_a_line_without_a_key(validator: jsonschema.Draft202012Validator) -> None:
    """Every key is always there, null where nothing is known."""
    for key in DESIGN_KEYS:
        line = lines()[1]
        del line[key]
        assert not validator.is_valid(line), key


def test_json_holds_the_same_header_archives_and_totals() -> None:
    """JSON and JSON Lines differ in the wrapping alone."""
    out = io.StringIO()
    render(samples.document(), Format.JSON, out)
    report = json.loads(out.getvalue())

    assert [report["header"], *report["archives"], report["totals"]] == lines()


def test_json_of_an_empty_survey_keeps_the_schema(validator: jsonschema.Draft202012Validator) -> None:
    """A survey without endpoints is valid JSON with an empty list."""
    out = io.StringIO()
    render_survey(samples.HEADER, [], Format.JSON, out)
    report = json.loads(out.getvalue())

    validator.validate(report)
    assert report["archives"] == []


def test_streamed_lines_are_the_lines_of_the_document_in_another_order() -> None:
    """Streaming keeps the order of the endpoints and changes nothing else."""
    out = io.StringIO()
    render_survey(samples.HEADER, samples.every_rung(), Format.JSONL, out)
    header, *archives, totals = (json.loads(line) for line in out.getvalue().splitlines())

    assert header == lines()[0]
    assert totals == lines()[-1]
    assert sorted(map(json.dumps, archives)) == sorted(map(json.dumps, lines()[1:-1]))
    assert archives[0]["address"] == "127.21.0.1"


def test_endpoints_are_streamed_in_bounded_memory() -> None:
    """Endpoints leave as lines while they come in: of 9 MB of lines, less than 1 MB is ever held."""
    archive = samples.retrievable()
    out = _Drain()
    tracemalloc.start()
    try:
        stream_json_lines(samples.HEADER, (archive for _ in range(5_000)), out)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert out.lines == 5_002
    assert out.characters > 5_000_000
    assert peak < 1_000_000


class _Drain(io.TextIOBase):
    """Counts lines and characters, and keeps none."""

    def __init__(self) -> None:
        self.lines = 0
        self.characters = 0

    def write(self, text: str, /) -> int:
        self.lines += text.count("\n")
        self.characters += len(text)
        return len(text)
