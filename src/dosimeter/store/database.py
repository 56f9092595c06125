"""Opens the database file: what it is, which version, made new if it is not there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from dosimeter.store.connections import Connections
from dosimeter.store.lock import alone_in
from dosimeter.store.problem import StoreProblem, told_as_problems
from dosimeter.store.statements import SET_REVISION
from dosimeter.store.tables import APPLICATION_ID, INDEXES, KNOWN_REVISIONS, REVISION, TABLES

if TYPE_CHECKING:
    from pathlib import Path
    from sqlite3 import Connection

_MAGIC: Final = b"SQLite format 3\0"
"""The first bytes of every database file (sqlite.org/fileformat.html §1.3.1)."""


def open_database(path: Path) -> Connections:
    """Connections to a file with the tables of this program.

    Raises:
        StoreProblem: the file or its folder cannot be used, or holds something else.
    """
    _prepare_folder(path)
    _check_file(path)
    connections = Connections(path)
    try:
        with told_as_problems(str(path)):
            if not _is_up_to_date(connections, path):
                with alone_in(path.parent):
                    _bring_up_to_date(connections, path)
    except StoreProblem:
        connections.close()
        raise
    except OSError as error:
        connections.close()
        raise StoreProblem(str(path), f"cannot be made: {error.strerror} ({path.parent})") from error
    return connections


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


def _is_up_to_date(connections: Connections, path: Path) -> bool:
    """Asked without a lock of any kind: a file that is up to date can be opened during a survey."""
    with connections.reading() as connection:
        return _revision(connection, str(path)) == REVISION


def _bring_up_to_date(connections: Connections, path: Path) -> None:
    where = str(path)
    with connections.reading() as connection:
        revision = _revision(connection, where)
        if revision == REVISION:
            return
        # Readers and the writer do not wait for each other; the file remembers the mode.
        connection.execute("PRAGMA journal_mode = WAL")
    if revision is None:
        with connections.writing() as connection:
            _make_tables(connection)
        return
    from dosimeter.store.upgrade import upgrade

    upgrade(path)


def _make_tables(connection: Connection) -> None:
    for statement in (*TABLES, *INDEXES):
        connection.execute(statement)
    connection.execute(SET_REVISION, (REVISION,))
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _revision(connection: Connection, where: str) -> str | None:
    """The revision of the file, None if it is empty."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return None
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID or "alembic_version" not in tables:
        raise StoreProblem(where, "is a database of another program; name another file")
    revisions = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    for known in KNOWN_REVISIONS:
        if revisions == [(known,)]:
            return known
    raise StoreProblem(where, "was written by a newer dosimeter; update dosimeter or name another file")
