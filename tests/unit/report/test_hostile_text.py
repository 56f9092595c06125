"""What a server says cannot break a report, even if it got past ``ServerText``."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from dosimeter.exposure.joining import Link, LinkEvidence
from dosimeter.model.attempt import Cause, Completed, Failed, Skipped
from dosimeter.model.census import Census, Counts, Exact
from dosimeter.model.facts import CertificateSeen, ClientCertificate, TlsSeen
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.text import ServerText
from dosimeter.model.verdict import Advisory, Confidence, Decoy, DecoyTier, Exposure, Product, Severity
from dosimeter.model.web import (
    AttributeFill,
    AttributesSampled,
    ProtocolSeen,
    SampledOver,
    SuiteSeen,
    TlsPostureSeen,
)
from dosimeter.report.archive import Door, findings_of
from dosimeter.report.document import Document, build_document
from dosimeter.report.joined import archive_of
from dosimeter.report.neighbour import Neighbour, NeighbourAt, NeighbourKind
from dosimeter.report.plain import plain_text
from dosimeter.report.render import Format, render
from dosimeter.report.terminal import write_table
from tests.unit.report import samples
from tests.unit.report.pages import Page

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><style>*{display:none}",
    "</title></head><body onload=alert(1)>",
    "<!-- --><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "&lt;script&gt;",
    "{{ 7 * 7 }}{% raw %}",
    "{0.__class__}%s%n${7*7}",
    '"retest": null, "name": null %(address)s %(retest)s %',
    "=HYPERLINK(0)",
    "+1+1",
    "-1-1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\0=1+1",
    "a;=1+1",
    'quote" , =1+1',
    "\x1b[2J\x1b[1;1Hcleared",
    "\x1b]0;title\x07",
    "\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\",
    "\x9b31m",
    "[bold red]marked[/]",
    ":skull:",
    '\r\n{"type": "totals"}',
    "\u202egnp.exe",
    "\u2066hidden\u2069",
    "zero\u200bwidth\u200djoiner",
    "line\u2028paragraph\u2029",
    "\ufeffbom",
    "\ud800",
    "\ue000private",
    "a\nb\rc",
)

SGR = re.compile(r"\x1b\[[0-9;]*m")


def forged(payload: str) -> ServerText:
    """A ServerText that holds what ``ServerText.of`` would never let in."""
    text = object.__new__(ServerText)
    object.__setattr__(text, "text", payload)
    return text


def poisoned(payload: str) -> Document:
    """A document with the payload in every field that a server or a file could fill."""
    text = forged(payload)
    certificate = CertificateSeen(
        text, text, payload, payload, text, self_signed=True, sha256=payload, names=(text,), signature=text
    )
    said = replace(
        samples.verdict(Exposure.QUERYABLE, Severity.HIGH),
        decoy=Decoy(DecoyTier.HIGH, (payload,)),
        product=Product(payload, payload, Confidence.ANNOUNCED),
        reasons=(samples.reason("find", Severity.HIGH, payload, payload),),
        remedies=(samples.CLOSE_ORTHANC,),
        advisories=(Advisory(payload, payload, payload, payload, payload, payload),),
    )
    posture = TlsPostureSeen(
        (ProtocolSeen(payload, accepted=True),), (SuiteSeen(payload, payload),), is_whole=True, handshakes=1
    )
    sampled = AttributesSampled(SampledOver.QIDO_RS, 20, (AttributeFill(payload, 20, 0, 0, 0),))
    attempts = (
        Failed(
            "dicom_tls",
            Cause.TLS_FAILED,
            payload,
            (TlsSeen(text, text, certificate, ClientCertificate.OPTIONAL, text),),
        ),
        Skipped("null_retrieve", payload),
        Completed("tls_posture", (posture, sampled)),
    )
    header = replace(samples.HEADER, authorised_by=payload, reference=payload)
    endpoint = Endpoint("127.20.1.1", 2762, name=payload)
    doors = [
        Door(
            each, findings_of(attempts, said, service=each.service), samples.STARTED, samples.STARTED, payload
        )
        for each in (endpoint, replace(endpoint, port=8443, service=Service.WEB_TLS))
    ]
    archive = archive_of(
        doors,
        said,
        Census(counts=Counts(studies=Exact(7)), remarks=(payload,)),
        links=(Link(0, 1, LinkEvidence.SAME_TITLE, payload),),
        neighbours=(NeighbourAt(endpoint, Neighbour(NeighbourKind.FHIR, is_open=True, says=payload)),),
    )
    return build_document(header, [archive, samples.unreachable(1)])


def written(document: Document, format_: Format) -> str:
    """The document in one format, line ends as they are."""
    out = io.StringIO(newline="")
    render(document, format_, out, width=200, detail=True)
    return out.getvalue()


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_html_keeps_its_structure(payload: str) -> None:
    """The page has the same tags and attribute names as with harmless text, and shows the payload as text."""
    source = written(poisoned(payload), Format.HTML)
    page, harmless = Page(source), Page(written(poisoned("x"), Format.HTML))

    assert [(tag, list(attributes)) for tag, attributes in page.tags] == [
        (tag, list(attributes)) for tag, attributes in harmless.tags
    ]
    assert plain_text(payload).strip() in " ".join(page.texts)
    assert all(character == "\n" or plain_text(character) == character for character in source)
    source.encode()


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_csv_computes_nothing(payload: str) -> None:
    """No cell starts a formula, each is printable, and there is one row for each door."""
    text = written(poisoned(payload), Format.CSV)
    rows = list(csv.reader(io.StringIO(text, newline="")))

    assert len(rows) == len(text.split("\r\n")) - 1 == 4
    for cell in (cell for row in rows for cell in row):
        assert not cell.lstrip().startswith(("=", "+", "-", "@"))
        assert cell.isprintable()


@pytest.mark.parametrize("format_", [Format.JSONL, Format.JSON])
@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_json_keeps_the_text_and_its_lines(payload: str, format_: Format) -> None:
    """The payload comes back whole; the bytes are printable ASCII on as many lines as with harmless text."""
    text = written(poisoned(payload), format_)
    first: Any = (
        json.loads(text)["archives"][0] if format_ is Format.JSON else json.loads(text.splitlines()[1])
    )

    assert first["product"]["name"] == payload
    assert all(line.isascii() and line.isprintable() for line in text.split("\n"))
    assert text.count("\n") == written(poisoned("x"), format_).count("\n")


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_pipe_gets_no_control_character(payload: str) -> None:
    """Plain text holds nothing that acts, and markup of ours is printed as it stands."""
    text = written(poisoned(payload), Format.TABLE)

    assert all(line.isprintable() for line in text.split("\n"))
    assert "".join(plain_text(payload).split()) in "".join(text.split())


class _Terminal(io.StringIO):
    """Claims to be a terminal."""

    def isatty(self) -> bool:
        """Say yes."""
        return True


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_terminal_gets_our_colours_alone(payload: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal, the only escape sequences are the colours this report sets."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    out = _Terminal()
    write_table(poisoned(payload), out, width=200, detail=True)

    assert "\x1b[" in out.getvalue()
    assert all(line.isprintable() for line in SGR.sub("", out.getvalue()).split("\n"))
