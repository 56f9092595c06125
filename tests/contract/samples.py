"""Invented surveys, hosts and records that tests of stores share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dosimeter.model.attempt import Attempt, Cause, Completed, Failed, Skipped
from dosimeter.model.census import Axis, CounterSum, Cut, Things
from dosimeter.model.facts import (
    AssociationAccepted,
    CellCounted,
    ContextRefused,
    Ending,
    NullQueryAnswered,
    QueryService,
    Titles,
)
from dosimeter.model.scope import Touch
from dosimeter.model.survey import EndpointRecord, HostPlan, SurveyHeader, SurveyState
from dosimeter.model.target import Endpoint, Service
from dosimeter.model.text import ServerText

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TITLES = Titles("NOBODY-7F3A9C", "DOSIMETER")

ATTEMPTS: tuple[Attempt, ...] = (
    Completed(
        "dicom_associate",
        (
            AssociationAccepted(
                TITLES,
                ("1.2.840.10008.1.1", "1.2.840.10008.5.1.4.1.2.2.1"),
                (ContextRefused("1.2.840.10008.5.1.4.31", 3),),
                False,
                ServerText.of("1.2.276.0.7230010.3.0.3.6.7"),
                ServerText.of("OFFIS_DCMTK_367"),
                16384,
            ),
        ),
    ),
    Completed(
        "null_query_study_root",
        (NullQueryAnswered(TITLES, QueryService.STUDY_ROOT, Ending.STATUS, 0, 0),),
    ),
    Failed("dicom_tls", Cause.REFUSED, "the connection was refused"),
    Skipped("ae_titles", "the scope lists no titles"),
)


def header(survey_id: str = "s1", minutes: int = 0) -> SurveyHeader:
    """A survey that runs since this many minutes past noon."""
    return SurveyHeader(
        id=survey_id,
        tool_version="0.1.0",
        ruleset_version="1",
        scope_sha256="5c" * 32,
        authorised_by="A. Nonymous",
        reference="TEST-1",
        touch=Touch.PROVE,
        started=NOON + timedelta(minutes=minutes),
        completed=None,
        state=SurveyState.RUNNING,
    )


def host(address: str, *ports: int, contacts: int = 0, name: str | None = None) -> HostPlan:
    """A host with DICOM endpoints on these ports (11112 if none is given)."""
    endpoints = tuple(Endpoint(address, port, Service.DICOM, name) for port in ports or (11112,))
    return HostPlan(address, endpoints, contacts)


def hosts(count: int) -> list[HostPlan]:
    """Hosts 10.0.0.0, 10.0.0.1 and so on, one endpoint each."""
    return [host(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}") for n in range(count)]


def cell(name: str, studies: int = 7) -> CellCounted:
    """A year, or another cell, that held so many studies."""
    return CellCounted(
        titles=TITLES,
        service=QueryService.STUDY_ROOT,
        things=Things.STUDIES,
        axis=Axis.DATES,
        cell=name,
        with_counters=False,
        cut=Cut.NOT,
        ending=Ending.STATUS,
        status=0,
        questions=1,
        rows=studies,
        distinct=studies,
        fresh=studies,
        on_axis=studies,
        largest=studies,
        received=studies * 120,
        milliseconds=4,
        counters=(CounterSum("NumberOfStudyRelatedSeries", 2 * studies, studies, 0, 0),),
    )


def record(
    address: str,
    port: int = 11112,
    service: Service = Service.DICOM,
    attempts: tuple[Attempt, ...] = ATTEMPTS,
) -> EndpointRecord:
    """What the endpoint answered a second after noon."""
    endpoint = Endpoint(address, port, service)
    return EndpointRecord(endpoint, attempts, NOON, NOON + timedelta(seconds=1, microseconds=5))
