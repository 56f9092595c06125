"""Records that a census is still to complete, its cells so far, and which archives are one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add to the records: SQLite appends such columns without touching a row."""
    op.add_column("records", sa.Column("is_open", sa.Integer, nullable=False, server_default="0"))
    op.add_column("records", sa.Column("same_as", sa.String))
    op.create_index(
        "ix_records_open",
        "records",
        ["survey", "address_key", "port"],
        sqlite_where=sa.text("is_open = 1"),
    )
    op.create_table(
        "cells",
        sa.Column("survey", sa.Integer, nullable=False),
        sa.Column("address_key", sa.LargeBinary, nullable=False),
        sa.Column("port", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("cell", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("survey", "address_key", "port", "position", name="pk_cells"),
        sa.ForeignKeyConstraint(
            ["survey", "address_key", "port"],
            ["records.survey", "records.address_key", "records.port"],
            name="fk_cells_records",
        ),
        sqlite_with_rowid=False,
    )
