"""Rows of the tables ↔ the vocabulary."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Final

from dosimeter.model.attempt import COUNT_PROBE, Cause, Failed
from dosimeter.model.scope import Touch
from dosimeter.model.survey import EndpointRecord, HostPlan, SurveyHeader, SurveyState
from dosimeter.model.target import Endpoint, Service
from dosimeter.store.attempts import decode_attempts, decode_cell, encode_attempts

if TYPE_CHECKING:
    from collections.abc import Iterable

SurveyRow = tuple[str, str, str, str, str, str, int, str, str | None, str, str]
"""The header in the order of its fields, then the path of the scope file."""

HeaderRow = tuple[str, str, str, str, str, str, int, str, str | None, str]
"""The header in the order of its fields."""

HostRow = tuple[int, int, bytes, str, str]
"""Survey, position, key of the address, address, endpoints."""

PendingRow = tuple[int, str, str, int, str | None]
"""Position, address, endpoints, contacts, recorded ports parted by commas (None: none)."""

NewRecordRow = tuple[int, bytes, int, str, str, str | None, str, str, str, int, str | None]
"""Survey, key of the address, then as :data:`RecordRow` up to the record it is the same as."""

RecordRow = tuple[int, str, str, str | None, str, str, str, int, str | None, str | None]
"""Port, address, service, name, began, ended, attempts, is open, same as, cells so far (a line each)."""

EndpointRow = tuple[int, bytes, int]
"""Survey, key of the address, port."""

_UNFINISHED: Final = "the count was not finished: it was under way, or the survey had ended meanwhile"

# As in attempts.py: nothing here can hold itself.
_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), check_circular=False)


def address_key(address: str) -> bytes:
    """Bytes that sort as the address does as a number, IPv4 before IPv6.

    Raises:
        ValueError: the text is not an address in canonical form.
    """
    if ":" not in address:
        packed = bytes(map(int, address.split(".")))
        if len(packed) != 4:  # noqa: PLR2004  octets of IPv4
            raise ValueError(f"{address!r} is not an address")
        return b"\x04" + packed
    parsed = IPv6Address(address)
    return b"\x06" + parsed.packed + (parsed.scope_id or "").encode()


def moment_text(moment: datetime) -> str:
    """UTC with microseconds in ISO 8601: such texts sort as the moments do.

    Raises:
        ValueError: the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be kept")
    in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return in_utc.isoformat(timespec="microseconds")


def survey_row(header: SurveyHeader, scope_path: str) -> SurveyRow:
    """A new survey as a row."""
    completed = header.completed
    return (
        header.id,
        header.tool_version,
        header.ruleset_version,
        header.scope_sha256,
        header.authorised_by,
        header.reference,
        int(header.touch),
        moment_text(header.started),
        None if completed is None else moment_text(completed),
        header.state.value,
        scope_path,
    )


def read_header(row: HeaderRow) -> SurveyHeader:
    """The header in a row.

    Raises:
        ValueError: the row was damaged.
    """
    id_, tool, ruleset, sha256, authorised_by, reference, touch, started, completed, state = row
    return SurveyHeader(
        id=id_,
        tool_version=tool,
        ruleset_version=ruleset,
        scope_sha256=sha256,
        authorised_by=authorised_by,
        reference=reference,
        touch=Touch(touch),
        started=datetime.fromisoformat(started),
        completed=None if completed is None else datetime.fromisoformat(completed),
        state=SurveyState(state),
    )


def host_row(survey: int, position: int, plan: HostPlan) -> HostRow:
    """The host as a row.

    Raises:
        ValueError: an endpoint has another address, or two have the same port.
    """
    address, endpoints = plan.address, plan.endpoints
    for endpoint in endpoints:
        if endpoint.address != address:
            raise ValueError(f"an endpoint planned for {address} has another address")
    places = tuple([(endpoint.port, endpoint.service, endpoint.name) for endpoint in endpoints])
    return survey, position, address_key(address), address, _places_text(places)


_Places = tuple[tuple[int, Service, str | None], ...]
"""Port, service and name of each endpoint of a host."""


@lru_cache(maxsize=512)
def _places_text(places: _Places) -> str:
    """As JSON. Most hosts of a survey have the same ports and no name."""
    if len({port for port, _service, _name in places}) != len(places):
        raise ValueError("two endpoints planned for one address have the same port")
    return _ENCODER.encode(places)


@lru_cache(maxsize=512)
def _read_places(text: str) -> _Places:
    return tuple((port, Service(service), name) for port, service, name in json.loads(text))


def read_host(row: PendingRow, begun: tuple[EndpointRecord, ...] = ()) -> HostPlan:
    """The host with those of its endpoints whose port is not recorded, or whose record is open.

    ``begun`` are its open records.

    Raises:
        ValueError: the row was damaged.
    """
    _position, address, endpoints, contacts, recorded = row
    places = _read_places(endpoints)
    if recorded:
        done = set(map(int, recorded.split(","))) - {record.endpoint.port for record in begun}
        places = tuple(place for place in places if place[0] not in done)
    left = [Endpoint(address, port, service, name) for port, service, name in places]
    return HostPlan(address, tuple(left), contacts, begun)


def record_rows(survey: int, records: Iterable[EndpointRecord]) -> list[NewRecordRow]:
    """The records as rows."""
    rows: list[NewRecordRow] = []
    for record in records:
        endpoint = record.endpoint
        rows.append(
            (
                survey,
                address_key(endpoint.address),
                endpoint.port,
                endpoint.address,
                endpoint.service.value,
                endpoint.name,
                moment_text(record.began),
                moment_text(record.ended),
                encode_attempts(record.attempts),
                int(record.is_open),
                record.same_as,
            )
        )
    return rows


def read_record(row: RecordRow) -> EndpointRecord:
    """The record in a row; that of an open one ends with the attempt to count, and its cells so far.

    Raises:
        ValueError: the row was damaged.
    """
    port, address, service, name, began, ended, text, is_open, same_as, cells = row
    attempts = decode_attempts(text)
    if is_open:
        counted = tuple(map(decode_cell, cells.split("\n"))) if cells is not None else ()
        attempts += (Failed(COUNT_PROBE, Cause.INTERRUPTED, _UNFINISHED, counted),)
    return EndpointRecord(
        Endpoint(address, port, Service(service), name),
        attempts,
        datetime.fromisoformat(began),
        datetime.fromisoformat(ended),
        bool(is_open),
        same_as,
    )


def read_address(row: tuple[str]) -> str:
    """The address in a row of one column."""
    (address,) = row
    return address


def endpoint_row(survey: int, endpoint: Endpoint) -> EndpointRow:
    """What names a record."""
    return survey, address_key(endpoint.address), endpoint.port
