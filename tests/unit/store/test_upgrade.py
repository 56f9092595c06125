from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine

from dosimeter.store.engine import open_engine
from dosimeter.store.schema import KNOWN_REVISIONS, METADATA, REVISION
from dosimeter.store.upgrade import MIGRATIONS, upgrade


def schema_of(connection: Connection) -> list[tuple[str, ...]]:
    """Each column, key and index of each table, as SQLite sees it."""
    read = connection.exec_driver_sql
    seen: list[tuple[str, ...]] = []
    for table in sorted(METADATA.tables):
        for pragma in ("table_xinfo", "foreign_key_list", "index_list", "table_list"):
            rows = read(f"PRAGMA {pragma}({table})").all()
            seen += sorted((table, pragma, *map(str, row)) for row in rows)
    return seen


def test_the_migrations_lead_to_the_tables_of_the_program(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A file brought up by the migrations equals a new one, and nothing is printed on the way."""
    migrated = create_engine(f"sqlite:///{tmp_path / 'old.sqlite'}")
    with migrated.begin() as connection:
        upgrade(connection)
        old = schema_of(connection)
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one() == REVISION
    migrated.dispose()
    reading, _writing = open_engine(tmp_path / "new.sqlite")
    with reading.connect() as connection:
        assert schema_of(connection) == old
    reading.dispose()
    assert capfd.readouterr() == ("", "")


def test_every_migration_is_a_known_revision() -> None:
    """The list in the schema is complete, in order, and ends with the current one."""
    files = sorted(path.name[1:5] for path in (MIGRATIONS / "versions").glob("v*.py"))
    assert tuple(files) == KNOWN_REVISIONS
    assert KNOWN_REVISIONS[-1] == REVISION


def test_an_older_file_is_upgraded_when_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of a known older revision goes through the migrations, in the transaction of the opener."""
    path = tmp_path / "store.sqlite"
    open_engine(path)[0].dispose()
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    engine.dispose()
    monkeypatch.setattr("dosimeter.store.engine.KNOWN_REVISIONS", ("0000", "0001"))
    upgraded: list[bool] = []
    monkeypatch.setattr(
        "dosimeter.store.engine.upgrade", lambda connection: upgraded.append(connection.in_transaction())
    )
    open_engine(path)[0].dispose()
    assert upgraded == [True]
