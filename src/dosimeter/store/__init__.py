"""Keeps surveys in a database: schema, migrations, rows ↔ models. The only place that knows SQL."""
