"""One run of the tool over one scope, and what it kept of each endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dosimeter.model.attempt import Attempt
from dosimeter.model.scope import Touch
from dosimeter.model.target import Endpoint
from dosimeter.model.verdict import Exposure, Severity


class SurveyState(StrEnum):
    """Where a survey stands."""

    RUNNING = "running"
    COMPLETED = "completed"
    STOPPED = "stopped"
    """Ended early, by Ctrl-C, SIGTERM, ``survey stop`` or the end of the authorised hours."""


@dataclass(frozen=True, slots=True)
class SurveyHeader:
    """Who asked what, under which authorisation, with which version. Times are UTC."""

    id: str
    tool_version: str
    ruleset_version: str
    scope_sha256: str
    authorised_by: str
    reference: str
    touch: Touch
    started: datetime
    completed: datetime | None
    state: SurveyState


@dataclass(frozen=True, slots=True)
class EndpointRecord:
    """What one endpoint answered. ``began`` and ``ended`` are UTC.

    ``is_open`` says that a census was still to come, or under way, when this was kept. ``same_as`` is
    the authority of the first endpoint found to hold the same studies, None if it is the first itself
    or was compared with none.
    """

    endpoint: Endpoint
    attempts: tuple[Attempt, ...]
    began: datetime
    ended: datetime
    is_open: bool = False
    same_as: str | None = None


@dataclass(frozen=True, slots=True)
class HostPlan:
    """The endpoints of one address that are still to be asked, and how often it was contacted.

    ``begun`` are the open records of endpoints whose census a stopped or killed run left unfinished:
    their cells so far are in them, and nothing that was answered is asked again.
    """

    address: str
    endpoints: tuple[Endpoint, ...]
    contacts: int = 0
    begun: tuple[EndpointRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a survey is: endpoints planned, and endpoints whose record is kept."""

    endpoints: int
    recorded: int


@dataclass(frozen=True, slots=True)
class JudgedThen:
    """The verdict of an endpoint as it was told when the survey ended, by the rules of that day.

    A comparison tells new rules from news by it.
    """

    address: str
    port: int
    ruleset_version: str
    exposure: Exposure
    severity: Severity
    speaks_dicom: bool
