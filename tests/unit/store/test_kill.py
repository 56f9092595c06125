from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from dosimeter.store.sqlite import open_store
from tests.contract.samples import NOON, header, hosts, record

if TYPE_CHECKING:
    from pathlib import Path

BATCH = 20
KILLS = 30
PLAN = hosts(12_000)


def write_until_killed(url: str, told: int) -> None:
    """In a child: intend and record batch after batch, and say a byte after each call that returned."""
    with open_store(url) as store:
        store.resume("s1")
        pending = store.pending("s1")
        while batch := [planned.address for _turn, planned in zip(range(BATCH), pending, strict=False)]:
            store.intend("s1", batch, NOON)
            os.write(told, b"i")
            store.record("s1", [record(address) for address in batch])
            os.write(told, b"r")


def killed_after(url: str, seconds: float) -> bytes:
    """What a child said that was killed so long after it had first said something."""
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            write_until_killed(url, told)
        os._exit(70)
    os.close(told)
    said = os.read(heard, 1)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _child, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the child ended by itself"
    while more := os.read(heard, 65_536):
        said += more
    os.close(heard)
    return said


def test_a_kill_at_any_instant_loses_nothing_that_was_kept(tmp_path: Path) -> None:
    """Thirty kills: each batch that was told as kept is there, none in part, and work goes on at once."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    with open_store(url) as store:
        store.create(header(), PLAN)
    chance = random.Random(7)
    recorded = 0
    for _kill in range(KILLS):
        said = killed_after(url, chance.uniform(0, 0.02))
        with open_store(url) as store:
            found = store.counts("s1").recorded - recorded
            pending = list(store.pending("s1"))
        assert found % BATCH == 0
        assert 0 <= found // BATCH - said.count(b"r") <= 1
        recorded += found
        assert [planned.address for planned in pending] == [planned.address for planned in PLAN[recorded:]]
        if said.endswith(b"i") and found // BATCH == said.count(b"r"):
            assert all(planned.contacts for planned in pending[:BATCH])
    assert recorded > 0
    with open_store(url) as store:
        assert list(store.records("s1")) == [record(planned.address) for planned in PLAN[:recorded]]
