"""The statements of the hot path, compiled once a store and given rows as plain tuples.

SQLAlchemy's own executemany handles each row in Python, which costs more than SQLite's work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Select, bindparam, func, insert, literal_column, select, update
from sqlalchemy.dialects import sqlite

from dosimeter.store.rows import HOST_COLUMNS, RECORD_COLUMNS
from dosimeter.store.schema import HOSTS, RECORDS

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler
    from sqlalchemy.sql.dml import UpdateBase

INTENT_PARAMETERS: Final = ("at", "in_survey", "of_address")
"""What a row of :meth:`Statements.intend` holds."""
WITHDRAWAL_PARAMETERS: Final = ("in_survey", "of_address")
"""What a row of :meth:`Statements.withdraw` holds."""

_ENDPOINT: Final = ("survey", "address_key", "port")


class Statements:
    """SQL text; each row's values come in the order of the constant named."""

    def __init__(self) -> None:
        self.add_host: Final = _text(insert(HOSTS), HOST_COLUMNS)
        self.intend: Final = _text(_intend(), INTENT_PARAMETERS)
        self.withdraw: Final = _text(_withdraw(), WITHDRAWAL_PARAMETERS)
        self.record: Final = _text(_record(), RECORD_COLUMNS)


def pending_page() -> Select[Any]:
    """Hosts of ``in_survey`` after position ``after``, ``at_most`` of them, with the ports recorded."""
    recorded = (
        select(func.group_concat(RECORDS.c.port))
        .where(RECORDS.c.survey == HOSTS.c.survey, RECORDS.c.address_key == HOSTS.c.address_key)
        .scalar_subquery()
    )
    return (
        select(HOSTS.c.position, HOSTS.c.address, HOSTS.c.endpoints, HOSTS.c.contacts, recorded)
        .where(HOSTS.c.survey == bindparam("in_survey"), HOSTS.c.position > bindparam("after"))
        .order_by(HOSTS.c.position)
        .limit(bindparam("at_most"))
    )


def _intend() -> UpdateBase:
    at, survey, address = INTENT_PARAMETERS
    return (
        update(HOSTS)
        .where(HOSTS.c.survey == bindparam(survey), HOSTS.c.address_key == bindparam(address))
        .values(contacts=literal_column("contacts + 1"), contacted=bindparam(at))
    )


def _withdraw() -> UpdateBase:
    survey, address = WITHDRAWAL_PARAMETERS
    return (
        update(HOSTS)
        .where(
            HOSTS.c.survey == bindparam(survey),
            HOSTS.c.address_key == bindparam(address),
            HOSTS.c.contacts > literal_column("0"),
        )
        .values(contacts=literal_column("contacts - 1"))
    )


def _record() -> UpdateBase:
    added = sqlite.insert(RECORDS)
    replaced = {name: added.excluded[name] for name in RECORD_COLUMNS if name not in _ENDPOINT}
    return added.on_conflict_do_update(index_elements=_ENDPOINT, set_=replaced)


def _text(statement: UpdateBase, order: tuple[str, ...]) -> str:
    keys = None if order in {INTENT_PARAMETERS, WITHDRAWAL_PARAMETERS} else list(order)
    compiled: SQLCompiler = statement.compile(dialect=sqlite.dialect(paramstyle="qmark"), column_keys=keys)
    if tuple(compiled.positiontup or ()) != order:
        raise AssertionError(f"rows come as {order}, the statement wants {compiled.positiontup}")
    return str(compiled)
