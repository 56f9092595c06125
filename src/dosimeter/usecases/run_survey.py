"""Run a survey, or go on with one: scope → gate → endpoints → store → probes."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from dosimeter import __version__
from dosimeter.exposure.rules import RULESET_VERSION
from dosimeter.inventory.entry import parse_target
from dosimeter.inventory.expand import BY_SCOPE, endpoints_for
from dosimeter.inventory.read import read_inventory, tally_for
from dosimeter.inventory.spool import SightingSpool
from dosimeter.inventory.tally import Tally
from dosimeter.model.message import Message, say
from dosimeter.model.problem import Problem
from dosimeter.model.scope import Authorisation, Touch
from dosimeter.model.survey import SurveyHeader, SurveyState
from dosimeter.model.target import Target
from dosimeter.net.dialer import Dialer
from dosimeter.net.gate import OutOfScope, ScopeGate
from dosimeter.net.loop import Loop
from dosimeter.scopefile.narrow import narrow
from dosimeter.store.location import default_store_url, file_of
from dosimeter.store.sqlite import SqliteStore
from dosimeter.survey.audit import AuditLog
from dosimeter.survey.events import Observer
from dosimeter.survey.runner import Assignment, Runner
from dosimeter.usecases.authorise import authorisation_of
from dosimeter.usecases.collector import rare_collections
from dosimeter.usecases.descriptors import raise_descriptor_limit
from dosimeter.usecases.locating import PlaceSources, has_forgotten_places, locate, place_sources
from dosimeter.usecases.surveys import opened
from dosimeter.usecases.system_clock import SystemClock

STOP_POLL_SECONDS: Final = 0.5
"""How often the store is asked whether `survey stop` was said."""
ALL_ASKED: Final = say("all was asked")
NOT_COMPARED: Final = say(
    "Archives counted before are not compared with those counted now: the key for it was never stored. "
    "One that stands behind two addresses may be counted twice."
)

NOT_PLACED: Final = say(
    "Where the archives are and whose they are was not stored: if the survey began with --owners or "
    "--geo-db, give them again, now or to `dosimeter report`."
)
"""A run places what answered when it ends, in order; one that was killed did not."""


class Watch(Observer, Protocol):
    """An observer that is told what is coming and may ask for the end."""

    def began(self, survey_id: str, hosts: int, endpoints: int) -> None:
        """The survey starts or goes on with this many hosts and endpoints still to ask."""

    def note(self, sentence: str) -> None:
        """Something the user should know before the first connection."""

    def stop_wanted(self) -> bool:
        """Whether the user, or the system, asked for the end."""

    def interrupted(self) -> bool:
        """Whether it was the user, at the terminal, who asked for the end."""


@dataclass(frozen=True, slots=True)
class SurveyRequest:
    """What the user asked for. None means the default; empty tuples mean all that the scope names."""

    scope: Path
    targets: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    touch: str | None = None
    called_ae_titles: tuple[str, ...] = ()
    calling_ae_titles: tuple[str, ...] = ()
    store_url: str | None = None
    audit: Path | None = None
    trusted_keys: Path | None = None
    geo_dbs: tuple[Path, ...] = ()
    owners: Path | None = None


@dataclass(frozen=True, slots=True)
class ResumeRequest:
    """A survey to go on with: its targets, exclusions and touch are as they were.

    ``scope`` is needed only if the file was moved. Which titles are used is said again; empty tuples
    mean all that the scope names.
    """

    survey: str
    scope: Path | None = None
    called_ae_titles: tuple[str, ...] = ()
    calling_ae_titles: tuple[str, ...] = ()
    store_url: str | None = None
    audit: Path | None = None
    trusted_keys: Path | None = None
    geo_dbs: tuple[Path, ...] = ()
    owners: Path | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended, and its sentence for the user."""

    survey_id: str
    completed: bool
    interrupted: bool
    says: Message


