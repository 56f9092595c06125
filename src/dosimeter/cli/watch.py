"""Watching a survey from a terminal: progress on stderr, Ctrl-C, SIGTERM, logs."""

from __future__ import annotations

import logging
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Final

import typer

from dosimeter.model.attempt import Attempt, Completed, Failed
from dosimeter.model.facts import Ending, NullQueryAnswered
from dosimeter.model.survey import EndpointRecord
from dosimeter.report.words import counted

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}


class TerminalWatch:
    """What a person at a terminal sees of a survey and may say to it.

    Ctrl-C (SIGINT), SIGTERM and the end of the terminal (SIGHUP) ask it to stop; a second Ctrl-C ends
    the program at once.
    """

    def __init__(self, progress: Progress | None, *, log: bool) -> None:
        self._progress = progress
        self._log = log
        self._task: TaskID | None = None
        self._hosts = 0
        self._answered = 0
        self._began = time.monotonic()
        self.signalled: int | None = None

    def began(self, survey_id: str, hosts: int, endpoints: int) -> None:
        """The survey starts or goes on with this many hosts and endpoints still to ask."""
        sys.stderr.write(
            f"survey {survey_id}: {counted(hosts, 'host')}, {counted(endpoints, 'endpoint')} to ask; "
            "Ctrl-C stops it\n"
        )
        if self._progress is not None:
            self._task = self._progress.add_task("surveying", total=hosts, answered=0, rate=0.0)

    def note(self, sentence: str) -> None:
        """Something the user should know before the first connection."""
        sys.stderr.write(f"dosimeter: {sentence}\n")

    def stop_wanted(self) -> bool:
        """Whether a signal asked for the end."""
        return self.signalled is not None

    def interrupted(self) -> bool:
        """Whether the signal was Ctrl-C, and no other."""
        return self.signalled == signal.SIGINT

    def host_started(self, address: str) -> None:
        """Nothing to show: the progress counts ends."""

    def endpoint_recorded(self, record: EndpointRecord) -> None:
        """Count what answered; log it if asked to."""
        if any(_answers_strangers(attempt) for attempt in record.attempts):
            self._answered += 1
        if self._log:
            _log_record(record)

    def host_ended(self, address: str) -> None:  # noqa: ARG002 - hosts are counted, not named
        """One host more is done."""
        self._hosts += 1

    def tick(self) -> None:
        """Redraw."""
        if self._progress is not None and self._task is not None:
            rate = self._hosts / max(time.monotonic() - self._began, 0.001)
            self._progress.update(self._task, completed=self._hosts, answered=self._answered, rate=rate)

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        """Remember the first signal; a second Ctrl-C does not wait."""
        if self.signalled is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.signalled = number


@contextmanager
def watched(log_level: str) -> Iterator[TerminalWatch]:
    """A watch with its progress bar (only on a terminal) and its signals, put back at the end.

    Raises:
        typer.BadParameter: the log level is none of debug, info, warning, error.
    """
    log = _log_at(log_level)
    progress = _progress_bar() if sys.stderr.isatty() else None
    watch = TerminalWatch(progress, log=log)
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # Under nohup the terminal may go away.
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, watch.on_signal) for number in numbers}
    try:
        if progress is not None:
            progress.start()
        yield watch
    finally:
        watch.tick()
        if progress is not None:
            progress.stop()
        for number, disposition in before.items():
            signal.signal(number, disposition)


def _progress_bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("hosts: {task.completed:.0f} of {task.total:.0f}"),
        TextColumn("{task.fields[answered]} answer strangers"),
        TextColumn("{task.fields[rate]:.1f} hosts/s"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _log_at(level: str) -> bool:
    number = _LEVELS.get(level.lower())
    if number is None:
        raise typer.BadParameter(f"{level} is none of {', '.join(_LEVELS)}", param_hint="--log-level")
    if number > logging.INFO:
        return False
    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(number),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    return True


def _log_record(record: EndpointRecord) -> None:
    import structlog

    log = structlog.get_logger()
    log.info("endpoint", endpoint=record.endpoint.authority, service=record.endpoint.service.value)
    for attempt in record.attempts:
        cause = attempt.cause.value if isinstance(attempt, Failed) else None
        log.debug(
            "attempt",
            endpoint=record.endpoint.authority,
            probe=attempt.probe,
            outcome=attempt.outcome,
            cause=cause,
        )


def _answers_strangers(attempt: Attempt) -> bool:
    return isinstance(attempt, Completed) and any(
        isinstance(fact, NullQueryAnswered)
        and fact.titles.stranger
        and fact.ending is Ending.STATUS
        and fact.status == 0
        for fact in attempt.facts
    )
