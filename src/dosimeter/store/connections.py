"""Connections to the file: taken for one question or one transaction, kept for the next."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_SECONDS: Final = 5.0
"""How long a write waits for another process to finish its own."""


class Connections:
    """As many as are in use at once; each is used by one thread at a time.

    What fails raises :class:`sqlite3.Error`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._idle_guard = threading.Lock()
        self._one_writer = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that commits each statement by itself: one SELECT is one consistent view.

        Whoever does not read a SELECT to its end closes its cursor before ``with`` ends.
        """
        with self._idle_guard:
            home = self._idle
            connection = home.pop() if home else None
        if connection is None:
            connection = self._connect()
        is_sound = False
        try:
            yield connection
            is_sound = True
        finally:
            if not is_sound:  # Whatever it met, the next user starts afresh.
                connection.close()
        with self._idle_guard:
            if home is self._idle:
                home.append(connection)
                return
        connection.close()  # It was out while the others were closed.

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection inside a transaction that is committed, or rolled back if anything is raised."""
        with self._one_writer, self.reading() as connection:
            # IMMEDIATE waits for another process here; a transaction that began by reading could not later.
            connection.execute("BEGIN IMMEDIATE")
            is_committed = False
            try:
                yield connection
                connection.commit()
                is_committed = True
            finally:
                if not is_committed:
                    connection.rollback()

    def close(self) -> None:
        """Close them once the write under way is done. They are opened again if they are wanted again."""
        with self._one_writer, self._idle_guard:
            closing, self._idle = self._idle, []
        for connection in closing:
            connection.close()

    def _connect(self) -> sqlite3.Connection:
        # No isolation level: transactions are begun above; the driver's own guesses would commit around DDL.
        connection = sqlite3.connect(
            self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        # FULL: a commit is on the disk and outlives a power cut (sqlite.org/pragma.html#pragma_synchronous).
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # What is dropped leaves no bytes in the file (sqlite.org/pragma.html#pragma_secure_delete).
        connection.execute("PRAGMA secure_delete = ON")
        return connection
