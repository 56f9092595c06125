"""A single-threaded loop over `selectors` that drives plain coroutines.

Chosen by measurement (docs/adr/0003): one association costs a third of the CPU that it costs on
asyncio, because nothing is allocated per wait: no future, no timer, no transport. A coroutine
parks on one socket, or on nothing, with an absolute deadline, and is resumed with True when the
socket is ready and False when the deadline has passed.
"""

from __future__ import annotations

import selectors
import time
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextlib import ExitStack
from socket import socket
from types import coroutine
from typing import Any, Final

READ: Final = selectors.EVENT_READ
WRITE: Final = selectors.EVENT_WRITE

SWEEP_SECONDS: Final = 0.05
"""How often deadlines are looked at: they are seconds, so a twentieth is exact enough."""

_Park = tuple[socket | None, int, float]


class InterruptedWait(Exception):
    """The loop was told to end: the coroutine ends its association and returns."""


@coroutine
def ready(sock: socket, events: int, until: float) -> Generator[_Park, bool, bool]:
    """Wait until a socket is ready (True) or the monotonic clock has passed ``until`` (False).

    Raises:
        InterruptedWait: the loop is ending.
    """
    return (yield (sock, events, until))


@coroutine
def sleep(until: float) -> Generator[_Park, bool, bool]:
    """Wait until the monotonic clock has passed ``until``.

    Raises:
        InterruptedWait: the loop is ending.
    """
    return (yield (None, 0, until))


class Task:
    """One coroutine on the loop, with what it waits for."""

    __slots__ = ("_coroutine", "_done", "until")

    def __init__(self, work: Coroutine[_Park, bool | None, None], done: Callable[[], None] | None) -> None:
        self._coroutine = work
        self._done = done
        self.until = 0.0

    def resume(self, *, is_ready: bool | None) -> _Park | None:
        """Run to the next park; None when the coroutine has ended. A fresh one starts with None."""
        waits = False
        try:
            park = self._coroutine.send(is_ready)
            waits = True
        except StopIteration:
            return None
        finally:
            if not waits:
                self._finish()
        return park

    def interrupt(self) -> _Park | None:
        """Raise :class:`InterruptedWait` where the coroutine waits."""
        waits = False
        try:
            park = self._coroutine.throw(InterruptedWait())
            waits = True
        except (StopIteration, InterruptedWait):
            return None
        finally:
            if not waits:
                self._finish()
        return park

    def discard(self) -> None:
        """End a coroutine that has not started, without starting it."""
        self._coroutine.close()
        self._finish()

    def _finish(self) -> None:
        if self._done is not None:
            self._done()


class Loop:
    """Runs tasks until all have ended. One thread, no callbacks from other threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.now = clock
        self._selector = selectors.DefaultSelector()
        self._masks: dict[socket, int] = {}
        self._parked: set[Task] = set()
        self._fresh: deque[Task] = deque()
        self._next_sweep = 0.0

    def __len__(self) -> int:
        return len(self._parked) + len(self._fresh)

    def spawn(self, work: Coroutine[Any, Any, None], done: Callable[[], None] | None = None) -> None:
        """Start a coroutine at the next turn; ``done`` is called once it has ended, however."""
        self._fresh.append(Task(work, done))

    def forget(self, sock: socket) -> None:
        """Stop watching a socket; called just before it is closed."""
        if self._masks.pop(sock, 0):
            self._selector.unregister(sock)

    def turn(self, wait: float) -> None:
        """One round: start what is fresh, wait at most ``wait`` seconds, resume what is ready.

        If a fresh task has ended at once, as on a closed port, nothing is waited for: its room is free.
        """
        parked = self._parked
        expected = len(self)
        while self._fresh:
            self._start(self._fresh.popleft())
        wait = 0.0 if len(parked) < expected else min(wait, SWEEP_SECONDS)
        for key, _ in self._selector.select(wait):
            task: Task = key.data
            if task in parked:
                parked.remove(task)
                self._settle(task, task.resume(is_ready=True))
        now = self.now()
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_SECONDS
            self._sweep(now)

    def interrupt(self) -> None:
        """Raise :class:`InterruptedWait` in every task; those that wait again are kept.

        A task that has not started never will. Every task is told, whatever another one raises; the
        last exception is raised when all were told.
        """
        while self._fresh:
            self._fresh.popleft().discard()
        with ExitStack() as every:  # One that raises does not spare the others.
            for task in tuple(self._parked):
                every.callback(self._interrupt_one, task)

    def _interrupt_one(self, task: Task) -> None:
        self._parked.discard(task)
        self._settle(task, task.interrupt())

    def close(self) -> None:
        """Give the selector's file descriptor back."""
        self._selector.close()

    def _start(self, task: Task) -> None:
        self._settle(task, task.resume(is_ready=None))

    def _settle(self, task: Task, park: _Park | None) -> None:
        if park is None:
            return
        sock, events, task.until = park
        self._parked.add(task)
        if sock is not None and self._masks.get(sock) != events:
            if sock in self._masks:
                self._selector.modify(sock, events, task)
            else:
                self._selector.register(sock, events, task)
            self._masks[sock] = events

    def _sweep(self, now: float) -> None:
        late = [task for task in self._parked if task.until <= now]
        for task in late:
            self._parked.discard(task)
            self._settle(task, task.resume(is_ready=False))
