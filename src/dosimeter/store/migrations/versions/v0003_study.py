"""What inventories said, where archives are, and the verdicts as they were told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add three tables; those that are there stay as they are."""
    _add(
        "sightings",
        sa.Column("port", sa.Integer, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("sources", sa.String, nullable=False),
        sa.Column("first_seen", sa.String),
        sa.Column("last_seen", sa.String),
        sa.Column("country", sa.String),
        sa.Column("asn", sa.Integer),
        sa.Column("operator", sa.String),
        key=("survey", "address_key", "port"),
    )
    _add(
        "places",
        sa.Column("address", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        key=("survey", "address_key"),
    )
    _add(
        "judgements",
        sa.Column("port", sa.Integer, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("ruleset_version", sa.String, nullable=False),
        sa.Column("judgement", sa.String, nullable=False),
        key=("survey", "address_key", "port"),
    )


def _add(name: str, *columns: sa.Column[object], key: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("survey", sa.Integer, nullable=False),
        sa.Column("address_key", sa.LargeBinary, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["survey"], ["surveys.seq"], name=f"fk_{name}_surveys"),
        sqlite_with_rowid=False,
    )
