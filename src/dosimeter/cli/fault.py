"""A fault of dosimeter itself, said without quoting anything a server or a file said."""

from __future__ import annotations

import traceback
from pathlib import Path


def describe(fault: Exception) -> str:
    """One sentence: the type of the fault and the place in our code, never its message.

    A message could hold what a server sent. `OSError` is the exception: its words are the system's.
    """
    frames = traceback.extract_tb(fault.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return f"a fault in dosimeter ({type(fault).__name__} at {place}){_words(fault)}; what was stored is kept"


def _words(fault: Exception) -> str:
    if not isinstance(fault, OSError) or not fault.strerror:
        return ""
    return f": {fault.strerror}" if fault.filename is None else f": {fault.strerror} ({fault.filename})"
