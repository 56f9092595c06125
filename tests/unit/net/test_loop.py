from __future__ import annotations

import socket
import time
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest

from dosimeter.net.loop import READ, WRITE, InterruptedWait, Loop, ready, sleep
from tests.unit.net.driving import descriptors

LATE = 1.0
"""Seconds: no deadline is noticed later than this."""


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        yield ours, theirs


def run(loop: Loop, *works: Coroutine[Any, Any, None]) -> None:
    """Turn the loop until all have ended; fail if they do not within five seconds."""
    for work in works:
        loop.spawn(work)
    until = time.monotonic() + 5
    while len(loop):
        assert time.monotonic() < until
        loop.turn(1.0)


def test_a_task_goes_on_when_its_socket_is_readable(
    loop: Loop, pair: tuple[socket.socket, socket.socket]
) -> None:
    """Readiness resumes it with True, long before the deadline."""
    ours, theirs = pair
    heard = []

    async def listen() -> None:
        heard.append(await ready(ours, READ, time.monotonic() + 5))
        heard.append(ours.recv(9) == b"hello")
        loop.forget(ours)

    async def speak() -> None:
        await sleep(time.monotonic() + 0.05)
        theirs.sendall(b"hello")

    began = time.monotonic()
    run(loop, listen(), speak())
    assert heard == [True, True]
    assert time.monotonic() - began < 1


def test_a_task_may_wait_to_read_and_then_to_write(
    loop: Loop, pair: tuple[socket.socket, socket.socket]
) -> None:
    """The same socket is watched for what the task waits for now, not for what it waited for before."""
    ours, theirs = pair
    heard = []

    async def turn_about() -> None:
        heard.append(await ready(ours, WRITE, time.monotonic() + 5))
        heard.append(await ready(ours, READ, time.monotonic() + 0.1))
        theirs.sendall(b"x")
        heard.append(await ready(ours, READ, time.monotonic() + 5))
        loop.forget(ours)

    run(loop, turn_about())
    assert heard == [True, False, True]


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.3])
def test_a_deadline_is_never_early_and_never_late(
    loop: Loop, pair: tuple[socket.socket, socket.socket], seconds: float
) -> None:
    """A socket that stays silent gives False once the time is up."""
    ours, _theirs = pair
    outcome = []

    async def wait() -> None:
        until = time.monotonic() + seconds
        outcome.append(await ready(ours, READ, until))
        outcome.append(time.monotonic() - until)
        loop.forget(ours)

    run(loop, wait())
    is_ready, late = outcome
    assert is_ready is False
    assert 0 <= late < LATE


def test_a_deadline_holds_while_the_socket_is_always_ready(
    loop: Loop, pair: tuple[socket.socket, socket.socket]
) -> None:
    """A peer that never stops sending does not keep the task from its deadline."""
    ours, theirs = pair
    theirs.sendall(b"x")
    until = time.monotonic() + 0.2

    async def listen_for_ever() -> None:
        while await ready(ours, READ, until):
            pass
        loop.forget(ours)

    run(loop, listen_for_ever())
    assert 0 <= time.monotonic() - until < LATE


def test_a_hundred_sleepers_wake_in_time(loop: Loop) -> None:
    """Every task has its own deadline."""
    late = []

    async def doze(until: float) -> None:
        assert await sleep(until) is False
        late.append(time.monotonic() - until)

    now = time.monotonic()
    run(loop, *(doze(now + number / 400) for number in range(100)))
    assert len(late) == 100
    assert 0 <= min(late) <= max(late) < LATE


def test_the_callback_hears_of_each_end_however_it_came(loop: Loop) -> None:
    """Returned, raised, interrupted or never started: done is called once."""
    ends = []

    async def returns() -> None:
        return

    async def raises() -> None:
        raise ZeroDivisionError

    async def waits() -> None:
        await sleep(time.monotonic() + 60)

    loop.spawn(returns(), lambda: ends.append("returned"))
    loop.spawn(waits(), lambda: ends.append("interrupted"))
    loop.turn(0)
    loop.spawn(raises(), lambda: ends.append("raised"))
    with pytest.raises(ZeroDivisionError):
        loop.turn(0)
    loop.spawn(waits(), lambda: ends.append("never started"))
    loop.interrupt()
    assert sorted(ends) == ["interrupted", "never started", "raised", "returned"]
    assert len(loop) == 0


def test_what_a_task_raises_reaches_whoever_turns_the_loop(loop: Loop) -> None:
    """A fault is never lost in a task, and the others are still there."""

    async def fault() -> None:
        await sleep(time.monotonic())
        raise ZeroDivisionError

    async def other() -> None:
        await sleep(time.monotonic() + 60)

    loop.spawn(other())
    with pytest.raises(ZeroDivisionError):
        run(loop, fault())
    assert len(loop) == 1
    loop.interrupt()


def test_an_interrupt_is_raised_in_every_task(loop: Loop) -> None:
    """Each hears of it where it waits and may put away what it holds."""
    heard = []

    async def wait(number: int) -> None:
        try:
            await sleep(time.monotonic() + 60)
        except InterruptedWait:
            heard.append(number)
            raise

    for number in range(10):
        loop.spawn(wait(number))
    loop.turn(0)
    loop.interrupt()
    assert sorted(heard) == list(range(10))
    assert len(loop) == 0


def test_every_task_is_interrupted_even_if_each_of_them_fails(loop: Loop) -> None:
    """A disk that is full at one host's end does not leave the other associations open."""
    heard = []

    async def wait(number: int) -> None:
        try:
            await sleep(time.monotonic() + 60)
        finally:
            heard.append(number)
            raise OSError("the disk is full")

    for number in range(2000):
        loop.spawn(wait(number))
    loop.turn(0)
    with pytest.raises(OSError, match="the disk is full"):
        loop.interrupt()
    assert len(heard) == 2000
    assert len(loop) == 0


def test_a_task_that_has_not_started_never_will_after_an_interrupt(loop: Loop) -> None:
    """Nobody is dialled any more once the end was asked for."""
    started = []

    async def start() -> None:
        started.append(True)

    loop.spawn(start())
    loop.interrupt()
    assert len(loop) == 0
    loop.turn(0)
    assert started == []


def test_a_task_may_wait_again_after_an_interrupt(loop: Loop) -> None:
    """Whoever needs a last wait gets it, and is still counted."""
    ended = []

    async def linger() -> None:
        try:
            await sleep(time.monotonic() + 60)
        except InterruptedWait:
            await sleep(time.monotonic() + 0.05)
            ended.append(True)

    loop.spawn(linger())
    loop.turn(0)
    loop.interrupt()
    assert len(loop) == 1
    run(loop)
    assert ended == [True]


def test_no_file_descriptor_is_left() -> None:
    """A loop that was closed gives back what it opened."""
    before = descriptors()
    made = Loop()
    ours, theirs = socket.socketpair()

    async def listen() -> None:
        await ready(ours, READ, time.monotonic() + 0.01)
        made.forget(ours)

    run(made, listen())
    made.close()
    ours.close()
    theirs.close()
    assert descriptors() == before
