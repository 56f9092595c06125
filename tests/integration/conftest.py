"""The real archives and web faces, started once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.archives.fleet import Fleet, fleet
from tests.integration.archives.web_fleet import WebFleet, web_fleet


@pytest.fixture(scope="session")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Every archive of the registry, loaded, answering."""
    with fleet(tmp_path_factory.mktemp("archives")) as running:
        yield running


@pytest.fixture(scope="session")
def web_faces(archives: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebFleet]:
    """Every web face of the registry, answering."""
    with web_fleet(archives, tmp_path_factory.mktemp("web-faces")) as running:
        yield running
