"""The tables as SQLite takes them: what ``schema.py`` defines, in text, so that SQLAlchemy stays away.

Importing SQLAlchemy costs half a second of CPU, more than asking a thousand hosts. The tests compare
this text with ``schema.py`` and with what the migrations make.
"""

from __future__ import annotations

from typing import Final

REVISION: Final = "0003"
"""The migration that leads to the tables below."""

KNOWN_REVISIONS: Final = ("0001", "0002", "0003")
"""Every revision this program can read, oldest first. Any other was written by a newer program."""

APPLICATION_ID: Final = 0x44534D31
"""``DSM1`` in the file's header (PRAGMA application_id): tells our files from other programs'."""

_VERSION: Final = """\
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)"""

_SURVEYS: Final = """\
CREATE TABLE surveys (
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    tool_version VARCHAR NOT NULL,
    ruleset_version VARCHAR NOT NULL,
    scope_sha256 VARCHAR NOT NULL,
    scope_path VARCHAR NOT NULL,
    authorised_by VARCHAR NOT NULL,
    reference VARCHAR NOT NULL,
    touch INTEGER NOT NULL,
    started VARCHAR NOT NULL,
    completed VARCHAR,
    state VARCHAR NOT NULL,
    endpoints INTEGER NOT NULL,
    stop_requested INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_surveys PRIMARY KEY (seq),
    CONSTRAINT uq_surveys_id UNIQUE (id)
)"""

_HOSTS: Final = """\
CREATE TABLE hosts (
    survey INTEGER NOT NULL,
    position INTEGER NOT NULL,
    address_key BLOB NOT NULL,
    address VARCHAR NOT NULL,
    endpoints VARCHAR NOT NULL,
    contacts INTEGER DEFAULT '0' NOT NULL,
    contacted VARCHAR,
    CONSTRAINT pk_hosts PRIMARY KEY (survey, position),
    CONSTRAINT uq_hosts_survey UNIQUE (survey, address_key),
    CONSTRAINT fk_hosts_surveys FOREIGN KEY(survey) REFERENCES surveys (seq)
) WITHOUT ROWID"""

_RECORDS: Final = """\
CREATE TABLE records (
    seq INTEGER NOT NULL,
    survey INTEGER NOT NULL,
    address_key BLOB NOT NULL,
    port INTEGER NOT NULL,
    address VARCHAR NOT NULL,
    service VARCHAR NOT NULL,
    name VARCHAR,
    began VARCHAR NOT NULL,
    ended VARCHAR NOT NULL,
    attempts VARCHAR NOT NULL,
    is_open INTEGER DEFAULT '0' NOT NULL,
    same_as VARCHAR,
    CONSTRAINT pk_records PRIMARY KEY (seq),
    CONSTRAINT uq_records_survey UNIQUE (survey, address_key, port),
    CONSTRAINT fk_records_hosts FOREIGN KEY(survey, address_key) REFERENCES hosts (survey, address_key),
    CONSTRAINT ck_records_port CHECK (port BETWEEN 1 AND 65535)
)"""

_CELLS: Final = """\
CREATE TABLE cells (
    survey INTEGER NOT NULL,
    address_key BLOB NOT NULL,
    port INTEGER NOT NULL,
    position INTEGER NOT NULL,
    cell VARCHAR NOT NULL,
    CONSTRAINT pk_cells PRIMARY KEY (survey, address_key, port, position),
    CONSTRAINT fk_cells_records FOREIGN KEY(survey, address_key, port) \
REFERENCES records (survey, address_key, port)
) WITHOUT ROWID"""

_SIGHTINGS: Final = """\
CREATE TABLE sightings (
    survey INTEGER NOT NULL,
    address_key BLOB NOT NULL,
    port INTEGER NOT NULL,
    address VARCHAR NOT NULL,
    sources VARCHAR NOT NULL,
    first_seen VARCHAR,
    last_seen VARCHAR,
    country VARCHAR,
    asn INTEGER,
    operator VARCHAR,
    CONSTRAINT pk_sightings PRIMARY KEY (survey, address_key, port),
    CONSTRAINT fk_sightings_surveys FOREIGN KEY(survey) REFERENCES surveys (seq)
) WITHOUT ROWID"""

_PLACES: Final = """\
CREATE TABLE places (
    survey INTEGER NOT NULL,
    address_key BLOB NOT NULL,
    address VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    CONSTRAINT pk_places PRIMARY KEY (survey, address_key),
    CONSTRAINT fk_places_surveys FOREIGN KEY(survey) REFERENCES surveys (seq)
) WITHOUT ROWID"""

_JUDGEMENTS: Final = """\
CREATE TABLE judgements (
    survey INTEGER NOT NULL,
    address_key BLOB NOT NULL,
    port INTEGER NOT NULL,
    address VARCHAR NOT NULL,
    ruleset_version VARCHAR NOT NULL,
    judgement VARCHAR NOT NULL,
    CONSTRAINT pk_judgements PRIMARY KEY (survey, address_key, port),
    CONSTRAINT fk_judgements_surveys FOREIGN KEY(survey) REFERENCES surveys (seq)
) WITHOUT ROWID"""

_OPEN_RECORDS: Final = "CREATE INDEX ix_records_open ON records (survey, address_key, port) WHERE is_open = 1"

TABLES: Final = (_VERSION, _SURVEYS, _HOSTS, _JUDGEMENTS, _PLACES, _SIGHTINGS, _RECORDS, _CELLS)
"""The statements that make the tables of an empty file."""

INDEXES: Final = (_OPEN_RECORDS,)
"""Those that make the indexes of these tables, beside the ones that their keys need."""
