"""How fast new hosts may be asked, and how long a host is left alone between associations."""

from __future__ import annotations

from typing import Final

from dosimeter.model.scope import Pace

_BURST_SECONDS: Final = 0.25
"""Credit never grows past this much of a second: a pause is not made up for by a burst."""


class HostPacer:
    """Admits new hosts at the scope's rate, never more at once than the scope's hosts in flight."""

    def __init__(self, pace: Pace, now: float) -> None:
        self._rate = pace.new_hosts_per_second
        self._limit = pace.hosts_in_flight
        self._credit = 1.0
        self._seen = now

    def admit(self, now: float, in_flight: int) -> int:
        """How many hosts may start at this moment (monotonic seconds)."""
        room = self._limit - in_flight
        if self._rate == 0:
            return max(room, 0)
        burst = max(1.0, self._rate * _BURST_SECONDS)
        self._credit = min(burst, self._credit + (now - self._seen) * self._rate)
        self._seen = now
        admitted = max(min(room, int(self._credit)), 0)
        self._credit -= admitted
        return admitted


class HostClock:
    """The time one host may cost, and the moment it may be contacted next (monotonic seconds).

    ``until`` is when the time is over that the host's present part has: proving, or a census.
    """

    __slots__ = ("_left_for_proving", "_seconds_between", "next_contact", "until")

    def __init__(self, pace: Pace, now: float) -> None:
        self._seconds_between = pace.seconds_between_associations
        self._left_for_proving = 0.0
        self.until = now + pace.host_seconds
        self.next_contact = now

    def contact_ended(self, now: float) -> None:
        """An association, or an attempt at one that reached the host, is over."""
        self.next_contact = now + self._seconds_between

    def waited(self, seconds: float) -> None:
        """Our own pause is not the host's time."""
        self.until += seconds

    def begin_census(self, seconds: float, now: float) -> None:
        """Counting has seconds of its own; those for proving stand still meanwhile."""
        self._left_for_proving = self.until - now
        self.until = now + seconds

    def end_census(self, now: float) -> None:
        """What was left for proving runs on."""
        self.until = now + self._left_for_proving
