"""Steps from the tables of an older dosimeter to those of this one, run by alembic."""
