"""Where a report goes: to stdout, or to a file that appears whole or not at all."""

from __future__ import annotations

import secrets
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from dosimeter.model.problem import Problem

_BUFFER: Final = 1 << 18
"""Bytes: a report of many hosts is written in few calls."""


def check_destination(output: str | None, *, binary: bool = False) -> None:
    """See that a report can be written there, before anybody is contacted; nothing is left behind.

    Raises:
        Problem: it cannot, or it is ``binary`` and would go to a terminal.
    """
    if output is None or output == "-":
        if binary and sys.stdout.isatty():
            raise Problem("this format is no text and would spoil the terminal: name a file with --output")
        return
    path = _place(output)
    if _is_special(path):
        return
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise Problem(
            f"cannot write the report to {path}: {error.strerror}; name another file with --output"
        ) from None


@contextmanager
def destination(output: str | None) -> Iterator[TextIO]:
    """Stdout, or a file that appears whole or not at all. A device or a pipe is written into.

    Who may read a new file is for the user's umask to say; a file that is replaced keeps its mode.

    Raises:
        Problem: it cannot be written; what was stored can be reported elsewhere.
    """
    if output is None or output == "-":
        yield from _stdout()
        return
    path = _place(output)
    try:
        if _is_special(path):
            with path.open("w", encoding="utf-8", newline="") as out:
                yield out
            return
        scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with scratch.open("x", _BUFFER, encoding="utf-8", newline="") as out:
                if path.exists():
                    scratch.chmod(stat.S_IMODE(path.stat().st_mode))
                yield out
            scratch.replace(path)
        finally:
            scratch.unlink(missing_ok=True)
    except OSError as error:
        raise Problem(
            f"cannot write the report to {path}: {error.strerror}; the survey is stored, "
            "`dosimeter report` writes it elsewhere"
        ) from None


def _stdout() -> Iterator[TextIO]:
    try:
        sys.stdout.flush()
        with open(
            sys.stdout.fileno(),
            "w",
            _BUFFER,
            encoding=sys.stdout.encoding,
            errors=sys.stdout.errors,
            closefd=False,
        ) as out:
            yield out
    except BrokenPipeError:
        raise  # Whoever reads it has seen enough.
    except OSError as error:
        raise Problem(
            f"cannot write the report to stdout: {error.strerror}; the survey is stored, "
            "`dosimeter report` writes it elsewhere"
        ) from None


def _place(output: str) -> Path:
    """The path itself, not a link to it: a link is kept, and what it points at is written.

    Raises:
        Problem: a folder.
    """
    path = Path(output)
    if path.is_dir():
        raise Problem(f"cannot write the report to {path}: it is a folder; name a file in it with --output")
    return path.resolve() if path.is_symlink() and not _is_special(path) else path


def _is_special(path: Path) -> bool:
    """A device or a pipe, which a file put in its place would destroy (as root: /dev/null)."""
    return path.exists() and not path.is_file()
