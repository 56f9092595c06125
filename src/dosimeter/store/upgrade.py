"""Bring an older file to the tables of this program. The one place that needs SQLAlchemy and alembic."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.exc import DBAPIError

from dosimeter.store.connections import BUSY_SECONDS

MIGRATIONS: Final = Path(__file__).parent / "migrations"


def upgrade(path: Path) -> None:
    """Run the steps that are missing, all or none.

    Raises:
        sqlite3.Error: the file is locked, damaged or cannot grow; it is as it was.
    """
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    try:
        with engine.begin() as connection:
            _migrate(connection)
            # A row may refer to nothing only until the step that moved its table is done.
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise sqlite3.IntegrityError("FOREIGN KEY constraint failed")
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise error.orig from error
        raise
    finally:
        engine.dispose()


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous = FULL")
    # A step that makes a table anew drops the old one while others refer to it
    # (sqlite.org/lang_altertable.html §7).
    connection.execute("PRAGMA foreign_keys = OFF")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
