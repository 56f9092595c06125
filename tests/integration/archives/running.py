"""What a started archive needs from its session, and what it tells about itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from tests.integration.archives.certificates import Certificates
from tests.integration.archives.dataset import Dataset225


@dataclass(frozen=True, slots=True)
class Site:
    """What is made once for a session and shared by all its archives, read only."""

    root: Path
    dataset: Dataset225
    certificates: Certificates
    orthanc_seed: Path
    """Storage and index of an Orthanc that took all instances: copied, never opened."""
    dcmqrscp_seed: Path
    """``index.dat`` over the shared instance files: copied, never opened."""
    qrscp_seed: Path
    """The database of pynetdicom's qrscp over the shared instance files: copied, never opened."""


@dataclass(frozen=True, slots=True)
class Running:
    """An archive that answers."""

    address: str
    port: int
    http_port: int | None = None
    pid: int | None = None
    """Of its process, where a test asks what serving cost it."""


Start = Callable[[Site, Path, str], AbstractContextManager[Running]]
"""Starts an archive in a folder of its own, reachable at a loopback address, and stops it."""
