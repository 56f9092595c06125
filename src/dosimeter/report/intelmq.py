"""Events for IntelMQ, one JSON object a line: what a national CERT hands on to the owners of networks.

The fields are those of the IntelMQ data format, the types those of the Reference Security Incident Taxonomy
(``vulnerable``). One event for each door that lets a stranger read, each that takes what a stranger sends,
each with weak TLS, and each product whose announced version has a published advisory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, TextIO

from dosimeter.model.survey import SurveyHeader
from dosimeter.model.verdict import Reason, Severity
from dosimeter.report.archive import OPEN_TO_ANYBODY, Archive, Door
from dosimeter.report.counts_json import Json
from dosimeter.report.document import Document
from dosimeter.report.plain import plain_text
from dosimeter.report.words import EXPOSURE_SAYS, PROTOCOL_NAME

_NAME: Final = re.compile(
    r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)
_MAIL: Final = re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9.-]{1,255}")
_WEAK: Final = ("tls_", "certificate_")


def write_intelmq(document: Document, out: TextIO) -> None:
    """The events of every archive, the worst archive first."""
    for archive in document.archives:
        for door in archive.doors:
            out.writelines(map(_line, _events_of(archive, door, document.header)))


def _line(event: Json) -> str:
    return json.dumps(event, ensure_ascii=True, allow_nan=False) + "\n"


def _events_of(archive: Archive, door: Door, header: SurveyHeader) -> Iterator[Json]:
    verdict = door.findings.verdict
    common = _common(archive, door, header)
    if verdict.exposure in OPEN_TO_ANYBODY:
        yield common | _class("information-disclosure", "open-dicom-archive", EXPOSURE_SAYS[verdict.exposure])
    if verdict.accepts_writes:
        yield common | _class(
            "potentially-unwanted-accessible",
            "open-dicom-storage",
            "A storage presentation context, or STOW-RS, was offered to a stranger. Nothing was sent.",
        )
    weak = [each for each in verdict.reasons if _is_weak_tls(each)]
    if weak:
        yield common | _class("weak-crypto", "dicom-weak-tls", " ".join(each.says for each in weak))
    if verdict.advisories:
        yield common | _class(
            "vulnerable-system",
            "dicom-product-advisory",
            " ".join(
                f"{each.id}, by the version announced ({each.version}), not tried."
                for each in verdict.advisories
            ),
        )


def _is_weak_tls(reason: Reason) -> bool:
    return reason.severity >= Severity.LOW and reason.rule.startswith(_WEAK)


def _class(kind: str, identifier: str, says: str) -> Json:
    return {
        "classification.taxonomy": "vulnerable",
        "classification.type": kind,
        "classification.identifier": identifier,
        "event_description.text": plain_text(says),
    }


def _common(archive: Archive, door: Door, header: SurveyHeader) -> Json:
    verdict, product = door.findings.verdict, archive.verdict.product
    return {
        "feed.name": "dosimeter",
        "feed.code": header.id,
        "time.source": _moment(door.ended),
        "time.observation": _moment(header.completed or door.ended),
        "source.ip": door.endpoint.address,
        "source.port": door.endpoint.port,
        "protocol.transport": "tcp",
        "protocol.application": PROTOCOL_NAME[door.endpoint.service],
        **_whereabouts(archive),
        **_fqdn(door.endpoint.name),
        "extra.exposure": verdict.exposure.value,
        "extra.severity": verdict.severity.word,
        "extra.rules": " ".join(each.rule for each in verdict.reasons if each.severity > Severity.INFO),
        "extra.remedies": plain_text(" | ".join(each.title for each in verdict.remedies)),
        "extra.archive": archive.endpoint.authority,
        "extra.decoy": archive.verdict.decoy.tier.value,
        **({} if product is None else {"extra.product": plain_text(product.name)}),
        **_version(product.version if product is not None else None),
    }


def _whereabouts(archive: Archive) -> Json:
    found: Json = {}
    place = archive.place
    if place.country is not None:
        found["source.geolocation.cc"] = place.country.code
    if place.operator is not None:
        if place.operator.asn is not None:
            found["source.asn"] = place.operator.asn
        if place.operator.name is not None:
            found["source.as_name"] = plain_text(place.operator.name)
    if place.owner is not None:
        found["extra.organisation"] = plain_text(place.owner.organisation)
        contact = (place.owner.contact or "").lower()
        if _MAIL.fullmatch(contact):
            found["source.abuse_contact"] = contact
    return found


def _fqdn(name: str | None) -> Json:
    """Only what IntelMQ takes for a name: it drops an event whose field it cannot read."""
    lowered = (name or "").lower().rstrip(".")
    return {"source.fqdn": lowered} if _NAME.fullmatch(lowered) else {}


def _version(version: str | None) -> Json:
    return {} if version is None else {"extra.product_version": plain_text(version)}


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
