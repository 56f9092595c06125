from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dosimeter.model.survey import Progress, SurveyState
from dosimeter.store.problem import StoreProblem
from dosimeter.store.sqlite import SqliteStore, open_store
from tests.contract.samples import NOON, header, hosts, record
from tests.unit.store.disks import SmallDisk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BATCH = 20
PLAN = hosts(2_000)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk that is soon full."""
    small = SmallDisk(tmp_path / "disk")
    yield small
    small.remove()


def url(disk: SmallDisk) -> str:
    """The store on that disk."""
    return f"sqlite:///{disk.folder / 'store.sqlite'}"


def fill(store: SqliteStore) -> tuple[int, str]:
    """Record until the disk is full; how many were kept, and what was said."""
    kept = 0
    while True:
        batch = [planned.address for planned in PLAN[kept : kept + BATCH]]
        try:
            store.intend("s1", batch, NOON)
            store.record("s1", [record(address) for address in batch])
        except StoreProblem as problem:
            return kept, str(problem)
        kept += BATCH


def test_a_full_disk_is_one_sentence_and_loses_nothing(disk: SmallDisk) -> None:
    """Each batch kept before the disk was full is there while it is still full."""
    with open_store(url(disk)) as store:
        store.create(header(), PLAN)
        kept, problem = fill(store)
        assert kept > 0
        assert ("the disk is full" if disk.is_real else "disk") in problem
        assert problem.startswith(f"The store {disk.folder / 'store.sqlite'} ")
        assert store.counts("s1") == Progress(len(PLAN), kept)
        assert [found.endpoint.address for found in store.records("s1")] == [
            planned.address for planned in PLAN[:kept]
        ]
    with open_store(url(disk)) as store:
        assert len(list(store.records("s1"))) == kept


def test_a_survey_goes_on_when_there_is_room_again(disk: SmallDisk) -> None:
    """After a full disk the survey is resumed where it stood and comes to its end."""
    with open_store(url(disk)) as store:
        store.create(header(), PLAN)
        kept, _problem = fill(store)
    disk.enlarge()
    with open_store(url(disk)) as store:
        assert store.counts("s1") == Progress(len(PLAN), kept)
        store.resume("s1")
        left = [planned.address for planned in store.pending("s1")]
        assert left == [planned.address for planned in PLAN[kept:]]
        store.intend("s1", left, NOON)
        store.record("s1", [record(address) for address in left])
        store.finish("s1", SurveyState.COMPLETED, NOON)
        assert store.counts("s1") == Progress(len(PLAN), len(PLAN))
        assert list(store.pending("s1")) == []


def test_a_plan_that_does_not_fit_leaves_no_survey(disk: SmallDisk) -> None:
    """A survey that cannot be planned is refused before anybody is contacted."""
    with open_store(url(disk)) as store:
        with pytest.raises(StoreProblem, match="disk"):
            store.create(header(), hosts(20_000))
        assert store.headers() == ()
