from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dosimeter.store.location import default_store_url, file_of
from dosimeter.store.problem import StoreProblem
from dosimeter.store.sqlite import open_store
from tests.contract.samples import NOON, header, hosts, record
from tests.unit.store.disks import make_read_only, make_writable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dosimeter.store.sqlite import SqliteStore


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A store with one survey of 300 hosts, all recorded."""
    path = tmp_path / "folder" / "store.sqlite"
    with open_store(f"sqlite:///{path}") as store:
        store.create(header(), hosts(300))
        store.record("s1", [record(planned.address) for planned in hosts(300)])
    return path


@pytest.fixture
def read_only_folder(file: Path) -> Iterator[Path]:
    """The folder of that store, where nobody may write."""
    make_read_only(file.parent)
    yield file.parent
    make_writable(file.parent)


def refusal(path: Path | str) -> str:
    """The one sentence with which opening is refused."""
    with pytest.raises(StoreProblem) as caught:
        open_store(path if isinstance(path, str) else f"sqlite:///{path}")
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def execute(path: Path, *statements: str) -> None:
    """Change the file behind the store's back."""
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    """A store in a folder that does not exist is made, and nothing else is left beside it."""
    path = tmp_path / "a" / "b" / "store.sqlite"
    with open_store(f"sqlite:///{path}") as store:
        store.create(header(), hosts(1))
    assert [entry.name for entry in path.parent.iterdir()] == ["store.sqlite"]


def test_a_new_store_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Nobody else on the machine reads which archives are open, in the file or in its journal."""
    with open_store(f"sqlite:///{tmp_path / 'store.sqlite'}") as store:
        store.create(header(), hosts(1))
        modes = {entry.name: entry.stat().st_mode & 0o777 for entry in tmp_path.iterdir()}
    assert set(modes) > {"store.sqlite", "store.sqlite-wal"}
    assert set(modes.values()) == {0o600}


def test_a_commit_is_synced_and_readers_do_not_wait(file: Path) -> None:
    """The file is in write-ahead mode, each connection syncs each commit and checks references."""
    with open_store(f"sqlite:///{file}") as store, store._connections.reading() as connection:  # noqa: SLF001
        read = connection.execute
        assert read("PRAGMA journal_mode").fetchone() == ("wal",)
        assert read("PRAGMA synchronous").fetchone() == (2,)
        assert read("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_read_only_folder_is_refused(read_only_folder: Path) -> None:
    """Named before anything is tried, for a new file too."""
    assert "is in a read-only folder" in refusal(read_only_folder / "store.sqlite")
    assert "is in a read-only folder" in refusal(read_only_folder / "new.sqlite")
    assert "cannot be made" in refusal(read_only_folder / "new" / "store.sqlite")


def test_a_read_only_file_is_refused(file: Path) -> None:
    """A file that cannot be written, in a folder that can, is named as read-only."""
    make_read_only(file)
    try:
        assert "is read-only; make it writable" in refusal(file)
    finally:
        make_writable(file)


def test_a_file_of_a_newer_version_is_refused_and_left_alone(file: Path) -> None:
    """A revision this program does not know was written by a newer one; the file stays as it is."""
    execute(file, "UPDATE alembic_version SET version_num = '9999'")
    before = file.read_bytes()
    assert "was written by a newer dosimeter" in refusal(file)
    assert file.read_bytes() == before


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    """An SQLite file with somebody else's tables is not written to, a newer alembic user's neither."""
    path = tmp_path / "photos.sqlite"
    execute(path, "CREATE TABLE photos (id INTEGER)")
    before = path.read_bytes()
    assert "is a database of another program" in refusal(path)
    execute(
        path, "CREATE TABLE alembic_version (version_num TEXT)", "INSERT INTO alembic_version VALUES ('0001')"
    )
    assert "is a database of another program" in refusal(path)
    execute(path, "DROP TABLE alembic_version")
    assert len(path.read_bytes()) >= len(before)


@pytest.mark.parametrize("content", [b"x", b"# a text file\n" * 999, b"\0" * 4096, b"SQLite format 2\0"])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    """Whatever else the file is, it is not touched."""
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    assert "is not a database" in refusal(path)
    assert path.read_bytes() == content


def test_a_file_with_the_right_start_and_nothing_else_is_refused(tmp_path: Path) -> None:
    """The magic alone makes no database."""
    path = tmp_path / "store.sqlite"
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 4080)
    assert "is not a database" in refusal(path)


def test_two_that_make_the_same_store_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    """The tables are made once; whoever comes second finds them."""
    failed: list[StoreProblem] = []

    def open_together(url: str, start: threading.Barrier) -> None:
        start.wait(10)
        try:
            open_store(url).close()
        except StoreProblem as problem:
            failed.append(problem)

    for turn in range(20):
        start = threading.Barrier(4)
        place = (f"sqlite:///{tmp_path / f'{turn}.sqlite'}", start)
        threads = [threading.Thread(target=open_together, args=place) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert failed == []


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    """A file made by ``touch`` or ``mktemp`` is as good as none."""
    path = tmp_path / "store.sqlite"
    path.touch()
    with open_store(f"sqlite:///{path}") as store:
        assert store.headers() == ()


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """A path that is a folder is named as such."""
    assert "is not a file" in refusal(tmp_path)


def test_a_parent_that_is_a_file_is_refused(file: Path) -> None:
    """A folder cannot be made where a file is."""
    assert "cannot be made" in refusal(file / "store.sqlite")


def test_damage_found_while_reading_is_a_sentence(file: Path) -> None:
    """Pages overwritten with noise raise StoreProblem, whichever question meets them."""
    content = bytearray(file.read_bytes())
    for page in range(4, len(content) // 4096):
        content[page * 4096 : page * 4096 + 64] = b"\xa5" * 64
    file.write_bytes(content)
    with open_store(f"sqlite:///{file}") as store, pytest.raises(StoreProblem, match="is damaged"):
        list(store.records("s1"))


@pytest.mark.parametrize(
    ("change", "ask"),
    [
        ("UPDATE records SET attempts = '[[1]]'", lambda store: list(store.records("s1"))),
        ("UPDATE records SET began = 'yesterday'", lambda store: list(store.records("s1"))),
        ("UPDATE records SET service = 'gopher'", lambda store: list(store.records("s1"))),
        ("UPDATE hosts SET endpoints = '{'", lambda store: list(store.pending("s1"))),
        ("UPDATE surveys SET state = 'lost'", lambda store: store.header("s1")),
    ],
)
def test_a_damaged_row_is_a_sentence(file: Path, change: str, ask: Callable[[SqliteStore], object]) -> None:
    """A value that cannot be what was written is named as damage, not raised as a fault."""
    execute(file, change)
    with open_store(f"sqlite:///{file}") as store, pytest.raises(StoreProblem, match="damaged row"):
        ask(store)


def test_a_store_locked_by_another_process_is_a_sentence(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that cannot get its turn says so; reading goes on."""
    monkeypatch.setattr("dosimeter.store.connections.BUSY_SECONDS", 0.05)
    other = sqlite3.connect(file, isolation_level=None)
    with open_store(f"sqlite:///{file}") as store:
        store.resume("s1")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreProblem, match="is locked by another process"):
            store.intend("s1", ["10.0.0.0"], NOON)
        assert store.counts("s1").recorded == 300
        other.execute("ROLLBACK")
        store.intend("s1", ["10.0.0.0"], NOON)
    other.close()


