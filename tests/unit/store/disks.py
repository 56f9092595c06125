"""Small and read-only disks: real ones (tmpfs) where mounting is allowed, else the nearest thing."""

from __future__ import annotations

import resource
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SMALL = 1024 * 1024
LARGE = 64 * SMALL


class SmallDisk:
    """A folder on a disk of one megabyte that can be made larger, or a limit on the size of files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.is_real = _mount("-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(folder))
        self._limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        if not self.is_real:
            # CPython ignores SIGXFSZ, so a write past the limit fails with EFBIG.
            resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL // 2, self._limit[1]))

    def enlarge(self) -> None:
        """Make room."""
        if self.is_real:
            assert _mount("-o", f"remount,size={LARGE}", str(self.folder))
        else:
            resource.setrlimit(resource.RLIMIT_FSIZE, self._limit)

    def remove(self) -> None:
        """Take the disk away with all that is on it."""
        resource.setrlimit(resource.RLIMIT_FSIZE, self._limit)
        if self.is_real:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


def make_read_only(folder: Path) -> None:
    """Let nobody write to the file or below the folder: root too, who passes over permissions, by a mount."""
    if not (_mount("--bind", str(folder), str(folder)) and _mount("-o", "remount,bind,ro", str(folder))):
        for path in (*folder.rglob("*"), folder):
            path.chmod(0o555 if path.is_dir() else 0o444)


def make_writable(folder: Path) -> None:
    """Undo :func:`make_read_only`."""
    if subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True).returncode:
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)


def _mount(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode == 0
