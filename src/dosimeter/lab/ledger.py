"""What callers did to an archive, written down on the archive's side."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final

from dosimeter.lab.dataset import Dataset

QUESTIONS_KEPT: Final = 100_000
"""The latest questions, so that a lab which is left running does not grow."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums. ``connections`` includes those that never became an association; bytes are without TLS.

    ``rows`` are pending responses.
    """

    connections: int = 0
    associations: int = 0
    requests: int = 0
    finds: int = 0
    cancels: int = 0
    rows: int = 0
    received_bytes: int = 0
    sent_bytes: int = 0

    def __sub__(self, before: Tally) -> Tally:
        """What was added since."""
        return Tally(*(getattr(self, name) - getattr(before, name) for name in Tally.__slots__))


class Ledger:
    """The account of one archive, kept by every thread that serves it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tally = Tally()
        self._questions: deque[Dataset] = deque(maxlen=QUESTIONS_KEPT)

    @property
    def tally(self) -> Tally:
        """The sums so far."""
        with self._lock:
            return self._tally

    @property
    def questions(self) -> tuple[Dataset, ...]:
        """The keys of the queries, in the order in which they came."""
        with self._lock:
            return tuple(self._questions)

    def add(self, more: Tally, *questions: Dataset) -> None:
        """Enter what happened."""
        with self._lock:
            held = self._tally
            names = [name for name in Tally.__slots__ if getattr(more, name)]
            added = {name: getattr(held, name) + getattr(more, name) for name in names}
            self._tally = replace(held, **added)
            self._questions.extend(questions)
