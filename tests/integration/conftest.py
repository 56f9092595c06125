"""The real archives, started once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.archives.fleet import Fleet, fleet


@pytest.fixture(scope="session")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Every archive of the registry, loaded, answering."""
    with fleet(tmp_path_factory.mktemp("archives")) as running:
        yield running
