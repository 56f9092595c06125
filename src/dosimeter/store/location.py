"""Where the store is if nobody says."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from dosimeter.store.problem import StoreProblem

SQLITE_PREFIX: Final = "sqlite:///"
_APPLICATION: Final = "dosimeter"
_FILE_NAME: Final = "dosimeter.sqlite"


def default_store_url() -> str:
    """The store in the user's data folder, as a URL."""
    from platformdirs import user_data_dir

    return f"{SQLITE_PREFIX}{Path(user_data_dir(_APPLICATION)) / _FILE_NAME}"


def file_of(url: str) -> Path:
    """The file a store URL names: ``sqlite:///relative.sqlite``, ``sqlite:////absolute.sqlite``.

    Raises:
        StoreProblem: the URL names no file, or another kind of database.
    """
    scheme, separator, _rest = url.partition("://")
    if not separator:
        raise StoreProblem(url, f"is not a URL; write {SQLITE_PREFIX}{url}")
    if scheme != "sqlite":
        raise StoreProblem(f"{scheme}://…", f"is of a kind that is not supported; write {SQLITE_PREFIX}FILE")
    name = url.removeprefix(SQLITE_PREFIX)
    if not url.startswith(SQLITE_PREFIX) or not name or name == ":memory:" or "\0" in name:
        raise StoreProblem(url, f"names no file; write {SQLITE_PREFIX}FILE")
    return Path(name).expanduser()
