"""What a survey needs from the outside: somewhere to keep facts, and the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from dosimeter.model.facts import CellCounted
    from dosimeter.model.place import Place, Sighting
    from dosimeter.model.survey import (
        EndpointRecord,
        HostPlan,
        JudgedThen,
        Progress,
        SurveyHeader,
        SurveyState,
    )
    from dosimeter.model.target import Endpoint


class Clock(Protocol):
    """The time of day, and a time that never jumps."""

    def now(self) -> datetime:
        """The moment, in UTC, with its time zone."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary moment; never goes back."""


class SurveyStore(Protocol):
    """Keeps surveys: the plan, each intent to contact, and the facts.

    One process writes to a survey; any number may read it meanwhile. A process becomes the writer
    with :meth:`create` or :meth:`resume` and stays it until :meth:`close`. What a method has
    written when it returns outlives a crash of the program and of the machine. Methods may be
    called from any thread. A store that cannot do what it is asked raises its own exception, with
    a sentence for the user.
    """

    def create(self, header: SurveyHeader, hosts: Iterable[HostPlan], scope_path: str = "") -> None:
        """Keep a new survey and its plan, whole or not at all; ``hosts`` is read as a stream.

        The order of ``hosts`` is the order of :meth:`pending`. An address comes once, and a port
        once in it. ``scope_path`` says where the scope file was, for a later resume.
        """

    def resume(self, survey_id: str) -> None:
        """Take up a survey that is not completed: it is running again, a stop request is dropped."""

    def pending(self, survey_id: str) -> Iterator[HostPlan]:
        """The hosts that have endpoints without a record, with those endpoints alone, in plan order.

        So is an endpoint whose record is open; then the record is in ``begun``, as :meth:`records` has
        it. ``contacts`` counts the intents. Records that arrive while this is read may be seen or not.
        """

    def intend(self, survey_id: str, addresses: Sequence[str], at: datetime) -> None:
        """Note that these hosts are about to be contacted. Nobody is contacted before it returns."""

    def withdraw(self, survey_id: str, addresses: Sequence[str]) -> None:
        """Take one intent back for each of these hosts: they were not contacted after all."""

    def record(self, survey_id: str, records: Sequence[EndpointRecord]) -> None:
        """Keep what endpoints answered, all or none. An address and port recorded before is replaced.

        The service is not part of what names an endpoint: a port planned as DICOM may be recorded
        as DICOM-TLS. A record that is not open takes the endpoint's checkpoints with it: they are in it.
        """

    def checkpoint(self, survey_id: str, endpoint: Endpoint, cell: CellCounted) -> None:
        """Keep one cell more of a census under way; the endpoint's record is open."""

    def join(self, survey_id: str, pairs: Sequence[tuple[Endpoint, Endpoint]]) -> None:
        """Note of the first endpoint of each pair that it holds the same studies as the second."""

    def finish(self, survey_id: str, state: SurveyState, at: datetime) -> None:
        """Say how the survey ended, and when."""

    def add_sightings(self, survey_id: str, seen: Iterable[Sighting]) -> None:
        """Keep what inventories say, together with what they said before; ``seen`` is read as a stream.

        All sources of an endpoint are kept, the first and the last time, and of each statement the latest.
        """

    def sightings(self, survey_id: str) -> Iterator[Sighting]:
        """What inventories said, one sighting an endpoint, by address as a number and port."""

    def set_places(self, survey_id: str, located: Iterable[tuple[str, Place]]) -> None:
        """Keep where addresses are, in place of what was kept before, whole or not at all.

        Any process may, whoever writes the survey. An address comes once. ``located`` may read this
        store and does not write to it.
        """

    def places(self, survey_id: str) -> Iterator[tuple[str, Place]]:
        """Where addresses are, by address as a number."""

    def set_judgements(self, survey_id: str, judged: Iterable[JudgedThen]) -> None:
        """Keep the verdicts as they were told, in place of those kept before; as :meth:`set_places`."""

    def judgements(self, survey_id: str) -> Iterator[JudgedThen]:
        """The verdicts as they were told, by address as a number and port."""

    def header(self, survey_id: str) -> SurveyHeader:
        """The survey as it stands."""

    def headers(self) -> tuple[SurveyHeader, ...]:
        """Every survey, newest first."""

    def records(self, survey_id: str) -> Iterator[EndpointRecord]:
        """What was recorded, as a stream, by address (as a number) and port; one consistent view.

        An open record ends with a failed attempt ``count``, cause interrupted, that has the cells so far.
        """

    def answered(self, survey_id: str) -> Iterator[str]:
        """The addresses of which a record says more than that nobody answered, by address as a number."""

    def counts(self, survey_id: str) -> Progress:
        """How many endpoints are planned and how many recorded; an open record is not yet one."""

    def request_stop(self, survey_id: str) -> None:
        """Ask whichever process runs the survey to stop."""

    def stop_requested(self, survey_id: str) -> bool:
        """Whether somebody asked."""

    def scope_path(self, survey_id: str) -> str:
        """Where the scope file was when the survey was created."""

    def find(self, prefix: str) -> str:
        """The id of the one survey whose id starts so; ``"last"`` is the newest."""

    def close(self) -> None:
        """Let go of the store and of every survey this process writes."""
