from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dosimeter.model.facts import CellCounted
from dosimeter.model.survey import Progress
from dosimeter.store.problem import StoreProblem
from dosimeter.store.sqlite import SqliteStore, open_store
from tests.contract.samples import cell, header, hosts, record
from tests.unit.store.disks import SmallDisk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dosimeter.model.survey import EndpointRecord

KILLS = 30
OPENED = replace(record("10.0.0.0"), is_open=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A store with a survey of two hosts: the first is being counted, the second is recorded."""
    path = tmp_path / "store.sqlite"
    with open_store(f"sqlite:///{path}") as store:
        begin(store)
        for year in range(2026, 2016, -1):
            store.checkpoint("s1", OPENED.endpoint, cell(str(year)))
    return path


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk that is soon full."""
    small = SmallDisk(tmp_path / "disk")
    yield small
    small.remove()


def begin(store: SqliteStore) -> None:
    """A survey of two hosts, the first with an open record."""
    store.create(header(), hosts(2))
    store.record("s1", [OPENED, record("10.0.0.1")])


def cells_of(kept: EndpointRecord) -> list[str]:
    """The names of the cells that an open record ends with."""
    last = kept.attempts[-1]
    assert not isinstance(last, str)
    return [fact.cell for fact in getattr(last, "facts", ()) if isinstance(fact, CellCounted)]


def execute(path: Path, *statements: str) -> None:
    """Change the file behind the store's back."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE cells SET cell = '[]' WHERE position = 3",
        "UPDATE cells SET cell = 'x' WHERE position = 9",
        "UPDATE cells SET cell = substr(cell, 1, 40) WHERE position = 0",
        "UPDATE cells SET cell = replace(cell, 'dates', 'daytes')",
        "UPDATE cells SET cell = x'ff00' WHERE position = 2",
    ],
)
def test_a_damaged_cell_is_a_sentence(file: Path, change: str) -> None:
    """Whether a report or a resume meets it, it is named as damage and not raised as a fault."""
    execute(file, change)
    with open_store(f"sqlite:///{file}") as store:
        with pytest.raises(StoreProblem, match="damaged"):
            list(store.records("s1"))
        with pytest.raises(StoreProblem, match="damaged"):
            list(store.pending("s1"))
        assert store.counts("s1") == Progress(2, 1)


def test_a_final_record_in_the_place_of_damaged_cells_is_read_again(file: Path) -> None:
    """The cells of an endpoint are gone with its final record, damaged or not."""
    execute(file, "UPDATE cells SET cell = 'x'")
    with open_store(f"sqlite:///{file}") as store:
        store.resume("s1")
        store.record("s1", [record("10.0.0.0")])
        assert list(store.records("s1")) == [record("10.0.0.0"), record("10.0.0.1")]


def test_cells_are_read_in_the_order_in_which_they_were_kept(file: Path) -> None:
    """Also where the rows were shuffled on the way."""
    execute(
        file,
        "CREATE TABLE shuffled AS SELECT * FROM cells ORDER BY cell DESC",
        "DELETE FROM cells",
        "INSERT INTO cells SELECT * FROM shuffled ORDER BY random()",
        "DROP TABLE shuffled",
    )
    with open_store(f"sqlite:///{file}") as store:
        first, _second = store.records("s1")
    assert cells_of(first) == [str(year) for year in range(2026, 2016, -1)]


def test_dropped_cells_leave_no_bytes(file: Path) -> None:
    """Once they are in the final record the file has them no more, nor has its write-ahead log."""
    assert b"cell_counted" in file.read_bytes()
    with open_store(f"sqlite:///{file}") as store:
        store.resume("s1")
        store.record("s1", [record("10.0.0.0")])
    assert [found.name for found in file.parent.iterdir()] == [file.name]
    assert b"cell_counted" not in file.read_bytes()


def fill(store: SqliteStore) -> tuple[int, str]:
    """Keep cells until the disk is full; how many, and what was said."""
    kept = 0
    while True:
        try:
            store.checkpoint("s1", OPENED.endpoint, cell(str(kept)))
        except StoreProblem as problem:
            return kept, str(problem)
        kept += 1


def test_a_disk_that_fills_up_in_a_census_loses_no_cell_that_was_kept(disk: SmallDisk) -> None:
    """One sentence; every checkpoint that returned is there, and with room the census goes on."""
    url = f"sqlite:///{disk.folder / 'store.sqlite'}"
    with open_store(url) as store:
        begin(store)
        kept, problem = fill(store)
        assert "disk" in problem
        first, _second = store.records("s1")
        assert cells_of(first) == [str(number) for number in range(kept)]
        assert kept > 100
    disk.enlarge()
    with open_store(url) as store:
        store.resume("s1")
        store.checkpoint("s1", OPENED.endpoint, cell("more"))
        first, _second = store.records("s1")
        assert cells_of(first) == [*(str(number) for number in range(kept)), "more"]
        store.record("s1", [record("10.0.0.0")])
        assert list(store.pending("s1")) == []


def count_until_killed(url: str, told: int) -> None:
    """In a child: checkpoint cell after cell, and say a byte after each that returned."""
    with open_store(url) as store:
        store.resume("s1")
        (begun,) = next(store.pending("s1")).begun
        number = len(cells_of(begun))
        while True:
            store.checkpoint("s1", OPENED.endpoint, cell(str(number)))
            os.write(told, b"c")
            number += 1


def test_a_kill_at_any_instant_of_a_census_loses_no_cell(tmp_path: Path) -> None:
    """Thirty kills: each checkpoint that returned is there, at most one more, in order and whole."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    with open_store(url) as store:
        begin(store)
    chance = random.Random(11)
    so_far = 0
    for _kill in range(KILLS):
        heard, told = os.pipe()
        child = os.fork()
        if child == 0:
            with suppress(BaseException):
                count_until_killed(url, told)
            os._exit(70)
        os.close(told)
        said = os.read(heard, 1)
        time.sleep(chance.uniform(0, 0.01))
        os.kill(child, signal.SIGKILL)
        _child, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "the child ended by itself"
        while more := os.read(heard, 65_536):
            said += more
        os.close(heard)
        with open_store(url) as store:
            first, second = store.records("s1")
        assert cells_of(first) == [str(number) for number in range(len(cells_of(first)))]
        assert 0 <= len(cells_of(first)) - so_far - len(said) <= 1
        assert second == record("10.0.0.1")
        so_far = len(cells_of(first))
    assert so_far > KILLS


def test_another_process_reads_the_cells_and_may_not_add_any(file: Path) -> None:
    """One writer a survey: a second one is refused, and reads while the first one counts."""
    with open_store(f"sqlite:///{file}") as writer, open_store(f"sqlite:///{file}") as reader:
        writer.resume("s1")
        with pytest.raises(StoreProblem, match="another process"):
            reader.resume("s1")
        reading = reader.records("s1")
        assert len(cells_of(next(reading))) == 10
        writer.checkpoint("s1", OPENED.endpoint, cell("2016"))
        assert next(reading) == record("10.0.0.1")
        reading.close()
        first, _second = reader.records("s1")
        assert len(cells_of(first)) == 11


def test_a_checkpoint_waits_for_another_survey_that_is_being_written(file: Path) -> None:
    """Two surveys count into one file: neither loses a cell to the other."""
    with open_store(f"sqlite:///{file}") as one, open_store(f"sqlite:///{file}") as other:
        one.resume("s1")
        other.create(header("s2"), hosts(1))
        other.record("s2", [OPENED])
        for number in range(50):
            one.checkpoint("s1", OPENED.endpoint, cell(f"one {number}"))
            other.checkpoint("s2", OPENED.endpoint, cell(f"other {number}"))
        first, _second = one.records("s1")
        (kept,) = other.records("s2")
    assert cells_of(first)[10:] == [f"one {number}" for number in range(50)]
    assert cells_of(kept) == [f"other {number}" for number in range(50)]


def test_a_checkpoint_costs_little(tmp_path: Path) -> None:
    """Under five milliseconds each on a disk that syncs, so that many counts can go on side by side."""
    with open_store(f"sqlite:///{tmp_path / 'store.sqlite'}") as store:
        begin(store)
        began = time.perf_counter()
        for number in range(200):
            store.checkpoint("s1", OPENED.endpoint, cell(str(number)))
        assert (time.perf_counter() - began) / 200 < 0.005
