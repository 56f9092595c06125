"""OHIF's built web application, from its npm package: files alone, nothing of it is run.

The package is fetched once, by ``npm pack``, into a folder of the user's cache; its hash is checked.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

VERSION: Final = "3.12.10"
SHA512: Final = "0kuF66Mq9c9dMD++bUsTjMrJpXJwaZhz9B4uS244DawAjSkTwIYFU93pxPuRUQixaRi7QAHlF3Fe1qudBlZrmA=="
"""As the npm registry gives it for this version: its ``integrity``."""

_NPM_SECONDS: Final = 300
_DIST: Final = "package/dist/"
_SOURCE: Final = """\
    {{
      namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
      sourceName: '{name}',
      configuration: {{
        friendlyName: 'an archive', // its roots are below: qidoRoot: 'https://comment.invalid/dicom-web'
        name: '{name}',
        wadoUriRoot: '{authority}/wado',
        qidoRoot: '{authority}/dicom-web',
        wadoRoot: '{authority}/dicom-web',
        imageRendering: 'wadors',
      }},
    }},
"""
_CONFIGURATION: Final = """\
/* Written by the tests, in the shape of the one that the package brings. */
window.config = {{
  routerBasename: null,
  extensions: [],
  modes: [],
  showStudyList: true,
  dataSources: [
{sources}  ],
  defaultDataSourceName: 'first',
  httpErrorHandler: error => {{ console.warn(error.status); }},
}};
"""


class NotFetched(Exception):
    """The package could not be had; the text says what to do about it."""


@dataclass(frozen=True, slots=True)
class DataSource:
    """One source of a configuration; no authority means the viewer's own origin."""

    name: str = "first"
    authority: str = ""


def configuration(sources: Sequence[DataSource]) -> str:
    """An ``app-config.js`` that names these sources."""
    listed = "".join(_SOURCE.format(name=source.name, authority=source.authority) for source in sources)
    return _CONFIGURATION.format(sources=listed)


def settings(folder: Path, sources: Sequence[DataSource]) -> tuple[str, ...]:
    """The settings of nginx that serve the application as its documentation says, with these sources."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "app-config.js"
    file.write_text(configuration(sources), encoding="utf-8")
    return (
        f"root {application()};",
        f"location = /app-config.js {{ alias {file}; }}",
        "location / { try_files $uri /index.html; }",
    )


def application() -> Path:
    """The folder with the built application, fetched if it is not there yet.

    Raises:
        NotFetched: there is no npm, no registry, or the package is another than it was.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dosimeter-tests"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        cache = Path(tempfile.gettempdir()) / "dosimeter-tests"
        cache.mkdir(exist_ok=True)
    ready = cache / f"ohif-{VERSION}"
    with _alone(cache / "ohif.lock"):
        if not ready.exists():
            _fetch(ready)
    return ready


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Two runs of the tests do not fetch at once."""
    with lock.open("w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fetch(ready: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise NotFetched("the OHIF viewer is tested as npm has it: install Node.js with npm")
    with tempfile.TemporaryDirectory(dir=ready.parent) as name:
        folder = Path(name)
        done = subprocess.run(
            [npm, "pack", f"@ohif/app@{VERSION}", "--ignore-scripts", "--silent"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=_NPM_SECONDS,
        )
        packed = next(folder.glob("*.tgz"), None)
        if done.returncode != 0 or packed is None:
            raise NotFetched(
                f"npm pack @ohif/app@{VERSION} ended with {done.returncode}: {done.stderr.strip()}"
            )
        digest = base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode("ascii")
        if digest != SHA512:
            raise NotFetched(f"@ohif/app {VERSION} is not what it was: its SHA-512 is {digest}")
        _unpack(packed, folder / "dist")
        (folder / "dist").rename(ready)


def _unpack(packed: Path, folder: Path) -> None:
    """The built files, without maps of their sources."""
    with tarfile.open(packed, "r:gz") as tar:
        for member in tar:
            if not member.isfile() or not member.name.startswith(_DIST) or member.name.endswith(".map"):
                continue
            content = tar.extractfile(member)
            target = folder / member.name.removeprefix(_DIST)
            if content is None or not target.resolve().is_relative_to(folder.resolve()):
                raise NotFetched(f"the package holds an odd entry: {member.name!r}")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())
