"""Every statement that a running store sends to SQLite. Rows go in and come out in the order written here."""

from __future__ import annotations

from typing import Final

SET_REVISION: Final = "INSERT INTO alembic_version (version_num) VALUES (?)"

ADD_SURVEY: Final = """
INSERT INTO surveys (
    id, tool_version, ruleset_version, scope_sha256, authorised_by, reference,
    touch, started, completed, state, scope_path, endpoints
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
RETURNING seq
"""

SET_ENDPOINTS: Final = "UPDATE surveys SET endpoints = ? WHERE seq = ?"

ADD_HOST: Final = (
    "INSERT INTO hosts (survey, position, address_key, address, endpoints) VALUES (?, ?, ?, ?, ?)"
)

RUN_AGAIN: Final = "UPDATE surveys SET state = ?, completed = NULL, stop_requested = 0 WHERE seq = ?"

FINISH: Final = "UPDATE surveys SET state = ?, completed = ? WHERE seq = ?"

REQUEST_STOP: Final = "UPDATE surveys SET stop_requested = 1 WHERE seq = ?"

INTEND: Final = """
UPDATE hosts SET contacts = contacts + 1, contacted = ? WHERE survey = ? AND address_key = ?
"""

WITHDRAW: Final = """
UPDATE hosts SET contacts = contacts - 1 WHERE survey = ? AND address_key = ? AND contacts > 0
"""

RECORD: Final = """
INSERT INTO records (
    survey, address_key, port, address, service, name, began, ended, attempts, is_open, same_as
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (survey, address_key, port) DO UPDATE SET
    address = excluded.address, service = excluded.service, name = excluded.name,
    began = excluded.began, ended = excluded.ended, attempts = excluded.attempts,
    is_open = excluded.is_open, same_as = excluded.same_as
"""

ADD_CELL: Final = """
INSERT INTO cells (survey, address_key, port, position, cell)
SELECT survey, address_key, port, (
    SELECT coalesce(max(position) + 1, 0) FROM cells
    WHERE cells.survey = records.survey AND cells.address_key = records.address_key
        AND cells.port = records.port
), ?
FROM records WHERE survey = ? AND address_key = ? AND port = ? AND is_open = 1
"""
"""Adds nothing where no record is open."""

DROP_CELLS: Final = "DELETE FROM cells WHERE survey = ? AND address_key = ? AND port = ?"

JOIN: Final = "UPDATE records SET same_as = ? WHERE survey = ? AND address_key = ? AND port = ?"

PENDING_PAGE: Final = """
SELECT position, address, endpoints, contacts, (
    SELECT group_concat(port) FROM records
    WHERE records.survey = hosts.survey AND records.address_key = hosts.address_key
)
FROM hosts WHERE survey = ? AND position > ? ORDER BY position LIMIT ?
"""
"""Hosts of a survey after a position, so many of them, with the ports recorded, parted by commas."""

_RECORD: Final = """
SELECT port, address, service, name, began, ended, attempts, is_open, same_as, CASE is_open WHEN 1 THEN (
    SELECT group_concat(cell, char(10)) FROM (
        SELECT cell FROM cells
        WHERE cells.survey = records.survey AND cells.address_key = records.address_key
            AND cells.port = records.port
        ORDER BY position
    )
) END
FROM records
"""
"""A record, and with it the cells so far where it is open, a line each (NULL: none)."""

RECORDS: Final = f"{_RECORD}WHERE survey = ? ORDER BY survey, address_key, port"

OPEN_RECORDS: Final = (
    f"{_RECORD}INDEXED BY ix_records_open WHERE survey = ? AND is_open = 1 ORDER BY address_key, port"
)

ANSWERED: Final = """
SELECT address FROM records
WHERE survey = ? AND (instr(attempts, '["completed",') OR instr(attempts, ',[["'))
GROUP BY address_key ORDER BY address_key
"""
"""Addresses where a question was answered, or failed with a fact. Inside a string of JSON a quote is
escaped, so the two marks are an attempt and the first of its facts."""

HEADER: Final = """
SELECT id, tool_version, ruleset_version, scope_sha256, authorised_by, reference,
    touch, started, completed, state
FROM surveys WHERE id = ?
"""

HEADERS: Final = """
SELECT id, tool_version, ruleset_version, scope_sha256, authorised_by, reference,
    touch, started, completed, state
FROM surveys ORDER BY started DESC, seq DESC
"""

COUNTS: Final = """
SELECT endpoints,
    (SELECT count(*) FROM records WHERE records.survey = surveys.seq)
    - (SELECT count(*) FROM records WHERE records.survey = surveys.seq AND is_open = 1)
FROM surveys WHERE id = ?
"""

KEY: Final = "SELECT seq FROM surveys WHERE id = ?"

STOP_REQUESTED: Final = "SELECT stop_requested FROM surveys WHERE id = ?"

SCOPE_PATH: Final = "SELECT scope_path FROM surveys WHERE id = ?"
