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
INSERT INTO records (survey, address_key, port, address, service, name, began, ended, attempts)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (survey, address_key, port) DO UPDATE SET
    address = excluded.address, service = excluded.service, name = excluded.name,
    began = excluded.began, ended = excluded.ended, attempts = excluded.attempts
"""

PENDING_PAGE: Final = """
SELECT position, address, endpoints, contacts, (
    SELECT group_concat(port) FROM records
    WHERE records.survey = hosts.survey AND records.address_key = hosts.address_key
)
FROM hosts WHERE survey = ? AND position > ? ORDER BY position LIMIT ?
"""
"""Hosts of a survey after a position, so many of them, with the ports recorded, parted by commas."""

RECORDS: Final = """
SELECT port, address, service, name, began, ended, attempts FROM records
WHERE survey = ? ORDER BY survey, address_key, port
"""

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
SELECT endpoints, (SELECT count(*) FROM records WHERE records.survey = surveys.seq) FROM surveys WHERE id = ?
"""

KEY: Final = "SELECT seq FROM surveys WHERE id = ?"

STOP_REQUESTED: Final = "SELECT stop_requested FROM surveys WHERE id = ?"

SCOPE_PATH: Final = "SELECT scope_path FROM surveys WHERE id = ?"
