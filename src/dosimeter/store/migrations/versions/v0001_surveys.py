"""Surveys, their hosts, and what was recorded of each endpoint."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "surveys",
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("tool_version", sa.String, nullable=False),
        sa.Column("ruleset_version", sa.String, nullable=False),
        sa.Column("scope_sha256", sa.String, nullable=False),
        sa.Column("scope_path", sa.String, nullable=False),
        sa.Column("authorised_by", sa.String, nullable=False),
        sa.Column("reference", sa.String, nullable=False),
        sa.Column("touch", sa.Integer, nullable=False),
        sa.Column("started", sa.String, nullable=False),
        sa.Column("completed", sa.String),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("endpoints", sa.Integer, nullable=False),
        sa.Column("stop_requested", sa.Integer, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("seq", name="pk_surveys"),
        sa.UniqueConstraint("id", name="uq_surveys_id"),
    )
    op.create_table(
        "hosts",
        sa.Column("survey", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("address_key", sa.LargeBinary, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("endpoints", sa.String, nullable=False),
        sa.Column("contacts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("contacted", sa.String),
        sa.PrimaryKeyConstraint("survey", "position", name="pk_hosts"),
        sa.UniqueConstraint("survey", "address_key", name="uq_hosts_survey"),
        sa.ForeignKeyConstraint(["survey"], ["surveys.seq"], name="fk_hosts_surveys"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "records",
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("survey", sa.Integer, nullable=False),
        sa.Column("address_key", sa.LargeBinary, nullable=False),
        sa.Column("port", sa.Integer, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("service", sa.String, nullable=False),
        sa.Column("name", sa.String),
        sa.Column("began", sa.String, nullable=False),
        sa.Column("ended", sa.String, nullable=False),
        sa.Column("attempts", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_records"),
        sa.UniqueConstraint("survey", "address_key", "port", name="uq_records_survey"),
        sa.ForeignKeyConstraint(
            ["survey", "address_key"], ["hosts.survey", "hosts.address_key"], name="fk_records_hosts"
        ),
        sa.CheckConstraint("port BETWEEN 1 AND 65535", name="ck_records_port"),
    )
