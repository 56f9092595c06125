from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import datetime
from ipaddress import ip_address
from typing import Any

import pytest

from dosimeter.model.place import Owner, Place
from dosimeter.report.archive import OPEN_TO_ANYBODY
from dosimeter.report.document import Document, build_document
from dosimeter.report.render import Format, render
from tests.roundtrip import surveys
from tests.unit.report import doors, samples

FIELDS = {
    "classification.identifier",
    "classification.taxonomy",
    "classification.type",
    "event_description.text",
    "feed.code",
    "feed.name",
    "protocol.application",
    "protocol.transport",
    "source.abuse_contact",
    "source.as_name",
    "source.asn",
    "source.fqdn",
    "source.geolocation.cc",
    "source.ip",
    "source.port",
    "time.observation",
    "time.source",
}
"""Those of IntelMQ's harmonization that we fill; whatever is under ``extra`` is ours."""

TYPES = {
    "information-disclosure",
    "potentially-unwanted-accessible",
    "vulnerable-system",
    "weak-crypto",
}
"""Of the taxonomy ``vulnerable`` (RSIT)."""

EXTRA = re.compile(r"extra\.[a-z_]+")


def events_of(document: Document) -> list[dict[str, Any]]:
    out = io.StringIO()
    render(document, Format.INTELMQ, out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture(scope="module")
def events() -> list[dict[str, Any]]:
    return events_of(surveys.doors_survey()) + events_of(surveys.counted_survey())


def test_every_field_is_one_of_the_harmonization(events: list[dict[str, Any]]) -> None:
    """IntelMQ refuses an event with a field it does not know."""
    assert events
    for event in events:
        assert all(field in FIELDS or EXTRA.fullmatch(field) for field in event)


def test_every_value_is_of_the_type_of_its_field(events: list[dict[str, Any]]) -> None:
    """An address, a port, times with an offset, lower case, and no empty value."""
    for event in events:
        ip_address(event["source.ip"])
        assert 0 < event["source.port"] < 65536
        assert datetime.fromisoformat(event["time.source"]).utcoffset() is not None
        assert datetime.fromisoformat(event["time.observation"]).utcoffset() is not None
        assert event["protocol.application"] == event["protocol.application"].lower()
        assert event["classification.taxonomy"] == "vulnerable"
        assert event["classification.type"] in TYPES
        assert isinstance(event.get("source.asn", 1), int)
        assert event["feed.name"] == "dosimeter"


def test_there_is_one_event_for_each_open_door() -> None:
    """And for none that refuses strangers."""
    document = surveys.doors_survey()
    opened = [
        door.endpoint.authority
        for archive in document.archives
        for door in archive.doors
        if door.exposure in OPEN_TO_ANYBODY
    ]
    told = [
        f"{event['source.ip']}:{event['source.port']}"
        for event in events_of(document)
        if event["classification.type"] == "information-disclosure"
    ]
    assert sorted(told) == sorted(opened)


def test_an_archive_that_refuses_strangers_is_no_event() -> None:
    """Nor is a closed port."""
    assert events_of(build_document(samples.HEADER, [samples.guarded(), samples.unreachable(1)])) == []


def test_writes_weak_tls_and_advisories_are_events_of_their_own() -> None:
    """Each class has the type by which a CERT sorts it."""
    found = {event["classification.identifier"]: event for event in events_of(doors.document())}
    assert found["open-dicom-storage"]["classification.type"] == "potentially-unwanted-accessible"
    assert found["dicom-product-advisory"]["classification.type"] == "vulnerable-system"
    assert "CVE-2023-33466" in found["dicom-product-advisory"]["event_description.text"]


def test_an_event_says_where_and_whose() -> None:
    """Country, network and owner, where they are known; a contact only if mail can be sent to it."""
    place = surveys.PLACES[0]
    archive = replace(samples.queryable(), place=place)
    (event, *_) = events_of(build_document(samples.HEADER, [archive]))
    assert event["source.geolocation.cc"] == "FR"
    assert event["source.asn"] == 64500
    assert event["extra.organisation"] == "CHU de Test"
    assert event["source.abuse_contact"] == "securite@chu.example"
    owner = Owner("CHU de Test", None, "+33 1 23 45 67 89", surveys.TABLE)
    (event, *_) = events_of(
        build_document(samples.HEADER, [replace(archive, place=Place(None, None, owner))])
    )
    assert "source.abuse_contact" not in event


@pytest.mark.parametrize(
    ("name", "fqdn"),
    [
        ("PACS.Example.", "pacs.example"),
        ("pacs", None),
        ("pacs<x>.example", None),
        ("10.0.0.1", None),
        (None, None),
    ],
)
def test_a_name_is_told_only_if_it_is_one(name: str | None, fqdn: str | None) -> None:
    """IntelMQ drops an event whose name it cannot read."""
    archive = samples.queryable()
    archive = replace(archive, endpoint=replace(archive.endpoint, name=name))
    (event, *_) = events_of(build_document(samples.HEADER, [archive]))
    assert event.get("source.fqdn") == fqdn
