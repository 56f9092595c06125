from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from dosimeter.model.survey import Progress, SurveyState
from dosimeter.store import judgements, places, sightings, statements
from dosimeter.store.database import open_database
from dosimeter.store.problem import StoreProblem
from dosimeter.store.schema import METADATA
from dosimeter.store.sqlite import open_store
from dosimeter.store.tables import INDEXES, KNOWN_REVISIONS, REVISION, TABLES
from dosimeter.store.upgrade import MIGRATIONS, upgrade
from tests.contract.samples import NOON, cell, header, host, hosts, record
from tests.unit.store import revision_0001

AFTER = f"{int(REVISION) + 1:04}"

NEXT = f'''
import sqlalchemy as sa
from alembic import op

revision = "{AFTER}"
down_revision = "{REVISION}"


def upgrade() -> None:
    """Make the table anew, as SQLite needs it for most changes."""
    with op.batch_alter_table("surveys", recreate="always") as table:
        table.add_column(sa.Column("note", sa.String, nullable=False, server_default="none"))
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A store of the current revision with one survey of ten hosts, all recorded."""
    path = tmp_path / "store.sqlite"
    with open_store(f"sqlite:///{path}") as store:
        store.create(header(), hosts(10))
        store.record("s1", [record(planned.address) for planned in hosts(10)])
    return path


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program as it will be after one more migration; returns that migration's file."""
    shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    step = tmp_path / "migrations" / "versions" / f"v{AFTER}_note.py"
    step.write_text(NEXT, encoding="utf-8")
    monkeypatch.setattr("dosimeter.store.upgrade.MIGRATIONS", tmp_path / "migrations")
    monkeypatch.setattr("dosimeter.store.database.KNOWN_REVISIONS", (*KNOWN_REVISIONS, AFTER))
    monkeypatch.setattr("dosimeter.store.database.REVISION", AFTER)
    return step


def schema_of(path: Path) -> list[tuple[str, ...]]:
    """Each column, key and index of each table, as SQLite sees it."""
    seen: list[tuple[str, ...]] = []
    with closing(sqlite3.connect(path)) as connection:
        for table in sorted(METADATA.tables):
            for pragma in ("table_xinfo", "foreign_key_list", "index_list", "table_list"):
                rows = connection.execute(f"PRAGMA {pragma}({table})").fetchall()
                seen += sorted((table, pragma, *map(str, row)) for row in rows)
    return seen


def revision_of(path: Path) -> str:
    """The revision that the file says it has."""
    with closing(sqlite3.connect(path)) as connection:
        [(revision,)] = connection.execute("SELECT version_num FROM alembic_version")
        return str(revision)


def words_of(statement: str) -> str:
    """The statement without the difference that spaces make."""
    return " ".join(statement.split()).replace("( ", "(").replace(" )", ")")


def test_the_text_of_the_tables_is_their_definition() -> None:
    """SQLAlchemy makes of schema.py, for SQLite, the very statements that tables.py holds."""
    defined = [CreateTable(table).compile(dialect=sqlite.dialect()) for table in METADATA.sorted_tables]
    assert list(map(words_of, TABLES)) == [words_of(str(statement)) for statement in defined]
    indexes = [
        CreateIndex(index).compile(dialect=sqlite.dialect())
        for table in METADATA.sorted_tables
        for index in table.indexes
    ]
    assert list(map(words_of, INDEXES)) == [words_of(str(statement)) for statement in indexes]


def test_the_migrations_lead_to_the_tables_of_the_program(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A file brought up by the migrations equals a new one, and nothing is printed on the way."""
    old, new = tmp_path / "old.sqlite", tmp_path / "new.sqlite"
    upgrade(old)
    open_database(new).close()
    assert schema_of(old) == schema_of(new)
    assert revision_of(old) == revision_of(new) == REVISION
    assert capfd.readouterr() == ("", "")


def test_every_migration_is_a_known_revision() -> None:
    """The list of revisions is complete, in order, and ends with the current one."""
    files = sorted(path.name[1:5] for path in (MIGRATIONS / "versions").glob("v*.py"))
    assert tuple(files) == KNOWN_REVISIONS
    assert KNOWN_REVISIONS[-1] == REVISION


def test_every_statement_is_one_that_the_tables_can_answer(file: Path) -> None:
    """SQLite prepares each statement on a new file; none is misspelt or out of date."""
    modules = (statements, sightings, places, judgements)
    texts = [
        text
        for module in modules
        for name, text in vars(module).items()
        if name.isupper() and isinstance(text, str)
    ]
    with closing(sqlite3.connect(file)) as connection:
        for text in texts:
            connection.execute(f"EXPLAIN {text}", (0,) * text.count("?"))
    assert len(texts) > 20


def test_a_file_from_before_there_was_a_census_is_read_as_it_was(tmp_path: Path) -> None:
    """The surveys of revision 0001 are all there, with what is pending, and look like those of today."""
    old, new = tmp_path / "old.sqlite", tmp_path / "new.sqlite"
    revision_0001.write(old, hosts=10, recorded=7)
    open_database(new).close()
    with open_store(f"sqlite:///{old}") as store:
        assert store.headers() == (header(),)
        assert store.scope_path("s1") == "/etc/dosimeter/scope.toml"
        assert list(store.records("s1")) == [record(planned.address) for planned in hosts(7)]
        left = [replace(host("10.0.0.7"), contacts=1), host("10.0.0.8"), host("10.0.0.9")]
        assert list(store.pending("s1")) == left
        assert store.counts("s1") == Progress(10, 7)
    assert revision_of(old) == REVISION
    assert schema_of(old) == schema_of(new)


def test_a_survey_from_before_there_was_a_census_goes_on(tmp_path: Path) -> None:
    """What an older version began is resumed, counted, joined and finished by this one."""
    path = tmp_path / "old.sqlite"
    revision_0001.write(path, hosts=3, recorded=1)
    with open_store(f"sqlite:///{path}") as store:
        store.resume("s1")
        store.intend("s1", ["10.0.0.1", "10.0.0.2"], NOON)
        store.record("s1", [replace(record("10.0.0.1"), is_open=True), record("10.0.0.2")])
        store.checkpoint("s1", record("10.0.0.1").endpoint, cell("2019"))
        store.record("s1", [record("10.0.0.1")])
        store.join("s1", [(record("10.0.0.2").endpoint, record("10.0.0.0").endpoint)])
        store.finish("s1", SurveyState.COMPLETED, NOON)
        kept = list(store.records("s1"))
    joined = replace(record("10.0.0.2"), same_as="10.0.0.0:11112")
    assert kept == [record("10.0.0.0"), record("10.0.0.1"), joined]


def test_an_older_file_is_upgraded_when_it_is_opened(file: Path, next_version: Path) -> None:
    """A file of a known older revision goes through the migrations and keeps what it held."""
    with open_store(f"sqlite:///{file}") as store:
        assert store.headers() == (header(),)
        assert list(store.records("s1")) == [record(planned.address) for planned in hosts(10)]
    assert revision_of(file) == AFTER
    assert ("surveys", "table_xinfo", "14", "note", "VARCHAR", "1", "'none'", "0", "0") in schema_of(file)


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(file: Path, next_version: Path) -> None:
    """A step that would leave rows without what they refer to is refused whole."""
    before = schema_of(file)
    with next_version.open("a", encoding="utf-8") as step:
        step.write('    op.execute("DELETE FROM surveys")\n')
    with pytest.raises(StoreProblem, match="contradicts"):
        open_store(f"sqlite:///{file}")
    assert revision_of(file) == REVISION
    assert schema_of(file) == before


def test_an_upgrade_waits_for_another_process_and_then_says_so(
    file: Path, next_version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that somebody else writes to is not upgraded under their hands."""
    monkeypatch.setattr("dosimeter.store.upgrade.BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreProblem, match="is locked by another process"):
            open_store(f"sqlite:///{file}")
    assert revision_of(file) == REVISION
