"""All archives at once: prepare what they share, start them side by side, stop them side by side.

with fleet(folder) as running:
    running["orthanc-open"].address
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.integration.archives import certificates, dataset, dcmtk, orthanc, qrscp
from tests.integration.archives.process import NotStarted
from tests.integration.archives.registry import ARCHIVES, Archive
from tests.integration.archives.running import Running, Site

_STARTING_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class Fleet:
    """The archives that run, by name."""

    site: Site
    running: Mapping[str, Running]

    def __getitem__(self, name: str) -> Running:
        return self.running[name]

    def check(self, archive: Archive) -> None:
        """The archive answers as it should.

        Raises:
            AssertionError: it does not.
        """
        archive.check(self.site, self.running[archive.name])


def prepare(root: Path) -> Site:
    """Make the data, the certificates and one loaded copy for each kind of server."""
    data = dataset.generate(root / "data")
    return Site(
        root=root,
        dataset=data,
        certificates=certificates.make(root / "certificates"),
        orthanc_seed=orthanc.seed(data, root / "orthanc-seed"),
        dcmqrscp_seed=dcmtk.index(data, root / "dcmqrscp-seed"),
        qrscp_seed=qrscp.seed(data, root / "qrscp-seed"),
    )


@contextmanager
def fleet(root: Path, archives: Sequence[Archive] = ARCHIVES) -> Iterator[Fleet]:
    """Run these archives, each at its own loopback address, until the block ends.

    Every one of them has answered a whole exchange before the block begins.
    """
    site = prepare(root)
    with ExitStack() as pools:
        # One thread for each archive when stopping: Orthanc takes 3.5 s to stop, all of it waiting.
        stopping = pools.enter_context(ThreadPoolExecutor(max_workers=max(1, len(archives))))
        starting = pools.enter_context(ThreadPoolExecutor(max_workers=_STARTING_AT_ONCE))
        started: dict[str, AbstractContextManager[Running]] = {}
        try:
            running = {
                archive.name: future.result()
                for archive, future in [
                    (archive, starting.submit(_start, archive, site, started)) for archive in archives
                ]
            }
            yield Fleet(site, running)
        finally:
            starting.shutdown(cancel_futures=True)
            stops: list[Future[object]] = [
                stopping.submit(context.__exit__, None, None, None) for context in started.values()
            ]
            for stop in stops:
                stop.result()


def _start(archive: Archive, site: Site, started: dict[str, AbstractContextManager[Running]]) -> Running:
    context = archive.start(site, site.root / archive.name, archive.address)
    running = context.__enter__()
    started[archive.name] = context
    try:
        archive.check(site, running)
    except AssertionError as why:
        raise NotStarted(f"{archive.name} does not answer: {why}") from why
    return running
