"""What is wrong with a table or a database of places, in one sentence."""

from __future__ import annotations

from pathlib import Path

from dosimeter.model.problem import Problem
from dosimeter.model.text import plain_name


class PlacesProblem(Problem):
    """A file that cannot be used. ``line`` is the line of the table, None where the whole file is meant."""

    def __init__(self, path: Path, line: int | None, says: str) -> None:
        self.path = path
        self.line = line
        self.says = says
        where = plain_path(path)
        super().__init__(f"{where}:{line}: {says}" if line is not None else f"{where}: {says}")


def plain_path(path: Path) -> str:
    """The path as a person typed it, without characters that act on a terminal."""
    text = str(path)
    return text if text.isprintable() else ascii(text)[1:-1]


def source_name(path: Path) -> str:
    """The name of the file alone, as a source is called in reports: folders are nobody else's business."""
    return plain_name(path.name)