def test_an_id_that_is_no_file_name_is_refused(file: Path) -> None:
    """A survey's id names its lock file, so it cannot climb out of the folder."""
    with open_store(f"sqlite:///{file}") as store, pytest.raises(ValueError, match="cannot name a survey"):
        store.create(header("../x"), hosts(1))


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://user:secret@db/dosimeter", "kind that is not supported"),
        ("sqlite://", "names no file"),
        ("sqlite:///", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite://host/file", "names no file"),
        ("store.sqlite", "is not a URL; write sqlite:///store.sqlite"),
    ],
)
def test_another_url_is_refused(url: str, says: str) -> None:
    """One sentence says what to write, and repeats no password."""
    sentence = refusal(url)
    assert says in sentence
    assert "secret" not in sentence


def test_a_url_names_a_relative_or_an_absolute_file() -> None:
    """Three slashes are relative, four absolute, and ~ is the home folder."""
    assert file_of("sqlite:///a/b.sqlite") == Path("a/b.sqlite")
    assert file_of("sqlite:////a/b.sqlite") == Path("/a/b.sqlite")
    assert file_of("sqlite:///~/b.sqlite") == Path.home() / "b.sqlite"


def test_the_default_is_in_the_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default follows the desktop's convention and makes nothing."""
    monkeypatch.setenv("XDG_DATA_HOME", "/nowhere/data")
    monkeypatch.setattr("sys.platform", "linux")
    assert default_store_url() == "sqlite:////nowhere/data/dosimeter/dosimeter.sqlite"
    assert not Path("/nowhere").exists()
