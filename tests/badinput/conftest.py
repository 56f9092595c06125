from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.badinput.settled import Settled
from tests.peers.archive import Archive
from tests.survey.terminal import Terminal


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settled]:
    """One for all tests of a file: each of them leaves it as it was."""
    terminal = Terminal(tmp_path_factory.mktemp("settled"))
    with Archive() as archive:
        yield Settled(terminal, archive, terminal.scope(archive, name="good.toml"))
