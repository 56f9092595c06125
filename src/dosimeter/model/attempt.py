"""One try of one probe: done, failed or skipped. Never "nothing found"."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from dosimeter.model.facts import Fact

COUNT_PROBE: Final = "count"
"""The name of the probe that performs a census: its attempts are kept, resumed and judged apart."""


class Cause(StrEnum):
    """Why a probe failed. Refused, timed out and closed are three different findings."""

    REFUSED = "refused"
    """TCP RST in answer to the connect."""
    UNREACHABLE = "unreachable"
    """No route, or the network said so (ICMP)."""
    TIMED_OUT = "timed_out"
    CLOSED_EARLY = "closed_early"
    """The peer closed or reset before it answered."""
    NOT_DICOM = "not_dicom"
    NOT_HTTP = "not_http"
    BUSY = "busy"
    """A-ASSOCIATE-RJ source 3, reasons 1 and 2: later, never harder."""
    BAD_PEER = "bad_peer"
    """DICOM, but not as PS3.8 allows."""
    TLS_FAILED = "tls_failed"
    OUT_OF_SCOPE = "out_of_scope"
    INTERRUPTED = "interrupted"
    """The survey was stopped or killed while this was asked."""
    LOCAL = "local"
    """Our own machine: no file descriptor, no port left, no permission."""
    FAULT = "fault"
    """A fault in dosimeter itself."""


@dataclass(frozen=True, slots=True)
class Completed:
    """The probe got its answer: these facts."""

    probe: str
    facts: tuple[Fact, ...]
    outcome: Literal["completed"] = "completed"


@dataclass(frozen=True, slots=True)
class Failed:
    """The probe did not get its answer. ``detail`` is our own sentence, never the server's text.

    ``facts`` were seen before it failed.
    """

    probe: str
    cause: Cause
    detail: str
    facts: tuple[Fact, ...] = ()
    outcome: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True)
class Skipped:
    """The probe was not asked, and why."""

    probe: str
    why: str
    outcome: Literal["skipped"] = "skipped"


Attempt = Completed | Failed | Skipped
