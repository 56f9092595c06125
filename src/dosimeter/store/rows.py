"""Rows of the tables ↔ the vocabulary."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Any

from dosimeter.model.scope import Touch
from dosimeter.model.survey import EndpointRecord, HostPlan, SurveyHeader, SurveyState
from dosimeter.model.target import Endpoint, Service
from dosimeter.store.attempts import decode_attempts, encode_attempts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Row = tuple[Any, ...]

SURVEY_COLUMNS = (
    "id",
    "tool_version",
    "ruleset_version",
    "scope_sha256",
    "authorised_by",
    "reference",
    "touch",
    "started",
    "completed",
    "state",
)
"""The columns of a survey that make its header, in the order of its fields."""

HOST_COLUMNS = ("survey", "position", "address_key", "address", "endpoints")

RECORD_COLUMNS = (
    "survey",
    "address_key",
    "port",
    "address",
    "service",
    "name",
    "began",
    "ended",
    "attempts",
)


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
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def survey_row(header: SurveyHeader) -> dict[str, str | int | None]:
    """The header as values of the columns of its survey."""
    completed = header.completed
    values = (
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
    )
    return dict(zip(SURVEY_COLUMNS, values, strict=True))


def read_header(row: Sequence[Any]) -> SurveyHeader:
    """The header in a row of :data:`SURVEY_COLUMNS`."""
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


def host_row(survey: int, position: int, plan: HostPlan) -> Row:
    """The host as a row of :data:`HOST_COLUMNS`.

    Raises:
        ValueError: an endpoint has another address, or two have the same port.
    """
    address = plan.address
    if {endpoint.address for endpoint in plan.endpoints} - {address}:
        raise ValueError(f"an endpoint planned for {address} has another address")
    if len({endpoint.port for endpoint in plan.endpoints}) != len(plan.endpoints):
        raise ValueError(f"two endpoints planned for {address} have the same port")
    endpoints = json.dumps(
        [(endpoint.port, endpoint.service, endpoint.name) for endpoint in plan.endpoints],
        separators=(",", ":"),
    )
    return survey, position, address_key(address), address, endpoints


def read_host(address: str, endpoints: str, contacts: int, recorded: str | None) -> HostPlan:
    """The host with its endpoints whose port is not in ``recorded``, a list with commas."""
    done = set(map(int, recorded.split(","))) if recorded else frozenset()
    left = tuple(
        Endpoint(address, port, Service(service), name)
        for port, service, name in json.loads(endpoints)
        if port not in done
    )
    return HostPlan(address, left, contacts)


def record_rows(survey: int, records: Iterable[EndpointRecord]) -> list[Row]:
    """The records as rows of :data:`RECORD_COLUMNS`."""
    rows: list[Row] = []
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
            )
        )
    return rows


def read_record(row: Sequence[Any]) -> EndpointRecord:
    """The record in a row of the last seven of :data:`RECORD_COLUMNS`.

    Raises:
        ValueError: the row was damaged.
    """
    port, address, service, name, began, ended, attempts = row
    return EndpointRecord(
        Endpoint(address, port, Service(service), name),
        decode_attempts(attempts),
        datetime.fromisoformat(began),
        datetime.fromisoformat(ended),
    )
