"""The definition of the tables, in SQLAlchemy Core, for SQLite and whatever database comes next.

``migrations/`` brings older files to this shape and ``tables.py`` has it as text for new ones: the
tests hold both to it. A running store imports neither this file nor SQLAlchemy.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    text,
)

METADATA: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

SURVEYS: Final = Table(
    "surveys",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("tool_version", String, nullable=False),
    Column("ruleset_version", String, nullable=False),
    Column("scope_sha256", String, nullable=False),
    Column("scope_path", String, nullable=False),
    Column("authorised_by", String, nullable=False),
    Column("reference", String, nullable=False),
    Column("touch", Integer, nullable=False),
    Column("started", String, nullable=False),
    Column("completed", String),
    Column("state", String, nullable=False),
    Column("endpoints", Integer, nullable=False),
    Column("stop_requested", Integer, nullable=False, server_default="0"),
)

HOSTS: Final = Table(
    "hosts",
    METADATA,
    Column("survey", Integer, ForeignKey("surveys.seq"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("address_key", LargeBinary, nullable=False),
    Column("address", String, nullable=False),
    Column("endpoints", String, nullable=False),
    Column("contacts", Integer, nullable=False, server_default="0"),
    Column("contacted", String),
    PrimaryKeyConstraint("survey", "position"),
    UniqueConstraint("survey", "address_key"),
    sqlite_with_rowid=False,
)

# Rows of a kilobyte or two do not belong into a WITHOUT ROWID tree: they are appended in order of
# arrival, and the index puts them in order of address.
RECORDS: Final = Table(
    "records",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("survey", Integer, nullable=False),
    Column("address_key", LargeBinary, nullable=False),
    Column("port", Integer, nullable=False),
    Column("address", String, nullable=False),
    Column("service", String, nullable=False),
    Column("name", String),
    Column("began", String, nullable=False),
    Column("ended", String, nullable=False),
    Column("attempts", String, nullable=False),
    Column("is_open", Integer, nullable=False, server_default="0"),
    Column("same_as", String),
    UniqueConstraint("survey", "address_key", "port"),
    ForeignKeyConstraint(["survey", "address_key"], ["hosts.survey", "hosts.address_key"]),
    CheckConstraint("port BETWEEN 1 AND 65535", name="port"),
)

# The few records whose census is under way, found without reading the many others.
OPEN_RECORDS: Final = Index(
    "ix_records_open",
    RECORDS.c.survey,
    RECORDS.c.address_key,
    RECORDS.c.port,
    sqlite_where=text("is_open = 1"),
)

CELLS: Final = Table(
    "cells",
    METADATA,
    Column("survey", Integer, nullable=False),
    Column("address_key", LargeBinary, nullable=False),
    Column("port", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("cell", String, nullable=False),
    PrimaryKeyConstraint("survey", "address_key", "port", "position"),
    ForeignKeyConstraint(
        ["survey", "address_key", "port"], ["records.survey", "records.address_key", "records.port"]
    ),
    sqlite_with_rowid=False,
)

# What inventories say of an endpoint; port 0 is the whole host.
SIGHTINGS: Final = Table(
    "sightings",
    METADATA,
    Column("survey", Integer, ForeignKey("surveys.seq"), nullable=False),
    Column("address_key", LargeBinary, nullable=False),
    Column("port", Integer, nullable=False),
    Column("address", String, nullable=False),
    Column("sources", String, nullable=False),
    Column("first_seen", String),
    Column("last_seen", String),
    Column("country", String),
    Column("asn", Integer),
    Column("operator", String),
    PrimaryKeyConstraint("survey", "address_key", "port"),
    sqlite_with_rowid=False,
)

# Where an address is, who operates its network and whose it is, with the source of each.
PLACES: Final = Table(
    "places",
    METADATA,
    Column("survey", Integer, ForeignKey("surveys.seq"), nullable=False),
    Column("address_key", LargeBinary, nullable=False),
    Column("address", String, nullable=False),
    Column("place", String, nullable=False),
    PrimaryKeyConstraint("survey", "address_key"),
    sqlite_with_rowid=False,
)

# The verdicts as they were when the survey ended, so that a comparison can tell new rules from news.
JUDGEMENTS: Final = Table(
    "judgements",
    METADATA,
    Column("survey", Integer, ForeignKey("surveys.seq"), nullable=False),
    Column("address_key", LargeBinary, nullable=False),
    Column("port", Integer, nullable=False),
    Column("address", String, nullable=False),
    Column("ruleset_version", String, nullable=False),
    Column("judgement", String, nullable=False),
    PrimaryKeyConstraint("survey", "address_key", "port"),
    sqlite_with_rowid=False,
)

# As alembic makes it, so that a new file can be made without alembic.
VERSION: Final = Table(
    "alembic_version",
    METADATA,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
