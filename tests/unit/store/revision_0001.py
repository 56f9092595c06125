"""A file as dosimeter wrote it before it counted: the tables and the statements of revision 0001."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

TABLES: Final = (
    """\
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)""",
    """\
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
)""",
    """\
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
) WITHOUT ROWID""",
    """\
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
    CONSTRAINT pk_records PRIMARY KEY (seq),
    CONSTRAINT uq_records_survey UNIQUE (survey, address_key, port),
    CONSTRAINT fk_records_hosts FOREIGN KEY(survey, address_key) REFERENCES hosts (survey, address_key),
    CONSTRAINT ck_records_port CHECK (port BETWEEN 1 AND 65535)
)""",
)

ATTEMPTS: Final = (
    '[["completed","dicom_associate",[["association_accepted",["NOBODY-7F3A9C","DOSIMETER",true],'
    '["1.2.840.10008.1.1","1.2.840.10008.5.1.4.1.2.2.1"],[["1.2.840.10008.5.1.4.31",3]],false,'
    '"1.2.276.0.7230010.3.0.3.6.7","OFFIS_DCMTK_367",16384,[]]]],\n'
    '["completed","null_query_study_root",[["null_query_answered",["NOBODY-7F3A9C","DOSIMETER",true],'
    '"study_root","status",0,0]]],\n'
    '["failed","dicom_tls","refused","the connection was refused",[]],\n'
    '["skipped","ae_titles","the scope lists no titles"]]'
)


def write(path: Path, hosts: int, recorded: int) -> None:
    """A file with the survey "s1" of hosts 10.0.0.0 and so on, the first ones recorded; it was killed.

    The host after those recorded was contacted, and its record was not kept.
    """
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        for table in TABLES:
            connection.execute(table)
        connection.execute("INSERT INTO alembic_version (version_num) VALUES ('0001')")
        connection.execute(f"PRAGMA application_id = {0x44534D31}")
        [(survey,)] = connection.execute(
            """
INSERT INTO surveys (
    id, tool_version, ruleset_version, scope_sha256, authorised_by, reference,
    touch, started, completed, state, scope_path, endpoints
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
RETURNING seq
""",
            (
                *("s1", "0.1.0", "1", "5c" * 32, "A. Nonymous", "TEST-1", 2),
                *("2026-11-24T12:00:00.000000+00:00", None, "running", "/etc/dosimeter/scope.toml"),
            ),
        )
        connection.execute("UPDATE surveys SET endpoints = ? WHERE seq = ?", (hosts, survey))
        connection.executemany(
            "INSERT INTO hosts (survey, position, address_key, address, endpoints) VALUES (?, ?, ?, ?, ?)",
            [
                (survey, n, bytes((4, 10, 0, 0, n)), f"10.0.0.{n}", '[[11112,"dicom",null]]')
                for n in range(hosts)
            ],
        )
        connection.execute(
            "UPDATE hosts SET contacts = contacts + 1, contacted = ? WHERE survey = ? AND address_key = ?",
            ("2026-11-24T12:00:00.000000+00:00", survey, bytes((4, 10, 0, 0, recorded))),
        )
        connection.executemany(
            """
INSERT INTO records (survey, address_key, port, address, service, name, began, ended, attempts)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
""",
            [
                (
                    *(survey, bytes((4, 10, 0, 0, n)), 11112, f"10.0.0.{n}", "dicom", None),
                    *("2026-11-24T12:00:00.000000+00:00", "2026-11-24T12:00:01.000005+00:00", ATTEMPTS),
                )
                for n in range(recorded)
            ],
        )
        connection.commit()
