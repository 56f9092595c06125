"""axe-core (MPL-2.0), as npm has it: the one file that a page is checked with. It is no part of dosimeter.

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
from pathlib import Path
from typing import Final

VERSION: Final = "4.14.1"
SHA512: Final = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
"""As the npm registry gives it for this version: its ``integrity``."""

_NPM_SECONDS: Final = 100
_FILE: Final = "package/axe.min.js"


class NotFetched(Exception):
    """The package could not be had; the text says what to do about it."""


def axe_source() -> str:
    """The text of ``axe.min.js``, fetched if it is not there yet.

    Raises:
        NotFetched: there is no npm, no registry, or the package is another than it was.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dosimeter-tests"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        cache = Path(tempfile.gettempdir()) / "dosimeter-tests"
        cache.mkdir(exist_ok=True)
    ready = cache / f"axe-{VERSION}.min.js"
    with (cache / "axe.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            _fetch(ready)
    return ready.read_text(encoding="utf-8")


def _fetch(ready: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise NotFetched("pages are checked with axe-core as npm has it: install Node.js with npm")
    with tempfile.TemporaryDirectory(dir=ready.parent) as name:
        folder = Path(name)
        done = subprocess.run(
            [npm, "pack", f"axe-core@{VERSION}", "--ignore-scripts", "--silent"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=_NPM_SECONDS,
        )
        packed = next(folder.glob("*.tgz"), None)
        if done.returncode != 0 or packed is None:
            raise NotFetched(
                f"npm pack axe-core@{VERSION} ended with {done.returncode}: {done.stderr.strip()}"
            )
        digest = base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode("ascii")
        if digest != SHA512:
            raise NotFetched(f"axe-core {VERSION} is not what it was: its SHA-512 is {digest}")
        with tarfile.open(packed, "r:gz") as tar:
            content = tar.extractfile(_FILE)
            if content is None:
                raise NotFetched(f"axe-core {VERSION} has no {_FILE}")
            whole = folder / "axe.min.js"
            whole.write_bytes(content.read())
        whole.rename(ready)
