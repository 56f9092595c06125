"""The store on one SQLite file."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Final, Self, TypeVar

from dosimeter.model.survey import Progress, SurveyState
from dosimeter.store import judgements as judgement_rows
from dosimeter.store import places as place_rows
from dosimeter.store import sightings as sighting_rows
from dosimeter.store import statements
from dosimeter.store.attempts import encode_cell
from dosimeter.store.database import open_database
from dosimeter.store.location import file_of
from dosimeter.store.lock import SurveyLock, is_locked
from dosimeter.store.problem import StoreProblem, told_as_problems
from dosimeter.store.rows import (
    address_key,
    endpoint_row,
    host_row,
    moment_text,
    read_address,
    read_header,
    read_host,
    read_record,
    record_rows,
    survey_row,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path
    from sqlite3 import Connection

    from dosimeter.model.facts import CellCounted
    from dosimeter.model.place import Place, Sighting
    from dosimeter.model.survey import EndpointRecord, HostPlan, JudgedThen, SurveyHeader
    from dosimeter.model.target import Endpoint
    from dosimeter.store.rows import HeaderRow, PendingRow

LAST: Final = "last"
"""The word :meth:`SqliteStore.find` takes for the newest survey."""

_HOSTS_A_BATCH: Final = 5_000
_HOSTS_A_PAGE: Final = 1_000
_SIGHTINGS_A_BATCH: Final = 20_000

_Column = TypeVar("_Column", int, str)
_Row = TypeVar("_Row")
_Model = TypeVar("_Model")


def open_store(url: str) -> SqliteStore:
    """The store that ``sqlite:///FILE`` names; the file and its folders are made if missing.

    Raises:
        StoreProblem: it cannot be used, and why.
    """
    return SqliteStore(file_of(url))


class SqliteStore:
    """Surveys in a file: write-ahead log, each commit synced to the disk, one writer at a time.

    Methods may be called from any thread. Each raises :class:`StoreProblem` if the file fails it or
    the survey is unknown; nothing committed before is lost then.
    """

    def __init__(self, path: Path) -> None:
        self._where = str(path)
        self._path = path
        self._connections = open_database(path)
        self._written: dict[str, tuple[int, SurveyLock]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def create(self, header: SurveyHeader, hosts: Iterable[HostPlan], scope_path: str = "") -> None:
        """Keep a new survey and its plan, whole or not at all, and become its writer.

        Raises:
            ValueError: the plan names a port twice or the id is not fit for a file name.
        """
        with ExitStack() as undo:
            lock = SurveyLock(self._path, header.id)
            undo.callback(lock.let_go)
            with self._write() as connection:
                survey: int
                [(survey,)] = connection.execute(statements.ADD_SURVEY, survey_row(header, scope_path))
                endpoints = self._add_hosts(connection, survey, hosts)
                connection.execute(statements.SET_ENDPOINTS, (endpoints, survey))
            undo.pop_all()
        self._written[header.id] = (survey, lock)

    def _add_hosts(self, connection: Connection, survey: int, hosts: Iterable[HostPlan]) -> int:
        endpoints = position = 0
        stream = iter(hosts)
        while batch := list(islice(stream, _HOSTS_A_BATCH)):
            rows = [host_row(survey, position + place, plan) for place, plan in enumerate(batch)]
            connection.executemany(statements.ADD_HOST, rows)
            position += len(batch)
            endpoints += sum(len(plan.endpoints) for plan in batch)
        return endpoints

    def resume(self, survey_id: str) -> None:
        """Become the writer of a survey that is not completed: it runs again, nobody asks it to stop."""
        survey = self._key(survey_id)
        with ExitStack() as undo:
            if survey_id not in self._written:
                lock = SurveyLock(self._path, survey_id)
                undo.callback(lock.let_go)
                self._written[survey_id] = (survey, lock)
                undo.callback(self._written.pop, survey_id)
            self._refuse_completed(survey_id)
            with self._write() as connection:
                connection.execute(statements.RUN_AGAIN, (SurveyState.RUNNING.value, survey))
            undo.pop_all()

    def _refuse_completed(self, survey_id: str) -> None:
        if self.header(survey_id).state is SurveyState.COMPLETED:
            raise StoreProblem(self._where, f"holds survey {survey_id} as completed; start a new one")

    def pending(self, survey_id: str) -> Iterator[HostPlan]:
        """The hosts that have endpoints without a record, or with an open one, with those endpoints alone.

        Read in pages, so that a survey of days does not keep the write-ahead log from being emptied.
        Records opened while this is read are those of hosts that it has gone past.
        """
        survey, position = self._key(survey_id), -1
        begun = self._begun(survey)
        while True:
            with self._read() as connection:
                page: list[PendingRow] = connection.execute(
                    statements.PENDING_PAGE, (survey, position, _HOSTS_A_PAGE)
                ).fetchall()
            if not page:
                return
            position = page[-1][0]
            with self._told_as_damage():
                plans = [read_host(row, begun.get(row[1], ())) for row in page]
            yield from (plan for plan in plans if plan.endpoints)

    def _begun(self, survey: int) -> dict[str, tuple[EndpointRecord, ...]]:
        """The open records, by address."""
        with self._read() as connection:
            rows = connection.execute(statements.OPEN_RECORDS, (survey,)).fetchall()
        begun: dict[str, tuple[EndpointRecord, ...]] = {}
        with self._told_as_damage():
            for record in map(read_record, rows):
                address = record.endpoint.address
                begun[address] = (*begun.get(address, ()), record)
        return begun

    def intend(self, survey_id: str, addresses: Sequence[str], at: datetime) -> None:
        """Note, on the disk, that these hosts are about to be contacted.

        Raises:
            ValueError: an address is not one of the survey's hosts; nothing was noted.
        """
        if not addresses:
            return
        survey, moment = self._owned(survey_id), moment_text(at)
        rows = [(moment, survey, address_key(address)) for address in addresses]
        with self._write() as connection:
            if connection.executemany(statements.INTEND, rows).rowcount != len(rows):
                raise ValueError(f"an address is not a host of survey {survey_id}")

    def withdraw(self, survey_id: str, addresses: Sequence[str]) -> None:
        """Take one intent back for each of these hosts: they were not contacted after all."""
        if not addresses:
            return
        survey = self._owned(survey_id)
        rows = [(survey, address_key(address)) for address in addresses]
        with self._write() as connection:
            connection.executemany(statements.WITHDRAW, rows)

    def record(self, survey_id: str, records: Sequence[EndpointRecord]) -> None:
        """Keep what endpoints answered, all or none; an address and port recorded before is replaced.

        The cells that were kept for a record that was open are dropped once it is not.
        """
        if not records:
            return
        rows = record_rows(self._owned(survey_id), records)
        closed = [row[:3] for row, record in zip(rows, records, strict=True) if not record.is_open]
        with self._write() as connection:
            connection.executemany(statements.RECORD, rows)
            connection.executemany(statements.DROP_CELLS, closed)

    def checkpoint(self, survey_id: str, endpoint: Endpoint, cell: CellCounted) -> None:
        """Keep one cell more of an endpoint whose record is open.

        Raises:
            ValueError: the endpoint has no open record; nothing was kept.
        """
        change = (encode_cell(cell), *endpoint_row(self._owned(survey_id), endpoint))
        with self._write() as connection:
            if connection.execute(statements.ADD_CELL, change).rowcount != 1:
                raise ValueError(f"{endpoint.authority} has no open record in survey {survey_id}")

    def join(self, survey_id: str, pairs: Sequence[tuple[Endpoint, Endpoint]]) -> None:
        """Note of the first endpoint of each pair that it holds the same studies as the second."""
        if not pairs:
            return
        survey = self._owned(survey_id)
        rows = [(first.authority, *endpoint_row(survey, endpoint)) for endpoint, first in pairs]
        with self._write() as connection:
            connection.executemany(statements.JOIN, rows)

    def finish(self, survey_id: str, state: SurveyState, at: datetime) -> None:
        """Say how the survey ended, and when."""
        change = (state.value, moment_text(at), self._owned(survey_id))
        with self._write() as connection:
            connection.execute(statements.FINISH, change)

    def add_sightings(self, survey_id: str, seen: Iterable[Sighting]) -> None:
        """Keep what inventories say, together with what they said before; ``seen`` is read as a stream.

        Kept in batches, each whole or not at all: what went before a fault of the stream stays.
        """
        survey, stream = self._owned(survey_id), iter(seen)
        while batch := list(islice(stream, _SIGHTINGS_A_BATCH)):
            together = sighting_rows.merged_by_key(survey, batch)
            with self._write() as connection:
                for key, sighting in together.items():
                    known: sighting_rows.SightingRow | None
                    known = connection.execute(sighting_rows.KNOWN, key).fetchone()
                    if known is not None:
                        with self._told_as_damage():
                            together[key] = sighting_rows.merged(sighting_rows.read_sighting(known), sighting)
                rows = [sighting_rows.sighting_row(key, sighting) for key, sighting in together.items()]
                connection.executemany(sighting_rows.KEEP, rows)

    def sightings(self, survey_id: str) -> Iterator[Sighting]:
        """What inventories said, one sighting an endpoint, by address as a number and port."""
        return self._stream(sighting_rows.ALL, survey_id, sighting_rows.read_sighting)

    def set_places(self, survey_id: str, located: Iterable[tuple[str, Place]]) -> None:
        """Keep where addresses are, in place of what was kept before; needs no claim to the survey.

        An address comes once. ``located`` is read as a stream and does not write to this store.
        """
        survey = self._key(survey_id)
        rows = (
            (survey, address_key(address), address, place_rows.encode_place(place))
            for address, place in located
        )
        with self._write() as connection:
            connection.execute(place_rows.DROP, (survey,))
            connection.executemany(place_rows.ADD, rows)

    def places(self, survey_id: str) -> Iterator[tuple[str, Place]]:
        """Where addresses are, by address as a number."""
        return self._stream(place_rows.ALL, survey_id, place_rows.read_place)

    def set_judgements(self, survey_id: str, judged: Iterable[JudgedThen]) -> None:
        """Keep the verdicts as they were told, in place of those kept before; needs no claim to the survey.

        An endpoint comes once. ``judged`` is read as a stream and does not write to this store.
        """
        survey = self._key(survey_id)
        with self._write() as connection:
            connection.execute(judgement_rows.DROP, (survey,))
            rows = (judgement_rows.judgement_row(survey, each) for each in judged)
            connection.executemany(judgement_rows.ADD, rows)

    def judgements(self, survey_id: str) -> Iterator[JudgedThen]:
        """The verdicts as they were told, by address as a number and port."""
        return self._stream(judgement_rows.ALL, survey_id, judgement_rows.read_judgement)

    def header(self, survey_id: str) -> SurveyHeader:
        """The survey as it stands."""
        with self._read() as connection:
            row: HeaderRow | None = connection.execute(statements.HEADER, (survey_id,)).fetchone()
        if row is None:
            raise self._unknown(survey_id)
        with self._told_as_damage():
            return read_header(row)

    def headers(self) -> tuple[SurveyHeader, ...]:
        """Every survey, newest first."""
        with self._read() as connection:
            rows: list[HeaderRow] = connection.execute(statements.HEADERS).fetchall()
        with self._told_as_damage():
            return tuple(map(read_header, rows))

    def records(self, survey_id: str) -> Iterator[EndpointRecord]:
        """What was recorded, by address as a number and port; one consistent view.

        Of a record that is open it says what is known so far.
        """
        return self._stream(statements.RECORDS, survey_id, read_record)

    def answered(self, survey_id: str) -> Iterator[str]:
        """The addresses of which anything was learnt, by address as a number; closed ports alone are none."""
        return self._stream(statements.ANSWERED, survey_id, read_address)

    def counts(self, survey_id: str) -> Progress:
        """How many endpoints are planned and how many recorded; an open record is not counted yet."""
        with self._read() as connection:
            row: tuple[int, int] | None = connection.execute(statements.COUNTS, (survey_id,)).fetchone()
        if row is None:
            raise self._unknown(survey_id)
        return Progress(*row)

    def request_stop(self, survey_id: str) -> None:
        """Ask whichever process runs the survey to stop; needs no claim to the survey."""
        survey = self._key(survey_id)
        with self._write() as connection:
            connection.execute(statements.REQUEST_STOP, (survey,))

    def stop_requested(self, survey_id: str) -> bool:
        """Whether somebody asked."""
        return self._one(statements.STOP_REQUESTED, survey_id, int) != 0

    def has_writer(self, survey_id: str) -> bool:
        """Whether a process, this one or another, writes the survey at this moment."""
        try:
            return is_locked(self._path, survey_id)
        except OSError as error:
            raise StoreProblem(self._where, f"cannot be asked who writes it: {error.strerror}") from error

    def scope_path(self, survey_id: str) -> str:
        """Where the scope file was when the survey was created."""
        return self._one(statements.SCOPE_PATH, survey_id, str)

    def find(self, prefix: str) -> str:
        """The id of the one survey whose id starts so; ``"last"`` is the newest."""
        ids = [header.id for header in self.headers()]
        if not ids:
            raise StoreProblem(self._where, "holds no survey yet")
        if prefix == LAST:
            return ids[0]
        found = [name for name in ids if name == prefix] or [name for name in ids if name.startswith(prefix)]
        if len(found) != 1 or not prefix:
            many = "several surveys" if found else "no survey"
            raise StoreProblem(self._where, f"holds {many} whose id starts with {prefix!r}; see survey list")
        return found[0]

    def close(self) -> None:
        """Let go of the file and of every survey this store writes. Closing twice does nothing."""
        self._connections.close()
        while self._written:
            _survey_id, (_survey, lock) = self._written.popitem()
            lock.let_go()

    def _stream(self, statement: str, survey_id: str, read: Callable[[_Row], _Model]) -> Iterator[_Model]:
        """What the statement finds of the survey, one consistent view."""
        survey = self._key(survey_id)
        with (
            self._read() as connection,
            closing(connection.execute(statement, (survey,))) as rows,
            self._told_as_damage(),
        ):
            yield from map(read, rows)

    def _key(self, survey_id: str) -> int:
        return self._one(statements.KEY, survey_id, int)

    def _one(self, statement: str, survey_id: str, kind: type[_Column]) -> _Column:
        """The one column that the statement reads of the survey."""
        with self._read() as connection:
            row = connection.execute(statement, (survey_id,)).fetchone()
        if row is None:
            raise self._unknown(survey_id)
        with self._told_as_damage():
            return kind(row[0])

    def _unknown(self, survey_id: str) -> StoreProblem:
        return StoreProblem(self._where, f"holds no survey {survey_id!r}; see survey list")

    def _owned(self, survey_id: str) -> int:
        if survey_id not in self._written:
            raise ValueError(f"survey {survey_id} was neither created nor resumed here")
        return self._written[survey_id][0]

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with told_as_problems(self._where), self._connections.writing() as connection:
            yield connection

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with told_as_problems(self._where), self._connections.reading() as connection:
            yield connection

    @contextmanager
    def _told_as_damage(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, TypeError) as error:
            raise StoreProblem(self._where, f"holds a damaged row: {error}") from error
