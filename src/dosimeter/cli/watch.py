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
from dosimeter.model.census import Axis, Things
from dosimeter.model.facts import CellCounted, Ending, NullQueryAnswered
from dosimeter.model.message import Message, many, say
from dosimeter.model.survey import EndpointRecord
from dosimeter.model.target import Endpoint
from dosimeter.report.language import ENGLISH
from dosimeter.report.words import hosts_in_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress, TaskID

    from dosimeter.report.language import Language

_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}

SECONDS_BETWEEN_LINES: Final = 10.0
"""Where no terminal shows it, a long count is told about so often, and a short one not at all."""


class TerminalWatch:
    """What a person at a terminal sees of a survey and may say to it.

    Ctrl-C (SIGINT), SIGTERM and the end of the terminal (SIGHUP) ask it to stop; a second Ctrl-C ends
    the program at once.
    """

    def __init__(self, *, live: bool, log: bool, language: Language = ENGLISH) -> None:
        self._language = language
        self._counting: dict[str, Message] = {}
        self._progress = _progress_bar(self._counting_line) if live else None
        self._log = log
        self._task: TaskID | None = None
        self._to_ask = 0
        self._hosts = 0
        self._answered = 0
        self._began = time.monotonic()
        self._next_line = self._began + SECONDS_BETWEEN_LINES
        self.signalled: int | None = None

    def began(self, survey_id: str, hosts: int, endpoints: int) -> None:
        """The survey starts or goes on with this many hosts and endpoints still to ask."""
        coming = many(
            "survey {survey}: {hosts}, {number} endpoint to ask; Ctrl-C stops it",
            "survey {survey}: {hosts}, {number} endpoints to ask; Ctrl-C stops it",
            endpoints,
            survey=survey_id,
            hosts=hosts_in_words(hosts),
        )
        sys.stderr.write(f"{self._language.text(coming)}\n")
        if self._progress is not None:
            self._to_ask = hosts
            surveying = self._language.text(say("surveying"))
            self._task = self._progress.add_task(surveying, total=hosts, behind=self._behind())

    def note(self, sentence: str) -> None:
        """Something the user should know before the first connection."""
        sys.stderr.write(f"dosimeter: {self._language.text(sentence)}\n")

    def stop_wanted(self) -> bool:
        """Whether a signal asked for the end."""
        return self.signalled is not None

    def interrupted(self) -> bool:
        """Whether the signal was Ctrl-C, and no other."""
        return self.signalled == signal.SIGINT

    def host_started(self, address: str) -> None:
        """Nothing to show: the progress counts ends."""

    def counted(self, endpoint: Endpoint, so_far: int, cell: CellCounted) -> None:
        """Show how far a census is: on the terminal as it goes, elsewhere a line now and then."""
        self._counting.pop(endpoint.authority, None)  # The latest stands last.
        self._counting[endpoint.authority] = _counting(endpoint, so_far, cell)
        if self._log:
            _log_cell(endpoint, so_far, cell)
        elif self._progress is None and time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + SECONDS_BETWEEN_LINES
            sys.stderr.write(f"{self._counting_line()}\n")

    def _counting_line(self) -> str:
        """What was counted last, and of how many others a count is under way; empty if of none."""
        if not self._counting:
            return ""
        *others, last = self._counting.values()
        if not others:
            return self._language.text(last)
        line = many(
            "{last}; {number} other under way", "{last}; {number} others under way", len(others), last=last
        )
        return self._language.text(line)

    def endpoint_recorded(self, record: EndpointRecord) -> None:
        """Count what answered; log it if asked to."""
        self._counting.pop(record.endpoint.authority, None)
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
            self._progress.update(self._task, completed=self._hosts, behind=self._behind())

    def _behind(self) -> str:
        """The words behind the bar."""
        rate = self._hosts / max(time.monotonic() - self._began, 0.001)
        words = (
            say("hosts: {done} of {all}", done=str(self._hosts), all=str(self._to_ask)),
            many("{number} answer strangers", "{number} answer strangers", self._answered),
            say("{rate} hosts/s", rate=rate),
        )
        return " ".join(map(self._language.text, words))

    def start(self) -> None:
        """Draw from now on."""
        if self._progress is not None:
            self._progress.start()

    def end(self) -> None:
        """Draw no more."""
        self.tick()
        if self._progress is not None:
            self._progress.stop()

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        """Remember the first signal; a second Ctrl-C does not wait."""
        if self.signalled is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.signalled = number


@contextmanager
def watched(log_level: str, language: Language = ENGLISH) -> Iterator[TerminalWatch]:
    """A watch with its progress bar (only on a terminal) and its signals, put back at the end.

    Raises:
        typer.BadParameter: the log level is none of debug, info, warning, error.
    """
    log = _log_at(log_level)
    watch = TerminalWatch(live=sys.stderr.isatty(), log=log, language=language)
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # Under nohup the terminal may go away.
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, watch.on_signal) for number in numbers}
    try:
        watch.start()
        yield watch
    finally:
        watch.end()
        for number, disposition in before.items():
            signal.signal(number, disposition)


def _progress_bar(counting_line: Callable[[], str]) -> Progress:
    """A bar of hosts, and below it what is being counted, while anything is."""
    from rich.console import Console, RenderableType
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Bar(Progress):
        def get_renderables(self) -> Iterator[RenderableType]:
            yield from super().get_renderables()
            if line := counting_line():
                yield Text(line, no_wrap=True, overflow="ellipsis")

    return Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[behind]}", markup=False),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _counting(endpoint: Endpoint, so_far: int, cell: CellCounted) -> Message:
    where = endpoint.authority
    if cell.things is Things.WORKLIST_ITEMS:
        return many(
            "counting {where}: {number} worklist item so far ({part})",
            "counting {where}: {number} worklist items so far ({part})",
            so_far,
            where=where,
            part=_place(cell),
        )
    return many(
        "counting {where}: {number} study so far ({part})",
        "counting {where}: {number} studies so far ({part})",
        so_far,
        where=where,
        part=_place(cell),
    )


def _place(cell: CellCounted) -> Message:
    """Where the census is: a year or month, or whatever the cell is called."""
    name = _PARTS.get(cell.axis, say("{only}", only=cell.cell.replace("_", " ")))
    if cell.axis is Axis.TIMES:
        name = say("{hour} o'clock", hour=cell.cell)
    if cell.things in {Things.STUDIES, Things.WORKLIST_ITEMS}:
        return name
    return say("{things}, {name}", things=_THINGS[cell.things], name=name)


_PARTS: Final = {Axis.WHOLE: say("whole"), Axis.PATIENT_IDS: say("patient ids")}

_THINGS: Final = {
    Things.PATIENTS: say("patients"),
    Things.SERIES: say("series"),
    Things.INSTANCES: say("instances"),
}


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


def _log_cell(endpoint: Endpoint, so_far: int, cell: CellCounted) -> None:
    import structlog

    structlog.get_logger().info(
        "counting",
        endpoint=endpoint.authority,
        things=cell.things.value,
        so_far=so_far,
        axis=cell.axis.value,
        cell=cell.cell,
        cut=cell.cut.value,
    )


def _answers_strangers(attempt: Attempt) -> bool:
    return isinstance(attempt, Completed) and any(
        isinstance(fact, NullQueryAnswered)
        and fact.titles.stranger
        and fact.ending is Ending.STATUS
        and fact.status == 0
        for fact in attempt.facts
    )
