from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.badinput.settled import Settled, assert_refused
from tests.peers.archive import Archive, Reject, Script
from tests.survey.terminal import Terminal
from tests.survey.towns import CAPPED, SHAPE, archive, census_of, town, value
from tests.unit.store.disks import SmallDisk, make_read_only, make_writable


@pytest.fixture
def read_only(settled: Settled) -> Iterator[Path]:
    folder = settled.terminal.folder / "kept"
    folder.mkdir()
    said = settled.terminal.run(
        *("survey", "--scope", settled.scope, "--store", f"sqlite:///{folder / 'kept.sqlite'}")
    )
    assert said.code == 0
    settled.visits = len(settled.archive.visits)
    make_read_only(folder)
    yield folder
    make_writable(folder)


def test_a_store_that_is_read_only(settled: Settled, read_only: Path) -> None:
    """Facts that could not be kept are not asked for."""
    url = f"sqlite:///{read_only / 'kept.sqlite'}"
    settled.refused("--scope", settled.scope, store=url, words=("read-only",))


def test_a_store_from_a_newer_version(settled: Settled) -> None:
    """An old program does not write into a file it does not understand, nor change a byte of it."""
    path = settled.terminal.folder / "newer.sqlite"
    url = f"sqlite:///{path}"
    settled.terminal.run("survey", "--scope", settled.scope, "--store", url)
    settled.visits = len(settled.archive.visits)
    with sqlite3.connect(path) as connection:
        (table,) = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%version%'"
        ).fetchone()
        connection.execute(f"UPDATE {table} SET version_num = '9999'")  # noqa: S608 - the name is the schema's
    connection.close()
    before = path.read_bytes()
    settled.refused("--scope", settled.scope, store=url, words=("newer",))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "url", ["sqlite:///", "sqlite:///:memory:", "postgresql://host/base", "store.sqlite", "sqlite:////"]
)
def test_a_store_that_is_none(settled: Settled, url: str) -> None:
    """The message says how to write one."""
    settled.refused("--scope", settled.scope, store=url)


def test_a_store_that_is_another_file(settled: Settled) -> None:
    """Nothing is written into what is not ours."""
    path = settled.terminal.folder / "letter.odt"
    path.write_bytes(b"Dear colleague, " * 1000)
    settled.refused("--scope", settled.scope, store=f"sqlite:///{path}", words=("not a database",))
    assert path.read_bytes() == b"Dear colleague, " * 1000


def test_an_audit_log_that_cannot_be_written(settled: Settled) -> None:
    """Without the log nobody is contacted."""
    settled.refused("--scope", settled.scope, "--audit", settled.terminal.folder, words=("audit log",))


def test_a_report_that_cannot_be_written_is_named_before_anybody_is_contacted(settled: Settled) -> None:
    """A survey of a night is not for a folder that does not exist."""
    settled.refused("--scope", settled.scope, "-o", "nowhere/report.json", words=("nowhere",))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """One megabyte, with the scope and the store on it."""
    small = SmallDisk(tmp_path / "disk")
    yield small
    small.remove()


def test_a_disk_that_is_full_before_the_survey_begins(disk: SmallDisk) -> None:
    """The plan does not fit: one sentence, and nobody is contacted."""
    user = Terminal(disk.folder)
    with Archive(address="127.0.9.1") as archive:
        scope = user.scope(archive, networks=["127.0.0.0/18"])
        said = user.survey("--scope", scope)
    assert_refused(said, "disk")
    assert archive.visits == []


def test_a_disk_that_fills_up_in_the_middle(disk: SmallDisk) -> None:
    """What was kept before is safe, and with room made the survey goes on to its end."""
    user = Terminal(disk.folder)
    reject = Script(on_associate=lambda _request: Reject())
    with Archive(reject, address="127.0.9.1") as archive:
        scope = user.scope(archive, networks=["127.0.8.0/22"], pace={"new_hosts_per_second": 400})
        said = user.survey("--scope", scope)
        assert said.code == 2, said.err
        assert said.err.splitlines()[-1].startswith("dosimeter: ")
        assert "Traceback" not in said.err
        assert "disk is full" in said.err or "No space left" in said.err
        before = user.survey("list").out
        assert "died" in before
        disk.enlarge()
        resumed = user.survey("resume", "last", "-f", "csv")
    assert resumed.code == 0, resumed.err
    assert (
        "1022/1022 endpoints" in user.survey("list").out or "1024/1024 endpoints" in user.survey("list").out
    )
    assert len(archive.visits) <= 2


def test_a_disk_that_fills_up_in_a_census(disk: SmallDisk) -> None:
    """One sentence, the archives are told A-ABORT, and with room made every study is counted."""
    user = Terminal(disk.folder)
    with town(user, *(archive(number, CAPPED) for number in range(1, 7))) as place:
        said = user.end(place.start("store"))
        assert said.code == 2, said.err
        assert "Traceback" not in said.err
        assert any(why in said.err.splitlines()[-1] for why in ("disk", "No space left", "too large"))
        assert any(record.is_open for record in place.kept("store").values())
        disk.enlarge()
        place.resume("store")
        counted = [value(census_of(record)) for record in place.kept("store").values()]
    assert counted == [SHAPE.studies] * 6