@rare_collections()
def start(request: SurveyRequest, watch: Watch) -> Outcome:
    """Run a new survey.

    Raises:
        Problem: the scope, a target, an inventory, the store or the audit log cannot be used.
            Nobody has been contacted then, or what was learnt before is stored.
    """
    clock = SystemClock()
    scope = authorisation_of(request.scope, request.trusted_keys)
    authorisation = narrow(scope, exclude=request.exclude, touch=_touch(request.touch))
    authorisation = _with_titles(authorisation, request)
    gate = ScopeGate(authorisation, clock.now)
    with (
        place_sources(request.geo_dbs, request.owners, authorisation) as sources,
        SightingSpool(gate, authorisation.ports) as spool,
    ):
        tallies: list[Tally] = []
        expansion = endpoints_for(
            _targets(request, spool, tallies) if request.targets or request.lists else None,
            authorisation,
            gate,
            seed=secrets.randbits(64),
            excluded_by=_excluded_by(scope, request.exclude),
            read=tallies,
        )
        for sentence in expansion.left_out.sentences:
            watch.note(sentence)
        header = SurveyHeader(
            id=f"{clock.now():%Y%m%d}-{secrets.token_hex(4)}",
            tool_version=__version__,
            ruleset_version=RULESET_VERSION,
            scope_sha256=authorisation.sha256,
            authorised_by=authorisation.authorised_by,
            reference=authorisation.reference,
            touch=authorisation.touch,
            started=clock.now(),
            completed=None,
            state=SurveyState.RUNNING,
        )
        with (
            opened(request.store_url) as store,
            AuditLog(_audit_path(request.audit, request.store_url), header, clock) as audit,
        ):
            store.create(header, expansion.plans(), str(request.scope.resolve()))
            store.add_sightings(header.id, spool)
            spool.close()
            run = _Run(store, header, authorisation, gate, clock, sources)
            return run.perform(audit, expansion.hosts, watch)


@rare_collections()
def resume(request: ResumeRequest, watch: Watch) -> Outcome:
    """Go on with a survey that was stopped or killed: what has a record is not asked again.

    Raises:
        Problem: as `start`; or the scope file is not the one the survey began under.
    """
    clock = SystemClock()
    with opened(request.store_url) as store:
        survey_id = store.find(request.survey)
        header = store.header(survey_id)
        path = request.scope or Path(store.scope_path(survey_id))
        authorisation = authorisation_of(path, request.trusted_keys)
        if authorisation.sha256 != header.scope_sha256:
            raise Problem(
                f"survey {survey_id} began under another scope than {path} is now; "
                "start a new survey, or name the old file with --scope"
            )
        authorisation = _with_titles(narrow(authorisation, touch=header.touch), request)
        gate = ScopeGate(authorisation, clock.now)
        with (
            place_sources(request.geo_dbs, request.owners, authorisation) as sources,
            AuditLog(_audit_path(request.audit, request.store_url), header, clock) as audit,
        ):
            store.resume(survey_id)
            if header.touch >= Touch.COUNT and store.counts(survey_id).recorded:
                watch.note(NOT_COMPARED)
            was_killed = header.state is SurveyState.RUNNING and has_forgotten_places(store, survey_id)
            if was_killed and request.owners is None and not request.geo_dbs:
                watch.note(NOT_PLACED)
            hosts = sum(1 for _ in store.pending(survey_id))
            return _Run(store, header, authorisation, gate, clock, sources).perform(audit, hosts, watch)


