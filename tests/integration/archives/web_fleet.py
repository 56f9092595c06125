"""All web faces at once, beside the DICOM archives whose faces they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.integration.archives.fleet import Fleet
from tests.integration.archives.process import NotStarted
from tests.integration.archives.running import Running, Site
from tests.integration.archives.web_registry import WEB_FACES, WebFace
from tests.integration.archives.web_servers import Ground

_STOPPING_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class WebFleet:
    """The web faces that run, by name."""

    site: Site
    running: Mapping[str, Running]

    def __getitem__(self, name: str) -> Running:
        return self.running[name]

    def check(self, face: WebFace) -> None:
        """The face answers as it should.

        Raises:
            AssertionError: it does not.
        """
        face.check(self.site, self.running[face.name])


@contextmanager
def web_fleet(archives: Fleet, root: Path, faces: Sequence[WebFace] = WEB_FACES) -> Iterator[WebFleet]:
    """Run these faces, each on its own address, until the block ends; every one has answered before."""
    stacks = [ExitStack() for _ in faces]
    with ThreadPoolExecutor(max_workers=_STOPPING_AT_ONCE) as stopping:
        try:
            running = {
                face.name: _start(archives, face, root / face.name, stack)
                for face, stack in zip(faces, stacks, strict=True)
            }
            yield WebFleet(archives.site, running)
        finally:
            for stop in [stopping.submit(stack.close) for stack in stacks]:
                stop.result()


def _start(archives: Fleet, face: WebFace, folder: Path, stack: ExitStack) -> Running:
    folder.mkdir(parents=True)
    running = stack.enter_context(face.start(Ground(archives, folder, face.address)))
    try:
        face.check(archives.site, running)
    except (AssertionError, OSError) as why:
        raise NotStarted(f"{face.name} does not answer: {why}") from why
    return running
