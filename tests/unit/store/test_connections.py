from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from dosimeter.store.connections import Connections
from dosimeter.store.sqlite import open_store
from tests.contract.samples import header, hosts, record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def connections(tmp_path: Path) -> Iterator[Connections]:
    """Connections to a file with one table in write-ahead mode."""
    opened = Connections(tmp_path / "file.sqlite")
    with opened.reading() as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE kept (n INTEGER)")
    yield opened
    opened.close()


def kept(connections: Connections) -> list[int]:
    """What the table holds."""
    with connections.reading() as connection:
        return [n for (n,) in connection.execute("SELECT n FROM kept ORDER BY n")]


def test_a_connection_is_used_again(connections: Connections) -> None:
    """One question after the other goes over the same connection, two at once over two."""
    with connections.reading() as first, connections.reading() as second:
        assert first is not second
    with connections.reading() as again:
        assert again in {first, second}


def test_a_transaction_is_kept_whole_or_undone(connections: Connections) -> None:
    """What is raised inside undoes what was written, and the next writer does not wait."""
    with connections.writing() as connection:
        connection.execute("INSERT INTO kept VALUES (1)")
    with suppress(KeyboardInterrupt), connections.writing() as connection:
        connection.execute("INSERT INTO kept VALUES (2)")
        half_read = connection.execute("SELECT n FROM kept")
        assert next(half_read) == (1,)
        raise KeyboardInterrupt
    with connections.writing() as connection:
        connection.execute("INSERT INTO kept VALUES (3)")
    assert kept(connections) == [1, 3]


def test_a_connection_that_met_a_fault_is_not_used_again(connections: Connections) -> None:
    """The next question starts afresh, whatever state the fault left behind."""
    with suppress(sqlite3.OperationalError), connections.reading() as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT nothing FROM nowhere")
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
    assert kept(connections) == []


def test_a_connection_that_is_out_while_the_others_are_closed_is_closed_on_return(
    connections: Connections,
) -> None:
    """A reader may finish after close; nothing stays open behind it."""
    with connections.reading() as connection:
        connections.close()
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def test_a_reader_that_is_abandoned_holds_nothing_up(tmp_path: Path) -> None:
    """Records read half-way and dropped let the write-ahead log be emptied."""
    path = tmp_path / "store.sqlite"
    with open_store(f"sqlite:///{path}") as store:
        store.create(header(), hosts(100))
        store.record("s1", [record(planned.address) for planned in hosts(100)])
        reading = store.records("s1")
        next(reading)
        del reading
        store.record("s1", [record("10.0.0.0")])
    assert [entry.name for entry in tmp_path.iterdir()] == ["store.sqlite"]