class _Run:
    """One run over what is pending of a survey whose store is open."""

    def __init__(
        self,
        store: SqliteStore,
        header: SurveyHeader,
        authorisation: Authorisation,
        gate: ScopeGate,
        clock: SystemClock,
        sources: PlaceSources,
    ) -> None:
        self._store = store
        self._header = header
        self._authorisation = authorisation
        self._gate = gate
        self._clock = clock
        self._sources = sources
        self._why: str = ALL_ASKED

    def perform(self, audit: AuditLog, hosts: int, watch: Watch) -> Outcome:
        """Ask, store, and say how it ended."""
        survey_id, pace = self._header.id, self._authorisation.pace
        progress = self._store.counts(survey_id)
        allowed = raise_descriptor_limit(pace.hosts_in_flight)
        if allowed < pace.hosts_in_flight:
            watch.note(
                say(
                    "this machine allows {allowed} hosts in flight, not {wanted}: raise ulimit -n",
                    allowed=str(allowed),
                    wanted=str(pace.hosts_in_flight),
                )
            )
            pace = replace(pace, hosts_in_flight=allowed)
        authorisation = replace(self._authorisation, pace=pace)
        loop = Loop()
        audit.survey_started(self._header.touch.word, hosts)
        audit.flush()
        watch.began(survey_id, hosts, progress.endpoints - progress.recorded)
        dialer = Dialer(loop, self._gate, audit, pace)
        assignment = Assignment(survey_id, authorisation, authorisation.touch, _made_up_title())
        runner = Runner(assignment, self._store, audit, dialer, self._clock, watch)
        try:
            completed = runner.run(self._store.pending(survey_id), self._stopper(watch))
            if not completed and self._why == ALL_ASKED:
                self._is_over()  # The gate refused a moment before the stopper looked: it says why.
            state = SurveyState.COMPLETED if completed else SurveyState.STOPPED
            self._store.finish(survey_id, state, self._clock.now())
            audit.survey_ended(state, self._why)
        finally:
            loop.close()
        locate(self._store, survey_id, self._sources)
        says = say("{why}", why=self._why)
        if not completed:
            says = say("{why}; `dosimeter survey resume {survey}` goes on", why=self._why, survey=survey_id)
        return Outcome(survey_id, completed, watch.interrupted() and not completed, says)

    def _stopper(self, watch: Watch) -> Callable[[], bool]:
        """Whether to stop: the user or the system said so, `survey stop`, or the time is over."""
        next_poll = 0.0

        def is_stopped() -> bool:
            nonlocal next_poll
            if watch.stop_wanted():
                self._why = say("stopped by a signal")
                return True
            now = self._clock.monotonic()
            if now < next_poll:
                return False
            next_poll = now + STOP_POLL_SECONDS
            return self._is_over()

        return is_stopped

    def _is_over(self) -> bool:
        try:
            self._gate.check_time("the survey", self._clock.now())
        except OutOfScope as refusal:
            self._why = refusal.says
            return True
        if self._store.stop_requested(self._header.id):
            self._why = say("stopped by `survey stop`")
            return True
        return False


def _excluded_by(scope: Authorisation, exclude: tuple[str, ...]) -> Message:
    """Who left an address out: the two are one list from here on."""
    if not exclude:
        return BY_SCOPE
    both = scope.exclude_networks or scope.exclude_names
    return say("the scope or --exclude") if both else say("--exclude")


def _with_titles(authorisation: Authorisation, request: SurveyRequest | ResumeRequest) -> Authorisation:
    return replace(
        authorisation,
        called_ae_titles=_chosen(request.called_ae_titles, authorisation.called_ae_titles, "called"),
        calling_ae_titles=_chosen(request.calling_ae_titles, authorisation.calling_ae_titles, "calling"),
    )


def _touch(word: str | None) -> Touch | None:
    if word is None:
        return None
    try:
        return Touch[word.upper()]
    except KeyError:
        words = ", ".join(touch.word for touch in Touch)
        raise Problem(f"--touch {word} is none of {words}") from None


def _chosen(wanted: tuple[str, ...], listed: tuple[str, ...], kind: str) -> tuple[str, ...]:
    for title in wanted:
        if title not in listed:
            raise Problem(
                f"the {kind} AE title {title} is not on the scope's list: ask the authoriser to add it to "
                f"scope.{kind}_ae_titles (titles are never guessed)"
            )
    return wanted or listed


def _targets(request: SurveyRequest, spool: SightingSpool, tallies: list[Tally]) -> Iterator[Target]:
    """What the user and the inventories name; an inventory can be read once, so the rest is kept here."""
    for text in request.targets:
        yield parse_target(text)
    for path in map(Path, request.lists):
        tally = tally_for(path)
        tallies.append(tally)
        for found in read_inventory(path, tally):
            if found.sighting is not None:
                spool.add(found.sighting)
            yield found.target


def _audit_path(path: Path | None, store_url: str | None) -> Path:
    return path or file_of(store_url or default_store_url()).with_name("audit.jsonl")


def _made_up_title() -> str:
    """A called AE title that nobody has configured (adr 0007)."""
    return f"NOBODY-{secrets.token_hex(3).upper()}"
