"""Run by alembic for each upgrade, on the connection that the store hands over."""

from __future__ import annotations

from alembic import context

# SQLite cannot alter most of a table in place: batch mode copies it.
context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
