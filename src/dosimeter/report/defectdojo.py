"""The findings as DefectDojo imports them: its "Generic Findings Import" in JSON.

One finding for each reason, from low up, of each archive; the id of a finding is made of the place and the
rule, so that a re-import closes what is no longer there. Its parser refuses a file with a key it does not
know. DefectDojo shows texts as Markdown: what could be a link, an image or an element is escaped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final, TextIO

from dosimeter.exposure.rules import RULESET_VERSION
from dosimeter.model.survey import SurveyHeader
from dosimeter.model.target import Endpoint
from dosimeter.model.verdict import Confidence, Reason, Remedy, Severity
from dosimeter.report.archive import Archive
from dosimeter.report.counts_json import Json
from dosimeter.report.document import Document
from dosimeter.report.plain import plain_text, spans
from dosimeter.report.words import DECOY_SAYS, EXPOSURE_SAYS, EXPOSURE_WORD, PROTOCOL_NAME

_TITLE_LENGTH: Final = 200
_TITLE_END: Final = re.compile(r"[.:;(]")
_MARKDOWN: Final = re.compile(r"[\\`*_\[\]<>|~#!]")

_MISSING_AUTHENTICATION: Final = 306
_CLEAR_TEXT: Final = 319
_WEAK_CRYPTOGRAPHY: Final = 327
_BAD_CERTIFICATE: Final = 295
_KNOWN_FLAW: Final = 1395

_CWES: Final = (
    ("certificate_", _BAD_CERTIFICATE),
    ("tls_without_client_certificate", _MISSING_AUTHENTICATION),
    ("tls_unencrypted", _CLEAR_TEXT),
    ("tls_", _WEAK_CRYPTOGRAPHY),
    ("clear_text", _CLEAR_TEXT),
    ("web_clear_text", _CLEAR_TEXT),
    ("password_in_clear", _CLEAR_TEXT),
    ("cors_", 942),
    ("no_content_security_policy", 1021),
    ("advisory", _KNOWN_FLAW),
    ("name_gated", 290),
    ("title_opens_", 290),
    ("description_open", 200),
    ("inconclusive_", None),
    ("", _MISSING_AUTHENTICATION),
)
"""The weakness (cwe.mitre.org) behind a rule, by how its id begins; the first that fits."""


def write_defectdojo(document: Document, out: TextIO) -> None:
    """One object with every finding of every archive, the worst archive first."""
    header = document.header
    report: Json = {
        "name": "dosimeter",
        "type": "dosimeter",
        "version": header.tool_version,
        "description": f"Survey {header.id}, judged by rules {RULESET_VERSION}",
        "dynamic_tool": True,
        "static_tool": False,
        "findings": [finding for archive in document.archives for finding in _findings_of(archive, header)],
    }
    json.dump(report, out, ensure_ascii=True, allow_nan=False, indent=1)
    out.write("\n")


def _findings_of(archive: Archive, header: SurveyHeader) -> Iterator[Json]:
    for reason in archive.verdict.reasons:
        if reason.severity > Severity.INFO:
            yield _finding(archive, reason, header)


def _finding(archive: Archive, reason: Reason, header: SurveyHeader) -> Json:
    verdict, product = archive.verdict, archive.verdict.product
    door = door_of(archive, reason)
    return {
        "title": _title(reason, door),
        "severity": reason.severity.word.capitalize(),
        "description": _description(archive, reason),
        "mitigation": _mitigation(verdict.remedies, archive.retest),
        "impact": _escaped(EXPOSURE_SAYS[verdict.exposure]),
        "references": _escaped(reason.reference),
        "date": f"{header.completed or header.started:%Y-%m-%d}",
        "unique_id_from_tool": f"dosimeter:{door.authority}:{reason.rule}",
        "vuln_id_from_tool": reason.rule,
        "active": True,
        "verified": verdict.confidence is not Confidence.ANNOUNCED,
        "static_finding": False,
        "dynamic_finding": True,
        "service": plain_text(door.authority),
        "endpoints": [{"protocol": PROTOCOL_NAME[door.service], "host": door.address, "port": door.port}],
        "tags": _tags(archive),
        **_if_known("cwe", _cwe(reason.rule)),
        **_if_known("component_name", None if product is None else plain_text(product.name)),
        **_if_known(
            "component_version",
            None if product is None or product.version is None else plain_text(product.version),
        ),
    }


def door_of(archive: Archive, reason: Reason) -> Endpoint:
    """The door at which a reason was seen: its pointer names it where the archive has several."""
    for door in archive.joined:
        if reason.fact.startswith(f"{door.endpoint.authority}/"):
            return door.endpoint
    return archive.endpoint


def _title(reason: Reason, door: Endpoint) -> str:
    """The beginning of the sentence, up to its first stop, and the place."""
    says = plain_text(reason.says).removeprefix(f"{door.authority}: ")
    start = _TITLE_END.split(says, maxsplit=1)[0].strip() or reason.rule
    return f"{start[:_TITLE_LENGTH]} ({door.authority})"


def _description(archive: Archive, reason: Reason) -> str:
    verdict = archive.verdict
    lines = [
        _escaped(reason.says),
        f"Exposure: **{_escaped(EXPOSURE_WORD[verdict.exposure])}**",
        f"Rule `{reason.rule}`, evidence `{plain_text(reason.fact).replace('`', '')}`",
    ]
    if archive.findings.is_suspected_decoy:
        lines.append(_escaped(DECOY_SAYS[verdict.decoy.tier]))
    return "\n\n".join(lines)


def _mitigation(remedies: tuple[Remedy, ...], retest: str) -> str:
    parts = []
    for remedy in remedies:
        steps = "\n".join(f"{number}. {_marked(step)}" for number, step in enumerate(remedy.steps, start=1))
        parts.append(f"**{_escaped(remedy.title)}**\n\n{steps}")
    parts.append(f"To prove it: `{plain_text(retest)}`")
    return "\n\n".join(parts)


def _marked(step: str) -> str:
    return "".join(
        f"`{plain_text(span.text).replace('`', '')}`" if span.code else _escaped(span.text)
        for span in spans(step)
    )


def _tags(archive: Archive) -> list[str]:
    place = archive.place
    tags = ["dicom", archive.verdict.exposure.value.replace("_", "-")]
    if place.country is not None:
        tags.append(f"country-{place.country.code.lower()}")
    if archive.findings.is_suspected_decoy:
        tags.append("suspected-decoy")
    return tags


def _cwe(rule: str) -> int | None:
    return next(cwe for start, cwe in _CWES if rule.startswith(start))


def _if_known(key: str, value: object) -> Json:
    return {} if value is None else {key: value}


def _escaped(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return _MARKDOWN.sub(r"\\\g<0>", plain_text(text))
