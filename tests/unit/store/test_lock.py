from __future__ import annotations

from pathlib import Path

import pytest

from dosimeter.store.lock import is_locked
from dosimeter.store.problem import StoreProblem
from dosimeter.store.sqlite import open_store
from tests.contract.samples import header, hosts


def test_a_survey_has_a_writer_while_a_store_that_writes_it_is_open(tmp_path: Path) -> None:
    """Whoever asks sees it, in the same process or another, and takes nothing by asking."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    with open_store(url) as writer, open_store(url) as other:
        writer.create(header(), hosts(1))
        assert writer.has_writer("s1")
        assert other.has_writer("s1")
        writer.close()
        assert not other.has_writer("s1")
        other.resume("s1")
        assert other.has_writer("s1")


def test_a_lock_file_that_a_killed_process_left_locks_nothing(tmp_path: Path) -> None:
    """The system drops the lock with the process; the file stays and is left alone."""
    left = tmp_path / "store.sqlite.s1.lock"
    left.touch()
    assert not is_locked(tmp_path / "store.sqlite", "s1")
    assert left.exists()


def test_a_lock_that_cannot_be_asked_is_one_sentence(tmp_path: Path) -> None:
    """A link in its place is not followed."""
    with open_store(f"sqlite:///{tmp_path / 'store.sqlite'}") as store:
        (tmp_path / "store.sqlite.s1.lock").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(StoreProblem, match="cannot be asked who writes it"):
            store.has_writer("s1")
