"""One writer a survey, held against other processes and dropped by the system if this one dies."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dosimeter.store.problem import StoreProblem

_SAFE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def is_locked(store: Path, survey_id: str) -> bool:
    """Whether a process holds the survey's lock at this moment. Nothing is made or left behind.

    Raises:
        OSError: the lock file is there and cannot be asked.
        ValueError: the survey's id is not fit for a file name.
    """
    try:
        descriptor = os.open(_path_of(store, survey_id), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until nobody else makes a store in this folder. The folder itself is locked: nothing is left.

    SQLite does not wait where two connections change the journal mode of a new file at once.

    Raises:
        OSError: the folder cannot be opened or locked.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class SurveyLock:
    """An advisory lock (flock) on ``FILE.SURVEY.lock`` beside the store, removed when let go.

    Raises:
        StoreProblem: another process holds it, or the file cannot be made.
        ValueError: the survey's id is not fit for a file name.
    """

    def __init__(self, store: Path, survey_id: str) -> None:
        self._path = _path_of(store, survey_id)
        try:
            self._descriptor = self._acquire()
        except BlockingIOError as error:
            says = f"is in use: another process is running survey {survey_id}; wait for it, or stop it"
            raise StoreProblem(str(store), says) from error
        except OSError as error:
            raise StoreProblem(str(store), f"cannot be locked: {error.strerror} ({self._path})") from error

    def _acquire(self) -> int:
        while True:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._is_still_there(descriptor):
                    return descriptor
            except OSError:
                os.close(descriptor)
                raise
            # The last holder removed the file between our open and our lock: take the new one.
            os.close(descriptor)

    def _is_still_there(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        except FileNotFoundError:
            return False

    def let_go(self) -> None:
        """Remove the file and drop the lock, in this order."""
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


def _path_of(store: Path, survey_id: str) -> Path:
    if not _SAFE_ID.fullmatch(survey_id):
        raise ValueError(f"{survey_id!r} cannot name a survey")
    return store.with_name(f"{store.name}.{survey_id}.lock")
