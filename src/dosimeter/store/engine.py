"""Opens the database file: what it is, which version, made new if it is not there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import URL, Connection, create_engine, event, inspect

from dosimeter.store.problem import StoreProblem, told_as_problems
from dosimeter.store.schema import APPLICATION_ID, KNOWN_REVISIONS, METADATA, REVISION, VERSION
from dosimeter.store.upgrade import upgrade

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy import Engine

BUSY_SECONDS: Final = 5.0
"""How long a write waits for another process to finish its own."""

_MAGIC: Final = b"SQLite format 3\0"
"""The first bytes of every database file (sqlite.org/fileformat.html §1.3.1)."""


def open_engine(path: Path) -> tuple[Engine, Engine]:
    """An engine that reads and one that writes, on a file with the tables of this program.

    Raises:
        StoreProblem: the file or its folder cannot be used, or holds something else.
    """
    where = str(path)
    _prepare_folder(path)
    _check_file(path)
    reading = create_engine(URL.create("sqlite", database=where), connect_args={"timeout": BUSY_SECONDS})
    event.listen(reading, "connect", _set_up)
    event.listen(reading, "begin", _begin)
    writing = reading.execution_options(dosimeter_writes=True)
    try:
        with told_as_problems(where):
            _bring_up_to_date(reading, writing, where)
    except StoreProblem:
        reading.dispose()
        raise
    return reading, writing


def _prepare_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        says = f"cannot be made: {error.strerror} ({path.parent})"
        raise StoreProblem(str(path), says) from error


def _check_file(path: Path) -> None:
    where = str(path)
    # SQLite makes its journal beside the file, so the folder counts as much as the file.
    if not os.access(path.parent, os.W_OK):
        raise StoreProblem(where, "is in a read-only folder; name a file where you may write")
    try:
        if not path.exists():
            # It says whose archives are open: for its owner's eyes. SQLite gives its journal the same mode.
            os.close(os.open(path, os.O_CREAT | os.O_CLOEXEC, 0o600))
            return
        if not path.is_file():
            raise StoreProblem(where, "is not a file; name another")
        if not os.access(path, os.W_OK):
            raise StoreProblem(where, "is read-only; make it writable or name another file")
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError as error:
        raise StoreProblem(where, f"cannot be read: {error.strerror}") from error
    if start and start != _MAGIC:
        raise StoreProblem(where, "is not a database; name another file")


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    # Transactions are begun below; the driver's own guesses would commit around DDL.
    connection.isolation_level = None
    # FULL: a commit is on the disk, so it outlives a power cut (sqlite.org/pragma.html#pragma_synchronous).
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    # IMMEDIATE waits for the other writer here; a transaction that starts reading could not wait later.
    writes = connection.get_execution_options().get("dosimeter_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _bring_up_to_date(reading: Engine, writing: Engine, where: str) -> None:
    with reading.connect() as connection:
        # Asked first without the write lock: a file that is up to date can be opened during a survey.
        if _revision(connection, where) == REVISION:
            return
    _to_wal(writing)
    with writing.begin() as connection:
        revision = _revision(connection, where)
        if revision is None:
            METADATA.create_all(connection)
            connection.execute(VERSION.insert().values(version_num=REVISION))
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        elif revision != REVISION:
            upgrade(connection)


def _to_wal(engine: Engine) -> None:
    """Readers and the writer do not wait for each other; the file remembers the mode."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode = WAL")
    finally:
        raw.close()


def _revision(connection: Connection, where: str) -> str | None:
    """The revision of the file, None if it is empty."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    application = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    if application != APPLICATION_ID or VERSION.name not in tables:
        raise StoreProblem(where, "is a database of another program; name another file")
    revision = connection.execute(VERSION.select()).scalar_one_or_none()
    if revision not in KNOWN_REVISIONS:
        raise StoreProblem(where, "was written by a newer dosimeter; update dosimeter or name another file")
    return str(revision)
