"""pynetdicom's qrscp application, in its own process with its own database."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pydicom import dcmread
from pynetdicom.apps.qrscp import db
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests.integration.archives.dataset import Dataset225
from tests.integration.archives.process import free_port, server_process
from tests.integration.archives.running import Running, Site, Start

TITLE: Final = "QRSCP"
_DATABASE: Final = "instances.sqlite"


class _OneTransaction(Session):
    """``add_instance`` commits each instance; one commit for all of them is thirty times faster."""

    def commit(self) -> None:
        self.flush()


def seed(dataset: Dataset225, folder: Path) -> Path:
    """Write a database over the instance files where they lie; servers get copies of it."""
    folder.mkdir(parents=True)
    file = folder / _DATABASE
    location = f"sqlite:///{file}"
    db.create(location).dispose()  # type: ignore[no-untyped-call]  # pynetdicom.apps has no types
    engine = create_engine(location)
    with engine.begin() as connection, _OneTransaction(bind=connection) as session:
        for path in dataset.files:
            instance = dcmread(path, stop_before_pixels=True)
            db.add_instance(instance, session, str(path))  # type: ignore[no-untyped-call]
    engine.dispose()
    return file


def qrscp() -> Start:
    """Answers everybody everything."""

    @contextmanager
    def start(site: Site, folder: Path, address: str) -> Iterator[Running]:
        port = free_port()
        folder.mkdir(parents=True)
        database = shutil.copy(site.qrscp_seed, folder / _DATABASE)
        command = [sys.executable, "-m", "pynetdicom", "qrscp", "-aet", TITLE, "--port", str(port)]
        command += ["-ba", address, "--database-location", str(database)]
        command += ["--instance-location", str(folder / "instances"), "-v"]
        with server_process(command, folder, [port]):
            yield Running(address, port)

    return start
