"""Why a store could not do what it was asked, in one sentence."""

from __future__ import annotations

from contextlib import contextmanager
from sqlite3 import (
    SQLITE_BUSY,
    SQLITE_CANTOPEN,
    SQLITE_CORRUPT,
    SQLITE_FULL,
    SQLITE_IOERR,
    SQLITE_LOCKED,
    SQLITE_NOTADB,
    SQLITE_READONLY,
    IntegrityError,
)
from sqlite3 import Error as DriverError
from typing import TYPE_CHECKING, Final

from dosimeter.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_PRIMARY_CODE: Final = 0xFF
"""The low byte of an extended result code names its kind (sqlite.org/rescode.html)."""

_SENTENCES: Final = {
    SQLITE_BUSY: "is locked by another process; try again when that one has finished",
    SQLITE_LOCKED: "is locked by another process; try again when that one has finished",
    SQLITE_CANTOPEN: "cannot be opened; check that its folder exists and may be written to",
    SQLITE_CORRUPT: "is damaged; restore it from a backup or name another file",
    SQLITE_FULL: "cannot grow because the disk is full; what was kept before is safe",
    SQLITE_IOERR: "cannot be read or written because the disk reports an error",
    SQLITE_NOTADB: "is not a database; name another file",
    SQLITE_READONLY: "is read-only; make it writable or name another file",
}


class StoreProblem(Problem):
    """The store at ``where`` cannot be used; ``says`` completes the sentence that starts with it."""

    def __init__(self, where: str, says: str) -> None:
        self.where = where
        self.says = says
        super().__init__(f"The store {where} {says}.")


@contextmanager
def told_as_problems(where: str) -> Iterator[None]:
    """Turn what the database driver raises into :class:`StoreProblem`."""
    try:
        yield
    except IntegrityError as error:
        raise StoreProblem(where, f"refused a row that contradicts what it holds: {error}") from error
    except DriverError as error:
        raise StoreProblem(where, _says(error)) from error


def _says(error: DriverError) -> str:
    # The driver's own complaints carry no code of SQLite.
    code = getattr(error, "sqlite_errorcode", None)
    says = None if code is None else _SENTENCES.get(code & _PRIMARY_CODE)
    return says or f"failed: {error}"
