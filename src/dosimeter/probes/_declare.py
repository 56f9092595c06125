"""What a probe is: one question to one target, declared where it is asked."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from dosimeter.model.attempt import Cause
from dosimeter.model.facts import (
    CellCounted,
    EchoAnswered,
    Ending,
    Fact,
    NullQueryAnswered,
    NullRetrieveAnswered,
    Titles,
)
from dosimeter.model.message import say
from dosimeter.model.scope import Authorisation, Touch
from dosimeter.model.target import ON_DICOM, Service
from dosimeter.model.web import Purpose, WebAnswered
from dosimeter.net.dialer import Line
from dosimeter.net.scu import Scu

if TYPE_CHECKING:
    from dosimeter.dicom.keyed_set import KeyedSet
    from dosimeter.net.mllp import MllpLine
    from dosimeter.net.web_line import WebLine


class Rides(StrEnum):
    """Which association a probe uses."""

    OWN = "own"
    """It opens its own, one or more."""
    STRANGERS = "stranger's"
    """It belongs to the stranger's association, and opens none."""
    WEB = "web"
    """The HTTP connection of the visit, kept open between probes."""


class NotAsked(Exception):
    """The probe found that its question does not apply here. Says why."""


@dataclass(frozen=True, slots=True)
class Counting:
    """What a census of one endpoint is given by the run it belongs to.

    ``key`` is 32 random bytes of this process: with it identifiers are hashed, and it is dropped at the
    end. ``known`` are the cells that a run before was answered. ``keep`` returns once a cell is on the
    disk; ``holdings`` is told, at the end, the studies that were seen, so that archives can be compared.
    """

    key: bytes
    known: tuple[CellCounted, ...]
    keep: Callable[[CellCounted], None]
    holdings: Callable[[Titles, KeyedSet], None]


@dataclass(slots=True)
class Visit:
    """What a probe is given: the line, the authorisation, the stranger's title, what was seen so far.

    The runner adds to ``seen`` after each probe; a probe changes nothing. ``requests`` are those over HTTP
    so far, whichever probe asked; ``heard`` is what the probe that is running was answered, so that a
    failure does not lose it. The runner empties it before each.

    ``stranger_called`` is the called AE title made up for this survey. ``stranger_failed`` is why
    the stranger's association got no answer, or None. With ``overloaded`` nothing more is asked.
    ``counting`` is None where nothing may be counted. ``web`` is the line to a web port, ``mllp`` that
    to an HL7 port, None on others. ``is_sampled_elsewhere`` says that another port of the host was sampled.
    ``landed`` is the path at which the front page was found, set by `web_landing`.
    """

    line: Line
    authorisation: Authorisation
    stranger_called: str
    seen: tuple[Fact, ...] = ()
    stranger_failed: Cause | None = None
    overloaded: bool = False
    counting: Counting | None = None
    web: WebLine | None = None
    mllp: MllpLine | None = None
    is_sampled_elsewhere: bool = False
    landed: str = "/"
    requests: int = 0
    heard: list[WebAnswered] = field(default_factory=list)


_OUT_OF_RESOURCES: Final = 0xA700
_TOO_MANY_REQUESTS: Final = 429
_UNAVAILABLE: Final = 503
_WHOLE_SERVER: Final = frozenset({Purpose.LANDING, Purpose.CONTROL})


@dataclass(frozen=True, slots=True)
class Probe:
    """One declaration: the planner, the command line and the documentation come from it.

    ``needs`` is the type of fact without which the probe is skipped. ``run`` returns facts or
    raises `NotAsked`, or `WireFailure` from the line. ``order`` is its place among its siblings,
    ``services`` what it is asked of.
    """

    name: str
    asks: str
    touch: Touch
    reference: str
    rides: Rides
    needs: type[Fact] | None
    order: int
    run: Callable[[Visit], Awaitable[tuple[Fact, ...]]]
    services: frozenset[Service] = ON_DICOM


@cache
def discover() -> tuple[Probe, ...]:
    """Every probe of this folder, in the order in which they are asked."""
    package = importlib.import_module("dosimeter.probes")
    modules = (
        importlib.import_module(f"{package.__name__}.{entry.name}")
        for entry in pkgutil.iter_modules(package.__path__)
        if not entry.name.startswith("_")
    )
    found: list[Probe] = [module.PROBE for module in modules]
    return tuple(sorted(found, key=lambda probe: probe.order))


def is_overloaded(facts: Iterable[Fact]) -> bool:
    """Whether a question ran into its deadline, or there were no resources for it.

    Later, never harder (DESIGN §4): such a peer is asked nothing more. The signs are PS3.4 Table C.4-1,
    RFC 6585 §4 and RFC 9110 §15.6.4; of the last, a single path may be what is unavailable, two are not.
    """
    unavailable = 0
    for fact in facts:
        if isinstance(fact, (EchoAnswered, NullQueryAnswered, NullRetrieveAnswered)) and (
            fact.ending is Ending.SILENCE or fact.status == _OUT_OF_RESOURCES
        ):
            return True
        if isinstance(fact, WebAnswered):
            unavailable += fact.status == _UNAVAILABLE
            is_whole = unavailable > 1 or (fact.status == _UNAVAILABLE and fact.purpose in _WHOLE_SERVER)
            if is_whole or fact.status == _TOO_MANY_REQUESTS:
                return True
    return False


def web_line(visit: Visit) -> WebLine:
    """The line to a web port.

    Raises:
        NotAsked: this visit is to a port of another kind.
    """
    if visit.web is None:
        raise NotAsked(say("not a web port"))
    return visit.web


def open_association(visit: Visit) -> Scu:
    """The stranger's association, while it is open.

    Raises:
        NotAsked: it has ended.
    """
    association = visit.line.association
    if association is None or not association.is_open:
        raise NotAsked(say("the association had ended"))
    return association
