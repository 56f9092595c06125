"""The audit log: every question asked, as lines of JSON that are only ever appended.

Who allowed it (name, reference, hash of the scope file), when, which host, what was asked, why it
stopped. Nothing a server said is in it. One event is one line; ``v`` is the version of the format.
"""

from __future__ import annotations

import os
import stat
import threading
from json.encoder import encode_basestring_ascii as _quoted
from typing import TYPE_CHECKING, Final, Self

from dosimeter.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from dosimeter.model.facts import Titles
    from dosimeter.model.survey import SurveyHeader, SurveyState
    from dosimeter.model.target import Endpoint, Service
    from dosimeter.survey.ports import Clock

FORMAT_VERSION: Final = 1

_MOST_WAITING: Final = 256 * 1024
"""Bytes of lines kept back before they are written without being asked."""


class AuditProblem(Problem):
    """The audit log cannot be written: nobody may be contacted any more."""

    def __init__(self, path: Path, why: str | None) -> None:
        super().__init__(f"The audit log {path} cannot be written ({why}): nobody is contacted without it.")


class AuditLog:
    """The audit log of one survey, open for appending, readable by its owner alone (0600).

    Lines wait in memory until :meth:`flush`, which must return before what they announce happens.
    Once a write has failed, every method but :meth:`close` raises, until a :meth:`flush` succeeds.
    It may be used from several threads.

    Raises:
        AuditProblem: the file cannot be opened, or is something else than a file.
    """

    def __init__(self, path: Path, header: SurveyHeader, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._waiting = bytearray()
        self._failure: str | None = None
        self._lock = threading.Lock()
        self._who = (
            f',"survey":{_quoted(header.id)},"authorised_by":{_quoted(header.authorised_by)}'
            f',"reference":{_quoted(header.reference)},"scope_sha256":{_quoted(header.scope_sha256)}'
        )
        try:
            self._descriptor = _open(path)
        except OSError as error:
            raise AuditProblem(path, error.strerror) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def survey_started(self, touch: str, hosts: int) -> None:
        """The survey starts, or is taken up again, with this many hosts to contact."""
        self._append("survey_started", f',"touch":{_quoted(touch)},"hosts":{hosts:d}')

    def survey_ended(self, state: SurveyState, why: str) -> None:
        """The survey is over; ``why`` is our own sentence."""
        self._append("survey_ended", f',"state":{_quoted(state)},"why":{_quoted(why)}')

    def intended(self, addresses: Sequence[str]) -> None:
        """These hosts are about to be contacted."""
        self._append("intended", f',"addresses":[{",".join(map(_quoted, addresses))}]')

    def contact(self, endpoint: Endpoint, titles: Titles | None, over: Service) -> None:
        """A connection is about to be opened; ``titles`` are those of its association request."""
        asked_as = "null" if titles is None else _quoted(titles.called)
        asked_by = "null" if titles is None else _quoted(titles.calling)
        self._append(
            "contact",
            f'{_place(endpoint)},"over":{_quoted(over)},"called":{asked_as},"calling":{asked_by}',
        )

    def ended(self, endpoint: Endpoint, asked: tuple[str, ...], why: str) -> None:
        """A connection is over: the questions asked on it, and our own words for why it stopped."""
        questions = ",".join(map(_quoted, asked))
        self._append("ended", f'{_place(endpoint)},"asked":[{questions}],"why":{_quoted(why)}')

    def _append(self, event: str, fields: str) -> None:
        # isoformat is 10x faster than strftime, and UTC always ends in +00:00.
        at = self._clock.now().isoformat(timespec="milliseconds").removesuffix("+00:00")
        line = f'{{"v":{FORMAT_VERSION},"at":"{at}Z","event":"{event}"{self._who}{fields}}}\n'
        with self._lock:
            if self._failure is not None:
                raise AuditProblem(self._path, self._failure)
            self._waiting += line.encode("ascii")
            if len(self._waiting) > _MOST_WAITING:
                self._write_out()

    def flush(self) -> None:
        """Write the lines that wait and sync them to the disk.

        Raises:
            AuditProblem: they are not all there. They still wait: a later flush goes on where this stopped.
        """
        with self._lock:
            if not self._waiting and self._failure is None:
                return
            self._write_out()
            try:
                os.fsync(self._descriptor)
            except OSError as error:
                self._failure = error.strerror
                raise AuditProblem(self._path, error.strerror) from error
            self._failure = None

    def _write_out(self) -> None:
        try:
            while self._waiting:
                del self._waiting[: os.write(self._descriptor, self._waiting)]
        except OSError as error:
            self._failure = error.strerror
            raise AuditProblem(self._path, error.strerror) from error

    def close(self) -> None:
        """Flush, then close the file even if that failed. Closing twice does nothing."""
        if self._descriptor < 0:
            return
        try:
            self.flush()
        finally:
            os.close(self._descriptor)
            self._descriptor = -1
            self._failure = "it is closed"


def _place(endpoint: Endpoint) -> str:
    name = "null" if endpoint.name is None else _quoted(endpoint.name)
    return f',"address":{_quoted(endpoint.address)},"port":{endpoint.port:d},"name":{name}'


def _open(path: Path) -> int:
    """Open for appending, never through a symbolic link, on a line of its own.

    O_NONBLOCK only matters if the path is a pipe: its opening must not wait for a reader.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(path, flags, 0o600)
    try:
        _start_line(descriptor)
        _sync_folder(path)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _start_line(descriptor: int) -> None:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, "it is not a file")
    if status.st_size and os.pread(descriptor, 1, status.st_size - 1) != b"\n":
        os.write(descriptor, b"\n")


def _sync_folder(path: Path) -> None:
    """Make the file's name outlive a power cut, not only its bytes."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
